package io.alphakite.schwab.market;

import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.http.WireName;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One contract of an option chain. Everything that Schwab may leave out is null then; prices are
 * dollars a share, sizes and volumes contracts.
 *
 * @param symbol 21 characters, blanks included
 * @param expiration the date under which it is listed
 * @param strike as it is listed
 * @param expirationTime when it expires, to the minute
 * @param bidAskSize as Schwab writes it: {@code 65X65}
 */
public record OptionContract(
    String symbol,
    @Nullable Coded<PutCall> putCall,
    LocalDate expiration,
    long daysToExpiration,
    BigDecimal strike,
    @Nullable String description,
    @Nullable String exchangeName,
    @Nullable BigDecimal bid,
    @Nullable BigDecimal ask,
    @Nullable BigDecimal last,
    @Nullable BigDecimal mark,
    @Nullable Long bidSize,
    @Nullable Long askSize,
    @Nullable Long lastSize,
    @Nullable String bidAskSize,
    @Nullable BigDecimal openPrice,
    @Nullable BigDecimal highPrice,
    @Nullable BigDecimal lowPrice,
    @Nullable BigDecimal closePrice,
    @Nullable BigDecimal netChange,
    @Nullable BigDecimal percentChange,
    @Nullable BigDecimal markChange,
    @Nullable BigDecimal markPercentChange,
    @Nullable BigDecimal high52Week,
    @Nullable BigDecimal low52Week,
    @Nullable Long totalVolume,
    @Nullable Long openInterest,
    @Nullable Instant tradeTime,
    @Nullable Instant quoteTime,
    Greeks greeks,
    @Nullable BigDecimal timeValue,
    @Nullable BigDecimal intrinsicValue,
    @Nullable BigDecimal extrinsicValue,
    @Nullable BigDecimal breakEven,
    @Nullable BigDecimal multiplier,
    @Nullable Instant expirationTime,
    @Nullable LocalDate lastTradingDay,
    @Nullable Coded<ExpirationType> expirationType,
    @Nullable Coded<SettlementType> settlementType,
    @Nullable Coded<ExerciseType> exerciseType,
    @Nullable String optionRoot,
    List<Deliverable> deliverables,
    @Nullable String deliverableNote,
    @Nullable Long ssid,
    @Nullable Boolean inTheMoney,
    @Nullable Boolean mini,
    @Nullable Boolean nonStandard,
    @Nullable Boolean pennyPilot) {

  public OptionContract {
    deliverables = List.copyOf(deliverables);
  }

  /** What one contract delivers. */
  public record Deliverable(
      @Nullable String symbol, @Nullable String assetType, @Nullable BigDecimal units) {}

  /** The right it gives; a chain writes the word, a quote the letter. */
  public enum PutCall implements WireName {
    CALL("C"),
    PUT("P");

    private final String wire;

    PutCall(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }

  /** Schwab {@code expirationType}. */
  public enum ExpirationType implements WireName {
    STANDARD("S"),
    WEEKLY("W"),
    MONTHLY("M"),
    QUARTERLY("Q");

    private final String wire;

    ExpirationType(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }

  /** Schwab {@code settlementType}: on the prices of the morning or of the afternoon. */
  public enum SettlementType implements WireName {
    MORNING("A"),
    AFTERNOON("P");

    private final String wire;

    SettlementType(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }

  /** Schwab {@code exerciseType}. */
  public enum ExerciseType implements WireName {
    AMERICAN("A"),
    EUROPEAN("E");

    private final String wire;

    ExerciseType(String wire) {
      this.wire = wire;
    }

    @Override
    public String wire() {
      return wire;
    }
  }
}
