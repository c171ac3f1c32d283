package io.alphakite.platform.health;

/**
 * One thing that has to be well. Each is a bean; {@code /health} shows them all and is as bad as
 * the worst.
 */
public interface HealthCheck {

  /**
   * One of {@code database, feed, freshness, errors, token, broker, disk}, or a service's own word.
   */
  String name();

  /** Looks now; quick (under a second) and without side effects. An exception counts as DOWN. */
  CheckResult check();
}
