package io.alphakite.schwab.trader;

/**
 * Which market price a trailing stop follows. Schwab {@code stopPriceLinkBasis}; its further values
 * (MANUAL, BASE, TRIGGER) name no price of the market.
 */
public enum LinkBasis {
  LAST,
  BID,
  ASK,
  ASK_BID,
  MARK,
  AVERAGE
}
