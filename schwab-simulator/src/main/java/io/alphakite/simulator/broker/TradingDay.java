package io.alphakite.simulator.broker;

import io.alphakite.simulator.market.Market;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** What the hours mean for the account and its orders. Used under the market's lock. */
final class TradingDay {
  private final Market market;
  private final DeskHours hours;
  private final Ledger ledger;
  private final OrderBook book;
  private final Prices prices;
  private final Funds funds;
  private final Appraisal appraisal;
  private final AccountEvents events;
  private final OrderLife life;
  private final Matching matching;

  TradingDay(
      Market market,
      DeskHours hours,
      Ledger ledger,
      OrderBook book,
      Prices prices,
      Funds funds,
      Appraisal appraisal,
      AccountEvents events,
      OrderLife life) {
    this.market = market;
    this.hours = hours;
    this.ledger = ledger;
    this.book = book;
    this.prices = prices;
    this.funds = funds;
    this.appraisal = appraisal;
    this.events = events;
    this.life = life;
    this.matching = life.matching();
  }

  /** Takes up what was under way at the last stop. */
  void start() {
    hours.moveTo(market.nowMillis());
    market.tickers().forEach(matching::show);
    newDay();
    for (long id : book.openIds()) {
      Order order = book.open(id);
      if (order != null && !life.takeUp(order)) {
        settle(order);
      }
    }
  }

  void sessionStarted() {
    hours.moveTo(market.nowMillis());
    market.tickers().forEach(matching::show);
    newDay();
    settleAll();
  }

  void timeIs(long millis) {
    if (hours.moveTo(millis)) {
      newDay();
      settleAll();
    }
  }

  private void settleAll() {
    for (long id : book.openIds()) {
      Order order = book.open(id);
      if (order != null) {
        settle(order);
      }
    }
  }

  /** Notes what the account is as a market day begins. */
  private void newDay() {
    Optional<LocalDate> today = hours.date();
    Account account = book.account();
    Account.Opening opening = account.opening();
    if (today.isPresent() && (opening == null || !opening.date().equals(today.get()))) {
      ledger.save(account.opens(valued(account, today.get())));
    }
  }

  private Account.Opening valued(Account account, LocalDate date) {
    Appraisal.Worth value = appraisal.worth(account);
    return new Account.Opening(
        date,
        account.cash(),
        value.longStock(),
        value.shortStock(),
        value.longOption(),
        value.shortOption(),
        funds.buyingPower(account, book.open(), _ -> true));
  }

  /** What the hours ask of an accepted order: to expire, to wait, or to go to work. */
  private void settle(Order order) {
    if (!order.accepted() || order.wrapper()) {
      return;
    }
    OrderTicket ticket = order.ticket();
    Order now = order;
    LocalDate last = hours.lastDay(ticket);
    if (now.day() == null && last != null) {
      now = now.expiresAfter(last);
      book.save(now);
    }
    if (now.status() == OrderStatus.QUEUED && hours.afterClose()) {
      now = cross(now);
      if (now.status().isTerminal()) {
        return;
      }
    }
    if (now.day() != null && hours.isPast(now.day(), ticket)) {
      life.expired(now);
      return;
    }
    boolean trades = hours.trades(ticket.session());
    switch (now.status()) {
      case PENDING_ACTIVATION -> {
        if (trades) {
          now = now.as(now.activeStatus());
          book.save(now);
          events.toMarket(now);
          // A stop looks at prints only: the last price may still be the pre-market's.
          if (now.triggered()) {
            matching.work(now);
          }
        }
      }
      case WORKING, AWAITING_STOP_CONDITION, QUEUED -> {
        if (!trades) {
          book.save(now.as(OrderStatus.PENDING_ACTIVATION));
        }
      }
      default -> {
        // Under way to something else; that decides.
      }
    }
  }

  /** The closing auction: an order for it trades at the last price, all of it. */
  private Order cross(Order order) {
    Optional<Prices.Quote> quote = prices.quote(order.ticket().symbol());
    BigDecimal last = quote.map(Prices.Quote::last).orElse(null);
    BigDecimal limit = order.ticket().price();
    boolean buys = order.ticket().instruction().buys();
    if (last == null
        || !hours.date().equals(quote.map(Prices.Quote::date))
        || (limit != null && (buys ? last.compareTo(limit) > 0 : last.compareTo(limit) < 0))) {
      return order;
    }
    return matching.fill(order, order.open(), last, List.of());
  }
}
