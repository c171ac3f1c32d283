package io.alphakite.benchmarks.feed;

import com.zaxxer.hikari.HikariDataSource;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.settings.Settings;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.streaming.feed.FeedRules;
import io.alphakite.streaming.feed.TickerFeed;
import io.alphakite.streaming.gap.GapLedger;
import io.alphakite.streaming.gap.GapRetries;
import io.alphakite.streaming.gap.GapSettings;
import io.alphakite.streaming.history.PriceHistory;
import io.alphakite.streaming.intake.StreamIntake;
import io.alphakite.streaming.option.OptionFeed;
import io.alphakite.streaming.store.RowBuffer;
import io.alphakite.streaming.store.RowFlusher;
import io.alphakite.streaming.store.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The streaming service's own classes from the socket on, with the settings it has by default. */
final class KitePipeline implements Contestant {
  static final FeedRules RULES =
      new FeedRules(MarketCalendar.nyse(), TradingHours.REGULAR, MovingAverage.Bars.ofSeconds(60));

  private static final StoreSettings DEFAULTS =
      new StoreSettings(1, Duration.ofSeconds(1), 100_000);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final FrameServer server;

  private final HikariDataSource database;
  private final RowFlusher flusher;
  private final StreamIntake intake;

  KitePipeline(TickTape tape, DatabaseUrl streamer, Path directory) throws IOException {
    this.server = new FrameServer(tape);
    Path token = directory.resolve("token.json");
    Files.deleteIfExists(token);
    Files.createFile(
        token, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        token,
        "{\"access_token\":\"bench\",\"refresh_token\":\"bench\",\"expires_at\":\"2099-01-01T00:00:00Z\",\"token_type\":\"Bearer\"}");
    SchwabApi schwab =
        SchwabApi.connect(
            SchwabConfig.of(
                server.uri().toString(), "bench", "bench", "https://127.0.0.1", token, null),
            InstantSource.system());
    this.database = new HikariDataSource();
    database.setJdbcUrl(streamer.jdbcUrl());
    database.setUsername(streamer.user());
    database.setPassword(streamer.password());
    database.setMaximumPoolSize(2);
    RowBuffer buffer = new RowBuffer(DEFAULTS);
    this.flusher = new RowFlusher(buffer, database, InstantSource.system(), _ -> {});
    Map<Ticker, TickerFeed> feeds = new HashMap<>();
    tape.tickers().forEach(ticker -> feeds.put(ticker, new TickerFeed(ticker, RULES)));
    PriceHistory history = new PriceHistory((ticker, from, to, extended) -> List.of());
    this.intake =
        new StreamIntake(
            schwab.stream(),
            feeds,
            RULES,
            history,
            new GapLedger(
                RULES,
                GapSettings.from(Settings.of(Map.of())),
                InstantSource.system(),
                new GapRetries(history)),
            new OptionFeed(RULES.calendar(), RULES.hours(), InstantSource.system(), false),
            buffer,
            InstantSource.system(),
            false);
    flusher.start();
    intake.start();
  }

  @Override
  public String name() {
    return "Alpha Kite, socket to committed row";
  }

  /** Waits until the stream stands. */
  void awaitReady() throws IOException, InterruptedException {
    server.awaitSubscribed();
  }

  @Override
  public long run(TickTape.Stretch stretch) throws IOException, InterruptedException {
    // Every tick is a row of its own, so rows written are ticks.
    long until = flusher.status().rows() + stretch.ticks().size();
    long start = System.nanoTime();
    server.send(stretch.frames());
    while (flusher.status().rows() < until) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IOException(
            "only %d of %d rows came within %d s: %s"
                .formatted(
                    flusher.status().rows(),
                    until,
                    PATIENCE.toSeconds(),
                    flusher.status().failing()));
      }
      Thread.sleep(1);
    }
    return System.nanoTime() - start;
  }

  @Override
  public void close() throws IOException {
    intake.close();
    flusher.close();
    database.close();
    server.close();
  }
}
