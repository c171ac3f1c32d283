package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.alphakite.platform.RunningService;
import io.alphakite.platform.StartupException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the service says at its start and about its health, to whoever runs it. */
@Timeout(120)
class ServiceStartTest {
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static ReplayRig rig;

  @BeforeAll
  static void startMarket(@TempDir Path directory) {
    rig = new ReplayRig(directory, Map.of("KITE_REPLAY_SPEED", "60"));
  }

  @AfterEach
  void stop() {
    rig.stop();
  }

  @AfterAll
  static void stopMarket() {
    rig.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "STREAM_TICKERS    | spy                  | STREAM_TICKERS=spy is not a comma-separated"
            + " list",
        "INDICATOR_BAR     | 3m                   | INDICATOR_BAR=3m is not 1m, 5m, 1s or tick",
        "MARKET_CLOCK      | sundial              | MARKET_CLOCK=sundial is not wall or feed",
        "SCHWAB_BASE_URL   | http://example.com   | SCHWAB_BASE_URL: http is allowed only to"
            + " loopback",
        "SCHWAB_BASE_URL   | schwab               | SCHWAB_BASE_URL must be an https:// URL",
        "SCHWAB_APP_KEY    | ''                   | SCHWAB_APP_KEY is not set",
      })
  void refusesABadSettingWithOneLine(String name, String value, String line) {
    assertThatThrownBy(() -> rig.start(Map.of(name, value)))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith(line)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void refusesATokenFileOthersMayRead(@TempDir Path directory) throws Exception {
    Path open = Files.createFile(directory.resolve("open.json"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> rig.start(Map.of("SCHWAB_TOKEN_FILE", open.toString())))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("SCHWAB_TOKEN_FILE: ")
        .hasMessageContaining("chmod 600");
  }

  @Test
  void saysWhichPortIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> rig.start(Map.of("STREAMER_PORT", Integer.toString(port))))
          .isInstanceOf(StartupException.class)
          .hasMessageStartingWith("STREAMER_PORT=" + port + " is in use");
    }
  }

  @Test
  void withoutATokenItAsksForALoginAndStreamsOnceThereIsOne(@TempDir Path directory)
      throws Exception {
    Path token = directory.resolve("later.json");
    RunningService service = rig.start(Map.of("SCHWAB_TOKEN_FILE", token.toString()));
    HttpResponse<String> health = get(service, "/health");
    assertThat(health.statusCode()).isEqualTo(503);
    assertThat(health.body()).contains("log in to Schwab", "not connected, trying again");
    rig.writeToken(token);
    rig.awaitSubscribed();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(get(service, "/health").statusCode()).isEqualTo(200));
  }

  @Test
  void healthAndMetricsTellHowItGoes() throws Exception {
    RunningService service = rig.start(Map.of("STREAM_OPTIONS", "true"));
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        rig.sql(
                            "SELECT (SELECT count(*) FROM equity_data) > 20 AND count(*) > 20 FROM"
                                + " option_prices"))
                    .isEqualTo(List.of("t")));
    HttpResponse<String> health = get(service, "/health");
    assertThat(health.body())
        .contains(
            "\"service\":\"streaming-service\"",
            "\"feed\":{\"status\":\"UP\"",
            "\"freshness\":{\"status\":\"UP\"",
            "\"token\":{\"status\":\"UP\"",
            "\"options\":{\"contracts\":10,\"underlyings\":1,");
    assertThat(get(service, "/actuator/prometheus").body())
        .containsPattern("kite_streaming_ticks_total\\{[^}]*} [1-9]")
        .containsPattern("kite_streaming_rows_total\\{[^}]*} [1-9]")
        .contains(
            "kite_streaming_stale_total",
            "kite_streaming_corrections_total",
            "kite_streaming_unknown_messages_total",
            "kite_streaming_backpressure_waits_total",
            "kite_streaming_queue",
            "kite_schwab_budget_available",
            "kite_schwab_circuit{",
            "kite_schwab_clock_ahead_seconds",
            "kite_schwab_unknown_total",
            "kite_streaming_flush_seconds_count")
        .containsPattern("kite_streaming_options_chains_missing\\{[^}]*} 0")
        .containsPattern("kite_streaming_options_rows_total\\{[^}]*} [1-9]");
    assertThat(get(service, "/actuator/health/readiness").statusCode()).isEqualTo(200);
    assertThat(rig.sql("SELECT ticker || ' ' || streamed FROM tickers"))
        .isEqualTo(List.of("SPY true"));
    assertThat(rig.sql("SELECT ticker || ' ' || status FROM get_streaming_health()"))
        .isEqualTo(List.of("SPY healthy"));
  }

  private static HttpResponse<String> get(RunningService service, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + service.port() + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
