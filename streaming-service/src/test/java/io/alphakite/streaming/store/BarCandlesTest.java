package io.alphakite.streaming.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.feed.TickerFeed;
import io.alphakite.streaming.history.PriceHistory;
import io.alphakite.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Bars as rows, and the broker's candles in their place. */
@Timeout(60)
class BarCandlesTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");
  private static final FeedRules RULES =
      new FeedRules(MarketCalendar.nyse(), TradingHours.REGULAR, MovingAverage.Bars.ofSeconds(60));

  private final TestDatabase database = TestDatabase.create();
  private final RowBuffer buffer =
      new RowBuffer(new StoreSettings(1, Duration.ofSeconds(1), 10_000));
  private final RowWriter writer = new RowWriter(dataSource(), InstantSource.system(), buffer);
  private final List<Instant> asked = new ArrayList<>();
  private List<Bar> candles = List.of();
  private Instant now = OPEN;
  private TickerFeed feed = new TickerFeed(SPY, RULES);
  private final BarCandles repair =
      new BarCandles(
          dataSource(),
          new PriceHistory(
              (ticker, from, to, extended) -> {
                asked.add(from);
                return candles;
              }),
          RULES,
          () -> now,
          () -> Set.of(SPY));

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void barsAreWrittenWithTheirRowsAndGoOnAfterARestartInMidMinute() throws Exception {
    tick(-1, "100.00", 1_000);
    tick(5, "100.50", 1_100);
    write();
    feed = load();
    tick(5, "100.50", 1_100);
    tick(2, "99.00", 1_150);
    tick(20, "100.10", 1_300);
    write();
    // A spilled batch of before may come once more; the bar is a whole value.
    assertThat(bars()).containsExactly("13:30 99.0000 100.5000 99.0000 100.1000 300 stream true");
  }

  @Test
  void sameBatchTwiceChangesNothing() throws Exception {
    tick(-1, "100.00", 1_000);
    tick(5, "100.50", 1_100);
    Batch batch = buffer.drain();
    writer.write(batch);
    writer.write(batch);
    assertThat(bars()).containsExactly("13:30 100.5000 100.5000 100.5000 100.5000 100 stream true");
  }

  @Test
  void r33_minutesOfWhichAPartWasMissedGetTheirCandleAndKeepIt() throws Exception {
    tick(-1, "100.00", 1_000);
    tick(5, "100.50", 1_100);
    feed.interrupted();
    tick(80, "100.60", 1_500);
    tick(121, "100.70", 1_600);
    write();
    assertThat(bars())
        .containsExactly(
            "13:30 100.5000 100.5000 100.5000 100.5000 100 stream false",
            "13:31 100.6000 100.6000 100.6000 100.6000 400 stream false",
            "13:32 100.7000 100.7000 100.7000 100.7000 100 stream true");

    now = OPEN.plusSeconds(150);
    candles = List.of(candle(0, "100.20", "100.90", "100.10", "100.55", 180));
    repair.round();
    assertThat(asked).as("13:31 may still change").containsExactly(OPEN);
    assertThat(bars())
        .contains("13:30 100.2000 100.9000 100.1000 100.5500 180 candle true")
        .contains("13:31 100.6000 100.6000 100.6000 100.6000 400 stream false");

    now = OPEN.plusSeconds(185);
    candles = List.of(candle(1, "100.55", "100.95", "100.50", "100.65", 320));
    repair.round();
    tick(30, "99.00", 1_700);
    tick(85, "98.00", 1_800);
    write();
    assertThat(bars())
        .as("what comes late leaves a candle alone")
        .containsExactly(
            "13:30 100.2000 100.9000 100.1000 100.5500 180 candle true",
            "13:31 100.5500 100.9500 100.5000 100.6500 320 candle true",
            "13:32 100.7000 100.7000 100.7000 100.7000 100 stream true");
    repair.round();
    assertThat(asked).hasSize(2);
  }

  @Test
  void candleThatDoesNotComeIsAskedForEverMoreRarely() throws Exception {
    tick(5, "100.50", 1_100);
    write();
    now = OPEN.plusSeconds(600);
    for (int round = 0; round < 5; round++) {
      repair.round();
    }
    assertThat(asked).hasSize(1);
    assertThat(bars()).containsExactly("13:30 100.5000 100.5000 100.5000 100.5000 0 stream false");
  }

  @Test
  void minuteThatIsIncompleteLaterIsAskedForAfresh() throws Exception {
    tick(5, "100.50", 1_100);
    write();
    now = OPEN.plusSeconds(600);
    repair.round();
    repair.round();
    assertThat(asked).hasSize(1);
    feed.interrupted();
    tick(605, "100.60", 1_200);
    write();
    now = OPEN.plusSeconds(800);
    repair.round();
    repair.round();
    assertThat(asked).hasSize(2);
    // Nor does what the minutes lack hold up the session.
    now = Instant.parse("2013-10-08T20:15:00Z");
    candles = List.of(candle(300, "100.20", "100.90", "100.10", "100.55", 180));
    repair.round();
    repair.round();
    assertThat(asked).hasSize(3);
  }

  @Test
  void onlyAnswersWithoutTheCandleAreAttempts() {
    BarCandles.Retry<Integer> unanswered = null;
    BarCandles.Retry<Integer> answered = null;
    for (int round = 0; round < 100; round++) {
      unanswered = BarCandles.Retry.after(unanswered, 1, false, 0);
      answered = BarCandles.Retry.after(answered, 1, true, 0);
    }
    long later = Duration.ofMinutes(16).toNanos();
    assertThat(BarCandles.Retry.isDue(unanswered, 1, later)).isTrue();
    assertThat(BarCandles.Retry.isDue(unanswered, 1, later - 1)).isFalse();
    assertThat(BarCandles.Retry.isDue(answered, 1, Duration.ofDays(9).toNanos())).isFalse();
    assertThat(BarCandles.Retry.isDue(answered, 2, 0)).isTrue();
  }

  @Test
  void afterTheSessionAllItsBarsBecomeTheBrokersOnce() throws Exception {
    tick(-1, "100.00", 1_000);
    tick(5, "100.50", 1_100);
    write();
    now = Instant.parse("2013-10-08T20:14:59Z");
    repair.round();
    assertThat(asked).isEmpty();
    now = Instant.parse("2013-10-08T20:15:00Z");
    candles =
        List.of(
            candle(0, "100.20", "100.90", "100.10", "100.55", 180),
            candle(390, "101.00", "101.00", "101.00", "101.00", 5));
    repair.round();
    repair.round();
    assertThat(asked).containsExactly(OPEN);
    assertThat(bars())
        .as("nothing outside the hours")
        .containsExactly("13:30 100.2000 100.9000 100.1000 100.5500 180 candle true");
  }

  @Test
  void lateCandlesTakeWhatTheyCoverOutOfTheFirstMessagesMinute() throws Exception {
    java.util.UUID gap = new java.util.UUID(0, 1);
    tick(-1, "100.00", 1_000);
    tick(5, "100.50", 1_100);
    write();
    feed.interrupted();
    feed.leaveOpen(gap, OPEN.plusSeconds(60), OPEN.plusSeconds(120), true);
    tick(130, "100.60", 1_500);
    write();
    for (int minute = 3; minute < 3 + TickerFeed.RECENT_BARS; minute++) {
      tick(60L * minute, "100.60", 1_500);
      tick(60L * minute, "100.61", 1_500);
    }
    write();
    assertThat(bars()).contains("13:32 100.6000 100.6000 100.6000 100.6000 400 stream false");
    buffer.update(
        () -> {
          var repaired =
              feed.repair(gap, List.of(candle(1, "100.50", "100.80", "100.40", "100.55", 300)));
          buffer.restate(Objects.requireNonNull(repaired.restatement()));
          repaired.rows().forEach(buffer::put);
          buffer.changed(feed);
        });
    write();
    assertThat(bars())
        .contains("13:31 100.5000 100.8000 100.4000 100.5500 300 candle true")
        .as("not held any more, so only the table knows it")
        .contains("13:32 100.6000 100.6000 100.6000 100.6000 100 stream false");
  }

  private void tick(long second, String price, long volume) throws InterruptedException {
    buffer.update(
        () -> {
          var row = feed.accept(Price.of(price), volume, OPEN.plusSeconds(second));
          if (row != null) {
            buffer.put(row);
          }
          buffer.changed(feed);
        });
  }

  private void write() throws SQLException {
    writer.write(buffer.drain());
  }

  private TickerFeed load() {
    return Objects.requireNonNull(
        new FeedStore(JdbcClient.create(dataSource()), RULES).load(List.of(SPY)).get(SPY));
  }

  private static Bar candle(
      int minute, String open, String high, String low, String close, long volume) {
    return new Bar(
        OPEN.plusSeconds(60L * minute),
        Price.of(open),
        Price.of(high),
        Price.of(low),
        Price.of(close),
        volume);
  }

  private List<String> bars() throws SQLException {
    List<String> bars = new ArrayList<>();
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT to_char(timestamp AT TIME ZONE 'UTC', 'HH24:MI') || ' ' || concat_ws(' ', open,"
                    + " high, low, close, volume, source) || ' ' || complete FROM equity_bars ORDER BY"
                    + " timestamp")) {
      while (rows.next()) {
        bars.add(rows.getString(1));
      }
    }
    return bars;
  }

  private PGSimpleDataSource dataSource() {
    DatabaseUrl url = database.url(DatabaseRole.STREAMER);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url.jdbcUrl());
    source.setUser(url.user());
    source.setPassword(url.password());
    return source;
  }
}
