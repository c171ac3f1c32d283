package io.alphakite.streaming.option;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.LevelOneOption;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Turns option messages into rows: one per contract and second of the newest quote or trade, with
 * everything known of the contract by then.
 *
 * <p>A value that cannot be is taken as unknown and counted; the message's other values stand. A
 * message outside the hours makes no row, nor does one whose newest quote and trade are of an
 * earlier session than the market's: the morning's image knows the new open interest and the old
 * quote time, and would spoil the evening's last row.
 *
 * <p>One thread at a time; {@link #counts} may be asked by any.
 */
final class OptionRows {
  private static final Duration AHEAD_MAX = Duration.ofDays(1);
  // What numeric(12,4) holds.
  private static final BigDecimal PRICE_MAX = new BigDecimal("99999999.9999");
  private static final long COUNT_MAX = 1_000_000_000_000L;
  private static final BigDecimal PERCENT_MAX = BigDecimal.valueOf(100_000);
  private static final BigDecimal GREEK_MAX = BigDecimal.valueOf(100_000);
  private static final int DECIMALS = 6;

  private final MarketCalendar calendar;
  private final TradingHours hours;
  private final Map<OptionSymbol, OptionRow> newest = new HashMap<>();
  private final LongAdder images = new LongAdder();
  private final LongAdder made = new LongAdder();
  private final LongAdder rejected = new LongAdder();
  private final LongAdder crossed = new LongAdder();
  private final LongAdder untimed = new LongAdder();
  private final LongAdder outsideHours = new LongAdder();
  private final LongAdder late = new LongAdder();

  OptionRows(MarketCalendar calendar, TradingHours hours) {
    this.calendar = calendar;
    this.hours = hours;
  }

  /**
   * Takes one message.
   *
   * @param ticker the underlying
   * @param image the contract as it stands after it
   * @param first whether it starts the contract on this connection
   * @return the row that it changed, as it now stands; null when it changed none
   */
  @Nullable OptionRow accept(
      Ticker ticker, LevelOneOption image, boolean first, Instant marketNow) {
    if (first) {
      images.increment();
    }
    Instant event = latest(image.quoteTime(), image.tradeTime());
    if (event == null || event.isAfter(marketNow.plus(AHEAD_MAX))) {
      untimed.increment();
      return null;
    }
    if (!calendar.isOpen(event, hours) || calendar.dateOf(event).isBefore(sessionDate(marketNow))) {
      outsideHours.increment();
      return null;
    }
    OptionRow row = row(ticker, image, event.getEpochSecond());
    OptionRow before = newest.get(row.contract());
    if (before != null && row.second() < before.second()) {
      late.increment();
      return null;
    }
    if (row.equals(before)) {
      return null;
    }
    newest.put(row.contract(), row);
    made.increment();
    return row;
  }

  /** Forgets all contracts but these. */
  void retain(Set<OptionSymbol> contracts) {
    newest.keySet().retainAll(contracts);
  }

  OptionCounts counts() {
    return new OptionCounts(
        images.sum(),
        made.sum(),
        rejected.sum(),
        crossed.sum(),
        untimed.sum(),
        outsideHours.sum(),
        late.sum());
  }

  private OptionRow row(Ticker ticker, LevelOneOption image, long second) {
    Price bid = price(image.bid());
    Price ask = price(image.ask());
    // An ask of 0 is none at all.
    if (bid != null && ask != null && ask.e4() > 0 && bid.compareTo(ask) > 0) {
      crossed.increment();
      bid = null;
      ask = null;
    }
    return new OptionRow(
        ticker,
        image.symbol(),
        second,
        price(image.last()),
        bid,
        ask,
        count(image.totalVolume()),
        count(image.openInterest()),
        between(image.volatility(), BigDecimal.ZERO, PERCENT_MAX),
        between(image.delta(), BigDecimal.ONE.negate(), BigDecimal.ONE),
        between(image.gamma(), BigDecimal.ZERO, GREEK_MAX),
        between(image.theta(), GREEK_MAX.negate(), GREEK_MAX),
        between(image.vega(), BigDecimal.ZERO, GREEK_MAX));
  }

  /** The date of the session at this time, or of the last one. */
  private LocalDate sessionDate(Instant marketNow) {
    LocalDate date = calendar.dateOf(marketNow);
    return calendar.isSession(date) ? date : calendar.previousSession(date).date();
  }

  private @Nullable Price price(@Nullable BigDecimal dollars) {
    BigDecimal possible = between(dollars, BigDecimal.ZERO, PRICE_MAX);
    return possible == null ? null : Price.rounded(possible);
  }

  private @Nullable Long count(@Nullable Long number) {
    if (number == null || (number >= 0 && number <= COUNT_MAX)) {
      return number;
    }
    rejected.increment();
    return null;
  }

  private @Nullable BigDecimal between(
      @Nullable BigDecimal value, BigDecimal least, BigDecimal most) {
    if (value == null) {
      return null;
    }
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      rejected.increment();
      return null;
    }
    return value.setScale(DECIMALS, RoundingMode.HALF_UP);
  }

  private static @Nullable Instant latest(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isAfter(other) ? one : other;
  }
}
