-- What the feed said and no market: the first message of each spell, the newest ten thousand of them.
CREATE TABLE streaming.quarantine (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticker      text        NOT NULL,
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    reason      text        NOT NULL,
    last        numeric,
    bid         numeric,
    ask         numeric,
    volume      bigint,
    last_before numeric,
    CONSTRAINT quarantine_reason_known CHECK (reason IN ('non_positive', 'far_from_last', 'crossed'))
);
COMMENT ON TABLE streaming.quarantine IS 'Values that were not believed and made no row and no quote. at is the feed''s time, received_at wall time.';
COMMENT ON COLUMN streaming.quarantine.last_before IS 'The last price believed before.';
GRANT SELECT, INSERT, DELETE ON streaming.quarantine TO kite_streamer;
