package io.alphakite.engine.position;

import java.math.BigDecimal;

/**
 * Profit and loss of one ticker on one market date. Dollars.
 *
 * <p>A trade counts once, with its first fill of the date. It is a winning or losing one by the sum
 * of what its fills realized on the date.
 *
 * @param unrealized on what is held now
 * @param carried what was already unrealized when the date began: not today's result
 * @param peak the best result of the date so far, at least 0
 * @param maxDrawdown the largest fall from a peak so far, at least 0
 */
public record DayResult(
    BigDecimal realized,
    BigDecimal unrealized,
    BigDecimal carried,
    BigDecimal fees,
    int trades,
    int winning,
    int losing,
    BigDecimal peak,
    BigDecimal maxDrawdown) {

  /** A date's start with this much unrealized. */
  public static DayResult start(BigDecimal unrealized) {
    return new DayResult(
        BigDecimal.ZERO,
        unrealized,
        unrealized,
        BigDecimal.ZERO,
        0,
        0,
        0,
        BigDecimal.ZERO,
        BigDecimal.ZERO);
  }

  /** Today's gain: realized, less fees, and the change of what is unrealized. */
  public BigDecimal total() {
    return realized.subtract(fees).add(unrealized).subtract(carried);
  }

  /**
   * After a fill.
   *
   * @param gain what this fill realized
   * @param fee what this fill cost
   * @param before what the same trade's earlier fills of the date realized
   * @param firstOfTrade whether the trade had no fill on the date before
   */
  public DayResult filled(
      BigDecimal gain, BigDecimal fee, BigDecimal before, boolean firstOfTrade) {
    int was = before.signum();
    int is = before.add(gain).signum();
    return new DayResult(
        realized.add(gain),
        unrealized,
        carried,
        fees.add(fee),
        trades + (firstOfTrade ? 1 : 0),
        winning + count(is > 0) - count(was > 0),
        losing + count(is < 0) - count(was < 0),
        peak,
        maxDrawdown);
  }

  /** With what is held worth this much more than it cost. */
  public DayResult marked(BigDecimal nowUnrealized) {
    DayResult marked =
        new DayResult(
            realized, nowUnrealized, carried, fees, trades, winning, losing, peak, maxDrawdown);
    BigDecimal total = marked.total();
    BigDecimal newPeak = peak.max(total);
    return new DayResult(
        realized,
        nowUnrealized,
        carried,
        fees,
        trades,
        winning,
        losing,
        newPeak,
        maxDrawdown.max(newPeak.subtract(total)));
  }

  private static int count(boolean yes) {
    return yes ? 1 : 0;
  }
}
