package io.alphakite.schwab.trader;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that moved money or holdings of an account. Amounts are dollars, signed as Schwab signs
 * them: what leaves the account is negative.
 *
 * @param id Schwab's {@code activityId}
 * @param accountNumber kept out of {@link #toString}
 * @param typeText the type as it was written
 * @param status such as VALID
 * @param subAccount such as MARGIN or CASH
 * @param orderId of the order that was filled; null for what no order made
 */
public record Transaction(
    long id,
    @Nullable String accountNumber,
    TransactionType type,
    String typeText,
    String status,
    @Nullable String description,
    String subAccount,
    @Nullable Instant time,
    @Nullable Instant tradeDate,
    @Nullable Instant settlementDate,
    @Nullable Long positionId,
    @Nullable Long orderId,
    @Nullable BigDecimal netAmount,
    List<Item> items) {

  public Transaction {
    items = List.copyOf(items);
  }

  /** The items that are commissions, fees or taxes. */
  public List<Item> charges() {
    return items.stream().filter(item -> item.feeType() != null).toList();
  }

  @Override
  public String toString() {
    return "Transaction[%d %s of order %s: %s]".formatted(id, typeText, orderId, netAmount);
  }

  /**
   * Schwab's {@code transferItem}: one instrument or one charge.
   *
   * @param amount shares, contracts or dollars
   * @param feeType COMMISSION, SEC_FEE and others; null for an instrument
   * @param positionEffect OPENING or CLOSING; null for a charge
   */
  public record Item(
      Instrument instrument,
      @Nullable BigDecimal amount,
      @Nullable BigDecimal cost,
      @Nullable BigDecimal price,
      @Nullable String feeType,
      @Nullable String positionEffect) {}
}
