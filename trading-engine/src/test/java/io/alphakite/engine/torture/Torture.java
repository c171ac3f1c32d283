package io.alphakite.engine.torture;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.alphakite.engine.torture.Scenario.Outcome;
import io.alphakite.engine.torture.Scenario.Plan;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * {@code ./kite torture}: {@code --seeds N} runs N histories, {@code --seed S} one with its trace.
 */
public final class Torture {

  private static final long REFRESH_MILLIS = 200;
  private static final int SHOWN = 5;

  private Torture() {}

  /** Exits 0 when every guarantee held, 1 when not, 2 when it was asked for something else. */
  public static void main(String... arguments) throws InterruptedException {
    System.exit(run(System.out, arguments));
  }

  static int run(PrintStream out, String... arguments) throws InterruptedException {
    List<String> words = new ArrayList<>(Arrays.asList(arguments));
    boolean json = words.remove("--json");
    Long one = number(words, "--seed");
    Long count = number(words, "--seeds");
    Long from = number(words, "--from");
    if (!words.isEmpty() || (one != null && count != null)) {
      System.err.println("usage: torture [--seeds N] [--from S] | --seed S   [--json]");
      return 2;
    }
    quiet();
    return one == null
        ? many(
            out,
            from == null ? 0 : from,
            count == null ? Campaign.EVERYDAY : Math.toIntExact(count),
            json)
        : one(out, one, json);
  }

  private static @Nullable Long number(List<String> words, String name) {
    int at = words.indexOf(name);
    if (at < 0 || at + 1 == words.size() || !words.get(at + 1).matches("\\d{1,9}")) {
      return null;
    }
    words.remove(at);
    return Long.valueOf(words.remove(at));
  }

  /** The engine tells the log what goes wrong; here it is meant to. */
  static void quiet() {
    ((Logger) LoggerFactory.getLogger("io.alphakite.engine")).setLevel(Level.OFF);
  }

  private static int one(PrintStream out, long seed, boolean json) {
    Outcome outcome = Scenario.run(Plan.of(seed), EnumSet.noneOf(Bug.class), true);
    if (json) {
      out.println(
          "{\"seed\":%d,\"plan\":\"%s\",\"hash\":\"%016x\",\"posts\":%d,\"orders\":%d,\"violation\":%s}"
              .formatted(
                  seed,
                  outcome.plan(),
                  outcome.hash(),
                  outcome.posts(),
                  outcome.accepted(),
                  text(outcome.violation())));
    } else {
      outcome.trace().forEach(out::println);
      out.println();
      out.println(outcome.plan() + ", trace hash " + Long.toHexString(outcome.hash()));
      out.println(outcome.violation() == null ? "every guarantee held" : outcome.violation());
    }
    return outcome.rule() == null ? 0 : 1;
  }

  private static int many(PrintStream out, long from, int seeds, boolean json)
      throws InterruptedException {
    long begun = System.nanoTime();
    Campaign campaign = new Campaign();
    AtomicLong done = new AtomicLong();
    // Set by ./kite, since Java cannot tell whether a person looks at standard error.
    boolean shows = !json && Boolean.getBoolean("kite.terminal");
    Thread progress = Thread.ofVirtual().unstarted(() -> watch(done, seeds));
    if (shows) {
      progress.start();
    }
    campaign.runAll(from, seeds, done);
    progress.interrupt();
    if (shows) {
      progress.join();
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    if (json) {
      out.println(json(campaign, from, seeds, seconds));
    } else {
      print(out, campaign, from, seeds, seconds);
    }
    return campaign.failures().isEmpty() && campaign.unsteady().isEmpty() ? 0 : 1;
  }

  private static void watch(AtomicLong done, int seeds) {
    try {
      while (true) {
        System.err.printf("\r\033[K%d of %d", done.get(), seeds);
        Thread.sleep(REFRESH_MILLIS);
      }
    } catch (InterruptedException over) {
      System.err.print("\r\033[K");
    }
  }

  private static void print(
      PrintStream out, Campaign campaign, long from, int seeds, double seconds) {
    line(out, "runs", Long.toString(campaign.runs()));
    line(out, "seeds", seeds + " (" + from + " to " + (from + seeds - 1) + ")");
    line(out, "seconds", String.format(Locale.ROOT, "%.1f", seconds));
    line(out, "orders", campaign.posts() + " posted, " + campaign.orders() + " at the broker");
    line(out, "duplicates", Long.toString(campaign.duplicates()));
    line(out, "orders lost", Long.toString(campaign.lost()));
    line(out, "settled", "at most " + campaign.slowest() + " s after the faults");
    coverage(out, "faults", Faults.Fault.values().length, campaign.faultsMissed());
    coverage(out, "crash points", Campaign.allCrashes().size(), campaign.crashesMissed());
    coverage(out, "transitions", Campaign.allTransitions().size(), campaign.transitionsMissed());
    campaign.unsteady().forEach(seed -> out.println("two histories of seed " + seed));
    List<Outcome> failures = campaign.failures();
    line(out, "failures", Integer.toString(failures.size()));
    failures.stream()
        .limit(SHOWN)
        .forEach(failure -> out.println("  " + failure.plan() + ": " + failure.violation()));
    if (!failures.isEmpty()) {
      long seed = failures.getFirst().plan().seed();
      out.println();
      Scenario.run(Plan.of(seed), EnumSet.noneOf(Bug.class), true).trace().forEach(out::println);
      out.println("again: ./kite torture --seed " + seed);
    }
  }

  private static void line(PrintStream out, String name, String value) {
    out.printf("%-14s %s%n", name, value);
  }

  private static void coverage(PrintStream out, String name, int of, Set<?> missed) {
    line(
        out,
        name,
        (of - missed.size()) + " of " + of + (missed.isEmpty() ? "" : ", not " + missed));
  }

  private static String json(Campaign campaign, long from, int seeds, double seconds) {
    List<Outcome> failures = campaign.failures();
    return "{\"runs\":%d,\"seeds\":%d,\"first_seed\":%d,\"seconds\":%s,\"posts\":%d,\"orders\":%d,"
            .formatted(
                campaign.runs(),
                seeds,
                from,
                String.format(Locale.ROOT, "%.1f", seconds),
                campaign.posts(),
                campaign.orders())
        + "\"duplicates\":%d,\"lost\":%d,\"settled_seconds_max\":%d,"
            .formatted(campaign.duplicates(), campaign.lost(), campaign.slowest())
        + coverage(
            Map.of(
                "faults", Faults.Fault.values().length,
                "crash_points", Campaign.allCrashes().size(),
                "transitions", Campaign.allTransitions().size()),
            Map.of(
                "faults", campaign.faultsMissed(),
                "crash_points", campaign.crashesMissed(),
                "transitions", campaign.transitionsMissed()))
        + "\"unsteady_seeds\":%s,\"failed_seeds\":%s,\"violation\":%s}"
            .formatted(
                campaign.unsteady(),
                failures.stream().map(failure -> failure.plan().seed()).toList(),
                text(failures.isEmpty() ? null : failures.getFirst().violation()));
  }

  private static String coverage(Map<String, Integer> all, Map<String, Set<?>> missed) {
    StringBuilder text = new StringBuilder();
    for (String name : List.of("faults", "crash_points", "transitions")) {
      int of = all.getOrDefault(name, 0);
      int not = missed.getOrDefault(name, Set.of()).size();
      text.append("\"%s\":{\"covered\":%d,\"of\":%d},".formatted(name, of - not, of));
    }
    return text.toString();
  }

  private static String text(@Nullable String value) {
    return value == null
        ? "null"
        : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
