package io.alphakite.streaming.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Quote;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerFeed;
import io.alphakite.streaming.option.OptionRow;
import io.alphakite.testing.TestDatabase;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a flush leaves in the real database, and when flushes happen. */
@Timeout(60)
class RowStoreTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final Ticker IBM = new Ticker("IBM");
  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");
  private static final FeedRules RULES =
      new FeedRules(MarketCalendar.nyse(), TradingHours.REGULAR, MovingAverage.Bars.ofSeconds(60));
  private static final Duration LONG = Duration.ofHours(1);

  private final TestDatabase database = TestDatabase.create();
  private @Nullable RowFlusher flusher;
  private RowBuffer buffer = new RowBuffer(new StoreSettings(1, LONG, 1_000));

  @BeforeEach
  void start() {
    start(1, LONG, 1_000);
  }

  @AfterEach
  void stop() {
    close();
    database.close();
  }

  @Test
  void tickLeavesPriceIndicatorsQuoteAndState() throws Exception {
    TickerFeed feed = new TickerFeed(SPY, RULES);
    tick(feed, OPEN.minusSeconds(1), "167.40", 1_000);
    tick(feed, OPEN.plusMillis(400), "167.415", 1_100);
    awaitRows(1);
    assertThat(rows())
        .containsExactly("SPY 2013-10-08 13:30:00+00 167.4150 100 stream null 167.4150");
    await().untilAsserted(() -> assertThat(quotes()).contains("SPY 167.4150 13:30:00.4"));
    assertThat(sql("SELECT tableoid::regclass::text FROM equity_data"))
        .containsExactly("equity_data_2013_10");
    assertThat(new FeedStore(jdbc(), RULES).load(List.of(SPY)).get(SPY))
        .isNotNull()
        .extracting(TickerFeed::state)
        .isEqualTo(feed.state());
  }

  @Test
  void laterTicksOfASecondUpdateItsRow() throws Exception {
    TickerFeed feed = new TickerFeed(SPY, RULES);
    tick(feed, OPEN.minusSeconds(1), "100.00", 0);
    tick(feed, OPEN, "100.00", 10);
    awaitRows(1);
    tick(feed, OPEN.plusMillis(1), "102.00", 20);
    await()
        .untilAsserted(
            () ->
                assertThat(rows())
                    .containsExactly(
                        "SPY 2013-10-08 13:30:00+00 102.0000 20 stream null 101.0000"));
  }

  @Test
  void backfilledRowIsMarked() throws Exception {
    TickerFeed feed = new TickerFeed(SPY, RULES);
    Price close = Price.of("100.00");
    buffer.update(
        () -> {
          SecondRow row = feed.fill(new Bar(OPEN, close, close, close, close, 70));
          assertThat(row).isNotNull();
          buffer.put(row);
          buffer.changed(feed);
        });
    awaitRows(1);
    assertThat(rows())
        .containsExactly("SPY 2013-10-08 13:30:59+00 100.0000 70 backfill null 100.0000");
  }

  @Test
  void olderQuoteNeverOverwritesANewerOne() throws Exception {
    putQuote("100.00", OPEN.plusSeconds(5));
    await().untilAsserted(() -> assertThat(quotes()).containsExactly("SPY 100.0000 13:30:05"));
    putQuote("99.00", OPEN.plusSeconds(4));
    putQuote(IBM, "180.00", OPEN.plusSeconds(4));
    await()
        .untilAsserted(
            () ->
                assertThat(quotes())
                    .containsExactly("IBM 180.0000 13:30:04", "SPY 100.0000 13:30:05"));
  }

  @Test
  void everyFlushNotifiesOfTheTickersItChanged() throws Exception {
    close();
    TickerFeed spy = new TickerFeed(SPY, RULES);
    TickerFeed ibm = new TickerFeed(IBM, RULES);
    try (Connection listening = database.url(DatabaseRole.GATEWAY).connect();
        Statement statement = listening.createStatement()) {
      statement.execute("LISTEN market_data");
      buffer = new RowBuffer(new StoreSettings(1, LONG, 1_000));
      tick(spy, OPEN, "100.00", 10);
      tick(ibm, OPEN, "180.00", 10);
      startFlusher();
      PGNotification[] told = listening.unwrap(PGConnection.class).getNotifications(10_000);
      assertThat(told).extracting(PGNotification::getParameter).containsExactly("IBM,SPY");
    }
  }

  @Test
  void optionRowIsWrittenAndToldOfAndItsSecondUpdated() throws Exception {
    try (Connection listening = database.url(DatabaseRole.GATEWAY).connect();
        Statement statement = listening.createStatement()) {
      statement.execute("LISTEN market_data");
      putOption("1.10", "0.512345");
      PGNotification[] told = listening.unwrap(PGConnection.class).getNotifications(10_000);
      assertThat(told).extracting(PGNotification::getParameter).containsExactly("SPY");
    }
    assertThat(sql("SELECT option_prices::text FROM option_prices"))
        .containsExactly(
            "(SPY,\"2013-10-08"
                + " 13:30:00+00\",put,168.5000,2013-10-11,,1.1000,0.0000,7,0,21.500000,,0.512345,,,\"SPY"
                + "   131011P00168500\")");
    putOption("1.20", null);
    await()
        .untilAsserted(
            () ->
                assertThat(sql("SELECT bid || ' ' || (gamma IS NULL) FROM option_prices"))
                    .containsExactly("1.2000 true"));
    assertThat(sql("SELECT bid FROM option_quotes")).containsExactly("1.2000");
    assertThat(sql("SELECT tableoid::regclass::text FROM option_prices"))
        .containsExactly("option_prices_2013_10");
  }

  private void putOption(String bid, @Nullable String gamma) throws InterruptedException {
    OptionRow row =
        new OptionRow(
            SPY,
            OptionSymbol.parse("SPY   131011P00168500"),
            OPEN.getEpochSecond(),
            null,
            Price.of(bid),
            Price.of("0"),
            7L,
            0L,
            new BigDecimal("21.5"),
            null,
            gamma == null ? null : new BigDecimal(gamma),
            null,
            null);
    buffer.update(() -> buffer.put(row));
  }

  @Test
  void accountEventIsWrittenAtOnceAndTold() throws Exception {
    try (Connection listening = database.url(DatabaseRole.ENGINE).connect();
        Statement statement = listening.createStatement()) {
      statement.execute("LISTEN account_events");
      start(1_000, LONG, 1_000);
      buffer.update(
          () ->
              buffer.put(
                  new AccountEvent(
                      OPEN, 3L, "OrderCreated", "1000", "{\"AccountNumber\":\"5678\"}")));
      PGNotification[] told = listening.unwrap(PGConnection.class).getNotifications(10_000);
      assertThat(told).extracting(PGNotification::getParameter).containsExactly("1");
    }
    assertThat(
            sql(
                "SELECT sequence || ' ' || message_type || ' ' || broker_order_id || ' ' || payload"
                    + " FROM account_events"))
        .containsExactly("3 OrderCreated 1000 {\"AccountNumber\":\"5678\"}");
  }

  @Test
  void flushWaitsForAsManyChangedRowsAsTold() throws Exception {
    start(3, LONG, 1_000);
    TickerFeed feed = new TickerFeed(SPY, RULES);
    // The first flush needs no interval behind it.
    tick(feed, OPEN, "100.00", 10);
    awaitFlushes(1);
    tick(feed, OPEN.plusSeconds(1), "100.00", 20);
    tick(feed, OPEN.plusSeconds(1), "100.00", 30);
    tick(feed, OPEN.plusSeconds(2), "100.00", 40);
    assertThat(buffer.depth().waiting()).isEqualTo(2);
    assertThat(status().flushes()).isEqualTo(1);
    tick(feed, OPEN.plusSeconds(3), "100.00", 50);
    awaitRows(4);
    awaitFlushes(2);
  }

  @Test
  void flushComesWhenTheIntervalIsOver() throws Exception {
    start(1_000, Duration.ofMillis(300), 1_000);
    TickerFeed feed = new TickerFeed(SPY, RULES);
    tick(feed, OPEN, "100.00", 10);
    awaitFlushes(1);
    tick(feed, OPEN.plusSeconds(1), "100.00", 20);
    awaitRows(2);
    awaitFlushes(2);
  }

  @Test
  void rowsWaitWhileTheDatabaseRefusesAndNothingIsLost() throws Exception {
    TickerFeed feed = new TickerFeed(SPY, RULES);
    tick(feed, OPEN.minusSeconds(1), "100.00", 0);
    tick(feed, OPEN, "100.00", 10);
    awaitRows(1);
    database.execute("REVOKE INSERT ON equity_data FROM kite_streamer");
    for (int second = 1; second <= 50; second++) {
      tick(feed, OPEN.plusSeconds(second), "100.00", 10 + second);
    }
    await().untilAsserted(() -> assertThat(status().failing()).contains("permission denied"));
    database.execute("GRANT INSERT ON equity_data TO kite_streamer");
    awaitRows(51);
    assertThat(sql("SELECT sum(volume) FROM equity_data")).containsExactly("60");
    await().untilAsserted(() -> assertThat(status().failing()).isNull());
    assertThat(status().failures()).isPositive();
    assertThat(sql("SELECT day_volume FROM streaming.ticker_states")).containsExactly("60");
  }

  @Test
  void connectionsCutInTheMiddleOfWritesLoseNothing() throws Exception {
    TickerFeed feed = new TickerFeed(SPY, RULES);
    tick(feed, OPEN.minusSeconds(1), "100.00", 0);
    for (int i = 1; i <= 400; i++) {
      tick(feed, OPEN.plusMillis(500L * i), "100.00", i);
      if (i % 20 == 0) {
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename ="
                + " 'kite_streamer'");
      }
    }
    awaitState(feed);
    close();
    assertThat(sql("SELECT sum(volume) FROM equity_data")).containsExactly("400");
    assertThat(sql("SELECT day_volume FROM streaming.ticker_states")).containsExactly("400");
  }

  @Test
  void fullBufferStopsTheStreamUntilThereIsRoom() throws Exception {
    start(1, LONG, 20);
    TickerFeed feed = new TickerFeed(SPY, RULES);
    database.execute("REVOKE INSERT ON equity_data FROM kite_streamer");
    AtomicInteger taken = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(1);
    Thread stream =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    for (int second = 0; second < 100; second++) {
                      tick(feed, OPEN.plusSeconds(second), "100.00", second);
                      taken.incrementAndGet();
                    }
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  done.countDown();
                });
    await().untilAsserted(() -> assertThat(buffer.depth().fullWaits()).isPositive());
    assertThat(taken.get()).isLessThan(100);
    database.execute("GRANT INSERT ON equity_data TO kite_streamer");
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    stream.join();
    awaitRows(100);
  }

  @Test
  void closingWritesWhatWaits() throws Exception {
    start(1_000, LONG, 1_000);
    TickerFeed feed = new TickerFeed(SPY, RULES);
    tick(feed, OPEN, "100.00", 10);
    awaitRows(1);
    tick(feed, OPEN.plusSeconds(1), "100.00", 20);
    close();
    assertThat(sql("SELECT count(*) FROM equity_data")).containsExactly("2");
  }

  @Test
  void metricsTellOfEveryTicker() throws Exception {
    long start = System.nanoTime();
    TickerFeed feed = new TickerFeed(SPY, RULES);
    tick(feed, OPEN, "100.00", 10);
    awaitRows(1);
    assertThat(sql("SELECT ticker || ' ' || status FROM get_streaming_health()"))
        .containsExactly("SPY healthy");
    for (int second = 1; second < 40; second++) {
      tick(feed, OPEN.plusSeconds(second), "100.00", 10 + second);
    }
    awaitRows(40);
    // One a second.
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    assertThat(sql("SELECT count(*) <= " + (seconds + 2) + " FROM streaming_metrics"))
        .containsExactly("t");
  }

  @Test
  void feedGoesOnFromTheStoredStateAndRows() throws Exception {
    start(10, Duration.ofMillis(20), 1_000);
    TickerFeed feed = new TickerFeed(SPY, RULES);
    for (int i = 0; i < 2_000; i++) {
      // Every tenth message is two seconds late.
      Instant time = OPEN.plusMillis(300L * i - (i % 10 == 9 ? 2_000 : 0));
      tick(feed, time, "%d.%02d".formatted(100 + i % 3, i % 100), 10L * i);
    }
    awaitState(feed);
    close();
    TickerFeed restored = new FeedStore(jdbc(), RULES).load(List.of(SPY, IBM)).get(SPY);
    assertThat(restored).isNotNull();
    assertThat(restored.state()).isEqualTo(feed.state());
    Instant late = OPEN.plusMillis(300L * 1_990);
    SecondRow expected = feed.accept(Price.of("100.01"), 20_000L, late);
    assertThat(expected).isNotNull();
    assertThat(restored.accept(Price.of("100.01"), 20_000L, late))
        .isNotNull()
        .extracting(SecondRow::volume)
        .isEqualTo(expected.volume());
  }

  @Test
  void rowsWithoutAStateAreNotFilledAgain() throws Exception {
    TickerFeed feed = new TickerFeed(SPY, RULES);
    tick(feed, OPEN.plusSeconds(10), "100.00", 10);
    awaitRows(1);
    database.execute("DELETE FROM streaming.ticker_states");
    TickerFeed restored = new FeedStore(jdbc(), RULES).load(List.of(SPY)).get(SPY);
    assertThat(restored).isNotNull();
    assertThat(restored.coveredUntil()).isEqualTo(OPEN.plusSeconds(60));
  }

  @Test
  void averageOfOtherBarsIsRebuiltFromTheRows() throws Exception {
    FeedRules ofSeconds =
        new FeedRules(RULES.calendar(), RULES.hours(), MovingAverage.Bars.ofSeconds(1));
    TickerFeed minutes = new TickerFeed(SPY, RULES);
    TickerFeed seconds = new TickerFeed(SPY, ofSeconds);
    for (int i = 0; i < 100; i++) {
      Instant time = OPEN.plusMillis(700L * i);
      tick(minutes, time, "100.%02d".formatted(i), i);
      seconds.accept(Price.of("100.%02d".formatted(i)), (long) i, time);
    }
    awaitState(minutes);
    close();
    TickerFeed restored = new FeedStore(jdbc(), ofSeconds).load(List.of(SPY)).get(SPY);
    assertThat(restored).isNotNull();
    Instant next = OPEN.plusSeconds(71);
    SecondRow expected = seconds.accept(Price.of("102.00"), 200L, next);
    assertThat(expected).isNotNull();
    assertThat(restored.accept(Price.of("102.00"), 200L, next))
        .isNotNull()
        .extracting(SecondRow::sma9E4)
        .isEqualTo(expected.sma9E4());
  }

  @Test
  void settingAndPeopleDoNotForgetEachOther() throws Exception {
    TickerTable table = new TickerTable(jdbc());
    table.setting(List.of(SPY, IBM));
    assertThat(table.wanted().stream().map(TickerTable.Wish::symbol)).containsExactly("IBM", "SPY");
    sql(
        """
        INSERT INTO tickers (ticker, wish, wished_at) VALUES ('BAC', 'added', now()), ('SPY', 'removed', now())
        ON CONFLICT (ticker) DO UPDATE SET wish = excluded.wish, wished_at = excluded.wished_at RETURNING 1
        """);
    assertThat(table.wanted().stream().map(TickerTable.Wish::symbol)).containsExactly("IBM", "BAC");
    table.setting(List.of(SPY));
    assertThat(table.wanted().stream().map(TickerTable.Wish::symbol))
        .as("after a start with another setting")
        .containsExactly("BAC");
    table.report(
        Map.of(
            "BAC", new TickerTable.Standing(true, "streaming", null),
            "IBM", new TickerTable.Standing(false, "removed", null)));
    assertThat(sql("SELECT concat_ws(' ', ticker, streamed, status) FROM tickers ORDER BY ticker"))
        .containsExactly("BAC t streaming", "IBM f removed", "SPY f waiting");
    table.reportOthersRemoved(List.of());
    assertThat(sql("SELECT DISTINCT streamed || ' ' || status FROM tickers"))
        .containsExactly("false removed");
  }

  private void start(int batchSize, Duration interval, int rowsMax) {
    close();
    buffer = new RowBuffer(new StoreSettings(batchSize, interval, rowsMax));
    startFlusher();
  }

  private void startFlusher() {
    flusher = new RowFlusher(buffer, dataSource(), InstantSource.system(), duration -> {});
    flusher.start();
  }

  private void close() {
    if (flusher != null) {
      flusher.close();
      flusher = null;
    }
  }

  private FlushStatus status() {
    assertThat(flusher).isNotNull();
    return flusher.status();
  }

  private void tick(TickerFeed feed, Instant time, String price, long volume)
      throws InterruptedException {
    buffer.update(
        () -> {
          Price last = Price.of(price);
          SecondRow row = feed.accept(last, volume, time);
          if (row != null) {
            buffer.put(row);
          }
          buffer.put(
              new QuoteRow(
                  new Quote(feed.ticker(), null, null, null, null, last, time, time), time));
          buffer.changed(feed);
        });
  }

  private void putQuote(String bid, Instant time) throws InterruptedException {
    putQuote(SPY, bid, time);
  }

  private void putQuote(Ticker ticker, String bid, Instant time) throws InterruptedException {
    Quote quote = new Quote(ticker, Price.of(bid), null, 1L, null, Price.of(bid), time, null);
    buffer.update(() -> buffer.put(new QuoteRow(quote, time)));
  }

  private void awaitRows(int count) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(sql("SELECT count(*) FROM equity_data"))
                    .containsExactly(Integer.toString(count)));
  }

  private void awaitFlushes(int count) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(status().flushes()).isEqualTo(count));
  }

  /** A close gives up what is not written soon. */
  private void awaitState(TickerFeed feed) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(sql("SELECT day_volume FROM streaming.ticker_states"))
                    .containsExactly(String.valueOf(feed.state().dayVolume())));
  }

  private List<String> rows() throws SQLException {
    return sql(
        "SELECT concat_ws(' ', e.ticker, timestamp, price, volume, source, coalesce(sma9::text,"
            + " 'null'), coalesce(vwap::text, 'null')) FROM equity_data e JOIN indicators i USING"
            + " (ticker, timestamp) ORDER BY ticker, timestamp");
  }

  private List<String> quotes() throws SQLException {
    return sql(
        "SELECT ticker || ' ' || last || ' ' || quote_time::time FROM quotes ORDER BY ticker");
  }

  private List<String> sql(String query) throws SQLException {
    List<String> result = new ArrayList<>();
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET TIME ZONE 'UTC'");
      try (ResultSet rows = statement.executeQuery(query)) {
        while (rows.next()) {
          result.add(rows.getString(1));
        }
      }
    }
    return result;
  }

  private JdbcClient jdbc() {
    return JdbcClient.create(dataSource());
  }

  private PGSimpleDataSource dataSource() {
    DatabaseUrl url = database.url(DatabaseRole.STREAMER);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url.jdbcUrl());
    source.setUser(url.user());
    source.setPassword(url.password());
    return source;
  }

  /** Only to keep the map of feeds in sight of the reader: one ticker, one feed. */
  @Test
  void loadingUnknownTickersGivesFeedsThatKnowNothing() {
    Map<Ticker, TickerFeed> feeds = new FeedStore(jdbc(), RULES).load(List.of(SPY, IBM));
    assertThat(feeds).containsOnlyKeys(SPY, IBM);
    assertThat(feeds.values()).allSatisfy(feed -> assertThat(feed.coveredUntil()).isNull());
  }
}
