package io.alphakite.simulator.market;

/** Hears what the market does; called under the market's lock, in order, and must not block. */
public interface MarketListener {
  /** A print or quote of this ticker was just folded into its state. */
  default void changed(TickerState ticker, boolean quote) {}

  /** A session's replay begins; states hold its pre-market. */
  default void sessionStarted() {}

  /** Market time has come to this point (epoch milliseconds); no event before it is left. */
  default void timeIs(long millis) {}
}
