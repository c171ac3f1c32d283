package io.alphakite.schwab.trader;

import static io.alphakite.schwab.FakeSchwab.HASH;
import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.auth.RefreshLock;
import io.alphakite.schwab.http.RateBudget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** However an order POST ends, it reaches the server exactly once and is told for what it is. */
class PlaceOnceTest {

  private static final String ORDERS = "POST /trader/v1/accounts/" + HASH + "/orders";
  private static final AccountHash ACCOUNT = new AccountHash(HASH);
  private static final OrderRequest ORDER =
      Orders.buy(Ticker.of("SPY"), 10).limit(Price.of("50.01"));

  private final FakeSchwab schwab = new FakeSchwab();
  private final Path directory;
  private final Trader trader;

  PlaceOnceTest(@TempDir Path directory) {
    this.directory = directory;
    this.trader = api(schwab, directory).trader();
  }

  /** How orders are sent here. */
  SchwabApi api(FakeSchwab server, Path tokens) {
    return server.api(tokens);
  }

  @AfterEach
  void close() {
    schwab.close();
  }

  private PlaceResult place(MockResponse answer) {
    schwab.on(ORDERS, _ -> answer);
    PlaceResult result = trader.place(ACCOUNT, ORDER);
    assertThat(schwab.count(ORDERS)).as("requests at the server").isEqualTo(1);
    return result;
  }

  private static MockResponse created(String location) {
    return FakeSchwab.answer(201, "").addHeader("Location", location).build();
  }

  @Test
  void acceptsWithTheIdOfLocation() {
    String location =
        "https://api.schwabapi.com/trader/v1/accounts/" + HASH + "/orders/1000000000001";
    assertThat(place(created(location))).isEqualTo(new PlaceResult.Accepted(1_000_000_000_001L));
  }

  @Test
  void sendsTheOrderAsTheReferenceShowsIt() {
    place(created("/accounts/" + HASH + "/orders/1"));
    var request = schwab.requests(ORDERS).getFirst();
    assertThat(JsonMapper.shared().readTree(FakeSchwab.body(request)))
        .isEqualTo(
            JsonMapper.shared()
                .readTree(
                    """
                    {"orderType":"LIMIT","session":"NORMAL","duration":"DAY",
                     "orderStrategyType":"SINGLE","price":"50.01",
                     "orderLegCollection":[{"instruction":"BUY","quantity":10,
                       "instrument":{"symbol":"SPY","assetType":"EQUITY"}}]}"""));
    assertThat(request.getHeaders().get("Content-Type")).startsWith("application/json");
    assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer access-0@");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/orders/",
        "https://api.schwabapi.com/trader/v1/accounts/" + HASH + "/orders/",
        "https://api.schwabapi.com/trader/v1/accounts/" + HASH + "/orders/abc",
        "https://api.schwabapi.com/trader/v1/accounts/" + HASH + "/orders/0",
        "https://api.schwabapi.com/trader/v1/accounts/" + HASH + "/orders/99999999999999999999999",
        "https://api.schwabapi.com/trader/v1/accounts/OTHER/orders/17"
      })
  void isUnidentifiedWithoutUsableId(String location) {
    assertThat(place(created(location))).isInstanceOf(PlaceResult.Unidentified.class);
  }

  @Test
  void isUnidentifiedWithoutLocation() {
    assertThat(place(FakeSchwab.answer(201, "").build()))
        .isInstanceOf(PlaceResult.Unidentified.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {\"message\":\"Order quantity not valid\"} | Order quantity not valid",
        "422 | {\"errors\":[\"Price not valid\"]} | Price not valid",
        "404 | {\"message\":\"Invalid account number\"} | Invalid account number",
        "403 | {\"message\":\"Forbidden\",\"errors\":[\"no\"]} | Forbidden: no",
        "401 | {\"errors\":[{\"id\":\"u\",\"status\":401,\"title\":\"Unauthorized\",\"detail\":"
            + "\"Client not authorized\"}]} | Unauthorized: Client not authorized"
      })
  void isRefusedByTheBrokersOwnWords(int status, String body, String message) {
    assertThat(place(FakeSchwab.json(status, body)))
        .isEqualTo(new PlaceResult.Refused(status, message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | ''",
        "403 | <html><head><title>Access Denied</title></head></html>",
        "400 | {\"fault\":{\"faultstring\":\"x\",\"detail\":{\"errorcode\":\"protocol.http.y\"}}}",
        "404 | not json",
        "409 | {\"message\":\"conflict\"}"
      })
  void isUnconfirmedWhenSomebodyElseRefuses(int status, String body) {
    assertThat(place(FakeSchwab.json(status, body))).isInstanceOf(PlaceResult.Unconfirmed.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 500, 502, 503, 504})
  void isUnconfirmedAndNotRepeatedWhenAskedToRetryAtOnce(int status) {
    assertThat(
            place(
                FakeSchwab.answer(status, "{\"message\":\"later\"}")
                    .addHeader("Retry-After", "0")
                    .build()))
        .isInstanceOf(PlaceResult.Unconfirmed.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsNoRedirect(int status) {
    schwab.on("POST /elsewhere", 201, "");
    schwab.on("GET /elsewhere", 200, "");
    assertThat(
            place(
                FakeSchwab.answer(status, "")
                    .addHeader("Location", schwab.url() + "/elsewhere")
                    .build()))
        .isInstanceOf(PlaceResult.Unconfirmed.class);
    assertThat(schwab.count("POST /elsewhere") + schwab.count("GET /elsewhere")).isZero();
  }

  @Test
  void isThrottledForTheTimeAsked() {
    assertThat(place(FakeSchwab.answer(429, "").addHeader("Retry-After", "7").build()))
        .isEqualTo(new PlaceResult.Throttled(Duration.ofSeconds(7)));
  }

  @Test
  void isThrottledWithoutATime() {
    assertThat(place(FakeSchwab.answer(429, "").build()))
        .isEqualTo(new PlaceResult.Throttled(null));
  }

  @Test
  void isUnconfirmedWhenTheConnectionIsReset() {
    assertThat(
            place(
                new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build()))
        .isInstanceOf(PlaceResult.Unconfirmed.class);
  }

  @Test
  void isUnconfirmedWhenNoAnswerComes() {
    assertThat(
            place(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build()))
        .isInstanceOf(PlaceResult.Unconfirmed.class);
  }

  @Test
  void isUnconfirmedWhenTheRefusalBreaksOff() {
    assertThat(
            place(
                FakeSchwab.answer(400, "{\"message\":\"" + "x".repeat(5_000) + "\"}")
                    .throttleBody(100, 1, TimeUnit.SECONDS)
                    .build()))
        .isInstanceOf(PlaceResult.Unconfirmed.class);
  }

  @Test
  void usesAFreshConnectionEachTime() {
    schwab.on(ORDERS, _ -> created("/accounts/" + HASH + "/orders/5"));
    trader.place(ACCOUNT, ORDER);
    trader.place(ACCOUNT, ORDER);
    assertThat(schwab.requests(ORDERS))
        .extracting(request -> request.getConnectionIndex())
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource(names = {"RESET_AFTER_REQUEST", "CLOSE_AFTER_REQUEST"})
  void isUnconfirmedWhenTheServerGoesAwayAfterReading(CountingServer.Manner manner)
      throws IOException {
    try (CountingServer server = new CountingServer(manner, "")) {
      assertThat(at(server.url()).place(ACCOUNT, ORDER))
          .isInstanceOf(PlaceResult.Unconfirmed.class);
      assertThat(server.requests()).isEqualTo(1);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  /**
   * Whether a byte was written before the reset came is a race; there is one attempt either way.
   */
  @Test
  void triesNoSecondTimeWhenTheServerResetsBeforeReading() throws IOException {
    try (CountingServer server = new CountingServer(CountingServer.Manner.RESET_AT_ONCE, "")) {
      assertThat(at(server.url()).place(ACCOUNT, ORDER))
          .isInstanceOfAny(PlaceResult.Unconfirmed.class, PlaceResult.NotSent.class);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void r05_meetsNoConnectionThatWasClosedInSilence() throws IOException {
    try (CountingServer server =
        new CountingServer(
            CountingServer.Manner.CLOSE_AFTER_ANSWER, "/accounts/" + HASH + "/orders/5")) {
      Trader there = at(server.url());
      for (int i = 1; i <= 5; i++) {
        assertThat(there.place(ACCOUNT, ORDER)).isEqualTo(new PlaceResult.Accepted(5));
        assertThat(server.requests()).isEqualTo(i);
        assertThat(server.connections()).isEqualTo(i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 307, 308, 408, 429, 500, 503})
  void sendsReplacementsAndCancelsOnceToo(int status) {
    String order = "/trader/v1/accounts/" + HASH + "/orders/17";
    MockResponse answer =
        FakeSchwab.answer(status, "{\"message\":\"later\"}")
            .addHeader("Retry-After", "0")
            .addHeader("Location", schwab.url() + order)
            .build();
    schwab.on("DELETE " + order, _ -> answer);
    schwab.on("PUT " + order, _ -> answer);
    assertThat(trader.cancel(ACCOUNT, 17))
        .isInstanceOfAny(CancelResult.Unconfirmed.class, CancelResult.Throttled.class);
    assertThat(trader.replace(ACCOUNT, 17, ORDER))
        .isInstanceOfAny(PlaceResult.Unconfirmed.class, PlaceResult.Throttled.class);
    assertThat(schwab.count("DELETE " + order)).isEqualTo(1);
    assertThat(schwab.count("PUT " + order)).isEqualTo(1);
    assertThat(schwab.count("GET " + order)).isZero();
  }

  @Test
  void isNotSentAboveTheLimitOfOrderWritesButCancelsAre() {
    Trader limited =
        SchwabApi.connect(
                schwab.config(directory.resolve("token.json")),
                InstantSource.system(),
                RateBudget.Settings.SIMULATOR.withOrdersPerMinute(0),
                RefreshLock.FILE_ALONE)
            .trader();
    schwab.on("DELETE /trader/v1/accounts/" + HASH + "/orders/17", 200, "");
    assertThat(limited.place(ACCOUNT, ORDER))
        .isInstanceOfSatisfying(
            PlaceResult.NotSent.class,
            refused -> assertThat(refused.reason()).contains("order writes in the last minute"));
    assertThat(schwab.count(ORDERS)).isZero();
    assertThat(limited.cancel(ACCOUNT, 17)).isEqualTo(new CancelResult.Requested());
  }

  @Test
  void isNotSentWhenNobodyListens() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertThat(at("http://127.0.0.1:" + port).place(ACCOUNT, ORDER))
        .isInstanceOf(PlaceResult.NotSent.class);
  }

  @Test
  void isNotSentWhenTlsFails() {
    assertThat(at("https://127.0.0.1:" + schwab.port()).place(ACCOUNT, ORDER))
        .isInstanceOf(PlaceResult.NotSent.class);
    assertThat(schwab.count(ORDERS)).isZero();
  }

  @Test
  void isNotSentWhenTheGateClosesAtTheLastMoment() {
    assertThat(trader.place(ACCOUNT, ORDER, () -> false))
        .isEqualTo(new PlaceResult.NotSent("no longer wanted"));
    assertThat(schwab.count(ORDERS)).isZero();
  }

  @Test
  void isNotSentByAnInterruptedThread() {
    Thread.currentThread().interrupt();
    assertThat(trader.place(ACCOUNT, ORDER)).isInstanceOf(PlaceResult.NotSent.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(schwab.count(ORDERS)).isZero();
  }

  @Test
  void isNotSentWithoutLogin() {
    Trader loggedOut =
        SchwabApi.connect(schwab.config(directory.resolve("none.json")), InstantSource.system())
            .trader();
    assertThat(loggedOut.place(ACCOUNT, ORDER)).isInstanceOf(PlaceResult.NotSent.class);
    assertThat(schwab.count(ORDERS)).isZero();
  }

  @Test
  void r38_asksForANewTokenAfterA401ButDoesNotRepeatTheOrder() {
    place(FakeSchwab.json(401, "{\"errors\":[{\"title\":\"Unauthorized\"}]}"));
    schwab.on("GET /trader/v1/accounts/accountNumbers", 200, "[]");
    trader.accountNumbers();
    assertThat(schwab.requests("GET /trader/v1/accounts/accountNumbers"))
        .singleElement()
        .satisfies(
            request ->
                assertThat(request.getHeaders().get("Authorization"))
                    .isEqualTo("Bearer access-1@"));
    assertThat(schwab.count(ORDERS)).isEqualTo(1);
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
                null))
        .trader();
  }
}
