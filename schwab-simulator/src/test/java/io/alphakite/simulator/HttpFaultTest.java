package io.alphakite.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Faults of any HTTP call and of logins, as a client meets them; and the control API. */
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpFaultTest {
  private static final String ORDERS =
      "/trader/v1/accounts/" + io.alphakite.simulator.broker.Account.HASH + "/orders";
  private static final String ORDER =
      "{\"orderType\":\"LIMIT\",\"session\":\"NORMAL\",\"duration\":\"DAY\",\"price\":\"1.00\","
          + "\"orderStrategyType\":\"SINGLE\",\"orderLegCollection\":[{\"instruction\":\"BUY\","
          + "\"quantity\":1,\"instrument\":{\"symbol\":\"SPY\",\"assetType\":\"EQUITY\"}}]}";
  private static final String PREFERENCE = "/trader/v1/userPreference";

  private SimulatorServer server;
  private TestClient client;

  @BeforeAll
  void start() {
    server = Servers.start();
    client = new TestClient(server);
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  @BeforeEach
  void quiet() {
    server.faults().clear();
  }

  private void set(Dial dial, FaultRule rule) {
    server.faults().set(dial, rule);
  }

  private HttpResponse<String> get() {
    return client.send("GET", PREFERENCE, null);
  }

  private int orders() {
    return TestClient.JSON.readTree(plain("GET", "/control/orders", null).body()).size();
  }

  private HttpResponse<String> plain(String method, String path, @Nullable String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.baseUrl().resolve(path));
    return client.exchange(
        request
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  @Test
  void refusesInEachFormAndThenGoesOn() {
    set(Dial.UNAUTHORIZED, FaultRule.times(1));
    assertThat(get().statusCode()).isEqualTo(401);

    set(Dial.EDGE_ACCESS_DENIED, FaultRule.times(1));
    HttpResponse<String> edge = get();
    assertThat(edge.statusCode()).isEqualTo(403);
    assertThat(edge.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(edge.body()).contains("<TITLE>Access Denied</TITLE>");
    assertThat(edge.headers().firstValue("Server")).contains("AkamaiGHost");

    set(Dial.TOO_MANY_REQUESTS, FaultRule.times(1));
    HttpResponse<String> bare = get();
    assertThat(bare.statusCode()).isEqualTo(429);
    assertThat(bare.headers().firstValue("Retry-After")).isEmpty();
    assertThat(bare.body()).isEmpty();

    set(Dial.TOO_MANY_REQUESTS, FaultRule.times(1).with("retry_after", 7));
    assertThat(get().headers().firstValue("Retry-After")).contains("7");

    set(Dial.SERVER_ERROR_BEFORE, FaultRule.times(1).with("status", 500));
    assertThat(get().statusCode()).isEqualTo(500);

    set(Dial.ANSWER_EMPTY, FaultRule.times(1).with("status", 404));
    HttpResponse<String> empty = get();
    assertThat(empty.statusCode()).isEqualTo(404);
    assertThat(empty.body()).isEmpty();

    set(Dial.GATEWAY_BODY_TOO_BIG, FaultRule.times(1));
    HttpResponse<String> gateway = get();
    assertThat(gateway.statusCode()).isEqualTo(502);
    assertThat(TestClient.JSON.readTree(gateway.body()).path("fault").path("detail")).isNotEmpty();

    set(Dial.PRODUCT_MISSING, FaultRule.ALWAYS);
    assertThat(client.send("GET", "/marketdata/v1/quotes?symbols=SPY", null).statusCode())
        .isEqualTo(401);
    assertThat(get().statusCode()).isEqualTo(200);
  }

  @Test
  void anErrorAfterAcceptanceLeavesTheOrderAndNoTraceOfItsPlace() {
    int before = orders();
    set(Dial.SERVER_ERROR_BEFORE, FaultRule.times(1).on("^POST /trader/.*/orders$"));
    assertThat(client.send("POST", ORDERS, ORDER).statusCode()).isEqualTo(503);
    assertThat(orders()).isEqualTo(before);

    set(Dial.SERVER_ERROR_AFTER, FaultRule.times(1).on("^POST /trader/.*/orders$"));
    HttpResponse<String> after = client.send("POST", ORDERS, ORDER);
    assertThat(after.statusCode()).isEqualTo(503);
    assertThat(after.headers().firstValue("Location")).isEmpty();
    assertThat(after.headers().firstValue("Kite-Simulator")).contains("1");
    assertThat(after.headers().firstValue("Schwab-Client-CorrelId")).isPresent();
    assertThat(orders()).isEqualTo(before + 1);
  }

  @Test
  void aLostAnswerLeavesTheOrderAndAResetDoesNot() {
    int before = orders();
    set(Dial.CONNECTION_RESET, FaultRule.ALWAYS.on("^POST /trader/"));
    assertThatThrownBy(() -> client.send("POST", ORDERS, ORDER))
        .hasCauseInstanceOf(java.io.IOException.class);
    assertThat(orders()).isEqualTo(before);
    server.faults().clear();

    set(Dial.ANSWER_LOST, FaultRule.times(1).on("^POST /trader/"));
    assertThatThrownBy(() -> client.send("POST", ORDERS, ORDER))
        .hasCauseInstanceOf(java.io.IOException.class);
    assertThat(orders()).isEqualTo(before + 1);
    assertThat(get().statusCode()).isEqualTo(200);
  }

  @Test
  void anAnswerMayEndInItsMiddleOrComeLate() {
    set(Dial.ANSWER_CUT_SHORT, FaultRule.times(1).on(PREFERENCE));
    assertThatThrownBy(this::get).hasCauseInstanceOf(java.io.IOException.class);

    set(Dial.ANSWER_SLOW, FaultRule.times(1).with("delay_ms", 300));
    set(Dial.REQUEST_SLOW, FaultRule.times(1).with("delay_ms", 300));
    long begin = System.nanoTime();
    HttpResponse<String> late = get();
    assertThat(late.statusCode()).isEqualTo(200);
    assertThat(TestClient.JSON.readTree(late.body()).path("streamerInfo")).isNotEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(590));
  }

  @Test
  void aStreamerConnectionMayBeRefused() {
    set(Dial.STREAM_CONNECT_REFUSED, FaultRule.times(1));
    assertThatThrownBy(client::connect).rootCause().hasMessageContaining("503");
    client.connect();
  }

  @Test
  void theDateHeaderMayBeWrong() {
    set(Dial.CLOCK_SKEW, FaultRule.ALWAYS.with("skew_ms", -3_600_000));
    Instant told =
        ZonedDateTime.parse(
                get().headers().firstValue("Date").orElseThrow(),
                DateTimeFormatter.RFC_1123_DATE_TIME)
            .toInstant();
    assertThat(told).isBefore(Instant.now().minusSeconds(3_000));
  }

  // --- logins

  private HttpResponse<String> token(String form) {
    return client.exchange(
        HttpRequest.newBuilder(server.baseUrl().resolve("/v1/oauth/token"))
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString("k:s".getBytes(StandardCharsets.UTF_8)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build());
  }

  private HttpResponse<String> refresh(String refreshToken) {
    return token("grant_type=refresh_token&refresh_token=" + refreshToken.replace("@", "%40"));
  }

  @Test
  void aRefreshTokenDiesInEachFormAndStaysDead() {
    for (String form : List.of("nested", "invalid_client", "invalid_grant")) {
      String refreshToken = server.login().refreshToken();
      assertThat(refresh(refreshToken).statusCode()).isEqualTo(200);
      set(Dial.REFRESH_TOKEN_REFUSED, FaultRule.times(1).with("form", form));
      HttpResponse<String> refused = refresh(refreshToken);
      assertThat(refused.statusCode()).isEqualTo(form.equals("invalid_client") ? 401 : 400);
      JsonNode body = TestClient.JSON.readTree(refused.body());
      if (form.equals("nested")) {
        assertThat(body.path("error").asString()).isEqualTo("unsupported_token_type");
        assertThat(body.path("error_description").asString())
            .startsWith("400 Bad Request: \"{")
            .contains("\\\"error\\\":\\\"refresh_token_authentication_error\\\"");
      } else {
        assertThat(body.path("error").asString()).isEqualTo(form);
      }
      assertThat(refresh(refreshToken).body()).as("dead for good").isEqualTo(refused.body());
    }
    assertThat(refresh(server.login().refreshToken()).statusCode())
        .as("a new login")
        .isEqualTo(200);
  }

  @Test
  void aNewerLoginMayEndTheOlder() {
    String older = server.login().refreshToken();
    String access = server.login().accessToken();
    set(Dial.NEWER_LOGIN_ENDS_OLDER, FaultRule.ALWAYS);
    String newer = server.login().refreshToken();
    server.faults().clear();
    assertThat(refresh(older).statusCode()).isEqualTo(400);
    assertThat(refresh(newer).statusCode()).isEqualTo(200);
    try (TestClient old = new TestClient(server.baseUrl(), access)) {
      assertThat(old.send("GET", PREFERENCE, null).statusCode()).isEqualTo(401);
    }
    client.close();
    client = new TestClient(server);
  }

  @Test
  void anAccessTokenMayDieAndARefreshHelps() {
    io.alphakite.simulator.auth.Tokens.Grant grant = server.login();
    try (TestClient victim = new TestClient(server.baseUrl(), grant.accessToken())) {
      set(Dial.ACCESS_TOKEN_DIES_EARLY, FaultRule.times(1));
      assertThat(victim.send("GET", PREFERENCE, null).statusCode()).isEqualTo(401);
      assertThat(victim.send("GET", PREFERENCE, null).statusCode()).isEqualTo(401);
    }
    String renewed =
        TestClient.JSON
            .readTree(refresh(grant.refreshToken()).body())
            .path("access_token")
            .asString();
    try (TestClient again = new TestClient(server.baseUrl(), renewed)) {
      assertThat(again.send("GET", PREFERENCE, null).statusCode()).isEqualTo(200);
    }
    client.close();
    client = new TestClient(server);
  }

  @Test
  void aCodeAndTheClientMayBeRefusedAndTheLoginDenied() {
    String authorize =
        "/v1/oauth/authorize?client_id=k&redirect_uri=https://127.0.0.1:8182&state=s";
    set(Dial.APP_NOT_READY, FaultRule.times(1));
    HttpResponse<String> notReady = plain("GET", authorize, null);
    assertThat(notReady.statusCode()).isEqualTo(500);
    assertThat(notReady.body()).contains("Whitelabel");

    set(Dial.LOGIN_DENIED, FaultRule.times(1));
    String denied = plain("GET", authorize, null).headers().firstValue("Location").orElseThrow();
    assertThat(denied).startsWith("https://127.0.0.1:8182/?error=access_denied&session=");

    String location = plain("GET", authorize, null).headers().firstValue("Location").orElseThrow();
    String code = location.substring(location.indexOf("code=") + 5, location.indexOf("&session"));
    String form = "grant_type=authorization_code&redirect_uri=https%3A%2F%2F127.0.0.1%3A8182&code=";
    set(Dial.CLIENT_REFUSED, FaultRule.times(1));
    assertThat(token(form + code).statusCode()).isEqualTo(401);
    assertThat(token(form + code.replace("%", "%25")).statusCode())
        .as("encoded twice")
        .isEqualTo(400);
    assertThat(token(form + code).statusCode()).isEqualTo(200);
    location = plain("GET", authorize, null).headers().firstValue("Location").orElseThrow();
    code = location.substring(location.indexOf("code=") + 5, location.indexOf("&session"));
    set(Dial.CODE_REFUSED, FaultRule.times(1));
    assertThat(token(form + code).statusCode()).isEqualTo(400);
  }

  @Test
  void refreshTokensMayRotateAndALoginMayAskAPerson() {
    try (SimulatorServer rotating =
            Servers.start("SIMULATOR_REFRESH_TOKENS", "rotating", "SIMULATOR_LOGIN", "form");
        TestClient other = new TestClient(rotating)) {
      String first = rotating.login().refreshToken();
      JsonNode renewed = TestClient.JSON.readTree(refreshAt(rotating, other, first).body());
      String second = renewed.path("refresh_token").asString();
      assertThat(second).isNotEqualTo(first).endsWith("@");
      assertThat(refreshAt(rotating, other, first).statusCode()).as("the old").isEqualTo(400);
      assertThat(refreshAt(rotating, other, second).statusCode()).as("the new").isEqualTo(200);

      String query = "client_id=k&redirect_uri=https://127.0.0.1:8182&state=a%22b";
      HttpResponse<String> page = at(rotating, other, "/v1/oauth/authorize?" + query, null);
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).contains("Allow", "Deny", "a&quot;b");
      assertThat(location(at(rotating, other, "/v1/oauth/authorize", query + "&answer=allow")))
          .startsWith("https://127.0.0.1:8182/?code=")
          .contains("%40&session=");
      assertThat(location(at(rotating, other, "/v1/oauth/authorize", query + "&answer=deny")))
          .startsWith("https://127.0.0.1:8182/?error=access_denied");
    }
  }

  private static String location(HttpResponse<String> answer) {
    return answer.headers().firstValue("Location").orElseThrow();
  }

  private static HttpResponse<String> at(
      SimulatorServer server, TestClient client, String path, @Nullable String form) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.baseUrl() + path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Authorization", "Basic azpz");
    return client.exchange(
        form == null
            ? request.build()
            : request.POST(HttpRequest.BodyPublishers.ofString(form)).build());
  }

  private static HttpResponse<String> refreshAt(
      SimulatorServer server, TestClient client, String refreshToken) {
    return at(
        server,
        client,
        "/v1/oauth/token",
        "grant_type=refresh_token&refresh_token=" + refreshToken.replace("@", "%40"));
  }

  // --- control

  @Test
  void controlListsSetsChangesAndClearsDials() {
    JsonNode all = TestClient.JSON.readTree(plain("GET", "/control/faults", null).body());
    assertThat(all.path("seed").asInt()).isEqualTo(1);
    assertThat(all.path("dials").size()).isEqualTo(Dial.values().length);
    assertThat(all.path("dials").valueStream())
        .allMatch(dial -> dial.path("state").asString().equals("off"))
        .allMatch(dial -> !dial.path("source").asString().isBlank());

    String dial = "/control/faults/server-error-before";
    JsonNode set =
        TestClient.JSON.readTree(
            plain("PUT", dial, "{\"count\":2,\"status\":500,\"subject\":\"userPref\"}").body());
    assertThat(set.path("state").asString()).isEqualTo("on");
    assertThat(get().statusCode()).isEqualTo(500);
    JsonNode changed =
        TestClient.JSON.readTree(plain("PATCH", dial, "{\"count\":1}").body()).path("rule");
    assertThat(changed.path("status").asString()).isEqualTo("500");
    assertThat(changed.path("subject").asString()).isEqualTo("userPref");
    assertThat(get().statusCode()).isEqualTo(500);
    JsonNode spent = TestClient.JSON.readTree(plain("GET", dial, null).body());
    assertThat(spent.path("state").asString()).isEqualTo("spent");
    assertThat(spent.path("hits").asInt()).isEqualTo(1);
    assertThat(spent.path("last").path("subject").asString()).isEqualTo("GET " + PREFERENCE);
    assertThat(get().statusCode()).isEqualTo(200);
    assertThat(plain("GET", "/control/history", null).body()).contains("server-error-before");
    assertThat(plain("DELETE", dial, null).body()).contains("\"state\":\"off\"");
    assertThat(plain("PATCH", "/control/faults", "{\"seed\":1}").statusCode()).isEqualTo(200);
  }

  @Test
  void controlTakesJsonWhateverItIsCalled() {
    HttpResponse<String> answer =
        client.exchange(
            HttpRequest.newBuilder(server.baseUrl().resolve("/control/faults/answer-lost"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"count\":3,\"subject\":\"none\"}"))
                .build());
    assertThat(TestClient.JSON.readTree(answer.body()).path("rule").path("count").asInt())
        .isEqualTo(3);
  }

  @Test
  void controlNamesWhatIsWrong() {
    HttpResponse<String> unknown = plain("PUT", "/control/faults/answer-losst", "{}");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("answer-losst", "answer-lost");
    Map.of(
            "{\"probability\":0}", "probability must be",
            "{\"probability\":\"x\"}", "probability must be",
            "{\"count\":-1}", "count must be",
            "{\"subject\":\"(\"}", "subject is no regular expression",
            "{\"from\":\"soon\"}", "from must be a market time",
            "{\"status\":700}", "status must be a whole number from 500 to 599",
            "{\"colour\":1}", "no parameter 'colour'",
            "[]", "expected a JSON object",
            "{", "not JSON")
        .forEach(
            (body, message) -> {
              HttpResponse<String> answer =
                  plain("PUT", "/control/faults/server-error-before", body);
              assertThat(answer.statusCode()).as(body).isEqualTo(400);
              assertThat(answer.body()).as(body).contains(message);
            });
    assertThat(get().statusCode()).isEqualTo(200);
  }

  @Test
  void aScenarioIsPlayedWatchedAndEnded() {
    assertThat(plain("GET", "/control/scenarios", null).body()).contains("bad-open", "eight-days");
    HttpResponse<String> played =
        plain(
            "PUT",
            "/control/scenario",
            "{\"steps\":[{\"do\":\"set\",\"dial\":\"server-error-before\",\"count\":1},"
                + "{\"after\":\"1d\",\"do\":\"clear\"}]}");
    assertThat(played.statusCode()).isEqualTo(200);
    JsonNode progress = TestClient.JSON.readTree(played.body());
    assertThat(progress.path("done").asInt()).isEqualTo(1);
    assertThat(progress.path("steps").path(0).path("done").asBoolean()).isTrue();
    assertThat(progress.path("steps").path(1).path("done").asBoolean()).isFalse();
    assertThat(get().statusCode()).isEqualTo(503);
    assertThat(plain("PUT", "/control/scenario", "{\"name\":\"bad-open\"}").statusCode())
        .isEqualTo(200);
    HttpResponse<String> wrong =
        plain("PUT", "/control/scenario", "{\"steps\":[{\"do\":\"fly\"}]}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("line 1", "do must be one of");
    assertThat(plain("PUT", "/control/scenario", "{\"name\":\"x\"}").statusCode()).isEqualTo(400);
    assertThat(plain("DELETE", "/control/scenario", null).body()).isEqualTo("{}");
  }

  @Test
  void aScenarioMayBeginWithTheSimulatorAndEndTokens() {
    try (SimulatorServer dead = Servers.start("SIMULATOR_SCENARIO", "token-death")) {
      String refreshToken = dead.login().refreshToken();
      dead.play(
          io.alphakite.simulator.fault.Scenario.parse(
              "s", "{\"steps\":[{\"do\":\"end-refresh-tokens\",\"form\":\"invalid_grant\"}]}"));
      try (TestClient other = new TestClient(dead)) {
        assertThat(refreshAt(dead, other, refreshToken).body()).contains("invalid_grant");
        assertThat(refreshAt(dead, other, dead.login().refreshToken()).statusCode()).isEqualTo(200);
      }
    }
  }
}
