package io.alphakite.simulator.broker;

import io.alphakite.simulator.broker.OrderTicket.Leg;
import io.alphakite.simulator.broker.OrderTicket.Trail;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a stop is met and a limit can trade. */
final class Conditions {
  private static final BigDecimal PERCENT = BigDecimal.valueOf(100);
  private static final BigDecimal CENT = new BigDecimal("0.01");
  private static final int PRICE_SCALE = 4;

  private Conditions() {}

  /** Whether a stop looks at quotes, not at prints alone. */
  static boolean watchesQuote(OrderTicket ticket) {
    Trail trail = ticket.trail();
    return trail == null
        ? ticket.stopType() != OrderTicket.StopType.STANDARD
            && ticket.stopType() != OrderTicket.StopType.LAST
        : trail.basis() != OrderTicket.Basis.LAST;
  }

  /** The price that a stop looks at. */
  private static @Nullable BigDecimal watched(OrderTicket ticket, Prices.Quote quote) {
    Trail trail = ticket.trail();
    String basis = trail == null ? ticket.stopType().name() : trail.basis().name();
    return switch (basis) {
      case "BID" -> quote.bid();
      case "ASK" -> quote.ask();
      case "MARK" -> quote.mark();
      default -> quote.last();
    };
  }

  /** Where a trailing stop stands at this quote: it follows the market, never back. */
  static @Nullable BigDecimal trailed(Order order, Prices.Quote quote) {
    Trail trail = order.ticket().trail();
    BigDecimal price = watched(order.ticket(), quote);
    if (trail == null || price == null) {
      return order.stop();
    }
    BigDecimal distance =
        switch (trail.linkType()) {
          case VALUE -> trail.offset();
          case PERCENT ->
              price.multiply(trail.offset()).divide(PERCENT, PRICE_SCALE, RoundingMode.HALF_UP);
          case TICK -> trail.offset().multiply(CENT);
        };
    boolean buys = order.ticket().instruction().buys();
    BigDecimal stop = buys ? price.add(distance) : price.subtract(distance);
    BigDecimal stands = order.stop();
    boolean back =
        stands != null && (buys ? stop.compareTo(stands) >= 0 : stop.compareTo(stands) <= 0);
    return back ? stands : stop;
  }

  /** Whether the market has come to an order's stop. */
  static boolean meetsStop(Order order, Prices.Quote quote) {
    OrderTicket ticket = order.ticket();
    BigDecimal stop = ticket.trail() == null ? ticket.stopPrice() : order.stop();
    BigDecimal price = watched(ticket, quote);
    if (stop == null || price == null) {
      return false;
    }
    int side = price.compareTo(stop);
    return ticket.instruction().buys() ? side >= 0 : side <= 0;
  }

  /** Whether an order can trade at these prices of its legs. */
  static boolean isMarketable(OrderTicket ticket, List<BigDecimal> legPrices) {
    BigDecimal natural = net(ticket, legPrices);
    BigDecimal limit = ticket.price();
    if (ticket.spread()) {
      return switch (ticket.type()) {
        case NET_CREDIT -> limit != null && natural.negate().compareTo(limit) >= 0;
        case NET_DEBIT -> limit != null && natural.compareTo(limit) <= 0;
        case NET_ZERO -> natural.signum() <= 0;
        default -> true;
      };
    }
    if (limit == null) {
      return true;
    }
    int side = legPrices.getFirst().compareTo(limit);
    return ticket.instruction().buys() ? side <= 0 : side >= 0;
  }

  /** What one unit costs per share; negative when it brings. */
  static BigDecimal net(OrderTicket ticket, List<BigDecimal> legPrices) {
    BigDecimal net = BigDecimal.ZERO;
    for (int i = 0; i < ticket.legs().size(); i++) {
      Leg leg = ticket.legs().get(i);
      BigDecimal price = legPrices.get(i).multiply(BigDecimal.valueOf(ticket.units(leg, 1)));
      net = leg.instruction().buys() ? net.add(price) : net.subtract(price);
    }
    return net;
  }
}
