-- What people ask of an order that works: another price or quantity. The gateway asks, the engine makes it an order of its own
-- that names its parent.
CREATE TABLE trade_changes (
    id          uuid PRIMARY KEY,
    trade_id    uuid        NOT NULL REFERENCES trades (id),
    limit_price numeric(12, 4),
    stop_price  numeric(12, 4),
    quantity    bigint,
    request_id  text,
    status      text        NOT NULL DEFAULT 'pending',
    reason      text,
    intent_id   uuid REFERENCES engine.order_intents (id),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT trade_changes_changes_something CHECK (num_nonnulls(limit_price, stop_price, quantity) > 0),
    CONSTRAINT trade_changes_above_zero
        CHECK (coalesce(limit_price, 1) > 0 AND coalesce(stop_price, 1) > 0 AND coalesce(quantity, 1) > 0),
    CONSTRAINT trade_changes_status_known CHECK (status IN ('pending', 'submitting', 'unknown', 'done', 'rejected')),
    CONSTRAINT trade_changes_rejected_says_why CHECK (status <> 'rejected' OR reason IS NOT NULL)
);
COMMENT ON TABLE trade_changes IS 'Changes of working orders that people asked for, and how far each has come.';
COMMENT ON COLUMN trade_changes.quantity IS 'Of the whole trade, what is filled already included; null leaves it, as null prices do.';
-- Of one trade, one change at a time; this is also what the engine looks for.
CREATE UNIQUE INDEX trade_changes_open_uq ON trade_changes (trade_id) WHERE status NOT IN ('done', 'rejected');
CREATE INDEX trade_changes_trade_ix ON trade_changes (trade_id, created_at DESC);
CREATE INDEX trade_changes_intent_ix ON trade_changes (intent_id);
GRANT SELECT ON trade_changes TO kite_engine, kite_gateway;
GRANT UPDATE (status, reason, intent_id, updated_at) ON trade_changes TO kite_engine;
GRANT INSERT (id, trade_id, limit_price, stop_price, quantity, request_id) ON trade_changes TO kite_gateway;

-- An order that is to replace another says other things than its trade for as long as it is not certain that it did.
ALTER TABLE engine.order_intents ADD COLUMN order_kind text;
ALTER TABLE engine.order_intents ADD COLUMN order_limit numeric(12, 4);
ALTER TABLE engine.order_intents ADD COLUMN order_stop numeric(12, 4);
ALTER TABLE engine.order_intents ADD COLUMN order_lasts text;
COMMENT ON COLUMN engine.order_intents.order_kind IS 'Type, prices and time in force of this order; null where they are the trade''s.';
-- A change of which nothing came makes room for the next.
ALTER TABLE engine.order_intents DROP CONSTRAINT order_intents_replaces_uq;
CREATE UNIQUE INDEX order_intents_replaces_uq ON engine.order_intents (replaces)
    WHERE state NOT IN ('DENIED', 'EXPIRED_UNSENT', 'REFUSED', 'NOT_SENT', 'NOT_PLACED', 'REJECTED');

ALTER TABLE engine.paper_orders DROP CONSTRAINT paper_orders_status_known;
ALTER TABLE engine.paper_orders ADD CONSTRAINT paper_orders_status_known
    CHECK (status IN ('OPEN', 'FILLED', 'CANCELED', 'REJECTED', 'EXPIRED', 'REPLACED'));
