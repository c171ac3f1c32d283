package io.alphakite.engine.risk;

import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingState;
import io.alphakite.engine.risk.RiskDecision.Approved;
import io.alphakite.engine.risk.RiskDecision.Denied;
import io.alphakite.model.market.Price;
import io.alphakite.model.order.Bracket;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every check an order passes before it is sent, in one place and without a side effect.
 *
 * <p>It fails closed: what cannot be determined denies. An order that only makes a position smaller
 * skips the limits on notional, position, daily loss, tickers and orders per minute, and an old
 * quote blocks only its market form: the way out must not be shut by the rules for the way in.
 */
public final class RiskGate {

  /** From so many orders that wait for a person no new risk is taken in the whole account. */
  public static final int MAX_UNRESOLVED = 3;

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final int CENTS = 2;

  /** Beyond it nobody can tell how old a quote is, nor which of the broker's orders is ours. */
  private static final Duration CLOCK_SKEW_MAX = Duration.ofSeconds(2);

  private final RiskLimits limits;

  public RiskGate(RiskLimits limits) {
    this.limits = limits;
  }

  /** Decides about one order. */
  public RiskDecision check(
      OrderTerms order, Origin origin, Exposure exposure, Market market, Controls controls) {
    if (origin == Origin.FLATTEN) {
      // A person ordered the account flat: only that it really makes the position smaller counts.
      return reduces(order, exposure) ? new Approved(true) : oversold(order, exposure);
    }
    boolean reducing = reduces(order, exposure);
    Denied denied = switches(origin, reducing, market, controls);
    if (denied == null && !reducing) {
      denied = doubts(order, exposure);
    }
    if (denied == null
        && origin == Origin.STRATEGY
        && exposure.equalByStrategy() > 0
        && !reducing) {
      denied = new Denied("duplicate_order", "the strategy sent an equal order less than 10 s ago");
    }
    if (denied == null) {
      denied = shape(order, exposure, reducing);
    }
    if (denied == null && !reducing) {
      denied = standing(order, exposure);
    }
    if (denied == null) {
      denied = prices(order, market, reducing);
    }
    if (denied == null && !reducing) {
      denied = money(order, exposure, market);
    }
    return denied == null ? new Approved(reducing) : denied;
  }

  /**
   * What {@link #check} made its decision on: each check in its order, with its figure and its
   * limit.
   */
  public Map<String, Object> report(
      RiskDecision decision,
      OrderTerms order,
      Origin origin,
      Exposure exposure,
      Market market,
      Controls controls) {
    boolean reducing = reduces(order, exposure);
    RiskReport report = new RiskReport(decision, reducing);
    String reduces = order.side().isBuy() ? "overbought" : "oversold";
    if (origin == Origin.FLATTEN) {
      return report.check(reduces, order.quantity(), reducible(order, exposure)).facts();
    }
    Duration skew = market.clockSkew();
    String state = controls.state().wire();
    String armed = controls.mode().wire() + (controls.armed() ? ", armed" : ", not armed");
    report
        .check("halted", state, null)
        .check("market_closed", market.regularHours() ? "regular hours" : "off hours", null)
        .ofNewRisk("data_gap", market.gap() ? "a gap" : "none", null)
        .ofNewRisk("reduce_only", state, null)
        .ofNewRisk("clock_skew", skew == null ? null : seconds(skew.abs()), seconds(CLOCK_SKEW_MAX))
        .ofNewRisk("not_armed", armed, null)
        .ofNewRisk("unknown_order", exposure.unknownInTicker(), 0)
        .ofNewRisk("unresolved_orders", exposure.unresolved(), MAX_UNRESOLVED - 1)
        .ofNewRisk("position_mismatch", exposure.disputed() ? "differs" : "equal", null);
    if (origin == Origin.STRATEGY) {
      report.ofNewRisk("duplicate_order", exposure.equalByStrategy(), 0);
    }
    report.check("max_order_quantity", order.quantity(), limits.maxOrderQuantity());
    if (!order.side().isOpening()) {
      report.check(reduces, order.quantity(), reducible(order, exposure));
    }
    if (order.side() == Side.SELL_SHORT) {
      report.check("long_position", exposure.position() + exposure.openBuys(), 0);
    }
    if (order.bracket() != null) {
      report.check("opposite_position", opposite(order, exposure), 0);
    }
    BigDecimal pnl = exposure.dayPnl();
    Set<String> allowed =
        limits.allowedTickers() == null ? exposure.streamedTickers() : limits.allowedTickers();
    Duration age = age(market);
    report
        .check("max_open_orders", exposure.openOrders(), limits.maxOpenOrders() - 1)
        .ofNewRisk("allowed_tickers", order.ticker(), new TreeSet<>(allowed))
        .ofNewRisk(
            "max_daily_loss",
            pnl == null ? null : money(pnl.negate()),
            money(limits.maxDailyLoss()))
        .ofNewRisk(
            "max_orders_per_minute", exposure.ordersLastMinute(), limits.maxOrdersPerMinute() - 1)
        .check("feed_stale", market.distrust() == null ? "trusted" : market.distrust(), null)
        .check(
            "max_quote_age_seconds",
            age == null ? null : seconds(age),
            seconds(limits.maxQuoteAge()))
        .check("crossed_market", market.bid() + " x " + market.ask(), null)
        .check(
            "price_collar_percent",
            order.limitPrice() == null ? "no limit price" : order.limitPrice(),
            limits.priceCollarPercent().toPlainString() + "% from " + reference(order, market));
    if (order.bracket() != null) {
      String exits = order.bracket().takeProfit() + " and " + order.bracket().stopLoss();
      report.check("exit_price", exits, market.bid() + " x " + market.ask());
    }
    BigDecimal price = worstPrice(order, market);
    BigDecimal unit = price == null ? null : price.multiply(BigDecimal.valueOf(order.multiplier()));
    BigDecimal power = exposure.buyingPower();
    return report
        .ofNewRisk(
            "max_order_notional",
            unit == null ? null : money(unit.multiply(BigDecimal.valueOf(order.quantity()))),
            money(limits.maxOrderNotional()))
        .ofNewRisk(
            "max_position_notional",
            unit == null ? null : money(unit.multiply(worstPosition(order, exposure))),
            money(limits.maxPositionNotional()))
        .ofNewRisk(
            "buying_power",
            unit == null ? null : money(unit.multiply(BigDecimal.valueOf(order.quantity()))),
            power == null ? null : money(power.subtract(exposure.reserved())))
        .facts();
  }

  /**
   * The last look before the first byte: what may have changed since the order was approved.
   *
   * @param reducing as it was approved
   */
  public RiskDecision recheck(
      OrderTerms order, Origin origin, boolean reducing, Market market, Controls controls) {
    if (origin == Origin.FLATTEN) {
      return new Approved(true);
    }
    Denied denied = switches(origin, reducing, market, controls);
    if (denied == null) {
      denied = prices(order, market, reducing);
    }
    return denied == null ? new Approved(reducing) : denied;
  }

  /**
   * Whether the order can only make the position smaller, even if every other open order on its
   * side fills first, but for one whose place it takes: no closing order could be changed else. One
   * with exits never can: they would close what it did not open.
   */
  public static boolean reduces(OrderTerms order, Exposure exposure) {
    if (order.side() == Side.SELL_SHORT
        || order.side() == Side.SELL_TO_OPEN
        || order.bracket() != null) {
      return false;
    }
    return order.quantity() <= reducible(order, exposure);
  }

  private static long reducible(OrderTerms order, Exposure exposure) {
    long held =
        order.side().isBuy()
            ? -exposure.position() - exposure.openBuys()
            : exposure.position() - exposure.openSells();
    return Math.max(0, held - exposure.exits() + exposure.replaced());
  }

  private @Nullable Denied switches(
      Origin origin, boolean reducing, Market market, Controls controls) {
    String why = controls.stateReason() == null ? "" : " (" + controls.stateReason() + ")";
    if (controls.state() == TradingState.HALTED) {
      return new Denied("halted", "trading is halted" + why);
    }
    if (origin == Origin.STRATEGY && !market.regularHours()) {
      return new Denied("market_closed", "the strategy trades in regular hours only");
    }
    if (origin == Origin.STRATEGY && market.gap() && !reducing) {
      return new Denied("data_gap", "the ticker's stream has a gap that is not repaired yet");
    }
    if (controls.state() == TradingState.REDUCE_ONLY && !reducing) {
      return new Denied("reduce_only", "only orders that reduce a position are taken" + why);
    }
    Duration skew = market.clockSkew();
    if (skew != null && skew.abs().compareTo(CLOCK_SKEW_MAX) >= 0 && !reducing) {
      return new Denied(
          "clock_skew",
          "this machine's clock is "
              + seconds(skew.abs())
              + " s off the broker's, the limit is "
              + seconds(CLOCK_SKEW_MAX)
              + " s");
    }
    if (controls.mode() == TradingMode.LIVE && !controls.armed() && !reducing) {
      return new Denied("not_armed", "live trading is not armed");
    }
    return null;
  }

  private @Nullable Denied shape(OrderTerms order, Exposure exposure, boolean reducing) {
    if (order.quantity() > limits.maxOrderQuantity()) {
      return new Denied(
          "max_order_quantity", order.quantity() + " is over " + limits.maxOrderQuantity());
    }
    if (!order.side().isOpening() && !reducing) {
      return oversold(order, exposure);
    }
    if (order.side() == Side.SELL_SHORT && exposure.position() + exposure.openBuys() > 0) {
      return new Denied(
          "long_position",
          "cannot sell short while "
              + (exposure.position() + exposure.openBuys())
              + " are held or being bought; sell them first");
    }
    if (order.bracket() != null && opposite(order, exposure) > 0) {
      return new Denied(
          "opposite_position",
          "an entry with exits cannot open where "
              + opposite(order, exposure)
              + (order.side().isBuy()
                  ? " are short or being sold; buy them back first"
                  : " are held or being bought; sell them first"));
    }
    if (exposure.openOrders() >= limits.maxOpenOrders()) {
      return new Denied(
          "max_open_orders",
          exposure.openOrders() + " orders are open, the limit is " + limits.maxOpenOrders());
    }
    return null;
  }

  /** What is held on the other side of the order, or would be if all that is open there fills. */
  private static long opposite(OrderTerms order, Exposure exposure) {
    long other =
        order.side().isBuy()
            ? exposure.openSells() - exposure.position()
            : exposure.openBuys() + exposure.position();
    return Math.max(0, other);
  }

  private static Denied oversold(OrderTerms order, Exposure exposure) {
    long free = reducible(order, exposure);
    return order.side().isBuy()
        ? new Denied(
            "overbought",
            "cannot buy back " + order.quantity() + " where " + free + " are short and free")
        : new Denied(
            "oversold",
            "cannot sell " + order.quantity() + " where " + free + " are held and free");
  }

  /** What is not known about the account stops every order that adds risk. */
  private static @Nullable Denied doubts(OrderTerms order, Exposure exposure) {
    if (exposure.unknownInTicker() > 0) {
      return new Denied(
          "unknown_order",
          exposure.unknownInTicker() + " order(s) in " + order.ticker() + " of unknown fate");
    }
    if (exposure.unresolved() >= MAX_UNRESOLVED) {
      return new Denied(
          "unresolved_orders", exposure.unresolved() + " orders wait for a person's decision");
    }
    if (exposure.disputed()) {
      return new Denied(
          "position_mismatch", "the broker holds another quantity of " + order.symbol());
    }
    return null;
  }

  private @Nullable Denied standing(OrderTerms order, Exposure exposure) {
    Set<String> allowed =
        limits.allowedTickers() == null ? exposure.streamedTickers() : limits.allowedTickers();
    String ticker = order.ticker().symbol();
    if (!allowed.contains(ticker)) {
      return new Denied("allowed_tickers", ticker + " is not one of " + new TreeSet<>(allowed));
    }
    if (exposure.dayPnl() == null) {
      return new Denied("max_daily_loss", "today's profit and loss is not known");
    }
    Denied lost = dayLoss(exposure.dayPnl());
    if (lost != null) {
      return lost;
    }
    if (exposure.ordersLastMinute() >= limits.maxOrdersPerMinute()) {
      return new Denied(
          "max_orders_per_minute",
          exposure.ordersLastMinute()
              + " orders in the last minute, the limit is "
              + limits.maxOrdersPerMinute());
    }
    return null;
  }

  /**
   * Whether the day's loss has reached its limit, orders or not; null when it has not.
   *
   * @param dayPnl realized and unrealized since the market date began
   */
  public @Nullable Denied dayLoss(BigDecimal dayPnl) {
    return dayPnl.negate().compareTo(limits.maxDailyLoss()) >= 0
        ? new Denied(
            "max_daily_loss",
            "today's loss "
                + money(dayPnl.negate())
                + " has reached "
                + money(limits.maxDailyLoss()))
        : null;
  }

  private @Nullable Denied prices(OrderTerms order, Market market, boolean reducing) {
    boolean marketForm = order.type() == OrderType.MARKET;
    Duration age = age(market);
    // Off hours every quote is old. The strategy does not get here then, and a person's order waits
    // at the broker for the next open.
    boolean fresh =
        age != null && (age.compareTo(limits.maxQuoteAge()) <= 0 || !market.regularHours());
    String distrust = market.regularHours() ? market.distrust() : null;
    if (distrust != null && (marketForm || !reducing)) {
      return new Denied("feed_stale", "the prices cannot be trusted: " + distrust);
    }
    if (!fresh && (marketForm || !reducing)) {
      return age == null
          ? new Denied("max_quote_age_seconds", "no quote of " + order.symbol() + " is known")
          : new Denied(
              "max_quote_age_seconds",
              "the quote is "
                  + seconds(age)
                  + " s old, the limit is "
                  + seconds(limits.maxQuoteAge())
                  + " s");
    }
    if (!fresh || distrust != null) {
      return null;
    }
    Price bid = market.bid();
    Price ask = market.ask();
    if (bid != null && ask != null && bid.compareTo(ask) > 0 && (marketForm || !reducing)) {
      return new Denied("crossed_market", "bid " + bid + " is above ask " + ask);
    }
    Denied denied = collar(order, market, reducing);
    return denied == null ? exits(order, market) : denied;
  }

  /**
   * An exit that would trade as soon as the entry has. Only where the entry fills at the quote can
   * that be told; its own prices were compared when it was asked for.
   */
  private static @Nullable Denied exits(OrderTerms order, Market market) {
    Bracket bracket = order.bracket();
    if (bracket == null || !fillsAtOnce(order, market)) {
      return null;
    }
    Price bid = known(market.bid());
    Price ask = known(market.ask());
    if (bid == null || ask == null) {
      return new Denied("exit_price", "no " + (bid == null ? "bid" : "ask") + " is known");
    }
    boolean up = order.side().isBuy();
    Price profit = bracket.takeProfit();
    Price loss = bracket.stopLoss();
    if (profit != null && (up ? profit.compareTo(ask) <= 0 : profit.compareTo(bid) >= 0)) {
      return exit("take_profit " + profit, up ? "above the ask " + ask : "below the bid " + bid);
    }
    if (loss != null && (up ? loss.compareTo(bid) >= 0 : loss.compareTo(ask) <= 0)) {
      return exit("stop_loss " + loss, up ? "below the bid " + bid : "above the ask " + ask);
    }
    return null;
  }

  private static Denied exit(String exit, String where) {
    return new Denied("exit_price", exit + " is not " + where + ": it would trade at once");
  }

  /** Whether the market is at the entry's own prices already; where nobody can tell, too. */
  private static boolean fillsAtOnce(OrderTerms order, Market market) {
    Price quote = quote(order, market);
    if (quote == null) {
      return true;
    }
    int up = order.side().isBuy() ? 1 : -1;
    Price limit = order.limitPrice();
    Price stop = order.stopPrice();
    return (limit == null || up * limit.compareTo(quote) >= 0)
        && (stop == null || up * stop.compareTo(quote) <= 0);
  }

  private @Nullable Denied collar(OrderTerms order, Market market, boolean reducing) {
    Price limit = order.limitPrice();
    if (limit == null) {
      return null;
    }
    Price reference = reference(order, market);
    if (reference == null) {
      return reducing
          ? null
          : new Denied(
              "price_collar_percent", "no " + (order.side().isBuy() ? "ask" : "bid") + " is known");
    }
    BigDecimal away =
        limit
            .toBigDecimal()
            .subtract(reference.toBigDecimal())
            .abs()
            .multiply(HUNDRED)
            .divide(reference.toBigDecimal(), CENTS, RoundingMode.UP);
    if (away.compareTo(limits.priceCollarPercent()) > 0) {
      return new Denied(
          "price_collar_percent",
          limit
              + " is "
              + away.toPlainString()
              + "% from "
              + reference
              + ", the limit is "
              + limits.priceCollarPercent().toPlainString()
              + "%");
    }
    return null;
  }

  /**
   * What a limit price is judged by; a stop-limit's by its own stop: the quote is not there yet.
   */
  private static @Nullable Price reference(OrderTerms order, Market market) {
    return order.type() == OrderType.STOP_LIMIT ? order.stopPrice() : quote(order, market);
  }

  /** The side of the quote that the order meets; a price of nothing is none. */
  private static @Nullable Price quote(OrderTerms order, Market market) {
    return known(order.side().isBuy() ? market.ask() : market.bid());
  }

  private static @Nullable Price known(@Nullable Price quote) {
    return quote == null || quote.toBigDecimal().signum() <= 0 ? null : quote;
  }

  /** The largest position that the order can lead to, or the order where that is larger. */
  private static BigDecimal worstPosition(OrderTerms order, Exposure exposure) {
    long worst =
        order.side().isBuy()
            ? exposure.position() + exposure.openBuys() + order.quantity()
            : -exposure.position() + exposure.openSells() + order.quantity();
    return BigDecimal.valueOf(Math.max(worst, order.quantity()));
  }

  private @Nullable Denied money(OrderTerms order, Exposure exposure, Market market) {
    BigDecimal price = worstPrice(order, market);
    if (price == null) {
      return new Denied(
          "max_order_notional",
          "no " + (order.side().isBuy() ? "ask" : "bid") + " of " + order.symbol() + " is known");
    }
    BigDecimal unit = price.multiply(BigDecimal.valueOf(order.multiplier()));
    BigDecimal notional = unit.multiply(BigDecimal.valueOf(order.quantity()));
    if (notional.compareTo(limits.maxOrderNotional()) > 0) {
      return new Denied(
          "max_order_notional",
          order.quantity()
              + " x "
              + money(unit)
              + " = "
              + money(notional)
              + " is over "
              + money(limits.maxOrderNotional()));
    }
    BigDecimal worst = worstPosition(order, exposure);
    BigDecimal position = unit.multiply(worst);
    if (position.compareTo(limits.maxPositionNotional()) > 0) {
      return new Denied(
          "max_position_notional",
          worst.toPlainString()
              + " x "
              + money(unit)
              + " = "
              + money(position)
              + " is over "
              + money(limits.maxPositionNotional()));
    }
    if (exposure.buyingPower() == null) {
      return new Denied("buying_power", "the account's buying power is not known");
    }
    BigDecimal free = exposure.buyingPower().subtract(exposure.reserved());
    if (notional.compareTo(free) > 0) {
      return new Denied("buying_power", money(notional) + " is over " + money(free));
    }
    return null;
  }

  /** The most a unit may cost, or the least it may be sold short for; null when nobody can tell. */
  private static @Nullable BigDecimal worstPrice(OrderTerms order, Market market) {
    Price quote = quote(order, market);
    Price price =
        switch (order.type()) {
          case LIMIT, STOP_LIMIT -> order.limitPrice();
          case MARKET -> quote;
          case STOP -> higher(order.stopPrice(), quote);
        };
    return price == null ? null : price.toBigDecimal();
  }

  private static @Nullable Price higher(@Nullable Price one, @Nullable Price other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static @Nullable Duration age(Market market) {
    Instant quoted = market.quoteTime();
    if (quoted == null) {
      return null;
    }
    Duration age = Duration.between(quoted, market.now());
    // The quote may be newer than the moment "now" was read.
    return age.isNegative() ? Duration.ZERO : age;
  }

  private static String money(BigDecimal amount) {
    BigDecimal shown = amount.stripTrailingZeros();
    return shown.setScale(Math.max(CENTS, shown.scale()), RoundingMode.UNNECESSARY).toPlainString();
  }

  private static String seconds(Duration duration) {
    return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
  }
}
