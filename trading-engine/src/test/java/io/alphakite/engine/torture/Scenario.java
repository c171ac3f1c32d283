package io.alphakite.engine.torture;

import io.alphakite.engine.broker.OrderReport.Status;
import io.alphakite.engine.order.CrashPoint;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.Resolution;
import io.alphakite.engine.risk.Origin;
import io.alphakite.engine.torture.Faults.Mode;
import io.alphakite.engine.torture.SimBroker.Order;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.Bracket;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One history: what people ask for, what goes wrong meanwhile, and how it ended. */
final class Scenario {

  private static final Ticker SPY = Ticker.of("SPY");
  private static final Ticker IBM = Ticker.of("IBM");
  // The guide's 120 s after the faults stop, or the absence rule's own time.
  private static final int SETTLED_WITHIN_SECONDS = 120;

  /**
   * What is run.
   *
   * @param point where to stop the engine; null for crashes by chance alone
   */
  record Plan(long seed, @Nullable CrashPoint point, @Nullable Mode mode) {

    private static final List<CrashPoint> POINTS = List.of(CrashPoint.values());
    private static final List<Mode> MODES = List.of(Mode.values());

    /** What a seed stands for: each of the crash points in each of the modes in turn, and none. */
    static Plan of(long seed) {
      int turn = Math.floorMod(seed, Campaign.ROUND);
      return turn == Campaign.ROUND - 1
          ? new Plan(seed, null, null)
          : new Plan(seed, POINTS.get(turn / MODES.size()), MODES.get(turn % MODES.size()));
    }

    @Override
    public String toString() {
      return "seed " + seed + (point == null ? "" : " " + point + " " + mode);
    }
  }

  /**
   * How it ended.
   *
   * @param rule the guarantee that was broken; null when all held
   * @param aimed whether the engine was stopped where it was to be
   * @param settledAfter seconds after the faults stopped
   */
  record Outcome(
      Plan plan,
      @Nullable String rule,
      @Nullable String violation,
      long hash,
      boolean aimed,
      int posts,
      int accepted,
      int duplicates,
      int lost,
      int settledAfter,
      Set<Faults.Fault> faults,
      Set<CrashPoint> points,
      Set<String> transitions,
      List<String> trace) {}

  private final Plan plan;
  private final World world;
  private final Faults faults;
  private final SimDatabase database;
  private final SimBroker broker;
  private final Oracle oracle;
  private final Feed feed = new Feed();
  private final List<SimEngine> engines = new ArrayList<>();
  private final SimEngine.@Nullable Aim aim;
  private final List<UUID> asked = new ArrayList<>();
  private int settledAfter = -1;
  private boolean replaying;

  private Scenario(Plan plan, Set<Bug> bugs, boolean keepTrace) {
    this.plan = plan;
    long seed = plan.seed();
    // Near the end of a session some orders come too late.
    boolean late = new SplittableRandom(seed ^ 5).nextInt(8) == 0;
    Oracle[] watching = new Oracle[1];
    world =
        new World(
            seed,
            late ? Instant.parse("2013-10-08T19:59:20Z") : Instant.parse("2013-10-08T15:00:00Z"),
            keepTrace,
            () -> watching[0].check());
    oracle = new Oracle(world);
    watching[0] = oracle;
    faults = new Faults(world, new SplittableRandom(seed ^ 7), plan.point());
    database = new SimDatabase(world, faults, feed, bugs);
    broker = new SimBroker(world, faults, bugs);
    broker.watchedBy(oracle);
    oracle.watch(database, broker, feed);
    aim =
        plan.point() == null
            ? null
            : new SimEngine.Aim(
                plan.point(), Objects.requireNonNull(plan.mode()), world.random.nextInt(3));
    SimEngine.Lease lease = new SimEngine.Lease();
    boolean local = world.random.nextBoolean();
    int count = world.chance(0.25) ? 2 : 1;
    for (int i = 0; i < count; i++) {
      engines.add(
          new SimEngine(
              i == 0 ? "a" : "b",
              world,
              database,
              broker,
              faults,
              oracle,
              lease,
              local,
              aim,
              bugs));
    }
    broker.engines.addAll(engines);
  }

  /** Runs it. */
  static Outcome run(Plan plan, Set<Bug> bugs, boolean keepTrace) {
    Scenario scenario = new Scenario(plan, bugs, keepTrace);
    scenario.live();
    return scenario.outcome();
  }

  static Outcome run(Plan plan) {
    return run(plan, EnumSet.noneOf(Bug.class), false);
  }

  private void live() {
    broker.hold("SPY", 40);
    if (world.chance(0.5)) {
      Order over = broker.accept(limit(SPY, Side.BUY, 5, "98.00"), null);
      world.in(Duration.ofMillis(1), null, () -> broker.end(over, Status.CANCELED));
    }
    engines.forEach(engine -> engine.start(Duration.ofMillis(100)));
    int seconds = 35 + world.random.nextInt(40);
    plan(seconds);
    world.run(Duration.ofSeconds(seconds));
    quiet();
    int limit = SETTLED_WITHIN_SECONDS + (int) oracle.hidden().toSeconds();
    for (int second = 0; second < limit && !world.stopped(); second += 3) {
      world.run(Duration.ofSeconds(3));
      if (oracle.hidden().isZero()
          && engines.stream().anyMatch(SimEngine::trades)
          && oracle.unsettled().isEmpty()) {
        settledAfter = second + 3;
        break;
      }
    }
    if (!world.stopped() && settledAfter < 0) {
      oracle.violated("G2 settled", String.join("; ", oracle.unsettled()));
    }
    if (!world.stopped()) {
      replay();
    }
  }

  /** Everything is read anew, by an engine that knows nothing: nothing may change by that. */
  private void replay() {
    replaying = true;
    world.run(Duration.ofSeconds(3));
    String before = database.contents();
    for (SimEngine engine : engines) {
      engine.restart(Duration.ofMillis(200));
    }
    world.run(Duration.ofSeconds(12));
    if (!world.stopped() && !before.equals(database.contents())) {
      oracle.violated("G6 replay", "was " + before + " and became " + database.contents());
    }
  }

  private void plan(int seconds) {
    int trades = 2 + world.random.nextInt(7);
    for (int i = 0; i < trades; i++) {
      later(seconds - 3, this::ask);
    }
    CrashPoint point = plan.point();
    sometimes(0.3, seconds, () -> feed.gap(world.wall(), world.between(3000, 25_000)));
    sometimes(0.15, seconds, () -> feed.gap(world.wall(), world.between(3000, 25_000)));
    sometimes(0.2, seconds, () -> broker.haltTrading(world.between(1000, 20_000)));
    sometimes(0.2, seconds, () -> broker.down(world.between(1000, 20_000)));
    sometimes(0.15, seconds, () -> database.down(world.between(500, 15_000)));
    sometimes(0.3, seconds, this::foreign);
    sometimes(0.3, seconds, this::twin);
    sometimes(point == CrashPoint.C21 ? 1 : 0.3, seconds, this::replaceOne);
    sometimes(point == CrashPoint.C21 ? 1 : 0.1, seconds, this::replaceOne);
    sometimes(point == CrashPoint.C21 ? 1 : 0.4, seconds, this::changeOne);
    sometimes(0.3, seconds, this::changeOne);
    sometimes(0.4, seconds, this::cancelExit);
    sometimes(0.3, 5, this::sellElsewhere);
    sometimes(point == CrashPoint.C22 ? 1 : 0.25, seconds, this::kill);
    sometimes(0.1, seconds, this::kill);
    sometimes(0.08, seconds, () -> burst(50));
    sometimes(0.1, seconds, this::disarm);
    sometimes(
        0.3,
        seconds,
        () -> engines.getFirst().freeze(world.between(1000, 30_000), world.chance(0.7)));
    sometimes(0.2, seconds, () -> any(engines).restart(world.between(200, 8000)));
    for (int i = 0; i < (point == CrashPoint.C20 ? 4 : 2); i++) {
      sometimes(0.6, seconds, this::cancelOne);
    }
    for (int i = 0; i < seconds / 4; i++) {
      later(seconds + 60, this::decideOne);
    }
  }

  private <T> T any(List<T> all) {
    return all.get(world.random.nextInt(all.size()));
  }

  private void sometimes(double probability, int seconds, Runnable work) {
    if (world.chance(probability)) {
      later(seconds, work);
    }
  }

  private void later(int seconds, Runnable work) {
    world.in(world.between(300, seconds * 1000L), null, work);
  }

  private void ask() {
    Ticker ticker = world.chance(0.7) ? SPY : IBM;
    int kind = world.random.nextInt(10);
    Side side =
        kind < 5 ? Side.BUY : kind < 8 ? Side.SELL : kind < 9 ? Side.SELL_SHORT : Side.BUY_TO_COVER;
    long quantity = world.chance(0.4) ? 10 : 1 + world.random.nextInt(20);
    OrderTerms terms =
        world.chance(0.5)
            ? OrderTerms.market(ticker, side, quantity)
            : limit(ticker, side, quantity, world.chance(0.5) ? "100.00" : "99.00");
    if (side.isOpening() && world.chance(0.35)) {
      terms = terms.with(bracket(side));
    }
    request(world.chance(0.3) ? Origin.STRATEGY : Origin.PERSON, terms);
  }

  private Bracket bracket(Side side) {
    Price up = Price.of("103.00");
    Price down = Price.of("97.00");
    Price profit = side.isBuy() ? up : down;
    Price loss = side.isBuy() ? down : up;
    int kind = world.random.nextInt(5);
    return new Bracket(kind == 0 ? null : profit, kind == 1 ? null : loss, null);
  }

  /** A strategy that has lost its head. */
  private void burst(int orders) {
    for (int i = 0; i < orders; i++) {
      request(Origin.STRATEGY, limit(SPY, Side.BUY, 1, "99.00"));
    }
  }

  private void request(Origin origin, OrderTerms terms) {
    UUID id = database.ask(origin, terms);
    asked.add(id);
    world.trace("asked " + id.toString().substring(0, 6) + " " + terms.side() + terms.quantity());
    engines.forEach(SimEngine::request);
  }

  private static OrderTerms limit(Ticker ticker, Side side, long quantity, String price) {
    return OrderTerms.equity(
        ticker, side, quantity, OrderType.LIMIT, Price.of(price), null, TimeInForce.DAY);
  }

  private void cancelOne() {
    if (!asked.isEmpty()) {
      database.cancel(any(asked));
      engines.forEach(SimEngine::request);
    }
  }

  private void foreign() {
    broker.accept(limit(SPY, Side.BUY, 3, "99.50"), null);
  }

  /** The owner places elsewhere what was asked for here. */
  private void twin() {
    if (!asked.isEmpty()) {
      MemoryBooks.TradeRow row = Objects.requireNonNull(database.trades.get(any(asked)));
      broker.accept(row.terms(), null);
    }
  }

  private void replaceOne() {
    List<Order> open =
        broker.orders.values().stream()
            .filter(order -> order.ours() && order.status == Status.OPEN)
            .filter(order -> order.terms.bracket() == null)
            .toList();
    if (!open.isEmpty()) {
      broker.replace(any(open));
    } else if (plan.point() == CrashPoint.C21 && !faults.quiet()) {
      world.in(Duration.ofSeconds(2), null, this::replaceOne);
    }
  }

  /** A person buys with exits, and the owner sells some of it on the broker's own page. */
  private void sellElsewhere() {
    long quantity = 2L + world.random.nextInt(19);
    request(Origin.PERSON, OrderTerms.market(IBM, Side.BUY, quantity).with(bracket(Side.BUY)));
    world.in(world.between(5000, 10_000), null, () -> sellWhatIsHeld(IBM));
  }

  private void sellWhatIsHeld(Ticker ticker) {
    long held = broker.holdings().getOrDefault(ticker.symbol(), 0L);
    if (held > 1 && !faults.quiet()) {
      long quantity = 1 + world.random.nextLong(held - 1);
      broker.accept(OrderTerms.market(ticker, Side.SELL, quantity), null);
    }
  }

  /** The owner takes an exit out on the broker's own page, or a person does so here. */
  private void cancelExit() {
    List<Order> exits =
        broker.orders.values().stream()
            .filter(order -> order.parent != null && order.isOpen())
            .toList();
    if (exits.isEmpty()) {
      return;
    }
    Order exit = any(exits);
    UUID trade =
        database.intents.values().stream()
            .filter(intent -> exit.id.equals(intent.brokerOrderId()))
            .map(OrderIntent::tradeId)
            .findFirst()
            .orElse(null);
    if (trade == null || world.chance(0.5)) {
      broker.end(exit, Status.CANCELED);
    } else {
      database.cancel(trade);
      engines.forEach(SimEngine::request);
    }
  }

  /** A person asks for another price or quantity of an order that works. */
  private void changeOne() {
    List<UUID> works =
        broker.orders.values().stream()
            .filter(order -> order.intent != null && order.status == Status.OPEN)
            .map(order -> database.intents.get(order.intent))
            .filter(Objects::nonNull)
            .filter(intent -> intent.terms().limitPrice() != null)
            .map(OrderIntent::tradeId)
            .toList();
    if (!works.isEmpty()) {
      Price price = world.chance(0.7) ? Price.of(world.chance(0.5) ? "99.25" : "100.25") : null;
      Long quantity = price == null || world.chance(0.3) ? 1L + world.random.nextInt(20) : null;
      database.change(any(works), price, quantity);
      world.trace("change asked");
      engines.forEach(SimEngine::request);
    } else if (plan.point() == CrashPoint.C21 && !faults.quiet()) {
      world.in(Duration.ofSeconds(2), null, this::changeOne);
    }
  }

  private void disarm() {
    database.arm(false);
    oracle.disarmedSince = world.nanos();
  }

  private void kill() {
    if (faults.quiet()) {
      return;
    }
    database.kill(world.chance(0.5));
    if (oracle.haltedSince < 0) {
      oracle.haltedSince = world.nanos();
    }
    world.trace("kill");
    engines.forEach(SimEngine::request);
    if (world.chance(0.5)) {
      world.in(
          world.between(3000, 30_000),
          null,
          () -> {
            database.resume();
            oracle.haltedSince = -1;
            world.trace("resumed");
          });
    }
  }

  /** A person looks at what waits, and says what became of it; now and then too early. */
  private void decideOne() {
    if (replaying) {
      return;
    }
    for (OrderIntent intent : List.copyOf(database.intents.values())) {
      boolean absent = String.valueOf(intent.detail()).startsWith("absence shown");
      double probability =
          switch (intent.state()) {
            case UNRESOLVED -> absent ? 0.6 : 0.3;
            case UNKNOWN -> 0.05;
            default -> 0;
          };
      if (probability > 0 && world.chance(probability)) {
        oracle.decidedByPerson.add(intent.id());
        database.resolve(intent.id(), verdict(intent));
        engines.forEach(SimEngine::request);
      }
    }
  }

  /** What the broker's own page shows by now: the order, or none. */
  private Resolution.Verdict verdict(OrderIntent intent) {
    return broker.orders.values().stream()
        .filter(order -> intent.id().equals(order.intent) && order.visibleAt <= world.nanos())
        .findFirst()
        .<Resolution.Verdict>map(order -> new Resolution.Verdict.Placed(order.id))
        .orElseGet(() -> new Resolution.Verdict.NotPlaced(world.chance(0.3)));
  }

  /** Faults stop, people want everything ended. */
  private void quiet() {
    faults.stop();
    world.trace("quiet");
    world.in(Duration.ZERO, null, this::endAll);
  }

  private void endAll() {
    database.cancelOpen();
    for (Order order : List.copyOf(broker.orders.values())) {
      // The engine cancels nothing that it shows as placed elsewhere, whoever really placed it.
      boolean ours = order.ours() && !database.shownAsPlacedElsewhere(order.id);
      if (world.chance(ours ? 0.2 : 0.7)) {
        broker.end(order, ours ? Status.EXPIRED : Status.CANCELED);
      }
    }
    if (!world.stopped()) {
      world.in(Duration.ofSeconds(10), null, this::endAll);
    }
  }

  private Outcome outcome() {
    return new Outcome(
        plan,
        oracle.rule(),
        oracle.violation(),
        world.hash(),
        aim != null && aim.hit,
        oracle.posts.values().stream().mapToInt(Integer::intValue).sum(),
        broker.orders.size(),
        oracle.duplicates(),
        oracle.violation() == null ? 0 : oracle.lost(),
        settledAfter,
        faults.seen,
        faults.reached,
        database.transitions(),
        world.lines());
  }
}
