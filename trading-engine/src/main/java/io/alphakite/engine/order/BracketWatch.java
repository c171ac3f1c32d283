package io.alphakite.engine.order;

import io.alphakite.engine.risk.Origin;
import io.alphakite.model.order.ExitRole;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after every listing whether what entries with exits have opened still has them: an exit
 * that is not at the broker, is for less than is held, or is over without having closed the
 * position, leaves its entry marked as unprotected until other orders protect the position or it is
 * closed. Exits that are left when nothing of the instrument is held any more are canceled: they
 * would open a position.
 *
 * <p>Not thread-safe: one thread works.
 */
public final class BracketWatch {

  private static final Logger log = LoggerFactory.getLogger(BracketWatch.class);
  // One exit takes the other out before the rest of it is filled, and a listing may be in between.
  private static final Duration GRACE = Duration.ofSeconds(5);

  // Entries mostly fill whole at once or soon.
  private static final Duration WAITS = Duration.ofMinutes(1);

  // A fill may be told after one that came later.
  private static final Duration FLAT = Duration.ofSeconds(15);

  // An exit that fills takes the other out first, and idle ones are canceled.
  private static final Duration OVERSOLD = Duration.ofSeconds(20);

  /** What is said of an entry, after what is held of it, while its exits do not work yet. */
  public static final String EXITS_WAIT = " held: the exits wait until the entry has filled whole";

  /** What an order's detail begins with where it, or it and others, close more than is held. */
  public static final String OVERSELLS = "oversells: ";

  private final OrderStore store;
  private final EngineClock clock;
  private Map<Lack, Long> lackingSince = new HashMap<>();
  private Map<UUID, Long> idleSince = new HashMap<>();
  private Map<String, Long> oversoldSince = new HashMap<>();

  public BracketWatch(OrderStore store, EngineClock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * An entry's order without the exits that were asked for.
   *
   * @param waits they are there, and work when the entry has filled whole
   */
  private record Lack(UUID order, boolean waits) {}

  /** What is to be written of one trade. */
  private record Finding(WatchedBracket bracket, @Nullable String unprotected, boolean over) {
    boolean isNew() {
      return over || !Objects.equals(unprotected, bracket.unprotected());
    }

    /** Of two orders of one trade. */
    Finding and(Finding other) {
      String both =
          unprotected == null || other.unprotected == null
              ? (unprotected == null ? other.unprotected : unprotected)
              : unprotected + "; " + other.unprotected;
      return new Finding(bracket, both, over && other.over);
    }
  }

  /**
   * What one look found.
   *
   * @param idle exits that nothing is left for
   * @param oversells that last, by their lanes
   * @param told orders that have to stop saying that they oversell
   */
  private record Seen(
      List<Finding> findings,
      List<OrderIntent> idle,
      Map<String, Oversell> oversells,
      List<OrderIntent> told) {

    boolean isNew() {
      return findings.stream().anyMatch(Finding::isNew)
          || !told.isEmpty()
          || oversells.values().stream().anyMatch(Seen::isNew);
    }

    private static boolean isNew(Oversell oversell) {
      return !oversell.text().equals(oversell.teller().detail());
    }
  }

  /** Looks at all, marks those for which something has changed, and cancels what is left over. */
  public void work() {
    Seen seen = store.read(this::look);
    endIdle(seen.idle());
    if (seen.isNew()) {
      store.write(
          ledger -> {
            Seen now = look(ledger);
            now.findings().stream()
                .filter(Finding::isNew)
                .forEach(finding -> mark(ledger, finding));
            now.oversells().values().stream()
                .filter(Seen::isNew)
                .forEach(oversell -> tell(ledger, oversell));
            now.told().forEach(order -> untell(ledger, order));
            return now;
          });
    }
  }

  private void tell(Ledger ledger, Oversell oversell) {
    OrderIntent teller = oversell.teller();
    log.atError()
        .addKeyValue("event", "order.oversells")
        .addKeyValue("ticker", teller.terms().ticker())
        .addKeyValue("trade", teller.tradeId())
        .log("More may be closed than is held; {}", oversell.text());
    Map<String, Object> facts = Map.of("closing", oversell.closing(), "held", oversell.held());
    OrderIntent after = teller.to(teller.state(), oversell.text());
    ledger.update(after, "order.oversells", facts, clock.wall());
  }

  private void untell(Ledger ledger, OrderIntent order) {
    ledger.update(order.to(order.state(), null), "order.oversells_no_more", clock.wall());
  }

  private void endIdle(List<OrderIntent> idle) {
    Map<UUID, Long> since = new HashMap<>();
    idle.forEach(exit -> since.put(exit.id(), idleSince.getOrDefault(exit.id(), clock.nanos())));
    idleSince = since;
    List<OrderIntent> late =
        idle.stream()
            .filter(
                exit ->
                    clock.nanos() - since.getOrDefault(exit.id(), clock.nanos()) >= FLAT.toNanos())
            .toList();
    if (!late.isEmpty()) {
      store.write(
          ledger -> {
            late.forEach(exit -> end(ledger, exit.id()));
            return late;
          });
    }
  }

  private void end(Ledger ledger, UUID idle) {
    OrderIntent exit = ledger.intent(idle);
    boolean sure = !ledger.circumstances(exit, clock.wall(), clock.market()).exposure().disputed();
    if (sure && exit.state().isAtBroker() && !ledger.cancelRequested(exit.tradeId())) {
      ledger.requestCancel(exit.tradeId());
      log.atWarn()
          .addKeyValue("event", "order.exit_idle")
          .addKeyValue("ticker", exit.terms().ticker())
          .addKeyValue("trade", exit.tradeId())
          .log("An exit is canceled: nothing is held that it could close");
    }
  }

  private void mark(Ledger ledger, Finding finding) {
    WatchedBracket bracket = finding.bracket();
    String unprotected = finding.unprotected();
    ledger.protection(bracket.trade(), unprotected, finding.over(), clock.wall());
    String event =
        finding.over() ? "bracket_over" : unprotected == null ? "protected" : "unprotected";
    if (unprotected != null) {
      (unprotected.endsWith(EXITS_WAIT) ? log.atWarn() : log.atError())
          .addKeyValue("event", "order.unprotected")
          .addKeyValue("ticker", bracket.entry().terms().ticker())
          .addKeyValue("trade", bracket.trade())
          .log("A position is without the exits that were asked for: {}", unprotected);
    }
    Map<String, Object> facts =
        unprotected == null ? Map.of() : Map.of("unprotected", unprotected, "open", bracket.open());
    ledger.update(bracket.entry(), "order." + event, facts, clock.wall());
  }

  private Seen look(Ledger ledger) {
    List<WatchedBracket> brackets = ledger.brackets();
    List<OrderIntent> working = ledger.inStates(OrderState.AT_BROKER);
    Map<UUID, Finding> findings = new LinkedHashMap<>();
    Map<Lack, Long> lacking = new HashMap<>();
    if (!brackets.isEmpty()) {
      Cover cover = new Cover(ledger, working);
      for (WatchedBracket bracket : brackets) {
        findings.merge(bracket.trade(), look(bracket, cover, lacking), Finding::and);
      }
    }
    lackingSince = lacking;
    Map<String, Oversell> oversells = lasting(Oversell.of(ledger, brackets, working));
    Set<UUID> tellers =
        oversells.values().stream()
            .map(oversell -> oversell.teller().id())
            .collect(Collectors.toSet());
    return new Seen(
        List.copyOf(findings.values()),
        brackets.stream().flatMap(bracket -> bracket.idle().stream()).toList(),
        oversells,
        working.stream()
            .filter(order -> Oversell.tells(order) && !tellers.contains(order.id()))
            .toList());
  }

  /** Those that have lasted, or had when an earlier run looked. */
  private Map<String, Oversell> lasting(Map<String, Oversell> oversells) {
    long now = clock.nanos();
    Map<String, Long> since = new HashMap<>();
    Map<String, Oversell> lasting = new LinkedHashMap<>();
    oversells.forEach(
        (lane, oversell) -> {
          long begun = oversoldSince.getOrDefault(lane, now);
          since.put(lane, begun);
          if (now - begun >= OVERSOLD.toNanos() || Oversell.tells(oversell.teller())) {
            lasting.put(lane, oversell);
          }
        });
    oversoldSince = since;
    return lasting;
  }

  private Finding look(WatchedBracket bracket, Cover cover, Map<Lack, Long> lacking) {
    if (bracket.open() == 0) {
      return new Finding(bracket, null, !bracket.works() && !bracket.hides(clock.wall()));
    }
    List<ExitRole> missing =
        bracket.asked().stream().filter(role -> bracket.lacks(role) > 0).toList();
    boolean waits = missing.isEmpty() && bracket.waits();
    if ((missing.isEmpty() && !waits) || cover.takes(bracket, missing)) {
      return new Finding(bracket, null, false);
    }
    Lack lack = new Lack(bracket.entry().id(), waits);
    long now = clock.nanos();
    long since = lackingSince.getOrDefault(lack, now);
    lacking.put(lack, since);
    String said = bracket.unprotected();
    boolean told =
        (said != null && said.endsWith(EXITS_WAIT) == waits)
            || now - since >= (waits ? WAITS : GRACE).toNanos();
    return new Finding(bracket, told ? text(bracket, missing) : waits ? null : said, false);
  }

  private static String text(WatchedBracket bracket, List<ExitRole> missing) {
    if (missing.isEmpty()) {
      return bracket.open() + " " + bracket.entry().terms().symbol() + EXITS_WAIT;
    }
    return missing.stream()
        .map(role -> words(role) + " " + state(bracket.exits().get(role)))
        .collect(
            Collectors.joining(
                ", ", bracket.open() + " " + bracket.entry().terms().symbol() + " held: ", ""));
  }

  private static String words(ExitRole role) {
    return role.wire().replace('_', ' ');
  }

  private static String state(@Nullable OrderIntent exit) {
    if (exit == null) {
      return "missing at the broker";
    }
    return exit.state().isOpen()
        ? "for " + exit.leaves() + " only"
        : exit.state().tradeStatus(false).wire().replace('_', ' ');
  }

  /** Orders that are no exits and close positions: each unit of them protects one unit. */
  private static final class Cover {
    private final List<OrderIntent> orders;
    private final Map<String, Long> used = new HashMap<>();

    Cover(Ledger ledger, List<OrderIntent> working) {
      orders =
          working.stream()
              .filter(order -> order.terms().side().isOpening() || !isExit(ledger, order))
              .toList();
    }

    /** Also one that took an exit's place elsewhere. */
    private static boolean isExit(Ledger ledger, OrderIntent order) {
      return ledger.attempts(order.tradeId()).getFirst().origin() == Origin.BRACKET;
    }

    /**
     * Whether other orders do what the exits were for; they do it for nobody else then.
     *
     * @param missing none where all wait
     */
    boolean takes(WatchedBracket bracket, List<ExitRole> missing) {
      List<ExitRole> roles = missing.isEmpty() ? bracket.asked() : missing;
      boolean profitAlone = roles.equals(List.of(ExitRole.TAKE_PROFIT));
      long lacks =
          missing.isEmpty()
              ? bracket.open()
              : bracket.lacks(profitAlone ? ExitRole.TAKE_PROFIT : ExitRole.STOP_LOSS);
      return takes(bracket, lacks, "stop", OrderType::hasStop)
          || (profitAlone && takes(bracket, lacks, "limit", type -> type == OrderType.LIMIT));
    }

    private boolean takes(
        WatchedBracket bracket, long lacks, String kind, Predicate<OrderType> counts) {
      OrderTerms entry = bracket.entry().terms();
      long there =
          orders.stream()
              .filter(order -> order.terms().symbol().equals(entry.symbol()))
              .filter(order -> order.terms().side() == entry.side().closing())
              .filter(order -> counts.test(order.terms().type()))
              .mapToLong(OrderIntent::leaves)
              .sum();
      String key = entry.symbol() + ' ' + entry.side() + ' ' + kind;
      long free = there - used.getOrDefault(key, 0L);
      if (free < lacks) {
        return false;
      }
      used.merge(key, lacks, Long::sum);
      return true;
    }
  }
}
