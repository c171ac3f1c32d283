package io.alphakite.streaming.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.LevelOneEquity;
import io.alphakite.schwab.stream.StreamEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The five silences told apart, and no other taken for one of them; time is made here. */
class FeedWatchTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final Ticker QQQ = new Ticker("QQQ");
  private static final Ticker RARE = new Ticker("RARE");
  // A Tuesday in Eastern daylight time.
  private static final Instant OPEN = Instant.parse("2026-03-17T13:30:00Z");
  private static final Duration BLINK = Duration.ofMillis(100);

  private TradingHours hours = TradingHours.REGULAR;
  private boolean wallMarket = true;
  private Instant now = OPEN.plusSeconds(3_600);
  private long nanos;
  private long frameAt;
  private boolean loginRequired;
  private ReplayPlace replay = ReplayPlace.NONE;
  private FeedWatch watch = newWatch();
  // Milliseconds between two items of a ticker; absent is silent.
  private final Map<Ticker, Integer> pace = new HashMap<>();
  private final Map<Ticker, Long> sentAt = new HashMap<>();

  private FeedWatch newWatch() {
    return new FeedWatch(
        new WatchSettings(Duration.ofSeconds(4), Duration.ofSeconds(10)),
        new FeedWatch.Surroundings(
            MarketCalendar.nyse(),
            hours,
            wallMarket,
            () -> now,
            () -> nanos,
            () -> nanos - frameAt,
            () -> loginRequired,
            () -> replay));
  }

  @Test
  void r27_muteFeedIsStaleWithinFiveSecondsThoughHeartbeatsCome() {
    flow(Duration.ofMinutes(6));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    assertThat(watch.report().canaries()).isEqualTo(2);
    Instant last = now;
    pace.clear();
    pass(Duration.ofMillis(3_600));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    heartbeat();
    pass(Duration.ofSeconds(1));
    assertThat(state()).isEqualTo(FeedState.MUTE_FEED);
    assertThat(state().blocking()).isTrue();
    assertThat(watch.report().since()).isBetween(last.minusSeconds(1), last.plusSeconds(1));
    assertThat(watch.report().message()).contains("no prices of any liquid ticker");
    // A new connection sends its images, and is as mute as the one before.
    disconnect("no data");
    pass(Duration.ofMillis(500));
    assertThat(state().blocking()).isTrue();
    connect();
    pass(Duration.ofSeconds(2));
    heartbeat();
    pass(Duration.ofSeconds(2));
    assertThat(state()).isEqualTo(FeedState.MUTE_FEED);
    assertThat(watch.report().since()).isBetween(last.minusSeconds(1), last.plusSeconds(1));
    pace.put(SPY, 300);
    pass(Duration.ofSeconds(1));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
  }

  @Test
  void deadSocketHasNoFrameAtAll() {
    flow(Duration.ofMinutes(6));
    pace.clear();
    pass(Duration.ofSeconds(5));
    assertThat(state()).isEqualTo(FeedState.DEAD_SOCKET);
    assertThat(watch.report().message()).contains("Nothing at all");
    heartbeat();
    pass(BLINK.multipliedBy(3));
    assertThat(state()).isEqualTo(FeedState.MUTE_FEED);
  }

  @Test
  void lostConnectionIsADeadSocketOnceItLasts() {
    flow(Duration.ofMinutes(6));
    pace.clear();
    disconnect("connection reset");
    pass(Duration.ofSeconds(3));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    pass(Duration.ofSeconds(2));
    assertThat(state()).isEqualTo(FeedState.DEAD_SOCKET);
    assertThat(watch.report().message()).contains("connection reset");
  }

  @Test
  void deadTokenAsksForALogin() {
    loginRequired = true;
    disconnect("LOGIN_REQUIRED");
    pass(BLINK.multipliedBy(3));
    assertThat(state()).isEqualTo(FeedState.DEAD_TOKEN);
    assertThat(watch.report().hint()).contains("./kite auth login");
  }

  @Test
  void r29_takenOverStaysSoUntilThereIsAnotherConnection() {
    flow(Duration.ofMinutes(1));
    watch.saw(
        new StreamEvent.Stopped(StreamEvent.Stopped.Cause.TAKEN_OVER, "taken over, twice", now));
    pace.clear();
    pass(Duration.ofMinutes(1));
    assertThat(state()).isEqualTo(FeedState.TAKEN_OVER);
    flow(Duration.ofSeconds(2));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
  }

  @Test
  void rareTickerIsQuietByItsOwnRate() {
    pace.put(RARE, 20_000);
    flow(Duration.ofMinutes(10));
    pace.put(RARE, 3_600_000);
    pass(Duration.ofSeconds(40));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    assertThat(watch.report().silent(TickerSilence.QUIET)).containsExactly("RARE");
  }

  @Test
  void rareTickersAloneAreNoMuteFeedBeforeTheirOwnRatesSaySo() {
    connect();
    pace.put(RARE, 30_000);
    pass(Duration.ofMinutes(30));
    assertThat(watch.report().canaries()).isZero();
    pace.clear();
    pass(Duration.ofMinutes(2));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    heartbeat();
    // One item in thirty seconds: 1 in 10^9 is some ten minutes.
    pass(Duration.ofMinutes(15));
    assertThat(state().blocking()).isTrue();
  }

  @Test
  void oneLiquidTickerSilentWhileOthersFlowIsLookedUponAsHalted() {
    flow(Duration.ofMinutes(6));
    pace.remove(QQQ);
    pass(Duration.ofSeconds(6));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    assertThat(watch.report().silent(TickerSilence.SILENT)).containsExactly("QQQ");
  }

  @Test
  void securityStatusTellsAHalt() {
    flow(Duration.ofMinutes(6));
    item(QQQ, "Halted", false);
    item(SPY, "Halted", false);
    pace.clear();
    pass(Duration.ofMinutes(2));
    // The whole market halted is no mute feed.
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    assertThat(watch.report().silent(TickerSilence.HALTED)).containsExactly("QQQ", "SPY");
    item(QQQ, "Normal", false);
    pass(Duration.ofSeconds(1));
    assertThat(watch.report().silent(TickerSilence.HALTED)).containsExactly("SPY");
  }

  @Test
  void nothingIsExpectedFromCloseToOpen() {
    now = Instant.parse("2026-03-20T19:50:00Z");
    flow(Duration.ofMinutes(9));
    // The pace of the last minutes is remembered over the weekend, the silence is not.
    pass(Duration.ofMinutes(2));
    pace.clear();
    pass(Duration.ofSeconds(30));
    assertThat(state()).isEqualTo(FeedState.CLOSED);
    now = Instant.parse("2026-03-23T13:29:59Z");
    pass(Duration.ofSeconds(3));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    pass(Duration.ofSeconds(4));
    assertThat(state()).isEqualTo(FeedState.DEAD_SOCKET);
  }

  @Test
  void closesEarlyWithTheExchange() {
    // The day after Thanksgiving: 13:00 Eastern.
    now = Instant.parse("2026-11-27T17:55:00Z");
    flow(Duration.ofMinutes(6));
    assertThat(state()).isEqualTo(FeedState.CLOSED);
  }

  @Test
  void eveningHasItsOwnPace() {
    hours = TradingHours.EXTENDED;
    now = Instant.parse("2026-03-17T19:53:00Z");
    watch = newWatch();
    flow(Duration.ofMinutes(7));
    pace.clear();
    pace.put(SPY, 9_000);
    pass(Duration.ofMinutes(10));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
  }

  @Test
  void muteFromTheFirstConnectionIsSeenByItsMissingImages() {
    watch.saw(new StreamEvent.Connected(1, now));
    pass(Duration.ofSeconds(29));
    heartbeat();
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    pass(Duration.ofSeconds(2));
    assertThat(state()).isEqualTo(FeedState.MUTE_FEED);
  }

  @Test
  void r27_feedThatFellMuteBeforeTheOpenIsSeenSoonAfterIt() {
    now = OPEN.minusSeconds(600);
    watch = newWatch();
    connect();
    pass(Duration.ofMinutes(5));
    assertThat(state()).isEqualTo(FeedState.CLOSED);
    pass(Duration.ofMinutes(6));
    heartbeat();
    pass(BLINK.multipliedBy(2));
    assertThat(state()).isEqualTo(FeedState.MUTE_FEED);
    // As mute on a new connection, whose images have come: nothing has become better.
    disconnect("no data");
    connect();
    pass(Duration.ofSeconds(1));
    assertThat(state().blocking()).isTrue();
    pace.put(SPY, 300);
    pass(Duration.ofSeconds(1));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
  }

  @Test
  void r27_replayThatFellMuteBeforeTheOpenIsSeenByItsOwnClock() {
    wallMarket = false;
    now = OPEN.minusSeconds(30);
    watch = newWatch();
    connect();
    pass(Duration.ofSeconds(10));
    assertThat(state()).isEqualTo(FeedState.CLOSED);
    // No event comes any more, but the simulator tells its time.
    replay = new ReplayPlace(false, OPEN.plusSeconds(90));
    pass(Duration.ofSeconds(70));
    heartbeat();
    pass(BLINK.multipliedBy(2));
    assertThat(state()).isEqualTo(FeedState.MUTE_FEED);
  }

  @Test
  void tickerThatIsQuotedRarelyAfterTheOpenIsNoMuteFeed() {
    now = OPEN.minusSeconds(600);
    watch = newWatch();
    connect();
    pass(Duration.ofMinutes(10));
    pace.put(RARE, 50_000);
    sentAt.put(RARE, nanos);
    for (int second = 0; second < 1_200; second++) {
      pass(Duration.ofSeconds(1));
      assertThat(state().blocking()).isFalse();
    }
  }

  @Test
  void replayThatStandsIsNotMute() {
    wallMarket = false;
    watch = newWatch();
    flow(Duration.ofMinutes(6));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    pace.clear();
    replay = new ReplayPlace(true, null);
    pass(Duration.ofMinutes(20));
    assertThat(state()).isEqualTo(FeedState.STANDING);
    assertThat(watch.report().expected()).isFalse();
    replay = ReplayPlace.NONE;
    pace.put(SPY, 100);
    pass(Duration.ofSeconds(2));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
  }

  @Test
  void nightOfAContinuousReplayIsNotMute() {
    wallMarket = false;
    watch = newWatch();
    now = Instant.parse("2026-03-17T19:52:59Z");
    flow(Duration.ofMinutes(7));
    pace.clear();
    // The last event was before the close, but the simulator's clock is beyond it.
    replay = new ReplayPlace(false, Instant.parse("2026-03-17T20:00:30Z"));
    pass(Duration.ofMinutes(5));
    assertThat(state()).isEqualTo(FeedState.CLOSED);
  }

  @Test
  void pauseOfOurOwnIsNotTheStreamersSilence() {
    flow(Duration.ofMinutes(6));
    // A minute in which nobody looked, as in a frozen machine.
    nanos += Duration.ofMinutes(1).toNanos();
    now = now.plusSeconds(60);
    boolean _ = watch.look();
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    pass(Duration.ofSeconds(1));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
  }

  @Test
  void r36_clockThatJumpsMakesNoSilence() {
    flow(Duration.ofMinutes(6));
    now = now.plusSeconds(3_600);
    pass(Duration.ofSeconds(2));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    now = now.minusSeconds(7_200);
    pass(Duration.ofSeconds(2));
    assertThat(state()).isEqualTo(FeedState.FLOWING);
    pace.clear();
    pass(Duration.ofSeconds(5));
    assertThat(state()).isEqualTo(FeedState.DEAD_SOCKET);
  }

  /** Chance makes everything in the end: one of seeds 1 to 400, or once in 2,000 such hours. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void randomTradingIsNotCalledMute(long seed) {
    Random random = new Random(seed);
    connect();
    // Five hours of three tickers that trade by chance, every other second, in five and in twenty.
    double[] perLook = {0.05, 0.02, 0.005};
    Ticker[] names = {SPY, QQQ, RARE};
    int stale = 0;
    for (int look = 0; look < 5 * 36_000; look++) {
      for (int i = 0; i < names.length; i++) {
        if (random.nextDouble() < perLook[i]) {
          item(names[i], "Normal", false);
        }
      }
      step();
      stale += state().blocking() ? 1 : 0;
    }
    assertThat(stale).isZero();
  }

  private FeedState state() {
    return watch.report().state();
  }

  /** Two liquid tickers, several items a second, on a new connection. */
  private void flow(Duration duration) {
    pace.put(SPY, 200);
    pace.put(QQQ, 400);
    connect();
    pass(duration);
  }

  private void connect() {
    watch.saw(new StreamEvent.Connected(1, now));
    for (Ticker ticker : new Ticker[] {SPY, QQQ, RARE}) {
      item(ticker, "Normal", true);
    }
  }

  private void disconnect(String reason) {
    watch.saw(new StreamEvent.Disconnected(1, reason, now));
  }

  private void heartbeat() {
    frameAt = nanos;
    watch.saw(new StreamEvent.Heartbeat(1, now));
  }

  private void pass(Duration duration) {
    for (long step = 0; step < duration.toMillis() / BLINK.toMillis(); step++) {
      step();
    }
  }

  private void step() {
    nanos += BLINK.toNanos();
    now = now.plus(BLINK);
    pace.forEach(
        (ticker, millis) -> {
          if (nanos - sentAt.getOrDefault(ticker, 0L) >= millis * 1_000_000L) {
            item(ticker, "Normal", false);
          }
        });
    boolean _ = watch.look();
  }

  private void item(Ticker ticker, String status, boolean first) {
    sentAt.put(ticker, nanos);
    frameAt = nanos;
    LevelOneEquity image =
        LevelOneEquity.of(ticker)
            .last(Price.of("100.00"))
            .securityStatus(status)
            .tradeTime(now)
            .build();
    watch.saw(new StreamEvent.EquityUpdate(1, ticker, image, first, 1L << 3, now));
  }
}
