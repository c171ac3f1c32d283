package io.alphakite.schwab.trader;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.trader.OrderDuration.Immediate;
import io.alphakite.schwab.trader.OrderDuration.Resting;
import java.math.BigDecimal;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Every kind of order against the body that Schwab's own material shows for it, as a tree. */
class OrderBodiesTest {

  private static final Ticker ABC = Ticker.of("ABC");
  private static final OptionSymbol CALL_50 = OptionSymbol.parse("ABC   260320C00050000");
  private static final OptionSymbol CALL_52 = OptionSymbol.parse("ABC   260320C00052500");

  private static final String TARGET_AND_STOP =
      """
      {"orderStrategyType":"OCO","childOrderStrategies":[
        {"orderType":"LIMIT","session":"NORMAL","price":"52.00","duration":"DAY",
         "orderStrategyType":"SINGLE",
         "orderLegCollection":[{"instruction":"SELL","quantity":10,
           "instrument":{"symbol":"ABC","assetType":"EQUITY"}}]},
        {"orderType":"STOP_LIMIT","session":"NORMAL","price":"47.90","stopPrice":"48.00",
         "duration":"DAY","orderStrategyType":"SINGLE",
         "orderLegCollection":[{"instruction":"SELL","quantity":10,
           "instrument":{"symbol":"ABC","assetType":"EQUITY"}}]}]}""";

  private static Price price(String dollars) {
    return Price.of(dollars);
  }

  static Stream<Arguments> orders() {
    OrderLeg buy = Orders.buy(ABC, 10);
    OrderLeg sell = Orders.sell(ABC, 10);
    LimitOrder target = sell.limit(price("52"));
    StopLimitOrder stop = sell.stopLimit(price("48"), price("47.90"));
    return Stream.of(
        Arguments.of("market", buy.market(), equity("\"orderType\":\"MARKET\"", "BUY")),
        Arguments.of(
            "limit",
            buy.limit(price("50.01")),
            equity("\"orderType\":\"LIMIT\",\"price\":\"50.01\"", "BUY")),
        Arguments.of(
            "limit below a dollar",
            buy.limit(price("0.1234")),
            equity("\"orderType\":\"LIMIT\",\"price\":\"0.1234\"", "BUY")),
        Arguments.of(
            "short sale",
            Orders.sellShort(ABC, 10).limit(price("50")),
            equity("\"orderType\":\"LIMIT\",\"price\":\"50.00\"", "SELL_SHORT")),
        Arguments.of(
            "cover",
            Orders.buyToCover(ABC, 10).market(),
            equity("\"orderType\":\"MARKET\"", "BUY_TO_COVER")),
        Arguments.of(
            "stop",
            sell.stop(price("48")),
            equity("\"orderType\":\"STOP\",\"stopPrice\":\"48.00\"", "SELL")),
        Arguments.of(
            "stop-limit",
            stop,
            equity(
                "\"orderType\":\"STOP_LIMIT\",\"stopPrice\":\"48.00\",\"price\":\"47.90\"",
                "SELL")),
        Arguments.of(
            "trailing stop in dollars",
            sell.trailingStop(LinkBasis.BID, Trail.dollars(price("1"))),
            equity(
                "\"orderType\":\"TRAILING_STOP\",\"complexOrderStrategyType\":\"NONE\","
                    + "\"stopPriceLinkBasis\":\"BID\",\"stopPriceLinkType\":\"VALUE\","
                    + "\"stopPriceOffset\":1",
                "SELL")),
        Arguments.of(
            "trailing stop in percent",
            sell.trailingStop(LinkBasis.MARK, Trail.percent(new BigDecimal("20.00")))
                .goodTillCancel(),
            equity(
                    "\"orderType\":\"TRAILING_STOP\",\"complexOrderStrategyType\":\"NONE\","
                        + "\"stopPriceLinkBasis\":\"MARK\",\"stopPriceLinkType\":\"PERCENT\","
                        + "\"stopPriceOffset\":20",
                    "SELL")
                .replace("DAY", "GOOD_TILL_CANCEL")),
        Arguments.of(
            "limit in all sessions",
            buy.limit(price("50.01")).in(OrderSession.SEAMLESS).goodTillCancel(),
            equity("\"orderType\":\"LIMIT\",\"price\":\"50.01\"", "BUY")
                .replace("NORMAL", "SEAMLESS")
                .replace("DAY", "GOOD_TILL_CANCEL")),
        Arguments.of(
            "limit at once or not at all",
            buy.limit(price("50.01")).lasting(Immediate.FILL_OR_KILL),
            equity("\"orderType\":\"LIMIT\",\"price\":\"50.01\"", "BUY")
                .replace("DAY", "FILL_OR_KILL")),
        Arguments.of(
            "stop until the end of the month",
            sell.stop(price("48")).lasting(Resting.END_OF_MONTH),
            equity("\"orderType\":\"STOP\",\"stopPrice\":\"48.00\"", "SELL")
                .replace("DAY", "END_OF_MONTH")),
        Arguments.of(
            "option",
            Orders.buyToOpen(CALL_50, 1).limit(price("2.15")),
            """
            {"complexOrderStrategyType":"NONE","orderType":"LIMIT","session":"NORMAL",
             "price":"2.15","duration":"DAY","orderStrategyType":"SINGLE",
             "orderLegCollection":[{"instruction":"BUY_TO_OPEN","quantity":1,
               "instrument":{"symbol":"ABC   260320C00050000","assetType":"OPTION"}}]}"""),
        Arguments.of(
            "option at the market",
            Orders.sellToClose(CALL_50, 3).market(),
            """
            {"complexOrderStrategyType":"NONE","orderType":"MARKET","session":"NORMAL",
             "duration":"DAY","orderStrategyType":"SINGLE",
             "orderLegCollection":[{"instruction":"SELL_TO_CLOSE","quantity":3,
               "instrument":{"symbol":"ABC   260320C00050000","assetType":"OPTION"}}]}"""),
        Arguments.of(
            "vertical for a debit",
            Orders.openVertical(CALL_50, CALL_52, 1).netDebit(price("0.90")),
            """
            {"orderType":"NET_DEBIT","session":"NORMAL","price":"0.90","duration":"DAY",
             "orderStrategyType":"SINGLE","complexOrderStrategyType":"VERTICAL",
             "orderLegCollection":[
              {"instruction":"BUY_TO_OPEN","quantity":1,
               "instrument":{"symbol":"ABC   260320C00050000","assetType":"OPTION"}},
              {"instruction":"SELL_TO_OPEN","quantity":1,
               "instrument":{"symbol":"ABC   260320C00052500","assetType":"OPTION"}}]}"""),
        Arguments.of(
            "the same closed for a credit",
            Orders.closeVertical(CALL_52, CALL_50, 1).netCredit(price("1.10")),
            """
            {"orderType":"NET_CREDIT","session":"NORMAL","price":"1.10","duration":"DAY",
             "orderStrategyType":"SINGLE","complexOrderStrategyType":"VERTICAL",
             "orderLegCollection":[
              {"instruction":"BUY_TO_CLOSE","quantity":1,
               "instrument":{"symbol":"ABC   260320C00052500","assetType":"OPTION"}},
              {"instruction":"SELL_TO_CLOSE","quantity":1,
               "instrument":{"symbol":"ABC   260320C00050000","assetType":"OPTION"}}]}"""),
        Arguments.of("one cancels other", Orders.oneCancelsOther(target, stop), TARGET_AND_STOP),
        Arguments.of(
            "first triggers",
            Orders.firstTriggers(buy.limit(price("50.01")), target),
            """
            {"orderType":"LIMIT","session":"NORMAL","price":"50.01","duration":"DAY",
             "orderStrategyType":"TRIGGER",
             "orderLegCollection":[{"instruction":"BUY","quantity":10,
               "instrument":{"symbol":"ABC","assetType":"EQUITY"}}],
             "childOrderStrategies":[{"orderType":"LIMIT","session":"NORMAL","price":"52.00",
               "duration":"DAY","orderStrategyType":"SINGLE",
               "orderLegCollection":[{"instruction":"SELL","quantity":10,
                 "instrument":{"symbol":"ABC","assetType":"EQUITY"}}]}]}"""),
        Arguments.of(
            "bracket",
            Orders.bracket(buy.limit(price("50.01")))
                .takeProfit(price("52"))
                .stopLoss(price("48"), price("47.90")),
            """
            {"orderType":"LIMIT","session":"NORMAL","price":"50.01","duration":"DAY",
             "orderStrategyType":"TRIGGER",
             "orderLegCollection":[{"instruction":"BUY","quantity":10,
               "instrument":{"symbol":"ABC","assetType":"EQUITY"}}],
             "childOrderStrategies":[%s]}"""
                .formatted(TARGET_AND_STOP)));
  }

  private static String equity(String terms, String instruction) {
    return """
        {%s,"session":"NORMAL","duration":"DAY","orderStrategyType":"SINGLE",
         "orderLegCollection":[{"instruction":"%s","quantity":10,
           "instrument":{"symbol":"ABC","assetType":"EQUITY"}}]}"""
        .formatted(terms, instruction);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("orders")
  void areWrittenAsSchwabShowsThem(String name, OrderRequest order, String body) {
    assertThat(JsonMapper.shared().readTree(OrderJson.write(order)))
        .isEqualTo(JsonMapper.shared().readTree(body));
  }
}
