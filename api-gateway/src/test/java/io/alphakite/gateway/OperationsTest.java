package io.alphakite.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.alphakite.gateway.TestGateway.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OperationsTest {
  private static final AtomicReference<String> SPEED = new AtomicReference<>("30");
  private static HttpServer simulator;
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws IOException {
    simulator = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    simulator.createContext(
        "/control/replay",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if (exchange.getRequestMethod().equals("PATCH")) {
            SPEED.set(TestGateway.JSON.readTree(body).get("speed").asString());
          }
          byte[] answer =
              ("{\"speed\":"
                      + SPEED.get()
                      + ",\"paused\":false,\"market_time\":\"2013-10-07T15:00:00Z\",\"connections\":1}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Kite-Simulator", "1");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    simulator.start();
    gateway =
        TestGateway.start(
            Map.of("SCHWAB_BASE_URL", "http://127.0.0.1:" + simulator.getAddress().getPort()));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    simulator.stop(0);
  }

  @Test
  void saysWhatIsWrongInWords() {
    JsonNode status = gateway.asAdmin("GET", "/v1/system/status").json();

    assertThat(status.get("status").stringValue()).isEqualTo("error");
    assertThat(status.get("market_time").isNull()).isTrue();
    assertThat(status.get("broker_proven_at").isNull()).isTrue();
    assertThat(status.get("notes").toString())
        .contains("No ticker is streamed")
        .contains("The trading engine was never seen");
    Answer health = gateway.get("/health");
    assertThat(health.status()).isEqualTo(200);
    assertThat(health.json().get("status").stringValue()).isEqualTo("DEGRADED");
    assertThat(health.json().get("checks").get("freshness").get("note").stringValue())
        .isEqualTo("no ticker is streamed");
    assertThat(health.json().get("checks").has("engine")).isTrue();
    assertThat(health.json().get("checks").has("database")).isTrue();
  }

  @Test
  void saysThatAllIsWell() {
    try (TestGateway well = TestGateway.start()) {
      well.database.execute(
          """
          INSERT INTO tickers (ticker, streamed) VALUES ('SPY', true);
          INSERT INTO quotes (ticker, last, quote_time, trade_time, received_at)
          VALUES ('SPY', 167, '2013-10-07 15:00:00Z', '2013-10-07 15:00:00Z', now());
          UPDATE trading_controls SET engine_seen_at = now(), broker_proven_at = now();
          INSERT INTO streaming_metrics (timestamp, ticker, records_processed, batch_size, processing_time_ms,
                                         error_count, service_status)
          VALUES (now(), 'SPY', 10, 5, 1.5, 0, 'healthy');
          """);
      JsonNode status = well.asAdmin("GET", "/v1/system/status").json();

      assertThat(status.get("session_open").booleanValue()).isTrue();
      assertThat(status.get("session").get("date").stringValue()).isEqualTo("2013-10-07");
      assertThat(status.get("market_time").stringValue()).isEqualTo("2013-10-07T15:00:00Z");
      assertThat(status.get("broker_proven_at").isNull()).isFalse();
      assertThat(status.get("feed").get(0).get("fresh").booleanValue()).isTrue();
      assertThat(status.get("engine").get("alive").booleanValue()).isTrue();
      JsonNode rows = well.get("/v1/streaming/health").json().get("items");
      assertThat(rows.get(0).get("ticker").stringValue()).isEqualTo("SPY");
      assertThat(rows.get(0).get("status").stringValue()).isEqualTo("healthy");
      assertThat(rows.get(0).get("records_last_hour").longValue()).isEqualTo(10);
      assertThat(well.get("/v1/streaming/health?ticker=IBM").json().get("items").size()).isZero();
      assertThat(well.get("/v1/streaming/health?ticker=ibm").status()).isEqualTo(400);
    }
  }

  @Test
  void g5_saysWhatDiffersFromTheBrokerInsteadOfThatItIsNotProven() {
    try (TestGateway well = TestGateway.start()) {
      well.database.execute(
          "UPDATE trading_controls SET account_id = 'paper', engine_seen_at = now()");
      assertThat(notes(well)).contains("Not yet proven equal to the broker");
      well.database.execute(
          """
          INSERT INTO engine.position_differences VALUES ('paper', 'SPY', 10, 0, now()), ('paper', 'IBM', 0, -5, now()),
              ('other', 'QQQ', 1, 2, now())
          """);
      assertThat(notes(well))
          .contains("Differs from the broker: 0 IBM here, -5 there; 10 SPY here, 0 there.")
          .doesNotContain("Not yet proven");
      // Also where both were equal once.
      well.database.execute("UPDATE trading_controls SET broker_proven_at = now()");
      assertThat(notes(well)).contains("Differs from the broker");
    }
  }

  private static String notes(TestGateway gateway) {
    return gateway.asAdmin("GET", "/v1/system/status").json().get("notes").toString();
  }

  @Test
  void passesTheReplaysControlOn() {
    assertThat(gateway.get("/v1/replay").body())
        .isEqualTo("{\"speed\":30,\"paused\":false,\"market_time\":\"2013-10-07T15:00:00Z\"}");
    Answer changed = gateway.asAdmin("PATCH", "/v1/replay", "{\"speed\":\"120\"}");
    assertThat(changed.json().get("speed").intValue()).isEqualTo(120);
    assertThat(gateway.asAdmin("PATCH", "/v1/replay", "{\"speed\":0}").status()).isEqualTo(422);
    assertThat(gateway.asAdmin("PATCH", "/v1/replay", "{\"speed\":1001}").status()).isEqualTo(422);
    assertThat(gateway.send(gateway.json("PATCH", "/v1/replay", "{\"speed\":2}")).status())
        .isEqualTo(401);
  }

  @Test
  void hasNoReplayBesideASimulator() {
    try (TestGateway real =
        TestGateway.start(Map.of("SCHWAB_BASE_URL", "https://api.schwabapi.com"))) {
      assertThat(real.get("/v1/replay").code()).isEqualTo("no_replay");
    }
  }
}
