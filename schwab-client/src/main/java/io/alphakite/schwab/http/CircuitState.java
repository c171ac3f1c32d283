package io.alphakite.schwab.http;

/** Whether reads are let through to one of Schwab's services. */
public enum CircuitState {
  /** They are: all is well. */
  CLOSED,
  /** They are refused for a few seconds, since most of the last ones failed. */
  OPEN,
  /** A few are let through to see whether it is over. */
  HALF_OPEN
}
