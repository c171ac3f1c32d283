package io.alphakite.simulator.market;

import io.alphakite.model.calendar.MarketCalendar;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.YearMonth;
import java.util.Map;

/**
 * What a company or fund earns and pays. Invented, as the listing's ids are; only the form is
 * Schwab's. Dividends are paid each quarter.
 *
 * @param averageVolume shares a day
 * @param dividendE4 dollars a year and share, in ten-thousandths
 * @param earningsE4 dollars a year and share, in ten-thousandths; 0 for funds
 * @param shares outstanding
 */
public record Fundamentals(long averageVolume, long dividendE4, long earningsE4, long shares) {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  private static final int EX_DAY = 10;
  private static final int PAY_DAY = 24;
  private static final int EARNINGS_DAY = 18;

  private static final Map<String, Fundamentals> KNOWN =
      Map.of(
          "SPY", new Fundamentals(120_000_000, 3_3200, 0, 900_000_000),
          "QQQ", new Fundamentals(45_000_000, 1_1600, 0, 400_000_000),
          "IBM", new Fundamentals(4_200_000, 3_8000, 14_3700, 1_090_000_000),
          "BAC", new Fundamentals(95_000_000, 400, 7600, 10_700_000_000L));

  private static final Fundamentals NONE = new Fundamentals(0, 0, 0, 0);

  /** Those of a ticker; zeros for one that is not known. */
  public static Fundamentals of(String symbol) {
    return KNOWN.getOrDefault(symbol, NONE);
  }

  /** The last quarterly ex-dividend date on or before a date. */
  public static Instant exDate(LocalDate today) {
    return midnight(quarter(today).atDay(EX_DAY));
  }

  /** The one after it. */
  public static Instant nextExDate(LocalDate today) {
    return midnight(quarter(today).plusMonths(3).atDay(EX_DAY));
  }

  public static Instant payDate(LocalDate today) {
    return midnight(quarter(today).atDay(PAY_DAY));
  }

  public static Instant nextPayDate(LocalDate today) {
    return midnight(quarter(today).plusMonths(3).atDay(PAY_DAY));
  }

  /** When the newest dividend was declared. */
  public static Instant declarationDate(LocalDate today) {
    return midnight(quarter(today).minusMonths(1).atDay(PAY_DAY));
  }

  /** When the newest earnings were told. */
  public static Instant earningsDate(LocalDate today) {
    return midnight(quarter(today).minusMonths(2).atDay(EARNINGS_DAY));
  }

  private static YearMonth quarter(LocalDate today) {
    YearMonth month = YearMonth.from(today);
    YearMonth quarter = month.minusMonths(month.getMonthValue() % 3);
    return quarter.atDay(EX_DAY).isAfter(today) ? quarter.minusMonths(3) : quarter;
  }

  private static Instant midnight(LocalDate date) {
    return CALENDAR.at(date, LocalTime.MIDNIGHT);
  }
}
