package io.alphakite.simulator.broker;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** What a client asked for: one leg, one instruction. Prices in dollars, at most 4 decimals. */
public record OrderTicket(
    String symbol,
    String assetType,
    Instruction instruction,
    long quantity,
    Type type,
    Session session,
    Duration duration,
    @Nullable BigDecimal price,
    @Nullable BigDecimal stopPrice) {

  /** Schwab {@code instruction}. */
  public enum Instruction {
    BUY(true, false),
    SELL(false, false),
    SELL_SHORT(false, false),
    BUY_TO_COVER(true, false),
    BUY_TO_OPEN(true, true),
    BUY_TO_CLOSE(true, true),
    SELL_TO_OPEN(false, true),
    SELL_TO_CLOSE(false, true);

    private final boolean buys;
    private final boolean options;

    Instruction(boolean buys, boolean options) {
      this.buys = buys;
      this.options = options;
    }

    public boolean buys() {
      return buys;
    }

    boolean forOptions() {
      return options;
    }

    boolean opens() {
      return this == BUY || this == SELL_SHORT || this == BUY_TO_OPEN || this == SELL_TO_OPEN;
    }
  }

  /** Schwab {@code orderType}. */
  public enum Type {
    MARKET,
    LIMIT,
    STOP,
    STOP_LIMIT;

    boolean hasPrice() {
      return this == LIMIT || this == STOP_LIMIT;
    }

    boolean hasStop() {
      return this == STOP || this == STOP_LIMIT;
    }
  }

  /** Schwab {@code session}. */
  public enum Session {
    NORMAL,
    AM,
    PM,
    SEAMLESS
  }

  /** Schwab {@code duration}. */
  public enum Duration {
    DAY,
    GOOD_TILL_CANCEL,
    IMMEDIATE_OR_CANCEL,
    FILL_OR_KILL
  }
}
