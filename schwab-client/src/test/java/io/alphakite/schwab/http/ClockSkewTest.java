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

  private Instant now = NOW;
  private long nanos;
  private final ClockSkew skew = new ClockSkew(() -> now, () -> nanos);

  private void answer(Duration ahead) {
    skew.see(date(NOW.plus(ahead)), 0, 0);
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
  void r36_ourOwnClockThatJumpsShowsAtOnce() {
    for (int i = 0; i < 31; i++) {
      answer(Duration.ZERO);
    }
    // A minute passes, and then somebody sets the clock.
    nanos = Duration.ofMinutes(1).toNanos();
    now = NOW.plusSeconds(60);
    assertThat(skew.estimate()).contains(Duration.ofMillis(500));
    now = now.plusSeconds(3_600);
    assertThat(skew.estimate()).contains(Duration.ofMillis(500).minusSeconds(3_600));
    now = now.minusSeconds(7_200);
    assertThat(skew.estimate()).contains(Duration.ofMillis(500).plusSeconds(3_600));
  }

  @Test
  void r36_suspendedMachineIsNoSkew() {
    for (int i = 0; i < 31; i++) {
      answer(Duration.ZERO);
    }
    // An hour passes of which the monotonic clock knows nothing.
    now = NOW.plusSeconds(3_600);
    answer(Duration.ofHours(1));
    answer(Duration.ofHours(1));
    // Two answers are too few to say anything.
    assertThat(skew.estimate()).isEmpty();
    answer(Duration.ofHours(1));
    assertThat(skew.estimate()).contains(Duration.ofMillis(500));
  }

  @Test
  void oneOddAnswerForgetsNothing() {
    for (int i = 0; i < 31; i++) {
      answer(Duration.ZERO);
    }
    answer(Duration.ofHours(1));
    answer(Duration.ofHours(2));
    answer(Duration.ZERO);
    answer(Duration.ofHours(1));
    answer(Duration.ZERO);
    assertThat(skew.estimate()).contains(Duration.ofMillis(500));
    answer(Duration.ofSeconds(5));
    answer(Duration.ofSeconds(5));
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
      skew.see(date(NOW), -3_000_000_000L, 1_000_000_000);
    }
    assertThat(skew.estimate()).contains(Duration.ofMillis(1_500));
  }

  @Test
  void learnsNothingFromSlowAnswersAndOddDates() {
    for (int i = 0; i < 5; i++) {
      skew.see(date(NOW), -5_000_000_000L, 0);
      skew.see(date(NOW), 0, -5_000_000_000L);
      skew.see("yesterday", 0, 0);
      skew.see(null, 0, 0);
    }
    assertThat(skew.estimate()).isEmpty();
  }
}
