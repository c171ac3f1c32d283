package io.alphakite.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.simulator.fault.Scenario;
import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MarketListener;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.recording.Recordings;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Market time through nights, a weekend and the end of daylight saving. */
@Timeout(300)
class CalendarTest {
  /** What the market did, as it did it. */
  private static final class Log implements MarketListener {
    final TreeMap<LocalDate, Instant> dates = new TreeMap<>();
    final List<Instant> sessions = new ArrayList<>();
    final Map<Instant, String> turns = new TreeMap<>();
    final CountDownLatch sessionsLeft;
    private final Market market;
    private long last = Long.MIN_VALUE;
    private boolean backwards;

    Log(Market market, int sessions) {
      this.market = market;
      this.sessionsLeft = new CountDownLatch(sessions);
      market.listen(this);
    }

    @Override
    public void timeIs(long millis) {
      backwards |= millis < last;
      last = millis;
      dates.putIfAbsent(market.tradingDate(), Instant.ofEpochMilli(millis));
    }

    @Override
    public void sessionStarted() {
      sessions.add(market.now());
      sessionsLeft.countDown();
    }

    @Override
    public void changed(TickerState ticker, boolean quote) {
      Instant now = market.now();
      if (ticker.symbol().equals("SPY") && !quote && now.toString().endsWith(":00Z")) {
        LevelOne image = ticker.image();
        turns.putIfAbsent(
            now,
            (image.get(LevelOne.HIGH) == 0 ? "high 0" : "high")
                + (image.get(LevelOne.TOTAL_VOLUME) == 0 ? ", volume 0" : ", volume"));
      }
    }
  }

  private static SimulatorSettings settings(String... more) {
    Map<String, String> variables =
        new HashMap<>(
            Map.of(
                "SIMULATOR_CALENDAR", "continuous",
                "SIMULATOR_WAIT_FOR_SUBSCRIBER", "false",
                "SIMULATOR_START_SESSION", "2013-10-31",
                "SIMULATOR_DAY_END", "09:30:20"));
    for (int i = 0; i < more.length; i += 2) {
      variables.put(more[i], more[i + 1]);
    }
    return SimulatorSettings.of(variables);
  }

  @Test
  void passesNightsAWeekendAndTheClockChange() throws Exception {
    Log log;
    try (Market market = new Market(settings(), Recordings.bundled())) {
      log = new Log(market, 3);
      market.speed(market.maxSpeed());
      market.start();
      assertThat(log.sessionsLeft.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(log.backwards).isFalse();
    assertThat(log.sessions)
        .startsWith(
            Instant.parse("2013-11-01T13:29:50Z"),
            Instant.parse("2013-11-04T14:29:50Z"),
            Instant.parse("2013-11-05T14:29:50Z"));
    assertThat(log.dates)
        .containsEntry(LocalDate.of(2013, 11, 1), Instant.parse("2013-11-01T07:30:00Z"))
        .containsEntry(LocalDate.of(2013, 11, 2), Instant.parse("2013-11-02T07:30:00Z"))
        .containsEntry(LocalDate.of(2013, 11, 3), Instant.parse("2013-11-03T08:30:00Z"))
        .containsEntry(LocalDate.of(2013, 11, 4), Instant.parse("2013-11-04T08:30:00Z"));
    assertThat(log.turns)
        .containsEntry(Instant.parse("2013-11-01T07:30:00Z"), "high 0, volume")
        .containsEntry(Instant.parse("2013-11-01T11:28:00Z"), "high 0, volume 0")
        .as("nothing turns on a weekend")
        .doesNotContainKey(Instant.parse("2013-11-02T07:30:00Z"))
        .containsEntry(Instant.parse("2013-11-04T12:28:00Z"), "high 0, volume 0");
  }

  @Test
  void goesOnInTheNightAfterAStop(@TempDir Path state) throws Exception {
    String[] kept = {"SIMULATOR_STATE_DIR", state.toString()};
    Instant stopped;
    try (Market market = new Market(settings(kept), Recordings.bundled())) {
      Log log = new Log(market, 1);
      market.speed(market.maxSpeed());
      market.start();
      assertThat(log.sessionsLeft.await(60, TimeUnit.SECONDS)).isTrue();
      market.paused(true);
    }
    try (Market market = new Market(settings(kept), Recordings.bundled())) {
      stopped = market.now();
      assertThat(stopped).isAfterOrEqualTo(Instant.parse("2013-11-01T13:29:50Z"));
      Log log = new Log(market, 1);
      market.speed(market.maxSpeed());
      market.start();
      assertThat(log.sessionsLeft.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(log.sessions.getFirst()).isAfter(stopped);
    }
  }

  @Test
  @Tag("long")
  void mayBeAwayForTheWeekendAndTellsItsOwnTime() throws Exception {
    try (SimulatorServer server =
        Servers.start(
            "SIMULATOR_CALENDAR", "continuous",
            "SIMULATOR_WAIT_FOR_SUBSCRIBER", "false",
            "SIMULATOR_START_SESSION", "2013-11-01",
            "SIMULATOR_DAY_END", "09:30:20")) {
      server.play(
          Scenario.parse("s", "{\"steps\":[{\"at\":\"2013-11-02 03:30:00\",\"do\":\"pause\"}]}"));
      server.speed(SimulatorSettings.MAX_NIGHT_SPEED);
      long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!server.replay().paused() && System.nanoTime() - limit < 0) {
        LockSupport.parkNanos(5_000_000);
      }
      assertThat(server.marketTime()).isEqualTo(Instant.parse("2013-11-02T07:30:00Z"));
      try (TestClient client = new TestClient(server)) {
        assertThat(client.send("GET", "/trader/v1/userPreference", null).headers().map())
            .containsEntry("Date", List.of("Sat, 2 Nov 2013 07:30:00 GMT"));
        server.faults().set(Dial.WEEKEND_OUTAGE, FaultRule.ALWAYS);
        assertThat(client.send("GET", "/trader/v1/userPreference", null).statusCode())
            .isEqualTo(503);
      }
    }
  }
}
