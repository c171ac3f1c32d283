package io.alphakite.streaming.intake;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds a new connection's messages back until every symbol has its first image, so that candles
 * can be put before them.
 *
 * <p>The newest event time among the images tells how far the market had come, and so which candles
 * are finished. A ticker's own moment is the newest among the images that came before or together
 * with its own: a candle that ended later may hold trades that its image does not know.
 */
final class FirstImages {
  /** After so long, and after so many messages, it goes on with the images that have come. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final int HELD_MAX = 20_000;

  private final Set<Ticker> missing;
  private final long sinceNanos;
  private final List<StreamEvent> held = new ArrayList<>();
  // Images of one frame are of one moment, and share it here.
  private final Map<Ticker, Moment> imaged = new LinkedHashMap<>();
  private final Map<Instant, Moment> frames = new HashMap<>();
  private @Nullable Instant newest;

  FirstImages(Collection<Ticker> tickers, long nowNanos) {
    this.missing = new HashSet<>(tickers);
    this.sinceNanos = nowNanos;
  }

  /** How far the market had come by the images of one frame. */
  private static final class Moment {
    Instant reached = Instant.EPOCH;
  }

  /** Waits for one more. */
  void expect(Ticker ticker) {
    missing.add(ticker);
  }

  /** Waits for it no longer. */
  void forget(Ticker ticker) {
    missing.remove(ticker);
    imaged.remove(ticker);
  }

  /** With one ticker's message alone, which says how far the market has come. */
  static FirstImages alone(EquityUpdate update) {
    FirstImages images = new FirstImages(Set.of(), 0);
    images.image(update);
    return images;
  }

  /** Holds one event of the connection. */
  void hold(StreamEvent event) {
    held.add(event);
    switch (event) {
      case EquityUpdate update when update.first() && missing.remove(update.ticker()) ->
          image(update);
      case StreamEvent.SubscriptionRefused refused when refused.ticker() != null ->
          missing.remove(refused.ticker());
      default -> {}
    }
  }

  /** Whether waiting any longer is of no use. */
  boolean complete(long nowNanos) {
    return missing.isEmpty()
        || held.size() >= HELD_MAX
        || nowNanos - sinceNanos > PATIENCE.toNanos();
  }

  /** The tickers whose image came, and how far the market had come by then. */
  Map<Ticker, Instant> moments() {
    Map<Ticker, Instant> moments = new LinkedHashMap<>();
    imaged.forEach((ticker, moment) -> moments.put(ticker, moment.reached));
    return moments;
  }

  /** The tickers whose image has not come. */
  Set<Ticker> missing() {
    return missing;
  }

  /** Everything held, in the order of arrival. */
  List<StreamEvent> held() {
    return held;
  }

  private void image(EquityUpdate update) {
    Instant own = latest(update.image().tradeTime(), update.image().quoteTime());
    Instant now = latest(newest, own);
    newest = now;
    if (now == null) {
      return;
    }
    Moment frame = frames.computeIfAbsent(update.serverTime(), _ -> new Moment());
    frame.reached = now;
    imaged.put(update.ticker(), frame);
  }

  static @Nullable Instant latest(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isAfter(other) ? one : other;
  }
}
