package io.alphakite.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.simulator.auth.Tokens;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.recording.RecordingReader;
import io.alphakite.simulator.recording.Recordings;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The streamer over a real socket. */
@Timeout(60)
class StreamerTest {
  private static final LocalDate FIRST = LocalDate.of(2013, 10, 7);
  private static final int DAY_START = 34_190_000;

  /** Level-one items of one ticker in a frame. */
  private static List<JsonNode> items(JsonNode frame, String key) {
    List<JsonNode> items = new ArrayList<>();
    for (JsonNode data : frame.path("data")) {
      if (data.path("service").asString().equals("LEVELONE_EQUITIES")) {
        for (JsonNode item : data.path("content")) {
          if (item.path("key").asString().equals(key)) {
            items.add(item);
          }
        }
      }
    }
    return items;
  }

  private static int code(JsonNode response) {
    return response.path("content").path("code").asInt(-1);
  }

  private static long midnight(LocalDate date) {
    return Instant.parse(date + "T04:00:00Z").toEpochMilli();
  }

  @Test
  void asksForLoginFirstAndChecksTheToken() {
    try (SimulatorServer server = Servers.start();
        TestClient client = new TestClient(server).connect()) {
      assertThat(code(client.subscribe("SPY", "0,1,2,3"))).isEqualTo(20);
      assertThat(code(client.loginAnswer("I0.bm8.bm8@"))).isEqualTo(3);
      assertThat(client.awaitClose()).isEqualTo(1000);
    }
  }

  @Test
  void marketWaitsForTheFirstSubscriberAndTheImageHoldsThePreMarket() throws Exception {
    try (SimulatorServer server = Servers.start();
        TestClient client = new TestClient(server).login()) {
      assertThat(server.replay().waitingForSubscriber()).isTrue();
      assertThat(server.marketTime()).isEqualTo(Instant.parse("2013-10-07T13:29:50Z"));
      assertThat(code(client.subscribe("SPY,NOPE", "0,1,2,3,4,5,8,9,15,34,35"))).isZero();
      JsonNode image = items(client.next(), "SPY").getFirst();
      long volume = 0;
      long last = 0;
      long bid = 0;
      try (RecordingReader reader = Recordings.bundled().open(FIRST, "SPY")) {
        while (reader.next() && reader.millisOfDay() <= DAY_START) {
          volume += reader.kind() == RecordingReader.Kind.QUOTE ? 0 : reader.printSize();
          last = reader.kind() == RecordingReader.Kind.PRINT ? reader.printPriceE4() : last;
          bid = reader.bidE4();
        }
      }
      assertThat(image.path("8").asLong()).isEqualTo(volume).isPositive();
      assertThat(image.path("3").decimalValue()).isEqualByComparingTo(BigDecimal.valueOf(last, 4));
      assertThat(image.path("1").decimalValue()).isEqualByComparingTo(BigDecimal.valueOf(bid, 4));
      assertThat(image.path("delayed").asBoolean(true)).isFalse();
      assertThat(image.path("assetMainType").asString()).isEqualTo("EQUITY");
      assertThat(image.path("15").asString()).contains("SPDR");
      assertThat(image.has("12")).as("not asked for").isFalse();
    }
  }

  @Test
  void everyEligiblePrintGivesOneUpdateInTheRecordedOrder() throws Exception {
    try (SimulatorServer server =
            Servers.start(
                "KITE_REPLAY_SPEED", "1000",
                "SIMULATOR_DAY_END", "10:15:00",
                "SIMULATOR_STOP_AFTER_SESSIONS", "1");
        TestClient client = new TestClient(server).login()) {
      Tape tape = new Tape();
      client.subscribe("SPY,IBM,BAC", FIELDS);
      Map<String, List<Print>> expected = new HashMap<>();
      for (String ticker : List.of("SPY", "IBM", "BAC")) {
        expected.put(ticker, prints(ticker, FIRST, DAY_START, 36_900_000));
      }
      tape.readUntil(
          client, () -> tape.count() >= expected.values().stream().mapToInt(List::size).sum() + 3);
      expected.forEach(
          (ticker, prints) ->
              assertThat(tape.prints(ticker).subList(1, tape.prints(ticker).size()))
                  .as(ticker)
                  .isEqualTo(prints));
      assertThat(expected.get("SPY")).hasSizeGreaterThan(20_000);
      assertThat(tape.largestFrame).isLessThanOrEqualTo(200);
    }
  }

  @Test
  void aQuoteChangeAloneSendsTheQuoteFieldsOnly() {
    try (SimulatorServer server = Servers.start();
        TestClient client = new TestClient(server).login()) {
      client.subscribe("BAC", FIELDS);
      client.next();
      Set<String> names = new HashSet<>();
      while (names.isEmpty()) {
        for (JsonNode item : items(client.next(), "BAC")) {
          if (!item.has("8") && names.isEmpty()) {
            names.addAll(item.propertyNames());
          }
        }
      }
      assertThat(names).contains("key", "34").isSubsetOf("key", "1", "2", "4", "5", "34");
    }
  }

  @Test
  void nextSessionBeginsWithItsOwnPreMarketAndAnUnrecordedTickerStaysSilent() throws Exception {
    try (SimulatorServer server =
            Servers.start(
                "KITE_REPLAY_SPEED", "1000",
                "SIMULATOR_DAY_END", "09:30:05",
                "SIMULATOR_STOP_AFTER_SESSIONS", "2");
        TestClient client = new TestClient(server).login()) {
      Tape tape = new Tape();
      client.subscribe("SPY,BAC", FIELDS);
      List<Print> second = prints("SPY", LocalDate.of(2013, 10, 8), DAY_START, 34_205_000);
      tape.readUntil(client, () -> tape.last("SPY").equals(second.getLast()));
      List<Print> first = prints("SPY", FIRST, DAY_START, 34_205_000);
      List<Print> seen = tape.prints("SPY");
      int turn = 1 + first.size();
      assertThat(seen.subList(1, turn)).isEqualTo(first);
      assertThat(seen.get(turn).volume()).isLessThan(seen.get(turn - 1).volume());
      assertThat(seen.get(turn).time())
          .isBetween(midnight(FIRST.plusDays(1)), midnight(FIRST.plusDays(1)) + DAY_START);
      assertThat(seen.subList(turn + 1, seen.size())).isEqualTo(second);
      assertThat(tape.last("BAC").time()).isLessThan(midnight(FIRST.plusDays(1)));
    }
  }

  @Test
  void conflationGivesOneItemPerTickerAndBatch() throws Exception {
    try (SimulatorServer server =
            Servers.start(
                "KITE_REPLAY_SPEED", "1000",
                "SIMULATOR_CONFLATE_MS", "1000",
                "SIMULATOR_DAY_END", "09:45:00",
                "SIMULATOR_STOP_AFTER_SESSIONS", "1");
        TestClient client = new TestClient(server).login()) {
      Tape tape = new Tape();
      client.subscribe("SPY", FIELDS);
      List<Print> prints = prints("SPY", FIRST, DAY_START, 35_100_000);
      tape.readUntil(client, () -> tape.last("SPY").equals(prints.getLast()));
      assertThat(tape.prints("SPY")).hasSizeBetween(700, 912);
      assertThat(prints).hasSizeGreaterThan(5000);
    }
  }

  @Test
  void aNewerLoginDisplacesTheOlderOne() {
    try (SimulatorServer server = Servers.start();
        TestClient older = new TestClient(server).login();
        TestClient newer = new TestClient(server)) {
      older.subscribe("SPY", FIELDS);
      newer.login();
      JsonNode notice =
          older.await(frame -> frame.path("notify").path(0).path("content").has("code"));
      assertThat(notice.path("notify").path(0).path("content").path("code").asInt()).isEqualTo(12);
      assertThat(older.awaitClose()).isEqualTo(1000);
      assertThat(code(newer.subscribe("SPY", FIELDS))).isZero();
    }
  }

  @Test
  @Tag("long")
  void heartbeatsComeAndAnEmptyConnectionIsEnded() {
    try (SimulatorServer server = Servers.start("SIMULATOR_EMPTY_SECONDS", "11");
        TestClient client = new TestClient(server).login()) {
      JsonNode heartbeat = client.next();
      assertThat(heartbeat.path("notify").path(0).path("heartbeat").asString()).matches("\\d{13}");
      // A login long after the start is followed by a second heartbeat first.
      JsonNode end =
          client.await(frame -> frame.path("notify").path(0).path("content").has("code"));
      assertThat(end.path("notify").path(0).path("content").path("code").asInt()).isEqualTo(30);
      assertThat(client.awaitClose()).isEqualTo(1000);
    }
  }

  @Test
  void addUnsubsViewAndUnknownServicesAnswerAsTheGuideSays() {
    try (SimulatorServer server = Servers.start("SIMULATOR_WAIT_FOR_SUBSCRIBER", "true");
        TestClient client = new TestClient(server).login()) {
      assertThat(
              code(
                  client.request(
                      "LEVELONE_EQUITIES", "ADD", "{\"keys\":\"IBM\",\"fields\":\"0,3,8\"}")))
          .isZero();
      server.paused(true);
      JsonNode image = items(client.next(), "IBM").getFirst();
      assertThat(image.propertyNames()).contains("3", "8").doesNotContain("1");
      assertThat(code(client.request("LEVELONE_EQUITIES", "VIEW", "{\"fields\":\"0,1,2\"}")))
          .isZero();
      assertThat(code(client.request("LEVELONE_EQUITIES", "UNSUBS", "{\"keys\":\"IBM\"}")))
          .isZero();
      assertThat(code(client.request("LEVELONE_EQUITIES", "SUBS", "{\"keys\":\"IBM\"}")))
          .isEqualTo(21);
      assertThat(
              code(
                  client.request("TIMESALE_EQUITY", "SUBS", "{\"keys\":\"IBM\",\"fields\":\"0\"}")))
          .isEqualTo(11);
      assertThat(
              code(
                  client.request(
                      "ACCT_ACTIVITY", "ADD", "{\"keys\":\"me\",\"fields\":\"0,1,2,3\"}")))
          .isEqualTo(24);
      assertThat(
              code(
                  client.request(
                      "ACCT_ACTIVITY", "SUBS", "{\"keys\":\"me\",\"fields\":\"0,1,2,3\"}")))
          .isZero();
      JsonNode first =
          client
              .await(frame -> frame.toString().contains("ACCT_ACTIVITY"))
              .path("data")
              .path(0)
              .path("content")
              .path(0);
      assertThat(first.path("seq").asInt(-1)).isZero();
      assertThat(first.path("2").asString()).isEqualTo("SUBSCRIBED");
    }
  }

  @Test
  void theMarketWaitsForAClientThatDoesNotReadAndLosesNothing() throws Exception {
    try (SimulatorServer server =
            Servers.start(
                "KITE_REPLAY_SPEED", "1000",
                "SIMULATOR_DAY_END", "11:30:00",
                "SIMULATOR_STOP_AFTER_SESSIONS", "1");
        TestClient client = new TestClient(server).login()) {
      Tape tape = new Tape();
      client.subscribe("SPY,IBM,BAC", FIELDS);
      client.reading(false);
      // The market runs on until every buffer on the way is full, and then stands still.
      Instant stood = awaitStandstill(server);
      assertThat(server.replay().stopped()).isFalse();
      assertThat(stood).isBefore(Instant.parse("2013-10-07T15:30:00Z"));
      client.reading(true);
      List<Print> prints = prints("SPY", FIRST, DAY_START, 41_400_000);
      tape.readUntil(client, () -> tape.last("SPY").equals(prints.getLast()));
      assertThat(tape.prints("SPY").subList(1, prints.size() + 1)).isEqualTo(prints);
    }
  }

  private static Instant awaitStandstill(SimulatorServer server) throws InterruptedException {
    Instant before = Instant.MIN;
    for (int round = 0; round < 60; round++) {
      // Not a wait for a result: the observation itself needs time to pass.
      TimeUnit.MILLISECONDS.sleep(500);
      Instant now = server.marketTime();
      if (now.equals(before)) {
        return now;
      }
      before = now;
    }
    throw new AssertionError("the market did not stop");
  }

  @Test
  @Tag("long")
  void aClientThatNeverReadsIsCutOffAndTheMarketGoesOn() {
    try (SimulatorServer server =
            Servers.start(
                "KITE_REPLAY_SPEED", "1000",
                "SIMULATOR_DAY_END", "12:00:00",
                "SIMULATOR_STALL_SECONDS", "1",
                "SIMULATOR_STOP_AFTER_SESSIONS", "1");
        TestClient client = new TestClient(server).login()) {
      client.subscribe("SPY,IBM,BAC", FIELDS);
      client.reading(false);
      long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
      while (!server.replay().stopped() && System.nanoTime() < end) {
        LockSupport.parkNanos(10_000_000);
      }
      assertThat(server.replay().stopped()).isTrue();
      assertThat(client.get("/control/replay").path("logged_in").asBoolean(true)).isFalse();
    }
  }

  @Test
  void timeGoesOnFromItsExactPlaceAfterAStop(@TempDir Path state) throws Exception {
    Print lastSeen;
    Instant lastTime;
    String[] settings = {"SIMULATOR_STATE_DIR", state.toString(), "KITE_REPLAY_SPEED", "200"};
    try (SimulatorServer server = Servers.start(settings);
        TestClient client = new TestClient(server).login()) {
      Tape tape = new Tape();
      client.subscribe("SPY", FIELDS);
      tape.readUntil(client, () -> tape.prints("SPY").size() > 3000);
      server.paused(true);
      // What was sent comes before the answer.
      client.request("LEVELONE_FUTURES", "UNSUBS", "{\"keys\":\"/ESZ26\"}");
      for (JsonNode frame = client.pollNow(); frame != null; frame = client.pollNow()) {
        tape.read(frame);
      }
      lastSeen = tape.last("SPY");
      lastTime = server.marketTime();
    }
    try (SimulatorServer server = Servers.start(settings);
        TestClient client = new TestClient(server).login()) {
      assertThat(server.marketTime()).isEqualTo(lastTime);
      Tape tape = new Tape();
      client.subscribe("SPY", FIELDS);
      tape.readUntil(client, () -> tape.prints("SPY").size() > 100);
      List<Print> prints = prints("SPY", FIRST, DAY_START, 50_000_000);
      int next = prints.indexOf(lastSeen);
      assertThat(tape.prints("SPY").subList(0, 100)).isEqualTo(prints.subList(next, next + 100));
    }
  }

  @Test
  void timeNeverGoesBackAfterAKill(@TempDir Path state) throws Exception {
    Tape tape = new Tape();
    Process process = null;
    int port = freePort();
    try {
      ProcessBuilder program =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  "io.alphakite.simulator.SchwabSimulator")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      program
          .environment()
          .putAll(
              Map.of(
                  "SIMULATOR_PORT", Integer.toString(port),
                  "SIMULATOR_STATE_DIR", state.toString(),
                  "KITE_REPLAY_SPEED", "300"));
      process = program.start();
      URI base = URI.create("http://127.0.0.1:" + port);
      awaitPort(port);
      String token =
          new Tokens(InstantSource.system(), null, null, false, new FaultDials(1, () -> 0))
              .login()
              .accessToken();
      try (TestClient client = new TestClient(base, token).login()) {
        client.subscribe("SPY", FIELDS);
        tape.readUntil(client, () -> tape.prints("SPY").size() > 3000);
        process.destroyForcibly().waitFor();
        tape.readUntilSilence(client);
      }
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
    Print last = tape.last("SPY");
    try (SimulatorServer server =
            Servers.start("SIMULATOR_STATE_DIR", state.toString(), "KITE_REPLAY_SPEED", "300");
        TestClient client = new TestClient(server).login()) {
      assertThat(server.marketTime().toEpochMilli())
          .isBetween(last.time(), last.time() + Duration.ofMinutes(5).toMillis());
      Tape after = new Tape();
      client.subscribe("SPY", FIELDS);
      after.readUntil(client, () -> after.prints("SPY").size() > 100);
      List<Print> prints = prints("SPY", FIRST, DAY_START, 50_000_000);
      int next = prints.indexOf(after.prints("SPY").getFirst());
      assertThat(next).isGreaterThanOrEqualTo(prints.indexOf(last));
      assertThat(after.prints("SPY").subList(0, 100)).isEqualTo(prints.subList(next, next + 100));
    }
  }

  /**
   * Below the ports that outgoing connections get: none of those takes it meanwhile, nor does a
   * dialing socket meet itself.
   */
  private static int freePort() throws IOException {
    Random random = new Random();
    for (int i = 0; i < 50; i++) {
      int port = 20_000 + random.nextInt(10_000);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException _) {
        // Taken: another one.
      }
    }
    throw new IOException("no free port");
  }

  private static void awaitPort(int port) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
    while (System.nanoTime() < end) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(socket.isConnected()).isTrue();
        return;
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    throw new AssertionError("the program did not start");
  }

  private static final Duration SILENCE = Duration.ofMillis(500);

  static final String FIELDS = "0,1,2,3,4,5,8,9,34,35";

  /** What a print leaves in a merged image. */
  record Print(long time, long volume, long priceE4) {}

  /** Merges deltas as a client does and notes each update of the volume. */
  static final class Tape {
    private final Map<String, Map<String, JsonNode>> images = new HashMap<>();
    private final Map<String, List<Print>> prints = new HashMap<>();
    int largestFrame;
    private int count;

    void read(JsonNode frame) {
      int size = 0;
      for (JsonNode data : frame.path("data")) {
        for (JsonNode item : data.path("content")) {
          size++;
          String key = item.path("key").asString();
          Map<String, JsonNode> image = images.computeIfAbsent(key, _ -> new HashMap<>());
          item.properties().forEach(field -> image.put(field.getKey(), field.getValue()));
          if (item.has("8")) {
            JsonNode price = image.get("3");
            JsonNode time = image.get("35");
            if (price != null && time != null) {
              prints
                  .computeIfAbsent(key, _ -> new ArrayList<>())
                  .add(
                      new Print(
                          time.asLong(),
                          item.path("8").asLong(),
                          price.decimalValue().movePointRight(4).longValueExact()));
              count++;
            }
          }
        }
      }
      largestFrame = Math.max(largestFrame, size);
    }

    void readUntil(TestClient client, BooleanSupplier done) {
      do {
        read(client.next());
      } while (!done.getAsBoolean());
    }

    void readUntilSilence(TestClient client) {
      for (JsonNode frame = client.poll(SILENCE); frame != null; frame = client.poll(SILENCE)) {
        read(frame);
      }
    }

    int count() {
      return count;
    }

    List<Print> prints(String ticker) {
      return prints.getOrDefault(ticker, List.of());
    }

    Print last(String ticker) {
      List<Print> seen = prints(ticker);
      return seen.isEmpty() ? new Print(0, 0, 0) : seen.getLast();
    }
  }

  /** The recording's prints after one time of day up to another. */
  static List<Print> prints(String ticker, LocalDate date, int after, int to) throws Exception {
    List<Print> prints = new ArrayList<>();
    long volume = 0;
    long price = 0;
    try (RecordingReader reader = Recordings.bundled().open(date, ticker)) {
      while (reader.next() && reader.millisOfDay() <= to) {
        if (reader.kind() == RecordingReader.Kind.QUOTE) {
          continue;
        }
        volume += reader.printSize();
        price = reader.kind() == RecordingReader.Kind.PRINT ? reader.printPriceE4() : price;
        if (reader.millisOfDay() > after) {
          prints.add(new Print(midnight(date) + reader.millisOfDay(), volume, price));
        }
      }
    }
    return prints;
  }
}
