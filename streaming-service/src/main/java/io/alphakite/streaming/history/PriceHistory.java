package io.alphakite.streaming.history;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.market.MinuteBars;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the candles of gaps, a few tickers at a time, while the stream goes on.
 *
 * <p>A ticker whose history is not to be had after the client's own retries goes on without: its
 * volume then enters with the next message, and it is asked for again.
 */
public final class PriceHistory {
  private static final Logger log = LoggerFactory.getLogger(PriceHistory.class);
  private static final int AT_ONCE = 4;

  private final MinuteBars marketData;
  // Fair: thousands of tickers get theirs in the order they were asked for.
  private final Semaphore turns = new Semaphore(AT_ONCE, true);
  private final AtomicLong failures = new AtomicLong();

  /** Asks here. */
  public PriceHistory(MinuteBars marketData) {
    this.marketData = marketData;
  }

  /** Asks for the finished candles of a gap; {@link #result} reads the answer. */
  public Future<List<Bar>> ask(Ticker ticker, Gap gap) {
    FutureTask<List<Bar>> answer = new FutureTask<>(() -> inTurn(ticker, gap));
    Thread.ofVirtual().name("price-history").start(answer);
    return answer;
  }

  /** Waits for an answer: the candles, oldest first; null when they are not to be had now. */
  public @Nullable List<Bar> result(Ticker ticker, Future<List<Bar>> answer) {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      failed(ticker, e.getCause() == null ? e : e.getCause());
    } catch (CancellationException e) {
      failed(ticker, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return null;
  }

  /** Counts a gap whose candles nobody waits for any more. */
  public void givenUp(Ticker ticker) {
    failures.incrementAndGet();
  }

  /** How many tickers' gaps could not be filled since the start. */
  public long failures() {
    return failures.get();
  }

  private List<Bar> inTurn(Ticker ticker, Gap gap) throws InterruptedException {
    turns.acquire();
    try {
      return marketData.minuteBars(ticker, gap.from(), gap.to(), gap.extended()).stream()
          .filter(bar -> !bar.start().isBefore(gap.from()) && bar.start().isBefore(gap.to()))
          .toList();
    } finally {
      turns.release();
    }
  }

  private void failed(Ticker ticker, Throwable cause) {
    failures.incrementAndGet();
    String kind = cause instanceof SchwabException known ? known.kind().name() : cause.toString();
    log.atWarn()
        .addKeyValue("event", "history.unavailable")
        .addKeyValue("ticker", ticker)
        .log("No price history for a gap ({}); its volume enters with the next message", kind);
  }
}
