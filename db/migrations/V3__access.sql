-- Who may use the gateway. Secrets are stored as SHA-256 of 256 random bits (or of the bootstrap key), never as they are.

CREATE TABLE api_keys (
    id         uuid PRIMARY KEY,
    name       text        NOT NULL,
    key_hash   bytea       NOT NULL,
    scopes     text[]      NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT api_keys_hash_uq UNIQUE (key_hash),
    CONSTRAINT api_keys_hash_is_sha256 CHECK (length(key_hash) = 32),
    CONSTRAINT api_keys_scopes_known CHECK (scopes <@ ARRAY ['read', 'trade', 'admin'] AND cardinality(scopes) > 0)
);

CREATE TABLE browser_sessions (
    token_hash bytea PRIMARY KEY,
    scopes     text[]      NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT browser_sessions_hash_is_sha256 CHECK (length(token_hash) = 32)
);

CREATE TABLE idempotency_keys (
    principal    text        NOT NULL,
    key          text        NOT NULL,
    request_hash bytea       NOT NULL,
    trade_id     uuid        NOT NULL REFERENCES trades (id),
    response     jsonb       NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (principal, key),
    CONSTRAINT idempotency_keys_length CHECK (length(key) BETWEEN 1 AND 255)
);
COMMENT ON TABLE idempotency_keys IS 'The first answer to each Idempotency-Key of POST /v1/trades, written in the transaction that wrote the trade; kept for ever.';

GRANT SELECT, INSERT, UPDATE ON api_keys TO kite_gateway;
GRANT SELECT, INSERT, DELETE ON browser_sessions TO kite_gateway;
GRANT SELECT, INSERT ON idempotency_keys TO kite_gateway;
