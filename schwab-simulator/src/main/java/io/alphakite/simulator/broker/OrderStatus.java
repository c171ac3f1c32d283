package io.alphakite.simulator.broker;

/** Schwab's order statuses that the simulator uses. */
public enum OrderStatus {
  PENDING_ACKNOWLEDGEMENT(false),
  PENDING_ACTIVATION(false),
  AWAITING_STOP_CONDITION(false),
  WORKING(false),
  PENDING_CANCEL(false),
  PENDING_REPLACE(false),
  FILLED(true),
  CANCELED(true),
  REJECTED(true),
  EXPIRED(true),
  REPLACED(true);

  private final boolean terminal;

  OrderStatus(boolean terminal) {
    this.terminal = terminal;
  }

  public boolean isTerminal() {
    return terminal;
  }
}
