package io.alphakite.engine.position;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class DayResultTest {

  private static final BigDecimal ZERO = BigDecimal.ZERO;

  @Test
  void whatWasUnrealizedInTheMorningIsNotTodaysResult() {
    DayResult day = DayResult.start(d("-2000"));
    assertThat(day.total()).isEqualByComparingTo("0");
    assertThat(day.marked(d("-2100")).total()).isEqualByComparingTo("-100");
  }

  @Test
  void feesCostResult() {
    DayResult day = DayResult.start(ZERO).filled(d("10"), d("1.25"), ZERO, true);
    assertThat(day.total()).isEqualByComparingTo("8.75");
    assertThat(day.fees()).isEqualByComparingTo("1.25");
  }

  @Test
  void tradeCountsOnceHoweverManyFillsItHas() {
    DayResult bought = DayResult.start(ZERO).filled(ZERO, ZERO, ZERO, true);
    DayResult sold = bought.filled(d("-3"), ZERO, ZERO, true).filled(d("5"), ZERO, d("-3"), false);
    assertThat(sold.trades()).isEqualTo(2);
    assertThat(sold.winning()).isEqualTo(1);
    assertThat(sold.losing()).isZero();
    assertThat(sold.realized()).isEqualByComparingTo("2");
  }

  @Test
  void drawdownIsTheLargestFallFromAPeak() {
    DayResult day =
        DayResult.start(ZERO)
            .marked(d("40"))
            .marked(d("10"))
            .marked(d("60"))
            .marked(d("25"))
            .marked(d("50"));
    assertThat(day.peak()).isEqualByComparingTo("60");
    assertThat(day.maxDrawdown()).isEqualByComparingTo("35");
  }

  private static BigDecimal d(String text) {
    return new BigDecimal(text);
  }
}
