package io.alphakite.benchmarks;

import io.alphakite.suite.command.Terminal;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/** What a benchmark may be told: whole numbers from 1 to a most. */
final class Options {
  private final String benchmark;
  private final String help;
  private final Map<String, Integer> values = new HashMap<>();
  private final Map<String, Integer> most = new HashMap<>();

  Options(String benchmark, String help) {
    this.benchmark = benchmark;
    this.help = help;
  }

  Options whole(String name, int otherwise, int max) {
    values.put(name, otherwise);
    most.put(name, max);
    return this;
  }

  int get(String name) {
    return values.getOrDefault(name, 0);
  }

  /** Runs with what the words say; 2 when they say what there is not. */
  int read(Deque<String> words, boolean helps, Terminal terminal, IntSupplier run) {
    if (helps) {
      terminal.line(help);
      return 0;
    }
    while (!words.isEmpty()) {
      String name = words.removeFirst();
      Integer max = most.get(name);
      if (max == null) {
        terminal.fail(benchmark + " takes no '" + name + "'; --help says what it takes");
        return 2;
      }
      String value = words.isEmpty() ? "" : words.removeFirst();
      if (!value.matches("[1-9][0-9]{0,8}") || Integer.parseInt(value) > max) {
        terminal.fail(name + " " + value + " is not a whole number in its range; see --help");
        return 2;
      }
      values.put(name, Integer.parseInt(value));
    }
    return run.getAsInt();
  }
}
