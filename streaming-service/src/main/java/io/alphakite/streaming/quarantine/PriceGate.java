package io.alphakite.streaming.quarantine;

import io.alphakite.model.market.Price;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One ticker's gate: which part of a message is believed. Not thread-safe.
 *
 * <p>A last price more than a fifth away from the one before is believed when the same message's
 * bid and ask stand within a fifth of it, uncrossed, or when it is the third trade in a row that is
 * near the first of them. Either a market quotes there, or trades go on there: a halt that ends, a
 * split, a morning's gap. A single wrong print has neither.
 *
 * <p>A crossed quote is not believed as long as it is crossed. The distance of bid and ask from the
 * last price is not looked at: quotes move before trades do, and nobody's quotes are far away.
 */
final class PriceGate {

  private static final int FAR_PERCENT = 20;
  private static final int TRADES_IN_A_ROW = 3;

  /**
   * What to make of a message.
   *
   * @param trade whether last price, volume and trade time are believed
   * @param quote whether bid and ask are
   * @param released whether the trade is believed that was not with an earlier message
   * @param reasons of what is not believed
   * @param begun those of them that the message before did not have
   */
  record Verdict(
      boolean trade, boolean quote, boolean released, Set<Reason> reasons, Set<Reason> begun) {

    private static final Verdict FINE = new Verdict(true, true, false, Set.of(), Set.of());
  }

  private final Set<Reason> standing = EnumSet.noneOf(Reason.class);
  private @Nullable Price suspect;
  private int trades;
  private @Nullable Long suspectVolume;
  private @Nullable Instant suspectTime;

  /**
   * Judges the symbol's values as they stand after a message.
   *
   * @param before the last price believed; null when there is none yet
   */
  Verdict judge(
      @Nullable Price last,
      @Nullable Long volume,
      @Nullable Instant tradeTime,
      @Nullable Price bid,
      @Nullable Price ask,
      @Nullable Price before) {
    boolean crossed = quoted(bid) && quoted(ask) && above(bid, ask);
    Reason trade = null;
    if (last != null && last.e4() <= 0) {
      trade = Reason.NON_POSITIVE;
    } else if (last != null && before != null && far(last, before)) {
      boolean borneOut = bracketed(last, bid, ask, crossed) || third(last, volume, tradeTime);
      trade = borneOut ? null : Reason.FAR_FROM_LAST;
    }
    if (trade != Reason.FAR_FROM_LAST) {
      suspect = null;
      trades = 0;
    }
    if (trade == null && !crossed && standing.isEmpty()) {
      return Verdict.FINE;
    }
    Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    if (trade != null) {
      reasons.add(trade);
    }
    if (crossed) {
      reasons.add(Reason.CROSSED);
    }
    Set<Reason> begun = EnumSet.copyOf(reasons);
    begun.removeAll(standing);
    boolean released =
        trade == null
            && last != null
            && (standing.contains(Reason.FAR_FROM_LAST) || standing.contains(Reason.NON_POSITIVE));
    standing.clear();
    standing.addAll(reasons);
    return new Verdict(trade == null, !crossed, released, reasons, begun);
  }

  /** Whether the ticker's trades are held back now. */
  boolean holdsTrades() {
    return standing.contains(Reason.FAR_FROM_LAST) || standing.contains(Reason.NON_POSITIVE);
  }

  private static boolean bracketed(
      Price last, @Nullable Price bid, @Nullable Price ask, boolean crossed) {
    return bid != null
        && ask != null
        && quoted(bid)
        && quoted(ask)
        && !crossed
        && !far(bid, last)
        && !far(ask, last);
  }

  /** Counts a trade near the suspect; another price makes another suspect. */
  private boolean third(Price last, @Nullable Long volume, @Nullable Instant time) {
    Price first = suspect;
    boolean another =
        first == null
            || !java.util.Objects.equals(volume, suspectVolume)
            || !java.util.Objects.equals(time, suspectTime);
    if (first == null || far(last, first)) {
      suspect = last;
      trades = 1;
    } else if (another) {
      trades++;
    }
    suspectVolume = volume;
    suspectTime = time;
    return trades >= TRADES_IN_A_ROW;
  }

  private static boolean quoted(@Nullable Price side) {
    return side != null && side.e4() > 0;
  }

  private static boolean above(@Nullable Price bid, @Nullable Price ask) {
    return bid != null && ask != null && bid.e4() > ask.e4();
  }

  private static boolean far(Price price, Price from) {
    return Math.abs(price.e4() - from.e4())
        > from.e4() / 100 * FAR_PERCENT + from.e4() % 100 * FAR_PERCENT / 100;
  }
}
