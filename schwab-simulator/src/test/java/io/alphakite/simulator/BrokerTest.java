package io.alphakite.simulator;

import static io.alphakite.simulator.OrderTest.ORDERS;
import static io.alphakite.simulator.OrderTest.activity;
import static io.alphakite.simulator.OrderTest.awaitStatus;
import static io.alphakite.simulator.OrderTest.limit;
import static io.alphakite.simulator.OrderTest.market;
import static io.alphakite.simulator.OrderTest.order;
import static io.alphakite.simulator.OrderTest.place;
import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.simulator.broker.Account;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What the broker makes of orders, on one simulator whose clock stands at 10:00 for want of a
 * subscriber: quotes do not move.
 */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrokerTest {
  private static final String ACCOUNT = "/trader/v1/accounts/" + Account.HASH;
  private static final String CALL_168 = "SPY   131018C00168000";
  private static final String CALL_170 = "SPY   131018C00170000";

  private final SimulatorServer server =
      Servers.start("SIMULATOR_DAY_START", "10:00:00", "SIMULATOR_CASH", "1000000");
  private final TestClient client = new TestClient(server);

  @BeforeAll
  void login() {
    client.login();
    client.request("ACCT_ACTIVITY", "SUBS", "{\"keys\":\"me\",\"fields\":\"0,1,2,3\"}");
  }

  @AfterEach
  void faultsOff() {
    server.faults().clear();
  }

  @AfterAll
  void close() {
    client.close();
    server.close();
  }

  private static String below(String json, String strategy, String... children) {
    return json.replace("\"SINGLE\"", "\"" + strategy + "\"")
        .replaceFirst("}$", ",\"childOrderStrategies\":[" + String.join(",", children) + "]}");
  }

  private static String oco(String... children) {
    return "{\"orderStrategyType\":\"OCO\",\"childOrderStrategies\":["
        + String.join(",", children)
        + "]}";
  }

  private static String stop(int quantity, String price) {
    return order("SELL", quantity, "SPY", "\"orderType\":\"STOP\",\"stopPrice\":\"" + price + "\"");
  }

  private static long id(JsonNode order) {
    return order.path("orderId").asLong();
  }

  private static String path(JsonNode order) {
    return ORDERS + "/" + id(order);
  }

  private static String status(JsonNode order) {
    return order.path("status").asString();
  }

  private static String window() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return "?fromEnteredTime="
        + now.minusSeconds(3600).toString().replace("Z", ".000Z")
        + "&toEnteredTime="
        + now.plusSeconds(3600).toString().replace("Z", ".000Z");
  }

  private Set<Long> listed() {
    Set<Long> ids = new TreeSet<>();
    client.get(ORDERS + window()).forEach(order -> ids.add(id(order)));
    return ids;
  }

  // --- Compound orders

  @Test
  void aBracketWaitsForItsParentAndItsTwoCancelEachOther() {
    String body =
        below(
            market("BUY", 2, "SPY"),
            "TRIGGER",
            oco(limit("SELL", 2, "SPY", "199.00"), stop(2, "100.00")));
    JsonNode parent = awaitStatus(client, place(client, body), "FILLED");
    JsonNode wrapper = parent.path("childOrderStrategies").path(0);
    assertThat(wrapper.path("orderStrategyType").asString()).isEqualTo("OCO");
    assertThat(id(wrapper)).isEqualTo(id(parent) + 1);
    assertThat(wrapper.has("orderLegCollection")).isFalse();
    assertThat(wrapper.has("quantity")).isFalse();
    List<JsonNode> two = new ArrayList<>();
    wrapper.path("childOrderStrategies").forEach(two::add);
    assertThat(two)
        .extracting(BrokerTest::id)
        .containsExactlyInAnyOrder(id(parent) + 2, id(parent) + 3);
    String target = ORDERS + "/" + (id(parent) + 2);
    String stop = ORDERS + "/" + (id(parent) + 3);
    awaitStatus(client, target, "WORKING");
    awaitStatus(client, stop, "AWAITING_STOP_CONDITION");
    assertThat(client.send("DELETE", target, null).statusCode()).isEqualTo(200);
    awaitStatus(client, target, "CANCELED");
    awaitStatus(client, stop, "CANCELED");
    assertThat(status(client.get(path(wrapper)))).isEqualTo("CANCELED");
    assertThat(status(client.get(path(parent)))).isEqualTo("FILLED");
    assertThat(listed()).contains(id(parent)).doesNotContain(id(wrapper), id(parent) + 2);
  }

  @Test
  void cancellingAParentCancelsAllThatHangsOnIt() {
    String body =
        below(limit("BUY", 2, "SPY", "100.00"), "TRIGGER", limit("SELL", 2, "SPY", "199.00"));
    String path = place(client, body);
    JsonNode parent = awaitStatus(client, path, "WORKING");
    JsonNode child = parent.path("childOrderStrategies").path(0);
    assertThat(status(child)).isEqualTo("AWAITING_PARENT_ORDER");
    assertThat(client.send("DELETE", path, null).statusCode()).isEqualTo(200);
    awaitStatus(client, path, "CANCELED");
    JsonNode ended = client.get(path(child));
    assertThat(status(ended)).isEqualTo("CANCELED");
    assertThat(ended.has("orderActivityCollection")).isFalse();
  }

  @Test
  void aPartFillDoesNotReleaseTheChildren() {
    server.faults().set(Dial.PARTIAL_FILLS, FaultRule.times(1).with("pieces", 4));
    String body = below(market("BUY", 8, "SPY"), "TRIGGER", limit("SELL", 8, "SPY", "199.00"));
    String path = place(client, body);
    JsonNode parent = awaitStatus(client, path, "WORKING");
    assertThat(parent.path("filledQuantity").asLong()).isEqualTo(2);
    assertThat(status(parent.path("childOrderStrategies").path(0)))
        .isEqualTo("AWAITING_PARENT_ORDER");
    client.send("DELETE", path, null);
    JsonNode canceled = awaitStatus(client, path, "CANCELED");
    assertThat(canceled.path("filledQuantity").asLong()).isEqualTo(2);
    JsonNode rest = canceled.path("orderActivityCollection").path(1);
    assertThat(rest.path("activityType").asString()).isEqualTo("EXECUTION");
    assertThat(rest.path("executionType").asString()).isEqualTo("CANCELED");
    assertThat(rest.path("quantity").asLong()).isEqualTo(6);
  }

  @Test
  void theFirstOfTwoThatFillsTakesTheOtherOut() {
    String path =
        place(client, oco(limit("BUY", 1, "SPY", "100.00"), limit("BUY", 1, "SPY", "180.00")));
    JsonNode wrapper = awaitStatus(client, path, "FILLED");
    List<String> ends = new ArrayList<>();
    wrapper.path("childOrderStrategies").forEach(child -> ends.add(status(child)));
    assertThat(ends).containsExactlyInAnyOrder("FILLED", "CANCELED");
  }

  @Test
  void aRejectedParentTakesItsChildrenWithIt() {
    String body =
        below(market("BUY", 900_000, "SPY"), "TRIGGER", limit("SELL", 1, "SPY", "199.00"));
    JsonNode parent = awaitStatus(client, place(client, body), "REJECTED");
    assertThat(status(parent.path("childOrderStrategies").path(0))).isEqualTo("REJECTED");
  }

  // --- Replacing, rejecting, and what account activity says of it

  private List<String> typesUntil(String type, long id) {
    List<String> types = new ArrayList<>();
    while (true) {
      List<String> some = new ArrayList<>();
      JsonNode payload = activity(client, some, type);
      types.addAll(some);
      if (payload.path("SchwabOrderID").asString().equals(Long.toString(id))) {
        return types;
      }
    }
  }

  @Test
  void aReplacementThatIsRefusedLeavesTheOriginalAtWork() {
    String old = place(client, limit("BUY", 1, "SPY", "100.00"));
    awaitStatus(client, old, "WORKING");
    HttpResponse<String> answer = client.send("PUT", old, limit("BUY", 900_000, "SPY", "101.00"));
    String next =
        ORDERS + answer.headers().firstValue("Location").orElseThrow().replaceAll(".*/", "/");
    awaitStatus(client, next, "REJECTED");
    assertThat(status(client.get(old))).isEqualTo("WORKING");
  }

  @Test
  void aFillDuringAReplaceIsTheOldOrdersAndEndsTheNew() {
    server.faults().set(Dial.FILL_DURING_REPLACE, FaultRule.times(1));
    String old = place(client, limit("BUY", 1, "SPY", "100.00"));
    awaitStatus(client, old, "WORKING");
    HttpResponse<String> answer = client.send("PUT", old, limit("BUY", 1, "SPY", "101.00"));
    String next =
        ORDERS + answer.headers().firstValue("Location").orElseThrow().replaceAll(".*/", "/");
    awaitStatus(client, next, "REJECTED");
    assertThat(status(client.get(old))).isEqualTo("FILLED");
  }

  @Test
  void tellsAReplaceAsSchwabDoes() {
    String old = place(client, limit("BUY", 1, "SPY", "100.00"));
    long oldId = id(awaitStatus(client, old, "WORKING"));
    typesUntil("ExecutionRequestCompleted", oldId);
    HttpResponse<String> answer = client.send("PUT", old, limit("BUY", 1, "SPY", "101.00"));
    long nextId =
        Long.parseLong(answer.headers().firstValue("Location").orElseThrow().replaceAll(".*/", ""));
    List<String> types = typesUntil("ChangeAccepted", nextId);
    assertThat(types)
        .containsExactly(
            "ChangeCreated", "CancelAccepted", "OrderUROutCompleted", "ChangeAccepted");
    assertThat(status(client.get(old))).isEqualTo("REPLACED");
  }

  @Test
  void tellsARejectionByRuleAndText() {
    String path =
        place(
            client,
            order(
                "BUY",
                1,
                "SPY",
                "\"orderType\":\"STOP_LIMIT\",\"price\":\"200.001\",\"stopPrice\":\"199.001\""));
    JsonNode rejected = awaitStatus(client, path, "REJECTED");
    assertThat(rejected.path("statusDescription").asString().split("\\|"))
        .as("the same text twice")
        .hasSizeGreaterThanOrEqualTo(2)
        .allMatch(text -> !text.isBlank());
    JsonNode payload;
    do {
      payload = activity(client, new ArrayList<>(), "OrderUROutCompleted");
    } while (!payload.path("SchwabOrderID").asString().equals(Long.toString(id(rejected))));
    JsonNode out = payload.path("BaseEvent").path("OrderUROutCompletedEvent");
    assertThat(out.path("OutCancelType").asString()).isEqualTo("SystemReject");
    assertThat(out.path("ValidationDetail").path(0).path("NgOMSRuleName").asString())
        .isEqualTo("Order_Sys_0001");
  }

  // --- At the border

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"orderStrategyType\":\"OCO\"}",
        "{\"orderStrategyType\":\"OCO\",\"quantity\":1,\"childOrderStrategies\":[]}",
        "{\"orderStrategyType\":\"BLAST_ALL\"}"
      })
  void refusesWrongStrategies(String body) {
    assertThat(client.send("POST", ORDERS, body).statusCode()).isEqualTo(400);
  }

  static Stream<String> wrongOrders() {
    return Stream.of(
        below(market("BUY", 1, "SPY"), "SINGLE", market("SELL", 1, "SPY")),
        below(market("BUY", 1, "SPY"), "TRIGGER"),
        order("BUY", 1, "SPY", "\"orderType\":\"MARKET\",\"requestedDestination\":\"INET\""),
        order("SELL", 1, "SPY", "\"orderType\":\"TRAILING_STOP\""),
        order("SELL", 1, "SPY", "\"orderType\":\"NET_DEBIT\",\"price\":1"),
        order("SELL", 1, "SPY", "\"orderType\":\"MARKET\",\"specialInstruction\":\"NOW\""),
        market("BUY_TO_OPEN", 1, CALL_168),
        market("BUY_TO_OPEN", 1, "SPY").replace("EQUITY", "OPTION"));
  }

  @ParameterizedTest
  @MethodSource("wrongOrders")
  void refusesWhatCannotBeAnOrder(String body) {
    HttpResponse<String> answer = client.send("POST", ORDERS, body);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(TestClient.JSON.readTree(answer.body()).path("message").asString()).isNotBlank();
  }

  // --- Options

  private static String option(String instruction, String symbol, String terms) {
    return order(instruction, 1, symbol, terms).replace("EQUITY", "OPTION");
  }

  private JsonNode previewLeg(String body) {
    HttpResponse<String> answer = client.send("POST", ACCOUNT + "/previewOrder", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return TestClient.JSON.readTree(answer.body()).path("orderStrategy").path("orderLegs").path(0);
  }

  @Test
  void anOptionAndASpreadTradeAtTheirQuotes() {
    String bought = option("BUY_TO_OPEN", CALL_168, "\"orderType\":\"MARKET\"");
    BigDecimal ask = previewLeg(bought).path("askPrice").decimalValue();
    JsonNode filled = awaitStatus(client, place(client, bought), "FILLED");
    JsonNode fill = filled.path("orderActivityCollection").path(0).path("executionLegs").path(0);
    assertThat(fill.path("price").decimalValue()).isEqualByComparingTo(ask);
    JsonNode leg = filled.path("orderLegCollection").path(0);
    assertThat(leg.path("orderLegType").asString()).isEqualTo("OPTION");
    assertThat(leg.path("instrument").path("putCall").asString()).isEqualTo("CALL");
    assertThat(leg.path("instrument").path("underlyingSymbol").asString()).isEqualTo("SPY");
    JsonNode position = position(CALL_168);
    assertThat(position.path("longQuantity").asLong()).isEqualTo(1);
    assertThat(position.path("currentDayCost").decimalValue())
        .isEqualByComparingTo(ask.multiply(BigDecimal.valueOf(100)));

    String spread =
        "{\"session\":\"NORMAL\",\"duration\":\"DAY\",\"orderStrategyType\":\"SINGLE\","
            + "\"orderType\":\"NET_DEBIT\",\"price\":\"1.90\","
            + "\"complexOrderStrategyType\":\"VERTICAL\",\"orderLegCollection\":["
            + leg("BUY_TO_OPEN", CALL_168)
            + ","
            + leg("SELL_TO_OPEN", CALL_170)
            + "]}";
    JsonNode vertical = awaitStatus(client, place(client, spread), "FILLED");
    JsonNode legs = vertical.path("orderActivityCollection").path(0).path("executionLegs");
    assertThat(legs.size()).isEqualTo(2);
    assertThat(vertical.path("complexOrderStrategyType").asString()).isEqualTo("VERTICAL");
    assertThat(position(CALL_170).path("shortQuantity").asLong()).isEqualTo(1);
    BigDecimal net =
        legs.path(0)
            .path("price")
            .decimalValue()
            .subtract(legs.path(1).path("price").decimalValue());
    assertThat(net).isLessThanOrEqualTo(new BigDecimal("1.90")).isPositive();
  }

  private static String leg(String instruction, String symbol) {
    return "{\"instruction\":\""
        + instruction
        + "\",\"quantity\":1,\"instrument\":{\"symbol\":\""
        + symbol
        + "\",\"assetType\":\"OPTION\"}}";
  }

  private JsonNode position(String symbol) {
    for (JsonNode position : OrderTest.account(client).path("positions")) {
      if (position.path("instrument").path("symbol").asString().equals(symbol)) {
        return position;
      }
    }
    throw new AssertionError("no position in " + symbol);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "BUY_TO_OPEN; IBM   131018C00180000; \"orderType\":\"LIMIT\",\"price\":\"3.02\"; increment",
        "SELL_TO_OPEN; IBM   131018C00180000; \"orderType\":\"MARKET\"; level",
        "SELL_TO_CLOSE; IBM   131018P00180000; \"orderType\":\"MARKET\"; oversold",
        "BUY_TO_OPEN; SPY   131018C00168010; \"orderType\":\"MARKET\"; symbol"
      })
  void rejectsOptionOrdersThatTheAccountOrTheListingDoesNotAllow(
      String instruction, String symbol, String terms, String reason) {
    JsonNode rejected =
        awaitStatus(client, place(client, option(instruction, symbol, terms)), "REJECTED");
    assertThat(rejected.path("statusDescription").asString()).contains(reason);
  }

  // --- Preview, transactions, balances

  @Test
  void previewsWithoutPlacing() {
    Set<Long> before = listed();
    HttpResponse<String> answer =
        client.send("POST", ACCOUNT + "/previewOrder", limit("BUY", 10, "SPY", "150.00"));
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode preview = TestClient.JSON.readTree(answer.body());
    JsonNode strategy = preview.path("orderStrategy");
    assertThat(preview.path("orderId").asInt(-1)).isZero();
    assertThat(strategy.path("accountNumber").asString()).isEqualTo("12345678");
    assertThat(strategy.path("accountNumber").isString()).isTrue();
    assertThat(strategy.path("status").asString()).isEqualTo("ACCEPTED");
    assertThat(strategy.path("orderValue").decimalValue()).isEqualByComparingTo("1500");
    assertThat(strategy.path("orderLegs").path(0).path("finalSymbol").asString()).isEqualTo("SPY");
    assertThat(preview.path("orderValidationResult").size()).isZero();
    assertThat(
            preview
                .path("commissionAndFee")
                .path("commission")
                .path("commissionLegs")
                .path(0)
                .path("commissionValues")
                .path(0)
                .path("type")
                .asString())
        .isEqualTo("COMMISSION");
    HttpResponse<String> refused =
        client.send("POST", ACCOUNT + "/previewOrder", market("BUY", 900_000, "SPY"));
    assertThat(refused.statusCode()).isEqualTo(200);
    JsonNode rejected = TestClient.JSON.readTree(refused.body());
    assertThat(rejected.path("orderStrategy").path("status").asString()).isEqualTo("REJECTED");
    assertThat(
            rejected
                .path("orderValidationResult")
                .path("rejects")
                .path(0)
                .path("message")
                .asString())
        .contains("buying power");
    assertThat(listed()).isEqualTo(before);
  }

  @Test
  void eachFillIsATransaction() {
    JsonNode filled = awaitStatus(client, place(client, market("BUY", 1, "SPY")), "FILLED");
    String window =
        window().replace("fromEnteredTime", "startDate").replace("toEnteredTime", "endDate");
    List<JsonNode> rows = new ArrayList<>();
    for (JsonNode row :
        client.get(ACCOUNT + "/transactions" + window + "&types=TRADE&symbol=SPY")) {
      if (id(row) == id(filled)) {
        rows.add(row);
      }
    }
    assertThat(rows).hasSize(1);
    JsonNode found = rows.getFirst();
    assertThat(found.path("accountNumber").isString()).isTrue();
    assertThat(found.path("type").asString()).isEqualTo("TRADE");
    assertThat(found.path("time").asString()).endsWith("+0000");
    BigDecimal price =
        filled
            .path("orderActivityCollection")
            .path(0)
            .path("executionLegs")
            .path(0)
            .path("price")
            .decimalValue();
    assertThat(found.path("netAmount").decimalValue()).isEqualByComparingTo(price.negate());
    List<String> fees = new ArrayList<>();
    found.path("transferItems").forEach(item -> fees.add(item.path("feeType").asString("")));
    assertThat(fees).contains("COMMISSION", "");
    String one = ACCOUNT + "/transactions/" + found.path("activityId").asLong();
    assertThat(client.get(one).path("orderId").asLong()).isEqualTo(id(filled));
    assertThat(client.get(ACCOUNT + "/transactions" + window + "&types=JOURNAL").size()).isZero();
    for (String wrong :
        List.of(
            window,
            window + "&types=TRADES",
            "?startDate=2020-01-01&endDate=2020-01-02&types=TRADE")) {
      assertThat(client.send("GET", ACCOUNT + "/transactions" + wrong, null).statusCode())
          .as(wrong)
          .isEqualTo(400);
    }
  }

  @Test
  void initialBalancesAreTheDaysBeginning() {
    awaitStatus(client, place(client, market("BUY", 1, "SPY")), "FILLED");
    JsonNode account = OrderTest.account(client);
    assertThat(account.path("type").asString()).isEqualTo("MARGIN");
    assertThat(account.path("initialBalances").path("cashBalance").decimalValue())
        .isEqualByComparingTo("1000000");
    assertThat(account.path("currentBalances").path("cashBalance").decimalValue())
        .isLessThan(new BigDecimal("1000000"));
    assertThat(account.path("initialBalances").has("dayTradingEquityCall")).isTrue();
    assertThat(account.path("projectedBalances").path("isInCall").isBoolean()).isTrue();
  }

  @Test
  void theListOverAllAccountsBeginsSixtyDaysAgoAtMost() {
    String old = "?fromEnteredTime=2020-01-01T00:00:00.000Z&toEnteredTime=2020-06-01T00:00:00.000Z";
    assertThat(client.send("GET", "/trader/v1/orders" + old, null).statusCode()).isEqualTo(400);
    assertThat(client.send("GET", ORDERS + window() + "&status=NOPE", null).statusCode())
        .isEqualTo(400);
    place(client, limit("BUY", 1, "SPY", "100.00"));
    place(client, limit("BUY", 1, "SPY", "100.00"));
    assertThat(client.get("/trader/v1/orders" + window() + "&maxResults=1").size()).isEqualTo(1);
  }

  // --- Faults

  @Test
  void a201WithoutLocationOrWithAnothersIsALiveOrder() {
    String body = limit("BUY", 7, "SPY", "100.00");
    server.faults().set(Dial.LOCATION_MISSING, FaultRule.times(1));
    Set<Long> before = listed();
    HttpResponse<String> silent = client.send("POST", ORDERS, body);
    assertThat(silent.statusCode()).isEqualTo(201);
    assertThat(silent.headers().firstValue("Location")).isEmpty();
    Set<Long> after = listed();
    after.removeAll(before);
    assertThat(after).hasSize(1);
    server.faults().set(Dial.LOCATION_OF_ANOTHER_ORDER, FaultRule.times(1));
    String told = place(client, body);
    assertThat(told).endsWith("/" + after.iterator().next());
  }

  @Test
  void anOrderIsNotFoundOrListedForAWhile() {
    server.faults().set(Dial.ORDER_NOT_FOUND_YET, FaultRule.times(1).with("delay_ms", 3_600_000));
    server.faults().set(Dial.LISTING_LAGS, FaultRule.times(1).with("delay_ms", 3_600_000));
    Set<Long> before = listed();
    String path = place(client, limit("BUY", 1, "SPY", "100.00"));
    assertThat(client.send("GET", path, null).statusCode()).isEqualTo(404);
    assertThat(listed()).isEqualTo(before);
    assertThat(client.send("DELETE", path, null).statusCode()).as("it lives").isEqualTo(200);
    server.faults().set(Dial.ORDER_NOT_FOUND_YET, FaultRule.times(1).with("delay_ms", 1));
    awaitFound(place(client, limit("BUY", 1, "SPY", "100.00")));
  }

  private void awaitFound(String path) {
    long end = System.nanoTime() + TestClient.PATIENCE.toNanos();
    while (client.send("GET", path, null).statusCode() == 404) {
      assertThat(System.nanoTime()).as("found at last").isLessThan(end);
      Thread.onSpinWait();
    }
    assertThat(client.send("GET", path, null).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "ORDER_PENDING_ACKNOWLEDGEMENT, PENDING_ACKNOWLEDGEMENT",
    "ORDER_MANUAL_REVIEW, AWAITING_MANUAL_REVIEW",
    "ORDER_STATUS_UNKNOWN, AWAITING_SOMETHING_NEW",
    "ORDER_REJECTED_LATER, REJECTED",
    "ORDER_REJECTED_AFTER_WORKING, REJECTED",
    "ORDER_CANCELED_BY_FIRM, CANCELED"
  })
  void showsTheStatusThatAFaultBrings(Dial dial, String status) {
    boolean stays = status.contains("AWAITING") || status.contains("PENDING");
    server.faults().set(dial, FaultRule.times(1).with("delay_ms", stays ? 3_600_000 : 1));
    String path = place(client, limit("BUY", 1, "SPY", "100.00"));
    JsonNode order = awaitStatus(client, path, status);
    assertThat(order.path("firmActionType").asString(""))
        .isEqualTo(dial == Dial.ORDER_CANCELED_BY_FIRM ? "CANCELED_BY_FIRM" : "");
  }

  @Test
  void anOrderFillsBeforeItsCancel() {
    server.faults().set(Dial.FILL_BEFORE_CANCEL, FaultRule.times(1));
    String path = place(client, limit("BUY", 1, "SPY", "100.00"));
    awaitStatus(client, path, "WORKING");
    assertThat(client.send("DELETE", path, null).statusCode()).isEqualTo(200);
    awaitStatus(client, path, "FILLED");
  }

  @Test
  void aCancelStaysUnderWay() {
    server
        .faults()
        .set(
            Dial.CANCEL_SLOW,
            FaultRule.times(1).with("delay_ms", 3_600_000).with("status", "AWAITING_UR_OUT"));
    String path = place(client, limit("BUY", 1, "SPY", "100.00"));
    awaitStatus(client, path, "WORKING");
    client.send("DELETE", path, null);
    awaitStatus(client, path, "AWAITING_UR_OUT");
    assertThat(client.send("DELETE", path, null).statusCode()).isEqualTo(200);
  }

  @Test
  void balancesAndPositionsLagBehindAFill() {
    BigDecimal before = OrderTest.cash(client);
    server.faults().set(Dial.BALANCES_LAG, FaultRule.times(1).with("delay_ms", 3_600_000));
    server.faults().set(Dial.POSITIONS_LAG, FaultRule.times(1).with("delay_ms", 3_600_000));
    awaitStatus(client, place(client, market("BUY", 1, "BAC")), "FILLED");
    assertThat(OrderTest.cash(client)).isEqualByComparingTo(before);
    for (JsonNode position : OrderTest.account(client).path("positions")) {
      assertThat(position.path("instrument").path("symbol").asString()).isNotEqualTo("BAC");
    }
    // A later fill without the fault is shown with all before it when the lag is set anew to end.
    server.faults().set(Dial.BALANCES_LAG, FaultRule.times(1).with("delay_ms", 0));
    server.faults().set(Dial.POSITIONS_LAG, FaultRule.times(1).with("delay_ms", 0));
    awaitStatus(client, place(client, market("BUY", 1, "BAC")), "FILLED");
    assertThat(OrderTest.cash(client)).isLessThan(before);
    assertThat(position("BAC").path("longQuantity").asLong()).isEqualTo(2);
  }

  @Test
  void aListMayBeUnsortedAndHaveAChildTwice() {
    String body =
        below(limit("BUY", 2, "SPY", "100.00"), "TRIGGER", limit("SELL", 2, "SPY", "199.00"));
    JsonNode parent = awaitStatus(client, place(client, body), "WORKING");
    long child = id(parent.path("childOrderStrategies").path(0));
    assertThat(listed()).contains(id(parent)).doesNotContain(child);
    server.faults().set(Dial.CHILD_LISTED_TWICE, FaultRule.ALWAYS);
    server.faults().set(Dial.LISTING_UNSORTED, FaultRule.ALWAYS);
    assertThat(listed()).contains(id(parent), child);
  }

  @Test
  void bothOfTwoThatShouldCancelEachOtherFill() {
    server.faults().set(Dial.OCO_BOTH_FILL, FaultRule.times(1));
    String path =
        place(client, oco(limit("BUY", 1, "SPY", "100.00"), limit("BUY", 1, "SPY", "180.00")));
    JsonNode wrapper = awaitStatus(client, path, "FILLED");
    assertThat(wrapper.path("childOrderStrategies").size()).isEqualTo(2);
    wrapper
        .path("childOrderStrategies")
        .forEach(child -> assertThat(status(child)).isEqualTo("FILLED"));
  }

  @Test
  void theCancelledRestMaySayThatItIsStillOpen() {
    server.faults().set(Dial.CANCELED_REMAINING_FULL, FaultRule.times(1));
    String path = place(client, limit("BUY", 5, "SPY", "100.00"));
    awaitStatus(client, path, "WORKING");
    client.send("DELETE", path, null);
    JsonNode activity =
        awaitStatus(client, path, "CANCELED").path("orderActivityCollection").path(0);
    assertThat(activity.path("orderRemainingQuantity").asLong()).isEqualTo(5);
  }

  @Test
  void anOrderThatTheMarketTradesThroughMayNotFill() {
    server.faults().set(Dial.FILL_MISSED, FaultRule.times(1));
    String path = place(client, limit("BUY", 1, "SPY", "180.00"));
    JsonNode order = awaitStatus(client, path, "WORKING");
    assertThat(order.path("filledQuantity").asLong()).isZero();
    assertThat(order.path("statusDescription").asString())
        .as("a warning rejects nothing")
        .isNotBlank();
    client.send("DELETE", path, null);
    awaitStatus(client, path, "CANCELED");
  }

  @Test
  void routesMayBeToldInNumbers() {
    server.faults().set(Dial.ACTIVITY_NUMBER_FOR_TEXT, FaultRule.times(1));
    JsonNode order =
        awaitStatus(client, place(client, limit("BUY", 1, "SPY", "100.00")), "WORKING");
    JsonNode payload;
    do {
      payload = activity(client, new ArrayList<>(), "ExecutionRequestCompleted");
    } while (!payload.path("SchwabOrderID").asString().equals(Long.toString(id(order))));
    JsonNode answer = payload.path("BaseEvent").path("ExecutionRequestCompletedEvent");
    assertThat(answer.path("RouteStatus").isNumber()).isTrue();
  }

  @Test
  void amountsComeAsIntsOrTextsAndIdsAsTheyWere() {
    String path = place(client, limit("BUY", 3, "SPY", "100.00"));
    awaitStatus(client, path, "WORKING");
    server.faults().set(Dial.TRADER_NUMBERS_CHANGE_TYPE, FaultRule.times(1).with("form", "text"));
    JsonNode text = client.get(path);
    assertThat(text.path("quantity").asString()).isEqualTo("3.0");
    assertThat(text.path("orderId").isNumber()).isTrue();
    server.faults().set(Dial.TRADER_NUMBERS_CHANGE_TYPE, FaultRule.times(1).with("form", "int"));
    assertThat(client.get(path).path("quantity").isIntegralNumber()).isTrue();
    assertThat(client.get(path).path("quantity").isIntegralNumber()).isFalse();
  }

  @Test
  void fillsWithMoreDecimalsAddUp() {
    server.faults().set(Dial.FILL_PRICE_IMPROVED, FaultRule.times(1));
    BigDecimal before = OrderTest.cash(client);
    JsonNode filled = awaitStatus(client, place(client, market("BUY", 1, "SPY")), "FILLED");
    BigDecimal price =
        filled
            .path("orderActivityCollection")
            .path(0)
            .path("executionLegs")
            .path(0)
            .path("price")
            .decimalValue();
    assertThat(price.stripTrailingZeros().scale()).isGreaterThan(2);
    assertThat(OrderTest.cash(client))
        .isEqualByComparingTo(before.subtract(price).setScale(2, RoundingMode.HALF_UP));
  }
}
