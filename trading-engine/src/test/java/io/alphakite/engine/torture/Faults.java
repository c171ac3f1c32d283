package io.alphakite.engine.torture;

import io.alphakite.engine.order.CrashPoint;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which faults one history has and how often; and which of them happened. */
final class Faults {

  /** What goes wrong, by the rows of the fault matrix where they have one. */
  enum Fault {
    /** R02, R04. */
    ANSWER_LOST_AFTER_ACCEPTANCE(0.25),
    /** R03, R04. */
    REQUEST_LOST(0.12),
    ACCEPTED_LATE(0.1),
    /** R06. */
    THROTTLED(0.15),
    REFUSED(0.08),
    NOT_SENT(0.08),
    /** R07. */
    WRONG_ID(0.12),
    /** R07. */
    MISSING_ID(0.12),
    /** R09. */
    LISTING_LAG(0.3),
    /** R11. */
    LISTED_VERY_LATE(0.05),
    /** R10. */
    PARTIAL_LISTING(0.1),
    /** R10. */
    LISTING_ERROR(0.15),
    /** R12, R13. */
    EXECUTION_LAG(0.3),
    /** R13. */
    EXECUTION_REPEATED(0.3),
    /** R13. */
    EXECUTIONS_REORDERED(0.3),
    EVENT_DROPPED(0.4),
    EVENT_REPEATED(0.2),
    UNKNOWN_STATUS(0.15),
    REJECTED_LATE(0.08),
    /** R17. */
    CHANGE_LEAVES_BOTH(0.25),
    /** R18. */
    EXIT_MISSING(0.2),
    /** R18. */
    EXIT_REJECTED(0.2),
    EXIT_LISTED_LATE(0.2),
    EXIT_TRADES_EARLY(0.3),
    EXITS_OVERLAP(0.3),
    /** R18. */
    EXITS_OUTLIVE_ENTRY(0.2),
    POSITION_LAG(0.4),
    CANCEL_LOST(0.3),
    CANCEL_REFUSED(0.1),
    /** R21, R22. */
    COMMIT_ANSWER_LOST(0.02),
    /** R23. */
    COMMIT_FAILED(0.02),
    STORE_DOWN(0.003),
    /** R20. */
    FREEZE(0.004),
    CRASH(0.002);

    final double rate;

    Fault(double rate) {
      this.rate = rate;
    }
  }

  /** What a crash point does. */
  enum Mode {
    /** The process is gone and what it had in memory with it. */
    HALT,
    /** The thread ends, the process goes on. */
    KILL,
    /** The dependency in use is cut: its answer does not arrive. */
    CUT
  }

  private final Map<Fault, Double> rates = new TreeMap<>();
  final Set<Fault> seen = new TreeSet<>();
  final Set<CrashPoint> reached = new TreeSet<>();
  private final World world;
  private boolean quiet;

  Faults(World world, SplittableRandom choice, @Nullable CrashPoint aim) {
    this.world = world;
    for (Fault fault : Fault.values()) {
      // Each history has about half of them: what hides behind one fault shows without it.
      rates.put(fault, choice.nextBoolean() ? fault.rate : 0);
    }
    if (aim != null) {
      rates.put(Fault.CRASH, 0.0);
      switch (aim) {
        case C12 -> rates.put(Fault.MISSING_ID, 0.5);
        case C16, C18 -> {
          rates.put(Fault.ANSWER_LOST_AFTER_ACCEPTANCE, 0.6);
          rates.put(Fault.LISTING_LAG, 0.0);
        }
        default -> {}
      }
    }
  }

  /** Whether this happens now. */
  boolean hit(Fault fault) {
    double rate = quiet ? 0 : rates.getOrDefault(fault, 0.0);
    if (rate == 0 || !world.chance(rate)) {
      return false;
    }
    seen.add(fault);
    world.trace("fault " + fault);
    return true;
  }

  /** From now on nothing goes wrong. */
  void stop() {
    quiet = true;
  }

  boolean quiet() {
    return quiet;
  }
}
