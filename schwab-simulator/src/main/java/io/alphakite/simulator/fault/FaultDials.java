package io.alphakite.simulator.fault;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The switchboard of all faults. The code where a fault acts asks at each occasion whether it
 * strikes; the answer follows from the seed and the number of the dial's occasions since it was
 * set, so the same seed, settings and order of occasions give the same history. A dial that is off
 * costs one volatile read. Thread-safe.
 */
public final class FaultDials {
  /** Strikes remembered for {@link #history()}; older ones are forgotten. */
  public static final int HISTORY = 500;

  private final LongSupplier marketMillis;
  private final ArrayDeque<Hit> history = new ArrayDeque<>();
  private volatile long seed;

  /** The dials that are set; replaced as a whole on each change. */
  private volatile Map<Dial, Setting> settings = Map.of();

  /** A dial's rule and what became of it. Guarded by itself. */
  private static final class Setting {
    private final FaultRule rule;
    private final long seed;
    private long occasions;
    private long strikes;
    private @Nullable Hit last;

    Setting(FaultRule rule, long seed) {
      this.rule = rule;
      this.seed = seed;
    }
  }

  /** A strike that was. */
  public record Hit(Dial dial, String subject, long number, Instant marketTime) {}

  /**
   * How a dial stands.
   *
   * @param rule null = off
   * @param occasions since it was set, those of other subjects not counted
   * @param strikes since it was set
   */
  public record State(
      Dial dial, @Nullable FaultRule rule, long occasions, long strikes, @Nullable Hit last) {
    /** Whether it has struck as often as it may. */
    public boolean spent() {
      return rule != null && rule.count() > 0 && strikes >= rule.count();
    }
  }

  /**
   * @param marketMillis the market's clock in epoch milliseconds
   */
  public FaultDials(long seed, LongSupplier marketMillis) {
    this.seed = seed;
    this.marketMillis = marketMillis;
  }

  /**
   * Whether the fault strikes at this occasion. Every call is an occasion, so it belongs where the
   * fault acts and nowhere else.
   *
   * @param subject what the dial says its subject is
   */
  public Optional<Strike> strike(Dial dial, String subject) {
    Setting setting = settings.get(dial);
    return setting == null ? Optional.empty() : occasion(dial, subject, setting);
  }

  private Optional<Strike> occasion(Dial dial, String subject, Setting setting) {
    FaultRule rule = setting.rule;
    if (rule.subject() != null && !rule.subject().matcher(subject).find()) {
      return Optional.empty();
    }
    // Asked for outside the setting's monitor: the market's clock has a lock of its own.
    Instant now = Instant.ofEpochMilli(marketMillis.getAsLong());
    if ((rule.from() != null && now.isBefore(rule.from()))
        || (rule.until() != null && !now.isBefore(rule.until()))) {
      return Optional.empty();
    }
    Hit hit;
    long roll;
    synchronized (setting) {
      if (rule.count() > 0 && setting.strikes >= rule.count()) {
        return Optional.empty();
      }
      setting.occasions++;
      if (setting.occasions <= rule.skip()) {
        return Optional.empty();
      }
      long chance = mix(mix(setting.seed + dial.name().hashCode()) + setting.occasions);
      if ((chance >>> 11) * 0x1.0p-53 >= rule.probability()) {
        return Optional.empty();
      }
      roll = mix(chance);
      setting.strikes++;
      hit = new Hit(dial, subject, setting.strikes, now);
      setting.last = hit;
    }
    synchronized (history) {
      if (history.size() == HISTORY) {
        history.removeFirst();
      }
      history.addLast(hit);
    }
    return Optional.of(new Strike(dial, subject, hit.number(), roll, rule.with()));
  }

  /** The finalizer of SplitMix64: every bit of the input moves every bit of the result. */
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Sets a dial; its occasions and strikes are counted from here. */
  public synchronized void set(Dial dial, FaultRule rule) {
    rule.with()
        .forEach(
            (name, value) -> {
              Parameter parameter = dial.parameter(name);
              if (!parameter.check().accepts(value)) {
                throw new IllegalArgumentException(
                    name + " must be " + parameter.expected() + ", not '" + value + "'");
              }
            });
    change(dial, new Setting(rule, seed));
  }

  /** Switches a dial off. */
  public synchronized void clear(Dial dial) {
    change(dial, null);
  }

  private void change(Dial dial, @Nullable Setting setting) {
    Map<Dial, Setting> next = new EnumMap<>(Dial.class);
    next.putAll(settings);
    if (setting == null) {
      next.remove(dial);
    } else {
      next.put(dial, setting);
    }
    settings = next;
  }

  /** Switches every dial off. */
  public synchronized void clear() {
    settings = Map.of();
  }

  /** Whether a dial has been set, spent or not. */
  public boolean isSet(Dial dial) {
    return settings.containsKey(dial);
  }

  /** What chance follows from. */
  public long seed() {
    return seed;
  }

  /** Starts chance anew: dials that are set count from here, and the history is forgotten. */
  public synchronized void seed(long newSeed) {
    seed = newSeed;
    settings.forEach((dial, setting) -> set(dial, setting.rule));
    synchronized (history) {
      history.clear();
    }
  }

  public State state(Dial dial) {
    Setting setting = settings.get(dial);
    if (setting == null) {
      return new State(dial, null, 0, 0, null);
    }
    synchronized (setting) {
      return new State(dial, setting.rule, setting.occasions, setting.strikes, setting.last);
    }
  }

  /** All dials in their order. */
  public List<State> states() {
    List<State> states = new ArrayList<>();
    for (Dial dial : Dial.values()) {
      states.add(state(dial));
    }
    return states;
  }

  /** The newest strikes, oldest first. */
  public List<Hit> history() {
    synchronized (history) {
      return List.copyOf(history);
    }
  }
}
