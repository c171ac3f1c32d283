package io.alphakite.platform.notification;

import java.util.Locale;

/**
 * What a NOTIFY tells. Payloads are hints: whoever listens reads the rows, and polls as well, so
 * that a lost notification costs latency and nothing else.
 */
public enum Channel {
  /** Comma-separated tickers whose rows or quotes changed. */
  MARKET_DATA,
  /** A trade id: a new trade, or a cancel is wanted. Wakes the engine. */
  TRADE_REQUESTS,
  /** A trade id: something on its row changed. */
  TRADES,
  /** A ticker, or {@code *}. */
  POSITIONS,
  /** A signal id. */
  SIGNALS,
  /** Empty: the trading controls changed, or a command waits. */
  CONTROLS,
  /** An account event id. */
  ACCOUNT_EVENTS,
  /** A ticker that is to be streamed, or no longer. Wakes the streaming service. */
  TICKERS,
  /** An alert id: raised, told anew or cleared. */
  ALERTS,
  /** Empty: the state of the feed turned. */
  FEED_STATES;

  /** The channel's name in PostgreSQL. */
  public String sqlName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
