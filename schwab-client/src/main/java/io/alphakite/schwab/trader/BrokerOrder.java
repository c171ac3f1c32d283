package io.alphakite.schwab.trader;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An order as Schwab shows it. Enumerations that may grow (types, sessions, instructions, asset
 * types) stay texts, so that a new value is kept and never fatal.
 *
 * @param id Schwab's {@code orderId}
 * @param statusText the status as it was written
 * @param statusDescription why it was rejected; several reasons are joined by a bar
 * @param quantity ordered
 * @param enteredTime whole seconds
 * @param legs empty for an OCO wrapper
 * @param fills real executions only (executionType FILL), in Schwab's order; cumulative on every
 *     read
 * @param children of a TRIGGER or OCO
 */
public record BrokerOrder(
    long id,
    BrokerOrderStatus status,
    String statusText,
    @Nullable String statusDescription,
    String strategyType,
    String orderType,
    String session,
    String duration,
    BigDecimal quantity,
    BigDecimal filledQuantity,
    BigDecimal remainingQuantity,
    @Nullable BigDecimal price,
    @Nullable BigDecimal stopPrice,
    @Nullable Instant enteredTime,
    @Nullable Instant closeTime,
    boolean cancelable,
    List<Leg> legs,
    List<BrokerFill> fills,
    List<BrokerOrder> children) {

  public BrokerOrder {
    legs = List.copyOf(legs);
    fills = List.copyOf(fills);
    children = List.copyOf(children);
  }

  /**
   * One instrument of the order.
   *
   * @param assetType the instrument's; funds such as QQQ come back as COLLECTIVE_INVESTMENT
   * @param legType Schwab's {@code orderLegType}
   */
  public record Leg(
      long legId,
      String instruction,
      String symbol,
      String assetType,
      String legType,
      BigDecimal quantity) {}

  /**
   * One execution of one leg.
   *
   * @param activityId tells repeated reads of the same fill apart; null when Schwab omits it
   * @param price per share or contract unit, may have more than two decimals
   */
  public record BrokerFill(
      @Nullable Long activityId,
      long legId,
      BigDecimal quantity,
      BigDecimal price,
      @Nullable Instant time) {}

  /** Quantity-weighted mean price of the fills of the first leg; empty before the first fill. */
  public Optional<BigDecimal> averageFillPrice() {
    BigDecimal quantity = BigDecimal.ZERO;
    BigDecimal notional = BigDecimal.ZERO;
    for (BrokerFill fill : fills) {
      if (legs.isEmpty() || fill.legId() == legs.getFirst().legId()) {
        quantity = quantity.add(fill.quantity());
        notional = notional.add(fill.quantity().multiply(fill.price()));
      }
    }
    return quantity.signum() == 0
        ? Optional.empty()
        : Optional.of(notional.divide(quantity, MathContext.DECIMAL64));
  }

  /** Whether the fills add up to {@link #filledQuantity()}; when not, read the order again. */
  public boolean fillsComplete() {
    BigDecimal sum = BigDecimal.ZERO;
    for (BrokerFill fill : fills) {
      if (legs.isEmpty() || fill.legId() == legs.getFirst().legId()) {
        sum = sum.add(fill.quantity());
      }
    }
    return sum.compareTo(filledQuantity) == 0;
  }
}
