package io.alphakite.streaming.gap;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.history.Gap;
import io.alphakite.streaming.history.PriceHistory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks the price history again, on a thread of its own, one round at a time: while it waits for an
 * answer the stream goes on.
 */
public final class GapRetries implements AutoCloseable {
  /** Tickers asked for in one round. */
  static final int AT_ONCE = 32;

  private final PriceHistory history;
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable Thread> asking = new AtomicReference<>();
  private volatile boolean closed;

  /** Asks here. */
  public GapRetries(PriceHistory history) {
    this.history = history;
  }

  /** Whether the last round is over and all its answers were taken. */
  boolean free() {
    Thread thread = asking.get();
    return !closed && (thread == null || !thread.isAlive()) && answers.isEmpty();
  }

  /** Begins a round; each ticker at most once. */
  void ask(Map<UUID, Question> questions) {
    asking.set(Thread.ofVirtual().name("gap-retries").start(() -> answer(questions)));
  }

  /** The next answer; null when there is none yet. */
  @Nullable Answer poll() {
    return answers.poll();
  }

  /** Gives up what is under way. */
  @Override
  public void close() {
    closed = true;
    Thread thread = asking.get();
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void answer(Map<UUID, Question> questions) {
    Map<UUID, Future<List<Bar>>> asked = new HashMap<>();
    questions.forEach(
        (gap, question) -> asked.put(gap, history.ask(question.ticker, question.minutes)));
    questions.forEach(
        (gap, question) -> {
          Future<List<Bar>> answer = Objects.requireNonNull(asked.get(gap));
          answers.add(new Answer(gap, history.result(question.ticker, answer)));
        });
  }

  /** What is asked for a gap. */
  record Question(Ticker ticker, Gap minutes) {}

  /**
   * What was answered.
   *
   * @param candles null when the price history failed
   */
  record Answer(UUID gap, @Nullable List<Bar> candles) {}
}
