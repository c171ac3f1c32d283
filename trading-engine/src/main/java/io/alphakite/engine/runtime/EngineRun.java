package io.alphakite.engine.runtime;

import io.alphakite.engine.broker.BrokerLink;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.kill.KillBooks;
import io.alphakite.engine.kill.KillSwitch;
import io.alphakite.engine.order.CancelDesk;
import io.alphakite.engine.order.EngineClock;
import io.alphakite.engine.order.EngineSupersededException;
import io.alphakite.engine.order.OrderDesk;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.order.Reconciler;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.engine.risk.RiskGate;
import io.alphakite.model.calendar.MarketCalendar;
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
 * One account, from being taken over to being given up: the parts that trade it and the four loops
 * that drive them.
 *
 * <ul>
 *   <li>orders: takes trades in and sends what may be sent;
 *   <li>broker: cancels, asks for the orders, finds the lost ones;
 *   <li>market (paper only): lets the paper broker fill;
 *   <li>upkeep: heartbeat, cash, positions against the broker's, profit and loss.
 * </ul>
 */
final class EngineRun implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EngineRun.class);
  private static final Duration SECOND = Duration.ofSeconds(1);
  // Below the ten seconds that a listing may be old when an order is sent against it.
  private static final Duration AT_REST = Duration.ofSeconds(8);
  private static final Duration REMOTE_POLL = Duration.ofSeconds(8);
  private static final Duration POSITIONS = Duration.ofSeconds(30);
  private static final Duration PROOF = Duration.ofSeconds(75);
  private static final Duration ORDERS_KNOWN = Duration.ofDays(59);
  private static final Duration MARGIN = Duration.ofMinutes(10);

  /** What a run is made of beside the account. */
  record Parts(
      RiskGate gate,
      MarketCalendar calendar,
      EngineClock clock,
      PositionKeeper positions,
      Differences differences,
      ControlsBoard board,
      KillBooks killBooks,
      Notifications notifications) {}

  private final BrokerLink link;
  private final Parts parts;
  private final OrderStore store;
  private final Reconciler reconciler;
  private final OrderDesk desk;
  private final CancelDesk cancels;
  private final KillSwitch kill;
  private final AccountCheck check;
  private final ExecutorService senders;
  private final Runnable over;
  private final List<Loop> loops = new ArrayList<>();
  private final List<AutoCloseable> listeners = new ArrayList<>();
  private volatile @Nullable Loop broker;
  private volatile @Nullable Loop upkeep;
  private volatile boolean askNow = true;
  private volatile boolean checkNow;
  private volatile @Nullable Instant listedAt;
  private volatile Reconciler.Result last = new Reconciler.Result(0, 0, 0);
  private volatile @Nullable String trouble;
  private long polledNanos;
  private long checkedNanos;
  private boolean equal;

  /**
   * A run.
   *
   * @param over called once when this run must not go on, because another engine has the account
   */
  EngineRun(BrokerLink link, OrderStore store, Parts parts, Runnable over) {
    this.link = link;
    this.parts = parts;
    this.store = store;
    this.over = over;
    this.senders = Executors.newVirtualThreadPerTaskExecutor();
    this.reconciler = new Reconciler(store, link.broker(), parts.clock(), UUID::randomUUID);
    this.desk =
        new OrderDesk(
            store,
            link.broker(),
            reconciler,
            parts.gate(),
            parts.calendar(),
            parts.clock(),
            UUID::randomUUID,
            this::send);
    this.cancels = new CancelDesk(store, link.broker(), parts.clock());
    this.kill = new KillSwitch(parts.killBooks(), link.accountId());
    this.check =
        new AccountCheck(
            link,
            store,
            reconciler,
            parts.positions(),
            parts.differences(),
            parts.board(),
            parts.clock());
  }

  /**
   * Reconciles with the broker; nothing is sent before that is done.
   *
   * @param first whether no engine ever had the account
   * @param lastSeen when an engine last followed it; null when never
   * @throws BrokerUnavailableException when it cannot be done now
   */
  void reconcile(boolean first, @Nullable Instant lastSeen) {
    if (first) {
      check.takeOver();
    }
    Instant now = parts.clock().wall();
    Instant oldest = now.minus(ORDERS_KNOWN);
    Instant since = first || lastSeen == null ? oldest : lastSeen.minus(MARGIN);
    last = reconciler.poll(since.isBefore(oldest) ? oldest : since);
    listedAt = now;
    equal = check.check();
    polledNanos = parts.clock().nanos();
    checkedNanos = polledNanos;
    log.atInfo()
        .addKeyValue("event", "engine.reconciled")
        .addKeyValue("open", last.open())
        .addKeyValue("unknown", last.doubtful())
        .log("Reconciled with {}", link.name());
  }

  /** Begins to trade. */
  void start() {
    Loop orders = add(new Loop("orders", Duration.ZERO, this::orders, this::failed));
    Loop brokerLoop =
        add(new Loop("broker", Duration.ofMillis(50), this::followBroker, this::failed));
    Loop upkeepLoop = add(new Loop("upkeep", Duration.ofMillis(200), this::upkeep, this::failed));
    broker = brokerLoop;
    upkeep = upkeepLoop;
    listen(
        Channel.TRADE_REQUESTS,
        () -> {
          orders.wake();
          brokerLoop.wake();
        });
    listen(Channel.CONTROLS, brokerLoop::wake);
    listen(
        Channel.ACCOUNT_EVENTS,
        () -> {
          askNow = true;
          brokerLoop.wake();
        });
    if (link.name().equals("paper")) {
      Loop market =
          add(
              new Loop(
                  "market",
                  Duration.ofMillis(20),
                  () -> {
                    if (link.marketMoved().getAsBoolean()) {
                      askNow = true;
                      brokerLoop.wake();
                    }
                    return SECOND;
                  },
                  this::failed));
      listen(Channel.MARKET_DATA, market::wake);
    }
    loops.forEach(Loop::start);
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
            askNow = true;
            checkNow = true;
            Loop following = broker;
            if (following != null) {
              following.wake();
            }
          }
        });
  }

  private Duration orders() {
    desk.work();
    return SECOND;
  }

  private Duration followBroker() {
    boolean killing = kill.work(parts.clock().wall());
    if (cancels.work() > 0) {
      askNow = true;
    }
    long now = parts.clock().nanos();
    if (askNow || now - polledNanos >= interval().toNanos()) {
      poll(now);
    }
    return killing || last.doubtful() > 0 || link.local() ? SECOND : interval();
  }

  private void poll(long now) {
    askNow = false;
    polledNanos = now;
    Instant at = parts.clock().wall();
    try {
      last = reconciler.poll();
    } catch (BrokerUnavailableException e) {
      trouble = e.getMessage();
      log.atWarn()
          .addKeyValue("event", "broker.unavailable")
          .log("The broker does not answer: {}", e.getMessage());
      return;
    }
    trouble = null;
    listedAt = at;
    Loop keeping = upkeep;
    if (last.changed() > 0 && keeping != null) {
      checkNow = true;
      keeping.wake();
    }
  }

  private Duration interval() {
    if (last.doubtful() > 0) {
      return SECOND;
    }
    if (last.open() == 0) {
      return AT_REST;
    }
    return link.local() ? SECOND : REMOTE_POLL;
  }

  private Duration upkeep() {
    long now = parts.clock().nanos();
    Duration since = Duration.ofNanos(now - checkedNanos);
    if (checkNow
        || since.compareTo(POSITIONS) >= 0
        || (!equal && since.compareTo(AccountCheck.AGAIN) >= 0)) {
      checkNow = false;
      checkedNanos = now;
      try {
        equal = check.check();
      } catch (BrokerUnavailableException e) {
        trouble = e.getMessage();
      }
    }
    parts.board().alive(parts.clock().wall(), provenAt());
    Instant market = parts.clock().market();
    if (market.isAfter(Instant.EPOCH)) {
      store.write(
          ledger -> parts.positions().mark(link.accountId(), parts.calendar().dateOf(market)));
    }
    return SECOND;
  }

  /** When orders, fills and positions were last shown equal to the broker's. */
  private @Nullable Instant provenAt() {
    Instant listed = listedAt;
    Instant positions = check.equalAt();
    if (!equal || listed == null || positions == null || last.doubtful() > 0) {
      return null;
    }
    boolean recent = Duration.between(positions, listed).compareTo(PROOF) <= 0;
    return recent ? listed : positions;
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
    return last;
  }

  /** When the broker last listed its orders, wall time; null before. */
  @Nullable Instant listedAt() {
    return listedAt;
  }

  /** Why the broker cannot be asked; null when it can. */
  @Nullable String trouble() {
    return trouble;
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
