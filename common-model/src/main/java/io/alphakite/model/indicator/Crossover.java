package io.alphakite.model.indicator;

import io.alphakite.model.market.Price;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sees the moving average cross the session VWAP, looking at each finished second once, in time
 * order.
 *
 * <p>{@code UP} when the moving average was below when the two last differed and is above now,
 * {@code DOWN} the other way round; while they are equal, or one does not exist, nothing happens.
 * What was seen is forgotten when the VWAP starts anew, so the first crossover of a session needs
 * an earlier second of the same session, and within a session directions alternate. Not
 * thread-safe: one instance per ticker.
 */
public final class Crossover {

  private @Nullable Instant lastSecond;
  private @Nullable Instant vwapReset;
  private @Nullable Relation relation;

  /** Without any second yet. */
  public Crossover() {}

  /** Goes on from a state as if there had been no interruption. */
  public static Crossover restore(State state) {
    Crossover crossover = new Crossover();
    crossover.lastSecond = state.lastSecond;
    crossover.vwapReset = state.vwapReset;
    crossover.relation = state.relation;
    return crossover;
  }

  /**
   * Looks at a second's stored values. A second that is not newer than the last one is ignored.
   *
   * @param second the second's start
   * @param sma9 the moving average, null where it does not exist yet
   * @param vwap the session VWAP, null where it does not exist yet
   * @param reset when the VWAP's session started; see {@link
   *     io.alphakite.model.calendar.MarketCalendar#lastVwapReset}
   * @return the crossover in this second, if there is one
   */
  public Optional<Direction> observe(
      Instant second, @Nullable Price sma9, @Nullable Price vwap, Instant reset) {
    if (lastSecond != null && !second.isAfter(lastSecond)) {
      return Optional.empty();
    }
    lastSecond = second;
    if (!reset.equals(vwapReset)) {
      vwapReset = reset;
      relation = null;
    }
    if (sma9 == null || vwap == null || sma9.compareTo(vwap) == 0) {
      return Optional.empty();
    }
    Relation before = relation;
    Relation now = sma9.compareTo(vwap) > 0 ? Relation.ABOVE : Relation.BELOW;
    relation = now;
    if (before == null || before == now) {
      return Optional.empty();
    }
    return Optional.of(now == Relation.ABOVE ? Direction.UP : Direction.DOWN);
  }

  /** All that {@link #restore} needs. */
  public State state() {
    return new State(lastSecond, vwapReset, relation);
  }

  /** Where the moving average went. */
  public enum Direction {
    UP,
    DOWN;

    /** As JSON and tables write it: {@code up}, {@code down}. */
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads what {@link #wire} writes.
     *
     * @throws IllegalArgumentException when it is neither {@code up} nor {@code down}
     */
    public static Direction fromWire(String wire) {
      for (Direction direction : values()) {
        if (direction.wire().equals(wire)) {
          return direction;
        }
      }
      throw new IllegalArgumentException("Not a direction: \"" + wire + '"');
    }
  }

  /** Where the moving average was when it last differed from the VWAP. */
  public enum Relation {
    ABOVE,
    BELOW
  }

  /**
   * What was seen so far.
   *
   * @param lastSecond the newest second looked at; null before the first
   * @param vwapReset the VWAP session of that second; null before the first
   * @param relation null as long as the two have not differed in that session
   */
  public record State(
      @Nullable Instant lastSecond, @Nullable Instant vwapReset, @Nullable Relation relation) {

    /** Before the first second. */
    public static State empty() {
      return new State(null, null, null);
    }
  }
}
