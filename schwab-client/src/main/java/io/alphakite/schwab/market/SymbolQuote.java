package io.alphakite.schwab.market;

import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.http.WireName;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Schwab quotes of one symbol, in the form its kind has. Blocks and fields may be missing at
 * any time of day, so every one of them may be null: null is "not said", never zero. Prices are
 * dollars, sizes shares or contracts, percentages as Schwab writes them (1.04 is 1.04 %).
 */
public sealed interface SymbolQuote {

  /** What every quote begins with. */
  Head head();

  /**
   * What every quote begins with.
   *
   * @param symbol the key under which it came
   * @param realtime false when the feed is delayed
   * @param ssid Schwab's number of the security
   */
  record Head(
      String symbol,
      @Nullable Coded<AssetMainType> assetMainType,
      @Nullable Coded<AssetSubType> assetSubType,
      @Nullable Coded<QuoteType> quoteType,
      @Nullable Boolean realtime,
      @Nullable Long ssid) {}

  /** Schwab {@code assetMainType}. */
  enum AssetMainType {
    EQUITY,
    OPTION,
    INDEX,
    MUTUAL_FUND,
    FUTURE,
    FUTURE_OPTION,
    FOREX,
    BOND
  }

  /** Schwab {@code assetSubType}, of shares and of funds. */
  enum AssetSubType {
    COE,
    PRF,
    ADR,
    GDR,
    CEF,
    ETF,
    ETN,
    UIT,
    WAR,
    RGT,
    OEF,
    MMF
  }

  /** Schwab {@code quoteType}. */
  enum QuoteType {
    /** Real time. */
    NBBO,
    /** Free of fees: delayed, or of some venues only. */
    NFL
  }

  /** Schwab {@code securityStatus}. */
  enum SecurityStatus implements WireName {
    NORMAL("Normal"),
    HALTED("Halted"),
    CLOSED("Closed"),
    UNKNOWN("Unknown");

    private final String wire;

    SecurityStatus(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }

  /** Both sides of the market, and the mark between them. */
  record BidAsk(
      @Nullable BigDecimal bidPrice,
      @Nullable Long bidSize,
      @Nullable Instant bidTime,
      @Nullable String bidMicId,
      @Nullable BigDecimal askPrice,
      @Nullable Long askSize,
      @Nullable Instant askTime,
      @Nullable String askMicId,
      @Nullable BigDecimal mark,
      @Nullable BigDecimal markChange,
      @Nullable BigDecimal markPercentChange,
      @Nullable Instant quoteTime) {}

  /**
   * What was traded.
   *
   * @param totalVolume of the day, pre- and post-market included
   * @param closePrice of the day before
   */
  record Trading(
      @Nullable BigDecimal lastPrice,
      @Nullable Long lastSize,
      @Nullable String lastMicId,
      @Nullable BigDecimal openPrice,
      @Nullable BigDecimal highPrice,
      @Nullable BigDecimal lowPrice,
      @Nullable BigDecimal closePrice,
      @Nullable BigDecimal netChange,
      @Nullable BigDecimal netPercentChange,
      @Nullable Long totalVolume,
      @Nullable Instant tradeTime,
      @Nullable BigDecimal high52Week,
      @Nullable BigDecimal low52Week,
      @Nullable Coded<SecurityStatus> securityStatus) {}

  /** A share or an exchange-traded fund. */
  record Equity(
      Head head,
      @Nullable BidAsk bidAsk,
      @Nullable Trading trading,
      @Nullable BigDecimal postMarketChange,
      @Nullable BigDecimal postMarketPercentChange,
      @Nullable Extended extended,
      @Nullable Regular regular,
      @Nullable Fundamental fundamental,
      @Nullable EquityReference reference)
      implements SymbolQuote {}

  /** Outside the regular session. */
  record Extended(
      @Nullable BigDecimal bidPrice,
      @Nullable Long bidSize,
      @Nullable BigDecimal askPrice,
      @Nullable Long askSize,
      @Nullable BigDecimal lastPrice,
      @Nullable Long lastSize,
      @Nullable BigDecimal mark,
      @Nullable Long totalVolume,
      @Nullable Instant quoteTime,
      @Nullable Instant tradeTime) {}

  /** The regular session alone. */
  record Regular(
      @Nullable BigDecimal lastPrice,
      @Nullable Long lastSize,
      @Nullable BigDecimal netChange,
      @Nullable BigDecimal percentChange,
      @Nullable Instant tradeTime) {}

  /** The company's figures; dates are Eastern. */
  record Fundamental(
      @Nullable BigDecimal avg10DaysVolume,
      @Nullable BigDecimal avg1YearVolume,
      @Nullable BigDecimal eps,
      @Nullable BigDecimal peRatio,
      @Nullable BigDecimal dividendAmount,
      @Nullable BigDecimal dividendYield,
      @Nullable Long dividendsPerYear,
      @Nullable BigDecimal dividendPayAmount,
      @Nullable LocalDate declarationDate,
      @Nullable LocalDate dividendExDate,
      @Nullable LocalDate dividendPayDate,
      @Nullable LocalDate nextDividendExDate,
      @Nullable LocalDate nextDividendPayDate,
      @Nullable LocalDate lastEarningsDate,
      @Nullable BigDecimal fundLeverageFactor) {}

  /** What a share is, and whether it can be borrowed. */
  record EquityReference(
      @Nullable String cusip,
      @Nullable String description,
      @Nullable String exchange,
      @Nullable String exchangeName,
      @Nullable Boolean hardToBorrow,
      @Nullable Boolean shortable,
      @Nullable Long htbQuantity,
      @Nullable BigDecimal htbRate) {}

  /** An index: nobody bids for it. */
  record Index(
      Head head,
      @Nullable Trading trading,
      @Nullable String description,
      @Nullable String exchange,
      @Nullable String exchangeName)
      implements SymbolQuote {}

  /** A listed option. */
  record Option(
      Head head,
      @Nullable BidAsk bidAsk,
      @Nullable Trading trading,
      Greeks greeks,
      @Nullable OptionValues values,
      @Nullable OptionReference reference)
      implements SymbolQuote {}

  /** What an option is worth, and why. Indicative prices are those of {@code $ABC.IV} symbols. */
  record OptionValues(
      @Nullable Long openInterest,
      @Nullable BigDecimal intrinsicValue,
      @Nullable BigDecimal timeValue,
      @Nullable BigDecimal underlyingPrice,
      @Nullable BigDecimal impliedYield,
      @Nullable BigDecimal indicativeBidPrice,
      @Nullable BigDecimal indicativeAskPrice,
      @Nullable Instant indicativeQuoteTime) {}

  /** An option's terms; expiration is null unless day, month and year all came. */
  record OptionReference(
      @Nullable Coded<OptionContract.PutCall> contractType,
      @Nullable LocalDate expiration,
      @Nullable Long daysToExpiration,
      @Nullable Coded<OptionContract.ExpirationType> expirationType,
      @Nullable Coded<OptionContract.ExerciseType> exerciseType,
      @Nullable Coded<OptionContract.SettlementType> settlementType,
      @Nullable BigDecimal strikePrice,
      @Nullable BigDecimal multiplier,
      @Nullable String underlying,
      @Nullable String underlyingAssetType,
      @Nullable String deliverables,
      @Nullable LocalDate lastTradingDay,
      @Nullable Boolean pennyPilot,
      @Nullable String description,
      @Nullable String exchange,
      @Nullable String exchangeName,
      @Nullable String cusip) {}

  /** A future. */
  record Future(
      Head head,
      @Nullable BidAsk bidAsk,
      @Nullable Trading trading,
      @Nullable Long openInterest,
      @Nullable Boolean quotedInSession,
      @Nullable Instant settleTime,
      @Nullable BigDecimal tick,
      @Nullable BigDecimal tickAmount,
      @Nullable FutureReference reference)
      implements SymbolQuote {}

  /** A future's terms. */
  record FutureReference(
      @Nullable String activeSymbol,
      @Nullable LocalDate expirationDate,
      @Nullable Boolean active,
      @Nullable BigDecimal multiplier,
      @Nullable String priceFormat,
      @Nullable BigDecimal settlementPrice,
      @Nullable String tradingHours,
      @Nullable String product,
      @Nullable String description,
      @Nullable String exchange,
      @Nullable String exchangeName) {}

  /** A mutual fund, priced once a day. */
  record MutualFund(
      Head head,
      @Nullable Trading trading,
      @Nullable BigDecimal netAssetValue,
      @Nullable Fundamental fundamental,
      @Nullable String cusip,
      @Nullable String description,
      @Nullable String exchange,
      @Nullable String exchangeName)
      implements SymbolQuote {}

  /** A pair of currencies. */
  record Forex(
      Head head,
      @Nullable BidAsk bidAsk,
      @Nullable Trading trading,
      @Nullable BigDecimal tick,
      @Nullable BigDecimal tickAmount,
      @Nullable Boolean tradable,
      @Nullable String marketMaker,
      @Nullable String product,
      @Nullable String tradingHours,
      @Nullable String description,
      @Nullable String exchange,
      @Nullable String exchangeName)
      implements SymbolQuote {}

  /**
   * Anything else (bonds, options on futures, kinds to come): its blocks as they came, by name,
   * each with its plain fields as text.
   */
  record Other(Head head, Map<String, Map<String, String>> blocks) implements SymbolQuote {

    public Other {
      blocks = Map.copyOf(blocks);
    }
  }

  /**
   * The answer for a list of symbols.
   *
   * @param bySymbol those that Schwab knows
   * @param invalidSymbols those that it does not, or has no quote for
   */
  record Quotes(
      Map<String, SymbolQuote> bySymbol,
      List<String> invalidSymbols,
      List<String> invalidCusips,
      List<String> invalidSsids) {

    public Quotes {
      bySymbol = Map.copyOf(bySymbol);
      invalidSymbols = List.copyOf(invalidSymbols);
      invalidCusips = List.copyOf(invalidCusips);
      invalidSsids = List.copyOf(invalidSsids);
    }
  }
}
