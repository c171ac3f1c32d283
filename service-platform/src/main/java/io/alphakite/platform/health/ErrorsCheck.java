package io.alphakite.platform.health;

import io.alphakite.platform.logging.ErrorCounter;
import java.util.Map;

/** More than three errors in five minutes are worth a look. */
final class ErrorsCheck implements HealthCheck {
  private static final int TOLERATED = 3;

  @Override
  public String name() {
    return "errors";
  }

  @Override
  public CheckResult check() {
    int recent = ErrorCounter.lastFiveMinutes();
    Map<String, Object> details = Map.of("last_5_minutes", recent);
    return new CheckResult(recent > TOLERATED ? Status.DEGRADED : Status.UP, details);
  }
}
