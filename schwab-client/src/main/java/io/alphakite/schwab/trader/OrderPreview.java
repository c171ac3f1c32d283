package io.alphakite.schwab.trader;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Schwab says would become of an order. A clean preview is no promise. Amounts are dollars;
 * null where Schwab omits them.
 *
 * @param status as of an order, mostly ACCEPTED or REJECTED; UNKNOWN when absent or new
 * @param statusText the status as it was written; empty when absent
 * @param projectedCommission of the order as a whole
 * @param rejects why it would be rejected
 * @param reviews why a person at Schwab would look at it
 * @param commissions each leg's, by type
 * @param fees each leg's, by type
 */
public record OrderPreview(
    BrokerOrderStatus status,
    String statusText,
    @Nullable BigDecimal orderValue,
    @Nullable BigDecimal projectedAvailableFund,
    @Nullable BigDecimal projectedBuyingPower,
    @Nullable BigDecimal projectedCommission,
    List<Leg> legs,
    List<Remark> accepts,
    List<Remark> alerts,
    List<Remark> rejects,
    List<Remark> reviews,
    List<Remark> warns,
    List<Charge> commissions,
    List<Charge> fees) {

  public OrderPreview {
    legs = List.copyOf(legs);
    accepts = List.copyOf(accepts);
    alerts = List.copyOf(alerts);
    rejects = List.copyOf(rejects);
    reviews = List.copyOf(reviews);
    warns = List.copyOf(warns);
    commissions = List.copyOf(commissions);
    fees = List.copyOf(fees);
  }

  /** Whether Schwab would reject the order as things stand. */
  public boolean wouldBeRejected() {
    return status == BrokerOrderStatus.REJECTED || !rejects.isEmpty();
  }

  /** All commissions and fees together. */
  public BigDecimal charges() {
    BigDecimal sum = BigDecimal.ZERO;
    for (Charge charge : commissions) {
      sum = sum.add(charge.value());
    }
    for (Charge charge : fees) {
      sum = sum.add(charge.value());
    }
    return sum;
  }

  /** One leg with the market it would meet. */
  public record Leg(
      String symbol,
      String instruction,
      @Nullable BigDecimal quantity,
      @Nullable BigDecimal bid,
      @Nullable BigDecimal ask,
      @Nullable BigDecimal last,
      @Nullable BigDecimal mark,
      @Nullable BigDecimal projectedCommission) {}

  /**
   * One thing Schwab has to say; every part may be absent.
   *
   * @param rule Schwab's {@code validationRuleName}
   * @param message for a person
   * @param activityMessage for a person, in other words
   * @param severity Schwab's {@code originalSeverity}
   */
  public record Remark(
      @Nullable String rule,
      @Nullable String message,
      @Nullable String activityMessage,
      @Nullable String severity,
      @Nullable String overrideName,
      @Nullable String overrideSeverity) {}

  /**
   * One commission or fee.
   *
   * @param type COMMISSION, SEC_FEE, TAF_FEE and others
   */
  public record Charge(String type, BigDecimal value) {}
}
