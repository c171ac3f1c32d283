package io.alphakite.streaming.health;

import io.alphakite.streaming.store.SpillStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The figures of what waits on disk, for a scraper. */
public final class SpillMetrics implements MeterBinder {
  private final Supplier<SpillStatus> spill;

  /** Reads from here. */
  public SpillMetrics(Supplier<SpillStatus> spill) {
    this.spill = spill;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "spill.bytes", "bytes of rows that wait on disk", SpillStatus::bytes);
    gauge(registry, "spill.segments", "files they are in", SpillStatus::segments);
    counter(registry, "spill.spilled", "batches written to disk", SpillStatus::spilled);
    counter(registry, "spill.drained", "batches brought to the database", SpillStatus::drained);
    counter(
        registry,
        "spill.dropped.quotes",
        "quotes left out for want of room on disk",
        SpillStatus::droppedQuotes);
    counter(
        registry,
        "spill.damaged.bytes",
        "bytes on disk that could not be read back",
        SpillStatus::damagedBytes);
    counter(registry, "refused", "items the tables would not take", SpillStatus::refused);
    counter(registry, "unexpected", "errors of our own while writing", SpillStatus::unexpected);
  }

  private void gauge(
      MeterRegistry registry, String name, String text, ToDoubleFunction<SpillStatus> figure) {
    Gauge.builder("kite.streaming." + name, spill, from -> figure.applyAsDouble(from.get()))
        .description(text)
        .strongReference(true)
        .register(registry);
  }

  private void counter(
      MeterRegistry registry, String name, String text, ToDoubleFunction<SpillStatus> figure) {
    FunctionCounter.builder(
            "kite.streaming." + name, spill, from -> figure.applyAsDouble(from.get()))
        .description(text)
        .register(registry);
  }
}
