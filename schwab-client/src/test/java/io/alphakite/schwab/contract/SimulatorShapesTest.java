package io.alphakite.schwab.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAdjusters;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The simulator's answers, read without the client, have every member that the reference shows, of
 * the type and in the format that it shows.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SimulatorShapesTest {

  private static final String CALLBACK = "https://127.0.0.1:8182";
  private static final String APP = basic("key", "secret");
  private static final DateTimeFormatter QUERY_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final SimulatorServer simulator =
      SimulatorServer.start(
          SimulatorSettings.of(
              Map.of(
                  "SIMULATOR_PORT", "0",
                  "KITE_REPLAY_SPEED", "60",
                  "SIMULATOR_WAIT_FOR_SUBSCRIBER", "false",
                  "SIMULATOR_DAY_START", "09:45:00",
                  "SCHWAB_APP_KEY", "key",
                  "SCHWAB_APP_SECRET", "secret",
                  "SCHWAB_CALLBACK_URL", CALLBACK)));
  private final HttpClient http = HttpClient.newHttpClient();
  private final String token = simulator.login().accessToken();
  private final RawStreamer stream;
  private final JsonNode login;
  private final String hash;
  private final String option;
  private final long order;

  SimulatorShapesTest() {
    hash = get("/trader/v1/accounts/accountNumbers").path(0).path("hashValue").asString();
    stream = new RawStreamer(get("/trader/v1/userPreference").path("streamerInfo").path(0));
    login = stream.login(token);
    option =
        get("/marketdata/v1/chains?symbol=IBM&contractType=CALL&strikeCount=2")
            .path("callExpDateMap")
            .properties()
            .iterator()
            .next()
            .getValue()
            .properties()
            .iterator()
            .next()
            .getValue()
            .path(0)
            .path("symbol")
            .asString();
    stream.command("ACCT_ACTIVITY", "SUBS", "me", "0,1,2,3");
    order = bought();
  }

  @AfterAll
  void close() {
    stream.close();
    http.shutdownNow();
    simulator.close();
  }

  @BeforeAll
  void subscribe() {
    stream.command("LEVELONE_EQUITIES", "SUBS", "IBM", fields(51));
    stream.command("LEVELONE_OPTIONS", "SUBS", option, fields(55));
    stream.command("CHART_EQUITY", "SUBS", "IBM", fields(8));
    stream.command("NYSE_BOOK", "SUBS", "IBM", fields(3));
    stream.command("SCREENER_EQUITY", "SUBS", "EQUITY_ALL_VOLUME_0", fields(4));
    // A minute is over: there is a candle.
    stream.item("CHART_EQUITY", _ -> true);
  }

  private long bought() {
    BigDecimal ask =
        get("/marketdata/v1/quotes?symbols=IBM")
            .path("IBM")
            .path("quote")
            .path("askPrice")
            .decimalValue();
    BigDecimal limit = ask.multiply(new BigDecimal("1.01")).setScale(2, RoundingMode.UP);
    HttpResponse<String> placed =
        send(
            request("/trader/v1/accounts/" + hash + "/orders")
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        """
                        {"orderType":"LIMIT","session":"NORMAL","duration":"DAY","price":"%s",
                         "orderStrategyType":"SINGLE","orderLegCollection":[{"instruction":"BUY",
                         "quantity":100,"instrument":{"symbol":"IBM","assetType":"EQUITY"}}]}"""
                            .formatted(limit))));
    assertThat(placed.statusCode()).as(placed.body()).isEqualTo(201);
    assertThat(placed.body()).isEmpty();
    String location = placed.headers().firstValue("Location").orElseThrow();
    assertThat(location).matches("https?://[^/]+/trader/v1/accounts/" + hash + "/orders/\\d{10,}");
    long id = Long.parseLong(location.substring(location.lastIndexOf('/') + 1));
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (System.nanoTime() < end) {
      JsonNode read = get("/trader/v1/accounts/" + hash + "/orders/" + id);
      String status = read.path("status").asString("");
      if (status.equals("FILLED")) {
        return id;
      }
      assertThat(status).as(read::toString).isNotEqualTo("REJECTED");
      LockSupport.parkNanos(20_000_000);
    }
    throw new AssertionError("order " + id + " is not filled");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "3.1-quotes                 | /marketdata/v1/quotes?symbols=IBM,NOPE",
        "3.1-quotes-option          | /marketdata/v1/quotes?symbols={option}",
        "3.1-quotes-index           | /marketdata/v1/quotes?symbols=$SPX",
        "3.2-chains                 | /marketdata/v1/chains?symbol=IBM&contractType=CALL&strikeCount=2",
        "3.2-chains-underlying      | /marketdata/v1/chains?symbol=IBM&strikeCount=2&includeUnderlyingQuote=true",
        "3.3-expirationchain        | /marketdata/v1/expirationchain?symbol=IBM",
        "3.4-pricehistory           | /marketdata/v1/pricehistory?symbol=IBM&periodType=day&frequencyType=minute&frequency=1&startDate={open}&endDate={now}&needPreviousClose=true",
        "3.5-movers                 | /marketdata/v1/movers/EQUITY_ALL?sort=VOLUME",
        "3.6-markets                | /marketdata/v1/markets?markets=equity",
        "3.6-markets                | /marketdata/v1/markets/equity",
        "3.6-markets-option         | /marketdata/v1/markets?markets=option,bond",
        "3.6-markets-closed         | /marketdata/v1/markets?markets=equity&date={saturday}",
        "3.7-instruments            | /marketdata/v1/instruments?symbol=IBM&projection=symbol-search",
        "3.7-instruments-fundamental| /marketdata/v1/instruments?symbol=IBM&projection=fundamental",
        "4.1-accountNumbers         | /trader/v1/accounts/accountNumbers",
        "4.1-account                | /trader/v1/accounts/{hash}?fields=positions",
        "4.7-order                  | /trader/v1/accounts/{hash}/orders/{order}",
        "4.12-transactions          | /trader/v1/accounts/{hash}/transactions?startDate={from}&endDate={to}&types=TRADE",
        "4.13-userPreference        | /trader/v1/userPreference",
      })
  void restAnswersHaveWhatTheReferenceShows(String fixture, String path) {
    same(fixture, get(path));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "2.2-marketdata-400 | 400 | /marketdata/v1/quotes?symbols=IBM&fields=nothing",
        "2.2-trader         | 400 | /trader/v1/accounts/{hash}/orders?fromEnteredTime=2026&toEnteredTime=2026",
        "2.2-trader         | 404 | /trader/v1/accounts/{hash}/orders/1",
        "2.2-trader         | 400 | /trader/v1/accounts/12345678/orders/1",
      })
  void errorsHaveWhatTheReferenceShows(String fixture, int status, String path) {
    HttpResponse<String> answer = send(request(filled(path)).GET());
    assertThat(answer.statusCode()).isEqualTo(status);
    same(fixture, JsonMapper.shared().readTree(answer.body()));
  }

  @ParameterizedTest
  @CsvSource({"/marketdata/v1/quotes?symbols=IBM", "/trader/v1/accounts"})
  void failuresOnTheWayHaveWhatTheReferenceShows(String path) {
    HttpResponse<String> gateway = struck(Dial.GATEWAY_BODY_TOO_BIG, path);
    assertThat(gateway.statusCode()).isEqualTo(502);
    same("2.2-gateway-502", JsonMapper.shared().readTree(gateway.body()));
    HttpResponse<String> edge = struck(Dial.EDGE_ACCESS_DENIED, path);
    assertThat(edge.statusCode()).isEqualTo(403);
    assertThat(edge.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
    assertThat(edge.body()).containsIgnoringCase("Access Denied");
    HttpResponse<String> empty = struck(Dial.ANSWER_EMPTY, path);
    assertThat(empty.statusCode()).isEqualTo(500);
    assertThat(empty.body()).isEmpty();
  }

  private HttpResponse<String> struck(Dial dial, String path) {
    simulator.faults().set(dial, FaultRule.times(1));
    return send(request(path).GET());
  }

  @ParameterizedTest
  @CsvSource({"/marketdata/v1/quotes?symbols=IBM", "/trader/v1/accounts"})
  void aStrangeTokenIsAnsweredAsTheReferenceShows(String path) {
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(simulator.baseUrl().resolve(path))
                .header("Authorization", "Bearer strange@")
                .GET());
    assertThat(answer.statusCode()).isEqualTo(401);
    same("2.2-unauthorized", JsonMapper.shared().readTree(answer.body()));
  }

  @Test
  void listsAnswerWithTheSameObjects() {
    String span = "?fromEnteredTime={from}&toEnteredTime={to}";
    for (String path :
        Set.of("/trader/v1/accounts/{hash}/orders" + span, "/trader/v1/orders" + span)) {
      JsonNode list = get(path);
      assertThat(list.isArray()).isTrue();
      same("4.7-order", list.path(0));
    }
    JsonNode accounts = get("/trader/v1/accounts?fields=positions");
    assertThat(accounts.isArray()).isTrue();
    same("4.1-account", accounts.path(0));
    JsonNode transactions =
        get("/trader/v1/accounts/{hash}/transactions?startDate={from}&endDate={to}&types=TRADE");
    JsonNode one =
        get(
            "/trader/v1/accounts/{hash}/transactions/"
                + transactions.path(0).path("activityId").asString());
    same("4.12-transactions", JsonMapper.shared().createArrayNode().add(one));
    JsonNode cusip =
        get("/marketdata/v1/instruments?symbol=IBM&projection=symbol-search")
            .path("instruments")
            .path(0)
            .path("cusip");
    same("3.7-instruments", get("/marketdata/v1/instruments/" + cusip.asString()));
    JsonNode single = Fixtures.json("3.1-quotes").path("ABC");
    same("3.1-quotes-single", single, get("/marketdata/v1/IBM/quotes").path("IBM"));
  }

  @Test
  void aPreviewHasWhatTheReferenceShows() {
    HttpResponse<String> answer =
        send(
            request("/trader/v1/accounts/" + hash + "/previewOrder")
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        """
                        {"orderType":"LIMIT","session":"NORMAL","duration":"DAY","price":"50.01",
                         "orderStrategyType":"SINGLE","orderLegCollection":[{"instruction":"BUY",
                         "quantity":10,"instrument":{"symbol":"IBM","assetType":"EQUITY"}}]}""")));
    assertThat(answer.statusCode()).isEqualTo(200);
    same("4.11-preview", JsonMapper.shared().readTree(answer.body()));
  }

  @Test
  void tokensComeAsTheReferenceShows() {
    HttpResponse<String> page =
        send(
            HttpRequest.newBuilder(
                    simulator
                        .baseUrl()
                        .resolve(
                            "/v1/oauth/authorize?client_id=key&redirect_uri=" + encode(CALLBACK)))
                .GET());
    String target = page.headers().firstValue("Location").orElseThrow();
    assertThat(target).matches(CALLBACK + "/\\?code=[^&]+%40&session=[^&]+");
    String code = target.replaceAll(".*code=([^&]+)&.*", "$1");
    String exchange =
        "grant_type=authorization_code&code=" + code + "&redirect_uri=" + encode(CALLBACK);
    HttpResponse<String> granted = token(APP, exchange);
    assertThat(granted.statusCode()).isEqualTo(200);
    JsonNode tokens = JsonMapper.shared().readTree(granted.body());
    same("1.3-token", tokens);
    HttpResponse<String> refreshed =
        token(
            APP,
            "grant_type=refresh_token&refresh_token="
                + encode(tokens.path("refresh_token").asString()));
    assertThat(refreshed.statusCode()).isEqualTo(200);
    same("1.3-token", JsonMapper.shared().readTree(refreshed.body()));

    refused("1.4-code-refused", 400, token(APP, exchange));
    refused(
        "1.4-refresh-refused",
        400,
        token(APP, "grant_type=refresh_token&refresh_token=" + encode("strange@")));
    refused("1.4-client-refused", 401, token(basic("key", "wrong"), exchange));
  }

  private void refused(String fixture, int status, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    same(fixture, JsonMapper.shared().readTree(answer.body()));
    if (fixture.equals("1.4-refresh-refused")) {
      assertThat(answer.body())
          .contains("unsupported_token_type", "refresh_token_authentication_error");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "5.6-equities, LEVELONE_EQUITIES",
    "5.7-options, LEVELONE_OPTIONS",
    "5.9-chart, CHART_EQUITY",
    "5.10-book, NYSE_BOOK",
    "5.11-screener, SCREENER_EQUITY",
  })
  void streamedItemsHaveWhatTheReferenceShows(String fixture, String service) {
    JsonNode frame = Fixtures.json(fixture).path("data").path(0);
    JsonNode item = stream.item(service, _ -> true);
    same(fixture, frame.path("content").path(0), item);
    JsonNode envelope =
        stream.frame(
            service, f -> f.path("data").path(0).path("service").asString("").equals(service));
    same(fixture, Fixtures.json(fixture), envelope);
  }

  @Test
  void aSecondItemCarriesOnlyWhatChanged() {
    JsonNode delta = stream.item("LEVELONE_EQUITIES", item -> item.has("8") && !item.has("cusip"));
    assertThat(delta.has("delayed")).isFalse();
    assertThat(delta.has("assetMainType")).isFalse();
    assertThat(delta.has("15")).isFalse();
    assertThat(delta.path("key").asString()).isEqualTo("IBM");
  }

  @Test
  void accountActivityHasWhatTheReferenceShows() {
    JsonNode items = Fixtures.json("5.12-activity").path("data").path(0).path("content");
    JsonNode first = stream.item("ACCT_ACTIVITY", _ -> true);
    same("5.12-activity", items.path(0), first);
    assertThat(first.path("2").asString()).isEqualTo("SUBSCRIBED");
    assertThat(first.path("seq").asInt()).isZero();
    JsonNode created = activity("OrderCreated");
    same("5.12-activity", items.path(1), created);
    JsonNode payload = JsonMapper.shared().readTree(created.path("3").asString());
    same(
        "5.12-activity", JsonMapper.shared().readTree(items.path(1).path("3").asString()), payload);
    JsonNode fill = activity("OrderFillCompleted");
    same("5.12-fill", JsonMapper.shared().readTree(fill.path("3").asString()));
  }

  private JsonNode activity(String type) {
    return stream.item("ACCT_ACTIVITY", item -> item.path("2").asString("").equals(type));
  }

  @Test
  void answersOfTheStreamerHaveWhatTheReferenceShows() {
    same("5.2-login", login);
    assertThat(login.path("response").path(0).path("content").path("msg").asString())
        .matches("server=.+;status=(NP|PN|PP)");
    same("5.2-login", stream.command("LEVELONE_EQUITIES", "ADD", "SPY", fields(51)));
    same("5.2-login", stream.command("LEVELONE_EQUITIES", "VIEW", "", fields(51)));
    same("5.2-login", stream.command("LEVELONE_EQUITIES", "UNSUBS", "SPY", ""));
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void noticesOfTheEndHaveWhatTheReferenceShows() {
    simulator.faults().set(Dial.STREAM_STOPPED, FaultRule.times(1));
    same("5.2-code30", stream.frame("code 30", frame -> frame.toString().contains("\"code\":30")));
  }

  private void same(String fixture, JsonNode actual) {
    same(fixture, Fixtures.json(fixture), actual);
  }

  private void same(String fixture, JsonNode reference, JsonNode actual) {
    JsonNode here =
        JsonMapper.shared()
            .readTree(
                reference
                    .toString()
                    .replace("ABC   260320C00050000", option)
                    .replace("ABC", "IBM")
                    .replace("$IDX", "$SPX"));
    assertThat(Shape.differences(here, actual))
        .as(() -> fixture + " against " + abbreviated(actual))
        .isEmpty();
  }

  private static String abbreviated(JsonNode answer) {
    String text = answer.toString();
    return text.substring(0, Math.min(4_000, text.length()));
  }

  private JsonNode get(String path) {
    HttpResponse<String> answer = send(request(filled(path)).GET());
    return JsonMapper.shared().readTree(answer.body());
  }

  private String filled(String path) {
    String filled = path.replace("$", "%24");
    if (filled.contains("{hash}")) {
      filled = filled.replace("{hash}", hash).replace("{order}", Long.toString(order));
    }
    if (filled.contains("{option}")) {
      filled = filled.replace("{option}", encode(option));
    }
    if (filled.contains("{from}")) {
      Instant entered =
          Instant.parse(
              get("/trader/v1/accounts/{hash}/orders/{order}")
                  .path("enteredTime")
                  .asString()
                  .replace("+0000", "Z"));
      filled =
          filled
              .replace("{from}", QUERY_TIME.format(entered.minus(Duration.ofDays(1))))
              .replace("{to}", QUERY_TIME.format(entered.plus(Duration.ofDays(1))));
    }
    Instant now = simulator.marketTime();
    LocalDate today = simulator.replay().session();
    return filled
        .replace("{now}", Long.toString(now.toEpochMilli()))
        .replace("{open}", Long.toString(now.minus(Duration.ofMinutes(30)).toEpochMilli()))
        .replace("{saturday}", today.with(TemporalAdjusters.next(DayOfWeek.SATURDAY)).toString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(simulator.baseUrl() + path))
        .header("Authorization", "Bearer " + token)
        .header("Accept", "application/json");
  }

  private HttpResponse<String> token(String authorization, String form) {
    return send(
        HttpRequest.newBuilder(simulator.baseUrl().resolve("/v1/oauth/token"))
            .header("Authorization", authorization)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(
          request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String basic(String key, String secret) {
    return "Basic "
        + Base64.getEncoder().encodeToString((key + ":" + secret).getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String fields(int last) {
    StringBuilder fields = new StringBuilder("0");
    for (int field = 1; field <= last; field++) {
      fields.append(',').append(field);
    }
    return fields.toString();
  }
}
