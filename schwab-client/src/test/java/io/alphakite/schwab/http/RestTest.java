package io.alphakite.schwab.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.http.SchwabException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads through a call that needs little: the account numbers. */
@Timeout(30)
class RestTest {

  private static final String NUMBERS = "GET /trader/v1/accounts/accountNumbers";

  private final FakeSchwab schwab = new FakeSchwab();
  private final SchwabApi api;

  RestTest(@TempDir Path directory) {
    api = schwab.api(directory);
  }

  @AfterEach
  void close() {
    schwab.close();
  }

  private SchwabException failing(MockResponse answer) {
    schwab.on(NUMBERS, _ -> answer);
    try {
      api.trader().accountNumbers();
    } catch (SchwabException e) {
      return e;
    }
    throw new AssertionError("no failure");
  }

  private void failsFirst(int times, MockResponse failure) {
    AtomicInteger left = new AtomicInteger(times);
    schwab.on(NUMBERS, _ -> left.getAndDecrement() > 0 ? failure : FakeSchwab.json(200, "[]"));
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void repeatsAReadThatFailedInPassing(int status) {
    failsFirst(2, FakeSchwab.answer(status, "").build());
    assertThat(api.trader().accountNumbers()).isEmpty();
    assertThat(schwab.count(NUMBERS)).isEqualTo(3);
  }

  @Test
  void repeatsAReadWhoseConnectionBroke() {
    failsFirst(
        1, new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build());
    assertThat(api.trader().accountNumbers()).isEmpty();
  }

  @Test
  void repeatsAReadRefusedByTheEdge() {
    failsFirst(
        1,
        FakeSchwab.answer(403, "<html><title>Access Denied</title></html>")
            .addHeader("Content-Type", "text/html")
            .build());
    assertThat(api.trader().accountNumbers()).isEmpty();
  }

  @Test
  void givesUpAfterThreeAttempts() {
    assertThat(failing(FakeSchwab.answer(503, "").build()).kind()).isEqualTo(Kind.SERVER_ERROR);
    assertThat(schwab.count(NUMBERS)).isEqualTo(3);
  }

  @Test
  void doesNotWaitLongerThanItWasMadeFor() {
    SchwabException failure =
        failing(FakeSchwab.answer(429, "").addHeader("Retry-After", "60").build());
    assertThat(failure.retryAfter()).contains(Duration.ofSeconds(60));
    assertThat(schwab.count(NUMBERS)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {\"errors\":[{\"id\":\"u\",\"status\":\"400\",\"title\":\"Bad Request\",\"detail\":\"no"
            + " symbol\",\"source\":{\"parameter\":\"x\"}}]} | BAD_REQUEST | Bad Request: no symbol",
        "404 | {\"message\":\"Invalid account\",\"errors\":[\"one\",\"two\"]} | NOT_FOUND | Invalid"
            + " account: one: two",
        "400 | {\"fault\":{\"faultstring\":\"Body too big\",\"detail\":{\"errorcode\":\"protocol.x\"}}}"
            + " | BAD_REQUEST | Body too big: protocol.x",
        "400 | '' | BAD_REQUEST | no error text",
        "403 | {\"message\":\"no\"} | FORBIDDEN | no",
        "400 | {\"message\":\"account 12345678 unknown\"} | BAD_REQUEST | account ... unknown"
      })
  void readsTheErrorBodies(int status, String body, Kind kind, String message) {
    SchwabException failure = failing(FakeSchwab.json(status, body));
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.status()).isEqualTo(status);
    assertThat(failure).hasMessage("account numbers: " + status + " " + message);
    assertThat(failure.correlationId()).contains("0f0e0d0c-0000-0000-0000-000000000001");
    assertThat(schwab.count(NUMBERS)).isEqualTo(1);
  }

  @Test
  void takesANewTokenAfterA401AndAsksAgainOnce() {
    schwab.on(
        NUMBERS,
        request ->
            "Bearer access-1@".equals(request.getHeaders().get("Authorization"))
                ? FakeSchwab.json(200, "[]")
                : FakeSchwab.json(401, "{\"errors\":[{\"title\":\"Unauthorized\"}]}"));
    assertThat(api.trader().accountNumbers()).isEmpty();
    assertThat(schwab.count("POST /v1/oauth/token")).isEqualTo(1);
  }

  @Test
  void givesUpOnA401ThatANewTokenDoesNotCure() {
    SchwabException failure =
        failing(FakeSchwab.json(401, "{\"errors\":[{\"title\":\"Unauthorized\"}]}"));
    assertThat(failure.kind()).isEqualTo(Kind.UNAUTHORIZED);
    assertThat(schwab.count(NUMBERS)).isEqualTo(2);
    assertThat(schwab.count("POST /v1/oauth/token")).isEqualTo(1);
  }

  @Test
  void doesNotFollowRedirects() {
    schwab.on("GET /elsewhere", 200, "[]");
    SchwabException failure =
        failing(
            FakeSchwab.answer(302, "").addHeader("Location", schwab.url() + "/elsewhere").build());
    assertThat(failure.kind()).isEqualTo(Kind.UNREADABLE);
    assertThat(schwab.count("GET /elsewhere")).isZero();
  }

  @Test
  void saysWhenAnAnswerIsNoJson() {
    assertThat(failing(FakeSchwab.json(200, "[{\"accountNumber\":\"canary")))
        .hasMessageNotContaining("canary")
        .extracting(SchwabException::kind)
        .isEqualTo(Kind.UNREADABLE);
  }

  @Test
  void stopsWaitingWhenInterrupted() {
    schwab.on(NUMBERS, 503, "");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> api.trader().accountNumbers())
        .isInstanceOfSatisfying(
            SchwabException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void believesInASimulatorOnlyWhileEveryAnswerSaysSo() {
    assertThat(api.simulator()).isFalse();
    schwab.on(NUMBERS, _ -> FakeSchwab.answer(200, "[]").addHeader("Kite-Simulator", "1").build());
    api.trader().accountNumbers();
    assertThat(api.simulator()).isTrue();
    schwab.on(NUMBERS, 200, "[]");
    api.trader().accountNumbers();
    assertThat(api.simulator()).isFalse();
  }

  @Test
  void staysWithinTheBoundsOfItsJitter() {
    java.util.Random random = new java.util.Random(7);
    for (int n = 0; n < 100; n++) {
      Duration bound = n < 6 ? Duration.ofSeconds(1L << n) : Duration.ofSeconds(60);
      assertThat(RetryPolicy.fullJitter(n, Duration.ofSeconds(1), Duration.ofSeconds(60), random))
          .isBetween(Duration.ZERO, bound);
    }
  }
}
