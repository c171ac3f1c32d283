package io.alphakite.engine.risk;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The limits of the contract's {@code RISK_} settings. Amounts in dollars.
 *
 * @param priceCollarPercent how far a limit price may be from the quote, in percent of it
 * @param maxQuoteAge in market time
 * @param allowedTickers null means: the tickers streamed now
 */
public record RiskLimits(
    long maxOrderQuantity,
    BigDecimal maxOrderNotional,
    BigDecimal maxPositionNotional,
    BigDecimal maxDailyLoss,
    int maxOpenOrders,
    int maxOrdersPerMinute,
    BigDecimal priceCollarPercent,
    Duration maxQuoteAge,
    @Nullable Set<String> allowedTickers) {

  public RiskLimits {
    allowedTickers = allowedTickers == null ? null : Set.copyOf(allowedTickers);
  }

  /** What holds when nothing is set. */
  public static RiskLimits defaults() {
    return new RiskLimits(
        100,
        BigDecimal.valueOf(25_000),
        BigDecimal.valueOf(50_000),
        BigDecimal.valueOf(500),
        10,
        10,
        BigDecimal.valueOf(5),
        Duration.ofSeconds(5),
        null);
  }
}
