package io.alphakite.simulator.stream;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * LEVELONE_EQUITIES: an image of each key, then what changes with each event or batch. $SPX is the
 * one index.
 */
final class EquityFeed extends Feed {
  private final Market market;
  private final boolean lots;
  private final FaultDials dials;
  private final Map<String, Subscription> subscriptions = new HashMap<>();

  EquityFeed(Market market, boolean lots, FaultDials dials) {
    super(Service.LEVELONE_EQUITIES);
    this.market = market;
    this.lots = lots;
    this.dials = dials;
  }

  @Override
  void added(String key, long now) {
    if (key.equals(Listing.SPX.symbol())) {
      market
          .ticker(IndexImage.FOLLOWED)
          .ifPresent(
              spy -> subscriptions.put(key, new Subscription(new IndexImage(spy), fields(key))));
    } else {
      market.ticker(key).ifPresent(ticker -> subscriptions.put(key, subscription(ticker)));
    }
  }

  private Subscription subscription(TickerState ticker) {
    boolean delayed = dials.strike(Dial.QUOTE_DELAYED, ticker.symbol()).isPresent();
    return new Subscription(new EquityImage(ticker, lots, delayed), fields(ticker.symbol()));
  }

  @Override
  void removed(String key) {
    subscriptions.remove(key);
  }

  @Override
  void viewed(Fields fields) {
    subscriptions.values().forEach(subscription -> subscription.fields(fields));
  }

  @Override
  void image(String key, DataFrame frame, long now) {
    Subscription subscription = subscriptions.get(key);
    if (subscription != null) {
      subscription.image(frame.begin(service(), now));
      frame.end(key);
    }
  }

  /** Says what changed of a ticker, and of an index that follows it. */
  void delta(TickerState ticker, DataFrame frame, long now) {
    Subscription subscription = subscriptions.get(ticker.symbol());
    if (subscription != null) {
      delta(subscription, frame, now);
    }
    Subscription index = follower(ticker);
    if (index != null) {
      delta(index, frame, now);
    }
  }

  private @Nullable Subscription follower(TickerState ticker) {
    return ticker.symbol().equals(IndexImage.FOLLOWED)
        ? subscriptions.get(Listing.SPX.symbol())
        : null;
  }

  /** Leaves what changed of a ticker to the next {@link #batch}. */
  void mark(TickerState ticker) {
    Subscription subscription = subscriptions.get(ticker.symbol());
    if (subscription != null) {
      subscription.dirty = true;
    }
    Subscription index = follower(ticker);
    if (index != null) {
      index.dirty = true;
    }
  }

  /** Everything that changed since the last batch. */
  void batch(DataFrame frame, long now) {
    for (String key : keys()) {
      Subscription subscription = subscriptions.get(key);
      if (subscription != null && subscription.dirty) {
        delta(subscription, frame, now);
      }
    }
  }

  /** Everything that changed, marked or not. */
  void all(DataFrame frame, long now) {
    for (String key : keys()) {
      Subscription subscription = subscriptions.get(key);
      if (subscription != null) {
        delta(subscription, frame, now);
      }
    }
  }

  private void delta(Subscription subscription, DataFrame frame, long now) {
    if (isWithheld(subscription, frame, now)) {
      return;
    }
    if (subscription.delta(frame.begin(service(), now))) {
      frame.end(subscription.image().symbol());
    } else {
      frame.cancel();
    }
  }

  /** Whether a fault keeps an update back. */
  private boolean isWithheld(Subscription subscription, DataFrame frame, long now) {
    if (subscription.lost || now < subscription.haltedUntil) {
      return true;
    }
    String subject = subscription.subject();
    if (dials.strike(Dial.SUBSCRIPTION_LOST, subject).isPresent()) {
      subscription.lost = true;
      return true;
    }
    Optional<Strike> halt = dials.strike(Dial.TICKER_HALTED, subject);
    if (halt.isPresent()) {
      subscription.haltedUntil = now + halt.get().delay().toMillis();
      if (subscription.halted(frame.begin(service(), now))) {
        frame.end(subscription.image().symbol());
      } else {
        frame.cancel();
      }
      return true;
    }
    if (dials.strike(Dial.UPDATE_CONFLATED, subject).isPresent()) {
      subscription.dirty = true;
      return true;
    }
    dials
        .strike(Dial.VOLUME_CORRECTED, subject)
        .ifPresent(strike -> subscription.correctVolume(strike.number("shares")));
    return false;
  }
}
