package io.alphakite.streaming.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the monthly partitions before the first row of a month is written, and ahead of time.
 *
 * <p>When the database refuses, the rows go to the default partition and it is tried again later: a
 * missing partition never loses a row. Used by one thread.
 */
final class Partitions {
  private static final Logger log = LoggerFactory.getLogger(Partitions.class);
  private static final Duration AHEAD = Duration.ofDays(14);
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final Set<YearMonth> made = new HashSet<>();
  private long retryAtNanos;
  private boolean refused;

  /** Makes the partition for this time, and for two weeks later. */
  void ensure(Connection connection, Instant time) throws SQLException {
    Instant ahead = time.plus(AHEAD);
    if (made.contains(month(time)) && made.contains(month(ahead))) {
      return;
    }
    if (refused && System.nanoTime() - retryAtNanos < 0) {
      return;
    }
    try (PreparedStatement make = connection.prepareStatement("SELECT ensure_partitions(?, ?)")) {
      make.setObject(1, OffsetDateTime.ofInstant(time, ZoneOffset.UTC));
      make.setObject(2, OffsetDateTime.ofInstant(ahead, ZoneOffset.UTC));
      make.execute();
      refused = false;
      made.add(month(time));
      made.add(month(ahead));
    } catch (SQLException e) {
      if (!connection.isValid(2)) {
        throw e;
      }
      refused = true;
      retryAtNanos = System.nanoTime() + RETRY.toNanos();
      log.atWarn()
          .addKeyValue("event", "partitions.refused")
          .addKeyValue("month", month(time))
          .log("Rows go to the default partition for now: {}", e.getMessage());
    }
  }

  private static YearMonth month(Instant time) {
    return YearMonth.from(time.atOffset(ZoneOffset.UTC));
  }
}
