package io.alphakite.streaming.wanted;

import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.TickerFeed;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Feeds of tickers that were taken away, kept until their last rows are surely stored: a ticker
 * that comes back before that goes on with its feed, since what is stored is behind it.
 *
 * <p>Not thread-safe.
 */
final class Departures {
  /** Longer than any flush that succeeds. */
  static final Duration REST = Duration.ofSeconds(60);

  private final Map<Ticker, Departed> departed = new HashMap<>();

  private record Departed(TickerFeed feed, long sinceNanos) {}

  void put(TickerFeed feed, long nowNanos) {
    departed.put(feed.ticker(), new Departed(feed, nowNanos));
  }

  /** The feed to go on with; null when what is stored is all. */
  @Nullable TickerFeed takeBack(Ticker ticker) {
    Departed back = departed.remove(ticker);
    return back == null ? null : back.feed();
  }

  boolean has(Ticker ticker) {
    return departed.containsKey(ticker);
  }

  /**
   * Lets go of those that have rested long enough.
   *
   * @param unwritten whether something of a ticker may still wait to be written; then its rest
   *     begins anew
   */
  void sweep(Predicate<Ticker> unwritten, long nowNanos) {
    departed.replaceAll(
        (ticker, feed) -> unwritten.test(ticker) ? new Departed(feed.feed(), nowNanos) : feed);
    departed.values().removeIf(feed -> nowNanos - feed.sinceNanos() > REST.toNanos());
  }
}
