package io.alphakite.engine.torture;

import io.alphakite.engine.broker.OrderReport.Status;
import io.alphakite.engine.order.BracketWatch;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import io.alphakite.engine.risk.Origin;
import io.alphakite.engine.torture.SimBroker.Order;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.order.ExitRole;
import io.alphakite.model.order.OrderType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Knows what really happened, and says where what is written down breaks a guarantee. It shares no
 * rule with the engine: the moves are those of the guide's table, written down once more.
 */
final class Oracle {

  private static final Map<String, Set<String>> MOVES =
      moves(
          "NEW:APPROVED,DENIED,EXPIRED_UNSENT APPROVED:SENDING,EXPIRED_UNSENT"
              + " SENDING:ACKED,REFUSED,NOT_SENT,UNKNOWN UNKNOWN:ACKED,UNRESOLVED,REFUSED"
              + " UNRESOLVED:ACKED,NOT_PLACED"
              + " ACKED:WORKING,PARTIAL,FILLED,CANCELED,REJECTED,EXPIRED,UNKNOWN"
              + " WORKING:PARTIAL,FILLED,CANCELED,REJECTED,EXPIRED"
              + " PARTIAL:WORKING,FILLED,CANCELED,REJECTED,EXPIRED"
              + " NOT_PLACED:ACKED NOT_SENT:ACKED REFUSED:ACKED");
  private static final Duration LOOKED_AGAIN = Duration.ofSeconds(20);
  private static final Duration SLACK = Duration.ofMillis(500);
  private static final Duration OVERSOLD = Duration.ofSeconds(30);
  private static final int LOOKS = 8;

  private final World world;
  private final MarketCalendar calendar = MarketCalendar.nyse();
  final Map<UUID, Integer> posts = new LinkedHashMap<>();
  final Set<UUID> decidedByPerson = new HashSet<>();
  private final Map<UUID, OrderState> journaled = new HashMap<>();
  private int journalRead;
  private @Nullable SimDatabase database;
  private @Nullable SimBroker broker;
  private @Nullable Feed feed;
  // Since when trading is halted for everybody who knows it.
  long haltedSince = -1;
  long disarmedSince = -1;
  private @Nullable String violation;
  private @Nullable String rule;
  private long seenDatabase = -1;
  private long seenBroker = -1;
  private int seenLooks;
  private final Map<String, Since> oversold = new HashMap<>();

  /** When one engine's run could first see something, and how often any had looked by then. */
  private record Since(long nanos, int looks, long epoch) {}

  Oracle(World world) {
    this.world = world;
  }

  void watch(SimDatabase books, SimBroker truth, Feed quotes) {
    database = books;
    broker = truth;
    feed = quotes;
  }

  private static Map<String, Set<String>> moves(String text) {
    Map<String, Set<String>> moves = new HashMap<>();
    for (String line : text.split(" ", -1)) {
      String[] parts = line.split(":", -1);
      moves.put(parts[0], Set.of(parts[1].split(",")));
    }
    return moves;
  }

  @Nullable String violation() {
    return violation;
  }

  /** Which guarantee, by its name; null when all held. */
  @Nullable String rule() {
    return rule;
  }

  void violated(String which, String how) {
    if (violation == null) {
      rule = which;
      violation = which + ": " + how;
      world.trace("VIOLATION " + violation);
      world.stop();
    }
  }

  private SimDatabase database() {
    return Objects.requireNonNull(database);
  }

  private SimBroker broker() {
    return Objects.requireNonNull(broker);
  }

  /** The first byte of an order leaves now. */
  void posted(UUID id) {
    int times = posts.merge(id, 1, Integer::sum);
    if (times > 1) {
      violated("G1 one POST", "intent " + id + " was posted " + times + " times");
    }
    OrderIntent intent = Objects.requireNonNull(database().intents.get(id));
    Instant now = world.wall();
    Instant claimed = intent.claimedAt();
    if (claimed == null) {
      violated("G1 one POST", "posted without a claim");
      return;
    }
    if (Duration.between(claimed, now).compareTo(Duration.ofSeconds(2).plus(SLACK)) > 0) {
      violated("G8 gate", "posted " + Duration.between(claimed, now) + " after the claim");
    }
    if (intent.origin() == Origin.FLATTEN) {
      return;
    }
    if (haltedSince >= 0 && world.nanos() - haltedSince > 1_000_000_000L) {
      violated("G8 halted", "posted while halted");
    }
    if (!intent.reducing()
        && disarmedSince >= 0
        && world.nanos() - disarmedSince > 1_000_000_000L) {
      violated("G8 armed", "posted while not armed");
    }
    Duration age = Duration.between(Objects.requireNonNull(feed).newest(now), now);
    boolean regular = calendar.isOpen(now, TradingHours.REGULAR);
    if (regular && !intent.reducing() && age.compareTo(Duration.ofSeconds(5).plus(SLACK)) > 0) {
      violated("G8 stale quote", "posted on a quote of " + age + " ago");
    }
    if (intent.origin() == Origin.STRATEGY
        && !calendar.isOpen(now.minus(SLACK), TradingHours.REGULAR)
        && !calendar.isOpen(now.minusSeconds(3), TradingHours.REGULAR)) {
      violated("G8 hours", "the strategy's order was posted outside regular hours");
    }
    late(intent, now);
  }

  private void late(OrderIntent intent, Instant now) {
    Instant asked =
        intent.isChange()
            ? intent.createdAt()
            : Objects.requireNonNull(database().trades.get(intent.tradeId())).createdAt();
    Instant latest =
        intent.isChange() || intent.terms().type() == OrderType.MARKET
            ? asked.plusSeconds(30)
            : calendar
                .session(asked)
                .filter(session -> asked.isBefore(session.close()))
                .map(session -> session.close())
                .orElse(Instant.MAX.minusSeconds(10));
    if (now.isAfter(latest.plusSeconds(2).plus(SLACK))) {
      violated("G8 deadline", "posted after its deadline " + latest);
    }
  }

  /** After every step. */
  void check() {
    if (database == null || broker == null) {
      return;
    }
    if (database.looks != seenLooks) {
      seenLooks = database.looks;
      oversold();
    }
    if (database.version == seenDatabase && broker.version == seenBroker) {
      return;
    }
    seenDatabase = database.version;
    seenBroker = broker.version;
    journal();
    Map<String, UUID> lanes = new HashMap<>();
    Map<String, UUID> owners = new HashMap<>();
    for (OrderIntent intent : database.intents.values()) {
      if (intent.state().isDoubtful() && lanes.put(intent.lane(), intent.id()) != null) {
        violated("lane", "two orders of unknown fate in " + intent.lane());
      }
      String order = intent.brokerOrderId();
      if (order != null && owners.put(order, intent.id()) != null) {
        violated("G2 one owner", "order " + order + " has two owners");
      }
      if (posts.getOrDefault(intent.id(), 0) > intent.sends()) {
        violated("G1 one POST", "posted and not claimed: " + SimDatabase.tag(intent));
      }
      outcome(intent);
    }
    if (database.staleWrites > 0) {
      violated("fencing", "an engine whose epoch is over wrote");
    }
    exits();
    exposure();
    positions();
  }

  /** Each exit is the one that hangs on its own entry's order, and nobody else's. */
  private void exits() {
    for (OrderIntent intent : database().intents.values()) {
      Order order = broker().orders.get(String.valueOf(intent.brokerOrderId()));
      Order entry = order == null ? null : order.parent;
      MemoryBooks.ExitRow row = database().exits.get(intent.tradeId());
      if (row != null && intent.attempt() == 1) {
        boolean place =
            entry != null
                && order != null
                && order.terms.type().hasStop() == (row.role() == ExitRole.STOP_LOSS)
                && row.entry().equals(owner(entry));
        if (!place) {
          violated("G2 exit by its place", SimDatabase.tag(intent));
        }
      } else if (entry != null
          && row == null
          && intent.replaces() == null
          && intent.verified()
          && ownTrade(entry)
          && !tookAPlace(entry)) {
        violated("G2 exit is ours", "taken for foreign: " + SimDatabase.tag(intent));
      }
    }
  }

  /**
   * What closing orders of ours can do at the broker is at most what is really held. Where it has
   * been more for a while that an engine could see, one of them says so, or all are being canceled.
   */
  private void oversold() {
    Map<String, Long> shown = new HashMap<>();
    Set<String> unclear = new HashSet<>();
    Map<String, Map<String, Long>> closing = new HashMap<>();
    Set<String> told = new HashSet<>();
    Set<String> stays = new HashSet<>();
    for (Order order : broker().orders.values()) {
      String symbol = order.terms.symbol();
      shown.merge(symbol, order.shownAt(), Math::max);
      OrderIntent intent = intentOf(order);
      if (order.weird || (intent == null && !database().isHistory(order.id))) {
        unclear.add(symbol);
      }
      if (intent == null || !order.isOpen() || order.terms.side().isOpening()) {
        continue;
      }
      String lane = intent.lane();
      // Also an exit that waits may say it for the others.
      if (String.valueOf(intent.detail()).startsWith(BracketWatch.OVERSELLS)) {
        told.add(lane);
      }
      MemoryBooks.TradeRow trade = Objects.requireNonNull(database().trades.get(intent.tradeId()));
      MemoryBooks.ExitRow exit = database().exits.get(intent.tradeId());
      Order entry = exit == null ? null : broker().orders.get(exit.order());
      if (order.waits || trade.origin() == Origin.EXTERNAL || (entry != null && entry.isOpen())) {
        continue;
      }
      String group = exit == null ? intent.tradeId().toString() : exit.order();
      closing.computeIfAbsent(lane, _ -> new HashMap<>()).merge(group, order.leaves(), Math::max);
      if (!trade.cancel()) {
        stays.add(lane);
      }
    }
    Map<String, Long> held = broker().holdings();
    Set<String> still = new HashSet<>();
    closing.forEach(
        (lane, groups) -> {
          String symbol = lane.substring(0, lane.lastIndexOf(' '));
          long position = held.getOrDefault(symbol, 0L);
          long has = Math.max(0, lane.endsWith(" buy") ? -position : position);
          long units = groups.values().stream().mapToLong(n -> n).sum();
          boolean seen =
              !unclear.contains(symbol) && world.nanos() >= shown.getOrDefault(symbol, 0L);
          if (units <= has || !seen || told.contains(lane) || !stays.contains(lane)) {
            return;
          }
          still.add(lane);
          Since since = oversold.get(lane);
          if (since == null || since.epoch() != database().epoch) {
            oversold.put(lane, new Since(world.nanos(), database().looks, database().epoch));
          } else if (world.nanos() - since.nanos() >= OVERSOLD.toNanos()
              && database().looks - since.looks() >= LOOKS) {
            violated(
                "G4 oversold",
                lane + ": " + units + " may close where " + has + " are held, unsaid");
          }
        });
    oversold.keySet().retainAll(still);
  }

  private @Nullable OrderIntent intentOf(Order order) {
    return database().intents.values().stream()
        .filter(intent -> order.id.equals(intent.brokerOrderId()))
        .findFirst()
        .orElse(null);
  }

  /**
   * Whether it stands for an order that was replaced elsewhere: what hangs on it is the owner's.
   */
  private boolean tookAPlace(Order entry) {
    OrderIntent intent = intentOf(entry);
    return intent != null && intent.replaces() != null;
  }

  private @Nullable UUID owner(Order order) {
    return database().intents.values().stream()
        .filter(intent -> order.id.equals(intent.brokerOrderId()))
        .map(OrderIntent::tradeId)
        .findFirst()
        .orElse(null);
  }

  private boolean ownTrade(Order order) {
    UUID trade = owner(order);
    return trade != null
        && Objects.requireNonNull(database().trades.get(trade)).origin() != Origin.EXTERNAL;
  }

  /** Entries whose exits are not what was asked for, where that is not said, or is said wrongly. */
  private List<String> unprotected() {
    List<String> open = new ArrayList<>();
    Map<UUID, Boolean> held = new LinkedHashMap<>();
    for (Order entry : broker().orders.values()) {
      UUID trade = entry.terms.bracket() != null ? owner(entry) : null;
      if (trade == null || !ownTrade(entry) || tookAPlace(entry) || database().said(trade).over()) {
        continue;
      }
      long closed = entry.children.stream().mapToLong(child -> child.filled).sum();
      long position = database().position(entry.terms.symbol());
      long rest =
          Math.min(entry.filled - closed, entry.terms.side().isBuy() ? position : -position);
      long standing = entry.children.stream().filter(Order::isOpen).count();
      boolean lacks = rest > 0 && standing < entry.terms.exits().size() && !covered(entry);
      if (lacks && database().said(trade).unprotected() == null) {
        open.add("unprotected, and nobody says so: " + trade + " " + rest);
      }
      held.merge(trade, rest > 0, Boolean::logicalOr);
    }
    held.forEach(
        (trade, any) -> {
          if (!any && database().said(trade).unprotected() != null) {
            open.add("said to be unprotected, and nothing is held: " + trade);
          }
        });
    return open;
  }

  /** Whether anything else may close what the entry opened. */
  private boolean covered(Order entry) {
    return broker().orders.values().stream()
        .anyMatch(
            order ->
                order.isOpen()
                    && order.parent != entry
                    && order.terms.symbol().equals(entry.terms.symbol())
                    && order.terms.side().isBuy() != entry.terms.side().isBuy());
  }

  private void journal() {
    List<MemoryBooks.Event> journal = database().journal;
    for (; journalRead < journal.size(); journalRead++) {
      MemoryBooks.Event event = journal.get(journalRead);
      OrderState before = journaled.put(event.intent(), event.state());
      if (before != null
          && before != event.state()
          && !MOVES.getOrDefault(before.name(), Set.of()).contains(event.state().name())) {
        violated("legal moves", before + " became " + event.state());
      }
      if (event.state() == OrderState.DENIED) {
        denied(Objects.requireNonNull(database().intents.get(event.intent())));
      }
      if (event.state() == OrderState.UNRESOLVED && before == OrderState.UNKNOWN) {
        absence(Objects.requireNonNull(database().intents.get(event.intent())));
      }
    }
  }

  /** A closing order of a kill is denied only where something else may close the same. */
  private void denied(OrderIntent intent) {
    if (intent.origin() != Origin.FLATTEN) {
      return;
    }
    long known =
        database().intents.values().stream()
            .filter(other -> other.state().isOpen() && other.lane().equals(intent.lane()))
            .mapToLong(OrderIntent::leaves)
            .sum();
    long truly =
        broker().orders.values().stream()
            .filter(order -> order.terms.symbol().equals(intent.terms().symbol()))
            .filter(order -> order.terms.side().isBuy() == intent.terms().side().isBuy())
            .mapToLong(Order::leaves)
            .sum();
    long position = database().position(intent.terms().symbol());
    long held = intent.terms().side().isBuy() ? -position : position;
    if (held - known - truly >= intent.terms().quantity()) {
      violated("R18 flatten", "denied: " + SimDatabase.tag(intent) + " " + intent.detail());
    }
  }

  /** What is called absence has to have been seen. */
  private void absence(OrderIntent intent) {
    String why = intent.detail();
    Instant claimed = Objects.requireNonNull(intent.claimedAt());
    if (why == null || !why.startsWith("absence shown")) {
      return;
    }
    long claimedNanos = world.nanos() - Duration.between(claimed, world.wall()).toNanos();
    int listings = 0;
    long last = Long.MIN_VALUE / 2;
    for (long taken : broker().completeListings) {
      if (taken > claimedNanos + 12_000_000_000L && taken - last >= 9_000_000_000L) {
        listings++;
        last = taken;
      }
    }
    if (world.nanos() - claimedNanos < 90_000_000_000L || listings < 4) {
      violated("G3 absence", "said after " + listings + " listings: " + SimDatabase.tag(intent));
    }
  }

  /** No outcome is guessed. */
  private void outcome(OrderIntent intent) {
    switch (intent.state()) {
      case DENIED, EXPIRED_UNSENT, NOT_SENT, REFUSED -> neverAccepted(intent);
      case NOT_PLACED -> {
        if (!decidedByPerson.contains(intent.id())) {
          violated("G3 no guess", "not placed, and nobody said so");
        }
      }
      case FILLED, CANCELED, REJECTED, EXPIRED -> {
        Order order = broker().orders.get(String.valueOf(intent.brokerOrderId()));
        if (order == null || order.isOpen()) {
          violated("G3 no guess", "over here, open there: " + SimDatabase.tag(intent));
        } else if (intent.state() == OrderState.FILLED && order.filled < order.terms.quantity()) {
          violated("G3 no guess", "filled here, not there: " + SimDatabase.tag(intent));
        }
      }
      default -> {}
    }
  }

  private void neverAccepted(OrderIntent intent) {
    for (Order order : broker().orders.values()) {
      boolean turnedDown =
          intent.isChange() && order.status == Status.REJECTED && order.filled == 0;
      if (intent.id().equals(order.intent) && !turnedDown) {
        violated("G3 no guess", "accepted as #" + order.id + ": " + SimDatabase.tag(intent));
      }
    }
  }

  /** What is counted is never below what our own requests can still become. */
  private void exposure() {
    Map<String, Long> counted = new HashMap<>();
    for (OrderIntent intent : database().intents.values()) {
      if (database().exits.containsKey(intent.tradeId())) {
        // An exit closes what its entry opened; that it is open as long as at the broker is
        // outcome.
        continue;
      }
      long worst = intent.state().isOpen() ? intent.terms().quantity() : intent.filled();
      counted.merge(intent.lane(), worst, Long::sum);
    }
    Map<String, Long> truth = new HashMap<>();
    Map<String, Long> leaves = new HashMap<>();
    Set<String> unclear = new HashSet<>();
    for (UUID decided : decidedByPerson) {
      // What a person says counts until the broker shows otherwise.
      unclear.add(Objects.requireNonNull(database().intents.get(decided)).lane());
    }
    for (Order order : broker().orders.values()) {
      String lane = order.terms.symbol() + (order.terms.side().isBuy() ? " buy" : " sell");
      if (order.parent != null) {
        continue;
      }
      if (order.intent == null) {
        if (twin(order)) {
          // An equal order of the owner's may stand for ours until both are listed.
          unclear.add(lane);
        }
        continue;
      }
      leaves.merge(lane, order.leaves(), Long::sum);
      truth.merge(lane, order.isOpen() ? order.terms.quantity() : order.filled, Long::sum);
    }
    leaves.forEach(
        (lane, open) -> {
          if (!unclear.contains(lane) && database().leaves(lane) < open) {
            violated(
                "G4 exposure",
                lane + ": the checks count " + database().leaves(lane) + " open, truly " + open);
          }
        });
    truth.forEach(
        (lane, worst) -> {
          if (!unclear.contains(lane) && counted.getOrDefault(lane, 0L) < worst) {
            violated("G4 exposure", lane + ": counted " + counted.get(lane) + ", truly " + worst);
          }
        });
  }

  private boolean twin(Order foreign) {
    for (Order order : broker().orders.values()) {
      if (order.intent != null && order.fingerprint.alone().equals(foreign.fingerprint.alone())) {
        return true;
      }
    }
    return false;
  }

  private void positions() {
    Map<String, Long> booked = new HashMap<>();
    database()
        .fills
        .forEach(
            (key, fill) ->
                booked.merge(
                    key.substring(0, key.indexOf(' ')), fill.execution().quantity(), Long::sum));
    booked.forEach(
        (id, quantity) -> {
          Order order = broker().orders.get(id);
          if (order == null || order.filled < quantity) {
            violated("G6 fills once", "booked " + quantity + " of order " + id);
          }
        });
    for (OrderIntent intent : database().intents.values()) {
      String order = intent.brokerOrderId();
      if (intent.filled() != (order == null ? 0 : booked.getOrDefault(order, 0L))
          && !unbound(intent)) {
        violated("G6 fills once", "fills do not add up: " + SimDatabase.tag(intent));
      }
    }
  }

  /** Its id was another's: what was filled under it went with it. */
  private static boolean unbound(OrderIntent intent) {
    return intent.brokerOrderId() == null;
  }

  // --- at the end ---------------------------------------------------------------------------

  /** What is not settled yet; empty when everything is. */
  List<String> unsettled() {
    List<String> open = new ArrayList<>();
    for (OrderIntent intent : database().intents.values()) {
      boolean over = !intent.state().isOpen() || intent.state() == OrderState.UNRESOLVED;
      if (!over) {
        open.add(SimDatabase.tag(intent));
      }
    }
    database()
        .trades
        .values()
        .forEach(
            row -> {
              boolean waiting =
                  database().intents.values().stream()
                      .noneMatch(intent -> intent.tradeId().equals(row.id()));
              if (waiting && row.status().isOpen()) {
                open.add("not taken in: " + row.id());
              }
            });
    Set<String> known = new HashSet<>();
    database()
        .intents
        .values()
        .forEach(intent -> known.add(String.valueOf(intent.brokerOrderId())));
    for (Order order : broker().orders.values()) {
      if (!known.contains(order.id) && !waitsForPerson(order) && !database().isHistory(order.id)) {
        open.add("nobody has order #" + order.id + " " + order.terms);
      }
    }
    Map<String, Long> ours = new HashMap<>();
    database().held().forEach(held -> ours.put(held.symbol(), held.quantity()));
    if (!ours.equals(broker().holdings()) && open.isEmpty() && !waitingFills()) {
      open.add("held " + ours + ", truly " + broker().holdings());
    }
    open.addAll(unprotected());
    if (database().killing()) {
      open.add("a kill is under way");
    }
    if (database().deciding()) {
      open.add("a person waits for an answer");
    }
    return open;
  }

  /** How long until the broker has shown everything for so long that nobody can have missed it. */
  Duration hidden() {
    long latest = world.nanos();
    for (Order order : broker().orders.values()) {
      latest = Math.max(latest, order.visibleAt + LOOKED_AGAIN.toNanos());
    }
    return Duration.ofNanos(latest - world.nanos());
  }

  /** One of several that fit: which it is, a person says. */
  private boolean waitsForPerson(Order order) {
    if (order.parent != null) {
      return waitsForPerson(order.parent);
    }
    return database().intents.values().stream()
        .anyMatch(
            intent ->
                intent.state() == OrderState.UNRESOLVED
                    && Fingerprints.equal(intent, order.fingerprint));
  }

  /** Positions that nobody can book before a person has said whose orders those are. */
  private boolean waitingFills() {
    return broker().orders.values().stream()
        .anyMatch(order -> order.filled > 0 && waitsForPerson(order));
  }

  /** Orders that nobody knows of. */
  int lost() {
    return (int) unsettled().stream().filter(what -> what.startsWith("nobody has")).count();
  }

  /** Intents that were posted more than once. */
  int duplicates() {
    return (int) posts.values().stream().filter(times -> times > 1).count();
  }
}
