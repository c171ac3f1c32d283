package io.alphakite.engine.broker;

import io.alphakite.model.market.Price;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.TimeInForce;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an order says, written so that two orders that say the same have the same text: the key by
 * which an order of ours is found again at a broker that knows no client order id.
 *
 * <p>Strategy type, order type, session, duration, prices, then each leg with instruction, leg
 * type, symbol and quantity. Numbers carry no trailing zeros, so 100.0 is 100. What the server sets
 * is left out, and so is the instrument's asset type: funds come back as another one than was sent.
 */
public record Fingerprint(String text) {

  /** One instrument of an order. */
  public record Leg(String instruction, String legType, String symbol, BigDecimal quantity) {}

  /**
   * Of an order as a broker shows it. An adapter of a broker that names things otherwise translates
   * them into the words by which {@link #of(OrderTerms)} says the same.
   */
  public static Fingerprint of(
      String strategyType,
      String orderType,
      String session,
      String duration,
      @Nullable BigDecimal price,
      @Nullable BigDecimal stopPrice,
      List<Leg> legs) {
    StringBuilder text = new StringBuilder();
    text.append(strategyType).append('|').append(orderType).append('|').append(session);
    text.append('|').append(duration).append('|').append(plain(price));
    text.append('|').append(plain(stopPrice));
    for (Leg leg : legs) {
      text.append('|').append(leg.instruction()).append(' ').append(plain(leg.quantity()));
      text.append(' ').append(leg.legType()).append(' ').append(leg.symbol());
    }
    return new Fingerprint(text.toString());
  }

  /** Of an order of ours. */
  public static Fingerprint of(OrderTerms terms) {
    return of(
        "SINGLE",
        orderType(terms.type()),
        "NORMAL",
        duration(terms.timeInForce()),
        dollars(terms.limitPrice()),
        dollars(terms.stopPrice()),
        List.of(
            new Leg(
                terms.side().name(),
                terms.assetType().name(),
                terms.symbol(),
                BigDecimal.valueOf(terms.quantity()))));
  }

  private static String orderType(OrderType type) {
    return type.name();
  }

  private static String duration(TimeInForce timeInForce) {
    return switch (timeInForce) {
      case DAY -> "DAY";
      case GTC -> "GOOD_TILL_CANCEL";
    };
  }

  private static @Nullable BigDecimal dollars(@Nullable Price price) {
    return price == null ? null : price.toBigDecimal();
  }

  private static String plain(@Nullable BigDecimal number) {
    // Zero is how some answers write "no price".
    return number == null || number.signum() == 0
        ? ""
        : number.stripTrailingZeros().toPlainString();
  }
}
