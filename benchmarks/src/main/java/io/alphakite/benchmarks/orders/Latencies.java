package io.alphakite.benchmarks.orders;

import java.util.Arrays;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Some times of one kind, in nanoseconds. Not thread-safe. */
final class Latencies {
  private static final double NANOS_PER_MILLI = 1e6;

  private final String name;
  private long[] nanos = new long[256];
  private int count;

  Latencies(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  void add(long value) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = value;
  }

  /**
   * The smallest that at least this part of them does not exceed, in milliseconds (nearest rank).
   *
   * @param part 0 to 1
   */
  double percentile(double part) {
    if (count == 0) {
      throw new IllegalStateException("nothing was measured: " + name);
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(part * count) - 1)] / NANOS_PER_MILLI;
  }

  double median() {
    return percentile(0.5);
  }

  static String header() {
    return "%-52s %8s %8s %8s %8s".formatted("milliseconds", "median", "p95", "p99", "max");
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "%-52s %8.2f %8.2f %8.2f %8.2f",
        name,
        median(),
        percentile(0.95),
        percentile(0.99),
        percentile(1));
  }

  ObjectNode json() {
    return JsonMapper.shared()
        .createObjectNode()
        .put("count", count)
        .put("median_ms", rounded(median()))
        .put("p95_ms", rounded(percentile(0.95)))
        .put("p99_ms", rounded(percentile(0.99)))
        .put("max_ms", rounded(percentile(1)));
  }

  static double rounded(double value) {
    return Math.rint(value * 1_000) / 1_000;
  }
}
