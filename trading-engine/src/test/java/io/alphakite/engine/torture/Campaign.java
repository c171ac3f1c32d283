package io.alphakite.engine.torture;

import io.alphakite.engine.order.CrashPoint;
import io.alphakite.engine.order.OrderState;
import io.alphakite.engine.torture.Scenario.Outcome;
import io.alphakite.engine.torture.Scenario.Plan;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Many histories, and what they came to. Safe for use by many threads. */
final class Campaign {

  /** So many seeds stop the engine once at each point in each mode, and run once without. */
  static final int ROUND = CrashPoint.values().length * Faults.Mode.values().length + 1;

  /** What every change is shown with: each point in each mode 50 times. */
  static final int EVERYDAY = 50 * ROUND;

  private static final int TWICE_EVERY = 50;

  private final Set<Faults.Fault> faults = EnumSet.noneOf(Faults.Fault.class);
  private final Set<String> crashes = new TreeSet<>();
  private final Set<String> transitions = new TreeSet<>();
  private final List<Outcome> failures = new ArrayList<>();
  private final List<Long> unsteady = new ArrayList<>();
  private long runs;
  private long posts;
  private long orders;
  private long duplicates;
  private long lost;
  private int slowest;

  /** Runs one seed; some twice, which must give the same history. */
  void run(long seed) {
    Outcome outcome = Scenario.run(Plan.of(seed));
    boolean twice = seed % TWICE_EVERY == 0;
    long again = twice ? Scenario.run(Plan.of(seed)).hash() : outcome.hash();
    add(outcome, twice, again);
  }

  private synchronized void add(Outcome outcome, boolean twice, long again) {
    runs += twice ? 2 : 1;
    posts += outcome.posts();
    orders += outcome.accepted();
    duplicates += outcome.duplicates();
    lost += outcome.lost();
    slowest = Math.max(slowest, outcome.settledAfter());
    faults.addAll(outcome.faults());
    transitions.addAll(outcome.transitions());
    if (outcome.aimed()) {
      crashes.add(outcome.plan().point() + " " + outcome.plan().mode());
    }
    if (outcome.rule() != null) {
      failures.add(outcome);
    }
    if (again != outcome.hash()) {
      unsteady.add(outcome.plan().seed());
    }
  }

  /** Runs these seeds on as many threads as there are cores. */
  void runAll(long from, int count, AtomicLong done) {
    LongStream.range(from, from + count)
        .parallel()
        .forEach(
            seed -> {
              run(seed);
              done.incrementAndGet();
            });
  }

  synchronized long runs() {
    return runs;
  }

  synchronized long posts() {
    return posts;
  }

  synchronized long orders() {
    return orders;
  }

  synchronized long duplicates() {
    return duplicates;
  }

  synchronized long lost() {
    return lost;
  }

  /** Seconds the slowest history took to settle after its faults had stopped. */
  synchronized int slowest() {
    return slowest;
  }

  /** Histories that broke a guarantee, by seed. */
  synchronized List<Outcome> failures() {
    return failures.stream()
        .sorted(java.util.Comparator.comparing((Outcome outcome) -> outcome.plan().seed()))
        .toList();
  }

  /** Seeds that gave two histories. */
  synchronized List<Long> unsteady() {
    return List.copyOf(unsteady);
  }

  synchronized Set<Faults.Fault> faultsMissed() {
    Set<Faults.Fault> missed = EnumSet.allOf(Faults.Fault.class);
    missed.removeAll(faults);
    return missed;
  }

  synchronized Set<String> crashesMissed() {
    Set<String> missed = allCrashes();
    missed.removeAll(crashes);
    return missed;
  }

  synchronized Set<String> transitionsMissed() {
    Set<String> missed = allTransitions();
    missed.removeAll(transitions);
    return missed;
  }

  static Set<String> allCrashes() {
    Set<String> all = new TreeSet<>();
    IntStream.range(0, ROUND - 1)
        .mapToObj(Plan::of)
        .forEach(plan -> all.add(plan.point() + " " + plan.mode()));
    return all;
  }

  /**
   * Every legal move but one: fills never fall, so that nothing partly filled is unfilled again.
   */
  static Set<String> allTransitions() {
    Set<String> all = new TreeSet<>(Set.of(">NEW", ">ACKED"));
    for (OrderState from : OrderState.values()) {
      from.next().forEach(to -> all.add(from + ">" + to));
    }
    all.remove("PARTIAL>WORKING");
    return all;
  }
}
