package io.alphakite.streaming.replay;

import static org.awaitility.Awaitility.await;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.testing.FaultyConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;

/**
 * A recorded session streamed into a database while faults strike at the stream, the price history,
 * the login, the database and the service itself. Which, when and how the seed says.
 */
final class FaultyDay implements AutoCloseable {
  static final LocalDate DATE = LocalDate.of(2013, 10, 8);
  static final List<String> TICKERS = List.of("SPY", "IBM");

  private static final Instant OPEN = Instant.parse("2013-10-08T13:30:00Z");
  private static final Duration FIRST = Duration.ofMinutes(8);
  private static final Duration BEFORE_END = Duration.ofMinutes(18);
  private static final double FULL = 1_000;
  // While somebody recovers: what takes wall time shall not take the whole day.
  private static final double SLOW = 60;
  private static final Duration SLOW_AT_MOST = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private enum Fault {
    CUT,
    STREAMER_RESTARTED,
    MUTE,
    KILLED,
    STOPPED,
    KILLED_WITHOUT_DATABASE,
    STOPPED_WITHOUT_DATABASE,
    DATABASE_REFUSES,
    DATABASE_HANGS,
    DATABASE_CONNECTIONS_ENDED,
    HISTORY_FAILS,
    HISTORY_SLOW,
    TOKEN_EXPIRED,
    LOGIN_DENIED,
    SUBSCRIPTION_REFUSED,
    TAKEN_OVER,
    FRAMES_TWICE,
    FRAMES_LATE,
    FRAMES_OUT_OF_ORDER,
    FRAMES_GARBLED,
    MESSAGES_UNKNOWN;

    /** Whether the service ends, so that it has to be a process to be killed. */
    boolean endsProcess() {
      return switch (this) {
        case KILLED, KILLED_WITHOUT_DATABASE, STOPPED, STOPPED_WITHOUT_DATABASE -> true;
        default -> false;
      };
    }
  }

  private record Planned(Fault fault, Instant at, boolean hurried) {}

  private final Random random;
  private final Duration length;
  private final ReplayRig rig;
  private final FaultyConnection way;
  private final Map<String, String> settings;
  private final List<String> told = new ArrayList<>();

  /**
   * Not yet begun.
   *
   * @param end of the day's replay, New York time
   */
  FaultyDay(Path directory, long seed, LocalTime end) {
    this.random = new Random(seed);
    this.length = Duration.between(LocalTime.of(9, 30), end);
    rig =
        new ReplayRig(
            directory,
            Map.of(
                "KITE_REPLAY_SPEED",
                "1000",
                "SIMULATOR_SEED",
                Long.toString(seed),
                "SIMULATOR_DAY_END",
                end + ":00"));
    way = FaultyConnection.before(rig.databaseUrl());
    settings =
        Map.of(
            "DATABASE_URL", way.through(rig.databaseUrl()),
            "STREAM_TICKERS", String.join(",", TICKERS),
            "FEED_STALE_SECONDS", "0.4",
            "FEED_RECONNECT_SECONDS", "0.6",
            "BATCH_INTERVAL", "0.3",
            "GAP_RETRY_SECONDS", "0.1",
            "GAP_ATTEMPTS", "1000",
            "SPILL_AFTER", "0",
            "SCHWAB_STREAMER_REQUESTS_PER_MINUTE", "60000");
  }

  /** Runs the session with so many faults, until everything is written and every gap is closed. */
  void run(int faults) throws Exception {
    List<Planned> plan = plan(faults);
    rig.startProcess(settings);
    awaitSubscribed();
    // From before the open the ledger does not say how far the stream had come.
    untilSlowly(
        () ->
            sql("SELECT feed_time() > '%s'".formatted(OPEN.plusSeconds(60))).equals(List.of("t")));
    for (Planned next : plan) {
      rig.awaitMarket(next.at());
      tell(next.fault() + (next.hurried() ? ", and the next at once" : ""));
      strike(next.fault());
      if (!next.hurried()) {
        awaitFlowing();
      }
    }
    awaitFlowing();
    if (rig.simulator.replay().stopped()) {
      throw new IllegalStateException("the day was too short for all faults: " + told);
    }
    await().atMost(PATIENCE).until(() -> rig.simulator.replay().stopped());
    for (String ticker : TICKERS) {
      rig.awaitWritten(ticker);
    }
    until(() -> sql("SELECT count(*) FROM data_gaps WHERE state = 'open'").equals(List.of("0")));
  }

  private List<Planned> plan(int count) {
    List<Fault> kinds = new ArrayList<>(List.of(Fault.values()));
    kinds.remove(Fault.STOPPED_WITHOUT_DATABASE);
    kinds.remove(Fault.KILLED_WITHOUT_DATABASE);
    Collections.shuffle(kinds, random);
    List<Fault> faults = new ArrayList<>(kinds.subList(0, Math.min(count, kinds.size())));
    if (!faults.contains(Fault.KILLED)) {
      faults.set(0, Fault.KILLED);
    }
    // Some twice instead of others, and now and then the worst.
    for (int i = 0; i < count / 5; i++) {
      Fault more = Fault.values()[random.nextInt(Fault.values().length)];
      int place = random.nextInt(faults.size());
      if (!faults.get(place).endsProcess() && more != Fault.TAKEN_OVER) {
        faults.set(place, more);
      }
    }
    while (faults.size() < count) {
      faults.add(Fault.CUT);
    }
    long span = length.minus(BEFORE_END).minus(FIRST).toSeconds();
    List<Long> times = new ArrayList<>();
    faults.forEach(_ -> times.add(FIRST.toSeconds() + random.nextLong(span)));
    Collections.sort(times);
    List<Planned> plan = new ArrayList<>();
    for (int i = 0; i < faults.size(); i++) {
      boolean hurried = random.nextInt(4) == 0;
      plan.add(new Planned(faults.get(i), OPEN.plusSeconds(times.get(i)), hurried));
    }
    return plan;
  }

  private void strike(Fault fault) throws Exception {
    switch (fault) {
      case CUT -> cut();
      case STREAMER_RESTARTED -> {
        set(Dial.STREAM_CONNECT_REFUSED, FaultRule.ALWAYS);
        set(Dial.STREAM_STOPPED, FaultRule.times(1));
        pass(120, 1_500);
        clear(Dial.STREAM_CONNECT_REFUSED);
      }
      case MUTE -> {
        rig.simulator.speed(SLOW);
        set(
            Dial.STREAM_SILENT,
            FaultRule.times(1).with("delay_ms", 0).with("heartbeats", random.nextBoolean()));
        until(() -> rig.simulator.faults().state(Dial.STREAM_SILENT).spent());
      }
      case KILLED -> restart(true);
      case STOPPED -> restart(false);
      case KILLED_WITHOUT_DATABASE, STOPPED_WITHOUT_DATABASE -> {
        way.cut();
        pass(60, 900);
        restart(fault == Fault.KILLED_WITHOUT_DATABASE);
      }
      case DATABASE_REFUSES -> {
        way.cut();
        pass(60, 1_800);
        way.mend();
      }
      case DATABASE_HANGS -> {
        way.hang();
        pass(60, 900);
        way.mend();
      }
      case DATABASE_CONNECTIONS_ENDED ->
          sql(
              "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                  + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
      case HISTORY_FAILS -> {
        set(Dial.SERVER_ERROR_BEFORE, FaultRule.ALWAYS.on("pricehistory"));
        cut();
        pass(200, 1_500);
        clear(Dial.SERVER_ERROR_BEFORE);
      }
      case HISTORY_SLOW -> {
        set(
            Dial.ANSWER_SLOW,
            FaultRule.times(3).on("pricehistory").with("delay_ms", 100 + random.nextInt(400)));
        rig.simulator.speed(SLOW);
        cut();
      }
      case TOKEN_EXPIRED -> {
        set(
            random.nextBoolean() ? Dial.ACCESS_TOKEN_DIES_EARLY : Dial.UNAUTHORIZED,
            FaultRule.times(1));
        cut();
      }
      case LOGIN_DENIED -> {
        set(Dial.STREAM_LOGIN_DENIED, FaultRule.times(1 + random.nextInt(2)));
        cut();
      }
      case SUBSCRIPTION_REFUSED -> {
        set(
            random.nextBoolean() ? Dial.STREAM_COMMAND_FAILED : Dial.STREAM_SERVICE_DOWN,
            FaultRule.times(1 + random.nextInt(4)).on("LEVELONE_EQUITIES"));
        cut();
      }
      case TAKEN_OVER -> {
        String form = List.of("code_12", "code_30", "bare").get(random.nextInt(3));
        set(Dial.STREAM_KICKED, FaultRule.times(1).with("form", form));
        pass(30, 60);
      }
      case FRAMES_TWICE -> {
        set(some(0.3), Dial.FRAME_DUPLICATED, Dial.UPDATE_DUPLICATED);
        pass(60, 300);
        clear(Dial.FRAME_DUPLICATED, Dial.UPDATE_DUPLICATED);
      }
      case FRAMES_LATE -> {
        set(
            Dial.FRAME_DELAYED,
            FaultRule.times(1 + random.nextInt(3)).with("delay_ms", 50 + random.nextInt(300)));
        pass(60, 300);
      }
      case FRAMES_OUT_OF_ORDER -> {
        for (int i = random.nextInt(3); i >= 0; i--) {
          set(Dial.FRAME_REORDERED, FaultRule.times(1));
          pass(30, 90);
          awaitFlowing();
        }
      }
      case FRAMES_GARBLED -> {
        String form =
            List.of("truncated", "not_json", "wrong_types", "binary", "empty")
                .get(random.nextInt(5));
        for (int i = random.nextInt(3); i >= 0; i--) {
          set(Dial.FRAME_GARBLED, FaultRule.times(1).with("form", form));
          pass(30, 90);
          awaitFlowing();
        }
      }
      case MESSAGES_UNKNOWN -> {
        set(
            some(0.2),
            Dial.FRAME_UNKNOWN_SERVICE,
            Dial.FRAME_UNKNOWN_MESSAGE,
            Dial.FRAME_UNKNOWN_NOTICE,
            Dial.FRAME_SEVERAL_KINDS,
            Dial.UPDATE_UNKNOWN_FIELD,
            Dial.UPDATE_NUMBER_TYPE);
        pass(60, 300);
        clear(
            Dial.FRAME_UNKNOWN_SERVICE,
            Dial.FRAME_UNKNOWN_MESSAGE,
            Dial.FRAME_UNKNOWN_NOTICE,
            Dial.FRAME_SEVERAL_KINDS,
            Dial.UPDATE_UNKNOWN_FIELD,
            Dial.UPDATE_NUMBER_TYPE);
      }
    }
  }

  private void cut() {
    String form = List.of("1006", "1011", "1001", "1000").get(random.nextInt(4));
    set(Dial.STREAM_DROPPED, FaultRule.times(1).with("form", form));
    rig.awaitMarket(rig.simulator.marketTime().plusSeconds(2));
  }

  private void restart(boolean killed) throws IOException {
    rig.simulator.speed(SLOW);
    if (killed) {
      rig.kill();
    } else {
      told.add("stopped in " + rig.terminate().toMillis() + " ms");
    }
    way.mend();
    pass(10, 900);
    rig.startProcess(settings);
    awaitSubscribed();
  }

  /** Lets so many seconds of the market pass. */
  private void pass(int from, int to) {
    rig.simulator.speed(FULL);
    rig.awaitMarket(rig.simulator.marketTime().plusSeconds(from + random.nextInt(to - from)));
  }

  /** Waits until what happens now is in the database, and no gap lasts. */
  private void awaitFlowing() {
    Instant now = rig.simulator.marketTime();
    untilSlowly(
        () ->
            sql("SELECT feed_time() > '%s' AND NOT EXISTS".formatted(now)
                    + " (SELECT FROM data_gaps WHERE ends_at IS NULL)")
                .equals(List.of("t")));
  }

  private void awaitSubscribed() {
    untilSlowly(
        () -> {
          String replay = rig.get("/control/replay");
          String subscribed = replay.substring(replay.indexOf("\"subscribed\""));
          return TICKERS.stream().allMatch(ticker -> subscribed.contains('"' + ticker + '"'));
        });
  }

  private void set(FaultRule rule, Dial... dials) {
    for (Dial dial : dials) {
      set(dial, rule);
    }
  }

  private void set(Dial dial, FaultRule rule) {
    rig.simulator.faults().set(dial, rule);
  }

  private void clear(Dial... dials) {
    for (Dial dial : dials) {
      rig.simulator.faults().clear(dial);
    }
  }

  private static FaultRule some(double probability) {
    return new FaultRule(probability, 0, 0, null, null, null, Map.of());
  }

  /** Meanwhile little of the day passes, on a busy machine as well. */
  private void untilSlowly(Callable<Boolean> condition) {
    rig.simulator.speed(SLOW);
    long start = System.nanoTime();
    until(
        () -> {
          if (System.nanoTime() - start > SLOW_AT_MOST.toNanos()) {
            rig.simulator.speed(1);
          }
          return condition.call();
        });
    rig.simulator.speed(FULL);
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10)).until(condition);
  }

  private void tell(String what) {
    String line = rig.simulator.marketTime() + " " + what;
    System.out.println(line);
    told.add(line);
  }

  /** The ledger of a ticker, in the order of time. */
  List<DisturbedDay.Gap> gaps(String ticker) throws SQLException {
    List<DisturbedDay.Gap> gaps = new ArrayList<>();
    try (Connection connection = rig.superuser().connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT starts_at, ends_at, state, cause FROM data_gaps WHERE ticker = '%s'"
                        .formatted(ticker)
                    + " ORDER BY starts_at, ends_at")) {
      while (row.next()) {
        gaps.add(
            new DisturbedDay.Gap(
                row.getObject(1, OffsetDateTime.class).toInstant(),
                row.getObject(2, OffsetDateTime.class).toInstant(),
                row.getString(3),
                row.getString(4)));
      }
    }
    return gaps;
  }

  List<RawDay.Row> rows(String ticker) throws SQLException {
    return rig.rows(ticker);
  }

  List<String> sql(String query) throws SQLException {
    return rig.sql(query);
  }

  /** What happened, for a person to read. */
  String summary(String ticker, DisturbedDay disturbed) throws SQLException {
    return String.join("\n  ", told)
        + "\n%s: %d rows, %d of them in gaps%n  "
            .formatted(ticker, rows(ticker).size(), disturbed.rowsInGaps())
        + String.join(
            "\n  ",
            sql(
                ("SELECT concat_ws(' ', starts_at, ends_at, cause, state, candles, attempts, note)"
                        + " FROM data_gaps WHERE ticker = '%s' ORDER BY starts_at")
                    .formatted(ticker)));
  }

  @Override
  public void close() {
    rig.close();
    way.close();
  }
}
