package io.alphakite.engine.order;

import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingState;
import io.alphakite.engine.risk.Exposure;
import io.alphakite.engine.risk.Market;
import io.alphakite.engine.risk.Origin;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.TradeStatus;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The books in memory, with the same refusals as the database: one owner per lane and broker order,
 * legal moves, at most one sending. A transaction that throws leaves nothing behind.
 */
final class MemoryBooks implements OrderStore, Ledger {

  private Map<UUID, OrderIntent> intents = new LinkedHashMap<>();
  private Map<UUID, Trade> trades = new LinkedHashMap<>();
  private Map<String, Execution> executions = new LinkedHashMap<>();
  private List<String> events = new ArrayList<>();
  private final Map<UUID, OrderChange> changes = new LinkedHashMap<>();
  private final Map<UUID, UUID> taken = new HashMap<>();
  private final Map<UUID, String> refused = new HashMap<>();
  final Set<UUID> cancels = new HashSet<>();
  private final List<Resolution> asked = new ArrayList<>();
  private final Set<UUID> answered = new HashSet<>();
  final List<String> answers = new ArrayList<>();
  private final Map<String, Map<String, Object>> factsOf = new HashMap<>();
  boolean disputed;
  TradingState state = TradingState.ACTIVE;
  boolean armed = true;
  @Nullable Instant quoteTime;
  private final Set<String> history = new HashSet<>();
  // The write that ends with this event commits, and then throws as if its answer were lost.
  @Nullable String loseCommitAnswerOf;
  boolean failNextCommit;
  Runnable beforeRead = () -> {};
  Runnable afterLook = () -> {};
  // Tickers for which nothing is bid.
  final Set<Ticker> noBid = new HashSet<>();
  BigDecimal dayPnl = BigDecimal.ZERO;
  // The engine's process is gone: nothing of it writes any more.
  boolean gone;

  private record Trade(
      UUID id,
      Origin origin,
      OrderTerms terms,
      Instant createdAt,
      TradeStatus status,
      long filled,
      @Nullable String reason) {}

  UUID ask(Origin origin, OrderTerms terms, Instant now) {
    UUID id = UUID.nameUUIDFromBytes(("trade" + trades.size()).getBytes(StandardCharsets.UTF_8));
    trades.put(id, new Trade(id, origin, terms, now, TradeStatus.PENDING, 0, null));
    return id;
  }

  TradeStatus status(UUID trade) {
    return trade(trade).status();
  }

  long filled(UUID trade) {
    return trade(trade).filled();
  }

  OrderTerms terms(UUID trade) {
    return trade(trade).terms();
  }

  String reason(UUID trade) {
    return String.valueOf(trade(trade).reason());
  }

  List<UUID> external() {
    return trades.values().stream()
        .filter(trade -> trade.origin() == Origin.EXTERNAL)
        .map(Trade::id)
        .toList();
  }

  OrderIntent last(UUID trade) {
    return intents.values().stream()
        .filter(intent -> intent.tradeId().equals(trade))
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  List<String> events() {
    return List.copyOf(events);
  }

  private Trade trade(UUID id) {
    return Optional.ofNullable(trades.get(id)).orElseThrow();
  }

  @Override
  public synchronized <T> T write(Function<Ledger, T> work) {
    if (gone) {
      throw new FakeBroker.Crash();
    }
    Map<UUID, OrderIntent> intentsBefore = new LinkedHashMap<>(intents);
    Map<UUID, Trade> tradesBefore = new LinkedHashMap<>(trades);
    Map<String, Execution> executionsBefore = new LinkedHashMap<>(executions);
    List<String> eventsBefore = new ArrayList<>(events);
    try {
      T result = work.apply(this);
      if (failNextCommit) {
        failNextCommit = false;
        throw new IllegalStateException("commit failed");
      }
      if (!events.isEmpty() && events.getLast().equals(loseCommitAnswerOf)) {
        loseCommitAnswerOf = null;
        throw new LostAnswer();
      }
      return result;
    } catch (LostAnswer e) {
      throw e;
    } catch (RuntimeException e) {
      intents = intentsBefore;
      trades = tradesBefore;
      executions = executionsBefore;
      events = eventsBefore;
      throw e;
    }
  }

  /** Committed, but nobody was told. */
  static final class LostAnswer extends RuntimeException {}

  @Override
  public synchronized <T> T read(Function<Ledger, T> work) {
    beforeRead.run();
    return work.apply(this);
  }

  @Override
  public List<NewTrade> newTrades(int limit) {
    Set<UUID> taken = new HashSet<>();
    intents.values().forEach(intent -> taken.add(intent.tradeId()));
    List<NewTrade> wanted = new ArrayList<>();
    for (Trade trade : trades.values()) {
      if (!taken.contains(trade.id()) && trade.status() == TradeStatus.PENDING) {
        wanted.add(
            new NewTrade.Wanted(trade.id(), trade.origin(), trade.terms(), trade.createdAt()));
      }
    }
    return wanted.stream().limit(limit).toList();
  }

  UUID change(UUID trade, @Nullable String limit, @Nullable Long quantity, Instant now) {
    UUID id = UUID.nameUUIDFromBytes(("change" + changes.size()).getBytes(StandardCharsets.UTF_8));
    changes.put(
        id,
        new OrderChange(id, trade, limit == null ? null : Price.of(limit), null, quantity, now));
    return id;
  }

  /** What became of a change: why nothing was attempted, or how the attempt stands. */
  String changed(UUID change) {
    UUID attempt = taken.get(change);
    OrderIntent intent = attempt == null ? null : intents.get(attempt);
    return intent == null
        ? String.valueOf(refused.get(change))
        : intent.state() + (intent.detail() == null ? "" : " " + intent.detail());
  }

  @Override
  public List<OrderChange> newChanges(int limit) {
    return changes.values().stream()
        .filter(each -> !taken.containsKey(each.id()) && !refused.containsKey(each.id()))
        .limit(limit)
        .toList();
  }

  @Override
  public void takeChange(UUID change, OrderIntent attempt, Instant wallNow, Instant marketNow) {
    taken.put(change, attempt.id());
    insert(attempt, wallNow, marketNow);
  }

  @Override
  public void refuseChange(UUID change, String reason) {
    refused.put(change, reason);
  }

  @Override
  public List<OrderIntent> attempts(UUID tradeId) {
    return intents.values().stream()
        .filter(each -> each.tradeId().equals(tradeId))
        .sorted(Comparator.comparing(OrderIntent::attempt))
        .toList();
  }

  @Override
  public OrderIntent intent(UUID id) {
    return Optional.ofNullable(intents.get(id)).orElseThrow();
  }

  @Override
  public List<OrderIntent> inStates(Collection<OrderState> states) {
    return intents.values().stream().filter(intent -> states.contains(intent.state())).toList();
  }

  @Override
  public Optional<OrderIntent> owner(String brokerOrderId) {
    return intents.values().stream()
        .filter(intent -> brokerOrderId.equals(intent.brokerOrderId()))
        .findFirst();
  }

  @Override
  public Set<String> known(Collection<String> brokerOrderIds) {
    Set<String> known = new HashSet<>(brokerOrderIds);
    known.removeIf(id -> owner(id).isEmpty());
    return known;
  }

  @Override
  public Circumstances circumstances(OrderIntent intent, Instant wallNow, Instant marketNow) {
    Circumstances seen = look(intent, wallNow, marketNow);
    afterLook.run();
    return seen;
  }

  private Circumstances look(OrderIntent intent, Instant wallNow, Instant marketNow) {
    return new Circumstances(
        cancelRequested(intent.tradeId()),
        laneBlocked(intent, wallNow),
        exposure(intent, wallNow),
        market(intent.terms().ticker(), marketNow),
        new Controls(TradingMode.LIVE, armed, false, 1, state, null));
  }

  private boolean laneBlocked(OrderIntent intent, Instant now) {
    return intents.values().stream()
        .filter(other -> !other.id().equals(intent.id()) && other.lane().equals(intent.lane()))
        .anyMatch(
            other ->
                other.state().isDoubtful()
                    || (other.state() == OrderState.ACKED && !other.verified())
                    || (other.search().holdUntil() != null
                        && now.isBefore(other.search().holdUntil())));
  }

  @Override
  public boolean history(String brokerOrderId) {
    return history.contains(brokerOrderId);
  }

  @Override
  public void takenOver(Collection<String> historyOrderIds, Instant wallNow) {
    history.addAll(historyOrderIds);
  }

  @Override
  public List<OrderIntent> cancelsWanted() {
    return inStates(OrderState.AT_BROKER).stream()
        .filter(intent -> cancels.contains(intent.tradeId()))
        .toList();
  }

  @Override
  public boolean cancelRequested(UUID tradeId) {
    return cancels.contains(tradeId);
  }

  private Exposure exposure(OrderIntent intent, Instant wallNow) {
    long position = 0;
    long buys = 0;
    long sells = 0;
    long replaced = 0;
    int open = 0;
    int unknown = 0;
    int lastMinute = 0;
    int equal = 0;
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
      if (!other.terms().symbol().equals(intent.terms().symbol())) {
        continue;
      }
      position += other.terms().side().isBuy() ? other.filled() : -other.filled();
      if (!other.id().equals(intent.id()) && other.state() != OrderState.NEW) {
        buys += other.terms().side().isBuy() ? other.leaves() : 0;
        sells += other.terms().side().isBuy() ? 0 : other.leaves();
        boolean old = other.id().equals(intent.replaces());
        replaced += old ? other.leaves() : 0;
        open += other.state().isOpen() && !old ? 1 : 0;
        unknown +=
            other.state() == OrderState.UNKNOWN || other.state() == OrderState.UNRESOLVED ? 1 : 0;
      }
    }
    return new Exposure(
        position,
        buys,
        sells,
        replaced,
        open,
        lastMinute,
        equal,
        unknown,
        0,
        disputed,
        BigDecimal.ZERO,
        dayPnl,
        BigDecimal.valueOf(1_000_000),
        Set.of(intent.terms().ticker().symbol()));
  }

  private Market market(Ticker ticker, Instant marketNow) {
    return new Market(
        Price.of(noBid.contains(ticker) ? "0" : "167.39"),
        Price.of("167.41"),
        quoteTime == null ? marketNow : quoteTime,
        marketNow,
        true,
        null,
        false);
  }

  @Override
  public void insert(OrderIntent intent, Instant wallNow, Instant marketNow) {
    if (intent.state() != OrderState.NEW && intent.origin() != Origin.EXTERNAL) {
      throw new IllegalStateException("An order begins as NEW");
    }
    if (intent.origin() == Origin.EXTERNAL && intent.replaces() == null) {
      trades.put(
          intent.tradeId(),
          new Trade(
              intent.tradeId(),
              Origin.EXTERNAL,
              intent.terms(),
              wallNow,
              TradeStatus.WORKING,
              0,
              null));
    }
    put(intent, "order.new");
  }

  @Override
  public void update(OrderIntent intent, String event, Map<String, Object> facts, Instant wallNow) {
    OrderIntent before = intent(intent.id());
    if (before.state() != intent.state() && !before.state().next().contains(intent.state())) {
      throw new IllegalStateException(before.state() + " cannot become " + intent.state());
    }
    if (intent.sends() > before.sends() && before.state() != OrderState.APPROVED) {
      throw new IllegalStateException("Only an approved order is sent");
    }
    factsOf.put(event, facts);
    put(intent, event);
  }

  /** What the newest event with this name rests on. */
  Map<String, Object> facts(String event) {
    return Optional.ofNullable(factsOf.get(event)).orElseThrow();
  }

  /** A person decides; the answer is in {@link #answers}. */
  void resolve(UUID intent, Resolution.Verdict verdict, String evidence, Instant now) {
    UUID id = UUID.nameUUIDFromBytes(("said" + asked.size()).getBytes(StandardCharsets.UTF_8));
    asked.add(new Resolution(id, intent, verdict, evidence, "Ann", now));
  }

  @Override
  public List<Resolution> resolutionsWanted() {
    return asked.stream().filter(each -> !answered.contains(each.id())).toList();
  }

  @Override
  public void answer(UUID resolutionId, boolean accepted, String text, Instant wallNow) {
    answered.add(resolutionId);
    answers.add((accepted ? "yes: " : "no: ") + text);
  }

  private void put(OrderIntent intent, String event) {
    Map<String, UUID> lanes = new HashMap<>();
    Map<String, UUID> orders = new HashMap<>();
    intents.put(intent.id(), intent);
    for (OrderIntent each : intents.values()) {
      if (each.state().isDoubtful() && lanes.put(each.lane(), each.id()) != null) {
        throw new IllegalStateException("Two orders of unknown fate in lane " + each.lane());
      }
      if (each.brokerOrderId() != null && orders.put(each.brokerOrderId(), each.id()) != null) {
        throw new IllegalStateException("Two owners of order " + each.brokerOrderId());
      }
    }
    Trade trade = trade(intent.tradeId());
    OrderIntent shown = ChangePlan.standing(attempts(intent.tradeId()));
    long filled =
        intents.values().stream()
            .filter(each -> each.tradeId().equals(trade.id()))
            .mapToLong(OrderIntent::filled)
            .sum();
    trades.put(
        trade.id(),
        new Trade(
            trade.id(),
            trade.origin(),
            !ChangePlan.changedTerms(attempts(trade.id()))
                ? trade.terms()
                : shown.terms().withQuantity(shown.terms().quantity() + filled - shown.filled()),
            trade.createdAt(),
            shown.state().tradeStatus(cancels.contains(trade.id())),
            filled,
            shown.detail()));
    events.add(event);
  }

  @Override
  public boolean fill(
      OrderIntent intent, Execution execution, Instant marketNow, boolean isHistory) {
    return executions.putIfAbsent(intent.brokerOrderId() + " " + execution.id(), execution) == null;
  }

  @Override
  public void reject(UUID tradeId, String reason) {
    Trade trade = trade(tradeId);
    trades.put(
        tradeId,
        new Trade(
            tradeId,
            trade.origin(),
            trade.terms(),
            trade.createdAt(),
            TradeStatus.REJECTED,
            0,
            reason));
  }

  @Override
  public void reduceOnly(String reason) {
    state = TradingState.REDUCE_ONLY;
  }
}
