package io.alphakite.simulator.broker;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The terms of one order: what a client asked for, without the orders that hang on it.
 *
 * @param legs one, or the legs of an option spread; never empty
 * @param quantity shares, contracts or spreads; each leg trades its own multiple of it
 * @param complex Schwab {@code complexOrderStrategyType}
 * @param price dollars, at most 4 decimals; of a spread the net price per share
 * @param stopPrice dollars; null for a trailing stop
 * @param trail how a trailing stop follows the market; null for every other type
 */
public record OrderTicket(
    List<Leg> legs,
    long quantity,
    Type type,
    Session session,
    Duration duration,
    String complex,
    @Nullable BigDecimal price,
    @Nullable BigDecimal stopPrice,
    StopType stopType,
    @Nullable Trail trail,
    @Nullable String specialInstruction,
    @Nullable String taxLotMethod) {

  /**
   * One instrument of an order.
   *
   * @param assetType EQUITY or OPTION
   * @param quantity shares or contracts of the whole order
   */
  public record Leg(String symbol, String assetType, Instruction instruction, long quantity) {
    public boolean option() {
      return assetType.equals("OPTION");
    }
  }

  /**
   * A trailing stop's distance.
   *
   * @param offset dollars or percent
   */
  public record Trail(Basis basis, LinkType linkType, BigDecimal offset) {}

  /** Schwab {@code orderStrategyType}, as far as it can be asked for. */
  public enum Strategy {
    SINGLE,
    TRIGGER,
    OCO
  }

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

    public boolean opens() {
      return this == BUY || this == SELL_SHORT || this == BUY_TO_OPEN || this == SELL_TO_OPEN;
    }
  }

  /** Schwab {@code orderType}, as far as the simulator takes it. */
  public enum Type {
    MARKET,
    LIMIT,
    STOP,
    STOP_LIMIT,
    TRAILING_STOP,
    MARKET_ON_CLOSE,
    LIMIT_ON_CLOSE,
    NET_DEBIT,
    NET_CREDIT,
    NET_ZERO;

    boolean hasPrice() {
      return this == LIMIT
          || this == STOP_LIMIT
          || this == LIMIT_ON_CLOSE
          || this == NET_DEBIT
          || this == NET_CREDIT;
    }

    boolean hasStop() {
      return this == STOP || this == STOP_LIMIT;
    }

    /** Whether it waits for a price before it may trade. */
    boolean waits() {
      return hasStop() || this == TRAILING_STOP;
    }

    boolean onClose() {
      return this == MARKET_ON_CLOSE || this == LIMIT_ON_CLOSE;
    }

    boolean net() {
      return this == NET_DEBIT || this == NET_CREDIT || this == NET_ZERO;
    }
  }

  /** Schwab {@code session}. */
  public enum Session {
    NORMAL,
    AM,
    PM,
    SEAMLESS
  }

  /** Schwab {@code duration}, as far as it can be asked for. */
  public enum Duration {
    DAY,
    GOOD_TILL_CANCEL,
    IMMEDIATE_OR_CANCEL,
    FILL_OR_KILL,
    END_OF_WEEK,
    END_OF_MONTH,
    NEXT_END_OF_MONTH;

    boolean atOnce() {
      return this == IMMEDIATE_OR_CANCEL || this == FILL_OR_KILL;
    }
  }

  /** Schwab {@code stopType}: which price triggers a stop; STANDARD is the last. */
  public enum StopType {
    STANDARD,
    BID,
    ASK,
    LAST,
    MARK
  }

  /** Schwab {@code stopPriceLinkBasis}, as far as a trailing stop can be asked for. */
  public enum Basis {
    LAST,
    BID,
    ASK,
    MARK
  }

  /** Schwab {@code stopPriceLinkType}; a tick is a cent. */
  public enum LinkType {
    VALUE,
    PERCENT,
    TICK
  }

  public OrderTicket {
    legs = List.copyOf(legs);
    if (legs.isEmpty()) {
      throw new IllegalArgumentException("an order has a leg");
    }
  }

  private Leg first() {
    return legs.getFirst();
  }

  /** The first leg's symbol. */
  public String symbol() {
    return first().symbol();
  }

  /** The first leg's asset type. */
  public String assetType() {
    return first().assetType();
  }

  /** The first leg's instruction. */
  public Instruction instruction() {
    return first().instruction();
  }

  boolean spread() {
    return legs.size() > 1;
  }

  boolean allOrNone() {
    return duration == Duration.FILL_OR_KILL
        || (specialInstruction != null && specialInstruction.startsWith("ALL_OR_NONE"));
  }

  boolean concerns(String symbol) {
    return legs.stream().anyMatch(leg -> leg.symbol().equals(symbol));
  }

  /** Shares or contracts of a leg in so many of this order's units. */
  public long units(Leg leg, long quantity) {
    return leg.quantity() / this.quantity * quantity;
  }
}
