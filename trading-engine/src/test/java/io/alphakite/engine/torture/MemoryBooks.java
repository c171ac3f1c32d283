package io.alphakite.engine.torture;

import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingState;
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
import io.alphakite.engine.order.WatchedBracket;
import io.alphakite.engine.position.Position;
import io.alphakite.engine.risk.Exposure;
import io.alphakite.engine.risk.Market;
import io.alphakite.engine.risk.Origin;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.Bracket;
import io.alphakite.model.order.ExitRole;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.TradeStatus;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
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
 * The engine's books in memory: the rows, answers and refusals of the tables, and transactions that
 * leave nothing behind when they fail. {@code StoreContractTest} holds it to the real ones.
 */
public class MemoryBooks implements Ledger {

  private static final Set<OrderState> COUNTED =
      EnumSet.of(
          OrderState.APPROVED,
          OrderState.SENDING,
          OrderState.UNKNOWN,
          OrderState.UNRESOLVED,
          OrderState.ACKED,
          OrderState.WORKING,
          OrderState.PARTIAL);
  private static final Set<OrderState> FOLLOWED =
      EnumSet.of(
          OrderState.ACKED,
          OrderState.WORKING,
          OrderState.PARTIAL,
          OrderState.FILLED,
          OrderState.CANCELED,
          OrderState.REJECTED,
          OrderState.EXPIRED);
  // Nothing but the trade itself asks for these.
  private static final Set<OrderState> NEVER_LEFT =
      EnumSet.of(OrderState.NEW, OrderState.DENIED, OrderState.EXPIRED_UNSENT);
  private static final Set<TradeStatus> EXPLAINED =
      EnumSet.of(
          TradeStatus.REJECTED, TradeStatus.EXPIRED, TradeStatus.CANCELED, TradeStatus.UNKNOWN);
  private static final int AVERAGE_SCALE = 8;

  private static final Comparator<OrderIntent> OLDEST =
      Comparator.comparing(OrderIntent::createdAt).thenComparing(intent -> intent.id().toString());

  /**
   * A trade's row.
   *
   * @param ours whether the account's engine has taken it in
   * @param bracket the exits that were asked for with it
   */
  public record TradeRow(
      UUID id,
      Origin origin,
      OrderTerms terms,
      Instant createdAt,
      TradeStatus status,
      long filled,
      @Nullable BigDecimal average,
      @Nullable String reason,
      @Nullable String brokerOrderId,
      boolean cancel,
      boolean ours,
      @Nullable Bracket bracket) {

    private TradeRow(UUID id, Origin origin, OrderTerms terms, Instant createdAt) {
      this(
          id,
          origin,
          terms,
          createdAt,
          TradeStatus.PENDING,
          0,
          null,
          null,
          null,
          false,
          false,
          terms.bracket());
    }

    private TradeRow canceling() {
      return new TradeRow(
          id,
          origin,
          terms,
          createdAt,
          status,
          filled,
          average,
          reason,
          brokerOrderId,
          true,
          ours,
          bracket);
    }

    private TradeRow rejected(String why) {
      return new TradeRow(
          id,
          origin,
          terms,
          createdAt,
          TradeStatus.REJECTED,
          filled,
          average,
          why,
          brokerOrderId,
          cancel,
          true,
          bracket);
    }
  }

  /** A line of the journal. */
  public record Event(
      UUID intent,
      String event,
      OrderState state,
      long filled,
      @Nullable String brokerOrderId,
      @Nullable String detail,
      Map<String, Object> facts) {}

  /** What somebody asked to change, and how far it has come. */
  public record ChangeRow(
      OrderChange change, String status, @Nullable String reason, @Nullable UUID attempt) {

    private boolean isOver() {
      return status.equals("done") || status.equals("rejected");
    }
  }

  /** An exit's trade: whose it is, on which order it hangs and what it is for. */
  public record ExitRow(UUID entry, String order, ExitRole role) {}

  /** What is said of an entry's exits. */
  public record Protection(@Nullable String unprotected, boolean over) {}

  /** What a person decided, and the answer; null while there is none. */
  public record ResolutionRow(
      Resolution resolution, @Nullable Boolean accepted, @Nullable String answer) {}

  /** A fill of a trade. */
  public record FillRow(UUID trade, Execution execution) {}

  /** A constraint of the tables says no. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Refused(String rule) {
      super(rule);
    }
  }

  /** Older ones first. */
  private record Place(Instant createdAt, String id) implements Comparable<Place> {

    private static Place of(TradeRow row) {
      return new Place(row.createdAt(), row.id().toString());
    }

    @Override
    public int compareTo(Place other) {
      int older = createdAt.compareTo(other.createdAt);
      return older == 0 ? id.compareTo(other.id) : older;
    }
  }

  private record Quote(@Nullable Price bid, @Nullable Price ask, Instant time) {}

  final Map<UUID, OrderIntent> intents = new LinkedHashMap<>();
  final Map<UUID, TradeRow> trades = new LinkedHashMap<>();
  final Map<UUID, ChangeRow> changes = new LinkedHashMap<>();
  final Map<UUID, ExitRow> exits = new LinkedHashMap<>();
  final Map<UUID, Protection> protections = new LinkedHashMap<>();
  final Map<String, FillRow> fills = new LinkedHashMap<>();
  final Map<String, Position> positions = new TreeMap<>();
  final Map<String, Instant> differences = new TreeMap<>();
  final List<Event> journal = new ArrayList<>();
  final Map<UUID, ResolutionRow> resolutions = new LinkedHashMap<>();
  final Map<String, Boolean> history = new LinkedHashMap<>();
  private final Map<LocalDate, BigDecimal> results = new TreeMap<>();
  private final Map<String, Quote> quotes = new TreeMap<>();
  private final Set<String> streamed = new TreeSet<>();
  // What the tables have indexes for.
  private final Map<UUID, List<UUID>> attemptsOf = new LinkedHashMap<>();
  private final Map<UUID, OrderIntent> live = new LinkedHashMap<>();
  private final Map<Place, TradeRow> inbox = new TreeMap<>();

  private final Deque<Runnable> undo = new ArrayDeque<>();
  private final MarketCalendar calendar = MarketCalendar.nyse();
  private TradingState state = TradingState.ACTIVE;
  private @Nullable String stateReason;
  private boolean armed = true;
  private BigDecimal buyingPower = BigDecimal.valueOf(1_000_000);
  boolean takenOver;
  private boolean open;
  private boolean refused;
  long epoch;
  // Grows with each commit.
  long version;

  // --- transactions -------------------------------------------------------------------------

  /** The books as one run of an engine has them. */
  public final OrderStore open(long ofEpoch) {
    return new OrderStore() {
      @Override
      public <T> T write(Function<Ledger, T> work) {
        return transact(
            () -> {
              if (ofEpoch != epoch) {
                throw new EngineSupersededException(ofEpoch, epoch);
              }
              return work.apply(MemoryBooks.this);
            });
      }

      @Override
      public <T> T read(Function<Ledger, T> work) {
        return work.apply(MemoryBooks.this);
      }
    };
  }

  /** One transaction; within another it is part of that. */
  protected final <T> T transact(Supplier<T> work) {
    if (open) {
      return work.get();
    }
    boolean committed = false;
    open = true;
    try {
      T result = work.get();
      if (refused) {
        throw new Refused("the transaction is aborted");
      }
      committed = true;
      return result;
    } finally {
      open = false;
      refused = false;
      if (committed) {
        version += undo.isEmpty() ? 0 : 1;
      } else {
        undo.forEach(Runnable::run);
      }
      undo.clear();
    }
  }

  /** Whoever wrote until now writes no more. */
  public final long nextEpoch() {
    return transact(
        () -> {
          undo.push(() -> epoch--);
          return ++epoch;
        });
  }

  /** Whether a transaction is open: nothing may wait within it. */
  final boolean busy() {
    return open;
  }

  /** Whether the open transaction has written anything. */
  final boolean hasWritten() {
    return !undo.isEmpty();
  }

  final <K, V> void write(Map<K, V> table, K key, V row) {
    writable();
    V before = table.put(key, row);
    undo.push(before == null ? () -> table.remove(key) : () -> table.put(key, before));
  }

  final <K, V> void delete(Map<K, V> table, K key) {
    writable();
    V before = table.remove(key);
    if (before != null) {
      undo.push(() -> table.put(key, before));
    }
  }

  private void writable() {
    if (!open || refused) {
      throw new Refused(open ? "the transaction is aborted" : "the transaction is read-only");
    }
  }

  private void require(boolean held, String rule) {
    if (!held && !lifted(rule)) {
      refused = open;
      throw new Refused(rule);
    }
  }

  /** Whether a test has planted the mistake of leaving this rule out. */
  protected boolean lifted(String rule) {
    return false;
  }

  // --- what people and other services do ------------------------------------------------------

  /** Somebody asks for a trade. */
  public final UUID ask(UUID id, Origin origin, OrderTerms terms, Instant at) {
    return transact(
        () -> {
          put(new TradeRow(id, origin, terms, at));
          return id;
        });
  }

  /** Somebody asks for a cancel. */
  public final void cancel(UUID trade) {
    transact(
        () -> {
          TradeRow row = trade(trade);
          if (row.status().isOpen() && !row.cancel()) {
            put(row.canceling());
          }
          return trade;
        });
  }

  /** Somebody asks for another price or quantity, unless an earlier change is not over yet. */
  public final void change(OrderChange change) {
    boolean settled =
        changes.values().stream()
            .allMatch(row -> row.isOver() || !row.change().tradeId().equals(change.tradeId()));
    if (settled) {
      transact(
          () -> {
            write(changes, change.id(), new ChangeRow(change, "pending", null, null));
            return change;
          });
    }
  }

  /** A person decides about an order of unknown fate, unless a decision about it still waits. */
  public final void resolve(Resolution resolution) {
    boolean answered =
        resolutionsWanted().stream()
            .noneMatch(waiting -> waiting.intentId().equals(resolution.intentId()));
    if (answered) {
      transact(
          () -> {
            write(resolutions, resolution.id(), new ResolutionRow(resolution, null, null));
            return resolution;
          });
    }
  }

  /** What trading may do from now on. */
  public final void set(TradingState next, @Nullable String why) {
    transact(
        () -> {
          TradingState before = state;
          String reason = stateReason;
          state = next;
          stateReason = why;
          undo.push(
              () -> {
                state = before;
                stateReason = reason;
              });
          return next;
        });
  }

  public final void arm(boolean arms) {
    armed = arms;
  }

  final void buyingPower(BigDecimal dollars) {
    buyingPower = dollars;
  }

  /** The newest quote of a ticker, which is streamed from now on. */
  public final void quote(
      String symbol, @Nullable Price bid, @Nullable Price ask, Instant marketTime) {
    quotes.put(symbol, new Quote(bid, ask, marketTime));
    streamed.add(symbol);
  }

  /** The broker holds another quantity than we. */
  public final void dispute(String symbol, Instant since) {
    transact(
        () -> {
          write(differences, symbol, since);
          return symbol;
        });
  }

  // --- what can be seen -----------------------------------------------------------------------

  public final TradeRow trade(UUID id) {
    return found(trades.get(id), "trade " + id);
  }

  public final List<TradeRow> trades() {
    return List.copyOf(trades.values());
  }

  public final List<Event> journal() {
    return List.copyOf(journal);
  }

  public final ChangeRow changed(UUID change) {
    return found(changes.get(change), "change " + change);
  }

  public final List<ResolutionRow> resolutions() {
    return List.copyOf(resolutions.values());
  }

  /** What is said of an entry's exits. */
  public final Protection said(UUID entryTrade) {
    return protections.getOrDefault(entryTrade, new Protection(null, false));
  }

  final long position(String symbol) {
    Position position = positions.get(symbol);
    return position == null ? 0 : position.quantity();
  }

  private static <T> T found(@Nullable T row, String what) {
    if (row == null) {
      throw new NoSuchElementException("no " + what);
    }
    return row;
  }

  // --- the ledger -----------------------------------------------------------------------------

  @Override
  public List<NewTrade> newTrades(int limit) {
    writable();
    return inbox.values().stream()
        .limit(limit)
        .<NewTrade>map(
            row -> new NewTrade.Wanted(row.id(), row.origin(), row.terms(), row.createdAt()))
        .toList();
  }

  @Override
  public List<OrderChange> newChanges(int limit) {
    writable();
    return changes.values().stream()
        .filter(row -> row.status().equals("pending") && row.attempt() == null)
        .map(ChangeRow::change)
        .filter(change -> trade(change.tradeId()).ours())
        .sorted(
            Comparator.comparing(OrderChange::createdAt)
                .thenComparing(change -> change.id().toString()))
        .limit(limit)
        .toList();
  }

  @Override
  public void takeChange(UUID change, OrderIntent attempt, Instant wallNow, Instant marketNow) {
    insert(attempt, wallNow, marketNow);
    ChangeRow row = changed(change);
    write(changes, change, new ChangeRow(row.change(), row.status(), row.reason(), attempt.id()));
  }

  @Override
  public @Nullable Long quantityWanted(UUID attempt) {
    return changes.values().stream()
        .filter(row -> attempt.equals(row.attempt()))
        .findFirst()
        .map(row -> row.change().quantity())
        .orElse(null);
  }

  @Override
  public void refuseChange(UUID change, String reason) {
    ChangeRow row = changed(change);
    write(changes, change, new ChangeRow(row.change(), "rejected", reason, row.attempt()));
  }

  @Override
  public List<OrderIntent> attempts(UUID tradeId) {
    return attemptsOf.getOrDefault(tradeId, List.of()).stream()
        .map(this::intent)
        .sorted(Comparator.comparing(OrderIntent::attempt))
        .toList();
  }

  @Override
  public OrderIntent intent(UUID id) {
    return found(intents.get(id), "order " + id);
  }

  @Override
  public List<OrderIntent> inStates(Collection<OrderState> states) {
    boolean here = states.stream().anyMatch(NEVER_LEFT::contains);
    List<OrderIntent> found = new ArrayList<>();
    for (OrderIntent intent : here ? intents.values() : live.values()) {
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
    return live.values().stream()
        .filter(intent -> brokerOrderId.equals(intent.brokerOrderId()))
        .findFirst();
  }

  @Override
  public Set<String> known(Collection<String> brokerOrderIds) {
    Set<String> known = new HashSet<>();
    for (OrderIntent intent : live.values()) {
      String order = intent.brokerOrderId();
      if (order != null && brokerOrderIds.contains(order)) {
        known.add(order);
      }
    }
    return known;
  }

  @Override
  public boolean history(String brokerOrderId) {
    return history.containsKey(brokerOrderId);
  }

  @Override
  public void takenOver(Collection<String> historyOrderIds, Instant wallNow) {
    writable();
    historyOrderIds.forEach(id -> write(history, id, true));
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

  @Override
  public Circumstances circumstances(OrderIntent intent, Instant wallNow, Instant marketNow) {
    TradeRow trade = trades.get(intent.tradeId());
    return new Circumstances(
        trade != null && trade.cancel(),
        laneBlocked(intent, wallNow),
        exposure(intent, wallNow, marketNow),
        market(intent.terms(), marketNow),
        controls());
  }

  protected boolean laneBlocked(OrderIntent intent, Instant now) {
    for (OrderIntent other : live.values()) {
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

  /** Whether it counts as exposure. */
  protected boolean counts(OrderIntent intent) {
    return COUNTED.contains(intent.state());
  }

  private Exposure exposure(OrderIntent intent, Instant wallNow, Instant marketNow) {
    OrderTerms terms = intent.terms();
    Fingerprint says = Fingerprint.of(terms);
    long buys = 0;
    long sells = 0;
    long replaced = 0;
    int openOrders = 0;
    int unknown = 0;
    int unresolved = 0;
    int lastMinute = 0;
    int equal = 0;
    BigDecimal reserved = BigDecimal.ZERO;
    for (OrderIntent other : live.values()) {
      lastMinute += claimedWithin(Duration.ofMinutes(1), other, wallNow) ? 1 : 0;
      boolean recent =
          other.state() == OrderState.APPROVED
              || claimedWithin(Duration.ofSeconds(10), other, wallNow);
      equal +=
          recent
                  && other.origin() == Origin.STRATEGY
                  && !other.tradeId().equals(intent.tradeId())
                  && Fingerprint.of(other.terms()).equals(says)
              ? 1
              : 0;
      if (other.id().equals(intent.id()) || !counts(other)) {
        continue;
      }
      long leaves = other.terms().quantity() - other.filled();
      if (exits.containsKey(other.tradeId())) {
        continue;
      }
      boolean doubtful =
          other.state() == OrderState.UNKNOWN || other.state() == OrderState.UNRESOLVED;
      boolean old = other.id().equals(intent.replaces());
      replaced += old ? leaves : 0;
      openOrders += old ? 0 : 1;
      unresolved += other.state() == OrderState.UNRESOLVED ? 1 : 0;
      unknown += doubtful && other.terms().ticker().equals(terms.ticker()) ? 1 : 0;
      if (!other.reducing()) {
        reserved = reserved.add(unit(other).multiply(BigDecimal.valueOf(leaves)));
      }
      if (other.terms().symbol().equals(terms.symbol())) {
        buys += other.terms().side().isBuy() ? leaves : 0;
        sells += other.terms().side().isBuy() ? 0 : leaves;
      }
    }
    return new Exposure(
        position(terms.symbol()),
        buys,
        sells,
        closing(intent, wallNow),
        replaced,
        openOrders,
        lastMinute,
        equal,
        unknown,
        unresolved,
        differences.containsKey(terms.symbol()),
        reserved,
        dayPnl(calendar.dateOf(marketNow)),
        buyingPower,
        streamed());
  }

  /** What exits may still close on the order's side. */
  private long closing(OrderIntent intent, Instant now) {
    OrderTerms terms = intent.terms();
    long closing = 0;
    for (OrderIntent entry : intents.values()) {
      Bracket bracket = trade(entry.tradeId()).bracket();
      if (bracket != null
          && entry.terms().symbol().equals(terms.symbol())
          && entry.terms().side().isBuy() != terms.side().isBuy()
          && hasExits(intent, entry.tradeId())) {
        closing += mayClose(intent, entry, bracket.roles().size(), now);
      }
    }
    return closing;
  }

  private boolean hasExits(OrderIntent except, UUID entry) {
    return (trade(entry).filled() > 0 && !said(entry).over())
        || live.values().stream()
            .filter(order -> counts(order) && !order.id().equals(except.id()))
            .map(order -> exits.get(order.tradeId()))
            .anyMatch(exit -> exit != null && exit.entry().equals(entry));
  }

  private long mayClose(OrderIntent except, OrderIntent entry, int asked, Instant now) {
    Map<ExitRole, UUID> shown = exits(entry);
    long rest = entry.filled();
    long works = 0;
    for (UUID exit : shown.values()) {
      long leaves = 0;
      for (OrderIntent order : attempts(exit)) {
        rest -= order.filled();
        boolean open = counts(order) && !order.id().equals(except.id());
        leaves += open ? order.terms().quantity() - order.filled() : 0;
      }
      works = Math.max(works, leaves);
    }
    works -= counts(entry) ? entry.terms().quantity() - entry.filled() : 0;
    boolean hidden = shown.size() < asked && claimedWithin(reserved(except.origin()), entry, now);
    return Math.max(0, hidden ? Math.max(rest, works) : works);
  }

  /** For how long after its sending an entry's exits are waited for. */
  protected Duration reserved(Origin closing) {
    return WatchedBracket.reserved(closing);
  }

  private static boolean claimedWithin(Duration time, OrderIntent intent, Instant now) {
    Instant claimed = intent.claimedAt();
    return claimed != null && claimed.isAfter(now.minus(time));
  }

  /** What a unit of the order takes at its price; at what is asked where it names none. */
  private BigDecimal unit(OrderIntent intent) {
    OrderTerms terms = intent.terms();
    Price price =
        Optional.ofNullable(terms.limitPrice())
            .or(() -> Optional.ofNullable(terms.stopPrice()))
            .or(() -> Optional.ofNullable(trade(intent.tradeId()).terms().limitPrice()))
            .or(() -> Optional.ofNullable(trade(intent.tradeId()).terms().stopPrice()))
            .orElseGet(() -> asked(terms.ticker()));
    return price.toBigDecimal().multiply(BigDecimal.valueOf(terms.multiplier()));
  }

  /** What is asked for the share; zero when that is not known. */
  protected Price asked(Ticker ticker) {
    Quote quote = quotes.get(ticker.symbol());
    return quote == null || quote.ask() == null ? Price.of("0") : quote.ask();
  }

  protected BigDecimal dayPnl(LocalDate date) {
    return results.getOrDefault(date, BigDecimal.ZERO);
  }

  protected Set<String> streamed() {
    return streamed;
  }

  protected Market market(OrderTerms terms, Instant marketNow) {
    Quote quote = terms.option() == null ? quotes.get(terms.symbol()) : null;
    return new Market(
        quote == null ? null : quote.bid(),
        quote == null ? null : quote.ask(),
        quote == null ? null : quote.time(),
        marketNow,
        calendar.isOpen(marketNow, TradingHours.REGULAR),
        null,
        quote == null);
  }

  public final Controls controls() {
    return new Controls(TradingMode.LIVE, armed, false, 1, state, stateReason);
  }

  @Override
  public void insert(OrderIntent intent, Instant wallNow, Instant marketNow) {
    if (intent.origin() == Origin.EXTERNAL && intent.replaces() == null) {
      insertFound(intent, wallNow);
    }
    boolean found =
        intent.state() == OrderState.ACKED
            && (intent.origin() == Origin.EXTERNAL || intent.origin() == Origin.BRACKET);
    require(
        intent.sends() == 0 && (intent.state() == OrderState.NEW || found),
        "an order begins as NEW");
    require(!intents.containsKey(intent.id()), "order_intents_pkey");
    require(trades.containsKey(intent.tradeId()), "order_intents_trade_id_fkey");
    require(
        intent.replaces() == null || intents.containsKey(intent.replaces()),
        "order_intents_replaces_fkey");
    put(intent, "order.new", Map.of());
  }

  private void insertFound(OrderIntent intent, Instant wallNow) {
    require(!trades.containsKey(intent.tradeId()), "trades_pkey");
    put(
        new TradeRow(
            intent.tradeId(),
            intent.origin(),
            intent.terms(),
            wallNow,
            TradeStatus.WORKING,
            0,
            null,
            null,
            intent.brokerOrderId(),
            false,
            true,
            null));
  }

  @Override
  public Map<ExitRole, UUID> exits(OrderIntent entry) {
    Map<ExitRole, UUID> found = new EnumMap<>(ExitRole.class);
    exits.forEach(
        (trade, row) -> {
          if (row.entry().equals(entry.tradeId()) && row.order().equals(entry.brokerOrderId())) {
            found.put(row.role(), trade);
          }
        });
    return found;
  }

  @Override
  public void insertExit(
      OrderIntent exit, OrderIntent entry, ExitRole role, Instant wallNow, Instant marketNow) {
    require(!exits(entry).containsKey(role), "trades_exit_uq");
    insertFound(exit, wallNow);
    String order = Objects.requireNonNull(entry.brokerOrderId(), "an exit hangs on an order");
    write(exits, exit.tradeId(), new ExitRow(entry.tradeId(), order, role));
    if (said(entry.tradeId()).over()) {
      write(protections, entry.tradeId(), new Protection(null, false));
    }
    insert(exit, wallNow, marketNow);
  }

  @Override
  public List<WatchedBracket> brackets() {
    return trades.values().stream()
        .filter(row -> row.bracket() != null)
        .filter(row -> (row.filled() > 0 && !said(row.id()).over()) || outlived(row))
        .sorted(Comparator.comparing(Place::of))
        .flatMap(
            row ->
                attempts(row.id()).stream()
                    .map(entry -> watched(row, entry))
                    .filter(WatchedBracket::isWatched))
        .toList();
  }

  /** Whether an exit is at the broker whose entry is over. */
  private boolean outlived(TradeRow row) {
    return attempts(row.id()).stream()
        .filter(entry -> !entry.state().isOpen())
        .flatMap(entry -> exits(entry).values().stream())
        .flatMap(exit -> attempts(exit).stream())
        .anyMatch(exit -> exit.state().isAtBroker());
  }

  @Override
  public long position(OrderTerms terms) {
    return position(terms.symbol());
  }

  private WatchedBracket watched(TradeRow row, OrderIntent entry) {
    Map<ExitRole, List<OrderIntent>> shown = new EnumMap<>(ExitRole.class);
    exits(entry).forEach((role, trade) -> shown.put(role, attempts(trade)));
    return WatchedBracket.of(
        entry,
        Objects.requireNonNull(row.bracket()).roles(),
        shown,
        position(row.terms().symbol()),
        said(row.id()).unprotected());
  }

  @Override
  public void protection(
      UUID entryTrade, @Nullable String unprotected, boolean over, Instant wallNow) {
    boolean fits = trade(entryTrade).bracket() != null && !over;
    require(unprotected == null || fits, "trades_unprotected_has_bracket");
    write(protections, entryTrade, new Protection(unprotected, over));
  }

  @Override
  public void requestCancel(UUID tradeId) {
    writable();
    if (trades.containsKey(tradeId)) {
      cancel(tradeId);
    }
  }

  @Override
  public void update(OrderIntent intent, String event, Map<String, Object> facts, Instant wallNow) {
    OrderIntent before = intents.get(intent.id());
    require(before != null, "order_events_intent_id_fkey");
    guard(Objects.requireNonNull(before), intent);
    put(intent, event, facts);
  }

  private void guard(OrderIntent before, OrderIntent after) {
    if (after.state() == OrderState.SENDING
        && (before.state() != OrderState.APPROVED || before.sends() > 0)) {
      // The tables show a first attempt on its trade in the same statement.
      require(
          after.attempt() > 1 || isFree(after.brokerOrderId(), after.tradeId()),
          "trades_account_broker_order_uq");
      throw new IllegalStateException("not where it was");
    }
    require(
        before.tradeId().equals(after.tradeId())
            && before.attempt() == after.attempt()
            && before.origin() == after.origin()
            && before.lane().equals(after.lane())
            && before.createdAt().equals(after.createdAt()),
        "what an order is does not change");
    require(
        after.sends() >= before.sends() && after.filled() >= before.filled(),
        "sends and fills never fall");
    require(
        after.sends() == before.sends() || after.state() == OrderState.SENDING,
        "only an approved order is sent");
    require(
        after.state() == before.state() || before.state().next().contains(after.state()),
        "cannot become");
  }

  /** Writes the order down, and shows it on its trade. */
  final void put(OrderIntent intent, String event, Map<String, Object> facts) {
    constrain(intent);
    OrderIntent before = intents.get(intent.id());
    store(intent);
    journal.add(
        new Event(
            intent.id(),
            event,
            intent.state(),
            intent.filled(),
            intent.brokerOrderId(),
            intent.detail(),
            facts));
    undo.push(journal::removeLast);
    written(before, intent, event);
    show(intent.tradeId());
  }

  /** An order was written down. */
  protected void written(@Nullable OrderIntent before, OrderIntent after, String event) {}

  /** The order's row and what is found by it. */
  final void store(OrderIntent intent) {
    if (!intents.containsKey(intent.id())) {
      List<UUID> attempts = new ArrayList<>(attemptsOf.getOrDefault(intent.tradeId(), List.of()));
      attempts.add(intent.id());
      write(attemptsOf, intent.tradeId(), List.copyOf(attempts));
    }
    write(intents, intent.id(), intent);
    boolean plain =
        intent.claimedAt() == null
            && intent.brokerOrderId() == null
            && intent.search().holdUntil() == null;
    if (plain && NEVER_LEFT.contains(intent.state())) {
      delete(live, intent.id());
    } else {
      write(live, intent.id(), intent);
    }
  }

  private void constrain(OrderIntent intent) {
    OrderState at = intent.state();
    require(
        (intent.sends() == 1) == (intent.claimedAt() != null), "order_intents_claimed_before_sent");
    boolean sent =
        at.isDoubtful()
            || at == OrderState.REFUSED
            || at == OrderState.NOT_SENT
            || at == OrderState.NOT_PLACED;
    require(!sent || intent.sends() == 1, "order_intents_doubtful_was_sent");
    require(
        !FOLLOWED.contains(at) || intent.brokerOrderId() != null, "order_intents_followed_by_id");
    for (OrderIntent other : attempts(intent.tradeId())) {
      if (!other.id().equals(intent.id())) {
        siblings(intent, other);
      }
    }
    for (OrderIntent other : live.values()) {
      if (!other.id().equals(intent.id())) {
        neighbours(intent, other);
      }
    }
  }

  private void neighbours(OrderIntent intent, OrderIntent other) {
    require(
        !intent.state().isDoubtful()
            || !other.state().isDoubtful()
            || !other.lane().equals(intent.lane()),
        "order_intents_lane_uq");
    require(
        intent.brokerOrderId() == null || !intent.brokerOrderId().equals(other.brokerOrderId()),
        "order_intents_account_broker_order_uq");
  }

  private void siblings(OrderIntent intent, OrderIntent other) {
    require(other.attempt() != intent.attempt(), "order_intents_trade_attempt_uq");
    require(
        intent.replaces() == null
            || !intent.replaces().equals(other.replaces())
            || cameToNothing(intent)
            || cameToNothing(other),
        "order_intents_replaces_uq");
  }

  private static boolean cameToNothing(OrderIntent change) {
    return change.state().cameToNothing() || change.state() == OrderState.REJECTED;
  }

  /** The trade's row says where its orders stand. */
  private void show(UUID tradeId) {
    List<OrderIntent> attempts = attempts(tradeId);
    OrderIntent shown = ChangePlan.standing(attempts);
    TradeRow row = trade(tradeId);
    OrderTerms terms = row.terms();
    if (ChangePlan.changedTerms(attempts)) {
      long others = attempts.stream().mapToLong(OrderIntent::filled).sum() - shown.filled();
      terms = shown.terms().withQuantity(shown.terms().quantity() + others);
      require(row.filled() <= terms.quantity(), "trades_filled_within_quantity");
      showChanges(tradeId);
    }
    TradeStatus plain = shown.state().tradeStatus(false);
    String reason = EXPLAINED.contains(plain) ? shown.detail() : null;
    require(plain != TradeStatus.REJECTED || reason != null, "trades_rejected_says_why");
    long filled = 0;
    BigDecimal paid = BigDecimal.ZERO;
    for (FillRow fill : fills.values()) {
      if (fill.trade().equals(tradeId)) {
        BigDecimal quantity = BigDecimal.valueOf(fill.execution().quantity());
        filled += fill.execution().quantity();
        paid = paid.add(fill.execution().price().multiply(quantity));
      }
    }
    put(
        new TradeRow(
            tradeId,
            row.origin(),
            terms,
            row.createdAt(),
            shown.state().tradeStatus(row.cancel()),
            Math.min(filled, terms.quantity()),
            filled == 0
                ? null
                : paid.divide(BigDecimal.valueOf(filled), AVERAGE_SCALE, RoundingMode.HALF_UP),
            reason,
            shown.brokerOrderId(),
            row.cancel(),
            true,
            row.bracket()));
  }

  /** How far what somebody asked to change has come. */
  private void showChanges(UUID tradeId) {
    for (ChangeRow row : List.copyOf(changes.values())) {
      if (row.attempt() != null && row.change().tradeId().equals(tradeId) && !row.isOver()) {
        OrderIntent attempt = intent(row.attempt());
        boolean told =
            cameToNothing(attempt)
                || attempt.state() == OrderState.UNKNOWN
                || attempt.state() == OrderState.UNRESOLVED;
        String status = progress(attempt);
        String reason = told ? attempt.detail() : null;
        require(!status.equals("rejected") || reason != null, "trade_changes_rejected_says_why");
        write(
            changes, row.change().id(), new ChangeRow(row.change(), status, reason, attempt.id()));
      }
    }
  }

  private String progress(OrderIntent attempt) {
    OrderIntent old = intent(Objects.requireNonNull(attempt.replaces()));
    return switch (attempt.state()) {
      case DENIED, EXPIRED_UNSENT, REFUSED, NOT_SENT, NOT_PLACED, REJECTED -> "rejected";
      case NEW, APPROVED -> "pending";
      case UNKNOWN, UNRESOLVED -> "unknown";
      case SENDING, ACKED, WORKING, PARTIAL, FILLED, CANCELED, EXPIRED -> {
        boolean over =
            attempt.state() == OrderState.FILLED
                || attempt.state() == OrderState.CANCELED
                || attempt.state() == OrderState.EXPIRED;
        boolean stands = old.state() == OrderState.CANCELED || attempt.filled() > 0 || over;
        yield attempt.verified() && !old.state().isAtBroker() && stands ? "done" : "submitting";
      }
    };
  }

  private boolean isFree(@Nullable String brokerOrderId, UUID trade) {
    return brokerOrderId == null
        || trades.values().stream()
            .noneMatch(
                other -> !other.id().equals(trade) && brokerOrderId.equals(other.brokerOrderId()));
  }

  private void put(TradeRow row) {
    require(isFree(row.brokerOrderId(), row.id()), "trades_account_broker_order_uq");
    write(trades, row.id(), row);
    if (row.status() == TradeStatus.PENDING
        && row.origin() != Origin.EXTERNAL
        && !attemptsOf.containsKey(row.id())) {
      write(inbox, Place.of(row), row);
    } else {
      delete(inbox, Place.of(row));
    }
  }

  @Override
  public List<Resolution> resolutionsWanted() {
    return resolutions.values().stream()
        .filter(row -> row.accepted() == null)
        .map(ResolutionRow::resolution)
        .sorted(
            Comparator.comparing(Resolution::requestedAt)
                .thenComparing(resolution -> resolution.id().toString()))
        .toList();
  }

  @Override
  public void answer(UUID resolutionId, boolean accepted, String text, Instant wallNow) {
    ResolutionRow row = resolutions.get(resolutionId);
    ResolutionRow waiting =
        found(row == null || row.accepted() != null ? null : row, "decision " + resolutionId);
    write(resolutions, resolutionId, new ResolutionRow(waiting.resolution(), accepted, text));
  }

  @Override
  public boolean fill(
      OrderIntent intent, Execution execution, Instant marketNow, boolean isHistory) {
    String order = Objects.requireNonNull(intent.brokerOrderId(), "a fill has an order");
    String key = order + " " + execution.id();
    if (fills.containsKey(key)) {
      return false;
    }
    require(trades.containsKey(intent.tradeId()), "fills_trade_id_fkey");
    write(fills, key, new FillRow(intent.tradeId(), execution));
    if (said(intent.tradeId()).over()) {
      write(protections, intent.tradeId(), new Protection(null, false));
    }
    if (!isHistory) {
      book(intent.terms(), execution);
    }
    return true;
  }

  private void book(OrderTerms terms, Execution execution) {
    long signed = terms.side().isBuy() ? execution.quantity() : -execution.quantity();
    Position before = positions.getOrDefault(terms.symbol(), Position.flat(terms.multiplier()));
    Position.Change change = before.fill(signed, execution.price());
    write(positions, terms.symbol(), change.after());
    LocalDate date = calendar.dateOf(execution.at());
    BigDecimal result = results.getOrDefault(date, BigDecimal.ZERO);
    write(results, date, result.add(change.realized()).subtract(execution.fees()));
    BigDecimal power = buyingPower;
    buyingPower =
        power
            .subtract(
                execution
                    .price()
                    .multiply(BigDecimal.valueOf(Math.multiplyExact(signed, terms.multiplier()))))
            .subtract(execution.fees());
    undo.push(() -> buyingPower = power);
  }

  @Override
  public void reject(UUID tradeId, String reason) {
    put(trade(tradeId).rejected(reason));
  }

  @Override
  public void reduceOnly(String reason) {
    writable();
    if (state == TradingState.ACTIVE) {
      set(TradingState.REDUCE_ONLY, reason);
    }
  }
}
