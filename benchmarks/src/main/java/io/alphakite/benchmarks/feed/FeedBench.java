package io.alphakite.benchmarks.feed;

import io.alphakite.benchmarks.BenchDatabase;
import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.streaming.store.Partitions;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code ./kite bench feed}: ticks per second from a loopback socket to committed rows of an
 * embedded PostgreSQL, beside COPY of the same rows and beside a plain pipeline, round by round in
 * one run.
 */
public final class FeedBench {
  /** What it takes. */
  public static final String HELP =
      """
      ./kite bench feed [--tickers N] [--rounds N] [--seconds N] [--json]

      Ticks per second from socket to committed row: level-one frames over loopback, the streaming service's own
      classes, an embedded PostgreSQL with fsync. Beside it, in the same rounds: COPY of the same rows (the
      database's limit), a plain pipeline of Jackson, ta4j and batched upserts, and the numbers alone.
      docs/benchmarks.md says how to read it.

        --tickers N   so many tickers, one tick a second each: 1 to 3000 (500)
        --rounds N    rounds after the warm-up: 1 to 50 (5)
        --seconds N   how long the slowest should take in a round: 1 to 60 (5)
        --json        one JSON document on standard output\
      """;

  private static final long SEED = 42;
  private static final int WARM_UP_SECONDS = 20;

  private final int tickers;
  private final int rounds;
  private final int seconds;
  private final Path home;
  private final Terminal terminal;

  /**
   * A run.
   *
   * @param home where the database is made; its data is removed at the end, the server's program
   *     stays
   */
  public FeedBench(int tickers, int rounds, int seconds, Path home, Terminal terminal) {
    this.tickers = tickers;
    this.rounds = rounds;
    this.seconds = seconds;
    this.home = home;
    this.terminal = terminal;
  }

  /** Exits 0 when it has results, and 1 when it has none. */
  public int run() {
    try (BenchDatabase database = BenchDatabase.start(home, DatabaseRole.STREAMER)) {
      print(measure(database));
      return 0;
    } catch (IOException | SQLException | RuntimeException e) {
      return terminal.fail("no result: " + CommandException.firstLine(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return terminal.fail("interrupted");
    }
  }

  private record Outcome(Results results, int ticksPerRound, long different) {}

  private Outcome measure(BenchDatabase database)
      throws IOException, SQLException, InterruptedException {
    DatabaseUrl owner = database.owner();
    tables(owner);
    TickTape tape = new TickTape(tickers, SEED);
    try (KitePipeline kite = new KitePipeline(tape, database.as(DatabaseRole.STREAMER), home);
        PlainPipeline plain = new PlainPipeline(tape, owner);
        CopyLimit copy = new CopyLimit(owner);
        FeedAlone alone = new FeedAlone(tape);
        Terminal.Bar bar = terminal.progress("feed")) {
      kite.awaitReady();
      plain.awaitReady();
      List<Contestant> all = List.of(kite, copy, plain, alone);
      bar.at(0, rounds + 1L, "warm-up");
      int perRound = warmUp(tape, all, plain);
      Results results = new Results();
      for (int round = 1; round <= rounds; round++) {
        TickTape.Stretch stretch = tape.next(perRound);
        for (Contestant contestant : all) {
          bar.at(round, rounds + 1L, "round " + round + ": " + contestant.name());
          results.add(contestant.name(), stretch.ticks().size(), contestant.run(stretch));
        }
      }
      return new Outcome(results, perRound, different(owner));
    }
  }

  /** Runs everything once, and finds how many ticks the plain pipeline takes in the time given. */
  private int warmUp(TickTape tape, List<Contestant> all, PlainPipeline plain)
      throws IOException, SQLException, InterruptedException {
    int ticks = Math.max(2_000, tickers * WARM_UP_SECONDS);
    int most = (TickTape.SECONDS_MAX / (rounds + 3)) * tickers;
    long slowest = 1;
    for (int time = 0; time < 2; time++) {
      TickTape.Stretch stretch = tape.next(Math.min(ticks, most));
      for (Contestant contestant : all) {
        long nanos = contestant.run(stretch);
        if (contestant == plain) {
          slowest = nanos * ticks / stretch.ticks().size();
        }
      }
    }
    long fitting = (long) (ticks * (seconds * 1e9 / slowest));
    return Math.clamp(fitting, Math.min(1_000, most), Math.min(500_000, most));
  }

  private static void tables(DatabaseUrl owner) throws SQLException {
    try (Connection connection = owner.connect();
        Statement statement = connection.createStatement()) {
      Instant day = Instant.parse("2013-10-08T00:00:00Z");
      Partitions.make(connection, day, day);
      statement.execute("CREATE SCHEMA bench");
      for (String whose : List.of("plain", "copy")) {
        for (String table : List.of("equity_data", "indicators")) {
          statement.execute(
              "CREATE TABLE bench.%s_%s (LIKE %s INCLUDING ALL)".formatted(whose, table, table));
        }
      }
    }
  }

  /** How many rows the plain pipeline's numbers differ in: the two must have done the same work. */
  private static long different(DatabaseUrl owner) throws SQLException {
    try (Connection connection = owner.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT count(*) FROM indicators i
                FULL JOIN bench.plain_indicators p USING (ticker, timestamp)
                WHERE (i.sma9, i.vwap) IS DISTINCT FROM (p.sma9, p.vwap)
                """)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void print(Outcome outcome) {
    if (terminal.json()) {
      ObjectNode answer = JsonMapper.shared().createObjectNode();
      answer.put("benchmark", "feed");
      answer.put("tickers", tickers);
      answer.put("rounds", rounds);
      answer.put("ticks_per_round", outcome.ticksPerRound());
      answer.put("seed", SEED);
      answer.put("processors", Runtime.getRuntime().availableProcessors());
      answer.put("java", Runtime.version().toString());
      answer.put("rows_that_differ", outcome.different());
      answer.set("results", outcome.results().json());
      terminal.print(answer);
      return;
    }
    terminal.line(
        String.format(
            Locale.ROOT,
            "feed: %,d tickers, %d rounds of %,d ticks, each tick a row of its own, seed %d, %d"
                + " processors, Java %s",
            tickers,
            rounds,
            outcome.ticksPerRound(),
            SEED,
            Runtime.getRuntime().availableProcessors(),
            Runtime.version().feature()));
    outcome.results().table().forEach(terminal::line);
    terminal.line(
        outcome.different() == 0
            ? "Both pipelines wrote the same SMA9 and VWAP in every row."
            : "SMA9 or VWAP differ in " + outcome.different() + " rows.");
  }
}
