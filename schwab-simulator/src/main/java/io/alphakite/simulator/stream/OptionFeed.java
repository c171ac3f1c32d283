package io.alphakite.simulator.stream;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.market.option.OptionQuote;
import java.util.HashMap;
import java.util.Map;

/**
 * LEVELONE_OPTIONS and OPTIONS_BOOK: an image of each contract, then what changes (the book whole)
 * as its underlying moves, at most once a market second. What is not listed is silent.
 */
final class OptionFeed extends Feed {
  private final OptionMarket options;
  private final FaultDials dials;
  private final Map<String, Subscription> subscriptions = new HashMap<>();
  private final Map<String, OptionImage> images = new HashMap<>();

  OptionFeed(Service service, OptionMarket options, FaultDials dials) {
    super(service);
    this.options = options;
    this.dials = dials;
  }

  @Override
  void added(String key, long now) {
    removed(key);
    options
        .quote(key)
        .ifPresent(
            quote -> {
              boolean bare = dials.strike(Dial.GREEKS_MISSING, key).isPresent();
              OptionImage image = new OptionImage(quote, bare);
              images.put(key, image);
              subscriptions.put(key, new Subscription(image, fields(key)));
            });
  }

  @Override
  void removed(String key) {
    subscriptions.remove(key);
    images.remove(key);
  }

  @Override
  void viewed(Fields fields) {
    subscriptions.values().forEach(subscription -> subscription.fields(fields));
  }

  @Override
  void image(String key, DataFrame frame, long now) {
    Subscription subscription = subscriptions.get(key);
    OptionImage image = images.get(key);
    if (subscription == null || image == null) {
      return;
    }
    if (service() == Service.OPTIONS_BOOK) {
      book(image, frame, now);
    } else {
      subscription.image(frame.begin(service(), now));
      frame.end(key);
    }
  }

  /** Says what has changed of an underlying's options. */
  void moved(String underlying, DataFrame frame, long now) {
    for (String key : keys()) {
      Subscription subscription = subscriptions.get(key);
      OptionImage image = images.get(key);
      if (subscription != null
          && image != null
          && image.contract().underlying().symbol().equals(underlying)) {
        options
            .quote(image.contract())
            .ifPresent(quote -> update(subscription, image, quote, frame, now));
      }
    }
  }

  private void update(
      Subscription subscription, OptionImage image, OptionQuote quote, DataFrame frame, long now) {
    OptionQuote before = image.quote();
    image.quote(quote);
    if (service() == Service.OPTIONS_BOOK) {
      if (!isSameTop(before, quote)) {
        book(image, frame, now);
      }
    } else if (subscription.delta(frame.begin(service(), now))) {
      frame.end(image.symbol());
    } else {
      frame.cancel();
    }
  }

  private static boolean isSameTop(OptionQuote one, OptionQuote other) {
    return one.bidE4() == other.bidE4()
        && one.askE4() == other.askE4()
        && one.bidSize() == other.bidSize()
        && one.askSize() == other.askSize();
  }

  private void book(OptionImage image, DataFrame frame, long now) {
    OptionQuote quote = image.quote();
    Book.write(
        frame.begin(service(), now),
        image.symbol(),
        fields(image.symbol()),
        now,
        new Book.Level(quote.bidE4(), quote.bidSize(), "CBOE", quote.quoteTime()),
        new Book.Level(quote.askE4(), quote.askSize(), "CBOE", quote.quoteTime()));
    frame.end(image.symbol());
  }
}
