package io.alphakite.benchmarks;

import io.alphakite.benchmarks.feed.FeedBench;
import io.alphakite.benchmarks.orders.OrdersBench;
import io.alphakite.suite.command.Terminal;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** {@code ./kite bench}: which benchmarks there are, and each by its name. */
public final class Bench {
  private static final String LIST =
      """
      ./kite bench NAME [options]

        feed    ticks per second from socket to committed row, beside COPY and a plain pipeline
        orders  from a committed trade row to the order's first byte at the broker, beside a bare POST and COMMIT

      Each takes --help and --json. docs/benchmarks.md has figures and how to read them.\
      """;

  private Bench() {}

  /** Exits 0 with a result, 1 without one, 2 when it was asked for something there is not. */
  public static void main(String... arguments) {
    System.setProperty("KITE_LOG_LEVEL", "OFF");
    io.alphakite.platform.ServiceLauncher.takeOverLogging();
    System.exit(run(List.of(arguments), Path.of(home()), Terminal.ofProcess(has(arguments))));
  }

  static int run(List<String> arguments, Path home, Terminal terminal) {
    Deque<String> words = new ArrayDeque<>(arguments);
    words.removeIf(word -> word.equals("--json"));
    boolean help = words.removeIf(word -> word.equals("--help") || word.equals("-h"));
    if (words.isEmpty()) {
      terminal.line(LIST);
      return 0;
    }
    String name = words.removeFirst();
    Path directory = home.resolve("bench");
    return switch (name) {
      case "feed" -> {
        Options options =
            new Options(name, FeedBench.HELP)
                .whole("--tickers", 500, 3_000)
                .whole("--rounds", 5, 50)
                .whole("--seconds", 5, 60);
        yield options.read(
            words,
            help,
            terminal,
            () ->
                new FeedBench(
                        options.get("--tickers"),
                        options.get("--rounds"),
                        options.get("--seconds"),
                        directory,
                        terminal)
                    .run());
      }
      case "orders" -> {
        Options options =
            new Options(name, OrdersBench.HELP)
                .whole("--orders", 1_000, 100_000)
                .whole("--bursts", 20, 1_000);
        yield options.read(
            words,
            help,
            terminal,
            () ->
                new OrdersBench(
                        options.get("--orders"), options.get("--bursts"), directory, terminal)
                    .run());
      }
      default -> {
        terminal.fail("there is no benchmark '" + name + "'; ./kite bench lists them");
        yield 2;
      }
    };
  }

  private static boolean has(String... arguments) {
    return List.of(arguments).contains("--json");
  }

  private static String home() {
    String home = System.getenv("KITE_HOME");
    return home == null || home.isBlank() ? ".kite" : home;
  }
}
