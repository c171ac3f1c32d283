-- A trace says where the account's journal ended without counting its events.
GRANT SELECT (account_id, journal_events, journal_head) ON engine.accounts TO kite_gateway;
