package io.alphakite.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.db.Migrations;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The schema as the last line of defence: what the database itself refuses, and to whom. The same
 * contract on every PostgreSQL that it is meant to run on.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class SchemaContract {
  /** For what is refused or only looked at: it stays as it was made. */
  @SuppressWarnings("NullAway.Init") // set before all tests
  private TestDatabase untouched;

  private @Nullable TestDatabase own;

  /** The PostgreSQL to try it on. */
  abstract DatabaseServer server();

  @BeforeAll
  void create() {
    untouched = server().create();
  }

  @AfterEach
  void dropOwn() {
    if (own != null) {
      own.close();
      own = null;
    }
  }

  @AfterAll
  void drop() {
    if (untouched != null) { // skipped before it was made
      untouched.close();
    }
  }

  /** For a test that writes: nobody else has seen it. */
  private TestDatabase database() {
    if (own == null) {
      own = server().create();
    }
    return own;
  }

  @Test
  void migratingAgainChangesNothing() throws SQLException {
    DatabaseUrl admin = database().administrator();
    Migrations.Result again = Migrations.apply(admin, Map.of());
    assertThat(again.applied()).isZero();
    assertThat(again.version()).isNotBlank();
  }

  /** Each look at a table's statistics has every session make its plans anew, also an order's. */
  @Test
  void renewingRowsEachSecondDoesNotHaveOrdersPlannedAnew() throws SQLException {
    assertThat(
            rows(
                untouched.superuser(),
                """
                SELECT c.relname, coalesce(min(o.option_value::bigint), 0) FROM pg_class c
                LEFT JOIN LATERAL pg_options_to_table(c.reloptions) o
                    ON o.option_name IN ('autovacuum_analyze_threshold', 'autovacuum_vacuum_threshold')
                WHERE c.oid IN ('trading_controls'::regclass, 'positions'::regclass, 'daily_pnl'::regclass,
                    'feed_states'::regclass, 'quotes'::regclass, 'engine.accounts'::regclass, 'engine.lots'::regclass,
                    'trades'::regclass, 'fills'::regclass, 'engine.order_intents'::regclass, 'engine.order_events'::regclass)
                GROUP BY c.relname HAVING coalesce(min(o.option_value::bigint), 0) < 24 * 60
                """))
        .isEmpty();
  }

  @Test
  void everythingBelongsToTheOwnerRole() throws SQLException {
    assertThat(
            rows(
                untouched.superuser(),
                "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class c JOIN pg_namespace n ON"
                    + " n.oid = relnamespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <>"
                    + " 'information_schema'"))
        .containsExactly("kite_owner");
  }

  @Test
  void rowWithoutPartitionIsKeptAndMovesIntoItsOwn() throws SQLException {
    insertPrice("2013-10-07T13:30:00Z");
    assertThat(rows(streamer(), "SELECT tableoid::regclass::text FROM equity_data"))
        .containsExactly("equity_data_default");

    assertThat(
            rows(
                streamer(),
                "SELECT ensure_partitions('equity_data', '2013-10-07T13:30:00Z',"
                    + " '2013-11-02T00:00:00Z')"))
        .containsExactly("2");

    assertThat(rows(streamer(), "SELECT tableoid::regclass::text FROM equity_data"))
        .containsExactly("equity_data_2013_10");
    assertThat(
            rows(
                streamer(),
                "SELECT ensure_partitions('equity_data', '2013-10-07T13:30:00Z',"
                    + " '2013-11-02T00:00:00Z')"))
        .containsExactly("0");
  }

  @Test
  void r64_rowsOfAnyMonthLeaveTheDefaultPartition() throws SQLException {
    insertPrice("2013-10-07T13:30:00Z");
    insertPrice("2014-03-07T13:30:00Z");
    assertThat(
            rows(
                streamer(),
                "SELECT parent || ' ' || default_rows FROM partition_outlook('2013-10-07Z')"
                    + " WHERE parent = 'equity_data'"))
        .containsExactly("equity_data 2");

    assertThat(rows(streamer(), "SELECT settle_default_partition('equity_data')"))
        .containsExactly("2");

    assertThat(
            rows(streamer(), "SELECT tableoid::regclass::text FROM equity_data ORDER BY timestamp"))
        .containsExactly("equity_data_2013_10", "equity_data_2014_03");
    assertThat(
            rows(
                streamer(),
                "SELECT parent || ' ' || default_rows || ' ' || (covered_until AT TIME ZONE"
                    + " 'UTC')::date FROM partition_outlook('2013-10-07Z') WHERE parent ="
                    + " 'equity_data'"))
        .containsExactly("equity_data 0 2013-11-01");
    assertThat(rows(streamer(), "SELECT settle_default_partition('equity_data')"))
        .containsExactly("0");
  }

  @Test
  void monthsAreOfUtcWhereverTheCallerIs() throws SQLException {
    try (Connection connection = streamer().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET timezone = 'America/New_York'");
      statement.execute(
          "SELECT ensure_partitions('equity_data', '2013-09-30T23:59:59Z',"
              + " '2013-12-01T00:00:00Z')");
      statement.execute("SET timezone = 'UTC'");
      assertThat(
              rows(
                  statement,
                  "SELECT c.relname || ' ' || pg_get_expr(c.relpartbound, c.oid) FROM pg_class c"
                      + " WHERE c.relname LIKE 'equity\\_data\\_20%' AND c.relkind = 'r' ORDER BY"
                      + " 1"))
          .containsExactly(
              "equity_data_2013_09 FOR VALUES FROM ('2013-09-01 00:00:00+00') TO ('2013-10-01"
                  + " 00:00:00+00')",
              "equity_data_2013_10 FOR VALUES FROM ('2013-10-01 00:00:00+00') TO ('2013-11-01"
                  + " 00:00:00+00')",
              "equity_data_2013_11 FOR VALUES FROM ('2013-11-01 00:00:00+00') TO ('2013-12-01"
                  + " 00:00:00+00')",
              "equity_data_2013_12 FOR VALUES FROM ('2013-12-01 00:00:00+00') TO ('2014-01-01"
                  + " 00:00:00+00')");
    }
  }

  @Test
  void dropsAMonthOnlyADayAfterItWasAnnounced() throws SQLException {
    for (String month : List.of("2013-10", "2013-11", "2013-12")) {
      insertPrice(month + "-07T13:30:00Z");
    }
    rows(streamer(), "SELECT settle_default_partition('equity_data')");
    String announce = "SELECT announce_partition_drop('equity_data', '2013-%s-01Z', 'age')";

    // The two newest with rows stay, whoever asks.
    assertThat(rows(streamer(), announce.formatted("12"))).containsExactly("f");
    assertThat(rows(streamer(), announce.formatted("11"))).containsExactly("f");
    assertThat(rows(streamer(), "SELECT announce_partition_drop('trades', '2013-10-01Z', 'age')"))
        .containsExactly("f");
    assertThat(rows(streamer(), announce.formatted("10"))).containsExactly("t");
    assertThat(rows(streamer(), announce.formatted("10"))).containsExactly("f");

    String drop = "SELECT drop_announced_partition('equity_data_2013_10')";
    assertThat(rows(streamer(), drop)).containsExactly((String) null);
    assertThat(rows(streamer(), "SELECT withdraw_partition_drop('equity_data_2013_10')"))
        .containsExactly("t");
    assertThat(rows(streamer(), announce.formatted("10"))).containsExactly("t");
    database()
        .execute(
            "UPDATE streaming.partition_drops SET announced_at = announced_at - interval '2 days',"
                + " due_at = due_at - interval '2 days'");
    assertThat(rows(streamer(), "SELECT drop_announced_partition('equity_data_2013_11')"))
        .containsExactly((String) null);
    assertThat(rows(streamer(), drop)).doesNotContainNull();
    assertThat(rows(streamer(), "SELECT count(*) FROM equity_data")).containsExactly("2");
    assertThat(rows(streamer(), "SELECT withdraw_partition_drop('equity_data_2013_10')"))
        .containsExactly("f");
  }

  @Test
  void latestRowOfEachContractIsKeptWhereverItIsWritten() throws SQLException {
    insertOption("2013-10-31T19:59:58Z", "1.10");
    insertOption("2013-10-31T19:59:59Z", "1.20");
    insertOption("2013-10-31T19:59:57Z", "9.90");
    assertThat(rows(streamer(), "SELECT bid FROM option_quotes")).containsExactly("1.2000");
    execute(streamer(), "UPDATE option_prices SET bid = 1.3 WHERE bid = 1.2");
    execute(
        streamer(),
        "SELECT ensure_partitions('option_prices', '2013-10-31T00:00:00Z',"
            + " '2013-10-31T00:00:00Z')");
    insertOption("2013-11-01T13:30:00Z", "1.40");
    assertThat(asAnon(database(), "SELECT bid FROM option_quotes")).containsExactly("1.4000");
    execute(streamer(), "UPDATE option_prices SET bid = 7 WHERE timestamp < '2013-11-01'");
    assertThat(asAnon(database(), "SELECT timestamp || ' ' || bid FROM option_quotes"))
        .containsExactly("2013-11-01 13:30:00+00 1.4000");
  }

  @Test
  void refusesTwoRowsOfOneSecond() throws SQLException {
    insertPrice("2013-10-07T13:30:00Z");
    assertThatThrownBy(() -> insertPrice("2013-10-07T13:30:00Z"))
        .hasMessageContaining("equity_data");
  }

  @Test
  void refusesAnAccountEventASecondTime() throws SQLException {
    String event =
        "INSERT INTO account_events (event_id, received_at, message_type, payload) "
            + "VALUES ('5a1e0000-0000-4000-8000-000000000001', now(), 'OrderCreated', '{}')";
    execute(streamer(), event);
    assertThatThrownBy(() -> execute(streamer(), event))
        .hasMessageContaining("account_events_event_id_uq");
  }

  @Test
  void anonReadsMarketDataThroughItsPolicy() throws SQLException {
    insertPrice("2013-10-07T13:30:00Z");
    execute(
        streamer(),
        "SELECT ensure_partitions(t, '2013-10-07T13:30:00Z', '2013-10-07T13:30:00Z')"
            + " FROM unnest(partitioned_tables()) t");
    assertThat(asAnon(database(), "SELECT price FROM equity_data")).containsExactly("167.4100");
    assertThatThrownBy(() -> asAnon(database(), "SELECT price FROM equity_data_2013_10"))
        .hasMessageContaining("permission denied");
    execute(
        streamer(),
        "INSERT INTO equity_bars (ticker, timestamp, open, high, low, close, volume) VALUES ('SPY',"
            + " '2013-10-07T13:30:00Z', 2, 3, 1, 2, 5)");
    assertThat(asAnon(database(), "SELECT high FROM equity_bars")).containsExactly("3.0000");
    assertThatThrownBy(() -> asAnon(database(), "SELECT high FROM equity_bars_2013_10"))
        .hasMessageContaining("permission denied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "public.trades",
        "public.fills",
        "public.positions",
        "public.daily_pnl",
        "engine.order_intents",
        "engine.order_events",
        "engine.lots",
        "engine.position_differences",
        "engine.history_orders",
      })
  void whatBelongsToAnAccountNamesIt(String table) throws SQLException {
    assertThat(
            rows(
                untouched.superuser(),
                "SELECT attname FROM pg_attribute WHERE attrelid = '%s'::regclass AND attname = 'account_id'"
                    .formatted(table)))
        .containsExactly("account_id");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "trades",
        "fills",
        "positions",
        "daily_pnl",
        "api_keys",
        "account_events",
        "trading_controls",
        "browser_sessions",
        "idempotency_keys",
        "trade_changes",
        "trading_commands",
        "order_resolutions",
        "streaming_metrics",
        "alerts",
        "feed_states",
        "service_versions",
        "schema_support",
        "flyway_schema_history"
      })
  void anonReadsNothingElse(String table) {
    assertThatThrownBy(() -> asAnon(untouched, "SELECT * FROM " + table))
        .hasMessageContaining("permission denied");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "GATEWAY  | UPDATE trades SET status = 'filled'",
        "GATEWAY  | INSERT INTO fills (account_id) VALUES ('x')",
        "GATEWAY  | UPDATE trade_changes SET status = 'done'",
        "GATEWAY  | INSERT INTO trade_changes (id, trade_id, status) VALUES (gen_random_uuid(),"
            + " gen_random_uuid(), 'done')",
        "GATEWAY  | UPDATE engine.order_intents SET state = 'FILLED'",
        "GATEWAY  | SELECT epoch FROM engine.accounts",
        "GATEWAY  | UPDATE engine.accounts SET journal_events = 0",
        "ENGINE   | INSERT INTO trade_changes (id) VALUES (gen_random_uuid())",
        "ENGINE   | UPDATE trade_changes SET limit_price = 1",
        "STREAMER | SELECT * FROM trade_changes",
        "GATEWAY  | UPDATE trading_controls SET mode = 'live'",
        "GATEWAY  | UPDATE trading_controls SET halt_id = NULL",
        "STREAMER | UPDATE trading_controls SET halt_cleared = 'x'",
        "ENGINE   | UPDATE schema_support SET serves_from = 1",
        "GATEWAY  | UPDATE schema_support SET serves_from = 1",
        "GATEWAY  | DELETE FROM service_versions",
        "GATEWAY  | UPDATE positions SET quantity = 1",
        "GATEWAY  | UPDATE order_resolutions SET accepted = true",
        "GATEWAY  | UPDATE engine.order_intents SET state = 'NOT_PLACED'",
        "GATEWAY  | UPDATE trades SET asked_by = 'x'",
        "GATEWAY  | UPDATE trades SET unprotected = NULL",
        "STREAMER | UPDATE trades SET unprotected_accepted = 'x'",
        "ENGINE   | INSERT INTO order_resolutions (person) VALUES ('x')",
        "ENGINE   | UPDATE order_resolutions SET evidence = 'x'",
        "ENGINE   | UPDATE engine.order_events SET facts = '{}'",
        "STREAMER | SELECT * FROM order_resolutions",
        "GATEWAY  | INSERT INTO equity_data (ticker, timestamp, price, volume) VALUES ('SPY',"
            + " now(), 1, 1)",
        "GATEWAY  | INSERT INTO tickers (ticker, streamed) VALUES ('SPY', true)",
        "GATEWAY  | UPDATE tickers SET streamed = true",
        "GATEWAY  | UPDATE tickers SET in_setting = true",
        "GATEWAY  | DELETE FROM tickers",
        "ENGINE   | UPDATE tickers SET wish = 'added', wished_at = now()",
        "STREAMER | SELECT * FROM trades",
        "STREAMER | SELECT * FROM positions",
        "ENGINE   | SELECT tickers_in_use()",
        "GATEWAY  | SELECT tickers_in_use()",
        "STREAMER | DELETE FROM equity_data",
        "STREAMER | DELETE FROM candles",
        "STREAMER | DELETE FROM equity_bars",
        "STREAMER | SELECT * FROM equity_bars_default",
        "ENGINE   | UPDATE equity_bars SET volume = 1",
        "GATEWAY  | INSERT INTO equity_bars SELECT * FROM equity_bars",
        "STREAMER | SELECT * FROM equity_data_default",
        "STREAMER | INSERT INTO streaming.partition_drops VALUES ('x', 'x', now(), 'age', now(),"
            + " now())",
        "STREAMER | UPDATE streaming.partition_drops SET due_at = now()",
        "GATEWAY  | SELECT drop_announced_partition('equity_data_2013_10')",
        "GATEWAY  | SELECT announce_partition_drop('equity_data', '2013-10-01Z', 'age')",
        "GATEWAY  | SELECT settle_default_partition('equity_data')",
        "GATEWAY  | UPDATE streaming.recording SET wanted = true",
        "GATEWAY  | SELECT * FROM streaming.quarantine",
        "STREAMER | UPDATE streaming.quarantine SET reason = 'crossed'",
        "ENGINE   | SELECT drop_announced_partition('equity_data_2013_10')",
        "ENGINE   | INSERT INTO candles (ticker) VALUES ('SPY')",
        "STREAMER | UPDATE option_quotes SET bid = 1",
        "STREAMER | INSERT INTO option_quotes SELECT * FROM option_prices",
        "ENGINE   | DELETE FROM option_quotes",
        "GATEWAY  | INSERT INTO option_prices SELECT * FROM option_quotes",
        "STREAMER | CREATE TABLE mine (id int)",
        "ENGINE   | DELETE FROM trades",
        "ENGINE   | UPDATE fills SET quantity = 1",
        "ENGINE   | UPDATE equity_data SET price = 1",
        "ENGINE   | SELECT * FROM api_keys",
        "STREAMER | SELECT * FROM api_keys",
        "ENGINE   | UPDATE feed_states SET blocking = false",
        "GATEWAY  | UPDATE alerts SET cleared_at = now()",
        "STREAMER | UPDATE alerts SET at = now()",
        "STREAMER | DELETE FROM alerts",
        "STREAMER | UPDATE account_events SET event_id = NULL",
        "STREAMER | DELETE FROM account_events",
        "STREAMER | UPDATE streaming.spill_database SET id = gen_random_uuid()",
        "STREAMER | DELETE FROM streaming.refused_writes",
        "ENGINE   | DELETE FROM streaming.spill_segments",
        "GATEWAY  | INSERT INTO streaming.spill_segments VALUES (gen_random_uuid(), 1)",
        "STREAMER | DELETE FROM data_gaps",
        "ENGINE   | UPDATE data_gaps SET note = ''",
        "GATEWAY  | UPDATE data_gaps SET note = ''",
        "GATEWAY  | SELECT * FROM streaming.incomplete_rows",
      })
  void serviceCannotDoAnothersWork(DatabaseRole role, String sql) {
    assertThatThrownBy(() -> execute(untouched.url(role), sql))
        .hasMessageContaining("permission denied");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'buy', 0, 'market', NULL, 'pending'       | trades_quantity_positive",
        "'hold', 1, 'market', NULL, 'pending'      | trades_side_known",
        "'buy', 1, 'limit', NULL, 'pending'        | trades_limit_price_fits",
        "'buy', 1, 'market', 5, 'pending'          | trades_limit_price_fits",
        "'buy', 1, 'limit', -5, 'pending'          | trades_prices_positive",
        "'buy', 1, 'market', NULL, 'rejected'      | trades_rejected_says_why",
        "'buy', 1, 'market', NULL, 'done'          | trades_status_known",
      })
  void refusesIllegalTrade(String values, String constraint) {
    assertThatThrownBy(
            () ->
                execute(
                    untouched.url(DatabaseRole.ENGINE),
                    "INSERT INTO trades (id, ticker, source, side, quantity, order_type,"
                        + " limit_price, status) VALUES (gen_random_uuid(), 'SPY', 'manual', "
                        + values
                        + ")"))
        .hasMessageContaining(constraint);
  }

  @Test
  void r18_somebodyAcceptsWhatIsUnprotectedAndNothingElse() throws SQLException {
    DatabaseUrl gateway = database().url(DatabaseRole.GATEWAY);
    execute(
        gateway,
        "INSERT INTO trades (id, ticker, source, side, quantity, order_type, stop_loss)"
            + " VALUES (gen_random_uuid(), 'SPY', 'manual', 'buy', 1, 'market', 166)");
    execute(
        gateway,
        "UPDATE trades SET unprotected_accepted = 'x', unprotected_accepted_by = 'Ann',"
            + " unprotected_accepted_at = now(), updated_at = now()");
    assertThatThrownBy(() -> execute(gateway, "UPDATE trades SET unprotected_accepted_by = NULL"))
        .hasMessageContaining("trades_unprotected_accepted_by_somebody");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'lost', NULL, false, 'x', 'Ann'        | order_resolutions_outcome_known",
        "'placed', NULL, false, 'x', 'Ann'      | order_resolutions_placed_names_order",
        "'not_placed', '7', false, 'x', 'Ann'   | order_resolutions_placed_names_order",
        "'placed', '7', true, 'x', 'Ann'        | order_resolutions_override_of_absence",
        "'not_placed', NULL, true, '', 'Ann'    | order_resolutions_says_why",
        "'not_placed', NULL, true, 'x', ''      | order_resolutions_says_why",
        "'not_placed', NULL, true, 'x', 'Ann'   | order_resolutions_intent_id_fkey",
      })
  void refusesIllegalResolution(String values, String constraint) {
    assertThatThrownBy(
            () ->
                execute(
                    untouched.url(DatabaseRole.GATEWAY),
                    "INSERT INTO order_resolutions (id, intent_id, trade_id, outcome,"
                        + " broker_order_id, override, evidence, person) VALUES"
                        + " (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), "
                        + values
                        + ")"))
        .hasMessageContaining(constraint);
  }

  @Test
  void personsWordGoesBeforeTheSettings() throws SQLException {
    DatabaseUrl gateway = database().url(DatabaseRole.GATEWAY);
    execute(
        streamer(), "INSERT INTO tickers (ticker, in_setting) VALUES ('SPY', true), ('IBM', true)");
    execute(
        gateway, "INSERT INTO tickers (ticker, wish, wished_at) VALUES ('QQQ', 'added', now())");
    execute(gateway, "UPDATE tickers SET wish = 'removed', wished_at = now() WHERE ticker = 'IBM'");
    assertThat(rows(gateway, "SELECT ticker FROM tickers WHERE wanted ORDER BY ticker"))
        .containsExactly("QQQ", "SPY");
    assertThatThrownBy(
            () -> execute(gateway, "UPDATE tickers SET wish = 'maybe' WHERE ticker = 'SPY'"))
        .hasMessageContaining("tickers_wish");
  }

  @Test
  void healthSpeaksOfTickersThatNeverSentAnything() throws SQLException {
    execute(
        streamer(), "INSERT INTO tickers (ticker, streamed) VALUES ('SPY', true), ('OLD', false)");
    assertThat(
            rows(
                database().url(DatabaseRole.GATEWAY),
                "SELECT ticker || ' ' || status || ' ' || records_last_hour FROM"
                    + " get_streaming_health()"))
        .containsExactly("SPY error 0");
    execute(
        streamer(),
        "INSERT INTO streaming_metrics VALUES (now(), 'SPY', 10, 5, 1.5, 0, 'healthy')");
    assertThat(
            rows(
                database().url(DatabaseRole.GATEWAY),
                "SELECT ticker || ' ' || status || ' ' || records_last_hour FROM"
                    + " get_streaming_health('SPY')"))
        .containsExactly("SPY healthy 10");
  }

  @Test
  void healthCannotLookBetterThanTheFeed() throws SQLException {
    execute(
        streamer(), "INSERT INTO tickers (ticker, streamed) VALUES ('SPY', true), ('IBM', true)");
    execute(
        streamer(),
        "INSERT INTO streaming_metrics VALUES (now(), 'SPY', 10, 5, 1.5, 0, 'healthy'), "
            + "(now() - interval '2 minutes', 'IBM', 10, 5, 1.5, 0, 'healthy')");
    feed("flowing", false, "0");
    assertThat(health()).containsExactly("IBM warning", "SPY healthy");
    feed("mute_feed", true, "0");
    assertThat(health()).containsExactly("IBM error", "SPY error");
    feed("closed", false, "0");
    assertThat(health()).containsExactly("IBM healthy", "SPY healthy");
    feed("flowing", false, "20 seconds");
    assertThat(health()).containsExactly("IBM warning", "SPY warning");
    feed("closed", false, "61 seconds");
    assertThat(health()).containsExactly("IBM error", "SPY error");
    feed("flowing", false, "0");
    execute(
        streamer(),
        "INSERT INTO feed_states (ticker, state, blocking, since, message) VALUES ('IBM', 'quiet',"
            + " false, now(), 'rare'), ('SPY', 'halted', true, now(), 'halted')");
    assertThat(health()).containsExactly("IBM healthy", "SPY warning");
  }

  private void feed(String state, boolean blocking, String ago) throws SQLException {
    execute(
        streamer(),
        "INSERT INTO feed_states (ticker, state, blocking, since, message, seen_at) VALUES ('*', '%s', %s, now(), '', now() - interval '%s') "
                .formatted(state, blocking, ago)
            + "ON CONFLICT (ticker) DO UPDATE SET state = excluded.state, blocking ="
            + " excluded.blocking, seen_at = excluded.seen_at");
  }

  private List<String> health() throws SQLException {
    return rows(
        database().url(DatabaseRole.GATEWAY),
        "SELECT ticker || ' ' || status FROM get_streaming_health()");
  }

  @Test
  void serviceSpeaksForItselfAloneInAlerts() throws SQLException {
    String alert =
        "INSERT INTO alerts (service, code, severity, message) VALUES ('%s', 'x', 'info', 'x')";
    execute(streamer(), alert.formatted("streaming-service"));
    assertThatThrownBy(() -> execute(streamer(), alert.formatted("trading-engine")))
        .hasMessageContaining("row-level security");
    assertThatThrownBy(() -> execute(streamer(), alert.formatted("streaming-service")))
        .hasMessageContaining("alerts_open_uq");
    DatabaseUrl engine = database().url(DatabaseRole.ENGINE);
    execute(engine, "UPDATE alerts SET cleared_at = now()");
    assertThat(rows(database().url(DatabaseRole.GATEWAY), "SELECT cleared_at IS NULL FROM alerts"))
        .containsExactly("t");
  }

  private DatabaseUrl streamer() {
    return database().url(DatabaseRole.STREAMER);
  }

  private void insertOption(String time, String bid) throws SQLException {
    execute(
        streamer(),
        "INSERT INTO option_prices (ticker, timestamp, option_type, strike_price, expiration_date,"
            + " bid, option_symbol) "
            + "VALUES ('SPY', '%s', 'call', 168, '2013-11-15', %s, 'SPY   131115C00168000')"
                .formatted(time, bid));
  }

  private void insertPrice(String timestamp) throws SQLException {
    execute(
        streamer(),
        "INSERT INTO equity_data (ticker, timestamp, price, volume) VALUES ('SPY', '"
            + timestamp
            + "', 167.41, 100)");
  }

  private static List<String> asAnon(TestDatabase database, String sql) throws SQLException {
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE kite_anon");
      return rows(statement, sql);
    }
  }

  private static void execute(DatabaseUrl url, String sql) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> rows(DatabaseUrl url, String sql) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      return rows(statement, sql);
    }
  }

  private static List<String> rows(Statement statement, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }
}
