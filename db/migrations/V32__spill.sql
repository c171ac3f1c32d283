-- What the streaming service needs to write each thing once, even when a COMMIT's answer is lost or the database was away
-- and the rows waited in files.

-- Rows and quotes are absolute values, which may be written twice; an event may not. Older rows have no id.
ALTER TABLE account_events ADD COLUMN event_id uuid;
ALTER TABLE account_events ADD CONSTRAINT account_events_event_id_uq UNIQUE (event_id);
COMMENT ON COLUMN account_events.event_id IS 'Given on receipt: writing the same event again changes nothing.';

-- Files written for one database must not be read into another.
CREATE TABLE streaming.spill_database (
    id        uuid    NOT NULL DEFAULT gen_random_uuid(),
    singleton boolean PRIMARY KEY DEFAULT true,
    CONSTRAINT spill_database_one_row CHECK (singleton)
);
COMMENT ON TABLE streaming.spill_database IS 'This database''s name for itself in the files of rows that wait for it.';
INSERT INTO streaming.spill_database DEFAULT VALUES;
GRANT SELECT ON streaming.spill_database TO kite_streamer;

CREATE TABLE streaming.spill_segments (
    segment    uuid PRIMARY KEY,
    batches    bigint      NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT spill_segments_batches_positive CHECK (batches > 0)
);
COMMENT ON TABLE streaming.spill_segments IS 'How many batches of each file are in the tables: set in the transaction that writes them, so that none is written twice.';
GRANT SELECT, INSERT, UPDATE, DELETE ON streaming.spill_segments TO kite_streamer;

CREATE TABLE streaming.refused_writes (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    refused_at timestamptz NOT NULL DEFAULT now(),
    kind       text        NOT NULL,
    sql_state  text,
    reason     text        NOT NULL,
    content    text        NOT NULL
);
COMMENT ON TABLE streaming.refused_writes IS 'Single rows that a table would not take, set aside so that the others could be written.';
GRANT SELECT, INSERT ON streaming.refused_writes TO kite_streamer;
