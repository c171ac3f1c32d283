package io.alphakite.engine.order;

import io.alphakite.engine.broker.AccountReport;
import io.alphakite.engine.broker.Broker;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.engine.risk.Origin;
import io.alphakite.model.order.ExitRole;
import io.alphakite.model.order.OrderTerms;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is written down to what the broker says: fills and states of the orders we know, the
 * fate of those we do not know it of, and orders that somebody placed elsewhere.
 *
 * <p>The broker's listing is the only truth; the account stream is a reason to ask for it. One poll
 * at a time; reading one order back may happen beside it.
 */
public final class Reconciler {

  /** An order is sent only against a listing at most this old. */
  static final Duration FRESH = Duration.ofSeconds(10);

  /** What the order of a change says of itself where its old order was left open. */
  public static final String BOTH_OPEN = "both the old order and the new one are open";

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);
  private static final Duration LOOK_BACK = Duration.ofMinutes(10);
  private static final Duration CLOCK_AHEAD = Duration.ofMinutes(1);
  // Schwab lists sixty days.
  private static final Duration ORDERS_KNOWN = Duration.ofDays(59);
  // More than a listing and a single order may lag behind.
  private static final Duration ID_UNKNOWN = Duration.ofSeconds(75);
  private static final Duration POSITIONS_LAG = Duration.ofSeconds(30);
  // After its end, as long as a listing may lag.
  private static final Duration EXECUTIONS_LISTED_BY = Duration.ofSeconds(60);
  private static final int MAX_ATTEMPTS = 5;
  private static final int STABLE_READS = 5;
  private static final int SINGLE_READS = 5;
  // Of unknown fate, or (while it is not verified) under an id that may be another's.
  private static final Set<OrderState> MAYBE_ELSEWHERE =
      EnumSet.of(OrderState.SENDING, OrderState.UNKNOWN, OrderState.UNRESOLVED, OrderState.ACKED);
  // A broker's word or a person's says that it does not exist.
  private static final Set<OrderState> NOT_THERE =
      EnumSet.of(OrderState.NOT_PLACED, OrderState.NOT_SENT, OrderState.REFUSED);
  private static final String REPLACED = "replaced elsewhere by ";

  private final OrderStore store;
  private final Broker broker;
  private final EngineClock clock;
  private final Supplier<UUID> ids;
  private final CrashPoints crash;
  // What was last applied of each order still listed, so that an unchanged one costs nothing.
  private Map<String, OrderReport> applied = new HashMap<>();
  private volatile @Nullable Listing latest;
  // Placed elsewhere, open, and of a kind we cannot show, by id.
  private volatile Map<String, OrderReport> unsupported = Map.of();
  // When the last listing was asked for whose every order is written down.
  private volatile Instant followed = Instant.MIN;
  // How often the broker left something unanswered, and how often it had when it last listed.
  private final AtomicLong doubts = new AtomicLong();
  private volatile long answered;
  // How many orders from before every listing were read by themselves: one at a time in turn.
  private int oldReads;

  /**
   * A reconciler.
   *
   * @param ids of orders that are found
   * @param crash is told how far it has come
   */
  public Reconciler(
      OrderStore store, Broker broker, EngineClock clock, Supplier<UUID> ids, CrashPoints crash) {
    this.store = store;
    this.broker = broker;
    this.clock = clock;
    this.ids = ids;
    this.crash = crash;
  }

  /**
   * What a poll found.
   *
   * @param changed orders whose state or fills changed
   * @param open orders the broker may still fill
   * @param doubtful orders of unknown fate
   */
  public record Result(int changed, int open, int doubtful) {}

  /**
   * Asks the broker and applies the answer.
   *
   * @param since how far back to ask at least; wall time
   * @throws io.alphakite.engine.broker.BrokerUnavailableException when it does not answer
   */
  public synchronized Result poll(Instant since) {
    long unanswered = doubts.get();
    Listing listing = list(since);
    latest = listing;
    answered = unanswered;
    int changed = 0;
    Map<String, OrderReport> seen = new HashMap<>();
    Set<String> unverified = store.read(Reconciler::unverified);
    for (OrderReport report : replacedFirst(listing.orders())) {
      crash.at(CrashPoint.C17);
      // An answer may name an order that was looked at long before it was thought to be ours.
      if (report.equals(applied.get(report.id())) && !unverified.contains(report.id())) {
        seen.put(report.id(), report);
      } else if (apply(report)) {
        seen.put(report.id(), report);
        changed++;
      }
    }
    applied = seen;
    followed = listing.takenAt();
    askForMissing(listing);
    unsupported = unsupported(listing);
    changed += resolve(listing);
    int moved = changed;
    List<UUID> bothOpen = new ArrayList<>();
    Result result =
        store.read(
            ledger -> {
              List<OrderIntent> open = ledger.inStates(OrderState.AT_BROKER);
              open.stream()
                  .filter(intent -> isOpenBesideItsOld(ledger, intent))
                  .forEach(intent -> bothOpen.add(intent.id()));
              return new Result(moved, open.size(), ledger.inStates(OrderState.DOUBTFUL).size());
            });
    bothOpen.forEach(this::alarmBothOpen);
    return result;
  }

  /** One that no listing shows any more, for it is old, is asked for by itself: one at a time. */
  private Map<String, OrderReport> unsupported(Listing listing) {
    Map<String, OrderReport> open = new LinkedHashMap<>(unsupported);
    open.keySet().removeAll(listing.ids());
    if (!open.isEmpty()) {
      String id = open.keySet().iterator().next();
      open.remove(id);
      // Behind the others; a broker that does not know it is believed.
      broker.order(id).filter(OrderReport::isOpen).ifPresent(order -> open.put(id, order));
    }
    List<OrderReport> strange =
        listing.orders().stream().filter(order -> order.isOpen() && order.terms() == null).toList();
    if (!strange.isEmpty()) {
      store.read(
          ledger -> {
            strange.stream()
                .filter(order -> ledger.owner(order.id()).isEmpty())
                .forEach(order -> open.put(order.id(), order));
            return strange;
          });
    }
    return open;
  }

  /** Orders placed elsewhere that work, are of a kind we cannot show, and are counted nowhere. */
  public List<OrderReport> unsupported() {
    return List.copyOf(unsupported.values());
  }

  private static Set<String> unverified(Ledger ledger) {
    return ledger.inStates(Set.of(OrderState.ACKED)).stream()
        .filter(intent -> !intent.verified() && intent.brokerOrderId() != null)
        .map(OrderIntent::brokerOrderId)
        .collect(Collectors.toSet());
  }

  /** An order that took another's place is not adopted before the other was looked at. */
  private static List<OrderReport> replacedFirst(List<OrderReport> orders) {
    List<OrderReport> sorted = new ArrayList<>(orders);
    sorted.sort(Comparator.comparing(report -> report.status() != OrderReport.Status.REPLACED));
    return sorted;
  }

  /**
   * Open orders that the listing leaves out, because it lags or the broker's clock runs behind, are
   * read one by one; so many at a time that a gap cannot use up the broker's patience. Those older
   * than all that it lists stay out of it for good: of them one at a time.
   */
  private void askForMissing(Listing listing) {
    Set<String> listed = listing.ids();
    List<OrderIntent> unlisted =
        store.read(
            ledger ->
                ledger.inStates(OrderState.AT_BROKER).stream()
                    .filter(intent -> intent.brokerOrderId() != null)
                    .filter(intent -> !listed.contains(intent.brokerOrderId()))
                    .toList());
    List<OrderIntent> old = new ArrayList<>(unlisted);
    old.removeIf(intent -> !isBefore(listing, intent));
    List<OrderIntent> asked = new ArrayList<>(unlisted);
    asked.removeIf(intent -> isBefore(listing, intent));
    asked.subList(Math.min(SINGLE_READS, asked.size()), asked.size()).clear();
    if (!old.isEmpty()) {
      asked.add(old.get(Math.floorMod(oldReads++, old.size())));
    }
    for (OrderIntent intent : asked) {
      broker
          .order(Objects.requireNonNull(intent.brokerOrderId()))
          .ifPresentOrElse(this::apply, () -> unknownId(intent.id()));
    }
  }

  /**
   * The broker does not know the id that its own answer named. For as long as a listing may lag
   * that means nothing; after that the id is none, and the order is searched for by its content.
   */
  private void unknownId(UUID id) {
    store.write(
        ledger -> {
          OrderIntent intent = ledger.intent(id);
          Instant claimed = intent.claimedAt();
          Instant now = clock.wall();
          if (intent.state() == OrderState.ACKED
              && !intent.verified()
              && claimed != null
              && !now.isBefore(claimed.plus(ID_UNKNOWN))) {
            log.atError()
                .addKeyValue("event", "order.id_unknown")
                .addKeyValue("order", id)
                .log("The broker does not know the id in its answer; searching by content");
            ledger.update(
                intent.unbound(now, "the broker does not know the id in its answer"),
                "order.id_unknown",
                now);
          }
          return id;
        });
  }

  /** Asks for what is needed at least. */
  public Result poll() {
    return poll(clock.wall().minus(LOOK_BACK));
  }

  /**
   * The broker left an order unanswered. Nothing more is sent before it has listed its orders: what
   * is sent to a broker that is gone becomes unknown as well.
   */
  void unanswered() {
    doubts.incrementAndGet();
  }

  /** The last listing if it is fresh enough to send an order against; else null. */
  @Nullable Listing fresh() {
    Listing listing = latest;
    return listing != null
            && answered == doubts.get()
            && clock.nanos() - listing.takenNanos() <= FRESH.toNanos()
        ? listing
        : null;
  }

  /**
   * Whether all that a listing says is written down which was asked for at that time or later.
   *
   * @param since wall time
   */
  boolean followedSince(Instant since) {
    return !followed.isBefore(since);
  }

  private Listing list(Instant since) {
    Instant now = clock.wall();
    long nanos = clock.nanos();
    Instant oldest = now.minus(ORDERS_KNOWN);
    Instant needed = store.read(ledger -> earliest(ledger, since));
    Instant from = needed.isBefore(oldest) ? oldest : needed;
    // The broker's clock may be ahead of ours.
    List<OrderReport> orders = broker.orders(from, now.plus(CLOCK_AHEAD));
    return Listing.of(from, now, nanos, orders);
  }

  private static Instant earliest(Ledger ledger, Instant since) {
    Instant from = since;
    for (OrderIntent intent : ledger.inStates(OrderState.REACHED)) {
      from = earlier(from, begin(intent));
      if (intent.isChange()) {
        // What became of the order it was to replace tells what became of it.
        from = earlier(from, begin(old(ledger, intent)));
      }
    }
    return from;
  }

  /** Whether no listing shows it any more. */
  private static boolean isBefore(Listing listing, OrderIntent intent) {
    Instant claimed = intent.claimedAt();
    return (claimed == null ? intent.createdAt() : claimed).isBefore(listing.from());
  }

  private static Instant begin(OrderIntent intent) {
    Instant begin = intent.claimedAt() == null ? intent.createdAt() : intent.claimedAt();
    return begin.minus(ContentMatch.BEFORE);
  }

  private static Instant earlier(Instant one, Instant other) {
    return other.isBefore(one) ? other : one;
  }

  private static OrderIntent old(Ledger ledger, OrderIntent change) {
    return ledger.intent(Objects.requireNonNull(change.replaces()));
  }

  /**
   * The first look at an account: what is held is taken over as it is, orders that are open are
   * followed from here on, and those that are over are history.
   *
   * @param positions takes over what is held, within the same transaction
   * @param lags whether what is held may lag behind orders, and nobody corrects it later
   * @throws io.alphakite.engine.broker.BrokerUnavailableException when it cannot be done now
   */
  public AccountReport takeOver(Consumer<AccountReport> positions, boolean lags) {
    Instant now = clock.wall();
    Instant from = now.minus(ORDERS_KNOWN);
    Instant to = now.plus(CLOCK_AHEAD);
    List<OrderReport> orders = broker.orders(from, to);
    AccountReport account = broker.account();
    // Orders and positions of one moment: nothing may have filled between the two reads.
    for (int i = 0; i < STABLE_READS; i++) {
      List<OrderReport> again = broker.orders(from, to);
      if (again.equals(orders)) {
        break;
      }
      orders = again;
      account = broker.account();
    }
    if (lags) {
      requireSettled(orders, now);
    }
    AccountReport held = account;
    List<OrderReport> listed = orders;
    return store.write(
        ledger -> {
          positions.accept(held);
          List<String> history = new ArrayList<>();
          for (OrderReport report : listed) {
            OrderTerms terms = report.terms();
            if (report.isOpen() && terms != null) {
              follow(ledger, report, terms, true);
            } else {
              history.add(report.id());
            }
          }
          ledger.takenOver(history, clock.wall());
          return held;
        });
  }

  /**
   * A broker's positions lag behind its orders: what filled a moment ago may be missing in what is
   * held, and would be missing for ever once its order is history.
   */
  private void requireSettled(List<OrderReport> orders, Instant now) {
    Instant latest = now.minus(POSITIONS_LAG);
    boolean settled =
        orders.stream()
            .allMatch(
                report ->
                    isListedWhole(report)
                        && !awaitsExecutions(report)
                        && report.executions().stream()
                            .noneMatch(execution -> execution.at().isAfter(latest)));
    if (!settled) {
      throw new BrokerUnavailableException(
          "an order was filled within "
              + POSITIONS_LAG.toSeconds()
              + " s, so that what is held cannot be told yet",
          null);
    }
  }

  private static boolean isListedWhole(OrderReport report) {
    return report.status() != OrderReport.Status.FILLED
        || report.terms() == null
        || report.filledQuantity() >= report.terms().quantity();
  }

  /**
   * Reads one order back and compares it with what was sent; an error leaves it to the next poll.
   */
  void verify(OrderIntent intent) {
    String id = intent.brokerOrderId();
    if (id == null) {
      return;
    }
    broker.order(id).ifPresent(this::apply);
  }

  /**
   * What orders read by themselves show.
   *
   * @param moved whether one was filled or is over
   * @param open whether one works on
   */
  public record Looked(boolean moved, boolean open) {}

  /**
   * Reads the orders that were sent since the last listing one by one: a listing has all the others
   * too, and grows with the day.
   *
   * @return empty when only a listing tells what became of them: of unknown fate, with others that
   *     hang on them or go for them, or too many
   * @throws io.alphakite.engine.broker.BrokerUnavailableException when it does not answer
   */
  public Optional<Looked> lookAtSent() {
    Instant listed = followed;
    List<OrderIntent> sent =
        store.read(
            ledger ->
                ledger.inStates(OrderState.REACHED).stream()
                    .filter(intent -> intent.state() != OrderState.SENDING)
                    .filter(intent -> isSentSince(intent, listed))
                    .toList());
    if (sent.size() > SINGLE_READS || !sent.stream().allMatch(Reconciler::tellsAlone)) {
      return Optional.empty();
    }
    boolean moved = false;
    boolean open = false;
    for (OrderIntent intent : sent) {
      Optional<OrderReport> read = broker.order(Objects.requireNonNull(intent.brokerOrderId()));
      read.ifPresent(this::apply);
      open |= read.isEmpty() || read.get().isOpen();
      moved |=
          read.isPresent()
              && (!read.get().isOpen() || read.get().filledQuantity() > intent.filled());
    }
    return Optional.of(new Looked(moved, open));
  }

  private static boolean isSentSince(OrderIntent intent, Instant listed) {
    Instant claimed = intent.claimedAt();
    return claimed != null && !claimed.isBefore(listed);
  }

  private static boolean tellsAlone(OrderIntent intent) {
    return intent.state().isAtBroker()
        && intent.brokerOrderId() != null
        && !intent.isChange()
        && intent.terms().bracket() == null;
  }

  /**
   * Applies one report.
   *
   * @return whether it is done with: an order that may yet prove to be one of ours is looked at
   *     again
   */
  private boolean apply(OrderReport report) {
    return store.write(
        ledger -> {
          OrderIntent owner = ledger.owner(report.id()).orElse(null);
          if (owner == null) {
            return adopt(ledger, report);
          }
          if (owner.verified()) {
            return applyTo(ledger, owner, report);
          }
          if (mayBeExit(ledger, owner, report)) {
            return false;
          }
          return matches(ledger, owner, report) && applyTo(ledger, owner.proven(), report);
        });
  }

  private boolean matches(Ledger ledger, OrderIntent intent, OrderReport report) {
    // What hangs on another order was not sent by itself.
    if (report.parent() == null
        && (report.fingerprint().equals(Fingerprint.of(intent.terms()))
            || ContentMatch.isInPart(intent.terms(), report))) {
      return true;
    }
    log.atError()
        .addKeyValue("event", "order.id_of_another")
        .addKeyValue("order", intent.id())
        .addKeyValue("broker_order_id", report.id())
        .log("The broker's answer named another order; searching for ours by its content");
    ledger.update(
        intent.unbound(clock.wall(), "the broker's answer named another order"),
        "order.id_of_another",
        clock.wall());
    return false;
  }

  /**
   * Whether it says the same as an exit of ours that was not seen yet. An order read by itself does
   * not tell what it hangs on: a listing does.
   */
  private boolean mayBeExit(Ledger ledger, OrderIntent intent, OrderReport report) {
    Listing listing = latest;
    if (report.parent() != null || (listing != null && listing.ids().contains(report.id()))) {
      return false;
    }
    Fingerprint says = Fingerprint.of(intent.terms());
    return ledger.inStates(OrderState.REACHED).stream()
        .filter(entry -> entry.terms().bracket() != null)
        .filter(entry -> ledger.exits(entry).size() < entry.terms().exits().size())
        .flatMap(entry -> entry.terms().exits().values().stream())
        .anyMatch(exit -> Fingerprint.of(exit).equals(says));
  }

  private boolean applyTo(Ledger ledger, OrderIntent intent, OrderReport report) {
    return applyTo(ledger, intent, report, false);
  }

  private boolean applyTo(Ledger ledger, OrderIntent intent, OrderReport report, boolean history) {
    boolean settled = applyAlone(ledger, intent, report, history);
    return (intent.terms().bracket() == null || applyExits(ledger, intent, report)) && settled;
  }

  /**
   * The exits of an entry, each bound by its place: to the entry it hangs on, and beside another by
   * being the stop or the limit. What an exit says is no proof of whose it is, since many say the
   * same.
   *
   * @return whether it is done with: the id of an exit may have been taken for another order's
   */
  private boolean applyExits(Ledger ledger, OrderIntent entry, OrderReport report) {
    Map<ExitRole, OrderTerms> asked = entry.terms().exits();
    boolean done = true;
    for (OrderReport child : report.children()) {
      Optional<OrderIntent> owner = ledger.owner(child.id());
      ExitRole role = BracketPlaces.role(child, report.children(), asked.keySet());
      if (owner.isPresent()) {
        done &= owner.get().verified() && applyTo(ledger, owner.get(), child);
      } else if (role != null && !ledger.exits(entry).containsKey(role)) {
        OrderTerms terms = BracketPlaces.terms(child, Objects.requireNonNull(asked.get(role)));
        Instant now = clock.wall();
        Instant entered = child.enteredAt() == null ? now : child.enteredAt();
        OrderIntent exit = OrderIntent.exit(ids.get(), ids.get(), terms, child.id(), entered);
        ledger.insertExit(exit, entry, role, now, clock.market());
        done &= applyTo(ledger, exit, child);
      }
    }
    return done;
  }

  private boolean applyAlone(
      Ledger ledger, OrderIntent intent, OrderReport report, boolean history) {
    Instant marketNow = clock.market();
    long filled = intent.filled();
    for (Execution execution : report.executions()) {
      if (ledger.fill(intent, execution, marketNow, history)) {
        filled += execution.quantity();
      }
    }
    OrderIntent after = intent.filledTo(filled);
    if (status(report) == OrderReport.Status.REPLACED && after.state().isAtBroker()) {
      return ChangePlan.inPlaceOf(after, ledger.attempts(after.tradeId()))
          .filter(change -> change.sends() == 1)
          .map(change -> replacedByChange(ledger, after, change))
          .orElseGet(
              () -> {
                withdrawChanges(ledger, after, "not_working: the order was replaced elsewhere");
                return followReplacement(ledger, after, report);
              });
    }
    return settle(ledger, intent, after, report);
  }

  private boolean settle(
      Ledger ledger, OrderIntent intent, OrderIntent filled, OrderReport report) {
    OrderIntent after = filled;
    OrderReport.Status status = status(report);
    if (status == OrderReport.Status.REPLACING) {
      // Both may fill until it is settled: nothing else goes out in the lane.
      after = after.searching(after.search().heldOn(clock.wall()));
    }
    OrderState target = target(after, status);
    boolean settled =
        switch (status) {
          case FILLED -> target == OrderState.FILLED;
          case REPLACING -> false;
          case OPEN -> report.isOpen();
          case CANCELED, REJECTED, EXPIRED, REPLACED -> true;
        };
    if (target != after.state() && after.state().next().contains(target)) {
      after = after.to(target, reason(report, status));
      if (!target.isOpen() && report.incompleteSince() != null) {
        log.atError()
            .addKeyValue("event", "order.executions_missing")
            .addKeyValue("order", intent.id())
            .addKeyValue("broker_order_id", report.id())
            .log(
                "An order is over, and its executions do not add up to what the broker says was"
                    + " filled");
      }
    }
    if (!after.equals(ledger.intent(intent.id()))) {
      ledger.update(after, event(intent, after), ExchangeFacts.read(report), clock.wall());
      if (!after.state().isOpen()) {
        withdrawChanges(ledger, after, "not_working: the order is over");
        if (after.state() == OrderState.CANCELED && after.filled() > intent.filled()) {
          OrderIntent old = after;
          ChangePlan.inPlaceOf(old, ledger.attempts(old.tradeId()))
              .filter(change -> change.isChange() && change.sends() == 1)
              .ifPresent(change -> checkOverfill(ledger, old, change));
        }
      } else if (after.filled() > intent.filled()) {
        withdrawChanges(ledger, after, "filled: more was filled before the change was sent");
      }
    }
    return settled;
  }

  /** A change that was not sent was meant for what was left of the trade when it was asked for. */
  private void withdrawChanges(Ledger ledger, OrderIntent order, String why) {
    for (OrderIntent change : ledger.attempts(order.tradeId())) {
      if (change.isChange() && change.state().isWaiting()) {
        ledger.update(
            change.to(OrderState.EXPIRED_UNSENT, why), "order.expired_unsent", clock.wall());
      }
    }
  }

  /** The order of a change, which was sent, took this one's place or is being looked for. */
  private boolean replacedByChange(Ledger ledger, OrderIntent intent, OrderIntent change) {
    ledger.update(
        intent.searching(Search.NONE).to(OrderState.CANCELED, "replaced as asked for"),
        "order.replaced",
        clock.wall());
    crash.at(CrashPoint.C21);
    checkOverfill(ledger, intent, change);
    return true;
  }

  /**
   * A change says how much is left of the trade. What the old order filled after that, before it
   * was replaced, comes on top: no broker replaces an order for what is left of it then. An order
   * that closes is canceled, but for a stop, which protects.
   */
  private void checkOverfill(Ledger ledger, OrderIntent old, OrderIntent change) {
    Long wanted = ledger.quantityWanted(change.id());
    long others =
        ledger.attempts(change.tradeId()).stream()
            .filter(each -> !each.id().equals(change.id()))
            .mapToLong(OrderIntent::filled)
            .sum();
    long quantity = change.terms().quantity();
    long excess =
        wanted == null
            ? quantity + old.filled() - old.terms().quantity()
            : quantity + others - wanted;
    if (excess <= 0) {
      return;
    }
    log.atError()
        .addKeyValue("event", "order.change_overfills")
        .addKeyValue("ticker", change.terms().ticker())
        .addKeyValue("trade", change.tradeId())
        .log("An order filled while it was changed: its trade may fill {} more than asked", excess);
    // The change may be under way still: nothing is written of it then but its answer.
    OrderIntent replaced = ledger.intent(old.id());
    ledger.update(replaced, "order.change_overfills", Map.of("excess", excess), clock.wall());
    if (!change.terms().side().isOpening() && !change.terms().type().hasStop()) {
      ledger.requestCancel(change.tradeId());
    }
  }

  /**
   * The old order and the one that was to take its place are both open, for longer than a listing
   * can lag: together they may fill twice what was wanted.
   */
  private boolean isOpenBesideItsOld(Ledger ledger, OrderIntent change) {
    Instant claimed = change.claimedAt();
    return change.isChange()
        && change.verified()
        && change.state().isAtBroker()
        && !BOTH_OPEN.equals(change.detail())
        && claimed != null
        && AbsenceRule.lagged(claimed, clock.wall())
        && old(ledger, change).state().isAtBroker();
  }

  private void alarmBothOpen(UUID id) {
    store.write(
        ledger -> {
          OrderIntent change = ledger.intent(id);
          if (isOpenBesideItsOld(ledger, change)) {
            log.atError()
                .addKeyValue("event", "order.both_open")
                .addKeyValue("order", id)
                .addKeyValue("broker_order_id", change.brokerOrderId())
                .log("A replaced order is still open beside the one that replaced it");
            ledger.update(change.to(change.state(), BOTH_OPEN), "order.both_open", clock.wall());
          }
          return id;
        });
  }

  /**
   * Where the order stands for us: one whose end is listed before all that it filled is not done
   * with, or what it sold or bought would be free to be sold or bought once more.
   */
  private OrderReport.Status status(OrderReport report) {
    if (!awaitsExecutions(report)) {
      return report.status();
    }
    return switch (report.status()) {
      case CANCELED, REJECTED, EXPIRED -> OrderReport.Status.OPEN;
      case REPLACED -> OrderReport.Status.REPLACING;
      case OPEN, REPLACING, FILLED -> report.status();
    };
  }

  /** Whether executions may still be listed; a sum that never fits is not waited for for ever. */
  private boolean awaitsExecutions(OrderReport report) {
    Instant since = report.incompleteSince();
    return since != null && clock.wall().isBefore(since.plus(EXECUTIONS_LISTED_BY));
  }

  private static OrderState target(OrderIntent intent, OrderReport.Status status) {
    OrderState open = open(intent);
    return switch (status) {
      case OPEN, REPLACING -> open;
      // Until every execution is listed the order is not done with.
      case FILLED -> intent.filled() >= intent.terms().quantity() ? OrderState.FILLED : open;
      case CANCELED, REPLACED -> OrderState.CANCELED;
      case REJECTED -> OrderState.REJECTED;
      case EXPIRED -> OrderState.EXPIRED;
    };
  }

  private static OrderState open(OrderIntent intent) {
    return intent.filled() > 0 ? OrderState.PARTIAL : OrderState.WORKING;
  }

  private static @Nullable String reason(OrderReport report, OrderReport.Status status) {
    return switch (status) {
      case REJECTED ->
          "rejected: " + (report.reason() == null ? "the broker gave no reason" : report.reason());
      case REPLACED -> REPLACED + "another order";
      case OPEN, REPLACING, FILLED, CANCELED, EXPIRED -> report.reason();
    };
  }

  private static String event(OrderIntent before, OrderIntent after) {
    if (after.state() != before.state()) {
      return "order." + after.state().name().toLowerCase(Locale.ROOT);
    }
    return after.filled() > before.filled() ? "order.fill" : "order.verified";
  }

  /**
   * An order of ours was replaced elsewhere: its trade goes on with the one order that can have
   * taken its place. Until that is listed the old one counts as open and holds its lane back.
   *
   * @return whether it is done with
   */
  private boolean followReplacement(Ledger ledger, OrderIntent intent, OrderReport report) {
    Instant now = clock.wall();
    Instant begun = searchedSince(intent);
    Instant seen = begun == null ? now : begun;
    Listing listing = latest;
    List<OrderReport> listed = listing == null ? List.of() : listing.orders();
    List<OrderReport> fitting =
        ReplacementMatch.candidates(report, intent.terms(), listed, seen).stream()
            .filter(other -> !ledger.history(other.id()))
            .toList();
    List<OrderReport> free =
        fitting.stream().filter(other -> ledger.owner(other.id()).isEmpty()).toList();
    if (free.size() > 1) {
      return end(ledger, intent, REPLACED + "one of " + free.size() + " orders that fit");
    }
    boolean contested =
        free.stream()
            .anyMatch(
                other ->
                    mayBeDoubtful(ledger, other) || mayReplace(ledger, other, listed, intent.id()));
    if (free.size() == 1 && !contested) {
      OrderReport match = free.getFirst();
      return rebind(ledger, intent, match, Objects.requireNonNull(match.terms()));
    }
    List<OrderReport> adopted =
        fitting.stream().filter(other -> adoptedLately(ledger, other, seen)).toList();
    if (!adopted.isEmpty()) {
      String which = adopted.stream().map(OrderReport::id).collect(Collectors.joining(" or "));
      return end(ledger, intent, REPLACED + "what may be order " + which + ", a trade of its own");
    }
    if (!now.isBefore(seen.plus(ReplacementMatch.PATIENCE))) {
      return end(ledger, intent, REPLACED + "an order that was not found");
    }
    OrderIntent open = intent.to(open(intent), intent.detail());
    if (begun == null) {
      OrderIntent waiting = open.searching(Search.replacement(now));
      ledger.update(waiting, "order.replacement_awaited", now);
      crash.at(CrashPoint.C21);
    } else if (intent.search().due(now)) {
      Search looked = intent.search().looked(now, false).holding(now);
      ledger.update(open.searching(looked), "order.looked", now);
    } else if (!open.equals(ledger.intent(intent.id()))) {
      ledger.update(open, "order.fill", now);
    }
    return false;
  }

  /** Since when the order that replaced this one is looked for; null when it is not. */
  private static @Nullable Instant searchedSince(OrderIntent intent) {
    return intent.search().nextAt() == null ? null : intent.search().lastCountedAt();
  }

  private static boolean mayBeDoubtful(Ledger ledger, OrderReport report) {
    return ledger.inStates(MAYBE_ELSEWHERE).stream()
        .filter(intent -> intent.state() != OrderState.ACKED || !intent.verified())
        .anyMatch(doubtful -> ContentMatch.isCandidate(doubtful, report));
  }

  /** Whether it was adopted about when the order it fits was replaced. */
  private static boolean adoptedLately(Ledger ledger, OrderReport report, Instant seen) {
    Instant entered = report.enteredAt();
    return entered != null
        && !entered.isBefore(seen.minus(ReplacementMatch.PATIENCE))
        && ledger
            .owner(report.id())
            .filter(owner -> owner.origin() == Origin.EXTERNAL && owner.replaces() == null)
            .isPresent();
  }

  private boolean end(Ledger ledger, OrderIntent intent, String why) {
    log.atWarn()
        .addKeyValue("event", "order.replacement_unclear")
        .addKeyValue("order", intent.id())
        .log("A trade does not follow its replaced order: {}", why);
    ledger.update(
        intent.searching(Search.NONE).to(OrderState.CANCELED, why), "order.canceled", clock.wall());
    return true;
  }

  private boolean rebind(Ledger ledger, OrderIntent intent, OrderReport match, OrderTerms terms) {
    Instant now = clock.wall();
    OrderIntent old =
        intent.searching(Search.NONE).to(OrderState.CANCELED, REPLACED + "order " + match.id());
    ledger.update(old, "order.replaced", now);
    crash.at(CrashPoint.C21);
    Instant entered = match.enteredAt() == null ? now : match.enteredAt();
    int attempt = ledger.attempts(old.tradeId()).getLast().attempt() + 1;
    OrderIntent next = old.replacedBy(ids.get(), attempt, terms, match.id(), entered);
    ledger.insert(next, now, clock.market());
    applyTo(ledger, next, match);
    return true;
  }

  /**
   * Whether it may be about to take the place of an order of ours that is being replaced: then it
   * is not adopted yet. An order from long ago is.
   */
  private boolean waitsForReplaced(Ledger ledger, OrderReport report) {
    Listing listing = latest;
    Instant entered = report.enteredAt();
    return listing != null
        && entered != null
        && !clock.wall().isAfter(entered.plus(ReplacementMatch.PATIENCE))
        && mayReplace(ledger, report, listing.orders(), null);
  }

  /** Whether it fits an order of ours, other than that one, whose replacement is not settled. */
  private boolean mayReplace(
      Ledger ledger, OrderReport report, List<OrderReport> listed, @Nullable UUID except) {
    return listed.stream()
        .filter(
            old ->
                old.status() == OrderReport.Status.REPLACING
                    || old.status() == OrderReport.Status.REPLACED)
        .anyMatch(
            old ->
                ledger
                    .owner(old.id())
                    .filter(owner -> owner.state().isAtBroker() && !owner.id().equals(except))
                    .filter(owner -> mayReplace(owner, old, report))
                    .isPresent());
  }

  private boolean mayReplace(OrderIntent owner, OrderReport old, OrderReport report) {
    Instant begun = searchedSince(owner);
    Instant seen = begun == null ? clock.wall() : begun;
    return !ReplacementMatch.candidates(old, owner.terms(), List.of(report), seen).isEmpty();
  }

  private boolean adopt(Ledger ledger, OrderReport report) {
    if (mayBeDoubtful(ledger, report)) {
      if (!report.executions().isEmpty()) {
        crash.at(CrashPoint.C16);
      }
      return false;
    }
    if (waitsForReplaced(ledger, report) || waitsForParent(ledger, report)) {
      return false;
    }
    if (report.terms() == null) {
      log.atWarn()
          .addKeyValue("event", "order.foreign_unsupported")
          .addKeyValue("broker_order_id", report.id())
          .log(
              "An order placed elsewhere is of a kind we cannot show; its positions are still"
                  + " counted");
      return true;
    }
    if (ledger.history(report.id())) {
      return true;
    }
    List<OrderIntent> late =
        ledger.inStates(NOT_THERE).stream()
            .filter(intent -> ContentMatch.isCandidate(intent, report))
            .filter(intent -> !intent.isChange() || isPlaceFree(ledger, intent))
            .toList();
    return late.size() == 1
        ? turnedUp(ledger, late.getFirst(), report)
        : follow(ledger, report, report.terms(), false);
  }

  /** Whose it is shows with the order that it hangs on: that one comes first. */
  private boolean waitsForParent(Ledger ledger, OrderReport report) {
    String parent = report.parent();
    if (parent == null || ledger.history(parent)) {
      return false;
    }
    OrderIntent owner = ledger.owner(parent).orElse(null);
    if (owner != null) {
      int asked = owner.terms().exits().size();
      // One that is none of the exits, such as an exit's successor, would wait for them for ever.
      return !owner.verified()
          || (ledger.exits(owner).size() < asked
              && (mayBeUnlisted(report) || isFreeExit(ledger, owner, report)));
    }
    Listing listing = latest;
    List<OrderReport> parents =
        listing == null
            ? List.of()
            : listing.orders().stream().filter(other -> other.id().equals(parent)).toList();
    // One that is listed is looked at in this poll; one that is not may still be listed.
    return parents.isEmpty()
        ? mayBeUnlisted(report)
        : parents.stream().anyMatch(other -> other.terms() != null);
  }

  /** Whether it is an exit that its entry, looked at later in this poll, binds. */
  private boolean isFreeExit(Ledger ledger, OrderIntent entry, OrderReport report) {
    Listing listing = latest;
    return listing != null
        && listing.orders().stream()
            .filter(other -> other.id().equals(report.parent()))
            .anyMatch(other -> isFreeExit(ledger, entry, report, other.children()));
  }

  private static boolean isFreeExit(
      Ledger ledger, OrderIntent entry, OrderReport report, List<OrderReport> all) {
    ExitRole role = BracketPlaces.role(report, all, entry.terms().exits().keySet());
    return role != null && !ledger.exits(entry).containsKey(role);
  }

  /** Whether it is so new that what belongs to it may not be listed yet. */
  private boolean mayBeUnlisted(OrderReport report) {
    Instant entered = report.enteredAt();
    return entered != null && !clock.wall().isAfter(entered.plus(ReplacementMatch.PATIENCE));
  }

  private static boolean isPlaceFree(Ledger ledger, OrderIntent change) {
    return ChangePlan.inPlaceOf(old(ledger, change), ledger.attempts(change.tradeId())).isEmpty();
  }

  /** It was said not to exist, and it does. */
  private boolean turnedUp(Ledger ledger, OrderIntent intent, OrderReport report) {
    log.atError()
        .addKeyValue("event", "order.turned_up")
        .addKeyValue("order", intent.id())
        .addKeyValue("broker_order_id", report.id())
        .log("An order that was {} is at the broker after all", intent.state());
    OrderIntent bound =
        intent.bound(report.id(), true, "found after it was " + intent.state() + ", by content");
    ledger.update(bound, "order.turned_up", clock.wall());
    return applyTo(ledger, bound, report);
  }

  private boolean follow(Ledger ledger, OrderReport report, OrderTerms terms, boolean history) {
    Instant now = clock.wall();
    Instant entered = report.enteredAt() == null ? now : report.enteredAt();
    OrderIntent adopted = OrderIntent.adopted(ids.get(), ids.get(), terms, report.id(), entered);
    ledger.insert(adopted, now, clock.market());
    log.atInfo()
        .addKeyValue("event", "order.adopted")
        .addKeyValue("ticker", terms.ticker())
        .addKeyValue("broker_order_id", report.id())
        .log("An order placed elsewhere was adopted");
    return applyTo(ledger, adopted, report, history);
  }

  private int resolve(Listing listing) {
    int resolved = 0;
    // What a listing says, it says of the moment it was asked for; it may have taken long.
    Instant asked = listing.takenAt();
    List<OrderIntent> searched =
        store.read(
            ledger ->
                ledger.inStates(EnumSet.of(OrderState.UNKNOWN, OrderState.UNRESOLVED)).stream()
                    .filter(intent -> intent.search().due(asked))
                    .toList());
    for (OrderIntent intent : searched) {
      if (store.write(ledger -> look(ledger, ledger.intent(intent.id()), listing, asked))) {
        resolved++;
        crash.at(CrashPoint.C18);
      }
    }
    return resolved;
  }

  private boolean look(Ledger ledger, OrderIntent intent, Listing listing, Instant asked) {
    Instant claimed = intent.claimedAt();
    if (!intent.search().due(asked) || claimed == null) {
      return false;
    }
    Instant now = clock.wall();
    Set<String> known = ledger.known(listing.ids());
    List<OrderReport> candidates = ContentMatch.candidates(intent, listing.orders(), known);
    OrderReport.Status old = intent.isChange() ? listed(old(ledger, intent), listing) : null;
    // While the old order stands, an equal one may be somebody else's.
    boolean free = !intent.isChange() || old == OrderReport.Status.REPLACED;
    if (candidates.size() == 1 && !free) {
      return contested(
          ledger,
          intent,
          claimed,
          asked,
          "an order that fits is at the broker, and the old one was not replaced",
          SearchFacts.of(listing, intent.search(), true, candidates, claimed));
    }
    if (candidates.size() == 1 && ContentMatch.isInPart(intent.terms(), candidates.getFirst())) {
      return contested(
          ledger,
          intent,
          claimed,
          asked,
          "an order that fits is at the broker without all of its exits",
          SearchFacts.of(listing, intent.search(), true, candidates, claimed));
    }
    if (candidates.size() == 1) {
      OrderReport match = candidates.getFirst();
      log.atWarn()
          .addKeyValue("event", "order.matched")
          .addKeyValue("order", intent.id())
          .addKeyValue("broker_order_id", match.id())
          .log("An order of unknown fate was found at the broker by its content");
      bind(
          ledger,
          intent,
          match,
          "order.matched",
          "matched by content",
          SearchFacts.of(listing, intent.search(), true, candidates, claimed));
      return true;
    }
    if (candidates.size() > 1) {
      String why = candidates.size() + " orders at the broker fit; a person has to decide";
      OrderIntent open = intent.searching(intent.search().looked(asked, false));
      ledger.update(
          open.to(OrderState.UNRESOLVED, why),
          "order.ambiguous",
          SearchFacts.of(listing, open.search(), true, candidates, claimed),
          now);
      return intent.state() != OrderState.UNRESOLVED;
    }
    boolean told = !intent.isChange() || (old != null && old != OrderReport.Status.REPLACING);
    boolean clean = told && !isBefore(listing, intent) && controlled(ledger, listing);
    if (intent.search().throttled() && clean) {
      closeThrottled(ledger, intent, now);
      return true;
    }
    return absent(ledger, intent, claimed, clean, !free, listing);
  }

  /** The broker's order is this one: by its content, or by a person's word that was looked into. */
  void bind(
      Ledger ledger,
      OrderIntent intent,
      OrderReport match,
      String event,
      String why,
      Map<String, Object> facts) {
    OrderIntent bound = intent.bound(match.id(), true, why);
    ledger.update(bound, event, facts, clock.wall());
    applyTo(ledger, bound, match);
  }

  private static OrderReport.@Nullable Status listed(OrderIntent order, Listing listing) {
    return listing.orders().stream()
        .filter(report -> report.id().equals(order.brokerOrderId()))
        .map(OrderReport::status)
        .findFirst()
        .orElse(null);
  }

  /**
   * One order fits but for something that may still come: the order that a change was to replace
   * was not replaced, or exits are missing.
   */
  private boolean contested(
      Ledger ledger,
      OrderIntent intent,
      Instant claimed,
      Instant asked,
      String but,
      Map<String, Object> facts) {
    OrderIntent looked = intent.searching(intent.search().looked(asked, false));
    if (intent.state() == OrderState.UNKNOWN && AbsenceRule.lagged(claimed, asked)) {
      log.atError()
          .addKeyValue("event", "order.ambiguous")
          .addKeyValue("order", intent.id())
          .log("An order of unknown fate is not settled: {}", but);
      ledger.update(
          looked.to(OrderState.UNRESOLVED, but + "; a person has to decide"),
          "order.ambiguous",
          facts,
          clock.wall());
      return true;
    }
    ledger.update(looked, "order.looked", facts, clock.wall());
    return false;
  }

  /** Whether the listing shows every order that it must show: only then does its silence count. */
  private static boolean controlled(Ledger ledger, Listing listing) {
    Set<String> listed = listing.ids();
    return ledger.inStates(OrderState.AT_BROKER).stream()
        .filter(intent -> intent.claimedAt() != null && intent.verified())
        .filter(intent -> !isBefore(listing, intent))
        .allMatch(
            intent -> intent.brokerOrderId() != null && listed.contains(intent.brokerOrderId()));
  }

  private void closeThrottled(Ledger ledger, OrderIntent intent, Instant now) {
    OrderIntent closed =
        intent
            .searching(intent.search().ended())
            .to(OrderState.REFUSED, "throttled: the broker took no more requests");
    ledger.update(closed, "order.throttled", now);
    boolean wanted =
        intent.attempt() < MAX_ATTEMPTS
            // Whoever asked for a change sees that it was not made, and the order stands.
            && !intent.isChange()
            && !intent.deadline().passed(now, clock.market())
            && !ledger.cancelRequested(intent.tradeId());
    if (wanted) {
      ledger.insert(intent.again(ids.get(), now), now, clock.market());
    }
  }

  /**
   * Looks without having found anything.
   *
   * @param standsAsItWas the order is a change, and the broker shows that the old order was not
   *     replaced
   */
  private boolean absent(
      Ledger ledger,
      OrderIntent intent,
      Instant claimed,
      boolean clean,
      boolean standsAsItWas,
      Listing listing) {
    Instant now = clock.wall();
    Instant asked = listing.takenAt();
    Search search =
        intent.search().looked(asked, clean && AbsenceRule.counts(claimed, intent.search(), asked));
    OrderIntent looked = intent.searching(search);
    Map<String, Object> facts = SearchFacts.of(listing, search, clean, List.of(), claimed);
    boolean shown =
        intent.state() == OrderState.UNKNOWN && AbsenceRule.shown(claimed, search, asked);
    if (shown && clean && standsAsItWas) {
      ledger.update(
          looked
              .searching(search.ended())
              .to(OrderState.REFUSED, "not_replaced: the old order was not replaced"),
          "order.not_replaced",
          facts,
          now);
      return true;
    }
    if (shown) {
      String why = "absence shown: " + search.counted() + " listings without it";
      log.atError()
          .addKeyValue("event", "order.unresolved")
          .addKeyValue("order", intent.id())
          .log("An order of unknown fate is not at the broker; a person has to decide");
      ledger.update(looked.to(OrderState.UNRESOLVED, why), "order.absent", facts, now);
      return true;
    }
    ledger.update(looked, "order.looked", facts, now);
    return false;
  }
}
