package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import java.util.HashMap;
import java.util.Map;

/** LEVELONE_EQUITIES: an image of each key, then what changes with each event or batch. */
final class EquityFeed extends Feed {
  private final Market market;
  private final boolean lots;
  private final Map<String, Subscription> subscriptions = new HashMap<>();

  EquityFeed(Market market, boolean lots) {
    super(Service.LEVELONE_EQUITIES);
    this.market = market;
    this.lots = lots;
  }

  @Override
  void added(String key, long now) {
    market
        .ticker(key)
        .ifPresent(
            ticker ->
                subscriptions.put(
                    key, new Subscription(new EquityImage(ticker, lots), fields(key))));
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
      frame.end();
    }
  }

  /** Says what changed of a ticker. */
  void delta(TickerState ticker, DataFrame frame, long now) {
    Subscription subscription = subscriptions.get(ticker.symbol());
    if (subscription != null) {
      delta(subscription, frame, now);
    }
  }

  /** Leaves what changed of a ticker to the next {@link #batch}. */
  void mark(TickerState ticker) {
    Subscription subscription = subscriptions.get(ticker.symbol());
    if (subscription != null) {
      subscription.dirty = true;
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
    if (subscription.delta(frame.begin(service(), now))) {
      frame.end();
    } else {
      frame.cancel();
    }
  }
}
