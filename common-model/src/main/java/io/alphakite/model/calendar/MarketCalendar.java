package io.alphakite.model.calendar;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The New York Stock Exchange's calendar: sessions, hours, Eastern dates and the moments at which
 * the session VWAP starts anew.
 *
 * <p>Knows every session from 1990; there is none before. Beyond the dates the exchange has
 * published, the rules of today go on; a closure that nobody foretold has to be added. Thread-safe.
 *
 * <p>The only class that knows the exchange's time zone: whoever needs an Eastern date or time asks
 * here.
 */
public final class MarketCalendar {

  private static final ZoneId EASTERN = ZoneId.of("America/New_York");
  private static final LocalTime PRE_MARKET_OPEN = LocalTime.of(4, 0);
  private static final LocalTime OPEN = LocalTime.of(9, 30);
  private static final LocalTime CLOSE = LocalTime.of(16, 0);
  private static final LocalTime POST_MARKET_CLOSE = LocalTime.of(20, 0);
  private static final LocalTime POST_MARKET_EARLY_CLOSE = LocalTime.of(17, 0);
  private static final Duration OPTIONS_AFTER_CLOSE = Duration.ofMinutes(15);
  // The longest gap since 1990 is the week of 11 September 2001: seven days from Monday to Monday.
  private static final int LONGEST_GAP_DAYS = 14;

  private static final MarketCalendar NYSE = new MarketCalendar();

  // A feed asks about the same day for hours; a day is immutable, so a race only computes it twice.
  private volatile @Nullable Day lastAsked;

  private MarketCalendar() {}

  /** The one calendar. */
  public static MarketCalendar nyse() {
    return NYSE;
  }

  /** The session of an Eastern date; empty on weekends, holidays, closures and before 1990. */
  public Optional<TradingSession> session(LocalDate date) {
    Day known = lastAsked;
    if (known != null && known.date.equals(date)) {
      return known.session;
    }
    return isSession(date) ? Optional.of(sessionOn(date)) : Optional.empty();
  }

  /** The session of the Eastern date at this time, whether it is open or not. */
  public Optional<TradingSession> session(Instant time) {
    return day(time).session;
  }

  /** Whether the exchange trades on this Eastern date. */
  public boolean isSession(LocalDate date) {
    return NyseRules.isSession(date);
  }

  /** The first session after a date, which is excluded. */
  public TradingSession nextSession(LocalDate after) {
    LocalDate date = after.isBefore(NyseRules.FIRST_DATE) ? NyseRules.FIRST_DATE : after;
    for (int gap = 0; gap < LONGEST_GAP_DAYS; gap++) {
      date = date.plusDays(1);
      if (isSession(date)) {
        return sessionOn(date);
      }
    }
    throw new IllegalStateException("No session within two weeks of " + after);
  }

  /**
   * The last session before a date, which is excluded.
   *
   * @throws IllegalArgumentException when that would be before 1990
   */
  public TradingSession previousSession(LocalDate before) {
    LocalDate date = before;
    for (int gap = 0; gap < LONGEST_GAP_DAYS; gap++) {
      date = date.minusDays(1);
      if (isSession(date)) {
        return sessionOn(date);
      }
    }
    throw new IllegalArgumentException("No session known before " + before);
  }

  /** The Eastern date at this time. */
  public LocalDate dateOf(Instant time) {
    return day(time).date;
  }

  /** The Eastern time of day at this time. */
  public LocalTime timeOf(Instant time) {
    return LocalTime.ofInstant(time, EASTERN);
  }

  /**
   * The moment of an Eastern date and time of day. Where the clock is set back and the time comes
   * twice, the first; where it is set forward and the time does not come, an hour later.
   */
  public Instant at(LocalDate date, LocalTime time) {
    return ZonedDateTime.of(date, time, EASTERN).toInstant();
  }

  /** Whether the time lies within the hours of a session; {@code ALWAYS} is always open. */
  public boolean isOpen(Instant time, TradingHours hours) {
    if (hours == TradingHours.ALWAYS) {
      return true;
    }
    Optional<TradingSession> session = day(time).session;
    return session.isPresent() && session.get().contains(time, hours);
  }

  /**
   * The first date whose options are not over yet at this time; of earlier expirations nothing
   * trades any more. The options of a date are over a quarter of an hour after its close, early
   * closes included: those on indexes and many funds trade until then, those on shares until the
   * close itself.
   */
  public LocalDate firstLiveExpiration(Instant time) {
    Day day = day(time);
    boolean over =
        day.session.isPresent()
            && !time.isBefore(day.session.get().close().plus(OPTIONS_AFTER_CLOSE));
    return over ? day.date.plusDays(1) : day.date;
  }

  /**
   * The last moment, at or before this time, at which the session VWAP starts anew: each session's
   * open, and its pre-market open too unless the hours are {@code REGULAR}. It names the VWAP's
   * session: as long as it stays the same, so does the session.
   *
   * @throws IllegalArgumentException when that would be before 1990
   */
  public Instant lastVwapReset(Instant time, TradingHours hours) {
    Day day = day(time);
    if (day.session.isPresent()) {
      TradingSession session = day.session.get();
      if (!time.isBefore(session.open())) {
        return session.open();
      }
      if (hours != TradingHours.REGULAR && !time.isBefore(session.preMarketOpen())) {
        return session.preMarketOpen();
      }
    }
    return previousSession(day.date).open();
  }

  /** The first moment after this time at which the session VWAP starts anew. */
  public Instant nextVwapReset(Instant time, TradingHours hours) {
    Day day = day(time);
    if (day.session.isPresent()) {
      TradingSession session = day.session.get();
      if (hours != TradingHours.REGULAR && time.isBefore(session.preMarketOpen())) {
        return session.preMarketOpen();
      }
      if (time.isBefore(session.open())) {
        return session.open();
      }
    }
    return nextSession(day.date).start(hours);
  }

  private Day day(Instant time) {
    Day known = lastAsked;
    if (known != null && known.contains(time)) {
      return known;
    }
    LocalDate date = LocalDate.ofInstant(time, EASTERN);
    Day day =
        new Day(
            date,
            date.atStartOfDay(EASTERN).toInstant(),
            date.plusDays(1).atStartOfDay(EASTERN).toInstant(),
            isSession(date) ? Optional.of(sessionOn(date)) : Optional.empty());
    lastAsked = day;
    return day;
  }

  private TradingSession sessionOn(LocalDate date) {
    LocalTime early = NyseRules.earlyClose(date);
    return new TradingSession(
        date,
        at(date, PRE_MARKET_OPEN),
        at(date, OPEN),
        at(date, early == null ? CLOSE : early),
        at(date, early == null ? POST_MARKET_CLOSE : POST_MARKET_EARLY_CLOSE));
  }

  private record Day(LocalDate date, Instant start, Instant end, Optional<TradingSession> session) {

    boolean contains(Instant time) {
      return !time.isBefore(start) && time.isBefore(end);
    }
  }
}
