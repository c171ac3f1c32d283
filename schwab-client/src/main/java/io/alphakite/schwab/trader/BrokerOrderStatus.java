package io.alphakite.schwab.trader;

import io.alphakite.schwab.http.Unknowns;

/** Schwab's order statuses. A text that is not listed is read as {@link #UNKNOWN}. */
public enum BrokerOrderStatus {
  NEW(false),
  PENDING_ACKNOWLEDGEMENT(false),
  ACCEPTED(false),
  QUEUED(false),
  PENDING_ACTIVATION(false),
  AWAITING_RELEASE_TIME(false),
  AWAITING_PARENT_ORDER(false),
  AWAITING_CONDITION(false),
  AWAITING_STOP_CONDITION(false),
  AWAITING_MANUAL_REVIEW(false),
  WORKING(false),
  PENDING_CANCEL(false),
  AWAITING_UR_OUT(false),
  PENDING_REPLACE(false),
  PENDING_RECALL(false),
  FILLED(true),
  CANCELED(true),
  REJECTED(true),
  EXPIRED(true),
  REPLACED(true),
  UNKNOWN(false);

  private final boolean terminal;

  BrokerOrderStatus(boolean terminal) {
    this.terminal = terminal;
  }

  /**
   * Whether nothing more can happen to the order. CANCELED, EXPIRED and REPLACED may have fills.
   */
  public boolean isTerminal() {
    return terminal;
  }

  /** The status of that name; any other text is {@code UNKNOWN} and counted. */
  static BrokerOrderStatus read(String text, Unknowns unknowns) {
    for (BrokerOrderStatus status : values()) {
      if (status.name().equals(text)) {
        return status;
      }
    }
    unknowns.word("order.status", text);
    return UNKNOWN;
  }
}
