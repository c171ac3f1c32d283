package io.alphakite.schwab.trader;

import static io.alphakite.schwab.FakeSchwab.HASH;
import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** However an order POST ends, it reaches the server exactly once and is told for what it is. */
abstract class PlaceOnceContract {

  static final String ORDERS = "POST /trader/v1/accounts/" + HASH + "/orders";
  static final AccountHash ACCOUNT = new AccountHash(HASH);
  static final OrderRequest ORDER = Orders.buy(Ticker.of("SPY"), 10).limit(Price.of("50.01"));

  /** A pause of the machine does not reach it. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** For what has to run into it. */
  static final Duration HASTE = Duration.ofMillis(700);

  final FakeSchwab schwab = new FakeSchwab();
  final SchwabConfig config;
  final SchwabApi api;
  final Trader trader;

  PlaceOnceContract(Path directory) {
    this.config =
        schwab.config(
            FakeSchwab.tokenFile(
                directory, "access-0@", InstantSource.system().instant().plusSeconds(1_000)));
    this.api = api(config, PATIENCE);
    this.trader = api.trader();
  }

  /**
   * How orders are sent here.
   *
   * @param limit of one order
   */
  abstract SchwabApi api(SchwabConfig config, Duration limit);

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

  /**
   * Gives up soon; a machine that pauses before the first byte has sent nothing, and may begin
   * again.
   */
  private PlaceResult placeInHaste(MockResponse answer) {
    Trader hasty = api(config, HASTE).trader();
    schwab.on(ORDERS, _ -> answer);
    long end = System.nanoTime() + PATIENCE.toNanos();
    PlaceResult result;
    do {
      result = hasty.place(ACCOUNT, ORDER);
    } while (result instanceof PlaceResult.NotSent && System.nanoTime() < end);
    assertThat(schwab.count(ORDERS)).as("requests at the server").isEqualTo(1);
    return result;
  }

  static MockResponse created(String location) {
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
            placeInHaste(
                new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build()))
        .isInstanceOf(PlaceResult.Unconfirmed.class);
  }

  @Test
  void isUnconfirmedWhenTheRefusalBreaksOff() {
    assertThat(
            placeInHaste(
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

  /** Sends there. */
  final Trader at(String url) {
    return at(url, PATIENCE);
  }

  final Trader at(String url, Duration limit) {
    return api(
            SchwabConfig.of(
                url,
                FakeSchwab.APP_KEY,
                FakeSchwab.APP_SECRET,
                config.credentials().callbackUrl(),
                config.tokenFile(),
                null),
            limit)
        .trader();
  }
}
