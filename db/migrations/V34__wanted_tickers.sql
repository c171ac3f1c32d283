-- What is wanted of the stream, and what became of it. STREAM_TICKERS and people have a column each, so that neither
-- forgets what the other said; the streaming service writes the setting's word and how it stands, the gateway a person's.
ALTER TABLE tickers
    ALTER COLUMN streamed SET DEFAULT false,
    ADD COLUMN in_setting boolean     NOT NULL DEFAULT false,
    ADD COLUMN wish       text,
    ADD COLUMN wished_at  timestamptz,
    ADD COLUMN wanted     boolean     NOT NULL GENERATED ALWAYS AS (coalesce(wish = 'added', in_setting)) STORED,
    ADD COLUMN status     text        NOT NULL DEFAULT 'waiting',
    ADD COLUMN reason     text,
    ADD COLUMN added_at   timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT tickers_wish_known CHECK (wish IN ('added', 'removed')),
    ADD CONSTRAINT tickers_wish_has_a_time CHECK ((wish IS NULL) = (wished_at IS NULL)),
    ADD CONSTRAINT tickers_status_known CHECK (status IN ('waiting', 'streaming', 'refused', 'removed'));
UPDATE tickers SET in_setting = streamed, status = CASE WHEN streamed THEN 'waiting' ELSE 'removed' END;

COMMENT ON TABLE tickers IS 'What is wanted of the stream and how it stands. Those streamed now are the default of RISK_ALLOWED_TICKERS.';
COMMENT ON COLUMN tickers.in_setting IS 'Whether STREAM_TICKERS named it at the last start of the streaming service.';
COMMENT ON COLUMN tickers.wish IS 'A person''s word, which goes before the setting''s until a person changes it; null when nobody said anything.';

GRANT INSERT (ticker, wish, wished_at), UPDATE (wish, wished_at) ON tickers TO kite_gateway;
