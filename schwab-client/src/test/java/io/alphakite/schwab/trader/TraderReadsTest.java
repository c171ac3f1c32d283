package io.alphakite.schwab.trader;

import static io.alphakite.schwab.FakeSchwab.HASH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.http.SchwabException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of Schwab in each read, and what is made of the answer. */
class TraderReadsTest {

  private static final AccountHash ACCOUNT = new AccountHash(HASH);
  private static final String PATH = "GET /trader/v1/accounts/" + HASH;
  private static final String ORDERS = PATH + "/orders";
  private static final String ALL_ORDERS = "GET /trader/v1/orders";
  private static final String TRANSACTIONS = PATH + "/transactions";
  private static final Instant FROM = Instant.parse("2026-01-05T14:30:00Z");
  private static final Instant TO = Instant.parse("2026-01-05T21:00:00.0009Z");

  private static final String TRADE =
      """
      {"activityId":100000000002,"time":"2026-01-05T14:31:08+0000","accountNumber":"12345678",
       "type":"TRADE","status":"VALID","subAccount":"MARGIN",
       "tradeDate":"2026-01-05T14:31:08+0000","settlementDate":"2026-01-06T05:00:00+0000",
       "positionId":1,"orderId":1000000000001,"netAmount":-2000.2,"transferItems":[
        {"instrument":{"assetType":"CURRENCY","symbol":"CURRENCY_USD"},"amount":0.0,"cost":0.0,
         "feeType":"COMMISSION"},
        {"instrument":{"assetType":"EQUITY","symbol":"ABC"},"amount":40.0,"cost":-2000.2,
         "price":50.005,"positionEffect":"OPENING"}]}\
      """;

  private final FakeSchwab schwab = new FakeSchwab();
  private final SchwabApi api;
  private final Trader trader;

  TraderReadsTest(@TempDir Path directory) {
    api = schwab.patientApi(directory);
    trader = api.trader();
  }

  @AfterEach
  void close() {
    schwab.close();
  }

  private HttpUrl asked(String methodAndPath) {
    return schwab.requests(methodAndPath).getLast().getUrl();
  }

  @Test
  void listsAccountsWithAndWithoutPositions() {
    schwab.on(
        "GET /trader/v1/accounts",
        200,
        """
        [{"securitiesAccount":{"type":"CASH","accountNumber":"1",
           "currentBalances":{"cashAvailableForTrading":9,"totalCash":10}}},
         {"securitiesAccount":{"type":"MARGIN","accountNumber":"2"}}]\
        """);
    assertThat(trader.accounts(AccountFields.BALANCES))
        .extracting(AccountSnapshot::type)
        .containsExactly("CASH", "MARGIN");
    assertThat(asked("GET /trader/v1/accounts").querySize()).isZero();
    AccountSnapshot cash = trader.accounts(AccountFields.BALANCES_AND_POSITIONS).getFirst();
    assertThat(asked("GET /trader/v1/accounts").queryParameter("fields")).isEqualTo("positions");
    assertThat(cash.positions()).isEmpty();
    assertThat(cash.cash()).isEqualByComparingTo("10");
    assertThat(cash.buyingPower()).isEqualByComparingTo("9");
  }

  @Test
  void asksForOneAccountWithoutPositions() {
    schwab.on(PATH, 200, "{\"securitiesAccount\":{\"type\":\"MARGIN\"}}");
    AccountSnapshot account = trader.account(ACCOUNT, AccountFields.BALANCES);
    assertThat(asked(PATH).querySize()).isZero();
    assertThat(account.cash()).isNull();
  }

  @Test
  void asksForOrdersInOneStatusAndNumber() {
    schwab.on(ORDERS, 200, "[]");
    trader.orders(ACCOUNT, OrderQuery.entered(FROM, TO).in(BrokerOrderStatus.WORKING).atMost(7));
    HttpUrl url = asked(ORDERS);
    assertThat(url.queryParameter("fromEnteredTime")).isEqualTo("2026-01-05T14:30:00.000Z");
    assertThat(url.queryParameter("toEnteredTime")).isEqualTo("2026-01-05T21:00:00.000Z");
    assertThat(url.queryParameter("status")).isEqualTo("WORKING");
    assertThat(url.queryParameter("maxResults")).isEqualTo("7");
  }

  @Test
  void listsTheOrdersOfAllAccounts() {
    schwab.on(
        ALL_ORDERS,
        200,
        "[{\"orderId\":2,\"accountNumber\":2,\"status\":\"FILLED\"},"
            + "{\"orderId\":1,\"accountNumber\":1,\"status\":\"FILLED\"}]");
    assertThat(trader.orders(OrderQuery.entered(FROM, TO)))
        .extracting(BrokerOrder::accountNumber)
        .containsExactly("1", "2");
    assertThat(asked(ALL_ORDERS).queryParameterNames())
        .containsExactlyInAnyOrder("fromEnteredTime", "toEnteredTime", "maxResults");
  }

  @Test
  void asksForNoMoreTimeThanSchwabGives() {
    OrderQuery quarter = OrderQuery.entered(FROM.minus(Duration.ofDays(61)), FROM);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> trader.orders(quarter))
        .withMessageContaining("at most 60 days");
    assertThat(schwab.count(ALL_ORDERS)).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OrderQuery.entered(FROM.minus(Duration.ofDays(366)), FROM))
        .withMessageContaining("at most 365 days");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OrderQuery.entered(TO, FROM))
        .withMessageContaining("to a later one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OrderQuery.entered(FROM, TO).atMost(3_001))
        .withMessageContaining("1 to 3000");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TransactionQuery.trades(FROM.minus(Duration.ofDays(366)), FROM))
        .withMessageContaining("at most 365 days");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> TransactionQuery.trades(FROM, TO).of(EnumSet.noneOf(TransactionType.class)))
        .withMessageContaining("types that Schwab knows");
  }

  @Test
  void takesNoListingThatMayBeCutOff() {
    StringBuilder listing = new StringBuilder("[{\"orderId\":1,\"activityId\":1}");
    for (int i = 2; i <= 3_000; i++) {
      listing.append(",{\"orderId\":").append(i).append(",\"activityId\":").append(i).append('}');
    }
    schwab.on(ORDERS, 200, listing + "]");
    schwab.on(TRANSACTIONS, 200, listing + "]");
    assertThatThrownBy(() -> trader.orders(ACCOUNT, FROM, TO))
        .isInstanceOf(SchwabException.class)
        .hasMessageContaining("cut off");
    assertThatThrownBy(() -> trader.transactions(ACCOUNT, TransactionQuery.trades(FROM, TO)))
        .isInstanceOf(SchwabException.class)
        .hasMessageContaining("cut off");
  }

  @Test
  void listsTransactions() {
    schwab.on(
        TRANSACTIONS,
        200,
        "[%s,%s]"
            .formatted(
                TRADE, TRADE.replace("\"TRADE\"", "\"GIFT\"").replace("100000000002", "\"3\"")));
    var transactions =
        trader.transactions(
            ACCOUNT,
            TransactionQuery.trades(FROM, TO)
                .of(EnumSet.of(TransactionType.DIVIDEND_OR_INTEREST, TransactionType.TRADE))
                .of("ABC   260320C00050000"));
    HttpUrl url = asked(TRANSACTIONS);
    assertThat(url.queryParameter("startDate")).isEqualTo("2026-01-05T14:30:00.000Z");
    assertThat(url.queryParameter("endDate")).isEqualTo("2026-01-05T21:00:00.000Z");
    assertThat(url.queryParameter("types")).isEqualTo("TRADE,DIVIDEND_OR_INTEREST");
    assertThat(url.queryParameter("symbol")).isEqualTo("ABC   260320C00050000");
    assertThat(transactions)
        .extracting(Transaction::type)
        .containsExactly(TransactionType.TRADE, TransactionType.UNKNOWN);
    assertThat(transactions.getLast().typeText()).isEqualTo("GIFT");
    assertThat(api.unknowns()).isEqualTo(Map.of("word transaction.type=GIFT", 1L));
  }

  @Test
  void readsOneTransaction() {
    schwab.on(TRANSACTIONS + "/100000000002", 200, TRADE);
    schwab.on(TRANSACTIONS + "/100000000003", 200, "[" + TRADE + "]");
    Transaction trade = trader.transaction(ACCOUNT, 100_000_000_002L).orElseThrow();
    assertThat(trade.id()).isEqualTo(100_000_000_002L);
    assertThat(trade.orderId()).isEqualTo(1_000_000_000_001L);
    assertThat(trade.netAmount()).isEqualByComparingTo("-2000.2");
    assertThat(trade.settlementDate()).isEqualTo("2026-01-06T05:00:00Z");
    assertThat(trade.charges()).extracting(Transaction.Item::feeType).containsExactly("COMMISSION");
    assertThat(trade.items().getLast().price()).isEqualTo(new BigDecimal("50.005"));
    assertThat(trade.toString()).doesNotContain("12345678");
    assertThat(trader.transaction(ACCOUNT, 100_000_000_003L)).contains(trade);
    assertThat(trader.transaction(ACCOUNT, 7)).isEmpty();
  }

  @Test
  void previewsAnOrder() {
    schwab.on(
        "POST /trader/v1/accounts/" + HASH + "/previewOrder",
        200,
        """
        {"orderId":0,"orderStrategy":{"accountNumber":"12345678","advancedOrderType":"NONE",
           "enteredTime":"2026-01-05T14:31:07+0000",
           "orderBalance":{"orderValue":500.1,"projectedAvailableFund":10000.0,
             "projectedBuyingPower":20000.0,"projectedCommission":0.65},
           "orderStrategyType":"SINGLE","orderVersion":1,"session":"NORMAL","status":"ACCEPTED",
           "orderLegs":[{"askPrice":50.02,"bidPrice":50.01,"lastPrice":50.015,"markPrice":50.015,
             "projectedCommission":0.65,"quantity":10.0,"finalSymbol":"ABC","legId":1,
             "assetType":"EQUITY","instruction":"BUY","positionEffect":"OPENING"}]},
         "orderValidationResult":{"warns":[{"message":"The market is closed",
           "validationRuleName":"Hours","originalSeverity":"WARN"}]},
         "commissionAndFee":{
           "commission":{"commissionLegs":[{"commissionValues":[
             {"value":0.65,"type":"COMMISSION"}]}]},
           "fee":{"feeLegs":[{"feeValues":[{"value":0.01,"type":"SEC_FEE"},
             {"value":0.02,"type":"TAF_FEE"}]}]},
           "trueCommission":{"commissionLegs":[]}}}\
        """);
    PreviewResult result =
        trader.preview(ACCOUNT, Orders.buy(Ticker.of("ABC"), 10).limit(Price.of("50.01")));
    assertThat(result).isInstanceOf(PreviewResult.Previewed.class);
    OrderPreview preview = ((PreviewResult.Previewed) result).preview();
    assertThat(preview.status()).isEqualTo(BrokerOrderStatus.ACCEPTED);
    assertThat(preview.wouldBeRejected()).isFalse();
    assertThat(preview.orderValue()).isEqualByComparingTo("500.1");
    assertThat(preview.projectedBuyingPower()).isEqualByComparingTo("20000");
    assertThat(preview.legs().getFirst().ask()).isEqualByComparingTo("50.02");
    assertThat(preview.warns())
        .extracting(OrderPreview.Remark::rule, OrderPreview.Remark::message)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("Hours", "The market is closed"));
    assertThat(preview.charges()).isEqualByComparingTo("0.68");
  }

  @Test
  void previewsARejection() {
    schwab.on(
        "POST /trader/v1/accounts/" + HASH + "/previewOrder",
        200,
        """
        {"orderStrategy":{"status":"REJECTED"},"orderValidationResult":{"rejects":[
          {"activityMessage":"You do not have enough available cash/buying power"}]}}\
        """);
    PreviewResult result = trader.preview(ACCOUNT, Orders.buy(Ticker.of("ABC"), 10).market());
    OrderPreview preview = ((PreviewResult.Previewed) result).preview();
    assertThat(preview.wouldBeRejected()).isTrue();
    assertThat(preview.rejects())
        .extracting(OrderPreview.Remark::activityMessage)
        .containsExactly("You do not have enough available cash/buying power");
    assertThat(preview.charges()).isZero();
  }
}
