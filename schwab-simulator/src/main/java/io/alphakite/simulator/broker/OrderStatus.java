package io.alphakite.simulator.broker;

/** Schwab's order statuses. */
public enum OrderStatus {
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

  OrderStatus(boolean terminal) {
    this.terminal = terminal;
  }

  public boolean isTerminal() {
    return terminal;
  }

  boolean cancelling() {
    return this == PENDING_CANCEL || this == AWAITING_UR_OUT;
  }
}
