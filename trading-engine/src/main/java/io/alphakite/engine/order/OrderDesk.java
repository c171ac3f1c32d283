package io.alphakite.engine.order;

import io.alphakite.engine.broker.Broker;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.SubmitOutcome;
import io.alphakite.engine.control.HaltFlag;
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
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes trades in and sends their orders: written down, approved, claimed, sent once, the answer
 * written down.
 *
 * <p>What can be sent at once is written down, approved and claimed in one transaction, each with
 * its own event: nothing of it is seen by anybody before all of it is durable, and nothing is sent
 * before that. What has to wait rests between the steps, and each is then committed by itself. A
 * step that fails leaves the order where it was, and the next round goes on from there; only after
 * the claim does a failure mean that the broker may have it, and from then on the {@link
 * Reconciler} decides. One thread calls {@link #work}; sending happens on the executor.
 */
public final class OrderDesk {

  private static final Logger log = LoggerFactory.getLogger(OrderDesk.class);
  // Claimed together at most: so many would be of unknown fate if the answer to one commit is lost.
  private static final int INTAKE = 8;
  private static final Duration MARKET_ORDER_DEADLINE = Duration.ofSeconds(30);
  private static final Duration CHANGE_DEADLINE = Duration.ofSeconds(30);
  // From the claim's checks to the first byte. A pause in between must not send an order into
  // another market.
  private static final Duration GATE = Duration.ofSeconds(2);
  // So soon after the claim's own checks began nothing needs to be read again.
  private static final Duration STILL_TRUE = Duration.ofMillis(250);
  private static final Duration KEEP_ANSWER = Duration.ofSeconds(30);
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(5);
  private static final String CHECK_FAILED = "check_failed";
  private static final Set<OrderState> UNSETTLED =
      EnumSet.of(OrderState.NEW, OrderState.APPROVED, OrderState.SENDING);

  private final OrderStore store;
  private final Broker broker;
  private final Reconciler reconciler;
  private final Runnable listingWanted;
  private final RiskGate gate;
  private final HaltFlag halt;
  private final MarketCalendar calendar;
  private final EngineClock clock;
  private final Supplier<UUID> ids;
  private final Executor sender;
  private final CrashPoints crash;
  // Claimed by this run and not yet answered for. Whatever else is SENDING was left by a crash.
  private final Set<UUID> sending = ConcurrentHashMap.newKeySet();
  private final Map<UUID, Answer> unwritten = new ConcurrentHashMap<>();
  // Lanes in which orders wait: a new one of the lane queues behind them.
  private Set<String> queues = new HashSet<>();
  private boolean swept;

  /**
   * A desk.
   *
   * @param listingWanted an order waits for a listing of the broker's that is fresh enough
   * @param halt asked last before each first byte, and by nothing else
   * @param ids of new attempts
   * @param sender runs each {@link Sending}, which may block for some ten seconds
   * @param crash is told how far an order has come
   */
  public OrderDesk(
      OrderStore store,
      Broker broker,
      Reconciler reconciler,
      Runnable listingWanted,
      RiskGate gate,
      HaltFlag halt,
      MarketCalendar calendar,
      EngineClock clock,
      Supplier<UUID> ids,
      Executor sender,
      CrashPoints crash) {
    this.store = store;
    this.broker = broker;
    this.reconciler = reconciler;
    this.listingWanted = listingWanted;
    this.gate = gate;
    this.halt = halt;
    this.calendar = calendar;
    this.clock = clock;
    this.ids = ids;
    this.sender = sender;
    this.crash = crash;
  }

  /** The sending of one claimed order. */
  public record Sending(UUID order, Runnable work) implements Runnable {
    @Override
    public void run() {
      work.run();
    }
  }

  /**
   * What the broker answered.
   *
   * @param facts of the exchange, for the journal; empty when they could not be told
   */
  private record Answer(SubmitOutcome outcome, Map<String, Object> facts, long nanos) {}

  /**
   * What may be sent.
   *
   * @param replaces the broker's id of the order whose place it takes; null when it takes none's
   * @param nanos before the claim's checks began
   */
  private record Claim(OrderIntent intent, @Nullable String replaces, long nanos) {}

  /**
   * One round over everything that waits; new trades first, since nothing is known to hold them.
   */
  public void work() {
    writeAnswers();
    if (!swept) {
      store.read(ledger -> ledger.inStates(Set.of(OrderState.SENDING))).forEach(this::sweep);
    }
    swept = false;
    takeIn();
    takeChanges();
    Set<String> waiting = new HashSet<>();
    for (OrderIntent intent : store.read(ledger -> ledger.inStates(UNSETTLED))) {
      if (intent.state() == OrderState.SENDING) {
        sweep(intent);
      } else if (!advance(intent)) {
        waiting.add(intent.lane());
      }
    }
    queues = waiting;
    swept = true;
  }

  /** Whatever is SENDING, but not by this run, may be at the broker. */
  private void sweep(OrderIntent found) {
    if (sending.contains(found.id())) {
      return;
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

  private void takeIn() {
    int taken = INTAKE;
    while (taken == INTAKE) {
      Taken now = claiming(this::takeIn);
      if (now.rest() > 0) {
        crash.at(CrashPoint.C03);
      }
      taken = now.trades();
    }
  }

  /** How many trades were taken in, and how many of them were not claimed at once. */
  private record Taken(int trades, int rest) {}

  private Taken takeIn(Ledger ledger, List<Claim> claims) {
    List<NewTrade> trades = ledger.newTrades(INTAKE);
    Listing listing = reconciler.fresh();
    for (NewTrade trade : trades) {
      crash.at(CrashPoint.C01);
      OrderIntent intent = takeIn(ledger, trade);
      crash.at(CrashPoint.C02);
      if (intent == null) {
        continue;
      }
      long nanos = clock.nanos();
      OrderIntent approved =
          listing == null || queues.contains(intent.lane())
              ? null
              : approve(ledger, intent, baseline(listing, intent));
      if (approved != null) {
        claim(ledger, approved, approved.reducing(), null, nanos, claims);
      } else if (ledger.intent(intent.id()).state().isWaiting()) {
        queues.add(intent.lane());
      }
    }
    return new Taken(trades.size(), trades.size() - claims.size());
  }

  private @Nullable OrderIntent takeIn(Ledger ledger, NewTrade trade) {
    Instant now = clock.wall();
    Instant marketNow = clock.market();
    switch (trade) {
      case NewTrade.Wanted wanted -> {
        OrderIntent intent =
            OrderIntent.first(
                ids.get(),
                wanted.id(),
                wanted.origin(),
                wanted.terms(),
                now,
                deadline(wanted, now, marketNow));
        ledger.insert(intent, now, marketNow);
        return intent;
      }
      case NewTrade.Malformed malformed -> {
        ledger.reject(malformed.id(), malformed.reason());
        return null;
      }
    }
  }

  /** Changes go through a round as orders that wait do: an order they belong to works already. */
  private void takeChanges() {
    int taken = INTAKE;
    while (taken == INTAKE) {
      taken =
          store.write(
              ledger -> {
                List<OrderChange> changes = ledger.newChanges(INTAKE);
                for (OrderChange change : changes) {
                  crash.at(CrashPoint.C01);
                  takeIn(ledger, change);
                  crash.at(CrashPoint.C02);
                }
                return changes.size();
              });
      if (taken > 0) {
        crash.at(CrashPoint.C03);
      }
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

  /** Goes on with an order that had to wait; whether it waits no longer. */
  private boolean advance(OrderIntent waiting) {
    Listing listing = listing(waiting);
    if (listing == null && !waiting.deadline().passed(clock.wall(), clock.market())) {
      return false;
    }
    Set<String> baseline = listing == null ? Set.of() : baseline(listing, waiting);
    crash.at(CrashPoint.C04);
    OrderIntent decided =
        store.write(
            ledger -> {
              OrderIntent intent = ledger.intent(waiting.id());
              if (intent.state().isWaiting()) {
                OrderIntent approved = approve(ledger, intent, baseline);
                return approved == null ? ledger.intent(intent.id()) : approved;
              }
              return intent;
            });
    if (decided.state() != OrderState.APPROVED) {
      return !decided.state().isWaiting();
    }
    crash.at(CrashPoint.C05);
    return claiming((ledger, claims) -> claimAgain(ledger, waiting.id(), claims));
  }

  private @Nullable Listing listing(OrderIntent waiting) {
    Listing listing = fresh(waiting);
    if (listing == null) {
      listingWanted.run();
      listing = fresh(waiting);
    }
    return listing;
  }

  /**
   * A change asks for what is left of its order. Whatever filled before it was written down must be
   * known, or more would be bought than was asked for; the reconciler withdraws it then.
   */
  private @Nullable Listing fresh(OrderIntent waiting) {
    return !waiting.isChange() || reconciler.followedSince(waiting.createdAt())
        ? reconciler.fresh()
        : null;
  }

  private static Set<String> baseline(Listing listing, OrderIntent intent) {
    return listing.idsOf(Fingerprint.of(intent.terms()));
  }

  /** Runs all checks; the approved order if it may be claimed now, else null. */
  private @Nullable OrderIntent approve(Ledger ledger, OrderIntent intent, Set<String> baseline) {
    Instant now = clock.wall();
    Instant marketNow = clock.market();
    Circumstances seen = ledger.circumstances(intent, now, marketNow);
    if (seen.withdrawn()) {
      ledger.update(
          intent.to(OrderState.EXPIRED_UNSENT, "withdrawn before it was sent"),
          "order.withdrawn",
          now);
      return null;
    }
    if (intent.deadline().passed(now, marketNow)) {
      ledger.update(
          intent.to(OrderState.EXPIRED_UNSENT, "expired before it could be sent"),
          "order.expired_unsent",
          now);
      return null;
    }
    if (intent.isChange() && standing(ledger, intent) == null) {
      ledger.update(
          intent.to(OrderState.EXPIRED_UNSENT, "not_working: the order changed meanwhile"),
          "order.expired_unsent",
          now);
      return null;
    }
    if (intent.state() == OrderState.APPROVED) {
      return seen.laneBlocked() ? null : intent;
    }
    RiskDecision decision = decide(intent, seen);
    return switch (decision) {
      // Not yet: it is looked at again when the lane is free.
      case RiskDecision.Approved _ when seen.laneBlocked() -> null;
      case RiskDecision.Approved approved -> {
        OrderIntent after = intent.approved(approved.reducing(), baseline);
        ledger.update(after, "order.approved", report(decision, intent, seen), now);
        yield after;
      }
      case RiskDecision.Denied denied -> {
        ledger.update(
            intent.to(OrderState.DENIED, denied.reason()),
            "order.denied",
            report(decision, intent, seen),
            now);
        if (denied.rule().equals("max_daily_loss")) {
          ledger.reduceOnly(denied.reason());
        }
        yield null;
      }
    };
  }

  private Map<String, Object> report(
      RiskDecision decision, OrderIntent intent, Circumstances seen) {
    if (decision instanceof RiskDecision.Denied(String rule, String _)
        && rule.equals(CHECK_FAILED)) {
      return Map.of("decision", "denied", "rule", rule);
    }
    try {
      return gate.report(
          decision,
          intent.terms(),
          intent.origin(),
          seen.exposure(),
          seen.market().skewed(clock.skew()),
          seen.controls());
    } catch (RuntimeException e) {
      logFailedCheck(intent, e);
      return Map.of("report", "failed: " + e);
    }
  }

  /** What cannot be checked is denied, and holds up no other order. */
  private RiskDecision decide(OrderIntent intent, Circumstances seen) {
    try {
      return gate.check(
          intent.terms(),
          intent.origin(),
          seen.exposure(),
          seen.market().skewed(clock.skew()),
          seen.controls());
    } catch (RuntimeException e) {
      logFailedCheck(intent, e);
      return new RiskDecision.Denied(CHECK_FAILED, "a check could not be made: " + e);
    }
  }

  private static void logFailedCheck(OrderIntent intent, RuntimeException e) {
    log.atError()
        .addKeyValue("event", "order.check_failed")
        .addKeyValue("order", intent.id())
        .setCause(e)
        .log("The risk checks of an order failed");
  }

  /**
   * One transaction that may claim orders for their one sending; they are sent once it is
   * committed.
   */
  private <T> T claiming(BiFunction<Ledger, List<Claim>, T> work) {
    List<Claim> claims = new ArrayList<>();
    boolean known = false;
    T result;
    try {
      result = store.write(ledger -> work.apply(ledger, claims));
      if (!claims.isEmpty()) {
        crash.at(CrashPoint.C07);
      }
      known = true;
    } finally {
      if (!known) {
        // Perhaps the commit's answer was lost: then they are SENDING, and made UNKNOWN.
        claims.forEach(claim -> sending.remove(claim.intent().id()));
      }
    }
    send(claims);
    return result;
  }

  private void claim(
      Ledger ledger,
      OrderIntent approved,
      boolean reducing,
      @Nullable String replaces,
      long nanos,
      List<Claim> claims) {
    Instant now = clock.wall();
    OrderIntent claimed = approved.claimed(reducing, now);
    sending.add(claimed.id());
    claims.add(new Claim(claimed, replaces, nanos));
    ledger.update(claimed, "order.sending", now);
    crash.at(CrashPoint.C06);
  }

  /**
   * Claims an order that was approved in a transaction before: every check is made again, since
   * everything may have changed.
   */
  private boolean claimAgain(Ledger ledger, UUID id, List<Claim> claims) {
    long nanos = clock.nanos();
    OrderIntent intent = ledger.intent(id);
    Instant now = clock.wall();
    Instant marketNow = clock.market();
    OrderIntent standing = intent.isChange() ? standing(ledger, intent) : null;
    if (intent.state() != OrderState.APPROVED
        || (intent.isChange() && standing == null)
        || intent.sends() != 0
        || intent.deadline().passed(now, marketNow)) {
      return false;
    }
    Circumstances seen = ledger.circumstances(intent, now, marketNow);
    if (seen.laneBlocked()
        || !(decide(intent, seen) instanceof RiskDecision.Approved(boolean reducing))) {
      return false;
    }
    String replaces = standing == null ? null : standing.brokerOrderId();
    claim(ledger, intent, reducing, replaces, nanos, claims);
    return true;
  }

  /** The order that a change is to replace; null when it cannot be replaced any more. */
  private static @Nullable OrderIntent standing(Ledger ledger, OrderIntent change) {
    OrderIntent old = ledger.intent(Objects.requireNonNull(change.replaces()));
    return ChangePlan.stands(old) ? old : null;
  }

  private void send(List<Claim> claims) {
    RuntimeException failure = null;
    for (Claim claim : claims) {
      UUID id = claim.intent().id();
      try {
        sender.execute(new Sending(id, () -> send(claim)));
      } catch (RuntimeException e) {
        // Nothing left: the executor did not even take it.
        answered(claim, new SubmitOutcome.NotSent("the engine is stopping"), 0);
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void send(Claim claim) {
    UUID id = claim.intent().id();
    SubmitOutcome outcome = new SubmitOutcome.Unconfirmed("failed while being sent");
    long begun = clock.nanos();
    try {
      outcome = submit(claim);
    } finally {
      // Also where an error ends this thread: nobody else could say that the order is not on its
      // way any more, and it would stay SENDING for as long as this engine lives.
      answered(claim, outcome, clock.nanos() - begun);
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
    if (waited > GATE.toNanos()) {
      return "it was held up for " + Duration.ofNanos(waited).toMillis() + " ms before it was sent";
    }
    String halted = halt.halted(claim.intent().origin() == Origin.FLATTEN);
    return halted == null ? denied : "trading is " + halted;
  }

  private long waited(Claim claim) {
    return clock.nanos() - claim.nanos();
  }

  private @Nullable String deniedNow(OrderIntent intent) {
    try {
      return store.read(ledger -> recheck(ledger, intent)) instanceof RiskDecision.Denied denied
          ? denied.reason()
          : null;
    } catch (RuntimeException e) {
      return "the last check before sending failed";
    }
  }

  private RiskDecision recheck(Ledger ledger, OrderIntent intent) {
    Circumstances seen = ledger.circumstances(intent, clock.wall(), clock.market());
    return gate.recheck(
        intent.terms(),
        intent.origin(),
        intent.reducing(),
        seen.market().skewed(clock.skew()),
        seen.controls());
  }

  private void answered(Claim claim, SubmitOutcome outcome, long tookNanos) {
    if (outcome instanceof SubmitOutcome.Unconfirmed) {
      reconciler.unanswered();
      listingWanted.run();
    }
    long now = clock.nanos();
    unwritten.put(claim.intent().id(), new Answer(outcome, facts(claim, outcome, tookNanos), now));
    writeAnswers();
  }

  /** The journal is for people: what it cannot tell them does not keep the answer from it. */
  private Map<String, Object> facts(Claim claim, SubmitOutcome outcome, long tookNanos) {
    try {
      String body = broker.body(claim.intent().terms());
      return ExchangeFacts.sent(body, claim.replaces(), outcome, tookNanos);
    } catch (RuntimeException e) {
      log.atWarn()
          .addKeyValue("event", "order.facts_missing")
          .addKeyValue("order", claim.intent().id())
          .setCause(e)
          .log("The journal does not tell what was asked of the broker");
      return Map.of();
    }
  }

  /** Writes answers down; one that cannot be written is kept for a while and tried again. */
  private void writeAnswers() {
    for (Map.Entry<UUID, Answer> entry : unwritten.entrySet()) {
      UUID id = entry.getKey();
      Answer answer = entry.getValue();
      try {
        write(id, answer);
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

  private void write(UUID id, Answer answer) {
    store.write(
        ledger -> {
          OrderIntent intent = ledger.intent(id);
          if (intent.state() == OrderState.SENDING) {
            record(ledger, intent, answer);
          }
          return id;
        });
    crash.at(CrashPoint.C14);
  }

  /** Whether the order is one of ours, or was at the broker before this one was sent. */
  private static boolean isAnother(Ledger ledger, OrderIntent intent, String brokerOrderId) {
    return intent.baseline().contains(brokerOrderId)
        || ledger.owner(brokerOrderId).isPresent()
        || ledger.history(brokerOrderId);
  }

  private void record(Ledger ledger, OrderIntent intent, Answer answer) {
    Instant now = clock.wall();
    Map<String, Object> facts = answer.facts();
    switch (answer.outcome()) {
      case SubmitOutcome.Accepted(String brokerOrderId) -> {
        if (isAnother(ledger, intent, brokerOrderId)) {
          log.atError()
              .addKeyValue("event", "order.id_of_another")
              .addKeyValue("order", intent.id())
              .addKeyValue("broker_order_id", brokerOrderId)
              .log("The broker's answer names an order that was there before");
          unknown(ledger, intent, "the broker's answer named another order", facts, now);
        } else {
          ledger.update(intent.bound(brokerOrderId, false, null), "order.acked", facts, now);
          crash.at(CrashPoint.C13);
        }
      }
      case SubmitOutcome.Refused(String reason) ->
          ledger.update(
              intent.to(OrderState.REFUSED, "refused: " + reason), "order.refused", facts, now);
      case SubmitOutcome.NotSent(String reason) ->
          ledger.update(
              intent.to(OrderState.NOT_SENT, "not_sent: " + reason), "order.not_sent", facts, now);
      case SubmitOutcome.Throttled(Duration retryAfter) ->
          ledger.update(
              intent
                  .searching(Search.throttled(now, now.plus(hold(retryAfter, intent.attempt()))))
                  .to(OrderState.UNKNOWN, "the broker takes no more requests for now"),
              "order.throttled",
              facts,
              now);
      case SubmitOutcome.Unconfirmed(String reason) -> unknown(ledger, intent, reason, facts, now);
    }
  }

  private static void unknown(
      Ledger ledger, OrderIntent intent, String why, Map<String, Object> facts, Instant now) {
    log.atWarn()
        .addKeyValue("event", "order.unknown")
        .addKeyValue("ticker", intent.terms().ticker())
        .addKeyValue("order", intent.id())
        .log("It is not known whether the broker has the order: {}", why);
    ledger.update(
        intent.searching(Search.begin(now)).to(OrderState.UNKNOWN, why),
        "order.unknown",
        facts,
        now);
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
