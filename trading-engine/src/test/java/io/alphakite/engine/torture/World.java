package io.alphakite.engine.torture;

import io.alphakite.engine.order.EngineClock;
import io.alphakite.engine.order.OrderIntent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time, and everything that happens in it, on one thread.
 *
 * <p>A call that takes time ({@link #sleep}) runs what else is due meanwhile, inside itself: so
 * steps of different tasks interleave without a second thread, and an error that ends a process
 * unwinds all its frames.
 */
final class World implements EngineClock {

  // Deeper than that a call that takes time just takes it.
  private static final int DEPTH_MAX = 7;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** A process of the engine: what it has in memory ends with it. */
  static final class EngineProcess {
    final String name;
    boolean alive = true;
    long frozenUntil;

    EngineProcess(String name) {
      this.name = name;
    }
  }

  /** A process stopped at an instruction. */
  static final class Halt extends Error {
    private static final long serialVersionUID = 1L;
    final transient EngineProcess process;

    Halt(EngineProcess process) {
      super("process halted", null, false, false);
      this.process = process;
    }
  }

  /** A thread ended with an error. */
  static final class ThreadKilled extends Error {
    private static final long serialVersionUID = 1L;

    ThreadKilled() {
      super("thread killed", null, false, false);
    }
  }

  /** One execution of a task, which is what a thread would be. */
  static final class Frame {
    final @Nullable EngineProcess process;
    @Nullable UUID sending;

    Frame(@Nullable EngineProcess process) {
      this.process = process;
    }
  }

  private record Task(
      long at, int tie, long number, @Nullable EngineProcess owner, Runnable work) {}

  final SplittableRandom random;
  private final PriorityQueue<Task> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Task::at)
              .thenComparingInt(Task::tie)
              .thenComparing(Task::number));
  private final Deque<Frame> frames = new ArrayDeque<>();
  private final List<String> lines = new ArrayList<>();
  private final Instant begin;
  private final boolean keepLines;
  private final Runnable afterEach;
  private long nanos;
  private long count;
  private long hash = 0xcbf29ce484222325L;
  private boolean stopped;

  /**
   * An empty world.
   *
   * @param begin wall and market time at the start
   * @param keepLines whether the trace is kept and not only its hash
   * @param afterEach runs after every task
   */
  World(long seed, Instant begin, boolean keepLines, Runnable afterEach) {
    this.random = new SplittableRandom(seed);
    this.begin = begin;
    this.keepLines = keepLines;
    this.afterEach = afterEach;
  }

  @Override
  public Instant wall() {
    return begin.plusNanos(nanos);
  }

  @Override
  public Instant market() {
    return wall();
  }

  @Override
  public long nanos() {
    return nanos;
  }

  /** Does it later; not if the owner is gone by then. */
  void in(Duration delay, @Nullable EngineProcess owner, Runnable work) {
    long at = nanos + Math.max(0, delay.toNanos());
    queue.add(new Task(at, random.nextInt(), count++, owner, work));
  }

  /** A duration between the two, in milliseconds. */
  Duration between(long minMillis, long maxMillis) {
    return Duration.ofMillis(random.nextLong(minMillis, maxMillis + 1));
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** A new id, which the seed decides. */
  UUID id() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  /** What runs now. */
  Frame frame() {
    Frame frame = frames.peek();
    if (frame == null) {
      throw new IllegalStateException("Nothing runs");
    }
    return frame;
  }

  /** Ends the history: nothing more runs. */
  void stop() {
    stopped = true;
  }

  boolean stopped() {
    return stopped;
  }

  /** Runs until then. */
  void run(Duration time) {
    run(nanos + time.toNanos(), null);
  }

  /** Takes time within a task; whatever else is due happens meanwhile. */
  void sleep(Duration time) {
    long until = nanos + time.toNanos();
    EngineProcess process = frame().process;
    if (frames.size() < DEPTH_MAX) {
      run(until, process);
    } else {
      nanos = Math.max(nanos, until);
    }
    if (process != null) {
      if (process.frozenUntil > nanos) {
        sleep(Duration.ofNanos(process.frozenUntil - nanos));
      }
      if (!process.alive) {
        throw new Halt(process);
      }
    }
  }

  private void run(long until, @Nullable EngineProcess sleeper) {
    while (!stopped) {
      Task task = queue.peek();
      if (task == null || task.at() > until) {
        break;
      }
      queue.remove();
      nanos = Math.max(nanos, task.at());
      perform(task, sleeper);
    }
    nanos = Math.max(nanos, until);
  }

  private void perform(Task task, @Nullable EngineProcess sleeper) {
    EngineProcess owner = task.owner();
    if (owner != null && !owner.alive) {
      return;
    }
    if (owner != null && owner.frozenUntil > nanos) {
      queue.add(new Task(owner.frozenUntil, task.tie(), task.number(), owner, task.work()));
      return;
    }
    frames.push(new Frame(owner));
    try {
      task.work().run();
    } catch (Halt halt) {
      if (halt.process == sleeper) {
        throw halt;
      }
    } catch (ThreadKilled killed) {
      trace("thread ended");
    } finally {
      frames.pop();
    }
    if (!stopped) {
      afterEach.run();
    }
  }

  /** Writes down what happened. */
  void trace(String what) {
    mix(nanos);
    mix(what.hashCode());
    if (keepLines) {
      lines.add(String.format("%9.3f %s", nanos / 1e9, what));
    }
  }

  /** The same for an intent, whose text is made only where somebody reads it. */
  void trace(String event, OrderIntent intent) {
    mix(nanos);
    mix(event.hashCode());
    mix(intent.id().getMostSignificantBits());
    mix(intent.state().name().hashCode());
    mix(intent.filled());
    if (keepLines) {
      lines.add(String.format("%9.3f %s %s", nanos / 1e9, event, SimDatabase.tag(intent)));
    }
  }

  private void mix(long value) {
    hash = (hash ^ value) * FNV_PRIME;
  }

  /** Of everything that happened so far. */
  long hash() {
    return hash;
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
