package io.alphakite.engine.torture;

import io.alphakite.engine.broker.AccountReport;
import io.alphakite.engine.broker.Broker;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.broker.CancelOutcome;
import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.engine.broker.OrderReport.Status;
import io.alphakite.engine.broker.SubmitOutcome;
import io.alphakite.engine.order.CrashPoint;
import io.alphakite.engine.torture.Faults.Fault;
import io.alphakite.model.market.Price;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.TimeInForce;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The broker with the faults of the reliability guide. What it accepted stays true; what it shows
 * of that lags, is partial, repeated or out of order.
 */
final class SimBroker {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LISTED_BY = Duration.ofSeconds(60);

  /** An order as it really is. */
  static final class Order {
    final String id;
    final OrderTerms terms;
    final Instant entered;
    // Whose request it came from; null for orders placed elsewhere.
    final @Nullable UUID intent;
    Fingerprint fingerprint;
    // What it hangs on, and what hangs on it.
    final @Nullable Order parent;
    final List<Order> children = new ArrayList<>();
    final List<Shown> shown = new ArrayList<>();
    final List<Fill> fills = new ArrayList<>();
    Status status = Status.OPEN;
    long filled;
    long visibleAt;
    boolean weird;
    @Nullable Instant ended;
    // Does not trade before the order is out whose place it takes.
    boolean waits;

    Order(
        String id,
        OrderTerms terms,
        Instant entered,
        @Nullable UUID intent,
        @Nullable Order parent) {
      this.id = id;
      this.parent = parent;
      this.waits = parent != null;
      this.terms = terms;
      this.entered = entered;
      this.intent = intent;
      this.fingerprint = Fingerprint.of(terms);
    }

    /** Whether it came of a request of ours. */
    boolean ours() {
      return intent != null || (parent != null && parent.intent != null);
    }

    /** When all of it can be seen. */
    long shownAt() {
      long at = visibleAt;
      for (Shown each : shown) {
        at = Math.max(at, each.at());
      }
      for (Fill fill : fills) {
        at = Math.max(at, fill.at());
      }
      return at;
    }

    boolean isOpen() {
      return status == Status.OPEN || status == Status.REPLACING;
    }

    long leaves() {
      return isOpen() ? terms.quantity() - filled : 0;
    }
  }

  private record Shown(long at, Status status) {}

  private record Fill(long at, long positionAt, Execution execution) {}

  final Map<String, Order> orders = new LinkedHashMap<>();
  final List<Long> completeListings = new ArrayList<>();
  final List<SimEngine> engines = new ArrayList<>();
  private final Map<String, Long> held = new TreeMap<>();
  private final World world;
  private final Faults faults;
  private final Set<Bug> bugs;
  private final long skewMillis;
  private @Nullable Oracle oracle;
  // What an account was like before anybody looked at it, is told at once: what is listed later
  // than held could not be told from what is bought after.
  private boolean shows;
  private long downUntil;
  private long haltedUntil;
  long version;

  SimBroker(World world, Faults faults, Set<Bug> bugs) {
    this.world = world;
    this.faults = faults;
    this.bugs = bugs;
    this.skewMillis = world.random.nextLong(-2000, 2001);
  }

  void watchedBy(Oracle watching) {
    oracle = watching;
  }

  void down(Duration time) {
    downUntil = world.nanos() + time.toNanos();
  }

  void tradedFromNowOn() {
    shows = true;
  }

  void haltTrading(Duration time) {
    haltedUntil = world.nanos() + time.toNanos();
  }

  void hold(String symbol, long quantity) {
    held.put(symbol, quantity);
  }

  /** What is really held. */
  Map<String, Long> holdings() {
    Map<String, Long> all = new TreeMap<>(held);
    for (Order order : orders.values()) {
      long signed = order.terms.side().isBuy() ? order.filled : -order.filled;
      all.merge(order.terms.symbol(), signed, Long::sum);
    }
    all.values().removeIf(quantity -> quantity == 0);
    return all;
  }

  // --- the broker's own side ----------------------------------------------------------------

  Order accept(OrderTerms terms, @Nullable UUID intent) {
    Instant entered = world.wall().plusMillis(skewMillis).truncatedTo(ChronoUnit.SECONDS);
    String id = id();
    Order order = new Order(id, terms, entered, intent, null);
    order.visibleAt = world.nanos() + (shows ? listingLag() : Duration.ZERO).toNanos();
    orders.put(id, order);
    world.trace("accepted #" + id + " " + terms.side() + " " + terms.quantity());
    terms.exits().values().forEach(exit -> hang(order, exit));
    order.fingerprint = says(terms, order.children);
    changed();
    if (faults.hit(Fault.REJECTED_LATE)) {
      world.in(world.between(0, 3000), null, () -> end(order, Status.REJECTED));
    }
    if (terms.type() == OrderType.MARKET || world.chance(0.5)) {
      world.in(world.between(100, 4000), null, () -> fill(order));
    }
    return order;
  }

  private String id() {
    return Integer.toString(100_000_000 + world.random.nextInt(900_000_000));
  }

  private void hang(Order entry, OrderTerms exit) {
    if (faults.hit(Fault.EXIT_MISSING)) {
      return;
    }
    Order child = new Order(id(), exit, entry.entered, null, entry);
    child.visibleAt =
        entry.visibleAt
            + (shows && faults.hit(Fault.EXIT_LISTED_LATE)
                ? world.between(0, 60_000).toNanos()
                : 0);
    orders.put(child.id, child);
    entry.children.addFirst(child);
    world.trace("with #" + child.id + " " + exit.type());
  }

  private static Fingerprint says(OrderTerms terms, List<Order> children) {
    List<Fingerprint> exits = children.stream().map(child -> child.fingerprint).toList();
    Fingerprint whole = Fingerprint.of(terms);
    return terms.bracket() == null
        ? whole
        : whole
            .alone()
            .triggering(exits.size() > 1 ? List.of(Fingerprint.oneCancelsOther(exits)) : exits);
  }

  /** The entry has filled, or a part of it where the broker is early: its exits go to work. */
  private void release(Order entry) {
    for (Order child : entry.children) {
      if (child.waits && child.isOpen()) {
        child.waits = false;
        if (faults.hit(Fault.EXIT_REJECTED)) {
          world.in(world.between(0, 2000), null, () -> end(child, Status.REJECTED));
        } else if (world.chance(0.4)) {
          world.in(world.between(100, 15_000), null, () -> fill(child));
        }
      }
    }
  }

  /** What an exit may still close: while its entry works, of what that has opened. */
  private static long closable(Order exit) {
    Order entry = Objects.requireNonNull(exit.parent);
    if (!entry.isOpen()) {
      return exit.leaves();
    }
    long closed = entry.children.stream().mapToLong(child -> child.filled).sum();
    return Math.min(exit.leaves(), entry.filled - closed);
  }

  private void endBeside(Order exit) {
    Order entry = exit.parent;
    if (entry != null) {
      entry.children.stream()
          .filter(other -> other != exit && other.filled == 0)
          .forEach(other -> end(other, Status.CANCELED));
    }
  }

  /** Takes an order that is to replace another; empty when that one is over. */
  private Optional<Order> acceptInPlaceOf(String old, OrderTerms terms, UUID intent) {
    Order before = orders.get(old);
    if (before == null || before.status != Status.OPEN) {
      return Optional.empty();
    }
    Order after = accept(terms, intent);
    // What is not shown in time beside an old order that stands is beyond what can be told.
    after.visibleAt = Math.min(after.visibleAt, world.nanos() + LISTED_BY.toNanos());
    if (faults.hit(Fault.CHANGE_LEAVES_BOTH)) {
      return Optional.of(after);
    }
    after.waits = true;
    before.status = Status.REPLACING;
    before.shown.add(new Shown(world.nanos(), Status.REPLACING));
    world.in(world.between(0, 3000), null, () -> settle(before, after));
    return Optional.of(after);
  }

  /** The old one goes, unless it was over first: then the new one does. */
  private void settle(Order before, Order after) {
    after.waits = false;
    if (!end(before, Status.REPLACED)) {
      end(after, Status.REJECTED);
    }
  }

  private Duration listingLag() {
    return faults.hit(Fault.LISTED_VERY_LATE)
        ? world.between(95_000, 130_000)
        : world.between(0, faults.hit(Fault.LISTING_LAG) ? 60_000 : 300);
  }

  private void fill(Order order) {
    if (!order.isOpen()) {
      return;
    }
    if (order.parent != null && (order.waits || closable(order) == 0)) {
      return;
    }
    if (order.waits) {
      world.in(world.between(100, 2000), null, () -> fill(order));
      return;
    }
    if (world.nanos() < haltedUntil) {
      world.in(Duration.ofNanos(haltedUntil - world.nanos()), null, () -> fill(order));
      return;
    }
    long leaves = order.parent == null ? order.leaves() : closable(order);
    long quantity = world.chance(0.5) ? leaves : 1 + world.random.nextLong(leaves);
    Execution execution =
        new Execution(
            order.id + "-" + order.fills.size(),
            quantity,
            new BigDecimal("100.00"),
            BigDecimal.ZERO,
            world.wall());
    long at = Math.max(order.visibleAt, world.nanos() + lag(Fault.EXECUTION_LAG, 8000));
    order.fills.add(new Fill(at, world.nanos() + lag(Fault.POSITION_LAG, 12_000), execution));
    order.filled += quantity;
    world.trace("filled #" + order.id + " " + order.filled + "/" + order.terms.quantity());
    if (order.filled == order.terms.quantity()) {
      order.status = Status.FILLED;
      order.ended = world.wall();
      // It may be told filled before its executions are.
      order.shown.add(new Shown(world.nanos() + lag(Fault.EXECUTION_LAG, 8000), Status.FILLED));
    } else if (world.chance(0.8)) {
      world.in(world.between(200, 5000), null, () -> fill(order));
    }
    if (order.status == Status.FILLED || faults.hit(Fault.EXIT_TRADES_EARLY)) {
      world.in(world.between(0, 1000), null, () -> release(order));
    }
    if (order.parent != null) {
      // The other goes with the first that trades, or a moment later.
      world.in(
          faults.hit(Fault.EXITS_OVERLAP) ? world.between(0, 3000) : Duration.ZERO,
          null,
          () -> endBeside(order));
    }
    changed();
  }

  private long lag(Fault fault, long millis) {
    boolean lags = (shows || fault == Fault.POSITION_LAG) && faults.hit(fault);
    return (lags ? world.between(0, millis) : world.between(0, 100)).toNanos();
  }

  /** Ends what is left of it; whether it was open. */
  boolean end(Order order, Status status) {
    if (!order.isOpen()) {
      return false;
    }
    order.status = status;
    order.ended = world.wall();
    // It may be told before what it filled is.
    order.shown.add(new Shown(world.nanos() + world.between(0, 300).toNanos(), status));
    order.weird = faults.hit(Fault.UNKNOWN_STATUS);
    world.trace(status + " #" + order.id);
    boolean outlived =
        order.filled > 0
            && !order.children.isEmpty()
            && (status == Status.CANCELED || status == Status.EXPIRED)
            && faults.hit(Fault.EXITS_OUTLIVE_ENTRY);
    for (Order child : order.children) {
      if (outlived) {
        child.waits = false;
      } else {
        end(child, status == Status.REJECTED ? status : Status.CANCELED);
      }
    }
    if (order.parent != null && order.parent.status == Status.FILLED && status != Status.REPLACED) {
      endBeside(order);
    }
    changed();
    return true;
  }

  /** The owner replaces it elsewhere: first it is being replaced, then another stands for it. */
  void replace(Order order) {
    if (order.status != Status.OPEN) {
      return;
    }
    order.status = Status.REPLACING;
    order.shown.add(new Shown(world.nanos(), Status.REPLACING));
    changed();
    world.in(
        world.between(100, 3000),
        null,
        () -> {
          long leaves = order.leaves();
          long more = world.chance(0.3) ? 1 + world.random.nextInt(10) : 0;
          if (leaves > 0 && end(order, Status.REPLACED)) {
            accept(
                OrderTerms.equity(
                    order.terms.ticker(),
                    order.terms.side(),
                    leaves + more,
                    OrderType.LIMIT,
                    Price.of("99.50"),
                    null,
                    TimeInForce.DAY),
                null);
          }
        });
  }

  private void changed() {
    version++;
    for (SimEngine engine : engines) {
      int copies = faults.hit(Fault.EVENT_DROPPED) ? 0 : faults.hit(Fault.EVENT_REPEATED) ? 2 : 1;
      for (int i = 0; i < copies; i++) {
        world.in(world.between(0, 1500), null, engine::accountEvent);
      }
    }
  }

  // --- what an engine sees ------------------------------------------------------------------

  /**
   * The broker as one engine reaches it.
   *
   * @param pollBegins is told of each listing
   */
  Broker reachedFrom(SimEngine engine, Runnable pollBegins) {
    return new Connection(engine, pollBegins);
  }

  private final class Connection implements Broker {
    private final SimEngine engine;
    private final Runnable pollBegins;

    Connection(SimEngine engine, Runnable pollBegins) {
      this.engine = engine;
      this.pollBegins = pollBegins;
    }

    @Override
    public SubmitOutcome submit(OrderTerms terms, BooleanSupplier gate) {
      UUID intent = world.frame().sending;
      return send("POST", gate, () -> Optional.of(accept(terms, intent)));
    }

    @Override
    public SubmitOutcome replace(String brokerOrderId, OrderTerms terms, BooleanSupplier gate) {
      UUID intent = Objects.requireNonNull(world.frame().sending);
      return send("PUT", gate, () -> acceptInPlaceOf(brokerOrderId, terms, intent));
    }

    private SubmitOutcome send(
        String method, BooleanSupplier gate, Supplier<Optional<Order>> accept) {
      SubmitOutcome outcome = once(method, gate, accept);
      if (bugs.contains(Bug.BLIND_RETRY) && outcome instanceof SubmitOutcome.Unconfirmed) {
        return once(method, () -> true, accept);
      }
      if (bugs.contains(Bug.TIMEOUT_MEANS_REJECTED)
          && outcome instanceof SubmitOutcome.Unconfirmed(String reason)) {
        return new SubmitOutcome.Refused(reason);
      }
      return outcome;
    }

    private SubmitOutcome once(
        String method, BooleanSupplier gate, Supplier<Optional<Order>> accept) {
      UUID intent = world.frame().sending;
      // Waiting for a connection, now and then for a long time.
      world.sleep(world.chance(0.04) ? world.between(200, 4000) : world.between(0, 10));
      if (engine.wire(CrashPoint.C23)) {
        return new SubmitOutcome.NotSent("no login");
      }
      boolean goes = gate.getAsBoolean();
      if (!goes && !bugs.contains(Bug.GATE_LEFT_OPEN)) {
        return new SubmitOutcome.NotSent("gate");
      }
      if (world.nanos() < downUntil || faults.hit(Fault.NOT_SENT)) {
        return new SubmitOutcome.NotSent("connection refused");
      }
      if (intent == null || oracle == null) {
        throw new IllegalStateException("Nobody sends");
      }
      oracle.posted(intent);
      world.trace(method + " " + intent.toString().substring(0, 6));
      if (engine.wire(CrashPoint.C09)) {
        return new SubmitOutcome.Unconfirmed("cut while it was written");
      }
      world.sleep(world.between(5, 60));
      if (faults.hit(Fault.THROTTLED)) {
        return new SubmitOutcome.Throttled(world.chance(0.5) ? null : world.between(500, 4000));
      }
      if (faults.hit(Fault.REFUSED)) {
        return new SubmitOutcome.Refused("not enough buying power");
      }
      if (faults.hit(Fault.REQUEST_LOST)) {
        return unanswered();
      }
      if (onItsWay(accept)) {
        return new SubmitOutcome.Unconfirmed("cut before it was accepted");
      }
      if (faults.hit(Fault.ACCEPTED_LATE)) {
        world.in(world.between(100, 8000), null, () -> accept.get().ifPresent(_ -> changed()));
        return unanswered();
      }
      Order order = accept.get().orElse(null);
      if (order == null) {
        return new SubmitOutcome.Refused("the order cannot be replaced");
      }
      if (engine.wire(CrashPoint.C11) || faults.hit(Fault.ANSWER_LOST_AFTER_ACCEPTANCE)) {
        return unanswered();
      }
      world.sleep(world.chance(0.05) ? world.between(500, 8000) : world.between(5, 200));
      boolean cut = engine.wire(CrashPoint.C12);
      if (faults.hit(Fault.MISSING_ID) || (cut && world.chance(0.5))) {
        return new SubmitOutcome.Unconfirmed("accepted without an id");
      }
      return new SubmitOutcome.Accepted(
          cut || faults.hit(Fault.WRONG_ID) ? other(order) : order.id);
    }

    private boolean onItsWay(Supplier<Optional<Order>> accept) {
      try {
        return engine.wire(CrashPoint.C10);
      } catch (Error gone) {
        // What was written may still arrive.
        if (world.chance(0.5)) {
          world.in(world.between(10, 5000), null, () -> accept.get().ifPresent(_ -> changed()));
        }
        throw gone;
      }
    }

    private SubmitOutcome unanswered() {
      world.sleep(world.chance(0.6) ? world.between(10, 500) : TIMEOUT);
      return new SubmitOutcome.Unconfirmed("no answer");
    }

    private String other(Order order) {
      List<String> others = new ArrayList<>(orders.keySet());
      others.remove(order.id);
      return others.isEmpty() ? "7" : others.get(world.random.nextInt(others.size()));
    }

    @Override
    public CancelOutcome cancel(String brokerOrderId) {
      reach();
      Order order = orders.get(brokerOrderId);
      boolean lost = faults.hit(Fault.CANCEL_LOST);
      if (lost && world.chance(0.5)) {
        return new CancelOutcome.Unconfirmed("no answer");
      }
      if (order == null || !order.isOpen() || faults.hit(Fault.CANCEL_REFUSED)) {
        return new CancelOutcome.Refused("not now");
      }
      // Until then a fill may come first.
      world.in(world.between(0, 2000), null, () -> end(order, Status.CANCELED));
      return lost ? new CancelOutcome.Unconfirmed("no answer") : new CancelOutcome.Requested();
    }

    private void reach() {
      world.sleep(world.chance(0.03) ? world.between(500, 9000) : world.between(5, 120));
      if (world.chance(0.02) && engine.wire(CrashPoint.C23)) {
        throw new BrokerUnavailableException("no login", null);
      }
      if (world.nanos() < downUntil || faults.hit(Fault.LISTING_ERROR)) {
        throw new BrokerUnavailableException("no answer", null);
      }
    }

    @Override
    public Optional<OrderReport> order(String brokerOrderId) {
      reach();
      return Optional.ofNullable(orders.get(brokerOrderId)).filter(this::visible).map(this::report);
    }

    @Override
    public List<OrderReport> orders(Instant from, Instant to) {
      pollBegins.run();
      reach();
      List<OrderReport> listed = new ArrayList<>();
      boolean partial = shows && faults.hit(Fault.PARTIAL_LISTING);
      for (Order order : orders.values()) {
        boolean within = !order.entered.isBefore(from) && !order.entered.isAfter(to);
        boolean top = order.parent == null;
        if (top && within && visible(order) && !(partial && world.chance(0.4))) {
          OrderReport report = report(order);
          listed.add(report);
          listed.addAll(report.children());
        }
      }
      if (!partial) {
        completeListings.add(world.nanos());
      }
      // Under way.
      world.sleep(world.chance(0.03) ? world.between(500, 9000) : world.between(5, 80));
      return listed;
    }

    private boolean visible(Order order) {
      return world.nanos() >= order.visibleAt;
    }

    private OrderReport report(Order order) {
      Status status = Status.OPEN;
      for (Shown shown : order.shown) {
        status = shown.at() <= world.nanos() ? shown.status() : status;
      }
      // A status we do not know counts as open.
      status = order.weird && !faults.quiet() && status != Status.REPLACED ? Status.OPEN : status;
      List<Execution> executions = new ArrayList<>();
      for (Fill fill : order.fills) {
        if (fill.at() <= world.nanos()) {
          executions.add(fill.execution());
        }
      }
      if (!executions.isEmpty() && faults.hit(Fault.EXECUTION_REPEATED)) {
        executions.add(executions.getFirst());
      }
      if (executions.size() > 1 && faults.hit(Fault.EXECUTIONS_REORDERED)) {
        Collections.shuffle(executions, new Random(world.random.nextLong()));
      }
      List<Order> children = children(order);
      boolean open = status == Status.OPEN || status == Status.REPLACING;
      boolean whole =
          open
              || bugs.contains(Bug.ENDED_BEFORE_ITS_FILLS)
              || order.fills.stream().allMatch(fill -> fill.at() <= world.nanos());
      return new OrderReport(
          order.id,
          status,
          status == Status.REJECTED ? "not accepted by the exchange" : null,
          says(order.terms, children),
          order.terms.with(null),
          order.entered,
          executions,
          whole ? null : order.ended,
          order.parent == null ? null : order.parent.id,
          children.stream().map(this::report).toList());
    }

    private List<Order> children(Order order) {
      if (!bugs.contains(Bug.EXIT_BOUND_BY_CONTENT)) {
        return order.children.stream().filter(this::visible).toList();
      }
      return order.terms.exits().values().stream()
          .flatMap(
              exit ->
                  orders.values().stream()
                      .filter(other -> other.terms.equals(exit) && visible(other))
                      .limit(1))
          .toList();
    }

    @Override
    public AccountReport account() {
      reach();
      Map<String, Long> shown = new TreeMap<>(held);
      for (Order order : orders.values()) {
        for (Fill fill : order.fills) {
          if (fill.positionAt() <= world.nanos()) {
            long quantity = fill.execution().quantity();
            shown.merge(
                order.terms.symbol(), order.terms.side().isBuy() ? quantity : -quantity, Long::sum);
          }
        }
      }
      List<AccountReport.Holding> holdings = new ArrayList<>();
      shown.forEach(
          (symbol, quantity) -> {
            if (quantity != 0) {
              holdings.add(new AccountReport.Holding(symbol, quantity, new BigDecimal("100.00")));
            }
          });
      return new AccountReport(
          BigDecimal.valueOf(1_000_000), BigDecimal.valueOf(1_000_000), holdings);
    }
  }
}
