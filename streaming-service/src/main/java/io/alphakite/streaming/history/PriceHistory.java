package io.alphakite.streaming.history;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.market.MinuteBars;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the candles of gaps, a few tickers at a time.
 *
 * <p>A ticker whose history is not to be had after the client's own retries goes on without: its
 * volume then enters with the next message.
 */
public final class PriceHistory {
  private static final Logger log = LoggerFactory.getLogger(PriceHistory.class);
  private static final int AT_ONCE = 4;

  private final MinuteBars marketData;
  private volatile long failures;

  /** Asks here. */
  public PriceHistory(MinuteBars marketData) {
    this.marketData = marketData;
  }

  /** The finished candles of each gap, oldest first; a ticker that failed is absent. */
  public Map<Ticker, List<Bar>> fetch(Map<Ticker, Gap> gaps) throws InterruptedException {
    Map<Ticker, List<Bar>> candles = new HashMap<>();
    if (gaps.isEmpty()) {
      return candles;
    }
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(AT_ONCE, gaps.size()), Thread.ofVirtual().name("price-history").factory())) {
      Map<Ticker, Future<List<Bar>>> answers = new HashMap<>();
      gaps.forEach(
          (ticker, gap) -> answers.put(ticker, threads.submit(() -> candles(ticker, gap))));
      for (Map.Entry<Ticker, Future<List<Bar>>> answer : answers.entrySet()) {
        try {
          candles.put(answer.getKey(), answer.getValue().get());
        } catch (ExecutionException e) {
          failed(answer.getKey(), e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
          threads.shutdownNow();
          throw e;
        }
      }
    }
    return candles;
  }

  /** How many tickers' gaps could not be filled since the start. */
  public long failures() {
    return failures;
  }

  private List<Bar> candles(Ticker ticker, Gap gap) {
    return marketData.minuteBars(ticker, gap.from(), gap.to(), gap.extended()).stream()
        .filter(bar -> !bar.start().isBefore(gap.from()) && bar.start().isBefore(gap.to()))
        .toList();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // Only the fetching thread writes.
  private void failed(Ticker ticker, Throwable cause) {
    failures++;
    String kind = cause instanceof SchwabException known ? known.kind().name() : cause.toString();
    log.atWarn()
        .addKeyValue("event", "history.unavailable")
        .addKeyValue("ticker", ticker)
        .log("No price history for a gap ({}); its volume enters with the next message", kind);
  }
}
