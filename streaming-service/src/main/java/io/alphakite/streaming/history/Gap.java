package io.alphakite.streaming.history;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.calendar.TradingSession;
import io.alphakite.streaming.feed.FeedRules;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The whole minutes of today that neither the stream nor candles have covered and that are over.
 *
 * @param from start of the first minute
 * @param to end of the last minute
 * @param extended whether candles outside the regular session are wanted
 */
public record Gap(Instant from, Instant to, boolean extended) {

  /**
   * What a ticker missed.
   *
   * @param coveredUntil until when it is covered; null when never
   * @param marketNow the newest moment the market is known to have reached; candles that end later
   *     may still change
   * @return empty when no whole minute was missed
   */
  public static Optional<Gap> of(
      FeedRules rules, @Nullable Instant coveredUntil, Instant marketNow) {
    Instant to = marketNow.truncatedTo(ChronoUnit.MINUTES);
    MarketCalendar calendar = rules.calendar();
    LocalDate today = calendar.dateOf(marketNow);
    Instant start = start(rules, today, coveredUntil != null);
    if (start == null) {
      return Optional.empty();
    }
    Instant from = coveredUntil != null && coveredUntil.isAfter(start) ? coveredUntil : start;
    if (!from.isBefore(to)) {
      return Optional.empty();
    }
    boolean extended = rules.hours() != TradingHours.REGULAR || coveredUntil != null;
    return Optional.of(new Gap(from, to, extended));
  }

  /** The minutes of an interval, those that it only touches included. */
  public static Gap around(Instant from, Instant to) {
    Instant last = to.truncatedTo(ChronoUnit.MINUTES);
    return new Gap(
        from.truncatedTo(ChronoUnit.MINUTES),
        last.equals(to) ? last : last.plus(1, ChronoUnit.MINUTES),
        true);
  }

  /** From when on today's candles matter; null when today has no hours. */
  private static @Nullable Instant start(FeedRules rules, LocalDate today, boolean moveBase) {
    if (rules.hours() == TradingHours.ALWAYS) {
      return rules.calendar().at(today, LocalTime.MIDNIGHT);
    }
    Optional<TradingSession> session = rules.calendar().session(today);
    if (session.isEmpty()) {
      return null;
    }
    // Outside hours candles only move the base, which the first message sets where nothing is
    // stored.
    return moveBase || rules.hours() == TradingHours.EXTENDED
        ? session.get().preMarketOpen()
        : session.get().open();
  }
}
