package io.alphakite.model.order;

import java.util.Locale;

/**
 * What an order does: the first four with equities, the others with options. Schwab {@code
 * instruction}.
 */
public enum Side {
  BUY,
  SELL,
  SELL_SHORT,
  BUY_TO_COVER,
  BUY_TO_OPEN,
  SELL_TO_CLOSE,
  SELL_TO_OPEN,
  BUY_TO_CLOSE;

  /** As JSON and tables write it, in lower case. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads what {@link #wire} writes.
   *
   * @throws IllegalArgumentException when none is written so
   */
  public static Side fromWire(String wire) {
    for (Side value : values()) {
      if (value.wire().equals(wire)) {
        return value;
      }
    }
    throw new IllegalArgumentException("Not a side: \"" + wire + '"');
  }

  /** Whether it adds to the signed quantity held; otherwise it takes away. */
  public boolean isBuy() {
    return switch (this) {
      case BUY, BUY_TO_COVER, BUY_TO_OPEN, BUY_TO_CLOSE -> true;
      case SELL, SELL_SHORT, SELL_TO_OPEN, SELL_TO_CLOSE -> false;
    };
  }

  /**
   * Whether it says that it opens a position, long or short; otherwise it says that it closes one.
   */
  public boolean isOpening() {
    return switch (this) {
      case BUY, SELL_SHORT, BUY_TO_OPEN, SELL_TO_OPEN -> true;
      case SELL, BUY_TO_COVER, SELL_TO_CLOSE, BUY_TO_CLOSE -> false;
    };
  }

  /**
   * What closes what this opens.
   *
   * @throws IllegalStateException when it closes a position itself
   */
  public Side closing() {
    return switch (this) {
      case BUY -> SELL;
      case SELL_SHORT -> BUY_TO_COVER;
      case BUY_TO_OPEN -> SELL_TO_CLOSE;
      case SELL_TO_OPEN -> BUY_TO_CLOSE;
      case SELL, BUY_TO_COVER, SELL_TO_CLOSE, BUY_TO_CLOSE ->
          throw new IllegalStateException(wire() + " closes a position");
    };
  }

  /** What may be traded with it. */
  public AssetType assetType() {
    return switch (this) {
      case BUY, SELL, SELL_SHORT, BUY_TO_COVER -> AssetType.EQUITY;
      case BUY_TO_OPEN, SELL_TO_CLOSE, SELL_TO_OPEN, BUY_TO_CLOSE -> AssetType.OPTION;
    };
  }
}
