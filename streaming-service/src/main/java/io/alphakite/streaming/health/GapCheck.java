package io.alphakite.streaming.health;

import io.alphakite.model.market.Ticker;
import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.health.Status;
import io.alphakite.streaming.gap.GapStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Whether the ledger has open gaps: indicators of their tickers may lack minutes. */
public final class GapCheck implements HealthCheck {
  // Of thousands a person reads the first; GET /v1/gaps has them all.
  private static final int NAMED_MAX = 20;

  private final Supplier<GapStatus> gaps;

  /** Looks here. */
  public GapCheck(Supplier<GapStatus> gaps) {
    this.gaps = gaps;
  }

  @Override
  public String name() {
    return "gaps";
  }

  @Override
  public CheckResult check() {
    GapStatus now = gaps.get();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("open", now.openGaps());
    if (now.openGaps() == 0) {
      return new CheckResult(Status.UP, details);
    }
    details.put("note", "gaps in the stream are not repaired yet");
    List<String> tickers =
        now.open().stream().sorted().limit(NAMED_MAX).map(Ticker::symbol).toList();
    details.put("tickers", tickers);
    return new CheckResult(Status.DEGRADED, details);
  }
}
