package io.alphakite.gateway.market;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** What market data looks like from outside: prices are numbers. */
public final class MarketViews {
  private MarketViews() {}

  /**
   * A second with trading.
   *
   * @param timestamp the second's start
   * @param price the last in that second
   * @param volume shares in that second
   * @param sma9 null until nine bars exist
   * @param vwap null before the session's first volume
   * @param source {@code stream} or {@code backfill}
   * @param complete whether no minute that counts in sma9 and vwap was missing
   */
  public record PricePoint(
      Instant timestamp,
      BigDecimal price,
      long volume,
      @Nullable BigDecimal sma9,
      @Nullable BigDecimal vwap,
      String source,
      boolean complete) {}

  /**
   * What happened in one interval.
   *
   * @param timestamp the interval's start
   */
  public record BarView(
      Instant timestamp,
      BigDecimal open,
      BigDecimal high,
      BigDecimal low,
      BigDecimal close,
      long volume) {}

  /**
   * The newest of everything.
   *
   * @param price the last trade's
   * @param bidSize in shares
   * @param askSize in shares
   */
  public record QuoteView(
      String ticker,
      @Nullable BigDecimal price,
      @Nullable BigDecimal bid,
      @Nullable BigDecimal ask,
      @Nullable Long bidSize,
      @Nullable Long askSize,
      @Nullable BigDecimal sma9,
      @Nullable BigDecimal vwap,
      @Nullable Instant quoteTime,
      @Nullable Instant tradeTime) {}

  /** The latest of one option contract. */
  public record OptionView(
      String ticker,
      String optionSymbol,
      String optionType,
      BigDecimal strikePrice,
      LocalDate expirationDate,
      Instant timestamp,
      @Nullable BigDecimal lastPrice,
      @Nullable BigDecimal bid,
      @Nullable BigDecimal ask,
      @Nullable Long volume,
      @Nullable Long openInterest,
      @Nullable BigDecimal impliedVolatility,
      @Nullable BigDecimal delta,
      @Nullable BigDecimal gamma,
      @Nullable BigDecimal theta,
      @Nullable BigDecimal vega) {}

  /**
   * A crossover of SMA9 and VWAP.
   *
   * @param direction {@code up} or {@code down}
   * @param action what was done about it
   */
  public record SignalView(
      String ticker,
      Instant timestamp,
      String direction,
      BigDecimal price,
      BigDecimal sma9,
      BigDecimal vwap,
      String action) {}
}
