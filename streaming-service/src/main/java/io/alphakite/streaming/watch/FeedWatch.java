package io.alphakite.streaming.watch;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.calendar.TradingSession;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.LevelOneEquity;
import io.alphakite.schwab.stream.StreamEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges the feed by its data. Frames and heartbeats only tell what kind of silence it is.
 *
 * <p>Silence counts while the market is open, by the market's own clock: the wall's, or the newest
 * event's in a replay. A ticker is a <b>canary</b> when its rate ({@link Pulse}) gives a silence of
 * {@link WatchSettings#staleAfter} a chance of at most 1 in 1000. The feed is silent when every
 * canary was silent for at least so long and the silences of all of them together have a chance of
 * at most 1 in 10<sup>9</sup>; without a canary, when that holds of all tickers. One canary that is
 * silent by such a chance while other tickers flow is looked upon as halted. First images after a
 * subscription are no data: a mute feed sends them too. While nobody ever brought anything, {@link
 * WatchSettings#unlearnedSilence} of regular hours without an image, or twice that with images
 * alone, is a mute feed.
 *
 * <p>A rate is forgotten where the pre-market and the post-market begin, whose pace is another; it
 * is kept over the night, and nothing is learned while the feed is down.
 *
 * <p>Driven by one thread, the one that takes from the stream: what waits for us is not the
 * streamer's silence. The report may be read by any.
 */
public final class FeedWatch {

  private static final double CANARY = Math.log(1e-3);
  private static final double BEYOND_CHANCE = Math.log(1e-9);
  private static final String HALTED = "halted";
  // A pause that nobody asks about is not told.
  private static final int QUIET_TOLD = 8;
  // Even what trades rarely is quoted within this many times the patience with images.
  private static final int IMAGES_ALONE = 2;
  // Enough to see each beat; a look costs some nanoseconds a ticker.
  private static final int LOOKS_PER_BEAT = 10;

  /** Which part of the day it is, as far as the pace is concerned. */
  private enum Phase {
    SHUT,
    REGULAR,
    BEFORE,
    AFTER
  }

  /** What the watch asks of the world around it. */
  public record Surroundings(
      MarketCalendar calendar,
      TradingHours hours,
      boolean wallMarket,
      InstantSource wallClock,
      LongSupplier nanoTime,
      LongSupplier frameNanosAgo,
      BooleanSupplier loginRequired,
      Supplier<ReplayPlace> replay) {}

  private final WatchSettings settings;
  private final Surroundings world;
  private final long staleNanos;
  private final long lookNanos;
  private final Map<Ticker, Watched> tickers = new HashMap<>();

  private long countedAtNanos;
  // Time in which data was expected, and the part of it in which rates were learned.
  private long watchedNanos;
  private long learnedNanos;
  private Phase phase = Phase.SHUT;
  private @Nullable TradingSession session;
  private Instant newestEvent = Instant.EPOCH;
  private boolean connected;
  private boolean everConnected;
  private boolean takenOver;
  private long connectedAt;
  private long disconnectedAt;
  private long regularAt;
  private boolean imageCame;
  private @Nullable String reason = "not yet connected";
  private long itemAt;
  private FeedState state = FeedState.STARTING;
  private Instant since;
  private volatile FeedReport report;
  private volatile long lookedAt;

  private static final class Watched {
    private final Pulse pulse;
    private boolean halted;
    private Instant itemAt;
    private @Nullable Instant newestEvent;
    private long images;

    Watched(Pulse pulse, Instant itemAt) {
      this.pulse = pulse;
      this.itemAt = itemAt;
    }

    void newest(@Nullable Instant time) {
      if (time != null && (newestEvent == null || time.isAfter(newestEvent))) {
        newestEvent = time;
      }
    }
  }

  public FeedWatch(WatchSettings settings, Surroundings world) {
    this.settings = settings;
    this.world = world;
    this.staleNanos = settings.staleAfter().toNanos();
    this.lookNanos = settings.beat().toNanos() / LOOKS_PER_BEAT;
    this.countedAtNanos = world.nanoTime().getAsLong();
    this.since = world.wallClock().instant();
    this.report = make(Map.of(), Duration.ZERO, 0, false);
    this.lookedAt = countedAtNanos;
  }

  /** What it makes of the feed. */
  public FeedReport report() {
    return report;
  }

  /** How long ago it last looked: long when whoever takes from the stream is held up. */
  public Duration sinceLook() {
    return Duration.ofNanos(world.nanoTime().getAsLong() - lookedAt);
  }

  /** Takes note of an event, in the order in which they come. */
  public void saw(StreamEvent event) {
    switch (event) {
      case StreamEvent.EquityUpdate update -> item(update);
      case StreamEvent.Connected _ -> {
        connected = true;
        everConnected = true;
        takenOver = false;
        reason = null;
        imageCame = false;
        connectedAt = watchedNanos;
      }
      case StreamEvent.Disconnected lost -> down(lost.reason());
      case StreamEvent.Stopped stopped -> {
        down(stopped.reason());
        takenOver = stopped.cause() == StreamEvent.Stopped.Cause.TAKEN_OVER;
      }
      default -> {}
    }
  }

  private void down(String why) {
    if (connected) {
      disconnectedAt = watchedNanos;
    }
    connected = false;
    reason = why;
  }

  /** Forgets tickers that are not streamed any more. */
  public void keep(Collection<String> symbols) {
    tickers.keySet().removeIf(ticker -> !symbols.contains(ticker.symbol()));
  }

  private void item(StreamEvent.EquityUpdate update) {
    LevelOneEquity image = update.image();
    Watched watched =
        tickers.computeIfAbsent(
            update.ticker(),
            _ -> new Watched(new Pulse(settings, beat(), watchedNanos), wallNow()));
    watched.newest(image.quoteTime());
    watched.newest(image.tradeTime());
    if (watched.newestEvent != null && watched.newestEvent.isAfter(newestEvent)) {
      newestEvent = watched.newestEvent;
    }
    String status = image.securityStatus();
    watched.halted = status != null && status.equalsIgnoreCase(HALTED);
    if (update.first()) {
      imageCame = true;
      watched.images++;
      return;
    }
    watched.itemAt = wallNow();
    watched.pulse.item(beat(), watchedNanos);
    itemAt = watchedNanos;
  }

  private Instant wallNow() {
    return world.wallClock().instant();
  }

  private long beat() {
    return learnedNanos / settings.beat().toNanos();
  }

  /**
   * Lets time pass, and judges when it is time to. To be called several times a beat.
   *
   * @return whether it judged
   */
  public boolean look() {
    long now = world.nanoTime().getAsLong();
    if (now - lookedAt < lookNanos) {
      return false;
    }
    lookedAt = now;
    count(now);
    judge();
    return true;
  }

  private void count(long now) {
    long passed = Math.min(now - countedAtNanos, settings.hiccup().toNanos());
    countedAtNanos = now;
    Phase before = phase;
    phase = phase(marketNow());
    if (phase != before && (phase == Phase.BEFORE || phase == Phase.AFTER)) {
      tickers.clear();
    }
    if (phase != before && phase == Phase.REGULAR) {
      regularAt = watchedNanos;
    }
    if (phase != Phase.SHUT && state != FeedState.STANDING) {
      watchedNanos += passed;
      if (!state.blocking()) {
        learnedNanos += passed;
      }
    }
  }

  private Instant marketNow() {
    if (world.wallMarket()) {
      return wallNow();
    }
    Instant told = world.replay().get().marketTime();
    return told != null && told.isAfter(newestEvent) ? told : newestEvent;
  }

  /** At "always" data is expected when it is for "extended": nobody trades at night. */
  private Phase phase(Instant market) {
    if (market.equals(Instant.EPOCH)) {
      return Phase.SHUT;
    }
    TradingSession today = session;
    if (today == null
        || market.isBefore(today.preMarketOpen())
        || !market.isBefore(today.postMarketClose())) {
      Optional<TradingSession> found = world.calendar().session(market);
      if (found.isEmpty()) {
        return Phase.SHUT;
      }
      today = found.get();
      session = today;
    }
    if (today.contains(market, TradingHours.REGULAR)) {
      return Phase.REGULAR;
    }
    if (world.hours() == TradingHours.REGULAR || !today.contains(market, TradingHours.EXTENDED)) {
      return Phase.SHUT;
    }
    return market.isBefore(today.open()) ? Phase.BEFORE : Phase.AFTER;
  }

  private void judge() {
    long beat = beat();
    double beatNanos = settings.beat().toNanos();
    int canaries = 0;
    int learned = 0;
    boolean others = false;
    boolean brought = false;
    long canarySilence = Long.MAX_VALUE;
    long silence = Long.MAX_VALUE;
    // That a beat brings nothing of any of them, as a logarithm. What counts is the silence that
    // all
    // have in common: each one's own would add up to something rare again and again.
    double canaryChance = 0;
    double chance = 0;
    for (Watched ticker : tickers.values()) {
      brought |= ticker.halted || ticker.pulse.brought();
      if (ticker.halted || !ticker.pulse.isLearned(beat)) {
        continue;
      }
      learned++;
      long silent = ticker.pulse.silentNanos(watchedNanos);
      double logChance = ticker.pulse.logChanceOfSilence(1, beat);
      silence = Math.min(silence, silent);
      chance += logChance;
      if (isCanary(ticker, beat)) {
        canaries++;
        canarySilence = Math.min(canarySilence, silent);
        canaryChance += logChance;
      } else {
        others |= silent < staleNanos;
      }
    }
    boolean silentFeed;
    if (canaries > 0) {
      // One canary alone may be halted; that others flow shows it.
      silentFeed =
          canarySilence >= staleNanos
              && canaryChance * (canarySilence / beatNanos) <= BEYOND_CHANCE
              && !(canaries == 1 && others);
    } else if (brought) {
      silentFeed = silence >= staleNanos && chance * (silence / beatNanos) <= BEYOND_CHANCE;
    } else {
      silentFeed = phase == Phase.REGULAR && connected && nothingYet();
    }
    turn(verdict(silentFeed));
    report =
        make(
            silences(beat, beatNanos),
            Duration.ofNanos(canaries == 0 ? 0 : canarySilence),
            canaries,
            learned > 0);
  }

  /**
   * Nobody's pace is known: the first data of regular hours is awaited, and an image even sooner. A
   * new connection that is as mute as the one before starts no new wait.
   */
  private boolean nothingYet() {
    long since = Math.max(regularAt, itemAt);
    if (!state.blocking()) {
      since = Math.max(since, connectedAt);
    }
    long patience = settings.unlearnedSilence().toNanos();
    return watchedNanos - since >= (imageCame ? IMAGES_ALONE * patience : patience);
  }

  private FeedState verdict(boolean silentFeed) {
    if (takenOver) {
      return FeedState.TAKEN_OVER;
    }
    if (!connected && world.loginRequired().getAsBoolean()) {
      return FeedState.DEAD_TOKEN;
    }
    if (world.replay().get().standing()) {
      return FeedState.STANDING;
    }
    if (phase == Phase.SHUT) {
      return everConnected ? FeedState.CLOSED : FeedState.STARTING;
    }
    if (!connected) {
      boolean long_ = watchedNanos - disconnectedAt >= staleNanos;
      return long_ || state.blocking() ? FeedState.DEAD_SOCKET : keepUnlessShut();
    }
    if (!silentFeed) {
      return FeedState.FLOWING;
    }
    long frame = world.frameNanosAgo().getAsLong();
    // A frame that came after the last data: the socket lives.
    boolean lives = frame >= 0 && frame + lookNanos < watchedNanos - itemAt;
    return lives ? FeedState.MUTE_FEED : FeedState.DEAD_SOCKET;
  }

  /** A connection that is made anew at once is no state of its own. */
  private FeedState keepUnlessShut() {
    return state == FeedState.STARTING ? FeedState.STARTING : FeedState.FLOWING;
  }

  private void turn(FeedState next) {
    if (next == state) {
      return;
    }
    boolean goesOn = state.blocking() && next.blocking();
    if (!goesOn) {
      Instant now = wallNow();
      // A silent feed is so since its last data, not since we are sure.
      since =
          next == FeedState.MUTE_FEED || next == FeedState.DEAD_SOCKET
              ? now.minusNanos(Math.max(0, watchedNanos - itemAt))
              : now;
    }
    state = next;
  }

  private boolean isCanary(Watched ticker, long beat) {
    double stale = (double) staleNanos / settings.beat().toNanos();
    return ticker.pulse.logChanceOfSilence(stale, beat) <= CANARY;
  }

  private Map<Ticker, FeedReport.Silent> silences(long beat, double beatNanos) {
    Map<Ticker, FeedReport.Silent> silences = new HashMap<>();
    if (state == FeedState.FLOWING) {
      tickers.forEach(
          (ticker, watched) -> {
            TickerSilence kind = silence(watched, beat, beatNanos);
            if (kind != null) {
              silences.put(
                  ticker,
                  new FeedReport.Silent(
                      kind,
                      watched.itemAt,
                      isCanary(watched, beat),
                      watched.newestEvent,
                      watched.images));
            }
          });
    }
    return Map.copyOf(silences);
  }

  private @Nullable TickerSilence silence(Watched ticker, long beat, double beatNanos) {
    if (ticker.halted) {
      return TickerSilence.HALTED;
    }
    long silent = ticker.pulse.silentNanos(watchedNanos);
    if (silent < staleNanos || !ticker.pulse.isLearned(beat)) {
      return null;
    }
    double chance = ticker.pulse.logChanceOfSilence(silent / beatNanos, beat);
    if (chance <= BEYOND_CHANCE) {
      return TickerSilence.SILENT;
    }
    return silent >= QUIET_TOLD * staleNanos ? TickerSilence.QUIET : null;
  }

  private FeedReport make(
      Map<Ticker, FeedReport.Silent> silences,
      Duration canarySilence,
      int canaries,
      boolean learned) {
    return new FeedReport(
        state,
        since,
        phase != Phase.SHUT && state != FeedState.STANDING,
        phase == Phase.REGULAR && state != FeedState.STANDING,
        Duration.ofNanos(Math.max(0, watchedNanos - itemAt)),
        canarySilence,
        canaries,
        learned,
        silences,
        newestEvent.equals(Instant.EPOCH) ? null : newestEvent,
        connected ? null : reason);
  }
}
