package io.alphakite.benchmarks.orders;

import io.alphakite.benchmarks.BenchDatabase;
import io.alphakite.db.DatabaseRole;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code ./kite bench orders}: from the COMMIT of a trade's row to the first byte of its order at
 * the broker's socket, beside what no order can do without.
 */
public final class OrdersBench {
  /** What it takes. */
  public static final String HELP =
      """
      ./kite bench orders [--orders N] [--bursts N] [--json]

      From the COMMIT of a trade's row (the time is taken before it is sent) to the moment the simulated broker reads
      the order's first byte from its socket: the real engine, an embedded PostgreSQL with fsync, HTTP over loopback.
      The first order after the engine's start has a line of its own, and so has each part of an order's way.
      Beside it, in turn with the orders: a bare POST, a bare COMMIT and a bare NOTIFY on the same machine.
      docs/benchmarks.md says how to read it.

        --orders N   one at a time with pauses: 1 to 100000 (1000)
        --bursts N   six at once in six lanes: 1 to 1000 (20)
        --json       one JSON document on standard output\
      """;

  private static final long SEED = 42;
  private static final int WARM_UP = 300;
  private static final int PAUSE_MIN_MILLIS = 10;
  private static final int PAUSE_MAX_MILLIS = 60;

  private final int orders;
  private final int bursts;
  private final Path home;
  private final Terminal terminal;
  private final Random random = new Random(SEED);

  /**
   * A run.
   *
   * @param home where the database is made
   */
  public OrdersBench(int orders, int bursts, Path home, Terminal terminal) {
    this.orders = orders;
    this.bursts = bursts;
    this.home = home;
    this.terminal = terminal;
  }

  /** Exits 0 when it has results, and 1 when it has none. */
  public int run() {
    try (BenchDatabase database =
            BenchDatabase.start(home, DatabaseRole.ENGINE, DatabaseRole.GATEWAY);
        TradingStand stand = new TradingStand(database, home);
        BareCosts bare = new BareCosts(stand, database.owner())) {
      print(measure(stand, bare));
      return 0;
    } catch (IOException | SQLException | RuntimeException e) {
      return terminal.fail("no result: " + CommandException.firstLine(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return terminal.fail("interrupted");
    }
  }

  /** What was measured. */
  private record Measured(
      Latencies first,
      Latencies order,
      Latencies heard,
      Latencies claimed,
      Latencies sent,
      Latencies burst,
      Latencies keptPost,
      Latencies freshPost,
      Latencies commit,
      Latencies notification,
      Latencies floor) {

    static Measured nothing() {
      return new Measured(
          new Latencies("first order after the engine's start"),
          new Latencies("trade's COMMIT to the broker's socket, one at a time"),
          new Latencies("  of it until the engine has read the trade"),
          new Latencies("  then until it is written down, approved, claimed"),
          new Latencies("  then the claim's COMMIT and the way to the socket"),
          new Latencies("the same, six at once"),
          new Latencies("bare POST, kept connection"),
          new Latencies("bare POST, connection of its own"),
          new Latencies("bare COMMIT"),
          new Latencies("bare NOTIFY: COMMIT to its listener"),
          new Latencies("NOTIFY + COMMIT + POST on a kept connection"));
    }

    Stream<Latencies> all() {
      return Stream.of(
          first,
          order,
          heard,
          claimed,
          sent,
          burst,
          keptPost,
          freshPost,
          commit,
          notification,
          floor);
    }

    /** How many times the floor an order takes, at this part of each. */
    double ratio(double part) {
      return order.percentile(part) / floor.percentile(part);
    }
  }

  private Measured measure(TradingStand stand, BareCosts bare)
      throws IOException, SQLException, InterruptedException {
    try (Terminal.Bar bar = terminal.progress("orders")) {
      Measured measured = Measured.nothing();
      single(stand, TradingStand.TICKERS.getFirst(), measured.first());
      singles(stand, bare, WARM_UP, Measured.nothing(), bar, "warm-up");
      singles(stand, bare, orders, measured, bar, "one at a time");
      for (int i = 0; i < bursts; i++) {
        bar.at(i, bursts, "bursts");
        burst(stand, measured.burst());
      }
      return measured;
    }
  }

  private void singles(
      TradingStand stand, BareCosts bare, int count, Measured into, Terminal.Bar bar, String what)
      throws IOException, SQLException, InterruptedException {
    for (int i = 0; i < count; i++) {
      bar.at(i, count, what);
      String ticker = TradingStand.TICKERS.get(i % TradingStand.TICKERS.size());
      TradingStand.Progress progress = single(stand, ticker, into.order());
      into.heard().add(progress.heard());
      into.claimed().add(progress.claimed());
      into.sent().add(progress.sent());
      pause();
      long keptPost = bare.keptPost();
      into.keptPost().add(keptPost);
      into.freshPost().add(bare.freshPost());
      long commit = bare.commit();
      into.commit().add(commit);
      long notification = bare.notification();
      into.notification().add(notification);
      into.floor().add(notification + commit + keptPost);
      pause();
    }
  }

  private static TradingStand.Progress single(TradingStand stand, String ticker, Latencies into)
      throws IOException, SQLException, InterruptedException {
    TradingStand.Asked asked = stand.ask(List.of(new TradingStand.Wanted(ticker, "buy")));
    long arrived = stand.awaitOrder(asked);
    into.add(arrived - asked.commitNanos());
    stand.awaitFilled(asked);
    return stand.progress(asked, arrived);
  }

  private void burst(TradingStand stand, Latencies into)
      throws IOException, SQLException, InterruptedException {
    TradingStand.Asked asked =
        stand.ask(
            TradingStand.TICKERS.stream()
                .flatMap(
                    ticker ->
                        Stream.of(
                            new TradingStand.Wanted(ticker, "buy"),
                            new TradingStand.Wanted(ticker, "sell")))
                .toList());
    for (int i = 0; i < asked.trades().size(); i++) {
      into.add(stand.awaitOrder(asked) - asked.commitNanos());
    }
    stand.awaitFilled(asked);
    pause();
  }

  private void pause() throws InterruptedException {
    Thread.sleep(random.nextInt(PAUSE_MIN_MILLIS, PAUSE_MAX_MILLIS));
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private void print(Measured measured) {
    if (terminal.json()) {
      ObjectNode answer = JsonMapper.shared().createObjectNode();
      answer.put("benchmark", "orders");
      answer.put("seed", SEED);
      answer.put("processors", Runtime.getRuntime().availableProcessors());
      answer.put("load", Latencies.rounded(load()));
      answer.put("java", Runtime.version().toString());
      answer.put("floor_ms", Latencies.rounded(measured.floor().median()));
      answer.put("ratio_to_floor", Latencies.rounded(measured.ratio(0.5)));
      answer.put("floor_p99_ms", Latencies.rounded(measured.floor().percentile(0.99)));
      answer.put("ratio_to_floor_p99", Latencies.rounded(measured.ratio(0.99)));
      ObjectNode results = answer.putObject("results");
      measured.all().forEach(latencies -> results.set(latencies.name(), latencies.json()));
      terminal.print(answer);
      return;
    }
    terminal.line(
        String.format(
            Locale.ROOT,
            "orders: %,d one at a time, %,d bursts of six, %d processors at load %.1f, Java %s",
            orders,
            bursts,
            Runtime.getRuntime().availableProcessors(),
            load(),
            Runtime.version().feature()));
    terminal.line(Latencies.header());
    measured.all().map(Latencies::row).forEach(terminal::line);
    terminal.line(
        String.format(
            Locale.ROOT,
            "Nothing can be less than the last line: ours is %.1f times that at the median, %.1f at p99.",
            measured.ratio(0.5),
            measured.ratio(0.99)));
  }
}
