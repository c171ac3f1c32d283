package io.alphakite.engine.runtime;

import io.alphakite.engine.broker.BrokerLink;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.control.HaltFlag;
import io.alphakite.engine.kill.KillBooks;
import io.alphakite.engine.order.CrashPoints;
import io.alphakite.engine.order.Deadline;
import io.alphakite.engine.order.EngineClock;
import io.alphakite.engine.order.EngineSupersededException;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.order.Reconciler;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.engine.risk.Origin;
import io.alphakite.engine.risk.RiskGate;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.Side;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One account, from being taken over to being given up: the parts that trade it and the loops that
 * drive them.
 *
 * <ul>
 *   <li>orders: takes trades in and sends what may be sent;
 *   <li>broker: cancels, does what people decided, asks for the orders, finds the lost ones;
 *   <li>market (paper only): lets the paper broker fill;
 *   <li>alarms: tells of orders of unknown fate;
 *   <li>upkeep: heartbeat, cash, positions against the broker's, profit and loss.
 * </ul>
 */
final class EngineRun implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EngineRun.class);
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** What a run is made of beside the account. */
  record Parts(
      RiskGate gate,
      HaltFlag halt,
      MarketCalendar calendar,
      EngineClock clock,
      PositionKeeper positions,
      Differences differences,
      ControlsBoard board,
      KillBooks killBooks,
      OrderAlarms alarms,
      Notifications notifications) {}

  private final BrokerLink link;
  private final Parts parts;
  private final OrderStore store;
  private final EngineRounds rounds;
  private final ExecutorService senders;
  private final Runnable over;
  private final List<Loop> loops = new ArrayList<>();
  private final List<AutoCloseable> listeners = new ArrayList<>();
  private long rehearsedNanos;
  private volatile @Nullable Loop orders;
  private volatile @Nullable Loop broker;

  /**
   * A run.
   *
   * @param over called once when this run must not go on, because another engine has the account
   */
  EngineRun(BrokerLink link, OrderStore store, Parts parts, Runnable over) {
    this.link = link;
    this.store = store;
    this.parts = parts;
    this.over = over;
    this.senders = Executors.newVirtualThreadPerTaskExecutor();
    this.rounds =
        new EngineRounds(
            link,
            store,
            new EngineRounds.Parts(
                parts.gate(),
                parts.halt(),
                parts.calendar(),
                parts.clock(),
                parts.positions(),
                parts.differences(),
                parts.board(),
                parts.killBooks(),
                UUID::randomUUID,
                this::send,
                CrashPoints.NONE),
            new Waking());
  }

  /** Reconciles with the broker, as {@link EngineRounds#reconcile} says. */
  void reconcile(boolean first, @Nullable Instant lastSeen) {
    rounds.reconcile(first, lastSeen);
  }

  /** Begins to trade. */
  void start() {
    Loop ordersLoop = add(new Loop("orders", Duration.ZERO, this::orders, this::failed));
    Loop brokerLoop =
        add(new Loop("broker", Duration.ofMillis(50), rounds::followBroker, this::failed));
    add(
        new Loop("upkeep", Duration.ofMillis(200), rounds::upkeep, this::failed)
            .givingWayToTrades(parts.notifications()));
    add(
        new Loop("alarms", Duration.ofMillis(200), this::alarms, this::failed)
            .givingWayToTrades(parts.notifications()));
    orders = ordersLoop;
    broker = brokerLoop;
    listen(
        Channel.TRADE_REQUESTS,
        () -> {
          ordersLoop.wake();
          brokerLoop.wakeIn(Loop.ORDERS_WAY);
        });
    listen(Channel.CONTROLS, brokerLoop::wake);
    listen(
        Channel.ACCOUNT_EVENTS,
        () -> {
          rounds.askNow();
          brokerLoop.wake();
        });
    if (link.fillsByOurQuotes()) {
      Loop market =
          add(
              new Loop(
                  "market",
                  Duration.ofMillis(20),
                  () -> {
                    if (link.marketMoved().getAsBoolean()) {
                      rounds.askNow();
                      brokerLoop.wake();
                    }
                    return SECOND;
                  },
                  this::failed));
      listen(Channel.MARKET_DATA, market::wake);
    }
    loops.forEach(Loop::start);
  }

  private Duration orders() {
    Duration wait = rounds.orders();
    long now = parts.clock().nanos();
    if (now - rehearsedNanos >= SECOND.toNanos()) {
      rehearsedNanos = now;
      rehearse(parts.clock().wall());
    }
    return wait;
  }

  /**
   * Asks what the next order's checks will ask, of an order that there is not. The database makes
   * its plans anew every so often, which takes longer than all else on an order's way. On this
   * thread, which most often gets the connection it had.
   */
  private void rehearse(Instant now) {
    OrderIntent none =
        OrderIntent.first(
            new UUID(0, 0),
            new UUID(0, 0),
            Origin.PERSON,
            OrderTerms.market(Ticker.of("SPY"), Side.BUY, 1),
            now,
            new Deadline(now, null));
    store.read(ledger -> ledger.circumstances(none, now, now));
  }

  private Duration alarms() {
    List<OrderIntent> doubtful = store.read(ledger -> ledger.inStates(OrderAlarms.STATES));
    parts.alarms().hold(link.accountId(), doubtful, rounds.unsupported(), parts.clock().wall());
    return SECOND;
  }

  private Loop add(Loop loop) {
    loops.add(loop);
    return loop;
  }

  private void listen(Channel channel, Runnable wake) {
    listeners.add(parts.notifications().listen(channel, payload -> wake.run()));
  }

  /** Sends beside the loops, since a broker may take ten seconds; then looks at what came of it. */
  private void send(Runnable order) {
    senders.execute(
        () -> {
          try {
            order.run();
          } finally {
            rounds.sent();
          }
        });
  }

  private final class Waking implements EngineRounds.Due {
    @Override
    public void orders() {
      wake(orders);
    }

    @Override
    public void broker() {
      wake(broker);
    }
  }

  private static void wake(@Nullable Loop loop) {
    if (loop != null) {
      loop.wake();
    }
  }

  private void failed(RuntimeException e) {
    if (e instanceof EngineSupersededException) {
      over.run();
    }
  }

  BrokerLink link() {
    return link;
  }

  /** What the last poll of the orders found. */
  Reconciler.Result lastPoll() {
    return rounds.lastPoll();
  }

  /** When the broker last listed its orders, wall time; null before. */
  @Nullable Instant listedAt() {
    return rounds.listedAt();
  }

  /** Why the broker cannot be asked; null when it can. */
  @Nullable String trouble() {
    return rounds.trouble();
  }

  /** Ends the loops, then waits for the answers of orders that are under way. */
  @Override
  public void close() {
    for (AutoCloseable listener : listeners) {
      try {
        listener.close();
      } catch (Exception e) {
        log.atDebug().setCause(e).log("A listener did not close");
      }
    }
    loops.forEach(Loop::close);
    senders.shutdown();
    try {
      // An order under way ends by itself within its ten seconds; what does not is UNKNOWN after.
      if (!senders.awaitTermination(12, TimeUnit.SECONDS)) {
        senders.shutdownNow();
      }
    } catch (InterruptedException e) {
      senders.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
