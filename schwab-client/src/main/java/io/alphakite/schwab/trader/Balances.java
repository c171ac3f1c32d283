package io.alphakite.schwab.trader;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One block of an account's balances.
 *
 * @param amounts those that Schwab gave
 * @param inCall whether a call for money is open; null when Schwab does not say
 * @param other amounts by names that are new
 */
public record Balances(
    Map<Balance, BigDecimal> amounts, @Nullable Boolean inCall, Map<String, BigDecimal> other) {

  public Balances {
    amounts = Map.copyOf(amounts);
    other = Map.copyOf(other);
  }

  /** The amount; empty when Schwab did not give it. */
  public Optional<BigDecimal> get(Balance balance) {
    return Optional.ofNullable(amounts.get(balance));
  }

  /** The first of these that Schwab gave; null when there is none. */
  @Nullable BigDecimal first(Balance... balances) {
    for (Balance balance : balances) {
      BigDecimal amount = amounts.get(balance);
      if (amount != null) {
        return amount;
      }
    }
    return null;
  }
}
