package io.alphakite.engine.signal;

import io.alphakite.engine.signal.Signal.Timeliness;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.Crossover;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Turns finished seconds into signals. It keeps nothing: what was seen so far comes in as a state
 * and goes out as one, so that the caller can store it together with what was found.
 */
public final class CrossoverWatch {

  /** When market time has passed a second by this much, nothing will change it any more. */
  public static final Duration SETTLED = Duration.ofSeconds(2);

  private final MarketCalendar calendar;
  private final TradingHours hours;
  private final Duration maxAge;

  /**
   * A watch.
   *
   * @param hours of the stream, since they decide when the VWAP starts anew
   * @param maxAge in market time; a crossover found later than that is stale
   */
  public CrossoverWatch(MarketCalendar calendar, TradingHours hours, Duration maxAge) {
    this.calendar = calendar;
    this.hours = hours;
    this.maxAge = maxAge;
  }

  /**
   * What looking at some seconds gave.
   *
   * @param doubtful whether the relation in the state was seen in a second that was not complete
   */
  public record Seen(Crossover.State state, boolean doubtful, List<Signal> signals) {

    public Seen {
      signals = List.copyOf(signals);
    }
  }

  /**
   * Looks at the next rows of one ticker.
   *
   * @param doubtful what {@link Seen#doubtful} said with this state
   * @param rows in time order, newer than the state; the last one may not be finished
   * @param more whether the ticker has rows after these
   * @param now market time
   * @return the state after the finished ones, and their signals
   */
  public Seen look(
      Ticker ticker,
      Crossover.State state,
      boolean doubtful,
      List<FinishedSecond> rows,
      boolean more,
      Instant now) {
    boolean inDoubt = doubtful;
    Crossover crossover = Crossover.restore(state);
    List<Signal> signals = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      FinishedSecond row = rows.get(i);
      boolean last = i == rows.size() - 1;
      if (last && !more && now.isBefore(row.second().plus(SETTLED))) {
        break;
      }
      boolean certain = row.complete() && !inDoubt;
      crossover
          .observe(
              row.second(), row.sma9(), row.vwap(), calendar.lastVwapReset(row.second(), hours))
          .ifPresent(direction -> signals.add(signal(ticker, row, direction, certain, now)));
      if (row.sma9() != null && row.vwap() != null && !row.sma9().equals(row.vwap())) {
        inDoubt = !row.complete();
      }
    }
    return new Seen(crossover.state(), inDoubt, signals);
  }

  private Signal signal(
      Ticker ticker,
      FinishedSecond row,
      Crossover.Direction direction,
      boolean certain,
      Instant now) {
    Price sma9 = Objects.requireNonNull(row.sma9(), "a crossover has both values");
    Price vwap = Objects.requireNonNull(row.vwap(), "a crossover has both values");
    Timeliness timeliness =
        row.backfilled()
            ? Timeliness.BACKFILLED
            : !certain
                ? Timeliness.GAP
                : row.second().plus(maxAge).isBefore(now) ? Timeliness.STALE : Timeliness.CURRENT;
    return new Signal(ticker, row.second(), direction, row.price(), sma9, vwap, timeliness);
  }
}
