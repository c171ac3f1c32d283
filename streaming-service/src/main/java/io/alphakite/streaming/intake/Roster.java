package io.alphakite.streaming.intake;

import io.alphakite.model.market.Ticker;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The tickers of the stream and how each stands with Schwab. The intake's thread writes, anyone
 * reads.
 */
public final class Roster {
  private final Map<Ticker, Standing> standings = new ConcurrentHashMap<>();
  private final AtomicLong version = new AtomicLong();

  /**
   * How a ticker stands.
   *
   * @param reason why nothing comes; null when something does or nothing is known
   * @param sinceNanos {@link System#nanoTime} of the change
   */
  public record Standing(Status status, @Nullable String reason, long sinceNanos) {}

  /** What Schwab does with a ticker. */
  public enum Status {
    /** Asked for, and nothing has come on this connection. */
    WAITING,
    /** Its data comes. */
    STREAMING,
    /** Schwab said no. */
    REFUSED
  }

  /** A copy of all. */
  public Map<Ticker, Standing> standings() {
    return Map.copyOf(standings);
  }

  /** The tickers alone, as they change. */
  public Set<Ticker> tickers() {
    return Collections.unmodifiableSet(standings.keySet());
  }

  /** Grows with every change. */
  public long version() {
    return version.get();
  }

  void waiting(Collection<Ticker> tickers, @Nullable String reason) {
    tickers.forEach(ticker -> put(ticker, Status.WAITING, reason));
  }

  void streaming(Ticker ticker) {
    Standing now = standings.get(ticker);
    if (now != null && now.status() != Status.STREAMING) {
      put(ticker, Status.STREAMING, null);
    }
  }

  void refused(Ticker ticker, String reason) {
    if (standings.containsKey(ticker)) {
      put(ticker, Status.REFUSED, reason);
    }
  }

  void removed(Ticker ticker) {
    if (standings.remove(ticker) != null) {
      version.incrementAndGet();
    }
  }

  private void put(Ticker ticker, Status status, @Nullable String reason) {
    standings.put(ticker, new Standing(status, reason, System.nanoTime()));
    version.incrementAndGet();
  }
}
