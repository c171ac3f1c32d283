package io.alphakite.streaming.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Quote;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerFeed;
import io.alphakite.streaming.spill.SpillSettings;
import io.alphakite.testing.FaultyConnection;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The database goes away, in each of the ways it can, and comes back. */
@Timeout(120)
class DatabaseAwayTest {
  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");
  private static final FeedRules RULES =
      new FeedRules(MarketCalendar.nyse(), TradingHours.REGULAR, MovingAverage.Bars.ofSeconds(60));
  private static final int MB = 1_000_000;

  private final TestDatabase database = TestDatabase.create();
  private final FaultyConnection way = FaultyConnection.before(database.jdbcUrl());
  // What the table has to hold in the end: the newest state of each row.
  private final Map<String, SecondRow> expected = new TreeMap<>();
  private final Map<Ticker, TickerFeed> feeds = new LinkedHashMap<>();
  private final List<HikariDataSource> pools = new ArrayList<>();
  private @Nullable RowFlusher flusher;
  private RowBuffer buffer = buffer(1_000);

  private final Path directory;

  DatabaseAwayTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void start() throws SQLException {
    start(100 * MB);
  }

  @AfterEach
  void stop() {
    close();
    pools.forEach(HikariDataSource::close);
    way.close();
    database.close();
  }

  @Test
  void r24_rowsGoToDiskWhileTheDatabaseIsAwayAndAllComeBack() throws Exception {
    trade(0, 20);
    awaitStored();
    way.cut();
    // Many times what memory may hold, a part at a time, as a stream brings it.
    for (int second = 20; second < 400; second += 20) {
      trade(second, second + 20);
      await().until(() -> buffer.depth().waiting() < 500);
    }
    event("during");
    await().untilAsserted(() -> assertThat(spill().spilled()).isPositive());
    assertThat(buffer.depth().fullWaits()).isZero();
    assertThat(spill().bytes()).isPositive();
    assertThat(status().failing()).isNotNull();
    way.mend();
    trade(400, 420);
    event("after");
    awaitDrained();
    awaitStored();
    assertThat(eventTypes()).containsExactly("during", "after");
    assertStatesAreThoseOfTheRows();
    await().untilAsserted(() -> assertThat(segmentFiles()).isEmpty());
  }

  @Test
  void r24_processThatDiesMeanwhileLeavesItAllToTheNext() throws Exception {
    trade(0, 20);
    awaitStored();
    way.cut();
    trade(20, 60);
    event("kept");
    awaitSpilled();
    RowFlusher dead = flusher;
    assertThat(dead).isNotNull();
    Path left = Files.createDirectory(directory.resolve("left"));
    copySegments(directory, left);
    dead.close();
    way.mend();
    Map<String, SecondRow> soFar = new TreeMap<>(expected);
    buffer = buffer(1_000);
    RowFlusher next = flusher(dataSource(), left, 100 * MB);
    next.recover();
    flusher = next;
    assertThat(stored()).isEqualTo(soFar);
    assertThat(eventTypes()).containsExactly("kept");
    assertStatesAreThoseOfTheRows();
    next.start();
    trade(60, 70);
    awaitStored();
  }

  @Test
  void r22_fileReadTwiceWritesNothingTwiceAndNothingOlder() throws Exception {
    way.cut();
    trade(0, 30);
    event("once");
    awaitSpilled();
    Path copies = Files.createDirectory(directory.resolve("copies"));
    copySegments(directory, copies);
    way.mend();
    awaitDrained();
    // The same second goes on: the file has an older state of this row.
    trade(29, 40);
    awaitStored();
    close();
    copySegments(copies, directory);
    buffer = buffer(1_000);
    flusher = flusher(dataSource(), directory, 100 * MB);
    assertThat(flusher.recover().records()).isPositive();
    assertThat(stored()).isEqualTo(expected);
    assertThat(eventTypes()).containsExactly("once");
    assertStatesAreThoseOfTheRows();
    assertThat(segmentFiles()).isEmpty();
  }

  @Test
  void r22_accountEventIsThereOnceWhenTheAnswerToItsCommitIsLost() throws Exception {
    close();
    buffer = buffer(1_000);
    // Without a pool each connection says COMMIT in full.
    PGSimpleDataSource alone = direct();
    alone.setUrl(way.through(database.jdbcUrl()));
    RowFlusher started = flusher(alone, directory, 100 * MB);
    started.recover();
    started.start();
    flusher = started;
    trade(0, 5);
    awaitStored();
    for (int i = 0; i < 5; i++) {
      way.loseAnswerTo("COMMIT");
      int number = i;
      event("event " + number);
      await().untilAsserted(() -> assertThat(way.lost()).isEqualTo(number + 1));
      await().untilAsserted(() -> assertThat(status().failing()).isNull());
    }
    await().untilAsserted(() -> assertThat(eventTypes()).hasSize(5));
    close();
    assertThat(eventTypes()).containsExactly("event 0", "event 1", "event 2", "event 3", "event 4");
  }

  @Test
  void r25_fullDiskOfTheDatabaseIsADatabaseThatIsAway() throws Exception {
    database.execute(
        """
        CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$
        """);
    database.execute(
        "CREATE TRIGGER full_disk BEFORE INSERT ON streaming.ticker_states EXECUTE FUNCTION"
            + " full_disk()");
    trade(0, 40);
    await().untilAsserted(() -> assertThat(spill().spilled()).isPositive());
    assertThat(status().failing()).contains("could not extend file");
    database.execute("DROP TRIGGER full_disk ON streaming.ticker_states");
    awaitDrained();
    awaitStored();
    assertThat(refused()).isEmpty();
  }

  @Test
  void serverThatOnlyReadsIsADatabaseThatIsAway() throws Exception {
    String name = database.jdbcUrl().replaceFirst(".*/", "");
    String streamer = "ALTER ROLE kite_streamer IN DATABASE " + name;
    database.execute(streamer + " SET default_transaction_read_only = on");
    try {
      way.cut();
      way.mend();
      trade(0, 40);
      await().untilAsserted(() -> assertThat(spill().spilled()).isPositive());
      await().untilAsserted(() -> assertThat(status().failing()).contains("read-only"));
    } finally {
      database.execute(streamer + " RESET default_transaction_read_only");
      way.cut();
      way.mend();
    }
    awaitDrained();
    awaitStored();
  }

  @Test
  void r25_quotesGoFirstWhenRoomIsShortAndThenTheStreamWaits() throws Exception {
    close();
    buffer = buffer(300);
    start(20_000);
    way.cut();
    Thread stream = Thread.ofPlatform().start(() -> tradeAll(0, 800));
    await().untilAsserted(() -> assertThat(spill().droppedQuotes()).isPositive());
    await().untilAsserted(() -> assertThat(buffer.depth().fullWaits()).isPositive());
    await().untilAsserted(() -> assertThat(spill().problem()).contains("SPILL_MAX_MB"));
    assertThat(spill().bytes()).isBetween(15_000L, 20_000L);
    assertThat(stream.isAlive()).isTrue();
    way.mend();
    stream.join();
    awaitDrained();
    awaitStored();
    assertStatesAreThoseOfTheRows();
  }

  @Test
  void r25_directoryThatCannotBeWrittenLeavesMemoryAndThenTheStreamWaits() throws Exception {
    close();
    buffer = buffer(300);
    Path file = Files.createFile(directory.resolve("a file"));
    flusher = flusher(dataSource(), file, 100 * MB);
    flusher.recover();
    flusher.start();
    way.cut();
    Thread stream = Thread.ofPlatform().start(() -> tradeAll(0, 500));
    await().untilAsserted(() -> assertThat(buffer.depth().fullWaits()).isPositive());
    await().untilAsserted(() -> assertThat(spill().problem()).isNotNull());
    way.mend();
    stream.join();
    awaitStored();
    assertStatesAreThoseOfTheRows();
  }

  @Test
  void rowThatTheTableRefusesIsSetAsideAndTheOthersAreWritten() throws Exception {
    database.execute("ALTER TABLE equity_data ADD CONSTRAINT no_thirteen CHECK (volume <> 13)");
    trade(0, 10);
    buffer.update(
        () -> {
          put("BAD", 100, 13);
          put("GOOD", 100, 12);
          buffer.put(new AccountEvent(OPEN, 1L, "bad \0 event", null, "{}"));
          buffer.put(new AccountEvent(OPEN, 2L, "good event", null, "{}"));
        });
    expected.remove(key(new Ticker("BAD"), OPEN.getEpochSecond() + 100));
    trade(10, 20);
    awaitStored();
    await().untilAsserted(() -> assertThat(eventTypes()).containsExactly("good event"));
    assertThat(refused()).hasSize(2);
    assertThat(refused().getFirst()).contains("row 23514").contains("BAD");
    assertThat(refused().getLast()).contains("account event 22021").contains("event");
    await().untilAsserted(() -> assertThat(spill().refused()).isEqualTo(2));
    await().untilAsserted(() -> assertThat(status().failing()).isNull());
  }

  @Test
  void errorThatNobodyForesawIsCountedAndGotOver() throws Exception {
    close();
    buffer = buffer(1_000);
    AtomicInteger errors = new AtomicInteger(5);
    DataSource failing =
        new PGSimpleDataSource() {
          private static final long serialVersionUID = 1L;

          @Override
          public Connection getConnection() throws SQLException {
            switch (errors.getAndDecrement()) {
              case 5, 3 -> throw new StackOverflowError("an error of ours");
              case 4, 2 -> throw new IllegalStateException("an exception of ours");
              default -> {}
            }
            return direct().getConnection();
          }
        };
    RowFlusher tried = new RowFlusher(buffer, failing, InstantSource.system(), duration -> {});
    flusher = tried;
    tried.start();
    trade(0, 20);
    awaitStored();
    assertThat(spill().unexpected()).isPositive();
    await().untilAsserted(() -> assertThat(status().failing()).isNull());
  }

  @Test
  void stopWhileTheDatabaseIsAwayKeepsEverythingOnDisk() throws Exception {
    close();
    buffer = buffer(10_000);
    start(100 * MB);
    trade(0, 10);
    awaitStored();
    way.hang();
    trade(10, 40);
    event("at the end");
    long start = System.nanoTime();
    close();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    System.out.println("Stopped with a hung database in " + took.toMillis() + " ms");
    way.mend();
    assertThat(segmentFiles()).isNotEmpty();
    buffer = buffer(1_000);
    flusher = flusher(dataSource(), directory, 100 * MB);
    flusher.recover();
    assertThat(stored()).isEqualTo(expected);
    assertThat(eventTypes()).containsExactly("at the end");
    assertStatesAreThoseOfTheRows();
  }

  private static RowBuffer buffer(int rowsMax) {
    return new RowBuffer(new StoreSettings(1, Duration.ofMillis(50), rowsMax));
  }

  private void start(long maxBytes) throws SQLException {
    RowFlusher started = flusher(dataSource(), directory, maxBytes);
    started.recover();
    started.start();
    flusher = started;
  }

  private RowFlusher flusher(DataSource source, Path files, long maxBytes) {
    return new RowFlusher(
        buffer,
        source,
        InstantSource.system(),
        duration -> {},
        new SpillSettings(files, maxBytes, Duration.ofMillis(100)));
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

  private SpillStatus spill() {
    assertThat(flusher).isNotNull();
    return flusher.spillStatus();
  }

  /** Ten tickers trade four times in each of these seconds. */
  private void trade(int from, int to) throws InterruptedException {
    for (int second = from; second < to; second++) {
      for (int tick = 0; tick < 4; tick++) {
        int now = second;
        buffer.update(
            () -> {
              for (int number = 0; number < 10; number++) {
                put("T" + number, now, 1 + number);
              }
            });
      }
    }
  }

  private void tradeAll(int from, int to) {
    try {
      trade(from, to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Within an update: this ticker trades so many shares in this second. */
  private void put(String symbol, int second, long volume) {
    Ticker ticker = new Ticker(symbol);
    TickerFeed feed =
        feeds.computeIfAbsent(
            ticker,
            name -> {
              TickerFeed fresh = new TickerFeed(name, RULES);
              fresh.accept(Price.of("100.00"), 0L, OPEN.minusSeconds(1));
              return fresh;
            });
    Long before = feed.state().dayVolume();
    assertThat(before).isNotNull();
    Price price = new Price(1_000_000 + (before * 7 + second) % 900);
    Instant time = OPEN.plusSeconds(second);
    SecondRow row = feed.accept(price, before + volume, time);
    assertThat(row).isNotNull();
    buffer.put(row);
    buffer.changed(feed);
    buffer.put(new QuoteRow(new Quote(ticker, price, price, 1L, 1L, price, time, time), OPEN));
    expected.put(key(ticker, row.second()), row);
  }

  private void event(String type) throws InterruptedException {
    buffer.update(() -> buffer.put(new AccountEvent(OPEN, 1L, type, null, "{}")));
  }

  private static String key(Ticker ticker, long second) {
    return ticker.symbol() + " " + second;
  }

  /**
   * Until all that was put into the buffer is on disk. What was taken from it may still be on its
   * way there: cuts are appended in order, so one more append proves the one before.
   */
  private void awaitSpilled() throws InterruptedException {
    await().untilAsserted(() -> assertThat(buffer.depth().waiting()).isZero());
    long before = spill().spilled();
    Price price = Price.of("100.00");
    Quote quote = new Quote(new Ticker("LAST"), price, price, 1L, 1L, price, OPEN, OPEN);
    buffer.update(() -> buffer.put(new QuoteRow(quote, OPEN)));
    await().untilAsserted(() -> assertThat(spill().spilled()).isGreaterThan(before));
  }

  private void awaitDrained() {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(spill().segments()).isZero());
  }

  private void awaitStored() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> count() == expected.size() && stored().equals(expected));
  }

  private int count() throws SQLException {
    return Integer.parseInt(sql("SELECT count(*) FROM equity_data").getFirst());
  }

  private Map<String, SecondRow> stored() throws SQLException {
    Map<String, SecondRow> rows = new TreeMap<>();
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT e.ticker, extract(epoch FROM e.timestamp)::bigint, price, volume, sma9,"
                    + " vwap, vwap_volume, vwap_rest FROM equity_data e JOIN indicators i USING (ticker, timestamp)")) {
      while (result.next()) {
        SecondRow row =
            new SecondRow(
                new Ticker(result.getString(1)),
                result.getLong(2),
                Price.of(result.getBigDecimal(3)),
                result.getLong(4),
                e4(result.getBigDecimal(5)),
                e4(result.getBigDecimal(6)),
                SecondRow.Source.STREAM,
                null,
                result.getLong(7),
                result.getLong(8));
        rows.put(key(row.ticker(), row.second()), row);
      }
    }
    return rows;
  }

  private static OptionalLong e4(@Nullable BigDecimal dollars) {
    return dollars == null ? OptionalLong.empty() : OptionalLong.of(Price.of(dollars).e4());
  }

  private void assertStatesAreThoseOfTheRows() throws SQLException {
    Map<Ticker, TickerFeed> loaded =
        new FeedStore(JdbcClient.create(direct()), RULES).load(feeds.keySet());
    feeds.forEach(
        (ticker, feed) ->
            assertThat(loaded.get(ticker))
                .isNotNull()
                .extracting(TickerFeed::state)
                .isEqualTo(feed.state()));
    assertThat(
            sql(
                """
                SELECT ticker || ' ' || minute FROM equity_bars b
                FULL JOIN (SELECT ticker, date_trunc('minute', timestamp) AS minute, sum(volume) AS volume,
                                  max(price) AS high, (array_agg(price ORDER BY timestamp DESC))[1] AS close
                           FROM equity_data GROUP BY 1, 2) AS rows USING (ticker)
                WHERE b.timestamp = minute
                  AND NOT (b.volume = rows.volume AND b.high >= rows.high AND b.close = rows.close AND b.complete)
                """))
        .as("bars that are not those of the rows")
        .isEmpty();
    assertThat(sql("SELECT count(*) FROM equity_bars"))
        .isEqualTo(
            sql(
                "SELECT count(DISTINCT (ticker, date_trunc('minute', timestamp))) FROM equity_data"));
  }

  private List<String> eventTypes() throws SQLException {
    return sql("SELECT message_type FROM account_events ORDER BY id");
  }

  private List<String> refused() throws SQLException {
    return sql(
        "SELECT concat_ws(' ', kind, sql_state, reason, content) FROM streaming.refused_writes"
            + " ORDER BY id");
  }

  private List<String> sql(String query) throws SQLException {
    List<String> result = new ArrayList<>();
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        result.add(rows.getString(1));
      }
    }
    return result;
  }

  private List<Path> segmentFiles() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(path -> path.toString().endsWith(".seg")).toList();
    }
  }

  private static void copySegments(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".seg")).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** Through what fails; a pool, as in the service. */
  private DataSource dataSource() {
    PGSimpleDataSource target = direct();
    target.setUrl(way.through(database.jdbcUrl()));
    HikariConfig config = new HikariConfig();
    config.setDataSource(target);
    config.setMaximumPoolSize(2);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(500);
    config.setValidationTimeout(250);
    config.setInitializationFailTimeout(-1);
    HikariDataSource pool = new HikariDataSource(config);
    pools.add(pool);
    return pool;
  }

  private PGSimpleDataSource direct() {
    DatabaseUrl url = database.url(DatabaseRole.STREAMER);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url.jdbcUrl());
    source.setUser(url.user());
    source.setPassword(url.password());
    return source;
  }
}
