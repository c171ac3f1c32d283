package io.alphakite.engine.order;

import io.alphakite.engine.broker.AccountReport;
import io.alphakite.engine.broker.Broker;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.broker.CancelOutcome;
import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.engine.broker.OrderReport.Status;
import io.alphakite.engine.broker.SubmitOutcome;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A broker with the faults the reliability guide lists: answers lost before or after acceptance,
 * wrong ids, throttling, listings that lag. It keeps every order it ever accepted.
 */
final class FakeBroker implements Broker {

  /** What happens to one POST. */
  enum Fault {
    NONE,
    /** Accepted, the answer never comes. */
    LOST_AFTER,
    /** Never accepted, no answer either. */
    LOST_BEFORE,
    /** Accepted, but the answer names an order of somebody else's. */
    WRONG_ID,
    /** Accepted, but the answer names an order that does not exist. */
    NO_SUCH_ID,
    THROTTLED,
    REFUSED,
    NOT_SENT,
    /** The process dies while the answer is under way. */
    CRASH_AFTER,
    CRASH_BEFORE
  }

  /** The engine's process is gone. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final Supplier<Instant> clock;
  private final Map<String, OrderReport> orders = new LinkedHashMap<>();
  private final Map<String, List<String>> exits = new LinkedHashMap<>();
  // Which exits of the next entries are made, by what they say.
  Predicate<OrderTerms> makes = exit -> true;
  private final Queue<Fault> faults = new ArrayDeque<>();
  private Duration lag = Duration.ZERO;
  private int posts;
  private int puts;
  private int listings;
  // The old order of a replacement stays open beside the new one, by mistake or for a while.
  boolean leavesBoth;
  boolean slow;
  private int number = 1000;
  private boolean down;
  private boolean readable = true;
  boolean failsToTellBodies;
  // Fills count in what the broker says was filled, and are not listed.
  boolean hidesFills;
  private final Map<String, Instant> ended = new LinkedHashMap<>();
  // What else ends with the process.
  Runnable onCrash = () -> {};
  private final List<String> cancels = new ArrayList<>();

  FakeBroker(Supplier<Instant> clock) {
    this.clock = clock;
  }

  void next(Fault fault) {
    faults.add(fault);
  }

  void lag(Duration duration) {
    lag = duration;
  }

  void down(boolean isDown) {
    down = isDown;
  }

  /** Whether single orders can be read. */
  void readable(boolean isReadable) {
    readable = isReadable;
  }

  int posts() {
    return posts;
  }

  /** How often all orders were asked for. */
  int listings() {
    return listings;
  }

  int puts() {
    return puts;
  }

  int accepted() {
    return orders.size();
  }

  List<String> cancels() {
    return List.copyOf(cancels);
  }

  /** An order placed by somebody else, saying this. */
  String place(OrderTerms terms) {
    String id = Integer.toString(++number);
    orders.put(
        id,
        new OrderReport(
            id,
            Status.OPEN,
            null,
            Fingerprint.of(terms),
            terms.with(null),
            clock.get().truncatedTo(ChronoUnit.SECONDS),
            List.of()));
    List<String> hang = new ArrayList<>();
    terms.exits().values().stream().filter(makes).forEach(exit -> hang.addFirst(place(exit)));
    exits.put(id, hang);
    return id;
  }

  /** A trailing stop placed by somebody else. */
  String placeTrailingStop(String symbol) {
    String id = Integer.toString(++number);
    Fingerprint.Leg leg = new Fingerprint.Leg("SELL", "EQUITY", symbol, BigDecimal.TEN);
    orders.put(
        id,
        new OrderReport(
            id,
            Status.OPEN,
            null,
            Fingerprint.of("SINGLE", "TRAILING_STOP", "NORMAL", "DAY", null, null, List.of(leg)),
            null,
            clock.get(),
            List.of()));
    return id;
  }

  /** An order placed by somebody else that hangs on an entry of ours. */
  String hang(String entry, OrderTerms terms) {
    String id = place(terms);
    Objects.requireNonNull(exits.get(entry)).add(id);
    return id;
  }

  /** The exit of that type that hangs on the entry. */
  String exit(String entry, OrderType type) {
    return Objects.requireNonNull(exits.get(entry)).stream()
        .filter(id -> Objects.requireNonNull(get(id).terms()).type() == type)
        .findFirst()
        .orElseThrow();
  }

  /** The newest order on which others may hang. */
  String newestEntry() {
    return exits.keySet().stream().filter(id -> !isExit(id)).reduce((a, b) -> b).orElseThrow();
  }

  private boolean isExit(String id) {
    return exits.values().stream().anyMatch(hang -> hang.contains(id));
  }

  /** As it is listed: an entry with its exits, an exit with its entry. */
  private Stream<OrderReport> listed(OrderReport order) {
    if (isExit(order.id())) {
      return Stream.empty();
    }
    List<OrderReport> children =
        exits.getOrDefault(order.id(), List.of()).stream()
            .map(this::get)
            .map(child -> with(child, child.fingerprint(), order.id(), List.of()))
            .toList();
    List<Fingerprint> says = children.stream().map(OrderReport::fingerprint).toList();
    Fingerprint whole =
        order
            .fingerprint()
            .alone()
            .triggering(says.size() > 1 ? List.of(Fingerprint.oneCancelsOther(says)) : says);
    return Stream.concat(Stream.of(with(order, whole, null, children)), children.stream());
  }

  private OrderReport with(
      OrderReport order,
      Fingerprint fingerprint,
      @Nullable String parent,
      List<OrderReport> children) {
    return new OrderReport(
        order.id(),
        order.status(),
        order.reason(),
        fingerprint,
        order.terms(),
        order.enteredAt(),
        hidesFills ? List.of() : order.executions(),
        hidesFills && order.filledQuantity() > 0 ? ended.get(order.id()) : null,
        parent,
        children);
  }

  void fill(String id, long quantity, String price) {
    OrderReport order = get(id);
    List<Execution> executions = new ArrayList<>(order.executions());
    executions.add(
        new Execution(
            id + "-" + executions.size(),
            quantity,
            new BigDecimal(price),
            BigDecimal.ZERO,
            clock.get()));
    OrderTerms terms = order.terms();
    long filled = order.filledQuantity() + quantity;
    replace(
        order,
        terms != null && filled == terms.quantity() ? Status.FILLED : order.status(),
        null,
        executions);
  }

  void end(String id, Status status, @Nullable String reason) {
    replace(get(id), status, reason, get(id).executions());
  }

  String newest() {
    return orders.keySet().stream().reduce((a, b) -> b).orElseThrow();
  }

  /** What was placed, in its order. */
  List<OrderTerms> placed() {
    return orders.values().stream().map(order -> Objects.requireNonNull(order.terms())).toList();
  }

  private OrderReport get(String id) {
    return Optional.ofNullable(orders.get(id)).orElseThrow();
  }

  private void replace(
      OrderReport order, Status status, @Nullable String reason, List<Execution> executions) {
    if (status != Status.OPEN && status != Status.REPLACING) {
      ended.put(order.id(), clock.get());
    }
    orders.put(
        order.id(),
        new OrderReport(
            order.id(),
            status,
            reason,
            order.fingerprint(),
            order.terms(),
            order.enteredAt(),
            executions));
  }

  @Override
  public SubmitOutcome replace(String brokerOrderId, OrderTerms terms, BooleanSupplier gate) {
    if (!gate.getAsBoolean()) {
      return new SubmitOutcome.NotSent("gate");
    }
    puts++;
    OrderReport old = get(brokerOrderId);
    boolean arrives =
        switch (faults.isEmpty() ? Fault.NONE : faults.peek()) {
          case NONE, LOST_AFTER, WRONG_ID, NO_SUCH_ID, CRASH_AFTER -> true;
          case LOST_BEFORE, THROTTLED, REFUSED, NOT_SENT, CRASH_BEFORE -> false;
        };
    if (arrives && !old.isOpen()) {
      return new SubmitOutcome.Refused("the order cannot be replaced");
    }
    if (arrives && !leavesBoth) {
      end(brokerOrderId, slow ? Status.REPLACING : Status.REPLACED, null);
    }
    return answer(terms);
  }

  @Override
  public SubmitOutcome submit(OrderTerms terms, BooleanSupplier gate) {
    if (!gate.getAsBoolean()) {
      return new SubmitOutcome.NotSent("gate");
    }
    posts++;
    return answer(terms);
  }

  @Override
  public String body(OrderTerms terms) {
    if (failsToTellBodies) {
      throw new IllegalStateException("no body");
    }
    return Broker.super.body(terms);
  }

  private SubmitOutcome answer(OrderTerms terms) {
    Fault fault = faults.isEmpty() ? Fault.NONE : faults.remove();
    return switch (fault) {
      case NONE -> new SubmitOutcome.Accepted(place(terms));
      case LOST_AFTER -> {
        place(terms);
        yield new SubmitOutcome.Unconfirmed("timeout");
      }
      case LOST_BEFORE -> new SubmitOutcome.Unconfirmed("timeout");
      case WRONG_ID -> {
        String foreign = newest();
        place(terms);
        yield new SubmitOutcome.Accepted(foreign);
      }
      case NO_SUCH_ID -> {
        place(terms);
        yield new SubmitOutcome.Accepted("7");
      }
      case THROTTLED -> new SubmitOutcome.Throttled(null);
      case REFUSED -> new SubmitOutcome.Refused("not enough buying power");
      case NOT_SENT -> new SubmitOutcome.NotSent("connection refused");
      case CRASH_AFTER -> {
        place(terms);
        throw crash();
      }
      case CRASH_BEFORE -> throw crash();
    };
  }

  private Crash crash() {
    onCrash.run();
    return new Crash();
  }

  @Override
  public CancelOutcome cancel(String brokerOrderId) {
    cancels.add(brokerOrderId);
    return get(brokerOrderId).isOpen()
        ? new CancelOutcome.Requested()
        : new CancelOutcome.Refused("it is done");
  }

  @Override
  public Optional<OrderReport> order(String brokerOrderId) {
    if (!readable) {
      throw new BrokerUnavailableException("not now", null);
    }
    return Optional.ofNullable(orders.get(brokerOrderId))
        .filter(this::visible)
        .map(
            order ->
                listed(order)
                    .findFirst()
                    .orElseGet(() -> with(order, order.fingerprint(), null, List.of())));
  }

  @Override
  public List<OrderReport> orders(Instant from, Instant to) {
    listings++;
    if (down) {
      throw new BrokerUnavailableException("down", null);
    }
    if (from.isBefore(clock.get().minus(Duration.ofDays(60)))) {
      throw new BrokerUnavailableException("no more than sixty days", null);
    }
    return orders.values().stream()
        .filter(order -> order.enteredAt() == null || !order.enteredAt().isBefore(from))
        .filter(this::visible)
        .flatMap(this::listed)
        .toList();
  }

  private boolean visible(OrderReport order) {
    Instant entered = order.enteredAt();
    return entered == null || !clock.get().isBefore(entered.plus(lag));
  }

  @Override
  public AccountReport account() {
    return new AccountReport(BigDecimal.ZERO, BigDecimal.ZERO, List.of());
  }
}
