-- An entry may bring its exits with it, as one order at the broker. Each exit that the broker shows is a trade of its own.
ALTER TABLE trades ADD COLUMN take_profit numeric(12, 4);
ALTER TABLE trades ADD COLUMN stop_loss numeric(12, 4);
ALTER TABLE trades ADD COLUMN stop_loss_limit numeric(12, 4);
ALTER TABLE trades ADD COLUMN parent_id uuid REFERENCES trades (id);
ALTER TABLE trades ADD COLUMN parent_order_id text;
ALTER TABLE trades ADD COLUMN role text;
ALTER TABLE trades ADD COLUMN unprotected text;
ALTER TABLE trades ADD COLUMN bracket_over_at timestamptz;
COMMENT ON COLUMN trades.take_profit IS 'Limit of the exit that takes the profit; null for none. So are stop_loss and its limit.';
COMMENT ON COLUMN trades.parent_id IS 'The entry whose exit this is; null for all others.';
COMMENT ON COLUMN trades.parent_order_id IS 'The broker''s order that it hangs on.';
COMMENT ON COLUMN trades.unprotected IS 'What is missing of the exits asked for, while the position is open; null while nothing is.';
COMMENT ON COLUMN trades.bracket_over_at IS 'When nothing was left for the exits to close.';
ALTER TABLE trades ADD CONSTRAINT trades_bracket_fits CHECK (
    coalesce(take_profit, 1) > 0 AND coalesce(stop_loss, 1) > 0 AND coalesce(stop_loss_limit, 1) > 0
    AND (stop_loss_limit IS NULL OR stop_loss IS NOT NULL)) NOT VALID;
ALTER TABLE trades ADD CONSTRAINT trades_exit_has_role CHECK (
    (parent_id IS NULL) = (role IS NULL) AND (parent_id IS NULL) = (parent_order_id IS NULL) AND role IN ('take_profit', 'stop_loss')
    AND (parent_id IS NULL OR num_nonnulls(take_profit, stop_loss) = 0)) NOT VALID;
ALTER TABLE trades ADD CONSTRAINT trades_unprotected_has_bracket CHECK (
    unprotected IS NULL OR num_nonnulls(take_profit, stop_loss) > 0 AND bracket_over_at IS NULL) NOT VALID;
ALTER TABLE trades VALIDATE CONSTRAINT trades_bracket_fits;
ALTER TABLE trades VALIDATE CONSTRAINT trades_exit_has_role;
ALTER TABLE trades VALIDATE CONSTRAINT trades_unprotected_has_bracket;
-- Bound once: an entry's order has one exit of a kind.
CREATE UNIQUE INDEX trades_exit_uq ON trades (parent_id, parent_order_id, role) WHERE parent_id IS NOT NULL;
-- What the engine watches after each listing.
CREATE INDEX trades_brackets_ix ON trades (account_id)
    WHERE num_nonnulls(take_profit, stop_loss) > 0 AND filled_quantity > 0 AND bracket_over_at IS NULL;

ALTER TABLE engine.order_intents DROP CONSTRAINT order_intents_origin_known;
ALTER TABLE engine.order_intents ADD CONSTRAINT order_intents_origin_known
    CHECK (origin IN ('PERSON', 'STRATEGY', 'FLATTEN', 'EXTERNAL', 'BRACKET')) NOT VALID;
ALTER TABLE engine.order_intents VALIDATE CONSTRAINT order_intents_origin_known;

CREATE OR REPLACE FUNCTION engine.guard_order_intent() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, engine, pg_temp AS
$$
DECLARE
    current_epoch bigint;
BEGIN
    SELECT epoch INTO current_epoch FROM engine.accounts WHERE account_id = NEW.account_id;
    IF NEW.epoch <> current_epoch THEN
        RAISE EXCEPTION 'order_intents: epoch % is over, the account is at %', NEW.epoch, current_epoch
            USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        -- What the broker shows, but we did not send by itself, begins where it is found.
        IF NOT (NEW.state = 'NEW' AND NEW.send_attempts = 0
                OR NEW.state = 'ACKED' AND NEW.origin IN ('EXTERNAL', 'BRACKET') AND NEW.send_attempts = 0) THEN
            RAISE EXCEPTION 'order_intents: an order begins as NEW, not as %', NEW.state USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.trade_id, NEW.account_id, NEW.attempt, NEW.origin, NEW.lane, NEW.fingerprint, NEW.created_at)
        IS DISTINCT FROM
       (OLD.id, OLD.trade_id, OLD.account_id, OLD.attempt, OLD.origin, OLD.lane, OLD.fingerprint, OLD.created_at) THEN
        RAISE EXCEPTION 'order_intents: what an order is does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.send_attempts < OLD.send_attempts OR NEW.filled < OLD.filled THEN
        RAISE EXCEPTION 'order_intents: sends and fills never fall' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.send_attempts > OLD.send_attempts AND NOT (OLD.state = 'APPROVED' AND NEW.state = 'SENDING') THEN
        RAISE EXCEPTION 'order_intents: only an approved order is sent' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT 1 FROM engine.order_transitions WHERE from_state = OLD.state AND to_state = NEW.state) THEN
        RAISE EXCEPTION 'order_intents: % cannot become %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
