package io.alphakite.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.simulator.recording.RecordingReader;
import io.alphakite.simulator.recording.Recordings;
import io.alphakite.simulator.settings.SettingsException;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Login, market data and the controls over HTTP. */
@Timeout(60)
class RestTest {
  private static final String CALLBACK = "https://127.0.0.1:8182";

  private static HttpResponse<String> token(
      SimulatorServer server, TestClient client, String basic, String form) {
    return client.exchange(
        HttpRequest.newBuilder(server.baseUrl().resolve("/v1/oauth/token"))
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(basic.getBytes(StandardCharsets.UTF_8)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build());
  }

  private static HttpResponse<String> plain(
      SimulatorServer server, TestClient client, String path) {
    return client.exchange(HttpRequest.newBuilder(server.baseUrl().resolve(path)).build());
  }

  @Test
  void tellsItsHealthWhereTheServicesDo() {
    try (SimulatorServer server = Servers.start();
        TestClient client = new TestClient(server)) {
      assertThat(plain(server, client, "/health").body())
          .contains("\"status\":\"UP\"", "\"service\":\"schwab-simulator\"", "\"checks\"");
      assertThat(plain(server, client, "/actuator/health/liveness").statusCode()).isEqualTo(200);
      assertThat(plain(server, client, "/actuator/health/readiness").statusCode()).isEqualTo(200);
      assertThat(plain(server, client, "/actuator/prometheus").body())
          .contains("kite_simulator_market_time_seconds 1381152590");
    }
  }

  @Test
  void aLoginGivesTokensThatRefreshAndOpenTheApi() {
    try (SimulatorServer server =
            Servers.start("SCHWAB_APP_KEY", "key", "SCHWAB_APP_SECRET", "secret");
        TestClient client = new TestClient(server)) {
      HttpResponse<String> redirect =
          plain(
              server,
              client,
              "/v1/oauth/authorize?client_id=key&redirect_uri=" + CALLBACK + "&state=s");
      assertThat(redirect.statusCode()).isEqualTo(302);
      String location = redirect.headers().firstValue("Location").orElseThrow();
      assertThat(location)
          .startsWith(CALLBACK + "/?code=")
          .contains("%40&session=")
          .endsWith("&state=s");
      String code = location.substring(location.indexOf("code=") + 5, location.indexOf("&session"));
      assertThat(URLDecoder.decode(code, StandardCharsets.UTF_8)).endsWith("@");
      String form = "grant_type=authorization_code&code=" + code + "&redirect_uri=" + CALLBACK;

      assertThat(token(server, client, "key:wrong", form).statusCode()).isEqualTo(401);
      HttpResponse<String> granted = token(server, client, "key:secret", form);
      assertThat(granted.statusCode()).isEqualTo(200);
      JsonNode tokens = TestClient.JSON.readTree(granted.body());
      assertThat(tokens.path("expires_in").asInt()).isEqualTo(1800);
      assertThat(tokens.path("token_type").asString()).isEqualTo("Bearer");
      assertThat(token(server, client, "key:secret", form).statusCode())
          .as("code used")
          .isEqualTo(400);

      String refresh =
          "grant_type=refresh_token&refresh_token="
              + tokens.path("refresh_token").asString().replace("@", "%40");
      JsonNode renewed =
          TestClient.JSON.readTree(token(server, client, "key:secret", refresh).body());
      HttpResponse<String> preference =
          client.exchange(
              HttpRequest.newBuilder(server.baseUrl().resolve("/trader/v1/userPreference"))
                  .header("Authorization", "Bearer " + renewed.path("access_token").asString())
                  .build());
      assertThat(preference.statusCode()).isEqualTo(200);

      HttpResponse<String> dead =
          token(server, client, "key:secret", "grant_type=refresh_token&refresh_token=dead");
      assertThat(dead.statusCode()).isEqualTo(400);
      assertThat(dead.body())
          .contains("unsupported_token_type", "refresh_token_authentication_error");
      assertThat(
              plain(server, client, "/v1/oauth/authorize?client_id=no&redirect_uri=" + CALLBACK)
                  .statusCode())
          .isEqualTo(400);
    }
  }

  @Test
  void everyAnswerCarriesTheSimulatorsMarkAndErrorsHaveTheirShapes() {
    try (SimulatorServer server = Servers.start();
        TestClient client = new TestClient(server)) {
      HttpResponse<String> noToken = plain(server, client, "/marketdata/v1/quotes?symbols=SPY");
      assertThat(noToken.statusCode()).isEqualTo(401);
      JsonNode error = TestClient.JSON.readTree(noToken.body()).path("errors").path(0);
      assertThat(error.path("status").asInt()).isEqualTo(401);
      assertThat(error.path("detail").asString()).isEqualTo("Client not authorized");
      HttpResponse<String> bad =
          client.send("GET", "/marketdata/v1/quotes?symbols=SPY&fields=x", null);
      assertThat(bad.statusCode()).isEqualTo(400);
      assertThat(bad.body()).contains("\"status\":\"400\"", "\"parameter\":\"fields\"");
      HttpResponse<String> unknown = client.send("GET", "/marketdata/v1/NOPE/quotes", null);
      assertThat(unknown.statusCode()).isEqualTo(404);
      HttpResponse<String> slash = client.send("GET", "/trader/v1/accounts/", null);
      assertThat(slash.statusCode()).as("as some clients write it").isEqualTo(200);
      for (HttpResponse<String> answer :
          List.of(
              noToken,
              bad,
              unknown,
              plain(server, client, "/nowhere"),
              plain(server, client, "/"))) {
        assertThat(answer.headers().firstValue("Kite-Simulator")).hasValue("1");
      }
      assertThat(bad.headers().firstValue("Schwab-Client-CorrelId")).isPresent();
    }
  }

  @Test
  void quotesNameUnknownSymbolsBesideTheGoodOnes() {
    try (SimulatorServer server = Servers.start();
        TestClient client = new TestClient(server)) {
      JsonNode quotes = client.get("/marketdata/v1/quotes?symbols=SPY,NOPE,IBM&fields=quote");
      assertThat(quotes.path("errors").path("invalidSymbols").path(0).asString()).isEqualTo("NOPE");
      JsonNode spy = quotes.path("SPY");
      assertThat(spy.path("quote").path("bidPrice").decimalValue()).isPositive();
      assertThat(spy.path("quote").path("closePrice").decimalValue()).isPositive();
      assertThat(spy.has("reference")).isFalse();
      assertThat(
              client
                  .get("/marketdata/v1/SPY/quotes")
                  .path("SPY")
                  .path("reference")
                  .path("exchange")
                  .asString())
          .isEqualTo("P");
    }
  }

  @Test
  void candlesAreThePrintsUpToTheMarketsClockAndNoFurther() throws Exception {
    try (SimulatorServer server =
            Servers.start("SIMULATOR_DAY_START", "11:00:30", "KITE_REPLAY_SPEED", "600");
        TestClient client = new TestClient(server).login()) {
      client.subscribe("SPY", StreamerTest.FIELDS);
      Instant target = Instant.parse("2013-10-07T15:10:20Z");
      while (server.marketTime().isBefore(target)) {
        client.next();
      }
      server.paused(true);
      client.get("/control/replay");
      Instant now = server.marketTime();
      LocalDate date = LocalDate.of(2013, 10, 7);
      Instant midnight = Instant.parse("2013-10-07T04:00:00Z");
      String range =
          "&startDate="
              + midnight.toEpochMilli()
              + "&endDate="
              + midnight.plusSeconds(86_399).toEpochMilli();
      JsonNode history =
          client.get(
              "/marketdata/v1/pricehistory?symbol=SPY&periodType=day&frequencyType=minute&frequency=1&needExtendedHoursData=true"
                  + range);
      TreeMap<Long, long[]> expected = new TreeMap<>();
      try (RecordingReader reader = Recordings.bundled().open(date, "SPY")) {
        while (reader.next() && !midnight.plusMillis(reader.millisOfDay()).isAfter(now)) {
          long minute = midnight.toEpochMilli() + reader.millisOfDay() / 60_000 * 60_000L;
          if (reader.kind() == RecordingReader.Kind.QUOTE || reader.millisOfDay() < 7 * 3_600_000) {
            continue;
          }
          long[] bar = expected.computeIfAbsent(minute, _ -> new long[2]);
          bar[0] += reader.printSize();
          bar[1] = reader.kind() == RecordingReader.Kind.PRINT ? reader.printPriceE4() : bar[1];
        }
      }
      assertThat(history.path("candles").size()).isEqualTo(expected.size()).isGreaterThan(100);
      for (JsonNode candle : history.path("candles")) {
        long[] bar = expected.getOrDefault(candle.path("datetime").asLong(), new long[2]);
        assertThat(candle.path("volume").asLong()).isEqualTo(bar[0]);
        if (bar[1] > 0) {
          assertThat(candle.path("close").decimalValue())
              .isEqualByComparingTo(BigDecimal.valueOf(bar[1], 4));
        }
      }
      assertThat(
              client
                  .get(
                      "/marketdata/v1/pricehistory?symbol=SPY&periodType=day&startDate=1380808800000&endDate=1381003200000")
                  .path("empty")
                  .asBoolean())
          .as("before the first session")
          .isTrue();
      assertThat(
              client
                  .get("/marketdata/v1/pricehistory?symbol=NOPE" + range)
                  .path("empty")
                  .asBoolean())
          .isTrue();
      for (String illegal :
          List.of(
              "&periodType=week",
              "&periodType=day&period=6",
              "&periodType=day&frequencyType=daily",
              "&frequency=2",
              "&startDate=x",
              "&periodType=year&frequencyType=minute")) {
        HttpResponse<String> answer =
            client.send("GET", "/marketdata/v1/pricehistory?symbol=SPY" + illegal, null);
        assertThat(answer.statusCode()).as(illegal).isEqualTo(400);
        assertThat(answer.body()).contains("\"errors\"");
      }
    }
  }

  @Test
  void marketHoursKnowTheCalendar() {
    try (SimulatorServer server = Servers.start();
        TestClient client = new TestClient(server)) {
      JsonNode open =
          client.get("/marketdata/v1/markets?markets=equity,option").path("equity").path("EQ");
      assertThat(open.path("isOpen").asBoolean()).isTrue();
      assertThat(open.path("sessionHours").path("regularMarket").path(0).path("start").asString())
          .isEqualTo("2013-10-07T09:30:00-04:00");
      JsonNode closed =
          client.get("/marketdata/v1/markets/equity?date=2013-11-28").path("equity").path("equity");
      assertThat(closed.path("isOpen").asBoolean(true)).isFalse();
      assertThat(closed.has("sessionHours")).isFalse();
      JsonNode early =
          client
              .get("/marketdata/v1/markets?markets=equity&date=2013-11-29")
              .path("equity")
              .path("EQ");
      assertThat(early.path("sessionHours").path("regularMarket").path(0).path("end").asString())
          .isEqualTo("2013-11-29T13:00:00-05:00");
    }
  }

  @Test
  void theReplayIsControlledFromThisHostOnly() throws Exception {
    try (SimulatorServer server = Servers.start();
        TestClient client = new TestClient(server)) {
      assertThat(
              client
                  .send("PATCH", "/control/replay", "{\"speed\":60,\"paused\":true}")
                  .statusCode())
          .isEqualTo(200);
      assertThat(server.replay().speed()).isEqualTo(60);
      assertThat(server.replay().paused()).isTrue();
      assertThat(client.send("PATCH", "/control/replay", "{\"speed\":0.5}").statusCode())
          .isEqualTo(400);
      assertThat(client.send("PATCH", "/control/replay", "{\"paused\":\"x\"}").statusCode())
          .isEqualTo(400);
      assertThat(raw(server, "Host: evil.example")).startsWith("HTTP/1.1 403");
      assertThat(
              raw(server, "Host: 127.0.0.1:" + server.port() + "\r\nOrigin: http://evil.example"))
          .startsWith("HTTP/1.1 403");
      assertThat(raw(server, "Host: 127.0.0.1:" + server.port())).startsWith("HTTP/1.1 200");
      assertThat(
              raw(
                  server,
                  "Host: 127.0.0.1:"
                      + server.port()
                      + "\r\nOrigin: http://127.0.0.1:"
                      + server.port()))
          .startsWith("HTTP/1.1 200");
    }
  }

  private static String raw(SimulatorServer server, String headers) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write(
              ("GET /control/replay HTTP/1.1\r\n" + headers + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void badSettingsAreNamedOneByOne() {
    assertThatThrownBy(
            () ->
                SimulatorSettings.of(
                    Map.of(
                        "SIMULATOR_PORT", "70000",
                        "KITE_REPLAY_SPEED", "0",
                        "SIMULATOR_START_SESSION", "2013-11-29",
                        "SIMULATOR_DAY_START", "17:00:00")))
        .isInstanceOfSatisfying(
            SettingsException.class,
            e -> {
              assertThat(e.problems()).hasSize(4);
              assertThat(String.join(" ", e.problems()))
                  .contains(
                      "SIMULATOR_PORT",
                      "KITE_REPLAY_SPEED",
                      "SIMULATOR_START_SESSION",
                      "SIMULATOR_DAY_START");
            });
  }

  @Test
  void twoSimulatorsNeverShareAStateDirectory(@TempDir Path state) {
    SimulatorServer first = Servers.start("SIMULATOR_STATE_DIR", state.toString());
    try (first) {
      assertThatThrownBy(() -> Servers.start("SIMULATOR_STATE_DIR", state.toString()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("SIMULATOR_STATE_DIR");
    }
    try (SimulatorServer again = Servers.start("SIMULATOR_STATE_DIR", state.toString())) {
      assertThat(again.replay().waitingForSubscriber()).isTrue();
    }
  }

  @Test
  void aTakenPortIsOneClearLine() {
    try (SimulatorServer server = Servers.start()) {
      assertThatThrownBy(() -> Servers.start("SIMULATOR_PORT", Integer.toString(server.port())))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("SIMULATOR_PORT")
          .hasMessageContaining(Integer.toString(server.port()));
      assertThat(URI.create(server.baseUrl().toString()).getPort()).isEqualTo(server.port());
    }
  }
}
