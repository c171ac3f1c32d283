-- Where an account's journal ends is written beside the account: a chain alone does not show that its last events are gone.
ALTER TABLE engine.accounts ADD COLUMN journal_events bigint NOT NULL DEFAULT 0;
ALTER TABLE engine.accounts ADD COLUMN journal_head bytea NOT NULL DEFAULT '\x';
COMMENT ON COLUMN engine.accounts.journal_events IS 'How many events the account''s journal has.';
COMMENT ON COLUMN engine.accounts.journal_head IS 'The hash of the last of them.';
UPDATE engine.accounts a SET
    journal_events = (SELECT count(*) FROM engine.order_events e WHERE e.account_id = a.account_id),
    journal_head = coalesce((SELECT e.hash FROM engine.order_events e WHERE e.account_id = a.account_id
                             ORDER BY e.id DESC LIMIT 1), '\x');

CREATE OR REPLACE FUNCTION engine.chain_order_event() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, engine, pg_temp AS
$$
BEGIN
    -- The row is locked by whoever writes orders; here once more for whoever forgot.
    SELECT a.journal_head INTO STRICT NEW.previous_hash FROM engine.accounts a
    WHERE a.account_id = NEW.account_id FOR UPDATE;
    NEW.hash := sha256(NEW.previous_hash || convert_to(
        jsonb_build_array(NEW.account_id, NEW.intent_id, NEW.trade_id, extract(epoch FROM NEW.at), NEW.event, NEW.state,
                          NEW.filled, NEW.broker_order_id, NEW.detail)::text, 'UTF8'));
    UPDATE engine.accounts SET journal_events = journal_events + 1, journal_head = NEW.hash
    WHERE account_id = NEW.account_id;
    RETURN NEW;
END
$$;
