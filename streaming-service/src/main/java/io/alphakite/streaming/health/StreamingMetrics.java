package io.alphakite.streaming.health;

import io.alphakite.schwab.stream.StreamStats;
import io.alphakite.streaming.feed.FeedCounts;
import io.alphakite.streaming.intake.IntakeStatus;
import io.alphakite.streaming.store.FlushStatus;
import io.alphakite.streaming.store.RowBuffer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The figures of the streaming service under {@code /actuator/prometheus}. */
public final class StreamingMetrics implements MeterBinder {
  /** The timer of flushes. */
  public static final String FLUSH_TIMER = "kite.streaming.flush";

  private final Supplier<IntakeStatus> intake;
  private final Supplier<StreamStats> stream;
  private final Supplier<RowBuffer.Depth> buffer;
  private final Supplier<FlushStatus> flushes;

  /** Reads from here. */
  public StreamingMetrics(
      Supplier<IntakeStatus> intake,
      Supplier<StreamStats> stream,
      Supplier<RowBuffer.Depth> buffer,
      Supplier<FlushStatus> flushes) {
    this.intake = intake;
    this.stream = stream;
    this.buffer = buffer;
    this.flushes = flushes;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    feed(registry, "ticks", "changes of price or day volume within hours", FeedCounts::ticks);
    feed(registry, "ticks.outside.hours", "such changes outside hours", FeedCounts::outsideHours);
    feed(registry, "stale", "messages older than what was known, ignored", FeedCounts::stale);
    feed(registry, "corrections", "day volumes corrected downwards", FeedCounts::corrections);
    feed(registry, "late", "ticks of a second before the newest row's", FeedCounts::late);
    feed(registry, "late.beyond.window", "of these, without a row", FeedCounts::lateBeyondWindow);
    feed(registry, "unusable", "messages with impossible values", FeedCounts::unusable);
    feed(registry, "candles", "candles that filled gaps", FeedCounts::candles);
    counter(registry, "broken", "messages skipped for an error", intake, IntakeStatus::broken);
    counter(registry, "frames", "frames received", stream, StreamStats::frames);
    counter(
        registry,
        "unknown.messages",
        "frames and services that could not be read",
        stream,
        stats -> stats.garbledFrames() + stats.unknownServices());
    counter(registry, "connections", "logins of the streamer", stream, StreamStats::connections);
    counter(
        registry,
        "backpressure.waits",
        "times the socket was not read because a queue was full",
        stream,
        StreamStats::fullQueueWaits);
    counter(
        registry,
        "buffer.full.waits",
        "times the stream waited for the database",
        buffer,
        RowBuffer.Depth::fullWaits);
    counter(registry, "rows", "rows written, updates included", flushes, FlushStatus::rows);
    counter(registry, "flush.failures", "flushes that failed", flushes, FlushStatus::failures);
    gauge(registry, "queue", "messages waiting for the intake", stream, StreamStats::queued);
    gauge(registry, "buffer", "rows waiting for a flush", buffer, RowBuffer.Depth::waiting);
    gauge(registry, "connected", "1 while logged in", intake, status -> status.connected() ? 1 : 0);
  }

  private void feed(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<FeedCounts> figure) {
    counter(registry, name, description, intake, status -> figure.applyAsDouble(status.counts()));
  }

  private static <T> void counter(
      MeterRegistry registry,
      String name,
      String description,
      Supplier<T> source,
      ToDoubleFunction<T> figure) {
    FunctionCounter.builder(
            "kite.streaming." + name, source, from -> figure.applyAsDouble(from.get()))
        .description(description)
        .register(registry);
  }

  private static <T> void gauge(
      MeterRegistry registry,
      String name,
      String description,
      Supplier<T> source,
      ToDoubleFunction<T> figure) {
    Gauge.builder("kite.streaming." + name, source, from -> figure.applyAsDouble(from.get()))
        .description(description)
        .strongReference(true)
        .register(registry);
  }
}
