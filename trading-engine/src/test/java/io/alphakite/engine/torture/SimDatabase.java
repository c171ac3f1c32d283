package io.alphakite.engine.torture;

import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingSettings;
import io.alphakite.engine.control.TradingState;
import io.alphakite.engine.kill.KillBooks;
import io.alphakite.engine.order.ChangePlan;
import io.alphakite.engine.order.Circumstances;
import io.alphakite.engine.order.EngineSupersededException;
import io.alphakite.engine.order.Ledger;
import io.alphakite.engine.order.NewTrade;
import io.alphakite.engine.order.OrderChange;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.order.Resolution;
import io.alphakite.engine.position.Lot;
import io.alphakite.engine.position.Position;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.engine.risk.Exposure;
import io.alphakite.engine.risk.Market;
import io.alphakite.engine.risk.Origin;
import io.alphakite.engine.runtime.Differences;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.TradeStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The database in memory: transactions that leave nothing behind when they fail, and the same
 * refusals as the tables have.
 */
final class SimDatabase {

  static final String ACCOUNT = "sim";
  private static final Set<OrderState> COUNTED =
      EnumSet.of(
          OrderState.APPROVED,
          OrderState.SENDING,
          OrderState.UNKNOWN,
          OrderState.UNRESOLVED,
          OrderState.ACKED,
          OrderState.WORKING,
          OrderState.PARTIAL);

  private static final Comparator<OrderIntent> OLDEST =
      Comparator.comparing(OrderIntent::createdAt).thenComparing(intent -> intent.id().toString());

  /** A trade's row. */
  record TradeRow(
      UUID id,
      Origin origin,
      OrderTerms terms,
      Instant createdAt,
      TradeStatus status,
      long filled,
      @Nullable String reason,
      @Nullable String brokerOrderId,
      boolean cancel,
      int version) {}

  /** A line of the journal. */
  record Event(
      UUID intent, String event, OrderState state, long filled, @Nullable String brokerOrderId) {}

  /** The database cannot be reached, or what it answered was lost. */
  static final class Unavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unavailable(String what) {
      super(what, null, false, false);
    }
  }

  /** A constraint says no. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String what) {
      super(what);
    }
  }

  private record Kill(long id, boolean flatten, @Nullable String outcome) {}

  final Map<UUID, OrderIntent> intents = new LinkedHashMap<>();
  final Map<UUID, TradeRow> trades = new LinkedHashMap<>();
  private final Map<UUID, OrderChange> changes = new LinkedHashMap<>();
  // What became of each: its attempt, or why there is none.
  private final Map<UUID, String> takenChanges = new LinkedHashMap<>();
  final Map<String, Execution> fills = new LinkedHashMap<>();
  final Map<String, Position> positions = new TreeMap<>();
  final Map<String, Instant> differences = new TreeMap<>();
  final List<Event> journal = new ArrayList<>();
  final Set<String> transitions = new TreeSet<>();
  private final Map<UUID, Resolution> resolutions = new LinkedHashMap<>();
  private final Map<String, Boolean> history = new LinkedHashMap<>();
  private final Map<Long, Kill> kills = new TreeMap<>();
  private final Map<UUID, Long> flattening = new LinkedHashMap<>();
  private final Map<String, BigDecimal> realized = new TreeMap<>();
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private final Set<String> newTransitions = new TreeSet<>();

  private final World world;
  private final Faults faults;
  private final Feed feed;
  private final Set<Bug> bugs;
  private final MarketCalendar calendar = MarketCalendar.nyse();
  private TradingState state = TradingState.ACTIVE;
  private @Nullable String stateReason;
  private boolean armed = true;
  private boolean takenOver;
  private @Nullable Instant lastSeen;
  private long downUntil;
  private boolean open;
  long epoch;
  long version;
  int staleWrites;

  SimDatabase(World world, Faults faults, Feed feed, Set<Bug> bugs) {
    this.world = world;
    this.faults = faults;
    this.feed = feed;
    this.bugs = bugs;
  }

  // --- transactions -------------------------------------------------------------------------

  /** Whoever writes beside an engine: a person through the gateway, the owner of the account. */
  <T> T person(Supplier<T> work) {
    return transact(work);
  }

  void down(java.time.Duration time) {
    downUntil = world.nanos() + time.toNanos();
  }

  /** Whether a transaction is open: nothing may wait within it. */
  boolean busy() {
    return open;
  }

  private <T> T engine(World.EngineProcess process, boolean writes, Supplier<T> work) {
    if (open) {
      return work.get();
    }
    alive(process);
    if (writes || world.chance(0.1)) {
      world.sleep(world.between(0, 3));
      if (faults.hit(Faults.Fault.STORE_DOWN)) {
        down(world.between(200, 8000));
      }
    }
    if (world.nanos() < downUntil) {
      throw new Unavailable("the database is down");
    }
    if (!writes) {
      return work.get();
    }
    T result =
        transact(
            () -> {
              T done = work.get();
              if (!undo.isEmpty() && faults.hit(Faults.Fault.COMMIT_FAILED)) {
                throw new Unavailable("the commit failed");
              }
              return done;
            });
    if (faults.hit(Faults.Fault.COMMIT_ANSWER_LOST)) {
      throw new Unavailable("the commit's answer was lost");
    }
    return result;
  }

  private static void alive(World.EngineProcess process) {
    if (!process.alive) {
      throw new World.Halt(process);
    }
  }

  private <T> T transact(Supplier<T> work) {
    boolean committed = false;
    open = true;
    try {
      T result = work.get();
      committed = true;
      return result;
    } finally {
      open = false;
      if (committed) {
        version += undo.isEmpty() ? 0 : 1;
        transitions.addAll(newTransitions);
      } else {
        undo.forEach(Runnable::run);
      }
      undo.clear();
      newTransitions.clear();
    }
  }

  private <K, V> void write(Map<K, V> table, K key, V row) {
    V before = table.put(key, row);
    undo.push(before == null ? () -> table.remove(key) : () -> table.put(key, before));
  }

  private <K, V> void delete(Map<K, V> table, K key) {
    V before = table.remove(key);
    if (before != null) {
      undo.push(() -> table.put(key, before));
    }
  }

  private void set(TradingState next, @Nullable String why) {
    TradingState before = state;
    String reason = stateReason;
    state = next;
    stateReason = why;
    undo.push(
        () -> {
          state = before;
          stateReason = reason;
        });
  }

  // --- what people do -----------------------------------------------------------------------

  UUID ask(Origin origin, OrderTerms terms) {
    UUID id = world.id();
    return person(
        () -> {
          write(
              trades,
              id,
              new TradeRow(
                  id, origin, terms, world.wall(), TradeStatus.PENDING, 0, null, null, false, 0));
          return id;
        });
  }

  /** Asks for another price, or another quantity, or both. */
  void change(UUID trade, @Nullable Price limit, @Nullable Long quantity) {
    UUID id = world.id();
    person(
        () -> {
          write(changes, id, new OrderChange(id, trade, limit, null, quantity, world.wall()));
          return id;
        });
  }

  /** What the checks count as still to be filled, beside nothing: both legs of a change. */
  long leaves(String lane) {
    long leaves = 0;
    for (OrderIntent intent : intents.values()) {
      boolean counts = COUNTED.contains(intent.state()) && intent.lane().equals(lane);
      leaves += counts && !forgotten(intent) ? intent.terms().quantity() - intent.filled() : 0;
    }
    return leaves;
  }

  private boolean forgotten(OrderIntent intent) {
    return bugs.contains(Bug.ONE_LEG_RESERVED)
        && intents.values().stream()
            .anyMatch(
                other ->
                    intent.id().equals(other.replaces())
                        && other.isChange()
                        && other.sends() == 1
                        && !other.state().cameToNothing());
  }

  void cancel(UUID trade) {
    person(
        () -> {
          TradeRow row = trade(trade);
          if (row.status().isOpen() && !row.cancel()) {
            write(trades, trade, canceling(row));
          }
          return trade;
        });
  }

  void cancelOpen() {
    new ArrayList<>(trades.values())
        .forEach(
            row -> {
              if (row.origin() != Origin.EXTERNAL) {
                cancel(row.id());
              }
            });
  }

  private static TradeRow canceling(TradeRow row) {
    return new TradeRow(
        row.id(),
        row.origin(),
        row.terms(),
        row.createdAt(),
        row.status(),
        row.filled(),
        row.reason(),
        row.brokerOrderId(),
        true,
        row.version() + 1);
  }

  void kill(boolean flatten) {
    person(
        () -> {
          set(TradingState.HALTED, "killed");
          long id = kills.size() + 1L;
          write(kills, id, new Kill(id, flatten, null));
          return id;
        });
  }

  void resume() {
    person(
        () -> {
          set(TradingState.ACTIVE, null);
          return 0;
        });
  }

  void arm(boolean arms) {
    armed = arms;
  }

  TradingState state() {
    return state;
  }

  boolean armed() {
    return armed;
  }

  /** A person decides about an order of unknown fate; the engine does it, or refuses. */
  void resolve(UUID intent, Resolution.Verdict verdict) {
    UUID id = world.id();
    person(
        () -> {
          write(
              resolutions,
              id,
              new Resolution(id, intent, verdict, "looked it up", "Ann", world.wall()));
          return id;
        });
  }

  boolean deciding() {
    return !resolutions.isEmpty();
  }

  boolean killing() {
    return kills.values().stream().anyMatch(kill -> kill.outcome() == null);
  }

  boolean isHistory(String brokerOrderId) {
    return history.containsKey(brokerOrderId);
  }

  /** Orders, fills and positions, as one text. */
  String contents() {
    StringBuilder text = new StringBuilder();
    intents.values().forEach(intent -> text.append(tag(intent)).append('\n'));
    return text.append(new TreeSet<>(fills.keySet())).append(held()).toString();
  }

  private TradeRow trade(UUID id) {
    return Objects.requireNonNull(trades.get(id), "no such trade");
  }

  long position(String symbol) {
    Position position = positions.get(symbol);
    return position == null ? 0 : position.quantity();
  }

  // --- what an engine uses ------------------------------------------------------------------

  OrderStore orders(World.EngineProcess process, long ofEpoch) {
    Session session = new Session(process, ofEpoch);
    return session;
  }

  /** One engine's run. */
  private final class Session implements OrderStore, Ledger {

    private final World.@Nullable EngineProcess process;
    private final long ofEpoch;

    Session(World.@Nullable EngineProcess process, long ofEpoch) {
      this.process = process;
      this.ofEpoch = ofEpoch;
    }

    @Override
    public <T> T write(Function<Ledger, T> work) {
      return engine(
          Objects.requireNonNull(process),
          true,
          () -> {
            if (ofEpoch != epoch && !bugs.contains(Bug.EPOCH_UNCHECKED)) {
              throw new EngineSupersededException(ofEpoch, epoch);
            }
            return work.apply(this);
          });
    }

    @Override
    public <T> T read(Function<Ledger, T> work) {
      return engine(Objects.requireNonNull(process), false, () -> work.apply(this));
    }

    @Override
    public List<NewTrade> newTrades(int limit) {
      Set<UUID> taken = new HashSet<>();
      intents.values().forEach(intent -> taken.add(intent.tradeId()));
      List<NewTrade> wanted = new ArrayList<>();
      for (TradeRow row : trades.values()) {
        if (row.status() == TradeStatus.PENDING
            && row.origin() != Origin.EXTERNAL
            && !taken.contains(row.id())) {
          wanted.add(new NewTrade.Wanted(row.id(), row.origin(), row.terms(), row.createdAt()));
        }
      }
      return wanted.subList(0, Math.min(limit, wanted.size()));
    }

    @Override
    public List<OrderChange> newChanges(int limit) {
      return changes.values().stream()
          .filter(each -> !takenChanges.containsKey(each.id()))
          .limit(limit)
          .toList();
    }

    @Override
    public void takeChange(UUID change, OrderIntent attempt, Instant wallNow, Instant marketNow) {
      insert(attempt, wallNow, marketNow);
      SimDatabase.this.write(takenChanges, change, attempt.id().toString());
    }

    @Override
    public void refuseChange(UUID change, String reason) {
      SimDatabase.this.write(takenChanges, change, reason);
      world.trace("change refused: " + reason);
    }

    @Override
    public List<OrderIntent> attempts(UUID tradeId) {
      return intents.values().stream()
          .filter(intent -> intent.tradeId().equals(tradeId))
          .sorted(Comparator.comparing(OrderIntent::attempt))
          .toList();
    }

    @Override
    public OrderIntent intent(UUID id) {
      return Objects.requireNonNull(intents.get(id), "no such intent");
    }

    @Override
    public List<OrderIntent> inStates(Collection<OrderState> states) {
      List<OrderIntent> found = new ArrayList<>();
      for (OrderIntent intent : intents.values()) {
        if (states.contains(intent.state())) {
          found.add(intent);
        }
      }
      if (found.size() > 1) {
        found.sort(OLDEST);
      }
      return found;
    }

    @Override
    public Optional<OrderIntent> owner(String brokerOrderId) {
      UUID sending = process == null ? null : world.frame().sending;
      if (bugs.contains(Bug.BIND_WITHOUT_UNIQUENESS)
          && sending != null
          && intent(sending).state() == OrderState.SENDING) {
        return Optional.empty();
      }
      return intents.values().stream()
          .filter(intent -> brokerOrderId.equals(intent.brokerOrderId()))
          .findFirst();
    }

    @Override
    public Set<String> known(Collection<String> brokerOrderIds) {
      Set<String> known = new HashSet<>();
      if (bugs.contains(Bug.BIND_WITHOUT_UNIQUENESS)) {
        return known;
      }
      for (OrderIntent intent : intents.values()) {
        String order = intent.brokerOrderId();
        if (order != null && brokerOrderIds.contains(order)) {
          known.add(order);
        }
      }
      return known;
    }

    @Override
    public Circumstances circumstances(OrderIntent intent, Instant wallNow, Instant marketNow) {
      return new Circumstances(
          cancelRequested(intent.tradeId()),
          laneBlocked(intent, wallNow),
          exposure(intent, wallNow),
          market(marketNow),
          controls());
    }

    private boolean laneBlocked(OrderIntent intent, Instant now) {
      if (bugs.contains(Bug.NO_LANE_LOCK)) {
        return false;
      }
      for (OrderIntent other : intents.values()) {
        if (!other.lane().equals(intent.lane())) {
          continue;
        }
        Instant hold = other.search().holdUntil();
        boolean doubtful =
            other.state().isDoubtful() || (other.state() == OrderState.ACKED && !other.verified());
        if ((doubtful && !other.id().equals(intent.id())) || (hold != null && hold.isAfter(now))) {
          return true;
        }
      }
      return false;
    }

    @Override
    public boolean history(String brokerOrderId) {
      return history.containsKey(brokerOrderId);
    }

    @Override
    public void takenOver(Collection<String> historyOrderIds, Instant wallNow) {
      historyOrderIds.forEach(id -> SimDatabase.this.write(history, id, true));
      boolean before = takenOver;
      takenOver = true;
      undo.push(() -> takenOver = before);
    }

    @Override
    public List<OrderIntent> cancelsWanted() {
      return inStates(EnumSet.of(OrderState.ACKED, OrderState.WORKING, OrderState.PARTIAL)).stream()
          .filter(intent -> cancelRequested(intent.tradeId()))
          .toList();
    }

    @Override
    public boolean cancelRequested(UUID tradeId) {
      return trade(tradeId).cancel();
    }

    private Exposure exposure(OrderIntent intent, Instant wallNow) {
      long buys = 0;
      long sells = 0;
      long replaced = 0;
      int openOrders = 0;
      int unknown = 0;
      int unresolved = 0;
      int lastMinute = 0;
      int equal = 0;
      BigDecimal reserved = BigDecimal.ZERO;
      for (OrderIntent other : intents.values()) {
        Instant claimed = other.claimedAt();
        lastMinute += claimed != null && claimed.isAfter(wallNow.minusSeconds(60)) ? 1 : 0;
        boolean recent =
            other.state() == OrderState.APPROVED
                || (claimed != null && claimed.isAfter(wallNow.minusSeconds(10)));
        equal +=
            recent
                    && other.origin() == Origin.STRATEGY
                    && !other.tradeId().equals(intent.tradeId())
                    && other.terms().equals(intent.terms())
                ? 1
                : 0;
        if (other.id().equals(intent.id())
            || !COUNTED.contains(other.state())
            || forgotten(other)) {
          continue;
        }
        long leaves = other.terms().quantity() - other.filled();
        boolean doubtful =
            other.state() == OrderState.UNKNOWN || other.state() == OrderState.UNRESOLVED;
        boolean old = other.id().equals(intent.replaces());
        replaced += old ? leaves : 0;
        openOrders += old ? 0 : 1;
        unresolved += other.state() == OrderState.UNRESOLVED ? 1 : 0;
        unknown += doubtful && other.terms().ticker().equals(intent.terms().ticker()) ? 1 : 0;
        if (!other.reducing()) {
          reserved = reserved.add(unit(other.terms()).multiply(BigDecimal.valueOf(leaves)));
        }
        if (other.terms().symbol().equals(intent.terms().symbol())) {
          buys += other.terms().side().isBuy() ? leaves : 0;
          sells += other.terms().side().isBuy() ? 0 : leaves;
        }
      }
      return new Exposure(
          position(intent.terms().symbol()),
          buys,
          sells,
          replaced,
          openOrders,
          lastMinute,
          equal,
          unknown,
          unresolved,
          differences.containsKey(intent.terms().symbol()),
          reserved,
          dayPnl(),
          BigDecimal.valueOf(1_000_000),
          Set.of("SPY", "IBM"));
    }

    private BigDecimal unit(OrderTerms terms) {
      Price price =
          terms.limitPrice() != null
              ? terms.limitPrice()
              : terms.stopPrice() != null ? terms.stopPrice() : Feed.ASK;
      return price.toBigDecimal();
    }

    private Market market(Instant marketNow) {
      Instant now = world.wall();
      Instant told =
          bugs.contains(Bug.PONG_COUNTS_AS_DATA)
              ? now
              : bugs.contains(Bug.GAP_HIDDEN_BY_INTERPOLATION)
                  ? feed.interpolated(now)
                  : feed.newest(now);
      return new Market(
          Feed.BID,
          Feed.ASK,
          told,
          marketNow,
          calendar.isOpen(marketNow, TradingHours.REGULAR),
          null,
          false);
    }

    private Controls controls() {
      return new Controls(TradingMode.LIVE, armed, false, 1, state, stateReason);
    }

    @Override
    public void insert(OrderIntent intent, Instant wallNow, Instant marketNow) {
      boolean found = intent.state() == OrderState.ACKED && intent.origin() == Origin.EXTERNAL;
      if (intent.sends() != 0 || !(intent.state() == OrderState.NEW || found)) {
        throw new Refused("an order begins as NEW");
      }
      for (OrderIntent other : intents.values()) {
        if (other.tradeId().equals(intent.tradeId()) && other.attempt() == intent.attempt()) {
          throw new Refused("order_intents_trade_attempt_uq");
        }
        if (intent.replaces() != null
            && intent.replaces().equals(other.replaces())
            && !other.state().cameToNothing()
            && other.state() != OrderState.REJECTED) {
          throw new Refused("order_intents_replaces_uq");
        }
      }
      if (intent.origin() == Origin.EXTERNAL && intent.replaces() == null) {
        SimDatabase.this.write(
            trades,
            intent.tradeId(),
            new TradeRow(
                intent.tradeId(),
                Origin.EXTERNAL,
                intent.terms(),
                world.wall(),
                TradeStatus.WORKING,
                0,
                null,
                intent.brokerOrderId(),
                false,
                0));
      }
      newTransitions.add(">" + intent.state());
      put(intent, "order.new");
    }

    @Override
    public List<Resolution> resolutionsWanted() {
      return List.copyOf(resolutions.values());
    }

    @Override
    public void answer(UUID resolutionId, boolean accepted, String text, Instant wallNow) {
      delete(resolutions, resolutionId);
      world.trace("person answered " + accepted);
    }

    @Override
    public void update(
        OrderIntent intent, String event, Map<String, Object> facts, Instant wallNow) {
      OrderIntent before = intent(intent.id());
      OrderIntent after = intent;
      if (bugs.contains(Bug.ABSENCE_AFTER_ONE_LISTING)
          && event.equals("order.looked")
          && intent.state() == OrderState.UNKNOWN) {
        after = intent.to(OrderState.UNRESOLVED, "absence shown: 1 listings without it");
      }
      if (bugs.contains(Bug.CANCEL_ASSUMED_DONE) && event.equals("order.cancel_requested")) {
        after = intent.to(OrderState.CANCELED, "canceled");
      }
      if (bugs.contains(Bug.CHANGE_ASSUMED_DONE)
          && event.equals("order.unknown")
          && after.isChange()) {
        OrderIntent old = intent(Objects.requireNonNull(after.replaces()));
        if (old.state().next().contains(OrderState.CANCELED)) {
          put(old.to(OrderState.CANCELED, "replaced as asked for"), "order.replaced");
        }
      }
      if (bugs.contains(Bug.ID_NOT_VERIFIED) && event.equals("order.acked")) {
        after = intent.proven();
      }
      guard(before, after);
      if (after.state() != before.state()) {
        newTransitions.add(before.state() + ">" + after.state());
      }
      put(after, event);
    }

    private void guard(OrderIntent before, OrderIntent after) {
      if (!before.tradeId().equals(after.tradeId())
          || before.attempt() != after.attempt()
          || before.origin() != after.origin()
          || !before.lane().equals(after.lane())
          || !before.createdAt().equals(after.createdAt())) {
        throw new Refused("what an order is does not change");
      }
      if (after.sends() < before.sends() || after.filled() < before.filled()) {
        throw new Refused("sends and fills never fall");
      }
      if (after.sends() > before.sends()
          && !(before.state() == OrderState.APPROVED && after.state() == OrderState.SENDING)) {
        throw new Refused("only an approved order is sent");
      }
      if (after.state() == OrderState.SENDING && before.state() != OrderState.APPROVED) {
        throw new IllegalStateException("not where it was");
      }
      if (after.state() != before.state() && !before.state().next().contains(after.state())) {
        throw new Refused(before.state() + " cannot become " + after.state());
      }
    }

    private void put(OrderIntent intent, String event) {
      constrain(intent);
      SimDatabase.this.write(intents, intent.id(), intent);
      if (process != null && ofEpoch != epoch) {
        staleWrites++;
      }
      journal.add(
          new Event(intent.id(), event, intent.state(), intent.filled(), intent.brokerOrderId()));
      undo.push(journal::removeLast);
      world.trace(event, intent);
      show(intent);
    }

    private void constrain(OrderIntent intent) {
      if ((intent.sends() == 1) != (intent.claimedAt() != null)) {
        throw new Refused("order_intents_claimed_before_sent");
      }
      boolean sent =
          intent.state().isDoubtful()
              || intent.state() == OrderState.REFUSED
              || intent.state() == OrderState.NOT_SENT
              || intent.state() == OrderState.NOT_PLACED;
      if (sent && intent.sends() != 1) {
        throw new Refused("order_intents_doubtful_was_sent");
      }
      for (OrderIntent other : intents.values()) {
        if (other.id().equals(intent.id())) {
          continue;
        }
        if (intent.state().isDoubtful()
            && other.state().isDoubtful()
            && other.lane().equals(intent.lane())
            && !bugs.contains(Bug.NO_LANE_LOCK)) {
          throw new Refused("order_intents_lane_uq");
        }
        if (intent.brokerOrderId() != null
            && intent.brokerOrderId().equals(other.brokerOrderId())
            && !bugs.contains(Bug.BIND_WITHOUT_UNIQUENESS)) {
          throw new Refused("order_intents_account_broker_order_uq");
        }
      }
    }

    private void show(OrderIntent changed) {
      OrderIntent intent = ChangePlan.standing(attempts(changed.tradeId()));
      TradeRow row = trade(intent.tradeId());
      long others = 0;
      long filled = 0;
      for (OrderIntent other : intents.values()) {
        if (other.tradeId().equals(row.id())) {
          filled += other.filled();
          others += other.id().equals(intent.id()) ? 0 : other.filled();
        }
      }
      OrderTerms terms =
          !ChangePlan.changedTerms(attempts(row.id()))
              ? row.terms()
              : intent.terms().withQuantity(intent.terms().quantity() + others);
      TradeStatus status = intent.state().tradeStatus(row.cancel());
      if (status == TradeStatus.REJECTED && intent.detail() == null) {
        throw new Refused("trades_rejected_says_why");
      }
      SimDatabase.this.write(
          trades,
          row.id(),
          new TradeRow(
              row.id(),
              row.origin(),
              terms,
              row.createdAt(),
              status,
              Math.min(filled, terms.quantity()),
              intent.detail(),
              intent.brokerOrderId(),
              row.cancel(),
              row.version() + 1));
    }

    @Override
    public boolean fill(
        OrderIntent intent, Execution execution, Instant marketNow, boolean isHistory) {
      String key = intent.brokerOrderId() + " " + execution.id();
      if (fills.containsKey(key)) {
        if (!bugs.contains(Bug.FILL_APPLIED_TWICE)) {
          return false;
        }
        key += " " + fills.size();
      }
      SimDatabase.this.write(fills, key, execution);
      OrderTerms terms = intent.terms();
      long signed = terms.side().isBuy() ? execution.quantity() : -execution.quantity();
      if (!isHistory) {
        Position before = positions.getOrDefault(terms.symbol(), Position.flat(terms.multiplier()));
        Position.Change change = before.fill(signed, execution.price());
        SimDatabase.this.write(positions, terms.symbol(), change.after());
        SimDatabase.this.write(
            realized,
            terms.symbol(),
            realized.getOrDefault(terms.symbol(), BigDecimal.ZERO).add(change.realized()));
      }
      world.trace("fill " + key + " " + signed);
      return true;
    }

    @Override
    public void reject(UUID tradeId, String reason) {
      TradeRow row = trade(tradeId);
      SimDatabase.this.write(
          trades,
          tradeId,
          new TradeRow(
              row.id(),
              row.origin(),
              row.terms(),
              row.createdAt(),
              TradeStatus.REJECTED,
              row.filled(),
              reason,
              row.brokerOrderId(),
              row.cancel(),
              row.version() + 1));
    }

    @Override
    public void reduceOnly(String reason) {
      if (state == TradingState.ACTIVE) {
        set(TradingState.REDUCE_ONLY, reason);
      }
    }
  }

  static String tag(OrderIntent intent) {
    return intent.id().toString().substring(0, 6)
        + " "
        + intent.state()
        + " "
        + intent.terms().side()
        + " "
        + intent.filled()
        + "/"
        + intent.terms().quantity()
        + " "
        + intent.terms().symbol()
        + (intent.brokerOrderId() == null ? "" : " #" + intent.brokerOrderId())
        + (intent.detail() == null ? "" : " (" + intent.detail() + ")");
  }

  private BigDecimal dayPnl() {
    return realized.values().stream().reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  PositionKeeper positions(World.EngineProcess process) {
    return new PositionKeeper() {
      @Override
      public BigDecimal book(Booking booking) {
        throw new UnsupportedOperationException("fills are booked by the ledger");
      }

      @Override
      public List<Held> held(String accountId) {
        return engine(process, false, SimDatabase.this::held);
      }

      @Override
      public void adopt(
          String accountId,
          String symbol,
          long quantity,
          @Nullable BigDecimal averagePrice,
          Instant now) {
        engine(
            process,
            true,
            () -> {
              BigDecimal price = averagePrice == null ? BigDecimal.ZERO : averagePrice;
              List<Lot> lots = quantity == 0 ? List.of() : List.of(new Lot(quantity, price));
              write(positions, symbol, new Position(lots, 1));
              world.trace("adopted " + quantity + " " + symbol);
              return 0;
            });
      }

      @Override
      public BigDecimal mark(String accountId, LocalDate date) {
        return SimDatabase.this.dayPnl();
      }
    };
  }

  List<PositionKeeper.Held> held() {
    List<PositionKeeper.Held> held = new ArrayList<>();
    positions.forEach(
        (symbol, position) -> {
          if (position.quantity() != 0) {
            held.add(new PositionKeeper.Held(Ticker.of(symbol), symbol, position.quantity()));
          }
        });
    return held;
  }

  Differences differences(World.EngineProcess process) {
    return new Differences() {
      @Override
      public boolean add(String accountId, String symbol, long ours, long theirs, Instant since) {
        return engine(
            process,
            true,
            () -> {
              boolean added = !differences.containsKey(symbol);
              if (added) {
                write(differences, symbol, since);
                world.trace("difference " + symbol + " " + ours + " theirs " + theirs);
              }
              return added;
            });
      }

      @Override
      public void keepOnly(String accountId, Collection<String> symbols) {
        engine(
            process,
            true,
            () -> {
              for (String symbol : List.copyOf(differences.keySet())) {
                if (!symbols.contains(symbol)) {
                  delete(differences, symbol);
                }
              }
              return 0;
            });
      }
    };
  }

  ControlsBoard board(World.EngineProcess process) {
    return new ControlsBoard() {
      @Override
      public void begin(TradingSettings settings) {}

      @Override
      public Taken takeOver(TakeOver account) {
        return engine(process, true, () -> takeAccount());
      }

      @Override
      public void alive(Instant now, @Nullable Instant provenAt) {
        engine(
            process,
            true,
            () -> {
              lastSeen = now;
              return 0;
            });
      }

      @Override
      public void money(@Nullable BigDecimal cash, @Nullable BigDecimal buyingPower) {}

      @Override
      public Controls controls() {
        return new Controls(TradingMode.LIVE, armed, false, 1, state, stateReason);
      }

      @Override
      public String accountId() {
        return ACCOUNT;
      }
    };
  }

  private ControlsBoard.Taken takeAccount() {
    long before = epoch;
    epoch++;
    undo.push(() -> epoch = before);
    if (bugs.contains(Bug.HALT_ONLY_IN_MEMORY)) {
      set(TradingState.ACTIVE, null);
    }
    if (bugs.contains(Bug.RESTART_RESENDS_SENDING)) {
      for (OrderIntent intent : List.copyOf(intents.values())) {
        if (intent.state() == OrderState.SENDING) {
          write(intents, intent.id(), unsent(intent));
        }
      }
    }
    return new ControlsBoard.Taken(epoch, !takenOver, lastSeen);
  }

  private static OrderIntent unsent(OrderIntent intent) {
    return new OrderIntent(
        intent.id(),
        intent.tradeId(),
        intent.attempt(),
        intent.origin(),
        intent.terms(),
        OrderState.APPROVED,
        0,
        intent.reducing(),
        intent.createdAt(),
        intent.deadline(),
        null,
        intent.baseline(),
        null,
        false,
        0,
        intent.search(),
        null,
        null);
  }

  KillBooks killBooks(World.EngineProcess process) {
    return new KillBooks() {
      @Override
      public List<Command> undone() {
        return engine(
            process,
            false,
            () ->
                kills.values().stream()
                    .filter(kill -> kill.outcome() == null)
                    .map(kill -> new Command(kill.id(), kill.flatten()))
                    .toList());
      }

      @Override
      public int cancelAll(String accountId) {
        return engine(
            process,
            true,
            () -> {
              int canceled = 0;
              for (TradeRow row : List.copyOf(trades.values())) {
                if (row.status().isOpen()
                    && row.origin() != Origin.EXTERNAL
                    && !row.cancel()
                    && !flattening.containsKey(row.id())) {
                  write(trades, row.id(), canceling(row));
                  canceled++;
                }
              }
              return canceled;
            });
      }

      @Override
      public int openOrders(String accountId) {
        return engine(
            process,
            false,
            () ->
                (int)
                    trades.values().stream()
                        .filter(row -> row.status().isOpen() && row.origin() != Origin.EXTERNAL)
                        .count());
      }

      @Override
      public List<PositionKeeper.Held> held(String accountId) {
        return engine(process, false, SimDatabase.this::held);
      }

      @Override
      public Price quoted(Ticker ticker, boolean selling) {
        return selling ? Feed.BID : Feed.ASK;
      }

      @Override
      public boolean flattening(long command) {
        return engine(process, false, () -> flattening.containsValue(command));
      }

      @Override
      public void close(long command, List<OrderTerms> closing) {
        engine(
            process,
            true,
            () -> {
              for (OrderTerms terms : closing) {
                UUID id = world.id();
                write(
                    trades,
                    id,
                    new TradeRow(
                        id,
                        Origin.FLATTEN,
                        terms,
                        world.wall(),
                        TradeStatus.PENDING,
                        0,
                        null,
                        null,
                        false,
                        0));
                write(flattening, id, command);
              }
              return 0;
            });
      }

      @Override
      public void done(long command, String outcome) {
        engine(
            process,
            true,
            () -> {
              Kill kill = Objects.requireNonNull(kills.get(command));
              write(kills, command, new Kill(kill.id(), kill.flatten(), outcome));
              world.trace("kill done: " + outcome);
              return 0;
            });
      }
    };
  }
}
