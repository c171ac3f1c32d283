package io.alphakite.streaming.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.health.Status;
import io.alphakite.schwab.stream.LevelOneEquity;
import io.alphakite.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class QuarantineStoreTest {

  private static final Ticker SPY = Ticker.of("SPY");
  private static final Instant AT = Instant.parse("2013-10-08T13:30:00Z");

  private final TestDatabase database = TestDatabase.create();
  private final Quarantine quarantine = new Quarantine();
  private final QuarantineStore store = new QuarantineStore(quarantine, dataSource());

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void keepsTheFirstOfEachSpellAndTheNewestRows() throws SQLException {
    for (int second = 0; second < 2; second++) {
      say("1000.00", "100.02", "100.01", second);
    }
    assertThat(new QuarantineCheck(quarantine).check().status()).isEqualTo(Status.DEGRADED);
    say("100.01", "100.00", "100.01", 5);
    // Beyond what any column of prices holds.
    say("900000000000.00", "100.00", "100.01", 6);
    store.write();
    assertThat(
            rows(
                "SELECT reason || ' ' || to_char(at AT TIME ZONE 'UTC', 'SS') || ' ' || last || ' '"
                    + " || bid || ' ' || ask || ' ' || volume || ' ' || last_before"
                    + " FROM streaming.quarantine ORDER BY id"))
        .containsExactly(
            "far_from_last 00 1000.0000 100.0200 100.0100 1000 100.0000",
            "crossed 00 1000.0000 100.0200 100.0100 1000 100.0000",
            "far_from_last 06 900000000000.0000 100.0000 100.0100 1006 100.0000");
    assertThat(quarantine.count(Reason.FAR_FROM_LAST)).isEqualTo(3);
    assertThat(quarantine.count(Reason.CROSSED)).isEqualTo(2);

    database.execute(
        "INSERT INTO streaming.quarantine (ticker, at, received_at, reason)"
            + " SELECT 'IBM', now(), now(), 'crossed' FROM generate_series(1, 10000)");
    say("100.01", "100.02", "100.01", 7);
    store.write();
    assertThat(rows("SELECT count(*) || ' ' || max(ticker) FROM streaming.quarantine"))
        .containsExactly("10000 SPY");
  }

  @Test
  void keepsWhatCannotBeWrittenUpToALimit() throws SQLException {
    database.execute("ALTER TABLE streaming.quarantine RENAME TO away");
    for (int spell = 0; spell < Quarantine.WAITING_MAX + 10; spell++) {
      say("100.00", "100.02", "100.01", spell);
      say("100.00", "100.00", "100.01", spell);
    }
    assertThat(quarantine.notKept()).isEqualTo(10);
    store.write();
    database.execute("ALTER TABLE streaming.away RENAME TO quarantine");
    store.write();
    assertThat(rows("SELECT count(*) FROM streaming.quarantine")).containsExactly("1000");
  }

  private void say(String last, String bid, String ask, int second) {
    LevelOneEquity image =
        LevelOneEquity.of(SPY)
            .last(Price.of(last))
            .bid(Price.of(bid))
            .ask(Price.of(ask))
            .totalVolume(1_000L + second)
            .tradeTime(AT.plusSeconds(second))
            .quoteTime(AT.plusSeconds(second))
            .build();
    quarantine.judge(image, Price.of("100.00"), AT.plusSeconds(second));
  }

  private List<String> rows(String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
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
