package io.alphakite.engine.order;

import io.alphakite.engine.broker.Broker;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.SubmitOutcome;
import io.alphakite.engine.risk.Origin;
import io.alphakite.engine.risk.RiskDecision;
import io.alphakite.engine.risk.RiskGate;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingSession;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes trades in and sends their orders: written down, approved, claimed, sent once, the answer
 * written down.
 *
 * <p>Every step is committed before the next begins. A step that fails leaves the order where it
 * was, and the next round goes on from there; only after the claim does a failure mean that the
 * broker may have it, and from then on the {@link Reconciler} decides. One thread calls {@link
 * #work}; sending happens on the executor.
 */
public final class OrderDesk {

  private static final Logger log = LoggerFactory.getLogger(OrderDesk.class);
  private static final int INTAKE = 50;
  private static final Duration MARKET_ORDER_DEADLINE = Duration.ofSeconds(30);
  private static final Duration CHANGE_DEADLINE = Duration.ofSeconds(30);
  // From the claim to the first byte. A pause in between must not send an order into another
  // market.
  private static final Duration GATE = Duration.ofSeconds(2);
  // So soon after the claim's own checks nothing needs to be read again.
  private static final Duration STILL_TRUE = Duration.ofMillis(250);
  private static final Duration KEEP_ANSWER = Duration.ofSeconds(30);
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(5);

  private final OrderStore store;
  private final Broker broker;
  private final Reconciler reconciler;
  private final RiskGate gate;
  private final MarketCalendar calendar;
  private final EngineClock clock;
  private final Supplier<UUID> ids;
  private final Executor sender;
  private final CrashPoints crash;
  // Claimed by this run and not yet answered for. Whatever else is SENDING was left by a crash.
  private final Set<UUID> sending = ConcurrentHashMap.newKeySet();
  private final Map<UUID, Answer> unwritten = new ConcurrentHashMap<>();

  /**
   * A desk.
   *
   * @param ids of new attempts
   * @param sender runs the sending of an order, which may block for some ten seconds
   * @param crash is told how far an order has come
   */
  public OrderDesk(
      OrderStore store,
      Broker broker,
      Reconciler reconciler,
      RiskGate gate,
      MarketCalendar calendar,
      EngineClock clock,
      Supplier<UUID> ids,
      Executor sender,
      CrashPoints crash) {
    this.store = store;
    this.broker = broker;
    this.reconciler = reconciler;
    this.gate = gate;
    this.calendar = calendar;
    this.clock = clock;
    this.ids = ids;
    this.sender = sender;
    this.crash = crash;
  }

  private record Answer(SubmitOutcome outcome, long nanos) {}

  /**
   * What may be sent.
   *
   * @param replaces the broker's id of the order whose place it takes; null when it takes none's
   */
  private record Claim(OrderIntent intent, @Nullable String replaces, long nanos) {}

  /** What a claim of an order waits for. */
  private sealed interface Step {
    record Send(OrderIntent intent, @Nullable String replaces) implements Step {}

    record Stay() implements Step {}
  }

  /** One round over everything that waits. */
  public void work() {
    writeAnswers();
    sweep();
    takeIn();
    for (OrderIntent waiting : store.read(ledger -> ledger.inStates(OrderState.WAITING))) {
      advance(waiting);
    }
  }

  /** Whatever is SENDING, but not by this run, may be at the broker. */
  private void sweep() {
    for (OrderIntent found : store.read(ledger -> ledger.inStates(Set.of(OrderState.SENDING)))) {
      if (sending.contains(found.id())) {
        continue;
      }
      store.write(
          ledger -> {
            OrderIntent intent = ledger.intent(found.id());
            if (intent.state() == OrderState.SENDING && !sending.contains(intent.id())) {
              Instant now = clock.wall();
              ledger.update(
                  intent
                      .searching(Search.begin(now))
                      .to(OrderState.UNKNOWN, "the engine stopped while it was being sent"),
                  "order.interrupted",
                  now);
            }
            return intent;
          });
    }
  }

  private void takeIn() {
    int taken =
        store.write(
            ledger -> {
              List<NewTrade> trades = ledger.newTrades(INTAKE);
              for (NewTrade trade : trades) {
                crash.at(CrashPoint.C01);
                takeIn(ledger, trade);
                crash.at(CrashPoint.C02);
              }
              List<OrderChange> changes = ledger.newChanges(INTAKE);
              for (OrderChange change : changes) {
                crash.at(CrashPoint.C01);
                takeIn(ledger, change);
                crash.at(CrashPoint.C02);
              }
              return trades.size() + changes.size();
            });
    if (taken > 0) {
      crash.at(CrashPoint.C03);
    }
  }

  private void takeIn(Ledger ledger, NewTrade trade) {
    Instant now = clock.wall();
    Instant marketNow = clock.market();
    switch (trade) {
      case NewTrade.Wanted wanted ->
          ledger.insert(
              OrderIntent.first(
                  ids.get(),
                  wanted.id(),
                  wanted.origin(),
                  wanted.terms(),
                  now,
                  deadline(wanted, now, marketNow)),
              now,
              marketNow);
      case NewTrade.Malformed malformed -> ledger.reject(malformed.id(), malformed.reason());
    }
  }

  private void takeIn(Ledger ledger, OrderChange change) {
    ChangePlan plan =
        ChangePlan.of(
            change, ledger.attempts(change.tradeId()), ledger.cancelRequested(change.tradeId()));
    switch (plan) {
      case ChangePlan.Refuse(String reason) -> ledger.refuseChange(change.id(), reason);
      case ChangePlan.Replace(OrderIntent standing, OrderTerms terms, int attempt) -> {
        Instant now = clock.wall();
        // A price is meant for the market in which it was asked for.
        Deadline until = new Deadline(change.createdAt().plus(CHANGE_DEADLINE), null);
        ledger.takeChange(
            change.id(),
            standing.change(ids.get(), attempt, terms, now, until),
            now,
            clock.market());
      }
    }
  }

  private Deadline deadline(NewTrade.Wanted trade, Instant now, Instant marketNow) {
    if (trade.terms().type() == OrderType.MARKET && trade.origin() != Origin.FLATTEN) {
      return new Deadline(trade.createdAt().plus(MARKET_ORDER_DEADLINE), null);
    }
    // It is for the session in which it was asked for, also where the engine was away meanwhile.
    Duration waited = Duration.between(trade.createdAt(), now);
    Instant asked = waited.isNegative() ? marketNow : marketNow.minus(waited);
    LocalDate date = calendar.dateOf(asked);
    TradingSession session =
        calendar
            .session(date)
            .filter(today -> asked.isBefore(today.close()))
            .orElseGet(() -> calendar.nextSession(date));
    return new Deadline(null, session.close());
  }

  private void advance(OrderIntent waiting) {
    Listing listing = listing();
    if (listing == null && !waiting.deadline().passed(clock.wall(), clock.market())) {
      return;
    }
    Set<String> baseline =
        listing == null ? Set.of() : listing.idsOf(Fingerprint.of(waiting.terms()));
    crash.at(CrashPoint.C04);
    if (!approve(waiting.id(), baseline)) {
      return;
    }
    crash.at(CrashPoint.C05);
    Claim claim = claim(waiting.id(), waiting.state() == OrderState.APPROVED);
    if (claim == null) {
      return;
    }
    try {
      sender.execute(() -> send(claim));
    } catch (RuntimeException e) {
      // Nothing left: the executor did not even take it.
      answered(claim.intent().id(), new SubmitOutcome.NotSent("the engine is stopping"));
      throw e;
    }
  }

  private @Nullable Listing listing() {
    if (reconciler.fresh() == null) {
      try {
        reconciler.poll();
      } catch (BrokerUnavailableException e) {
        log.atWarn()
            .addKeyValue("event", "broker.unavailable")
            .log("Orders wait: the broker does not answer: {}", e.getMessage());
      }
    }
    return reconciler.fresh();
  }

  /** Runs all checks; true when the order is approved. */
  private boolean approve(UUID id, Set<String> baseline) {
    return store.write(
        ledger -> {
          OrderIntent intent = ledger.intent(id);
          Instant now = clock.wall();
          Instant marketNow = clock.market();
          if (!intent.state().isWaiting()) {
            return false;
          }
          if (ledger.cancelRequested(intent.tradeId())) {
            ledger.update(
                intent.to(OrderState.EXPIRED_UNSENT, "withdrawn before it was sent"),
                "order.withdrawn",
                now);
            return false;
          }
          if (intent.deadline().passed(now, marketNow)) {
            ledger.update(
                intent.to(OrderState.EXPIRED_UNSENT, "expired before it could be sent"),
                "order.expired_unsent",
                now);
            return false;
          }
          if (intent.isChange() && standing(ledger, intent) == null) {
            ledger.update(
                intent.to(OrderState.EXPIRED_UNSENT, "not_working: the order changed meanwhile"),
                "order.expired_unsent",
                now);
            return false;
          }
          boolean blocked = ledger.laneBlocked(intent, now);
          if (intent.state() == OrderState.APPROVED) {
            return !blocked;
          }
          return switch (decide(ledger, intent, now, marketNow)) {
            // Not yet: it is looked at again when the lane is free.
            case RiskDecision.Approved _ when blocked -> false;
            case RiskDecision.Approved approved -> {
              ledger.update(intent.approved(approved.reducing(), baseline), "order.approved", now);
              yield true;
            }
            case RiskDecision.Denied denied -> {
              ledger.update(intent.to(OrderState.DENIED, denied.reason()), "order.denied", now);
              if (denied.rule().equals("max_daily_loss")) {
                ledger.reduceOnly(denied.reason());
              }
              yield false;
            }
          };
        });
  }

  private RiskDecision decide(Ledger ledger, OrderIntent intent, Instant now, Instant marketNow) {
    return gate.check(
        intent.terms(),
        intent.origin(),
        ledger.exposure(intent, now, marketNow),
        ledger.market(intent, marketNow).skewed(clock.skew()),
        ledger.controls());
  }

  /**
   * Claims the order for its one sending; null when it must not be sent now.
   *
   * @param waited whether it was approved in an earlier round: then every check is made again,
   *     since positions and results may have changed as well as switches and prices
   */
  private @Nullable Claim claim(UUID id, boolean waited) {
    long nanos = clock.nanos();
    sending.add(id);
    Claim claim = null;
    try {
      Step step = store.write(ledger -> claim(ledger, ledger.intent(id), waited));
      if (step instanceof Step.Send(OrderIntent claimed, String replaces)) {
        crash.at(CrashPoint.C07);
        claim = new Claim(claimed, replaces, nanos);
      }
      return claim;
    } finally {
      if (claim == null) {
        // Perhaps the commit's answer was lost: then it is SENDING, and the sweep makes it UNKNOWN.
        sending.remove(id);
      }
    }
  }

  private Step claim(Ledger ledger, OrderIntent intent, boolean waited) {
    Instant now = clock.wall();
    Instant marketNow = clock.market();
    OrderIntent standing = intent.isChange() ? standing(ledger, intent) : null;
    if (intent.state() != OrderState.APPROVED
        || (intent.isChange() && standing == null)
        || intent.sends() != 0
        || intent.deadline().passed(now, marketNow)
        || ledger.laneBlocked(intent, now)
        || (waited ? decide(ledger, intent, now, marketNow) : recheck(ledger, intent, marketNow))
            instanceof RiskDecision.Denied) {
      return new Step.Stay();
    }
    OrderIntent claimed = intent.claimed(now);
    ledger.update(claimed, "order.sending", now);
    crash.at(CrashPoint.C06);
    return new Step.Send(claimed, standing == null ? null : standing.brokerOrderId());
  }

  /** The order that a change is to replace; null when it cannot be replaced any more. */
  private static @Nullable OrderIntent standing(Ledger ledger, OrderIntent change) {
    OrderIntent old = ledger.intent(Objects.requireNonNull(change.replaces()));
    return ChangePlan.stands(old) ? old : null;
  }

  private RiskDecision recheck(Ledger ledger, OrderIntent intent, Instant marketNow) {
    return gate.recheck(
        intent.terms(),
        intent.origin(),
        intent.reducing(),
        ledger.market(intent, marketNow).skewed(clock.skew()),
        ledger.controls());
  }

  private void send(Claim claim) {
    UUID id = claim.intent().id();
    SubmitOutcome outcome = new SubmitOutcome.Unconfirmed("failed while being sent");
    try {
      outcome = submit(claim);
    } finally {
      // Also where an error ends this thread: nobody else could say that the order is not on its
      // way any more, and it would stay SENDING for as long as this engine lives.
      answered(id, outcome);
    }
    if (outcome instanceof SubmitOutcome.Accepted && !sending.contains(id)) {
      crash.at(CrashPoint.C15);
      verify(id);
    }
  }

  private SubmitOutcome submit(Claim claim) {
    AtomicReference<@Nullable String> closed = new AtomicReference<>();
    try {
      BooleanSupplier open =
          () -> {
            closed.set(closed(claim));
            return closed.get() == null;
          };
      OrderTerms terms = claim.intent().terms();
      SubmitOutcome outcome =
          claim.replaces() == null
              ? broker.submit(terms, open)
              : broker.replace(claim.replaces(), terms, open);
      String why = closed.get();
      // The broker's adapter knows only that the gate closed.
      return outcome instanceof SubmitOutcome.NotSent && why != null
          ? new SubmitOutcome.NotSent(why)
          : outcome;
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("event", "order.send_failed")
          .setCause(e)
          .log("Sending an order failed in an unforeseen way; its fate is unknown");
      return new SubmitOutcome.Unconfirmed("failed while being sent");
    }
  }

  /** Why the order must not be sent any more; null when it may. */
  private @Nullable String closed(Claim claim) {
    crash.at(CrashPoint.C19);
    String why = closedNow(claim);
    crash.at(CrashPoint.C08);
    return why;
  }

  private @Nullable String closedNow(Claim claim) {
    String denied = waited(claim) < STILL_TRUE.toNanos() ? null : deniedNow(claim.intent());
    // Looked at last: the look at switches and prices may itself have taken long.
    long waited = waited(claim);
    return waited > GATE.toNanos()
        ? "it was held up for " + Duration.ofNanos(waited).toMillis() + " ms before it was sent"
        : denied;
  }

  private long waited(Claim claim) {
    return clock.nanos() - claim.nanos();
  }

  private @Nullable String deniedNow(OrderIntent intent) {
    try {
      return store.read(ledger -> recheck(ledger, intent, clock.market()))
              instanceof RiskDecision.Denied denied
          ? denied.reason()
          : null;
    } catch (RuntimeException e) {
      return "the last check before sending failed";
    }
  }

  private void answered(UUID id, SubmitOutcome outcome) {
    unwritten.put(id, new Answer(outcome, clock.nanos()));
    writeAnswers();
  }

  /** Writes answers down; one that cannot be written is kept for a while and tried again. */
  private void writeAnswers() {
    for (Map.Entry<UUID, Answer> entry : unwritten.entrySet()) {
      UUID id = entry.getKey();
      Answer answer = entry.getValue();
      try {
        write(id, answer.outcome());
      } catch (EngineSupersededException e) {
        forget(id);
        throw e;
      } catch (RuntimeException e) {
        log.atError()
            .addKeyValue("event", "order.answer_unwritten")
            .addKeyValue("order", id)
            .setCause(e)
            .log("The broker's answer could not be written down");
        if (clock.nanos() - answer.nanos() > KEEP_ANSWER.toNanos()) {
          // The sweep makes it UNKNOWN, and the broker's listing tells.
          forget(id);
        }
        continue;
      }
      forget(id);
    }
  }

  private void forget(UUID id) {
    unwritten.remove(id);
    sending.remove(id);
  }

  private void write(UUID id, SubmitOutcome outcome) {
    store.write(
        ledger -> {
          OrderIntent intent = ledger.intent(id);
          if (intent.state() == OrderState.SENDING) {
            record(ledger, intent, outcome);
          }
          return id;
        });
    crash.at(CrashPoint.C14);
  }

  private void record(Ledger ledger, OrderIntent intent, SubmitOutcome outcome) {
    Instant now = clock.wall();
    switch (outcome) {
      case SubmitOutcome.Accepted(String brokerOrderId) -> {
        if (ledger.owner(brokerOrderId).isPresent()) {
          log.atError()
              .addKeyValue("event", "order.id_of_another")
              .addKeyValue("order", intent.id())
              .addKeyValue("broker_order_id", brokerOrderId)
              .log("The broker's answer names an order that is another one of ours");
          unknown(ledger, intent, "the broker's answer named another order", now);
        } else {
          ledger.update(intent.bound(brokerOrderId, false, null), "order.acked", now);
          crash.at(CrashPoint.C13);
        }
      }
      case SubmitOutcome.Refused(String reason) ->
          ledger.update(intent.to(OrderState.REFUSED, "refused: " + reason), "order.refused", now);
      case SubmitOutcome.NotSent(String reason) ->
          ledger.update(
              intent.to(OrderState.NOT_SENT, "not_sent: " + reason), "order.not_sent", now);
      case SubmitOutcome.Throttled(Duration retryAfter) ->
          ledger.update(
              intent
                  .searching(Search.throttled(now, now.plus(hold(retryAfter, intent.attempt()))))
                  .to(OrderState.UNKNOWN, "the broker takes no more requests for now"),
              "order.throttled",
              now);
      case SubmitOutcome.Unconfirmed(String reason) -> unknown(ledger, intent, reason, now);
    }
  }

  private static void unknown(Ledger ledger, OrderIntent intent, String why, Instant now) {
    log.atWarn()
        .addKeyValue("event", "order.unknown")
        .addKeyValue("ticker", intent.terms().ticker())
        .addKeyValue("order", intent.id())
        .log("It is not known whether the broker has the order: {}", why);
    ledger.update(
        intent.searching(Search.begin(now)).to(OrderState.UNKNOWN, why), "order.unknown", now);
  }

  private static Duration hold(@Nullable Duration retryAfter, int attempt) {
    Duration hold = retryAfter == null ? Duration.ofSeconds(1L << attempt) : retryAfter;
    return hold.compareTo(LONGEST_HOLD) > 0 ? LONGEST_HOLD : hold;
  }

  private void verify(UUID id) {
    try {
      reconciler.verify(store.read(ledger -> ledger.intent(id)));
    } catch (BrokerUnavailableException e) {
      log.atDebug()
          .addKeyValue("event", "order.verify_later")
          .addKeyValue("order", id)
          .log("The order could not be read back yet: {}", e.getMessage());
    }
  }
}
