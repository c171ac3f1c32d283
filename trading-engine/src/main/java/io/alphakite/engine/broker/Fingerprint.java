package io.alphakite.engine.broker;

import io.alphakite.model.market.Price;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.TimeInForce;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an order says, written so that two orders that say the same have the same text: the key by
 * which an order of ours is found again at a broker that knows no client order id.
 *
 * <p>Strategy type, order type, session, duration, prices, then each leg with instruction, leg
 * type, symbol and quantity; then the same of every order that hangs on it. Numbers carry no
 * trailing zeros, so 100.0 is 100. What the server sets is left out, and so is the instrument's
 * asset type: funds come back as another one than was sent.
 */
public record Fingerprint(String text) {

  private static final String TRIGGERS = " => ";

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

  /** Of two orders of which one cancels the other: a broker may give them back in either order. */
  public static Fingerprint oneCancelsOther(List<Fingerprint> either) {
    return new Fingerprint(
        either.stream()
            .map(Fingerprint::text)
            .sorted()
            .collect(Collectors.joining(" & ", "OCO{", "}")));
  }

  /** With the orders that its fill brings to life; without any it stays as it is. */
  public Fingerprint triggering(List<Fingerprint> then) {
    return then.isEmpty()
        ? this
        : new Fingerprint(
            text
                + TRIGGERS
                + then.stream().map(Fingerprint::text).collect(Collectors.joining("; ")));
  }

  /** What the order itself says, without those that hang on it. */
  public Fingerprint alone() {
    int end = text.indexOf(TRIGGERS);
    return end < 0 ? this : new Fingerprint(text.substring(0, end));
  }

  /** The instruments of the order itself, leg by leg. */
  public List<String> symbols() {
    return Arrays.stream(alone().text().split("\\|"))
        .skip(6)
        .map(leg -> leg.split(" ", 4))
        // An alarm that names them must not fail over an order that is written in another way.
        .filter(leg -> leg.length == 4)
        .map(leg -> leg[3])
        .distinct()
        .toList();
  }

  /** Of an order of ours, with its exits. */
  public static Fingerprint of(OrderTerms terms) {
    List<Fingerprint> exits = terms.exits().values().stream().map(Fingerprint::of).toList();
    return alone(exits.isEmpty() ? "SINGLE" : "TRIGGER", terms)
        .triggering(exits.size() > 1 ? List.of(oneCancelsOther(exits)) : exits);
  }

  private static Fingerprint alone(String strategyType, OrderTerms terms) {
    return of(
        strategyType,
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
