-- An order that was replaced at the broker goes on under another id and with other terms: an order of its own that names
-- its parent. What each is for is written with it, since the trade shows the newest.
ALTER TABLE engine.order_intents ADD COLUMN order_quantity bigint;
ALTER TABLE engine.order_intents ADD COLUMN replaces uuid REFERENCES engine.order_intents (id);
ALTER TABLE engine.order_intents ADD CONSTRAINT order_intents_replaces_uq UNIQUE (replaces);
ALTER TABLE engine.order_intents ADD CONSTRAINT order_intents_order_quantity_positive CHECK (order_quantity > 0);
COMMENT ON COLUMN engine.order_intents.order_quantity IS 'What this order is for; null where it is the trade''s quantity.';
COMMENT ON COLUMN engine.order_intents.replaces IS 'The order in whose place this one stands, of the same trade.';
