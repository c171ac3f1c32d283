package io.alphakite.streaming.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Half an hour without a database at 5000 ticks a second, by its volume and not by its time. */
@Tag("long")
@Timeout(1_800)
class LongOutageTest {
  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");
  private static final FeedRules RULES =
      new FeedRules(MarketCalendar.nyse(), TradingHours.REGULAR, MovingAverage.Bars.ofSeconds(60));
  private static final int TICKERS = 500;
  private static final int TICKS_A_SECOND = 10;
  private static final int SECONDS = 1_800;

  @Test
  void r24_halfAnHourAtFiveThousandTicksASecondLosesNothing(@TempDir Path directory)
      throws Exception {
    // So little memory that every second of the market goes to disk by itself.
    RowBuffer buffer = new RowBuffer(new StoreSettings(1, Duration.ofSeconds(1), 2 * TICKERS));
    try (TestDatabase database = TestDatabase.create();
        FaultyConnection way = FaultyConnection.before(database.jdbcUrl())) {
      PGSimpleDataSource source = source(database);
      source.setUrl(way.through(database.jdbcUrl()));
      SpillSettings files = new SpillSettings(directory, 2_000_000_000L, Duration.ofMillis(100));
      RowFlusher flusher =
          new RowFlusher(buffer, source, InstantSource.system(), duration -> {}, files);
      flusher.recover();
      flusher.start();
      way.cut();
      List<TickerFeed> feeds = feeds();
      List<Long> heap = new ArrayList<>();
      long start = System.nanoTime();
      for (int second = 0; second < SECONDS; second++) {
        trade(buffer, feeds, second);
        if (second % 300 == 299) {
          heap.add(usedHeap());
        }
      }
      Duration taken = since(start);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> buffer.depth().waiting() == 0 && flusher.spillStatus().spilled() > 0);
      SpillStatus spilled = flusher.spillStatus();
      start = System.nanoTime();
      way.mend();
      await()
          .atMost(Duration.ofMinutes(20))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> !flusher.isBehind());
      System.out.printf(
          "%d ticks: %d batches, %d bytes, %d files, taken in %d s (%d ticks a second), drained in"
              + " %d s; heap in MB along the way %s%n",
          (long) SECONDS * TICKERS * TICKS_A_SECOND,
          spilled.spilled(),
          spilled.bytes(),
          spilled.segments(),
          taken.toSeconds(),
          SECONDS * TICKERS * TICKS_A_SECOND / Math.max(1, taken.toSeconds()),
          since(start).toSeconds(),
          heap.stream().map(bytes -> bytes >> 20).toList());
      assertThat(spilled.droppedQuotes()).isZero();
      assertThat(sql(database, "SELECT count(*) FROM equity_data"))
          .isEqualTo(Integer.toString(SECONDS * TICKERS));
      assertThat(sql(database, "SELECT sum(volume) FROM equity_data"))
          .isEqualTo(Integer.toString(SECONDS * TICKERS * TICKS_A_SECOND));
      var loaded =
          new FeedStore(JdbcClient.create(source(database)), RULES)
              .load(feeds.stream().map(TickerFeed::ticker).toList());
      feeds.forEach(
          feed ->
              assertThat(loaded.get(feed.ticker()))
                  .isNotNull()
                  .extracting(TickerFeed::state)
                  .isEqualTo(feed.state()));
      flusher.close();
    }
  }

  private static List<TickerFeed> feeds() {
    List<TickerFeed> feeds = new ArrayList<>();
    for (int number = 0; number < TICKERS; number++) {
      TickerFeed feed = new TickerFeed(new Ticker("T" + number), RULES);
      feed.accept(Price.of("100.00"), 0L, OPEN.minusSeconds(1));
      feeds.add(feed);
    }
    return feeds;
  }

  private static void trade(RowBuffer buffer, List<TickerFeed> feeds, int second)
      throws InterruptedException {
    for (int tick = 0; tick < TICKS_A_SECOND; tick++) {
      long volume = (long) second * TICKS_A_SECOND + tick + 1;
      Instant time = OPEN.plusSeconds(second).plusMillis(50L * tick);
      buffer.update(
          () -> {
            for (TickerFeed feed : feeds) {
              Price price = new Price(1_000_000 + (volume * 7 + feed.ticker().hashCode()) % 900);
              SecondRow row = feed.accept(price, volume, time);
              assertThat(row).isNotNull();
              buffer.put(row);
              buffer.changed(feed);
              buffer.put(
                  new QuoteRow(
                      new Quote(feed.ticker(), price, price, 1L, 1L, price, time, time), time));
            }
          });
    }
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  private static String sql(TestDatabase database, String query) throws SQLException {
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  private static PGSimpleDataSource source(TestDatabase database) {
    DatabaseUrl url = database.url(DatabaseRole.STREAMER);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url.jdbcUrl());
    source.setUser(url.user());
    source.setPassword(url.password());
    return source;
  }
}
