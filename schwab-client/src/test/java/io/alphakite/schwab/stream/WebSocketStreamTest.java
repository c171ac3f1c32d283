package io.alphakite.schwab.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.stream.FakeStreamer.Command;
import io.alphakite.schwab.stream.StreamEvent.AccountActivity;
import io.alphakite.schwab.stream.StreamEvent.Connected;
import io.alphakite.schwab.stream.StreamEvent.Disconnected;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.stream.StreamEvent.Heartbeat;
import io.alphakite.schwab.stream.StreamEvent.Stopped;
import io.alphakite.schwab.stream.StreamEvent.SubscriptionRefused;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The stream against a socket of its own, in the forms the reference shows. */
@Timeout(120)
class WebSocketStreamTest {

  private static final Ticker ABC = Ticker.of("ABC");
  private static final Ticker DEF = Ticker.of("DEF");
  private static final StreamSettings QUICK =
      new StreamSettings(
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          Duration.ofMillis(10),
          Duration.ofMillis(50),
          Duration.ofSeconds(60),
          Duration.ofMillis(300),
          1_000,
          500);

  private final FakeSchwab schwab = new FakeSchwab();
  private final FakeStreamer streamer = new FakeStreamer(schwab);
  private final SchwabApi api;
  private SchwabStream stream;

  WebSocketStreamTest(@TempDir Path directory) {
    api = schwab.api(directory);
    stream = api.stream(QUICK);
  }

  @AfterEach
  void close() {
    stream.close();
    schwab.close();
  }

  private void with(StreamSettings settings) {
    stream = api.stream(settings);
  }

  private StreamEvent next() throws InterruptedException {
    StreamEvent event = stream.next(Duration.ofSeconds(30));
    if (event == null) {
      throw new AssertionError("no event came");
    }
    return event;
  }

  private <T extends StreamEvent> T next(Class<T> type) throws InterruptedException {
    StreamEvent event = next();
    assertThat(event).isInstanceOf(type);
    return type.cast(event);
  }

  private static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time out").isLessThan(end);
      LockSupport.parkNanos(2_000_000);
    }
  }

  private FakeStreamer.Connection connected() throws InterruptedException {
    stream.start();
    FakeStreamer.Connection connection = streamer.connection();
    assertThat(connection.command().command()).isEqualTo("LOGIN");
    next(Connected.class);
    return connection;
  }

  private static String image(String key, String last, long volume) {
    return data(
        """
        {"key":"%s","delayed":false,"assetMainType":"EQUITY","assetSubType":"COE","cusip":"0",
         "1":50.01,"2":50.02,"3":%s,"8":%d}"""
            .formatted(key, last, volume));
  }

  private static String data(String... items) {
    return """
        {"data":[{"service":"LEVELONE_EQUITIES","timestamp":1767623400500,"command":"SUBS",
          "content":[%s]}]}"""
        .formatted(String.join(",", items));
  }

  @Test
  void logsInWithTheTokenAndTheIdsOfThePreferences() throws InterruptedException {
    stream.start();
    Command login = streamer.connection().command();
    assertThat(login.service()).isEqualTo("ADMIN");
    assertThat(login.parameters().path("Authorization").asString()).isEqualTo("access-0@");
    assertThat(login.parameters().path("SchwabClientChannel").asString()).isEqualTo("N9");
    assertThat(login.parameters().path("SchwabClientFunctionId").asString()).isEqualTo("APIAPP");
    assertThat(next(Connected.class).generation()).isEqualTo(1);
  }

  @Test
  void mergesDeltasIntoTheImage() throws InterruptedException {
    stream.subscribeEquities(List.of(ABC));
    FakeStreamer.Connection connection = connected();
    Command subscription = connection.command();
    assertThat(subscription.command()).isEqualTo("SUBS");
    assertThat(subscription.keys()).isEqualTo("ABC");
    assertThat(subscription.parameters().path("fields").asString()).startsWith("0,1,2,3,");
    connection.send(image("ABC", "50.015", 345_678));
    connection.send(data("{\"key\":\"ABC\",\"8\":345778,\"2\":null,\"1\":0}"));

    EquityUpdate first = next(EquityUpdate.class);
    assertThat(first.first()).isTrue();
    assertThat(first.ticker()).isEqualTo(ABC);
    assertThat(first.image().last()).isEqualTo(Price.of("50.015"));
    assertThat(first.serverTime()).isEqualTo(Instant.ofEpochMilli(1767623400500L));
    EquityUpdate second = next(EquityUpdate.class);
    assertThat(second.first()).isFalse();
    assertThat(second.image().last()).isEqualTo(Price.of("50.015"));
    assertThat(second.image().totalVolume()).isEqualTo(345_778);
    assertThat(second.image().ask()).as("null clears").isNull();
    assertThat(second.image().bid()).as("zero is zero").isEqualTo(new Price(0));
    assertThat(second.carries(8)).isTrue();
    assertThat(second.carries(2)).isTrue();
    assertThat(second.carries(3)).isFalse();
  }

  @Test
  void subscribesInChunksOneCommandAtATime() throws InterruptedException {
    List<Ticker> many = IntStream.range(0, 1_203).mapToObj(i -> Ticker.of("T" + i)).toList();
    AtomicInteger open = new AtomicInteger();
    Set<Integer> concurrency = new HashSet<>();
    streamer.answering(
        command -> {
          concurrency.add(open.incrementAndGet());
          open.decrementAndGet();
          return FakeStreamer.answer(command, command.command().equals("ADD") ? 28 : 0, "");
        });
    stream.subscribeEquities(many);
    stream.subscribeAccountActivity();
    FakeStreamer.Connection connection = connected();
    eventually(() -> connection.commands().size() == 5);
    assertThat(connection.commands())
        .extracting(Command::service, Command::command)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("ADMIN", "LOGIN"),
            org.assertj.core.groups.Tuple.tuple("ACCT_ACTIVITY", "SUBS"),
            org.assertj.core.groups.Tuple.tuple("LEVELONE_EQUITIES", "SUBS"),
            org.assertj.core.groups.Tuple.tuple("LEVELONE_EQUITIES", "ADD"),
            org.assertj.core.groups.Tuple.tuple("LEVELONE_EQUITIES", "ADD"));
    List<String> keys = new ArrayList<>();
    connection.commands().stream()
        .filter(command -> command.service().equals("LEVELONE_EQUITIES"))
        .forEach(command -> keys.addAll(Arrays.asList(command.keys().split(",", -1))));
    assertThat(keys).hasSize(1_203).doesNotHaveDuplicates();
    assertThat(concurrency).containsExactly(1);
  }

  @Test
  void waitsForEachAnswerBeforeTheNextCommand() throws InterruptedException {
    streamer.answering(
        command -> command.command().equals("LOGIN") ? FakeStreamer.answer(command, 0, "") : null);
    stream.subscribeEquities(List.of(ABC));
    stream.subscribeAccountActivity();
    FakeStreamer.Connection connection = connected();
    Command first = connection.command();
    stream.subscribeEquities(List.of(DEF));
    connection.send("{\"notify\":[{\"heartbeat\":\"1767623410000\"}]}");
    assertThat(next(Heartbeat.class).at()).isEqualTo(Instant.ofEpochMilli(1767623410000L));
    assertThat(connection.commands()).hasSize(2);
    connection.send(FakeStreamer.answer(first, 0, ""));
    Command second = connection.command();
    assertThat(Set.of(first.service(), second.service()))
        .containsExactlyInAnyOrder("ACCT_ACTIVITY", "LEVELONE_EQUITIES");
  }

  @Test
  void repeatsACommandThatMetAnother() throws InterruptedException {
    AtomicInteger failures = new AtomicInteger();
    streamer.answering(
        command ->
            command.command().equals("SUBS") && failures.getAndIncrement() < 2
                ? FakeStreamer.answer(command, 22, "failed")
                : FakeStreamer.answer(command, 0, ""));
    stream.subscribeEquities(List.of(ABC));
    FakeStreamer.Connection connection = connected();
    eventually(() -> connection.commands().size() == 4);
    connection.send(image("ABC", "1", 1));
    next(EquityUpdate.class);
  }

  @Test
  void namesTheSymbolsBeyondTheLimit() throws InterruptedException {
    streamer.answering(
        command ->
            command.service().equals("LEVELONE_EQUITIES")
                ? FakeStreamer.answer(command, 19, "limit 1, 1 discarded", image("ABC", "1", 1))
                : FakeStreamer.answer(command, 0, ""));
    stream.subscribeEquities(List.of(ABC, DEF));
    connected();
    next(EquityUpdate.class);
    SubscriptionRefused refused = next(SubscriptionRefused.class);
    assertThat(refused.ticker()).isEqualTo(DEF);
    assertThat(refused.code()).isEqualTo(19);
  }

  @Test
  void deliversAccountActivityAsItComes() throws InterruptedException {
    stream.subscribeAccountActivity();
    FakeStreamer.Connection connection = connected();
    connection.command();
    connection.send(
        """
        {"data":[{"service":"ACCT_ACTIVITY","timestamp":1767623400000,"command":"SUBS","content":[
          {"seq":0,"key":"me","1":"","2":"SUBSCRIBED","3":""},
          {"seq":1,"key":"me","1":"12345678","2":"OrderCreated",
           "3":"{\\"SchwabOrderID\\":\\"1000000000001\\"}"},
          {"key":"me","1":12345678,"2":"","3":"feature not supported"}]}]}""");
    assertThat(next(AccountActivity.class).messageType()).isEqualTo("SUBSCRIBED");
    AccountActivity created = next(AccountActivity.class);
    assertThat(created.seq()).isEqualTo(1);
    assertThat(created.account()).isEqualTo("12345678");
    assertThat(created.payload()).isEqualTo("{\"SchwabOrderID\":\"1000000000001\"}");
    assertThat(created.toString()).doesNotContain("12345678").doesNotContain("1000000000001");
    assertThat(next(AccountActivity.class).payload()).isEqualTo("feature not supported");
  }

  @Test
  void startsEachConnectionFromNothing() throws InterruptedException {
    stream.subscribeEquities(List.of(ABC));
    FakeStreamer.Connection first = connected();
    first.command();
    first.send(image("ABC", "50", 100));
    assertThat(next(EquityUpdate.class).generation()).isEqualTo(1);
    first.close(1_011);
    assertThat(next(Disconnected.class).generation()).isEqualTo(1);
    FakeStreamer.Connection second = streamer.connection();
    assertThat(next(Connected.class).generation()).isEqualTo(2);
    second.command();
    assertThat(second.command().keys()).isEqualTo("ABC");
    second.send(data("{\"key\":\"ABC\",\"8\":200}"));
    second.send(image("ABC", "51", 300));
    EquityUpdate update = next(EquityUpdate.class);
    assertThat(update.generation()).isEqualTo(2);
    assertThat(update.first()).isTrue();
    assertThat(update.image().last()).isEqualTo(Price.of("51"));
    assertThat(stream.stats().earlyDeltas()).isEqualTo(1);
    assertThat(schwab.count("GET /trader/v1/userPreference"))
        .as("preferences are read before every connection")
        .isEqualTo(2);
  }

  @Test
  void reconnectsWhenNothingComes() throws InterruptedException {
    with(
        new StreamSettings(
            Duration.ofMillis(300),
            Duration.ofSeconds(5),
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            Duration.ofSeconds(60),
            Duration.ofSeconds(1),
            100,
            500));
    stream.start();
    // On a busy machine a login may take longer than this limit as well.
    StreamEvent event = next();
    while (!(event instanceof Disconnected lost && lost.reason().startsWith("no frame for"))) {
      event = next();
    }
    while (!(event instanceof Connected again && again.generation() > 1)) {
      event = next();
    }
  }

  @Test
  void reconnectsWhenACommandIsNotAnswered() throws InterruptedException {
    with(
        new StreamSettings(
            Duration.ofSeconds(5),
            Duration.ofMillis(300),
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            Duration.ofSeconds(60),
            Duration.ofSeconds(1),
            100,
            500));
    streamer.answering(_ -> null);
    stream.start();
    streamer.connection();
    assertThat(next(Disconnected.class).reason()).startsWith("no answer");
  }

  @Test
  void holdsTheSocketBackAndLosesNothingWhenNobodyPulls() throws InterruptedException {
    with(
        new StreamSettings(
            Duration.ofSeconds(3),
            Duration.ofSeconds(60),
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            Duration.ofSeconds(60),
            Duration.ofSeconds(1),
            4,
            500));
    stream.subscribeEquities(List.of(ABC));
    FakeStreamer.Connection connection = connected();
    connection.command();
    int count = 5_000;
    connection.send(image("ABC", "50", 1));
    for (int i = 2; i <= count; i++) {
      connection.send(data("{\"key\":\"ABC\",\"8\":%d}".formatted(i)));
    }
    eventually(() -> stream.stats().fullQueueWaits() > 0);
    long held = System.nanoTime();
    // Longer than the silence limit: our own slowness must not look like the streamer's silence.
    eventually(() -> System.nanoTime() - held > Duration.ofMillis(3_500).toNanos());
    assertThat(stream.stats().frames()).as("frames taken from the socket").isLessThan(20);
    for (int i = 1; i <= count; i++) {
      assertThat(next(EquityUpdate.class).image().totalVolume()).isEqualTo(i);
    }
    StreamStats stats = stream.stats();
    assertThat(stats.connections()).isEqualTo(1);
    assertThat(stats.items()).isEqualTo(count);
    assertThat(stats.fullQueueNanos()).isGreaterThan(Duration.ofSeconds(3).toNanos());
  }

  @Test
  void leavesNoHoleInWhatItDeliversAtItsClose() throws InterruptedException {
    holdsBack();
    Thread closing = Thread.ofPlatform().start(stream::close);
    long volume = 0;
    while (closing.isAlive() || stream.stats().queued() > 0) {
      if (stream.next(Duration.ofMillis(10)) instanceof EquityUpdate update) {
        assertThat(update.image().totalVolume()).isEqualTo(++volume);
      }
    }
    assertThat(volume).isPositive();
  }

  @Test
  void closesEvenWhenNobodyPulls() throws InterruptedException {
    holdsBack();
    stream.close();
    assertThat(stream.stats().queued()).isEqualTo(4);
  }

  private void holdsBack() throws InterruptedException {
    with(
        new StreamSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            Duration.ofSeconds(60),
            Duration.ofSeconds(1),
            4,
            500));
    stream.subscribeEquities(List.of(ABC));
    FakeStreamer.Connection connection = connected();
    connection.command();
    connection.send(image("ABC", "50", 1));
    for (int i = 2; i <= 400; i++) {
      connection.send(data("{\"key\":\"ABC\",\"8\":%d}".formatted(i)));
    }
    eventually(() -> stream.stats().fullQueueWaits() > 0);
  }

  @Test
  void refreshesTheTokenWhenTheLoginIsDenied() throws InterruptedException {
    streamer.answering(
        command ->
            command.parameters().path("Authorization").asString("").equals("access-0@")
                ? FakeStreamer.answer(command, 3, "denied")
                : FakeStreamer.answer(command, 0, ""));
    stream.start();
    streamer.connection();
    next(Disconnected.class);
    Command login = streamer.connection().command();
    assertThat(login.parameters().path("Authorization").asString()).isEqualTo("access-1@");
    next(Connected.class);
  }

  @Test
  void stopsWhenTheLoginIsDeniedAgainAndAgain() throws InterruptedException {
    streamer.answering(command -> FakeStreamer.answer(command, 3, "denied"));
    stream.start();
    for (int i = 0; i < 3; i++) {
      streamer.connection();
      next(Disconnected.class);
    }
    assertThat(next(Stopped.class).cause()).isEqualTo(Stopped.Cause.LOGIN_DENIED);
    assertThat(streamer.noFurtherConnectionWithin(300)).isTrue();
  }

  @Test
  void stopsFightingAfterTheSecondKickAndStartsAgainWhenTold() throws InterruptedException {
    String kick =
        """
        {"notify":[{"service":"ADMIN","timestamp":1767623430000,
          "content":{"code":12,"msg":"connection limit"}}]}""";
    FakeStreamer.Connection first = connected();
    first.send(kick);
    next(Disconnected.class);
    FakeStreamer.Connection second = streamer.connection();
    next(Connected.class);
    second.send(kick);
    next(Disconnected.class);
    assertThat(next(Stopped.class).cause()).isEqualTo(Stopped.Cause.TAKEN_OVER);
    assertThat(streamer.noFurtherConnectionWithin(300)).isTrue();
    assertThat(stream.stats().kicks()).isEqualTo(2);
    stream.start();
    streamer.connection();
    next(Connected.class);
  }

  @Test
  void reconnectsAfterCode30() throws InterruptedException {
    FakeStreamer.Connection connection = connected();
    connection.send(
        """
        {"notify":[{"service":"ADMIN","timestamp":1767623430000,
          "content":{"code":30,"msg":"Stop streaming due to empty subscription"}}]}""");
    assertThat(next(Disconnected.class).reason()).contains("code 30");
    streamer.connection();
    next(Connected.class);
  }

  @Test
  void readsTheDataBeforeACloseToItsEnd() throws InterruptedException {
    stream.subscribeEquities(List.of(ABC));
    FakeStreamer.Connection connection = connected();
    connection.command();
    connection.send(image("ABC", "50", 1));
    for (int i = 2; i <= 500; i++) {
      connection.send(data("{\"key\":\"ABC\",\"8\":%d}".formatted(i)));
    }
    connection.close(1011);
    for (int i = 1; i <= 500; i++) {
      assertThat(next(EquityUpdate.class).image().totalVolume()).isEqualTo(i);
    }
    assertThat(next(Disconnected.class).reason()).contains("1011");
  }

  @Test
  void asksForNewImagesAfterAGarbledFrame() throws InterruptedException {
    stream.subscribeEquities(List.of(ABC));
    FakeStreamer.Connection connection = connected();
    connection.command();
    connection.send(image("ABC", "50", 1));
    next(EquityUpdate.class);
    connection.send("{\"data\":[{\"service\":\"LEVELONE_EQUITIES\",\"timest");
    Command again = connection.command();
    assertThat(again.command()).isEqualTo("SUBS");
    assertThat(again.keys()).isEqualTo("ABC");
    assertThat(stream.stats().garbledFrames()).isEqualTo(1);
  }

  @Test
  void asksForImagesOfSymbolsInDoubtAtMostOncePerImageLimit() throws InterruptedException {
    with(
        new StreamSettings(
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            Duration.ofSeconds(60),
            Duration.ofMinutes(5),
            1_000,
            500));
    stream.subscribeEquities(List.of(ABC, new Ticker("DEF")));
    FakeStreamer.Connection connection = connected();
    connection.command();
    connection.send(image("ABC", "50", 1_000));
    connection.send(image("DEF", "50", 1_000));
    next(EquityUpdate.class);
    next(EquityUpdate.class);
    connection.send(data("{\"key\":\"ABC\",\"8\":900}"));
    next(StreamEvent.Damaged.class);
    assertThat(connection.command().keys()).isEqualTo("ABC");
    connection.send(data("{\"key\":\"DEF\",\"8\":900}"));
    next(StreamEvent.Damaged.class);
    // What comes after it shows that the stream knows of the doubt.
    connection.send(image("ABC", "50", 950));
    next(EquityUpdate.class);
    stream.subscribeEquities(List.of(new Ticker("GHI")));
    assertThat(connection.command().keys()).isEqualTo("GHI");
  }

  @Test
  void symbolSubscribedAnewIsInDoubtUntilItsImage() throws InterruptedException {
    stream.subscribeEquities(List.of(ABC, new Ticker("DEF")));
    FakeStreamer.Connection connection = connected();
    connection.command();
    connection.send(image("ABC", "50", 1_000));
    connection.send(data("{\"key\":\"ABC\",\"8\":1100}"));
    next(EquityUpdate.class);
    next(EquityUpdate.class);
    stream.resubscribe(StreamService.LEVELONE_EQUITIES, List.of("ABC"));
    assertThat(connection.command().command()).isEqualTo("UNSUBS");
    assertThat(connection.command().command()).isEqualTo("ADD");
    connection.send(image("ABC", "50", 1_500));
    assertThat(next(StreamEvent.Damaged.class).ticker()).isEqualTo(ABC);
    assertThat(next(EquityUpdate.class).first()).isTrue();
    // No image is asked for besides the one that came.
    stream.subscribeEquities(List.of(new Ticker("GHI")));
    assertThat(connection.command().keys()).isEqualTo("GHI");
  }

  @Test
  void saysGoodbye() throws InterruptedException {
    FakeStreamer.Connection connection = connected();
    stream.close();
    assertThat(connection.command().command()).isEqualTo("LOGOUT");
    assertThat(streamer.noFurtherConnectionWithin(200)).isTrue();
  }

  @Test
  void growsItsPausesWhileSchwabIsAway() throws InterruptedException {
    schwab.on("GET /trader/v1/userPreference", 503, "");
    stream.start();
    for (int i = 0; i < 3; i++) {
      assertThat(next(Disconnected.class).reason()).contains("SERVER_ERROR");
    }
  }
}
