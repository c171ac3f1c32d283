package io.alphakite.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.platform.settings.Settings;
import io.alphakite.suite.database.SuiteHome;
import io.alphakite.testing.SecretSearch;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A trade that the suite made by itself tells everything it rests on, and no secret. */
@Timeout(240)
class AutomaticTradeTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern SIMULATOR_PORT = Pattern.compile("Schwab simulator on port (\\d+)");
  private static final String KEY = "suite-test-admin-key-0123456789";

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path home;

  @Test
  @Tag("long")
  void tellsItsWayFromTheTickToTheFillAndNoSecret() throws Exception {
    try (RunningSuite suite = start()) {
      String id =
          await()
              .atMost(Duration.ofMinutes(3))
              .until(() -> automatic(suite.page()), found -> !found.isEmpty());
      String bundle = get(suite.page().resolve("/v1/trades/" + id + "/trace?download=1"));
      assertWhole(JSON.readTree(bundle));
      assertThat(new SecretSearch(secrets()).in("bundle", bundle)).isEmpty();
    }
  }

  /** The first trade of the strategy's that has filled; empty when there is none. */
  private String automatic(URI page) throws IOException, InterruptedException {
    return JSON.readTree(get(page.resolve("/v1/trades?status=filled")))
        .path("items")
        .valueStream()
        .filter(trade -> trade.path("source").asString("").equals("auto"))
        .map(trade -> trade.path("id").asString())
        .findFirst()
        .orElse("");
  }

  private static void assertWhole(JsonNode trace) {
    JsonNode signal = trace.path("signal");
    BigDecimal above = signal.path("sma9").decimalValue().subtract(vwap(signal));
    JsonNode second = signal.path("before");
    BigDecimal before = second.path("sma9").decimalValue().subtract(vwap(second));
    assertThat(signal.path("price").decimalValue()).isPositive();
    assertThat(above.signum()).as("the averages crossed").isNotEqualTo(before.signum());

    List<JsonNode> events = trace.path("events").valueStream().toList();
    assertThat(events).extracting(event -> event.path("event").asString()).startsWith("order.new");
    JsonNode facts = facts(events, "order.approved");
    assertThat(facts.path("checks").valueStream())
        .allSatisfy(check -> assertThat(check.path("result").asString()).isEqualTo("held"))
        .allSatisfy(check -> assertThat(check.path("figure").asString()).isNotEmpty())
        .hasSizeGreaterThan(15);
    JsonNode sent = facts(events, "order.acked");
    JsonNode body = JSON.readTree(sent.path("request").path("body").asString());
    assertThat(body.path("orderType").asString()).isEqualTo("MARKET");
    assertThat(sent.path("latency_ms").decimalValue()).isPositive();
    String order = sent.path("answer").path("broker_order_id").asString();
    assertThat(
            facts(events, "order.filled").path("broker_shows").path("broker_order_id").asString())
        .isEqualTo(order);

    JsonNode fill = trace.path("fills").path(0);
    assertThat(fill.path("broker_order_id").asString()).isEqualTo(order);
    assertThat(new BigDecimal(fill.path("price").asString())).isPositive();
    assertThat(trace.path("timeline").valueStream().map(moment -> moment.path("kind").asString()))
        .contains("signal", "request", "risk", "broker", "fill");
  }

  private static BigDecimal vwap(JsonNode second) {
    return second.path("vwap").decimalValue();
  }

  private static JsonNode facts(List<JsonNode> events, String name) {
    return events.stream()
        .filter(event -> event.path("event").asString().equals(name))
        .findFirst()
        .orElseThrow()
        .path("facts");
  }

  /** Everything that nobody may read in a file that is sent to somebody. */
  private Map<String, String> secrets() throws IOException, InterruptedException {
    JsonNode token = JSON.readTree(Files.readString(new SuiteHome(home).simulatorToken()));
    String access = token.path("access_token").asString();
    URI simulator = URI.create("http://127.0.0.1:" + simulatorPort());
    JsonNode account =
        JSON.readTree(get(simulator.resolve("/trader/v1/accounts/accountNumbers"), access)).path(0);
    Map<String, String> secrets = new LinkedHashMap<>();
    secrets.put("administrator's key", KEY);
    secrets.put("access token", access);
    secrets.put("refresh token", token.path("refresh_token").asString());
    secrets.put("account", account.path("accountNumber").asString());
    secrets.put("account's hash", account.path("hashValue").asString());
    return secrets;
  }

  private String simulatorPort() {
    return told.stream()
        .map(SIMULATOR_PORT::matcher)
        .filter(Matcher::find)
        .map(port -> port.group(1))
        .findFirst()
        .orElseThrow();
  }

  private RunningSuite start() {
    Map<String, String> settings = new HashMap<>();
    settings.put("KITE_HOME", home.toString());
    settings.put("KITE_ADMIN_KEY", KEY);
    settings.put("STREAM_TICKERS", "");
    settings.put("KITE_REPLAY_SPEED", "30");
    for (String port : List.of("GATEWAY_PORT", "STREAMER_PORT", "ENGINE_PORT", "SIMULATOR_PORT")) {
      settings.put(port, "0");
    }
    return RunningSuite.start(Settings.of(settings), false, Progress.to(told::add));
  }

  private String get(URI uri) throws IOException, InterruptedException {
    return get(uri, KEY);
  }

  private String get(URI uri, String key) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + key).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
