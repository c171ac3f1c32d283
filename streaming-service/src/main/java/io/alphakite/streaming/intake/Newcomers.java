package io.alphakite.streaming.intake;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.streaming.history.Gap;
import io.alphakite.streaming.history.PriceHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tickers whose candles are on their way: the messages of each are held until its own candles are
 * there, and nobody else waits.
 *
 * <p>At most {@link #HELD_MAX} messages are held, and none longer than {@link #PATIENCE}: the
 * ticker that holds most, or the one that waited too long, then goes on without its candles, whose
 * volume enters with the first message until they come after all; it is logged and counted as a
 * history that was not to be had. Belongs to the intake's thread.
 */
final class Newcomers {
  private static final Logger log = LoggerFactory.getLogger(Newcomers.class);

  static final int HELD_MAX = 20_000;

  /** Schwab allows few requests a minute: some hundred tickers' candles take this long. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  private final PriceHistory history;
  private final int heldMax;
  private final Map<Ticker, Newcomer> waiting = new LinkedHashMap<>();
  private int held;

  private static final class Newcomer {
    final Gap missed;
    final Instant moment;
    final Future<List<Bar>> answer;
    final long sinceNanos;
    final List<EquityUpdate> messages = new ArrayList<>();

    Newcomer(Gap missed, Instant moment, Future<List<Bar>> answer, long nowNanos) {
      this.missed = missed;
      this.moment = moment;
      this.answer = answer;
      this.sinceNanos = nowNanos;
    }
  }

  /**
   * A ticker that goes on: first the candles, then its messages.
   *
   * @param moment how far the market had come by its image
   * @param candles null when they were not to be had
   */
  record Arrived(
      Ticker ticker,
      Instant moment,
      Gap missed,
      @Nullable List<Bar> candles,
      List<EquityUpdate> messages) {}

  Newcomers(PriceHistory history) {
    this(history, HELD_MAX);
  }

  Newcomers(PriceHistory history, int heldMax) {
    this.history = history;
    this.heldMax = heldMax;
  }

  /**
   * Asks for a ticker's candles; its messages are held from now on.
   *
   * @param moment how far the market had come by its image
   */
  void begin(Ticker ticker, Gap gap, Instant moment) {
    drop(ticker);
    waiting.put(ticker, new Newcomer(gap, moment, history.ask(ticker, gap), System.nanoTime()));
  }

  /** Whether this ticker's candles are on their way. */
  boolean awaits(Ticker ticker) {
    return waiting.containsKey(ticker);
  }

  /** Holds the message of a ticker whose candles are awaited; false when nobody awaits any. */
  boolean hold(EquityUpdate update) {
    Newcomer newcomer = waiting.get(update.ticker());
    if (newcomer == null) {
      return false;
    }
    newcomer.messages.add(update);
    held++;
    return true;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Forgets a ticker and its messages: what it missed is asked for anew, or nobody wants it. */
  void drop(Ticker ticker) {
    Newcomer gone = waiting.remove(ticker);
    if (gone != null) {
      gone.answer.cancel(true);
      held -= gone.messages.size();
    }
  }

  /** Forgets all. */
  void clear() {
    List.copyOf(waiting.keySet()).forEach(this::drop);
  }

  /** Those that go on now; they are held no longer. */
  List<Arrived> arrived(long nowNanos) {
    List<Arrived> arrived = new ArrayList<>();
    for (Iterator<Map.Entry<Ticker, Newcomer>> all = waiting.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<Ticker, Newcomer> next = all.next();
      Newcomer newcomer = next.getValue();
      if (newcomer.answer.isDone()) {
        all.remove();
        arrived.add(
            release(next.getKey(), newcomer, history.result(next.getKey(), newcomer.answer)));
      } else if (nowNanos - newcomer.sinceNanos > PATIENCE.toNanos()) {
        all.remove();
        arrived.add(withoutCandles(next.getKey(), newcomer));
      }
    }
    while (held > heldMax) {
      Map.Entry<Ticker, Newcomer> most =
          waiting.entrySet().stream()
              .max(Map.Entry.comparingByValue((a, b) -> a.messages.size() - b.messages.size()))
              .orElseThrow();
      waiting.remove(most.getKey());
      arrived.add(withoutCandles(most.getKey(), most.getValue()));
    }
    return arrived;
  }

  private Arrived withoutCandles(Ticker ticker, Newcomer newcomer) {
    newcomer.answer.cancel(true);
    history.givenUp(ticker);
    log.atWarn()
        .addKeyValue("event", "history.late")
        .addKeyValue("ticker", ticker)
        .log("The candles of a gap did not come in time; its volume enters with the next message");
    return release(ticker, newcomer, null);
  }

  private Arrived release(Ticker ticker, Newcomer newcomer, @Nullable List<Bar> candles) {
    held -= newcomer.messages.size();
    return new Arrived(ticker, newcomer.moment, newcomer.missed, candles, newcomer.messages);
  }
}
