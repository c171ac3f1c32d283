package io.alphakite.streaming.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Price;
import io.alphakite.streaming.quarantine.PriceGate.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceGateTest {

  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");

  private final PriceGate gate = new PriceGate();
  private Price believed = Price.of("100.00");
  private long volume = 1_000;
  private int second;

  /** A trade of a hundred shares a second later. */
  private Verdict trade(String last, @Nullable String bid, @Nullable String ask) {
    volume += 100;
    second++;
    return say(last, bid, ask);
  }

  /** A message without a new trade. */
  private Verdict say(String last, @Nullable String bid, @Nullable String ask) {
    Verdict verdict =
        gate.judge(price(last), volume, OPEN.plusSeconds(second), price(bid), price(ask), believed);
    if (verdict.trade()) {
      believed = Price.of(last);
    }
    return verdict;
  }

  private static @Nullable Price price(@Nullable String text) {
    return text == null ? null : Price.of(text);
  }

  @ParameterizedTest
  @CsvSource({"120.00, true", "120.0001, false", "80.00, true", "79.9999, false", "0, false"})
  void believesAFifthAndNoMore(String last, boolean trade) {
    assertThat(trade(last, null, null).trade()).isEqualTo(trade);
  }

  @Test
  void believesAnyFirstPriceAboveZero() {
    Instant now = OPEN;
    assertThat(gate.judge(Price.of("3.00"), 1L, now, null, null, null).trade()).isTrue();
    assertThat(gate.judge(Price.of("0"), 2L, now, null, null, null).reasons())
        .containsExactly(Reason.NON_POSITIVE);
    assertThat(gate.judge(Price.of("-1"), 3L, now, null, null, null).trade()).isFalse();
  }

  @Test
  void keepsAWrongPrintOutThoughQuotesStandWhereTheyStood() {
    Verdict wrong = trade("1000.00", "99.99", "100.01");
    assertThat(wrong.trade()).isFalse();
    assertThat(wrong.quote()).isTrue();
    assertThat(wrong.begun()).containsExactly(Reason.FAR_FROM_LAST);
    assertThat(gate.holdsTrades()).isTrue();
    // The same image with another quote is no further trade.
    for (int i = 0; i < 10; i++) {
      assertThat(say("1000.00", "99.98", "100.01").trade()).isFalse();
    }
    Verdict right = trade("100.02", "99.99", "100.01");
    assertThat(right.trade()).isTrue();
    assertThat(gate.holdsTrades()).isFalse();
  }

  @Test
  void believesAMoveThatItsOwnQuotesBearOut() {
    assertThat(trade("55.00", "54.90", "55.10").trade()).isTrue();
    assertThat(trade("56.00", "54.90", "55.10").trade()).isTrue();
  }

  @Test
  void believesAHeldTradeAsSoonAsQuotesComeAfterIt() {
    assertThat(trade("55.00", "99.99", "100.01").trade()).isFalse();
    Verdict quoted = say("55.00", "54.90", "55.10");
    assertThat(quoted.trade()).isTrue();
    assertThat(quoted.released()).isTrue();
    assertThat(trade("55.01", "54.90", "55.10").released()).isFalse();
  }

  @Test
  void believesTheThirdTradeInARowThatIsNearTheFirst() {
    assertThat(trade("10.00", null, null).trade()).isFalse();
    assertThat(trade("10.50", null, null).trade()).isFalse();
    Verdict third = trade("9.70", null, null);
    assertThat(third.trade()).isTrue();
    assertThat(third.released()).isTrue();
    assertThat(trade("9.80", null, null).trade()).isTrue();
  }

  @Test
  void startsCountingAnewWithAnotherPrice() {
    assertThat(trade("10.00", null, null).trade()).isFalse();
    assertThat(trade("1000.00", null, null).trade()).isFalse();
    assertThat(trade("10.00", null, null).trade()).isFalse();
    assertThat(trade("1000.00", null, null).trade()).isFalse();
    assertThat(trade("100.10", null, null).trade()).isTrue();
    assertThat(trade("10.00", null, null).trade()).isFalse();
    assertThat(trade("10.00", null, null).trade()).isFalse();
    assertThat(trade("10.00", null, null).trade()).isTrue();
  }

  @Test
  void keepsACrossedQuoteOutAndItsTradeIn() {
    Verdict crossed = trade("100.01", "100.03", "100.02");
    assertThat(crossed.trade()).isTrue();
    assertThat(crossed.quote()).isFalse();
    assertThat(crossed.begun()).containsExactly(Reason.CROSSED);
    assertThat(trade("100.02", "100.03", "100.02").begun()).as("the same spell").isEmpty();
    assertThat(trade("100.02", "100.02", "100.02").quote()).as("locked is no wrong").isTrue();
    assertThat(trade("100.02", "0", "100.02").quote()).as("nobody bids").isTrue();
    assertThat(trade("100.02", "0.01", "199999.00").quote()).as("nobody means it").isTrue();
  }

  @Test
  void takesNoCrossedQuoteForABracket() {
    assertThat(trade("55.00", "55.10", "54.90").reasons())
        .containsExactlyInAnyOrder(Reason.FAR_FROM_LAST, Reason.CROSSED);
  }
}
