package io.alphakite.model.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import org.junit.jupiter.api.Test;

class BracketTest {

  private static final Ticker SPY = Ticker.of("SPY");
  private static final Bracket UP = new Bracket(price("170"), price("165"), price("164.5"));

  private static Price price(String dollars) {
    return Price.of(dollars);
  }

  @Test
  void closesWhatItsEntryOpensUntilCanceled() {
    OrderTerms entry = OrderTerms.market(SPY, Side.BUY, 10).with(UP);
    assertThat(entry.exits().keySet()).containsExactly(ExitRole.TAKE_PROFIT, ExitRole.STOP_LOSS);
    assertThat(entry.exits())
        .containsEntry(
            ExitRole.TAKE_PROFIT,
            OrderTerms.equity(
                SPY, Side.SELL, 10, OrderType.LIMIT, price("170"), null, TimeInForce.GTC))
        .containsEntry(
            ExitRole.STOP_LOSS,
            OrderTerms.equity(
                SPY,
                Side.SELL,
                10,
                OrderType.STOP_LIMIT,
                price("164.5"),
                price("165"),
                TimeInForce.GTC));
    assertThat(entry.with(null).exits()).isEmpty();
  }

  @Test
  void ofAnOptionAndOfAShortPosition() {
    OptionSymbol put = OptionSymbol.parse("SPY   131019P00160000");
    OrderTerms sold =
        new OrderTerms(
            SPY,
            put,
            Side.SELL_TO_OPEN,
            2,
            OrderType.LIMIT,
            price("1.5"),
            null,
            TimeInForce.DAY,
            new Bracket(price("0.5"), price("3"), null));
    assertThat(sold.exits().values())
        .allSatisfy(
            exit -> {
              assertThat(exit.side()).isEqualTo(Side.BUY_TO_CLOSE);
              assertThat(exit.symbol()).isEqualTo(put.format());
              assertThat(exit.quantity()).isEqualTo(2);
            });
    assertThat(Side.SELL_SHORT.closing()).isEqualTo(Side.BUY_TO_COVER);
    assertThat(Side.BUY_TO_OPEN.closing()).isEqualTo(Side.SELL_TO_CLOSE);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OrderTerms.market(SPY, Side.SELL, 10).with(UP))
        .withMessageContaining("sell closes one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OrderTerms.market(SPY, Side.SELL_SHORT, 10).with(UP))
        .withMessageContaining("take_profit 170.00 is not below the stop_loss 165.00");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                OrderTerms.equity(
                        SPY, Side.BUY, 1, OrderType.STOP, null, price("170"), TimeInForce.DAY)
                    .with(UP))
        .withMessageContaining("take_profit 170.00 is not above the stop_price 170.00");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bracket(price("0"), null, null))
        .withMessageContaining("take_profit is above 0");
  }
}
