package io.alphakite.schwab.trader;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which transactions are listed. Today's trades may be missing or incomplete until later.
 *
 * @param types at least one, UNKNOWN not among them
 * @param symbol only those of this instrument; null for all
 */
public record TransactionQuery(
    Instant from, Instant to, Set<TransactionType> types, @Nullable String symbol) {

  /** The longest span. */
  public static final Duration SPAN_MAX = Duration.ofDays(365);

  /** Schwab's limit: a listing of this length may lack something. */
  public static final int ROWS_MAX = 3_000;

  /**
   * Checks what it is made of.
   *
   * @throws IllegalArgumentException when the span is turned round or too long, or no type can be
   *     asked for
   */
  public TransactionQuery {
    types = Set.copyOf(types);
    if (from.isAfter(to) || Duration.between(from, to).compareTo(SPAN_MAX) > 0) {
      throw new IllegalArgumentException(
          "transactions are listed from a time to a later one, at most 365 days: %s to %s"
              .formatted(from, to));
    }
    if (types.isEmpty() || types.contains(TransactionType.UNKNOWN)) {
      throw new IllegalArgumentException("transactions are listed by types that Schwab knows");
    }
  }

  /** Trades of the account in [from, to]. */
  public static TransactionQuery trades(Instant from, Instant to) {
    return new TransactionQuery(from, to, EnumSet.of(TransactionType.TRADE), null);
  }

  /** The same, of these types. */
  public TransactionQuery of(Set<TransactionType> others) {
    return new TransactionQuery(from, to, others, symbol);
  }

  /** The same, of this instrument alone. */
  public TransactionQuery of(String instrument) {
    return new TransactionQuery(from, to, types, instrument);
  }
}
