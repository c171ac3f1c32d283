-- A table's partitions are made in a transaction of their own. Made for all tables in one, the default partitions that
-- were locked already deadlocked with whoever reads two of the tables in another order.
DROP FUNCTION ensure_partitions(timestamptz, timestamptz);
DROP FUNCTION settle_default_partitions();

-- Makes the monthly (UTC) partitions of a table that cover [first, last]. Rows of such a month that already met the
-- default partition move into the new one in the same transaction. Returns how many it made.
--
-- Locks the table, then its default partition, as whoever inserts does, before it changes either. Waits two seconds at
-- most for those who read: rows have the default partition until the next try, and nobody queues behind a long report.
CREATE FUNCTION ensure_partitions(parent text, first timestamptz, last timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS
$$
DECLARE
    month   timestamptz := date_trunc('month', first, 'UTC');
    child   text;
    locked  boolean := false;
    created integer := 0;
BEGIN
    IF parent <> ALL (public.partitioned_tables()) THEN
        RAISE EXCEPTION 'ensure_partitions: % is not one of %', parent, public.partitioned_tables();
    END IF;
    IF last < first OR last > first + interval '2 years' THEN
        RAISE EXCEPTION 'ensure_partitions: % to % is not a span of at most two years', first, last;
    END IF;
    WHILE month <= last
    LOOP
        child := format('%s_%s', parent, to_char(month AT TIME ZONE 'UTC', 'YYYY_MM'));
        IF to_regclass(format('public.%I', child)) IS NULL AND NOT locked THEN
            EXECUTE format('LOCK TABLE ONLY public.%I IN SHARE UPDATE EXCLUSIVE MODE', parent);
            EXECUTE format('LOCK TABLE public.%I IN ACCESS EXCLUSIVE MODE', parent || '_default');
            locked := true;
        END IF;
        -- Whoever held the lock before may have made it.
        IF to_regclass(format('public.%I', child)) IS NULL THEN
            EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL EXCLUDING IDENTITY)', child, parent);
            EXECUTE format(
                'WITH moved AS (DELETE FROM public.%I WHERE timestamp >= %L AND timestamp < %L RETURNING *) '
                'INSERT INTO public.%I SELECT * FROM moved',
                parent || '_default', month, month + interval '1 month', child);
            EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                parent, child, month, month + interval '1 month');
            created := created + 1;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN created;
END
$$;

-- Gives a table's rows that met the default partition a partition of their own. Returns how many months that made.
CREATE FUNCTION settle_default_partition(parent text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS
$$
DECLARE
    month   timestamptz;
    settled integer := 0;
BEGIN
    IF parent <> ALL (public.partitioned_tables()) THEN
        RAISE EXCEPTION 'settle_default_partition: % is not one of %', parent, public.partitioned_tables();
    END IF;
    FOR month IN EXECUTE format(
        'SELECT DISTINCT date_trunc(''month'', timestamp, ''UTC'') FROM public.%I ORDER BY 1 LIMIT 24', parent || '_default')
    LOOP
        settled := settled + public.ensure_partitions(parent, month, month);
    END LOOP;
    RETURN settled;
END
$$;

REVOKE ALL ON FUNCTION ensure_partitions(text, timestamptz, timestamptz), settle_default_partition(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_partitions(text, timestamptz, timestamptz), settle_default_partition(text)
    TO kite_streamer;
