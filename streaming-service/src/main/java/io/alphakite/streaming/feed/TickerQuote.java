package io.alphakite.streaming.feed;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Quote;
import io.alphakite.model.market.Ticker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One ticker's newest quote: bid and ask as of the newest quote time, last price as of the newest
 * trade time; what is older than that is ignored. A side nobody quotes (Schwab says 0) is null.
 *
 * <p>Not thread-safe.
 */
public final class TickerQuote {
  // What numeric(12,4) holds.
  private static final long PRICE_E4_MAX = 999_999_999_999L;

  private Quote quote;

  /** Nothing known yet. */
  public TickerQuote(Ticker ticker) {
    this.quote = new Quote(ticker, null, null, null, null, null, null, null);
  }

  /**
   * Takes a message's values.
   *
   * @return the quote as it now stands; null when nothing changed
   */
  public @Nullable Quote accept(Quote message) {
    boolean sides = !older(message.quoteTime(), quote.quoteTime());
    boolean trade = !older(message.tradeTime(), quote.tradeTime());
    Price bid = usable(message.bid());
    Price ask = usable(message.ask());
    Quote next =
        new Quote(
            quote.ticker(),
            sides ? bid : quote.bid(),
            sides ? ask : quote.ask(),
            sides ? size(bid, message.bidSize()) : quote.bidSize(),
            sides ? size(ask, message.askSize()) : quote.askSize(),
            trade ? usable(message.last()) : quote.last(),
            sides ? message.quoteTime() : quote.quoteTime(),
            trade ? message.tradeTime() : quote.tradeTime());
    if (next.equals(quote)) {
      return null;
    }
    quote = next;
    return next;
  }

  /** The newest quote time met; null before the first. */
  public @Nullable Instant newestQuote() {
    return quote.quoteTime();
  }

  private static boolean older(@Nullable Instant time, @Nullable Instant than) {
    return than != null && (time == null || time.isBefore(than));
  }

  private static @Nullable Price usable(@Nullable Price price) {
    return price == null || price.e4() <= 0 || price.e4() > PRICE_E4_MAX ? null : price;
  }

  private static @Nullable Long size(@Nullable Price side, @Nullable Long size) {
    return side == null ? null : size;
  }
}
