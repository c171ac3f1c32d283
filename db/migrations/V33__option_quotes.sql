-- The latest row of each option contract, as quotes has the latest of each ticker: a chain is read from here, not
-- searched in weeks of seconds. Triggers on option_prices keep it, whoever writes there.
CREATE TABLE option_quotes (
    ticker             text           NOT NULL,
    timestamp          timestamptz    NOT NULL,
    option_type        text           NOT NULL,
    strike_price       numeric(12, 4) NOT NULL,
    expiration_date    date           NOT NULL,
    last_price         numeric(12, 4),
    bid                numeric(12, 4),
    ask                numeric(12, 4),
    volume             bigint,
    open_interest      bigint,
    implied_volatility numeric(12, 6),
    delta              numeric(12, 6),
    gamma              numeric(12, 6),
    theta              numeric(12, 6),
    vega               numeric(12, 6),
    option_symbol      text           NOT NULL,
    CONSTRAINT option_quotes_pk PRIMARY KEY (ticker, expiration_date, strike_price, option_type)
) WITH (fillfactor = 50);
COMMENT ON TABLE option_quotes IS 'The latest row of each contract in option_prices.';
COMMENT ON TABLE option_prices IS 'One row per contract and second of its newest quote or trade. Null is unknown, zero is zero.';
COMMENT ON COLUMN option_prices.implied_volatility IS 'In percent, as Schwab gives it.';
COMMENT ON COLUMN option_prices.volume IS 'Contracts since the day''s start.';

-- Writes as its owner: nobody else may change option_quotes.
CREATE FUNCTION keep_option_quotes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$
BEGIN
    INSERT INTO public.option_quotes AS kept
        (ticker, timestamp, option_type, strike_price, expiration_date, last_price, bid, ask, volume, open_interest,
         implied_volatility, delta, gamma, theta, vega, option_symbol)
    SELECT DISTINCT ON (ticker, expiration_date, strike_price, option_type)
           ticker, timestamp, option_type, strike_price, expiration_date, last_price, bid, ask, volume, open_interest,
           implied_volatility, delta, gamma, theta, vega, option_symbol
    FROM written
    ORDER BY ticker, expiration_date, strike_price, option_type, timestamp DESC
    ON CONFLICT (ticker, expiration_date, strike_price, option_type) DO UPDATE
    SET timestamp = excluded.timestamp, last_price = excluded.last_price, bid = excluded.bid, ask = excluded.ask,
        volume = excluded.volume, open_interest = excluded.open_interest,
        implied_volatility = excluded.implied_volatility, delta = excluded.delta, gamma = excluded.gamma,
        theta = excluded.theta, vega = excluded.vega, option_symbol = excluded.option_symbol
    WHERE excluded.timestamp >= kept.timestamp;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION keep_option_quotes() FROM PUBLIC;

CREATE TRIGGER option_quotes_inserted AFTER INSERT ON option_prices
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION keep_option_quotes();
CREATE TRIGGER option_quotes_updated AFTER UPDATE ON option_prices
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION keep_option_quotes();

INSERT INTO option_quotes
SELECT DISTINCT ON (ticker, expiration_date, strike_price, option_type)
       ticker, timestamp, option_type, strike_price, expiration_date, last_price, bid, ask, volume, open_interest,
       implied_volatility, delta, gamma, theta, vega, option_symbol
FROM option_prices
ORDER BY ticker, expiration_date, strike_price, option_type, timestamp DESC;

GRANT SELECT ON option_quotes TO kite_streamer, kite_engine, kite_gateway, kite_anon;
ALTER TABLE option_quotes ENABLE ROW LEVEL SECURITY;
CREATE POLICY services_read ON option_quotes FOR SELECT TO kite_streamer, kite_engine, kite_gateway USING (true);
CREATE POLICY anyone_reads ON option_quotes FOR SELECT TO kite_anon USING (true);
