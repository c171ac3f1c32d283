package io.alphakite.schwab.trader;

import static io.alphakite.schwab.FakeSchwab.HASH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.http.SchwabException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTraderTest {

  private static final AccountHash ACCOUNT = new AccountHash(HASH);
  private static final String ACCOUNT_PATH = "GET /trader/v1/accounts/" + HASH;
  private static final String ORDERS = ACCOUNT_PATH + "/orders";
  private static final String ORDER = ORDERS + "/1000000000001";
  private static final String PREFERENCE = "GET /trader/v1/userPreference";

  private final FakeSchwab schwab = new FakeSchwab();
  private final Trader trader;

  HttpTraderTest(@TempDir Path directory) {
    trader = schwab.patientApi(directory).trader();
  }

  @AfterEach
  void close() {
    schwab.close();
  }

  private static String order(String id, String status, String more) {
    return """
        {"session":"NORMAL","duration":"DAY","orderType":"LIMIT","complexOrderStrategyType":"NONE",
         "quantity":100.0,"filledQuantity":40.0,"remainingQuantity":60.0,"price":50.01,
         "orderLegCollection":[{"orderLegType":"EQUITY","legId":1,
           "instrument":{"assetType":"COLLECTIVE_INVESTMENT","symbol":"SPY","instrumentId":1},
           "instruction":"BUY","positionEffect":"OPENING","quantity":100.0}],
         "orderStrategyType":"SINGLE","orderId":%s,"cancelable":true,"editable":false,
         "status":"%s","enteredTime":"2026-01-05T14:31:07+0000","accountNumber":12345678%s}"""
        .formatted(id, status, more);
  }

  private static final String ACTIVITIES =
      """
      ,"orderActivityCollection":[
        {"activityType":"EXECUTION","activityId":100000000001,"executionType":"FILL",
         "quantity":40.0,"orderRemainingQuantity":60.0,"executionLegs":[
           {"legId":1,"quantity":30.0,"price":50.005,"time":"2026-01-05T14:31:08+0000"},
           {"legId":1,"quantity":10,"price":"50.009","time":"2026-01-05T14:31:09+0000"}]},
        {"activityType":"EXECUTION","activityId":100000000002,"executionType":"CANCELED",
         "quantity":60.0,"executionLegs":[
           {"legId":1,"quantity":60.0,"price":0.0,"time":"2026-01-05T14:31:10+0000"}]}]""";

  @Test
  void readsAnOrderWithItsFills() {
    schwab.on(ORDER, 200, order("1000000000001", "CANCELED", ACTIVITIES));
    BrokerOrder order = trader.order(ACCOUNT, 1_000_000_000_001L).orElseThrow();
    assertThat(order.id()).isEqualTo(1_000_000_000_001L);
    assertThat(order.status()).isEqualTo(BrokerOrderStatus.CANCELED);
    assertThat(order.quantity()).isEqualByComparingTo("100");
    assertThat(order.enteredTime()).isEqualTo(Instant.parse("2026-01-05T14:31:07Z"));
    assertThat(order.legs()).singleElement().extracting(BrokerOrder.Leg::symbol).isEqualTo("SPY");
    assertThat(order.fills())
        .extracting(BrokerOrder.BrokerFill::price)
        .containsExactly(new BigDecimal("50.005"), new BigDecimal("50.009"));
    assertThat(order.averageFillPrice().orElseThrow()).isEqualByComparingTo("50.006");
    assertThat(order.fillsComplete()).isTrue();
  }

  @Test
  void readsAnOrderWithoutActivitiesAndWithNewWords() {
    schwab.on(
        ORDER, 200, order("\"1000000000001\"", "SOMETHING_NEW", ",\"firmActionType\":{\"x\":[1]}"));
    BrokerOrder order = trader.order(ACCOUNT, 1_000_000_000_001L).orElseThrow();
    assertThat(order.status()).isEqualTo(BrokerOrderStatus.UNKNOWN);
    assertThat(order.status().isTerminal()).isFalse();
    assertThat(order.statusText()).isEqualTo("SOMETHING_NEW");
    assertThat(order.fills()).isEmpty();
    assertThat(order.fillsComplete()).isFalse();
    assertThat(order.averageFillPrice()).isEmpty();
  }

  @Test
  void knowsNoOrderThatSchwabDoesNotKnow() {
    assertThat(trader.order(ACCOUNT, 1_000_000_000_001L)).isEmpty();
  }

  @Test
  void listsOrdersOldestFirstAndEachOnce() {
    String child = order("12", "AWAITING_PARENT_ORDER", "");
    schwab.on(
        ORDERS,
        200,
        "[%s,%s,%s,%s]"
            .formatted(
                order("13", "WORKING", "").replace("14:31:07", "14:32:00"),
                order("11", "WORKING", ",\"childOrderStrategies\":[" + child + "]"),
                child,
                order("10", "FILLED", "").replace("14:31:07", "14:30:00")));
    assertThat(
            trader.orders(
                ACCOUNT,
                Instant.parse("2026-01-05T14:00:00.1234Z"),
                Instant.parse("2026-01-05T15:00:00Z")))
        .extracting(BrokerOrder::id)
        .containsExactly(10L, 11L, 13L);
    var url = schwab.requests(ORDERS).getFirst().getUrl();
    assertThat(url.queryParameter("fromEnteredTime")).isEqualTo("2026-01-05T14:00:00.123Z");
    assertThat(url.queryParameter("toEnteredTime")).isEqualTo("2026-01-05T15:00:00.000Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[{\"status\":\"WORKING\"}]", "{}", "[7]"})
  void takesNoListingItCannotReadWhole(String body) {
    schwab.on(ORDERS, 200, body);
    assertThatThrownBy(() -> trader.orders(ACCOUNT, Instant.EPOCH, Instant.EPOCH))
        .isInstanceOf(SchwabException.class);
  }

  @Test
  void readsAccountNumbers() {
    schwab.on(
        "GET /trader/v1/accounts/accountNumbers",
        200,
        "[{\"accountNumber\":12345678,\"hashValue\":\"%s\"}]".formatted(HASH));
    assertThat(trader.accountNumbers()).containsExactly(new AccountNumber("12345678", ACCOUNT));
    assertThat(trader.accountNumbers().toString()).doesNotContain("12345678").doesNotContain(HASH);
  }

  @Test
  void readsMoneyAndPositions() {
    schwab.on(
        ACCOUNT_PATH,
        200,
        """
        {"securitiesAccount":{"type":"MARGIN","accountNumber":"12345678","positions":[
          {"shortQuantity":0.0,"averagePrice":49.0,"longQuantity":100.0,"marketValue":5001.5,
           "instrument":{"assetType":"EQUITY","symbol":"ABC"}},
          {"shortQuantity":5.0,"longQuantity":0,"settledShortQuantity":-5.0,
           "instrument":{"assetType":"OPTION","symbol":"ABC   260320C00050000"}}],
          "initialBalances":{"cashBalance":1},
          "currentBalances":{"cashBalance":1234.56,"equity":6236.06,"buyingPower":2469.12}},
         "aggregatedBalance":{"liquidationValue":25000.0}}""");
    AccountSnapshot account = trader.account(ACCOUNT);
    assertThat(account.cash()).isEqualByComparingTo("1234.56");
    assertThat(account.equity()).isEqualByComparingTo("6236.06");
    assertThat(account.buyingPower()).isEqualByComparingTo("2469.12");
    assertThat(account.positions())
        .extracting(AccountSnapshot.BrokerPosition::quantity)
        .satisfiesExactly(
            held -> assertThat(held).isEqualByComparingTo("100"),
            owed -> assertThat(owed).isEqualByComparingTo("-5"));
  }

  @Test
  void readsAFlatCashAccount() {
    schwab.on(
        ACCOUNT_PATH,
        200,
        """
        {"securitiesAccount":{"type":"CASH","currentBalances":{"cashBalance":10,
          "liquidationValue":10,"cashAvailableForTrading":9}}}""");
    AccountSnapshot account = trader.account(ACCOUNT);
    assertThat(account.positions()).isEmpty();
    assertThat(account.equity()).isEqualByComparingTo("10");
    assertThat(account.buyingPower()).isEqualByComparingTo("9");
  }

  @ParameterizedTest
  @CsvSource({"'',''", "[,]"})
  void readsThePreferenceWithAndWithoutArray(@Nullable String before, @Nullable String after) {
    schwab.on(
        PREFERENCE,
        200,
        (before == null ? "" : before)
            + """
            {"accounts":[{"accountNumber":"12345678","primaryAccount":true,"type":"BROKERAGE"}],
             "streamerInfo":[{"streamerSocketUrl":"wss://streamer-api.schwab.com/ws",
               "schwabClientCustomerId":"cust","schwabClientCorrelId":"corr",
               "schwabClientChannel":"N9","schwabClientFunctionId":"APIAPP"}]}"""
            + (after == null ? "" : after));
    UserPreference preference = trader.userPreference();
    assertThat(preference.streamer().orElseThrow().socketUrl())
        .hasToString("wss://streamer-api.schwab.com/ws");
    assertThat(preference.streamer().orElseThrow().functionId()).isEqualTo("APIAPP");
    assertThat(preference.toString()).doesNotContain("12345678").doesNotContain("cust");
  }

  @Test
  void refusesAPlainStreamerElsewhere() {
    schwab.on(
        PREFERENCE, 200, "{\"streamerInfo\":[{\"streamerSocketUrl\":\"ws://evil.example/ws\"}]}");
    assertThatThrownBy(trader::userPreference).isInstanceOf(SchwabException.class);
  }

  @Test
  void hasNoStreamerWhereNoneIsListed() {
    schwab.on(PREFERENCE, 200, "{\"accounts\":[]}");
    assertThat(trader.userPreference().streamer()).isEmpty();
  }
}
