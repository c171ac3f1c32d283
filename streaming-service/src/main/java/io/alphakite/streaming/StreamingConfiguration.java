package io.alphakite.streaming;

import io.alphakite.db.AdvisoryLock;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.platform.time.MarketClock;
import io.alphakite.platform.time.MarketClockSettings;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.SchwabMetrics;
import io.alphakite.schwab.auth.TokenKeeper;
import io.alphakite.schwab.http.RateBudget;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.gap.GapCause;
import io.alphakite.streaming.gap.GapLedger;
import io.alphakite.streaming.gap.GapRetries;
import io.alphakite.streaming.gap.GapSettings;
import io.alphakite.streaming.health.FeedCheck;
import io.alphakite.streaming.health.FreshnessCheck;
import io.alphakite.streaming.health.GapCheck;
import io.alphakite.streaming.health.GapMetrics;
import io.alphakite.streaming.health.SpillCheck;
import io.alphakite.streaming.health.SpillMetrics;
import io.alphakite.streaming.health.StreamingMetrics;
import io.alphakite.streaming.health.TokenCheck;
import io.alphakite.streaming.history.PriceHistory;
import io.alphakite.streaming.intake.StreamIntake;
import io.alphakite.streaming.option.OptionFeed;
import io.alphakite.streaming.option.OptionFollower;
import io.alphakite.streaming.option.OptionMetrics;
import io.alphakite.streaming.option.OptionSettings;
import io.alphakite.streaming.quarantine.QuarantineCheck;
import io.alphakite.streaming.quarantine.QuarantineStore;
import io.alphakite.streaming.recording.FrameRecorder;
import io.alphakite.streaming.recording.FrameSource;
import io.alphakite.streaming.recording.RecordSettings;
import io.alphakite.streaming.recording.RecordingTable;
import io.alphakite.streaming.retention.PartitionsCheck;
import io.alphakite.streaming.retention.Retention;
import io.alphakite.streaming.retention.RetentionSettings;
import io.alphakite.streaming.spill.SpillSettings;
import io.alphakite.streaming.store.BarCandles;
import io.alphakite.streaming.store.FeedStateStore;
import io.alphakite.streaming.store.FeedStore;
import io.alphakite.streaming.store.GapStore;
import io.alphakite.streaming.store.GapsAskedFor;
import io.alphakite.streaming.store.RowBuffer;
import io.alphakite.streaming.store.RowFlusher;
import io.alphakite.streaming.store.StoreSettings;
import io.alphakite.streaming.store.TickerTable;
import io.alphakite.streaming.store.VolumeAudit;
import io.alphakite.streaming.wanted.TickerKeeper;
import io.alphakite.streaming.watch.FeedWatch;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The whole service: stream, intake with its feeds, buffer, flusher, and who watches them. */
@Configuration(proxyBeanMethods = false)
class StreamingConfiguration {

  /** This service's share of what one app may ask of Schwab; the engine has the rest. */
  private static final int REQUESTS_PER_MINUTE = 40;

  /** An option chain takes two requests; a quarter of all may be theirs. */
  private static final int REQUESTS_PER_CHAIN_TURN = 8;

  @Bean
  StreamSettings streamSettings(Settings settings) {
    return StreamSettings.from(settings);
  }

  @Bean
  StoreSettings storeSettings(Settings settings) {
    return StoreSettings.from(settings);
  }

  @Bean
  FeedRules feedRules(StreamSettings settings, MarketCalendar calendar) {
    return new FeedRules(calendar, settings.hours(), settings.bars());
  }

  @Bean
  SchwabApi schwab(Settings settings, DataSource database, InstantSource wallClock) {
    try {
      SchwabConfig config =
          SchwabConfig.of(
              settings.text("SCHWAB_BASE_URL", SchwabConfig.PRODUCTION),
              settings.text("SCHWAB_APP_KEY", ""),
              settings.text("SCHWAB_APP_SECRET", ""),
              settings.text("SCHWAB_CALLBACK_URL", ""),
              Path.of(settings.text("SCHWAB_TOKEN_FILE", ".kite/schwab-token.json")),
              settings.text("SCHWAB_TOKEN_KEY").orElse(null));
      RateBudget.Settings limits = SchwabApi.limits(config, REQUESTS_PER_MINUTE);
      return SchwabApi.connect(
          config,
          wallClock,
          limits.withRequestsPerMinute(
              settings.integer(
                  "SCHWAB_STREAMER_REQUESTS_PER_MINUTE", limits.requestsPerMinute(), 1, 60_000)),
          new AdvisoryLock(database::getConnection, AdvisoryLock.SCHWAB_TOKENS)::acquire);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(String.valueOf(e.getMessage()));
    } catch (SchwabException e) {
      throw new SettingsException("SCHWAB_TOKEN_FILE: " + e.getMessage());
    }
  }

  /** The stream asks for a token at its login alone, which may be days ago. */
  @Bean
  TokenKeeper tokenKeeper(SchwabApi schwab, InstantSource wallClock) {
    return TokenKeeper.start(schwab.tokens(), wallClock);
  }

  @Bean
  FeedStore feedStore(JdbcClient jdbc, FeedRules rules) {
    return new FeedStore(jdbc, rules);
  }

  @Bean
  RowBuffer rowBuffer(StoreSettings settings) {
    return new RowBuffer(settings);
  }

  @Bean
  SpillSettings spillSettings(Settings settings) {
    return SpillSettings.from(settings);
  }

  /** With what an earlier run left on disk already written. */
  @Bean(destroyMethod = "")
  RowFlusher rowFlusher(
      RowBuffer buffer,
      DataSource database,
      InstantSource wallClock,
      MeterRegistry registry,
      SpillSettings spill)
      throws SQLException {
    Timer timer =
        Timer.builder(StreamingMetrics.FLUSH_TIMER).description("one flush").register(registry);
    RowFlusher flusher = new RowFlusher(buffer, database, wallClock, timer::record, spill);
    flusher.recover();
    return flusher;
  }

  @Bean
  PriceHistory priceHistory(SchwabApi schwab, FrameSource frames) {
    return new PriceHistory(frames.history(schwab));
  }

  @Bean
  GapRetries gapRetries(PriceHistory history) {
    return new GapRetries(history);
  }

  @Bean
  GapLedger gapLedger(
      Settings settings,
      FeedRules rules,
      InstantSource wallClock,
      GapRetries retries,
      RowFlusher recovered,
      JdbcClient jdbc) {
    GapLedger ledger = new GapLedger(rules, GapSettings.from(settings), wallClock, retries);
    GapStore stored = new GapStore(jdbc);
    // Read after recovery: what is stored now is what the files held.
    ledger.startFrom(stored.newestEvent(), stored.open());
    recovered.onLoss((from, to) -> ledger.rowsLost(from, to, GapCause.SPILL_OVERFLOW));
    return ledger;
  }

  @Bean(destroyMethod = "")
  StreamIntake streamIntake(
      Settings settings,
      PriceHistory history,
      GapLedger gaps,
      SchwabStream stream,
      FeedRules rules,
      OptionFeed options,
      RowBuffer buffer,
      InstantSource wallClock) {
    return new StreamIntake(
        stream,
        Map.of(),
        rules,
        history,
        gaps,
        options,
        buffer,
        wallClock,
        MarketClockSettings.from(settings) == MarketClockSettings.WALL);
  }

  @Bean(destroyMethod = "")
  TickerKeeper tickerKeeper(
      StreamSettings streamed,
      JdbcClient jdbc,
      FeedStore store,
      StreamIntake intake,
      Notifications notifications,
      RowBuffer buffer,
      RowFlusher flusher) {
    return new TickerKeeper(
        new TickerTable(jdbc),
        store,
        intake,
        notifications,
        ticker -> flusher.isBehind() || buffer.holds(ticker),
        streamed.tickers(),
        streamed.tickersMax());
  }

  @Bean
  OptionSettings optionSettings(Settings settings) {
    return OptionSettings.from(settings);
  }

  @Bean
  OptionFeed optionFeed(
      Settings settings, StreamSettings streamed, MarketCalendar calendar, InstantSource wall) {
    return new OptionFeed(
        calendar,
        streamed.hours(),
        wall,
        MarketClockSettings.from(settings) == MarketClockSettings.WALL);
  }

  @Bean(destroyMethod = "")
  OptionFollower optionFollower(
      OptionSettings settings,
      StreamIntake intake,
      OptionFeed feed,
      SchwabApi schwab,
      SchwabStream stream,
      MarketCalendar calendar) {
    return new OptionFollower(
        settings,
        intake.roster()::tickers,
        feed,
        schwab.marketData(),
        stream,
        calendar,
        Math.max(1, schwab.budget().requestsPerMinute() / REQUESTS_PER_CHAIN_TURN));
  }

  @Bean
  OptionMetrics optionMetrics(OptionFollower follower) {
    return new OptionMetrics(follower::status);
  }

  @Bean
  StreamingLifecycle streamingLifecycle(
      TickerKeeper keeper,
      StreamIntake intake,
      OptionSettings options,
      OptionFollower follower,
      RowBuffer buffer,
      RowFlusher flusher) {
    return new StreamingLifecycle(
        () -> {
          keeper.start();
          flusher.start();
          intake.start();
          if (options.streamed()) {
            follower.start();
          }
        },
        () -> {
          buffer.letIn();
          // Both may wait for the database or for Schwab; what was taken must not wait for them.
          Thread followerEnd = Thread.ofVirtual().start(follower::close);
          Thread keeperEnd = Thread.ofVirtual().start(keeper::close);
          intake.close();
          flusher.close();
          join(followerEnd);
          join(keeperEnd);
        });
  }

  private static void join(Thread ending) {
    try {
      ending.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Bean(initMethod = "start")
  VolumeAudit volumeAudit(JdbcClient jdbc, FeedRules rules, GapLedger gaps) {
    return new VolumeAudit(
        jdbc,
        rules,
        (ticker, from, to) -> gaps.rowsLost(ticker, from, to, GapCause.VOLUME_MISMATCH));
  }

  @Bean(initMethod = "start")
  BarCandles barCandles(
      DataSource database,
      PriceHistory history,
      FeedRules rules,
      MarketClock market,
      StreamIntake intake) {
    return new BarCandles(database, history, rules, market::now, intake.roster()::tickers);
  }

  @Bean(initMethod = "start")
  GapsAskedFor gapsAskedFor(JdbcClient jdbc, GapLedger gaps) {
    return new GapsAskedFor(new GapStore(jdbc), gaps);
  }

  @Bean
  HealthCheck gapCheck(GapLedger gaps) {
    return new GapCheck(gaps::status);
  }

  @Bean
  GapMetrics gapMetrics(GapLedger gaps) {
    return new GapMetrics(gaps::status);
  }

  @Bean
  HealthCheck tokenCheck(SchwabApi schwab, InstantSource wallClock) {
    return new TokenCheck(schwab.tokens(), wallClock);
  }

  @Bean
  HealthCheck feedCheck(
      StreamIntake intake,
      SchwabStream stream,
      FeedWatch watch,
      OptionSettings options,
      OptionFollower follower) {
    return new FeedCheck(
        intake::status, stream::stats, watch::report, options.streamed() ? follower::status : null);
  }

  @Bean
  HealthCheck freshnessCheck(
      StreamIntake intake,
      FeedWatch watch,
      FeedStateStore states,
      RowBuffer buffer,
      RowFlusher flusher,
      FeedRules rules,
      StoreSettings store,
      MarketClock market) {
    return new FreshnessCheck(
        intake::status,
        watch::report,
        states::newestTick,
        buffer::depth,
        flusher::status,
        rules,
        store.batchInterval(),
        market);
  }

  @Bean(initMethod = "start")
  QuarantineStore quarantineStore(StreamIntake intake, DataSource database) {
    return new QuarantineStore(intake.quarantine(), database);
  }

  @Bean
  QuarantineCheck quarantineCheck(StreamIntake intake) {
    return new QuarantineCheck(intake.quarantine());
  }

  @Bean
  SchwabMetrics schwabMetrics(SchwabApi schwab) {
    return new SchwabMetrics(() -> Optional.of(schwab));
  }

  @Bean
  HealthCheck spillCheck(RowFlusher flusher) {
    return new SpillCheck(flusher::spillStatus, flusher::status);
  }

  @Bean
  SpillMetrics spillMetrics(RowFlusher flusher) {
    return new SpillMetrics(flusher::spillStatus);
  }

  @Bean
  StreamingMetrics streamingMetrics(
      StreamIntake intake, SchwabStream stream, RowBuffer buffer, RowFlusher flusher) {
    return new StreamingMetrics(intake::status, stream::stats, buffer::depth, flusher::status);
  }

  @Bean(initMethod = "start")
  Retention retention(
      Settings settings, DataSource database, MarketClock market, InstantSource wallClock) {
    return new Retention(database, RetentionSettings.from(settings), market, wallClock);
  }

  @Bean
  PartitionsCheck partitionsCheck(
      Retention retention, MarketClock market, InstantSource wallClock) {
    return new PartitionsCheck(retention, market, wallClock);
  }

  @Bean(initMethod = "start")
  FrameRecorder frameRecorder(Settings settings, DataSource database, InstantSource wallClock) {
    RecordSettings recorded = RecordSettings.from(settings);
    return new FrameRecorder(
        recorded,
        new RecordingTable(database, recorded.directory().toAbsolutePath().normalize().toString()),
        wallClock);
  }

  @Bean
  FrameSource frameSource(Settings settings, FrameRecorder recorder, InstantSource wallClock) {
    return FrameSource.of(settings, recorder, wallClock);
  }
}
