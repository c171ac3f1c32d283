-- Where the streaming service goes on after a restart: written in the transaction that writes the rows it belongs to.
CREATE SCHEMA streaming;
GRANT USAGE ON SCHEMA streaming TO kite_streamer;

CREATE TABLE streaming.ticker_states (
    ticker             text PRIMARY KEY,
    trading_date       date,
    day_volume         bigint,
    continues_previous boolean     NOT NULL,
    newest_trade       timestamptz,
    last_price         numeric(12, 4),
    covered_until      timestamptz,
    gap_date           date,
    gap_volume         bigint      NOT NULL,
    average_bar        text        NOT NULL,
    average_period     integer     NOT NULL,
    average_times      timestamptz[] NOT NULL,
    average_closes_e4  bigint[]    NOT NULL,
    vwap_reset         timestamptz,
    vwap_notional_e4   numeric(39) NOT NULL,
    vwap_volume        bigint      NOT NULL,
    updated_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ticker_states_average_pairs CHECK (cardinality(average_times) = cardinality(average_closes_e4)),
    CONSTRAINT ticker_states_volumes CHECK (day_volume >= 0 AND gap_volume >= 0 AND vwap_volume >= 0)
);
COMMENT ON TABLE streaming.ticker_states IS 'The exact sums behind the newest rows; per-second rows are not enough to rebuild them.';
GRANT SELECT, INSERT, UPDATE ON streaming.ticker_states TO kite_streamer;
