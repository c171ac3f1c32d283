package io.alphakite.suite.backfill;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.store.Partitions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts the minute candles of a past date into the tables: a row for each minute without one, SMA9
 * and VWAP of what follows, the bars, and the gap ledger. The one way of candles into past dates.
 */
public final class SessionFill {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();

  /** {@code lock_not_available}: somebody reads the table for long. */
  private static final String IN_USE = "55P03";

  private final Connection connection;
  private final BackfillStore store;
  private final TradingHours hours;
  private final boolean record;

  /**
   * What changed.
   *
   * @param minutes that were filled
   * @param volume of these, in shares
   * @param rowsAdded of the minutes, those that had no row
   * @param restated other rows that changed
   */
  public record Filled(int minutes, long volume, int rowsAdded, int restated) {
    static final Filled NOTHING = new Filled(0, 0, 0, 0);

    Filled plus(Filled other) {
      return new Filled(
          minutes + other.minutes,
          volume + other.volume,
          rowsAdded + other.rowsAdded,
          restated + other.restated);
    }
  }

  /**
   * Writes through this connection, as {@code kite_streamer}; its transaction is the caller's.
   *
   * @param hours outside which there are no rows
   * @param record whether what no entry of the ledger tells of gets one
   */
  public SessionFill(Connection connection, TradingHours hours, boolean record) {
    this.connection = connection;
    this.store = new BackfillStore(connection);
    this.hours = hours;
    this.record = record;
  }

  /**
   * Makes the partitions for these candles, oldest first; ends the connection's transaction. Where
   * a table is in use for too long, rows wait in its default partition.
   */
  public void makeRoom(List<Bar> candles) throws SQLException {
    if (candles.isEmpty()) {
      return;
    }
    try {
      Partitions.make(connection, candles.getFirst().start(), candles.getLast().start());
    } catch (SQLException e) {
      if (!IN_USE.equals(e.getSQLState())) {
        throw e;
      }
    }
  }

  /**
   * Fills a date that is over; doing it again changes nothing.
   *
   * @param candles of this date, oldest first
   * @param wanted the minutes to fill
   */
  public Filled fill(Ticker ticker, LocalDate date, List<Bar> candles, Interval wanted)
      throws SQLException {
    MovingAverage.Bars known = store.bars(ticker);
    MovingAverage.Bars bars = known == null ? MovingAverage.Bars.ofSeconds(60) : known;
    TreeMap<Instant, List<Bar>> parts = new TreeMap<>();
    candles.stream()
        .filter(candle -> CALENDAR.isOpen(candle.start(), hours))
        .forEach(
            candle ->
                parts
                    .computeIfAbsent(
                        CALENDAR.lastVwapReset(candle.start(), hours), _ -> new ArrayList<>())
                    .add(candle));
    Filled filled = Filled.NOTHING;
    for (Map.Entry<Instant, List<Bar>> part : parts.entrySet()) {
      Instant midnight = CALENDAR.at(date, LocalTime.MIDNIGHT);
      Instant from = part.getKey().isBefore(midnight) ? midnight : part.getKey();
      Instant next = parts.higherKey(part.getKey());
      Instant to = next == null ? CALENDAR.at(date.plusDays(1), LocalTime.MIDNIGHT) : next;
      Instant nextSession = next == null ? CALENDAR.nextSession(date).preMarketOpen() : to;
      filled =
          filled.plus(
              session(
                  ticker,
                  new BackfillStore.Span(from, to, nextSession, wanted),
                  part.getValue(),
                  bars));
    }
    return filled;
  }

  /** Each VWAP session of a date on its own. */
  private Filled session(
      Ticker ticker, BackfillStore.Span span, List<Bar> candles, MovingAverage.Bars bars)
      throws SQLException {
    SessionRepair repair =
        new SessionRepair(
            bars.seconds() == 0 ? null : bars,
            store.earlier(ticker, span.from(), bars),
            store.valuedWithout(ticker, span.from(), span.to()),
            span.wanted()::holdsMinute,
            store.firsts(ticker, span.from(), span.to()));
    List<StoredRow> stored = store.rows(ticker, span.from(), span.to());
    SessionRepair.Result result = repair.repair(stored, candles);
    store.write(
        ticker,
        span,
        result,
        candles.stream()
            .filter(candle -> span.wanted().holdsMinute(candle.start().getEpochSecond()))
            .toList(),
        record);
    return new Filled(
        result.candles(), result.volume(), result.added(), result.rows().size() - result.candles());
  }
}
