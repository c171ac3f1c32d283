package io.alphakite.streaming.health;

import io.alphakite.streaming.gap.GapCause;
import io.alphakite.streaming.gap.GapState;
import io.alphakite.streaming.gap.GapStatus;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.Supplier;

/** The gap ledger under {@code /actuator/prometheus}. */
public final class GapMetrics implements MeterBinder {
  private final Supplier<GapStatus> gaps;

  /** Reads from here. */
  public GapMetrics(Supplier<GapStatus> gaps) {
    this.gaps = gaps;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("kite.streaming.gaps.open", gaps, from -> from.get().openGaps())
        .description("gaps in the stream that last or are not repaired")
        .strongReference(true)
        .register(registry);
    for (GapCause cause : GapCause.values()) {
      FunctionCounter.builder(
              "kite.streaming.gaps.opened",
              gaps,
              from -> from.get().opened().getOrDefault(cause, 0L))
          .tag("cause", cause.wire())
          .description("gaps opened")
          .register(registry);
    }
    for (GapState state : GapState.values()) {
      if (state != GapState.OPEN) {
        FunctionCounter.builder(
                "kite.streaming.gaps.closed",
                gaps,
                from -> from.get().closed().getOrDefault(state, 0L))
            .tag("state", state.wire())
            .description("gaps closed")
            .register(registry);
      }
    }
  }
}
