-- A broker tells times in whole seconds, so that "before we looked" cannot be told from a time. What was there when
-- an account was first taken over is written down instead: its fills are in the positions taken over with it.
CREATE TABLE engine.history_orders (
    account_id      text NOT NULL REFERENCES engine.accounts (account_id),
    broker_order_id text NOT NULL,
    PRIMARY KEY (account_id, broker_order_id)
);
GRANT SELECT, INSERT ON engine.history_orders TO kite_engine;
ALTER TABLE engine.accounts ADD COLUMN taken_over_at timestamptz;
ALTER TABLE engine.accounts DROP COLUMN opened_at;
