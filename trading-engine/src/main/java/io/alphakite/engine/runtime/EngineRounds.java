package io.alphakite.engine.runtime;

import io.alphakite.engine.broker.BrokerLink;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.control.HaltFlag;
import io.alphakite.engine.control.TradingState;
import io.alphakite.engine.kill.KillBooks;
import io.alphakite.engine.kill.KillSwitch;
import io.alphakite.engine.order.BracketWatch;
import io.alphakite.engine.order.CancelDesk;
import io.alphakite.engine.order.CrashPoint;
import io.alphakite.engine.order.CrashPoints;
import io.alphakite.engine.order.EngineClock;
import io.alphakite.engine.order.Ledger;
import io.alphakite.engine.order.OrderDesk;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.order.Reconciler;
import io.alphakite.engine.order.ResolutionDesk;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.engine.risk.RiskDecision;
import io.alphakite.engine.risk.RiskGate;
import io.alphakite.model.calendar.MarketCalendar;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts that trade one account, and what each loop does with them in a round. Threads, times
 * and waking belong to whoever drives it: {@link EngineRun}, or a simulation.
 */
public final class EngineRounds {

  private static final Logger log = LoggerFactory.getLogger(EngineRounds.class);
  private static final Duration SECOND = Duration.ofSeconds(1);
  // Below the ten seconds that a listing may be old when an order is sent against it.
  private static final Duration AT_REST = Duration.ofSeconds(8);
  private static final Duration REMOTE_POLL = Duration.ofSeconds(8);
  // What was sent is read by itself so much later: sooner the broker has hardly filled it, and the
  // next listing is seconds away.
  private static final Duration FILLING = Duration.ofMillis(50);
  private static final Duration POSITIONS = Duration.ofSeconds(30);
  private static final Duration PROOF = Duration.ofSeconds(75);
  private static final Duration ORDERS_KNOWN = Duration.ofDays(59);
  private static final Duration MARGIN = Duration.ofMinutes(10);

  /**
   * What is used beside the account.
   *
   * @param halt stops orders without the database
   * @param ids of orders and attempts
   * @param sender runs the sending of one order
   * @param crash is told how far everything has come
   */
  public record Parts(
      RiskGate gate,
      HaltFlag halt,
      MarketCalendar calendar,
      EngineClock clock,
      PositionKeeper positions,
      Differences differences,
      ControlsBoard board,
      KillBooks killBooks,
      Supplier<UUID> ids,
      Executor sender,
      CrashPoints crash) {}

  private final BrokerLink link;
  private final Parts parts;
  private final OrderStore store;
  private final Due due;
  private final Reconciler reconciler;
  private final OrderDesk desk;
  private final BracketWatch brackets;
  private final CancelDesk cancels;
  private final ResolutionDesk resolutions;
  private final KillSwitch kill;
  private final AccountCheck check;
  private volatile boolean askNow = true;
  private volatile boolean checkNow;
  private volatile @Nullable Long sentNanos;
  private volatile boolean listingWanted;
  private volatile @Nullable Instant listedAt;
  private volatile Reconciler.Result last = new Reconciler.Result(0, 0, 0);
  private volatile @Nullable String trouble;
  private long polledNanos;
  private long lookedNanos;
  private long checkedNanos;
  private boolean equal;

  /** Is told which round is due before its time. */
  public interface Due {
    /** What orders waited for has come. */
    void orders();

    /** Orders wait for a listing. */
    void broker();
  }

  /** Puts the parts together. */
  public EngineRounds(BrokerLink link, OrderStore store, Parts parts, Due due) {
    this.link = link;
    this.parts = parts;
    this.store = store;
    this.due = due;
    this.reconciler =
        new Reconciler(store, link.broker(), parts.clock(), parts.ids(), parts.crash());
    this.desk =
        new OrderDesk(
            store,
            link.broker(),
            reconciler,
            this::listingWanted,
            parts.gate(),
            parts.halt(),
            parts.calendar(),
            parts.clock(),
            parts.ids(),
            parts.sender(),
            parts.crash());
    this.brackets = new BracketWatch(store, parts.clock());
    this.cancels = new CancelDesk(store, link.broker(), parts.clock(), parts.crash());
    this.resolutions =
        new ResolutionDesk(store, reconciler, () -> poll(parts.clock().nanos()), parts.clock());
    this.kill = new KillSwitch(parts.killBooks(), link.accountId(), parts.crash());
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
  public void reconcile(boolean first, @Nullable Instant lastSeen) {
    if (first) {
      check.takeOver();
    }
    parts.crash().at(CrashPoint.C24);
    Instant now = parts.clock().wall();
    Instant oldest = now.minus(ORDERS_KNOWN);
    Instant since = first || lastSeen == null ? oldest : lastSeen.minus(MARGIN);
    last = reconciler.poll(since.isBefore(oldest) ? oldest : since);
    listedAt = now;
    parts.crash().at(CrashPoint.C24);
    equal = check.check();
    polledNanos = parts.clock().nanos();
    lookedNanos = polledNanos;
    checkedNanos = polledNanos;
    log.atInfo()
        .addKeyValue("event", "engine.reconciled")
        .addKeyValue("open", last.open())
        .addKeyValue("unknown", last.doubtful())
        .log("Reconciled with {}", link.name());
  }

  /** Takes trades in and sends what may be sent; how long to wait for the next round. */
  public Duration orders() {
    desk.work();
    return SECOND;
  }

  /**
   * Cancels, does what people decided, asks for the orders, finds the lost ones; how long to wait
   * for the next round.
   */
  public Duration followBroker() {
    boolean killing = kill.work(parts.clock().wall());
    if (cancels.work() > 0) {
      askNow = true;
    }
    if (resolutions.work() > 0) {
      askNow = true;
    }
    long now = parts.clock().nanos();
    if (askNow || now - polledNanos >= interval().toNanos()) {
      poll(now);
    } else if (Duration.ZERO.equals(filling(now))) {
      lookAtSent(now);
    }
    Duration filling = filling(now);
    if (filling != null) {
      return filling;
    }
    return killing || last.doubtful() > 0 || link.local() ? SECOND : interval();
  }

  /**
   * How long until what was last sent is looked at; null when it was, since the broker had time to
   * fill it.
   */
  private @Nullable Duration filling(long now) {
    Long sent = sentNanos;
    return sent == null || lookedNanos - sent >= FILLING.toNanos()
        ? null
        : Duration.ofNanos(Math.max(sent + FILLING.toNanos() - now, 0));
  }

  private void lookAtSent(long now) {
    lookedNanos = now;
    Reconciler.Looked looked;
    try {
      looked = reconciler.lookAtSent().orElse(null);
    } catch (BrokerUnavailableException e) {
      unavailable(e);
      return;
    }
    if (looked == null || (looked.open() && link.local())) {
      // Beside us, what is open is followed closely: a listing counts it.
      poll(now);
    } else if (looked.moved() || !looked.open()) {
      brackets.work();
      checkNow = true;
      due.orders();
    }
  }

  private void unavailable(BrokerUnavailableException e) {
    trouble = e.getMessage();
    log.atWarn()
        .addKeyValue("event", "broker.unavailable")
        .log("The broker does not answer: {}", e.getMessage());
  }

  /** Whether the broker answered. */
  private boolean poll(long now) {
    askNow = false;
    boolean wanted = listingWanted;
    listingWanted = false;
    polledNanos = now;
    lookedNanos = now;
    Instant at = parts.clock().wall();
    try {
      last = reconciler.poll();
    } catch (BrokerUnavailableException e) {
      unavailable(e);
      return false;
    }
    trouble = null;
    listedAt = at;
    brackets.work();
    if (last.changed() > 0) {
      checkNow = true;
    }
    if (last.changed() > 0 || wanted) {
      due.orders();
    }
    return true;
  }

  private void listingWanted() {
    listingWanted = true;
    askNow = true;
    due.broker();
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

  /**
   * Heartbeat, cash, positions against the broker's; how long to wait for the next round. Fills are
   * checked in the next round, those of a second together: no order has to run beside it.
   */
  public Duration upkeep() {
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
          ledger -> {
            BigDecimal result =
                parts.positions().mark(link.accountId(), parts.calendar().dateOf(market));
            stopAtLoss(ledger, result);
            return result;
          });
    }
    return SECOND;
  }

  /** Prices alone can make the loss: nobody has to ask for an order first. */
  private void stopAtLoss(Ledger ledger, BigDecimal dayPnl) {
    RiskDecision.Denied lost = parts.gate().dayLoss(dayPnl);
    if (lost != null && parts.board().controls().state() == TradingState.ACTIVE) {
      ledger.reduceOnly(lost.reason());
      log.atError()
          .addKeyValue("event", "risk.loss_limit")
          .log("Only orders that reduce a position are taken now: {}", lost.reason());
    }
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

  /** The next round asks the broker for its orders. */
  public void askNow() {
    askNow = true;
  }

  /** An order was sent: orders and positions are to be looked at, and its lane may be free. */
  public void sent() {
    sentNanos = parts.clock().nanos();
    checkNow = true;
    due.orders();
    due.broker();
  }

  /** As {@link Reconciler#unsupported}. */
  public List<OrderReport> unsupported() {
    return reconciler.unsupported();
  }

  /** What the last poll of the orders found. */
  public Reconciler.Result lastPoll() {
    return last;
  }

  /** When the broker last listed its orders, wall time; null before. */
  public @Nullable Instant listedAt() {
    return listedAt;
  }

  /** Why the broker cannot be asked; null when it can. */
  public @Nullable String trouble() {
    return trouble;
  }
}
