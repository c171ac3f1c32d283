package io.alphakite.streaming.retention;

import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.health.Status;
import io.alphakite.platform.time.MarketClock;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether the tables have room for the days to come, and what will be dropped. Never DOWN: without
 * a partition of their own rows wait in the default one.
 */
public final class PartitionsCheck implements HealthCheck {
  private static final Duration AHEAD_LEAST = Duration.ofDays(3);

  /** The job looks each hour. */
  private static final Duration JOB_DEAD = Duration.ofHours(3);

  private final Retention retention;
  private final MarketClock market;
  private final InstantSource wallClock;
  private final Instant started;

  /** Looks at this job and its tables. */
  public PartitionsCheck(Retention retention, MarketClock market, InstantSource wallClock) {
    this.retention = retention;
    this.market = market;
    this.wallClock = wallClock;
    this.started = wallClock.instant();
  }

  @Override
  public String name() {
    return "partitions";
  }

  @Override
  public CheckResult check() {
    Map<String, Object> details = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    Retention.Report report = retention.report();
    try {
      notes.addAll(look().values());
      announced(details);
    } catch (SQLException e) {
      notes.add("cannot look at the partitions: " + e.getMessage());
    }
    if (report.diskLimitBytes() != Long.MAX_VALUE && report.at() != null) {
      details.put("database_mb", report.databaseBytes() >> 20);
      details.put("disk_limit_mb", report.diskLimitBytes() >> 20);
      if (report.databaseBytes() > report.diskLimitBytes()) {
        notes.add("the database is over RETENTION_DISK_LIMIT");
      }
    }
    if (!notes.isEmpty()) {
      details.put("note", String.join("; ", notes));
    }
    return new CheckResult(notes.isEmpty() ? Status.UP : Status.DEGRADED, details);
  }

  /**
   * What is wrong, for an alarm; nothing while the job's first look is awaited.
   *
   * @throws SQLException when nobody can look
   */
  public Set<PartitionTrouble> troubles() throws SQLException {
    boolean first = retention.report().at() == null;
    boolean young = Duration.between(started, wallClock.instant()).compareTo(JOB_DEAD) <= 0;
    return first && young ? Set.of() : Set.copyOf(look().keySet());
  }

  /** What is wrong, each with its details. */
  private Map<PartitionTrouble, String> look() throws SQLException {
    Map<PartitionTrouble, String> found = new EnumMap<>(PartitionTrouble.class);
    Retention.Report report = retention.report();
    Instant wall = wallClock.instant();
    Instant lastLook = report.at() == null ? started : report.at();
    if (report.problem() != null) {
      note(found, PartitionTrouble.JOB_FAILS, report.problem());
    }
    if (Duration.between(lastLook, wall).compareTo(JOB_DEAD) > 0) {
      note(
          found,
          PartitionTrouble.JOB_FAILS,
          "nobody has looked after the partitions since " + lastLook);
    }
    Instant marketNow = market.now();
    for (boolean metrics : new boolean[] {false, true}) {
      Instant now = metrics ? wall : marketNow;
      if (now.equals(Instant.EPOCH)) {
        continue;
      }
      for (PartitionStore.Outlook outlook : retention.outlook(now)) {
        if (outlook.table().equals(RetentionPlan.METRICS) != metrics) {
          continue;
        }
        if (outlook.waiting() > 0) {
          note(
              found,
              PartitionTrouble.ROWS_WAIT,
              "%d rows of %s wait in the default partition"
                  .formatted(outlook.waiting(), outlook.table()));
        }
        if (outlook.coveredUntil().isBefore(now.plus(AHEAD_LEAST))) {
          note(
              found,
              PartitionTrouble.SHORT,
              "%s has partitions until %s only".formatted(outlook.table(), outlook.coveredUntil()));
        }
      }
    }
    return found;
  }

  private static void note(
      Map<PartitionTrouble, String> found, PartitionTrouble trouble, String words) {
    found.merge(trouble, words, (one, other) -> one + "; " + other);
  }

  private void announced(Map<String, Object> details) throws SQLException {
    List<String> drops =
        retention.announced().stream()
            .map(drop -> "%s at %s".formatted(drop.partition().name(), drop.due()))
            .toList();
    if (!drops.isEmpty()) {
      details.put("drops_announced", drops);
    }
  }
}
