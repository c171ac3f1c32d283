package io.alphakite.schwab.trader;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.schwab.fuzz.Mutator;
import io.alphakite.schwab.http.ErrorBody;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Unknowns;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Bodies of the trader's calls in the reference's shapes, damaged: the one failure is that of a
 * text that is no JSON, and a number that comes out is the one that went in, read a second time by
 * a tree of its own.
 */
class BodyFuzzTest {

  private static final Logger log = LoggerFactory.getLogger(BodyFuzzTest.class);

  private static final String ORDER =
      """
      {"session":"NORMAL","duration":"DAY","orderType":"LIMIT","complexOrderStrategyType":"NONE",
       "quantity":100.0,"filledQuantity":40.0,"remainingQuantity":60.0,"price":50.01,
       "stopPrice":48.5,"orderStrategyType":"SINGLE","orderId":1000000000001,"cancelable":true,
       "orderLegCollection":[{"orderLegType":"EQUITY","legId":1,"instruction":"BUY",
         "instrument":{"assetType":"EQUITY","cusip":"0","symbol":"ABC","instrumentId":1234567},
         "positionEffect":"OPENING","quantity":100.0}],
       "status":"WORKING","enteredTime":"2026-01-05T14:31:07+0000","tag":"API_TOS:x",
       "accountNumber":12345678,"orderActivityCollection":[{"activityType":"EXECUTION",
         "activityId":100000000001,"executionType":"FILL","quantity":40.0,
         "orderRemainingQuantity":60.0,"executionLegs":[{"legId":1,"quantity":40.0,
           "price":50.005,"time":"2026-01-05T14:31:08+0000","instrumentId":1234567}]}],
       "childOrderStrategies":[{"orderStrategyType":"OCO","orderId":1000000000002,
         "status":"AWAITING_PARENT_ORDER"}]}\
      """;

  private static final String ACCOUNT =
      """
      {"securitiesAccount":{"type":"MARGIN","accountNumber":"12345678","roundTrips":0,
        "isDayTrader":false,"positions":[{"shortQuantity":0.0,"averagePrice":49.0,
          "longQuantity":100.0,"instrument":{"assetType":"EQUITY","symbol":"ABC"},
          "marketValue":5001.5}],
        "initialBalances":{"cashBalance":1.5},"currentBalances":{"cashBalance":25000.0,
          "buyingPower":50000,"isInCall":false},"projectedBalances":{}},
       "aggregatedBalance":{"liquidationValue":25000.0}}\
      """;

  private static final String TRANSACTION =
      """
      {"activityId":100000000002,"time":"2026-01-05T14:31:08+0000","type":"TRADE","status":"VALID",
       "subAccount":"MARGIN","tradeDate":"2026-01-05T14:31:08+0000","positionId":1,
       "orderId":1000000000001,"netAmount":-2000.2,"transferItems":[
        {"instrument":{"assetType":"CURRENCY","symbol":"CURRENCY_USD"},"amount":0.0,"cost":0.0,
         "feeType":"COMMISSION"},
        {"instrument":{"assetType":"EQUITY","symbol":"ABC"},"amount":40.0,"cost":-2000.2,
         "price":50.005,"positionEffect":"OPENING"}]}\
      """;

  private static final String PREVIEW =
      """
      {"orderId":0,"orderStrategy":{"orderBalance":{"orderValue":500.1,
         "projectedAvailableFund":10000.0,"projectedBuyingPower":20000.0,
         "projectedCommission":0.0},"status":"ACCEPTED","orderLegs":[{"askPrice":50.02,
         "bidPrice":50.01,"lastPrice":50.015,"markPrice":50.015,"quantity":10.0,
         "finalSymbol":"ABC","legId":1,"assetType":"EQUITY","instruction":"BUY"}]},
       "orderValidationResult":{"rejects":[{"activityMessage":"no","originalSeverity":"REJECT"}]},
       "commissionAndFee":{"commission":{"commissionLegs":[{"commissionValues":[
          {"value":0.65,"type":"COMMISSION"}]}]},"fee":{"feeLegs":[{"feeValues":[
          {"value":0.01,"type":"SEC_FEE"}]}]}}}\
      """;

  private static final List<String> ERRORS =
      List.of(
          """
          {"errors":[{"id":"uuid","status":"400","title":"Bad Request","detail":"no",
            "source":{"parameter":"fields","pointer":["/a"]}}]}\
          """,
          "{\"message\":\"no\",\"errors\":[\"a\",\"b\"]}",
          "{\"fault\":{\"faultstring\":\"x\",\"detail\":{\"errorcode\":\"protocol.http\"}}}",
          "{\"error\":\"unsupported_token_type\",\"error_description\":\"400 {\\\"error\\\":1}\"}",
          "<html><title>Access Denied</title></html>");

  private final long seed = Long.getLong("fuzz.seed", new Random().nextLong());
  private final Mutator mutator = new Mutator(seed);
  private final Unknowns unknowns = new Unknowns();

  @Test
  void readsNothingWrongInAFewSeconds() {
    fuzz(Duration.ofSeconds(2));
  }

  @Test
  @Tag("long")
  void readsNothingWrongInMinutes() {
    fuzz(Duration.ofMinutes(2));
  }

  private void fuzz(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    long count = 0;
    String body = "";
    try {
      while (System.nanoTime() < end) {
        count++;
        body = mutator.reshape(ORDER);
        checkOrder(Mutator.tree(body), OrderJson.read(Json.parse(body), unknowns));
        body = mutator.reshape(ACCOUNT);
        checkAccount(Mutator.tree(body), AccountJson.snapshot(Json.parse(body), unknowns));
        body = mutator.reshape(TRANSACTION);
        checkTransaction(Mutator.tree(body), TransactionJson.read(Json.parse(body), unknowns));
        body = mutator.reshape(PREVIEW);
        checkPreview(Mutator.tree(body), PreviewJson.read(Json.parse(body), unknowns));
        body = mutator.damage(ORDER);
        readDamaged(body);
        body = mutator.damage(ERRORS.get(mutator.random().nextInt(ERRORS.size())));
        ErrorBody error = ErrorBody.read(mutator.random().nextBoolean() ? "text/html" : null, body);
        assertThat(error.toString()).hasSizeLessThan(10_000);
      }
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ", round " + count + ": " + body, e);
    }
    log.atInfo()
        .addKeyValue("event", "fuzz.done")
        .addKeyValue("seed", seed)
        .log("Read {} rounds of damaged bodies", count);
  }

  private void readDamaged(String body) {
    JsonNode json;
    try {
      json = Json.parse(body);
    } catch (JacksonException _) {
      return;
    }
    BrokerOrder order = OrderJson.read(json, unknowns);
    if (order != null) {
      assertThat(order.fills()).hasSizeLessThan(body.length());
    }
  }

  private static void checkOrder(JsonNode sent, @Nullable BrokerOrder order) {
    if (order == null) {
      assertThat(number(sent.get("orderId")))
          .satisfiesAnyOf(
              id -> assertThat(id).isNull(),
              id -> assertThat(id).isGreaterThan(new BigDecimal("1e17")),
              id -> assertThat(id).isLessThan(new BigDecimal("-1e17")));
      return;
    }
    same(sent, "quantity", order.quantity());
    same(sent, "filledQuantity", order.filledQuantity());
    same(sent, "remainingQuantity", order.remainingQuantity());
    same(sent, "price", order.price());
    same(sent, "stopPrice", order.stopPrice());
    List<JsonNode> activities = List.copyOf(sent.path("orderActivityCollection").values());
    assertThat(order.activities()).hasSameSizeAs(activities);
    for (int i = 0; i < activities.size(); i++) {
      same(activities.get(i), "quantity", order.activities().get(i).quantity());
      List<JsonNode> legs = List.copyOf(activities.get(i).path("executionLegs").values());
      for (int leg = 0; leg < legs.size(); leg++) {
        same(legs.get(leg), "price", order.activities().get(i).legs().get(leg).price());
        same(legs.get(leg), "quantity", order.activities().get(i).legs().get(leg).quantity());
      }
    }
    assertThat(order.toString()).isNotEmpty();
    assertThat(order.averageFillPrice())
        .satisfiesAnyOf(
            price -> assertThat(price).isEmpty(), price -> assertThat(price).isPresent());
  }

  private static void checkAccount(JsonNode sent, @Nullable AccountSnapshot account) {
    if (account == null) {
      assertThat(sent.path("securitiesAccount").isObject()).isFalse();
      return;
    }
    same(sent.path("aggregatedBalance"), "liquidationValue", account.liquidationValue());
    List<JsonNode> positions =
        List.copyOf(sent.path("securitiesAccount").path("positions").values());
    assertThat(account.positions()).hasSameSizeAs(positions);
    for (int i = 0; i < positions.size(); i++) {
      same(positions.get(i), "longQuantity", account.positions().get(i).longQuantity());
      same(positions.get(i), "shortQuantity", account.positions().get(i).shortQuantity());
      same(positions.get(i), "averagePrice", account.positions().get(i).averagePrice());
    }
  }

  private static void checkTransaction(JsonNode sent, @Nullable Transaction transaction) {
    if (transaction != null) {
      same(sent, "netAmount", transaction.netAmount());
      assertThat(transaction.charges()).hasSizeLessThanOrEqualTo(transaction.items().size());
    }
  }

  private static void checkPreview(JsonNode sent, OrderPreview preview) {
    JsonNode balance = sent.path("orderStrategy").path("orderBalance");
    same(balance, "orderValue", preview.orderValue());
    same(balance, "projectedBuyingPower", preview.projectedBuyingPower());
    assertThat(preview.charges()).isNotNull();
  }

  /** What is readable comes out as it is, what is not as nothing. */
  private static void same(JsonNode object, String field, @Nullable BigDecimal value) {
    BigDecimal expected = number(object.get(field));
    if (expected == null) {
      assertThat(value == null || value.signum() == 0)
          .as("%s of %s as %s", field, object, value)
          .isTrue();
    } else {
      assertThat(value).as("%s of %s", field, object).isEqualByComparingTo(expected);
    }
  }

  /** A number, or a text that is one, of at most forty digits on each side of the point. */
  private static @Nullable BigDecimal number(@Nullable JsonNode sent) {
    if (sent == null || !(sent.isNumber() || sent.isString())) {
      return null;
    }
    try {
      BigDecimal number =
          sent.isNumber() ? sent.decimalValue() : new BigDecimal(sent.stringValue().strip());
      boolean sane = number.scale() <= 40 && (long) number.precision() - number.scale() <= 40;
      return sane ? number : null;
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
