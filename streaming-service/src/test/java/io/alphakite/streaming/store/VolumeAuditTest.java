package io.alphakite.streaming.store;

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
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerFeed;
import io.alphakite.streaming.gap.GapCause;
import io.alphakite.streaming.gap.GapLedger;
import io.alphakite.streaming.gap.GapRetries;
import io.alphakite.streaming.gap.GapSettings;
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
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows that vanish are missed, and the candles of their minutes take their place. */
@Timeout(60)
class VolumeAuditTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");
  private static final FeedRules RULES =
      new FeedRules(MarketCalendar.nyse(), TradingHours.REGULAR, MovingAverage.Bars.ofSeconds(60));

  private final TestDatabase database = TestDatabase.create();
  private final RowBuffer buffer =
      new RowBuffer(new StoreSettings(1, Duration.ofSeconds(1), 10_000));
  private final RowWriter writer = new RowWriter(dataSource(), InstantSource.system(), buffer);
  private final TickerFeed feed = new TickerFeed(SPY, RULES);
  private final List<String> lost = new ArrayList<>();

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void rowsThatVanishAreMissedOnce() throws Exception {
    VolumeAudit audit =
        new VolumeAudit(
            JdbcClient.create(dataSource()),
            RULES,
            (ticker, from, to) -> lost.add(ticker + " " + from + " " + to));
    trade(0, 600);
    audit.round();
    trade(601, 660);
    audit.round();
    assertThat(lost).as("nothing is missing").isEmpty();

    trade(661, 800);
    sql(
        "DELETE FROM equity_data WHERE timestamp >= '2013-10-08 13:41:30Z' AND timestamp <"
            + " '2013-10-08 13:43:00Z'");
    audit.round();
    assertThat(lost).containsExactly("SPY 2013-10-08T13:41:00Z 2013-10-08T13:43:20.001Z");
    audit.round();
    assertThat(lost).hasSize(1);
  }

  @Test
  void minutesWithoutARowGetTheirCandles() throws Exception {
    trade(0, 800);
    sql(
        "DELETE FROM equity_data WHERE timestamp >= '2013-10-08 13:41:30Z' AND timestamp <"
            + " '2013-10-08 13:43:00Z'");
    PriceHistory history =
        new PriceHistory(
            (ticker, from, to, extended) ->
                List.of(candle(11, 600), candle(12, 601), candle(13, 602)));
    Map<Ticker, TickerFeed> feeds = Map.of(SPY, feed);
    GapLedger ledger =
        new GapLedger(
            RULES,
            new GapSettings(Duration.ofMillis(10), 5),
            InstantSource.system(),
            new GapRetries(history));
    ledger.rowsLost(SPY, OPEN.plusSeconds(660), OPEN.plusSeconds(801), GapCause.VOLUME_MISMATCH);
    await()
        .until(
            () -> {
              buffer.update(() -> ledger.step(feeds, OPEN.plusSeconds(801), buffer));
              writer.write(buffer.drain());
              return sql("SELECT state FROM data_gaps WHERE cause = 'volume_mismatch'")
                  .equals(List.of("repaired"));
            });
    // Minute 11 still has rows, and so has 13.
    assertThat(
            sql(
                "SELECT timestamp::text || ' ' || volume FROM equity_data WHERE source ="
                    + " 'backfill'"))
        .containsExactly("2013-10-08 13:42:59+00 601");
    assertThat(
            sql("SELECT candles || ' ' || volume FROM data_gaps WHERE cause = 'volume_mismatch'"))
        .containsExactly("1 601");
  }

  /** One trade of ten shares each second. */
  private void trade(int from, int to) throws Exception {
    buffer.update(
        () -> {
          for (int second = from; second <= to; second++) {
            SecondRow row =
                feed.accept(Price.of("100"), 1_000L + second * 10L, OPEN.plusSeconds(second));
            if (row != null) {
              buffer.put(row);
            }
          }
          buffer.changed(feed);
        });
    writer.write(buffer.drain());
  }

  private static Bar candle(int minute, long volume) {
    Price price = Price.of("100");
    return new Bar(OPEN.plusSeconds(minute * 60L), price, price, price, price, volume);
  }

  private List<String> sql(String query) throws SQLException {
    List<String> result = new ArrayList<>();
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET TIME ZONE 'UTC'");
      if (statement.execute(query)) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            result.add(rows.getString(1));
          }
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
}
