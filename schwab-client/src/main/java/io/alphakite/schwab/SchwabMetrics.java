package io.alphakite.schwab;

import io.alphakite.schwab.http.CircuitState;
import io.alphakite.schwab.http.RateBudget;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What one process asks of Schwab and how Schwab answers, as {@code kite.schwab.*}: the rate
 * budget, the circuit breakers, the difference between the clocks, and what was met in answers and
 * is not known. Names and words from answers are counted, never shown.
 */
public final class SchwabMetrics implements MeterBinder {

  private static final List<String> SERVICES = List.of("marketdata", "trader");

  /** How the names of {@link SchwabApi#unknowns} begin; what is beyond its limit is the last. */
  private static final List<String> UNKNOWN_KINDS = List.of("field", "word", "unreadable", "other");

  private final Supplier<Optional<SchwabApi>> schwab;

  /**
   * Reads from there.
   *
   * @param schwab empty while there is no connection yet
   */
  public SchwabMetrics(Supplier<Optional<SchwabApi>> schwab) {
    this.schwab = schwab;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    calls(registry, "read", RateBudget.Usage::reads);
    calls(registry, "place", RateBudget.Usage::places);
    calls(registry, "cancel", RateBudget.Usage::cancels);
    calls(registry, "other", RateBudget.Usage::others);
    counter(registry, "throttled", "reads answered with 429", RateBudget.Usage::throttled);
    counter(registry, "waits", "reads that waited for their turn", RateBudget.Usage::waited);
    counter(
        registry,
        "refused.reads",
        "reads not sent: too long a queue",
        RateBudget.Usage::refusedReads);
    counter(
        registry,
        "refused.writes",
        "order writes not sent: above the limit",
        RateBudget.Usage::refusedWrites);
    budget(registry, "available", "requests that may leave at once", RateBudget.Usage::available);
    budget(
        registry,
        "limit",
        "requests a minute this process may send",
        RateBudget.Usage::requestsPerMinute);
    budget(
        registry,
        "orders.last.minute",
        "order writes of the busiest account",
        RateBudget.Usage::ordersInLastMinute);
    budget(
        registry,
        "paused.seconds",
        "how long a 429 still holds reads back",
        usage -> seconds(usage.pausedFor()));
    for (String service : SERVICES) {
      gauge(
          registry,
          "circuit",
          "0 lets reads through, 1 tries whether it is over, 2 refuses them",
          Tags.of("service", service),
          api -> open(api.circuits().getOrDefault(service, CircuitState.CLOSED)));
    }
    gauge(
        registry,
        "ready.connections",
        "connections that stand open for orders; 0 where none are expected",
        Tags.empty(),
        SchwabApi::readyForOrders);
    gauge(
        registry,
        "clock.ahead.seconds",
        "how far Schwab's clock is ahead of ours",
        Tags.empty(),
        api -> api.clockSkew().map(SchwabMetrics::seconds).orElse(Double.NaN));
    for (String kind : UNKNOWN_KINDS) {
      counter(
          registry,
          "unknown",
          "fields and words in answers that this client does not know",
          Tags.of("kind", kind),
          api -> unknown(api.unknowns(), kind));
    }
  }

  private static double open(CircuitState state) {
    return switch (state) {
      case CLOSED -> 0;
      case HALF_OPEN -> 1;
      case OPEN -> 2;
    };
  }

  private static double unknown(Map<String, Long> counts, String kind) {
    long sum = 0;
    for (Map.Entry<String, Long> count : counts.entrySet()) {
      int space = count.getKey().indexOf(' ');
      String itsKind = space < 0 ? "other" : count.getKey().substring(0, space);
      sum += itsKind.equals(kind) ? count.getValue() : 0;
    }
    return sum;
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1_000.0;
  }

  private void calls(
      MeterRegistry registry, String kind, ToDoubleFunction<RateBudget.Usage> figure) {
    counter(
        registry,
        "calls",
        "calls admitted by the rate budget",
        Tags.of("kind", kind),
        api -> figure.applyAsDouble(api.budget()));
  }

  private void counter(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<RateBudget.Usage> figure) {
    counter(registry, name, description, Tags.empty(), api -> figure.applyAsDouble(api.budget()));
  }

  private void counter(
      MeterRegistry registry,
      String name,
      String description,
      Tags tags,
      ToDoubleFunction<SchwabApi> figure) {
    FunctionCounter.builder("kite.schwab." + name, schwab, from -> value(from, figure, 0))
        .description(description)
        .tags(tags)
        .register(registry);
  }

  private void budget(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<RateBudget.Usage> figure) {
    gauge(
        registry,
        "budget." + name,
        description,
        Tags.empty(),
        api -> figure.applyAsDouble(api.budget()));
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      Tags tags,
      ToDoubleFunction<SchwabApi> figure) {
    Gauge.builder("kite.schwab." + name, schwab, from -> value(from, figure, Double.NaN))
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private static double value(
      Supplier<Optional<SchwabApi>> schwab, ToDoubleFunction<SchwabApi> figure, double none) {
    return schwab.get().map(figure::applyAsDouble).orElse(none);
  }
}
