package io.alphakite.streaming.feed;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.indicator.SessionVwap;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What late candles change in the rows that were valued without them: their close x volume enters
 * the VWAP sums, their closes the moving average's bars, and what they cover of the first message's
 * growth leaves that message again, so that nothing counts twice.
 *
 * <p>Must be applied once to each row; a row that does not lack this gap stays as it is, but for
 * the first message's volume.
 *
 * @param candles within the hours, oldest first
 * @param first the first message after the gap
 * @param covered how much of its growth the candles cover
 */
public record Restatement(
    Ticker ticker, UUID gap, List<Bar> candles, Hole.First first, long covered) {

  /** Copies the list. */
  public Restatement {
    candles = List.copyOf(candles);
  }

  /** The second whose row has too much volume by {@link #covered}. */
  public long firstSecond() {
    return first.time().getEpochSecond();
  }

  /** A row of this ticker as it stands with the candles. */
  public SecondRow apply(SecondRow row) {
    long volume = row.second() == firstSecond() ? row.volume() - covered : row.volume();
    ExactSums sums = row.sums();
    if (sums == null || !sums.gaps().contains(gap)) {
      return volume == row.volume() ? row : row.withVolume(volume);
    }
    Values values = values(sums, row.sma9E4());
    return new SecondRow(
        row.ticker(),
        row.second(),
        row.price(),
        volume,
        values.sma9E4(),
        values.vwap().valueE4(),
        row.source(),
        values.sums(),
        values.vwap().volume(),
        values.vwap().restE4());
  }

  /**
   * A row's indicators.
   *
   * @param vwap the VWAP's sums
   * @param sums null when they are complete now
   */
  public record Values(OptionalLong sma9E4, SessionVwap.State vwap, @Nullable ExactSums sums) {}

  /**
   * The indicators with the candles, from the sums without them.
   *
   * @param sma9E4 the moving average as it stands, for when no gap touches it
   */
  public Values values(ExactSums sums, OptionalLong sma9E4) {
    SessionVwap.State vwap = restate(sums.vwap());
    MovingAverage.State window = sums.average();
    OptionalLong average = sma9E4;
    if (window != null) {
      MovingAverage restated = MovingAverage.restore(window);
      candles.forEach(candle -> restated.addBar(candle.start(), candle.close()));
      window = restated.state();
      average = restated.valueE4();
    }
    List<UUID> left = new ArrayList<>(sums.gaps());
    left.remove(gap);
    return new Values(average, vwap, left.isEmpty() ? null : new ExactSums(left, window, vwap));
  }

  /** The sums with the candles of their session, and without what these cover. */
  private SessionVwap.State restate(SessionVwap.State sums) {
    if (sums.reset() == null) {
      return sums;
    }
    BigInteger notional = sums.notionalE4();
    long volume = sums.volume();
    for (Bar candle : candles) {
      if (!candle.start().isBefore(sums.reset())) {
        notional = notional.add(product(candle.close().e4(), candle.volume()));
        volume = Math.addExact(volume, candle.volume());
      }
    }
    return withoutCovered(new SessionVwap.State(sums.reset(), notional, volume));
  }

  /** The sums without what the candles cover of the first message. */
  SessionVwap.State withoutCovered(SessionVwap.State sums) {
    if (sums.reset() == null || first.time().isBefore(sums.reset())) {
      return sums;
    }
    return new SessionVwap.State(
        sums.reset(),
        sums.notionalE4().subtract(product(first.price().e4(), covered)),
        Math.subtractExact(sums.volume(), covered));
  }

  private static BigInteger product(long priceE4, long volume) {
    return BigInteger.valueOf(priceE4).multiply(BigInteger.valueOf(volume));
  }
}
