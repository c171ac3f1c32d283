-- Each service says what it is made for, at its start and every ten seconds: nobody trades while they do not fit.
CREATE TABLE service_versions (
    service         text PRIMARY KEY,
    build           text        NOT NULL,
    schema_version  integer     NOT NULL,
    contract        integer     NOT NULL,
    contract_oldest integer     NOT NULL,
    reported_at     timestamptz NOT NULL,
    CONSTRAINT service_versions_contract_ordered CHECK (contract_oldest BETWEEN 1 AND contract)
);
COMMENT ON COLUMN service_versions.schema_version IS 'The newest migration that this build knows.';
COMMENT ON COLUMN service_versions.contract IS 'Version of what the services tell one another in tables and notifications.';
COMMENT ON COLUMN service_versions.contract_oldest IS 'The oldest contract of another service that this one works with.';
GRANT SELECT, INSERT, UPDATE ON service_versions TO kite_streamer, kite_engine, kite_gateway;

-- A migration that only adds leaves this alone, and older services run on. One that takes something away from them raises
-- it to the first migration whose builds do without.
CREATE TABLE schema_support (
    id          integer PRIMARY KEY DEFAULT 1,
    serves_from integer NOT NULL,
    CONSTRAINT schema_support_one_row CHECK (id = 1)
);
COMMENT ON COLUMN schema_support.serves_from IS 'Services whose newest known migration is older must be updated before they start.';
INSERT INTO schema_support (serves_from) VALUES (52);
GRANT SELECT ON schema_support TO kite_streamer, kite_engine, kite_gateway;
