package io.alphakite.engine.position;

import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Keeps what is held and what it earned. Works within the caller's transaction. */
public interface PositionKeeper {

  /**
   * A fill of ours.
   *
   * @param signed positive when bought
   * @param date the market date it counts for
   */
  record Booking(
      String accountId,
      UUID tradeId,
      OrderTerms terms,
      long signed,
      BigDecimal price,
      BigDecimal fees,
      LocalDate date) {}

  /**
   * Applies a fill to lots, position and the date's profit. The fill itself is not stored yet.
   *
   * @return what it realized
   */
  BigDecimal book(Booking booking);

  /** What the account holds in an instrument. */
  record Held(Ticker ticker, String symbol, long quantity) {}

  /** All that is held, flat ones left out. */
  List<Held> held(String accountId);

  /**
   * Takes over what the broker holds, whatever was written down before: at the first look at an
   * account, and where a person or the policy says that the broker is right.
   *
   * @param averagePrice null when the broker does not say: then the last quote counts as the cost
   */
  void adopt(
      String accountId,
      String symbol,
      long quantity,
      @Nullable BigDecimal averagePrice,
      Instant now);

  /**
   * Values everything held at the newest prices and carries the results of the market date on.
   *
   * @return today's result over all tickers
   */
  BigDecimal mark(String accountId, LocalDate date);
}
