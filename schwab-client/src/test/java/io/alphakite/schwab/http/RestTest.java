package io.alphakite.schwab.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.http.SchwabException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

  @ParameterizedTest
  @CsvSource({
    "'Mon, 05 Jan 2026 14:30:00 GMT', 'Mon, 05 Jan 2026 14:31:30 GMT', 90",
    "'Mon, 05 Jan 2026 14:30:00 GMT', 'Mon, 05 Jan 2026 14:29:00 GMT', 0",
    "'Mon, 05 Jan 2026 14:30:00 GMT', 'Wed, 07 Jan 2026 14:30:00 GMT', 3600",
    "'Mon, 05 Jan 2026 14:30:00 GMT', '999999999', 3600"
  })
  void readsRetryAfterAsADateToo(String date, String retryAfter, long seconds) {
    Answer answer =
        new Answer(
            429,
            okhttp3.Headers.of("Date", date, "Retry-After", retryAfter),
            "",
            java.time.Instant.EPOCH);
    assertThat(answer.retryAfter()).contains(Duration.ofSeconds(seconds));
  }

  @Test
  void countsADateWithoutADateFromTheTimeOfReceipt() {
    Answer answer =
        new Answer(
            429,
            okhttp3.Headers.of("Retry-After", "Mon, 05 Jan 2026 14:30:09 GMT"),
            "",
            java.time.Instant.parse("2026-01-05T14:30:00Z"));
    assertThat(answer.retryAfter()).contains(Duration.ofSeconds(9));
    assertThat(
            new Answer(429, okhttp3.Headers.of("Retry-After", "soon"), "", answer.receivedAt())
                .retryAfter())
        .isEmpty();
  }

  @Test
  void holdsAllReadsBackAfterA429() {
    failing(FakeSchwab.answer(429, "").addHeader("Retry-After", "60").build());
    schwab.on(NUMBERS, 200, "[]");
    assertThatThrownBy(() -> api.trader().userPreference())
        .isInstanceOfSatisfying(
            SchwabException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BUDGET_SPENT));
    assertThat(schwab.count("GET /trader/v1/userPreference")).isZero();
    assertThat(api.budget().throttled()).isEqualTo(1);
    assertThat(api.budget().pausedFor()).isPositive();
  }

  @Test
  void keepsAllThatAnErrorSays() {
    SchwabError error =
        failing(
                FakeSchwab.json(
                    400,
                    """
                    {"errors":[{"id":"e-1","status":400,"title":"Bad Request","detail":"one",
                       "source":{"parameter":"fields","header":"Accept"}},
                     {"id":"e-2","status":"400","title":"Missing","detail":"two",
                       "source":{"pointer":["/a","/b"]}}]}"""))
            .error();
    assertThat(error)
        .isEqualTo(
            new SchwabError(
                Kind.BAD_REQUEST,
                400,
                "account numbers: 400 Bad Request: one: Missing: two",
                null,
                "Bad Request",
                List.of("header Accept", "parameter fields", "pointer /a", "pointer /b"),
                "0f0e0d0c-0000-0000-0000-000000000001",
                null));
  }

  @ParameterizedTest
  @CsvSource({
    "502, protocol.http.TooBigBody, Body buffer overflow, ANSWER_TOO_BIG, 1",
    "500, protocol.http.TooBigBody, , ANSWER_TOO_BIG, 1",
    "504, messaging.adaptors.http.flow.GatewayTimeout, Gateway Timeout, GATEWAY, 3",
    "503, messaging.runtime.Unavailable, The Service is temporarily unavailable, GATEWAY, 3"
  })
  void tellsTheGatewaysFaultsApart(int status, String code, String text, Kind kind, int asked) {
    SchwabException failure =
        failing(
            FakeSchwab.json(
                status,
                "{\"fault\":{\"faultstring\":\"%s\",\"detail\":{\"errorcode\":\"%s\"}}}"
                    .formatted(text == null ? "" : text, code)));
    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.error().code()).isEqualTo(code);
    assertThat(schwab.count(NUMBERS)).isEqualTo(asked);
    if (kind == Kind.ANSWER_TOO_BIG) {
      assertThat(failure).hasMessageEndingWith("ask for less at a time");
    }
  }

  @Test
  void readsNoErrorBodyOfAnyLength() {
    SchwabException failure =
        failing(FakeSchwab.json(400, "{\"message\":\"" + "x".repeat(300_000) + "\"}"));
    assertThat(failure).hasMessage("account numbers: 400 no error text");
  }

  @Test
  void keepsEarlierFailuresBesideTheLast() {
    assertThat(failing(FakeSchwab.answer(503, "").build()).getSuppressed()).hasSize(2);
  }

  @Test
  void sparesAServiceThatIsDownAndAsksTheOther() {
    schwab.on(NUMBERS, 503, "");
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> api.trader().accountNumbers()).isInstanceOf(SchwabException.class);
    }
    assertThat(api.circuits().get("trader")).isNotEqualTo(CircuitState.CLOSED);
    // Sixty without it; a machine that stands still for seconds may see it let some through.
    assertThat(schwab.count(NUMBERS)).isBetween(10L, 30L);
    schwab.on("GET /marketdata/v1/quotes", 200, "{}");
    assertThat(api.marketData().quotes(List.of(io.alphakite.model.market.Ticker.of("ABC"))))
        .isEmpty();
    assertThat(api.circuits()).containsEntry("marketdata", CircuitState.CLOSED);
  }

  @Test
  void measuresHowFarSchwabsClockIsAhead() {
    schwab.on(
        NUMBERS,
        _ ->
            FakeSchwab.answer(200, "[]")
                .addHeader(
                    "Date",
                    java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        java.time.InstantSource.system()
                            .instant()
                            .plusSeconds(7_200)
                            .atOffset(java.time.ZoneOffset.UTC)))
                .build());
    assertThat(api.clockSkew()).isEmpty();
    // Answers that took too long do not count.
    for (int i = 0; i < 3 || (i < 20 && api.clockSkew().isEmpty()); i++) {
      api.trader().accountNumbers();
    }
    assertThat(api.clockSkew())
        .hasValueSatisfying(
            skew -> assertThat(skew).isBetween(Duration.ofMinutes(119), Duration.ofMinutes(121)));
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
