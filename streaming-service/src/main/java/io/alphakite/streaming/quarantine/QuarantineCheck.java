package io.alphakite.streaming.quarantine;

import io.alphakite.model.market.Ticker;
import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.health.Status;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is kept out, for {@code /health} and as {@code kite.streaming.quarantined}. */
public final class QuarantineCheck implements HealthCheck, MeterBinder {

  private static final int NAMED_MAX = 20;

  private final Quarantine quarantine;

  public QuarantineCheck(Quarantine quarantine) {
    this.quarantine = quarantine;
  }

  @Override
  public String name() {
    return "quarantine";
  }

  @Override
  public CheckResult check() {
    Map<String, Object> details = new LinkedHashMap<>();
    List<String> held =
        quarantine.held().stream().sorted().map(Ticker::symbol).limit(NAMED_MAX).toList();
    if (!held.isEmpty()) {
      details.put("note", "the last price of these is not believed; see streaming.quarantine");
      details.put("held", held);
    }
    for (Reason reason : Reason.values()) {
      details.put(reason.label(), quarantine.count(reason));
    }
    return new CheckResult(held.isEmpty() ? Status.UP : Status.DEGRADED, details);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (Reason reason : Reason.values()) {
      FunctionCounter.builder(
              "kite.streaming.quarantined", quarantine, source -> source.count(reason))
          .description("messages of which a part was not believed")
          .tag("reason", reason.label())
          .register(registry);
    }
    FunctionCounter.builder("kite.streaming.quarantine.not.kept", quarantine, Quarantine::notKept)
        .description("of the first messages of spells, those that no table has")
        .register(registry);
  }
}
