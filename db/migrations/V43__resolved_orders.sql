-- What a person decided about an order of unknown fate. The gateway asks; the engine, the only one that writes orders,
-- checks it against the broker's listing, applies it or not, and says how that ended.
CREATE TABLE order_resolutions (
    id              uuid PRIMARY KEY,
    intent_id       uuid        NOT NULL REFERENCES engine.order_intents (id),
    trade_id        uuid        NOT NULL REFERENCES trades (id),
    outcome         text        NOT NULL,
    broker_order_id text,
    override        boolean     NOT NULL DEFAULT false,
    evidence        text        NOT NULL,
    person          text        NOT NULL,
    request_id      text,
    requested_at    timestamptz NOT NULL DEFAULT now(),
    done_at         timestamptz,
    accepted        boolean,
    answer          text,
    CONSTRAINT order_resolutions_outcome_known CHECK (outcome IN ('placed', 'not_placed')),
    CONSTRAINT order_resolutions_placed_names_order CHECK ((outcome = 'placed') = (broker_order_id IS NOT NULL)),
    CONSTRAINT order_resolutions_override_of_absence CHECK (NOT override OR outcome = 'not_placed'),
    CONSTRAINT order_resolutions_says_why CHECK (length(evidence) BETWEEN 1 AND 1000 AND length(person) BETWEEN 1 AND 200),
    CONSTRAINT order_resolutions_answered_whole
        CHECK ((done_at IS NULL) = (accepted IS NULL) AND (done_at IS NULL) = (answer IS NULL))
);
COMMENT ON TABLE order_resolutions IS 'Decisions of people about orders of unknown fate, and what the engine answered. Kept for ever.';
COMMENT ON COLUMN order_resolutions.override IS 'Whether not_placed was said although absence was not shown.';
-- One at a time, and what the engine asks for each round.
CREATE UNIQUE INDEX order_resolutions_waiting_uq ON order_resolutions (intent_id) WHERE done_at IS NULL;
-- The last one of an order.
CREATE INDEX order_resolutions_intent_ix ON order_resolutions (intent_id, requested_at);
GRANT SELECT, INSERT ON order_resolutions TO kite_gateway;
GRANT SELECT ON order_resolutions TO kite_engine;
GRANT UPDATE (done_at, accepted, answer) ON order_resolutions TO kite_engine;

-- What an event rests on, with its figures: the listing that was looked at, who decided. The hash covers it where it is there.
ALTER TABLE engine.order_events ADD COLUMN facts jsonb;
COMMENT ON COLUMN engine.order_events.facts IS 'What the event rests on: figures, candidates, who decided.';

-- The alarm of orders that turned up after they were said not to exist.
CREATE INDEX order_events_turned_up_ix ON engine.order_events (account_id, at) WHERE event = 'order.turned_up';

CREATE OR REPLACE FUNCTION engine.chain_order_event() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, engine, pg_temp AS
$$
BEGIN
    -- The row is locked by whoever writes orders; here once more for whoever forgot.
    SELECT a.journal_head INTO STRICT NEW.previous_hash FROM engine.accounts a
    WHERE a.account_id = NEW.account_id FOR UPDATE;
    NEW.hash := sha256(NEW.previous_hash || convert_to((
        jsonb_build_array(NEW.account_id, NEW.intent_id, NEW.trade_id, extract(epoch FROM NEW.at), NEW.event, NEW.state,
                          NEW.filled, NEW.broker_order_id, NEW.detail)
        || CASE WHEN NEW.facts IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(NEW.facts) END)::text, 'UTF8'));
    UPDATE engine.accounts SET journal_events = journal_events + 1, journal_head = NEW.hash
    WHERE account_id = NEW.account_id;
    RETURN NEW;
END
$$;

-- Who asked for a trade: the name of a key, a browser's session. Null for the strategy's and for orders placed elsewhere.
ALTER TABLE trades ADD COLUMN asked_by text;
