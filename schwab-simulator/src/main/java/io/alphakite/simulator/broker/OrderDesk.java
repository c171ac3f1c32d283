package io.alphakite.simulator.broker;

import io.alphakite.simulator.broker.OrderTicket.Leg;
import io.alphakite.simulator.broker.OrderTicket.Strategy;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MarketListener;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger log = LoggerFactory.getLogger(OrderDesk.class);

  /** Wall time between the 201 and acceptance, and between a cancel and its end. */
  private static final Duration ANSWER = Duration.ofMillis(20);

  private static final int MAX_OPEN = 1000;
  private static final int EXECUTION_STEP = 2;

  private final Market market;
  private final InstantSource wall;
  private final FaultDials faults;
  private final AccountEvents events;
  private final Ledger ledger;
  private final DeskHours hours = new DeskHours();
  private final Prices prices;
  private final Funds funds;
  private final OrderChecks checks;
  private final Appraisal appraisal;
  private final Liquidity liquidity = new Liquidity();
  private final Disguise disguise;
  private final TreeMap<Long, Order> open = new TreeMap<>();

  /** Orders that fill in pieces of so many, because a fault says so. */
  private final Map<Long, Long> pieces = new HashMap<>();

  /** Orders that fill before what was asked of them is done, because a fault says so. */
  private final Set<Long> fillsFirst = new HashSet<>();

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("broker").factory());
  private long lastId;
  private long lastExecutionId;
  private boolean closed;

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
    this.events = new AccountEvents(faults, activity::activity);
    this.ledger = new Ledger(settings.stateDirectory(), settings.cash());
    this.prices = new Prices(market, options);
    this.funds = new Funds(prices);
    this.checks = new OrderChecks(prices, funds, hours, settings.account());
    this.appraisal = new Appraisal(prices);
    this.disguise = new Disguise(InstantSource.system());
    // From the clock, so that ids do not come again where nothing is kept.
    lastId = wall.millis();
    lastExecutionId = wall.millis() / 1000 * 100;
    for (Order order : ledger.orders().values()) {
      lastId = Math.max(lastId, order.id());
      for (Order.Execution execution : order.executions()) {
        lastExecutionId = Math.max(lastExecutionId, execution.id());
      }
      if (!order.status().isTerminal()) {
        open.put(order.id(), order);
      }
    }
    market.listen(this);
    options.listen((underlying, _) -> optionsMoved(underlying));
  }

  /** Takes up what was under way at the last stop. Once, before the market starts. */
  public void start() {
    locked(
        () -> {
          hours.moveTo(market.nowMillis());
          market.tickers().forEach(this::show);
          newDay();
          for (long id : List.copyOf(open.keySet())) {
            Order order = open.get(id);
            if (order != null) {
              takeUp(order);
            }
          }
        });
  }

  private void takeUp(Order order) {
    if (order.status().cancelling()) {
      cancelled(order.id());
    } else if (order.status() == OrderStatus.PENDING_REPLACE) {
      Optional<Order> next =
          open.values().stream()
              .filter(other -> Long.valueOf(order.id()).equals(other.replaces()))
              .findFirst();
      if (next.isPresent()) {
        replaced(order.id(), next.get().id());
      } else {
        save(order.as(activeStatus(order)));
      }
    } else if (order.status() == OrderStatus.AWAITING_PARENT_ORDER) {
      Order parent = parent(order);
      if (parent == null || (parent.status().isTerminal() && !isReleased(parent))) {
        takeOut(order, OrderStatus.CANCELED);
      } else if (isReleased(parent)) {
        acknowledge(order.id());
      }
    } else if (!order.accepted()) {
      acknowledge(order.id());
    } else {
      settle(order);
    }
  }

  /** Whether the orders that hang on this one may go to work. */
  private static boolean isReleased(Order parent) {
    return parent.wrapper()
        ? parent.accepted() && !parent.status().isTerminal()
        : parent.status() == OrderStatus.FILLED;
  }

  private @Nullable Order parent(Order order) {
    return order.parent() == null ? null : ledger.orders().get(order.parent());
  }

  // --- What a client can ask

  /** The broker's clock, by which orders are entered. */
  public Instant now() {
    return wall.instant();
  }

  /** The account now. */
  public Account account() {
    return locking(ledger::account);
  }

  /** The account as its balances are shown, and as its positions are: both may lag. */
  public Account shownBalances() {
    return locking(() -> disguise.balances(ledger.account()));
  }

  /** The account as its positions are shown. */
  public Account shownPositions() {
    return locking(() -> disguise.positions(ledger.account()));
  }

  /** Cash less what open orders may still take and what stands behind short positions. */
  public BigDecimal buyingPower(Account account) {
    return locking(() -> funds.buyingPower(account, open.values(), _ -> true));
  }

  /** What the account's positions are worth now. Use under the market's lock. */
  public Appraisal appraisal() {
    return appraisal;
  }

  /** All orders kept, newest first, those that hang on others too. */
  public List<Order> orders() {
    return locking(() -> List.copyOf(ledger.orders().descendingMap().values()));
  }

  /** The orders at the top of their trees as a list shows them, newest first. */
  public List<OrderTree> listed() {
    return locking(
        () -> {
          List<OrderTree> trees = new ArrayList<>();
          List<OrderTree> twice = new ArrayList<>();
          for (Order order : ledger.orders().descendingMap().values()) {
            boolean top = order.parent() == null || ledger.orders().get(order.parent()) == null;
            Optional<Order> shown = disguise.listed(order);
            if (top && shown.isPresent()) {
              trees.add(tree(shown.get(), true));
            } else if (shown.isPresent()
                && faults.strike(Dial.CHILD_LISTED_TWICE, subject(order)).isPresent()) {
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
            Optional.ofNullable(ledger.orders().get(id))
                .filter(_ -> !disguise.isHidden(id))
                .map(order -> tree(order, false)));
  }

  private OrderTree tree(Order order, boolean listing) {
    List<OrderTree> children = new ArrayList<>();
    for (long child : order.children()) {
      Order below = ledger.orders().get(child);
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
          for (Order order : ledger.orders().values()) {
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
          if (open.size() >= MAX_OPEN) {
            return new Answer.Refused(400, "Too many open orders.");
          }
          Order order = receive(request, null, null, OrderStatus.NEW);
          created(order);
          later(ANSWER, () -> acknowledge(order.id()));
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
          Account account = ledger.account();
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
                  .buyingPower(account, open.values(), _ -> true)
                  .subtract(funds.required(account, ticket, ticket.quantity()));
          return new Answer.Previewed(
              new Preview(
                  ticket,
                  request.strategy(),
                  wall.instant(),
                  value,
                  left,
                  checks.findings(ticket, account, open.values(), _ -> true),
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
          Order old = ledger.orders().get(id);
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
          save(old.as(OrderStatus.PENDING_REPLACE));
          Order order =
              receive(
                  request,
                  old.parent(),
                  id,
                  waits ? OrderStatus.AWAITING_PARENT_ORDER : OrderStatus.NEW);
          Order parent = parent(old);
          if (parent != null) {
            save(parent.adopts(order.id()));
          }
          if (!waits && faults.strike(Dial.FILL_DURING_REPLACE, subject(old)).isPresent()) {
            fillsFirst.add(id);
          }
          events.changed(order, id);
          events.cancelAccepted(old, order.id());
          later(ANSWER, () -> replaced(id, order.id()));
          return told(order);
        });
  }

  /** Asks to cancel; fills are still possible until it is done. */
  public Answer cancel(long id) {
    return locking(
        () -> {
          Order order = ledger.orders().get(id);
          if (order == null) {
            return new Answer.Refused(404, "Order not found");
          }
          if (order.status().isTerminal()
              || faults.strike(Dial.CANCEL_REFUSED, subject(order)).isPresent()) {
            return new Answer.Refused(
                400, "Order in state " + order.status() + " cannot be canceled");
          }
          if (!order.status().cancelling()) {
            askOut(order);
          }
          return new Answer.Taken(id, id);
        });
  }

  private static Answer refused(OrderParser.Refused reason) {
    return new Answer.Refused(400, reason.getMessage() == null ? "" : reason.getMessage());
  }

  /** What the client is told of an order just taken. */
  private Answer told(Order order) {
    String subject = subject(order);
    faults.strike(Dial.ORDER_NOT_FOUND_YET, subject).ifPresent(s -> disguise.hide(order.id(), s));
    faults.strike(Dial.LISTING_LAGS, subject).ifPresent(s -> disguise.lag(order, s));
    if (faults.strike(Dial.LOCATION_MISSING, subject).isPresent()) {
      return new Answer.Taken(order.id(), null);
    }
    if (faults.strike(Dial.LOCATION_OF_ANOTHER_ORDER, subject).isPresent()) {
      Long other = ledger.orders().lowerKey(order.id());
      return new Answer.Taken(order.id(), other == null ? Long.valueOf(order.id() - 1) : other);
    }
    return new Answer.Taken(order.id(), order.id());
  }

  // --- From the request to the market

  /** Makes orders of a request and keeps them, all or none; gives the one on top. */
  private Order receive(
      OrderRequest request, @Nullable Long parent, @Nullable Long replaces, OrderStatus status) {
    lastId = Math.max(lastId, wall.millis() - 1);
    List<Order> received = new ArrayList<>();
    Order top = receive(request, parent, replaces, status, received);
    ledger.save(received);
    received.forEach(this::keep);
    return top;
  }

  private Order receive(
      OrderRequest request,
      @Nullable Long parent,
      @Nullable Long replaces,
      OrderStatus status,
      List<Order> into) {
    long id = ++lastId;
    OrderStatus below =
        request.strategy() == Strategy.OCO ? status : OrderStatus.AWAITING_PARENT_ORDER;
    List<Long> children = new ArrayList<>();
    for (OrderRequest child : request.children()) {
      children.add(receive(child, id, null, below, into).id());
    }
    Order order = Order.received(id, request, status, wall.instant(), parent, replaces, children);
    into.add(order);
    return order;
  }

  private void created(Order order) {
    if (!order.wrapper()) {
      events.created(order);
    }
    for (long child : order.children()) {
      Order below = open.get(child);
      if (below != null) {
        created(below);
      }
    }
  }

  /** The broker's checks: an order received is rejected, or accepted and sent to the market. */
  private void acknowledge(long id) {
    Order order = open.get(id);
    if (order == null || order.accepted() || order.status().cancelling()) {
      return;
    }
    if (order.wrapper()) {
      save(order.accept(OrderStatus.WORKING, null, null));
      order.children().forEach(this::acknowledge);
      return;
    }
    String subject = subject(order);
    Optional<Strike> rejected = faults.strike(Dial.ORDER_REJECTED_LATER, subject);
    if (rejected.isPresent()) {
      later(rejected.get().delay(), () -> rejectByFault(id, rejected.get()));
      return;
    }
    List<Finding> findings = findings(order, null);
    if (findings.stream().anyMatch(Finding::rejects)) {
      reject(order, findings);
      return;
    }
    Optional<Strike> review = faults.strike(Dial.ORDER_MANUAL_REVIEW, subject);
    Optional<Strike> silence = faults.strike(Dial.ORDER_PENDING_ACKNOWLEDGEMENT, subject);
    if (review.isPresent()) {
      save(order.as(OrderStatus.AWAITING_MANUAL_REVIEW));
      later(review.get().delay(), () -> accept(id, findings));
    } else if (silence.isPresent()) {
      save(order.as(OrderStatus.PENDING_ACKNOWLEDGEMENT));
      later(silence.get().delay(), () -> accept(id, findings));
    } else {
      accept(id, findings);
    }
  }

  private List<Finding> findings(Order order, @Nullable Long replaces) {
    Order parent = parent(order);
    Predicate<Order> competes =
        other ->
            other.id() != order.id()
                && !Long.valueOf(other.id()).equals(replaces)
                && (parent == null
                    || !parent.wrapper()
                    || !Long.valueOf(parent.id()).equals(other.parent()));
    return checks.findings(order.ticket(), ledger.account(), open.values(), competes);
  }

  private void rejectByFault(long id, Strike strike) {
    Order order = open.get(id);
    if (order != null && order.filled() == 0) {
      reject(order, List.of(new Finding("Order_Sys_0000", strike.text("reason"), true)));
    }
  }

  private void reject(Order order, List<Finding> findings) {
    String text = OrderChecks.text(findings).orElse("");
    Order rejected = order.close(OrderStatus.REJECTED, wall.instant(), text, 0, 0);
    save(rejected);
    events.out(rejected, "SystemReject", findings);
    log.atInfo()
        .addKeyValue("event", "order.rejected")
        .addKeyValue("order_id", order.id())
        .addKeyValue("ticker", order.ticket().symbol())
        .log("Order rejected: {}", text);
    ended(rejected);
  }

  private void accept(long id, List<Finding> warnings) {
    Order order = open.get(id);
    if (order == null || order.accepted() || order.status().cancelling()) {
      return;
    }
    boolean trades = hours.trades(order.ticket().session());
    Order accepted =
        order.accept(
            trades ? activeStatus(order) : OrderStatus.PENDING_ACTIVATION,
            hours.lastDay(order.ticket()),
            OrderChecks.text(warnings).orElse(null));
    save(accepted);
    if (order.replaces() == null) {
      events.accepted(accepted);
    } else {
      events.changeAccepted(accepted);
    }
    String subject = subject(order);
    faults
        .strike(Dial.ORDER_STATUS_UNKNOWN, subject)
        .ifPresent(strike -> disguise.showStatus(id, strike));
    faults
        .strike(Dial.PARTIAL_FILLS, subject)
        .ifPresent(
            strike ->
                pieces.put(id, Math.max(1, order.ticket().quantity() / strike.number("pieces"))));
    faults
        .strike(Dial.ORDER_REJECTED_AFTER_WORKING, subject)
        .ifPresent(strike -> later(strike.delay(), () -> rejectByFault(id, strike)));
    faults
        .strike(Dial.ORDER_CANCELED_BY_FIRM, subject)
        .ifPresent(strike -> later(strike.delay(), () -> cancelledByFirm(id)));
    if (trades) {
      toVenue(accepted);
      work(accepted);
    }
  }

  /** An accepted order goes to the market, or under watch when it waits for a price. */
  private void toVenue(Order order) {
    if (order.status() == OrderStatus.AWAITING_STOP_CONDITION) {
      events.monitorCreated(order);
    } else {
      events.routed(order, "New");
      events.routeCreated(order);
      events.routeCompleted(order);
    }
  }

  private static OrderStatus activeStatus(Order order) {
    OrderTicket.Type type = order.ticket().type();
    if (type.onClose()) {
      return OrderStatus.QUEUED;
    }
    return type.waits() && !order.triggered()
        ? OrderStatus.AWAITING_STOP_CONDITION
        : OrderStatus.WORKING;
  }

  // --- Replacing and cancelling

  private void replaced(long id, long replacement) {
    Order next = open.get(replacement);
    if (next == null) {
      return;
    }
    Order old = open.get(id);
    if (old != null && fillsFirst.remove(id)) {
      fillWhole(old);
      old = open.get(id);
    }
    if (old == null) {
      // It was done before it could be replaced: two orders must not come of one.
      reject(
          next,
          List.of(
              new Finding("Order_Sys_0005", "The order to be replaced is no longer open.", true)));
      return;
    }
    boolean waits = next.status() == OrderStatus.AWAITING_PARENT_ORDER;
    if (!waits && !next.wrapper() && !next.status().cancelling()) {
      List<Finding> findings = findings(next, id);
      if (findings.stream().anyMatch(Finding::rejects)) {
        resume(old);
        reject(next, findings);
        return;
      }
    }
    Order out =
        old.close(
            OrderStatus.REPLACED,
            wall.instant(),
            null,
            old.accepted() ? nextExecution() : 0,
            restShown(old));
    save(out);
    events.out(out, "ClientCancel", List.of());
    ended(out);
    if (!waits) {
      acknowledge(replacement);
    }
  }

  /** A replacement came to nothing: the order goes on. */
  private void resume(Order old) {
    if (old.status() == OrderStatus.PENDING_REPLACE) {
      save(
          old.as(
              hours.trades(old.ticket().session())
                  ? activeStatus(old)
                  : OrderStatus.PENDING_ACTIVATION));
    }
  }

  private long restShown(Order order) {
    return faults.strike(Dial.CANCELED_REMAINING_FULL, subject(order)).isPresent()
        ? order.open()
        : 0;
  }

  /** A client wants it out; a little later it is. */
  private void askOut(Order order) {
    String subject = subject(order);
    Optional<Strike> slow = faults.strike(Dial.CANCEL_SLOW, subject);
    save(
        order.as(
            slow.map(strike -> OrderStatus.valueOf(strike.text("status")))
                .orElse(OrderStatus.PENDING_CANCEL)));
    if (order.wrapper()) {
      for (long child : order.children()) {
        Order below = open.get(child);
        if (below != null && !below.status().cancelling()) {
          askOut(below);
        }
      }
      return;
    }
    if (faults.strike(Dial.FILL_BEFORE_CANCEL, subject).isPresent()) {
      fillsFirst.add(order.id());
    }
    events.cancelAccepted(order, null);
    if (order.accepted()) {
      events.routed(order, "Cancel");
    }
    later(slow.map(Strike::delay).orElse(ANSWER), () -> cancelled(order.id()));
  }

  private void cancelled(long id) {
    Order order = open.get(id);
    if (order == null) {
      return;
    }
    if (fillsFirst.remove(id) && order.accepted() && fillWhole(order)) {
      return;
    }
    takeOut(order, OrderStatus.CANCELED);
  }

  private void cancelledByFirm(long id) {
    Order order = open.get(id);
    if (order != null) {
      Order marked = order.byTheFirm("CANCELED_BY_FIRM");
      save(marked);
      takeOut(marked, OrderStatus.CANCELED);
    }
  }

  /** Ends an open order with its rest unfilled, and those that hang on it. */
  private void takeOut(Order order, OrderStatus end) {
    if (order.wrapper()) {
      closeWrapper(order, end);
      return;
    }
    if (order.accepted()) {
      events.routeCompleted(order);
      events.venueOut(order);
    }
    Order out =
        order.close(
            end,
            wall.instant(),
            null,
            order.accepted() ? nextExecution() : 0,
            order.accepted() ? restShown(order) : 0);
    save(out);
    events.out(out, "ClientCancel", List.of());
    ended(out);
  }

  private void closeWrapper(Order wrapper, OrderStatus end) {
    Order done = wrapper.close(end, wall.instant(), null, 0, 0);
    save(done);
    for (long child : done.children()) {
      Order below = open.get(child);
      if (below != null) {
        takeOut(below, end == OrderStatus.REJECTED ? end : OrderStatus.CANCELED);
      }
    }
    ended(done);
  }

  /** What the end of an order means for those that hang on it and beside it. */
  private void ended(Order order) {
    pieces.remove(order.id());
    fillsFirst.remove(order.id());
    if (!order.wrapper()) {
      for (long child : order.children()) {
        Order below = open.get(child);
        if (below == null) {
          continue;
        }
        if (order.status() == OrderStatus.FILLED) {
          later(ANSWER, () -> acknowledge(child));
        } else {
          takeOut(
              below,
              order.status() == OrderStatus.REJECTED ? OrderStatus.REJECTED : OrderStatus.CANCELED);
        }
      }
    }
    Order parent = parent(order);
    if (parent == null || !parent.wrapper() || parent.status().isTerminal()) {
      return;
    }
    if (order.status() == OrderStatus.CANCELED || order.status() == OrderStatus.REJECTED) {
      cancelBeside(order);
    }
    endWrapper(parent.id());
  }

  /** A wrapper ends with the last of those it holds. */
  private void endWrapper(long id) {
    Order wrapper = open.get(id);
    if (wrapper == null || wrapper.children().stream().anyMatch(open::containsKey)) {
      return;
    }
    Set<OrderStatus> ends = new HashSet<>();
    for (long child : wrapper.children()) {
      Order below = ledger.orders().get(child);
      if (below != null) {
        ends.add(below.status());
      }
    }
    OrderStatus end =
        ends.contains(OrderStatus.FILLED)
            ? OrderStatus.FILLED
            : ends.contains(OrderStatus.REJECTED)
                ? OrderStatus.REJECTED
                : ends.contains(OrderStatus.EXPIRED) && !ends.contains(OrderStatus.CANCELED)
                    ? OrderStatus.EXPIRED
                    : OrderStatus.CANCELED;
    closeWrapper(wrapper, end);
  }

  /** Takes out the others of a one-cancels-other. */
  private void cancelBeside(Order order) {
    Order parent = parent(order);
    if (parent == null || !parent.wrapper()) {
      return;
    }
    for (long beside : parent.children()) {
      Order other = open.get(beside);
      if (other != null
          && beside != order.id()
          // What has traded stays when another is cancelled because of it.
          && (other.filled() == 0 || order.filled() > 0)) {
        boolean both =
            order.filled() > 0
                && other.accepted()
                && !other.wrapper()
                && faults.strike(Dial.OCO_BOTH_FILL, subject(other)).isPresent();
        if (!both || !fillWhole(other)) {
          takeOut(other, OrderStatus.CANCELED);
        }
      }
    }
  }

  // --- The market moves

  @Override
  public void sessionStarted() {
    hours.moveTo(market.nowMillis());
    market.tickers().forEach(this::show);
    newDay();
    settleAll();
  }

  @Override
  public void timeIs(long millis) {
    if (hours.moveTo(millis)) {
      newDay();
      settleAll();
    }
  }

  private void settleAll() {
    for (long id : List.copyOf(open.keySet())) {
      Order order = open.get(id);
      if (order != null) {
        settle(order);
      }
    }
  }

  /** Notes what the account is as a market day begins. */
  private void newDay() {
    Optional<LocalDate> today = hours.date();
    Account account = ledger.account();
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
        buyingPower(account));
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
      save(now);
    }
    if (now.status() == OrderStatus.QUEUED && hours.afterClose()) {
      now = cross(now);
      if (now.status().isTerminal()) {
        return;
      }
    }
    if (now.day() != null && hours.isPast(now.day(), ticket)) {
      expire(now);
      return;
    }
    boolean trades = hours.trades(ticket.session());
    switch (now.status()) {
      case PENDING_ACTIVATION -> {
        if (trades) {
          now = now.as(activeStatus(now));
          save(now);
          toVenue(now);
          // A stop looks at prints only: the last price may still be the pre-market's.
          if (now.triggered()) {
            work(now);
          }
        }
      }
      case WORKING, AWAITING_STOP_CONDITION, QUEUED -> {
        if (!trades) {
          save(now.as(OrderStatus.PENDING_ACTIVATION));
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
    return fill(order, order.open(), last, List.of());
  }

  private void expire(Order order) {
    Order expired = order.close(OrderStatus.EXPIRED, wall.instant(), null, 0, 0);
    save(expired);
    events.expired(expired);
    ended(expired);
  }

  private void show(TickerState ticker) {
    liquidity.show(ticker.symbol(), Prices.of(ticker));
  }

  @Override
  public void changed(TickerState ticker, boolean quote) {
    if (quote) {
      show(ticker);
    }
    if (!open.isEmpty()) {
      changed(order -> order.ticket().symbol().equals(ticker.symbol()) && looksAt(order, quote));
    }
  }

  private void optionsMoved(String underlying) {
    if (!open.isEmpty()) {
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
    for (long id : List.copyOf(open.keySet())) {
      Order order = open.get(id);
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
  private void work(Order order) {
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
      save(now);
      events.monitorCompleted(now);
      toVenue(now);
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
    save(moved);
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
        && faults.strike(Dial.FILL_MISSED, subject(order)).isPresent()) {
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
      Order out =
          now.close(OrderStatus.CANCELED, wall.instant(), null, nextExecution(), restShown(now));
      save(out);
      events.out(out, "ClientCancel", List.of());
      ended(out);
    }
  }

  /** Fills all that is open at the order's own limit, else at the quote, whatever its size. */
  private boolean fillWhole(Order order) {
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

  private Order fill(Order order, long quantity, BigDecimal price, List<BigDecimal> legPrices) {
    OrderTicket ticket = order.ticket();
    BigDecimal paid = ticket.spread() ? price : improved(order, price);
    Order filled =
        order.fill(
            nextExecution(),
            quantity,
            paid,
            ticket.spread() ? legPrices : List.of(),
            wall.instant());
    Account before = ledger.account();
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
    ledger.save(filled, after);
    keep(filled);
    events.filled(filled, filled.executions().getLast());
    log.atInfo()
        .addKeyValue("event", "order.filled")
        .addKeyValue("order_id", order.id())
        .addKeyValue("ticker", ticket.symbol())
        .addKeyValue("quantity", quantity)
        .addKeyValue("price", paid)
        .log("Order filled");
    cancelBeside(filled);
    if (filled.status().isTerminal()) {
      ended(filled);
    }
    return filled;
  }

  /** Venues fill within the quote at times: such prices have more decimals. */
  private BigDecimal improved(Order order, BigDecimal price) {
    Optional<Strike> strike = faults.strike(Dial.FILL_PRICE_IMPROVED, subject(order));
    if (strike.isEmpty()) {
      return price;
    }
    int decimals = Math.clamp(strike.get().number("decimals"), 3, 6);
    int steps = BigDecimal.TEN.pow(decimals - 2).intValueExact() - 1;
    BigDecimal better = BigDecimal.valueOf(1L + strike.get().choose(steps), decimals);
    return order.ticket().instruction().buys() ? price.subtract(better) : price.add(better);
  }

  // --- Keeping

  /** The first leg's symbol, of the order or of the first that it holds. */
  private String subject(Order order) {
    if (!order.wrapper()) {
      return order.ticket().symbol();
    }
    Order first = ledger.orders().get(order.children().getFirst());
    return first == null ? "" : subject(first);
  }

  private long nextExecution() {
    // The number between belongs to the fill's transaction.
    lastExecutionId += EXECUTION_STEP;
    return lastExecutionId;
  }

  private void save(Order order) {
    ledger.save(order);
    keep(order);
  }

  private void keep(Order order) {
    disguise.changed(order);
    if (order.status().isTerminal()) {
      open.remove(order.id());
    } else {
      open.put(order.id(), order);
    }
  }

  private void later(Duration delay, Runnable action) {
    Future<?> unused =
        timer.schedule(
            () ->
                locked(
                    () -> {
                      if (!closed) {
                        safely(action);
                      }
                    }),
            delay.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static void safely(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("event", "broker.failed")
          .setCause(e)
          .log("A step of the broker's failed");
    }
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
          closed = true;
          ledger.close();
        });
    timer.shutdownNow();
  }
}
