-- One-minute bars folded from the ticks, the exact sums behind each VWAP, and what first came after a gap.

CREATE TABLE equity_bars (
    ticker      text           NOT NULL,
    timestamp   timestamptz    NOT NULL,
    open        numeric(12, 4) NOT NULL,
    high        numeric(12, 4) NOT NULL,
    low         numeric(12, 4) NOT NULL,
    close       numeric(12, 4) NOT NULL,
    volume      bigint         NOT NULL,
    source      text           NOT NULL DEFAULT 'stream',
    complete    boolean        NOT NULL DEFAULT true,
    first_trade timestamptz,
    last_trade  timestamptz,
    CONSTRAINT equity_bars_ticker_timestamp_uq UNIQUE (ticker, timestamp),
    CONSTRAINT equity_bars_in_order CHECK (low > 0 AND low <= least(open, close) AND high >= greatest(open, close)),
    CONSTRAINT equity_bars_volume_not_negative CHECK (volume >= 0),
    CONSTRAINT equity_bars_source_known CHECK (source IN ('stream', 'candle')),
    CONSTRAINT equity_bars_whole_minute CHECK (timestamp = date_trunc('minute', timestamp, 'UTC'))
) PARTITION BY RANGE (timestamp);
COMMENT ON TABLE equity_bars IS 'One row per ticker and minute with a tick; timestamp is the minute''s start. A broker''s candle (source candle) takes the place of what was folded from the stream, and never the other way.';
COMMENT ON COLUMN equity_bars.complete IS 'False when part of the minute was not streamed and its candle is not there.';
COMMENT ON COLUMN equity_bars.first_trade IS 'Trade times of open and close; null in a candle.';
CREATE TABLE equity_bars_default PARTITION OF equity_bars DEFAULT;
-- Which minutes still want their candle.
CREATE INDEX equity_bars_incomplete_ix ON equity_bars (timestamp) WHERE NOT complete;

GRANT SELECT, INSERT, UPDATE ON equity_bars TO kite_streamer;
GRANT SELECT ON equity_bars TO kite_engine, kite_gateway, kite_anon;
ALTER TABLE equity_bars ENABLE ROW LEVEL SECURITY;
CREATE POLICY streamer_writes ON equity_bars TO kite_streamer USING (true) WITH CHECK (true);
CREATE POLICY services_read ON equity_bars FOR SELECT TO kite_engine, kite_gateway USING (true);
CREATE POLICY anyone_reads ON equity_bars FOR SELECT TO kite_anon USING (true);

ALTER TABLE indicators ADD COLUMN vwap_volume bigint;
ALTER TABLE indicators ADD COLUMN vwap_rest bigint;
COMMENT ON COLUMN indicators.vwap_volume IS 'The session''s volume in vwap; null where that was not kept.';
COMMENT ON COLUMN indicators.vwap_rest IS 'Sum of price x growth is vwap x vwap_volume + vwap_rest, in ten-thousandths of a dollar: exact, where vwap is rounded.';

ALTER TABLE data_gaps ADD COLUMN first_at timestamptz;
ALTER TABLE data_gaps ADD COLUMN first_price numeric(12, 4);
ALTER TABLE data_gaps ADD COLUMN first_growth bigint;
COMMENT ON COLUMN data_gaps.first_at IS 'The first message after a gap whose candles did not come: its trade time, price, and by how much the day''s volume grew with it.';

-- --- Partitions: the list of tables in one place ---------------------------------------------------------------------

CREATE FUNCTION partitioned_tables() RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
SELECT ARRAY ['equity_bars', 'equity_data', 'indicators', 'option_prices', 'streaming_metrics']
$$;

CREATE OR REPLACE FUNCTION ensure_partitions(first timestamptz, last timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS
$$
DECLARE
    parent  text;
    month   timestamptz;
    child   text;
    created integer := 0;
BEGIN
    IF last < first OR last > first + interval '2 years' THEN
        RAISE EXCEPTION 'ensure_partitions: % to % is not a span of at most two years', first, last;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'));
    FOREACH parent IN ARRAY public.partitioned_tables()
    LOOP
        month := date_trunc('month', first, 'UTC');
        WHILE month <= last
        LOOP
            child := format('%s_%s', parent, to_char(month AT TIME ZONE 'UTC', 'YYYY_MM'));
            IF to_regclass('public.' || quote_ident(child)) IS NULL THEN
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
    END LOOP;
    RETURN created;
END
$$;

CREATE OR REPLACE FUNCTION settle_default_partitions() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS
$$
DECLARE
    parent  text;
    month   timestamptz;
    settled integer := 0;
BEGIN
    FOREACH parent IN ARRAY public.partitioned_tables()
    LOOP
        FOR month IN EXECUTE format(
            'SELECT DISTINCT date_trunc(''month'', timestamp, ''UTC'') FROM public.%I ORDER BY 1 LIMIT 24', parent || '_default')
        LOOP
            PERFORM public.ensure_partitions(month, month);
            settled := settled + 1;
        END LOOP;
    END LOOP;
    RETURN settled;
END
$$;

CREATE OR REPLACE FUNCTION partition_outlook(moment timestamptz)
    RETURNS TABLE (parent text, covered_until timestamptz, default_rows bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS
$$
DECLARE
    month timestamptz;
BEGIN
    FOREACH parent IN ARRAY public.partitioned_tables()
    LOOP
        month := date_trunc('month', moment, 'UTC');
        WHILE to_regclass(format('public.%I', parent || to_char(month AT TIME ZONE 'UTC', '_YYYY_MM'))) IS NOT NULL
              AND month < moment + interval '2 years'
        LOOP
            month := month + interval '1 month';
        END LOOP;
        covered_until := month;
        EXECUTE format('SELECT count(*) FROM (SELECT FROM public.%I LIMIT 10000) AS waiting', parent || '_default')
            INTO default_rows;
        RETURN NEXT;
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION streaming.may_drop_partition(parent text, month timestamptz) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS
$$
DECLARE
    newer  text;
    filled boolean;
    count  integer := 0;
BEGIN
    IF parent <> ALL (public.partitioned_tables())
        OR month <> date_trunc('month', month, 'UTC')
        OR to_regclass(format('public.%I', parent || to_char(month AT TIME ZONE 'UTC', '_YYYY_MM'))) IS NULL THEN
        RETURN false;
    END IF;
    FOR newer IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = format('public.%I', parent)::regclass
          AND c.relname > parent || to_char(month AT TIME ZONE 'UTC', '_YYYY_MM') COLLATE "C"
          AND c.relname <> parent || '_default'
        ORDER BY c.relname DESC
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', newer) INTO filled;
        count := count + filled::integer;
        EXIT WHEN count = 2;
    END LOOP;
    RETURN count = 2;
END
$$;

-- The months that there are get their bars' partition too.
DO
$$
DECLARE
    child text;
BEGIN
    FOR child IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.equity_data'::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
    LOOP
        PERFORM public.ensure_partitions(
            (replace(right(child, 7), '_', '-') || '-01Z')::timestamptz, (replace(right(child, 7), '_', '-') || '-01Z')::timestamptz);
    END LOOP;
END
$$;
