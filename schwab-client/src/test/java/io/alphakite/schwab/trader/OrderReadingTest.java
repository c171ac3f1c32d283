package io.alphakite.schwab.trader;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Unknowns;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders as Schwab's material and captures show them. */
class OrderReadingTest {

  private static final String SINGLE =
      """
      {"session":"NORMAL","duration":"DAY","orderType":"LIMIT","complexOrderStrategyType":"NONE",
       "quantity":100.0,"filledQuantity":40.0,"remainingQuantity":60.0,
       "requestedDestination":"AUTO","destinationLinkName":"AutoRoute","price":50.01,
       "orderLegCollection":[{"orderLegType":"EQUITY","legId":1,
         "instrument":{"assetType":"EQUITY","cusip":"000000000","symbol":"ABC",
           "instrumentId":1234567},
         "instruction":"BUY","positionEffect":"OPENING","quantity":100.0}],
       "orderStrategyType":"SINGLE","orderId":1000000000001,"cancelable":true,"editable":false,
       "status":"WORKING","enteredTime":"2026-01-05T14:31:07+0000","tag":"API_TOS:something",
       "accountNumber":12345678,
       "orderActivityCollection":[{"activityType":"EXECUTION","activityId":100000000001,
         "executionType":"FILL","quantity":40.0,"orderRemainingQuantity":60.0,
         "executionLegs":[{"legId":1,"quantity":40.0,"mismarkedQuantity":0.0,"price":50.005,
           "time":"2026-01-05T14:31:08+0000","instrumentId":1234567}]}]}\
      """;

  private final Unknowns unknowns = new Unknowns();

  private BrokerOrder read(String json) {
    return Objects.requireNonNull(OrderJson.read(Json.parse(json), unknowns));
  }

  @Test
  void readsEveryPartOfAnOrder() {
    BrokerOrder order = read(SINGLE);
    assertThat(order.id()).isEqualTo(1_000_000_000_001L);
    assertThat(order.accountNumber()).isEqualTo("12345678");
    assertThat(order.status()).isEqualTo(BrokerOrderStatus.WORKING);
    assertThat(order.strategyType()).isEqualTo("SINGLE");
    assertThat(order.complexStrategyType()).isEqualTo("NONE");
    assertThat(order.quantity()).isEqualByComparingTo("100");
    assertThat(order.remainingQuantity()).isEqualByComparingTo("60");
    assertThat(order.price()).isEqualByComparingTo("50.01");
    assertThat(order.enteredTime()).isEqualTo("2026-01-05T14:31:07Z");
    assertThat(order.closeTime()).isNull();
    assertThat(order.cancelable()).isTrue();
    assertThat(order.editable()).isFalse();
    assertThat(order.tag()).isEqualTo("API_TOS:something");
    assertThat(order.other())
        .isEqualTo(Map.of("requestedDestination", "AUTO", "destinationLinkName", "AutoRoute"));
    assertThat(order.legs())
        .singleElement()
        .satisfies(
            leg -> {
              assertThat(leg.instruction()).isEqualTo("BUY");
              assertThat(leg.positionEffect()).isEqualTo("OPENING");
              assertThat(leg.symbol()).isEqualTo("ABC");
              assertThat(leg.instrument().instrumentId()).isEqualTo(1_234_567);
            });
    assertThat(order.fills())
        .containsExactly(
            new BrokerOrder.BrokerFill(
                100_000_000_001L,
                1,
                new BigDecimal("40.0"),
                new BigDecimal("50.005"),
                Instant.parse("2026-01-05T14:31:08Z")));
    assertThat(unknowns.counts()).isEmpty();
    assertThat(order.toString()).doesNotContain("12345678");
  }

  @ParameterizedTest
  @CsvSource({
    "NEW,false",
    "PENDING_ACKNOWLEDGEMENT,false",
    "ACCEPTED,false",
    "QUEUED,false",
    "PENDING_ACTIVATION,false",
    "AWAITING_RELEASE_TIME,false",
    "AWAITING_PARENT_ORDER,false",
    "AWAITING_CONDITION,false",
    "AWAITING_STOP_CONDITION,false",
    "AWAITING_MANUAL_REVIEW,false",
    "WORKING,false",
    "PENDING_CANCEL,false",
    "AWAITING_UR_OUT,false",
    "PENDING_REPLACE,false",
    "PENDING_RECALL,false",
    "FILLED,true",
    "CANCELED,true",
    "REJECTED,true",
    "EXPIRED,true",
    "REPLACED,true",
    "UNKNOWN,false"
  })
  void knowsEveryStatus(String status, boolean terminal) {
    BrokerOrder order = read(SINGLE.replace("WORKING", status));
    assertThat(order.status().name()).isEqualTo(status).isEqualTo(order.statusText());
    assertThat(order.status().isTerminal()).isEqualTo(terminal);
    assertThat(unknowns.counts()).isEmpty();
  }

  @Test
  void r15_keepsAndCountsWhatIsNew() {
    BrokerOrder order =
        read(
            SINGLE
                .replace("WORKING", "HALF_WAY")
                .replace(
                    "\"tag\"",
                    "\"firmActionType\":\"CANCELED_BY_FIRM\",\"moonPhase\":0.5,\"extra\":{\"a\":1},"
                        + "\"nothing\":null,\"tag\""));
    assertThat(order.status()).isEqualTo(BrokerOrderStatus.UNKNOWN);
    assertThat(order.status().isTerminal()).isFalse();
    assertThat(order.statusText()).isEqualTo("HALF_WAY");
    assertThat(order.other())
        .containsEntry("firmActionType", "CANCELED_BY_FIRM")
        .containsEntry("moonPhase", "0.5")
        .doesNotContainKeys("extra", "nothing", "accountNumber");
    read(SINGLE.replace("WORKING", "HALF_WAY"));
    assertThat(unknowns.counts())
        .isEqualTo(
            Map.of(
                "word order.status=HALF_WAY", 2L,
                "field order.moonPhase", 1L,
                "field order.extra", 1L,
                "field order.nothing", 1L));
  }

  @Test
  void countsNewWordsWhereverTheyStand() {
    BrokerOrder order =
        read(
            SINGLE
                .replace("\"NORMAL\"", "\"OVERNIGHT\"")
                .replace("\"DAY\"", "\"GOOD_TILL_DATE\"")
                .replace("\"LIMIT\"", "\"PEGGED\"")
                .replace("\"NONE\"", "\"JADE_LIZARD\"")
                .replace("\"SINGLE\"", "\"TRIPLE\"")
                .replace("\"BUY\"", "\"BORROW\"")
                .replace("\"FILL\"", "\"BUSTED\""));
    assertThat(order.session()).isEqualTo("OVERNIGHT");
    assertThat(order.fills()).isEmpty();
    assertThat(unknowns.counts())
        .containsOnlyKeys(
            "word order.session=OVERNIGHT",
            "word order.duration=GOOD_TILL_DATE",
            "word order.orderType=PEGGED",
            "word order.complexOrderStrategyType=JADE_LIZARD",
            "word order.orderStrategyType=TRIPLE",
            "word order.instruction=BORROW",
            "word order.executionType=BUSTED");
  }

  @Test
  void countsABoundedNumberOfNewNames() {
    for (int i = 0; i < 1_000; i++) {
      unknowns.word("order.status", "S" + i);
    }
    unknowns.word("order.status", "12345678 is an account");
    assertThat(unknowns.counts()).hasSize(257).containsEntry("others", 745L);
    assertThat(unknowns.counts().toString()).doesNotContain("12345678");
  }

  @Test
  void takesTheCancellationOfARestForNoFill() {
    BrokerOrder order =
        read(
            SINGLE
                .replace("WORKING", "CANCELED")
                .replace(
                    "\"orderActivityCollection\":[",
                    """
                    "orderActivityCollection":[{"activityType":"EXECUTION",
                      "activityId":100000000002,"executionType":"CANCELED","quantity":60.0,
                      "orderRemainingQuantity":0.0,"executionLegs":[{"legId":1,"quantity":60.0,
                        "mismarkedQuantity":0.0,"price":0.0,
                        "time":"2026-01-05T14:31:10+0000"}]},\
                    """));
    assertThat(order.activities()).hasSize(2);
    assertThat(order.activities().getFirst().isFill()).isFalse();
    assertThat(order.fills()).hasSize(1);
    assertThat(order.averageFillPrice().orElseThrow()).isEqualByComparingTo("50.005");
    assertThat(order.fillsComplete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-05T14:31:07+0000",
        "2026-01-05T14:31:07Z",
        "2026-01-05T14:31:07.000Z",
        "2026-01-05T14:31:07.000+0000",
        "2026-01-05T14:31:07+00:00",
        "2026-01-05T09:31:07-0500"
      })
  void readsTimesInTheirForms(String time) {
    assertThat(read(SINGLE.replace("2026-01-05T14:31:07+0000", time)).enteredTime())
        .isEqualTo("2026-01-05T14:31:07Z");
  }

  @Test
  void readsNumbersHoweverTheyAreWritten() {
    BrokerOrder order =
        read(
            SINGLE
                .replace("1000000000001", "\"1000000000001\"")
                .replace("\"quantity\":100.0", "\"quantity\":100")
                .replace("\"price\":50.01", "\"price\":\"50.01\"")
                .replace("\"legId\":1", "\"legId\":\"1\"")
                .replace("\"activityId\":100000000001", "\"activityId\":\"100000000001\"")
                .replace("12345678", "\"12345678\""));
    assertThat(order.request()).isEqualTo(read(SINGLE).request());
    assertThat(order.id()).isEqualTo(1_000_000_000_001L);
    assertThat(order.accountNumber()).isEqualTo("12345678");
    assertThat(order.fills().getFirst().activityId()).isEqualTo(100_000_000_001L);
    assertThat(order.averageFillPrice().orElseThrow()).isEqualByComparingTo("50.005");
  }

  @Test
  void saysWhatASingleOrderSays() {
    LimitOrder sent = Orders.buy(Ticker.of("ABC"), 100).limit(Price.of("50.01"));
    assertThat(read(SINGLE).request()).contains(sent);
    assertThat(read(SINGLE.replace("50.01", "50.02")).request().orElseThrow()).isNotEqualTo(sent);
  }

  @Test
  void readsABracketWithItsChildrenTurnedRound() {
    BrokerOrder order =
        read(
            """
            {"session":"NORMAL","duration":"DAY","orderType":"LIMIT","quantity":10.0,
             "complexOrderStrategyType":"NONE","filledQuantity":0.0,"remainingQuantity":10.0,
             "price":50.01,"orderStrategyType":"TRIGGER","orderId":1000000000001,
             "status":"WORKING","orderLegCollection":[%s],
             "childOrderStrategies":[
              {"orderStrategyType":"OCO","orderId":1000000000002,"cancelable":true,
               "status":"AWAITING_PARENT_ORDER","enteredTime":"2026-01-05T14:31:07+0000",
               "childOrderStrategies":[
                {"session":"NORMAL","duration":"GOOD_TILL_CANCEL","orderType":"STOP_LIMIT",
                 "complexOrderStrategyType":"NONE","quantity":10.0,"price":47.9,"stopPrice":48.0,
                 "stopType":"STANDARD","orderStrategyType":"SINGLE","orderId":1000000000003,
                 "status":"AWAITING_PARENT_ORDER","orderLegCollection":[%s]},
                {"session":"NORMAL","duration":"GOOD_TILL_CANCEL","orderType":"LIMIT",
                 "complexOrderStrategyType":"NONE","quantity":10.0,"price":52.0,
                 "orderStrategyType":"SINGLE","orderId":1000000000004,
                 "status":"AWAITING_PARENT_ORDER","orderLegCollection":[%s]}]}]}\
            """
                .formatted(leg("BUY"), leg("SELL"), leg("SELL")));
    assertThat(order.tree().map(BrokerOrder::id))
        .containsExactly(
            1_000_000_000_001L, 1_000_000_000_002L, 1_000_000_000_003L, 1_000_000_000_004L);
    BrokerOrder wrapper = order.children().getFirst();
    assertThat(wrapper.legs()).isEmpty();
    assertThat(wrapper.quantity()).isZero();
    assertThat(wrapper.children())
        .extracting(BrokerOrder::status)
        .containsOnly(BrokerOrderStatus.AWAITING_PARENT_ORDER);
    assertThat(order.request())
        .contains(
            Orders.bracket(Orders.buy(Ticker.of("ABC"), 10).limit(Price.of("50.01")))
                .takeProfit(Price.of("52"), OrderDuration.Resting.GOOD_TILL_CANCEL)
                .stopLoss(Price.of("48"), Price.of("47.90")));
    assertThat(unknowns.counts()).isEmpty();
  }

  private static String leg(String instruction) {
    return """
    {"orderLegType":"EQUITY","legId":1,
     "instrument":{"assetType":"COLLECTIVE_INVESTMENT","symbol":"ABC"},
     "instruction":"%s","quantity":10.0}\
    """
        .formatted(instruction);
  }

  @Test
  void tellsTheFillsOfASpreadApartByLeg() {
    BrokerOrder order =
        read(
            """
            {"session":"NORMAL","duration":"DAY","orderType":"NET_DEBIT","quantity":2.0,
             "complexOrderStrategyType":"VERTICAL","filledQuantity":2.0,"remainingQuantity":0.0,
             "price":0.9,"orderStrategyType":"SINGLE","orderId":1,"status":"FILLED",
             "orderLegCollection":[
              {"orderLegType":"OPTION","legId":1,"instruction":"BUY_TO_OPEN","quantity":2.0,
               "instrument":{"assetType":"OPTION","symbol":"ABC   260320C00050000",
                 "description":"ABC 03/20/2026 $50 Call","type":"VANILLA","putCall":"CALL",
                 "underlyingSymbol":"ABC","optionDeliverables":[{"symbol":"ABC"}]}},
              {"orderLegType":"OPTION","legId":2,"instruction":"SELL_TO_OPEN","quantity":2.0,
               "instrument":{"assetType":"OPTION","symbol":"ABC   260320C00052500"}}],
             "orderActivityCollection":[{"activityType":"EXECUTION","activityId":5,
               "executionType":"FILL","quantity":2.0,"executionLegs":[
                {"legId":2,"quantity":2.0,"price":1.25},
                {"legId":1,"quantity":2.0,"price":2.1}]}]}\
            """);
    assertThat(order.averageFillPrice().orElseThrow()).isEqualByComparingTo("2.1");
    assertThat(order.averageFillPrice(2).orElseThrow()).isEqualByComparingTo("1.25");
    assertThat(order.averageFillPrice(3)).isEmpty();
    assertThat(order.fillsComplete()).isTrue();
    assertThat(order.legs().getFirst().instrument().underlyingSymbol()).isEqualTo("ABC");
    assertThat(order.request())
        .contains(
            Orders.openVertical(
                    OptionSymbol.parse("ABC   260320C00050000"),
                    OptionSymbol.parse("ABC   260320C00052500"),
                    2)
                .netDebit(Price.of("0.90")));
  }

  @Test
  void namesTheOrdersThatReplaceIt() {
    assertThat(
            read(SINGLE.replace(
                    "\"tag\"", "\"replacingOrderCollection\":[{\"orderId\":17}],\"tag\""))
                .replacing())
        .containsExactly(17L);
  }

  /** Nothing that we could not have said may be taken for something that we said. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"LIMIT\" | \"MARKET_ON_CLOSE\"",
        "\"SINGLE\" | \"BLAST_ALL\"",
        "\"NORMAL\" | \"OVERNIGHT\"",
        "\"DAY\" | \"UNKNOWN\"",
        "\"BUY\" | \"EXCHANGE\"",
        "\"NONE\" | \"COVERED\"",
        "\"quantity\":100.0}] | \"quantity\":100.5}]",
        "\"price\":50.01 | \"price\":50.001",
        "\"price\":50.01 | \"stopPrice\":50.01",
        "\"price\":50.01 | \"price\":50.01,\"stopPrice\":49.0",
        "\"tag\" | \"specialInstruction\":\"ALL_OR_NONE\",\"tag\"",
        "\"tag\" | \"activationPrice\":49.5,\"tag\"",
        "\"tag\" | \"childOrderStrategies\":[{\"orderId\":2}],\"tag\""
      })
  void saysNothingForWhatWeCannotSay(String part, String other) {
    assertThat(SINGLE).contains(part);
    assertThat(read(SINGLE.replace(part, other)).request()).isEmpty();
  }
}
