package io.alphakite.schwab.stream;

import static io.alphakite.schwab.stream.StreamService.LEVELONE_EQUITIES;
import static io.alphakite.schwab.stream.StreamService.LEVELONE_OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.stream.FakeStreamer.Command;
import io.alphakite.schwab.stream.StreamEvent.Connected;
import io.alphakite.schwab.stream.StreamEvent.Disconnected;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.stream.StreamEvent.Fresh;
import io.alphakite.schwab.stream.StreamEvent.Heartbeat;
import io.alphakite.schwab.stream.StreamEvent.OptionUpdate;
import io.alphakite.schwab.stream.StreamEvent.Stale;
import io.alphakite.schwab.stream.StreamEvent.Stopped;
import io.alphakite.schwab.stream.StreamEvent.SubscriptionRefused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stream whose data stands still, whose keys change, and whose messages have no end. */
@Timeout(120)
class LivenessTest {

  private static final String OPTION = "ABC   260320C00050000";
  private static final String HEARTBEAT = "{\"notify\":[{\"heartbeat\":\"1767623410000\"}]}";
  private static final StreamSettings QUICK =
      new StreamSettings(
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofMillis(10),
          Duration.ofMillis(50),
          Duration.ofSeconds(60),
          Duration.ofMillis(300),
          1_000,
          500,
          1 << 16,
          ChartLayout.OBSERVED);

  private final FakeSchwab schwab = new FakeSchwab();
  private final FakeStreamer streamer = new FakeStreamer(schwab);
  private final SchwabApi api;
  private final SchwabStream stream;

  LivenessTest(@TempDir Path directory) {
    api = schwab.api(directory);
    stream = api.stream(QUICK);
  }

  @AfterEach
  void close() {
    stream.close();
    schwab.close();
  }

  private <T extends StreamEvent> T next(Class<T> type) throws InterruptedException {
    StreamEvent event = stream.next(Duration.ofSeconds(30));
    assertThat(event).isInstanceOf(type);
    return type.cast(event);
  }

  private FakeStreamer.Connection connected() throws InterruptedException {
    stream.start();
    FakeStreamer.Connection connection = streamer.connection();
    assertThat(connection.command().command()).isEqualTo("LOGIN");
    next(Connected.class);
    return connection;
  }

  private static String image(String last) {
    return Decoding.frame(
        LEVELONE_EQUITIES, "{\"key\":\"ABC\",\"delayed\":false,\"3\":%s}".formatted(last));
  }

  @Test
  void tellsThatDataStandsStillAlthoughHeartbeatsCome() throws InterruptedException {
    stream.subscribe(LEVELONE_EQUITIES, List.of("ABC"));
    stream.expectData(
        LEVELONE_EQUITIES, new DataExpectation(Duration.ofMillis(300), Duration.ofMinutes(2)));
    FakeStreamer.Connection connection = connected();
    connection.command();
    Stale stale = next(Stale.class);
    assertThat(stale.service()).isEqualTo(LEVELONE_EQUITIES);
    assertThat(stale.silence()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    connection.send(HEARTBEAT);
    next(Heartbeat.class);
    connection.send(image("50"));
    next(EquityUpdate.class);
    assertThat(next(Fresh.class).service()).isEqualTo(LEVELONE_EQUITIES);
    assertThat(stream.stats().staleSpells()).isGreaterThanOrEqualTo(1);
    assertThat(stream.stats().connections()).isEqualTo(1);
  }

  @Test
  void givesAConnectionUpWhoseDataStandsStillForLong() throws InterruptedException {
    stream.subscribe(LEVELONE_EQUITIES, List.of("ABC"));
    stream.expectData(
        LEVELONE_EQUITIES, new DataExpectation(Duration.ofMillis(200), Duration.ofMillis(400)));
    FakeStreamer.Connection connection = connected();
    connection.command();
    next(Stale.class);
    assertThat(next(Disconnected.class).reason()).startsWith("no data of LEVELONE_EQUITIES");
    streamer.connection();
    next(Connected.class);
  }

  @Test
  void holdsNoSilenceAgainstAServiceThatNobodyExpectsDataFrom() throws InterruptedException {
    stream.subscribe(LEVELONE_EQUITIES, List.of("ABC"));
    stream.subscribe(LEVELONE_OPTIONS, List.of(OPTION));
    stream.expectData(
        LEVELONE_EQUITIES, new DataExpectation(Duration.ofMillis(1), Duration.ofMillis(1)));
    stream.expectNoData(LEVELONE_EQUITIES);
    stream.expectData(
        LEVELONE_OPTIONS, new DataExpectation(Duration.ofMillis(300), Duration.ofMinutes(2)));
    FakeStreamer.Connection connection = connected();
    connection.command();
    connection.command();
    assertThat(next(Stale.class).service()).isEqualTo(LEVELONE_OPTIONS);
  }

  @Test
  void changesItsKeysWhileItRuns() throws InterruptedException {
    stream.subscribe(LEVELONE_EQUITIES, List.of("ABC"));
    FakeStreamer.Connection connection = connected();
    assertThat(connection.command().keys()).isEqualTo("ABC");
    connection.send(image("50"));
    assertThat(next(EquityUpdate.class).first()).isTrue();

    stream.subscribe(LEVELONE_OPTIONS, List.of(OPTION));
    Command options = connection.command();
    assertThat(options.service()).isEqualTo("LEVELONE_OPTIONS");
    assertThat(options.keys()).isEqualTo(OPTION);
    assertThat(options.fields()).startsWith("0,1,2,3,4,").endsWith(",55");
    connection.send(
        Decoding.frame(
            LEVELONE_OPTIONS, "{\"key\":\"%s\",\"delayed\":false,\"2\":2.1}".formatted(OPTION)));
    next(OptionUpdate.class);

    stream.replace(LEVELONE_EQUITIES, List.of("DEF"));
    Command unsubs = connection.command();
    assertThat(unsubs.command()).isEqualTo("UNSUBS");
    assertThat(unsubs.keys()).isEqualTo("ABC");
    assertThat(connection.command().keys()).isEqualTo("DEF");
    stream.subscribe(LEVELONE_EQUITIES, List.of("ABC"));
    assertThat(connection.command().command()).isEqualTo("ADD");
    connection.send(image("51"));
    assertThat(next(EquityUpdate.class).first()).as("a new image of a new subscription").isTrue();

    stream.view(LEVELONE_EQUITIES, List.of(33, 3));
    Command view = connection.command();
    assertThat(view.command()).isEqualTo("VIEW");
    assertThat(view.fields()).isEqualTo("0,3,33");
  }

  @Test
  void namesTheOptionsBeyondTheLimit() throws InterruptedException {
    String image =
        Decoding.frame(
            LEVELONE_OPTIONS, "{\"key\":\"%s\",\"delayed\":false,\"2\":2.1}".formatted(OPTION));
    streamer.answering(
        command ->
            command.service().equals("LEVELONE_OPTIONS")
                ? FakeStreamer.answer(command, 19, "limit", image)
                : FakeStreamer.answer(command, 0, ""));
    stream.subscribe(LEVELONE_OPTIONS, List.of(OPTION, "DEF   260320C00050000"));
    connected();
    next(OptionUpdate.class);
    SubscriptionRefused refused = next(SubscriptionRefused.class);
    assertThat(refused.key()).isEqualTo("DEF   260320C00050000");
    assertThat(refused.service()).isEqualTo(LEVELONE_OPTIONS);
    assertThat(refused.ticker()).isNull();
  }

  @Test
  void namesAServiceThatIsNotThere() throws InterruptedException {
    streamer.answering(
        command ->
            FakeStreamer.answer(
                command, command.service().equals("OPTIONS_BOOK") ? 11 : 0, "not available"));
    stream.subscribe(StreamService.OPTIONS_BOOK, List.of(OPTION));
    connected();
    SubscriptionRefused refused = next(SubscriptionRefused.class);
    assertThat(refused.code()).isEqualTo(11);
    assertThat(refused.service()).isEqualTo(StreamService.OPTIONS_BOOK);
  }

  @Test
  void endsAConnectionWhoseMessageHasNoEnd() throws InterruptedException {
    FakeStreamer.Connection connection = connected();
    connection.send("{\"data\":\"" + "x".repeat(1 << 20) + "\"}");
    assertThat(next(Disconnected.class).reason()).isEqualTo("a message beyond the size limit");
    assertThat(stream.stats().oversizedFrames()).isEqualTo(1);
    streamer.connection();
    next(Connected.class);
  }

  @Test
  void hearsWhyItWasCutBeforeItLooksAtTheCut() throws InterruptedException {
    String kick =
        """
        {"notify":[{"service":"ADMIN","timestamp":1767623430000,
          "content":{"code":12,"msg":"connection limit"}}]}""";
    FakeStreamer.Connection connection = connected();
    for (int i = 0; i < 2; i++) {
      connection.send("{\"notify\":[{\"service\":\"ADMIN\",\"content\":{\"code\":1}}]}");
      connection.send(kick);
      connection.close(1_000);
      assertThat(next(Disconnected.class).reason()).startsWith("code 12");
      if (i == 0) {
        connection = streamer.connection();
        next(Connected.class);
      }
    }
    assertThat(next(Stopped.class).cause()).isEqualTo(Stopped.Cause.TAKEN_OVER);
  }

  @Test
  void refreshesTheTokenWhereverCode3Comes() throws InterruptedException {
    FakeStreamer.Connection connection = connected();
    connection.send(
        "{\"notify\":[{\"service\":\"ADMIN\",\"content\":{\"code\":3,\"msg\":\"denied\"}}]}");
    next(Disconnected.class);
    Command login = streamer.connection().command();
    assertThat(login.parameters().path("Authorization").asString()).isEqualTo("access-1@");
  }

  @Test
  void estimatesTheStreamersClock() throws InterruptedException {
    FakeStreamer.Connection connection = connected();
    assertThat(stream.clockSkew()).isEmpty();
    connection.send(HEARTBEAT);
    next(Heartbeat.class);
    assertThat(stream.clockSkew()).isPresent();
  }

  @Test
  void keepsSamplesWithoutSecrets() throws InterruptedException {
    FakeStreamer.Connection connection = connected();
    connection.send("{\"weather\":1,\"notify\":[{\"customer\":\"access-0@ 12345678 correl\"}]}");
    connection.send(HEARTBEAT);
    next(Heartbeat.class);
    assertThat(stream.quarantined()).hasSize(2);
    assertThat(stream.quarantined().toString())
        .contains("weather", "notify")
        .doesNotContain("access-0@", "12345678", "correl");
  }
}
