package io.alphakite.benchmarks;

import io.alphakite.benchmarks.feed.FeedBench;
import io.alphakite.suite.command.Terminal;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** {@code ./kite bench}: which benchmarks there are, and each by its name. */
public final class Bench {
  private static final String LIST =
      """
      ./kite bench NAME [options]

        feed    ticks per second from socket to committed row, beside COPY and a plain pipeline

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
    if (!name.equals("feed")) {
      terminal.fail("there is no benchmark '" + name + "'; ./kite bench lists them");
      return 2;
    }
    if (help) {
      terminal.line(FeedBench.HELP);
      return 0;
    }
    Optional<Integer> tickers = Optional.of(500);
    Optional<Integer> rounds = Optional.of(5);
    Optional<Integer> seconds = Optional.of(5);
    while (!words.isEmpty()) {
      String option = words.removeFirst();
      String value = words.isEmpty() ? "" : words.removeFirst();
      switch (option) {
        case "--tickers" -> tickers = number(value, 3_000);
        case "--rounds" -> rounds = number(value, 50);
        case "--seconds" -> seconds = number(value, 60);
        default -> {
          terminal.fail("feed takes no '" + option + "'; --help says what it takes");
          return 2;
        }
      }
      if (tickers.isEmpty() || rounds.isEmpty() || seconds.isEmpty()) {
        terminal.fail(option + " " + value + " is not a whole number in its range; see --help");
        return 2;
      }
    }
    return new FeedBench(
            tickers.get(), rounds.get(), seconds.get(), home.resolve("bench"), terminal)
        .run();
  }

  private static boolean has(String... arguments) {
    return List.of(arguments).contains("--json");
  }

  private static String home() {
    String home = System.getenv("KITE_HOME");
    return home == null || home.isBlank() ? ".kite" : home;
  }

  private static Optional<Integer> number(String text, int max) {
    try {
      int number = Integer.parseInt(text);
      return number >= 1 && number <= max ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
