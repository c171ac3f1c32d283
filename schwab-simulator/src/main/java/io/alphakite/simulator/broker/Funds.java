package io.alphakite.simulator.broker;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.simulator.broker.OrderTicket.Instruction;
import io.alphakite.simulator.broker.OrderTicket.Leg;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an order may cost and what the account has left for it. Without a margin loan: buying power
 * is cash, less what open orders may still take and what stands behind short positions. Use under
 * the market's lock.
 */
final class Funds {
  private static final BigDecimal SHARES = BigDecimal.valueOf(100);
  private static final BigDecimal UNCOVERED = new BigDecimal("0.20");

  private final Prices prices;

  Funds(Prices prices) {
    this.prices = prices;
  }

  /**
   * What is left to trade with.
   *
   * @param counts which open orders count
   */
  BigDecimal buyingPower(Account account, Collection<Order> open, Predicate<Order> counts) {
    // Of orders that cancel each other only the dearest can come to be.
    Set<Long> wrappers = new HashSet<>();
    open.stream().filter(Order::wrapper).forEach(wrapper -> wrappers.add(wrapper.id()));
    Map<Long, BigDecimal> reserved = new HashMap<>();
    for (Order order : open) {
      if (order.accepted() && !order.wrapper() && counts.test(order)) {
        Long parent = order.parent();
        reserved.merge(
            parent != null && wrappers.contains(parent) ? parent : order.id(),
            required(account, order.ticket(), order.open()),
            BigDecimal::max);
      }
    }
    BigDecimal power = account.cash();
    for (BigDecimal each : reserved.values()) {
      power = power.subtract(each);
    }
    return power.subtract(behindShorts(account));
  }

  /** What so many units of an order would take from buying power. */
  BigDecimal required(Account account, OrderTicket ticket, long quantity) {
    if (ticket.spread()) {
      return spread(ticket).multiply(SHARES).multiply(BigDecimal.valueOf(quantity));
    }
    Leg leg = ticket.legs().getFirst();
    BigDecimal each = estimate(ticket, leg);
    BigDecimal units = BigDecimal.valueOf(quantity);
    return switch (leg.instruction()) {
      case BUY, SELL_SHORT -> each.multiply(units);
      case BUY_TO_OPEN -> each.multiply(SHARES).multiply(units);
      case SELL_TO_OPEN ->
          isCovered(account, leg.symbol(), quantity)
              ? BigDecimal.ZERO
              : uncovered(leg.symbol())
                  .subtract(each)
                  .max(BigDecimal.ZERO)
                  .multiply(SHARES)
                  .multiply(units);
      default -> BigDecimal.ZERO;
    };
  }

  /** What is expected to be paid or got per share. */
  BigDecimal estimate(OrderTicket ticket, Leg leg) {
    if (ticket.price() != null && !ticket.spread()) {
      return ticket.price();
    }
    if (ticket.stopPrice() != null) {
      return ticket.stopPrice();
    }
    return prices
        .quote(leg.symbol())
        .map(quote -> orZero(quote.opposite(leg.instruction().buys())))
        .orElse(BigDecimal.ZERO);
  }

  /** The net price per share that the market would take now; negative = it pays. */
  @Nullable BigDecimal natural(OrderTicket ticket) {
    BigDecimal net = BigDecimal.ZERO;
    for (Leg leg : ticket.legs()) {
      boolean buys = leg.instruction().buys();
      BigDecimal price = prices.quote(leg.symbol()).map(q -> buys ? q.ask() : q.bid()).orElse(null);
      if (price == null) {
        return null;
      }
      BigDecimal ratio = BigDecimal.valueOf(ticket.units(leg, 1));
      net = net.add((buys ? price : price.negate()).multiply(ratio));
    }
    return net;
  }

  private BigDecimal spread(OrderTicket ticket) {
    BigDecimal natural = natural(ticket);
    BigDecimal price = ticket.price();
    BigDecimal debit =
        price == null
            ? natural == null ? BigDecimal.ZERO : natural
            : ticket.type() == OrderTicket.Type.NET_CREDIT ? price.negate() : price;
    BigDecimal risk =
        ticket.legs().stream().anyMatch(leg -> leg.instruction() == Instruction.SELL_TO_OPEN)
            ? width(ticket)
            : BigDecimal.ZERO;
    return debit.add(risk).max(BigDecimal.ZERO);
  }

  /** The most that a spread's short legs can owe beyond its long ones, per share. */
  private BigDecimal width(OrderTicket ticket) {
    Map<String, Long> legs = new HashMap<>();
    for (Leg leg : ticket.legs()) {
      long ratio = ticket.units(leg, 1);
      legs.put(leg.symbol(), leg.instruction().buys() ? ratio : -ratio);
    }
    return owed(legs);
  }

  private BigDecimal behindShorts(Account account) {
    BigDecimal behind = BigDecimal.ZERO;
    Map<String, Long> options = new HashMap<>();
    for (Map.Entry<String, Account.Holding> position : account.positions().entrySet()) {
      long quantity = position.getValue().quantity();
      if (Account.multiplier(position.getKey()) > 1) {
        options.put(position.getKey(), quantity);
      } else if (quantity < 0) {
        // The proceeds are in the cash; they and as much again stand behind the short.
        behind =
            behind.add(position.getValue().average().multiply(BigDecimal.valueOf(-2 * quantity)));
      }
    }
    Map<String, Long> shares = new HashMap<>();
    account.positions().forEach((symbol, holding) -> shares.put(symbol, holding.quantity()));
    options.replaceAll((symbol, quantity) -> afterCover(symbol, quantity, shares));
    return behind.add(owed(options).multiply(SHARES));
  }

  /** Short calls that shares stand behind owe nothing. */
  private static long afterCover(String symbol, long quantity, Map<String, Long> shares) {
    OptionSymbol option = Options.of(symbol).orElseThrow();
    if (quantity >= 0 || !Options.isCall(option)) {
      return quantity;
    }
    long held = Math.max(0, shares.getOrDefault(option.root(), 0L)) / 100;
    long covered = Math.min(held, -quantity);
    shares.merge(option.root(), -covered * 100, Long::sum);
    return quantity + covered;
  }

  /** Per share: short options against the long ones of their kind, the rest uncovered. */
  private BigDecimal owed(Map<String, Long> options) {
    Map<String, Long> longs = new HashMap<>();
    options.forEach((symbol, quantity) -> longs.put(symbol, Math.max(0, quantity)));
    BigDecimal owed = BigDecimal.ZERO;
    for (Map.Entry<String, Long> each : options.entrySet()) {
      long left = -each.getValue();
      OptionSymbol sold = Options.of(each.getKey()).orElseThrow();
      for (String other : left <= 0 ? List.<String>of() : new ArrayList<>(longs.keySet())) {
        OptionSymbol bought = Options.of(other).orElseThrow();
        long matched = Math.min(left, longs.getOrDefault(other, 0L));
        if (matched > 0 && covers(bought, sold)) {
          BigDecimal gap =
              Options.isCall(sold)
                  ? Options.strike(bought).subtract(Options.strike(sold))
                  : Options.strike(sold).subtract(Options.strike(bought));
          owed = owed.add(gap.max(BigDecimal.ZERO).multiply(BigDecimal.valueOf(matched)));
          longs.merge(other, -matched, Long::sum);
          left -= matched;
        }
      }
      if (left > 0) {
        owed = owed.add(uncovered(each.getKey()).multiply(BigDecimal.valueOf(left)));
      }
    }
    return owed;
  }

  private static boolean covers(OptionSymbol bought, OptionSymbol sold) {
    return bought.root().equals(sold.root())
        && Options.isCall(bought) == Options.isCall(sold)
        && !bought.expiration().isBefore(sold.expiration());
  }

  /** A put is secured by its strike in cash; a bare call by a fifth of the shares' price. */
  private BigDecimal uncovered(String symbol) {
    OptionSymbol option = Options.of(symbol).orElseThrow();
    if (!Options.isCall(option)) {
      return Options.strike(option);
    }
    BigDecimal share =
        prices
            .quote(option.root())
            .map(quote -> orZero(quote.last()))
            .orElse(Options.strike(option));
    return share.multiply(UNCOVERED);
  }

  /** Whether shares held stand behind calls that are sold. */
  static boolean isCovered(Account account, String symbol, long quantity) {
    return Options.of(symbol)
        .filter(Options::isCall)
        .filter(option -> account.quantity(option.root()) >= quantity * 100)
        .isPresent();
  }

  private static BigDecimal orZero(@Nullable BigDecimal value) {
    return value == null ? BigDecimal.ZERO : value;
  }
}
