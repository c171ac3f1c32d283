package io.alphakite.simulator.broker;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.simulator.broker.OrderTicket.Instruction;
import io.alphakite.simulator.broker.OrderTicket.Leg;
import io.alphakite.simulator.settings.AccountRules;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the broker holds against an order after it was received. Use under the market's lock.
 *
 * <p>The names {@code Order_Sys_0002}, {@code Position_Sys_0001} and {@code Account_Sys_0005} are
 * Schwab's; the others continue them. The wording is the simulator's own.
 */
final class OrderChecks {
  private static final BigDecimal FAR_ABOVE = new BigDecimal("1.5");
  private static final BigDecimal FAR_BELOW = new BigDecimal("0.5");
  private static final BigDecimal CENT = new BigDecimal("0.01");

  private final Prices prices;
  private final Funds funds;
  private final DeskHours hours;
  private final AccountRules rules;

  OrderChecks(Prices prices, Funds funds, DeskHours hours, AccountRules rules) {
    this.prices = prices;
    this.funds = funds;
    this.hours = hours;
    this.rules = rules;
  }

  /**
   * Everything there is to say.
   *
   * @param open the open orders
   * @param counts which of them compete with this order for shares and cash
   */
  List<Finding> findings(
      OrderTicket ticket, Account account, Collection<Order> open, Predicate<Order> counts) {
    List<Finding> findings = new ArrayList<>();
    for (Leg leg : ticket.legs()) {
      if (prices.quote(leg.symbol()).isEmpty()) {
        reject(findings, "Symbol_Sys_0001", "The symbol entered is not available for trading.");
        return findings;
      }
    }
    decimals(ticket, findings);
    for (Leg leg : ticket.legs()) {
      position(ticket, leg, account, open, counts, findings);
      permission(ticket, leg, account, findings);
    }
    if (!ticket.spread()) {
      Prices.Quote quote = prices.quote(ticket.symbol()).orElseThrow();
      stopSide(ticket, quote, findings);
      distance(ticket, quote, findings);
    }
    money(ticket, account, open, counts, findings);
    return findings;
  }

  private static void reject(List<Finding> findings, String rule, String text) {
    findings.add(new Finding(rule, text, true));
  }

  private static void warn(List<Finding> findings, String rule, String text) {
    findings.add(new Finding(rule, text, false));
  }

  private void decimals(OrderTicket ticket, List<Finding> findings) {
    if (ticket.legs().getFirst().option()) {
      for (BigDecimal price : new BigDecimal[] {ticket.price(), ticket.stopPrice()}) {
        if (price != null
            && (ticket.spread()
                ? price.remainder(CENT).signum() != 0
                : !prices.isOnIncrement(ticket.symbol(), price))) {
          reject(
              findings,
              "Order_Sys_0003",
              "The price is not a multiple of the increment in which the option trades.");
        }
      }
      return;
    }
    for (BigDecimal price : new BigDecimal[] {ticket.price(), ticket.stopPrice()}) {
      if (tooFine(price)) {
        reject(
            findings,
            "Order_Sys_0001",
            "Prices of 1.00 or more can have no more than two decimals, lower ones four.");
      }
    }
  }

  private static boolean tooFine(@Nullable BigDecimal price) {
    return price != null
        && price.stripTrailingZeros().scale() > (price.compareTo(BigDecimal.ONE) >= 0 ? 2 : 4);
  }

  private void position(
      OrderTicket ticket,
      Leg leg,
      Account account,
      Collection<Order> open,
      Predicate<Order> counts,
      List<Finding> findings) {
    long held = account.quantity(leg.symbol());
    // Resting stops on the same shares have been accepted side by side.
    long committed = ticket.type().waits() ? 0 : committed(leg, open, counts);
    boolean over =
        switch (leg.instruction()) {
          case SELL, SELL_TO_CLOSE -> leg.quantity() > held - committed;
          case BUY_TO_COVER, BUY_TO_CLOSE -> leg.quantity() > -held - committed;
          case SELL_SHORT, SELL_TO_OPEN -> held > 0;
          case BUY, BUY_TO_OPEN -> held < 0;
        };
    if (over) {
      reject(
          findings,
          "Position_Sys_0001",
          "This order may result in an oversold/overbought position in your account.");
    }
  }

  private static long committed(Leg leg, Collection<Order> open, Predicate<Order> counts) {
    long committed = 0;
    for (Order order : open) {
      if (order.accepted()
          && !order.wrapper()
          && counts.test(order)
          && !order.ticket().type().waits()) {
        for (Leg other : order.ticket().legs()) {
          if (other.symbol().equals(leg.symbol()) && other.instruction() == leg.instruction()) {
            committed += order.ticket().units(other, order.open());
          }
        }
      }
    }
    return committed;
  }

  private void permission(OrderTicket ticket, Leg leg, Account account, List<Finding> findings) {
    if (leg.instruction() == Instruction.SELL_SHORT && !rules.margin()) {
      reject(findings, "Account_Sys_0006", "Short sales are not permitted in a cash account.");
    }
    if (!leg.option()) {
      return;
    }
    int needed =
        switch (leg.instruction()) {
          case BUY_TO_OPEN -> ticket.spread() ? AccountRules.SPREADS : AccountRules.LONG_OPTIONS;
          case SELL_TO_OPEN -> {
            OptionSymbol option = Options.of(leg.symbol()).orElseThrow();
            yield ticket.spread()
                ? AccountRules.SPREADS
                : !Options.isCall(option) || Funds.isCovered(account, leg.symbol(), leg.quantity())
                    ? AccountRules.COVERED
                    : AccountRules.UNCOVERED;
          }
          default -> AccountRules.NO_OPTIONS;
        };
    if (needed > rules.optionLevel()) {
      reject(
          findings,
          "Account_Sys_0007",
          "Your option approval level does not permit this order; it needs level " + needed + ".");
    }
  }

  private void stopSide(OrderTicket ticket, Prices.Quote quote, List<Finding> findings) {
    BigDecimal stop = ticket.stopPrice();
    BigDecimal last = quote.last();
    if (stop != null && last != null && hours.trades(ticket.session())) {
      int side = stop.compareTo(last);
      if (ticket.instruction().buys() ? side <= 0 : side >= 0) {
        reject(
            findings,
            "Order_Sys_0002",
            "Buy stop prices must be above, sell stop prices below the market.");
      }
    }
  }

  /** A limit that gives far more than the market asks is taken for a slip of the finger. */
  private static void distance(OrderTicket ticket, Prices.Quote quote, List<Finding> findings) {
    BigDecimal limit = ticket.price();
    boolean buys = ticket.instruction().buys();
    BigDecimal market = quote.opposite(buys);
    if (limit == null || market == null) {
      return;
    }
    BigDecimal bound = market.multiply(buys ? FAR_ABOVE : FAR_BELOW);
    if (buys ? limit.compareTo(bound) > 0 : limit.compareTo(bound) < 0) {
      reject(
          findings, "Order_Sys_0004", "The limit price is too far from the current market price.");
    } else if (buys ? limit.compareTo(market) > 0 : limit.compareTo(market) < 0) {
      warn(
          findings,
          "Order_Warn_0001",
          "The limit price is beyond the current quote; the order may be executed at once.");
    }
  }

  private void money(
      OrderTicket ticket,
      Account account,
      Collection<Order> open,
      Predicate<Order> counts,
      List<Finding> findings) {
    BigDecimal required = funds.required(account, ticket, ticket.quantity());
    if (required.signum() > 0 && required.compareTo(funds.buyingPower(account, open, counts)) > 0) {
      reject(
          findings,
          "Account_Sys_0005",
          "You do not have enough available cash/buying power for this order.");
    }
  }

  /** All texts, joined by a bar as Schwab does; empty when there is nothing to say. */
  static Optional<String> text(List<Finding> findings) {
    return findings.isEmpty()
        ? Optional.empty()
        : Optional.of(String.join("|", findings.stream().map(Finding::text).toList()));
  }
}
