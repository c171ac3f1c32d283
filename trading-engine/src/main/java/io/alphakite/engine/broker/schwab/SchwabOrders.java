package io.alphakite.engine.broker.schwab;

import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.AssetType;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.schwab.trader.FirstTriggers;
import io.alphakite.schwab.trader.OneCancelsOther;
import io.alphakite.schwab.trader.OrderDuration.Resting;
import io.alphakite.schwab.trader.OrderLeg;
import io.alphakite.schwab.trader.OrderRequest;
import io.alphakite.schwab.trader.SingleOrder;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads Schwab's orders as reports. */
final class SchwabOrders {

  private SchwabOrders() {}

  /** The order and those that hang on it, each as an order of its own, parents first. */
  static Stream<OrderReport> reports(BrokerOrder order) {
    return reports(order, null);
  }

  private static Stream<OrderReport> reports(BrokerOrder order, @Nullable String parent) {
    // The wrapper of an OCO has no legs: there is nothing in it that could fill.
    boolean wrapper = order.legs().isEmpty();
    String above = wrapper ? parent : Long.toString(order.id());
    Stream<OrderReport> below = order.children().stream().flatMap(child -> reports(child, above));
    return wrapper ? below : Stream.concat(Stream.of(report(order, parent)), below);
  }

  /** The orders that hang on this one itself. */
  private static Stream<BrokerOrder> children(BrokerOrder order) {
    return order.children().stream()
        .flatMap(child -> child.legs().isEmpty() ? children(child) : Stream.of(child));
  }

  /**
   * The order as it is sent.
   *
   * @throws IllegalArgumentException naming the rule of Schwab's by which it cannot be placed
   */
  static OrderRequest request(OrderTerms terms) {
    SingleOrder order = single(terms);
    List<SingleOrder> exits = terms.exits().values().stream().map(SchwabOrders::single).toList();
    return switch (exits.size()) {
      case 0 -> order;
      case 1 -> new FirstTriggers(order, exits.getFirst());
      default ->
          new FirstTriggers(
              order, new OneCancelsOther(waiting(exits.getFirst()), waiting(exits.getLast())));
    };
  }

  private static OneCancelsOther.Child waiting(SingleOrder exit) {
    if (exit instanceof OneCancelsOther.Child child) {
      return child;
    }
    throw new IllegalArgumentException("a market order cannot wait for another");
  }

  private static SingleOrder single(OrderTerms terms) {
    OrderLeg leg =
        terms.option() == null
            ? new OrderLeg.Shares(terms.side(), terms.ticker(), terms.quantity())
            : new OrderLeg.Contracts(terms.side(), terms.option(), terms.quantity());
    Resting duration =
        switch (terms.timeInForce()) {
          case DAY -> Resting.DAY;
          case GTC -> Resting.GOOD_TILL_CANCEL;
        };
    return switch (terms.type()) {
      case MARKET -> {
        if (duration != Resting.DAY) {
          throw new IllegalArgumentException("a market order stands for the day alone");
        }
        yield leg.market();
      }
      case LIMIT -> leg.limit(stated(terms.limitPrice())).lasting(duration);
      case STOP -> leg.stop(stated(terms.stopPrice())).lasting(duration);
      case STOP_LIMIT ->
          leg.stopLimit(stated(terms.stopPrice()), stated(terms.limitPrice())).lasting(duration);
    };
  }

  private static Price stated(@Nullable Price price) {
    return Objects.requireNonNull(price, "the terms were checked for it");
  }

  static OrderReport report(BrokerOrder order) {
    return report(order, null);
  }

  private static OrderReport report(BrokerOrder order, @Nullable String parent) {
    String id = Long.toString(order.id());
    return new OrderReport(
        id,
        status(order),
        order.statusDescription(),
        fingerprint(order),
        terms(order),
        order.enteredTime(),
        executions(order),
        incompleteSince(order),
        parent,
        children(order).map(child -> report(child, id)).toList());
  }

  /** Of an order of one leg and whole units: of no other are executions booked. */
  private static @Nullable Instant incompleteSince(BrokerOrder order) {
    boolean over =
        switch (status(order)) {
          case OPEN, REPLACING -> false;
          case FILLED, CANCELED, REJECTED, EXPIRED, REPLACED -> true;
        };
    if (!over || order.fillsComplete() || terms(order) == null) {
      return null;
    }
    Instant entered = Objects.requireNonNullElse(order.enteredTime(), Instant.EPOCH);
    return Objects.requireNonNullElse(order.closeTime(), entered);
  }

  private static OrderReport.Status status(BrokerOrder order) {
    return switch (order.status()) {
      case NEW,
          PENDING_ACKNOWLEDGEMENT,
          ACCEPTED,
          QUEUED,
          PENDING_ACTIVATION,
          AWAITING_RELEASE_TIME,
          AWAITING_PARENT_ORDER,
          AWAITING_CONDITION,
          AWAITING_STOP_CONDITION,
          AWAITING_MANUAL_REVIEW,
          WORKING,
          PENDING_CANCEL,
          AWAITING_UR_OUT,
          PENDING_RECALL,
          UNKNOWN ->
          OrderReport.Status.OPEN;
      case PENDING_REPLACE -> OrderReport.Status.REPLACING;
      case FILLED -> OrderReport.Status.FILLED;
      case CANCELED -> OrderReport.Status.CANCELED;
      case REJECTED -> OrderReport.Status.REJECTED;
      case EXPIRED -> OrderReport.Status.EXPIRED;
      case REPLACED -> OrderReport.Status.REPLACED;
    };
  }

  private static Fingerprint fingerprint(BrokerOrder order) {
    List<Fingerprint> below = order.children().stream().map(SchwabOrders::fingerprint).toList();
    return order.legs().isEmpty()
        ? Fingerprint.oneCancelsOther(below)
        : alone(order).triggering(below);
  }

  private static Fingerprint alone(BrokerOrder order) {
    return Fingerprint.of(
        order.strategyType(),
        order.orderType(),
        order.session(),
        order.duration(),
        order.price(),
        order.stopPrice(),
        order.legs().stream()
            .map(
                leg ->
                    new Fingerprint.Leg(
                        leg.instruction(), leg.legType(), leg.symbol(), leg.quantity()))
            .toList());
  }

  /** What the order says, when we could have said it. */
  private static @Nullable OrderTerms terms(BrokerOrder order) {
    if (order.legs().size() != 1) {
      return null;
    }
    BrokerOrder.Leg leg = order.legs().getFirst();
    try {
      Side side = Side.valueOf(leg.instruction());
      boolean option = side.assetType() == AssetType.OPTION;
      OptionSymbol contract = option ? OptionSymbol.parse(leg.symbol()) : null;
      OrderType type = OrderType.valueOf(order.orderType());
      return new OrderTerms(
          contract == null ? Ticker.of(leg.symbol()) : Ticker.of(contract.root()),
          contract,
          side,
          leg.quantity().longValueExact(),
          type,
          type.hasLimit() ? price(order.price()) : null,
          type.hasStop() ? price(order.stopPrice()) : null,
          duration(order.duration()));
    } catch (IllegalArgumentException | ArithmeticException e) {
      // A kind of order we do not place: its holdings are still seen in the account.
      return null;
    }
  }

  private static TimeInForce duration(String duration) {
    return switch (duration) {
      case "DAY" -> TimeInForce.DAY;
      case "GOOD_TILL_CANCEL" -> TimeInForce.GTC;
      default -> throw new IllegalArgumentException(duration);
    };
  }

  private static @Nullable Price price(@Nullable BigDecimal price) {
    return price == null ? null : Price.of(price);
  }

  private static List<Execution> executions(BrokerOrder order) {
    List<Execution> executions = new ArrayList<>();
    int number = 0;
    for (BrokerOrder.BrokerFill fill : order.fills()) {
      number++;
      if (fill.quantity().stripTrailingZeros().scale() > 0 || fill.quantity().signum() <= 0) {
        continue;
      }
      Instant at =
          Objects.requireNonNullElse(
              fill.time(), Objects.requireNonNullElse(order.enteredTime(), Instant.EPOCH));
      executions.add(
          new Execution(
              key(fill, number, at),
              fill.quantity().longValueExact(),
              fill.price(),
              BigDecimal.ZERO,
              at));
    }
    return executions;
  }

  /** Schwab's own number of the activity and leg; where it leaves that out, what it says. */
  private static String key(BrokerOrder.BrokerFill fill, int number, Instant at) {
    return fill.activityId() != null
        ? fill.activityId() + "-" + fill.legId()
        : fill.legId()
            + "-"
            + number
            + "-"
            + at
            + "-"
            + fill.quantity().stripTrailingZeros().toPlainString()
            + "-"
            + fill.price().stripTrailingZeros().toPlainString();
  }
}
