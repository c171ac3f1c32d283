package io.alphakite.schwab.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HeartbeatSkewTest {
  private Instant now = Instant.parse("2026-01-05T14:30:00Z");
  private long nanos = 77;
  private final HeartbeatSkew skew = new HeartbeatSkew(() -> now, () -> nanos);

  @Test
  void isTheLeastDelayedOne() {
    assertThat(skew.estimate()).isEmpty();
    for (int i = 0; i < 5; i++) {
      skew.heartbeat(now.minusMillis(100L * i).plusMillis(40));
      pass(Duration.ofSeconds(10));
    }
    assertThat(skew.estimate()).contains(Duration.ofMillis(40));
  }

  @Test
  void r36_ourOwnClockThatJumpsShowsBeforeTheNextHeartbeat() {
    for (int i = 0; i < 12; i++) {
      skew.heartbeat(now);
      pass(Duration.ofSeconds(10));
    }
    now = now.plusSeconds(3_600);
    assertThat(skew.estimate()).contains(Duration.ofHours(-1));
    now = now.minusSeconds(7_200);
    assertThat(skew.estimate()).contains(Duration.ofHours(1));
    now = now.plusSeconds(3_597);
    assertThat(skew.estimate()).contains(Duration.ofSeconds(3));
  }

  private void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }
}
