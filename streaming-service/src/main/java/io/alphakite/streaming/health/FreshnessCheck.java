package io.alphakite.streaming.health;

import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.health.Status;
import io.alphakite.platform.time.MarketClock;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.intake.IntakeStatus;
import io.alphakite.streaming.store.FlushStatus;
import io.alphakite.streaming.store.RowBuffer;
import io.alphakite.streaming.watch.FeedReport;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the rows in the database are as new as the market, whatever the sockets say, and new ones
 * reach it. Market time decides, so that a replay at any speed is judged by its own clock; outside
 * hours nothing is expected.
 */
public final class FreshnessCheck implements HealthCheck {
  private static final Duration STALE = Duration.ofMinutes(1);
  private static final Duration DEAD = Duration.ofMinutes(5);
  // Of thousands a person reads the first.
  private static final int NAMED_MAX = 20;
  private static final Duration WRITE_SLOW = Duration.ofSeconds(10);
  private static final Duration WRITE_DEAD = Duration.ofSeconds(60);

  private final Supplier<IntakeStatus> intake;
  private final Supplier<FeedReport> feed;
  private final Supplier<Optional<Instant>> committed;
  private final Supplier<RowBuffer.Depth> buffer;
  private final Supplier<FlushStatus> flushes;
  private final FeedRules rules;
  private final Duration batchInterval;
  private final MarketClock market;

  /**
   * Looks here.
   *
   * @param committed the newest tick that the database has
   */
  public FreshnessCheck(
      Supplier<IntakeStatus> intake,
      Supplier<FeedReport> feed,
      Supplier<Optional<Instant>> committed,
      Supplier<RowBuffer.Depth> buffer,
      Supplier<FlushStatus> flushes,
      FeedRules rules,
      Duration batchInterval,
      MarketClock market) {
    this.intake = intake;
    this.feed = feed;
    this.committed = committed;
    this.buffer = buffer;
    this.flushes = flushes;
    this.rules = rules;
    this.batchInterval = batchInterval;
    this.market = market;
  }

  @Override
  public String name() {
    return "freshness";
  }

  @Override
  public CheckResult check() {
    Map<String, Object> details = new LinkedHashMap<>();
    Status writing = writing(details);
    try {
      return new CheckResult(writing.worse(market(details)), details);
    } catch (RuntimeException e) {
      details.putIfAbsent("note", "the database does not say what is newest");
      return new CheckResult(Status.DOWN, details);
    }
  }

  private Status writing(Map<String, Object> details) {
    RowBuffer.Depth depth = buffer.get();
    FlushStatus flush = flushes.get();
    details.put("waiting_rows", depth.waiting());
    details.put("last_flush_ms", flush.last().toMillis());
    details.put("full_buffer_waits", depth.fullWaits());
    String failing = flush.failing();
    if (failing != null) {
      details.put("note", "rows wait for the database: " + failing);
      return flush.failingFor().compareTo(WRITE_DEAD) > 0 ? Status.DOWN : Status.DEGRADED;
    }
    Duration late = depth.oldest().minus(batchInterval);
    if (late.compareTo(WRITE_DEAD) > 0) {
      details.put("note", "rows are not written");
      return Status.DOWN;
    }
    if (late.compareTo(WRITE_SLOW) > 0) {
      details.put("note", "rows are written late");
      return Status.DEGRADED;
    }
    return Status.UP;
  }

  private Status market(Map<String, Object> details) {
    Instant now = market.now();
    details.put("market_time", now);
    // Nothing is expected outside hours, nor in their first minutes.
    if (now.equals(Instant.EPOCH) || !isOpen(now) || !isOpen(now.minus(DEAD))) {
      return Status.UP;
    }
    List<String> quiet =
        intake.get().newestTicks().entrySet().stream()
            .filter(entry -> Duration.between(entry.getValue(), now).compareTo(DEAD) > 0)
            .map(entry -> entry.getKey().symbol())
            .sorted()
            .toList();
    if (!quiet.isEmpty()) {
      details.put("quiet", quiet.stream().limit(NAMED_MAX).toList());
      details.put("quiet_count", quiet.size());
    }
    Optional<Instant> newest = committed.get();
    if (newest.isEmpty()) {
      details.putIfAbsent("note", "no row has been written yet");
      return Status.DEGRADED;
    }
    Duration age = Duration.between(newest.get(), now);
    details.put("newest_row_age_s", Math.max(0, age.toSeconds()));
    FeedReport report = feed.get();
    // Tickers that trade rarely have old rows by nature; whether that is so still, the feed says.
    boolean rare = report.learned() && report.canaries() == 0 && !report.state().blocking();
    if (age.compareTo(STALE) > 0 && !rare) {
      details.putIfAbsent(
          "note",
          "the newest row is " + age.toSeconds() + " s old in market time: " + report.message());
      if (report.hint() != null) {
        details.putIfAbsent("hint", report.hint());
      }
      return age.compareTo(DEAD) > 0 ? Status.DOWN : Status.DEGRADED;
    }
    return Status.UP;
  }

  private boolean isOpen(Instant time) {
    return rules.calendar().isOpen(time, rules.hours());
  }
}
