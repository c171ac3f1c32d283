package io.alphakite.streaming.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.streaming.feed.FeedRules;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Gaps that are opened again from outside, between the table and the ledger. */
@Timeout(60)
class GapsAskedForTest {
  private static final String OPEN_AGAIN =
      "UPDATE data_gaps SET state = 'open', closed_at = NULL, attempts = 0, note = '"
          + GapStore.ASKED_FOR
          + "'";

  private final TestDatabase database = TestDatabase.create();
  private final RowBuffer buffer = new RowBuffer(new StoreSettings(1, Duration.ofHours(1), 1_000));
  private final RowWriter writer = new RowWriter(dataSource(), InstantSource.system(), buffer);
  private final GapLedger ledger =
      new GapLedger(
          new FeedRules(
              MarketCalendar.nyse(), TradingHours.REGULAR, MovingAverage.Bars.ofSeconds(60)),
          new GapSettings(Duration.ofMillis(20), 20),
          InstantSource.system(),
          new GapRetries(new PriceHistory((_, _, _, _) -> List.of())));
  private final GapsAskedFor asked =
      new GapsAskedFor(new GapStore(JdbcClient.create(dataSource())), ledger);

  @AfterEach
  void close() {
    asked.close();
    database.close();
  }

  @Test
  void gapThatIsOpenedAgainRightAfterItWasClosedIsHandedOnAgain() throws Exception {
    storeUnavailable();
    execute(OPEN_AGAIN);
    assertThat(handedOn().gaps().entries()).hasSize(1);
    Batch closed = handedOn();
    assertThat(closed.gaps().entries()).as("not yet written, so not twice").isEmpty();
    execute("UPDATE data_gaps SET state = 'unavailable', closed_at = now()");
    execute(OPEN_AGAIN);
    assertThat(handedOn().gaps().entries()).hasSize(1);
  }

  @Test
  void askingAgainKeepsTheFirstMessageAfterTheGap() throws Exception {
    storeUnavailable();
    execute(OPEN_AGAIN);
    writer.write(handedOn());
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT state, note, first_at = '2013-10-08T13:35:01Z', first_price, first_growth"
                    + " FROM data_gaps")) {
      row.next();
      assertThat(row.getString(1)).isEqualTo("unavailable");
      assertThat(row.getString(2)).isEqualTo("no longer streamed");
      assertThat(row.getBoolean(3)).isTrue();
      assertThat(row.getBigDecimal(4)).isEqualByComparingTo("100.5");
      assertThat(row.getLong(5)).isEqualTo(700);
    }
  }

  /** A round, and the ledger's step; it closes at once what is not streamed. */
  private Batch handedOn() throws InterruptedException {
    asked.round();
    buffer.update(() -> ledger.step(Map.of(), null, buffer));
    return buffer.drain();
  }

  private void storeUnavailable() throws SQLException {
    execute(
        """
        INSERT INTO data_gaps (id, ticker, starts_at, ends_at, cause, state, opened_at, closed_at, attempts, note,
                               first_at, first_price, first_growth)
        VALUES ('00000000-0000-0000-0000-000000000001', 'SPY', '2013-10-08T13:31:00Z', '2013-10-08T13:35:00Z',
          'disconnect', 'unavailable', now(), now(), 9, '', '2013-10-08T13:35:01Z', 100.5, 700)
        """);
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
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
