package io.alphakite.streaming;

import io.alphakite.model.market.Ticker;
import io.alphakite.platform.ServiceDefinition;
import io.alphakite.platform.alert.AlertBook;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.time.MarketClockSettings;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamService;
import io.alphakite.streaming.alarm.AlarmSettings;
import io.alphakite.streaming.alarm.FeedDesk;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.gap.GapCause;
import io.alphakite.streaming.gap.GapLedger;
import io.alphakite.streaming.health.WatchMetrics;
import io.alphakite.streaming.intake.StreamIntake;
import io.alphakite.streaming.recording.FrameSource;
import io.alphakite.streaming.retention.PartitionsCheck;
import io.alphakite.streaming.store.FeedStateStore;
import io.alphakite.streaming.watch.FeedWatch;
import io.alphakite.streaming.watch.ReplayProbe;
import io.alphakite.streaming.watch.WatchSettings;
import io.alphakite.streaming.watch.WatchedStream;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who watches the feed, and who is told. */
@Configuration(proxyBeanMethods = false)
class WatchConfiguration {

  private static final Set<TokenStatus.State> DEAD =
      EnumSet.of(TokenStatus.State.MISSING, TokenStatus.State.LOGIN_REQUIRED);

  private static final BigDecimal SHORTEST = new BigDecimal("0.1");
  private static final BigDecimal LONGEST = new BigDecimal(600);

  /** The stream and its watch, which need each other. */
  record WatchedFeed(WatchedStream stream, FeedWatch watch) {}

  @Bean
  WatchSettings watchSettings(Settings settings) {
    Duration stale =
        seconds(settings.decimal("FEED_STALE_SECONDS", new BigDecimal(4), SHORTEST, LONGEST));
    Duration reconnect =
        seconds(settings.decimal("FEED_RECONNECT_SECONDS", BigDecimal.TEN, SHORTEST, LONGEST));
    return new WatchSettings(stale, reconnect.compareTo(stale) < 0 ? stale : reconnect);
  }

  private static Duration seconds(BigDecimal value) {
    return Duration.ofNanos(value.movePointRight(9).longValue());
  }

  @Bean
  AlarmSettings alarmSettings(Settings settings) {
    return AlarmSettings.from(settings);
  }

  @Bean
  ReplayProbe replayProbe(Settings settings, SchwabApi schwab) {
    return new ReplayProbe(
        URI.create(settings.text("SCHWAB_BASE_URL", SchwabConfig.PRODUCTION)), schwab::simulator);
  }

  @Bean(destroyMethod = "")
  WatchedFeed watchedFeed(
      Settings settings,
      WatchSettings watchSettings,
      FeedRules rules,
      SchwabApi schwab,
      ReplayProbe replay,
      FrameSource frames,
      GapLedger gaps,
      InstantSource wallClock) {
    SchwabStream stream = frames.stream(schwab);
    FeedWatch watch =
        new FeedWatch(
            watchSettings,
            new FeedWatch.Surroundings(
                rules.calendar(),
                rules.hours(),
                MarketClockSettings.from(settings) == MarketClockSettings.WALL,
                wallClock,
                System::nanoTime,
                () -> stream.stats().lastFrameNanosAgo(),
                () -> DEAD.contains(schwab.tokens().status().state()),
                replay));
    WatchedStream watched =
        new WatchedStream(
            stream,
            watch,
            watchSettings,
            (ticker, from) -> gaps.open(ticker, from, GapCause.MUTE),
            System::nanoTime);
    return new WatchedFeed(watched, watch);
  }

  @Bean(destroyMethod = "")
  SchwabStream schwabStream(WatchedFeed feed) {
    return feed.stream();
  }

  @Bean
  FeedWatch feedWatch(WatchedFeed feed) {
    return feed.watch();
  }

  @Bean
  FeedStateStore feedStateStore(JdbcClient jdbc) {
    return new FeedStateStore(jdbc);
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  FeedDesk feedDesk(
      Settings settings,
      ServiceDefinition service,
      FeedWatch watch,
      ReplayProbe replay,
      SchwabApi schwab,
      SchwabStream stream,
      StreamIntake intake,
      AlarmSettings alarmSettings,
      FeedStateStore states,
      GapLedger gaps,
      PartitionsCheck partitions,
      JdbcClient jdbc,
      InstantSource wallClock) {
    // A replay's clock is its own.
    boolean wallMarket = MarketClockSettings.from(settings) == MarketClockSettings.WALL;
    Supplier<Optional<Duration>> skew =
        () -> wallMarket ? stream.clockSkew().or(schwab::clockSkew) : Optional.empty();
    return new FeedDesk(
        new FeedDesk.Sources(
            watch,
            replay,
            () -> schwab.tokens().status(),
            skew,
            intake::status,
            partitions,
            wallClock),
        alarmSettings,
        states,
        new AlertBook(jdbc, service.name(), alarmSettings.hold()),
        // From here on the stream is not proven complete.
        lastData ->
            stream
                .wanted(StreamService.LEVELONE_EQUITIES)
                .forEach(symbol -> gaps.open(Ticker.of(symbol), lastData, GapCause.MUTE)));
  }

  @Bean
  WatchMetrics watchMetrics(
      Settings settings,
      FeedWatch watch,
      WatchedFeed feed,
      SchwabApi schwab,
      InstantSource wallClock) {
    return new WatchMetrics(
        watch::report,
        () -> schwab.tokens().status(),
        wallClock,
        MarketClockSettings.from(settings) == MarketClockSettings.WALL,
        feed.stream()::resubscribed,
        feed.stream()::reconnected);
  }
}
