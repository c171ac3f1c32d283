package io.alphakite.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.simulator.broker.Account;
import io.alphakite.simulator.recording.RecordingReader;
import io.alphakite.simulator.recording.Recordings;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Orders over REST, filled from the recorded quotes. */
@Timeout(60)
class OrderTest {
  static final String ORDERS = "/trader/v1/accounts/" + Account.HASH + "/orders";
  private static final int TEN = 36_000_000;

  static String order(String instruction, int quantity, String symbol, String terms) {
    return "{\"session\":\"NORMAL\",\"duration\":\"DAY\",\"orderStrategyType\":\"SINGLE\","
        + terms
        + ",\"orderLegCollection\":[{\"instruction\":\""
        + instruction
        + "\",\"quantity\":"
        + quantity
        + ",\"instrument\":{\"symbol\":\""
        + symbol
        + "\",\"assetType\":\"EQUITY\"}}]}";
  }

  static String market(String instruction, int quantity, String symbol) {
    return order(instruction, quantity, symbol, "\"orderType\":\"MARKET\"");
  }

  static String limit(String instruction, int quantity, String symbol, String price) {
    return order(
        instruction, quantity, symbol, "\"orderType\":\"LIMIT\",\"price\":\"" + price + "\"");
  }

  /** Places an order and gives its path. */
  static String place(TestClient client, String body) {
    HttpResponse<String> answer = client.send("POST", ORDERS, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    assertThat(answer.body()).isEmpty();
    String location = answer.headers().firstValue("Location").orElseThrow();
    assertThat(location).matches("http://127\\.0\\.0\\.1:\\d+" + ORDERS + "/\\d{13}");
    return ORDERS + location.substring(location.lastIndexOf('/'));
  }

  static JsonNode awaitStatus(TestClient client, String path, String status) {
    long end = System.nanoTime() + TestClient.PATIENCE.toNanos();
    JsonNode order = client.get(path);
    while (!order.path("status").asString().equals(status)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited for " + status + ": " + order);
      }
      Thread.onSpinWait();
      order = client.get(path);
    }
    return order;
  }

  static JsonNode account(TestClient client) {
    return client
        .get("/trader/v1/accounts/" + Account.HASH + "?fields=positions")
        .path("securitiesAccount");
  }

  static BigDecimal cash(TestClient client) {
    return account(client).path("currentBalances").path("cashBalance").decimalValue();
  }

  private static void subscribe(TestClient client) {
    client.subscribe("SPY,IBM,BAC", StreamerTest.FIELDS);
  }

  /** Bid, bid size, ask, ask size after each change of the quote after a time of day. */
  private static List<long[]> quotes(String ticker, int after) throws Exception {
    List<long[]> quotes = new ArrayList<>();
    try (RecordingReader reader = Recordings.bundled().open(LocalDate.of(2013, 10, 7), ticker)) {
      while (reader.next() && quotes.size() < 2000) {
        if (reader.kind() == RecordingReader.Kind.QUOTE) {
          if (reader.millisOfDay() <= after) {
            quotes.clear();
          }
          quotes.add(
              new long[] {reader.bidE4(), reader.bidSize(), reader.askE4(), reader.askSize()});
        }
      }
    }
    return quotes;
  }

  @Test
  void fillsAtTheNationalBestLimitedByItsSizeAndTheRestAtFollowingQuotes() throws Exception {
    List<long[]> quotes = quotes("IBM", TEN);
    long[] first = quotes.getFirst();
    try (SimulatorServer server = Servers.start("SIMULATOR_DAY_START", "10:00:00");
        TestClient client = new TestClient(server).login()) {
      client.request("ACCT_ACTIVITY", "SUBS", "{\"keys\":\"me\",\"fields\":\"0,1,2,3\"}");
      client.next();
      // The clock holds for want of a subscriber, and so does the quote.
      String path = place(client, market("BUY", 500, "IBM"));
      List<String> types = new ArrayList<>();
      JsonNode fillEvent = activity(client, types, "OrderFillCompleted");
      assertThat(types)
          .containsExactly(
              "OrderCreated",
              "OrderAccepted",
              "ExecutionRequested",
              "ExecutionRequestCreated",
              "ExecutionRequestCompleted",
              "OrderFillCompleted");
      JsonNode partial = client.get(path);
      assertThat(partial.path("status").asString()).isEqualTo("WORKING");
      assertThat(partial.path("filledQuantity").asLong()).isEqualTo(first[3]).isLessThan(500);
      assertThat(partial.path("remainingQuantity").asLong()).isEqualTo(500 - first[3]);
      JsonNode leg = partial.path("orderActivityCollection").path(0).path("executionLegs").path(0);
      assertThat(leg.path("price").decimalValue())
          .isEqualByComparingTo(BigDecimal.valueOf(first[2], 4));
      JsonNode inner =
          fillEvent.path("BaseEvent").path("OrderFillCompletedEventOrderLegQuantityInfo");
      assertThat(inner.path("LegSubStatus").asString()).isEqualTo("LegSubStatusPartiallyFilled");
      JsonNode price = inner.path("ExecutionInfo").path("ExecutionPrice");
      assertThat(price.path("lo").asString()).isEqualTo(Long.toString(first[2]));
      assertThat(price.path("signScale").asInt()).isEqualTo(8);

      subscribe(client);
      JsonNode filled = awaitStatus(client, path, "FILLED");
      server.paused(true);
      BigDecimal cost = BigDecimal.ZERO;
      long quantity = 0;
      int at = 0;
      for (JsonNode activity : filled.path("orderActivityCollection")) {
        JsonNode fill = activity.path("executionLegs").path(0);
        long size = fill.path("quantity").asLong();
        long e4 = fill.path("price").decimalValue().movePointRight(4).longValueExact();
        // Each fill meets a recorded quote, no earlier than the fill before, big enough for it.
        while (quotes.get(at)[2] != e4 || quotes.get(at)[3] < size) {
          at++;
        }
        quantity += size;
        cost = cost.add(fill.path("price").decimalValue().multiply(BigDecimal.valueOf(size)));
      }
      assertThat(quantity).isEqualTo(500);
      assertThat(filled.path("orderActivityCollection").size()).isGreaterThan(1);
      assertThat(cash(client)).isEqualByComparingTo(new BigDecimal("100000").subtract(cost));
      JsonNode position = account(client).path("positions").path(0);
      assertThat(position.path("longQuantity").asLong()).isEqualTo(500);
      assertThat(position.path("instrument").path("symbol").asString()).isEqualTo("IBM");
    }
  }

  /** Reads account activity until a type comes; notes all types and gives its payload. */
  static JsonNode activity(TestClient client, List<String> types, String until) {
    while (true) {
      for (JsonNode data : client.next().path("data")) {
        if (data.path("service").asString().equals("ACCT_ACTIVITY")) {
          for (JsonNode item : data.path("content")) {
            types.add(item.path("2").asString());
            if (item.path("2").asString().equals(until)) {
              return TestClient.JSON.readTree(item.path("3").asString());
            }
          }
        }
      }
    }
  }

  @Test
  void cancelsARestingOrderAndTellsSo() {
    try (SimulatorServer server = Servers.start("SIMULATOR_DAY_START", "10:00:00");
        TestClient client = new TestClient(server).login()) {
      client.request("ACCT_ACTIVITY", "SUBS", "{\"keys\":\"me\",\"fields\":\"0,1,2,3\"}");
      String path = place(client, limit("BUY", 10, "SPY", "150.00"));
      JsonNode working = awaitStatus(client, path, "WORKING");
      assertThat(working.has("orderActivityCollection")).isFalse();
      assertThat(working.path("enteredTime").asString())
          .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+0000");
      assertThat(working.path("orderId").isNumber()).isTrue();
      assertThat(working.path("accountNumber").isNumber()).isTrue();
      assertThat(client.send("DELETE", path, null).statusCode()).isEqualTo(200);
      JsonNode canceled = awaitStatus(client, path, "CANCELED");
      JsonNode activity = canceled.path("orderActivityCollection").path(0);
      assertThat(activity.path("executionType").asString()).isEqualTo("CANCELED");
      assertThat(activity.path("executionLegs").path(0).path("price").asDouble()).isZero();
      HttpResponse<String> again = client.send("DELETE", path, null);
      assertThat(again.statusCode()).isEqualTo(400);
      assertThat(again.body()).contains("CANCELED cannot be canceled");
      List<String> types = new ArrayList<>();
      activity(client, types, "OrderUROutCompleted");
      assertThat(types.subList(types.indexOf("CancelAccepted"), types.size()))
          .containsExactly(
              "CancelAccepted",
              "ExecutionRequested",
              "ExecutionRequestCompleted",
              "ExecutionCreated",
              "OrderUROutCompleted");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "SELL; 10; SPY; \"orderType\":\"MARKET\"; oversold",
        "BUY; 100000; SPY; \"orderType\":\"MARKET\"; buying power",
        "BUY; 10; SPY; \"orderType\":\"LIMIT\",\"price\":\"150.001\"; decimals",
        "BUY; 10; QQQ; \"orderType\":\"MARKET\"; symbol",
        "BUY; 10; SPY; \"orderType\":\"STOP\",\"stopPrice\":\"100.00\"; stop prices"
      })
  void rejectsAfterThe201WhatTheBrokerWouldRefuse(
      String instruction, int quantity, String symbol, String terms, String reason) {
    try (SimulatorServer server = Servers.start("SIMULATOR_DAY_START", "10:00:00");
        TestClient client = new TestClient(server)) {
      String path = place(client, order(instruction, quantity, symbol, terms));
      JsonNode rejected = awaitStatus(client, path, "REJECTED");
      assertThat(rejected.path("statusDescription").asString()).contains(reason);
      assertThat(rejected.path("remainingQuantity").asDouble(-1)).isZero();
      assertThat(rejected.has("closeTime")).isTrue();
      assertThat(rejected.has("orderActivityCollection")).isFalse();
      assertThat(cash(client)).isEqualByComparingTo("100000");
      assertThat(account(client).has("positions")).isFalse();
    }
  }

  @Test
  void refusesMalformedRequestsAtOnce() {
    try (SimulatorServer server = Servers.start();
        TestClient client = new TestClient(server)) {
      List<String> bodies =
          List.of(
              "",
              "{",
              "[]",
              market("BUY", 0, "SPY"),
              market("HOLD", 1, "SPY"),
              market("BUY_TO_OPEN", 1, "SPY"),
              order("BUY", 1, "SPY", "\"orderType\":\"LIMIT\""),
              order("BUY", 1, "SPY", "\"orderType\":\"MARKET\",\"price\":1"),
              order("BUY", 1, "SPY", "\"orderType\":\"MARKET\",\"tag\":\"mine\""),
              order("BUY", 1, "SPY", "\"orderType\":\"LIMIT\",\"price\":\"1.00001\""),
              market("BUY", 1, "SPY").replace("NORMAL", "SEAMLESS"));
      for (String body : bodies) {
        HttpResponse<String> answer = client.send("POST", ORDERS, body);
        assertThat(answer.statusCode()).as(body).isEqualTo(400);
        assertThat(TestClient.JSON.readTree(answer.body()).path("message").asString())
            .as(body)
            .isNotBlank();
      }
      assertThat(
              client
                  .send("POST", "/trader/v1/accounts/12345678/orders", market("BUY", 1, "SPY"))
                  .statusCode())
          .isEqualTo(400);
      assertThat(client.send("GET", ORDERS + "/1", null).statusCode()).isEqualTo(404);
      assertThat(client.send("DELETE", ORDERS + "/x", null).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void listsByEnteredTimeInTheStrictFormOnly() {
    try (SimulatorServer server = Servers.start();
        TestClient client = new TestClient(server)) {
      String first = place(client, limit("BUY", 1, "SPY", "100.00"));
      String second = place(client, limit("BUY", 1, "SPY", "100.00"));
      assertThat(second).as("two equal requests are two orders").isNotEqualTo(first);
      String range =
          "?fromEnteredTime=2020-01-01T00:00:00.000Z&toEnteredTime=2020-06-01T00:00:00.000Z";
      assertThat(client.get(ORDERS + range).size()).isZero();
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      String recent =
          "?fromEnteredTime="
              + now.minusSeconds(60).toString().replace("Z", ".000Z")
              + "&toEnteredTime="
              + now.plusSeconds(60).toString().replace("Z", ".000Z");
      JsonNode listed = client.get(ORDERS + recent);
      assertThat(listed.size()).isEqualTo(2);
      assertThat(second).endsWith("/" + listed.path(0).path("orderId").asLong());
      assertThat(client.get("/trader/v1/orders" + recent + "&status=FILLED").size()).isZero();
      for (String wrong :
          List.of("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000%2B0000", "", "x")) {
        HttpResponse<String> answer =
            client.send(
                "GET",
                ORDERS + "?fromEnteredTime=" + wrong + "&toEnteredTime=2020-06-01T00:00:00.000Z",
                null);
        assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
        assertThat(answer.body()).contains("fromEnteredTime");
      }
    }
  }

  @Test
  void anOrderGivenBeforeTheOpenWaitsForIt() {
    try (SimulatorServer server = Servers.start("KITE_REPLAY_SPEED", "100");
        TestClient client = new TestClient(server).login()) {
      String path = place(client, market("BUY", 10, "SPY"));
      awaitStatus(client, path, "PENDING_ACTIVATION");
      subscribe(client);
      JsonNode filled = awaitStatus(client, path, "FILLED");
      assertThat(filled.path("filledQuantity").asLong()).isEqualTo(10);
      assertThat(server.marketTime()).isAfter(Instant.parse("2013-10-07T13:30:00Z"));
    }
  }

  @Test
  void aDayOrderExpiresAtTheCloseAndAGoodTillCancelOrderStays() {
    try (SimulatorServer server =
            Servers.start(
                "SIMULATOR_DAY_START",
                "15:59:50",
                "SIMULATOR_STOP_AFTER_SESSIONS",
                "1",
                "SIMULATOR_CASH",
                "1000000");
        TestClient client = new TestClient(server).login()) {
      String day = place(client, limit("BUY", 10, "SPY", "100.00"));
      String gtc =
          place(
              client, limit("BUY", 10, "SPY", "100.00").replace("\"DAY\"", "\"GOOD_TILL_CANCEL\""));
      String onClose =
          place(client, order("BUY", 3000, "SPY", "\"orderType\":\"MARKET_ON_CLOSE\""));
      String tooLow =
          place(
              client,
              order("BUY", 10, "SPY", "\"orderType\":\"LIMIT_ON_CLOSE\",\"price\":\"100.00\""));
      awaitStatus(client, gtc, "WORKING");
      awaitStatus(client, onClose, "QUEUED");
      awaitStatus(client, tooLow, "QUEUED");
      subscribe(client);
      JsonNode closing = awaitStatus(client, onClose, "FILLED");
      assertThat(closing.path("orderActivityCollection").size())
          .as("the auction fills all of it, whatever the quote's size")
          .isEqualTo(1);
      awaitStatus(client, tooLow, "EXPIRED");
      JsonNode expired = awaitStatus(client, day, "EXPIRED");
      assertThat(expired.path("filledQuantity").asDouble(-1)).isZero();
      awaitStatus(client, gtc, "PENDING_ACTIVATION");
    }
  }

  @Test
  void aStopWaitsForItsPriceAndThenTrades() throws Exception {
    try (SimulatorServer server =
            Servers.start("SIMULATOR_DAY_START", "10:00:00", "KITE_REPLAY_SPEED", "300");
        TestClient client = new TestClient(server).login()) {
      awaitStatus(client, place(client, market("BUY", 20, "SPY")), "FILLED");
      BigDecimal last =
          client
              .get("/marketdata/v1/SPY/quotes")
              .path("SPY")
              .path("quote")
              .path("lastPrice")
              .decimalValue();
      BigDecimal stop = last.subtract(new BigDecimal("0.02"));
      String path =
          place(
              client,
              order("SELL", 10, "SPY", "\"orderType\":\"STOP\",\"stopPrice\":\"" + stop + "\""));
      String trailing =
          place(
              client,
              order(
                  "SELL",
                  10,
                  "SPY",
                  "\"orderType\":\"TRAILING_STOP\",\"stopPriceLinkBasis\":\"LAST\","
                      + "\"stopPriceLinkType\":\"VALUE\",\"stopPriceOffset\":0.05"));
      awaitStatus(client, path, "AWAITING_STOP_CONDITION");
      JsonNode trails = awaitStatus(client, trailing, "AWAITING_STOP_CONDITION");
      assertThat(trails.path("stopPrice").decimalValue())
          .isEqualByComparingTo(last.subtract(new BigDecimal("0.05")));
      client.request("ACCT_ACTIVITY", "SUBS", "{\"keys\":\"me\",\"fields\":\"0,1,2,3\"}");
      subscribe(client);
      List<String> types = new ArrayList<>();
      activity(client, types, "OrderFillCompleted");
      assertThat(types)
          .containsSubsequence("OrderMonitorCompleted", "ExecutionRequested", "OrderFillCompleted");
      JsonNode filled = awaitStatus(client, path, "FILLED");
      JsonNode trailed = awaitStatus(client, trailing, "FILLED");
      assertThat(trailed.path("stopPrice").decimalValue())
          .as("it never moves back")
          .isGreaterThanOrEqualTo(trails.path("stopPrice").decimalValue());
      assertThat(
              filled
                  .path("orderActivityCollection")
                  .path(0)
                  .path("executionLegs")
                  .path(0)
                  .path("price")
                  .decimalValue())
          .isLessThanOrEqualTo(stop.add(new BigDecimal("0.02")));
      assertThat(account(client).has("positions")).isFalse();
    }
  }

  @Test
  void replacesAnOrderByOneWithANewId() {
    try (SimulatorServer server = Servers.start("SIMULATOR_DAY_START", "10:00:00");
        TestClient client = new TestClient(server)) {
      String old = place(client, limit("BUY", 10, "SPY", "100.00"));
      awaitStatus(client, old, "WORKING");
      HttpResponse<String> answer = client.send("PUT", old, limit("BUY", 10, "SPY", "101.00"));
      assertThat(answer.statusCode()).isEqualTo(201);
      String location = answer.headers().firstValue("Location").orElseThrow();
      String replacement = ORDERS + location.substring(location.lastIndexOf('/'));
      assertThat(replacement).isNotEqualTo(old);
      awaitStatus(client, old, "REPLACED");
      assertThat(awaitStatus(client, replacement, "WORKING").path("price").decimalValue())
          .isEqualByComparingTo("101");
    }
  }

  @Test
  void accountAndOrdersGoOnAfterARestartEvenWithATornLastLine(@TempDir Path state)
      throws Exception {
    String[] settings = {
      "SIMULATOR_DAY_START", "10:00:00", "SIMULATOR_STATE_DIR", state.toString()
    };
    String filled;
    String resting;
    BigDecimal cash;
    try (SimulatorServer server = Servers.start(settings);
        TestClient client = new TestClient(server)) {
      filled = place(client, market("BUY", 10, "SPY"));
      awaitStatus(client, filled, "FILLED");
      resting = place(client, limit("BUY", 10, "SPY", "100.00"));
      awaitStatus(client, resting, "WORKING");
      cash = cash(client);
    }
    Files.writeString(
        state.resolve("account.jsonl"), "{\"order\":{\"id\":17", StandardOpenOption.APPEND);
    try (SimulatorServer server = Servers.start(settings);
        TestClient client = new TestClient(server)) {
      assertThat(cash(client)).isEqualByComparingTo(cash);
      assertThat(account(client).path("positions").path(0).path("longQuantity").asLong())
          .isEqualTo(10);
      assertThat(client.get(filled).path("status").asString()).isEqualTo("FILLED");
      assertThat(client.send("DELETE", resting, null).statusCode()).isEqualTo(200);
      awaitStatus(client, resting, "CANCELED");
      String next = place(client, limit("BUY", 1, "SPY", "100.00"));
      assertThat(next).isGreaterThan(resting);
    }
  }

  @Test
  void hoursThatPassedWhileStoppedAreMadeUpFor(@TempDir Path state) {
    String[] beforeOpen = {"SIMULATOR_STATE_DIR", state.toString()};
    String waiting;
    try (SimulatorServer server = Servers.start(beforeOpen);
        TestClient client = new TestClient(server)) {
      waiting = place(client, market("BUY", 10, "SPY"));
      awaitStatus(client, waiting, "PENDING_ACTIVATION");
    }
    String[] later = {"SIMULATOR_STATE_DIR", state.toString(), "SIMULATOR_DAY_START", "10:00:00"};
    String resting;
    try (SimulatorServer server = Servers.start(later);
        TestClient client = new TestClient(server)) {
      awaitStatus(client, waiting, "FILLED");
      resting = place(client, limit("BUY", 10, "SPY", "100.00"));
      awaitStatus(client, resting, "WORKING");
    }
    String[] nextDay = {
      "SIMULATOR_STATE_DIR", state.toString(), "SIMULATOR_START_SESSION", "2013-10-08"
    };
    try (SimulatorServer server = Servers.start(nextDay);
        TestClient client = new TestClient(server)) {
      assertThat(client.get(resting).path("status").asString()).isEqualTo("EXPIRED");
    }
  }
}
