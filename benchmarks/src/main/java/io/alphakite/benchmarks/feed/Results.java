package io.alphakite.benchmarks.feed;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Ticks per second of each contestant in each round; the first one is what others are beside. */
final class Results {
  private final Map<String, List<Double>> rates = new LinkedHashMap<>();

  /** The middle and the ends of some figures. */
  record Spread(double min, double median, double max) {
    static Spread of(List<Double> values) {
      double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      int middle = sorted.length / 2;
      double median =
          sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
      return new Spread(sorted[0], median, sorted[sorted.length - 1]);
    }

    private ObjectNode json(DoubleUnaryOperator rounding) {
      return JsonMapper.shared()
          .createObjectNode()
          .put("min", rounding.applyAsDouble(min))
          .put("median", rounding.applyAsDouble(median))
          .put("max", rounding.applyAsDouble(max));
    }
  }

  void add(String name, int ticks, long nanos) {
    rates.computeIfAbsent(name, _ -> new ArrayList<>()).add(ticks * 1e9 / nanos);
  }

  Spread rate(String name) {
    return Spread.of(rates.getOrDefault(name, List.of()));
  }

  /** How many times as fast as the first one it was in the same round. */
  Spread ratio(String name) {
    List<Double> first = rates.values().iterator().next();
    List<Double> own = rates.getOrDefault(name, List.of());
    return Spread.of(
        IntStream.range(0, own.size())
            .mapToObj(round -> own.get(round) / first.get(round))
            .toList());
  }

  List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%-38s %12s %12s %12s   %s"
            .formatted("ticks per second", "min", "median", "max", "beside Alpha Kite, per round"));
    for (String name : rates.keySet()) {
      Spread rate = rate(name);
      Spread ratio = ratio(name);
      lines.add(
          String.format(
              Locale.ROOT,
              "%-38s %,12.0f %,12.0f %,12.0f   x %.2f (%.2f to %.2f)",
              name,
              rate.min(),
              rate.median(),
              rate.max(),
              ratio.median(),
              ratio.min(),
              ratio.max()));
    }
    return lines;
  }

  ObjectNode json() {
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    for (String name : rates.keySet()) {
      ObjectNode entry = answer.putObject(name);
      entry.set("ticks_per_second", rate(name).json(Math::rint));
      entry.set("ratio", ratio(name).json(value -> Math.rint(value * 1_000) / 1_000));
    }
    return answer;
  }
}
