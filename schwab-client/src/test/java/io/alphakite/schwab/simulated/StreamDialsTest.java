package io.alphakite.schwab.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.market.EquityQuote;
import io.alphakite.schwab.stream.LevelOneEquity;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.stream.StreamEvent.AccountActivity;
import io.alphakite.schwab.stream.StreamEvent.BarUpdate;
import io.alphakite.schwab.stream.StreamEvent.BookUpdate;
import io.alphakite.schwab.stream.StreamEvent.Connected;
import io.alphakite.schwab.stream.StreamEvent.Disconnected;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.stream.StreamEvent.Stopped;
import io.alphakite.schwab.stream.StreamService;
import io.alphakite.schwab.stream.StreamSettings;
import io.alphakite.schwab.trader.AccountHash;
import io.alphakite.schwab.trader.Orders;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault of the stream that the simulator knows, one by one: while it lasts the client stays
 * in one piece, and once it is over everything wanted streams again and the numbers are those of
 * the market.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamDialsTest {

  private static final Ticker SPY = Ticker.of("SPY");
  private static final Ticker IBM = Ticker.of("IBM");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Set<String> EVERYTHING =
      Set.of("LEVELONE SPY", "LEVELONE IBM", "BAR SPY", "BOOK SPY", "ACTIVITY");

  /** Of each kind the quickest; all others are long. */
  private static final Set<Dial> EVERYDAY =
      EnumSet.of(
          Dial.STREAM_CONNECT_REFUSED,
          Dial.STREAM_COMMAND_FAILED,
          Dial.STREAM_STOPPED,
          Dial.UPDATE_DROPPED,
          Dial.UPDATE_FIELD_NULL,
          Dial.ACTIVITY_GARBLED);

  /** Nothing shows a client that something is missing; it comes back with the next connection. */
  private static final Set<Dial> UNTIL_THE_NEXT_CONNECTION =
      EnumSet.of(Dial.SUBSCRIPTION_LOST, Dial.ACTIVITY_SILENT);

  private static final Map<Dial, FaultRule> RULES =
      Map.ofEntries(
          Map.entry(Dial.STREAM_COMMAND_SLOW, FaultRule.ALWAYS.with("delay_ms", 300)),
          Map.entry(
              Dial.STREAM_SILENT,
              FaultRule.times(1).with("delay_ms", 0).with("heartbeats", "false")),
          Map.entry(Dial.STREAM_DROPPED, FaultRule.times(2).with("form", "1011")),
          Map.entry(Dial.STREAM_STOPPED, FaultRule.times(1)),
          Map.entry(Dial.STREAM_KICKED, FaultRule.times(2).with("form", "code_12")),
          Map.entry(Dial.HEARTBEAT_MISSING, FaultRule.times(1)),
          Map.entry(Dial.SUBSCRIPTION_LOST, FaultRule.times(1).on("LEVELONE_EQUITIES IBM")),
          Map.entry(Dial.TICKER_HALTED, FaultRule.times(1).with("delay_ms", 20_000)),
          Map.entry(Dial.FRAME_DELAYED, FaultRule.times(3).with("delay_ms", 300)),
          Map.entry(Dial.BAR_LATE, FaultRule.times(1).with("delay_ms", 20_000)),
          Map.entry(Dial.BAR_CORRECTED, FaultRule.times(1).with("delay_ms", 20_000)),
          Map.entry(Dial.ACTIVITY_DELAYED, FaultRule.ALWAYS.with("delay_ms", 200)));

  private static final StreamSettings QUICK =
      new StreamSettings(
          Duration.ofSeconds(4),
          Duration.ofSeconds(2),
          Duration.ofMillis(20),
          Duration.ofMillis(200),
          Duration.ofSeconds(60),
          Duration.ofMillis(500),
          16_384,
          500);

  private final SimulatorServer simulator =
      SimulatorServer.start(
          SimulatorSettings.of(Map.of("SIMULATOR_PORT", "0", "KITE_REPLAY_SPEED", "60")));

  private final Map<Ticker, LevelOneEquity> images = new HashMap<>();
  private final Set<String> seen = new LinkedHashSet<>();

  @SuppressWarnings("NullAway.Init") // set before all tests
  private SchwabApi api;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private AccountHash account;

  @SuppressWarnings("NullAway.Init") // set before each test
  private SchwabStream stream;

  private boolean stopped;

  @BeforeAll
  void login(@TempDir Path directory) {
    api =
        SchwabApi.connect(
            SchwabConfig.of(
                simulator.baseUrl().toString(),
                "key",
                "secret",
                "https://127.0.0.1:8182",
                directory.resolve("token.json"),
                null),
            InstantSource.system());
    api.login().withoutPerson();
    account = api.trader().accountNumbers().getFirst().hash();
  }

  @AfterAll
  void end() {
    simulator.close();
  }

  @BeforeEach
  void want() {
    images.clear();
    seen.clear();
    stopped = false;
    stream = api.stream(QUICK);
    stream.subscribeEquities(List.of(SPY, IBM));
    stream.subscribe(StreamService.CHART_EQUITY, List.of("SPY"));
    stream.subscribe(StreamService.NYSE_BOOK, List.of("SPY"));
    stream.subscribeAccountActivity();
  }

  @AfterEach
  void faultsOff() {
    stream.close();
    simulator.faults().clear();
    simulator.paused(false);
  }

  static Stream<Dial> everyday() {
    return EVERYDAY.stream();
  }

  static Stream<Dial> others() {
    return Stream.of(Dial.values())
        .filter(dial -> !EVERYDAY.contains(dial))
        .filter(
            dial ->
                switch (dial.area()) {
                  case STREAM, STREAM_DATA, ACCOUNT_ACTIVITY -> true;
                  case HTTP, AUTH, MARKET_DATA, ORDERS -> false;
                })
        // Only where days turn: the run of eight days has it.
        .filter(dial -> dial != Dial.NIGHTLY_RESET);
  }

  @ParameterizedTest
  @MethodSource("everyday")
  void streamsAgainAfter(Dial dial) throws InterruptedException {
    streamsAgain(dial);
  }

  @ParameterizedTest
  @MethodSource("others")
  @Tag("long")
  void streamsAgainAfterToo(Dial dial) throws InterruptedException {
    streamsAgain(dial);
  }

  private void streamsAgain(Dial dial) throws InterruptedException {
    simulator.faults().set(dial, RULES.getOrDefault(dial, FaultRule.ALWAYS));
    stream.start();
    boolean never = dial == Dial.FIELDS_UNORDERED;
    if (never) {
      pump("the market to be streamed", () -> seen.containsAll(EVERYTHING));
      assertThat(simulator.faults().state(dial).strikes())
          .as("our field lists are in order")
          .isZero();
    } else {
      pump(
          dial + " to strike",
          () -> {
            FaultRule rule = RULES.getOrDefault(dial, FaultRule.ALWAYS);
            return simulator.faults().state(dial).strikes() >= Math.max(1, rule.count());
          });
    }
    simulator.faults().clear();
    if (UNTIL_THE_NEXT_CONNECTION.contains(dial)) {
      simulator.faults().set(Dial.STREAM_DROPPED, FaultRule.times(1));
      pump(
          "the connection to drop",
          () -> simulator.faults().state(Dial.STREAM_DROPPED).strikes() == 1);
      simulator.faults().clear();
    }
    seen.clear();
    pump("everything wanted after " + dial, () -> seen.containsAll(EVERYTHING));
    pump("the market's own numbers after " + dial, this::numbersAreRight);
    assertThat(stopped).isFalse();
    assertThat(stream.wanted(StreamService.LEVELONE_EQUITIES)).containsExactly("SPY", "IBM");
  }

  /** Takes events until the condition holds; a person starts again what had to stop. */
  private void pump(String what, BooleanSupplier done) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long trade = System.nanoTime();
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime() - end)
          .as("still waiting for %s; seen %s, %s", what, seen, stream.stats())
          .isNegative();
      if (System.nanoTime() - trade >= 0) {
        // So that there is account activity to be told.
        api.trader().place(account, Orders.buy(SPY, 1).market());
        trade = System.nanoTime() + Duration.ofMillis(500).toNanos();
      }
      StreamEvent event = stream.next(Duration.ofMillis(20));
      for (int i = 0; event != null && i < 1_000; i++) {
        see(event);
        event = stream.next(Duration.ZERO);
      }
      if (event != null) {
        see(event);
      }
      if (stopped) {
        stopped = false;
        stream.start();
      }
    }
  }

  private void see(StreamEvent event) {
    switch (event) {
      case EquityUpdate update -> {
        images.put(update.ticker(), update.image());
        seen.add("LEVELONE " + update.ticker());
      }
      case BarUpdate bar -> seen.add("BAR " + bar.key());
      case BookUpdate book -> seen.add("BOOK " + book.key());
      case AccountActivity activity -> {
        if (activity.messageType().startsWith("Order")) {
          seen.add("ACTIVITY");
        }
      }
      case Connected _, Disconnected _ -> {
        images.clear();
        seen.clear();
      }
      case Stopped _ -> stopped = true;
      default -> {}
    }
  }

  /** With the market held: what the stream knows is what the market says. */
  private boolean numbersAreRight() {
    simulator.paused(true);
    try {
      Map<Ticker, EquityQuote> quotes = api.marketData().quotes(List.of(SPY, IBM));
      drain();
      return List.of(SPY, IBM).stream()
          .allMatch(
              ticker ->
                  same(images.get(ticker), Objects.requireNonNull(quotes.get(ticker), "quote")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      simulator.paused(false);
    }
  }

  private void drain() throws InterruptedException {
    for (StreamEvent event = stream.next(Duration.ofMillis(100));
        event != null;
        event = stream.next(Duration.ofMillis(100))) {
      see(event);
    }
  }

  private static boolean same(@Nullable LevelOneEquity image, EquityQuote quote) {
    return image != null
        && Objects.equals(image.last(), quote.last())
        && Objects.equals(image.bid(), quote.bid())
        && Objects.equals(image.ask(), quote.ask())
        && Objects.equals(image.totalVolume(), quote.totalVolume())
        && Objects.equals(image.tradeTime(), quote.tradeTime());
  }
}
