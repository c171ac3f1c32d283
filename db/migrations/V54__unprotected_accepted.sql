-- A person may say that what an entry lacks of its exits is meant so. No more is accepted than was shown: another lack,
-- and one that ended and came back, is told again.
ALTER TABLE trades ADD COLUMN unprotected_accepted text;
ALTER TABLE trades ADD COLUMN unprotected_accepted_by text;
ALTER TABLE trades ADD COLUMN unprotected_accepted_at timestamptz;
COMMENT ON COLUMN trades.unprotected_accepted IS 'What unprotected said when a person accepted it; it counts while unprotected says the same.';
COMMENT ON COLUMN trades.unprotected_accepted_by IS 'The key or browser that accepted it.';
COMMENT ON COLUMN trades.unprotected_accepted_at IS 'Wall time.';
ALTER TABLE trades ADD CONSTRAINT trades_unprotected_accepted_by_somebody CHECK (
    num_nonnulls(unprotected_accepted, unprotected_accepted_by, unprotected_accepted_at) IN (0, 3)) NOT VALID;
ALTER TABLE trades VALIDATE CONSTRAINT trades_unprotected_accepted_by_somebody;
GRANT UPDATE (unprotected_accepted, unprotected_accepted_by, unprotected_accepted_at, updated_at) ON trades TO kite_gateway;
