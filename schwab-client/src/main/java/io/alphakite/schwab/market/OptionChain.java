package io.alphakite.schwab.market;

import io.alphakite.schwab.http.Coded;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code GET /chains}.
 *
 * @param status {@code FAILED} may mean no more than that nothing was found
 * @param delayed true when the prices are not of now; null when Schwab does not say
 * @param truncated true when Schwab left contracts out: ask for less at a time
 * @param underlying null unless it was asked for
 * @param calls by expiration and strike, as Schwab sorts them; several may share both ({@code SPX}
 *     and {@code SPXW})
 * @param puts likewise
 */
public record OptionChain(
    String symbol,
    @Nullable Coded<Status> status,
    @Nullable Coded<ChainRequest.Strategy> strategy,
    @Nullable BigDecimal interval,
    @Nullable Boolean delayed,
    @Nullable Boolean index,
    @Nullable Boolean truncated,
    @Nullable BigDecimal interestRate,
    @Nullable BigDecimal underlyingPrice,
    @Nullable BigDecimal volatility,
    @Nullable BigDecimal daysToExpiration,
    @Nullable BigDecimal dividendYield,
    @Nullable Long numberOfContracts,
    @Nullable Coded<SymbolQuote.AssetMainType> assetMainType,
    @Nullable Coded<SymbolQuote.AssetSubType> assetSubType,
    @Nullable Underlying underlying,
    List<OptionContract> calls,
    List<OptionContract> puts) {

  public OptionChain {
    calls = List.copyOf(calls);
    puts = List.copyOf(puts);
  }

  /** Whether it has no contract at all. */
  public boolean isEmpty() {
    return calls.isEmpty() && puts.isEmpty();
  }

  /** Schwab {@code status}. */
  public enum Status {
    SUCCESS,
    FAILED
  }

  /** What the options are on. */
  public record Underlying(
      String symbol,
      @Nullable String description,
      @Nullable String exchangeName,
      @Nullable BigDecimal bid,
      @Nullable BigDecimal ask,
      @Nullable BigDecimal last,
      @Nullable BigDecimal mark,
      @Nullable Long bidSize,
      @Nullable Long askSize,
      @Nullable BigDecimal openPrice,
      @Nullable BigDecimal highPrice,
      @Nullable BigDecimal lowPrice,
      @Nullable BigDecimal close,
      @Nullable BigDecimal change,
      @Nullable BigDecimal percentChange,
      @Nullable BigDecimal markChange,
      @Nullable BigDecimal markPercentChange,
      @Nullable BigDecimal high52Week,
      @Nullable BigDecimal low52Week,
      @Nullable Long totalVolume,
      @Nullable Instant quoteTime,
      @Nullable Instant tradeTime,
      @Nullable Boolean delayed) {}
}
