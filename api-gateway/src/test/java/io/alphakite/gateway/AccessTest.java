package io.alphakite.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.gateway.TestGateway.Answer;
import io.alphakite.gateway.access.BootstrapKey;
import io.alphakite.gateway.access.SignInLinks;
import java.net.http.HttpRequest;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void asksForAKeyWhereMarketDataIsNotAllThereIs() {
    Answer answer = gateway.get("/v1/trades");

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.code()).isEqualTo("unauthorized");
    assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
  }

  @Test
  void refusesAnUnknownKeyEvenWhereNoneIsNeeded() {
    Answer answer =
        gateway.send(
            gateway.request("GET", "/v1/signals").header("Authorization", "Bearer kite_unknown"));

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.code()).isEqualTo("invalid_key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic YTpi", "Bearer", "Bearer ", "an-admin-key-for-tests-only"})
  void refusesOtherWaysToPresentAKey(String header) {
    assertThat(
            gateway
                .send(gateway.request("GET", "/v1/trades").header("Authorization", header))
                .status())
        .isEqualTo(401);
  }

  @Test
  void keysWorkUntilTheyAreRevoked() {
    Answer made =
        gateway.asAdmin(
            "POST", "/v1/keys", "{\"name\":\"reader\",\"scopes\":[\"read\"],\"expires_at\":null}");
    assertThat(made.status()).isEqualTo(201);
    String key = made.json().get("key").stringValue();
    assertThat(key).startsWith("kite_").hasSizeGreaterThan(40);

    assertThat(asked("GET", "/v1/keys", key).code()).isEqualTo("missing_scope");
    assertThat(asked("GET", "/v1/session", key).json().get("scopes").toString())
        .isEqualTo("[\"read\"]");
    assertThat(gateway.asAdmin("GET", "/v1/keys").body()).doesNotContain(key).contains("reader");

    assertThat(gateway.asAdmin("DELETE", made.header("Location")).status()).isEqualTo(204);
    assertThat(asked("GET", "/v1/session", key).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|422|missing_field",
        "{\"name\":\"x\",\"scopes\":[]}|422|missing_field",
        "{\"name\":\"x\",\"scopes\":[\"root\"]}|422|invalid_scope",
        "{\"name\":\"x\",\"scopes\":\"read\"}|400|wrong_type",
        "{\"name\":5,\"scopes\":[\"read\"]}|400|wrong_type",
        "{\"name\":\"x\",\"scopes\":[\"read\"],\"owner\":\"me\"}|400|unknown_field",
        "{\"name\":\"x\",\"scopes\":[\"read\"],\"expires_at\":\"2001-01-01T00:00:00Z\"}|422|invalid_expiry",
        "[]|400|malformed_json",
        "{|400|malformed_json",
        "{} {}|400|malformed_json",
        "{\"name\":\"x\",\"name\":\"y\"}|400|malformed_json",
        "{\"name\":NaN}|400|malformed_json",
      })
  void refusesBadKeyRequests(String json, int status, String code) {
    Answer answer = gateway.asAdmin("POST", "/v1/keys", json);

    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.status()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "[::2]",
        "localhost:x",
        ""
      })
  void doesNotAnswerToAnotherHostName(String host) {
    String answer =
        gateway.raw("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");

    assertThat(answer).matches("(?s)HTTP/1.1 40[03] .*");
    assertThat(answer).doesNotContain("<script");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:1234", "127.0.0.1", "[::1]:8080", "localhost."})
  void answersToItsOwnNames(String host) {
    assertThat(
            gateway.raw("GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example",
        "null",
        "http://localhost:1",
        "https://127.0.0.1",
        "file://"
      })
  void refusesPagesOfAnotherOriginEvenToRead(String origin) {
    Answer answer = gateway.send(gateway.request("GET", "/v1/signals").header("Origin", origin));

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.code()).isEqualTo("foreign_origin");
    assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void refusesWhatAForeignPageEmbeds() {
    assertThat(
            gateway
                .send(
                    gateway
                        .request("GET", "/v1/signals")
                        .header("Sec-Fetch-Site", "same-site")
                        .header("Sec-Fetch-Mode", "no-cors"))
                .code())
        .isEqualTo("foreign_origin");
    assertThat(
            gateway
                .send(
                    gateway
                        .request("GET", "/")
                        .header("Sec-Fetch-Site", "cross-site")
                        .header("Sec-Fetch-Mode", "navigate"))
                .status())
        .isEqualTo(200);
  }

  @Test
  void signsABrowserInOnceByALink() {
    String link = gateway.bean(SignInLinks.class).mint().toString();

    Answer preview = gateway.send(gateway.request("HEAD", link));
    Answer first = gateway.get(link);
    Answer second = gateway.get(link);

    assertThat(preview.status()).isEqualTo(204);
    assertThat(first.status()).isEqualTo(303);
    assertThat(first.header("Location")).isEqualTo("/");
    assertThat(first.header("Set-Cookie"))
        .startsWith("kite_session=")
        .contains("HttpOnly", "SameSite=Strict", "Path=/")
        .doesNotContain("Secure");
    assertThat(second.status()).isEqualTo(401);
    assertThat(second.code()).isEqualTo("invalid_sign_in_link");
  }

  @Test
  void keepsABrowserSignedInAcrossARestartUntilItSignsOut() {
    String cookie = signIn();
    gateway.restart();

    assertThat(withCookie("GET", "/v1/session", cookie).json().get("signed_in").booleanValue())
        .isTrue();
    Answer out =
        gateway.send(
            gateway
                .request("DELETE", "/v1/session")
                .header("Cookie", cookie)
                .header("Origin", "http://localhost:" + gateway.port()));
    assertThat(out.status()).isEqualTo(204);
    assertThat(withCookie("GET", "/v1/session", cookie).json().get("signed_in").booleanValue())
        .isFalse();
  }

  @Test
  void changesNothingByCookieUnlessTheOwnPageAsks() {
    String cookie = signIn();

    assertThat(withCookie("POST", "/v1/sign-in-links", cookie).code()).isEqualTo("foreign_origin");
    HttpRequest.Builder own =
        gateway
            .request("POST", "/v1/sign-in-links")
            .header("Cookie", cookie)
            .header("Origin", "http://localhost:" + gateway.port());
    assertThat(gateway.send(own).status()).isEqualTo(201);
  }

  @Test
  void makesABootstrapKeyOnlyWhenNoneIsSet() {
    assertThat(gateway.bean(BootstrapKey.class).reveal()).isEmpty();
    try (TestGateway other = TestGateway.start(Map.of("KITE_ADMIN_KEY", ""))) {
      String key = other.bean(BootstrapKey.class).reveal().orElseThrow();

      assertThat(other.bean(BootstrapKey.class).reveal()).isEmpty();
      assertThat(
              other
                  .send(other.request("GET", "/v1/keys").header("Authorization", "Bearer " + key))
                  .status())
          .isEqualTo(200);
    }
  }

  @Test
  void hidesMarketDataWhenToldTo() {
    try (TestGateway closed = TestGateway.start(Map.of("KITE_PUBLIC_READ", "false"))) {
      assertThat(closed.get("/v1/signals").status()).isEqualTo(401);
      assertThat(closed.get("/v1/equities/SPY/prices").status()).isEqualTo(401);
      assertThat(closed.get("/v1/streaming/health").status()).isEqualTo(401);
      assertThat(closed.get("/actuator/prometheus").status()).isEqualTo(401);
      assertThat(closed.get("/health").status()).isNotEqualTo(401);
      assertThat(closed.get("/").status()).isEqualTo(200);
      assertThat(closed.asAdmin("GET", "/v1/signals").status()).isEqualTo(200);
    }
  }

  @Test
  void isNotPublicBehindAProxyAndAnswersToItsName() {
    try (TestGateway proxied =
        TestGateway.start(Map.of("KITE_PUBLIC_URL", "https://kite.example.com"))) {
      assertThat(proxied.get("/v1/signals").status()).isEqualTo(401);
      String answer =
          proxied.raw(
              "GET "
                  + proxied.bean(SignInLinks.class).mint()
                  + " HTTP/1.1\r\nHost: kite.example.com\r\nOrigin: https://kite.example.com\r\n"
                  + "Connection: close\r\n\r\n");
      assertThat(answer).startsWith("HTTP/1.1 303").contains("; Secure");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/nothing, 404, no_such_path",
    "GET, /v1/trades/, 404, no_such_path",
    "GET, /actuator, 404, no_such_path",
    "GET, /actuator/env, 404, no_such_path",
    "GET, /error, 404, no_such_path",
    "GET, /v1/../health, 400, invalid_path",
    "GET, /v1/equities/SPY;x=1/quote, 400, invalid_path",
    "GET, /v1/equities/%2e%2e/quote, 400, invalid_path",
    "GET, //v1/trades, 400, invalid_path",
    "POST, /v1/signals, 405, method_not_allowed",
    "PUT, /v1/trades, 405, method_not_allowed",
    "TRACE, /v1/trades, 405, method_not_allowed",
    "GET, /missing.js, 404, no_such_path",
    "GET, /v1/equities/SPY%2Fx/quote, 400, bad_request",
    "GET, /v1/equities/%00/quote, 400, bad_request",
    "GET, /v1/signals?ticker=%zz, 400, invalid_query",
    "GET, /v1/signals?ticker=%C0%80, 400, invalid_query",
  })
  void answersProblemsWhereNothingLives(String method, String path, int status, String code) {
    String answer =
        gateway.raw(
            method
                + " "
                + path
                + " HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: my.id-1\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 " + status);
    assertThat(answer).contains("X-Request-Id: my.id-1");
    assertThat(answer).contains("application/problem+json").contains("\"code\":\"" + code + "\"");
  }

  @Test
  void answersAProblemToWhatIsNoRequestLine() {
    String answer = gateway.raw("GET /v1/{x} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400");
    assertThat(answer).contains("X-Request-Id: ", "application/problem+json", "bad_request");
  }

  @Test
  void namesTheAllowedMethods() {
    Answer answer = gateway.asAdmin("PUT", "/v1/trades");
    assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, POST, OPTIONS");
    assertThat(gateway.send(gateway.request("OPTIONS", "/v1/trades")).status()).isEqualTo(204);
  }

  @Test
  void answersJsonOnly() {
    Answer answer =
        gateway.send(gateway.request("GET", "/v1/signals").header("Accept", "text/html"));
    assertThat(answer.status()).isEqualTo(406);
    assertThat(answer.code()).isEqualTo("not_acceptable");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "x"
      })
  void takesJsonOnly(String type) {
    Answer answer =
        gateway.send(
            gateway
                .request("POST", "/v1/keys")
                .header("Authorization", "Bearer " + TestGateway.ADMIN_KEY)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.code()).isEqualTo("unsupported_media_type");
  }

  @Test
  void limitsBodies() {
    String large = "{\"name\":\"" + "x".repeat(70_000) + "\"}";
    assertThat(gateway.asAdmin("POST", "/v1/keys", large).status()).isEqualTo(413);
    String deep = "{\"name\":" + "[".repeat(50) + "]".repeat(50) + "}";
    assertThat(gateway.asAdmin("POST", "/v1/keys", deep).code()).isEqualTo("malformed_json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bad id", "<script>", "x"})
  void givesEveryAnswerARequestId(String id) {
    Answer answer = gateway.send(gateway.request("GET", "/v1/signals").header("X-Request-Id", id));
    assertThat(answer.header("X-Request-Id")).matches("[A-Za-z0-9._-]{1,64}");
    assertThat(answer.header("X-Request-Id").equals(id)).isEqualTo(id.equals("x"));
  }

  @Test
  void tellsBrowsersToTrustNothingElse() {
    Answer page = gateway.get("/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'self'", "frame-ancestors 'none'");
    assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(gateway.get("/v1/signals").header("Cache-Control")).isEqualTo("no-store");
  }

  private static String signIn() {
    String cookie =
        gateway.get(gateway.bean(SignInLinks.class).mint().toString()).header("Set-Cookie");
    return cookie.substring(0, cookie.indexOf(';'));
  }

  private static Answer withCookie(String method, String path, String cookie) {
    return gateway.send(gateway.request(method, path).header("Cookie", cookie));
  }

  private static Answer asked(String method, String path, String key) {
    return gateway.send(gateway.request(method, path).header("Authorization", "Bearer " + key));
  }
}
