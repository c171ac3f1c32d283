package io.alphakite.engine.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.alphakite.engine.broker.OrderReport.Status;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * What the core relies on in every broker. An adapter is one when a subclass of this passes; where
 * brokers differ, it says so by {@link Trait}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
public abstract class BrokerContract {

  /** In what brokers differ. */
  protected enum Trait {
    /** It turns some orders down at once; the others only after they took them. */
    REFUSES,
    /** It puts one order in another's place; the others refuse to, and the old one stands. */
    REPLACES,
    /** By an id of ours it finds an order again whose answer was lost. */
    KNOWS_OUR_IDS
  }

  private static final Ticker SPY = Ticker.of("SPY");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** One account, which nobody else trades. */
  protected abstract Broker broker();

  protected abstract Set<Trait> traits();

  /** So far below the market that nobody sells to it. */
  protected abstract Price tooLow();

  /** One that this broker turns down. */
  protected abstract OrderTerms refused();

  /** The next order arrives at the broker; its answer does not arrive here. */
  protected abstract void loseNextAnswer();

  /** The broker cannot be reached, until {@link #mend}. */
  protected abstract void cut();

  protected abstract void mend();

  protected final OrderTerms resting(long quantity) {
    return limit(quantity, tooLow());
  }

  private static OrderTerms limit(long quantity, Price price) {
    return OrderTerms.equity(
        SPY, Side.BUY, quantity, OrderType.LIMIT, price, null, TimeInForce.DAY);
  }

  private static OrderTerms buy(long quantity) {
    return OrderTerms.market(SPY, Side.BUY, quantity);
  }

  private SubmitOutcome submit(OrderTerms terms) {
    return broker().submit(terms, () -> true);
  }

  private String accepted(OrderTerms terms) {
    SubmitOutcome outcome = submit(terms);
    assertThat(outcome).isInstanceOf(SubmitOutcome.Accepted.class);
    return ((SubmitOutcome.Accepted) outcome).brokerOrderId();
  }

  private OrderReport read(String id) {
    return broker().order(id).orElseThrow();
  }

  private OrderReport readIn(String id, Status status) {
    await()
        .atMost(PATIENCE)
        .until(() -> broker().order(id).filter(order -> order.status() == status).isPresent());
    return read(id);
  }

  private List<OrderReport> listed() {
    Instant now = Instant.now();
    return broker().orders(now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)));
  }

  private Set<String> ids() {
    Set<String> ids = new HashSet<>();
    listed().forEach(order -> ids.add(order.id()));
    return ids;
  }

  private List<OrderReport> listedSince(Set<String> before) {
    return listed().stream().filter(order -> !before.contains(order.id())).toList();
  }

  @Test
  void acceptedOrderIsListedAndSaysWhatWasSent() {
    OrderTerms terms = resting(3);
    String id = accepted(terms);
    await().atMost(PATIENCE).until(() -> ids().contains(id));
    OrderReport order = readIn(id, Status.OPEN);
    assertThat(order.fingerprint()).isEqualTo(Fingerprint.of(terms));
    assertThat(order.terms()).isEqualTo(terms);
    assertThat(order.executions()).isEmpty();
    assertThat(order.isOpen()).isTrue();
    assertThat(broker().body(terms)).contains("SPY");
  }

  @Test
  void equalOrdersAreOrdersOfTheirOwn() {
    String one = accepted(resting(2));
    String other = accepted(resting(2));
    assertThat(other).isNotEqualTo(one);
    await().atMost(PATIENCE).until(() -> ids().containsAll(Set.of(one, other)));
  }

  @Test
  void listingIsCompleteOldestFirstAndOfItsRangeAlone() {
    Set<String> before = ids();
    List<String> sent = new ArrayList<>();
    for (int quantity = 1; quantity <= 5; quantity++) {
      sent.add(accepted(resting(quantity)));
    }
    await().atMost(PATIENCE).until(() -> ids().containsAll(sent));
    assertThat(listedSince(before)).extracting(OrderReport::id).containsExactlyElementsOf(sent);
    Instant later = Instant.now().plus(Duration.ofHours(1));
    assertThat(broker().orders(later, later.plus(Duration.ofHours(1)))).isEmpty();
  }

  @Test
  void orderNobodyKnowsIsNone() {
    assertThat(broker().order("987654321")).isEmpty();
  }

  @Test
  void refusedOrderSaysWhyAndIsNone() {
    assumeTrue(traits().contains(Trait.REFUSES));
    Set<String> before = ids();
    SubmitOutcome outcome = submit(refused());
    assertThat(outcome).isInstanceOf(SubmitOutcome.Refused.class);
    assertThat(((SubmitOutcome.Refused) outcome).reason()).isNotBlank();
    assertThat(listedSince(before)).isEmpty();
  }

  @Test
  void closedGateSendsNothing() {
    Set<String> before = ids();
    assertThat(broker().submit(resting(4), () -> false)).isInstanceOf(SubmitOutcome.NotSent.class);
    assertThat(listedSince(before)).isEmpty();
  }

  @Test
  void cancelIsARequestAndTheOrderSaysHowItEnded() {
    String id = accepted(resting(6));
    readIn(id, Status.OPEN);
    assertThat(broker().cancel(id)).isInstanceOf(CancelOutcome.Requested.class);
    OrderReport canceled = readIn(id, Status.CANCELED);
    assertThat(canceled.executions()).isEmpty();
    // It may be repeated.
    broker().cancel(id);
    assertThat(read(id)).isEqualTo(canceled);
  }

  @Test
  void cancelOfAFilledOrderIsRefusedAndChangesNothing() {
    String id = accepted(buy(2));
    OrderReport filled = readIn(id, Status.FILLED);
    assertThat(broker().cancel(id)).isInstanceOf(CancelOutcome.Refused.class);
    assertThat(read(id)).isEqualTo(filled);
  }

  @Test
  void fillsAreToldApartByTheirIdsAndTheirSumNeverFalls() {
    String id = accepted(buy(9));
    Map<String, Execution> seen = new HashMap<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              OrderReport order = read(id);
              Map<String, Execution> now = new HashMap<>();
              order.executions().forEach(fill -> now.put(fill.id(), fill));
              assertThat(now).as("each has an id").hasSameSizeAs(order.executions());
              assertThat(now).as("what was told stays").containsAllEntriesOf(seen);
              seen.putAll(now);
              return order.status() == Status.FILLED;
            });
    assertThat(read(id).filledQuantity()).isEqualTo(9);
    assertThat(seen.values()).allMatch(fill -> fill.price().signum() > 0);
    assertThat(listed()).contains(read(id));
  }

  @Test
  void accountHoldsWhatWasFilled() {
    long before = held();
    readIn(accepted(buy(3)), Status.FILLED);
    await().atMost(PATIENCE).until(() -> held() == before + 3);
    assertThat(Objects.requireNonNull(broker().account().buyingPower())).isPositive();
  }

  private long held() {
    return broker().account().holdings().stream()
        .filter(holding -> holding.symbol().equals("SPY"))
        .mapToLong(AccountReport.Holding::quantity)
        .sum();
  }

  @Test
  void replacementIsAnOrderOfItsOwnOrIsRefused() {
    String old = accepted(resting(5));
    readIn(old, Status.OPEN);
    OrderTerms terms = limit(7, tooLow());
    SubmitOutcome outcome = broker().replace(old, terms, () -> true);
    if (!traits().contains(Trait.REPLACES)) {
      assertThat(outcome).isInstanceOf(SubmitOutcome.Refused.class);
      assertThat(read(old).isOpen()).isTrue();
      return;
    }
    assertThat(outcome).isInstanceOf(SubmitOutcome.Accepted.class);
    String id = ((SubmitOutcome.Accepted) outcome).brokerOrderId();
    assertThat(id).isNotEqualTo(old);
    await().atMost(PATIENCE).until(() -> !read(old).isOpen());
    assertThat(readIn(id, Status.OPEN).fingerprint()).isEqualTo(Fingerprint.of(terms));
  }

  @Test
  void closedGateReplacesNothing() {
    String old = accepted(resting(5));
    readIn(old, Status.OPEN);
    Set<String> before = ids();
    assertThat(broker().replace(old, resting(7), () -> false))
        .isInstanceOf(SubmitOutcome.NotSent.class);
    assertThat(read(old).isOpen()).isTrue();
    assertThat(listedSince(before)).isEmpty();
  }

  @Test
  void lostAnswerIsNotTakenForOne() {
    Set<String> before = ids();
    OrderTerms terms = resting(8);
    loseNextAnswer();
    SubmitOutcome outcome = submit(terms);
    await().atMost(PATIENCE).ignoreExceptions().until(() -> !listedSince(before).isEmpty());
    List<OrderReport> arrived = listedSince(before);
    assertThat(arrived).extracting(OrderReport::fingerprint).containsExactly(Fingerprint.of(terms));
    if (traits().contains(Trait.KNOWS_OUR_IDS)) {
      assertThat(outcome).isEqualTo(new SubmitOutcome.Accepted(arrived.getFirst().id()));
    } else {
      assertThat(outcome).isInstanceOf(SubmitOutcome.Unconfirmed.class);
    }
  }

  @Test
  void interruptedSendingClaimsNothingThatIsNotSo() {
    Set<String> before = ids();
    SubmitOutcome outcome =
        broker()
            .submit(
                resting(1),
                () -> {
                  Thread.currentThread().interrupt();
                  return true;
                });
    boolean interrupted = Thread.interrupted();
    holds(outcome, before, interrupted);
  }

  @Test
  void brokerThatIsAwayIsSaidToBe() {
    Set<String> before = ids();
    String id = accepted(resting(3));
    await().atMost(PATIENCE).until(() -> ids().contains(id));
    before.add(id);
    cut();
    try {
      assertThatThrownBy(() -> broker().order(id)).isInstanceOf(BrokerUnavailableException.class);
      assertThatThrownBy(this::listed).isInstanceOf(BrokerUnavailableException.class);
      assertThatThrownBy(() -> broker().account()).isInstanceOf(BrokerUnavailableException.class);
      assertThat(broker().cancel(id)).isInstanceOf(CancelOutcome.Unconfirmed.class);
      SubmitOutcome outcome = submit(resting(1));
      assertThat(outcome)
          .isInstanceOfAny(SubmitOutcome.NotSent.class, SubmitOutcome.Unconfirmed.class);
      mend();
      holds(outcome, before, false);
      await().atMost(PATIENCE).until(() -> read(id).isOpen());
    } finally {
      mend();
    }
  }

  /** What the outcome says is what the listing shows. */
  private void holds(SubmitOutcome outcome, Set<String> before, boolean interrupted) {
    await()
        .atMost(PATIENCE)
        .ignoreException(BrokerUnavailableException.class)
        .until(() -> listed() != null);
    List<OrderReport> arrived = listedSince(before);
    String how = outcome + (interrupted ? ", interrupted" : "");
    switch (outcome) {
      case SubmitOutcome.Accepted(String id) ->
          assertThat(arrived).as(how).extracting(OrderReport::id).containsExactly(id);
      case SubmitOutcome.NotSent _, SubmitOutcome.Refused _ ->
          assertThat(arrived).as(how).isEmpty();
      case SubmitOutcome.Unconfirmed _, SubmitOutcome.Throttled _ ->
          assertThat(arrived).as(how).hasSizeLessThanOrEqualTo(1);
    }
  }
}
