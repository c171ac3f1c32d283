package io.alphakite.streaming.health;

import io.alphakite.model.market.Ticker;
import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.health.Status;
import io.alphakite.platform.time.MarketClock;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.intake.IntakeStatus;
import io.alphakite.streaming.store.FlushStatus;
import io.alphakite.streaming.store.RowBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether rows are as new as the market, and reach the database. Market time decides, so that a
 * replay at any speed is judged by its own clock; outside hours nothing is expected.
 */
public final class FreshnessCheck implements HealthCheck {
  private static final Duration STALE = Duration.ofMinutes(1);
  private static final Duration DEAD = Duration.ofMinutes(5);
  // Of thousands a person reads the first.
  private static final int NAMED_MAX = 20;
  private static final Duration WRITE_SLOW = Duration.ofSeconds(10);
  private static final Duration WRITE_DEAD = Duration.ofSeconds(60);

  private final Supplier<IntakeStatus> intake;
  private final Supplier<RowBuffer.Depth> buffer;
  private final Supplier<FlushStatus> flushes;
  private final FeedRules rules;
  private final Duration batchInterval;
  private final MarketClock market;

  /** Looks here. */
  public FreshnessCheck(
      Supplier<IntakeStatus> intake,
      Supplier<RowBuffer.Depth> buffer,
      Supplier<FlushStatus> flushes,
      FeedRules rules,
      Duration batchInterval,
      MarketClock market) {
    this.intake = intake;
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
    Status market = market(details);
    return new CheckResult(writing.worse(market), details);
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
    Map<Ticker, Instant> newest = intake.get().newestTicks();
    Optional<Instant> freshest = newest.values().stream().max(Instant::compareTo);
    if (freshest.isEmpty()) {
      details.putIfAbsent("note", "no tick has come yet");
      return Status.DEGRADED;
    }
    Duration age = Duration.between(freshest.get(), now);
    details.put("newest_tick_age_s", age.toSeconds());
    List<String> quiet =
        newest.entrySet().stream()
            .filter(entry -> Duration.between(entry.getValue(), now).compareTo(DEAD) > 0)
            .map(entry -> entry.getKey().symbol())
            .sorted()
            .toList();
    if (!quiet.isEmpty()) {
      details.put("quiet", quiet.stream().limit(NAMED_MAX).toList());
      details.put("quiet_count", quiet.size());
    }
    if (age.compareTo(STALE) > 0) {
      details.putIfAbsent("note", "no tick of any ticker for " + age.toSeconds() + " s");
      return age.compareTo(DEAD) > 0 ? Status.DOWN : Status.DEGRADED;
    }
    return Status.UP;
  }

  private boolean isOpen(Instant time) {
    return rules.calendar().isOpen(time, rules.hours());
  }
}
