package io.alphakite.simulator.broker;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingSession;
import io.alphakite.simulator.broker.OrderTicket.Duration;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions trade at the market's moment, and when an order's day is over. Moves with the
 * market's clock only. Not thread-safe.
 */
final class DeskHours {
  private static final LocalTime PRE_MARKET = LocalTime.of(7, 0);

  private final MarketCalendar calendar = MarketCalendar.nyse();
  private long now;
  private long changesAt = Long.MIN_VALUE;
  private @Nullable TradingSession today;
  private long preMarketOpen;

  /** Comes to a time; true when what may trade has changed, or the day. */
  boolean moveTo(long millis) {
    LocalDate before = today == null ? null : today.date();
    boolean back = millis < now;
    now = millis;
    if (millis < changesAt && !back) {
      return false;
    }
    Instant time = Instant.ofEpochMilli(millis);
    LocalDate date = calendar.dateOf(time);
    if (!date.equals(before)) {
      today = calendar.session(date).orElse(null);
    }
    preMarketOpen = calendar.at(date, PRE_MARKET).toEpochMilli();
    changesAt = calendar.at(date.plusDays(1), LocalTime.MIDNIGHT).toEpochMilli();
    if (today != null) {
      for (long boundary :
          List.of(
              preMarketOpen,
              today.open().toEpochMilli(),
              today.close().toEpochMilli(),
              today.postMarketClose().toEpochMilli())) {
        if (boundary > millis) {
          changesAt = boundary;
          break;
        }
      }
    }
    return true;
  }

  /** The Eastern date if the exchange trades on it. */
  Optional<LocalDate> date() {
    return Optional.ofNullable(today).map(TradingSession::date);
  }

  boolean regular() {
    return today != null
        && now >= today.open().toEpochMilli()
        && now < today.close().toEpochMilli();
  }

  /** Whether the regular session of the day is over. */
  boolean afterClose() {
    return today != null && now >= today.close().toEpochMilli();
  }

  /** Whether orders of this session trade at this moment. */
  boolean trades(OrderTicket.Session session) {
    if (today == null) {
      return false;
    }
    boolean pre = now >= preMarketOpen && now < today.open().toEpochMilli();
    boolean post =
        now >= today.close().toEpochMilli() && now < today.postMarketClose().toEpochMilli();
    return switch (session) {
      case NORMAL -> regular();
      case AM -> pre;
      case PM -> post;
      case SEAMLESS -> pre || regular() || post;
    };
  }

  /** The day after which an order expires, if that can be told already. */
  @Nullable LocalDate lastDay(OrderTicket ticket) {
    LocalDate date = today == null ? null : today.date();
    if (date == null || ticket.duration() == Duration.GOOD_TILL_CANCEL || isOver(ticket)) {
      return null;
    }
    return switch (ticket.duration()) {
      case END_OF_WEEK -> date.with(TemporalAdjusters.nextOrSame(DayOfWeek.FRIDAY));
      case END_OF_MONTH -> date.with(TemporalAdjusters.lastDayOfMonth());
      case NEXT_END_OF_MONTH -> date.plusMonths(1).with(TemporalAdjusters.lastDayOfMonth());
      default -> date;
    };
  }

  /** Whether an order whose last day is this has seen its hours end. */
  boolean isPast(LocalDate lastDay, OrderTicket ticket) {
    LocalDate date = calendar.dateOf(Instant.ofEpochMilli(now));
    return lastDay.isBefore(date) || (lastDay.equals(date) && (today == null || isOver(ticket)));
  }

  /** Whether this day's hours for such an order have passed. */
  private boolean isOver(OrderTicket ticket) {
    if (today == null) {
      return true;
    }
    Instant end =
        switch (ticket.session()) {
          case NORMAL -> today.close();
          case AM -> today.open();
          case PM, SEAMLESS -> today.postMarketClose();
        };
    return now >= end.toEpochMilli();
  }
}
