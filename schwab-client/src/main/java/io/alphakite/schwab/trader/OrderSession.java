package io.alphakite.schwab.trader;

/** When an order may be filled. Schwab {@code session}. */
public enum OrderSession {
  /** The regular session. */
  NORMAL,
  /** Before it. */
  AM,
  /** After it. */
  PM,
  /** All of them. */
  SEAMLESS
}
