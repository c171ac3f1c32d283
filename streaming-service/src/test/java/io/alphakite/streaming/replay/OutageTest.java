package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.model.market.Ticker;
import io.alphakite.platform.RunningService;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.streaming.feed.TickerState;
import io.alphakite.streaming.store.RowBuffer;
import io.alphakite.streaming.store.SpillContents;
import io.alphakite.testing.FaultyConnection;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database goes away in the middle of a session and the process ends meanwhile: the next one
 * goes on with the same rows as if nothing had happened.
 */
@Timeout(400)
class OutageTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");

  @Test
  void r24_killedWhileTheDatabaseIsAwayEndsWithTheSameRows(@TempDir Path directory)
      throws Exception {
    outages(directory, 1, new Random(24));
  }

  @Test
  @Tag("long")
  void r24_killedAndStoppedAtRandomMomentsEndsWithTheSameRows(@TempDir Path directory)
      throws Exception {
    long seed = System.nanoTime();
    System.out.println("Seed of the outages: " + seed);
    outages(directory, 8, new Random(seed));
  }

  /** Ends the process so many times while its database is away, by kill -9 or by SIGTERM. */
  private static void outages(Path directory, int times, Random random) throws Exception {
    try (ReplayRig rig = new ReplayRig(directory, RestartTest.REPLAY)) {
      FaultyConnection way = FaultyConnection.before(rig.databaseUrl());
      Path spill = directory.resolve("spill");
      Map<String, String> settings =
          Map.of(
              "DATABASE_URL",
              way.through(rig.databaseUrl()),
              "SPILL_DIR",
              spill.toString(),
              "SPILL_AFTER",
              "0");
      UUID database =
          UUID.fromString(rig.sql("SELECT id FROM streaming.spill_database").getFirst());
      Instant market = OPEN;
      Duration part = Duration.ofMinutes(36).dividedBy(times);
      for (int i = 0; i < times; i++) {
        boolean killed = i == 0 || random.nextBoolean();
        rig.startProcess(settings);
        rig.awaitSubscribed();
        rig.simulator.paused(false);
        rig.awaitMarket(market.plus(part.multipliedBy(10 + random.nextInt(30)).dividedBy(100)));
        way.cut();
        rig.awaitMarket(market.plus(part.multipliedBy(60 + random.nextInt(35)).dividedBy(100)));
        rig.simulator.paused(true);
        market = market.plus(part);
        // Every tick so far has its row on disk or in the database.
        ReplayRig.Image image = rig.image();
        await()
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofMillis(200))
            .until(
                () -> {
                  TickerState state = SpillContents.newest(spill, database, SPY);
                  return state != null
                      && Long.valueOf(image.totalVolume()).equals(state.dayVolume())
                      && image.tradeTime().equals(state.newestTrade());
                });
        if (killed) {
          rig.kill();
        } else {
          System.out.println("Stopped in " + rig.terminate().toMillis() + " ms");
        }
        rig.awaitNobody();
        way.mend();
      }
      rig.start(settings);
      rig.awaitSubscribed();
      rig.simulator.paused(false);
      rig.awaitOver();
      RestartTest.assertRowsOfAnUninterruptedDay(rig.rows());
      assertThat(rig.sql("SELECT count(*) FROM streaming.refused_writes")).containsExactly("0");
      rig.stop();
      way.close();
    }
  }

  @Test
  @Tag("long")
  void stopWithADatabaseThatNeverAnswersPutsWhatIsInMemoryOnDiskInFiveSeconds(
      @TempDir Path directory) throws Exception {
    stop(directory, FaultyConnection::hang);
  }

  @Test
  @Tag("long")
  void r25_streamThatWaitsWithAllRoomUsedUpAndIsCutLosesNoRowAndItsGapIsOnTheLedger(
      @TempDir Path directory) throws Exception {
    // From the open on, so that all volume after the first image is in a row.
    Map<String, String> replay =
        Map.of(
            "KITE_REPLAY_SPEED",
            "300",
            "SIMULATOR_DAY_START",
            "09:30:00",
            "SIMULATOR_DAY_END",
            "11:30:00");
    try (ReplayRig rig = new ReplayRig(directory, replay)) {
      FaultyConnection way = FaultyConnection.before(rig.databaseUrl());
      long base = rig.image().totalVolume();
      RunningService service =
          rig.start(
              Map.of(
                  "DATABASE_URL",
                  way.through(rig.databaseUrl()),
                  "SPILL_MAX_MB",
                  "0",
                  "BUFFER_ROWS",
                  "1000",
                  "SCHWAB_STREAMER_REQUESTS_PER_MINUTE",
                  "60000"));
      RowBuffer buffer = service.context().getBean(RowBuffer.class);
      rig.awaitRows(60);
      way.cut();
      await().atMost(Duration.ofMinutes(1)).until(() -> buffer.depth().fullWaits() > 0);
      // Nobody takes what comes; then the connection is lost as well, for five minutes and more.
      rig.simulator.faults().set(Dial.STREAM_CONNECT_REFUSED, FaultRule.ALWAYS);
      rig.simulator.faults().set(Dial.STREAM_DROPPED, FaultRule.times(1));
      rig.awaitNobody();
      rig.awaitMarket(rig.simulator.marketTime().plusSeconds(400));
      way.mend();
      rig.simulator.faults().clear();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  rig.sql(
                          "SELECT count(*) FROM data_gaps WHERE cause = 'disconnect' AND state ="
                              + " 'repaired' AND candles >= 4")
                      .equals(List.of("1")));
      rig.simulator.paused(true);
      rig.awaitWritten();
      assertThat(rig.sql("SELECT sum(volume) FROM equity_data"))
          .containsExactly(Long.toString(rig.image().totalVolume() - base));
      rig.stop();
      way.close();
    }
  }

  @Test
  @Tag("long")
  void stopWithADatabaseThatRefusesPutsWhatIsInMemoryOnDiskInFiveSeconds(@TempDir Path directory)
      throws Exception {
    stop(directory, FaultyConnection::cut);
  }

  @Test
  @Tag("long")
  void stopWithTheDatabaseThereWritesWhatIsInMemoryInFiveSeconds(@TempDir Path directory)
      throws Exception {
    stop(directory, _ -> {});
  }

  private static void stop(Path directory, Consumer<FaultyConnection> outage) throws Exception {
    try (ReplayRig rig = new ReplayRig(directory, RestartTest.REPLAY)) {
      FaultyConnection way = FaultyConnection.before(rig.databaseUrl());
      Path spill = directory.resolve("spill");
      UUID database =
          UUID.fromString(rig.sql("SELECT id FROM streaming.spill_database").getFirst());
      rig.startProcess(
          Map.of(
              "DATABASE_URL",
              way.through(rig.databaseUrl()),
              "SPILL_DIR",
              spill.toString(),
              "SPILL_AFTER",
              "3600"));
      rig.awaitMarket(OPEN.plusSeconds(120));
      rig.awaitRows(30);
      outage.accept(way);
      rig.awaitMarket(OPEN.plusSeconds(1_200));
      Instant written = newestWritten(rig);
      assertThat(SpillContents.newest(spill, database, SPY)).isNull();
      Duration took = rig.terminate();
      System.out.println("Stopped in " + took.toMillis() + " ms");
      TickerState kept = SpillContents.newest(spill, database, SPY);
      if (way.isAway()) {
        assertThat(kept).isNotNull();
        assertThat(kept.newestTrade()).isAfter(written.plusSeconds(200));
      } else {
        assertThat(kept).isNull();
        assertThat(newestWritten(rig)).isAfterOrEqualTo(written);
      }
      assertThat(took).isLessThan(fiveSeconds());
      way.close();
    }
  }

  private static Instant newestWritten(ReplayRig rig) throws Exception {
    return Instant.parse(
        rig.sql(
                "SELECT to_char(newest_trade, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM"
                    + " streaming.ticker_states")
            .getFirst());
  }

  /** On a machine with more to do than it can, as many times longer. */
  private static Duration fiveSeconds() {
    OperatingSystemMXBean machine = ManagementFactory.getOperatingSystemMXBean();
    double queue = machine.getSystemLoadAverage() / machine.getAvailableProcessors();
    return Duration.ofMillis((long) (5_000 * Math.max(1, queue)));
  }
}
