package io.alphakite.schwab.stream;

import io.alphakite.model.market.OptionSymbol;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * Everything known of one option contract on this connection (LEVELONE_OPTIONS). Prices are in
 * dollars for one share, sizes in contracts, the volatility in percent. Null is what Schwab never
 * sent on this connection, sent as null, or marked as not there: -999 for the greeks and the
 * volatility, 0 for times.
 *
 * @param fields what was sent, the marks included, by field number
 * @param delayed whether Schwab marks the data as delayed
 */
public record LevelOneOption(OptionSymbol symbol, LevelOneFields fields, boolean delayed) {

  private static final BigDecimal NONE = BigDecimal.valueOf(-999);

  /** Field 1. */
  public @Nullable String description() {
    return fields.text(1);
  }

  /** Field 2; an equity's is field 1. */
  public @Nullable BigDecimal bid() {
    return fields.decimal(2);
  }

  /** Field 3. */
  public @Nullable BigDecimal ask() {
    return fields.decimal(3);
  }

  /** Field 4. */
  public @Nullable BigDecimal last() {
    return fields.decimal(4);
  }

  /** Field 5. */
  public @Nullable BigDecimal dayHigh() {
    return fields.decimal(5);
  }

  /** Field 6. */
  public @Nullable BigDecimal dayLow() {
    return fields.decimal(6);
  }

  /** Field 7. */
  public @Nullable BigDecimal previousClose() {
    return fields.decimal(7);
  }

  /** Field 8, contracts since the day's start. */
  public @Nullable Long totalVolume() {
    return fields.whole(8);
  }

  /** Field 9. */
  public @Nullable Long openInterest() {
    return fields.whole(9);
  }

  /** Field 10, implied, in percent. */
  public @Nullable BigDecimal volatility() {
    return unlessMarked(10);
  }

  /** Field 11. */
  public @Nullable BigDecimal intrinsicValue() {
    return fields.decimal(11);
  }

  /** Fields 12, 23 and 26; null when they are no date. The symbol has it as well. */
  public @Nullable LocalDate expiration() {
    Long year = fields.whole(12);
    Long month = fields.whole(23);
    Long day = fields.whole(26);
    if (year == null || month == null || day == null) {
      return null;
    }
    try {
      return LocalDate.of(Math.toIntExact(year), Math.toIntExact(month), Math.toIntExact(day));
    } catch (ArithmeticException | DateTimeException _) {
      return null;
    }
  }

  /** Field 13, shares for one contract. */
  public @Nullable BigDecimal multiplier() {
    return fields.decimal(13);
  }

  /** Field 15. */
  public @Nullable BigDecimal dayOpen() {
    return fields.decimal(15);
  }

  /** Field 16. */
  public @Nullable Long bidSize() {
    return fields.whole(16);
  }

  /** Field 17. */
  public @Nullable Long askSize() {
    return fields.whole(17);
  }

  /** Field 18; conflated, so never add it up. */
  public @Nullable Long lastSize() {
    return fields.whole(18);
  }

  /** Field 19. */
  public @Nullable BigDecimal netChange() {
    return fields.decimal(19);
  }

  /** Field 20. */
  public @Nullable BigDecimal strike() {
    return fields.decimal(20);
  }

  /** Field 22. */
  public @Nullable String underlying() {
    return fields.text(22);
  }

  /** Field 25. */
  public @Nullable BigDecimal timeValue() {
    return fields.decimal(25);
  }

  /** Field 27. */
  public @Nullable Long daysToExpiration() {
    return fields.whole(27);
  }

  /** Field 28. */
  public @Nullable BigDecimal delta() {
    return unlessMarked(28);
  }

  /** Field 29. */
  public @Nullable BigDecimal gamma() {
    return unlessMarked(29);
  }

  /** Field 30. */
  public @Nullable BigDecimal theta() {
    return unlessMarked(30);
  }

  /** Field 31. */
  public @Nullable BigDecimal vega() {
    return unlessMarked(31);
  }

  /** Field 32. */
  public @Nullable BigDecimal rho() {
    return unlessMarked(32);
  }

  /** Field 33, {@code Unknown} among others. */
  public @Nullable String securityStatus() {
    return fields.text(33);
  }

  /** Field 34. */
  public @Nullable BigDecimal theoreticalValue() {
    return unlessMarked(34);
  }

  /** Field 35. */
  public @Nullable BigDecimal underlyingPrice() {
    return fields.decimal(35);
  }

  /** Field 37. */
  public @Nullable BigDecimal mark() {
    return fields.decimal(37);
  }

  /** Field 38. */
  public @Nullable Instant quoteTime() {
    return fields.time(38);
  }

  /** Field 39. */
  public @Nullable Instant tradeTime() {
    return fields.time(39);
  }

  private @Nullable BigDecimal unlessMarked(int field) {
    BigDecimal value = fields.decimal(field);
    return value == null || value.compareTo(NONE) == 0 ? null : value;
  }
}
