package io.alphakite.model.calendar;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;

/**
 * One day's trading on the exchange. Each period includes its start and excludes its end.
 *
 * @param date the Eastern date
 * @param preMarketOpen 04:00 Eastern
 * @param open 09:30 Eastern
 * @param close 16:00 Eastern, or the early close
 * @param postMarketClose 20:00 Eastern, or 17:00 on an early close
 */
public record TradingSession(
    LocalDate date, Instant preMarketOpen, Instant open, Instant close, Instant postMarketClose) {

  private static final Duration FULL_LENGTH = Duration.ofMinutes(390);

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException when the times are not in order
   */
  public TradingSession {
    if (!preMarketOpen.isBefore(open) || !open.isBefore(close) || close.isAfter(postMarketClose)) {
      throw new IllegalArgumentException("Session times out of order on " + date);
    }
  }

  /** Whether the regular session is shorter than 09:30 to 16:00. */
  public boolean earlyClose() {
    return Duration.between(open, close).compareTo(FULL_LENGTH) < 0;
  }

  /** When these hours begin: the open, or before it the pre-market's unless they are regular. */
  public Instant start(TradingHours hours) {
    return hours == TradingHours.REGULAR ? open : preMarketOpen;
  }

  /** When these hours end: the close, or the post-market's unless they are regular. */
  public Instant end(TradingHours hours) {
    return hours == TradingHours.REGULAR ? close : postMarketClose;
  }

  /** Whether the time lies in this session's hours; {@code ALWAYS} has no bounds. */
  public boolean contains(Instant time, TradingHours hours) {
    return hours == TradingHours.ALWAYS
        || (!time.isBefore(start(hours)) && time.isBefore(end(hours)));
  }
}
