package io.alphakite.schwab.trader;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An order as Schwab shows it. Enumerations that may grow (types, sessions, instructions, asset
 * types) stay texts, so that a new value is kept and never fatal.
 *
 * @param id Schwab's {@code orderId}
 * @param accountNumber whose it is, in a listing over all accounts; null when Schwab omits it; kept
 *     out of {@link #toString}
 * @param statusText the status as it was written
 * @param statusDescription why it was rejected; several reasons are joined by a bar
 * @param strategyType SINGLE, TRIGGER, OCO and others
 * @param complexStrategyType NONE, VERTICAL and others; empty when Schwab omits it
 * @param quantity ordered
 * @param stopLink of a trailing stop
 * @param enteredTime whole seconds
 * @param releaseTime when it goes to the market, for one that waits for that
 * @param closeTime when it came to its end
 * @param cancelable a hint, true at the time of reading
 * @param editable a hint, true at the time of reading
 * @param tag set by Schwab, says which program placed it
 * @param legs empty for an OCO wrapper
 * @param activities executions, the cancellation of a rest among them, in Schwab's order;
 *     cumulative on every read
 * @param children of a TRIGGER or OCO; of the latter not always in the order they were sent in
 * @param replacing ids in {@code replacingOrderCollection}, which the schema has and no capture
 *     shows
 * @param other further plain values by their names, as texts, such as {@code specialInstruction} or
 *     ones that are new
 */
public record BrokerOrder(
    long id,
    @Nullable String accountNumber,
    BrokerOrderStatus status,
    String statusText,
    @Nullable String statusDescription,
    String strategyType,
    String complexStrategyType,
    String orderType,
    String session,
    String duration,
    BigDecimal quantity,
    BigDecimal filledQuantity,
    BigDecimal remainingQuantity,
    @Nullable BigDecimal price,
    @Nullable BigDecimal stopPrice,
    @Nullable StopLink stopLink,
    @Nullable Instant enteredTime,
    @Nullable Instant releaseTime,
    @Nullable Instant cancelTime,
    @Nullable Instant closeTime,
    boolean cancelable,
    boolean editable,
    @Nullable String tag,
    List<Leg> legs,
    List<Activity> activities,
    List<BrokerOrder> children,
    List<Long> replacing,
    Map<String, String> other) {

  public BrokerOrder {
    legs = List.copyOf(legs);
    activities = List.copyOf(activities);
    children = List.copyOf(children);
    replacing = List.copyOf(replacing);
    other = Map.copyOf(other);
  }

  /**
   * One instrument of the order.
   *
   * @param positionEffect OPENING, CLOSING or AUTOMATIC; empty when Schwab omits it
   * @param legType Schwab's {@code orderLegType}: EQUITY for funds as well, whose instrument says
   *     COLLECTIVE_INVESTMENT
   */
  public record Leg(
      long legId,
      String instruction,
      String positionEffect,
      String legType,
      BigDecimal quantity,
      Instrument instrument) {

    public String symbol() {
      return instrument.symbol();
    }

    /** The instrument's; funds such as QQQ come back as COLLECTIVE_INVESTMENT. */
    public String assetType() {
      return instrument.assetType();
    }
  }

  /**
   * What a stop follows and how far behind.
   *
   * @param basis BID, LAST and others
   * @param type VALUE, PERCENT or TICK
   */
  public record StopLink(String basis, String type, @Nullable BigDecimal offset) {}

  /**
   * Something that happened to the order.
   *
   * @param id Schwab's {@code activityId}: the same on every read; null when Schwab omits it
   * @param type EXECUTION for all that were seen
   * @param executionType FILL, or CANCELED for the rest that was not filled
   * @param remaining what was left of the order; not to be relied on after a replacement
   */
  public record Activity(
      @Nullable Long id,
      String type,
      String executionType,
      BigDecimal quantity,
      @Nullable BigDecimal remaining,
      List<ActivityLeg> legs) {

    public Activity {
      legs = List.copyOf(legs);
    }

    /** Whether something was bought or sold: a cancelled rest comes as an EXECUTION as well. */
    public boolean isFill() {
      return type.equals("EXECUTION") && executionType.equals("FILL");
    }
  }

  /**
   * One leg's part in an activity.
   *
   * @param price 0 in the cancellation of a rest
   */
  public record ActivityLeg(
      long legId,
      BigDecimal quantity,
      @Nullable BigDecimal price,
      @Nullable Instant time,
      @Nullable Long instrumentId) {}

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

  /** Real executions only, in Schwab's order; cumulative on every read. */
  public List<BrokerFill> fills() {
    return activities.stream()
        .filter(Activity::isFill)
        .flatMap(activity -> activity.legs().stream().flatMap(leg -> fill(activity.id(), leg)))
        .toList();
  }

  private static Stream<BrokerFill> fill(@Nullable Long activity, ActivityLeg leg) {
    BigDecimal price = leg.price();
    return price == null
        ? Stream.empty()
        : Stream.of(new BrokerFill(activity, leg.legId(), leg.quantity(), price, leg.time()));
  }

  /** Quantity-weighted mean price of the fills of the first leg; empty before the first fill. */
  public Optional<BigDecimal> averageFillPrice() {
    return averageFillPrice(legs.isEmpty() ? 1 : legs.getFirst().legId());
  }

  /** Quantity-weighted mean price of the fills of this leg; empty before the first fill. */
  public Optional<BigDecimal> averageFillPrice(long legId) {
    BigDecimal quantity = BigDecimal.ZERO;
    BigDecimal notional = BigDecimal.ZERO;
    for (BrokerFill fill : fills()) {
      if (fill.legId() == legId) {
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
    for (BrokerFill fill : fills()) {
      if (legs.isEmpty() || fill.legId() == legs.getFirst().legId()) {
        sum = sum.add(fill.quantity());
      }
    }
    return sum.compareTo(filledQuantity) == 0;
  }

  /** The order and all below it, each once, parents first. */
  public Stream<BrokerOrder> tree() {
    return Stream.concat(Stream.of(this), children.stream().flatMap(BrokerOrder::tree));
  }

  /**
   * What the order says, in the words it could have been placed with: to be compared with what was
   * sent, since the id in a {@code Location} may be another order's, or to be changed and put in
   * its place. Empty for an order that {@link Orders} cannot say.
   */
  public Optional<OrderRequest> request() {
    return OrderWords.read(this);
  }

  @Override
  public String toString() {
    return "BrokerOrder[%d %s %s %s %s of %s%s]"
        .formatted(
            id,
            strategyType,
            orderType,
            statusText,
            filledQuantity.toPlainString(),
            quantity.toPlainString(),
            children.isEmpty() ? "" : " " + children);
  }
}
