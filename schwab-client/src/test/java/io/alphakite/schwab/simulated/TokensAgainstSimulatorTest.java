package io.alphakite.schwab.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schwab may give the same refresh token again or a new one: two services live with both. */
@Timeout(180)
class TokensAgainstSimulatorTest {

  private static final String CALLBACK = "https://127.0.0.1:8182";

  @ParameterizedTest
  @ValueSource(strings = {"constant", "rotating"})
  void twoServicesShareALoginThatIsRefreshedAgainAndAgain(String mode, @TempDir Path directory)
      throws IOException {
    Instant start = InstantSource.system().instant();
    AtomicReference<Instant> now = new AtomicReference<>(start);
    Path file = directory.resolve("token.json");
    Path copy = directory.resolve("copy.json");
    try (SimulatorServer simulator =
        SimulatorServer.start(
            SimulatorSettings.of(
                Map.of(
                    "SIMULATOR_PORT", "0",
                    "SIMULATOR_REFRESH_TOKENS", mode,
                    "SCHWAB_APP_KEY", "key",
                    "SCHWAB_APP_SECRET", "secret",
                    "SCHWAB_CALLBACK_URL", CALLBACK)))) {
      SchwabApi one = connect(simulator, file, now::get);
      SchwabApi other = connect(simulator, file, now::get);
      one.login().withoutPerson();
      Files.copy(file, copy);
      for (int round = 0; round < 4; round++) {
        now.set(now.get().plus(Duration.ofMinutes(31)));
        SchwabApi first = round % 2 == 0 ? other : one;
        SchwabApi second = round % 2 == 0 ? one : other;
        String token = first.tokens().accessToken();
        assertThat(second.tokens().accessToken()).as("round %s", round).isEqualTo(token);
        assertThat(second.trader().accountNumbers()).isNotEmpty();
      }
      assertThat(one.tokens().status().state()).isEqualTo(TokenStatus.State.READY);
      assertThat(other.tokens().status().loginEndsAt())
          .isEqualTo(one.tokens().status().loginEndsAt())
          .isBetween(start.plus(Duration.ofDays(7)), start.plus(Duration.ofDays(8)));

      // A forgotten installation with the tokens of the first hour.
      SchwabApi forgotten = connect(simulator, copy, now::get);
      if (mode.equals("constant")) {
        assertThat(forgotten.tokens().accessToken()).isNotBlank();
      } else {
        assertThatThrownBy(forgotten.tokens()::accessToken)
            .isInstanceOfSatisfying(
                SchwabException.class,
                e -> assertThat(e.kind()).isEqualTo(SchwabException.Kind.LOGIN_REQUIRED))
            .hasMessageContaining("Schwab refuses the refresh token");
      }
    }
  }

  private static SchwabApi connect(SimulatorServer simulator, Path file, InstantSource clock) {
    return SchwabApi.connect(
        SchwabConfig.of(simulator.baseUrl().toString(), "key", "secret", CALLBACK, file, null),
        clock);
  }
}
