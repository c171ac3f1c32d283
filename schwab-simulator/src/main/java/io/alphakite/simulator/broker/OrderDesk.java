package io.alphakite.simulator.broker;

import io.alphakite.simulator.broker.OrderTicket.Leg;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MarketListener;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes orders and fills them from the replayed market.
 *
 * <p>A 201 only says that an order was received: a moment later it is rejected or accepted. An
 * accepted one trades at the national best opposite it, within its own limits and never more than
 * the size shown there; what others of these orders took from the same quote is gone until that
 * side of the quote changes. The rest waits for following quotes. Stops are triggered by the last
 * price unless they say otherwise. DAY orders end at the session's close, orders given outside the
 * session wait for the next open. Orders that hang on another wait until that is filled; of orders
 * that cancel each other the first that trades takes the others out. Nothing here moves the market.
 *
 * <p>Thread-safe: everything happens under the market's lock.
 */
public final class OrderDesk implements MarketListener, AutoCloseable {
  private final Market market;
  private final InstantSource wall;
  private final FaultDials faults;
  private final Disguise disguise;
  private final Ledger ledger;
  private final OrderBook book;
  private final Delays delays;
  private final AccountEvents events;
  private final Prices prices;
  private final Funds funds;
  private final Appraisal appraisal;
  private final OrderChecks checks;
  private final OrderLife life;
  private final TradingDay day;

  /** Outcome of a request that can be refused at once. */
  public sealed interface Answer {
    /**
     * The order is taken.
     *
     * @param told the id that the client is told; null = none
     */
    record Taken(long id, @Nullable Long told) implements Answer {}

    /** It would be taken as this. */
    record Previewed(Preview preview) implements Answer {}

    /** Nothing was done. */
    record Refused(int status, String message) implements Answer {}
  }

  /** Hears account activity: account number, message type, payload. */
  @FunctionalInterface
  public interface ActivityListener {
    void activity(String account, String messageType, String payload);
  }

  /** A fill of an order. */
  public record Trade(Order order, Order.Execution execution) {}

  /**
   * Goes on with the account kept in the state directory, if there is one.
   *
   * @throws IllegalStateException when that cannot be read
   */
  public OrderDesk(
      Market market,
      OptionMarket options,
      SimulatorSettings settings,
      InstantSource wall,
      FaultDials faults,
      ActivityListener activity) {
    this.market = market;
    this.wall = wall;
    this.faults = faults;
    this.disguise = new Disguise(InstantSource.system());
    this.ledger = new Ledger(settings.stateDirectory(), settings.cash());
    this.book = new OrderBook(ledger, disguise, wall);
    this.delays = new Delays(market.lock());
    this.events = new AccountEvents(faults, activity::activity);
    this.prices = new Prices(market, options);
    this.funds = new Funds(prices);
    this.appraisal = new Appraisal(prices);
    DeskHours hours = new DeskHours();
    this.checks = new OrderChecks(prices, funds, hours, settings.account());
    this.life = new OrderLife(book, checks, prices, hours, events, faults, disguise, delays, wall);
    this.day = new TradingDay(market, hours, ledger, book, prices, funds, appraisal, events, life);
    market.listen(this);
    options.listen((underlying, _) -> life.matching().optionsMoved(underlying));
  }

  /** Takes up what was under way at the last stop. Once, before the market starts. */
  public void start() {
    locked(day::start);
  }

  // --- What a client can ask

  /** The broker's clock, by which orders are entered. */
  public Instant now() {
    return wall.instant();
  }

  /** The account now. */
  public Account account() {
    return locking(book::account);
  }

  /** The account as its balances are shown, and as its positions are: both may lag. */
  public Account shownBalances() {
    return locking(() -> disguise.balances(book.account()));
  }

  /** The account as its positions are shown. */
  public Account shownPositions() {
    return locking(() -> disguise.positions(book.account()));
  }

  /** Cash less what open orders may still take and what stands behind short positions. */
  public BigDecimal buyingPower(Account account) {
    return locking(() -> funds.buyingPower(account, book.open(), _ -> true));
  }

  /** What the account's positions are worth now. Use under the market's lock. */
  public Appraisal appraisal() {
    return appraisal;
  }

  /** All orders kept, newest first, those that hang on others too. */
  public List<Order> orders() {
    return locking(() -> List.copyOf(book.all().descendingMap().values()));
  }

  /** The orders at the top of their trees as a list shows them, newest first. */
  public List<OrderTree> listed() {
    return locking(
        () -> {
          List<OrderTree> trees = new ArrayList<>();
          List<OrderTree> twice = new ArrayList<>();
          for (Order order : book.all().descendingMap().values()) {
            boolean top = order.parent() == null || book.get(order.parent()) == null;
            Optional<Order> shown = disguise.listed(order);
            if (top && shown.isPresent()) {
              trees.add(tree(shown.get(), true));
            } else if (shown.isPresent()
                && faults.strike(Dial.CHILD_LISTED_TWICE, book.subject(order)).isPresent()) {
              twice.add(tree(shown.get(), true));
            }
          }
          trees.addAll(twice);
          faults
              .strike(Dial.LISTING_UNSORTED, "LIST")
              .ifPresent(strike -> Collections.shuffle(trees, new Random(strike.roll())));
          return trees;
        });
  }

  /** An order with those that hang on it; empty when there is none, or none yet. */
  public Optional<OrderTree> order(long id) {
    return locking(
        () ->
            Optional.ofNullable(book.get(id))
                .filter(_ -> !disguise.isHidden(id))
                .map(order -> tree(order, false)));
  }

  private OrderTree tree(Order order, boolean listing) {
    List<OrderTree> children = new ArrayList<>();
    for (long child : order.children()) {
      Order below = book.get(child);
      if (below != null) {
        children.add(tree(listing ? disguise.listed(below).orElse(below) : below, listing));
      }
    }
    if (order.wrapper()) {
      // In captures the two came in another order than they were sent in.
      Collections.reverse(children);
    }
    return new OrderTree(order, disguise.status(order), children);
  }

  /** All fills, newest first, as transactions show them. */
  public List<Trade> trades() {
    return locking(
        () -> {
          Instant shown =
              faults
                  .strike(Dial.TRANSACTIONS_LAG, "TRANSACTIONS")
                  .map(strike -> wall.instant().minus(strike.delay()))
                  .orElse(Instant.MAX);
          List<Trade> trades = new ArrayList<>();
          for (Order order : book.all().values()) {
            for (Order.Execution execution : order.executions()) {
              if (execution.fill() && !execution.time().isAfter(shown)) {
                trades.add(new Trade(order, execution));
              }
            }
          }
          trades.sort((one, other) -> Long.compare(other.execution().id(), one.execution().id()));
          return trades;
        });
  }

  /** Takes an order in the form of the request's JSON. */
  public Answer place(String body) {
    OrderRequest request;
    try {
      request = OrderParser.parse(body);
    } catch (OrderParser.Refused e) {
      return refused(e);
    }
    return locking(
        () -> {
          if (book.isFull()) {
            return new Answer.Refused(400, "Too many open orders.");
          }
          Order order = book.receive(request, null, null, OrderStatus.NEW);
          life.created(order);
          delays.later(OrderLife.ANSWER, () -> life.acknowledge(order.id()));
          return told(order);
        });
  }

  /** What the broker would say of an order, which is not placed. */
  public Answer preview(String body) {
    OrderRequest request;
    try {
      request = OrderParser.parse(body);
    } catch (OrderParser.Refused e) {
      return refused(e);
    }
    return locking(
        () -> {
          OrderRequest leaf = request;
          while (leaf.terms() == null) {
            leaf = leaf.children().getFirst();
          }
          OrderTicket ticket = leaf.terms();
          Account account = book.account();
          BigDecimal value = BigDecimal.ZERO;
          List<Preview.LegQuote> quotes = new ArrayList<>();
          for (Leg leg : ticket.legs()) {
            quotes.add(legQuote(leg));
            BigDecimal cost =
                funds
                    .estimate(ticket, leg)
                    .multiply(
                        BigDecimal.valueOf(leg.quantity() * Account.multiplier(leg.symbol())));
            value = leg.instruction().buys() ? value.add(cost) : value.subtract(cost);
          }
          BigDecimal left =
              funds
                  .buyingPower(account, book.open(), _ -> true)
                  .subtract(funds.required(account, ticket, ticket.quantity()));
          return new Answer.Previewed(
              new Preview(
                  ticket,
                  request.strategy(),
                  wall.instant(),
                  value,
                  left,
                  checks.findings(ticket, account, book.open(), _ -> true),
                  quotes));
        });
  }

  private Preview.LegQuote legQuote(Leg leg) {
    Optional<Prices.Quote> quote = prices.quote(leg.symbol());
    return new Preview.LegQuote(
        orZero(quote.map(Prices.Quote::bid).orElse(null)),
        orZero(quote.map(Prices.Quote::ask).orElse(null)),
        orZero(quote.map(Prices.Quote::last).orElse(null)),
        orZero(quote.map(Prices.Quote::mark).orElse(null)));
  }

  private static BigDecimal orZero(@Nullable BigDecimal value) {
    return value == null ? BigDecimal.ZERO : value;
  }

  /** Replaces an order's rest by a new order with an id of its own. */
  public Answer replace(long id, String body) {
    OrderRequest request;
    try {
      request = OrderParser.parse(body);
    } catch (OrderParser.Refused e) {
      return refused(e);
    }
    return locking(
        () -> {
          Order old = book.get(id);
          if (old == null) {
            return new Answer.Refused(404, "Order not found");
          }
          if (old.status().isTerminal()
              || old.status().cancelling()
              || old.status() == OrderStatus.PENDING_REPLACE
              || old.wrapper()) {
            return new Answer.Refused(
                400, "Order in state " + old.status() + " cannot be replaced");
          }
          boolean waits = old.status() == OrderStatus.AWAITING_PARENT_ORDER;
          book.save(old.as(OrderStatus.PENDING_REPLACE));
          Order order =
              book.receive(
                  request,
                  old.parent(),
                  id,
                  waits ? OrderStatus.AWAITING_PARENT_ORDER : OrderStatus.NEW);
          Order parent = book.parent(old);
          if (parent != null) {
            book.save(parent.adopts(order.id()));
          }
          if (!waits) {
            life.maybeFillFirst(old);
          }
          events.changed(order, id);
          events.cancelAccepted(old, order.id());
          delays.later(OrderLife.ANSWER, () -> life.replaced(id, order.id()));
          return told(order);
        });
  }

  /** Asks to cancel; fills are still possible until it is done. */
  public Answer cancel(long id) {
    return locking(
        () -> {
          Order order = book.get(id);
          if (order == null) {
            return new Answer.Refused(404, "Order not found");
          }
          if (order.status().isTerminal()
              || faults.strike(Dial.CANCEL_REFUSED, book.subject(order)).isPresent()) {
            return new Answer.Refused(
                400, "Order in state " + order.status() + " cannot be canceled");
          }
          if (!order.status().cancelling()) {
            life.askOut(order);
          }
          return new Answer.Taken(id, id);
        });
  }

  private static Answer refused(OrderParser.Refused reason) {
    return new Answer.Refused(400, reason.getMessage() == null ? "" : reason.getMessage());
  }

  /** What the client is told of an order just taken. */
  private Answer told(Order order) {
    String subject = book.subject(order);
    faults.strike(Dial.ORDER_NOT_FOUND_YET, subject).ifPresent(s -> disguise.hide(order.id(), s));
    faults.strike(Dial.LISTING_LAGS, subject).ifPresent(s -> disguise.lag(order, s));
    if (faults.strike(Dial.LOCATION_MISSING, subject).isPresent()) {
      return new Answer.Taken(order.id(), null);
    }
    if (faults.strike(Dial.LOCATION_OF_ANOTHER_ORDER, subject).isPresent()) {
      Long other = book.all().lowerKey(order.id());
      return new Answer.Taken(order.id(), other == null ? Long.valueOf(order.id() - 1) : other);
    }
    return new Answer.Taken(order.id(), order.id());
  }

  // --- The market moves

  @Override
  public void sessionStarted() {
    day.sessionStarted();
  }

  @Override
  public void timeIs(long millis) {
    day.timeIs(millis);
  }

  @Override
  public void changed(TickerState ticker, boolean quote) {
    life.matching().changed(ticker, quote);
  }

  private void locked(Runnable action) {
    market.lock().lock();
    try {
      action.run();
    } finally {
      market.lock().unlock();
    }
  }

  private <T> T locking(Supplier<T> action) {
    market.lock().lock();
    try {
      return action.get();
    } finally {
      market.lock().unlock();
    }
  }

  @Override
  public void close() {
    locked(
        () -> {
          delays.close();
          ledger.close();
        });
  }
}
