package io.alphakite.simulator.broker;

import io.alphakite.simulator.broker.OrderTicket.Leg;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import io.alphakite.simulator.market.TickerState;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The market side: orders at work are triggered and filled from what the market shows, never more
 * than is shown. Used under the market's lock.
 */
final class Matching {
  private static final Logger log = LoggerFactory.getLogger(Matching.class);

  private final OrderBook book;
  private final Prices prices;
  private final DeskHours hours;
  private final AccountEvents events;
  private final FaultDials faults;
  private final Disguise disguise;
  private final InstantSource wall;
  private final Sequel sequel;
  private final Liquidity liquidity = new Liquidity();

  /** Orders that fill in pieces of so many, because a fault says so. */
  private final Map<Long, Long> pieces = new HashMap<>();

  /** What follows for the order and for those that hang on it. */
  interface Sequel {
    /** Some or all of it was filled. */
    void filled(Order order);

    /** It trades at once or not at all, and this much of it did. */
    void unfilled(Order order);
  }

  Matching(
      OrderBook book,
      Prices prices,
      DeskHours hours,
      AccountEvents events,
      FaultDials faults,
      Disguise disguise,
      InstantSource wall,
      Sequel sequel) {
    this.book = book;
    this.prices = prices;
    this.hours = hours;
    this.events = events;
    this.faults = faults;
    this.disguise = disguise;
    this.wall = wall;
    this.sequel = sequel;
  }

  void fillInPieces(long id, long quantity) {
    pieces.put(id, quantity);
  }

  void forget(long id) {
    pieces.remove(id);
  }

  void show(TickerState ticker) {
    liquidity.show(ticker.symbol(), Prices.of(ticker));
  }

  /** A ticker has a new quote, or a new print. */
  void changed(TickerState ticker, boolean quote) {
    if (quote) {
      show(ticker);
    }
    if (book.hasOpen()) {
      changed(order -> order.ticket().symbol().equals(ticker.symbol()) && looksAt(order, quote));
    }
  }

  void optionsMoved(String underlying) {
    if (book.hasOpen()) {
      changed(
          order ->
              order.ticket().legs().stream()
                  .anyMatch(leg -> leg.option() && isOn(underlying, leg.symbol())));
    }
  }

  private static boolean isOn(String underlying, String option) {
    return Options.of(option).filter(of -> of.root().equals(underlying)).isPresent();
  }

  private void changed(Predicate<Order> concerned) {
    for (long id : book.openIds()) {
      Order order = book.open(id);
      if (order != null && !order.wrapper() && concerned.test(order)) {
        work(order);
      }
    }
  }

  /** Quotes are for orders that trade, prints for stops, unless those watch a quote. */
  private static boolean looksAt(Order order, boolean quote) {
    return order.triggered() ? quote : Conditions.watchesQuote(order.ticket()) || !quote;
  }

  /** Does what an accepted order can do now: trigger, and trade. */
  void work(Order order) {
    if (!order.accepted()
        || order.status() == OrderStatus.PENDING_ACTIVATION
        || order.status() == OrderStatus.QUEUED
        || order.status().isTerminal()
        || !hours.trades(order.ticket().session())) {
      return;
    }
    boolean quoted = true;
    for (Leg leg : order.ticket().legs()) {
      Optional<Prices.Quote> quote = prices.quote(leg.symbol());
      if (quote.isEmpty() || !hours.date().equals(Optional.ofNullable(quote.get().date()))) {
        return;
      }
      quoted &= quote.get().quoted();
      liquidity.show(leg.symbol(), quote.get());
    }
    Order now = order;
    if (!now.triggered()) {
      Prices.Quote quote = prices.quote(now.ticket().symbol()).orElseThrow();
      now = follow(now, quote);
      if (!Conditions.meetsStop(now, quote)) {
        return;
      }
      now = now.trigger();
      book.save(now);
      events.monitorCompleted(now);
      events.toMarket(now);
    }
    if (quoted) {
      trade(now);
    }
  }

  /** Lets a trailing stop follow the market, never back. */
  private Order follow(Order order, Prices.Quote quote) {
    BigDecimal stands = order.stop();
    BigDecimal stop = Conditions.trailed(order, quote);
    if (stop == null || (stands != null && stop.compareTo(stands) == 0)) {
      return order;
    }
    Order moved = order.trails(stop);
    book.save(moved);
    if (stands != null) {
      events.monitorUpdated(moved);
    }
    return moved;
  }

  private void trade(Order order) {
    OrderTicket ticket = order.ticket();
    long most = order.open();
    List<BigDecimal> legPrices = new ArrayList<>();
    for (Leg leg : ticket.legs()) {
      boolean buys = leg.instruction().buys();
      Prices.Quote quote = prices.quote(leg.symbol()).orElseThrow();
      BigDecimal price = buys ? quote.ask() : quote.bid();
      if (price == null) {
        most = 0;
        break;
      }
      legPrices.add(price);
      most = Math.min(most, liquidity.left(leg.symbol(), buys) / ticket.units(leg, 1));
    }
    long quantity = most > 0 && Conditions.isMarketable(ticket, legPrices) ? most : 0;
    if (ticket.allOrNone() && quantity < order.open()) {
      quantity = 0;
    } else if (!ticket.duration().atOnce()) {
      quantity = Math.min(quantity, pieces.getOrDefault(order.id(), quantity));
    }
    if (quantity > 0
        && ticket.price() != null
        && faults.strike(Dial.FILL_MISSED, book.subject(order)).isPresent()) {
      quantity = 0;
    }
    Order now = order;
    if (quantity > 0) {
      for (Leg leg : ticket.legs()) {
        liquidity.take(leg.symbol(), leg.instruction().buys(), ticket.units(leg, 1) * quantity);
      }
      now = fill(order, quantity, Conditions.net(ticket, legPrices).abs(), legPrices);
    }
    if (ticket.duration().atOnce() && !now.status().isTerminal()) {
      sequel.unfilled(now);
    }
  }

  /** Fills all that is open at the order's own limit, else at the quote, whatever its size. */
  boolean fillWhole(Order order) {
    OrderTicket ticket = order.ticket();
    if (ticket.spread() || order.status().isTerminal()) {
      return false;
    }
    BigDecimal price =
        ticket.price() != null
            ? ticket.price()
            : prices
                .quote(ticket.symbol())
                .map(quote -> quote.opposite(ticket.instruction().buys()))
                .orElse(null);
    if (price == null) {
      return false;
    }
    fill(order, order.open(), price, List.of());
    return true;
  }

  Order fill(Order order, long quantity, BigDecimal price, List<BigDecimal> legPrices) {
    OrderTicket ticket = order.ticket();
    BigDecimal paid = ticket.spread() ? price : improved(order, price);
    Order filled =
        order.fill(
            book.nextExecution(),
            quantity,
            paid,
            ticket.spread() ? legPrices : List.of(),
            wall.instant());
    Account before = book.account();
    Account after = before;
    for (int i = 0; i < ticket.legs().size(); i++) {
      Leg leg = ticket.legs().get(i);
      long units = ticket.units(leg, 1) * quantity;
      after =
          after.traded(
              leg.symbol(),
              leg.instruction().buys() ? units : -units,
              ticket.spread() ? legPrices.get(i) : paid);
    }
    faults
        .strike(Dial.BALANCES_LAG, "ACCOUNT")
        .ifPresent(strike -> disguise.holdBalances(before, strike));
    faults
        .strike(Dial.POSITIONS_LAG, "ACCOUNT")
        .ifPresent(strike -> disguise.holdPositions(before, strike));
    book.save(filled, after);
    events.filled(filled, filled.executions().getLast());
    log.atInfo()
        .addKeyValue("event", "order.filled")
        .addKeyValue("order_id", order.id())
        .addKeyValue("ticker", ticket.symbol())
        .addKeyValue("quantity", quantity)
        .addKeyValue("price", paid)
        .log("Order filled");
    sequel.filled(filled);
    return filled;
  }

  /** Venues fill within the quote at times: such prices have more decimals. */
  private BigDecimal improved(Order order, BigDecimal price) {
    Optional<Strike> strike = faults.strike(Dial.FILL_PRICE_IMPROVED, book.subject(order));
    if (strike.isEmpty()) {
      return price;
    }
    int decimals = Math.clamp(strike.get().number("decimals"), 3, 6);
    int steps = BigDecimal.TEN.pow(decimals - 2).intValueExact() - 1;
    BigDecimal better = BigDecimal.valueOf(1L + strike.get().choose(steps), decimals);
    return order.ticket().instruction().buys() ? price.subtract(better) : price.add(better);
  }
}
