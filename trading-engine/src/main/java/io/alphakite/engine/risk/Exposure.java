package io.alphakite.engine.risk;

import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the account already has at risk, seen at its worst: every order that is open, on its way or
 * of unknown fate counts as if it will fill, and none as if it will help.
 *
 * @param position signed quantity of the order's instrument
 * @param openBuys quantity still to be bought by other orders in the instrument, exits of brackets
 *     left out
 * @param openSells quantity still to be sold by other orders in the instrument, exits left out
 * @param exits quantity that exits of brackets may still close on the order's side, of each entry
 *     once and what it has opened at most: no new risk, but what they close no other order can
 * @param replaced of those, what the order takes the place of: both count until that is settled
 * @param openOrders of the whole account, but for exits and the one whose place the order takes
 * @param ordersLastMinute sent in the last 60 s of wall time, whole account
 * @param equalByStrategy of other trades of the strategy, sent in the last 10 s or about to be,
 *     that say the same
 * @param unknownInTicker orders of unknown fate in the order's ticker
 * @param unresolved orders of unknown fate that wait for a person, whole account
 * @param disputed whether the broker's holding of the instrument differs from ours unexplained
 * @param reserved dollars that open orders which add risk may still take
 * @param dayPnl realized and unrealized since the market date began; null when it cannot be told
 * @param buyingPower dollars; null when the broker has not said
 * @param streamedTickers whose quotes are kept up to date now
 */
public record Exposure(
    long position,
    long openBuys,
    long openSells,
    long exits,
    long replaced,
    int openOrders,
    int ordersLastMinute,
    int equalByStrategy,
    int unknownInTicker,
    int unresolved,
    boolean disputed,
    BigDecimal reserved,
    @Nullable BigDecimal dayPnl,
    @Nullable BigDecimal buyingPower,
    Set<String> streamedTickers) {

  public Exposure {
    if (Math.min(openBuys, openSells) < 0
        || Math.min(exits, replaced) < 0
        || openOrders < 0
        || reserved.signum() < 0) {
      throw new IllegalArgumentException("Exposure below nothing");
    }
    streamedTickers = Set.copyOf(streamedTickers);
  }
}
