package io.alphakite.simulator.market.option;

import org.jspecify.annotations.Nullable;

/**
 * An option as the market stands now. Prices are ten-thousandths of a dollar a share on the
 * contract's increments, sizes and volume contracts, times epoch milliseconds of market time.
 *
 * @param daysToExpiration calendar days from the session's date
 * @param quoteTime when bid and ask became these; 0 when it is {@linkplain #quoted() not quoted}
 * @param bidE4 0 = nobody bids
 * @param askE4 0 = nobody offers
 * @param lastE4 of the newest trade; without one today the close before
 * @param lastSize 0 = no trade today
 * @param tradeTime of the newest trade; without one today the close of the session before
 * @param openE4 of today; 0 = no trade today
 * @param highE4 of today; 0 = no trade today
 * @param lowE4 of today; 0 = no trade today
 * @param previousCloseE4 the model's value at the session before's close
 * @param volume of today
 * @param trades of today
 * @param underlyingE4 price of the underlying from which this quote was made (middle of its quote,
 *     so it may lie between two cents)
 * @param volatilityPercent implied by the model; null when there are no greeks
 * @param greeks null when nobody bids, at expiration, and when it is not quoted: Schwab then sends
 *     -999
 * @param theoretical dollars; null when not quoted: Schwab then sends -1
 */
public record OptionQuote(
    OptionContract contract,
    int daysToExpiration,
    long quoteTime,
    long bidE4,
    long askE4,
    long bidSize,
    long askSize,
    long lastE4,
    long lastSize,
    long tradeTime,
    long openE4,
    long highE4,
    long lowE4,
    long previousCloseE4,
    long volume,
    long trades,
    long openInterest,
    long underlyingE4,
    @Nullable Double volatilityPercent,
    BlackScholes.@Nullable Valuation greeks,
    @Nullable Double theoretical) {

  /**
   * Whether anybody makes a market in it at all. A listed contract without one is in chains and
   * stream images with Schwab's sentinels, and refused by quotes.
   */
  public boolean quoted() {
    return quoteTime != 0;
  }

  /** The middle of bid and ask. */
  public long markE4() {
    return (bidE4 + askE4) / 2;
  }

  /** Last price against the close before. */
  public long netChangeE4() {
    return lastE4 - previousCloseE4;
  }

  /** Mark against the close before. */
  public long markChangeE4() {
    return markE4() - previousCloseE4;
  }

  /** What exercising now would bring. */
  public long intrinsicE4() {
    return contract.intrinsicE4(underlyingE4);
  }

  /** Intrinsic value with its sign: negative when out of the money. */
  public long moneyIntrinsicE4() {
    return contract.isCall()
        ? underlyingE4 - contract.strikeE4()
        : contract.strikeE4() - underlyingE4;
  }

  /** What the last price pays beyond the intrinsic value. */
  public long timeValueE4() {
    return lastE4 - intrinsicE4();
  }

  public boolean inTheMoney() {
    return moneyIntrinsicE4() > 0;
  }
}
