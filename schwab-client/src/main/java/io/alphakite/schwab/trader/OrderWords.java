package io.alphakite.schwab.trader;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.AssetType;
import io.alphakite.model.order.Side;
import io.alphakite.schwab.trader.OrderDuration.Immediate;
import io.alphakite.schwab.trader.OrderDuration.Resting;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads an order that Schwab shows back into the request that says the same. */
final class OrderWords {

  /** Values that change what an order means and that no request of ours can say. */
  private static final List<String> UNSAID =
      List.of("specialInstruction", "activationPrice", "priceLinkBasis", "priceLinkType");

  private OrderWords() {}

  static Optional<OrderRequest> read(BrokerOrder order) {
    try {
      return Optional.of(
          switch (order.strategyType()) {
            case "SINGLE" -> alone(order);
            case "OCO" -> pair(order);
            case "TRIGGER" ->
                new FirstTriggers(single(order), child(only(order.children(), "child")));
            default -> throw new IllegalArgumentException(order.strategyType());
          });
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static FirstTriggers.Child child(BrokerOrder order) {
    return order.strategyType().equals("OCO") ? pair(order) : alone(order);
  }

  private static OneCancelsOther pair(BrokerOrder order) {
    require(order.legs().isEmpty() && order.children().size() == 2, "two and nothing of its own");
    return new OneCancelsOther(
        waiting(order.children().getFirst()), waiting(order.children().getLast()));
  }

  private static OneCancelsOther.Child waiting(BrokerOrder order) {
    if (alone(order) instanceof OneCancelsOther.Child child) {
      return child;
    }
    throw new IllegalArgumentException("an order that does not wait");
  }

  private static SingleOrder alone(BrokerOrder order) {
    require(order.strategyType().equals("SINGLE") && order.children().isEmpty(), "single");
    return single(order);
  }

  private static SingleOrder single(BrokerOrder order) {
    for (String name : UNSAID) {
      require(absent(order.other().get(name)), name);
    }
    OrderSession session = OrderSession.valueOf(order.session());
    require(session == OrderSession.NORMAL || order.orderType().equals("LIMIT"), "session");
    require(order.orderType().equals("TRAILING_STOP") == (order.stopLink() != null), "stop link");
    return switch (order.orderType()) {
      case "MARKET" -> {
        require(none(order.price()) && none(order.stopPrice()), "price");
        require(order.duration().equals(Resting.DAY.name()), "duration");
        yield leg(order).market();
      }
      case "LIMIT" -> {
        require(none(order.stopPrice()), "stop price");
        yield leg(order).limit(price(order.price())).in(session).lasting(duration(order));
      }
      case "STOP" -> {
        require(none(order.price()), "price");
        yield leg(order).stop(price(order.stopPrice())).lasting(resting(order));
      }
      case "STOP_LIMIT" ->
          leg(order)
              .stopLimit(price(order.stopPrice()), price(order.price()))
              .lasting(resting(order));
      // Schwab may show where the stop stands at the moment; that is not what was asked for.
      case "TRAILING_STOP" -> {
        BrokerOrder.StopLink link = given(order.stopLink(), "stop link");
        yield leg(order)
            .trailingStop(LinkBasis.valueOf(link.basis()), trail(link))
            .lasting(resting(order));
      }
      case "NET_DEBIT" -> vertical(order).netDebit(price(order.price())).lasting(duration(order));
      case "NET_CREDIT" -> vertical(order).netCredit(price(order.price())).lasting(duration(order));
      default -> throw new IllegalArgumentException(order.orderType());
    };
  }

  private static Trail trail(BrokerOrder.StopLink link) {
    BigDecimal offset = given(link.offset(), "offset");
    return switch (link.type()) {
      case "VALUE" -> Trail.dollars(Price.of(offset));
      case "PERCENT" -> Trail.percent(offset);
      default -> throw new IllegalArgumentException(link.type());
    };
  }

  private static OrderLeg leg(BrokerOrder order) {
    require(
        order.complexStrategyType().isEmpty() || order.complexStrategyType().equals("NONE"),
        "complex");
    return leg(only(order.legs(), "leg"));
  }

  private static OrderLeg leg(BrokerOrder.Leg leg) {
    Side side = Side.valueOf(leg.instruction());
    long quantity = leg.quantity().longValueExact();
    return side.assetType() == AssetType.EQUITY
        ? new OrderLeg.Shares(side, Ticker.of(leg.symbol()), quantity)
        : new OrderLeg.Contracts(side, OptionSymbol.parse(leg.symbol()), quantity);
  }

  private static Vertical vertical(BrokerOrder order) {
    require(order.complexStrategyType().equals("VERTICAL"), "vertical");
    require(order.legs().size() == 2, "two legs");
    OrderLeg one = leg(order.legs().getFirst());
    OrderLeg two = leg(order.legs().getLast());
    OrderLeg bought = one.side().isBuy() ? one : two;
    OrderLeg sold = one.side().isBuy() ? two : one;
    require(bought.side().isBuy() && !sold.side().isBuy(), "one bought, one sold");
    require(bought.side().isOpening() == sold.side().isOpening(), "one effect");
    require(bought.quantity() == sold.quantity(), "as many of the one as of the other");
    return new Vertical(
        bought.side().isOpening() ? Vertical.Effect.OPEN : Vertical.Effect.CLOSE,
        OptionSymbol.parse(bought.symbol()),
        OptionSymbol.parse(sold.symbol()),
        bought.quantity());
  }

  private static OrderDuration duration(BrokerOrder order) {
    for (Immediate immediate : Immediate.values()) {
      if (immediate.name().equals(order.duration())) {
        return immediate;
      }
    }
    return resting(order);
  }

  private static Resting resting(BrokerOrder order) {
    return Resting.valueOf(order.duration());
  }

  private static Price price(@Nullable BigDecimal price) {
    return Price.of(given(price, "price"));
  }

  private static <T> T given(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalArgumentException("no " + what);
    }
    return value;
  }

  /** Zero is how some answers write that there is no price. */
  private static boolean none(@Nullable BigDecimal price) {
    return price == null || price.signum() == 0;
  }

  private static boolean absent(@Nullable String value) {
    return value == null || value.isEmpty() || value.equals("NONE") || zero(value);
  }

  private static boolean zero(String value) {
    return value.equals("0") || value.equals("0.0");
  }

  private static <T> T only(List<T> list, String what) {
    require(list.size() == 1, what);
    return list.getFirst();
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException(what);
    }
  }
}
