package io.alphakite.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.platform.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./kite up}, without its terminal: runs, is left, goes on. */
class RunningSuiteTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String KEY = "suite-test-admin-key-0123456789";

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path home;

  @Test
  void runsARecordedSessionAndGoesOnAfterARestart() throws Exception {
    Instant before;
    long rows;
    try (RunningSuite suite = start()) {
      before = newest(suite, Instant.EPOCH);
      // Said when the engine has met its broker.
      JsonNode controls =
          await()
              .atMost(Duration.ofMinutes(1))
              .until(
                  () -> get(suite.page().resolve("/v1/trading/controls")),
                  told -> told.path("broker").asString().equals("simulator"));
      assertThat(controls.path("mode").asString()).isEqualTo("live");
      assertThat(controls.path("armed").asBoolean()).isTrue();
      assertThat(controls.path("auto_trading").asBoolean()).isTrue();
      assertThat(send(suite.page(), "GET").body()).contains("<title>");
      rows = items(suite).size();
    }
    try (RunningSuite suite = start()) {
      assertThat(newest(suite, before)).isAfter(before);
      assertThat(items(suite).size()).isGreaterThan((int) rows);
      Instant previous = null;
      for (JsonNode item : items(suite)) {
        assertThat(item.path("source").asString()).isEqualTo("stream");
        Instant second = second(item);
        // In its first forty minutes SPY was never silent for longer: nothing was lost between the
        // two runs.
        assertThat(second).isBeforeOrEqualTo(previous == null ? second : previous.plusSeconds(5));
        previous = second;
      }
    }
  }

  @Test
  void servicesBesideTheGatewayServeHealthAndMetricsOnly() throws Exception {
    try (RunningSuite suite = start()) {
      for (String service : List.of("streaming-service", "trading-engine")) {
        URI base = URI.create("http://127.0.0.1:" + suite.port(service) + "/");
        assertThat(send(base.resolve("/actuator/health/readiness"), "GET").statusCode())
            .isEqualTo(200);
        assertThat(get(base.resolve("/health")).path("service").asString()).isEqualTo(service);
        for (String path :
            List.of(
                "/", "/index.html", "/docs", "/v1/openapi.json", "/v3/api-docs", "/v1/trades")) {
          assertThat(send(base.resolve(path), "GET").statusCode())
              .as(service + path)
              .isEqualTo(404);
        }
      }
    }
  }

  private RunningSuite start() {
    Map<String, String> settings = new HashMap<>();
    settings.put("KITE_HOME", home.toString());
    settings.put("KITE_ADMIN_KEY", KEY);
    settings.put("STREAM_TICKERS", "");
    // Both runs together stay within the first forty minutes, on a slow machine too.
    settings.put("KITE_REPLAY_SPEED", "10");
    for (String port : List.of("GATEWAY_PORT", "STREAMER_PORT", "ENGINE_PORT", "SIMULATOR_PORT")) {
      settings.put(port, "0");
    }
    return RunningSuite.start(Settings.of(settings), false, Progress.to(RunningSuiteTest::show));
  }

  /**
   * The time of SPY's newest row once it is after {@code wanted} and at least a minute of them is
   * there.
   */
  private Instant newest(RunningSuite suite, Instant wanted) {
    List<JsonNode> found =
        await()
            .atMost(Duration.ofMinutes(1))
            .pollInterval(Duration.ofMillis(50))
            .until(
                () -> items(suite),
                items -> items.size() > 60 && second(items.getLast()).isAfter(wanted));
    return second(found.getLast());
  }

  private static Instant second(JsonNode item) {
    return Instant.parse(item.path("timestamp").asString());
  }

  private List<JsonNode> items(RunningSuite suite) throws IOException, InterruptedException {
    return get(suite.page().resolve("/v1/equities/SPY/prices?limit=10000"))
        .path("items")
        .valueStream()
        .toList();
  }

  private JsonNode get(URI uri) throws IOException, InterruptedException {
    return JSON.readTree(send(uri, "GET").body());
  }

  private HttpResponse<String> send(URI uri, String method)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Authorization", "Bearer " + KEY)
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static void show(String line) {
    System.out.println(line);
  }
}
