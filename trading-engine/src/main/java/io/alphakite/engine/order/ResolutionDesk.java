package io.alphakite.engine.order;

import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.engine.order.Resolution.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies what people decide about orders of unknown fate, as far as a new listing of the broker's
 * bears them out. A person's word chooses among what is possible; it does not make an order.
 *
 * <ul>
 *   <li>placed: the listing has the order, it says what was sent, was entered around the claim and
 *       belongs to nothing else.
 *   <li>not placed: nothing in the listing fits, and absence is shown; or the person overrides
 *       that, no sooner than a listing may lag.
 * </ul>
 *
 * <p>The late watch goes on: an order that turns up belongs to its trade again. Not thread-safe.
 */
public final class ResolutionDesk {

  private static final Logger log = LoggerFactory.getLogger(ResolutionDesk.class);
  // So long the broker is asked for a listing to decide on.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final OrderStore store;
  private final Reconciler reconciler;
  private final BooleanSupplier asksBroker;
  private final EngineClock clock;

  /**
   * A desk.
   *
   * @param asksBroker polls the reconciler; false while the broker does not answer
   */
  public ResolutionDesk(
      OrderStore store, Reconciler reconciler, BooleanSupplier asksBroker, EngineClock clock) {
    this.store = store;
    this.reconciler = reconciler;
    this.asksBroker = asksBroker;
    this.clock = clock;
  }

  private record Answer(boolean accepted, String text) {
    static Answer no(String why) {
      return new Answer(false, why);
    }
  }

  /** Answers what waits for an answer; how many it answered. */
  public int work() {
    List<Resolution> wanted = store.read(Ledger::resolutionsWanted);
    if (wanted.isEmpty()) {
      return 0;
    }
    Listing listing = asksBroker.getAsBoolean() ? reconciler.fresh() : null;
    int answered = 0;
    for (Resolution resolution : wanted) {
      if (answered(resolution, listing)) {
        answered++;
      }
    }
    return answered;
  }

  /** Whether it is answered now. */
  private boolean answered(Resolution resolution, @Nullable Listing listing) {
    if (listing != null && written(resolution, ledger -> decide(ledger, resolution, listing))) {
      return true;
    }
    String why =
        listing == null
            ? "the broker gave no listing to decide on; ask again"
            : "it could not be decided, the engine's log says why; ask again";
    return clock.wall().isAfter(resolution.requestedAt().plus(PATIENCE))
        && written(resolution, ledger -> tell(ledger, resolution, Answer.no(why)));
  }

  /** One that fails leaves the others, and what else the round does, as they are. */
  private boolean written(Resolution resolution, Function<Ledger, Answer> work) {
    try {
      store.write(work);
      return true;
    } catch (EngineSupersededException e) {
      throw e;
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("event", "order.resolution_failed")
          .addKeyValue("order", resolution.intentId())
          .setCause(e)
          .log("A person's decision could not be answered");
      return false;
    }
  }

  private Answer decide(Ledger ledger, Resolution resolution, Listing listing) {
    OrderIntent intent = ledger.intent(resolution.intentId());
    Instant claimed = intent.claimedAt();
    if (claimed == null
        || (intent.state() != OrderState.UNKNOWN && intent.state() != OrderState.UNRESOLVED)) {
      return tell(
          ledger,
          resolution,
          Answer.no("the order is not of unknown fate: it is " + shown(intent)));
    }
    Answer answer =
        switch (resolution.verdict()) {
          case Verdict.Placed(String order) -> placed(ledger, intent, resolution, order, listing);
          case Verdict.NotPlaced(boolean override) ->
              notPlaced(ledger, intent, claimed, resolution, override, listing);
        };
    return tell(ledger, resolution, answer);
  }

  private Answer tell(Ledger ledger, Resolution resolution, Answer answer) {
    ledger.answer(resolution.id(), answer.accepted(), answer.text(), clock.wall());
    log.atWarn()
        .addKeyValue("event", answer.accepted() ? "order.resolved" : "order.resolution_refused")
        .addKeyValue("order", resolution.intentId())
        .addKeyValue("person", resolution.person())
        .log("A person's decision: {}", answer.text());
    return answer;
  }

  private static String shown(OrderIntent intent) {
    String state = intent.state().tradeStatus(false).wire();
    return intent.brokerOrderId() == null
        ? state
        : state + " as the broker's order " + intent.brokerOrderId();
  }

  private Answer placed(
      Ledger ledger, OrderIntent intent, Resolution resolution, String order, Listing listing) {
    Optional<OrderReport> listed =
        listing.orders().stream().filter(report -> report.id().equals(order)).findFirst();
    if (listed.isEmpty()) {
      return Answer.no("the broker's listing of this account has no order " + order);
    }
    OrderReport report = listed.get();
    String why = unfit(ledger, intent, report);
    if (why != null) {
      return Answer.no(why);
    }
    Map<String, Object> facts = facts(resolution, intent, listing);
    facts.put("candidates", SearchFacts.candidates(List.of(report)));
    reconciler.bind(
        ledger,
        intent,
        report,
        "order.resolved",
        "placed: " + resolution.evidence() + " (" + resolution.person() + ")",
        facts);
    return new Answer(true, "the order is the broker's " + order);
  }

  /** Why the broker's order cannot be this one; null when it can. */
  private static @Nullable String unfit(Ledger ledger, OrderIntent intent, OrderReport report) {
    Fingerprint sent = Fingerprint.of(intent.terms());
    if (!report.fingerprint().equals(sent) && !ContentMatch.isInPart(intent.terms(), report)) {
      return "order %s says %s, and what was sent says %s"
          .formatted(report.id(), report.fingerprint().text(), sent.text());
    }
    Optional<OrderIntent> owner = ledger.owner(report.id());
    if (owner.isPresent()) {
      return "order " + report.id() + " belongs to trade " + owner.get().tradeId();
    }
    if (intent.baseline().contains(report.id()) || ledger.history(report.id())) {
      return "order " + report.id() + " was there before this one was sent";
    }
    return ContentMatch.isCandidate(intent, report)
        ? null
        : "order %s was entered at %s, and this one was sent at %s"
            .formatted(report.id(), report.enteredAt(), intent.claimedAt());
  }

  private Answer notPlaced(
      Ledger ledger,
      OrderIntent intent,
      Instant claimed,
      Resolution resolution,
      boolean override,
      Listing listing) {
    List<OrderReport> fitting =
        ContentMatch.candidates(intent, listing.orders(), ledger.known(listing.ids()));
    if (!fitting.isEmpty()) {
      // The late watch would take one of them for this order at once.
      return Answer.no(
          "at the broker there is what fits: order "
              + fitting.stream().map(OrderReport::id).collect(Collectors.joining(" or "))
              + "; say which one it is");
    }
    Instant asked = listing.takenAt();
    boolean differs =
        ledger.circumstances(intent, clock.wall(), clock.market()).exposure().disputed();
    boolean shown = AbsenceRule.shown(claimed, intent.search(), asked) && !differs;
    if (!shown && !override) {
      return Answer.no(
          "absence is not shown: "
              + AbsenceRule.standing(claimed, intent.search(), asked)
              + (differs ? ", and the broker holds another quantity of the symbol" : "")
              + "; wait, or override it");
    }
    if (!AbsenceRule.lagged(claimed, asked)) {
      return Answer.no(
          "the broker's listing may still lag: not even a person can tell before "
              + claimed.plus(AbsenceRule.LISTING_LAG));
    }
    Instant now = clock.wall();
    OrderIntent waiting = intent;
    if (intent.state() == OrderState.UNKNOWN) {
      waiting = intent.to(OrderState.UNRESOLVED, "given to a person before absence was shown");
      ledger.update(waiting, "order.unresolved", now);
    }
    Map<String, Object> facts = facts(resolution, intent, listing);
    facts.put("override", override);
    facts.put("absence_shown", shown);
    facts.put("position_differs", differs);
    String said = "not_placed: " + resolution.evidence() + " (" + resolution.person() + ")";
    ledger.update(
        waiting.searching(waiting.search().ended()).to(OrderState.NOT_PLACED, said),
        "order.resolved",
        facts,
        now);
    return new Answer(
        true,
        shown
            ? "the order was not placed"
            : "the order was not placed, by a person's word: absence was not shown");
  }

  private static Map<String, Object> facts(
      Resolution resolution, OrderIntent intent, Listing listing) {
    Map<String, Object> facts = new LinkedHashMap<>(SearchFacts.of(listing, intent.search()));
    facts.put("person", resolution.person());
    facts.put("evidence", resolution.evidence());
    facts.put("resolution", resolution.id().toString());
    facts.put("claimed_at", Objects.requireNonNull(intent.claimedAt()).toString());
    return facts;
  }
}
