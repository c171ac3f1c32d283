-- What the strategy bought itself and did not sell again: asked at every crossover.
CREATE INDEX fills_account_ticker_ix ON fills (account_id, ticker);
