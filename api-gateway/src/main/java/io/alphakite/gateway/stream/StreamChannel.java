package io.alphakite.gateway.stream;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What clients can subscribe to. */
enum StreamChannel {
  PRICES(true, false, 5_000),
  SIGNALS(true, false, 5_000),
  TRADES(false, true, 5_000),
  POSITIONS(false, true, 2_000),
  PORTFOLIO(false, true, 200),
  OPTIONS(true, false, 5_000),
  ALERTS(false, false, 1_000),
  UNRESOLVED(false, true, 200);

  private final boolean perTicker;
  private final boolean account;
  private final int window;

  StreamChannel(boolean perTicker, boolean account, int window) {
    this.perTicker = perTicker;
    this.account = account;
    this.window = window;
  }

  /** As messages name it. */
  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a client may choose tickers; the other channels always come whole. */
  boolean perTicker() {
    return perTicker;
  }

  /** Whether it shows the account, which takes {@code read} even where market data is public. */
  boolean account() {
    return account;
  }

  /** How many of the newest messages are kept for those who come back or are slow. */
  int window() {
    return window;
  }

  static Optional<StreamChannel> fromWire(@Nullable String wire) {
    for (StreamChannel channel : values()) {
      if (channel.wire().equals(wire)) {
        return Optional.of(channel);
      }
    }
    return Optional.empty();
  }
}
