-- What is true of the feed now, and what a person should hear of.

-- One row for the feed as a whole ('*'), and one for each ticker whose silence means something. seen_at is the streaming
-- service's sign of life: a row that nobody renews says nothing good.
CREATE TABLE feed_states (
    ticker   text PRIMARY KEY,
    state    text        NOT NULL,
    blocking boolean     NOT NULL,
    since    timestamptz NOT NULL,
    message  text        NOT NULL,
    hint     text,
    seen_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT feed_states_known CHECK (state IN ('starting', 'closed', 'flowing', 'standing', 'dead_socket', 'mute_feed',
                                                  'dead_token', 'taken_over', 'quiet', 'halted', 'silent'))
);
COMMENT ON TABLE feed_states IS 'The feed as the streaming service judges it, by its data and not by its sockets. Times are wall time.';
COMMENT ON COLUMN feed_states.blocking IS 'Prices of this ticker (of all, for *) must not be traded on.';
GRANT SELECT, INSERT, UPDATE, DELETE ON feed_states TO kite_streamer;
GRANT SELECT ON feed_states TO kite_engine, kite_gateway;

-- Each alarm once while its cause lasts; cleared when it ends.
CREATE TABLE alerts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         timestamptz NOT NULL DEFAULT now(),
    service    text        NOT NULL,
    code       text        NOT NULL,
    severity   text        NOT NULL,
    ticker     text,
    message    text        NOT NULL,
    hint       text,
    cleared_at timestamptz,
    CONSTRAINT alerts_severity_known CHECK (severity IN ('info', 'warning', 'critical')),
    CONSTRAINT alerts_cleared_after CHECK (cleared_at >= at)
);
CREATE UNIQUE INDEX alerts_open_uq ON alerts (service, code, coalesce(ticker, '')) WHERE cleared_at IS NULL;
-- GET /v1/alerts, newest first.
CREATE INDEX alerts_cleared_ix ON alerts (cleared_at) WHERE cleared_at IS NOT NULL;
COMMENT ON TABLE alerts IS 'What a person should hear of: one row from its cause''s beginning to its end. Wall time.';

GRANT SELECT, INSERT ON alerts TO kite_streamer, kite_engine;
GRANT UPDATE (severity, message, hint, cleared_at) ON alerts TO kite_streamer, kite_engine;
GRANT SELECT ON alerts TO kite_gateway;
-- A service speaks for itself alone.
ALTER TABLE alerts ENABLE ROW LEVEL SECURITY;
CREATE POLICY services_read ON alerts FOR SELECT TO kite_streamer, kite_engine, kite_gateway USING (true);
CREATE POLICY streamer_writes ON alerts TO kite_streamer
    USING (service = 'streaming-service') WITH CHECK (service = 'streaming-service');
CREATE POLICY engine_writes ON alerts TO kite_engine
    USING (service = 'trading-engine') WITH CHECK (service = 'trading-engine');

ALTER TABLE streaming_metrics
    ADD COLUMN rows        bigint NOT NULL DEFAULT 0,
    ADD COLUMN ticks       bigint NOT NULL DEFAULT 0,
    ADD COLUMN lag_ms      bigint NOT NULL DEFAULT 0,
    ADD COLUMN queue_depth integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN streaming_metrics.records_processed IS 'Rows and quotes of the ticker that were written.';
COMMENT ON COLUMN streaming_metrics.batch_size IS 'Rows of all tickers in the flush that ended the second.';
COMMENT ON COLUMN streaming_metrics.processing_time_ms IS 'How long that flush took.';
COMMENT ON COLUMN streaming_metrics.error_count IS 'Flushes that failed meanwhile.';
COMMENT ON COLUMN streaming_metrics.rows IS 'Rows of the ticker that were written, updates included.';
COMMENT ON COLUMN streaming_metrics.ticks IS 'Ticks of the ticker since the metrics before.';
COMMENT ON COLUMN streaming_metrics.lag_ms IS 'How long the ticker''s newest quote had been here when it was written; 0 where there was none.';
COMMENT ON COLUMN streaming_metrics.queue_depth IS 'Changes that waited for the next flush at that moment.';

-- Nothing flushed is an error where data is expected, and the feed's own verdict is never prettier than the rows: a
-- mute feed, a dead token or a streaming service that is not heard any more are errors however new the last flush is.
CREATE OR REPLACE FUNCTION get_streaming_health(wanted text DEFAULT NULL)
    RETURNS TABLE (ticker text, last_update timestamptz, records_last_hour bigint, avg_batch_size numeric,
                   error_rate numeric, status text)
    LANGUAGE sql STABLE AS
$$
WITH last_hour AS (
    SELECT m.ticker, max(m.timestamp) AS last_update, sum(m.records_processed) AS records,
           round(avg(m.batch_size), 2) AS batch_size,
           round(sum(m.error_count)::numeric / greatest(sum(m.records_processed) + sum(m.error_count), 1), 6) AS errors
    FROM streaming_metrics m
    WHERE m.timestamp > now() - interval '1 hour' AND (wanted IS NULL OR m.ticker = wanted)
    GROUP BY m.ticker
),
feed AS (
    SELECT f.state, f.blocking, f.seen_at < now() - interval '1 minute' AS dead, f.seen_at < now() - interval '15 seconds' AS late
    FROM feed_states f WHERE f.ticker = '*'
)
SELECT t.ticker, h.last_update, coalesce(h.records, 0)::bigint, coalesce(h.batch_size, 0), coalesce(h.errors, 0),
       CASE
           WHEN h.errors > 0.1 OR feed.dead OR feed.blocking OR feed.state IN ('dead_socket', 'mute_feed', 'dead_token', 'taken_over')
               THEN 'error'
           WHEN feed.late OR h.errors > 0 OR s.state IN ('halted', 'silent') THEN 'warning'
           WHEN feed.state IN ('closed', 'standing') OR s.state = 'quiet' THEN 'healthy'
           WHEN h.last_update IS NULL OR h.last_update < now() - interval '5 minutes' THEN 'error'
           WHEN h.last_update < now() - interval '1 minute' THEN 'warning'
           ELSE 'healthy'
       END
FROM (SELECT s.ticker FROM tickers s WHERE s.streamed UNION SELECT l.ticker FROM last_hour l) t
LEFT JOIN last_hour h ON h.ticker = t.ticker
LEFT JOIN feed ON true
LEFT JOIN feed_states s ON s.ticker = t.ticker
WHERE wanted IS NULL OR t.ticker = wanted
ORDER BY t.ticker
$$;
