-- What the stream is not proven to have brought, and what was done about it.

CREATE TABLE data_gaps (
    id          uuid PRIMARY KEY,
    ticker      text        NOT NULL,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz,
    cause       text        NOT NULL,
    state       text        NOT NULL,
    opened_at   timestamptz NOT NULL,
    closed_at   timestamptz,
    attempts    integer     NOT NULL DEFAULT 0,
    candles     integer     NOT NULL DEFAULT 0,
    volume      bigint      NOT NULL DEFAULT 0,
    sma9_before numeric(12, 4),
    sma9_after  numeric(12, 4),
    vwap_before numeric(12, 4),
    vwap_after  numeric(12, 4),
    note        text        NOT NULL,
    CONSTRAINT data_gaps_state_known CHECK (state IN ('open', 'repaired', 'unavailable')),
    CONSTRAINT data_gaps_cause_named CHECK (cause ~ '^[a-z][a-z_]{0,31}$'),
    CONSTRAINT data_gaps_closed_when_over CHECK ((state = 'open') = (closed_at IS NULL)),
    CONSTRAINT data_gaps_ends_after_start CHECK (ends_at >= starts_at),
    CONSTRAINT data_gaps_figures_not_negative CHECK (attempts >= 0 AND candles >= 0 AND volume >= 0)
);
COMMENT ON TABLE data_gaps IS 'The gap ledger: intervals of market time in which the stream was not proven complete. starts_at and ends_at are market time, ends_at null while it lasts; opened_at and closed_at are wall time; before and after are the newest values at the restatement.';
CREATE INDEX data_gaps_ticker_ix ON data_gaps (ticker, starts_at);
CREATE INDEX data_gaps_open_ix ON data_gaps (ticker) WHERE state = 'open';

GRANT SELECT, INSERT, UPDATE ON data_gaps TO kite_streamer;
GRANT SELECT ON data_gaps TO kite_engine, kite_gateway, kite_anon;
ALTER TABLE data_gaps ENABLE ROW LEVEL SECURITY;
CREATE POLICY streamer_writes ON data_gaps TO kite_streamer USING (true) WITH CHECK (true);
CREATE POLICY services_read ON data_gaps FOR SELECT TO kite_engine, kite_gateway USING (true);
CREATE POLICY anyone_reads ON data_gaps FOR SELECT TO kite_anon USING (true);

ALTER TABLE indicators ADD COLUMN complete boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN indicators.complete IS 'False while minutes that count in sma9 or vwap are missing: their gap is open or was unavailable.';

-- The exact sums behind indicators that are not complete, so that they can be restated exactly once the candles are there.
CREATE TABLE streaming.incomplete_rows (
    ticker            text        NOT NULL,
    timestamp         timestamptz NOT NULL,
    gaps              uuid[]      NOT NULL,
    vwap_reset        timestamptz,
    vwap_notional_e4  numeric(39) NOT NULL,
    vwap_volume       bigint      NOT NULL,
    average_bar       text,
    average_period    integer,
    average_times     timestamptz[],
    average_closes_e4 bigint[],
    PRIMARY KEY (ticker, timestamp),
    CONSTRAINT incomplete_rows_of_gaps CHECK (cardinality(gaps) > 0)
);
COMMENT ON TABLE streaming.incomplete_rows IS 'The sums right after each incomplete row''s last tick. The moving average''s bars are null where no gap touches them.';
GRANT SELECT, INSERT, UPDATE, DELETE ON streaming.incomplete_rows TO kite_streamer;

-- The minutes whose candles are still wanted, with the values before them.
ALTER TABLE streaming.ticker_states ADD COLUMN holes text;

ALTER TABLE engine.crossover_cursors ADD COLUMN relation_doubtful boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN engine.crossover_cursors.relation_doubtful IS 'Whether the relation was seen in a second that was not complete: a crossover against it is not traded.';
COMMENT ON COLUMN trading_signals.action IS 'What was done about it: buy, sell, none (auto trading off or nothing to do), blocked, stale, backfilled, gap (values that lacked minutes).';
