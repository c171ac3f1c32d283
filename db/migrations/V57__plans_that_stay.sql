-- Each look at a table's statistics, and each vacuum, has every session make its plans of that table anew. An order's statements
-- take some 8 ms longer then, and that was so once a minute: rows that are renewed each second are many changes to few rows.
-- Such rows are always the same few: their statistics tell nothing, and what they leave behind is cleared as they are renewed.
ALTER TABLE trading_controls SET (autovacuum_analyze_threshold = 2000000000, autovacuum_vacuum_threshold = 20000);
ALTER TABLE positions SET (autovacuum_analyze_threshold = 2000000000, autovacuum_vacuum_threshold = 20000);
ALTER TABLE daily_pnl SET (autovacuum_analyze_threshold = 2000000000, autovacuum_vacuum_threshold = 20000);
ALTER TABLE feed_states SET (autovacuum_analyze_threshold = 2000000000, autovacuum_vacuum_threshold = 20000);
ALTER TABLE quotes SET (autovacuum_analyze_threshold = 2000000000, autovacuum_vacuum_threshold = 500000);
ALTER TABLE engine.accounts SET (autovacuum_analyze_threshold = 2000000000, autovacuum_vacuum_threshold = 20000);
ALTER TABLE engine.lots SET (autovacuum_analyze_threshold = 2000000000, autovacuum_vacuum_threshold = 20000);
-- These grow with the orders. Below some thousands of rows every plan is quick.
ALTER TABLE trades SET (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_insert_threshold = 10000);
ALTER TABLE fills SET (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_insert_threshold = 10000);
ALTER TABLE engine.order_intents SET (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_insert_threshold = 10000);
ALTER TABLE engine.order_events SET (autovacuum_analyze_threshold = 10000, autovacuum_vacuum_threshold = 10000, autovacuum_vacuum_insert_threshold = 10000);
