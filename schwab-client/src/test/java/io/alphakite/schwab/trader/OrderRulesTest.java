package io.alphakite.schwab.trader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.Side;
import io.alphakite.schwab.trader.OrderDuration.Immediate;
import java.math.BigDecimal;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What no type keeps from being said is refused with the rule's words. */
class OrderRulesTest {

  private static final Ticker ABC = Ticker.of("ABC");
  private static final OptionSymbol CALL_50 = OptionSymbol.parse("ABC   260320C00050000");
  private static final OptionSymbol CALL_52 = OptionSymbol.parse("ABC   260320C00052500");
  private static final OptionSymbol PUT_50 = OptionSymbol.parse("ABC   260320P00050000");
  private static final OptionSymbol PUT_52 = OptionSymbol.parse("ABC   260320P00052500");
  private static final OptionSymbol LATER_52 = OptionSymbol.parse("ABC   260417C00052500");
  private static final OptionSymbol OTHER_52 = OptionSymbol.parse("ABCW  260320C00052500");
  private static final Price ONE = Price.of("1");

  private static Arguments refused(String rule, ThrowingCallable order) {
    return Arguments.of(rule, order);
  }

  static Stream<Arguments> illegalOrders() {
    OrderLeg buy = Orders.buy(ABC, 10);
    OrderLeg sell = Orders.sell(ABC, 10);
    OrderLeg call = Orders.buyToOpen(CALL_50, 1);
    return Stream.of(
        refused("quantity is above 0: 0", () -> Orders.buy(ABC, 0)),
        refused("quantity is above 0: -1", () -> Orders.sellToOpen(CALL_50, -1)),
        refused("quantity is above 0: 0", () -> Orders.openVertical(CALL_50, CALL_52, 0)),
        refused("an index cannot be ordered: $SPX", () -> Orders.buy(Ticker.of("$SPX"), 1)),
        refused("BUY_TO_OPEN is for options", () -> new OrderLeg.Shares(Side.BUY_TO_OPEN, ABC, 1)),
        refused("SELL is for shares", () -> new OrderLeg.Contracts(Side.SELL, CALL_50, 1)),
        refused("limit is above 0: 0.00", () -> buy.limit(Price.of("0"))),
        refused("stop is above 0: -1.00", () -> sell.stop(Price.of("-1"))),
        refused("at most two decimals: 1.0001", () -> buy.limit(Price.of("1.0001"))),
        refused("at most two decimals: 50.015", () -> sell.stop(Price.of("50.015"))),
        refused(
            "at most two decimals: 47.901",
            () -> sell.stopLimit(Price.of("48"), Price.of("47.901"))),
        refused("an option's limit is in whole cents: 0.015", () -> call.limit(Price.of("0.015"))),
        refused(
            "an option's net price is in whole cents",
            () -> Orders.openVertical(CALL_50, CALL_52, 1).netDebit(Price.of("0.905"))),
        refused(
            "a share's trail of 1.00 or more has at most two decimals",
            () -> sell.trailingStop(LinkBasis.BID, Trail.dollars(Price.of("1.001")))),
        refused("a trail in percent is above 0", () -> Trail.percent(BigDecimal.ZERO)),
        refused("below 100", () -> Trail.percent(new BigDecimal("100"))),
        refused("at most two decimals: 0.125", () -> Trail.percent(new BigDecimal("0.125"))),
        refused(
            "options are ordered for the NORMAL session alone, not for PM",
            () -> call.limit(ONE).in(OrderSession.PM)),
        refused(
            "has one expiration", () -> Orders.openVertical(CALL_50, LATER_52, 1).netDebit(ONE)),
        refused("are of one class", () -> Orders.openVertical(CALL_50, OTHER_52, 1).netDebit(ONE)),
        refused(
            "is of calls or of puts", () -> Orders.openVertical(CALL_50, PUT_52, 1).netDebit(ONE)),
        refused("has two strikes", () -> Orders.openVertical(CALL_50, CALL_50, 1).netDebit(ONE)),
        refused(
            "buying the dearer option of a vertical is done for a net debit",
            () -> Orders.openVertical(CALL_50, CALL_52, 1).netCredit(ONE)),
        refused(
            "buying the cheaper option of a vertical is done for a net credit",
            () -> Orders.openVertical(PUT_50, PUT_52, 1).netDebit(ONE)),
        refused(
            "IMMEDIATE_OR_CANCEL does not wait",
            () ->
                Orders.oneCancelsOther(
                    sell.stop(ONE), sell.limit(ONE).lasting(Immediate.IMMEDIATE_OR_CANCEL))),
        refused("entry opens a position; SELL closes one", () -> Orders.bracket(sell.market())),
        refused(
            "stop 52.00 is on the wrong side of its profit 52.00",
            () -> Orders.bracket(buy.market()).takeProfit(Price.of("52")).stopLoss(Price.of("52"))),
        refused(
            "stop 47.00 is on the wrong side of its profit 48.00",
            () ->
                Orders.bracket(Orders.sellShort(ABC, 1).market())
                    .takeProfit(Price.of("48"))
                    .stopLoss(Price.of("47"))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("illegalOrders")
  void areNamedInTheRefusal(String rule, ThrowingCallable order) {
    assertThatIllegalArgumentException().isThrownBy(order).withMessageContaining(rule);
  }

  @Test
  void letABracketsExitsCloseWhatItsEntryOpens() {
    FirstTriggers bracket =
        Orders.bracket(Orders.sellToOpen(PUT_50, 2).limit(Price.of("1.50")))
            .takeProfit(Price.of("0.50"), OrderDuration.Resting.GOOD_TILL_CANCEL)
            .stopLoss(Price.of("3"));
    OrderLeg exit = Orders.buyToClose(PUT_50, 2);
    assertThat(bracket.then())
        .isEqualTo(
            Orders.oneCancelsOther(
                exit.stop(Price.of("3")).goodTillCancel(),
                exit.limit(Price.of("0.50")).goodTillCancel()));
  }

  @ParameterizedTest
  @CsvSource({
    "PENNY, 3.01, 0.01, true",
    "PENNY_NICKEL, 2.99, 0.01, true",
    "PENNY_NICKEL, 3.01, 0.05, false",
    "PENNY_NICKEL, 3.05, 0.05, true",
    "NICKEL_DIME, 2.95, 0.05, true",
    "NICKEL_DIME, 2.96, 0.05, false",
    "NICKEL_DIME, 3.05, 0.10, false",
    "NICKEL_DIME, 3.10, 0.10, true"
  })
  void keepAnOptionsPriceOnItsClassesSteps(
      OptionTick tick, String price, String step, boolean legal) {
    Price dollars = Price.of(price);
    assertThat(tick.at(dollars)).isEqualTo(Price.of(step));
    if (legal) {
      assertThat(tick.require(dollars)).isEqualTo(dollars);
    } else {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> tick.require(dollars))
          .withMessageContaining("steps of " + step);
    }
  }

  @Test
  void takeTheTwoOfAPairInEitherOrder() {
    OrderLeg sell = Orders.sell(ABC, 10);
    OneCancelsOther pair = Orders.oneCancelsOther(sell.limit(Price.of("52")), sell.stop(ONE));
    OneCancelsOther turned = Orders.oneCancelsOther(sell.stop(ONE), sell.limit(Price.of("52")));
    assertThat(pair).isEqualTo(turned).hasSameHashCodeAs(turned);
    assertThat(pair)
        .isNotEqualTo(Orders.oneCancelsOther(sell.stop(ONE), sell.limit(Price.of("51"))));
  }
}
