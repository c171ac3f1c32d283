package io.alphakite.schwab.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.alphakite.schwab.http.SchwabException.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerTest {

  private final ManualClock clock = new ManualClock();
  private final Breaker breaker = new Breaker("marketdata", clock);

  private Kind failing(Kind kind) {
    return catchThrowableOfType(
            SchwabException.class,
            () ->
                breaker.call(
                    "quotes",
                    () -> {
                      throw new SchwabException(kind, "no");
                    }))
        .kind();
  }

  private void open() {
    for (int i = 0; i < 10; i++) {
      assertThat(failing(Kind.SERVER_ERROR)).isEqualTo(Kind.SERVER_ERROR);
    }
    assertThat(breaker.state()).isEqualTo(CircuitState.OPEN);
  }

  @ParameterizedTest
  @EnumSource(names = {"SERVER_ERROR", "GATEWAY", "TIMEOUT", "UNREACHABLE"})
  void opensWhenTheServiceIsDown(Kind kind) {
    for (int i = 0; i < 10; i++) {
      assertThat(failing(kind)).isEqualTo(kind);
    }
    assertThat(failing(kind)).isEqualTo(Kind.CIRCUIT_OPEN);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"SERVER_ERROR", "GATEWAY", "TIMEOUT", "UNREACHABLE"})
  void staysClosedWhateverElseGoesWrong(Kind kind) {
    for (int i = 0; i < 100; i++) {
      assertThat(failing(kind)).isEqualTo(kind);
    }
    assertThat(breaker.state()).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void staysClosedWhenMostCallsSucceed() {
    for (int i = 0; i < 30; i++) {
      failing(Kind.SERVER_ERROR);
      breaker.call("quotes", () -> 1);
      breaker.call("quotes", () -> 2);
    }
    assertThat(breaker.state()).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void triesAgainAfterAWhileAndClosesWhenItWorks() {
    open();
    clock.pass(Duration.ofMillis(4_900));
    assertThat(failing(Kind.SERVER_ERROR)).isEqualTo(Kind.CIRCUIT_OPEN);
    clock.pass(Duration.ofMillis(200));
    for (int i = 0; i < 3; i++) {
      assertThat(breaker.call("quotes", () -> "well")).isEqualTo("well");
    }
    assertThat(breaker.state()).isEqualTo(CircuitState.CLOSED);
  }

  @Test
  void opensAgainWhenItDoesNotWork() {
    open();
    clock.pass(Duration.ofSeconds(6));
    for (int i = 0; i < 3; i++) {
      failing(Kind.TIMEOUT);
    }
    assertThat(breaker.state()).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void isNotStuckByCallsThatWereNeverMade() {
    open();
    clock.pass(Duration.ofSeconds(6));
    for (int i = 0; i < 20; i++) {
      failing(Kind.BUDGET_SPENT);
    }
    assertThat(breaker.state()).isEqualTo(CircuitState.HALF_OPEN);
    for (int i = 0; i < 3; i++) {
      breaker.call("quotes", () -> 1);
    }
    assertThat(breaker.state()).isEqualTo(CircuitState.CLOSED);
  }
}
