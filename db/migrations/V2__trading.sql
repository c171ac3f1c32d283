-- What people and strategies ask for (trades), what the broker did (fills), and what follows from it.
-- account_id is our own name of an account ("paper", "simulator:5678"), never its number.

CREATE TABLE trading_signals (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticker     text           NOT NULL,
    timestamp  timestamptz    NOT NULL,
    direction  text           NOT NULL,
    price      numeric(12, 4) NOT NULL,
    sma9       numeric(12, 4) NOT NULL,
    vwap       numeric(12, 4) NOT NULL,
    action     text           NOT NULL,
    created_at timestamptz    NOT NULL DEFAULT now(),
    CONSTRAINT trading_signals_ticker_timestamp_uq UNIQUE (ticker, timestamp),
    CONSTRAINT trading_signals_direction_known CHECK (direction IN ('up', 'down'))
);
COMMENT ON COLUMN trading_signals.action IS 'What was done about it: buy, sell, none (auto trading off or nothing to do), blocked, stale, backfilled.';
-- The page and the API list signals by time.
CREATE INDEX trading_signals_timestamp_ix ON trading_signals (timestamp);

CREATE TABLE trades (
    id                  uuid PRIMARY KEY,
    account_id          text,
    ticker              text           NOT NULL,
    asset_type          text           NOT NULL DEFAULT 'equity',
    option_symbol       text,
    side                text           NOT NULL,
    quantity            bigint         NOT NULL,
    order_type          text           NOT NULL,
    limit_price         numeric(12, 4),
    stop_price          numeric(12, 4),
    time_in_force       text           NOT NULL DEFAULT 'day',
    status              text           NOT NULL DEFAULT 'pending',
    filled_quantity     bigint         NOT NULL DEFAULT 0,
    average_fill_price  numeric(18, 8),
    broker_order_id     text,
    reject_reason       text,
    source              text           NOT NULL,
    signal_id           bigint REFERENCES trading_signals (id),
    request_id          text,
    cancel_requested_at timestamptz,
    created_at          timestamptz    NOT NULL DEFAULT now(),
    updated_at          timestamptz    NOT NULL DEFAULT now(),
    market_time         timestamptz,
    version             bigint         NOT NULL DEFAULT 0,
    CONSTRAINT trades_asset_type_known CHECK (asset_type IN ('equity', 'option')),
    CONSTRAINT trades_option_has_symbol CHECK ((asset_type = 'option') = (option_symbol IS NOT NULL)),
    CONSTRAINT trades_side_known CHECK (side IN ('buy', 'sell', 'sell_short', 'buy_to_cover', 'buy_to_open',
                                                 'sell_to_close', 'sell_to_open', 'buy_to_close')),
    CONSTRAINT trades_quantity_positive CHECK (quantity > 0),
    CONSTRAINT trades_order_type_known CHECK (order_type IN ('market', 'limit', 'stop', 'stop_limit')),
    CONSTRAINT trades_limit_price_fits CHECK ((order_type IN ('limit', 'stop_limit')) = (limit_price IS NOT NULL)),
    CONSTRAINT trades_stop_price_fits CHECK ((order_type IN ('stop', 'stop_limit')) = (stop_price IS NOT NULL)),
    CONSTRAINT trades_prices_positive CHECK (coalesce(limit_price, 1) > 0 AND coalesce(stop_price, 1) > 0),
    CONSTRAINT trades_time_in_force_known CHECK (time_in_force IN ('day', 'gtc')),
    CONSTRAINT trades_status_known CHECK (status IN ('pending', 'submitting', 'unknown', 'working', 'partially_filled',
                                                     'filled', 'cancel_pending', 'canceled', 'rejected', 'expired')),
    CONSTRAINT trades_filled_within_quantity CHECK (filled_quantity BETWEEN 0 AND quantity),
    CONSTRAINT trades_source_known CHECK (source IN ('manual', 'auto', 'external')),
    CONSTRAINT trades_rejected_says_why CHECK (status <> 'rejected' OR reject_reason IS NOT NULL)
);
COMMENT ON TABLE trades IS 'One row per order a person or a strategy asked for.';
CREATE UNIQUE INDEX trades_account_broker_order_uq ON trades (account_id, broker_order_id);
-- The engine's inbox: what is not finished.
CREATE INDEX trades_open_ix ON trades (status, created_at)
    WHERE status NOT IN ('filled', 'canceled', 'rejected', 'expired');
-- GET /v1/trades, newest first.
CREATE INDEX trades_created_at_ix ON trades (created_at, id);

CREATE TABLE fills (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id      text           NOT NULL,
    trade_id        uuid           NOT NULL REFERENCES trades (id),
    broker_order_id text           NOT NULL,
    execution_id    text           NOT NULL,
    ticker          text           NOT NULL,
    option_symbol   text,
    side            text           NOT NULL,
    quantity        bigint         NOT NULL,
    price           numeric(18, 8) NOT NULL,
    fees            numeric(18, 8) NOT NULL DEFAULT 0,
    executed_at     timestamptz    NOT NULL,
    market_time     timestamptz    NOT NULL,
    market_date     date           NOT NULL,
    created_at      timestamptz    NOT NULL DEFAULT now(),
    -- The broker repeats executions in every listing and after every reconnect; its key makes the second copy harmless.
    CONSTRAINT fills_account_order_execution_uq UNIQUE (account_id, broker_order_id, execution_id),
    CONSTRAINT fills_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fills_price_not_negative CHECK (price >= 0)
);
CREATE INDEX fills_trade_ix ON fills (trade_id);

CREATE TABLE positions (
    account_id    text           NOT NULL,
    ticker        text           NOT NULL,
    asset_type    text           NOT NULL DEFAULT 'equity',
    option_symbol text           NOT NULL DEFAULT '',
    quantity      bigint         NOT NULL,
    average_price numeric(18, 8),
    cost_basis    numeric(18, 8) NOT NULL,
    realized_pnl  numeric(18, 8) NOT NULL,
    updated_at    timestamptz    NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, ticker, option_symbol),
    CONSTRAINT positions_flat_has_no_average CHECK ((quantity = 0) = (average_price IS NULL))
);
COMMENT ON TABLE positions IS 'Signed quantity and cost from FIFO lots; realized_pnl since the position was first opened.';

CREATE TABLE daily_pnl (
    account_id     text           NOT NULL,
    date           date           NOT NULL,
    ticker         text           NOT NULL,
    realized_pnl   numeric(18, 8) NOT NULL DEFAULT 0,
    unrealized_pnl numeric(18, 8) NOT NULL DEFAULT 0,
    fees           numeric(18, 8) NOT NULL DEFAULT 0,
    trades         integer        NOT NULL DEFAULT 0,
    winning_trades integer        NOT NULL DEFAULT 0,
    losing_trades  integer        NOT NULL DEFAULT 0,
    max_drawdown   numeric(18, 8) NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, date, ticker)
);
COMMENT ON TABLE daily_pnl IS 'By market date. A winning or losing trade is a closing fill with a gain or a loss.';

-- One row. The gateway writes what a person decides, the engine what it is.
CREATE TABLE trading_controls (
    id                    integer PRIMARY KEY DEFAULT 1,
    mode                  text        NOT NULL DEFAULT 'paper',
    broker                text        NOT NULL DEFAULT 'paper',
    account_id            text,
    account_suffix        text,
    armed                 boolean     NOT NULL DEFAULT false,
    auto_trading          boolean     NOT NULL DEFAULT false,
    auto_trading_quantity bigint      NOT NULL DEFAULT 1,
    state                 text        NOT NULL DEFAULT 'active',
    state_reason          text,
    cash                  numeric(18, 8),
    buying_power          numeric(18, 8),
    broker_proven_at      timestamptz,
    engine_seen_at        timestamptz,
    settings_hash         text,
    limits                jsonb       NOT NULL DEFAULT '{}',
    updated_at            timestamptz NOT NULL DEFAULT now(),
    version               bigint      NOT NULL DEFAULT 0,
    CONSTRAINT trading_controls_one_row CHECK (id = 1),
    CONSTRAINT trading_controls_mode_known CHECK (mode IN ('paper', 'live')),
    CONSTRAINT trading_controls_state_known CHECK (state IN ('active', 'reduce_only', 'halted')),
    CONSTRAINT trading_controls_suffix_is_four CHECK (length(account_suffix) <= 4)
);
COMMENT ON COLUMN trading_controls.broker_proven_at IS 'When orders, fills and positions were last shown equal to the broker''s.';
COMMENT ON COLUMN trading_controls.engine_seen_at IS 'Heartbeat of the engine (wall time).';
INSERT INTO trading_controls DEFAULT VALUES;

CREATE TABLE trading_commands (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    command      text        NOT NULL,
    flatten      boolean     NOT NULL DEFAULT false,
    request_id   text,
    requested_at timestamptz NOT NULL DEFAULT now(),
    done_at      timestamptz,
    outcome      text,
    CONSTRAINT trading_commands_known CHECK (command IN ('kill'))
);
COMMENT ON TABLE trading_commands IS 'What a person ordered the engine to do once; halting itself is a state of trading_controls.';

GRANT SELECT, INSERT ON trading_signals TO kite_engine;
GRANT UPDATE (action) ON trading_signals TO kite_engine;
GRANT SELECT, INSERT, UPDATE ON trades, positions, daily_pnl TO kite_engine;
GRANT SELECT, INSERT ON fills TO kite_engine;
GRANT SELECT, UPDATE ON trading_controls TO kite_engine;
GRANT SELECT ON trading_commands TO kite_engine;
GRANT UPDATE (done_at, outcome) ON trading_commands TO kite_engine;

GRANT SELECT ON trading_signals, trades, fills, positions, daily_pnl, trading_controls, trading_commands TO kite_gateway;
GRANT INSERT ON trades, trading_commands TO kite_gateway;
-- Asking for a cancel is the one thing a person may change on a trade.
GRANT UPDATE (cancel_requested_at, version) ON trades TO kite_gateway;
GRANT UPDATE (armed, auto_trading, state, state_reason, updated_at, version) ON trading_controls TO kite_gateway;
