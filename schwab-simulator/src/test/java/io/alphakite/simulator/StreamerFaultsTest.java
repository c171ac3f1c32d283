package io.alphakite.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.simulator.broker.Account;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.FaultRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What the streamer's fault dials do to a client, over a real socket. */
@Timeout(90)
class StreamerFaultsTest {
  private static final String LEVEL_ONE = "LEVELONE_EQUITIES";
  private static final String FIELDS = "0,1,2,3,8,9,13,32,34,35";

  private static final SimulatorServer server =
      Servers.start("KITE_REPLAY_SPEED", "60", "SIMULATOR_WAIT_FOR_SUBSCRIBER", "false");
  private static final FaultDials dials = server.faults();

  @AfterEach
  void allOff() {
    dials.clear();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static int code(JsonNode response) {
    return response.path("content").path("code").asInt(-1);
  }

  private static TestClient subscribed() {
    TestClient client = new TestClient(server).login();
    client.subscribe("SPY", FIELDS);
    return client;
  }

  private static void awaitStrike(Dial dial) {
    await(() -> dials.state(dial).strikes() > 0, dial + " did not strike");
  }

  private static void await(BooleanSupplier condition, String otherwise) {
    long end = System.nanoTime() + TestClient.PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(otherwise);
      }
      Thread.onSpinWait();
    }
  }

  private static void awaitMarket(int seconds) {
    Instant until = server.marketTime().plusSeconds(seconds);
    await(() -> !server.marketTime().isBefore(until), "the market stands still");
  }

  @ParameterizedTest
  @ValueSource(ints = {1006, 1011, 1001, 1000})
  void aConnectionEndsAbruptly(int closeCode) {
    try (TestClient client = subscribed()) {
      dials.set(Dial.STREAM_DROPPED, FaultRule.times(1).with("form", closeCode));
      assertThat(client.awaitClose()).isEqualTo(closeCode);
    }
    try (TestClient again = subscribed()) {
      assertThat(again.item(LEVEL_ONE).path("delayed").asBoolean(true)).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"code_12,12", "code_30,30", "bare,-1"})
  void aConnectionIsKicked(String form, int expected) {
    try (TestClient client = subscribed()) {
      dials.set(Dial.STREAM_KICKED, FaultRule.times(1).with("form", form));
      assertThat(client.awaitClose()).isEqualTo(1000);
      int seen = -1;
      for (JsonNode frame = client.pollNow(); frame != null; frame = client.pollNow()) {
        seen = Math.max(seen, code(frame.path("notify").path(0)));
      }
      assertThat(seen).isEqualTo(expected);
    }
  }

  @Test
  void aGoodLoginIsDenied() {
    dials.set(Dial.STREAM_LOGIN_DENIED, FaultRule.times(1));
    try (TestClient client = new TestClient(server).connect()) {
      assertThat(code(client.loginAnswer(server.login().accessToken()))).isEqualTo(3);
      assertThat(client.awaitClose()).isEqualTo(1000);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "STREAM_COMMAND_FAILED,SUBS,0,22",
    "STREAM_COMMAND_FAILED,UNSUBS,0,23",
    "STREAM_COMMAND_FAILED,ADD,0,24",
    "STREAM_COMMAND_FAILED,VIEW,0,25",
    "STREAM_COMMAND_FAILED,SUBS,21,21",
    "STREAM_SERVICE_DOWN,SUBS,,11",
    "STREAM_NOT_FOUND,SUBS,,20",
    "STREAM_COMMAND_SUCCEEDED_26,SUBS,,26",
    "STREAM_COMMAND_SUCCEEDED_26,ADD,,28"
  })
  void aCommandIsAnsweredOtherwise(Dial dial, String command, String answer, int expected) {
    FaultRule rule = FaultRule.times(1).on(LEVEL_ONE + " " + command);
    dials.set(dial, answer == null ? rule : rule.with("code", answer));
    try (TestClient client = new TestClient(server).login()) {
      assertThat(code(client.command(LEVEL_ONE, command, "SPY", FIELDS))).isEqualTo(expected);
      assertThat(code(client.command(LEVEL_ONE, command, "SPY", FIELDS))).isZero();
    }
  }

  @Test
  void commandsThatComeBeforeASlowAnswerFail() {
    try (TestClient client = subscribed()) {
      dials.set(
          Dial.STREAM_COMMAND_SLOW,
          FaultRule.times(1).on(LEVEL_ONE + " VIEW").with("delay_ms", 2_000));
      client.post("VIEW", LEVEL_ONE, "VIEW", "{\"fields\":\"0,1\"}");
      client.post("ADD", LEVEL_ONE, "ADD", "{\"keys\":\"IBM\",\"fields\":\"0,1\"}");
      assertThat(code(client.answer("VIEW"))).isZero();
      assertThat(code(client.answer("ADD"))).isEqualTo(24);
      assertThat(code(client.command(LEVEL_ONE, "ADD", "IBM", FIELDS))).isZero();
    }
  }

  @Test
  void onlyTheFirstSymbolsAreTaken() {
    dials.set(Dial.STREAM_SYMBOL_LIMIT, FaultRule.times(1).with("limit", 1));
    try (TestClient client = new TestClient(server).login()) {
      assertThat(code(client.subscribe("BAC,SPY", FIELDS))).isEqualTo(19);
      assertThat(client.item(LEVEL_ONE).path("key").asString()).isEqualTo("BAC");
      awaitMarket(5);
      client.request(LEVEL_ONE, "VIEW", "{\"fields\":\"0,1,2,3,8\"}");
      for (JsonNode frame = client.pollNow(); frame != null; frame = client.pollNow()) {
        assertThat(frame.toString()).doesNotContain("\"SPY\"");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"missing,false", "wrong,true"})
  void anUnorderedFieldListIsMisread(String form, boolean wrong) {
    server.paused(true);
    try (TestClient client = new TestClient(server).login()) {
      client.subscribe("SPY", "0,1,2,8");
      JsonNode right = client.item(LEVEL_ONE);
      dials.set(Dial.FIELDS_UNORDERED, FaultRule.ALWAYS.with("form", form));
      client.subscribe("SPY", "0,8,1,2");
      JsonNode misread = client.item(LEVEL_ONE);
      if (wrong) {
        assertThat(misread.path("8")).isEqualTo(right.path("1"));
        assertThat(misread.path("1")).isEqualTo(right.path("2"));
        assertThat(misread.path("2")).isEqualTo(right.path("8"));
      } else {
        assertThat(misread.path("8")).isEqualTo(right.path("8"));
        assertThat(misread.propertyNames()).doesNotContain("1", "2");
      }
    } finally {
      server.paused(false);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"truncated", "not_json", "wrong_types", "binary", "empty"})
  void aFrameIsGarbledAndTheNextIsGood(String form) {
    try (TestClient client = subscribed()) {
      dials.set(Dial.FRAME_GARBLED, FaultRule.times(1).with("form", form));
      JsonNode bad =
          client.await(
              frame ->
                  frame.has("garbled")
                      || frame.isMissingNode()
                      || frame.path("data").path(0).path("content").path(0).isNumber());
      assertThat(bad.has("garbled"))
          .isEqualTo(List.of("truncated", "not_json", "binary").contains(form));
      assertThat(client.item(LEVEL_ONE).path("key").asString()).isEqualTo("SPY");
    }
  }

  @Test
  void aFrameComesTwice() {
    try (TestClient client = subscribed()) {
      client.item(LEVEL_ONE);
      dials.set(Dial.FRAME_DUPLICATED, FaultRule.times(1));
      JsonNode before = client.next();
      JsonNode frame = client.next();
      while (!frame.equals(before)) {
        before = frame;
        frame = client.next();
      }
      assertThat(dials.state(Dial.FRAME_DUPLICATED).strikes()).isEqualTo(1);
    }
  }

  @Test
  void aFrameIsOvertakenByTheNext() {
    try (TestClient client = new TestClient(server).login()) {
      client.subscribe("SPY", "0,8");
      long highest = client.item(LEVEL_ONE).path("8").asLong();
      dials.set(Dial.FRAME_REORDERED, FaultRule.times(1).after(3));
      long volume = highest;
      while (volume >= highest) {
        highest = volume;
        volume = client.item(LEVEL_ONE).path("8").asLong();
      }
      assertThat(client.item(LEVEL_ONE).path("8").asLong()).isGreaterThan(highest);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "FRAME_DROPPED",
        "UPDATE_DROPPED",
        "UPDATE_CONFLATED",
        "SUBSCRIPTION_LOST",
        "TICKER_HALTED",
        "STREAM_SILENT"
      })
  void dataStopsAndCommandsAreAnswered(Dial dial) {
    try (TestClient client = subscribed()) {
      FaultRule rule = FaultRule.ALWAYS;
      dials.set(dial, dial == Dial.STREAM_SILENT ? rule.with("heartbeats", true) : rule);
      awaitStrike(dial);
      JsonNode answer = client.request("LEVELONE_FUTURES", "UNSUBS", "{\"keys\":\"/ESZ26\"}");
      assertThat(code(answer)).isZero();
      String before = drained(client);
      assertThat(before.contains("\"32\":\"Halted\"")).isEqualTo(dial == Dial.TICKER_HALTED);
      awaitMarket(5);
      client.request("LEVELONE_FUTURES", "UNSUBS", "{\"keys\":\"/ESZ26\"}");
      assertThat(drained(client)).doesNotContain("data");
      dials.clear();
      client.subscribe("SPY", FIELDS);
      if (dial != Dial.STREAM_SILENT) {
        JsonNode image = client.item(LEVEL_ONE);
        while (!image.has("delayed")) {
          image = client.item(LEVEL_ONE);
        }
        assertThat(image.has("8")).isTrue();
      }
    }
  }

  private static String drained(TestClient client) {
    StringBuilder text = new StringBuilder();
    for (JsonNode frame = client.pollNow(); frame != null; frame = client.pollNow()) {
      text.append(frame);
    }
    return text.toString();
  }

  @Test
  void aHaltedTickerTradesAgain() {
    try (TestClient client = subscribed()) {
      dials.set(Dial.TICKER_HALTED, FaultRule.times(1).with("delay_ms", 2_000));
      JsonNode item = client.item(LEVEL_ONE);
      while (!item.path("32").asString("").equals("Halted")) {
        item = client.item(LEVEL_ONE);
      }
      assertThat(item.propertyNames()).containsExactly("key", "32");
      JsonNode resumed = client.item(LEVEL_ONE);
      assertThat(resumed.path("32").asString()).isEqualTo("Normal");
      assertThat(client.item(LEVEL_ONE).has("32")).isFalse();
    }
  }

  @Test
  void aWhollySilentConnectionDoesNotEvenAnswer() {
    try (TestClient client = subscribed()) {
      dials.set(Dial.STREAM_SILENT, FaultRule.times(1).with("delay_ms", 0));
      awaitStrike(Dial.STREAM_SILENT);
      client.post("lost", LEVEL_ONE, "VIEW", "{\"fields\":\"0,1\"}");
      awaitMarket(30);
      assertThat(drained(client)).doesNotContain("lost");
    }
  }

  @Test
  void theDaysVolumeGoesDownAndComesBack() {
    try (TestClient client = new TestClient(server).login()) {
      client.subscribe("SPY", "0,8");
      long volume = client.item(LEVEL_ONE).path("8").asLong();
      dials.set(Dial.VOLUME_CORRECTED, FaultRule.times(1).with("shares", 1_000_000));
      long next = client.item(LEVEL_ONE).path("8").asLong();
      while (next >= volume) {
        volume = next;
        next = client.item(LEVEL_ONE).path("8").asLong();
      }
      assertThat(volume - next).isBetween(1L, 1_000_000L);
      assertThat(client.item(LEVEL_ONE).path("8").asLong()).isGreaterThanOrEqualTo(volume);
    }
  }

  @Test
  void conflationMakesTheVolumeGrowByMoreThanTheLastSize() {
    try (TestClient client = new TestClient(server).login()) {
      dials.set(Dial.UPDATE_CONFLATED, new FaultRule(0.9, 0, 0, null, null, null, Map.of()));
      client.subscribe("SPY", "0,8,9");
      JsonNode item = client.item(LEVEL_ONE);
      long size = item.path("9").asLong();
      long volume = item.path("8").asLong();
      long growth = 0;
      while (growth <= size) {
        item = client.item(LEVEL_ONE);
        size = item.path("9").asLong(size);
        growth = item.path("8").asLong(volume) - volume;
        volume += growth;
      }
      assertThat(growth).isGreaterThan(size);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FRAME_UNKNOWN_SERVICE,LEVELONE_SOMETHING_NEW",
    "FRAME_UNKNOWN_MESSAGE,snapshot",
    "FRAME_UNKNOWN_NOTICE,Something new",
    "FRAME_SEVERAL_KINDS,'\"notify\":[{\"heartbeat\"'",
  })
  void framesOfUnknownKindsComeBetween(Dial dial, String sign) {
    try (TestClient client = subscribed()) {
      dials.set(dial, FaultRule.times(1));
      JsonNode frame =
          client.await(
              next ->
                  next.toString().contains(sign)
                      && (dial != Dial.FRAME_SEVERAL_KINDS || next.has("data")));
      assertThat(frame.has("garbled")).isFalse();
      assertThat(client.item(LEVEL_ONE).path("key").asString()).isEqualTo("SPY");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UPDATE_UNKNOWN_FIELD", "UPDATE_FIELD_NULL", "UPDATE_NUMBER_TYPE"})
  void anItemIsOfAnotherForm(Dial dial) {
    try (TestClient client = subscribed()) {
      client.item(LEVEL_ONE);
      dials.set(dial, FaultRule.ALWAYS);
      JsonNode item = client.item(LEVEL_ONE);
      while (!isOtherwise(dial, item)) {
        item = client.item(LEVEL_ONE);
      }
      assertThat(item.path("key").asString()).isEqualTo("SPY");
    }
  }

  private static boolean isOtherwise(Dial dial, JsonNode item) {
    return switch (dial) {
      case UPDATE_UNKNOWN_FIELD -> item.has("99") || item.has("98") || item.has("somethingNew");
      case UPDATE_FIELD_NULL ->
          item.valueStream().anyMatch(value -> value.isNull() || value.asString("x").isBlank());
      default -> item.has("8") && !item.path("8").isIntegralNumber();
    };
  }

  @Test
  void barsComeLateAgainOrNotAtAll() {
    try (TestClient client = subscribed()) {
      server.speed(600);
      dials.set(Dial.BAR_CORRECTED, FaultRule.times(1).on("SPY").with("delay_ms", 20_000));
      dials.set(Dial.BAR_VOLUME_FRACTIONAL, FaultRule.times(1).on("IBM").after(1));
      dials.set(Dial.BAR_MISSING, FaultRule.times(1).on("BAC"));
      client.command("CHART_EQUITY", "SUBS", "SPY,IBM,BAC", "0,1,6,7");
      List<JsonNode> bars = new ArrayList<>();
      while (count(bars, "SPY") < 4 || count(bars, "IBM") < 3 || count(bars, "BAC") < 3) {
        bars.add(client.item("CHART_EQUITY"));
      }
      List<JsonNode> spy = of(bars, "SPY");
      // The stale one, a provisional one, and the same minute again with all of its volume.
      assertThat(spy.get(2).path("7")).isEqualTo(spy.get(1).path("7"));
      assertThat(spy.get(2).path("6").asDouble()).isGreaterThan(spy.get(1).path("6").asDouble());
      assertThat(spy.get(2).path("seq").asLong()).isEqualTo(spy.get(1).path("seq").asLong() + 1);
      assertThat(of(bars, "IBM"))
          .anySatisfy(
              bar ->
                  assertThat(bar.path("6").decimalValue().stripTrailingZeros().scale())
                      .isPositive());
      List<JsonNode> bac = of(bars, "BAC");
      assertThat(bac.get(1).path("1").asInt()).isGreaterThan(bac.get(0).path("1").asInt() + 1);
      assertThat(bac.get(2).path("1").asInt()).isEqualTo(bac.get(1).path("1").asInt() + 1);
    } finally {
      server.speed(60);
    }
  }

  private static List<JsonNode> of(List<JsonNode> bars, String key) {
    return bars.stream().filter(bar -> bar.path("key").asString().equals(key)).toList();
  }

  private static int count(List<JsonNode> bars, String key) {
    return of(bars, key).size();
  }

  /** A limit order far below the market: it goes to work and stays there. */
  private static void placeOrder(TestClient client) {
    int status =
        client
            .send(
                "POST",
                "/trader/v1/accounts/" + Account.HASH + "/orders",
                "{\"session\":\"NORMAL\",\"duration\":\"DAY\",\"orderStrategyType\":\"SINGLE\","
                    + "\"orderType\":\"LIMIT\",\"price\":\"1.00\",\"orderLegCollection\":[{"
                    + "\"instruction\":\"BUY\",\"quantity\":1,\"instrument\":{"
                    + "\"symbol\":\"IBM\",\"assetType\":\"EQUITY\"}}]}")
            .statusCode();
    assertThat(status).isEqualTo(201);
  }

  private static JsonNode activity(TestClient client, String type) {
    JsonNode item = client.item("ACCT_ACTIVITY");
    while (!item.path("2").asString("").equals(type)) {
      item = client.item("ACCT_ACTIVITY");
    }
    return item;
  }

  private static JsonNode follow(TestClient client) {
    client.command("ACCT_ACTIVITY", "SUBS", "me", "0,1,2,3");
    return isSubscription(activity(client, "SUBSCRIBED"));
  }

  private static JsonNode isSubscription(JsonNode first) {
    assertThat(first.propertyNames()).containsExactly("seq", "key", "1", "2", "3");
    assertThat(first.path("2").asString()).isEqualTo("SUBSCRIBED");
    assertThat(first.path("seq").asInt(-1)).isZero();
    assertThat(first.path("1").asString("-")).isEmpty();
    return first;
  }

  @Test
  void accountEventsComeTwiceAndBesidesOthers() {
    try (TestClient client = new TestClient(server).login()) {
      follow(client);
      for (Dial dial :
          List.of(
              Dial.ACTIVITY_SUBSCRIBED_AGAIN,
              Dial.ACTIVITY_PLAIN_NOTICE,
              Dial.ACTIVITY_UNKNOWN_TYPE,
              Dial.ACTIVITY_DUPLICATED)) {
        dials.set(dial, FaultRule.times(1).on("OrderCreated"));
      }
      placeOrder(client);
      assertThat(client.item("ACCT_ACTIVITY").path("2").asString()).isEqualTo("SUBSCRIBED");
      JsonNode notice = client.item("ACCT_ACTIVITY");
      assertThat(notice.path("2").asString("-")).isEmpty();
      assertThat(notice.path("3").asString()).contains("not supported");
      JsonNode unknown = client.item("ACCT_ACTIVITY");
      JsonNode created = client.item("ACCT_ACTIVITY");
      JsonNode again = client.item("ACCT_ACTIVITY");
      assertThat(created.path("2").asString()).isEqualTo("OrderCreated");
      JsonNode payload = TestClient.JSON.readTree(unknown.path("3").asString());
      assertThat(payload.path("BaseEvent").path("EventType").asString())
          .isEqualTo(unknown.path("2").asString());
      assertThat(payload.path("SchwabOrderID"))
          .isEqualTo(TestClient.JSON.readTree(created.path("3").asString()).path("SchwabOrderID"));
      assertThat(again.path("3")).isEqualTo(created.path("3"));
      assertThat(again.path("seq").asInt()).isEqualTo(created.path("seq").asInt() + 1).isEqualTo(5);
    }
  }

  @Test
  void accountEventsAreLostOvertakenLateOrUnreadable() {
    try (TestClient client = new TestClient(server).login()) {
      follow(client);
      dials.set(Dial.ACTIVITY_DROPPED, FaultRule.times(1).on("OrderCreated"));
      dials.set(
          Dial.ACTIVITY_DELAYED, FaultRule.times(1).on("OrderAccepted").with("delay_ms", 500));
      placeOrder(client);
      JsonNode first = client.item("ACCT_ACTIVITY");
      assertThat(first.path("2").asString()).isNotIn("OrderCreated", "OrderAccepted");
      activity(client, "OrderAccepted");
      dials.set(Dial.ACTIVITY_REORDERED, FaultRule.times(1).on("OrderCreated"));
      dials.set(Dial.ACTIVITY_GARBLED, FaultRule.times(1).on("OrderAccepted"));
      placeOrder(client);
      JsonNode accepted = activity(client, "OrderAccepted");
      assertThat(accepted.path("3").asString()).startsWith("{").doesNotEndWith("}");
      assertThat(client.item("ACCT_ACTIVITY").path("2").asString()).isEqualTo("OrderCreated");
    }
  }

  @Test
  void aNewSubscriptionReplaysEventsOrStaysSilent() {
    try (TestClient client = new TestClient(server).login()) {
      follow(client);
      placeOrder(client);
      JsonNode created = activity(client, "OrderCreated");
      dials.set(Dial.ACTIVITY_REPLAYED, FaultRule.times(1));
      follow(client);
      JsonNode replayed = client.item("ACCT_ACTIVITY");
      while (!replayed.path("3").equals(created.path("3"))) {
        replayed = client.item("ACCT_ACTIVITY");
      }
      assertThat(replayed.path("seq").asInt()).isPositive();
      dials.clear();
      dials.set(Dial.ACTIVITY_SILENT, FaultRule.times(1));
      follow(client);
      placeOrder(client);
      awaitMarket(30);
      // The next subscription's first event comes after all that the silent one was owed.
      client.command("ACCT_ACTIVITY", "SUBS", "me", "0,1,2,3");
      isSubscription(client.item("ACCT_ACTIVITY"));
    }
  }
}
