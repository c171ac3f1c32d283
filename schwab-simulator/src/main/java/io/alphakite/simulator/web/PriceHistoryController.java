package io.alphakite.simulator.web;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MinuteBars;
import java.time.DayOfWeek;
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

  /** One-minute candles reach back so many days, those of more minutes nine months. */
  private static final int MINUTE_DAYS = 48;

  private static final int MINUTES_DAYS = 274;

  private final Market market;
  private final FaultDials faults;

  public PriceHistoryController(Market market, FaultDials faults) {
    this.market = market;
    this.faults = faults;
  }

  /** One candle under construction. */
  private static final class Candle {
    private final long start;
    private final long open;
    private long high;
    private long low;
    private long close;
    private long volume;

    Candle(long start, long open) {
      this.start = start;
      this.open = open;
      this.high = open;
      this.low = open;
    }

    void add(MinuteBars bars, int i) {
      add(bars.high(i), bars.low(i), bars.close(i), bars.volume(i));
    }

    void add(long highest, long lowest, long last, long shares) {
      high = Math.max(high, highest);
      low = Math.min(low, lowest);
      close = last;
      volume += shares;
    }

    Map<String, Object> view(int times, boolean traded) {
      Map<String, Object> view = new LinkedHashMap<>();
      view.put("open", Amounts.dollars(open * times));
      view.put("high", Amounts.dollars(high * times));
      view.put("low", Amounts.dollars(low * times));
      view.put("close", Amounts.dollars(close * times));
      view.put("volume", traded ? volume : 0);
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
      int length = BadParameter.number("period", period, periodType.equals("day") ? 10 : 1);
      if (!periods.contains(length)) {
        throw new BadParameter("period", "period is not valid for periodType " + periodType);
      }
      String type = frequencyType == null ? defaultType : frequencyType;
      if (!types.contains(type)) {
        throw new BadParameter(
            "frequencyType", "frequencyType is not valid for periodType " + periodType);
      }
      int every = BadParameter.number("frequency", frequency, 1);
      if (type.equals("minute") ? !MINUTES.contains(every) : every != 1) {
        throw new BadParameter("frequency", "frequency is not valid for frequencyType " + type);
      }
      boolean extended = BadParameter.flag("needExtendedHoursData", needExtendedHoursData);
      boolean previousClose = BadParameter.flag("needPreviousClose", needPreviousClose);
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
      return e.answer();
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
    boolean index = symbol.equals(Listing.SPX.symbol());
    String ticker = index ? "SPY" : symbol;
    boolean none =
        market.ticker(ticker).isEmpty() || faults.strike(Dial.HISTORY_EMPTY, symbol).isPresent();
    boolean wholeDays = !none && faults.strike(Dial.HISTORY_WHOLE_DAY, symbol).isPresent();
    List<Candle> candles =
        none
            ? List.of()
            : type.equals("minute")
                ? minutes(ticker, every, extended, start, end, wholeDays)
                : days(ticker, type, start, end);
    int shown =
        candles.size()
            - (none
                ? 0
                : faults
                    .strike(Dial.HISTORY_LAGS, symbol)
                    .map(strike -> (int) Math.min(candles.size(), strike.number("candles")))
                    .orElse(0));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(
        "candles",
        candles.subList(0, shown).stream()
            .map(candle -> candle.view(index ? QuoteViews.SPX_TIMES : 1, !index))
            .toList());
    body.put("symbol", symbol);
    body.put("empty", shown == 0);
    if (previousClose && !none) {
      previousClose(ticker, CALENDAR.dateOf(start), index ? QuoteViews.SPX_TIMES : 1, body);
    }
    return body;
  }

  /** The close before the first day asked for. */
  private void previousClose(String symbol, LocalDate first, int times, Map<String, Object> body) {
    List<Market.DayBar> before = market.dayBars(symbol, LocalDate.MIN, first.minusDays(1));
    if (!before.isEmpty()) {
      body.put("previousClose", Amounts.dollars(before.getLast().closeE4() * times));
      body.put("previousCloseDate", chicagoMidnight(before.getLast().date()));
      return;
    }
    // Before the first session replayed only its recorded previous close is known.
    List<Market.DayBar> known = market.dayBars(symbol, LocalDate.MIN, market.sessionDate());
    LocalDate date = known.isEmpty() ? market.sessionDate() : known.getFirst().date();
    long close = market.previousClose(symbol, date);
    if (close > 0 && !first.isAfter(date)) {
      body.put("previousClose", Amounts.dollars(close * times));
      body.put("previousCloseDate", chicagoMidnight(CALENDAR.previousSession(date).date()));
    }
  }

  private static long chicagoMidnight(LocalDate date) {
    return CALENDAR.at(date, CHICAGO_MIDNIGHT).toEpochMilli();
  }

  private List<Candle> minutes(
      String symbol, int every, boolean extended, Instant from, Instant until, boolean wholeDays) {
    LocalDate today = market.sessionDate();
    LocalDate oldest = today.minusDays(every == 1 ? MINUTE_DAYS : MINUTES_DAYS);
    LocalDate first = CALENDAR.dateOf(from);
    long start = wholeDays ? Long.MIN_VALUE : from.toEpochMilli();
    long end = wholeDays ? Long.MAX_VALUE : until.toEpochMilli();
    List<Candle> candles = new ArrayList<>();
    for (Market.HistoryDay day :
        market.history(symbol, first.isBefore(oldest) ? oldest : first, CALENDAR.dateOf(until))) {
      MinuteBars bars = day.bars();
      int least = extended ? EXTENDED_MINUTE : OPEN_MINUTE;
      int most = extended ? bars.size() : CLOSE_MINUTE;
      Candle candle = null;
      for (int i = least; i < most; i++) {
        int minute = i - i % every;
        long at = day.midnightMillis() + (minute + MinuteBars.FIRST_MINUTE) * 60_000L;
        if (!bars.has(i) || at < start || at > end) {
          continue;
        }
        if (candle == null || candle.start != at) {
          candle = new Candle(at, bars.open(i));
          candles.add(candle);
        }
        candle.add(bars, i);
      }
    }
    return candles;
  }

  private List<Candle> days(String symbol, String type, Instant start, Instant end) {
    List<Candle> candles = new ArrayList<>();
    LocalDate current = LocalDate.MIN;
    Candle candle = null;
    for (Market.DayBar day : market.dayBars(symbol, CALENDAR.dateOf(start), CALENDAR.dateOf(end))) {
      LocalDate label =
          switch (type) {
            case "weekly" -> day.date().with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
            case "monthly" -> day.date().withDayOfMonth(1);
            default -> day.date();
          };
      if (candle == null || !label.equals(current)) {
        candle = new Candle(chicagoMidnight(label), day.openE4());
        candles.add(candle);
        current = label;
      }
      candle.add(day.highE4(), day.lowE4(), day.closeE4(), day.volume());
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
}
