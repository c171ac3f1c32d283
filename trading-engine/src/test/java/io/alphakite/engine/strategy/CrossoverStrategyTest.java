package io.alphakite.engine.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingState;
import io.alphakite.engine.strategy.CrossoverStrategy.Holding;
import io.alphakite.model.indicator.Crossover.Direction;
import io.alphakite.model.market.Ticker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrossoverStrategyTest {

  private static final Ticker SPY = Ticker.of("SPY");

  @ParameterizedTest
  @CsvSource({
    // direction, bought by itself, held by the account, busy, regular hours -> what it does
    "UP,   0,  0, false, true,  BUY 3",
    "UP,   0, 50, false, true,  BUY 3",
    "UP,   3,  3, false, true,  nothing",
    "DOWN, 3,  3, false, true,  SELL 3",
    "DOWN, 3, 50, false, true,  SELL 3",
    "DOWN, 0, 50, false, true,  nothing",
    "DOWN, 3,  1, false, true,  SELL 1",
    "DOWN, 3,  0, false, true,  nothing",
    "UP,   3,  0, false, true,  BUY 3",
    "UP,   0,  0, true,  true,  blocked",
    "DOWN, 3,  3, true,  true,  blocked",
    "UP,   0,  0, false, false, blocked",
    "DOWN, 3,  3, false, false, blocked",
  })
  void isLongOnUpAndFlatOnDown(
      Direction direction, long bought, long held, boolean busy, boolean open, String expected) {
    assertThat(
            decide(
                direction,
                new Holding(bought, held, busy),
                controls(true, true, TradingState.ACTIVE),
                open))
        .isEqualTo(expected);
  }

  @Test
  void doesNothingWhileOff() {
    Controls off = controls(false, true, TradingState.ACTIVE);
    assertThat(decide(Direction.UP, new Holding(0, 0, false), off, true)).isEqualTo("nothing");
    assertThat(decide(Direction.DOWN, new Holding(3, 3, false), off, true)).isEqualTo("nothing");
  }

  @Test
  void leavesButDoesNotEnterWhileRestricted() {
    for (Controls restricted :
        new Controls[] {
          controls(true, false, TradingState.ACTIVE), controls(true, true, TradingState.REDUCE_ONLY)
        }) {
      assertThat(decide(Direction.UP, new Holding(0, 0, false), restricted, true))
          .isEqualTo("blocked");
      assertThat(decide(Direction.DOWN, new Holding(3, 3, false), restricted, true))
          .isEqualTo("SELL 3");
    }
    assertThat(
            decide(
                Direction.DOWN,
                new Holding(3, 3, false),
                controls(true, true, TradingState.HALTED),
                true))
        .isEqualTo("blocked");
  }

  private static String decide(
      Direction direction, Holding holding, Controls controls, boolean open) {
    return switch (CrossoverStrategy.decide(SPY, direction, holding, controls, open)) {
      case Decision.Trade(var order) -> order.side() + " " + order.quantity();
      case Decision.Nothing() -> "nothing";
      case Decision.Blocked() -> "blocked";
    };
  }

  private static Controls controls(boolean auto, boolean armed, TradingState state) {
    return new Controls(TradingMode.LIVE, armed, auto, 3, state, null);
  }
}
