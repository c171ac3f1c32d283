package io.alphakite.engine.broker.paper;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Quote;
import io.alphakite.model.order.OrderTerms;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the paper broker fills: in regular hours, at the quoted ask or bid, for no more than the
 * quoted size, and once per quote. A stop is reached by the last trade and is a market (or limit)
 * order from then on.
 */
final class PaperMatching {

  private PaperMatching() {}

  /** What a quote does to an order. */
  sealed interface Outcome {

    /** Nothing. */
    record Rests() implements Outcome {}

    /** Its stop was reached; nothing was filled yet. */
    record Triggers() implements Outcome {}

    /** Units filled at a price. */
    record Fills(long quantity, Price price) implements Outcome {}

    /** Its day is over. */
    record Expires() implements Outcome {}
  }

  /**
   * Looks at one order.
   *
   * @param quote null when nothing is known of its instrument
   * @param now market time
   * @param open whether the regular session is open then
   */
  static Outcome match(PaperOrder order, @Nullable Quote quote, Instant now, boolean open) {
    if (order.expiresAt() != null && !now.isBefore(order.expiresAt())) {
      return new Outcome.Expires();
    }
    if (!open || quote == null || quote.quoteTime() == null) {
      return new Outcome.Rests();
    }
    OrderTerms terms = order.terms();
    boolean triggered = order.triggered() || !terms.type().hasStop() || reached(terms, quote);
    if (!triggered) {
      return new Outcome.Rests();
    }
    Outcome waiting =
        order.triggered() || !terms.type().hasStop() ? new Outcome.Rests() : new Outcome.Triggers();
    if (quote.quoteTime().equals(order.lastQuoteTime())) {
      return waiting;
    }
    Price price = terms.side().isBuy() ? quote.ask() : quote.bid();
    Long size = terms.side().isBuy() ? quote.askSize() : quote.bidSize();
    if (price == null || !within(terms, price)) {
      return waiting;
    }
    // A quote whose size is not told is taken to be large enough.
    long quantity = size == null ? order.leaves() : Math.min(order.leaves(), size);
    return quantity <= 0 ? waiting : new Outcome.Fills(quantity, price);
  }

  private static boolean reached(OrderTerms terms, Quote quote) {
    Price stop = terms.stopPrice();
    Price last = quote.last();
    if (stop == null || last == null) {
      return false;
    }
    return terms.side().isBuy() ? last.compareTo(stop) >= 0 : last.compareTo(stop) <= 0;
  }

  private static boolean within(OrderTerms terms, Price price) {
    Price limit = terms.limitPrice();
    if (limit == null) {
      return true;
    }
    return terms.side().isBuy() ? price.compareTo(limit) <= 0 : price.compareTo(limit) >= 0;
  }
}
