package io.alphakite.engine.position;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is held of one instrument: lots in the order they were opened, all of one sign. Closing
 * takes the oldest first (FIFO). Immutable.
 *
 * @param multiplier dollars per dollar of price: 1 for shares, 100 for option contracts
 */
public record Position(List<Lot> lots, int multiplier) {

  private static final int AVERAGE_SCALE = 8;

  public Position {
    lots = List.copyOf(lots);
  }

  /** Nothing held. */
  public static Position flat(int multiplier) {
    return new Position(List.of(), multiplier);
  }

  /**
   * What a fill does to a position.
   *
   * @param realized dollars gained (or lost) by what it closed, before fees
   * @param closed units it closed
   */
  public record Change(Position after, BigDecimal realized, long closed) {}

  /**
   * Applies a fill.
   *
   * @param signed positive when bought, negative when sold
   */
  public Change fill(long signed, BigDecimal price) {
    if (signed == 0) {
      throw new IllegalArgumentException("A fill of nothing");
    }
    List<Lot> left = new ArrayList<>();
    BigDecimal realized = BigDecimal.ZERO;
    long open = signed;
    for (Lot lot : lots) {
      if (open == 0 || !lot.opposes(open)) {
        left.add(lot);
        continue;
      }
      long closed = Math.min(Math.abs(open), Math.abs(lot.quantity()));
      long part = Long.signum(lot.quantity()) * closed;
      realized = realized.add(gain(part, lot.price(), price));
      open += part;
      if (lot.quantity() != part) {
        left.add(new Lot(lot.quantity() - part, lot.price()));
      }
    }
    long closed = Math.abs(signed - open);
    if (open != 0) {
      left.add(new Lot(open, price));
    }
    return new Change(new Position(left, multiplier), realized, closed);
  }

  /** Signed units held. */
  public long quantity() {
    return lots.stream().mapToLong(Lot::quantity).sum();
  }

  /** Dollars paid for what is held; negative when short. */
  public BigDecimal costBasis() {
    return lots.stream()
        .map(lot -> value(lot.quantity(), lot.price()))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  /** Mean price per unit of what is held, rounded half-up to 8 decimals; empty when flat. */
  public Optional<BigDecimal> averagePrice() {
    long quantity = quantity();
    return quantity == 0
        ? Optional.empty()
        : Optional.of(
            costBasis()
                .divide(value(quantity, BigDecimal.ONE), AVERAGE_SCALE, RoundingMode.HALF_UP));
  }

  /** What closing all of it at this price would gain. */
  public BigDecimal unrealized(BigDecimal price) {
    return value(quantity(), price).subtract(costBasis());
  }

  private BigDecimal gain(long signed, BigDecimal paid, BigDecimal got) {
    return value(signed, got.subtract(paid));
  }

  private BigDecimal value(long signed, BigDecimal price) {
    return price.multiply(BigDecimal.valueOf(Math.multiplyExact(signed, multiplier)));
  }
}
