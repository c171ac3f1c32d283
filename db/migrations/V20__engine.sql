-- What the trading engine keeps for itself. Nobody else writes here.

CREATE SCHEMA engine;
GRANT USAGE ON SCHEMA engine TO kite_engine, kite_gateway;

CREATE TABLE engine.accounts (
    account_id      text PRIMARY KEY,
    -- Grows with every engine that takes the account over; a write with an older one is refused.
    epoch           bigint      NOT NULL DEFAULT 0,
    settings_hash   text,
    auto_trading_setting text,
    -- Executions before this moment are already in the positions that were taken over then.
    opened_at       timestamptz NOT NULL DEFAULT now(),
    started_at      timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE engine.accounts IS 'Its row is the lock that every write of orders, fills and positions of an account takes first.';

CREATE TABLE engine.order_transitions (
    from_state text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (from_state, to_state)
);
COMMENT ON TABLE engine.order_transitions IS 'The moves of OrderState; everything else is refused.';
INSERT INTO engine.order_transitions VALUES
    ('NEW', 'APPROVED'), ('NEW', 'DENIED'), ('NEW', 'EXPIRED_UNSENT'),
    ('APPROVED', 'SENDING'), ('APPROVED', 'EXPIRED_UNSENT'),
    ('SENDING', 'ACKED'), ('SENDING', 'REFUSED'), ('SENDING', 'NOT_SENT'), ('SENDING', 'UNKNOWN'),
    ('UNKNOWN', 'ACKED'), ('UNKNOWN', 'UNRESOLVED'), ('UNKNOWN', 'REFUSED'),
    ('UNRESOLVED', 'ACKED'), ('UNRESOLVED', 'NOT_PLACED'),
    ('ACKED', 'WORKING'), ('ACKED', 'PARTIAL'), ('ACKED', 'FILLED'), ('ACKED', 'CANCELED'),
    ('ACKED', 'REJECTED'), ('ACKED', 'EXPIRED'), ('ACKED', 'UNKNOWN'),
    ('WORKING', 'PARTIAL'), ('WORKING', 'FILLED'), ('WORKING', 'CANCELED'), ('WORKING', 'REJECTED'),
    ('WORKING', 'EXPIRED'),
    ('PARTIAL', 'WORKING'), ('PARTIAL', 'FILLED'), ('PARTIAL', 'CANCELED'), ('PARTIAL', 'REJECTED'),
    ('PARTIAL', 'EXPIRED'),
    ('NOT_PLACED', 'ACKED'), ('NOT_SENT', 'ACKED'), ('REFUSED', 'ACKED');

CREATE TABLE engine.order_intents (
    id               uuid PRIMARY KEY,
    trade_id         uuid        NOT NULL REFERENCES trades (id),
    account_id       text        NOT NULL REFERENCES engine.accounts (account_id),
    attempt          integer     NOT NULL,
    origin           text        NOT NULL,
    lane             text        NOT NULL,
    fingerprint      text        NOT NULL,
    state            text        NOT NULL,
    send_attempts    integer     NOT NULL DEFAULT 0,
    reducing         boolean     NOT NULL DEFAULT false,
    epoch            bigint      NOT NULL,
    created_at       timestamptz NOT NULL,
    deadline         timestamptz,
    market_deadline  timestamptz,
    approved_at      timestamptz,
    claimed_at       timestamptz,
    baseline         text[]      NOT NULL DEFAULT '{}',
    broker_order_id  text,
    verified         boolean     NOT NULL DEFAULT false,
    filled           bigint      NOT NULL DEFAULT 0,
    looks            integer     NOT NULL DEFAULT 0,
    next_look_at     timestamptz,
    counted_listings integer     NOT NULL DEFAULT 0,
    last_counted_at  timestamptz,
    throttled        boolean     NOT NULL DEFAULT false,
    hold_until       timestamptz,
    settings_hash    text,
    build            text,
    detail           text,
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT order_intents_trade_attempt_uq UNIQUE (trade_id, attempt),
    CONSTRAINT order_intents_account_broker_order_uq UNIQUE (account_id, broker_order_id),
    CONSTRAINT order_intents_sent_at_most_once CHECK (send_attempts IN (0, 1)),
    CONSTRAINT order_intents_origin_known CHECK (origin IN ('PERSON', 'STRATEGY', 'FLATTEN', 'EXTERNAL')),
    CONSTRAINT order_intents_state_known CHECK (state IN ('NEW', 'APPROVED', 'DENIED', 'SENDING', 'EXPIRED_UNSENT',
        'ACKED', 'REFUSED', 'NOT_SENT', 'UNKNOWN', 'UNRESOLVED', 'NOT_PLACED', 'WORKING', 'PARTIAL', 'FILLED',
        'CANCELED', 'REJECTED', 'EXPIRED')),
    -- Whatever may have reached the broker was claimed first; what was not sent has no id.
    CONSTRAINT order_intents_claimed_before_sent CHECK ((send_attempts = 1) = (claimed_at IS NOT NULL)),
    CONSTRAINT order_intents_doubtful_was_sent
        CHECK (state NOT IN ('SENDING', 'UNKNOWN', 'UNRESOLVED', 'REFUSED', 'NOT_SENT', 'NOT_PLACED') OR send_attempts = 1),
    CONSTRAINT order_intents_followed_by_id
        CHECK (state NOT IN ('ACKED', 'WORKING', 'PARTIAL', 'FILLED', 'CANCELED', 'REJECTED', 'EXPIRED')
            OR broker_order_id IS NOT NULL)
);
COMMENT ON TABLE engine.order_intents IS 'One attempt to place a trade''s order: committed before it is sent, sent at most once.';
-- Content matching has one owner: in a lane only one order may be of unknown fate.
CREATE UNIQUE INDEX order_intents_lane_uq ON engine.order_intents (account_id, lane)
    WHERE state IN ('SENDING', 'UNKNOWN', 'UNRESOLVED');
-- What every round of the engine asks for.
CREATE INDEX order_intents_open_ix ON engine.order_intents (account_id, state, created_at)
    WHERE state NOT IN ('DENIED', 'EXPIRED_UNSENT', 'REFUSED', 'NOT_SENT', 'NOT_PLACED', 'FILLED', 'CANCELED',
                        'REJECTED', 'EXPIRED');
-- Orders per minute.
CREATE INDEX order_intents_claimed_ix ON engine.order_intents (account_id, claimed_at) WHERE claimed_at IS NOT NULL;
-- A lane the broker asked to leave alone for a while.
CREATE INDEX order_intents_hold_ix ON engine.order_intents (account_id, lane, hold_until) WHERE hold_until IS NOT NULL;

CREATE FUNCTION engine.guard_order_intent() RETURNS trigger
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
        IF NOT (NEW.state = 'NEW' AND NEW.send_attempts = 0
                OR NEW.state = 'ACKED' AND NEW.origin = 'EXTERNAL' AND NEW.send_attempts = 0) THEN
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
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON engine.order_intents
    FOR EACH ROW EXECUTE FUNCTION engine.guard_order_intent();

CREATE TABLE engine.order_events (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id    text        NOT NULL,
    intent_id     uuid        NOT NULL REFERENCES engine.order_intents (id),
    trade_id      uuid        NOT NULL,
    at            timestamptz NOT NULL,
    event         text        NOT NULL,
    state         text        NOT NULL,
    filled        bigint      NOT NULL,
    broker_order_id text,
    detail        text,
    previous_hash bytea       NOT NULL,
    hash          bytea       NOT NULL
);
COMMENT ON TABLE engine.order_events IS 'The journal: append-only, each row''s hash covers the row before it, per account.';
CREATE INDEX order_events_account_ix ON engine.order_events (account_id, id DESC);
CREATE INDEX order_events_trade_ix ON engine.order_events (trade_id, id);

-- The database computes the chain, so that no writer can leave it out. The account's row lock keeps it in order.
CREATE FUNCTION engine.chain_order_event() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, engine, pg_temp AS
$$
BEGIN
    SELECT e.hash INTO NEW.previous_hash FROM engine.order_events e
    WHERE e.account_id = NEW.account_id ORDER BY e.id DESC LIMIT 1;
    NEW.previous_hash := coalesce(NEW.previous_hash, '\x'::bytea);
    NEW.hash := sha256(NEW.previous_hash || convert_to(
        jsonb_build_array(NEW.account_id, NEW.intent_id, NEW.trade_id, extract(epoch FROM NEW.at), NEW.event, NEW.state,
                          NEW.filled, NEW.broker_order_id, NEW.detail)::text, 'UTF8'));
    RETURN NEW;
END
$$;
CREATE TRIGGER chain BEFORE INSERT ON engine.order_events
    FOR EACH ROW EXECUTE FUNCTION engine.chain_order_event();

CREATE TABLE engine.flatten_trades (
    trade_id   uuid PRIMARY KEY REFERENCES trades (id),
    command_id bigint NOT NULL REFERENCES trading_commands (id)
);
COMMENT ON TABLE engine.flatten_trades IS 'Trades that the kill switch made to close positions: a halt does not stop them.';

CREATE TABLE engine.lots (
    account_id text           NOT NULL,
    symbol     text           NOT NULL,
    number     integer        NOT NULL,
    quantity   bigint         NOT NULL,
    price      numeric(18, 8) NOT NULL,
    PRIMARY KEY (account_id, symbol, number),
    CONSTRAINT lots_not_empty CHECK (quantity <> 0)
);
COMMENT ON TABLE engine.lots IS 'What is held, lot by lot in the order it was opened; positions is the sum.';

CREATE TABLE engine.position_differences (
    account_id text        NOT NULL,
    symbol     text        NOT NULL,
    ours       bigint      NOT NULL,
    theirs     bigint      NOT NULL,
    since      timestamptz NOT NULL,
    PRIMARY KEY (account_id, symbol)
);
COMMENT ON TABLE engine.position_differences IS 'Where the broker holds another quantity than we: blocks new risk in that symbol until it is explained.';

CREATE TABLE engine.crossover_cursors (
    ticker      text PRIMARY KEY,
    last_second timestamptz,
    vwap_reset  timestamptz,
    relation    text,
    CONSTRAINT crossover_cursors_relation_known CHECK (relation IN ('ABOVE', 'BELOW'))
);
COMMENT ON TABLE engine.crossover_cursors IS 'How far each ticker''s finished seconds have been looked at for crossovers, and what was seen last.';

-- The paper broker: what the real one would keep on its side.
CREATE TABLE engine.paper_accounts (
    account_id text PRIMARY KEY,
    cash       numeric(18, 8) NOT NULL
);
CREATE TABLE engine.paper_orders (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id      text           NOT NULL REFERENCES engine.paper_accounts (account_id),
    ticker          text           NOT NULL,
    option_symbol   text,
    side            text           NOT NULL,
    quantity        bigint         NOT NULL,
    order_type      text           NOT NULL,
    limit_price     numeric(12, 4),
    stop_price      numeric(12, 4),
    time_in_force   text           NOT NULL,
    status          text           NOT NULL DEFAULT 'OPEN',
    reason          text,
    filled          bigint         NOT NULL DEFAULT 0,
    triggered       boolean        NOT NULL DEFAULT false,
    entered_at      timestamptz    NOT NULL,
    -- Market times: when a day order ends, and the quote whose size it last took from.
    expires_at      timestamptz,
    last_quote_time timestamptz,
    CONSTRAINT paper_orders_filled_within CHECK (filled BETWEEN 0 AND quantity),
    CONSTRAINT paper_orders_status_known CHECK (status IN ('OPEN', 'FILLED', 'CANCELED', 'REJECTED', 'EXPIRED'))
);
CREATE INDEX paper_orders_open_ix ON engine.paper_orders (account_id) WHERE status = 'OPEN';
CREATE INDEX paper_orders_entered_ix ON engine.paper_orders (account_id, entered_at);
CREATE TABLE engine.paper_executions (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id    bigint         NOT NULL REFERENCES engine.paper_orders (id),
    quantity    bigint         NOT NULL,
    price       numeric(18, 8) NOT NULL,
    executed_at timestamptz    NOT NULL,
    CONSTRAINT paper_executions_quantity_positive CHECK (quantity > 0)
);
CREATE INDEX paper_executions_order_ix ON engine.paper_executions (order_id);

-- What each fill realized, so that a trade's result on a date can be told.
ALTER TABLE fills ADD COLUMN realized_pnl numeric(18, 8) NOT NULL DEFAULT 0;
-- What was already unrealized when the date began is not that date's result; the best result so far is what a
-- drawdown is measured from.
ALTER TABLE daily_pnl ADD COLUMN carried_pnl numeric(18, 8) NOT NULL DEFAULT 0;
ALTER TABLE daily_pnl ADD COLUMN peak_pnl numeric(18, 8) NOT NULL DEFAULT 0;
COMMENT ON TABLE daily_pnl IS 'By market date. A trade counts with its first fill of the date, as winning or losing by what its fills of the date realized.';
CREATE INDEX fills_account_date_ix ON fills (account_id, market_date);

GRANT SELECT, INSERT, UPDATE ON engine.accounts, engine.order_intents, engine.paper_accounts, engine.paper_orders,
    engine.crossover_cursors TO kite_engine;
GRANT SELECT, INSERT ON engine.order_events, engine.flatten_trades, engine.paper_executions TO kite_engine;
GRANT SELECT ON engine.order_transitions TO kite_engine;
GRANT SELECT, INSERT, UPDATE, DELETE ON engine.lots, engine.position_differences TO kite_engine;
-- The page shows how an order came to stand where it stands.
GRANT SELECT ON engine.order_intents, engine.order_events, engine.position_differences TO kite_gateway;
