package io.alphakite.streaming.retention;

import io.alphakite.platform.time.MarketClock;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the partitions once an hour: makes them two weeks ahead, moves rows out of the
 * default partitions, announces what is too old or too much, and drops it a day later, after it was
 * exported where that is wanted. A look that fails is tried again an hour later; nothing is lost by
 * it, since a row always finds a partition.
 */
public final class Retention implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Retention.class);
  private static final Duration AHEAD = Duration.ofDays(14);
  private static final Duration EVERY = Duration.ofHours(1);

  /** A start has more urgent things to do. */
  private static final Duration FIRST = Duration.ofMinutes(1);

  /**
   * How the last look went.
   *
   * @param at wall time of its end; null before the first
   * @param problem why it did not do all it should; null when it did
   */
  public record Report(
      @Nullable Instant at, @Nullable String problem, long databaseBytes, long diskLimitBytes) {}

  private final PartitionStore store;
  private final RetentionSettings settings;
  private final @Nullable MonthExport export;
  private final MarketClock market;
  private final InstantSource wallClock;
  private final Thread thread;
  private volatile Report report;

  /** A job over this database, not yet begun. */
  public Retention(
      DataSource database,
      RetentionSettings settings,
      MarketClock market,
      InstantSource wallClock) {
    this.store = new PartitionStore(database);
    this.settings = settings;
    Path directory = settings.exportDirectory();
    this.export = directory == null ? null : new MonthExport(database, directory);
    this.market = market;
    this.wallClock = wallClock;
    this.report = new Report(null, null, 0, settings.diskLimitBytes());
    this.thread = Thread.ofVirtual().name("retention").unstarted(this::run);
  }

  /** Begins, in a thread of its own. */
  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  /** How the last look went. */
  public Report report() {
    return report;
  }

  /** How the tables stand now. */
  List<PartitionStore.Outlook> outlook(Instant moment) throws SQLException {
    return store.outlook(moment);
  }

  /** What will be dropped. */
  List<PartitionStore.Announced> announced() throws SQLException {
    return store.announced();
  }

  private void run() {
    try {
      Thread.sleep(FIRST);
      while (!Thread.currentThread().isInterrupted()) {
        look();
        Thread.sleep(EVERY);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** One look. */
  void look() {
    String problem = null;
    long bytes = report.databaseBytes();
    try {
      Instant now = market.now();
      Instant wall = wallClock.instant();
      ensure(now, wall);
      int settled = store.settle();
      if (settled > 0) {
        log.atInfo()
            .addKeyValue("event", "partitions.settled")
            .addKeyValue("partitions", settled)
            .log("Rows moved from default partitions into {} of their own", settled);
      }
      bytes = store.databaseBytes();
      Map<Partition, RetentionPlan.Reason> plan =
          RetentionPlan.of(store.partitions(), settings, now, wall, bytes);
      announce(plan);
      problem = drop(plan, wall);
    } catch (SQLException | RuntimeException e) {
      problem = "the partitions could not be looked after: " + e.getMessage();
    }
    if (problem != null) {
      log.atWarn().addKeyValue("event", "partitions.failed").log("{}", problem);
    }
    report = new Report(wallClock.instant(), problem, bytes, settings.diskLimitBytes());
  }

  private void ensure(Instant now, Instant wall) throws SQLException {
    if (!now.equals(Instant.EPOCH)) {
      store.ensure(now, now.plus(AHEAD));
    }
    store.ensure(wall, wall.plus(AHEAD));
  }

  private void announce(Map<Partition, RetentionPlan.Reason> plan) throws SQLException {
    for (PartitionStore.Announced announced : store.announced()) {
      if (plan.keySet().stream().noneMatch(p -> p.name().equals(announced.partition().name()))) {
        store.withdraw(announced.partition());
        log.atInfo()
            .addKeyValue("event", "partitions.drop_withdrawn")
            .addKeyValue("partition", announced.partition().name())
            .log("{} will not be dropped after all", announced.partition().name());
      }
    }
    for (Map.Entry<Partition, RetentionPlan.Reason> doomed : plan.entrySet()) {
      if (store.announce(doomed.getKey(), doomed.getValue())) {
        log.atWarn()
            .addKeyValue("event", "partitions.drop_announced")
            .addKeyValue("partition", doomed.getKey().name())
            .addKeyValue("reason", doomed.getValue())
            .log(
                "{} will be dropped in a day ({})",
                doomed.getKey().name(),
                doomed.getValue() == RetentionPlan.Reason.AGE
                    ? "older than is kept"
                    : "the disk limit");
      }
    }
  }

  private @Nullable String drop(Map<Partition, RetentionPlan.Reason> plan, Instant wall)
      throws SQLException {
    Map<String, Partition> wanted =
        plan.keySet().stream().collect(Collectors.toMap(Partition::name, partition -> partition));
    for (PartitionStore.Announced announced : store.announced()) {
      Partition partition = wanted.get(announced.partition().name());
      if (partition == null || announced.due().isAfter(wall)) {
        continue;
      }
      String exported = "";
      if (export != null && !partition.table().equals(RetentionPlan.METRICS)) {
        try {
          MonthExport.Result result = export.export(partition);
          exported = ", %d rows exported to %s".formatted(result.rows(), result.file());
        } catch (IOException e) {
          return partition.name() + " is not dropped, its export failed: " + e.getMessage();
        }
      }
      long freed = store.drop(partition);
      if (freed >= 0) {
        log.atWarn()
            .addKeyValue("event", "partitions.dropped")
            .addKeyValue("partition", partition.name())
            .addKeyValue("bytes", freed)
            .log("{} dropped, {} MB set free{}", partition.name(), freed >> 20, exported);
      }
    }
    return null;
  }
}
