package io.alphakite.schwab.stream;

/** What is known of one field of one symbol on this connection. */
public enum FieldState {
  /** Never sent: not asked for, or Schwab has nothing. */
  ABSENT,
  /** Sent as null. */
  NULL,
  /** Sent with a value; zero is one. */
  VALUE
}
