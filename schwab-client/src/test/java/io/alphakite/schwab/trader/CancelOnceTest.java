package io.alphakite.schwab.trader;

import static io.alphakite.schwab.FakeSchwab.HASH;
import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a cancel ends, it reaches the server exactly once; who wants it again asks again. */
class CancelOnceTest {

  private static final long ID = 1_000_000_000_001L;
  private static final String CANCEL =
      "DELETE /trader/v1/accounts/" + HASH + "/orders/1000000000001";
  private static final AccountHash ACCOUNT = new AccountHash(HASH);

  /** A pause of the machine does not reach it. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FakeSchwab schwab = new FakeSchwab();
  private final Path directory;
  private final Trader trader;

  CancelOnceTest(@TempDir Path directory) {
    this.directory = directory;
    this.trader = schwab.patientApi(directory).trader();
  }

  @AfterEach
  void close() {
    schwab.close();
  }

  private CancelResult cancel(MockResponse answer) {
    schwab.on(CANCEL, _ -> answer);
    CancelResult result = trader.cancel(ACCOUNT, ID);
    assertThat(schwab.count(CANCEL)).as("requests at the server").isEqualTo(1);
    return result;
  }

  /** A machine that pauses before the first byte has sent nothing, and may begin again. */
  private CancelResult cancelInHaste(MockResponse answer) {
    Trader hasty = schwab.api(directory).trader();
    schwab.on(CANCEL, _ -> answer);
    long end = System.nanoTime() + PATIENCE.toNanos();
    CancelResult result;
    do {
      result = hasty.cancel(ACCOUNT, ID);
    } while (result instanceof CancelResult.NotSent && System.nanoTime() < end);
    assertThat(schwab.count(CANCEL)).as("requests at the server").isEqualTo(1);
    return result;
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 204})
  void isRequested(int status) {
    assertThat(cancel(FakeSchwab.answer(status, "").build()))
        .isEqualTo(new CancelResult.Requested());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {\"message\":\"Order in state FILLED cannot be canceled\"}"
            + " | Order in state FILLED cannot be canceled",
        "403 | {\"message\":\"Forbidden\"} | Forbidden",
        "404 | {\"message\":\"Order not found\"} | Order not found",
        "422 | {\"errors\":[\"Not valid\"]} | Not valid"
      })
  void isRefusedByTheBrokersOwnWords(int status, String body, String message) {
    assertThat(cancel(FakeSchwab.json(status, body)))
        .isEqualTo(new CancelResult.Refused(status, message));
  }

  @Test
  void isUnconfirmedWhenThePageOfTheEdgeAnswers() {
    assertThat(
            cancel(
                FakeSchwab.answer(403, "<html><title>Access Denied</title></html>")
                    .addHeader("Content-Type", "text/html")
                    .build()))
        .isInstanceOf(CancelResult.Unconfirmed.class);
  }

  @Test
  void isNotRepeatedWithANewTokenUnlessTheCallerAsksAgain() {
    assertThat(cancel(FakeSchwab.json(401, "{\"errors\":[{\"title\":\"Unauthorized\"}]}")))
        .isEqualTo(new CancelResult.Unauthorized("Unauthorized"));
    schwab.on(CANCEL, 200, "");
    assertThat(trader.cancel(ACCOUNT, ID)).isEqualTo(new CancelResult.Requested());
    assertThat(schwab.requests(CANCEL))
        .extracting(request -> request.getHeaders().get("Authorization"))
        .containsExactly("Bearer access-0@", "Bearer access-1@");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308, 401, 408, 409, 421, 425, 429, 500, 502, 503, 504})
  void isNotRepeatedWhenAskedToRetryAtOnce(int status) {
    assertThat(
            cancel(
                FakeSchwab.answer(status, "{\"message\":\"later\"}")
                    .addHeader("Content-Type", "application/json")
                    .addHeader("Retry-After", "0")
                    .addHeader("Location", schwab.url() + "/elsewhere")
                    .build()))
        .isInstanceOfAny(
            CancelResult.Unconfirmed.class,
            CancelResult.Unauthorized.class,
            CancelResult.Throttled.class);
    assertThat(schwab.count("DELETE /elsewhere") + schwab.count("GET /elsewhere")).isZero();
  }

  @Test
  void isThrottled() {
    assertThat(cancel(FakeSchwab.answer(429, "").addHeader("Retry-After", "2").build()))
        .isEqualTo(new CancelResult.Throttled(Duration.ofSeconds(2)));
  }

  @Test
  void isRequestedAlsoWhenTheAnswersBodyIsCutShort() {
    assertThat(
            cancel(
                FakeSchwab.answer(200, "0123456789")
                    .onResponseBody(new SocketEffect.CloseSocket())
                    .build()))
        .isEqualTo(new CancelResult.Requested());
  }

  @Test
  void isUnconfirmedWhenNoAnswerComes() {
    assertThat(
            cancelInHaste(
                new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build()))
        .isInstanceOf(CancelResult.Unconfirmed.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = CountingServer.Manner.class,
      names = {"RESET_AFTER_REQUEST", "CLOSE_AFTER_REQUEST"})
  void isUnconfirmedWhenTheServerGoesAwayAfterReading(CountingServer.Manner manner)
      throws IOException {
    try (CountingServer server = new CountingServer(manner, "")) {
      assertThat(at(server.url()).cancel(ACCOUNT, ID)).isInstanceOf(CancelResult.Unconfirmed.class);
      assertThat(server.requests()).isEqualTo(1);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void triesNoSecondTimeWhenTheServerResetsBeforeReading() throws IOException {
    try (CountingServer server = new CountingServer(CountingServer.Manner.RESET_AT_ONCE, "")) {
      assertThat(at(server.url()).cancel(ACCOUNT, ID))
          .isInstanceOfAny(CancelResult.Unconfirmed.class, CancelResult.NotSent.class);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void r05_meetsNoConnectionThatWasClosedInSilence() throws IOException {
    try (CountingServer server = new CountingServer(CountingServer.Manner.CLOSE_AFTER_ANSWER, "")) {
      Trader there = at(server.url());
      for (int i = 1; i <= 3; i++) {
        assertThat(there.cancel(ACCOUNT, ID)).isEqualTo(new CancelResult.Requested());
        assertThat(server.requests()).isEqualTo(i);
        assertThat(server.connections()).isEqualTo(i);
      }
    }
  }

  @Test
  void isNotSentWhenNobodyListens() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertThat(at("http://127.0.0.1:" + port).cancel(ACCOUNT, ID))
        .isInstanceOf(CancelResult.NotSent.class);
  }

  @Test
  void isNotSentWithoutLogin() {
    Trader loggedOut =
        SchwabApi.connect(schwab.config(directory.resolve("none.json")), InstantSource.system())
            .trader();
    assertThat(loggedOut.cancel(ACCOUNT, ID)).isInstanceOf(CancelResult.NotSent.class);
    assertThat(schwab.count(CANCEL)).isZero();
  }

  private Trader at(String url) {
    SchwabConfig here = schwab.config(directory.resolve("token.json"));
    return FakeSchwab.api(
            SchwabConfig.of(
                url,
                FakeSchwab.APP_KEY,
                FakeSchwab.APP_SECRET,
                here.credentials().callbackUrl(),
                here.tokenFile(),
                null),
            PATIENCE)
        .trader();
  }
}
