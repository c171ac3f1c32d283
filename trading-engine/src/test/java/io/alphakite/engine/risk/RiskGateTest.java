package io.alphakite.engine.risk;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingState;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.Bracket;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every limit on both sides of its edge, and what happens when something is not known. */
class RiskGateTest {

  private static final Ticker SPY = Ticker.of("SPY");
  private static final Instant NOW = Instant.parse("2013-10-08T15:00:00Z");

  private final Situation situation = new Situation();
  private RiskLimits limits = RiskLimits.defaults();

  @Test
  void letsAnOrdinaryOrderThrough() {
    assertThat(check(market(Side.BUY, 10))).isEqualTo("approved");
  }

  @ParameterizedTest
  @CsvSource({
    "100, approved",
    "101, max_order_quantity: 101 is over 100",
  })
  void limitsTheQuantity(long quantity, String expected) {
    assertThat(check(market(Side.BUY, quantity))).isEqualTo(expected);
  }

  @Test
  void saysTheNumbersOfAnOrderThatIsTooLarge() {
    situation.bid = Price.of("2599.90");
    situation.ask = Price.of("2600");
    assertThat(check(market(Side.BUY, 10)))
        .isEqualTo("max_order_notional: 10 x 2600.00 = 26000.00 is over 25000.00");
    assertThat(check(market(Side.BUY, 9))).isEqualTo("approved");
  }

  @Test
  void limitsThePositionWithEverythingThatMayStillBeBought() {
    situation.position = 150;
    situation.openBuys = 60;
    assertThat(check(limit(Side.BUY, 90, "166.66"))).isEqualTo("approved");
    assertThat(check(limit(Side.BUY, 91, "166.66")))
        .isEqualTo("max_position_notional: 301 x 166.66 = 50164.66 is over 50000.00");
  }

  @Test
  void limitsAShortPositionToo() {
    situation.position = -250;
    situation.openSells = 49;
    assertThat(check(limit(Side.SELL_SHORT, 1, "166.66"))).isEqualTo("approved");
    assertThat(check(limit(Side.SELL_SHORT, 2, "166.66"))).startsWith("max_position_notional");
  }

  @ParameterizedTest
  @CsvSource({"-499.99, approved", "-500, max_daily_loss", "10000, approved"})
  void stopsAfterADaysLoss(String pnl, String expected) {
    situation.dayPnl = new BigDecimal(pnl);
    assertThat(check(market(Side.BUY, 10))).startsWith(expected);
  }

  @ParameterizedTest
  @CsvSource({"9, approved", "10, max_open_orders"})
  void limitsOpenOrders(int open, String expected) {
    situation.openOrders = open;
    assertThat(check(market(Side.BUY, 10))).startsWith(expected);
  }

  @ParameterizedTest
  @CsvSource({"9, approved", "10, max_orders_per_minute"})
  void limitsOrdersPerMinute(int sent, String expected) {
    situation.ordersLastMinute = sent;
    assertThat(check(market(Side.BUY, 10))).startsWith(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "BUY, 175.78, approved",
    "BUY, 175.79, price_collar_percent",
    "BUY, 159.04, approved",
    "BUY, 159.02, price_collar_percent",
    "SELL_SHORT, 159.03, approved",
    "SELL_SHORT, 159.01, price_collar_percent",
  })
  void r46_keepsALimitPriceNearTheQuote(Side side, String price, String expected) {
    assertThat(check(limit(side, 10, price))).startsWith(expected);
  }

  @ParameterizedTest
  @CsvSource({"5000, approved", "5001, max_quote_age_seconds", "-1000, approved"})
  void r46_wantsAFreshQuote(long ageMillis, String expected) {
    situation.quoteTime = NOW.minusMillis(ageMillis);
    assertThat(check(market(Side.BUY, 10))).startsWith(expected);
    assertThat(check(limit(Side.BUY, 10, "167.00"))).startsWith(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "1999, approved",
    "-1999, approved",
    "2000, clock_skew: this machine's clock is 2 s off the broker's",
    "-3000, clock_skew",
    "3600000, clock_skew",
  })
  void r36_addsNoRiskWhereTheClockIsOffTheBrokers(long millis, String expected) {
    situation.skew = Duration.ofMillis(millis);
    assertThat(check(market(Side.BUY, 10))).startsWith(expected);
    assertThat(check(limit(Side.BUY, 10, "167.00"))).startsWith(expected);
    situation.position = 10;
    assertThat(check(market(Side.SELL, 10))).isEqualTo("approved");
  }

  @Test
  void tradesOnlyWhatIsStreamedUnlessToldOtherwise() {
    OrderTerms order = OrderTerms.market(Ticker.of("QQQ"), Side.BUY, 1);
    assertThat(check(order)).isEqualTo("allowed_tickers: QQQ is not one of [IBM, SPY]");
    limits = withAllowed(Set.of("QQQ"));
    assertThat(check(order)).isEqualTo("approved");
    assertThat(check(market(Side.BUY, 1))).startsWith("allowed_tickers");
  }

  @Test
  void r46_refusesAMarketThatIsCrossed() {
    situation.bid = Price.of("167.42");
    assertThat(check(market(Side.BUY, 1))).startsWith("crossed_market");
  }

  @Test
  void r46_priceOfNothingIsNone() {
    situation.bid = Price.of("0");
    assertThat(check(limit(Side.SELL_SHORT, 1, "167.41"))).startsWith("price_collar_percent: no");
    assertThat(check(market(Side.SELL_SHORT, 1))).startsWith("max_order_notional: no bid");
    situation.position = 1;
    assertThat(check(limit(Side.SELL, 1, "167.41"))).isEqualTo("approved");
    situation.position = 0;
    situation.ask = Price.of("0");
    assertThat(check(limit(Side.BUY, 1, "167.41"))).startsWith("price_collar_percent: no");
    assertThat(check(market(Side.BUY, 1))).startsWith("max_order_notional: no ask");
  }

  @Test
  void r47_duplicateGuardLetsTheStrategyOut() {
    situation.equalByStrategy = 1;
    assertThat(check(market(Side.BUY, 1), Origin.STRATEGY)).startsWith("duplicate_order");
    assertThat(check(market(Side.BUY, 1))).isEqualTo("approved");
    situation.position = 1;
    assertThat(check(market(Side.SELL, 1), Origin.STRATEGY)).isEqualTo("approved");
  }

  @Test
  void refusesWhatTheAccountCannotPay() {
    situation.buyingPower = new BigDecimal("2000");
    situation.reserved = new BigDecimal("325.90");
    assertThat(check(market(Side.BUY, 10))).isEqualTo("approved");
    situation.reserved = new BigDecimal("325.91");
    assertThat(check(market(Side.BUY, 10))).isEqualTo("buying_power: 1674.10 is over 1674.09");
  }

  @ParameterizedTest
  @CsvSource({
    "10, 10, 0, approved",
    "10, 11, 0, oversold: cannot sell 11 where 10 are held and free",
    "10, 6, 4, approved",
    "10, 7, 4, oversold: cannot sell 7 where 6 are held and free",
    "0, 1, 0, oversold: cannot sell 1 where 0 are held and free",
  })
  void sellsNoMoreThanIsHeldAndFree(long held, long quantity, long openSells, String expected) {
    situation.position = held;
    situation.openSells = openSells;
    assertThat(check(market(Side.SELL, quantity))).isEqualTo(expected);
  }

  @Test
  void sellsShortOnlyWhenSaidSo() {
    assertThat(check(market(Side.SELL_SHORT, 1))).isEqualTo("approved");
    situation.position = 5;
    assertThat(check(market(Side.SELL_SHORT, 1))).startsWith("long_position");
    assertThat(check(market(Side.BUY_TO_COVER, 1))).startsWith("overbought");
    situation.position = -5;
    assertThat(check(market(Side.BUY_TO_COVER, 5))).isEqualTo("approved");
    assertThat(check(market(Side.BUY_TO_COVER, 6))).startsWith("overbought");
  }

  @Test
  void wayOutIsNotShutByTheRulesForTheWayIn() {
    situation.position = 100;
    situation.bid = Price.of("2599.90");
    situation.ask = Price.of("2600");
    situation.dayPnl = null;
    situation.buyingPower = null;
    situation.ordersLastMinute = 1000;
    situation.streamed = Set.of();
    situation.unknownInTicker = 1;
    situation.disputed = true;
    situation.state = TradingState.REDUCE_ONLY;
    situation.mode = TradingMode.LIVE;
    situation.armed = false;
    assertThat(check(market(Side.SELL, 100))).isEqualTo("approved");
    assertThat(check(market(Side.SELL_SHORT, 1))).startsWith("reduce_only");
  }

  @Test
  void r27_newQuoteOfAMuteFeedIsWorthNothing() {
    situation.distrust = "the feed is mute";
    assertThat(check(limit(Side.BUY, 10, "167.41"))).startsWith("feed_stale");
    assertThat(recheck(market(Side.BUY, 1))).startsWith("feed_stale");
    situation.position = 100;
    assertThat(check(market(Side.SELL, 10))).startsWith("feed_stale");
    assertThat(check(limit(Side.SELL, 10, "10.00"))).isEqualTo("approved");
    situation.regularHours = false;
    assertThat(check(limit(Side.BUY, 10, "167.41"))).isEqualTo("approved");
  }

  @Test
  void oldQuoteShutsOnlyTheMarketFormOfAWayOut() {
    situation.position = 100;
    situation.quoteTime = NOW.minusSeconds(60);
    assertThat(check(market(Side.SELL, 10))).startsWith("max_quote_age_seconds");
    assertThat(check(limit(Side.SELL, 10, "100.00"))).isEqualTo("approved");
    situation.quoteTime = null;
    assertThat(check(limit(Side.SELL, 10, "100.00"))).isEqualTo("approved");
  }

  @Test
  void haltStopsEverythingButClosingAtAPersonsOrder() {
    situation.state = TradingState.HALTED;
    situation.position = 10;
    assertThat(check(market(Side.BUY, 1))).startsWith("halted");
    assertThat(check(market(Side.SELL, 1))).startsWith("halted");
    assertThat(check(market(Side.SELL, 10), Origin.FLATTEN)).isEqualTo("approved");
    assertThat(check(market(Side.SELL, 11), Origin.FLATTEN)).startsWith("oversold");
  }

  @Test
  void liveTradingWantsToBeArmed() {
    situation.mode = TradingMode.LIVE;
    situation.armed = false;
    assertThat(check(market(Side.BUY, 1))).startsWith("not_armed");
    situation.armed = true;
    assertThat(check(market(Side.BUY, 1))).isEqualTo("approved");
  }

  @Test
  void offHoursIsForPeopleOnly() {
    situation.regularHours = false;
    situation.quoteTime = NOW.minus(Duration.ofHours(12));
    assertThat(check(market(Side.BUY, 1), Origin.STRATEGY)).startsWith("market_closed");
    assertThat(check(market(Side.BUY, 1), Origin.PERSON)).isEqualTo("approved");
  }

  @Test
  void r34_openGapKeepsTheStrategyFromTakingRisk() {
    situation.gap = true;
    assertThat(check(market(Side.BUY, 1), Origin.STRATEGY)).startsWith("data_gap");
    assertThat(check(market(Side.BUY, 1), Origin.PERSON)).isEqualTo("approved");
    situation.position = 1;
    assertThat(check(market(Side.SELL, 1), Origin.STRATEGY)).isEqualTo("approved");
  }

  @Test
  void orderOfUnknownFateBlocksItsTicker() {
    situation.unknownInTicker = 1;
    assertThat(check(market(Side.BUY, 1))).startsWith("unknown_order");
  }

  @Test
  void threeUnresolvedOrdersBlockTheAccount() {
    situation.unresolved = 3;
    assertThat(check(market(Side.BUY, 1))).startsWith("unresolved_orders");
  }

  @Test
  void differenceToTheBrokerBlocks() {
    situation.disputed = true;
    assertThat(check(market(Side.BUY, 1))).startsWith("position_mismatch");
  }

  @ParameterizedTest
  @CsvSource({
    "quote_time, max_quote_age_seconds",
    "ask, max_order_notional",
    "day_pnl, max_daily_loss",
    "buying_power, buying_power",
    "streamed, allowed_tickers",
  })
  void deniesWhatItCannotDetermine(String missing, String rule) {
    switch (missing) {
      case "quote_time" -> situation.quoteTime = null;
      case "ask" -> situation.ask = null;
      case "day_pnl" -> situation.dayPnl = null;
      case "buying_power" -> situation.buyingPower = null;
      case "streamed" -> situation.streamed = Set.of();
      default -> throw new IllegalArgumentException(missing);
    }
    assertThat(check(market(Side.BUY, 1))).startsWith(rule + ":");
  }

  @Test
  void limitOrderWithoutTheSideItIsMeasuredByIsDenied() {
    situation.ask = null;
    assertThat(check(limit(Side.BUY, 1, "167.00"))).startsWith("price_collar_percent");
  }

  @Test
  void lastLookSeesAHaltAndAnOldQuote() {
    OrderTerms order = market(Side.BUY, 1);
    assertThat(recheck(order)).isEqualTo("approved");
    situation.quoteTime = NOW.minusSeconds(6);
    assertThat(recheck(order)).startsWith("max_quote_age_seconds");
    situation.state = TradingState.HALTED;
    assertThat(recheck(order)).startsWith("halted");
  }

  @ParameterizedTest
  @CsvSource({
    "BUY, , , 167.42, 167.38, approved",
    "BUY, , , 167.41, 167.38, exit_price: take_profit 167.41 is not above the ask 167.41",
    "BUY, , , 167.42, 167.39, exit_price: stop_loss 167.39 is not below the bid 167.39",
    "SELL_SHORT, , , 167.38, 167.42, approved",
    "SELL_SHORT, , , 167.39, 167.42, exit_price: take_profit 167.39 is not below the bid 167.39",
    "SELL_SHORT, , , 167.38, 167.41, exit_price: stop_loss 167.41 is not above the ask 167.41",
    // It is bought at the ask, whatever its limit allows.
    "BUY, 169.00, , 170.00, 168.00, exit_price: stop_loss",
    "BUY, 167.41, , 170.00, 167.40, exit_price: stop_loss",
    "BUY, 166.00, , 167.00, 165.00, approved",
    // Its stop is where the market is not yet, or was before.
    "BUY, , 168.00, 170.00, 167.50, approved",
    "BUY, , 166.00, 167.00, 165.00, exit_price: take_profit",
    "SELL_SHORT, , 168.00, 167.50, 169.00, exit_price: take_profit",
    "BUY, 169.00, 168.00, 170.00, 167.50, approved",
  })
  void r18_exitsAreOnTheFarSidesOfTheQuote(
      Side side,
      @Nullable String limit,
      @Nullable String stop,
      String profit,
      String loss,
      String expected) {
    OrderType type =
        stop == null
            ? limit == null ? OrderType.MARKET : OrderType.LIMIT
            : limit == null ? OrderType.STOP : OrderType.STOP_LIMIT;
    OrderTerms order =
        OrderTerms.equity(
                SPY,
                side,
                10,
                type,
                limit == null ? null : Price.of(limit),
                stop == null ? null : Price.of(stop),
                TimeInForce.DAY)
            .with(new Bracket(Price.of(profit), Price.of(loss), null));
    assertThat(check(order)).startsWith(expected);
    // The last look before it is sent sees the same.
    assertThat(recheck(order)).startsWith(expected);
  }

  @Test
  void r18_exitsAreNotJudgedByAQuoteThatIsNotThere() {
    OrderTerms order = withExits(Side.BUY);
    situation.bid = null;
    assertThat(check(order)).isEqualTo("exit_price: no bid is known");
    situation.bid = Price.of("0");
    assertThat(check(order)).isEqualTo("exit_price: no bid is known");
  }

  @ParameterizedTest
  @CsvSource({
    "BUY, 10, 0, 0, approved",
    "BUY, -10, 0, 0, cannot open where 10 are short",
    "BUY, -1, 20, 0, cannot open where 1 are short",
    "BUY, 5, 0, 6, cannot open where 1 are short or being sold",
    "SELL_SHORT, 10, 0, 0, long_position",
    "SELL_SHORT, -10, 0, 0, approved",
    "SELL_SHORT, -10, 11, 0, long_position",
  })
  void r18_entryWithExitsClosesNothing(
      Side side, long position, long openBuys, long openSells, String expected) {
    situation.position = position;
    situation.openBuys = openBuys;
    situation.openSells = openSells;
    assertThat(check(withExits(side))).contains(expected);
    // It is new risk whatever is held.
    situation.mode = TradingMode.LIVE;
    assertThat(check(withExits(side))).startsWith("not_armed");
  }

  private static OrderTerms withExits(Side side) {
    Price high = Price.of("170.00");
    Price low = Price.of("165.00");
    return market(side, 10)
        .with(side.isBuy() ? new Bracket(high, low, null) : new Bracket(low, high, null));
  }

  private String check(OrderTerms order) {
    return check(order, Origin.PERSON);
  }

  private String check(OrderTerms order, Origin origin) {
    RiskGate gate = new RiskGate(limits);
    Exposure exposure = situation.exposure();
    Market market = situation.market();
    Controls controls = situation.controls();
    RiskDecision decision = gate.check(order, origin, exposure, market, controls);
    String report = gate.report(decision, order, origin, exposure, market, controls).toString();
    // Whatever says no is in its report, and once.
    String rule = decision instanceof RiskDecision.Denied denied ? denied.rule() : "approved";
    assertThat(report.split("result=denied", -1).length - 1)
        .as(report)
        .isEqualTo(rule.equals("approved") ? 0 : 1);
    assertThat(report)
        .contains(rule.equals("approved") ? rule : "{rule=" + rule + ", result=denied");
    return text(decision);
  }

  @Test
  void reportHasEachCheckWithItsFigureAndItsLimit() {
    situation.position = 3;
    RiskGate gate = new RiskGate(limits);
    OrderTerms order = limit(Side.BUY, 101, "166.66");
    RiskDecision decision =
        gate.check(
            order, Origin.PERSON, situation.exposure(), situation.market(), situation.controls());
    String report =
        gate.report(
                decision,
                order,
                Origin.PERSON,
                situation.exposure(),
                situation.market(),
                situation.controls())
            .toString();
    assertThat(report)
        .startsWith("{decision=denied, reducing=false, rule=max_order_quantity, checks=[")
        .contains(
            "{rule=halted, result=held, figure=active}",
            "{rule=max_order_quantity, result=denied, figure=101, limit=100}",
            "{rule=max_order_notional, result=not_made, figure=16832.66, limit=25000.00}",
            "{rule=max_position_notional, result=not_made, figure=17332.64, limit=50000.00}");
  }

  private String recheck(OrderTerms order) {
    return text(
        new RiskGate(limits)
            .recheck(order, Origin.PERSON, false, situation.market(), situation.controls()));
  }

  private static String text(RiskDecision decision) {
    return switch (decision) {
      case RiskDecision.Approved _ -> "approved";
      case RiskDecision.Denied denied -> denied.reason();
    };
  }

  private static OrderTerms market(Side side, long quantity) {
    return OrderTerms.market(SPY, side, quantity);
  }

  private static OrderTerms limit(Side side, long quantity, String price) {
    return OrderTerms.equity(
        SPY, side, quantity, OrderType.LIMIT, Price.of(price), null, TimeInForce.DAY);
  }

  private RiskLimits withAllowed(Set<String> tickers) {
    RiskLimits d = RiskLimits.defaults();
    return new RiskLimits(
        d.maxOrderQuantity(),
        d.maxOrderNotional(),
        d.maxPositionNotional(),
        d.maxDailyLoss(),
        d.maxOpenOrders(),
        d.maxOrdersPerMinute(),
        d.priceCollarPercent(),
        d.maxQuoteAge(),
        tickers);
  }

  /** An account at rest in an open market; a test changes what it is about. */
  private static final class Situation {
    long position;
    long openBuys;
    long openSells;
    long exits;
    long replaced;
    int openOrders;
    int ordersLastMinute;
    int equalByStrategy;
    int unknownInTicker;
    int unresolved;
    boolean disputed;
    BigDecimal reserved = BigDecimal.ZERO;
    @Nullable BigDecimal dayPnl = BigDecimal.ZERO;
    @Nullable BigDecimal buyingPower = BigDecimal.valueOf(100_000);
    Set<String> streamed = Set.of("SPY", "IBM");
    @Nullable Price bid = Price.of("167.39");
    @Nullable Price ask = Price.of("167.41");
    @Nullable Instant quoteTime = NOW.minusSeconds(1);
    boolean regularHours = true;
    @Nullable String distrust;
    boolean gap;
    @Nullable Duration skew;
    TradingMode mode = TradingMode.PAPER;
    boolean armed;
    TradingState state = TradingState.ACTIVE;

    Exposure exposure() {
      return new Exposure(
          position,
          openBuys,
          openSells,
          exits,
          replaced,
          openOrders,
          ordersLastMinute,
          equalByStrategy,
          unknownInTicker,
          unresolved,
          disputed,
          reserved,
          dayPnl,
          buyingPower,
          streamed);
    }

    Market market() {
      return new Market(bid, ask, quoteTime, NOW, regularHours, distrust, gap).skewed(skew);
    }

    Controls controls() {
      return new Controls(mode, armed, false, 1, state, null);
    }
  }
}
