package io.alphakite.engine.order;

import io.alphakite.model.order.TradeStatus;
import java.util.EnumSet;
import java.util.Set;

/**
 * Where one intent to place an order stands. This is the whole life cycle; the database enforces
 * the same moves (table {@code engine.order_transitions}).
 *
 * <p>A trade may need several intents, one after another; each is sent at most once.
 */
public enum OrderState {
  /** Written down. */
  NEW,
  /** Every check passed; exposure is reserved. */
  APPROVED,
  /** A check said no. */
  DENIED,
  /** Claimed for sending: from here on it may be at the broker, and is never sent again. */
  SENDING,
  /** Its deadline passed, or it was withdrawn, before it was sent. */
  EXPIRED_UNSENT,
  /** The broker has it, by the answer or by its content. */
  ACKED,
  /** The broker said no. */
  REFUSED,
  /** Proven that no byte left. */
  NOT_SENT,
  /** It may or may not be at the broker. */
  UNKNOWN,
  /** The search ended without proof either way: a person decides. */
  UNRESOLVED,
  /** A person decided that it never arrived. */
  NOT_PLACED,
  WORKING,
  PARTIAL,
  FILLED,
  CANCELED,
  REJECTED,
  EXPIRED;

  static final Set<OrderState> WAITING = Set.of(NEW, APPROVED);
  static final Set<OrderState> AT_BROKER = Set.of(ACKED, WORKING, PARTIAL);
  static final Set<OrderState> DOUBTFUL = Set.of(SENDING, UNKNOWN, UNRESOLVED);

  private static final Set<OrderState> NOTHING =
      Set.of(DENIED, EXPIRED_UNSENT, REFUSED, NOT_SENT, NOT_PLACED);

  /** At the broker, or perhaps. */
  static final Set<OrderState> REACHED =
      Set.of(ACKED, WORKING, PARTIAL, SENDING, UNKNOWN, UNRESOLVED);

  /** The states that may follow. */
  public Set<OrderState> next() {
    return switch (this) {
      case NEW -> EnumSet.of(APPROVED, DENIED, EXPIRED_UNSENT);
      case APPROVED -> EnumSet.of(SENDING, EXPIRED_UNSENT);
      case SENDING -> EnumSet.of(ACKED, REFUSED, NOT_SENT, UNKNOWN);
      // REFUSED: a throttled request that a clean listing does not show, or a change that was not
      // made while its old order stands.
      case UNKNOWN -> EnumSet.of(ACKED, UNRESOLVED, REFUSED);
      case UNRESOLVED -> EnumSet.of(ACKED, NOT_PLACED);
      // UNKNOWN: the id in the answer was another order's.
      case ACKED -> EnumSet.of(WORKING, PARTIAL, FILLED, CANCELED, REJECTED, EXPIRED, UNKNOWN);
      case WORKING -> EnumSet.of(PARTIAL, FILLED, CANCELED, REJECTED, EXPIRED);
      case PARTIAL -> EnumSet.of(WORKING, FILLED, CANCELED, REJECTED, EXPIRED);
      // It turned up at the broker after all.
      case NOT_PLACED, NOT_SENT, REFUSED -> EnumSet.of(ACKED);
      case DENIED, EXPIRED_UNSENT, FILLED, CANCELED, REJECTED, EXPIRED ->
          EnumSet.noneOf(OrderState.class);
    };
  }

  /** Whether the broker has it and may still fill it. */
  public boolean isAtBroker() {
    return AT_BROKER.contains(this);
  }

  /** Whether nobody knows if the broker has it. One such order blocks its lane. */
  public boolean isDoubtful() {
    return DOUBTFUL.contains(this);
  }

  /** Whether it waits to be sent. */
  public boolean isWaiting() {
    return WAITING.contains(this);
  }

  /** Whether no order at the broker came of it. */
  public boolean cameToNothing() {
    return NOTHING.contains(this);
  }

  /** Whether it may still fill, so that it counts as exposure. */
  public boolean isOpen() {
    return isWaiting() || isDoubtful() || isAtBroker();
  }

  /**
   * What the outside calls it.
   *
   * @param cancelRequested whether somebody asked for a cancel
   */
  public TradeStatus tradeStatus(boolean cancelRequested) {
    return switch (this) {
      case NEW, APPROVED -> TradeStatus.PENDING;
      case SENDING, ACKED -> TradeStatus.SUBMITTING;
      case UNKNOWN, UNRESOLVED -> TradeStatus.UNKNOWN;
      case DENIED, REFUSED, NOT_SENT, NOT_PLACED, REJECTED -> TradeStatus.REJECTED;
      case EXPIRED_UNSENT -> cancelRequested ? TradeStatus.CANCELED : TradeStatus.EXPIRED;
      case WORKING -> cancelRequested ? TradeStatus.CANCEL_PENDING : TradeStatus.WORKING;
      case PARTIAL -> cancelRequested ? TradeStatus.CANCEL_PENDING : TradeStatus.PARTIALLY_FILLED;
      case FILLED -> TradeStatus.FILLED;
      case CANCELED -> TradeStatus.CANCELED;
      case EXPIRED -> TradeStatus.EXPIRED;
    };
  }
}
