package io.alphakite.streaming.quarantine;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.LevelOneEquity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * All tickers' {@link PriceGate}s, and what they kept out. One thread judges; any may read the
 * counts and take what waits to be written.
 *
 * <p>Every message is counted; of each spell only the first is kept for the table, and at most
 * {@link #WAITING_MAX} wait, further ones being counted as not kept.
 */
public final class Quarantine {

  /** Of those that nobody has written yet. */
  static final int WAITING_MAX = 1_000;

  private final Map<Ticker, PriceGate> gates = new HashMap<>();
  private final Map<Reason, LongAdder> counts = new EnumMap<>(Reason.class);
  private final Set<Ticker> held = ConcurrentHashMap.newKeySet();
  private final Queue<Quarantined> waiting = new LinkedBlockingQueue<>(WAITING_MAX);
  private final LongAdder notKept = new LongAdder();

  /** Nothing kept out yet. */
  public Quarantine() {
    for (Reason reason : Reason.values()) {
      counts.put(reason, new LongAdder());
    }
  }

  /**
   * What to make of a message.
   *
   * @param trade whether last price, volume and trade time are believed
   * @param quote whether bid and ask are
   * @param released whether it makes an earlier message's trade believed, which it need not repeat
   */
  public record Verdict(boolean trade, boolean quote, boolean released) {
    private static final Verdict FINE = new Verdict(true, true, false);
  }

  /**
   * Judges a symbol as it stands after a message.
   *
   * @param before the last price believed; null when there is none yet
   */
  public Verdict judge(LevelOneEquity image, @Nullable Price before, Instant receivedAt) {
    Ticker ticker = image.ticker();
    PriceGate gate = gates.computeIfAbsent(ticker, _ -> new PriceGate());
    PriceGate.Verdict verdict =
        gate.judge(
            image.last(), image.totalVolume(), image.tradeTime(), image.bid(), image.ask(), before);
    if (verdict.trade() && verdict.quote() && !verdict.released()) {
      return Verdict.FINE;
    }
    if (gate.holdsTrades()) {
      held.add(ticker);
    } else {
      held.remove(ticker);
    }
    verdict.reasons().forEach(reason -> counter(reason).increment());
    verdict.begun().forEach(reason -> keep(image, reason, before, receivedAt));
    return new Verdict(verdict.trade(), verdict.quote(), verdict.released());
  }

  private void keep(
      LevelOneEquity image, Reason reason, @Nullable Price before, Instant receivedAt) {
    Instant at = reason == Reason.CROSSED ? image.quoteTime() : image.tradeTime();
    boolean kept =
        waiting.offer(
            new Quarantined(
                image.ticker(),
                at == null ? receivedAt : at,
                receivedAt,
                reason,
                image.last(),
                image.bid(),
                image.ask(),
                image.totalVolume(),
                before));
    if (!kept) {
      notKept.increment();
    }
  }

  /** Forgets a ticker that is no longer streamed. */
  public void forget(Ticker ticker) {
    gates.remove(ticker);
    held.remove(ticker);
  }

  /** How many messages were kept out since the start. */
  public long count(Reason reason) {
    return counter(reason).sum();
  }

  /** How many spells are in no table because too many waited. */
  public long notKept() {
    return notKept.sum();
  }

  /** The tickers of which no trade is believed now. */
  public Set<Ticker> held() {
    return Set.copyOf(held);
  }

  /** Takes what waits to be written. */
  List<Quarantined> drain() {
    List<Quarantined> taken = new ArrayList<>();
    for (Quarantined next = waiting.poll(); next != null; next = waiting.poll()) {
      taken.add(next);
    }
    return taken;
  }

  /** Puts back what could not be written, as far as there is room. */
  void restore(List<Quarantined> unwritten) {
    for (Quarantined each : unwritten) {
      if (!waiting.offer(each)) {
        notKept.increment();
      }
    }
  }

  private LongAdder counter(Reason reason) {
    LongAdder counter = counts.get(reason);
    if (counter == null) {
      throw new IllegalStateException("every reason has its counter");
    }
    return counter;
  }
}
