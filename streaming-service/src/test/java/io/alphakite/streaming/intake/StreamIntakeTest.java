package io.alphakite.streaming.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.market.MinuteBars;
import io.alphakite.schwab.stream.DataExpectation;
import io.alphakite.schwab.stream.LevelOneEquity;
import io.alphakite.schwab.stream.Quarantined;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.stream.StreamService;
import io.alphakite.schwab.stream.StreamStats;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.feed.TickerFeed;
import io.alphakite.streaming.gap.GapLedger;
import io.alphakite.streaming.gap.GapRetries;
import io.alphakite.streaming.gap.GapSettings;
import io.alphakite.streaming.history.PriceHistory;
import io.alphakite.streaming.option.OptionFeed;
import io.alphakite.streaming.quarantine.Reason;
import io.alphakite.streaming.store.RowBuffer;
import io.alphakite.streaming.store.RowFlusher;
import io.alphakite.streaming.store.StoreSettings;
import io.alphakite.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections, candles and messages in their order, with a stream and a price history made here.
 */
@Timeout(60)
class StreamIntakeTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final Ticker IBM = new Ticker("IBM");
  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");
  private static final FeedRules RULES =
      new FeedRules(MarketCalendar.nyse(), TradingHours.REGULAR, MovingAverage.Bars.ofSeconds(60));

  private final TestDatabase database = TestDatabase.create();
  private final MadeStream stream = new MadeStream();
  private final MadeHistory history = new MadeHistory();
  private final AtomicLong generation = new AtomicLong();
  private final Map<Ticker, TickerFeed> feeds = new HashMap<>();
  private final RowBuffer buffer =
      new RowBuffer(new StoreSettings(1, Duration.ofSeconds(1), 1_000));
  private final RowFlusher flusher =
      new RowFlusher(buffer, dataSource(), InstantSource.system(), _ -> {});
  private @Nullable StreamIntake intake;

  @AfterEach
  void stop() {
    if (intake != null) {
      intake.close();
    }
    flusher.close();
    database.close();
  }

  @Test
  void candlesOfTheSessionSoFarComeBeforeTheFirstImages() {
    history.candle(SPY, OPEN, "100.00", 300);
    history.candle(SPY, OPEN.plusSeconds(60), "103.00", 100);
    // Not finished when the images were taken.
    history.candle(SPY, OPEN.plusSeconds(120), "500.00", 1);
    start(false);
    connect();
    image(SPY, "104.00", 50_000, OPEN.plusSeconds(130), OPEN.plusSeconds(131));
    tick(SPY, "105.00", 50_100, OPEN.plusSeconds(132));
    // No row before every symbol has its image.
    image(IBM, "180.00", 9_000, OPEN.plusSeconds(100), OPEN.plusSeconds(100));
    awaitRows(
        "IBM 13:31:40 180.0000 0 stream null",
        "SPY 13:30:59 100.0000 300 backfill 100.0000",
        "SPY 13:31:59 103.0000 100 backfill 100.7500",
        "SPY 13:32:10 104.0000 0 stream 100.7500",
        "SPY 13:32:12 105.0000 100 stream 101.6000");
  }

  @Test
  void outageIsFilledAfterTheReconnect() {
    start(false);
    connect();
    image(SPY, "100.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    image(IBM, "180.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    tick(SPY, "100.00", 1_100, OPEN.plusSeconds(10));
    disconnect();
    history.candle(SPY, OPEN, "99.00", 900);
    history.candle(SPY, OPEN.plusSeconds(60), "103.00", 200);
    connect();
    image(SPY, "106.00", 1_450, OPEN.plusSeconds(125), OPEN.plusSeconds(125));
    image(IBM, "180.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    // (100 x 100 + 200 x 103 + 150 x 106) / 450 = 103.3333
    awaitRows(
        "SPY 13:30:10 100.0000 100 stream 100.0000",
        "SPY 13:31:59 103.0000 200 backfill 102.0000",
        "SPY 13:32:05 106.0000 150 stream 103.3333");
  }

  @Test
  void withoutPriceHistoryTheVolumeEntersWithTheNextMessage() {
    history.broken = true;
    start(false);
    connect();
    image(SPY, "100.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    image(IBM, "180.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    tick(SPY, "100.00", 1_100, OPEN.plusSeconds(10));
    disconnect();
    connect();
    image(SPY, "106.00", 1_400, OPEN.plusSeconds(125), OPEN.plusSeconds(125));
    image(IBM, "180.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    awaitRows(
        "SPY 13:30:10 100.0000 100 stream 100.0000", "SPY 13:32:05 106.0000 300 stream 104.5000");
  }

  @Test
  void wrongPrintMakesNoRowAndItsVolumeEntersWithTheNext() {
    StreamIntake started = start(false);
    connect();
    image(SPY, "100.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    image(IBM, "180.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    tick(SPY, "100.00", 1_100, OPEN.plusSeconds(10));
    tick(SPY, "1000.00", 1_200, OPEN.plusSeconds(11));
    tick(SPY, "101.00", 1_300, OPEN.plusSeconds(12));
    // A halt ends far away: the third trade there is believed, and all the volume since.
    tick(SPY, "50.00", 1_400, OPEN.plusSeconds(20));
    tick(SPY, "50.00", 1_500, OPEN.plusSeconds(21));
    tick(SPY, "50.00", 1_600, OPEN.plusSeconds(22));
    // (100 x 100 + 200 x 101 + 300 x 50) / 600 = 75.3333
    awaitRows(
        "SPY 13:30:10 100.0000 100 stream 100.0000",
        "SPY 13:30:12 101.0000 200 stream 100.6667",
        "SPY 13:30:22 50.0000 300 stream 75.3333");
    assertThat(started.quarantine().count(Reason.FAR_FROM_LAST)).isEqualTo(3);
    assertThat(started.quarantine().held()).isEmpty();
  }

  @Test
  void imageThatComesLateIsFilledWhenItComes() {
    history.candle(IBM, OPEN, "180.00", 70);
    start(false);
    connect();
    image(SPY, "100.00", 1_000, OPEN.plusSeconds(65), OPEN.plusSeconds(65));
    // The patience with IBM ends, and SPY goes on.
    awaitRows("SPY 13:31:05 100.0000 0 stream null");
    image(IBM, "181.00", 5_000, OPEN.plusSeconds(70), OPEN.plusSeconds(70));
    awaitRows(
        "IBM 13:30:59 180.0000 70 backfill 180.0000",
        "IBM 13:31:10 181.0000 0 stream 180.0000",
        "SPY 13:31:05 100.0000 0 stream null");
  }

  @Test
  void refusedSymbolHoldsNobodyUp() {
    StreamIntake started = start(false);
    connect();
    image(SPY, "100.00", 1_000, OPEN.plusSeconds(65), OPEN.plusSeconds(65));
    stream.events.add(
        new StreamEvent.SubscriptionRefused(generation.get(), IBM, 19, "symbol limit"));
    awaitRows("SPY 13:31:05 100.0000 0 stream null");
    await().untilAsserted(() -> assertThat(started.status().refused()).containsKey(IBM));
  }

  @Test
  void refusedSymbolThatIsStreamedAfterAllIsFilledFirst() {
    history.candle(IBM, OPEN, "180.00", 70);
    start(false);
    connect();
    image(SPY, "100.00", 1_000, OPEN.plusSeconds(65), OPEN.plusSeconds(65));
    stream.events.add(
        new StreamEvent.SubscriptionRefused(generation.get(), IBM, 11, "service down"));
    awaitRows("SPY 13:31:05 100.0000 0 stream null");
    image(IBM, "181.00", 5_000, OPEN.plusSeconds(70), OPEN.plusSeconds(70));
    awaitRows(
        "IBM 13:30:59 180.0000 70 backfill 180.0000",
        "IBM 13:31:10 181.0000 0 stream 180.0000",
        "SPY 13:31:05 100.0000 0 stream null");
  }

  @Test
  void damagedStreamIsAGapUntilTheNextImage() throws Exception {
    start(false);
    connect();
    image(SPY, "100.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    image(IBM, "180.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    tick(SPY, "100.00", 1_100, OPEN.plusSeconds(10));
    history.candle(SPY, OPEN.plusSeconds(60), "103.00", 200);
    stream.events.add(new StreamEvent.Damaged(generation.get(), SPY, null, true));
    await()
        .untilAsserted(
            () ->
                assertThat(sql("SELECT ticker || ' ' || cause || ' ' || state FROM data_gaps"))
                    .containsExactly("SPY damaged open"));
    image(SPY, "106.00", 1_450, OPEN.plusSeconds(125), OPEN.plusSeconds(125));
    // (100 x 100 + 200 x 103 + 150 x 106) / 450 = 103.3333
    awaitRows(
        "SPY 13:30:10 100.0000 100 stream 100.0000",
        "SPY 13:31:59 103.0000 200 backfill 102.0000",
        "SPY 13:32:05 106.0000 150 stream 103.3333");
    assertThat(sql("SELECT starts_at || ' ' || ends_at || ' ' || state FROM data_gaps"))
        .containsExactly("2013-10-08 13:30:10+00 2013-10-08 13:32:05+00 repaired");
  }

  @Test
  void damageAsksNoHistoryForThinTickersWhereNoWholeMinuteWasMissed() throws Exception {
    start(false);
    connect();
    image(SPY, "100.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    image(IBM, "180.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    // IBM does not trade for many minutes.
    tick(IBM, "180.00", 1_100, OPEN.plusSeconds(10));
    tick(SPY, "100.00", 1_100, OPEN.plusSeconds(610));
    stream.events.add(new StreamEvent.Damaged(generation.get(), null, null, true));
    image(SPY, "100.00", 1_100, OPEN.plusSeconds(610), OPEN.plusSeconds(612));
    image(IBM, "180.00", 1_100, OPEN.plusSeconds(10), OPEN.plusSeconds(612));
    disconnect();
    connect();
    image(SPY, "100.00", 1_100, OPEN.plusSeconds(610), OPEN.plusSeconds(615));
    image(IBM, "180.00", 1_100, OPEN.plusSeconds(10), OPEN.plusSeconds(615));
    tick(IBM, "181.00", 1_200, OPEN.plusSeconds(616));
    awaitRows(
        "IBM 13:30:10 180.0000 100 stream 180.0000",
        "IBM 13:40:16 181.0000 100 stream 180.5000",
        "SPY 13:40:10 100.0000 100 stream 100.0000");
    assertThat(history.asked).isEmpty();
    assertThat(sql("SELECT ticker || ' ' || cause || ' ' || state FROM data_gaps ORDER BY 1"))
        .containsExactly(
            "IBM damaged repaired",
            "IBM disconnect repaired",
            "SPY damaged repaired",
            "SPY disconnect repaired");
    // A whole minute is asked for, and nothing before it.
    disconnect();
    connect();
    image(SPY, "100.00", 1_100, OPEN.plusSeconds(610), OPEN.plusSeconds(725));
    image(IBM, "181.00", 1_200, OPEN.plusSeconds(616), OPEN.plusSeconds(725));
    await()
        .untilAsserted(
            () ->
                assertThat(history.asked)
                    .containsExactlyInAnyOrder(
                        "SPY " + OPEN.plusSeconds(660), "IBM " + OPEN.plusSeconds(660)));
  }

  @Test
  void underTheWallClockCandlesThatEndedBeforeTheConnectionAreFinished() {
    history.candle(SPY, OPEN, "100.00", 300);
    history.candle(SPY, OPEN.plusSeconds(60), "103.00", 100);
    start(true);
    stream.events.add(
        new StreamEvent.Connected(generation.incrementAndGet(), OPEN.plusSeconds(119)));
    image(SPY, "104.00", 50_000, OPEN.plusSeconds(121), OPEN.plusSeconds(121));
    image(IBM, "180.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    awaitRows(
        "SPY 13:30:59 100.0000 300 backfill 100.0000", "SPY 13:32:01 104.0000 0 stream 100.0000");
  }

  @Test
  void quoteAloneMakesNoRow() throws Exception {
    start(false);
    connect();
    image(SPY, "100.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    image(IBM, "180.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    LevelOneEquity image =
        LevelOneEquity.of(SPY)
            .bid(Price.of("99.99"))
            .bidSize(300L)
            .last(Price.of("100.00"))
            .totalVolume(1_000L)
            .tradeTime(OPEN.minusSeconds(5))
            .quoteTime(OPEN.plusSeconds(1))
            .build();
    stream.events.add(
        new StreamEvent.EquityUpdate(generation.get(), SPY, image, false, 1L << 1, OPEN));
    await()
        .untilAsserted(
            () ->
                assertThat(sql("SELECT bid || ' ' || bid_size FROM quotes WHERE ticker = 'SPY'"))
                    .containsExactly("99.9900 300"));
    assertThat(sql("SELECT count(*) FROM equity_data")).containsExactly("0");
  }

  @Test
  void accountActivityIsStoredWithoutTheAccountNumber() {
    start(false);
    connect();
    image(SPY, "100.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    image(IBM, "180.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    stream.events.add(
        new StreamEvent.AccountActivity(
            generation.get(),
            1L,
            "12345678",
            "OrderCreated",
            "{\"SchwabOrderID\":\"77\",\"AccountNumber\":\"12345678\"}",
            OPEN));
    await()
        .untilAsserted(
            () ->
                assertThat(sql("SELECT broker_order_id || ' ' || payload FROM account_events"))
                    .containsExactly("77 {\"SchwabOrderID\":\"77\",\"AccountNumber\":\"5678\"}"));
  }

  @Test
  void deniedLoginIsToldAndTakenOverIsGivenUp() {
    StreamIntake started = start(false);
    stream.events.add(
        new StreamEvent.Stopped(
            StreamEvent.Stopped.Cause.TAKEN_OVER, "another login took over", OPEN));
    await()
        .untilAsserted(
            () -> {
              assertThat(started.status().gaveUp()).isTrue();
              assertThat(started.status().problem()).contains("another login");
            });
    assertThat(stream.starts.get()).isEqualTo(1);
  }

  @Test
  void closingTakesWhatHadCome() throws Exception {
    start(false);
    connect();
    image(SPY, "100.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    image(IBM, "180.00", 1_000, OPEN.minusSeconds(5), OPEN.minusSeconds(5));
    tick(SPY, "100.00", 1_001, OPEN.plusMillis(1));
    // The first flush, which makes a connection and a partition, is not a part of the close.
    awaitRows("SPY 13:30:00 100.0000 1 stream 100.0000");
    for (int i = 2; i <= 2_000; i++) {
      tick(SPY, "100.00", 1_000 + i, OPEN.plusMillis(i));
    }
    assertThat(intake).isNotNull();
    intake.close();
    flusher.close();
    assertThat(sql("SELECT sum(volume) FROM equity_data")).containsExactly("2000");
  }

  private StreamIntake start(boolean wallMarket) {
    for (Ticker ticker : List.of(SPY, IBM)) {
      feeds.put(ticker, new TickerFeed(ticker, RULES));
    }
    flusher.start();
    PriceHistory asked = new PriceHistory(history);
    StreamIntake started =
        new StreamIntake(
            stream,
            feeds,
            RULES,
            asked,
            new GapLedger(
                RULES,
                new GapSettings(Duration.ofMillis(20), 20),
                InstantSource.system(),
                new GapRetries(asked)),
            new OptionFeed(RULES.calendar(), RULES.hours(), InstantSource.system(), wallMarket),
            buffer,
            InstantSource.system(),
            wallMarket);
    started.start();
    intake = started;
    return started;
  }

  private void connect() {
    stream.events.add(new StreamEvent.Connected(generation.incrementAndGet(), Instant.now()));
  }

  private void disconnect() {
    stream.events.add(new StreamEvent.Disconnected(generation.get(), "cut", Instant.now()));
  }

  private void image(
      Ticker ticker, String last, long volume, Instant tradeTime, Instant quoteTime) {
    event(ticker, last, volume, tradeTime, quoteTime, true);
  }

  private void tick(Ticker ticker, String last, long volume, Instant tradeTime) {
    event(ticker, last, volume, tradeTime, tradeTime, false);
  }

  private void event(
      Ticker ticker,
      String last,
      long volume,
      Instant tradeTime,
      Instant quoteTime,
      boolean first) {
    LevelOneEquity image =
        LevelOneEquity.of(ticker)
            .last(Price.of(last))
            .totalVolume(volume)
            .tradeTime(tradeTime)
            .quoteTime(quoteTime)
            .build();
    long carried = 1L << 3 | 1L << 8 | 1L << 34 | 1L << 35;
    stream.events.add(
        new StreamEvent.EquityUpdate(generation.get(), ticker, image, first, carried, tradeTime));
  }

  private void awaitRows(String... rows) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(
                        sql(
                            "SELECT concat_ws(' ', ticker, timestamp::time, price, volume, source,"
                                + " coalesce(vwap::text, 'null')) FROM equity_data JOIN indicators"
                                + " USING (ticker, timestamp) ORDER BY ticker, timestamp"))
                    .containsExactly(rows));
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

  private PGSimpleDataSource dataSource() {
    DatabaseUrl url = database.url(DatabaseRole.STREAMER);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url.jdbcUrl());
    source.setUser(url.user());
    source.setPassword(url.password());
    return source;
  }

  /** A stream whose events the test writes down. */
  private static final class MadeStream implements SchwabStream {
    final BlockingQueue<StreamEvent> events = new LinkedBlockingQueue<>();
    final AtomicInteger starts = new AtomicInteger();

    @Override
    public void start() {
      starts.incrementAndGet();
    }

    @Override
    public void subscribe(StreamService service, Collection<String> keys) {}

    @Override
    public void unsubscribe(StreamService service, Collection<String> keys) {}

    @Override
    public void replace(StreamService service, Collection<String> keys) {}

    @Override
    public void resubscribe(StreamService service, Collection<String> keys) {}

    @Override
    public void reconnect(String reason) {}

    @Override
    public void view(StreamService service, Collection<Integer> fields) {}

    @Override
    public Set<String> wanted(StreamService service) {
      return Set.of();
    }

    @Override
    public void expectData(StreamService service, DataExpectation expectation) {}

    @Override
    public void expectNoData(StreamService service) {}

    @Override
    public List<Quarantined> quarantined() {
      return List.of();
    }

    @Override
    public Optional<Duration> clockSkew() {
      return Optional.empty();
    }

    @Override
    public @Nullable StreamEvent next(Duration timeout) throws InterruptedException {
      return events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int drain(Collection<? super StreamEvent> into, int max) {
      return events.drainTo(into, max);
    }

    @Override
    public StreamStats stats() {
      return new StreamStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, events.size(), 0);
    }

    @Override
    public void close() {}
  }

  /** A price history whose candles the test writes down. */
  private static final class MadeHistory implements MinuteBars {
    final Map<Ticker, List<Bar>> candles = new ConcurrentHashMap<>();
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile boolean broken;

    void candle(Ticker ticker, Instant start, String close, long volume) {
      Price price = Price.of(close);
      candles
          .computeIfAbsent(ticker, _ -> new CopyOnWriteArrayList<>())
          .add(new Bar(start, price, price, price, price, volume));
    }

    @Override
    public List<Bar> minuteBars(Ticker ticker, Instant from, Instant to, boolean extendedHours) {
      asked.add(ticker + " " + from);
      if (broken) {
        throw new SchwabException(SchwabException.Kind.SERVER_ERROR, "500");
      }
      // As Schwab may do: the whole day, whatever was asked.
      return candles.getOrDefault(ticker, List.of());
    }
  }
}
