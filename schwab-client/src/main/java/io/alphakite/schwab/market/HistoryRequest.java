package io.alphakite.schwab.market;

import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.http.WireName;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which candles are wanted. What Schwab would refuse with a 400 is refused here, with the fix.
 *
 * @param symbol of a share, fund or index; options and futures have no history here
 * @param period how many of {@link #periodType}; null takes Schwab's default (10 for days, else 1)
 * @param frequency minutes of a candle for {@link FrequencyType#MINUTE}, else 1
 * @param start inclusive; null means {@code period} before the end
 * @param end exclusive; null means the end of the last completed business day
 * @param extendedHours candles outside 09:30-16:00 Eastern too
 */
public record HistoryRequest(
    String symbol,
    PeriodType periodType,
    @Nullable Integer period,
    FrequencyType frequencyType,
    int frequency,
    @Nullable Instant start,
    @Nullable Instant end,
    boolean extendedHours,
    boolean previousClose) {

  /** What a period is counted in, with what goes together. */
  public enum PeriodType implements WireName {
    DAY("day"),
    MONTH("month"),
    YEAR("year"),
    YTD("ytd");

    private final String wire;

    PeriodType(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }

    /** How many of them there may be. */
    public List<Integer> periods() {
      return switch (this) {
        case DAY -> List.of(1, 2, 3, 4, 5, 10);
        case MONTH -> List.of(1, 2, 3, 6);
        case YEAR -> List.of(1, 2, 3, 5, 10, 15, 20);
        case YTD -> List.of(1);
      };
    }

    /** Which candles it may be made of. */
    public List<FrequencyType> frequencyTypes() {
      return switch (this) {
        case DAY -> List.of(FrequencyType.MINUTE);
        case MONTH, YTD -> List.of(FrequencyType.DAILY, FrequencyType.WEEKLY);
        case YEAR -> List.of(FrequencyType.DAILY, FrequencyType.WEEKLY, FrequencyType.MONTHLY);
      };
    }
  }

  /** What a candle is counted in. */
  public enum FrequencyType implements WireName {
    MINUTE("minute"),
    DAILY("daily"),
    WEEKLY("weekly"),
    MONTHLY("monthly");

    private final String wire;

    FrequencyType(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }

    /** How many of them a candle may span. */
    public List<Integer> frequencies() {
      return this == MINUTE ? List.of(1, 5, 10, 15, 30) : List.of(1);
    }
  }

  /**
   * Checks Schwab's rules.
   *
   * @throws IllegalArgumentException naming what does not go together and what would
   */
  public HistoryRequest {
    Symbols.checked(symbol);
    if (period != null && !periodType.periods().contains(period)) {
      throw new IllegalArgumentException(
          "period %d with periodType %s: one of %s"
              .formatted(period, periodType.wire, periodType.periods()));
    }
    if (!periodType.frequencyTypes().contains(frequencyType)) {
      throw new IllegalArgumentException(
          "frequencyType %s with periodType %s: one of %s"
              .formatted(
                  frequencyType.wire,
                  periodType.wire,
                  periodType.frequencyTypes().stream().map(Coded::wire).toList()));
    }
    if (!frequencyType.frequencies().contains(frequency)) {
      throw new IllegalArgumentException(
          "frequency %d with frequencyType %s: one of %s"
              .formatted(frequency, frequencyType.wire, frequencyType.frequencies()));
    }
    if (start != null && end != null && !start.isBefore(end)) {
      throw new IllegalArgumentException("startDate " + start + " is not before endDate " + end);
    }
  }

  /** Candles of so many minutes (1, 5, 10, 15 or 30) that start in [from, to). */
  public static HistoryRequest minutes(
      String symbol, int minutes, Instant from, Instant to, boolean extendedHours) {
    return new HistoryRequest(
        symbol,
        PeriodType.DAY,
        null,
        FrequencyType.MINUTE,
        minutes,
        from,
        to,
        extendedHours,
        false);
  }

  /** Daily, weekly or monthly candles of dates in [from, to). */
  public static HistoryRequest candles(
      String symbol, FrequencyType frequency, Instant from, Instant to) {
    return new HistoryRequest(symbol, PeriodType.YEAR, null, frequency, 1, from, to, false, false);
  }

  /** The latest candles: of so many days, months or years. */
  public static HistoryRequest last(
      String symbol, PeriodType type, int period, FrequencyType frequencyType, int frequency) {
    return new HistoryRequest(
        symbol, type, period, frequencyType, frequency, null, null, false, false);
  }

  /** With the close before the first candle. */
  public HistoryRequest withPreviousClose() {
    return new HistoryRequest(
        symbol, periodType, period, frequencyType, frequency, start, end, extendedHours, true);
  }

  Map<String, String> query() {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("symbol", symbol);
    query.put("periodType", periodType.wire());
    if (period != null) {
      query.put("period", Integer.toString(period));
    }
    query.put("frequencyType", frequencyType.wire());
    query.put("frequency", Integer.toString(frequency));
    if (start != null) {
      query.put("startDate", Long.toString(start.toEpochMilli()));
    }
    if (end != null) {
      query.put("endDate", Long.toString(end.toEpochMilli()));
    }
    query.put("needExtendedHoursData", Boolean.toString(extendedHours));
    query.put("needPreviousClose", Boolean.toString(previousClose));
    return query;
  }
}
