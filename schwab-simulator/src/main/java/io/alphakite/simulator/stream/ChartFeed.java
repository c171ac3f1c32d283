package io.alphakite.simulator.stream;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MinuteBars;
import io.alphakite.simulator.market.TickerState;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * CHART_EQUITY: on subscription the bar published last, however old, then each minute's bar a few
 * seconds after its end. Minutes without a print have none. From 07:00 to 20:00 New York time.
 *
 * <p>The numbers of the fields are those that captures show (1 = minutes since 07:00, 2 to 5 =
 * open, high, low, close, 6 = volume), or the guide's (1 to 4, 5 = volume, 6 = sequence).
 */
final class ChartFeed extends Feed {
  /** Index of 07:00 in a day of bars. */
  private static final int FIRST = 7 * 60 - MinuteBars.FIRST_MINUTE;

  private static final int VOLUME = 6;

  private static final long MINUTE = 60_000;

  /** How long after a minute's end its bar comes at least: none was seen within 2 seconds. */
  private static final long LAG = 2_100;

  private static final long LAG_SPREAD = 2_500;

  private final Market market;
  private final boolean documented;
  private final FaultDials dials;
  private final Map<String, Bars> tickers = new HashMap<>();

  ChartFeed(Market market, boolean documented, FaultDials dials) {
    super(Service.CHART_EQUITY);
    this.market = market;
    this.documented = documented;
    this.dials = dials;
  }

  /** A bar that comes at a time of its own. */
  private record Later(int minute, long due) {}

  /** What a fault does to a bar's figures: a corrected bar is wrong first. */
  private enum Figures {
    TRUE,
    PROVISIONAL
  }

  /** One ticker's day and how far it has been published. */
  private static final class Bars {
    private final TickerState ticker;
    private @Nullable LocalDate date;
    private MinuteBars day;
    private long midnight;

    /** The minute to be published next. */
    private int next = FIRST;

    /** Bars published today, counted from 07:00, those published again included. */
    private int published;

    /** Bars that a fault keeps back or has coming again. */
    private final List<Later> later = new ArrayList<>();

    Bars(TickerState ticker, long now) {
      this.ticker = ticker;
      this.day = ticker.today();
      turn(now);
    }

    /** Takes up the ticker's present day; what should have come of it before is passed over. */
    private void turn(long now) {
      date = ticker.date();
      day = ticker.today();
      midnight =
          date == null ? 0 : MarketCalendar.nyse().at(date, LocalTime.MIDNIGHT).toEpochMilli();
      published = 0;
      next = FIRST;
      later.clear();
      while (regularDue() <= now) {
        published += day.has(next) ? 1 : 0;
        next++;
      }
    }

    private boolean ended() {
      return date == null || next >= day.size();
    }

    /** When the next minute's bar is due, whether there will be one or not. */
    private long regularDue() {
      return ended() ? NEVER : start(next) + MINUTE + lag();
    }

    private long due() {
      long due = regularDue();
      for (Later bar : later) {
        due = Math.min(due, bar.due);
      }
      return due;
    }

    private long start(int minute) {
      return midnight + (MinuteBars.FIRST_MINUTE + minute) * MINUTE;
    }

    private long lag() {
      int mixed = (ticker.symbol().hashCode() * 31 + next) * 0x9E3779B9;
      return LAG + Math.floorMod(mixed >>> 8, LAG_SPREAD);
    }
  }

  @Override
  void added(String key, long now) {
    market.ticker(key).ifPresent(ticker -> tickers.put(key, new Bars(ticker, now)));
  }

  @Override
  void removed(String key) {
    tickers.remove(key);
  }

  @Override
  void image(String key, DataFrame frame, long now) {
    Bars bars = tickers.get(key);
    if (bars == null) {
      return;
    }
    for (int minute = bars.next - 1; minute >= FIRST; minute--) {
      if (bars.day.has(minute)) {
        bar(bars, minute, bars.published - 1, Figures.TRUE, frame, now);
        return;
      }
    }
  }

  @Override
  long due() {
    long due = NEVER;
    for (Bars bars : tickers.values()) {
      due = Math.min(due, bars.due());
    }
    return due;
  }

  @Override
  void run(DataFrame frame, long now) {
    for (Bars bars = earliest(now); bars != null; bars = earliest(now)) {
      long due = bars.due();
      Later later = bars.later.stream().filter(bar -> bar.due == due).findFirst().orElse(null);
      if (later != null) {
        bars.later.remove(later);
        bar(bars, later.minute, bars.published++, Figures.TRUE, frame, due);
      } else {
        regular(bars, frame, due);
      }
    }
  }

  private void regular(Bars bars, DataFrame frame, long due) {
    int minute = bars.next++;
    String symbol = bars.ticker.symbol();
    if (!bars.day.has(minute) || dials.strike(Dial.BAR_MISSING, symbol).isPresent()) {
      return;
    }
    Optional<Strike> late = dials.strike(Dial.BAR_LATE, symbol);
    if (late.isPresent()) {
      bars.later.add(new Later(minute, due + late.get().delay().toMillis()));
      return;
    }
    Optional<Strike> corrected = dials.strike(Dial.BAR_CORRECTED, symbol);
    corrected.ifPresent(
        strike -> bars.later.add(new Later(minute, due + strike.delay().toMillis())));
    Figures figures = corrected.isPresent() ? Figures.PROVISIONAL : Figures.TRUE;
    bar(bars, minute, bars.published++, figures, frame, due);
  }

  /** The ticker whose bar is due first; null when none is by now. */
  private @Nullable Bars earliest(long now) {
    Bars first = null;
    for (String key : keys()) {
      Bars bars = tickers.get(key);
      if (bars != null && bars.due() <= now && (first == null || bars.due() < first.due())) {
        first = bars;
      }
    }
    return first;
  }

  /** A session has begun: the rest of the one before comes still, then the new day's bars. */
  void sessionStarted(DataFrame frame, long now) {
    run(frame, now);
    for (Bars bars : tickers.values()) {
      if (bars.day != bars.ticker.today()) {
        bars.turn(now);
      }
    }
  }

  private void bar(
      Bars bars, int minute, int sequence, Figures figures, DataFrame frame, long now) {
    String symbol = bars.ticker.symbol();
    Fields fields = fields(symbol);
    boolean fractional = dials.strike(Dial.BAR_VOLUME_FRACTIONAL, symbol).isPresent();
    StringBuilder to = frame.begin(service(), now);
    to.append("{\"seq\":").append(sequence).append(",\"key\":");
    Json.text(to, symbol);
    for (int field = fields.next(1); field >= 0; field = fields.next(field + 1)) {
      to.append(",\"").append(fields.label(field)).append("\":");
      int real = documented ? real(field) : field;
      if (real == VOLUME) {
        volume(to, bars.day.volume(minute), figures, fractional);
      } else {
        value(to, bars, minute, real);
      }
    }
    to.append('}');
    frame.end(symbol);
  }

  /** A double on the wire; a provisional one lacks a tenth. */
  private static void volume(StringBuilder to, long shares, Figures figures, boolean fractional) {
    long counted = figures == Figures.PROVISIONAL ? shares - (shares + 9) / 10 : shares;
    Json.e4(to, counted * 10_000 + (fractional ? 3_125 : 0));
  }

  /** The number in the real layout of what the guide has under a number. */
  private static int real(int documentedField) {
    return switch (documentedField) {
      case 1, 2, 3, 4, 5 -> documentedField + 1;
      case 6 -> 1;
      default -> documentedField;
    };
  }

  private static void value(StringBuilder to, Bars bars, int minute, int field) {
    MinuteBars day = bars.day;
    switch (field) {
      case 1 -> to.append(minute - FIRST);
      case 2 -> Json.e4(to, day.open(minute));
      case 3 -> Json.e4(to, day.high(minute));
      case 4 -> Json.e4(to, day.low(minute));
      case 5 -> Json.e4(to, day.close(minute));
      case 7 -> to.append(bars.start(minute));
      default -> to.append(bars.date == null ? 0 : bars.date.toEpochDay());
    }
  }
}
