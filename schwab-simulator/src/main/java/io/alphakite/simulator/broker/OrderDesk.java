package io.alphakite.simulator.broker;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingSession;
import io.alphakite.simulator.broker.OrderTicket.Duration;
import io.alphakite.simulator.broker.OrderTicket.Instruction;
import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MarketListener;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
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
 * price. DAY orders end at the session's close, orders given outside the session wait for the next
 * open. Nothing here moves the market. Thread-safe: everything happens under the market's lock.
 */
public final class OrderDesk implements MarketListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OrderDesk.class);

  /** Wall time between the 201 and acceptance, and between a cancel and its end. */
  private static final long ANSWER_MILLIS = 20;

  private static final int MAX_OPEN = 1000;
  private static final BigDecimal ONE = BigDecimal.ONE;

  private final Market market;
  private final InstantSource wall;
  private final AccountEvents events;
  private final Ledger ledger;
  private final TreeMap<Long, Order> open = new TreeMap<>();
  private final Map<String, Liquidity> liquidity = new HashMap<>();
  private long lastId;
  private long lastExecutionId;
  private @Nullable TradingSession session;
  private boolean regular;

  /** What is left of a quote for these orders. */
  private static final class Liquidity {
    private long bidE4;
    private long bidShown;
    private long bidLeft;
    private long askE4;
    private long askShown;
    private long askLeft;

    void quote(LevelOne image) {
      if (image.get(LevelOne.BID) != bidE4 || image.get(LevelOne.BID_SIZE) != bidShown) {
        bidE4 = image.get(LevelOne.BID);
        bidShown = image.get(LevelOne.BID_SIZE);
        bidLeft = bidShown;
      }
      if (image.get(LevelOne.ASK) != askE4 || image.get(LevelOne.ASK_SIZE) != askShown) {
        askE4 = image.get(LevelOne.ASK);
        askShown = image.get(LevelOne.ASK_SIZE);
        askLeft = askShown;
      }
    }
  }

  /** Outcome of a request that can be refused at once. */
  public sealed interface Answer {
    /** The order's id. */
    record Taken(long id) implements Answer {}

    /** Nothing was done. */
    record Refused(int status, String message) implements Answer {}
  }

  /** Hears account activity: account number, message type, payload. */
  @FunctionalInterface
  public interface ActivityListener {
    void activity(String account, String messageType, String payload);
  }

  /**
   * Goes on with the account kept in the state directory, if there is one.
   *
   * @throws IllegalStateException when that cannot be read
   */
  public OrderDesk(
      Market market, SimulatorSettings settings, InstantSource wall, ActivityListener activity) {
    this.market = market;
    this.wall = wall;
    this.events = new AccountEvents(activity::activity);
    this.ledger = new Ledger(settings.stateDirectory(), settings.cash());
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
  }

  /** Takes up what was under way at the last stop. Once, before the market starts. */
  public void start() {
    locked(
        () -> {
          newSession();
          for (Order order : List.copyOf(open.values())) {
            switch (order.status()) {
              case PENDING_ACKNOWLEDGEMENT -> acknowledge(order.id());
              case PENDING_CANCEL -> cancelled(order.id());
              case PENDING_REPLACE -> replaced(order.id());
              default -> settle(order);
            }
          }
        });
  }

  /** The account now. */
  public Account account() {
    return locking(ledger::account);
  }

  /** All orders kept, newest first. */
  public List<Order> orders() {
    return locking(() -> List.copyOf(ledger.orders().descendingMap().values()));
  }

  public Optional<Order> order(long id) {
    return locking(() -> Optional.ofNullable(ledger.orders().get(id)));
  }

  /** Takes an order in the form of the request's JSON. */
  public Answer place(String body) {
    OrderTicket ticket;
    try {
      ticket = OrderParser.parse(body);
    } catch (OrderParser.Refused e) {
      return new Answer.Refused(400, e.getMessage() == null ? "" : e.getMessage());
    }
    return locking(
        () -> {
          if (open.size() >= MAX_OPEN) {
            return new Answer.Refused(400, "Too many open orders.");
          }
          Order order = received(ticket);
          events.created(order);
          later(order.id(), this::acknowledge);
          return new Answer.Taken(order.id());
        });
  }

  /** Replaces an order's rest by a new order with an id of its own. */
  public Answer replace(long id, String body) {
    OrderTicket ticket;
    try {
      ticket = OrderParser.parse(body);
    } catch (OrderParser.Refused e) {
      return new Answer.Refused(400, e.getMessage() == null ? "" : e.getMessage());
    }
    return locking(
        () -> {
          Order old = ledger.orders().get(id);
          if (old == null) {
            return new Answer.Refused(404, "Order not found");
          }
          if (old.status().isTerminal() || old.status() == OrderStatus.PENDING_CANCEL) {
            return new Answer.Refused(
                400, "Order in state " + old.status() + " cannot be replaced");
          }
          save(old.as(OrderStatus.PENDING_REPLACE));
          Order order = received(ticket);
          events.changed(order, id);
          events.cancelAccepted(old, order.id());
          later(
              order.id(),
              replacement -> {
                replaced(id);
                acknowledge(replacement);
              });
          return new Answer.Taken(order.id());
        });
  }

  private Order received(OrderTicket ticket) {
    lastId = Math.max(lastId + 1, wall.millis());
    Order order =
        new Order(
            lastId,
            ticket,
            OrderStatus.PENDING_ACKNOWLEDGEMENT,
            false,
            false,
            0,
            wall.instant(),
            null,
            null,
            null,
            List.of());
    save(order);
    return order;
  }

  /** Asks to cancel; fills are still possible until it is done. */
  public Answer cancel(long id) {
    return locking(
        () -> {
          Order order = ledger.orders().get(id);
          if (order == null) {
            return new Answer.Refused(404, "Order not found");
          }
          if (order.status().isTerminal()) {
            return new Answer.Refused(
                400, "Order in state " + order.status() + " cannot be canceled");
          }
          if (order.status() != OrderStatus.PENDING_CANCEL) {
            save(order.as(OrderStatus.PENDING_CANCEL));
            events.cancelAccepted(order, null);
            events.routed(order, "Cancel");
            later(id, this::cancelled);
          }
          return new Answer.Taken(id);
        });
  }

  private void later(long id, LongConsumer action) {
    Thread.ofVirtual()
        .name("broker")
        .start(
            () -> {
              try {
                TimeUnit.MILLISECONDS.sleep(ANSWER_MILLIS);
                locked(() -> action.accept(id));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void cancelled(long id) {
    Order order = open.get(id);
    if (order == null) {
      return;
    }
    events.routeCompleted(order);
    events.venueOut(order);
    save(order.close(OrderStatus.CANCELED, wall.instant(), null, nextExecution()));
    events.out(order, "ClientCancel", Map.of());
  }

  private void replaced(long id) {
    Order order = open.get(id);
    if (order != null) {
      save(order.close(OrderStatus.REPLACED, wall.instant(), null, nextExecution()));
      events.out(order, "ClientCancel", Map.of());
    }
  }

  private void acknowledge(long id) {
    Order order = open.get(id);
    if (order == null || order.status() != OrderStatus.PENDING_ACKNOWLEDGEMENT) {
      return;
    }
    Map<String, String> reasons = reasonsToReject(order);
    if (!reasons.isEmpty()) {
      String text = String.join("|", reasons.values());
      save(order.close(OrderStatus.REJECTED, wall.instant(), text, 0));
      events.out(order, "SystemReject", reasons);
      log.atInfo()
          .addKeyValue("event", "order.rejected")
          .addKeyValue("order_id", id)
          .addKeyValue("ticker", order.ticket().symbol())
          .log("Order rejected: {}", text);
      return;
    }
    TradingSession today = session();
    boolean beforeClose = market.nowMillis() < today.close().toEpochMilli();
    boolean dated = order.ticket().duration() != Duration.GOOD_TILL_CANCEL && beforeClose;
    Order accepted =
        order.accept(
            trades(order.ticket()) ? activeStatus(order) : OrderStatus.PENDING_ACTIVATION,
            dated ? today.date() : null);
    save(accepted);
    events.accepted(accepted);
    events.routed(accepted, "New");
    events.routeCreated(accepted);
    events.routeCompleted(accepted);
    work(accepted);
  }

  private static OrderStatus activeStatus(Order order) {
    return order.ticket().type().hasStop() && !order.triggered()
        ? OrderStatus.AWAITING_STOP_CONDITION
        : OrderStatus.WORKING;
  }

  /** Rule and text of everything that speaks against an order; Schwab joins the texts by a bar. */
  private Map<String, String> reasonsToReject(Order order) {
    OrderTicket ticket = order.ticket();
    Map<String, String> reasons = new LinkedHashMap<>();
    Optional<TickerState> ticker = market.ticker(ticket.symbol());
    if (ticker.isEmpty() || !ticket.assetType().equals("EQUITY")) {
      reasons.put("Symbol_Sys_0001", "The symbol entered is not available for trading.");
      return reasons;
    }
    if (tooFine(ticket.price()) || tooFine(ticket.stopPrice())) {
      reasons.put(
          "Order_Sys_0001",
          "Prices of 1.00 or more can have no more than two decimals, lower ones four.");
    }
    long held = ledger.account().quantity(ticket.symbol());
    long selling = committed(ticket.symbol(), Instruction.SELL);
    long covering = committed(ticket.symbol(), Instruction.BUY_TO_COVER);
    boolean oversold =
        switch (ticket.instruction()) {
          case SELL -> ticket.quantity() > held - (ticket.type().hasStop() ? 0 : selling);
          case BUY_TO_COVER -> ticket.quantity() > -held - (ticket.type().hasStop() ? 0 : covering);
          case SELL_SHORT -> held > 0;
          case BUY -> held < 0;
          default -> false;
        };
    if (oversold) {
      reasons.put(
          "Position_Sys_0001",
          "This order may result in an oversold/overbought position in your account.");
    }
    LevelOne image = ticker.get().image();
    long last = image.get(LevelOne.LAST);
    BigDecimal stop = ticket.stopPrice();
    if (stop != null && last != LevelOne.NONE && trades(ticket)) {
      int side = stop.compareTo(BigDecimal.valueOf(last, 4));
      if (ticket.instruction().buys() ? side <= 0 : side >= 0) {
        reasons.put(
            "Order_Sys_0002", "Buy stop prices must be above, sell stop prices below the market.");
      }
    }
    if (ticket.instruction() == Instruction.BUY || ticket.instruction() == Instruction.SELL_SHORT) {
      BigDecimal cost = estimate(ticket, image).multiply(BigDecimal.valueOf(ticket.quantity()));
      if (cost.compareTo(buyingPower()) > 0) {
        reasons.put(
            "Account_Sys_0005",
            "You do not have enough available cash/buying power for this order.");
      }
    }
    return reasons;
  }

  private static boolean tooFine(@Nullable BigDecimal price) {
    return price != null
        && price.stripTrailingZeros().scale() > (price.compareTo(ONE) >= 0 ? 2 : 4);
  }

  private long committed(String symbol, Instruction instruction) {
    return open.values().stream()
        .filter(order -> order.accepted() && !order.ticket().type().hasStop())
        .filter(order -> order.ticket().symbol().equals(symbol))
        .filter(order -> order.ticket().instruction() == instruction)
        .mapToLong(Order::open)
        .sum();
  }

  /**
   * Cash less what open buy orders may still cost and what short positions bind. No margin loan is
   * given.
   */
  public BigDecimal buyingPower() {
    return locking(
        () -> {
          BigDecimal power = ledger.account().cash();
          for (Order order : open.values()) {
            Instruction instruction = order.ticket().instruction();
            if (order.accepted()
                && (instruction == Instruction.BUY || instruction == Instruction.SELL_SHORT)) {
              BigDecimal each =
                  market
                      .ticker(order.ticket().symbol())
                      .map(ticker -> estimate(order.ticket(), ticker.image()))
                      .orElse(BigDecimal.ZERO);
              power = power.subtract(each.multiply(BigDecimal.valueOf(order.open())));
            }
          }
          for (Map.Entry<String, Account.Holding> position :
              ledger.account().positions().entrySet()) {
            if (position.getValue().quantity() < 0) {
              // The proceeds are in the cash; they and as much again stand behind the short.
              power =
                  power.add(
                      position
                          .getValue()
                          .average()
                          .multiply(BigDecimal.valueOf(2 * position.getValue().quantity())));
            }
          }
          return power;
        });
  }

  private static BigDecimal estimate(OrderTicket ticket, LevelOne image) {
    if (ticket.price() != null) {
      return ticket.price();
    }
    if (ticket.stopPrice() != null) {
      return ticket.stopPrice();
    }
    long ask = image.get(ticket.instruction().buys() ? LevelOne.ASK : LevelOne.BID);
    long price = ask == LevelOne.NONE ? image.get(LevelOne.LAST) : ask;
    return price == LevelOne.NONE ? BigDecimal.ZERO : BigDecimal.valueOf(price, 4);
  }

  /** Whether orders of this kind trade at this moment. */
  private boolean trades(OrderTicket ticket) {
    long now = market.nowMillis();
    TradingSession today = session();
    return switch (ticket.session()) {
      case NORMAL -> regular;
      case AM -> now < today.open().toEpochMilli();
      case PM -> now >= today.close().toEpochMilli();
      case SEAMLESS -> true;
    };
  }

  private TradingSession session() {
    if (session == null) {
      newSession();
    }
    if (session == null) {
      throw new IllegalStateException("no session");
    }
    return session;
  }

  private void newSession() {
    session =
        MarketCalendar.nyse()
            .session(market.sessionDate())
            .orElseThrow(() -> new IllegalStateException("no session"));
    regular = isRegular(market.nowMillis());
    market.tickers().forEach(ticker -> quotes(ticker));
  }

  private boolean isRegular(long millis) {
    TradingSession today = session();
    return millis >= today.open().toEpochMilli() && millis < today.close().toEpochMilli();
  }

  private Liquidity quotes(TickerState ticker) {
    Liquidity quotes = liquidity.computeIfAbsent(ticker.symbol(), _ -> new Liquidity());
    quotes.quote(ticker.image());
    return quotes;
  }

  @Override
  public void sessionStarted() {
    newSession();
    List.copyOf(open.values()).forEach(this::settle);
  }

  @Override
  public void timeIs(long millis) {
    boolean now = isRegular(millis);
    if (now != regular) {
      regular = now;
      List.copyOf(open.values()).forEach(this::settle);
    }
  }

  /** What the hours ask of an accepted order: to expire, to wait, or to go to work. */
  private void settle(Order order) {
    if (!order.accepted()) {
      return;
    }
    LocalDate today = session().date();
    Order now = order;
    if (order.ticket().duration() != Duration.GOOD_TILL_CANCEL) {
      if (order.day() == null && market.nowMillis() < session().close().toEpochMilli()) {
        now = order.expiresAfter(today);
        save(now);
      }
      if (now.day() != null && (now.day().isBefore(today) || isOver(now.ticket()))) {
        expire(now);
        return;
      }
    }
    boolean waits = now.status() == OrderStatus.PENDING_ACTIVATION;
    boolean trades = trades(now.ticket());
    if (waits && trades) {
      now = now.as(activeStatus(now));
      save(now);
      // A stop looks at prints only: the last price may still be the pre-market's.
      if (now.triggered()) {
        work(now);
      }
    } else if (!trades
        && (now.status() == OrderStatus.WORKING
            || now.status() == OrderStatus.AWAITING_STOP_CONDITION)) {
      save(now.as(OrderStatus.PENDING_ACTIVATION));
    }
  }

  /** Whether the hours of an order for today have passed. */
  private boolean isOver(OrderTicket ticket) {
    long now = market.nowMillis();
    return switch (ticket.session()) {
      case NORMAL -> now >= session().close().toEpochMilli();
      case AM -> now >= session().open().toEpochMilli();
      case PM, SEAMLESS -> false;
    };
  }

  private void expire(Order order) {
    save(order.close(OrderStatus.EXPIRED, wall.instant(), null, 0));
    events.expired(order);
  }

  @Override
  public void changed(TickerState ticker, boolean quote) {
    if (quote) {
      quotes(ticker);
    }
    if (open.isEmpty()) {
      return;
    }
    for (Order order : new ArrayList<>(open.values())) {
      if (order.ticket().symbol().equals(ticker.symbol()) && order.triggered() == quote) {
        work(order);
      }
    }
  }

  /** Does what an accepted order can do now: trigger, and trade. */
  private void work(Order order) {
    Optional<TickerState> ticker = market.ticker(order.ticket().symbol());
    if (!order.accepted()
        || order.status() == OrderStatus.PENDING_ACTIVATION
        || ticker.isEmpty()
        || !trades(order.ticket())
        || !session().date().equals(ticker.get().date())) {
      return;
    }
    Order now = order;
    if (!now.triggered()) {
      if (!meetsStop(now.ticket(), ticker.get().image().get(LevelOne.LAST))) {
        return;
      }
      now = now.trigger();
      save(now);
    }
    if (ticker.get().quoted()) {
      trade(now, quotes(ticker.get()));
    }
  }

  private static boolean meetsStop(OrderTicket ticket, long lastE4) {
    BigDecimal stop = ticket.stopPrice();
    if (stop == null || lastE4 == LevelOne.NONE) {
      return false;
    }
    int side = BigDecimal.valueOf(lastE4, 4).compareTo(stop);
    return ticket.instruction().buys() ? side >= 0 : side <= 0;
  }

  private void trade(Order order, Liquidity quotes) {
    OrderTicket ticket = order.ticket();
    boolean buys = ticket.instruction().buys();
    BigDecimal price = BigDecimal.valueOf(buys ? quotes.askE4 : quotes.bidE4, 4);
    BigDecimal limit = ticket.price();
    long left = buys ? quotes.askLeft : quotes.bidLeft;
    boolean marketable =
        limit == null || (buys ? price.compareTo(limit) <= 0 : price.compareTo(limit) >= 0);
    long quantity = marketable ? Math.min(left, order.open()) : 0;
    boolean atOnce =
        ticket.duration() == Duration.IMMEDIATE_OR_CANCEL
            || ticket.duration() == Duration.FILL_OR_KILL;
    if (ticket.duration() == Duration.FILL_OR_KILL && quantity < order.open()) {
      quantity = 0;
    }
    Order now = order;
    if (quantity > 0) {
      if (buys) {
        quotes.askLeft -= quantity;
      } else {
        quotes.bidLeft -= quantity;
      }
      now = fill(order, quantity, price);
    }
    if (atOnce && !now.status().isTerminal()) {
      save(now.close(OrderStatus.CANCELED, wall.instant(), null, nextExecution()));
      events.out(now, "ClientCancel", Map.of());
    }
  }

  private Order fill(Order order, long quantity, BigDecimal price) {
    Instant time = wall.instant();
    Order filled = order.fill(nextExecution(), quantity, price, time);
    long signed = order.ticket().instruction().buys() ? quantity : -quantity;
    Account after = ledger.account().traded(order.ticket().symbol(), signed, price);
    ledger.save(filled, after);
    keep(filled);
    events.filled(filled, filled.executions().getLast());
    log.atInfo()
        .addKeyValue("event", "order.filled")
        .addKeyValue("order_id", order.id())
        .addKeyValue("ticker", order.ticket().symbol())
        .addKeyValue("quantity", quantity)
        .addKeyValue("price", price)
        .log("Order filled");
    return filled;
  }

  private long nextExecution() {
    return ++lastExecutionId;
  }

  private void save(Order order) {
    ledger.save(order);
    keep(order);
  }

  private void keep(Order order) {
    if (order.status().isTerminal()) {
      open.remove(order.id());
    } else {
      open.put(order.id(), order);
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
    locked(ledger::close);
  }
}
