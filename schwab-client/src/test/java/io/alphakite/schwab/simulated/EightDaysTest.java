package io.alphakite.schwab.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.stream.StreamService;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.simulator.fault.Scenario;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Days and nights in minutes, on the simulator's clock, which is the client's too: sessions,
 * nightly resets, a weekend, the end of daylight saving, and the end of the login, which a person
 * renews. Everything else the client does by itself.
 *
 * <p>The clock stands at each nightly reset until the client is back, and at each open and close,
 * so a slow machine makes the test slower and changes nothing else.
 */
@Timeout(900)
class EightDaysTest {
  private static final List<Ticker> TICKERS =
      List.of(Ticker.of("SPY"), Ticker.of("IBM"), Ticker.of("BAC"));
  private static final int TOTAL_VOLUME = 8;
  private static final LocalTime RESET = LocalTime.of(3, 30);
  private static final LocalTime BEGIN = LocalTime.of(9, 29, 50);
  private static final double NIGHT_SPEED = 100_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Market time from the open within which every ticker's first trade must be there. */
  private static final Duration BOUND = Duration.ofSeconds(60);

  @Test
  void survivesAWeekendAndTheEndOfItsLogin(@TempDir Path directory) throws Exception {
    try (Run run = new Run(directory, "2013-11-01", "09:32:00", 200)) {
      // Good for the weekend's nightly resets, dead at Monday's open.
      run.simulator.faults().set(Dial.REFRESH_TOKEN_DIES_EARLY, FaultRule.ALWAYS.with("hours", 70));
      run.days(3, Duration.ofHours(70));
      assertThat(run.nights).isEqualTo(4);
      assertThat(run.logins).as("of a person, after the first").isEqualTo(1);
    }
  }

  @Test
  @Tag("long")
  void survivesEightDays(@TempDir Path directory) throws Exception {
    try (Run run = new Run(directory, "2013-10-30", "09:45:00", 100)) {
      run.days(8, Duration.ofDays(7));
      assertThat(run.nights).isEqualTo(9);
      assertThat(run.logins).as("of a person, after the first").isEqualTo(1);
    }
  }

  /** A client and a simulator, and what the client has heard. */
  private static final class Run implements AutoCloseable {
    private final SimulatorServer simulator;
    private final SchwabApi api;
    private final SchwabStream stream;
    private final LocalTime end;
    private final double sessionSpeed;
    private final Thread reader = Thread.ofPlatform().daemon().name("reader").unstarted(this::read);

    private int nights;
    private int logins;

    // What has been heard; guarded by this.
    private long generation;
    private long disconnected;
    private String reason = "";
    private @Nullable String stopped;
    private Instant open = Instant.MAX;
    private final Set<Ticker> images = new HashSet<>();
    private final Map<Ticker, Instant> firstTrade = new HashMap<>();
    private final Map<Ticker, Instant> lastTrade = new HashMap<>();
    private final Set<String> openBars = new HashSet<>();
    private long activity;

    Run(Path directory, String start, String end, double sessionSpeed) {
      this.end = LocalTime.parse(end);
      this.sessionSpeed = sessionSpeed;
      simulator =
          SimulatorServer.start(
              SimulatorSettings.of(
                  Map.of(
                      "SIMULATOR_PORT", "0",
                      "SIMULATOR_CALENDAR", "continuous",
                      "SIMULATOR_REFRESH_TOKENS", "rotating",
                      "SIMULATOR_START_SESSION", start,
                      "SIMULATOR_DAY_END", end)));
      api =
          SchwabApi.connect(
              SchwabConfig.of(
                  simulator.baseUrl().toString(),
                  "key",
                  "secret",
                  "https://127.0.0.1:8182",
                  directory.resolve("token.json"),
                  null),
              simulator::marketTime);
      stream = api.stream();
    }

    /** The clock stands at each of these. */
    private Scenario stops(int days) {
      StringBuilder steps = new StringBuilder();
      for (int i = 0; i < days; i++) {
        for (LocalTime time : List.of(end, RESET, BEGIN)) {
          steps.append(steps.isEmpty() ? "" : ",");
          steps.append("{\"at\":\"").append(time).append("\",\"do\":\"pause\"}");
        }
      }
      return Scenario.parse("stops", "{\"steps\":[" + steps + "]}");
    }

    void days(int sessions, Duration loginLife) throws InterruptedException {
      Instant loginEnd = simulator.marketTime().plus(loginLife);
      api.login().withoutPerson();
      simulator.play(stops(2 * sessions));
      simulator.paused(true);
      reader.start();
      stream.subscribeEquities(TICKERS);
      stream.subscribe(StreamService.CHART_EQUITY, TICKERS.stream().map(Ticker::symbol).toList());
      stream.subscribeAccountActivity();
      stream.start();
      await("images", this::imaged);
      for (int session = 1; session <= sessions; session++) {
        boolean dead = !simulator.marketTime().isBefore(loginEnd);
        readQuotes(dead);
        session();
        if (session < sessions) {
          loginEnd = nights(dead, loginEnd, loginLife);
        }
      }
    }

    /** A read over REST, with a token of this day. */
    private void readQuotes(boolean dead) throws InterruptedException {
      if (dead) {
        assertThatThrownBy(() -> api.trader().userPreference())
            .isInstanceOfSatisfying(
                SchwabException.class,
                e -> assertThat(e.kind()).isEqualTo(SchwabException.Kind.LOGIN_REQUIRED));
        assertThat(api.tokens().status().state()).isEqualTo(TokenStatus.State.LOGIN_REQUIRED);
        return;
      }
      await(
          "a call over REST",
          () -> {
            try {
              return api.trader().userPreference().streamer().isPresent();
            } catch (SchwabException e) {
              assertThat(e.kind()).isNotEqualTo(SchwabException.Kind.LOGIN_REQUIRED);
              return false;
            }
          });
    }

    /** From just before the open to the end of what is replayed of the day. */
    private void session() throws InterruptedException {
      LocalDate date = simulator.replay().session();
      Instant begin = MarketCalendar.nyse().session(date).orElseThrow().open();
      assertThat(simulator.marketTime()).isBefore(begin);
      synchronized (this) {
        open = begin;
        firstTrade.clear();
        lastTrade.clear();
        openBars.clear();
      }
      Instant stop = advance(sessionSpeed);
      assertThat(stop).isEqualTo(MarketCalendar.nyse().at(date, end));
      for (Ticker ticker : TICKERS) {
        if (simulator.replay().recordedTickers().contains(ticker.symbol())) {
          await(
              ticker + "'s last minute on " + date,
              () -> !trade(lastTrade, ticker).isBefore(stop.minus(BOUND)));
          assertThat(trade(firstTrade, ticker))
              .as("first trade of %s on %s", ticker, date)
              .isBetween(begin, begin.plus(BOUND));
          await("the first bar of " + ticker + " on " + date, () -> barred(ticker));
        }
      }
    }

    private synchronized boolean barred(Ticker ticker) {
      return openBars.contains(ticker.symbol());
    }

    private synchronized Instant trade(Map<Ticker, Instant> trades, Ticker ticker) {
      return trades.getOrDefault(ticker, Instant.MIN);
    }

    /** To the next session's beginning, over as many nights as there are. */
    private Instant nights(boolean dead, Instant loginEnd, Duration loginLife)
        throws InterruptedException {
      boolean needsLogin = dead;
      Instant newEnd = loginEnd;
      while (true) {
        long before = generation();
        Instant now = advance(NIGHT_SPEED);
        LocalDate date = MarketCalendar.nyse().dateOf(now);
        if (MarketCalendar.nyse().timeOf(now).equals(RESET)) {
          nights++;
          await("the reset of " + date, () -> disconnected() >= before);
          if (needsLogin) {
            await("the end of the login", () -> reason().contains("LOGIN_REQUIRED"));
            assertThat(api.tokens().status().state()).isEqualTo(TokenStatus.State.LOGIN_REQUIRED);
            simulator.faults().clear(Dial.REFRESH_TOKEN_DIES_EARLY);
            newEnd = now.plus(loginLife);
            api.login().withoutPerson();
            logins++;
            needsLogin = false;
          }
          await("images after the reset of " + date, () -> generation() > before && imaged());
        } else if (date.getDayOfWeek() != DayOfWeek.SATURDAY
            && date.getDayOfWeek() != DayOfWeek.SUNDAY) {
          assertThat(now).isEqualTo(MarketCalendar.nyse().at(date, BEGIN));
          return newEnd;
        }
      }
    }

    /** Lets the clock run to its next stop. */
    private Instant advance(double speed) throws InterruptedException {
      simulator.speed(speed);
      simulator.paused(false);
      await("the next stop", () -> simulator.replay().paused());
      return simulator.marketTime();
    }

    private void await(String what, BooleanSupplier condition) throws InterruptedException {
      long limit = System.nanoTime() + PATIENCE.toNanos();
      while (!condition.getAsBoolean()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (System.nanoTime() - limit > 0) {
          throw new AssertionError(
              "%s did not come at %s; %s; last: %s; %s"
                  .formatted(what, simulator.marketTime(), this, reason(), stream.stats()));
        }
        LockSupport.parkNanos(5_000_000);
      }
    }

    private void read() {
      try {
        while (true) {
          StreamEvent event = stream.next(Duration.ofSeconds(1));
          if (event != null) {
            take(event);
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private synchronized void take(StreamEvent event) {
      switch (event) {
        case StreamEvent.Connected connected -> {
          generation = connected.generation();
          images.clear();
        }
        case StreamEvent.Disconnected gone -> {
          disconnected = gone.generation();
          reason = gone.reason();
        }
        case StreamEvent.Stopped end -> stopped = end.reason();
        case StreamEvent.EquityUpdate update -> {
          if (update.first()) {
            images.add(update.ticker());
          }
          Instant time = update.serverTime();
          if (update.carries(TOTAL_VOLUME) && !time.isBefore(open)) {
            firstTrade.putIfAbsent(update.ticker(), time);
            lastTrade.put(update.ticker(), time);
          }
        }
        case StreamEvent.BarUpdate bar -> {
          if (bar.start().equals(open)) {
            openBars.add(bar.key());
          }
        }
        case StreamEvent.AccountActivity item -> {
          if (item.messageType().equals("SUBSCRIBED")) {
            activity = item.generation();
          }
        }
        default -> {}
      }
    }

    private synchronized boolean imaged() {
      assertThat(stopped).as("the stream gave up").isNull();
      return images.containsAll(TICKERS) && activity == generation;
    }

    private synchronized long generation() {
      return generation;
    }

    private synchronized long disconnected() {
      return disconnected;
    }

    private synchronized String reason() {
      return reason;
    }

    @Override
    public synchronized String toString() {
      return "connection %d, images %s, trades %s".formatted(generation, images, lastTrade);
    }

    @Override
    public void close() {
      stream.close();
      reader.interrupt();
      simulator.close();
    }
  }
}
