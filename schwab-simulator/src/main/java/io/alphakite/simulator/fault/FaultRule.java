package io.alphakite.simulator.fault;

import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When a dial strikes, and how.
 *
 * @param probability of striking at an occasion, above 0 and at most 1
 * @param count strikes at most, then it is over; 0 = without limit
 * @param skip occasions let pass first
 * @param subject found anywhere in an occasion's subject, else it is none; null = every subject
 * @param from market time at which it begins; null = at once
 * @param until market time at which it ends, exclusive; null = never
 * @param with the dial's parameters that differ from their defaults
 */
public record FaultRule(
    double probability,
    long count,
    long skip,
    @Nullable Pattern subject,
    @Nullable Instant from,
    @Nullable Instant until,
    Map<String, String> with) {

  /** Strikes at every occasion. */
  public static final FaultRule ALWAYS = new FaultRule(1, 0, 0, null, null, null, Map.of());

  public FaultRule {
    if (!(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability must be above 0 and at most 1");
    }
    if (count < 0 || skip < 0) {
      throw new IllegalArgumentException("count and skip must not be negative");
    }
    with = Map.copyOf(with);
  }

  /** Strikes at the next so many occasions, every time. */
  public static FaultRule times(long count) {
    return new FaultRule(1, count, 0, null, null, null, Map.of());
  }

  /** The same for subjects in which the expression is found. */
  public FaultRule on(String expression) {
    return new FaultRule(probability, count, skip, Pattern.compile(expression), from, until, with);
  }

  /** The same after so many occasions. */
  public FaultRule after(long occasions) {
    return new FaultRule(probability, count, occasions, subject, from, until, with);
  }

  /** The same with a parameter. */
  public FaultRule with(String parameter, Object value) {
    Map<String, String> more = new java.util.HashMap<>(with);
    more.put(parameter, value.toString());
    return new FaultRule(probability, count, skip, subject, from, until, more);
  }
}
