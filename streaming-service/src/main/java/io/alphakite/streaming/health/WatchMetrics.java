package io.alphakite.streaming.health;

import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.streaming.watch.FeedReport;
import io.alphakite.streaming.watch.FeedState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The figures of the feed's watch and of the login under {@code /actuator/prometheus}. */
public final class WatchMetrics implements MeterBinder {

  private final Supplier<FeedReport> feed;
  private final Supplier<TokenStatus> token;
  private final InstantSource wallClock;
  private final boolean wallMarket;
  private final LongSupplier resubscribed;
  private final LongSupplier reconnected;

  /**
   * Reads from here.
   *
   * @param wallMarket whether the lag behind the wall clock says anything
   * @param resubscribed subscriptions made anew for a silent ticker
   * @param reconnected connections given up since several tickers were silent
   */
  public WatchMetrics(
      Supplier<FeedReport> feed,
      Supplier<TokenStatus> token,
      InstantSource wallClock,
      boolean wallMarket,
      LongSupplier resubscribed,
      LongSupplier reconnected) {
    this.feed = feed;
    this.token = token;
    this.wallClock = wallClock;
    this.wallMarket = wallMarket;
    this.resubscribed = resubscribed;
    this.reconnected = reconnected;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(
        registry,
        "feed.lag.seconds",
        "wall clock minus the newest event's time while data is expected; NaN in a replay",
        this::lag);
    gauge(
        registry,
        "data.silence.seconds",
        "how long no ticker brought anything while it should have",
        () -> seconds(feed.get().silence()));
    gauge(
        registry,
        "canary.silence.seconds",
        "the shortest silence of a liquid ticker",
        () -> seconds(feed.get().canarySilence()));
    gauge(
        registry,
        "canaries",
        "tickers whose silence would be noticed at once",
        () -> feed.get().canaries());
    for (FeedState state : FeedState.values()) {
      Gauge.builder("kite.streaming.feed.state", () -> feed.get().state() == state ? 1 : 0)
          .description("1 at what the feed is")
          .tag("state", state.label())
          .register(registry);
    }
    counter(
        registry,
        "resubscribed",
        "tickers subscribed anew since they were silent while others flowed",
        resubscribed);
    counter(
        registry,
        "partial.reconnects",
        "connections given up since several liquid tickers stayed silent",
        reconnected);
    gauge(
        registry,
        "token.left.seconds",
        "until the login ends; NaN when that is not known",
        () -> left(token.get().loginEndsAt()));
    gauge(
        registry,
        "access.token.left.seconds",
        "until the access token ends",
        () -> left(token.get().accessExpiresAt()));
  }

  private static void counter(
      MeterRegistry registry, String name, String description, LongSupplier figure) {
    FunctionCounter.builder("kite.streaming." + name, figure, LongSupplier::getAsLong)
        .description(description)
        .register(registry);
  }

  private double lag() {
    FeedReport report = feed.get();
    Instant newest = report.newestEvent();
    return wallMarket && report.expected() && newest != null
        ? seconds(Duration.between(newest, wallClock.instant()))
        : Double.NaN;
  }

  private double left(@Nullable Instant end) {
    return end == null ? Double.NaN : seconds(Duration.between(wallClock.instant(), end));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  private static void gauge(
      MeterRegistry registry, String name, String description, DoubleSupplier figure) {
    Gauge.builder("kite.streaming." + name, figure, DoubleSupplier::getAsDouble)
        .description(description)
        .strongReference(true)
        .register(registry);
  }
}
