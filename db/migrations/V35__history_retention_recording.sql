-- Downloaded price history, partitions that come and go, and the recording of raw frames.

-- --- Price history -------------------------------------------------------------------------------------------------

CREATE TABLE candles (
    ticker     text           NOT NULL,
    bar        text           NOT NULL,
    timestamp  timestamptz    NOT NULL,
    open       numeric(12, 4) NOT NULL,
    high       numeric(12, 4) NOT NULL,
    low        numeric(12, 4) NOT NULL,
    close      numeric(12, 4) NOT NULL,
    volume     bigint         NOT NULL,
    created_at timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (ticker, bar, timestamp),
    CONSTRAINT candles_bar_known CHECK (bar IN ('1m', '5m', '10m', '15m', '30m', '1d')),
    CONSTRAINT candles_in_order CHECK (low > 0 AND low <= least(open, close) AND high >= greatest(open, close)),
    CONSTRAINT candles_volume_not_negative CHECK (volume >= 0)
);
COMMENT ON TABLE candles IS 'The broker''s own candles as ./kite download got them; timestamp is a candle''s start.';

CREATE TABLE candle_coverage (
    ticker   text           NOT NULL,
    bar      text           NOT NULL,
    extended boolean        NOT NULL,
    dates    datemultirange NOT NULL,
    PRIMARY KEY (ticker, bar, extended)
);
COMMENT ON TABLE candle_coverage IS 'The finished Eastern dates that were asked for and are in candles: where a download goes on.';

GRANT SELECT, INSERT, UPDATE ON candles, candle_coverage TO kite_streamer;
GRANT SELECT ON candles TO kite_engine, kite_gateway, kite_anon;
GRANT SELECT ON candle_coverage TO kite_gateway;
ALTER TABLE candles ENABLE ROW LEVEL SECURITY;
CREATE POLICY streamer_writes ON candles TO kite_streamer USING (true) WITH CHECK (true);
CREATE POLICY services_read ON candles FOR SELECT TO kite_engine, kite_gateway USING (true);
CREATE POLICY anyone_reads ON candles FOR SELECT TO kite_anon USING (true);

-- --- Partitions ----------------------------------------------------------------------------------------------------

-- A month is a UTC month whatever the caller's time zone is: adding one month to midnight UTC in New York misses the next.
ALTER FUNCTION ensure_partitions(timestamptz, timestamptz) SET timezone = 'UTC';

-- Gives rows that met a default partition a partition of their own. Returns how many months it made room for.
CREATE FUNCTION settle_default_partitions() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS
$$
DECLARE
    parent  text;
    month   timestamptz;
    settled integer := 0;
BEGIN
    FOREACH parent IN ARRAY ARRAY ['equity_data', 'indicators', 'option_prices', 'streaming_metrics']
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

-- One row per partitioned table: until when there are partitions without a hole from the moment asked about, and how
-- many rows (counted to 10,000) wait in the default partition.
CREATE FUNCTION partition_outlook(moment timestamptz)
    RETURNS TABLE (parent text, covered_until timestamptz, default_rows bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS
$$
DECLARE
    month timestamptz;
BEGIN
    FOREACH parent IN ARRAY ARRAY ['equity_data', 'indicators', 'option_prices', 'streaming_metrics']
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

CREATE TABLE streaming.partition_drops (
    partition    text PRIMARY KEY,
    parent       text        NOT NULL,
    month        timestamptz NOT NULL,
    reason       text        NOT NULL,
    announced_at timestamptz NOT NULL DEFAULT now(),
    due_at       timestamptz NOT NULL,
    dropped_at   timestamptz,
    bytes        bigint,
    CONSTRAINT partition_drops_reason_known CHECK (reason IN ('age', 'disk')),
    CONSTRAINT partition_drops_due_a_day_later CHECK (due_at >= announced_at + interval '1 day')
);
COMMENT ON TABLE streaming.partition_drops IS 'Partitions that will go, each announced a day before, and those that went. Wall time.';
GRANT SELECT ON streaming.partition_drops TO kite_streamer;
GRANT USAGE ON SCHEMA streaming TO kite_gateway;
GRANT SELECT ON streaming.partition_drops TO kite_gateway;

-- Whether this month of this table may go at all: never one of the two newest that hold rows, whatever is asked.
CREATE FUNCTION streaming.may_drop_partition(parent text, month timestamptz) RETURNS boolean
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS
$$
DECLARE
    newer  text;
    filled boolean;
    count  integer := 0;
BEGIN
    IF parent NOT IN ('equity_data', 'indicators', 'option_prices', 'streaming_metrics')
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

-- Says that a partition will be dropped a day from now. False when it may not be, or was announced already.
CREATE FUNCTION announce_partition_drop(parent text, month timestamptz, reason text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS
$$
DECLARE
    doomed text := parent || to_char(month AT TIME ZONE 'UTC', '_YYYY_MM');
BEGIN
    IF NOT streaming.may_drop_partition(parent, month) THEN
        RETURN false;
    END IF;
    -- A month may come again, by a download, after it was dropped.
    DELETE FROM streaming.partition_drops WHERE partition = doomed AND dropped_at IS NOT NULL;
    INSERT INTO streaming.partition_drops (partition, parent, month, reason, due_at)
    VALUES (doomed, parent, month, reason, now() + interval '1 day')
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;

-- Takes an announcement back: its reason has gone.
CREATE FUNCTION withdraw_partition_drop(doomed text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS
$$
BEGIN
    DELETE FROM streaming.partition_drops WHERE partition = doomed AND dropped_at IS NULL;
    RETURN FOUND;
END
$$;

-- Drops a partition whose announcement is due. Null when it is not due or may not be dropped, else the bytes set free.
-- Waits two seconds at most for those who read the table.
CREATE FUNCTION drop_announced_partition(doomed text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS
$$
DECLARE
    announced streaming.partition_drops;
    freed     bigint;
BEGIN
    SELECT * INTO announced FROM streaming.partition_drops
    WHERE partition = doomed AND dropped_at IS NULL AND due_at <= now() FOR UPDATE;
    IF NOT FOUND OR NOT streaming.may_drop_partition(announced.parent, announced.month) THEN
        RETURN NULL;
    END IF;
    freed := pg_total_relation_size(format('public.%I', doomed));
    EXECUTE format('DROP TABLE public.%I', doomed);
    UPDATE streaming.partition_drops SET dropped_at = now(), bytes = freed WHERE partition = doomed;
    RETURN freed;
END
$$;

REVOKE ALL ON FUNCTION settle_default_partitions(), partition_outlook(timestamptz),
    streaming.may_drop_partition(text, timestamptz), announce_partition_drop(text, timestamptz, text),
    withdraw_partition_drop(text), drop_announced_partition(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settle_default_partitions(), partition_outlook(timestamptz),
    announce_partition_drop(text, timestamptz, text), withdraw_partition_drop(text), drop_announced_partition(text)
    TO kite_streamer;
GRANT EXECUTE ON FUNCTION partition_outlook(timestamptz) TO kite_gateway;

-- --- Recording -----------------------------------------------------------------------------------------------------

CREATE TABLE streaming.recording (
    singleton   boolean PRIMARY KEY DEFAULT true,
    wanted      boolean,
    active      boolean     NOT NULL DEFAULT false,
    directory   text,
    frames      bigint      NOT NULL DEFAULT 0,
    bytes       bigint      NOT NULL DEFAULT 0,
    missed      bigint      NOT NULL DEFAULT 0,
    problem     text,
    reported_at timestamptz,
    CONSTRAINT recording_one_row CHECK (singleton)
);
COMMENT ON TABLE streaming.recording IS 'What ./kite record asked for (null: what RECORD_FRAMES says) and what the streaming service last said of it.';
INSERT INTO streaming.recording DEFAULT VALUES;
GRANT SELECT, UPDATE ON streaming.recording TO kite_streamer;
GRANT SELECT ON streaming.recording TO kite_gateway;
