package io.alphakite.simulator.market.option;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingSession;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.OptionType;
import io.alphakite.model.market.Price;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.option.OptionContract.ExpirationCycle;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which options are listed on a date. An expiration once listed stays so until it is over, and a
 * strike once within a chain can be quoted for as long, wherever the money has moved.
 */
final class Listings {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  private static final int WEEKS = 8;
  private static final int MONTHS = 6;
  private static final int JANUARIES = 2;
  private static final int QUARTERS = 4;
  private static final int DAILIES = 10;
  private static final int STRIKES_EACH_SIDE = 20;
  private static final int NEAR_DAYS = 60;
  private static final long FINEST_STEP_E4 = 5_000;

  /** Quoted in cents throughout. */
  private static final Set<String> PENNY = Set.of("SPY", "QQQ", "IWM");

  private static final Set<String> PENNY_PROGRAM = Set.of("IBM", "BAC");

  private Listings() {}

  /** Whether a ticker's letters can stand in an option symbol at all. */
  static boolean mayHaveOptions(String ticker) {
    return ticker.matches("[A-Z][A-Z0-9]{0,5}");
  }

  /**
   * Expirations listed on a date, itself included: Fridays of eight weeks, third Fridays of six
   * months and of two Januaries; for funds also every session of two weeks and the ends of four
   * quarters. A Friday without a session moves to the session before.
   */
  static SortedMap<LocalDate, ExpirationCycle> expirations(Listing listing, LocalDate today) {
    SortedMap<LocalDate, ExpirationCycle> expirations = new TreeMap<>();
    if (listing.isFund()) {
      LocalDate day = today.minusDays(1);
      for (int i = 0; i < DAILIES; i++) {
        day = CALENDAR.nextSession(day).date();
        expirations.put(day, ExpirationCycle.WEEKLY);
      }
    }
    LocalDate friday = today.with(TemporalAdjusters.nextOrSame(DayOfWeek.FRIDAY));
    for (int i = 0; i < WEEKS; i++) {
      expirations.put(session(friday.plusWeeks(i)), ExpirationCycle.WEEKLY);
    }
    if (listing.isFund()) {
      YearMonth quarter = YearMonth.from(today);
      quarter = quarter.plusMonths(Math.floorMod(-quarter.getMonthValue(), 3));
      for (int i = 0; i < QUARTERS; i++) {
        LocalDate end = session(quarter.plusMonths(3L * i).atEndOfMonth());
        expirations.put(end, ExpirationCycle.QUARTERLY);
      }
    }
    for (int i = 0; i < MONTHS; i++) {
      expirations.put(thirdFriday(YearMonth.from(today).plusMonths(i)), ExpirationCycle.STANDARD);
    }
    for (int i = 1; i <= JANUARIES; i++) {
      expirations.put(thirdFriday(YearMonth.of(today.getYear() + i, 1)), ExpirationCycle.STANDARD);
    }
    return expirations.tailMap(today);
  }

  private static LocalDate thirdFriday(YearMonth month) {
    return session(month.atDay(1).with(TemporalAdjusters.dayOfWeekInMonth(3, DayOfWeek.FRIDAY)));
  }

  private static LocalDate session(LocalDate date) {
    return CALENDAR.isSession(date) ? date : CALENDAR.previousSession(date).date();
  }

  /**
   * Strikes of a chain in order: up to twenty either side of the reference price, wider apart for
   * far expirations.
   */
  static List<Long> strikesE4(
      Listing listing, LocalDate expiration, LocalDate today, long referenceE4) {
    boolean near = ChronoUnit.DAYS.between(today, expiration) <= NEAR_DAYS;
    long step = near ? stepE4(listing, referenceE4) : 2 * stepE4(listing, referenceE4);
    long middle = Math.round((double) referenceE4 / step);
    List<Long> strikes = new ArrayList<>(2 * STRIKES_EACH_SIDE + 1);
    for (long i = middle - STRIKES_EACH_SIDE; i <= middle + STRIKES_EACH_SIDE; i++) {
      if (isPossible(i * step, referenceE4)) {
        strikes.add(i * step);
      }
    }
    return strikes;
  }

  private static long stepE4(Listing listing, long referenceE4) {
    if (referenceE4 < 25_0000) {
      return FINEST_STEP_E4;
    }
    if (referenceE4 < 100_0000 || listing.isFund()) {
      return 1_0000;
    }
    return referenceE4 < 200_0000 ? 2_5000 : referenceE4 < 1000_0000 ? 5_0000 : 10_0000;
  }

  private static boolean isPossible(long strikeE4, long referenceE4) {
    return strikeE4 > 0
        && strikeE4 % FINEST_STEP_E4 == 0
        && strikeE4 >= referenceE4 / 5
        && strikeE4 <= referenceE4 * 5;
  }

  static OptionContract contract(
      Listing listing,
      LocalDate expiration,
      ExpirationCycle cycle,
      OptionType type,
      long strikeE4) {
    return new OptionContract(
        new OptionSymbol(listing.symbol(), expiration, type, new Price(strikeE4)),
        listing,
        cycle,
        CALENDAR.session(expiration).map(TradingSession::close).orElseThrow(),
        increment(listing),
        PENNY.contains(listing.symbol()) || PENNY_PROGRAM.contains(listing.symbol()));
  }

  /** The contract of a symbol, empty when it is not listed. */
  static Optional<OptionContract> find(
      Listing listing, OptionSymbol symbol, LocalDate today, long referenceE4) {
    ExpirationCycle cycle = expirations(listing, today).get(symbol.expiration());
    return cycle != null && isPossible(symbol.strike().e4(), referenceE4)
        ? Optional.of(
            contract(listing, symbol.expiration(), cycle, symbol.type(), symbol.strike().e4()))
        : Optional.empty();
  }

  private static PriceIncrement increment(Listing listing) {
    if (PENNY.contains(listing.symbol())) {
      return PriceIncrement.PENNY;
    }
    return PENNY_PROGRAM.contains(listing.symbol())
        ? PriceIncrement.PENNY_PROGRAM
        : PriceIncrement.NICKEL;
  }
}
