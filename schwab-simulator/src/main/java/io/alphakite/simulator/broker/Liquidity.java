package io.alphakite.simulator.broker;

import java.util.HashMap;
import java.util.Map;

/**
 * What is left of each symbol's quote for the broker's orders: what one took of a side is gone
 * until that side changes in price or size. Not thread-safe.
 */
final class Liquidity {
  private final Map<String, Side> bids = new HashMap<>();
  private final Map<String, Side> asks = new HashMap<>();

  private static final class Side {
    private long priceE4;
    private long shown;
    private long left;

    void show(long price, long size) {
      if (price != priceE4 || size != shown) {
        priceE4 = price;
        shown = size;
        left = size;
      }
    }
  }

  /** Takes note of a quote. */
  void show(String symbol, Prices.Quote quote) {
    side(symbol, false).show(quote.bidE4(), quote.bidSize());
    side(symbol, true).show(quote.askE4(), quote.askSize());
  }

  /** What can be bought (or sold) of the quote last shown. */
  long left(String symbol, boolean buys) {
    return side(symbol, buys).left;
  }

  void take(String symbol, boolean buys, long quantity) {
    side(symbol, buys).left -= quantity;
  }

  private Side side(String symbol, boolean ask) {
    return (ask ? asks : bids).computeIfAbsent(symbol, _ -> new Side());
  }
}
