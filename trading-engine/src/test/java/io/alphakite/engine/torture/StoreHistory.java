package io.alphakite.engine.torture;

import io.alphakite.engine.PostgresBooks;
import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.control.TradingState;
import io.alphakite.engine.order.Circumstances;
import io.alphakite.engine.order.Deadline;
import io.alphakite.engine.order.Ledger;
import io.alphakite.engine.order.NewTrade;
import io.alphakite.engine.order.OrderChange;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.order.Resolution;
import io.alphakite.engine.order.Search;
import io.alphakite.engine.position.Position;
import io.alphakite.engine.risk.Exposure;
import io.alphakite.engine.risk.Origin;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.Bracket;
import io.alphakite.model.order.ExitRole;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is done to two stores, as a seed decides: what an engine does, in an order in which no
 * engine would do it, and what people do meanwhile.
 */
final class StoreHistory {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<Map<String, Object>> FACTS = new TypeReference<>() {};
  private static final Set<OrderState> ALL = EnumSet.allOf(OrderState.class);
  private static final List<OrderState> STATES = List.of(OrderState.values());
  private static final Instant BEGIN = Instant.parse("2013-10-08T15:00:00Z");
  private static final Ticker SPY = Ticker.of("SPY");
  private static final Ticker IBM = Ticker.of("IBM");
  private static final OptionSymbol CALL = OptionSymbol.parse("SPY   131019C00167000");
  private static final int ORDERS = 14;

  /** One thing that is done to a store, and what it answers. */
  record Step(String name, Function<OrderStore, Object> work) {

    Object run(OrderStore store) {
      return work.apply(store);
    }
  }

  /** A question and one part of its answer. */
  record Seen(String question, Object answer) {}

  /** Work that ends its transaction. */
  static final class Planted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Planted(Object after) {
      super("after " + after);
    }
  }

  private final SplittableRandom random;
  private final PostgresBooks postgres;
  private final MemoryBooks books = new MemoryBooks();
  private OrderStore real;
  private OrderStore memory;
  private Instant now = BEGIN;
  private long ids;
  private long journalRead;
  private int journalSeen;

  StoreHistory(long seed, PostgresBooks postgres) {
    this.random = new SplittableRandom(seed);
    this.postgres = postgres;
    postgres.execute(
        """
        INSERT INTO tickers (ticker, streamed) VALUES ('SPY', true);
        INSERT INTO quotes (ticker, bid, ask, last, quote_time, received_at)
        VALUES ('SPY', 167.39, 167.41, 167.40, '2013-10-08T15:00:00Z', now());
        """);
    books.quote("SPY", Price.of("167.39"), Price.of("167.41"), BEGIN);
    real = postgres.open(1);
    memory = books.open(books.nextEpoch());
  }

  OrderStore real() {
    return real;
  }

  OrderStore memory() {
    return memory;
  }

  // --- what is done ---------------------------------------------------------------------------

  Step next() {
    now = now.plusMillis(random.nextInt(1, 4000));
    int kind = random.nextInt(100);
    if (kind < 26) {
      somebodyElse(kind);
    }
    if (kind < 88) {
      return transaction();
    }
    return kind < 91
        ? tooLate()
        : kind < 94 ? goesOnAfterARefusal() : kind < 97 ? rollsBack() : asksForNothing();
  }

  /** One to three writes that hold together. */
  private Step transaction() {
    List<Write> writes = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      writes.add(write());
    }
    return step(writes);
  }

  private record Write(String name, Function<Ledger, Object> work) {}

  private static Step step(List<Write> writes) {
    return new Step(
        writes.stream().map(Write::name).toList().toString(),
        store ->
            store.write(
                ledger -> writes.stream().map(write -> write.work().apply(ledger)).toList()));
  }

  private Step rollsBack() {
    Write write = write();
    return new Step(
        write.name() + ", rolled back",
        store ->
            store.write(
                ledger -> {
                  Object answer = write.work().apply(ledger);
                  allWritten(ledger);
                  throw new Planted(answer);
                }));
  }

  /** A write may wait until somebody reads. */
  private static void allWritten(Ledger ledger) {
    ledger.inStates(Set.of(OrderState.NEW));
  }

  private Step goesOnAfterARefusal() {
    Write legal = takeIn();
    OrderIntent unheard = first(id(), Origin.PERSON, terms()).to(OrderState.DENIED, "no");
    return new Step(
        "a refusal that is caught, " + legal.name(),
        store ->
            store.write(
                ledger -> {
                  try {
                    ledger.update(unheard, "order.denied", now);
                    allWritten(ledger);
                  } catch (RuntimeException e) {
                    // The transaction is over; whoever goes on is told so.
                  }
                  return legal.work().apply(ledger);
                }));
  }

  /** Another engine takes the account over, and this one does not know it yet. */
  private Step tooLate() {
    postgres.execute("UPDATE engine.accounts SET epoch = epoch + 1");
    OrderStore lateReal = real;
    OrderStore lateMemory = memory;
    long epoch = books.nextEpoch();
    real = postgres.open(epoch);
    memory = books.open(epoch);
    Write write = write();
    Step late = step(List.of(write));
    return new Step(
        write.name() + " of an epoch that is over",
        store -> late.run(store == real ? lateReal : lateMemory));
  }

  private Step asksForNothing() {
    UUID nothing = id();
    return new Step(
        "what there is not",
        switch (random.nextInt(4)) {
          case 0 -> store -> store.read(ledger -> ledger.intent(nothing));
          case 1 -> store -> store.read(ledger -> ledger.cancelRequested(nothing));
          case 2 -> written(ledger -> ledger.answer(nothing, true, "yes", now));
          default -> written(ledger -> ledger.refuseChange(nothing, "no"));
        });
  }

  private static Function<OrderStore, Object> written(Consumer<Ledger> work) {
    return store ->
        store.write(
            ledger -> {
              work.accept(ledger);
              return "written";
            });
  }

  private Write write() {
    if (random.nextInt(10) == 0) {
      return exitOrProtection();
    }
    int kind = random.nextInt(100);
    if (kind < 18) {
      return takeIn();
    }
    if (kind < 68) {
      return any(intents()).map(this::update).orElseGet(this::takeIn);
    }
    if (kind < 80) {
      return any(intents()).map(this::fill).orElseGet(this::takeIn);
    }
    return switch (kind) {
      case 80, 81, 82 -> insert("adopt", OrderIntent.adopted(id(), id(), terms(), order(), now));
      case 83, 84 -> any(intents()).map(this::another).orElseGet(this::takeIn);
      case 85, 86, 87, 88, 89 -> takeChange();
      case 90, 91, 92 -> answer();
      case 93 -> {
        int loss = random.nextInt(1000);
        yield wrote("reduce only", ledger -> ledger.reduceOnly("profit is gone, " + loss));
      }
      case 94 -> {
        Set<String> over = Set.of("h" + random.nextInt(3), "h" + random.nextInt(3, 6));
        yield wrote("taken over", ledger -> ledger.takenOver(over, now));
      }
      case 95, 96 ->
          any(books.trades())
              .map(
                  trade ->
                      wrote(
                          "reject " + trade.id(), ledger -> ledger.reject(trade.id(), "malformed")))
              .orElseGet(this::takeIn);
      default -> wrong();
    };
  }

  private Write takeIn() {
    int count = random.nextInt(1, 4);
    List<NewTrade> wanted = books.transact(() -> books.newTrades(count));
    List<OrderIntent> firsts =
        wanted.stream()
            .map(trade -> (NewTrade.Wanted) trade)
            .map(
                trade ->
                    OrderIntent.first(
                        id(), trade.id(), trade.origin(), trade.terms(), now, deadline()))
            .toList();
    return wrote(
        "take in " + firsts.size(),
        ledger -> firsts.forEach(intent -> ledger.insert(intent, now, now)));
  }

  private Write insert(String name, OrderIntent intent) {
    return wrote(name + " " + SimDatabase.tag(intent), ledger -> ledger.insert(intent, now, now));
  }

  /** The broker shows an exit of an entry, whose it may be already, or its entry is marked. */
  private Write exitOrProtection() {
    List<OrderIntent> entries =
        intents().stream()
            .filter(each -> each.terms().bracket() != null && each.brokerOrderId() != null)
            .toList();
    if (entries.isEmpty() || random.nextInt(4) == 0) {
      return any(books.trades()).map(this::protection).orElseGet(this::takeIn);
    }
    // The first again and again: an exit of a kind is there already then.
    OrderIntent entry =
        random.nextBoolean() ? entries.getFirst() : entries.get(random.nextInt(entries.size()));
    ExitRole role = random.nextBoolean() ? ExitRole.TAKE_PROFIT : ExitRole.STOP_LOSS;
    OrderTerms terms = entry.terms().exits().get(role);
    if (terms == null) {
      return protection(books.trade(entry.tradeId()));
    }
    OrderIntent exit = OrderIntent.exit(id(), id(), terms, order(), now);
    return wrote(
        role + " " + SimDatabase.tag(exit) + " of " + SimDatabase.tag(entry),
        ledger -> ledger.insertExit(exit, entry, role, now, now));
  }

  private Write protection(MemoryBooks.TradeRow trade) {
    String lacks = random.nextBoolean() ? null : "held: " + random.nextInt(3);
    boolean over = random.nextInt(4) == 0;
    return wrote(
        "protection of " + trade.id() + " " + lacks + " " + over,
        ledger -> {
          ledger.protection(trade.id(), lacks, over, now);
          if (over) {
            ledger.requestCancel(trade.id());
          }
        });
  }

  /** One more attempt of its trade. */
  private Write another(OrderIntent intent) {
    int attempt = books.attempts(intent.tradeId()).getLast().attempt() + 1;
    // What took an order's place elsewhere is not tried again.
    return random.nextBoolean() && intent.replaces() == null
        ? insert("again", intent.again(id(), now))
        : insert("replaced", intent.replacedBy(id(), attempt, changed(intent), order(), now));
  }

  private Write takeChange() {
    Optional<OrderChange> wanted = any(books.transact(() -> books.newChanges(3)));
    if (wanted.isEmpty()) {
      return takeIn();
    }
    OrderChange change = wanted.get();
    Optional<OrderIntent> old = any(books.attempts(change.tradeId()));
    if (old.isEmpty() || random.nextInt(4) == 0) {
      return wrote("refuse change", ledger -> ledger.refuseChange(change.id(), "unchanged: so"));
    }
    int attempt = books.attempts(change.tradeId()).getLast().attempt() + 1;
    OrderIntent taken = old.get().change(id(), attempt, changed(old.get()), now, deadline());
    return wrote(
        "take change " + SimDatabase.tag(taken),
        ledger -> ledger.takeChange(change.id(), taken, now, now));
  }

  private Write answer() {
    return any(books.resolutionsWanted())
        .map(
            waiting -> {
              boolean accepted = random.nextBoolean();
              return wrote(
                  "answer", ledger -> ledger.answer(waiting.id(), accepted, "as it is", now));
            })
        .orElseGet(this::takeIn);
  }

  /** What no engine does. */
  private Write wrong() {
    OrderIntent unheard = first(id(), Origin.PERSON, terms());
    OrderIntent known = any(intents()).orElse(unheard);
    return switch (random.nextInt(6)) {
      case 0 -> insert("no trade", unheard);
      case 1 -> insert("known", known);
      case 2 -> insert("begins in the middle", known.again(id(), now).approved(false, Set.of()));
      case 3 ->
          insert(
              "replaces nothing",
              first(known.tradeId(), Origin.PERSON, terms())
                  .replacedBy(id(), 9, terms(), order(), now));
      case 4 ->
          insert("known trade", OrderIntent.adopted(id(), known.tradeId(), terms(), order(), now));
      default ->
          wrote("not inserted", ledger -> ledger.update(unheard, "order.new", Map.of(), now));
    };
  }

  private Write fill(OrderIntent intent) {
    if (intent.brokerOrderId() == null) {
      return update(intent);
    }
    long quantity = random.nextLong(1, 6);
    Execution execution =
        new Execution(
            "e" + random.nextInt(12),
            quantity,
            new BigDecimal("167.4").add(BigDecimal.valueOf(random.nextInt(100), 4)),
            random.nextBoolean() ? BigDecimal.ZERO : new BigDecimal("0.35"),
            now);
    boolean history = random.nextInt(8) == 0;
    boolean counted = random.nextInt(8) != 0;
    return new Write(
        "fill " + quantity + " of " + SimDatabase.tag(intent),
        ledger -> {
          boolean booked = ledger.fill(intent, execution, now, history);
          OrderIntent current = ledger.intent(intent.id());
          long sum = Math.min(current.filled() + quantity, current.terms().quantity());
          if (booked && counted) {
            ledger.update(current.filledTo(sum), "order.filled", now);
          }
          return booked;
        });
  }

  private Write update(OrderIntent intent) {
    OrderIntent after = random.nextInt(5) == 0 ? twisted(intent) : moved(intent);
    Map<String, Object> facts =
        random.nextInt(3) == 0 ? Map.of("listed", random.nextInt(9), "complete", true) : Map.of();
    return wrote(
        SimDatabase.tag(intent) + " -> " + SimDatabase.tag(after),
        ledger -> ledger.update(after, "order." + after.state(), facts, now));
  }

  /** As an engine would move it. */
  private OrderIntent moved(OrderIntent intent) {
    Optional<OrderState> next = any(List.copyOf(new TreeSet<>(intent.state().next())));
    if (next.isEmpty() || random.nextInt(8) == 0) {
      return random.nextBoolean() ? intent.searching(search()) : intent.proven();
    }
    return switch (next.get()) {
      case APPROVED -> intent.approved(random.nextBoolean(), Set.copyOf(List.of(order(), order())));
      case SENDING -> intent.claimed(intent.reducing(), now);
      case ACKED -> intent.bound(order(), random.nextBoolean(), why());
      case UNKNOWN ->
          intent.state() == OrderState.ACKED
              ? intent.unbound(now, "another's")
              : intent.to(OrderState.UNKNOWN, "timeout").searching(search());
      case DENIED, REFUSED, NOT_SENT, NOT_PLACED, REJECTED ->
          intent.to(next.get(), "so it is said");
      default -> intent.to(next.get(), why());
    };
  }

  /** With one or another thing as it must not be, or may. */
  private OrderIntent twisted(OrderIntent intent) {
    OrderState state =
        random.nextInt(3) == 0 ? STATES.get(random.nextInt(STATES.size())) : intent.state();
    int sends = random.nextInt(6) == 0 ? random.nextInt(2) : intent.sends();
    boolean forgets = random.nextInt(3) == 0;
    OrderTerms terms =
        random.nextInt(5) == 0 ? intent.terms().withQuantity(quantity()) : intent.terms();
    long filled = Math.max(0, intent.filled() + random.nextInt(-1, 3));
    // A claim that comes too late and names an order breaks two rules at once: either may be told.
    boolean renamed = random.nextInt(4) == 0 && state != OrderState.SENDING;
    return new OrderIntent(
        intent.id(),
        intent.tradeId(),
        intent.attempt(),
        intent.origin(),
        terms,
        state,
        sends,
        random.nextBoolean(),
        intent.createdAt(),
        intent.deadline(),
        sends == 0 || forgets ? null : Optional.ofNullable(intent.claimedAt()).orElse(now),
        intent.baseline(),
        renamed ? (random.nextBoolean() ? order() : null) : intent.brokerOrderId(),
        random.nextBoolean(),
        Math.min(filled, terms.quantity()),
        search(),
        why(),
        intent.replaces());
  }

  private static Write wrote(String name, Consumer<Ledger> work) {
    return new Write(
        name,
        ledger -> {
          work.accept(ledger);
          return "written";
        });
  }

  // --- what people and other services do ------------------------------------------------------

  private void somebodyElse(int kind) {
    if (kind < 12) {
      ask();
    } else if (kind < 16) {
      any(books.trades()).ifPresent(this::cancel);
    } else if (kind < 21) {
      any(books.trades()).ifPresent(this::change);
    } else if (kind < 24) {
      any(intents()).ifPresent(this::resolve);
    } else if (kind < 25) {
      postgres.execute("UPDATE trading_controls SET state = 'active', state_reason = NULL");
      books.set(TradingState.ACTIVE, null);
    } else {
      String symbol = random.nextBoolean() ? "SPY" : "IBM";
      postgres.execute(
          "INSERT INTO engine.position_differences VALUES ('sim', '%s', 1, 2, '%s') ON CONFLICT DO NOTHING"
              .formatted(symbol, now));
      books.dispute(symbol, now);
    }
  }

  private void ask() {
    UUID id = id();
    OrderTerms terms = random.nextBoolean() ? withExits(terms()) : terms();
    boolean strategy = random.nextInt(3) == 0;
    // Some at the same time: their ids decide.
    Instant at = now.minusMillis(now.toEpochMilli() % 5000);
    books.ask(id, strategy ? Origin.STRATEGY : Origin.PERSON, terms, at);
    postgres.execute(
        """
        INSERT INTO trades (id, ticker, asset_type, option_symbol, side, quantity, order_type, limit_price,
            stop_price, time_in_force, source, created_at, take_profit, stop_loss, stop_loss_limit)
        VALUES ('%s', '%s', '%s', %s, '%s', %d, '%s', %s, %s, '%s', '%s', '%s', %s, %s, %s)
        """
            .formatted(
                id,
                terms.ticker().symbol(),
                terms.assetType().wire(),
                terms.option() == null ? "NULL" : "'" + terms.symbol() + "'",
                terms.side().wire(),
                terms.quantity(),
                terms.type().wire(),
                dollars(terms.limitPrice()),
                dollars(terms.stopPrice()),
                terms.timeInForce().wire(),
                strategy ? "auto" : "manual",
                at,
                dollars(terms.bracket() == null ? null : terms.bracket().takeProfit()),
                dollars(terms.bracket() == null ? null : terms.bracket().stopLoss()),
                dollars(terms.bracket() == null ? null : terms.bracket().stopLimit())));
  }

  private void cancel(MemoryBooks.TradeRow trade) {
    books.cancel(trade.id());
    postgres.execute(
        """
        UPDATE trades SET cancel_requested_at = now() WHERE id = '%s' AND cancel_requested_at IS NULL
          AND status NOT IN ('filled', 'canceled', 'rejected', 'expired')
        """
            .formatted(trade.id()));
  }

  private void change(MemoryBooks.TradeRow trade) {
    UUID id = id();
    books.change(new OrderChange(id, trade.id(), null, null, 7L, now));
    postgres.execute(
        """
        INSERT INTO trade_changes (id, trade_id, quantity, created_at) VALUES ('%s', '%s', 7, '%s')
        ON CONFLICT DO NOTHING
        """
            .formatted(id, trade.id(), now));
  }

  private void resolve(OrderIntent intent) {
    UUID id = id();
    boolean placed = random.nextBoolean();
    books.resolve(
        new Resolution(
            id,
            intent.id(),
            placed ? new Resolution.Verdict.Placed("7") : new Resolution.Verdict.NotPlaced(true),
            "looked it up",
            "Ann",
            now));
    postgres.execute(
        """
        INSERT INTO order_resolutions (id, intent_id, trade_id, outcome, broker_order_id, override, evidence,
            person, requested_at)
        VALUES ('%s', '%s', '%s', '%s', %s, %s, 'looked it up', 'Ann', '%s') ON CONFLICT DO NOTHING
        """
            .formatted(
                id,
                intent.id(),
                intent.tradeId(),
                placed ? "placed" : "not_placed",
                placed ? "'7'" : "NULL",
                !placed,
                now));
  }

  private static String dollars(@Nullable Price price) {
    return price == null ? "NULL" : price.toBigDecimal().toPlainString();
  }

  // --- chance ---------------------------------------------------------------------------------

  private UUID id() {
    // Some begin with a set bit: a signed comparison would sort them elsewhere.
    return new UUID(random.nextLong(), ++ids);
  }

  private <T> Optional<T> any(List<T> all) {
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
  }

  private List<OrderIntent> intents() {
    return List.copyOf(books.intents.values());
  }

  private String order() {
    return Integer.toString(random.nextInt(1, ORDERS));
  }

  private long quantity() {
    return random.nextLong(1, 30);
  }

  private @Nullable String why() {
    return random.nextInt(3) == 0 ? null : "because " + random.nextInt(5);
  }

  private OrderTerms terms() {
    long quantity = quantity();
    Price limit = Price.of(random.nextBoolean() ? "166.00" : "168.5");
    Price stop = Price.of("165.25");
    return switch (random.nextInt(6)) {
      case 0, 1 -> OrderTerms.market(SPY, random.nextBoolean() ? Side.BUY : Side.SELL, quantity);
      case 2 ->
          OrderTerms.equity(
              IBM, Side.BUY, quantity, OrderType.STOP_LIMIT, limit, stop, TimeInForce.GTC);
      case 3 ->
          new OrderTerms(
              SPY, CALL, Side.BUY_TO_OPEN, quantity, OrderType.LIMIT, limit, null, TimeInForce.DAY);
      case 4 ->
          OrderTerms.equity(
              SPY, Side.SELL_SHORT, quantity, OrderType.STOP, null, stop, TimeInForce.DAY);
      default ->
          OrderTerms.equity(SPY, Side.BUY, quantity, OrderType.LIMIT, limit, null, TimeInForce.DAY);
    };
  }

  private OrderTerms withExits(OrderTerms terms) {
    if (!terms.side().isOpening()) {
      return terms;
    }
    Price up = Price.of("180");
    Price down = Price.of("150.5");
    Price profit = terms.side().isBuy() ? up : down;
    Price loss = terms.side().isBuy() ? down : up;
    return switch (random.nextInt(3)) {
      case 0 -> terms.with(new Bracket(profit, null, null));
      case 1 -> terms.with(new Bracket(null, loss, loss));
      default -> terms.with(new Bracket(profit, loss, null));
    };
  }

  /** The same order at another price. */
  private OrderTerms changed(OrderIntent intent) {
    OrderTerms terms = intent.terms();
    return new OrderTerms(
        terms.ticker(),
        terms.option(),
        terms.side(),
        quantity(),
        terms.type(),
        terms.limitPrice() == null ? null : Price.of("166.75"),
        terms.stopPrice(),
        terms.timeInForce());
  }

  private OrderIntent first(UUID trade, Origin origin, OrderTerms terms) {
    return OrderIntent.first(id(), trade, origin, terms, now, deadline());
  }

  private Deadline deadline() {
    return random.nextBoolean()
        ? new Deadline(now.plusSeconds(30), null)
        : new Deadline(null, Instant.parse("2013-10-08T20:00:00Z"));
  }

  private Search search() {
    Search begun = Search.begin(now);
    return switch (random.nextInt(5)) {
      case 0 -> begun.looked(now, true);
      case 1 -> Search.throttled(now, now.plusSeconds(5));
      case 2 -> Search.replacement(now);
      case 3 -> begun.holding(now).ended();
      default -> Search.NONE;
    };
  }

  // --- what can be read -----------------------------------------------------------------------

  /** Every question of the ledger, about what there is by chance. */
  List<Seen> look(Ledger ledger) {
    List<String> orders = new ArrayList<>();
    for (int order = 0; order <= ORDERS; order++) {
      orders.add(Integer.toString(order));
    }
    // The same for both stores: the step was chosen before, and so is this.
    SplittableRandom chance = new SplittableRandom(ids);
    List<OrderIntent> all = ledger.inStates(ALL);
    Map<String, Object> seen =
        new TreeMap<>(
            Map.of(
                "intents", all,
                "waiting", ledger.inStates(Set.of(OrderState.NEW, OrderState.APPROVED)),
                "new trades", ledger.newTrades(1 + chance.nextInt(4)),
                "new changes", ledger.newChanges(2),
                "resolutions", ledger.resolutionsWanted(),
                "cancels", sorted(ledger.cancelsWanted()),
                "known", new TreeSet<>(ledger.known(orders)),
                "history", ledger.history("h1"),
                "owner", ledger.owner(orders.get(chance.nextInt(orders.size())))));
    seen.put("brackets", ledger.brackets());
    if (!all.isEmpty()) {
      OrderIntent one = all.get(chance.nextInt(all.size()));
      seen.put("intent", ledger.intent(one.id()));
      seen.put("attempts", ledger.attempts(one.tradeId()));
      seen.put("exits", ledger.exits(one));
      seen.put("quantity wanted", String.valueOf(ledger.quantityWanted(one.id())));
      seen.put("position", ledger.position(one.terms()));
      seen.put("cancel", ledger.cancelRequested(one.tradeId()));
      seen.put("circumstances", plain(ledger.circumstances(one, now, now)));
    }
    seen.put(
        "before it is written",
        plain(
            ledger.circumstances(
                OrderIntent.first(
                    new UUID(0, 1),
                    new UUID(0, 2),
                    Origin.STRATEGY,
                    OrderTerms.market(SPY, Side.BUY, 3),
                    now,
                    new Deadline(now, null)),
                now,
                now)));
    seen.put(
        "of a kill",
        plain(
            ledger.circumstances(
                OrderIntent.first(
                    new UUID(0, 1),
                    new UUID(0, 2),
                    Origin.FLATTEN,
                    OrderTerms.market(SPY, Side.SELL, 3),
                    now,
                    new Deadline(null, now)),
                now,
                now)));
    List<Seen> answers = new ArrayList<>();
    seen.forEach(
        (question, answer) -> {
          List<?> parts =
              answer instanceof Collection<?> many ? List.copyOf(many) : List.of(answer);
          parts.forEach(part -> answers.add(new Seen(question, part)));
        });
    return answers;
  }

  private static List<OrderIntent> sorted(List<OrderIntent> intents) {
    return intents.stream().sorted(Comparator.comparing(intent -> intent.id().toString())).toList();
  }

  /** Amounts without the zeros behind them. */
  private static String plain(Circumstances seen) {
    Exposure at = seen.exposure();
    Exposure plain =
        new Exposure(
            at.position(),
            at.openBuys(),
            at.openSells(),
            at.exits(),
            at.replaced(),
            at.openOrders(),
            at.ordersLastMinute(),
            at.equalByStrategy(),
            at.unknownInTicker(),
            at.unresolved(),
            at.disputed(),
            at.reserved().stripTrailingZeros(),
            strip(at.dayPnl()),
            strip(at.buyingPower()),
            Set.of());
    return new Circumstances(
            seen.withdrawn(), seen.laneBlocked(), plain, seen.market(), seen.controls())
        + " "
        + new TreeSet<>(at.streamedTickers());
  }

  private static @Nullable BigDecimal strip(@Nullable BigDecimal number) {
    return number == null
        ? null
        : number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
  }

  private static String text(@Nullable BigDecimal number) {
    BigDecimal plain = strip(number);
    return plain == null ? "-" : plain.toPlainString();
  }

  List<String> memoryState() {
    List<String> lines = new ArrayList<>();
    for (MemoryBooks.TradeRow row : books.trades()) {
      OrderTerms terms = row.terms();
      MemoryBooks.ExitRow exit = books.exits.get(row.id());
      lines.add(
          line(
              "trade",
              row.id(),
              terms.symbol(),
              terms.side().wire(),
              terms.quantity(),
              terms.type().wire(),
              text(dollarsOf(terms.limitPrice())),
              text(dollarsOf(terms.stopPrice())),
              terms.timeInForce().wire(),
              row.status().wire(),
              row.filled(),
              text(row.average()),
              row.reason(),
              row.brokerOrderId(),
              row.cancel(),
              row.ours(),
              books.said(row.id()).unprotected(),
              books.said(row.id()).over(),
              exit == null ? null : exit.entry(),
              exit == null ? null : exit.order(),
              exit == null ? null : exit.role().wire()));
    }
    books
        .changes
        .values()
        .forEach(
            row ->
                lines.add(
                    line("change", row.change().id(), row.status(), row.reason(), row.attempt())));
    books
        .resolutions
        .values()
        .forEach(
            row ->
                lines.add(line("decision", row.resolution().id(), row.accepted(), row.answer())));
    books.fills.forEach(
        (key, fill) ->
            lines.add(
                line(
                    "fill",
                    key,
                    fill.trade(),
                    fill.execution().quantity(),
                    text(fill.execution().price()),
                    text(fill.execution().fees()))));
    books.positions.forEach(
        (symbol, position) -> lines.add(line("position", symbol, position(position))));
    lines.sort(Comparator.naturalOrder());
    return lines;
  }

  private static String position(Position position) {
    return line(
        position.quantity(),
        text(position.costBasis()),
        text(position.averagePrice().orElse(null)));
  }

  private static @Nullable BigDecimal dollarsOf(@Nullable Price price) {
    return price == null ? null : price.toBigDecimal();
  }

  private static String line(@Nullable Object... values) {
    StringBuilder line = new StringBuilder();
    for (Object value : values) {
      line.append(value).append(' ');
    }
    return line.toString();
  }

  List<String> realState() {
    List<String> lines = new ArrayList<>();
    rows(
        lines,
        "SELECT * FROM trades",
        row ->
            line(
                "trade",
                row.getString("id"),
                row.getString(row.getString("option_symbol") == null ? "ticker" : "option_symbol"),
                row.getString("side"),
                row.getLong("quantity"),
                row.getString("order_type"),
                text(row.getBigDecimal("limit_price")),
                text(row.getBigDecimal("stop_price")),
                row.getString("time_in_force"),
                row.getString("status"),
                row.getLong("filled_quantity"),
                text(row.getBigDecimal("average_fill_price")),
                row.getString("reject_reason"),
                row.getString("broker_order_id"),
                row.getTimestamp("cancel_requested_at") != null,
                row.getString("account_id") != null,
                row.getString("unprotected"),
                row.getTimestamp("bracket_over_at") != null,
                row.getString("parent_id"),
                row.getString("parent_order_id"),
                row.getString("role")));
    rows(
        lines,
        "SELECT * FROM trade_changes",
        row ->
            line(
                "change",
                row.getString("id"),
                row.getString("status"),
                row.getString("reason"),
                row.getString("intent_id")));
    rows(
        lines,
        "SELECT * FROM order_resolutions",
        row ->
            line(
                "decision",
                row.getString("id"),
                row.getObject("accepted"),
                row.getString("answer")));
    rows(
        lines,
        "SELECT * FROM fills",
        row ->
            line(
                "fill",
                row.getString("broker_order_id") + " " + row.getString("execution_id"),
                row.getString("trade_id"),
                row.getLong("quantity"),
                text(row.getBigDecimal("price")),
                text(row.getBigDecimal("fees"))));
    rows(
        lines,
        "SELECT * FROM positions",
        row ->
            line(
                "position",
                row.getString(
                    row.getString("option_symbol").isEmpty() ? "ticker" : "option_symbol"),
                line(
                    row.getLong("quantity"),
                    text(row.getBigDecimal("cost_basis")),
                    text(row.getBigDecimal("average_price")))));
    lines.sort(Comparator.naturalOrder());
    return lines;
  }

  private interface Row {
    String read(ResultSet row) throws SQLException;
  }

  private void rows(List<String> lines, String sql, Row reader) {
    lines.addAll(postgres.jdbc().sql(sql).query((row, number) -> reader.read(row)).list());
  }

  /** What was written since this was last asked. */
  List<String> memoryJournal() {
    List<MemoryBooks.Event> added = books.journal.subList(journalSeen, books.journal.size());
    journalSeen = books.journal.size();
    return added.stream()
        .map(
            event ->
                line(
                    event.intent(),
                    event.event(),
                    event.state(),
                    event.filled(),
                    event.brokerOrderId(),
                    event.detail(),
                    event.facts().isEmpty() ? null : new TreeMap<>(event.facts())))
        .toList();
  }

  List<String> realJournal() {
    return postgres
        .jdbc()
        .sql("SELECT * FROM engine.order_events WHERE id > :read ORDER BY id")
        .param("read", journalRead)
        .query(
            (row, number) -> {
              journalRead = row.getLong("id");
              String facts = row.getString("facts");
              return line(
                  row.getString("intent_id"),
                  row.getString("event"),
                  row.getString("state"),
                  row.getLong("filled"),
                  row.getString("broker_order_id"),
                  row.getString("detail"),
                  facts == null ? null : new TreeMap<>(JSON.readValue(facts, FACTS)));
            })
        .list();
  }
}
