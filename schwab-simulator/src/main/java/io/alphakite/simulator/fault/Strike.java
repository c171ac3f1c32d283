package io.alphakite.simulator.fault;

import java.time.Duration;
import java.util.Map;

/**
 * A fault that strikes now, and how.
 *
 * @param number 1 for the first strike since the dial was set
 * @param roll a number that follows from seed, dial and occasion alone; for whatever the fault
 *     leaves to chance (which byte, which item)
 */
public record Strike(Dial dial, String subject, long number, long roll, Map<String, String> with) {
  public Strike {
    with = Map.copyOf(with);
  }

  /**
   * A parameter's value, its default when it was not given.
   *
   * @throws IllegalArgumentException when the dial has no such parameter
   */
  public String text(String parameter) {
    return with.getOrDefault(parameter, dial.parameter(parameter).absent());
  }

  /** A parameter that is a whole number. */
  public long number(String parameter) {
    return Long.parseLong(text(parameter));
  }

  /** A parameter that is {@code true} or {@code false}. */
  public boolean flag(String parameter) {
    return Boolean.parseBoolean(text(parameter));
  }

  /** The parameter {@code delay_ms}, wall time unless the dial says otherwise. */
  public Duration delay() {
    return Duration.ofMillis(number("delay_ms"));
  }

  /** A choice among so many things, from 0; the same for the same seed and occasion. */
  public int choose(int bound) {
    return (int) Math.floorMod(roll, (long) bound);
  }
}
