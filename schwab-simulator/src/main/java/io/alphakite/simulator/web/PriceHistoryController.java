package io.alphakite.simulator.web;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MinuteBars;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Candles, folded from the very prints that the stream sends: what has not been printed by the
 * market's clock is not in them.
 */
@RestController
public final class PriceHistoryController {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  private static final int OPEN_MINUTE = 9 * 60 + 30 - MinuteBars.FIRST_MINUTE;
  private static final int CLOSE_MINUTE = 16 * 60 - MinuteBars.FIRST_MINUTE;

  /** Extended data covers 07:00 to 20:00. */
  private static final int EXTENDED_MINUTE = 7 * 60 - MinuteBars.FIRST_MINUTE;

  /** Daily candles carry midnight in Chicago, which is one o'clock in New York. */
  private static final LocalTime CHICAGO_MIDNIGHT = LocalTime.of(1, 0);

  private static final Map<String, Set<Integer>> PERIODS =
      Map.of(
          "day", Set.of(1, 2, 3, 4, 5, 10),
          "month", Set.of(1, 2, 3, 6),
          "year", Set.of(1, 2, 3, 5, 10, 15, 20),
          "ytd", Set.of(1));
  private static final Map<String, Set<String>> FREQUENCY_TYPES =
      Map.of(
          "day", Set.of("minute"),
          "month", Set.of("daily", "weekly"),
          "year", Set.of("daily", "weekly", "monthly"),
          "ytd", Set.of("daily", "weekly"));
  private static final Map<String, String> DEFAULT_FREQUENCY_TYPE =
      Map.of("day", "minute", "month", "weekly", "year", "monthly", "ytd", "weekly");
  private static final Set<Integer> MINUTES = Set.of(1, 5, 10, 15, 30);

  private final Market market;

  public PriceHistoryController(Market market) {
    this.market = market;
  }

  private static final class BadParameter extends Exception {
    private final String parameter;

    BadParameter(String parameter, String message) {
      super(message);
      this.parameter = parameter;
    }
  }

  /** One candle under construction. */
  private static final class Candle {
    private final long start;
    private final long open;
    private long high;
    private long low;
    private long close;
    private long volume;

    Candle(long start, MinuteBars bars, int i) {
      this.start = start;
      this.open = bars.open(i);
      this.high = bars.high(i);
      this.low = bars.low(i);
    }

    void add(MinuteBars bars, int i) {
      high = Math.max(high, bars.high(i));
      low = Math.min(low, bars.low(i));
      close = bars.close(i);
      volume += bars.volume(i);
    }

    Map<String, Object> view() {
      Map<String, Object> view = new LinkedHashMap<>();
      view.put("open", Amounts.dollars(open));
      view.put("high", Amounts.dollars(high));
      view.put("low", Amounts.dollars(low));
      view.put("close", Amounts.dollars(close));
      view.put("volume", volume);
      view.put("datetime", start);
      return view;
    }
  }

  @GetMapping("/marketdata/v1/pricehistory")
  ResponseEntity<Object> history(
      @RequestParam(defaultValue = "") String symbol,
      @RequestParam(defaultValue = "day") String periodType,
      @RequestParam(required = false) @Nullable String period,
      @RequestParam(required = false) @Nullable String frequencyType,
      @RequestParam(required = false) @Nullable String frequency,
      @RequestParam(required = false) @Nullable String startDate,
      @RequestParam(required = false) @Nullable String endDate,
      @RequestParam(defaultValue = "false") String needExtendedHoursData,
      @RequestParam(defaultValue = "false") String needPreviousClose) {
    try {
      if (symbol.isBlank()) {
        throw new BadParameter("symbol", "symbol is required");
      }
      Set<Integer> periods = PERIODS.get(periodType);
      Set<String> types = FREQUENCY_TYPES.get(periodType);
      String defaultType = DEFAULT_FREQUENCY_TYPE.get(periodType);
      if (periods == null || types == null || defaultType == null) {
        throw new BadParameter("periodType", "periodType must be day, month, year or ytd");
      }
      int length = number("period", period, periodType.equals("day") ? 10 : 1);
      if (!periods.contains(length)) {
        throw new BadParameter("period", "period is not valid for periodType " + periodType);
      }
      String type = frequencyType == null ? defaultType : frequencyType;
      if (!types.contains(type)) {
        throw new BadParameter(
            "frequencyType", "frequencyType is not valid for periodType " + periodType);
      }
      int every = number("frequency", frequency, 1);
      if (type.equals("minute") ? !MINUTES.contains(every) : every != 1) {
        throw new BadParameter("frequency", "frequency is not valid for frequencyType " + type);
      }
      boolean extended = flag("needExtendedHoursData", needExtendedHoursData);
      boolean previousClose = flag("needPreviousClose", needPreviousClose);
      market.lock().lock();
      try {
        Instant end = endDate == null ? lastCompletedDay() : instant("endDate", endDate);
        Instant start =
            startDate == null ? begin(periodType, length, end) : instant("startDate", startDate);
        if (start.isAfter(end)) {
          throw new BadParameter("startDate", "startDate must not be after endDate");
        }
        return ApiErrors.json(200, body(symbol, type, every, extended, previousClose, start, end));
      } finally {
        market.lock().unlock();
      }
    } catch (BadParameter e) {
      return ApiErrors.marketData(400, "Bad Request", "" + e.getMessage(), e.parameter);
    }
  }

  private Map<String, Object> body(
      String symbol,
      String type,
      int every,
      boolean extended,
      boolean previousClose,
      Instant start,
      Instant end) {
    List<Market.HistoryDay> days =
        market.ticker(symbol).isEmpty()
            ? List.of()
            : market.history(symbol, CALENDAR.dateOf(start), CALENDAR.dateOf(end));
    List<Candle> candles =
        type.equals("minute")
            ? minutes(days, every, extended, start.toEpochMilli(), end.toEpochMilli())
            : days(days, type);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("candles", candles.stream().map(Candle::view).toList());
    body.put("symbol", symbol);
    body.put("empty", candles.isEmpty());
    if (previousClose && !candles.isEmpty()) {
      previousClose(symbol, days.getFirst().date(), body);
    }
    return body;
  }

  private void previousClose(String symbol, LocalDate first, Map<String, Object> body) {
    List<Market.HistoryDay> before = market.history(symbol, LocalDate.MIN, first.minusDays(1));
    if (!before.isEmpty()) {
      List<Candle> day = days(List.of(before.getLast()), "daily");
      if (!day.isEmpty()) {
        body.put("previousClose", Amounts.dollars(day.getLast().close));
        body.put("previousCloseDate", day.getLast().start);
      }
    }
  }

  private static List<Candle> minutes(
      List<Market.HistoryDay> days, int every, boolean extended, long start, long end) {
    List<Candle> candles = new ArrayList<>();
    for (Market.HistoryDay day : days) {
      MinuteBars bars = day.bars();
      int from = extended ? EXTENDED_MINUTE : OPEN_MINUTE;
      int to = extended ? bars.size() : CLOSE_MINUTE;
      Candle candle = null;
      for (int i = from; i < to; i++) {
        int first = i - i % every;
        long at = day.midnightMillis() + (first + MinuteBars.FIRST_MINUTE) * 60_000L;
        if (!bars.has(i) || at < start || at > end) {
          continue;
        }
        if (candle == null || candle.start != at) {
          candle = new Candle(at, bars, i);
          candles.add(candle);
        }
        candle.add(bars, i);
      }
    }
    return candles;
  }

  private static List<Candle> days(List<Market.HistoryDay> days, String type) {
    List<Candle> candles = new ArrayList<>();
    LocalDate current = LocalDate.MIN;
    Candle candle = null;
    for (Market.HistoryDay day : days) {
      LocalDate label =
          switch (type) {
            case "weekly" ->
                day.date().with(TemporalAdjusters.previousOrSame(java.time.DayOfWeek.MONDAY));
            case "monthly" -> day.date().withDayOfMonth(1);
            default -> day.date();
          };
      for (int i = OPEN_MINUTE; i < CLOSE_MINUTE; i++) {
        if (!day.bars().has(i)) {
          continue;
        }
        if (candle == null || !label.equals(current)) {
          candle = new Candle(CALENDAR.at(label, CHICAGO_MIDNIGHT).toEpochMilli(), day.bars(), i);
          candles.add(candle);
          current = label;
        }
        candle.add(day.bars(), i);
      }
    }
    return candles;
  }

  /** Documented default of endDate: the end of the last completed business day. */
  private Instant lastCompletedDay() {
    LocalDate date = CALENDAR.previousSession(market.sessionDate()).date();
    return CALENDAR.at(date, LocalTime.of(23, 59, 59));
  }

  private static Instant begin(String periodType, int length, Instant end) {
    LocalDate last = CALENDAR.dateOf(end);
    LocalDate first =
        switch (periodType) {
          case "day" -> {
            LocalDate day = last.plusDays(1);
            for (int i = 0; i < length; i++) {
              day = CALENDAR.previousSession(day).date();
            }
            yield day;
          }
          case "month" -> last.minusMonths(length);
          case "year" -> last.minusYears(length);
          default -> last.withDayOfYear(1);
        };
    return CALENDAR.at(first.isAfter(last) ? last : first, LocalTime.MIDNIGHT);
  }

  private static Instant instant(String name, String text) throws BadParameter {
    try {
      long millis = Long.parseLong(text);
      Instant instant = Instant.ofEpochMilli(millis);
      if (instant.isAfter(Instant.EPOCH.minus(36_500, ChronoUnit.DAYS))
          && instant.isBefore(Instant.EPOCH.plus(73_000, ChronoUnit.DAYS))) {
        return instant;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new BadParameter(name, name + " must be epoch milliseconds");
  }

  private static int number(String name, @Nullable String text, int absent) throws BadParameter {
    if (text == null) {
      return absent;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new BadParameter(name, name + " must be a number");
    }
  }

  private static boolean flag(String name, String text) throws BadParameter {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new BadParameter(name, name + " must be true or false");
    };
  }
}
