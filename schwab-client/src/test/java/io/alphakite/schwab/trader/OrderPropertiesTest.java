package io.alphakite.schwab.trader;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.OptionType;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.AssetType;
import io.alphakite.model.order.Side;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Unknowns;
import io.alphakite.schwab.trader.OrderDuration.Immediate;
import io.alphakite.schwab.trader.OrderDuration.Resting;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Whatever can be said keeps Schwab's rules, and is the same after Schwab has said it back. */
class OrderPropertiesTest {

  private static final int ORDERS = 500;
  private static final int ORDERS_LONG = 50_000;
  private static final long SEED = Long.getLong("seed", 20_260_105L);

  private final RandomGenerator random = new Random(SEED);

  @Test
  void keepTheRulesAndComeBackEqual() {
    keepTheRulesAndComeBackEqual(ORDERS);
  }

  @Test
  @Tag("long")
  void keepTheRulesAndComeBackEqualByTheThousands() {
    keepTheRulesAndComeBackEqual(ORDERS_LONG);
  }

  private void keepTheRulesAndComeBackEqual(int orders) {
    for (int i = 0; i < orders; i++) {
      OrderRequest order = order();
      String body = OrderJson.write(order);
      assertThat(OrderRuleBook.brokenBy(JsonMapper.shared().readTree(body)))
          .as("seed %d, order %d: %s", SEED, i, body)
          .isEmpty();
      String shown = asSchwabShowsIt(body);
      BrokerOrder read = OrderJson.read(Json.parse(shown), new Unknowns());
      assertThat(read).isNotNull();
      assertThat(read.request()).as("seed %d, order %d: %s", SEED, i, shown).contains(order);
    }
  }

  /** The rule book can say no: each of these breaks the rule that is named. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LIMIT | NORMAL | DAY | \"price\":\"1.001\" | price has two decimals, a share's below a"
            + " dollar four",
        "LIMIT | NORMAL | DAY | \"stopPrice\":\"1.00\" | price where it belongs",
        "MARKET | NORMAL | DAY | \"price\":\"1.00\" | price where it belongs",
        "MARKET | AM | DAY | \"complexOrderStrategyType\":\"NONE\" | other sessions take limits"
            + " alone",
        "MARKET | NORMAL | GOOD_TILL_CANCEL | \"complexOrderStrategyType\":\"NONE\" | a market"
            + " order is for the day",
        "STOP | NORMAL | FILL_OR_KILL | \"stopPrice\":\"1.00\" | only a limit is filled at once or"
            + " not at all",
        "LIMIT | NORMAL | DAY | \"price\":\"1.00\",\"tag\":\"me\" | no key that only Schwab sets",
        "LIMIT | NORMAL | DAY | \"price\":\"1.00\",\"requestedDestination\":\"AUTO\" | no key that"
            + " only Schwab sets",
        "NET_DEBIT | NORMAL | DAY | \"price\":\"1.00\" | number of legs",
        "CABINET | NORMAL | DAY | \"complexOrderStrategyType\":\"NONE\" | order type"
      })
  void wouldBeCaughtBreakingARule(
      String type, String session, String duration, String more, String rule) {
    String body =
        """
        {"orderType":"%s","session":"%s","duration":"%s","orderStrategyType":"SINGLE",%s,
         "orderLegCollection":[{"instruction":"BUY","quantity":10,
           "instrument":{"symbol":"ABC","assetType":"EQUITY"}}]}\
        """
            .formatted(type, session, duration, more);
    assertThat(OrderRuleBook.brokenBy(JsonMapper.shared().readTree(body))).contains(rule);
  }

  private OrderRequest order() {
    return switch (random.nextInt(6)) {
      case 0 -> pair();
      case 1 -> Orders.firstTriggers(single(), random.nextBoolean() ? waiting() : pair());
      case 2 -> bracket();
      case 3 -> waiting();
      default -> single();
    };
  }

  private SingleOrder single() {
    return switch (random.nextInt(4)) {
      case 0 -> leg().market();
      case 1 -> limit(leg()).lasting(any(Immediate.values()));
      default -> waiting();
    };
  }

  private OneCancelsOther pair() {
    return Orders.oneCancelsOther(waiting(), waiting());
  }

  private OneCancelsOther.Child waiting() {
    OrderLeg leg = leg();
    Resting duration = any(Resting.values());
    return switch (random.nextInt(5)) {
      case 0 -> limit(leg).lasting(duration);
      case 1 -> leg.stop(price(leg)).lasting(duration);
      case 2 -> leg.stopLimit(price(leg), price(leg)).lasting(duration);
      case 3 -> leg.trailingStop(any(LinkBasis.values()), trail(leg)).lasting(duration);
      default -> vertical().lasting(duration);
    };
  }

  private LimitOrder limit(OrderLeg leg) {
    LimitOrder limit = leg.limit(price(leg));
    return leg.assetType() == AssetType.EQUITY ? limit.in(any(OrderSession.values())) : limit;
  }

  private OrderRequest bracket() {
    OrderLeg leg = leg();
    while (!leg.side().isOpening()) {
      leg = leg();
    }
    SingleLegOrder entry = random.nextBoolean() ? leg.market() : limit(leg);
    Price one = price(leg);
    Price two = price(leg);
    while (one.equals(two)) {
      two = price(leg);
    }
    boolean upward = leg.side().isBuy() == one.compareTo(two) > 0;
    Price profit = upward ? one : two;
    Price stop = upward ? two : one;
    Bracket.Profit exits = Orders.bracket(entry).takeProfit(profit, any(Resting.values()));
    return switch (random.nextInt(3)) {
      case 0 -> exits.stopLoss(stop);
      case 1 -> exits.stopLoss(stop, price(leg));
      default -> exits.trailingStopLoss(any(LinkBasis.values()), trail(leg));
    };
  }

  private VerticalOrder vertical() {
    OptionSymbol one = option();
    Price strike = strike();
    while (strike.equals(one.strike())) {
      strike = strike();
    }
    OptionSymbol two = new OptionSymbol(one.root(), one.expiration(), one.type(), strike);
    Vertical spread =
        random.nextBoolean()
            ? Orders.openVertical(one, two, quantity())
            : Orders.closeVertical(one, two, quantity());
    boolean lowerBought = one.strike().compareTo(two.strike()) < 0;
    Price price = new Price(random.nextLong(1, 5_000) * 100);
    return lowerBought == (one.type() == OptionType.CALL)
        ? spread.netDebit(price)
        : spread.netCredit(price);
  }

  private OrderLeg leg() {
    Side side = any(Side.values());
    return side.assetType() == AssetType.EQUITY
        ? new OrderLeg.Shares(
            side, any(Ticker.of("SPY"), Ticker.of("BRK/B"), Ticker.of("A")), quantity())
        : new OrderLeg.Contracts(side, option(), quantity());
  }

  private OptionSymbol option() {
    return new OptionSymbol(
        any("A", "SPXW", "BRKB", "QQQ1"),
        LocalDate.of(2026, 1, 1).plusDays(random.nextInt(700)),
        any(OptionType.values()),
        strike());
  }

  private Price strike() {
    return new Price(random.nextLong(1, 4_000) * 5_000);
  }

  private long quantity() {
    return random.nextBoolean() ? random.nextLong(1, 10) : random.nextLong(1, 1_000_000);
  }

  /** Whole cents, and below a dollar any step that a share has. */
  private Price price(OrderLeg leg) {
    return leg.assetType() == AssetType.EQUITY && random.nextInt(4) == 0
        ? new Price(random.nextLong(1, 10_000))
        : new Price(random.nextLong(1, 10_000_000) * 100);
  }

  private Trail trail(OrderLeg leg) {
    return random.nextBoolean()
        ? Trail.dollars(price(leg))
        : Trail.percent(BigDecimal.valueOf(random.nextLong(1, 10_000), 2));
  }

  @SafeVarargs
  private <T> T any(T... of) {
    return of[random.nextInt(of.length)];
  }

  /**
   * The body as it comes back: with what Schwab adds, prices as numbers, quantities with a fraction
   * of zero, funds as what they are, pairs turned round, and what is not set as null or zero.
   */
  private String asSchwabShowsIt(String body) {
    ObjectNode order = (ObjectNode) JsonMapper.shared().readTree(body);
    show(order, new AtomicLong(1_000_000_000_000L + random.nextInt(1_000)));
    return order.toString();
  }

  private void show(ObjectNode order, AtomicLong ids) {
    long id = ids.getAndIncrement();
    order.put("orderId", random.nextInt(8) == 0 ? Long.toString(id) : "");
    if (order.path("orderId").asString("").isEmpty()) {
      order.put("orderId", id);
    }
    order.put("status", "WORKING").put("accountNumber", 12_345_678).put("tag", "API_TOS:x");
    order.put("requestedDestination", "AUTO").put("destinationLinkName", "AutoRoute");
    order.put("enteredTime", "2026-01-05T14:31:07+0000");
    for (String price : List.of("price", "stopPrice")) {
      if (order.path(price).isString()) {
        order.put(price, order.path(price).asDecimal());
      } else if (random.nextInt(4) == 0) {
        order.put(price, 0.0);
      }
    }
    if (order.has("orderLegCollection") && !order.has("complexOrderStrategyType")) {
      order.put("complexOrderStrategyType", "NONE");
    }
    if (order.path("orderLegCollection") instanceof ArrayNode legs) {
      long number = 1;
      for (JsonNode leg : legs) {
        ObjectNode shown = (ObjectNode) leg;
        shown.put("legId", number++).put("orderLegType", "EQUITY");
        shown.put("quantity", shown.path("quantity").asLong() + 0.0);
        ObjectNode instrument = (ObjectNode) shown.path("instrument");
        if (instrument.path("assetType").asString("").equals("EQUITY") && random.nextBoolean()) {
          instrument.put("assetType", "COLLECTIVE_INVESTMENT");
        }
      }
      order.put("quantity", legs.path(0).path("quantity").asDouble());
      if (legs.size() == 2 && random.nextBoolean()) {
        legs.add(legs.remove(0));
      }
    }
    if (order.path("childOrderStrategies") instanceof ArrayNode children) {
      for (JsonNode child : children) {
        show((ObjectNode) child, ids);
      }
      if (children.size() == 2 && random.nextBoolean()) {
        children.add(children.remove(0));
      }
    }
  }

  @Test
  void areAllTriedByTheGenerator() {
    List<Class<?>> kinds =
        Arrays.asList(
            MarketOrder.class,
            LimitOrder.class,
            StopOrder.class,
            StopLimitOrder.class,
            TrailingStopOrder.class,
            VerticalOrder.class,
            OneCancelsOther.class,
            FirstTriggers.class);
    assertThat(Stream.generate(this::order).limit(500).map(Object::getClass)).containsAll(kinds);
  }
}
