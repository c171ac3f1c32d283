package io.alphakite.engine.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.engine.broker.OrderReport.Status;
import io.alphakite.engine.control.HaltFlag;
import io.alphakite.engine.order.FakeBroker.Fault;
import io.alphakite.engine.order.Resolution.Verdict;
import io.alphakite.engine.risk.Exposure;
import io.alphakite.engine.risk.Origin;
import io.alphakite.engine.risk.RiskGate;
import io.alphakite.engine.risk.RiskLimits;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.Bracket;
import io.alphakite.model.order.ExitRole;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import io.alphakite.model.order.TradeStatus;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One order's way through desk and reconciler, against a broker that misbehaves; time by hand. */
class OrderLifeTest {

  private static final Ticker SPY = Ticker.of("SPY");
  private static final OrderTerms BUY = OrderTerms.market(SPY, Side.BUY, 10);
  private static final OrderTerms RESTING =
      OrderTerms.equity(
          SPY, Side.BUY, 10, OrderType.LIMIT, Price.of("166.00"), null, TimeInForce.DAY);

  private final HandClock clock = new HandClock();
  private final ScriptedBooks books = new ScriptedBooks();
  private final FakeBroker broker = new FakeBroker(clock::wall);
  private long ids;
  private Engine engine = new Engine();

  @Test
  void boughtAndFilled() {
    UUID trade = ask(BUY);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.last(trade).verified()).isTrue();

    broker.fill(broker.newest(), 4, "167.41");
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.PARTIALLY_FILLED);
    assertThat(books.filled(trade)).isEqualTo(4);

    broker.fill(broker.newest(), 6, "167.42");
    engine.round();
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.FILLED);
    assertThat(books.filled(trade)).isEqualTo(10);
    assertThat(broker.posts()).isEqualTo(1);
  }

  private static final OrderTerms WITH_EXITS =
      BUY.with(new Bracket(Price.of("170.00"), Price.of("165.00"), null));

  private String orderOf(UUID trade) {
    return Objects.requireNonNull(books.last(trade).brokerOrderId());
  }

  private UUID exit(UUID entry, ExitRole role) {
    return Objects.requireNonNull(books.exits(books.last(entry)).get(role));
  }

  @Test
  void r18_exitsAreBoundToTheirOwnEntryThoughAnotherSaysTheSame() {
    UUID one = ask(WITH_EXITS);
    engine.round();
    broker.next(Fault.LOST_AFTER);
    UUID other = ask(WITH_EXITS);
    engine.rounds(3);
    for (UUID entry : List.of(one, other)) {
      assertThat(orderOf(exit(entry, ExitRole.TAKE_PROFIT)))
          .isEqualTo(broker.exit(orderOf(entry), OrderType.LIMIT));
      assertThat(orderOf(exit(entry, ExitRole.STOP_LOSS)))
          .isEqualTo(broker.exit(orderOf(entry), OrderType.STOP));
    }
    assertThat(orderOf(one)).isNotEqualTo(orderOf(other));
    assertThat(broker.posts()).isEqualTo(2);
    assertThat(books.external()).isEmpty();
  }

  @Test
  void r18_missingExitIsToldAndUntoldWhenThePositionIsProtectedOrClosed() {
    broker.makes = exit -> exit.type() != OrderType.STOP;
    UUID entry = ask(WITH_EXITS);
    engine.rounds(20);
    assertThat(books.last(entry).verified()).isTrue();
    assertThat(books.unprotected()).isEmpty();

    broker.fill(orderOf(entry), 4, "167.41");
    engine.rounds(2);
    assertThat(books.unprotected()).isEmpty();
    engine.rounds(5);
    assertThat(books.unprotected())
        .containsEntry(entry, "4 SPY held: stop loss missing at the broker");
    broker.fill(orderOf(entry), 6, "167.41");
    engine.rounds(2);
    assertThat(books.unprotected())
        .containsEntry(entry, "10 SPY held: stop loss missing at the broker");

    String own =
        broker.place(
            OrderTerms.equity(
                SPY, Side.SELL, 10, OrderType.STOP, null, Price.of("164.00"), TimeInForce.GTC));
    engine.rounds(2);
    assertThat(books.unprotected()).isEmpty();
    broker.end(own, Status.CANCELED, null);
    engine.rounds(8);
    assertThat(books.unprotected()).containsKey(entry);

    broker.fill(broker.exit(orderOf(entry), OrderType.LIMIT), 10, "170.00");
    engine.rounds(2);
    assertThat(books.unprotected()).isEmpty();
    assertThat(books.over()).isEmpty();
    engine.rounds(40);
    assertThat(books.over()).containsExactly(entry);
    assertThat(books.events()).containsSequence("order.unprotected").contains("order.protected");
  }

  /**
   * A just-made exit's id in the answer to a plain order that says the same; read by itself it does
   * not show what it hangs on.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void r18_idOfAnExitIsNotKeptForAnOrderThatSaysTheSame(boolean readAtOnce) {
    broker.fill(broker.place(BUY), 10, "167.41");
    engine.round();
    broker.next(Fault.NONE);
    broker.next(Fault.WRONG_ID);
    UUID entry = ask(WITH_EXITS);
    UUID own = ask(Objects.requireNonNull(WITH_EXITS.exits().get(ExitRole.STOP_LOSS)));
    broker.readable(false);
    engine.whilePaused = () -> broker.readable(readAtOnce && broker.posts() > 0);
    engine.desk.work();
    assertThat(broker.posts()).isEqualTo(2);
    String stop = broker.exit(orderOf(entry), OrderType.STOP);
    assertThat(orderOf(own)).isEqualTo(stop);
    broker.readable(true);
    engine.rounds(3);
    assertThat(orderOf(exit(entry, ExitRole.STOP_LOSS))).isEqualTo(stop);
    assertThat(orderOf(own)).isEqualTo(broker.newest());
    assertThat(books.last(own).verified()).isTrue();
    assertThat(broker.posts()).isEqualTo(2);
  }

  @Test
  void r18_exitsThatOutliveTheBrokersListingsAreFollowedOneByOne() {
    UUID one = ask(WITH_EXITS);
    UUID other = ask(WITH_EXITS);
    engine.round();
    for (UUID entry : List.of(one, other)) {
      broker.fill(orderOf(entry), 10, "167.41");
    }
    engine.rounds(2);
    clock.pass(Duration.ofDays(70));
    UUID later = ask(BUY);
    engine.rounds(2);
    assertThat(books.status(later)).isEqualTo(TradeStatus.WORKING);
    for (UUID entry : List.of(one, other)) {
      broker.fill(broker.exit(orderOf(entry), OrderType.LIMIT), 10, "170.00");
    }
    engine.rounds(4);
    for (UUID entry : List.of(one, other)) {
      assertThat(books.status(exit(entry, ExitRole.TAKE_PROFIT))).isEqualTo(TradeStatus.FILLED);
    }
  }

  @Test
  void r18_exitThatTradesInPartsLeavesTheRestUnprotectedOnlyWhileItLasts() {
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 10, "167.41");
    engine.round();
    String profit = broker.exit(orderOf(entry), OrderType.LIMIT);
    broker.fill(profit, 4, "170.00");
    broker.end(broker.exit(orderOf(entry), OrderType.STOP), Status.CANCELED, "the other traded");
    engine.rounds(3);
    assertThat(books.unprotected()).isEmpty();
    engine.rounds(5);
    assertThat(books.unprotected()).containsEntry(entry, "6 SPY held: stop loss canceled");
    broker.fill(profit, 6, "170.00");
    engine.rounds(2);
    assertThat(books.unprotected()).isEmpty();
    assertThat(books.over()).containsExactly(entry);
  }

  @Test
  void r18_entryOfUnknownFateWhoseExitIsMissingWaitsForAPerson() {
    broker.makes = exit -> exit.type() != OrderType.STOP;
    broker.next(Fault.LOST_AFTER);
    UUID entry = ask(WITH_EXITS);
    engine.rounds(85);
    assertThat(books.status(entry)).isEqualTo(TradeStatus.UNKNOWN);
    assertThat(books.external()).isEmpty();
    engine.rounds(30);
    OrderIntent waiting = books.last(entry);
    assertThat(waiting.state()).isEqualTo(OrderState.UNRESOLVED);
    assertThat(waiting.detail()).contains("without all of its exits");
    String order = broker.newestEntry();
    books.resolve(waiting.id(), new Verdict.Placed(order), "seen", clock.wall());
    engine.rounds(2);
    assertThat(books.answers).containsExactly("yes: the order is the broker's " + order);
    broker.fill(order, 10, "167.41");
    engine.rounds(8);
    assertThat(books.unprotected())
        .containsEntry(entry, "10 SPY held: stop loss missing at the broker");
  }

  @Test
  void r18_whatExitsCloseNoOtherOrderCanAndNoneOfItIsChanged() {
    UUID entry = ask(WITH_EXITS);
    engine.round();
    UUID change = books.change(entry, null, 5L, clock.wall());
    engine.round();
    assertThat(books.how(change))
        .isEqualTo("bracket: neither an entry with exits nor an exit is changed");
    broker.fill(orderOf(entry), 10, "167.41");
    engine.round();
    UUID stop = exit(entry, ExitRole.STOP_LOSS);
    UUID moved = books.change(stop, null, 5L, clock.wall());
    UUID sold = ask(OrderTerms.market(SPY, Side.SELL, 10));
    engine.round();
    assertThat(books.how(moved)).startsWith("bracket: ");
    assertThat(books.reason(sold)).startsWith("oversold: ");
    assertThat(broker.posts()).isEqualTo(1);
  }

  @Test
  void r18_exitsThatWaitForTheirOwnEntryProtectNobodyElse() {
    UUID filled = ask(WITH_EXITS);
    engine.round();
    UUID rests = ask(WITH_EXITS);
    engine.rounds(3);
    assertThat(books.exits(books.last(rests))).hasSize(2);
    broker.fill(orderOf(filled), 10, "167.41");
    broker.end(broker.exit(orderOf(filled), OrderType.STOP), Status.REJECTED, "not now");
    engine.rounds(8);
    assertThat(books.unprotected()).containsOnlyKeys(filled);

    broker.end(broker.exit(orderOf(rests), OrderType.STOP), Status.REPLACED, null);
    broker.place(
        OrderTerms.equity(
            SPY, Side.SELL, 10, OrderType.STOP, null, Price.of("164.50"), TimeInForce.DAY));
    engine.rounds(3);
    assertThat(books.attempts(exit(rests, ExitRole.STOP_LOSS))).hasSize(2);
    assertThat(books.unprotected()).containsOnlyKeys(filled);
  }

  @Test
  void r18_exitsOfAnEntryTakeOnlyOnceWhatItHasOpened() {
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 4, "167.41");
    UUID others = ask(OrderTerms.market(SPY, Side.BUY, 5));
    engine.round();
    broker.fill(orderOf(others), 5, "167.41");
    engine.round();
    UUID tooMany = ask(OrderTerms.market(SPY, Side.SELL, 6));
    UUID free = ask(OrderTerms.market(SPY, Side.SELL, 5));
    engine.round();
    assertThat(books.reason(tooMany))
        .isEqualTo("oversold: cannot sell 6 where 5 are held and free");
    assertThat(books.status(free)).isEqualTo(TradeStatus.WORKING);
  }

  private static OrderTerms stop(long quantity, String price) {
    return OrderTerms.equity(
        SPY, Side.SELL, quantity, OrderType.STOP, null, Price.of(price), TimeInForce.DAY);
  }

  /** An entry that has filled whole, whose stop the owner replaces elsewhere. */
  private UUID stopReplacedBy(long quantity) {
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 10, "167.41");
    engine.round();
    broker.end(broker.exit(orderOf(entry), OrderType.STOP), Status.REPLACED, null);
    broker.place(stop(quantity, "164.50"));
    engine.rounds(3);
    assertThat(books.attempts(exit(entry, ExitRole.STOP_LOSS))).hasSize(2);
    return entry;
  }

  @Test
  void r18_exitThatWasReplacedByALargerOneCountsForAllThatItCanClose() {
    broker.fill(broker.place(BUY), 10, "167.41");
    engine.round();
    stopReplacedBy(15);
    UUID tooMany = ask(OrderTerms.market(SPY, Side.SELL, 6));
    UUID free = ask(OrderTerms.market(SPY, Side.SELL, 5));
    engine.round();
    assertThat(books.reason(tooMany))
        .isEqualTo("oversold: cannot sell 6 where 5 are held and free");
    assertThat(books.status(free)).isEqualTo(TradeStatus.WORKING);
  }

  @Test
  void r18_exitThatWasReplacedByASmallerOneLeavesTheRestUnprotected() {
    UUID entry = stopReplacedBy(4);
    engine.rounds(6);
    assertThat(books.unprotected()).containsEntry(entry, "10 SPY held: stop loss for 4 only");
    broker.place(stop(5, "164.00"));
    engine.rounds(3);
    assertThat(books.unprotected()).containsOnlyKeys(entry);
    broker.place(stop(1, "164.00"));
    engine.rounds(3);
    assertThat(books.unprotected()).isEmpty();
  }

  @Test
  void r18_exitsThatOutliveAnEntryThatNeverFilledCountToo() {
    broker.fill(broker.place(BUY), 10, "167.41");
    engine.round();
    UUID entry = ask(WITH_EXITS);
    engine.rounds(3);
    UUID beside = ask(OrderTerms.market(SPY, Side.SELL, 4));
    engine.round();
    assertThat(books.status(beside)).isEqualTo(TradeStatus.WORKING);
    broker.end(orderOf(entry), Status.CANCELED, null);
    engine.round();
    UUID sold = ask(OrderTerms.market(SPY, Side.SELL, 6));
    engine.round();
    assertThat(books.reason(sold)).isEqualTo("oversold: cannot sell 6 where 0 are held and free");
  }

  @Test
  void r18_exitsThatAreNotListedYetAreCountedUntilTheyMustHaveBeen() {
    broker.makes = exit -> false;
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 10, "167.41");
    engine.round();
    UUID early = ask(OrderTerms.market(SPY, Side.SELL, 10));
    engine.rounds(80);
    UUID later = ask(OrderTerms.market(SPY, Side.SELL, 10));
    engine.round();
    assertThat(books.reason(early)).startsWith("oversold: ");
    assertThat(books.status(later)).isEqualTo(TradeStatus.WORKING);
  }

  @Test
  void r18_lateFillOfAnEntryThatIsOverIsWatched() {
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 4, "167.41");
    for (OrderType exit : List.of(OrderType.LIMIT, OrderType.STOP)) {
      broker.end(broker.exit(orderOf(entry), exit), Status.CANCELED, null);
    }
    broker.end(orderOf(entry), Status.CANCELED, null);
    engine.round();
    broker.fill(broker.place(OrderTerms.market(SPY, Side.SELL, 4)), 4, "167.41");
    engine.rounds(2);
    assertThat(books.over()).containsExactly(entry);

    broker.fill(orderOf(entry), 2, "167.41");
    engine.rounds(8);
    assertThat(books.over()).isEmpty();
    assertThat(books.unprotected())
        .containsEntry(entry, "2 SPY held: take profit canceled, stop loss canceled");
  }

  @Test
  void r18_orderThatHangsOnAnEntryAndIsNoneOfItsExitsIsFollowedInTheEnd() {
    broker.makes = exit -> exit.type() == OrderType.STOP;
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 10, "167.41");
    engine.round();
    String stop = broker.exit(orderOf(entry), OrderType.STOP);
    OrderTerms lower =
        OrderTerms.equity(
            SPY, Side.SELL, 10, OrderType.STOP, null, Price.of("164.00"), TimeInForce.DAY);
    String hangs = broker.hang(orderOf(entry), lower);
    String alone = broker.place(lower);
    broker.end(stop, Status.REPLACED, null);
    engine.rounds(80);
    assertThat(books.external()).hasSize(1);
    engine.rounds(15);
    assertThat(books.external().stream().map(this::orderOf))
        .containsExactlyInAnyOrder(hangs, alone);
  }

  @Test
  void r18_flattenDoesNotWaitOnceMoreForExitsThatItsKillHasWaitedFor() {
    broker.makes = exit -> exit.type() != OrderType.STOP;
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 10, "167.41");
    engine.rounds(30);
    broker.end(broker.exit(orderOf(entry), OrderType.LIMIT), Status.CANCELED, null);
    engine.round();
    OrderTerms all = OrderTerms.market(SPY, Side.SELL, 10);
    UUID hand = ask(all);
    engine.round();
    assertThat(books.reason(hand)).startsWith("oversold: ");
    UUID flatten = books.ask(Origin.FLATTEN, all, clock.wall());
    engine.round();
    assertThat(books.status(flatten)).isEqualTo(TradeStatus.WORKING);
  }

  @Test
  void r18_exitsThatAreLeftWhenNothingIsHeldAreCanceled() {
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 10, "167.41");
    engine.rounds(3);
    String elsewhere = broker.place(OrderTerms.market(SPY, Side.SELL, 10));
    broker.fill(elsewhere, 9, "167.00");
    engine.rounds(20);
    assertThat(broker.cancels()).isEmpty();
    broker.fill(elsewhere, 1, "167.00");
    engine.rounds(10);
    assertThat(broker.cancels()).isEmpty();
    engine.rounds(10);
    assertThat(broker.cancels())
        .containsOnly(
            broker.exit(orderOf(entry), OrderType.LIMIT),
            broker.exit(orderOf(entry), OrderType.STOP));
  }

  /** What closing orders of ours say where they are for more than is held. */
  private List<String> oversells() {
    return books.read(
        ledger ->
            ledger.inStates(OrderState.AT_BROKER).stream()
                .map(OrderIntent::detail)
                .filter(Objects::nonNull)
                .filter(detail -> detail.startsWith(BracketWatch.OVERSELLS))
                .toList());
  }

  private UUID filledWithExits() {
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 10, "167.41");
    engine.round();
    return entry;
  }

  @Test
  void r18_exitsForMoreThanIsHeldAreToldUntilTheyAreNot() {
    filledWithExits();
    engine.rounds(30);
    assertThat(oversells()).isEmpty();
    broker.fill(broker.place(OrderTerms.market(SPY, Side.SELL, 9)), 9, "167.00");
    engine.rounds(19);
    assertThat(oversells()).isEmpty();
    engine.rounds(2);
    assertThat(oversells())
        .containsExactly("oversells: Working orders would sell 10 SPY where 1 are held");
    engine = new Engine();
    engine.rounds(2);
    assertThat(oversells()).hasSize(1);
    String back = broker.place(OrderTerms.market(SPY, Side.BUY, 9));
    broker.fill(back, 8, "167.00");
    engine.rounds(2);
    assertThat(oversells())
        .containsExactly("oversells: Working orders would sell 10 SPY where 9 are held");
    broker.fill(back, 1, "167.00");
    engine.rounds(2);
    assertThat(oversells()).isEmpty();
    assertThat(books.events().stream().filter("order.oversells"::equals)).hasSize(2);
    assertThat(books.events()).contains("order.oversells_no_more");
    assertThat(broker.cancels()).isEmpty();
  }

  @Test
  void r18_exitsOfTwoEntriesForWhatOneOfThemHoldsAreTold() {
    filledWithExits();
    filledWithExits();
    broker.fill(broker.place(OrderTerms.market(SPY, Side.SELL, 10)), 10, "167.00");
    engine.rounds(25);
    assertThat(oversells())
        .containsExactly("oversells: Working orders would sell 20 SPY where 10 are held");
  }

  @Test
  void r18_orderThatClosesWhatIsNotHeldAnyMoreIsTold() {
    broker.fill(broker.place(BUY), 10, "167.41");
    engine.round();
    ask(limit(Side.SELL, 8, "169.00"));
    engine.round();
    broker.fill(broker.place(OrderTerms.market(SPY, Side.SELL, 5)), 5, "167.00");
    broker.place(stop(5, "160.00"));
    engine.rounds(25);
    assertThat(oversells())
        .containsExactly("oversells: Working orders would sell 8 SPY where 5 are held");
  }

  @Test
  void r18_exitsThatWaitOversellOnlyOnceTheirEntryIsOver() {
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 4, "167.41");
    engine.rounds(30);
    assertThat(oversells()).isEmpty();
    broker.end(orderOf(entry), Status.CANCELED, null);
    engine.rounds(25);
    assertThat(oversells())
        .containsExactly("oversells: Working orders would sell 10 SPY where 4 are held");
    assertThat(broker.cancels()).isEmpty();
  }

  @Test
  void r18_entryThatFilledInPartIsToldAfterAMinuteSinceItsExitsWait() {
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 4, "167.41");
    engine.rounds(59);
    assertThat(books.unprotected()).isEmpty();
    engine.rounds(3);
    String waits = "4 SPY held: the exits wait until the entry has filled whole";
    assertThat(books.unprotected()).containsEntry(entry, waits);
    String own = broker.place(stop(4, "164.00"));
    engine.rounds(2);
    assertThat(books.unprotected()).isEmpty();
    broker.end(own, Status.CANCELED, null);
    engine.rounds(62);
    assertThat(books.unprotected()).containsEntry(entry, waits);

    broker.fill(orderOf(entry), 6, "167.41");
    engine.round();
    assertThat(books.unprotected()).isEmpty();
    broker.end(broker.exit(orderOf(entry), OrderType.STOP), Status.CANCELED, null);
    engine.rounds(3);
    assertThat(books.unprotected()).isEmpty();
    engine.rounds(5);
    assertThat(books.unprotected()).containsEntry(entry, "10 SPY held: stop loss canceled");
  }

  @Test
  void r18_exitThatIsLostWhileTheOtherWaitsIsToldAtOnce() {
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.fill(orderOf(entry), 4, "167.41");
    engine.rounds(62);
    broker.end(broker.exit(orderOf(entry), OrderType.STOP), Status.CANCELED, null);
    engine.rounds(3);
    assertThat(books.unprotected().get(entry)).endsWith(BracketWatch.EXITS_WAIT);
    engine.rounds(5);
    assertThat(books.unprotected()).containsEntry(entry, "4 SPY held: stop loss canceled");
  }

  @Test
  void r18_exitsThatOutliveAnEntryThatNeverFilledAreCanceled() {
    UUID entry = ask(WITH_EXITS);
    engine.round();
    broker.end(orderOf(entry), Status.CANCELED, null);
    engine.rounds(18);
    assertThat(broker.cancels())
        .containsOnly(
            broker.exit(orderOf(entry), OrderType.LIMIT),
            broker.exit(orderOf(entry), OrderType.STOP));
  }

  @Test
  void deniedOrderIsNotSent() {
    UUID trade = ask(OrderTerms.market(SPY, Side.BUY, 101));
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.REJECTED);
    assertThat(books.reason(trade)).isEqualTo("max_order_quantity: 101 is over 100");
    assertThat(broker.posts()).isZero();
  }

  @Test
  void refusedByTheBroker() {
    broker.next(Fault.REFUSED);
    UUID trade = ask(BUY);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.REJECTED);
    assertThat(books.reason(trade)).isEqualTo("refused: not enough buying power");
  }

  @Test
  void provenUnsentIsRejected() {
    broker.next(Fault.NOT_SENT);
    UUID trade = ask(BUY);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.REJECTED);
    assertThat(books.reason(trade)).isEqualTo("not_sent: connection refused");
  }

  @Test
  void rejectedAfterAcceptanceSaysTheBrokersReason() {
    UUID trade = ask(RESTING);
    engine.round();
    broker.end(broker.newest(), Status.REJECTED, "oversold");
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.REJECTED);
    assertThat(books.reason(trade)).isEqualTo("rejected: oversold");
  }

  @Test
  void r02_lostAnswerOfAnAcceptedOrderIsFoundByItsContent() {
    broker.next(Fault.LOST_AFTER);
    UUID trade = ask(BUY);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.UNKNOWN);

    clock.pass(Duration.ofSeconds(1));
    engine.round();

    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.last(trade).brokerOrderId()).isEqualTo(broker.newest());
    assertThat(broker.posts()).isEqualTo(1);
    assertThat(books.external()).isEmpty();
  }

  @Test
  void r02_nothingMoreIsSentToABrokerThatLeftAnOrderUnanswered() {
    engine.round();
    broker.next(Fault.LOST_BEFORE);
    UUID lost = ask(BUY);
    broker.down(true);
    engine.desk.work();
    assertThat(books.status(lost)).isEqualTo(TradeStatus.UNKNOWN);

    UUID waiting = ask(OrderTerms.market(SPY, Side.SELL, 4));
    engine.rounds(5);
    assertThat(books.status(waiting)).isEqualTo(TradeStatus.PENDING);
    assertThat(broker.posts()).isEqualTo(1);

    broker.down(false);
    engine.rounds(2);
    assertThat(books.last(waiting).state().isWaiting()).isFalse();
  }

  @Test
  void r18_orderThatCannotBeShownIsToldWhileItWorksHoweverOldItIs() {
    broker.place(BUY);
    String trailing = broker.placeTrailingStop("SPY");
    engine.rounds(1);
    assertThat(engine.reconciler.unsupported())
        .extracting(OrderReport::id)
        .containsExactly(trailing);
    assertThat(engine.reconciler.unsupported().getFirst().fingerprint().symbols())
        .containsExactly("SPY");
    clock.pass(Duration.ofHours(2));
    engine.rounds(3);
    assertThat(engine.reconciler.unsupported()).hasSize(1);
    broker.end(trailing, OrderReport.Status.CANCELED, null);
    engine.rounds(3);
    assertThat(engine.reconciler.unsupported()).isEmpty();
  }

  @Test
  void r12_fillBeforeTheAcknowledgementIsAppliedOnce() {
    broker.next(Fault.LOST_AFTER);
    UUID trade = ask(BUY);
    engine.round();
    broker.fill(broker.newest(), 4, "167.41");
    engine.reconciler.poll();
    assertThat(books.filled(trade)).isZero();
    assertThat(books.external()).isEmpty();
    engine.rounds(3);
    assertThat(books.filled(trade)).isEqualTo(4);
    broker.fill(broker.newest(), 6, "167.41");
    engine.rounds(2);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.FILLED);
    assertThat(books.filled(trade)).isEqualTo(10);
    assertThat(broker.posts()).isEqualTo(1);
  }

  @Test
  void r09_listingThatLagsAMinuteIsWaitedFor() {
    broker.lag(Duration.ofSeconds(60));
    broker.next(Fault.LOST_AFTER);
    UUID trade = ask(BUY);
    engine.round();
    for (int second = 0; second < 58; second++) {
      clock.pass(Duration.ofSeconds(1));
      engine.round();
      assertThat(books.status(trade)).isEqualTo(TradeStatus.UNKNOWN);
    }
    engine.rounds(20);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(broker.posts()).isEqualTo(1);
  }

  @Test
  void r03_orderThatNeverArrivedWaitsForAPerson() {
    broker.next(Fault.LOST_BEFORE);
    UUID trade = ask(BUY);
    engine.rounds(89);
    assertThat(books.last(trade).state()).isEqualTo(OrderState.UNKNOWN);
    engine.rounds(60);
    assertThat(books.last(trade).state()).isEqualTo(OrderState.UNRESOLVED);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.UNKNOWN);
    assertThat(books.reason(trade)).startsWith("absence shown");
    engine.rounds(600);
    assertThat(broker.posts()).isEqualTo(1);
  }

  @Test
  void r10_noAbsenceIsShownWhileTheBrokerIsDown() {
    broker.next(Fault.LOST_BEFORE);
    UUID trade = ask(BUY);
    engine.round();
    broker.down(true);
    engine.rounds(300);
    assertThat(books.last(trade).state()).isEqualTo(OrderState.UNKNOWN);
  }

  @Test
  void r08_identicalOrderOfSomebodyElseIsLeftToAPerson() {
    broker.next(Fault.LOST_AFTER);
    UUID trade = ask(BUY);
    engine.round();
    broker.place(BUY);
    engine.rounds(5);
    assertThat(books.last(trade).state()).isEqualTo(OrderState.UNRESOLVED);
    assertThat(books.external()).isEmpty();
    assertThat(broker.cancels()).isEmpty();
  }

  @Test
  void identicalOrderFromBeforeIsNoCandidate() {
    broker.place(BUY);
    engine.round();
    broker.next(Fault.LOST_BEFORE);
    UUID trade = ask(BUY);
    engine.rounds(20);
    assertThat(books.last(trade).state()).isEqualTo(OrderState.UNKNOWN);
  }

  @Test
  void idOfAnotherOrderIsNotKept() {
    String foreign = broker.place(OrderTerms.market(Ticker.of("IBM"), Side.BUY, 3));
    broker.next(Fault.WRONG_ID);
    UUID trade = ask(BUY);
    engine.rounds(3);
    assertThat(books.last(trade).brokerOrderId()).isNotEqualTo(foreign).isEqualTo(broker.newest());
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(broker.posts()).isEqualTo(1);
  }

  @Test
  void r07_idOfAnOrderThatWasLookedAtLongBeforeIsNotKept() {
    String over = broker.place(OrderTerms.market(Ticker.of("IBM"), Side.BUY, 3));
    broker.end(over, Status.CANCELED, null);
    engine.rounds(2);
    broker.next(Fault.WRONG_ID);
    broker.readable(false);
    UUID trade = ask(BUY);
    engine.rounds(3);
    broker.readable(true);
    engine.rounds(3);
    assertThat(books.last(trade).brokerOrderId()).isNotEqualTo(over).isEqualTo(broker.newest());
    assertThat(broker.posts()).isEqualTo(1);
  }

  @Test
  void r07_idOfAnEqualOrderThatWasThereBeforeIsNotKept() {
    String over = broker.place(RESTING);
    broker.fill(over, 10, "166.00");
    clock.pass(Duration.ofSeconds(31));
    engine.reconciler.takeOver(account -> {}, true);
    broker.next(Fault.WRONG_ID);
    UUID trade = ask(RESTING);
    engine.rounds(3);
    assertThat(books.last(trade).brokerOrderId()).isNotEqualTo(over).isEqualTo(broker.newest());
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.filled(trade)).isZero();
    assertThat(books.external()).isEmpty();
  }

  @Test
  void r07_idThatTheBrokerNeverHadIsGivenUpAndTheOrderFoundByItsContent() {
    broker.next(Fault.NO_SUCH_ID);
    UUID trade = ask(RESTING);
    engine.rounds(74);
    assertThat(books.last(trade).brokerOrderId()).isEqualTo("7");
    // It may be ours: neither adopted meanwhile nor overtaken in its lane.
    assertThat(books.external()).isEmpty();
    UUID second = ask(RESTING);
    engine.rounds(1);
    assertThat(books.status(second)).isEqualTo(TradeStatus.PENDING);
    engine.rounds(4);
    assertThat(books.last(trade).brokerOrderId()).isNotEqualTo("7");
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(broker.posts()).isEqualTo(1);
    assertThat(books.external()).isEmpty();
  }

  @Test
  void r11_orderThatTurnsUpAfterAPersonSaidItNeverArrived() {
    broker.lag(Duration.ofSeconds(200));
    broker.next(Fault.LOST_AFTER);
    UUID trade = ask(RESTING);
    engine.rounds(120);
    assertThat(books.last(trade).state()).isEqualTo(OrderState.UNRESOLVED);
    decide(trade, new Verdict.NotPlaced(false));
    engine.round();
    assertThat(books.last(trade).state()).isEqualTo(OrderState.NOT_PLACED);
    engine.rounds(120);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.events()).contains("order.turned_up");
    assertThat(books.external()).isEmpty();
    assertThat(broker.posts()).isEqualTo(1);
  }

  @Test
  void personSaysThatItNeverArrivedAndTheExitGoesOut() {
    UUID bought = ask(RESTING);
    engine.round();
    broker.fill(broker.newest(), 10, "160.00");
    engine.round();
    broker.next(Fault.LOST_BEFORE);
    UUID lost = ask(OrderTerms.market(SPY, Side.SELL, 4));
    engine.rounds(120);
    UUID exit = ask(OrderTerms.market(SPY, Side.SELL, 6));
    engine.rounds(5);
    assertThat(books.status(exit)).isEqualTo(TradeStatus.PENDING);
    assertThat(books.facts("order.absent"))
        .containsEntry("complete", true)
        .containsEntry("listed", 1)
        .containsEntry("candidates", List.of());

    decide(lost, new Verdict.NotPlaced(false));
    engine.rounds(2);

    assertThat(books.answers).containsExactly("yes: the order was not placed");
    assertThat(books.status(lost)).isEqualTo(TradeStatus.REJECTED);
    assertThat(books.reason(lost)).isEqualTo("not_placed: Schwab's page shows none (Ann)");
    assertThat(books.facts("order.resolved"))
        .containsEntry("person", "Ann")
        .containsEntry("evidence", "Schwab's page shows none")
        .containsEntry("absence_shown", true)
        .containsEntry("override", false);
    assertThat(books.status(exit)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.status(bought)).isEqualTo(TradeStatus.FILLED);
  }

  @Test
  void absenceThatIsNotShownTakesAnOverrideAndTime() {
    broker.next(Fault.LOST_BEFORE);
    UUID trade = ask(BUY);
    engine.rounds(40);
    decide(trade, new Verdict.NotPlaced(false));
    engine.round();
    decide(trade, new Verdict.NotPlaced(true));
    engine.round();
    assertThat(books.answers.getFirst())
        .matches("no: absence is not shown: [12] of 5 listings without it, 4. of 90 s;.*");
    assertThat(books.answers.getLast())
        .startsWith("no: the broker's listing may still lag: not even a person can tell before");
    assertThat(books.last(trade).state()).isEqualTo(OrderState.UNKNOWN);

    broker.down(true);
    engine.rounds(60);
    broker.down(false);
    books.dispute("SPY", clock.wall());
    decide(trade, new Verdict.NotPlaced(false));
    engine.round();
    assertThat(books.answers.getLast()).contains("the broker holds another quantity");
    assertThat(books.last(trade).state()).isEqualTo(OrderState.UNKNOWN);
    decide(trade, new Verdict.NotPlaced(true));
    engine.round();
    assertThat(books.answers.getLast()).endsWith("by a person's word: absence was not shown");
    assertThat(books.last(trade).state()).isEqualTo(OrderState.NOT_PLACED);
    assertThat(books.facts("order.resolved"))
        .containsEntry("override", true)
        .containsEntry("absence_shown", false)
        .containsEntry("position_differs", true);
  }

  @Test
  void r08_personSaysWhichOfTwoThatFitItIs() {
    broker.next(Fault.LOST_AFTER);
    UUID trade = ask(BUY);
    engine.round();
    String ours = broker.newest();
    String theirs = broker.place(BUY);
    engine.rounds(5);
    assertThat(books.facts("order.ambiguous").toString())
        .contains("broker_order_id=" + ours, "broker_order_id=" + theirs);
    decide(trade, new Verdict.NotPlaced(true));
    engine.round();
    assertThat(books.answers.getLast()).contains("order " + ours + " or " + theirs);

    decide(trade, new Verdict.Placed(ours));
    broker.fill(ours, 10, "167.41");
    engine.rounds(2);

    assertThat(books.answers.getLast()).isEqualTo("yes: the order is the broker's " + ours);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.FILLED);
    assertThat(books.last(trade).brokerOrderId()).isEqualTo(ours);
    assertThat(books.external()).hasSize(1);
    assertThat(broker.cancels()).isEmpty();
  }

  @Test
  void personsOrderIsBelievedOnlyWhenTheListingBearsItOut() {
    String before = broker.place(BUY);
    engine.round();
    UUID known = ask(RESTING);
    engine.round();
    String owned = broker.newest();
    broker.next(Fault.LOST_BEFORE);
    UUID trade = ask(BUY);
    engine.rounds(2);
    String other = broker.place(OrderTerms.market(SPY, Side.BUY, 11));
    for (String id : List.of("999", other, owned, before)) {
      decide(trade, new Verdict.Placed(id));
      engine.round();
    }
    decide(known, new Verdict.Placed(owned));
    engine.round();
    assertThat(books.answers.get(0)).endsWith("listing of this account has no order 999");
    assertThat(books.answers.get(1)).contains("BUY 11 EQUITY SPY", "BUY 10 EQUITY SPY");
    assertThat(books.answers.get(2)).contains("order " + owned + " says");
    assertThat(books.answers.get(3)).startsWith("no: order " + before + " belongs to trade");
    assertThat(books.answers.get(4))
        .isEqualTo(
            "no: the order is not of unknown fate: it is working as the broker's order " + owned);
    assertThat(books.last(trade).state()).isEqualTo(OrderState.UNKNOWN);
  }

  @Test
  void decisionWaitsForAListingAndIsRefusedWithoutOne() {
    broker.next(Fault.LOST_BEFORE);
    UUID trade = ask(BUY);
    engine.rounds(120);
    broker.down(true);
    decide(trade, new Verdict.NotPlaced(false));
    engine.rounds(59);
    assertThat(books.answers).isEmpty();
    engine.rounds(5);
    assertThat(books.answers)
        .containsExactly("no: the broker gave no listing to decide on; ask again");
    assertThat(books.last(trade).state()).isEqualTo(OrderState.UNRESOLVED);
  }

  @Test
  void decisionThatCannotBeDecidedIsRefusedAndKeepsNoOtherWaiting() {
    books.resolve(new UUID(9, 9), new Verdict.NotPlaced(true), "seen nothing", clock.wall());
    UUID trade = ask(BUY);
    engine.round();
    decide(trade, new Verdict.NotPlaced(true));
    engine.round();
    assertThat(books.answers)
        .containsExactly(
            "no: the order is not of unknown fate: it is working as the broker's order "
                + broker.newest());
    engine.rounds(61);
    assertThat(books.answers)
        .last()
        .isEqualTo("no: it could not be decided, the engine's log says why; ask again");
    assertThat(books.resolutionsWanted()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, order.acked, accepted",
    "REFUSED, order.refused, refused",
    "NOT_SENT, order.not_sent, not_sent",
    "THROTTLED, order.throttled, throttled",
    "LOST_BEFORE, order.unknown, unconfirmed",
    "WRONG_ID, order.unknown, accepted"
  })
  void journalTellsWhatWasAskedAndAnsweredHoweverItEnded(
      Fault fault, String event, String outcome) {
    UUID first = ask(RESTING);
    engine.round();
    String old = String.valueOf(books.last(first).brokerOrderId());
    broker.next(fault);
    UUID second = ask(OrderTerms.market(Ticker.of("IBM"), Side.BUY, 3));
    engine.desk.work();
    String body = broker.body(books.terms(second));
    assertThat(books.facts(event).toString())
        .contains("asks=place, body=" + body, "outcome=" + outcome, "latency_ms=");
    engine.rounds(3);

    broker.next(fault);
    books.change(first, "166.50", null, clock.wall());
    engine.desk.work();
    assertThat(books.facts(event).toString())
        .contains("asks=replace " + old + ", body=", "outcome=" + outcome, "latency_ms=");
  }

  @Test
  void answerIsWrittenDownAlsoWhereTheJournalCannotTellWhatWasAsked() {
    broker.failsToTellBodies = true;
    UUID trade = ask(BUY);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.facts("order.acked")).isEmpty();
  }

  private void decide(UUID trade, Verdict verdict) {
    books.resolve(books.last(trade).id(), verdict, "Schwab's page shows none", clock.wall());
  }

  @Test
  void approvedOrderThatCoversNothingAnyMoreGoesOutAsNewRisk() {
    broker.fill(broker.place(OrderTerms.market(SPY, Side.SELL_SHORT, 10)), 10, "167.39");
    engine.round();
    clock.pass(Duration.ofSeconds(11));
    UUID trade = ask(BUY);
    engine.takeIn();
    engine.approveOnly(trade, true);
    broker.fill(broker.place(OrderTerms.market(SPY, Side.BUY_TO_COVER, 10)), 10, "167.41");
    engine.reconciler.poll();
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.last(trade).reducing()).isFalse();
  }

  @Test
  void r48_lossThatComesWhileAnApprovedOrderWaitsStopsIt() {
    UUID trade = ask(RESTING);
    engine.takeIn();
    engine.approveOnly(trade);
    books.dayPnl = BigDecimal.valueOf(-501);
    engine.rounds(5);
    assertThat(broker.posts()).isZero();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.PENDING);
  }

  @Test
  void r42_noPostBeginsAfterAHaltWhileFiftyOrdersAreQueued() {
    UUID first = ask(RESTING);
    for (int i = 1; i < 50; i++) {
      ask(limit(Side.BUY, 1 + i, "166.00"));
    }
    engine.whilePaused = () -> books.halt();
    engine.pauseBeforeSending = Duration.ofSeconds(1);
    engine.rounds(60);
    assertThat(broker.posts()).isZero();
    assertThat(books.reason(first)).startsWith("not_sent: halted");
    assertThat(books.inStates(OrderState.WAITING)).isEmpty();
  }

  @Test
  void r47_strategyThatLostItsHeadIsHeldByDuplicateGuardRateLimitAndHalt() {
    UUID same = books.ask(Origin.STRATEGY, limit(Side.BUY, 1, "166.00"), clock.wall());
    UUID again = books.ask(Origin.STRATEGY, limit(Side.BUY, 1, "166.00"), clock.wall());
    engine.round();
    assertThat(books.status(same)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.reason(again)).startsWith("duplicate_order");
    // A person's orders are what their keys say.
    UUID person = ask(limit(Side.BUY, 1, "166.00"));
    engine.round();
    assertThat(books.status(person)).isEqualTo(TradeStatus.WORKING);

    for (int i = 0; i < 10_000; i++) {
      books.ask(Origin.STRATEGY, limit(Side.BUY, 2 + i % 90, "166.00"), clock.wall());
    }
    for (int round = 0; round < 4; round++) {
      engine.desk.work();
    }
    // Ten a minute, and ten open, whoever asks.
    assertThat(broker.posts()).isEqualTo(10);
    books.halt();
    for (int round = 0; round < 4; round++) {
      engine.desk.work();
    }
    assertThat(broker.posts()).isEqualTo(10);
  }

  @Test
  void lastLookThatTakesLongStopsTheOrder() {
    UUID trade = ask(BUY);
    engine.pauseBeforeSending = Duration.ofSeconds(1);
    books.beforeRead = () -> clock.pass(Duration.ofSeconds(2));
    engine.desk.work();
    assertThat(broker.posts()).isZero();
    assertThat(books.reason(trade)).startsWith("not_sent: it was held up for");
  }

  @Test
  void orderAskedForBeforeTheCloseIsNotSentAfterIt() {
    clock.pass(Duration.between(clock.wall(), Instant.parse("2013-10-08T19:59:58Z")));
    UUID trade = ask(RESTING);
    clock.pass(Duration.ofSeconds(5));
    engine.rounds(3);
    assertThat(broker.posts()).isZero();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.EXPIRED);
    UUID evening = ask(RESTING);
    engine.rounds(3);
    assertThat(books.status(evening)).isEqualTo(TradeStatus.WORKING);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CRASH_AFTER", "CRASH_BEFORE"})
  void restartInTheMiddleOfASendingNeverSendsAgain(Fault fault) {
    broker.next(fault);
    broker.onCrash = () -> books.gone = true;
    UUID trade = ask(BUY);
    assertThatThrownBy(() -> engine.round()).isInstanceOf(FakeBroker.Crash.class);
    assertThat(books.last(trade).state()).isEqualTo(OrderState.SENDING);

    books.gone = false;
    engine = new Engine();
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.UNKNOWN);
    engine.rounds(200);

    assertThat(broker.posts()).isEqualTo(1);
    assertThat(books.last(trade).state())
        .isEqualTo(fault == Fault.CRASH_AFTER ? OrderState.WORKING : OrderState.UNRESOLVED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CRASH_AFTER", "CRASH_BEFORE"})
  void errorThatEndsASendersThreadLeavesNothingSending(Fault fault) {
    broker.next(fault);
    UUID trade = ask(BUY);
    assertThatThrownBy(() -> engine.round()).isInstanceOf(FakeBroker.Crash.class);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.UNKNOWN);
    engine.rounds(200);
    assertThat(broker.posts()).isEqualTo(1);
    assertThat(books.last(trade).state())
        .isEqualTo(fault == Fault.CRASH_AFTER ? OrderState.WORKING : OrderState.UNRESOLVED);
  }

  @Test
  void r21_r22_claimWhoseCommitAnswerIsLostIsNeverSent() {
    UUID trade = ask(BUY);
    books.loseCommitAnswerOf = "order.sending";
    assertThatThrownBy(() -> engine.desk.work()).isInstanceOf(ScriptedBooks.LostAnswer.class);
    engine.rounds(3);
    assertThat(broker.posts()).isZero();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.UNKNOWN);
  }

  @Test
  void r23_answerThatCannotBeWrittenIsKeptAndWrittenLater() {
    UUID trade = ask(BUY);
    engine.failWriteOfAnswer();
    assertThat(books.last(trade).state()).isEqualTo(OrderState.SENDING);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(broker.posts()).isEqualTo(1);
  }

  @Test
  void r06_throttledOrderIsTriedAnewAfterACleanListing() {
    broker.next(Fault.THROTTLED);
    UUID trade = ask(BUY);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.UNKNOWN);
    engine.rounds(5);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.last(trade).attempt()).isEqualTo(2);
    assertThat(broker.accepted()).isEqualTo(1);
  }

  @Test
  void throttledOrderThatTurnsUpStandsForItsTradeThoughItsRetryWasDenied() {
    broker.next(Fault.THROTTLED);
    UUID trade = ask(RESTING);
    engine.round();
    books.halt();
    engine.rounds(5);
    assertThat(books.last(trade).state()).isEqualTo(OrderState.DENIED);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.REJECTED);
    String late = broker.place(RESTING);
    engine.rounds(2);
    assertThat(books.attempts(trade).getFirst().brokerOrderId()).isEqualTo(late);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    broker.fill(late, 10, "166.00");
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.FILLED);
  }

  @ParameterizedTest
  @EnumSource(names = {"REJECTED", "CANCELED", "EXPIRED"})
  void throttledOrderThatTurnsUpStandsForItsTradeThoughItsRetryIsOver(Status over) {
    broker.next(Fault.THROTTLED);
    UUID trade = ask(RESTING);
    engine.rounds(5);
    assertThat(books.attempts(trade)).hasSize(2);
    broker.end(broker.newest(), over, "no buying power");
    engine.rounds(2);
    String late = broker.place(RESTING);
    engine.rounds(2);
    assertThat(books.attempts(trade).getFirst().brokerOrderId()).isEqualTo(late);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    broker.fill(late, 10, "166.00");
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.FILLED);
  }

  @Test
  void throttledOrderIsGivenUpAfterFiveAttempts() {
    for (int i = 0; i < 9; i++) {
      broker.next(Fault.THROTTLED);
    }
    UUID trade = ask(RESTING);
    engine.rounds(600);
    assertThat(broker.posts()).isEqualTo(5);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.REJECTED);
    assertThat(books.reason(trade)).startsWith("throttled");
  }

  @Test
  void throttledMarketOrderIsGivenUpAfterThirtySeconds() {
    for (int i = 0; i < 9; i++) {
      broker.next(Fault.THROTTLED);
    }
    UUID trade = ask(BUY);
    engine.rounds(600);
    assertThat(broker.posts()).isLessThanOrEqualTo(5);
    assertThat(books.status(trade)).isIn(TradeStatus.EXPIRED, TradeStatus.REJECTED);
  }

  @Test
  void orderOfUnknownFateBlocksNewRiskInItsTicker() {
    broker.next(Fault.LOST_BEFORE);
    ask(RESTING);
    engine.round();
    UUID second = ask(RESTING);
    engine.rounds(3);
    assertThat(books.status(second)).isEqualTo(TradeStatus.REJECTED);
    assertThat(books.reason(second)).startsWith("unknown_order");
    assertThat(broker.posts()).isEqualTo(1);
  }

  @Test
  void wayOutWaitsWhileAnotherOfItsLaneIsUnknown() {
    ask(BUY);
    engine.round();
    broker.fill(broker.newest(), 10, "167.41");
    engine.round();
    broker.next(Fault.LOST_BEFORE);
    ask(OrderTerms.market(SPY, Side.SELL, 4));
    engine.round();
    UUID second = ask(OrderTerms.market(SPY, Side.SELL, 4));
    engine.rounds(3);
    assertThat(books.status(second)).isEqualTo(TradeStatus.PENDING);
    assertThat(broker.posts()).isEqualTo(2);
  }

  @Test
  void nothingIsSentWithoutAFreshListing() {
    broker.down(true);
    UUID trade = ask(BUY);
    engine.rounds(3);
    assertThat(broker.posts()).isZero();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.PENDING);
    engine.rounds(30);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.EXPIRED);
  }

  @Test
  void haltBetweenApprovalAndClaimStopsTheOrder() {
    UUID trade = ask(BUY);
    engine.takeIn();
    engine.approveOnly(trade);
    books.halt();
    engine.rounds(40);
    assertThat(broker.posts()).isZero();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.EXPIRED);
  }

  @Test
  void r20_pauseBetweenClaimAndSendingStopsTheOrder() {
    UUID trade = ask(BUY);
    engine.pauseBeforeSending = Duration.ofSeconds(3);
    engine.round();
    assertThat(broker.posts()).isZero();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.REJECTED);
    assertThat(books.reason(trade)).startsWith("not_sent: it was held up for");
  }

  @Test
  void r20_pauseBetweenChecksAndClaimStopsTheOrder() {
    UUID trade = ask(BUY);
    engine.reconciler.poll();
    books.afterLook = () -> clock.pass(Duration.ofSeconds(3));
    engine.desk.work();
    assertThat(broker.posts()).isZero();
    assertThat(books.reason(trade)).startsWith("not_sent: it was held up for");
  }

  @Test
  void r20_pauseBetweenChecksAndClaimStopsAnOrderThatWaited() {
    UUID trade = ask(BUY);
    engine.takeIn();
    engine.approveOnly(trade);
    books.afterLook = () -> clock.pass(Duration.ofSeconds(3));
    engine.desk.work();
    assertThat(broker.posts()).isZero();
    assertThat(books.reason(trade)).startsWith("not_sent: it was held up for");
  }

  @Test
  void haltBetweenChecksAndClaimStopsTheOrder() {
    UUID trade = ask(BUY);
    engine.reconciler.poll();
    books.afterLook =
        () -> {
          clock.pass(Duration.ofMillis(300));
          books.halt();
        };
    engine.desk.work();
    assertThat(broker.posts()).isZero();
    assertThat(books.reason(trade)).startsWith("not_sent: halted");
  }

  @Test
  void r46_orderInAMarketWithoutABidHoldsUpNoOther() {
    Ticker ibm = Ticker.of("IBM");
    books.noBid.add(ibm);
    engine.round();
    UUID without =
        ask(
            OrderTerms.equity(
                ibm,
                Side.SELL_SHORT,
                1,
                OrderType.LIMIT,
                Price.of("166.00"),
                null,
                TimeInForce.DAY));
    UUID other = ask(BUY);
    engine.round();
    assertThat(books.reason(without)).startsWith("price_collar_percent: no bid");
    assertThat(books.status(other)).isEqualTo(TradeStatus.WORKING);
  }

  @Test
  void checkThatFailsDeniesItsOrderAndHoldsUpNoOther() {
    broker.fill(broker.place(BUY), 10, "167.41");
    engine.round();
    books.dayPnl =
        new BigDecimal(0) {
          @Override
          public BigDecimal negate() {
            throw new ArithmeticException("planted");
          }
        };
    UUID buy = ask(BUY);
    UUID exit = ask(OrderTerms.market(SPY, Side.SELL, 10));
    engine.round();
    assertThat(books.reason(buy)).startsWith("check_failed: ").endsWith("planted");
    assertThat(books.facts("order.denied")).containsEntry("rule", "check_failed");
    assertThat(books.status(exit)).isEqualTo(TradeStatus.WORKING);
  }

  @Test
  void orderOfALaterBatchDoesNotOvertakeInItsLane() {
    engine.round();
    for (int quantity = 1; quantity <= 9; quantity++) {
      ask(limit(Side.BUY, quantity, "166.00"));
    }
    engine.round();
    assertThat(broker.placed().stream().map(OrderTerms::quantity))
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
  }

  @Test
  void haltDuringAShortPauseStopsTheOrder() {
    UUID trade = ask(BUY);
    engine.pauseBeforeSending = Duration.ofSeconds(1);
    engine.whilePaused = () -> books.halt();
    engine.round();
    assertThat(broker.posts()).isZero();
    assertThat(books.reason(trade)).startsWith("not_sent: halted");
  }

  @Test
  void cancelIsShownAndDoneOnlyWhenTheBrokerSaysSo() {
    UUID trade = ask(RESTING);
    engine.round();
    books.cancel(trade);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.CANCEL_PENDING);
    assertThat(broker.cancels()).hasSize(1);
    assertThat(books.facts("order.cancel_answered").toString())
        .contains("asks=cancel " + broker.newest(), "outcome=accepted", "latency_ms=");
    engine.rounds(20);
    assertThat(broker.cancels()).hasSizeGreaterThan(1);
    assertThat(books.events().stream().filter("order.cancel_answered"::equals))
        .as("the same answer again")
        .hasSize(1);
    broker.end(broker.newest(), Status.CANCELED, null);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.CANCELED);
  }

  @Test
  void r16_fillThatOvertakesACancelCounts() {
    UUID trade = ask(RESTING);
    engine.round();
    books.cancel(trade);
    engine.round();
    broker.fill(broker.newest(), 10, "166.00");
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.FILLED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.class,
      names = {"CANCELED", "EXPIRED", "REJECTED"})
  void r12_orderWhoseEndIsListedBeforeItsFillsIsNotDoneWith(Status end) {
    broker.fill(broker.place(BUY), 10, "167.41");
    engine.round();
    UUID sale = ask(limit(Side.SELL, 10, "168.00"));
    engine.round();
    broker.hidesFills = true;
    broker.fill(orderOf(sale), 4, "168.00");
    broker.end(orderOf(sale), end, null);
    engine.rounds(5);
    assertThat(books.status(sale)).isEqualTo(TradeStatus.WORKING);
    UUID again = ask(OrderTerms.market(SPY, Side.SELL, 10));
    engine.round();
    assertThat(books.reason(again)).startsWith("oversold: ");

    broker.hidesFills = false;
    engine.round();
    assertThat(books.last(sale).state().name()).isEqualTo(end.name());
    assertThat(books.filled(sale)).isEqualTo(4);
    again = ask(OrderTerms.market(SPY, Side.SELL, 10));
    UUID rest = ask(OrderTerms.market(SPY, Side.SELL, 6));
    engine.round();
    assertThat(books.reason(again)).startsWith("oversold: ");
    assertThat(books.status(rest)).isEqualTo(TradeStatus.WORKING);
  }

  @Test
  void r12_fillsThatAreNeverListedEndTheirOrderAfterAMinute() {
    UUID trade = ask(RESTING);
    engine.round();
    broker.hidesFills = true;
    broker.fill(orderOf(trade), 4, "166.00");
    broker.end(orderOf(trade), Status.CANCELED, null);
    engine.rounds(59);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    engine.rounds(1);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.CANCELED);
    assertThat(books.facts("order.canceled").toString()).contains("executions_missing=true");
    broker.hidesFills = false;
    engine.round();
    assertThat(books.filled(trade)).isEqualTo(4);
  }

  @Test
  void r12_replacedOrderHoldsItsLaneUntilItsFillsAreListed() {
    UUID trade = ask(RESTING);
    engine.round();
    String old = orderOf(trade);
    broker.hidesFills = true;
    broker.fill(old, 4, "166.00");
    String next = broker.place(limit(Side.BUY, 6, "166.50"));
    broker.end(old, Status.REPLACED, null);
    engine.rounds(5);
    assertThat(orderOf(trade)).isEqualTo(old);
    assertThat(books.external()).isEmpty();
    UUID other = ask(BUY);
    engine.rounds(2);
    assertThat(books.status(other)).isEqualTo(TradeStatus.PENDING);

    broker.hidesFills = false;
    engine.rounds(2);
    assertThat(orderOf(trade)).isEqualTo(next);
    assertThat(books.filled(trade)).isEqualTo(4);
    assertThat(books.status(other)).isEqualTo(TradeStatus.WORKING);
  }

  @Test
  void r12_accountIsNotTakenOverWhileFillsOfAnOrderThatEndedAreMissing() {
    String order = broker.place(RESTING);
    broker.hidesFills = true;
    broker.fill(order, 4, "166.00");
    broker.end(order, Status.CANCELED, null);
    clock.pass(Duration.ofSeconds(59));
    assertThatThrownBy(() -> engine.reconciler.takeOver(account -> {}, true))
        .isInstanceOf(BrokerUnavailableException.class);
    clock.pass(Duration.ofSeconds(1));
    engine.reconciler.takeOver(account -> {}, true);
    engine.round();
    assertThat(books.external()).isEmpty();
  }

  @Test
  void withdrawnBeforeItWasSentIsCanceled() {
    UUID trade = ask(RESTING);
    books.cancel(trade);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.CANCELED);
    assertThat(broker.posts()).isZero();
  }

  @Test
  void orderPlacedElsewhereIsAdoptedAndFollowed() {
    String id = broker.place(RESTING);
    engine.round();
    UUID trade = books.external().getFirst();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    broker.fill(id, 10, "166.00");
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.FILLED);
    assertThat(books.external()).hasSize(1);
  }

  @Test
  void replacedElsewhereTheTradeFollowsAndFillsOfBothOrdersCount() {
    UUID trade = ask(RESTING);
    engine.round();
    String old = broker.newest();
    broker.fill(old, 4, "166.00");
    engine.round();
    clock.pass(Duration.ofSeconds(30));
    String next = broker.place(limit(Side.BUY, 8, "166.50"));
    broker.end(old, Status.REPLACED, null);

    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.last(trade).brokerOrderId()).isEqualTo(next);
    assertThat(books.last(trade).leaves()).isEqualTo(8);
    assertThat(books.terms(trade)).isEqualTo(limit(Side.BUY, 12, "166.50"));
    assertThat(books.filled(trade)).isEqualTo(4);

    broker.fill(next, 3, "166.50");
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.PARTIALLY_FILLED);
    // A fill of the old order that is told late counts, and does not end the trade.
    broker.fill(old, 1, "166.00");
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.PARTIALLY_FILLED);
    assertThat(books.filled(trade)).isEqualTo(8);
    assertThat(books.terms(trade).quantity()).isEqualTo(13);

    engine = new Engine();
    broker.fill(next, 5, "166.50");
    engine.rounds(2);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.FILLED);
    assertThat(books.filled(trade)).isEqualTo(13);
    assertThat(books.external()).isEmpty();
    assertThat(broker.posts()).isEqualTo(1);
  }

  @Test
  void orderUnderReplacementHoldsItsLaneAndItsSuccessorIsNotAdopted() {
    UUID trade = ask(RESTING);
    engine.round();
    String old = broker.newest();
    String next = broker.place(limit(Side.BUY, 10, "166.50"));
    broker.end(old, Status.REPLACING, null);
    engine.rounds(5);
    assertThat(books.external()).isEmpty();
    UUID other = ask(BUY);
    engine.rounds(2);
    assertThat(books.status(other)).isEqualTo(TradeStatus.PENDING);

    broker.end(old, Status.REPLACED, null);
    engine.rounds(2);
    assertThat(books.last(trade).brokerOrderId()).isEqualTo(next);
    assertThat(books.status(other)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.external()).isEmpty();
  }

  @Test
  void replacedTwiceAndCanceled() {
    UUID trade = ask(RESTING);
    engine.round();
    for (String price : new String[] {"166.50", "166.75"}) {
      String old = broker.newest();
      clock.pass(Duration.ofSeconds(1));
      broker.place(limit(Side.BUY, 10, price));
      broker.end(old, Status.REPLACED, null);
      engine.round();
    }
    assertThat(books.terms(trade)).isEqualTo(limit(Side.BUY, 10, "166.75"));
    books.cancel(trade);
    engine.round();
    assertThat(broker.cancels()).containsExactly(broker.newest());
    broker.end(broker.newest(), Status.CANCELED, null);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.CANCELED);
  }

  @Test
  void replacementThatIsNotListedYetIsWaitedFor() {
    UUID trade = ask(RESTING);
    engine.round();
    String old = broker.newest();
    broker.end(old, Status.REPLACED, null);
    broker.place(limit(Side.SELL_SHORT, 10, "169.00"));
    engine.rounds(2);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.last(trade).brokerOrderId()).isEqualTo(old);

    engine = new Engine();
    broker.place(limit(Side.BUY, 10, "166.50"));
    engine.round();
    assertThat(books.last(trade).brokerOrderId()).isEqualTo(broker.newest());
    assertThat(books.external()).hasSize(1);
  }

  @Test
  void replacementThatIsNeverListedEndsTheTrade() {
    UUID trade = ask(RESTING);
    engine.round();
    broker.end(broker.newest(), Status.REPLACED, null);
    engine.rounds(89);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    // Too late to be the one that replaced it.
    broker.place(limit(Side.BUY, 10, "166.50"));
    engine.rounds(3);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.CANCELED);
    assertThat(books.reason(trade)).isEqualTo("replaced elsewhere by an order that was not found");
    assertThat(books.external()).hasSize(1);
  }

  @Test
  void twoOrdersThatFitAreNotGuessedAbout() {
    UUID trade = ask(RESTING);
    engine.round();
    String old = broker.newest();
    broker.place(limit(Side.BUY, 10, "166.50"));
    broker.place(limit(Side.BUY, 10, "166.75"));
    broker.end(old, Status.REPLACED, null);
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.CANCELED);
    assertThat(books.reason(trade)).isEqualTo("replaced elsewhere by one of 2 orders that fit");
    assertThat(books.external()).hasSize(2);
  }

  @Test
  void oneOrderThatFitsTwoReplacedOnesIsNotGuessedAbout() {
    UUID first = ask(RESTING);
    UUID second = ask(limit(Side.BUY, 5, "165.00"));
    engine.rounds(2);
    String one = Objects.requireNonNull(books.last(first).brokerOrderId());
    String two = Objects.requireNonNull(books.last(second).brokerOrderId());
    broker.place(limit(Side.BUY, 10, "166.50"));
    broker.end(one, Status.REPLACED, null);
    broker.end(two, Status.REPLACED, null);
    engine.rounds(2);
    assertThat(books.last(first).brokerOrderId()).isEqualTo(one);
    assertThat(books.last(second).brokerOrderId()).isEqualTo(two);
    assertThat(books.external()).isEmpty();

    broker.place(limit(Side.BUY, 5, "165.50"));
    engine.rounds(2);
    assertThat(books.status(first)).isEqualTo(TradeStatus.CANCELED);
    assertThat(books.status(second)).isEqualTo(TradeStatus.CANCELED);
    assertThat(books.external()).hasSize(2);
  }

  @Test
  void replacementThatWasAdoptedBeforeIsNotCountedTwice() {
    UUID trade = ask(RESTING);
    engine.round();
    String old = broker.newest();
    String next = broker.place(limit(Side.BUY, 10, "166.50"));
    engine.round();
    broker.end(old, Status.REPLACED, null);
    broker.fill(next, 10, "166.50");
    engine.rounds(2);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.CANCELED);
    assertThat(books.reason(trade))
        .isEqualTo("replaced elsewhere by what may be order " + next + ", a trade of its own");
    assertThat(books.filled(trade)).isZero();
    assertThat(books.filled(books.external().getFirst())).isEqualTo(10);
  }

  @Test
  void r17_changeIsAnOrderOfItsOwnAndFillsOfBothCount() {
    UUID trade = ask(RESTING);
    engine.round();
    String old = broker.newest();
    broker.fill(old, 4, "166.00");
    engine.round();
    UUID change = books.change(trade, "166.50", 12L, clock.wall());
    engine.round();
    String next = broker.newest();
    assertThat(next).isNotEqualTo(old);
    assertThat(books.last(trade).terms()).isEqualTo(limit(Side.BUY, 8, "166.50"));
    assertThat(books.last(trade).brokerOrderId()).isEqualTo(next);
    assertThat(books.terms(trade)).isEqualTo(limit(Side.BUY, 12, "166.50"));
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.how(change)).isEqualTo("WORKING");
    assertThat(books.attempts(trade).getFirst().detail()).isEqualTo("replaced as asked for");

    broker.fill(next, 8, "166.50");
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.FILLED);
    assertThat(books.filled(trade)).isEqualTo(12);
    assertThat(broker.posts()).isEqualTo(1);
    assertThat(broker.puts()).isEqualTo(1);
    assertThat(books.external()).isEmpty();
  }

  @Test
  void r17_bothLegsAreReservedUntilTheChangeIsSettled() {
    UUID trade = ask(limit(Side.BUY, 100, "166.00"));
    engine.round();
    broker.slow = true;
    books.change(trade, "166.50", null, clock.wall());
    engine.round();
    OrderIntent other =
        OrderIntent.first(
            UUID.randomUUID(),
            trade,
            Origin.PERSON,
            BUY,
            clock.wall(),
            new Deadline(null, clock.market()));
    assertThat(exposure(other).openBuys()).isEqualTo(200);
    assertThat(books.terms(trade)).isEqualTo(limit(Side.BUY, 100, "166.00"));

    broker.end(
        Objects.requireNonNull(books.attempts(trade).getFirst().brokerOrderId()),
        Status.REPLACED,
        null);
    engine.round();
    assertThat(exposure(other).openBuys()).isEqualTo(100);
    assertThat(books.terms(trade)).isEqualTo(limit(Side.BUY, 100, "166.50"));
  }

  private Exposure exposure(OrderIntent intent) {
    return books.read(
        ledger -> ledger.circumstances(intent, clock.wall(), clock.market()).exposure());
  }

  @Test
  void r17_orderThatFillsInsteadOfBeingReplacedStandsForItsTrade() {
    UUID trade = ask(RESTING);
    engine.round();
    String old = broker.newest();
    broker.slow = true;
    UUID change = books.change(trade, "166.50", null, clock.wall());
    engine.round();
    broker.end(broker.newest(), Status.REJECTED, "the order to be replaced is done");
    broker.fill(old, 10, "166.00");
    broker.end(old, Status.FILLED, null);
    engine.rounds(2);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.FILLED);
    assertThat(books.filled(trade)).isEqualTo(10);
    assertThat(books.terms(trade)).isEqualTo(RESTING);
    assertThat(books.how(change)).startsWith("REJECTED");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"LOST_AFTER", "WRONG_ID", "NO_SUCH_ID"})
  void r17_changeWhoseAnswerIsUselessIsFoundByItsContent(Fault fault) {
    UUID trade = ask(RESTING);
    engine.round();
    broker.next(fault);
    books.change(trade, "166.50", null, clock.wall());
    engine.rounds(90);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.last(trade).brokerOrderId()).isEqualTo(broker.newest());
    assertThat(books.terms(trade)).isEqualTo(limit(Side.BUY, 10, "166.50"));
    assertThat(broker.puts()).isEqualTo(1);
    assertThat(books.external()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"LOST_BEFORE", "THROTTLED", "REFUSED", "NOT_SENT"})
  void r17_changeThatNeverArrivedLeavesTheOrderAsItWas(Fault fault) {
    UUID trade = ask(RESTING);
    engine.round();
    String old = broker.newest();
    broker.next(fault);
    UUID change = books.change(trade, "166.50", null, clock.wall());
    engine.rounds(150);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.terms(trade)).isEqualTo(RESTING);
    assertThat(books.attempts(trade).getFirst().brokerOrderId()).isEqualTo(old);
    assertThat(books.how(change))
        .startsWith(fault == Fault.NOT_SENT ? "NOT_SENT not_sent" : "REFUSED ");
    assertThat(broker.puts()).isLessThanOrEqualTo(1);

    // The next change is as good as the first.
    books.change(trade, "166.75", null, clock.wall());
    engine.rounds(2);
    assertThat(books.terms(trade)).isEqualTo(limit(Side.BUY, 10, "166.75"));
    broker.fill(broker.newest(), 10, "166.75");
    engine.round();
    assertThat(books.status(trade)).isEqualTo(TradeStatus.FILLED);
  }

  @Test
  void r17_twoOpenOrdersInsteadOfOneAreCountedTwiceAndRaiseAnAlarm() {
    UUID trade = ask(RESTING);
    engine.round();
    broker.leavesBoth = true;
    UUID change = books.change(trade, "166.50", null, clock.wall());
    engine.rounds(85);
    assertThat(books.events()).doesNotContain("order.both_open");
    engine.rounds(10);
    assertThat(books.events().stream().filter("order.both_open"::equals)).hasSize(1);
    assertThat(books.how(change)).contains("both the old order and the new one are open");
    assertThat(exposure(books.last(trade)).openBuys()).isEqualTo(10);

    books.cancel(trade);
    engine.round();
    assertThat(broker.cancels()).hasSize(2);
  }

  @Test
  void r17_equalOrderOfSomebodyElsesIsNotTakenForTheChange() {
    UUID trade = ask(RESTING);
    engine.round();
    broker.next(Fault.LOST_BEFORE);
    books.change(trade, "166.50", null, clock.wall());
    engine.round();
    broker.place(limit(Side.BUY, 10, "166.50"));
    engine.rounds(150);
    assertThat(books.last(trade).state()).isEqualTo(OrderState.UNRESOLVED);
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(books.terms(trade)).isEqualTo(RESTING);
  }

  @Test
  void r17_changeIsForWhatWasLeftWhenItWasAskedFor() {
    UUID trade = ask(RESTING);
    engine.round();
    broker.down(true);
    UUID change = books.change(trade, "166.50", null, clock.wall());
    clock.pass(Duration.ofSeconds(11));
    engine.desk.work();
    assertThat(books.how(change)).isEqualTo("NEW");
    broker.fill(broker.newest(), 3, "166.00");
    broker.down(false);
    engine.rounds(2);
    assertThat(books.how(change)).startsWith("EXPIRED_UNSENT filled: more was filled");
    assertThat(broker.puts()).isZero();
    assertThat(books.filled(trade)).isEqualTo(3);
  }

  @Test
  void r17_changeKnowsWhatFilledBeforeItWasAskedFor() {
    UUID trade = ask(limit(Side.BUY, 100, "166.00"));
    engine.round();
    String order = broker.newest();
    clock.pass(Duration.ofSeconds(5));
    broker.fill(order, 60, "166.00");
    UUID early = books.change(trade, "166.50", null, clock.wall());
    engine.round();
    assertThat(books.how(early)).startsWith("EXPIRED_UNSENT filled: more was filled");
    assertThat(broker.puts()).isZero();

    books.change(trade, "166.50", null, clock.wall());
    engine.round();
    assertThat(books.last(trade).terms()).isEqualTo(limit(Side.BUY, 40, "166.50"));
    assertThat(books.terms(trade).quantity()).isEqualTo(100);
  }

  @Test
  void r17_whatFillsWhileAClosingOrderIsChangedIsNoticedAndTheRestCanceled() {
    broker.fill(broker.place(limit(Side.BUY, 50, "167.00")), 50, "167.00");
    engine.round();
    UUID trade = ask(limit(Side.SELL, 10, "169.00"));
    engine.round();
    String old = broker.newest();
    UUID change = books.change(trade, "168.50", null, clock.wall());
    engine.whilePaused = () -> broker.fill(old, 4, "169.00");
    engine.round();
    assertThat(books.how(change)).startsWith("WORKING");
    assertThat(books.facts("order.change_overfills")).containsEntry("excess", 4L);
    assertThat(books.cancelRequested(trade)).isTrue();
  }

  @Test
  void r17_whatFillsWhileTheAnswerToAChangeIsUnderWayIsNoticedToo() {
    UUID trade = ask(RESTING);
    engine.round();
    broker.next(Fault.CRASH_AFTER);
    books.change(trade, "166.50", null, clock.wall());
    broker.onCrash = () -> books.gone = true;
    String old = broker.newest();
    engine.whilePaused = () -> broker.fill(old, 4, "166.00");
    assertThatThrownBy(engine::round).isInstanceOf(FakeBroker.Crash.class);
    books.gone = false;
    assertThat(books.last(trade).state()).isEqualTo(OrderState.SENDING);
    engine = new Engine();
    engine.rounds(2);
    assertThat(books.facts("order.change_overfills")).containsEntry("excess", 4L);
  }

  @Test
  void r17_whatFillsWhileAnOpeningOrderIsChangedIsNoticedAlsoWhereItIsListedLate() {
    UUID trade = ask(RESTING);
    engine.round();
    String old = broker.newest();
    books.change(trade, null, 12L, clock.wall());
    engine.round();
    assertThat(books.events()).doesNotContain("order.change_overfills");
    broker.fill(old, 3, "166.00");
    engine.round();
    assertThat(books.facts("order.change_overfills")).containsEntry("excess", 3L);
    broker.fill(old, 1, "166.00");
    engine.rounds(3);
    assertThat(books.facts("order.change_overfills")).containsEntry("excess", 4L);
    assertThat(books.events().stream().filter("order.change_overfills"::equals)).hasSize(2);
    assertThat(books.cancelRequested(trade)).isFalse();
  }

  @Test
  void r17_changeOfWhatDoesNotWorkIsRefusedWithItsReason() {
    UUID trade = ask(RESTING);
    UUID early = books.change(trade, "166.50", null, clock.wall());
    engine.desk.work();
    assertThat(books.how(early)).startsWith("not_working");
    engine.round();
    UUID same = books.change(trade, "166.00", null, clock.wall());
    engine.round();
    UUID big = books.change(trade, null, 101L, clock.wall());
    engine.rounds(2);
    assertThat(books.how(same)).startsWith("unchanged");
    assertThat(books.how(big)).isEqualTo("DENIED max_order_quantity: 101 is over 100");
    broker.fill(broker.newest(), 4, "166.00");
    engine.round();
    UUID less = books.change(trade, null, 4L, clock.wall());
    engine.round();
    assertThat(books.how(less)).isEqualTo("filled: 4 are filled already");
    books.cancel(trade);
    UUID late = books.change(trade, "166.50", null, clock.wall());
    engine.round();
    assertThat(books.how(late)).startsWith("not_working: a cancel");
    assertThat(broker.puts()).isZero();
  }

  @Test
  void r17_haltedTradingChangesNothingThatAddsRisk() {
    UUID trade = ask(RESTING);
    engine.round();
    books.halt();
    UUID change = books.change(trade, "166.50", null, clock.wall());
    engine.round();
    assertThat(books.how(change)).startsWith("DENIED halted");
    assertThat(books.status(trade)).isEqualTo(TradeStatus.WORKING);
    assertThat(broker.puts()).isZero();
  }

  @Test
  void r17_orderThatClosesAPositionCanBeChanged() {
    broker.fill(broker.place(BUY), 10, "167.41");
    engine.round();
    UUID trade = ask(limit(Side.SELL, 10, "169.00"));
    engine.round();
    books.change(trade, "168.50", null, clock.wall());
    engine.round();
    assertThat(books.terms(trade)).isEqualTo(limit(Side.SELL, 10, "168.50"));
  }

  private static OrderTerms limit(Side side, long quantity, String price) {
    return OrderTerms.equity(
        SPY, side, quantity, OrderType.LIMIT, Price.of(price), null, TimeInForce.DAY);
  }

  @Test
  void orderThatWasOverWhenTheAccountWasTakenOverIsHistory() {
    String over = broker.place(RESTING);
    broker.fill(over, 10, "166.00");
    String open = broker.place(RESTING);
    // What is held may not contain that fill yet.
    assertThatThrownBy(() -> engine.reconciler.takeOver(account -> {}, true))
        .hasMessageContaining("filled within 30 s");
    clock.pass(Duration.ofSeconds(30));
    engine.reconciler.takeOver(account -> {}, true);
    engine.round();
    assertThat(books.external()).hasSize(1);
    assertThat(books.last(books.external().getFirst()).brokerOrderId()).isEqualTo(open);
    // In the same second as the take-over, and yet not history.
    broker.fill(broker.place(BUY), 10, "167.41");
    engine.round();
    assertThat(books.external()).hasSize(2);
  }

  @Test
  void r13_repeatedListingsApplyAFillOnce() {
    UUID trade = ask(BUY);
    engine.round();
    broker.fill(broker.newest(), 4, "167.41");
    engine.rounds(5);
    engine = new Engine();
    engine.rounds(5);
    assertThat(books.filled(trade)).isEqualTo(4);
  }

  private UUID ask(OrderTerms terms) {
    return books.ask(Origin.PERSON, terms, clock.wall());
  }

  /** An engine's run; a new one is a restart. */
  private final class Engine {
    final Reconciler reconciler = new Reconciler(books, broker, clock, this::id, CrashPoints.NONE);
    Duration pauseBeforeSending = Duration.ZERO;
    Runnable whilePaused = () -> {};
    final OrderDesk desk =
        new OrderDesk(
            books,
            broker,
            reconciler,
            () -> poll(),
            new RiskGate(RiskLimits.defaults()),
            HaltFlag.NONE,
            MarketCalendar.nyse(),
            clock,
            this::id,
            task -> {
              clock.pass(pauseBeforeSending);
              whilePaused.run();
              task.run();
            },
            CrashPoints.NONE);
    final ResolutionDesk resolutions = new ResolutionDesk(books, reconciler, this::poll, clock);
    final CancelDesk cancels = new CancelDesk(books, broker, clock, CrashPoints.NONE);

    final BracketWatch brackets = new BracketWatch(books, clock);

    void round() {
      desk.work();
      cancels.work();
      resolutions.work();
      poll();
      brackets.work();
    }

    private boolean poll() {
      try {
        reconciler.poll();
        return true;
      } catch (BrokerUnavailableException e) {
        // Down: the next round asks again.
        return false;
      }
    }

    void rounds(int seconds) {
      for (int i = 0; i < seconds; i++) {
        round();
        clock.pass(Duration.ofSeconds(1));
      }
      round();
    }

    void takeIn() {
      broker.down(true);
      desk.work();
      broker.down(false);
    }

    /** Leaves the order approved and unclaimed, as a crash between the two would. */
    void approveOnly(UUID trade) {
      approveOnly(trade, false);
    }

    void approveOnly(UUID trade, boolean reducing) {
      reconciler.poll();
      books.write(
          ledger -> {
            OrderIntent intent = ledger.inStates(OrderState.WAITING).getFirst();
            assertThat(intent.tradeId()).isEqualTo(trade);
            ledger.update(intent.approved(reducing, Set.of()), "order.approved", clock.wall());
            return intent;
          });
    }

    void failWriteOfAnswer() {
      whilePaused = () -> books.failNextCommit = true;
      desk.work();
      whilePaused = () -> {};
    }

    private UUID id() {
      return new UUID(0, ++ids);
    }
  }

  /** Moved by the test alone. */
  private static final class HandClock implements EngineClock {
    private Instant now = Instant.parse("2013-10-08T15:00:00Z");
    private long nanos;

    void pass(Duration duration) {
      now = now.plus(duration);
      nanos += duration.toNanos();
    }

    @Override
    public Instant wall() {
      return now;
    }

    @Override
    public Instant market() {
      return now;
    }

    @Override
    public long nanos() {
      return nanos;
    }
  }
}
