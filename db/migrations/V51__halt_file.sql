-- Beside the state in this table a file on the engine's machine halts trading. The engine shows here which one it
-- sees, and which halt a person has ended since, so that it takes away that file and no newer one.
ALTER TABLE trading_controls
    ADD COLUMN halt_id      text,
    ADD COLUMN halt_by      text,
    ADD COLUMN halt_at      timestamptz,
    ADD COLUMN halt_reason  text,
    ADD COLUMN halt_cleared text;
COMMENT ON COLUMN trading_controls.halt_id IS 'The halt file that the engine sees; null when there is none; unreadable when it cannot tell.';
COMMENT ON COLUMN trading_controls.halt_cleared IS 'The halt_id that a person ended last.';
GRANT UPDATE (halt_cleared) ON trading_controls TO kite_gateway;
-- What the file halts, the engine cancels as a kill does.
GRANT INSERT ON trading_commands TO kite_engine;
