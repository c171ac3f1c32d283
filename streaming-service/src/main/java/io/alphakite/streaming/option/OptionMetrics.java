package io.alphakite.streaming.option;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The figures of options under {@code /actuator/prometheus}. */
public final class OptionMetrics implements MeterBinder {
  private final Supplier<OptionStatus> status;

  /** Reads from here. */
  public OptionMetrics(Supplier<OptionStatus> status) {
    this.status = status;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "contracts", "option contracts streamed", OptionStatus::contracts);
    gauge(registry, "chains.missing", "underlyings without a chain", now -> now.missing().size());
    gauge(registry, "beyond.limit", "contracts without room", OptionStatus::beyondLimit);
    counter(registry, "chain.requests", "chains asked for", OptionStatus::chainRequests);
    counted(registry, "images", "first messages of contracts", OptionCounts::images);
    counted(registry, "rows", "rows made or changed", OptionCounts::rows);
    counted(registry, "rejected", "values that cannot be", OptionCounts::rejected);
    counted(registry, "crossed", "quotes with the bid above the ask", OptionCounts::crossed);
    counted(registry, "untimed", "messages of no or of an impossible time", OptionCounts::untimed);
    counted(registry, "outside.hours", "messages outside hours", OptionCounts::outsideHours);
    counted(registry, "late", "messages older than the newest row", OptionCounts::late);
  }

  private void counted(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<OptionCounts> figure) {
    counter(registry, name, description, now -> figure.applyAsDouble(now.counts()));
  }

  private void counter(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<OptionStatus> figure) {
    FunctionCounter.builder(
            "kite.streaming.options." + name, status, from -> figure.applyAsDouble(from.get()))
        .description(description)
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<OptionStatus> figure) {
    Gauge.builder(
            "kite.streaming.options." + name, status, from -> figure.applyAsDouble(from.get()))
        .description(description)
        .strongReference(true)
        .register(registry);
  }
}
