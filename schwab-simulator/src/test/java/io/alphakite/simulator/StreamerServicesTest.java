package io.alphakite.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.simulator.recording.RecordingReader;
import io.alphakite.simulator.recording.Recordings;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The streamer's services and commands in the forms that the reference gives. */
@Timeout(90)
class StreamerServicesTest {
  private static final LocalDate FIRST = LocalDate.of(2013, 10, 7);
  private static final long MIDNIGHT = Instant.parse("2013-10-07T04:00:00Z").toEpochMilli();
  private static final int DAY_START = 34_190_000;

  /** The usual choices, and the other one of each. */
  private static final SimulatorServer server = Servers.start("KITE_REPLAY_SPEED", "120");

  private static final SimulatorServer other =
      Servers.start(
          "SIMULATOR_KICK", "stop",
          "SIMULATOR_SIZE_UNIT", "lots",
          "SIMULATOR_CHART_LAYOUT", "documented",
          "SIMULATOR_SUCCESS_CODE", "named",
          "SIMULATOR_SYMBOL_LIMIT", "2",
          "SIMULATOR_CHART_SYMBOL_LIMIT", "1");

  static {
    other.paused(true);
  }

  /** Its clock runs only while a test needs it, so that all see the first session. */
  private static TestClient running() {
    server.paused(false);
    return new TestClient(server).login();
  }

  @AfterEach
  void hold() {
    server.paused(true);
  }

  @AfterAll
  static void stop() {
    server.close();
    other.close();
  }

  private static int code(JsonNode response) {
    return response.path("content").path("code").asInt(-1);
  }

  /** Open, high, low, close in ten-thousandths and volume. */
  private record Bar(long open, long high, long low, long close, long volume) {}

  /** A recorded day's bars by minute of the day, of the prints before a time. */
  private static Map<Integer, Bar> bars(String ticker, int until) throws Exception {
    Map<Integer, Bar> bars = new HashMap<>();
    try (RecordingReader reader = Recordings.bundled().open(FIRST, ticker)) {
      while (reader.next() && reader.millisOfDay() < until) {
        if (reader.kind() == RecordingReader.Kind.QUOTE) {
          continue;
        }
        // A print at an average price counts as volume only.
        boolean counts = reader.kind() == RecordingReader.Kind.PRINT;
        long price = counts ? reader.printPriceE4() : Long.MIN_VALUE;
        Bar print = new Bar(price, price, price, price, reader.printSize());
        bars.merge(
            reader.millisOfDay() / 60_000,
            print,
            (bar, next) ->
                next.open == Long.MIN_VALUE
                    ? new Bar(bar.open, bar.high, bar.low, bar.close, bar.volume + next.volume)
                    : new Bar(
                        bar.open == Long.MIN_VALUE ? next.open : bar.open,
                        Math.max(bar.high, next.high),
                        bar.low == Long.MIN_VALUE ? next.low : Math.min(bar.low, next.low),
                        next.close,
                        bar.volume + next.volume));
      }
    }
    return bars;
  }

  private static long e4(JsonNode value) {
    return value.decimalValue().movePointRight(4).longValueExact();
  }

  @Test
  void barsComeSecondsAfterTheirMinuteInTheLayoutOfCapturesAndTheLastOneAtOnce() throws Exception {
    Map<Integer, Bar> recorded = bars("IBM", 16 * 3_600_000);
    try (TestClient client = running()) {
      assertThat(code(client.command("CHART_EQUITY", "SUBS", "IBM", "0,1,2,3,4,5,6,7,8"))).isZero();
      client.subscribe("IBM", "0,8");
      long before = 0;
      for (int i = 0; i < 4; i++) {
        JsonNode frame = client.await(f -> f.path("data").toString().contains("CHART_EQUITY"));
        for (JsonNode data : frame.path("data")) {
          if (!data.path("service").asString().equals("CHART_EQUITY")) {
            continue;
          }
          for (JsonNode bar : data.path("content")) {
            assertThat(bar.propertyNames())
                .containsExactly("seq", "key", "1", "2", "3", "4", "5", "6", "7", "8");
            int minute = (int) ((bar.path("7").asLong() - MIDNIGHT) / 60_000);
            Bar expected = recorded.get(minute);
            assertThat(expected).isNotNull();
            assertThat(bar.path("1").asInt()).isEqualTo(minute - 7 * 60);
            assertThat(
                    new Bar(
                        e4(bar.path("2")),
                        e4(bar.path("3")),
                        e4(bar.path("4")),
                        e4(bar.path("5")),
                        bar.path("6").asLong()))
                .isEqualTo(expected);
            assertThat(bar.path("6").isIntegralNumber()).isFalse();
            assertThat(bar.path("8").asLong()).isEqualTo(FIRST.toEpochDay());
            assertThat(bar.path("7").asLong()).isGreaterThan(before);
            before = bar.path("7").asLong();
            assertThat(data.path("timestamp").asLong()).isGreaterThan(before + 62_000);
          }
        }
      }
    }
  }

  @Test
  void barsMayBeLaidOutAsTheGuideSays() throws Exception {
    try (TestClient client = new TestClient(other).login()) {
      JsonNode answer = client.command("CHART_EQUITY", "SUBS", "IBM", "0,1,2,3,4,5,6,7,8");
      assertThat(code(answer)).isEqualTo(26);
      JsonNode bar = client.item("CHART_EQUITY");
      int minute = (int) ((bar.path("7").asLong() - MIDNIGHT) / 60_000);
      Bar expected = bars("IBM", DAY_START).get(minute);
      assertThat(expected).isNotNull();
      assertThat(
              new Bar(
                  e4(bar.path("1")),
                  e4(bar.path("2")),
                  e4(bar.path("3")),
                  e4(bar.path("4")),
                  bar.path("5").asLong()))
          .isEqualTo(expected);
      assertThat(bar.path("6").asInt()).isEqualTo(minute - 7 * 60);
    }
  }

  @ParameterizedTest
  @CsvSource({"NYSE_BOOK,IBM", "NYSE_BOOK,SPY", "NASDAQ_BOOK,SPY"})
  void aBookShowsTheNationalBestAsItsOnlyLevel(String service, String ticker) throws Exception {
    long bid = 0;
    long bidSize = 0;
    int bidMillis = 0;
    try (RecordingReader reader = Recordings.bundled().open(FIRST, ticker)) {
      while (reader.next() && reader.millisOfDay() <= DAY_START) {
        if (reader.bidE4() != bid || reader.bidSize() != bidSize) {
          bid = reader.bidE4();
          bidSize = reader.bidSize();
          bidMillis = reader.millisOfDay();
        }
      }
    }
    try (TestClient client = new TestClient(other).login()) {
      client.command(service, "SUBS", ticker, "0,1,2,3");
      JsonNode book = client.item(service);
      assertThat(book.propertyNames()).containsExactly("key", "1", "2", "3");
      assertThat(book.path("1").asLong()).isEqualTo(MIDNIGHT + DAY_START);
      JsonNode level = book.path("2").path(0);
      assertThat(e4(level.path("0"))).isEqualTo(bid);
      assertThat(level.path("1").asLong()).isEqualTo(bidSize);
      assertThat(level.path("2").asInt()).isEqualTo(1);
      assertThat(level.path("3").path(0).path("1").asLong()).isEqualTo(bidSize);
      assertThat(level.path("3").path(0).path("2").asInt()).isEqualTo(bidMillis);
      assertThat(book.path("3").size()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"LEVELONE_FUTURES", "LEVELONE_FUTURES_OPTIONS", "LEVELONE_FOREX", "CHART_FUTURES"})
  void servicesWithoutDataTakeSymbols(String service) {
    try (TestClient client = new TestClient(other).login()) {
      assertThat(code(client.command(service, "SUBS", "/ESZ26", "0,1,2"))).isEqualTo(26);
      assertThat(code(client.command(service, "ADD", "/NQZ26", "0,1,2")))
          .isEqualTo(service.startsWith("CHART") ? 19 : 28);
      assertThat(code(client.request(service, "VIEW", "{\"fields\":\"0,1\"}"))).isEqualTo(29);
      assertThat(code(client.request(service, "UNSUBS", "{\"keys\":\"/ESZ26\"}"))).isEqualTo(27);
    }
  }

  @Test
  void symbolsBeyondTheLimitAreDiscardedAndTheRestWorks() {
    try (TestClient client = new TestClient(other).login()) {
      JsonNode answer = client.subscribe("IBM,BAC,SPY", "0,3");
      assertThat(code(answer)).isEqualTo(19);
      assertThat(answer.path("content").path("msg").asString()).contains("2").contains("1 symbol");
      List<String> images = new ArrayList<>();
      images.add(client.item("LEVELONE_EQUITIES").path("key").asString());
      images.add(client.item("LEVELONE_EQUITIES").path("key").asString());
      assertThat(images).containsExactly("IBM", "BAC");
      // What is there already takes no new room.
      assertThat(code(client.command("LEVELONE_EQUITIES", "ADD", "BAC", "0,3"))).isEqualTo(28);
      assertThat(code(client.command("LEVELONE_EQUITIES", "ADD", "SPY", "0,3"))).isEqualTo(19);
    }
  }

  @Test
  void sizesMayBeLots() {
    String fields = "0,1,2,4,5,9,30";
    try (TestClient lots = new TestClient(other).login();
        SimulatorServer shares = Servers.start();
        TestClient usual = new TestClient(shares).login()) {
      lots.subscribe("SPY", fields);
      shares.paused(true);
      usual.subscribe("SPY", fields);
      JsonNode hundreds = lots.item("LEVELONE_EQUITIES");
      JsonNode ones = usual.item("LEVELONE_EQUITIES");
      for (String size : List.of("4", "5")) {
        assertThat(ones.path(size).asLong()).as(size).isPositive();
        assertThat(hundreds.path(size).asLong()).isEqualTo(ones.path(size).asLong() / 100);
      }
      assertThat(hundreds.path("9")).isEqualTo(ones.path("9"));
      assertThat(hundreds.path("1")).isEqualTo(ones.path("1"));
    }
  }

  @Test
  void aDisplacedConnectionMayBeToldCode30() {
    try (TestClient older = new TestClient(other).login();
        TestClient newer = new TestClient(other)) {
      newer.login();
      JsonNode notice = older.await(f -> f.path("notify").path(0).has("content"));
      assertThat(notice.path("notify").path(0).path("content").path("code").asInt()).isEqualTo(30);
      assertThat(older.awaitClose()).isEqualTo(1000);
    }
  }

  @Test
  void requestsOfOneFrameAreAnsweredOneByOneInTheReferencesMemberOrder() {
    String head = ",\"SchwabClientCustomerId\":\"simulator-customer\",\"SchwabClientCorrelId\":";
    try (TestClient client = new TestClient(other).login()) {
      client.sendText(
          "{\"requests\":["
              + "{\"service\":\"LEVELONE_EQUITIES\",\"requestid\":71,\"command\":\"SUBS\""
              + head
              + "\"first\",\"parameters\":{\"keys\":\"IBM\",\"fields\":\"0,3\"}},"
              + "{\"service\":\"TIMESALE_EQUITY\",\"requestid\":\"72\",\"command\":\"SUBS\""
              + head
              + "\"second\",\"parameters\":{\"keys\":\"IBM\",\"fields\":\"0,3\"}}]}");
      JsonNode first = response(client);
      assertThat(first.propertyNames())
          .containsExactly(
              "service", "command", "requestid", "SchwabClientCorrelId", "timestamp", "content");
      assertThat(first.path("requestid").isString()).isTrue();
      assertThat(first.path("requestid").asString()).isEqualTo("71");
      assertThat(first.path("SchwabClientCorrelId").asString()).isEqualTo("first");
      assertThat(first.path("content").propertyNames()).containsExactly("code", "msg");
      JsonNode data = client.await(frame -> frame.has("data")).path("data").path(0);
      assertThat(data.propertyNames())
          .containsExactly("service", "timestamp", "command", "content");
      assertThat(data.path("content").path(0).propertyNames())
          .containsExactly("key", "delayed", "assetMainType", "assetSubType", "cusip", "3");
      JsonNode second = response(client);
      assertThat(second.path("requestid").asString()).isEqualTo("72");
      assertThat(code(second)).isEqualTo(11);
      // A request on its own, without the array, is in the guide too.
      client.sendText(
          "{\"service\":\"LEVELONE_EQUITIES\",\"requestid\":73,\"command\":\"UNSUBS\""
              + head
              + "\"third\",\"parameters\":{\"keys\":\"IBM\"}}");
      assertThat(code(response(client))).isEqualTo(27);
      client.sendText("{\"requests\":");
      assertThat(code(response(client))).isEqualTo(21);
    }
  }

  /** The next answer; a heartbeat may come before it. */
  private static JsonNode response(TestClient client) {
    return client.await(frame -> frame.has("response")).path("response").path(0);
  }

  @Test
  void anOptionsImageHasTheGuidesNumbersAndThenOnlyWhatChanges() {
    String key = "SPY   131018C00168000";
    String fields = String.join(",", IntStream.range(0, 56).mapToObj(Integer::toString).toList());
    try (TestClient client = running()) {
      client.subscribe("SPY", "0,8");
      assertThat(code(client.command("LEVELONE_OPTIONS", "SUBS", key, fields))).isZero();
      JsonNode image = client.item("LEVELONE_OPTIONS");
      assertThat(image.path("key").asString()).isEqualTo(key);
      assertThat(image.path("assetMainType").asString()).isEqualTo("OPTION");
      assertThat(image.path("delayed").asBoolean(true)).isFalse();
      Map<String, String> texts =
          Map.of(
              "1", "SPY 10/18/2013 168.00 C",
              "21", "C",
              "22", "SPY",
              "24", "100 SPY",
              "33", "Normal",
              "41", "OPR",
              "43", "P",
              "49", "SPY",
              "55", "A");
      texts.forEach(
          (field, text) -> assertThat(image.path(field).asString()).as(field).isEqualTo(text));
      Map<String, String> numbers =
          Map.of("12", "2013", "13", "100", "20", "168", "23", "10", "26", "18");
      numbers.forEach(
          (field, number) ->
              assertThat(image.path(field).decimalValue()).as(field).isEqualByComparingTo(number));
      long days = image.path("27").asLong();
      assertThat(days).isBetween(1L, 11L);
      assertThat(image.path("2").asDouble())
          .isPositive()
          .isLessThanOrEqualTo(image.path("34").asDouble());
      assertThat(image.path("3").asDouble()).isGreaterThanOrEqualTo(image.path("34").asDouble());
      assertThat(image.path("28").asDouble()).isBetween(0.1, 0.9);
      assertThat(image.path("30").asDouble()).isNegative();
      assertThat(image.path("10").asDouble()).isBetween(5.0, 80.0);
      assertThat(image.path("35").asDouble()).isBetween(160.0, 175.0);
      JsonNode change = client.item("LEVELONE_OPTIONS");
      assertThat(change.path("key").asString()).isEqualTo(key);
      assertThat(change.propertyNames())
          .doesNotContain("delayed", "assetMainType", "cusip", "1", "12", "20", "21", "55");
      assertThat(change.size()).isGreaterThan(1);
    }
  }

  @Test
  void optionsWithoutAMarketHaveSentinelsAndUnlistedOnesAreSilent() {
    // One in eight contracts far from the money has no market maker.
    String keys =
        IntStream.range(120, 145)
            .mapToObj(strike -> String.format("SPY   131018C%05d000", strike))
            .collect(Collectors.joining(","));
    try (TestClient client = running()) {
      String fields = "0,2,3,10,28,29,30,31,32,33,38";
      client.command("LEVELONE_OPTIONS", "SUBS", "SPY   131019C00168000," + keys, fields);
      JsonNode image = client.item("LEVELONE_OPTIONS");
      while (!image.path("33").asString().equals("Unknown")) {
        assertThat(image.path("key").asString()).isNotEqualTo("SPY   131019C00168000");
        image = client.item("LEVELONE_OPTIONS");
      }
      for (String field : List.of("10", "28", "29", "30", "31", "32")) {
        assertThat(image.path(field).asDouble()).as(field).isEqualTo(-999);
      }
      assertThat(image.path("38").asLong(-1)).isZero();
      client.command("OPTIONS_BOOK", "SUBS", "SPY   131018C00168000", "0,1,2,3");
      JsonNode book = client.item("OPTIONS_BOOK");
      assertThat(book.propertyNames()).containsExactly("key", "1", "2", "3");
      assertThat(book.path("2").path(0).path("0").asDouble())
          .isPositive()
          .isLessThan(book.path("3").path(0).path("0").asDouble());
    }
  }

  @Test
  void aSharesImageHasEveryFieldOfTheGuide() {
    String fields = String.join(",", IntStream.range(0, 52).mapToObj(Integer::toString).toList());
    try (SimulatorServer fresh = Servers.start("SIMULATOR_DAY_START", "10:00:00");
        TestClient client = new TestClient(fresh).login()) {
      client.subscribe("IBM", fields);
      JsonNode image = client.item("LEVELONE_EQUITIES");
      for (int field = 1; field < 52; field++) {
        assertThat(image.has(Integer.toString(field))).as("field " + field).isTrue();
      }
      for (String character : List.of("6", "7", "13", "16")) {
        assertThat(image.path(character).asString()).hasSize(1);
      }
      for (String mic : List.of("39", "40", "41")) {
        assertThat(image.path(mic).asString()).hasSize(4);
      }
      for (String flag : List.of("14", "27", "28")) {
        assertThat(image.path(flag).isBoolean()).isTrue();
      }
      assertThat(image.path("18").decimalValue())
          .isEqualByComparingTo(
              image.path("3").decimalValue().subtract(image.path("12").decimalValue()));
      assertThat(image.path("19").asDouble()).isGreaterThanOrEqualTo(image.path("20").asDouble());
    }
  }

  @Test
  void theIndexFollowsItsFundWithoutBidAndAsk() {
    try (TestClient client = new TestClient(other).login()) {
      client.subscribe("SPY,$SPX", "0,1,2,3,8,13,18,42");
      JsonNode fund = client.item("LEVELONE_EQUITIES");
      JsonNode index = client.item("LEVELONE_EQUITIES");
      assertThat(index.path("key").asString()).isEqualTo("$SPX");
      assertThat(index.path("assetMainType").asString()).isEqualTo("INDEX");
      assertThat(index.propertyNames()).doesNotContain("1", "2");
      assertThat(index.path("8").asLong(-1)).isZero();
      assertThat(index.path("13").asString()).isEqualTo("0");
      assertThat(index.path("3").decimalValue())
          .isEqualByComparingTo(fund.path("3").decimalValue().movePointRight(1));
      assertThat(index.path("42")).isEqualTo(fund.path("42"));
    }
  }

  @Test
  void screenersListTheMostActive() {
    try (TestClient client = new TestClient(other).login()) {
      client.command("SCREENER_EQUITY", "SUBS", "EQUITY_ALL_VOLUME_0,NOPE_VOLUME_0", "0,1,2,3,4");
      JsonNode screen = client.item("SCREENER_EQUITY");
      assertThat(screen.propertyNames()).containsExactly("key", "1", "2", "3", "4");
      assertThat(screen.path("key").asString()).isEqualTo("EQUITY_ALL_VOLUME_0");
      assertThat(screen.path("1").asLong()).isEqualTo(MIDNIGHT + DAY_START);
      assertThat(screen.path("2").asString()).isEqualTo("VOLUME");
      assertThat(screen.path("3").asInt(-1)).isZero();
      JsonNode items = screen.path("4");
      assertThat(items.size()).isEqualTo(3);
      assertThat(items.path(0).propertyNames())
          .containsExactly(
              "symbol",
              "description",
              "lastPrice",
              "netChange",
              "netPercentChange",
              "marketShare",
              "totalVolume",
              "volume",
              "trades");
      assertThat(items.path(0).path("volume").asLong())
          .isGreaterThanOrEqualTo(items.path(1).path("volume").asLong());
      double shares = 0;
      for (JsonNode item : items) {
        shares += item.path("marketShare").asDouble();
      }
      assertThat(shares).isBetween(99.9, 100.1);
    }
    try (TestClient client = running()) {
      client.subscribe("SPY", "0,8");
      client.command("SCREENER_OPTION", "SUBS", "OPTION_CALL_TRADES_0", "0,1,2,3,4");
      JsonNode screen = client.item("SCREENER_OPTION");
      for (JsonNode item : screen.path("4")) {
        assertThat(item.path("symbol").asString()).hasSize(21).matches(".{12}C.*");
      }
    }
  }
}
