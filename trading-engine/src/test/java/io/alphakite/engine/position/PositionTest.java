package io.alphakite.engine.position;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Lots and profit against calculations made by hand, and against a slow second opinion. */
class PositionTest {

  @Test
  void oldestLotIsSoldFirst() {
    Position held = Position.flat(1).fill(10, d("100.00")).after().fill(10, d("110.00")).after();

    Position.Change sale = held.fill(-15, d("120.00"));

    // 10 x (120 - 100) + 5 x (120 - 110)
    assertThat(sale.realized()).isEqualByComparingTo("250");
    assertThat(sale.closed()).isEqualTo(15);
    assertThat(sale.after().lots()).containsExactly(new Lot(5, d("110.00")));
    assertThat(sale.after().averagePrice()).hasValue(d("110.00000000"));
    assertThat(sale.after().costBasis()).isEqualByComparingTo("550");
    assertThat(sale.after().unrealized(d("109"))).isEqualByComparingTo("-5");
  }

  @Test
  void averageIsTheMeanByQuantity() {
    Position held = Position.flat(1).fill(1, d("167.41")).after().fill(2, d("167.44")).after();
    // (167.41 + 2 x 167.44) / 3 = 502.29 / 3
    assertThat(held.averagePrice()).hasValue(d("167.43000000"));
  }

  @Test
  void shortGainsWhenThePriceFalls() {
    Position held = Position.flat(1).fill(-10, d("50.00")).after();
    assertThat(held.quantity()).isEqualTo(-10);
    assertThat(held.costBasis()).isEqualByComparingTo("-500");
    assertThat(held.unrealized(d("48"))).isEqualByComparingTo("20");

    Position.Change cover = held.fill(4, d("48.50"));

    assertThat(cover.realized()).isEqualByComparingTo("6");
    assertThat(cover.after().quantity()).isEqualTo(-6);
  }

  @Test
  void fillThatTurnsThePositionClosesAllAndOpensTheRest() {
    Position.Change turn = Position.flat(1).fill(5, d("10")).after().fill(-8, d("11"));
    assertThat(turn.realized()).isEqualByComparingTo("5");
    assertThat(turn.closed()).isEqualTo(5);
    assertThat(turn.after().lots()).containsExactly(new Lot(-3, d("11")));
  }

  @Test
  void contractCountsAHundredfold() {
    Position held = Position.flat(100).fill(2, d("1.50")).after();
    assertThat(held.costBasis()).isEqualByComparingTo("300");
    assertThat(held.averagePrice()).hasValue(d("1.50000000"));
    assertThat(held.fill(-1, d("2.00")).realized()).isEqualByComparingTo("50");
  }

  @Test
  void flatHasNoAverage() {
    assertThat(Position.flat(1).averagePrice()).isEmpty();
    assertThat(Position.flat(1).fill(1, d("5")).after().fill(-1, d("6")).after().lots())
        .isEqualTo(List.of());
  }

  @Test
  void cashAndHoldingsAlwaysAddUp() {
    long seed = System.nanoTime();
    System.out.println("PositionTest seed " + seed);
    Random random = new Random(seed);
    for (int run = 0; run < 200; run++) {
      Position position = Position.flat(1);
      BigDecimal cash = BigDecimal.ZERO;
      BigDecimal realized = BigDecimal.ZERO;
      long quantity = 0;
      BigDecimal price = d("100");
      for (int i = 0; i < 50; i++) {
        long signed = random.nextInt(1, 20) * (random.nextBoolean() ? 1L : -1L);
        price = BigDecimal.valueOf(random.nextInt(9_000, 11_000), 2);
        Position.Change change = position.fill(signed, price);
        position = change.after();
        realized = realized.add(change.realized());
        cash = cash.subtract(price.multiply(BigDecimal.valueOf(signed)));
        quantity += signed;
        assertThat(position.quantity()).as("seed %d", seed).isEqualTo(quantity);
        // What was taken in cash plus what is held is what was gained, realized or not.
        assertThat(cash.add(price.multiply(BigDecimal.valueOf(quantity))))
            .as("seed %d", seed)
            .isEqualByComparingTo(realized.add(position.unrealized(price)));
      }
    }
  }

  private static BigDecimal d(String text) {
    return new BigDecimal(text);
  }
}
