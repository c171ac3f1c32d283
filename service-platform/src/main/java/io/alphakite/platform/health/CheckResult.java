package io.alphakite.platform.health;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a check found.
 *
 * @param details figures and words for a person, in this order; no secrets
 */
public record CheckResult(Status status, Map<String, Object> details) {
  public CheckResult {
    details = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }

  public static CheckResult up() {
    return new CheckResult(Status.UP, Map.of());
  }

  public static CheckResult up(Map<String, Object> details) {
    return new CheckResult(Status.UP, details);
  }

  /** Works, but someone should look: {@code note} says at what. */
  public static CheckResult degraded(String note) {
    return new CheckResult(Status.DEGRADED, Map.of("note", note));
  }

  /** Does not work: {@code note} says what and the fix. */
  public static CheckResult down(String note) {
    return new CheckResult(Status.DOWN, Map.of("note", note));
  }
}
