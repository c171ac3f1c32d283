package io.alphakite.engine.torture;

import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.control.TradingSettings;
import io.alphakite.engine.control.TradingState;
import io.alphakite.engine.kill.KillBooks;
import io.alphakite.engine.order.EngineSupersededException;
import io.alphakite.engine.order.Ledger;
import io.alphakite.engine.order.OrderChange;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.order.Resolution;
import io.alphakite.engine.order.WatchedBracket;
import io.alphakite.engine.position.Lot;
import io.alphakite.engine.position.Position;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.engine.risk.Market;
import io.alphakite.engine.risk.Origin;
import io.alphakite.engine.runtime.Differences;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
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
 * The simulation's database: the books in memory, a connection that fails, and planted mistakes.
 */
final class SimDatabase extends MemoryBooks {

  static final String ACCOUNT = "sim";
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  private static final Set<String> STREAMED = Set.of("SPY", "IBM");

  /** The database cannot be reached, or what it answered was lost. */
  static final class Unavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unavailable(String what) {
      super(what, null, false, false);
    }
  }

  private record Kill(long id, boolean flatten, Instant at, @Nullable String outcome) {}

  private final Map<Long, Kill> kills = new TreeMap<>();
  private final Map<UUID, Long> flattening = new LinkedHashMap<>();

  private final World world;
  private final Faults faults;
  private final Feed feed;
  private final Set<Bug> bugs;
  private @Nullable Instant lastSeen;
  private long downUntil;
  // Whose transaction is open.
  private long writer;
  int staleWrites;
  // How often an engine has looked whether positions are protected.
  int looks;

  SimDatabase(World world, Faults faults, Feed feed, Set<Bug> bugs) {
    this.world = world;
    this.faults = faults;
    this.feed = feed;
    this.bugs = bugs;
  }

  // --- transactions -------------------------------------------------------------------------

  void down(java.time.Duration time) {
    downUntil = world.nanos() + time.toNanos();
  }

  private <T> T engine(World.EngineProcess process, boolean writes, Supplier<T> work) {
    if (busy()) {
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
              if (hasWritten() && faults.hit(Faults.Fault.COMMIT_FAILED)) {
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

  /** The books as one run of an engine has them. */
  OrderStore orders(World.EngineProcess process, long ofEpoch) {
    return new OrderStore() {
      @Override
      public <T> T write(Function<Ledger, T> work) {
        return engine(
            process,
            true,
            () -> {
              if (ofEpoch != epoch && !bugs.contains(Bug.EPOCH_UNCHECKED)) {
                throw new EngineSupersededException(ofEpoch, epoch);
              }
              writer = ofEpoch;
              return work.apply(SimDatabase.this);
            });
      }

      @Override
      public <T> T read(Function<Ledger, T> work) {
        return engine(process, false, () -> work.apply(SimDatabase.this));
      }
    };
  }

  // --- what people do -----------------------------------------------------------------------

  UUID ask(Origin origin, OrderTerms terms) {
    return ask(world.id(), origin, terms, world.wall());
  }

  /** Asks for another price, or another quantity, or both. */
  void change(UUID trade, @Nullable Price limit, @Nullable Long quantity) {
    change(new OrderChange(world.id(), trade, limit, null, quantity, world.wall()));
  }

  void cancelOpen() {
    trades()
        .forEach(
            row -> {
              if (row.origin() != Origin.EXTERNAL) {
                cancel(row.id());
              }
            });
  }

  void kill(boolean flatten) {
    transact(
        () -> {
          set(TradingState.HALTED, "killed");
          long id = kills.size() + 1L;
          write(kills, id, new Kill(id, flatten, world.wall(), null));
          return id;
        });
  }

  void resume() {
    set(TradingState.ACTIVE, null);
  }

  /** A person decides about an order of unknown fate; the engine does it, or refuses. */
  void resolve(UUID intent, Resolution.Verdict verdict) {
    resolve(new Resolution(world.id(), intent, verdict, "looked it up", "Ann", world.wall()));
  }

  boolean deciding() {
    return !resolutionsWanted().isEmpty();
  }

  boolean killing() {
    return kills.values().stream().anyMatch(kill -> kill.outcome() == null);
  }

  boolean isHistory(String brokerOrderId) {
    return history.containsKey(brokerOrderId);
  }

  boolean shownAsPlacedElsewhere(String brokerOrderId) {
    return intents.values().stream()
        .filter(intent -> brokerOrderId.equals(intent.brokerOrderId()))
        .anyMatch(intent -> trade(intent.tradeId()).origin() == Origin.EXTERNAL);
  }

  /** What the checks count as still to be filled, exits left out: both legs of a change. */
  long leaves(String lane) {
    long leaves = 0;
    for (OrderIntent intent : intents.values()) {
      boolean open =
          counts(intent) && intent.lane().equals(lane) && !exits.containsKey(intent.tradeId());
      leaves += open ? intent.terms().quantity() - intent.filled() : 0;
    }
    return leaves;
  }

  /** Every move of an order that was committed. */
  Set<String> transitions() {
    Set<String> moves = new TreeSet<>();
    Map<UUID, OrderState> states = new HashMap<>();
    for (Event event : journal) {
      OrderState before = states.put(event.intent(), event.state());
      if (before != event.state()) {
        moves.add((before == null ? "" : before) + ">" + event.state());
      }
    }
    return moves;
  }

  /** Orders, fills and positions, as one text. */
  String contents() {
    StringBuilder text = new StringBuilder();
    intents.values().forEach(intent -> text.append(tag(intent)).append('\n'));
    return text.append(new TreeSet<>(fills.keySet())).append(held()).toString();
  }

  // --- the market, and mistakes that are planted ----------------------------------------------

  @Override
  protected boolean lifted(String rule) {
    return switch (rule) {
      case "order_intents_lane_uq" -> bugs.contains(Bug.NO_LANE_LOCK);
      case "order_intents_account_broker_order_uq", "trades_account_broker_order_uq" ->
          bugs.contains(Bug.BIND_WITHOUT_UNIQUENESS);
      default -> false;
    };
  }

  @Override
  protected void written(@Nullable OrderIntent before, OrderIntent after, String event) {
    staleWrites += writer == epoch ? 0 : 1;
    world.trace(event, after);
  }

  @Override
  protected boolean laneBlocked(OrderIntent intent, Instant now) {
    return !bugs.contains(Bug.NO_LANE_LOCK) && super.laneBlocked(intent, now);
  }

  @Override
  protected Duration reserved(Origin closing) {
    return bugs.contains(Bug.MISSING_EXITS_STOP_A_KILL)
        ? WatchedBracket.SHOWN_BY
        : super.reserved(closing);
  }

  @Override
  protected boolean counts(OrderIntent intent) {
    return super.counts(intent) && !forgotten(intent);
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

  @Override
  protected Price asked(Ticker ticker) {
    return Feed.ASK;
  }

  @Override
  protected Set<String> streamed() {
    return STREAMED;
  }

  @Override
  protected Market market(OrderTerms terms, Instant marketNow) {
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
        CALENDAR.isOpen(marketNow, TradingHours.REGULAR),
        null,
        false);
  }

  @Override
  public Optional<OrderIntent> owner(String brokerOrderId) {
    UUID sending = world.frame().sending;
    boolean overlooked =
        bugs.contains(Bug.BIND_WITHOUT_UNIQUENESS)
            && sending != null
            && intent(sending).state() == OrderState.SENDING;
    return overlooked ? Optional.empty() : super.owner(brokerOrderId);
  }

  @Override
  public Set<String> known(Collection<String> brokerOrderIds) {
    return bugs.contains(Bug.BIND_WITHOUT_UNIQUENESS) ? Set.of() : super.known(brokerOrderIds);
  }

  @Override
  public void update(OrderIntent intent, String event, Map<String, Object> facts, Instant wallNow) {
    OrderIntent after = intent;
    if (bugs.contains(Bug.OVERSELLING_UNNOTICED) && event.equals("order.oversells")) {
      return;
    }
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
        put(old.to(OrderState.CANCELED, "replaced as asked for"), "order.replaced", Map.of());
      }
    }
    if (bugs.contains(Bug.ID_NOT_VERIFIED) && event.equals("order.acked")) {
      after = intent.proven();
    }
    super.update(after, event, facts, wallNow);
  }

  @Override
  public boolean fill(
      OrderIntent intent, Execution execution, Instant marketNow, boolean isHistory) {
    boolean booked = super.fill(intent, execution, marketNow, isHistory);
    if (!booked && bugs.contains(Bug.FILL_APPLIED_TWICE)) {
      String other = execution.id() + " " + fills.size();
      return fill(
          intent,
          new Execution(
              other, execution.quantity(), execution.price(), execution.fees(), execution.at()),
          marketNow,
          isHistory);
    }
    if (booked) {
      world.trace("fill " + intent.brokerOrderId() + " " + execution.id());
    }
    return booked;
  }

  @Override
  public List<WatchedBracket> brackets() {
    looks++;
    return super.brackets().stream()
        .filter(
            bracket ->
                !bugs.contains(Bug.MISSING_EXIT_UNNOTICED)
                    || bracket.exits().size() == bracket.asked().size())
        .toList();
  }

  @Override
  public void protection(
      UUID entryTrade, @Nullable String unprotected, boolean over, Instant wallNow) {
    super.protection(entryTrade, unprotected, over, wallNow);
    world.trace(over ? "bracket over" : "unprotected: " + unprotected);
  }

  private void cancelExitsUntil(Instant kill) {
    exits.forEach(
        (id, exit) -> {
          if (!trade(exit.entry()).createdAt().isAfter(kill)) {
            cancel(id);
          }
        });
  }

  private boolean awaitsExits(TradeRow row) {
    int asked = row.bracket() == null ? 0 : row.bracket().roles().size();
    Instant since = world.wall().minus(KillBooks.EXITS_AWAITED);
    return row.filled() > 0
        && !said(row.id()).over()
        && attempts(row.id()).stream()
            .filter(entry -> entry.filled() > 0 && entry.claimedAt() != null)
            .filter(entry -> Objects.requireNonNull(entry.claimedAt()).isAfter(since))
            .anyMatch(entry -> exits(entry).size() < asked);
  }

  @Override
  public void refuseChange(UUID change, String reason) {
    super.refuseChange(change, reason);
    world.trace("change refused: " + reason);
  }

  @Override
  public void answer(UUID resolutionId, boolean accepted, String text, Instant wallNow) {
    super.answer(resolutionId, accepted, text, wallNow);
    world.trace("person answered " + accepted);
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

  // --- what else an engine uses ---------------------------------------------------------------

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
        return dayPnl(date);
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
      public void money(@Nullable BigDecimal cash, @Nullable BigDecimal buyingPower) {
        if (buyingPower != null) {
          buyingPower(buyingPower);
        }
      }

      @Override
      public Controls controls() {
        return SimDatabase.this.controls();
      }

      @Override
      public String accountId() {
        return ACCOUNT;
      }
    };
  }

  private ControlsBoard.Taken takeAccount() {
    nextEpoch();
    if (bugs.contains(Bug.HALT_ONLY_IN_MEMORY)) {
      set(TradingState.ACTIVE, null);
    }
    if (bugs.contains(Bug.RESTART_RESENDS_SENDING)) {
      for (OrderIntent intent : List.copyOf(intents.values())) {
        if (intent.state() == OrderState.SENDING) {
          store(unsent(intent));
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
                  cancel(row.id());
                  canceled++;
                }
              }
              return canceled;
            });
      }

      @Override
      public void cancelExits(String accountId) {
        engine(
            process,
            true,
            () -> {
              boolean halted = controls().state() == TradingState.HALTED;
              kills.values().stream()
                  .filter(kill -> halted || kill.outcome() == null)
                  .map(Kill::at)
                  .max(Comparator.naturalOrder())
                  .ifPresent(at -> cancelExitsUntil(at));
              return 0;
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
                        .filter(
                            row ->
                                (row.status().isOpen() && row.origin() != Origin.EXTERNAL)
                                    || awaitsExits(row))
                        .count());
      }

      @Override
      public List<PositionKeeper.Held> held(String accountId) {
        return engine(process, false, SimDatabase.this::held);
      }

      @Override
      public long elsewhere(String accountId, String symbol, boolean selling) {
        return engine(
            process,
            false,
            () ->
                intents.values().stream()
                    .filter(intent -> intent.state().isAtBroker() || intent.state().isDoubtful())
                    .filter(intent -> trade(intent.tradeId()).origin() == Origin.EXTERNAL)
                    .filter(intent -> intent.terms().symbol().equals(symbol))
                    .filter(intent -> intent.terms().side().isBuy() != selling)
                    .mapToLong(intent -> intent.terms().quantity() - intent.filled())
                    .sum());
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
                write(flattening, ask(Origin.FLATTEN, terms), command);
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
              write(kills, command, new Kill(kill.id(), kill.flatten(), kill.at(), outcome));
              world.trace("kill done: " + outcome);
              return 0;
            });
      }
    };
  }
}
