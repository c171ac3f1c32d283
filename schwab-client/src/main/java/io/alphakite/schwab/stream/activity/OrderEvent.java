package io.alphakite.schwab.stream.activity;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to an order. Schwab's words are kept as sent, since the same field may hold a text
 * or a number; null is what the item does not carry or what could not be read.
 */
public sealed interface OrderEvent {

  /** {@code OrderCreated}: the order was entered. */
  record Created() implements OrderEvent {}

  /** {@code OrderAccepted}: it passed Schwab's checks. */
  record Accepted() implements OrderEvent {}

  /**
   * {@code ExecutionRequested}: on its way to a venue.
   *
   * @param routeRequestedType {@code New} or {@code Cancel}
   */
  record Routed(@Nullable String routeRequestedType) implements OrderEvent {}

  /** {@code ExecutionRequestCreated}: the way to the venue stands. */
  record RouteCreated() implements OrderEvent {}

  /**
   * {@code ExecutionRequestCompleted}: the venue answered.
   *
   * @param responseType {@code Accepted} or a number
   * @param routeStatus a text or a number
   */
  record RouteCompleted(@Nullable String responseType, @Nullable String routeStatus)
      implements OrderEvent {}

  /** {@code ExecutionCreated}: a fill, or a venue's "out", as {@link Execution#isFill} tells. */
  record Executed(Execution execution) implements OrderEvent {}

  /**
   * {@code OrderFillCompleted}: a leg was filled, by some reports also in part.
   *
   * @param legId Schwab's long id, not the leg number of the REST calls
   * @param legStatus for instance {@code LegClosed}
   * @param legSubStatus for instance {@code LegSubStatusFilled}; a cancelled leg says {@code
   *     LegSubStatusCancelled} here
   * @param limitPrice of the order
   */
  record FillCompleted(
      @Nullable String legId,
      @Nullable String legStatus,
      @Nullable String legSubStatus,
      @Nullable String symbol,
      @Nullable String buySellCode,
      @Nullable String orderTypeCode,
      @Nullable BigDecimal orderQuantity,
      @Nullable BigDecimal limitPrice,
      @Nullable BigDecimal cumulativeQuantity,
      @Nullable BigDecimal leavesQuantity,
      @Nullable BigDecimal averagePrice,
      Execution execution)
      implements OrderEvent {}

  /**
   * {@code CancelAccepted}: Schwab took the wish to cancel or replace.
   *
   * @param replacedBy the new order's id when it is a replacement
   */
  record CancelAccepted(@Nullable String replacedBy) implements OrderEvent {}

  /**
   * {@code OrderUROutCompleted}: the order is out: cancelled, replaced, or rejected.
   *
   * @param outCancelType {@code ClientCancel} or {@code SystemReject}
   * @param validations why Schwab refused it; empty in a cancel
   */
  record Out(@Nullable String outCancelType, List<Validation> validations) implements OrderEvent {
    public Out {
      validations = List.copyOf(validations);
    }
  }

  /** One of Schwab's rules that spoke against the order. */
  record Validation(@Nullable String ruleName, @Nullable String description) {}

  /**
   * {@code ChangeCreated}: this order was entered to replace another.
   *
   * @param replaces the old order's id
   */
  record ChangeCreated(@Nullable String replaces) implements OrderEvent {}

  /** {@code ChangeAccepted}: the replacement passed Schwab's checks. */
  record ChangeAccepted() implements OrderEvent {}

  /** {@code OrderExpired}. */
  record Expired() implements OrderEvent {}

  /**
   * {@code OrderMonitor...}: a stop or condition is watched.
   *
   * @param stage {@code Created}, {@code Updated} or {@code Completed}
   */
  record Monitored(String stage) implements OrderEvent {}

  /**
   * A type nobody told us of.
   *
   * @param inner the name of what it carries; empty when it carries nothing
   */
  record Unknown(String inner) implements OrderEvent {}

  /**
   * One execution as the stream tells it.
   *
   * @param executionId empty when the item has none
   * @param transType {@code Fill} or {@code UROut}
   * @param clientOrderId Schwab's {@code orderId.route}, nothing of the client's
   */
  record Execution(
      String executionId,
      @Nullable String venueExecutionId,
      @Nullable String sequenceNumber,
      @Nullable String transType,
      @Nullable BigDecimal quantity,
      @Nullable BigDecimal price,
      @Nullable BigDecimal principalAmount,
      @Nullable Instant time,
      @Nullable String routeName,
      @Nullable String clientOrderId) {

    /** Whether it says that shares changed hands; false for an "out" and when it does not say. */
    public boolean isFill() {
      return "Fill".equals(transType);
    }
  }
}
