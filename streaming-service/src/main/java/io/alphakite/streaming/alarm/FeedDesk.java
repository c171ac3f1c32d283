package io.alphakite.streaming.alarm;

import io.alphakite.platform.alert.AlertBook;
import io.alphakite.platform.logging.ErrorCounter;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.streaming.intake.IntakeStatus;
import io.alphakite.streaming.retention.PartitionTrouble;
import io.alphakite.streaming.retention.PartitionsCheck;
import io.alphakite.streaming.store.FeedStateStore;
import io.alphakite.streaming.watch.FeedReport;
import io.alphakite.streaming.watch.FeedState;
import io.alphakite.streaming.watch.FeedWatch;
import io.alphakite.streaming.watch.ReplayProbe;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the database what the feed is, so that the engine blocks orders and a person hears of it:
 * the state each second and at once when it turns, and the alarms. A thread of its own, since the
 * one that takes from the stream must not wait for the database.
 */
public final class FeedDesk implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FeedDesk.class);
  private static final Duration GLANCE = Duration.ofMillis(50);

  private static final Duration PARTITIONS_EVERY = Duration.ofSeconds(30);

  /** Nobody taking for so long is no busy machine. */
  private static final Duration STUCK = Duration.ofSeconds(15);

  /** What the desk looks at. */
  public record Sources(
      FeedWatch watch,
      ReplayProbe replay,
      Supplier<TokenStatus> token,
      Supplier<Optional<Duration>> clockSkew,
      Supplier<IntakeStatus> intake,
      PartitionsCheck partitions,
      InstantSource wallClock) {}

  private final Sources sources;
  private final AlarmSettings settings;
  private final AlarmRules rules;
  private final FeedStateStore states;
  private final AlertBook alerts;
  private final Consumer<Instant> mute;
  private final Thread thread;
  private volatile boolean closing;
  private Set<PartitionTrouble> partitions = Set.of();
  private long partitionsAt;
  private boolean wasStale;
  private boolean complained;

  /**
   * Not yet started.
   *
   * @param mute told the market time of the last data when the feed falls mute
   */
  public FeedDesk(
      Sources sources,
      AlarmSettings settings,
      FeedStateStore states,
      AlertBook alerts,
      Consumer<Instant> mute) {
    this.sources = sources;
    this.settings = settings;
    this.rules = new AlarmRules(settings);
    this.states = states;
    this.alerts = alerts;
    this.mute = mute;
    this.thread = Thread.ofPlatform().name("feed-desk").daemon(true).unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      if (thread.isAlive()) {
        thread.join(Duration.ofSeconds(2));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    FeedReport told = null;
    long toldAt = 0;
    while (!closing) {
      FeedReport now = sources.watch().report();
      boolean turned = told == null || told.state() != now.state();
      if (turned || System.nanoTime() - toldAt >= settings.every().toNanos()) {
        turned(told, now);
        told = now;
        toldAt = System.nanoTime();
        look(now);
      }
      try {
        Thread.sleep(GLANCE);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void look(FeedReport now) {
    try {
      probe(now);
      boolean stuck = sources.watch().sinceLook().compareTo(STUCK) > 0;
      Duration skew = sources.clockSkew().get().orElse(null);
      boolean skewed = rules.skewed(skew);
      states.write(now, now.state().blocking() || stuck || skewed, words(now, stuck, skewed));
      Instant wallNow = sources.wallClock().instant();
      alerts.hold(
          rules.of(
              new Observed(
                  now,
                  staleFor(now, wallNow),
                  stuck,
                  sources.token().get(),
                  skew,
                  ErrorCounter.lastFiveMinutes(),
                  sources.intake().get().refused(),
                  partitions(),
                  wallNow)));
      complained = false;
    } catch (RuntimeException e) {
      // The next look says it all again; what the flusher logs is said once.
      if (!complained && !closing) {
        complained = true;
        log.atWarn()
            .addKeyValue("event", "feed.state_not_written")
            .log("The feed's state cannot be written: {}", e.getMessage());
      }
    }
  }

  /** Of half a minute ago at most: what it asks is more than a row or two. */
  private Set<PartitionTrouble> partitions() {
    long now = System.nanoTime();
    if (partitionsAt == 0 || now - partitionsAt >= PARTITIONS_EVERY.toNanos()) {
      partitionsAt = now;
      try {
        partitions = sources.partitions().troubles();
      } catch (SQLException e) {
        log.atDebug().setCause(e).log("The partitions cannot be looked at");
      }
    }
    return partitions;
  }

  /** A replay that stands is asked for while there is silence, and not otherwise. */
  private void probe(FeedReport now) {
    if (now.state() == FeedState.FLOWING && now.silence().compareTo(settings.every()) < 0) {
      sources.replay().forget();
    } else {
      sources.replay().ask();
    }
  }

  private static String words(FeedReport now, boolean stuck, boolean skewed) {
    if (stuck) {
      return "Nobody takes what Schwab sends.";
    }
    return skewed && !now.state().blocking() ? "The clock is off Schwab's." : now.message();
  }

  private Duration staleFor(FeedReport now, Instant wallNow) {
    if (!now.state().blocking() || !now.expected()) {
      return Duration.ZERO;
    }
    return Duration.between(now.since(), wallNow);
  }

  private void turned(@Nullable FeedReport before, FeedReport now) {
    boolean stale = now.state().blocking() && now.expected();
    if (stale && !wasStale) {
      log.atWarn()
          .addKeyValue("event", "feed.stale")
          .addKeyValue("state", now.state().label())
          .log("{}", now.message());
    } else if (wasStale && !stale) {
      log.atInfo()
          .addKeyValue("event", "feed.fresh")
          .addKeyValue("state", now.state().label())
          .log("The feed is no longer stale");
    }
    wasStale = stale;
    Instant newest = now.newestEvent();
    if (now.state() == FeedState.MUTE_FEED
        && newest != null
        && (before == null || before.state() != FeedState.MUTE_FEED)) {
      mute.accept(newest);
    }
  }
}
