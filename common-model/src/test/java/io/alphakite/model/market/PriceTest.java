package io.alphakite.model.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceTest {

  @ParameterizedTest
  @CsvSource({
    "167.41, 1674100, 167.41",
    "167.4, 1674000, 167.40",
    "167, 1670000, 167.00",
    "0.0001, 1, 0.0001",
    "167.415, 1674150, 167.415",
    "1E+3, 10000000, 1000.00",
    "0, 0, 0.00",
    "-2.5, -25000, -2.50",
    "922337203685477.5807, 9223372036854775807, 922337203685477.5807"
  })
  void convertsExactlyBothWays(String dollars, long e4, String plain) {
    Price price = Price.of(dollars);

    assertThat(price).isEqualTo(new Price(e4)).hasToString(plain);
    assertThat(price.toBigDecimal()).isEqualByComparingTo(dollars);
    assertThat(price.toBigDecimal().scale()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({"0.00001", "167.41001", "922337203685477.5808", "1e400"})
  void refusesWhatFourDecimalsCannotHold(String dollars) {
    assertThatThrownBy(() -> Price.of(dollars)).isInstanceOf(ArithmeticException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1.00005, 10001",
    "1.000049999, 10000",
    "-1.00005, -10001",
    "599.8400268554688, 5998400"
  })
  void roundsHalvesAwayFromZeroWhenAsked(String dollars, long e4) {
    assertThat(Price.rounded(new BigDecimal(dollars))).isEqualTo(new Price(e4));
  }

  @Test
  void readsBackWhatItWrites() {
    long seed = 20131008;
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      Price price = new Price(random.nextLong() >> random.nextInt(63));
      assertThat(Price.of(price.toString())).as("seed %d", seed).isEqualTo(price);
    }
  }

  @Test
  void comparesByAmount() {
    assertThat(Price.of("9.99")).isLessThan(Price.of("10"));
  }
}
