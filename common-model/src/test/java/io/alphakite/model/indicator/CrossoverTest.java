package io.alphakite.model.indicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.alphakite.model.indicator.Crossover.Direction;
import io.alphakite.model.market.Price;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CrossoverTest {

  private static final Instant RESET = Instant.parse("2013-10-07T13:30:00Z");
  private static final Instant NEXT_RESET = Instant.parse("2013-10-08T13:30:00Z");
  private static final Price ONE = Price.of("1");
  private static final Price TWO = Price.of("2");

  private final Crossover crossover = new Crossover();

  @Test
  void upIsFromBelowToAbove() {
    assertThat(observe(0, ONE, TWO)).isEmpty();
    assertThat(observe(1, TWO, ONE)).contains(Direction.UP);
  }

  @Test
  void downIsFromAboveToBelow() {
    assertThat(observe(0, TWO, ONE)).isEmpty();
    assertThat(observe(1, ONE, TWO)).contains(Direction.DOWN);
  }

  @Test
  void nothingHappensWhileTheyAreEqual() {
    assertThat(observe(0, ONE, TWO)).isEmpty();
    assertThat(observe(1, TWO, TWO)).isEmpty();
    assertThat(observe(2, TWO, ONE)).contains(Direction.UP);
    assertThat(observe(3, ONE, ONE)).isEmpty();
    assertThat(observe(4, TWO, ONE)).isEmpty();
  }

  @Test
  void equalityIsNoRelationToCrossFrom() {
    assertThat(observe(0, ONE, ONE)).isEmpty();
    assertThat(observe(1, TWO, ONE)).isEmpty();
  }

  @Test
  void secondsWithoutBothValuesAreIgnored() {
    assertThat(observe(0, ONE, TWO)).isEmpty();
    assertThat(observe(1, null, TWO)).isEmpty();
    assertThat(observe(2, TWO, null)).isEmpty();
    assertThat(observe(3, null, null)).isEmpty();
    assertThat(observe(4, TWO, ONE)).contains(Direction.UP);
  }

  @Test
  void theRelationIsForgottenWhenTheVwapStartsAnew() {
    assertThat(observe(0, ONE, TWO)).isEmpty();
    assertThat(crossover.observe(NEXT_RESET, TWO, ONE, NEXT_RESET)).isEmpty();
    assertThat(crossover.observe(NEXT_RESET.plusSeconds(1), ONE, TWO, NEXT_RESET))
        .contains(Direction.DOWN);
  }

  @Test
  void theRelationIsForgottenThoughTheNewSessionBeginsWithoutValues() {
    assertThat(observe(0, ONE, TWO)).isEmpty();
    assertThat(crossover.observe(NEXT_RESET, ONE, null, NEXT_RESET)).isEmpty();
    assertThat(crossover.observe(NEXT_RESET.plusSeconds(1), TWO, ONE, NEXT_RESET)).isEmpty();
  }

  @Test
  void aSecondIsLookedAtOnce() {
    assertThat(observe(5, ONE, TWO)).isEmpty();
    assertThat(observe(5, TWO, ONE)).isEmpty();
    assertThat(observe(4, TWO, ONE)).isEmpty();
    assertThat(observe(6, TWO, ONE)).contains(Direction.UP);
  }

  @Test
  void directionsAlternateAndRestoringChangesNothing() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      Crossover straight = new Crossover();
      Crossover restored = new Crossover();
      Direction last = null;
      int crossings = 0;
      int lastSign = 0;
      for (int second = 0; second < 2_000; second++) {
        Instant reset = second < 1_000 ? RESET : NEXT_RESET;
        if (second == 1_000) {
          last = null;
          lastSign = 0;
        }
        Price sma = random.nextInt(10) == 0 ? null : new Price(10_000 + random.nextInt(3));
        Price vwap = random.nextInt(10) == 0 ? null : new Price(10_000 + random.nextInt(3));
        Optional<Direction> seen = straight.observe(reset.plusSeconds(second), sma, vwap, reset);
        assertThat(restored.observe(reset.plusSeconds(second), sma, vwap, reset))
            .as("seed %d, second %d", seed, second)
            .isEqualTo(seen);
        restored = Crossover.restore(restored.state());

        int sign = sma == null || vwap == null ? 0 : sma.compareTo(vwap);
        boolean crossed = sign != 0 && lastSign != 0 && sign != lastSign;
        assertThat(seen.isPresent()).as("seed %d, second %d", seed, second).isEqualTo(crossed);
        if (sign != 0) {
          lastSign = sign;
        }
        if (seen.isPresent()) {
          assertThat(seen.get()).as("seed %d, second %d", seed, second).isNotEqualTo(last);
          last = seen.get();
          crossings++;
        }
      }
      assertThat(crossings).as("seed %d", seed).isGreaterThan(100);
    }
  }

  @Test
  void writesTheWordsOfTheContract() {
    assertThat(Direction.UP.wire()).isEqualTo("up");
    assertThat(Direction.fromWire("down")).isEqualTo(Direction.DOWN);
    assertThatIllegalArgumentException().isThrownBy(() -> Direction.fromWire("UP"));
  }

  private Optional<Direction> observe(int second, @Nullable Price sma9, @Nullable Price vwap) {
    return crossover.observe(RESET.plusSeconds(second), sma9, vwap, RESET);
  }
}
