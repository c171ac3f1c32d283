package io.alphakite.streaming.feed;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.indicator.SessionVwap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The exact sums behind a row whose indicators lack the candles of gaps; kept with the row until
 * the candles come, so that it can be restated as if they had been there ({@link Restatement}).
 *
 * @param gaps the gaps whose candles are missing; never empty
 * @param average the bars of the moving average; null when they all lie after the gaps
 */
public record ExactSums(
    List<UUID> gaps, MovingAverage.@Nullable State average, SessionVwap.State vwap) {

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException when it names no gap
   */
  public ExactSums {
    gaps = List.copyOf(gaps);
    if (gaps.isEmpty()) {
      throw new IllegalArgumentException("Incomplete without a gap");
    }
  }
}
