package io.alphakite.schwab.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClockSkewTest {

  private static final Instant NOW = Instant.parse("2026-01-05T14:30:00Z");

  private final ClockSkew skew = new ClockSkew(() -> NOW);

  private void answer(Duration ahead) {
    skew.see(date(NOW.plus(ahead)), NOW, NOW);
  }

  private static String date(Instant time) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
  }

  @Test
  void isUnknownUntilThreeAnswersCame() {
    answer(Duration.ZERO);
    answer(Duration.ZERO);
    assertThat(skew.estimate()).isEmpty();
    answer(Duration.ZERO);
    assertThat(skew.estimate()).contains(Duration.ofMillis(500));
  }

  @ParameterizedTest
  @ValueSource(longs = {-90, -2, 0, 3, 4_000})
  void isTheMedianSoThatOddAnswersSayNothing(long seconds) {
    for (int i = 0; i < 31; i++) {
      answer(i % 3 == 0 ? Duration.ofDays(i) : Duration.ofSeconds(seconds));
    }
    assertThat(skew.estimate()).contains(Duration.ofSeconds(seconds).plusMillis(500));
  }

  @Test
  void followsAClockThatWasSet() {
    for (int i = 0; i < 100; i++) {
      answer(Duration.ofHours(1));
    }
    for (int i = 0; i < 16; i++) {
      answer(Duration.ZERO);
    }
    assertThat(skew.estimate()).contains(Duration.ofMillis(500));
  }

  @Test
  void isBounded() {
    for (int i = 0; i < 3; i++) {
      answer(Duration.ofDays(9_999));
    }
    assertThat(skew.estimate()).contains(Duration.ofDays(2));
  }

  @Test
  void takesTheMiddleOfTheRoundTrip() {
    for (int i = 0; i < 3; i++) {
      skew.see(date(NOW), NOW.minusSeconds(3), NOW.plusSeconds(1));
    }
    assertThat(skew.estimate()).contains(Duration.ofMillis(1_500));
  }

  @Test
  void learnsNothingFromSlowAnswersAndOddDates() {
    for (int i = 0; i < 5; i++) {
      skew.see(date(NOW), NOW.minusSeconds(5), NOW);
      skew.see(date(NOW), NOW, NOW.minusSeconds(5));
      skew.see("yesterday", NOW, NOW);
      skew.see(null, NOW, NOW);
    }
    assertThat(skew.estimate()).isEmpty();
  }
}
