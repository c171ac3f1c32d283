package io.alphakite.schwab.trader;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Unknowns;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Accounts and preferences as Schwab's material and captures show them. */
class AccountReadingTest {

  private static final String ACCOUNT =
      """
      {"securitiesAccount":{"type":"MARGIN","accountNumber":"12345678","roundTrips":2,
        "isDayTrader":true,"isClosingOnlyRestricted":false,"pfcbFlag":false,
        "positions":[{"shortQuantity":0.0,"averagePrice":49.0,"currentDayProfitLoss":10.0,
          "currentDayProfitLossPercentage":0.2,"longQuantity":100.0,"settledLongQuantity":100.0,
          "settledShortQuantity":0.0,
          "instrument":{"assetType":"EQUITY","cusip":"000000000","symbol":"ABC","netChange":0.5},
          "marketValue":5001.5,"maintenanceRequirement":1500.45,"averageLongPrice":49.0,
          "taxLotAverageLongPrice":49.0,"longOpenProfitLoss":101.5,
          "previousSessionLongQuantity":100.0,"currentDayCost":0.0},
         {"shortQuantity":2,"longQuantity":0,"settledShortQuantity":-2.0,"averagePrice":1.5,
          "averageShortPrice":1.5,"shortOpenProfitLoss":-20.0,
          "instrument":{"assetType":"OPTION","symbol":"ABC   260320P00045000","putCall":"PUT",
            "underlyingSymbol":"ABC","description":"ABC Put","type":"VANILLA"}}],
        "initialBalances":{%s},"currentBalances":{%s},"projectedBalances":{%s}},
       "aggregatedBalance":{"currentLiquidationValue":25000.0,"liquidationValue":25000.0}}\
      """;

  private final Unknowns unknowns = new Unknowns();

  private AccountSnapshot read(String initial, String current, String projected) {
    return Objects.requireNonNull(
        AccountJson.snapshot(Json.parse(ACCOUNT.formatted(initial, current, projected)), unknowns));
  }

  @Test
  void readsAnAccountWithItsPositions() {
    AccountSnapshot account = read("\"cashBalance\":1", "\"cashBalance\":2", "\"isInCall\":true");
    assertThat(account.number()).isEqualTo("12345678");
    assertThat(account.roundTrips()).isEqualTo(2);
    assertThat(account.dayTrader()).isTrue();
    assertThat(account.closingOnlyRestricted()).isFalse();
    assertThat(account.liquidationValue()).isEqualByComparingTo("25000");
    assertThat(account.cash()).isEqualByComparingTo("2");
    assertThat(account.projected().inCall()).isTrue();
    assertThat(account.current().inCall()).isNull();
    assertThat(account.positions())
        .satisfiesExactly(
            held -> {
              assertThat(held.quantity()).isEqualByComparingTo("100");
              assertThat(held.instrument().cusip()).isEqualTo("000000000");
              assertThat(held.longOpenProfitLoss()).isEqualByComparingTo("101.5");
              assertThat(held.taxLotAverageLongPrice()).isEqualByComparingTo("49");
              assertThat(held.averageShortPrice()).isNull();
            },
            owed -> {
              assertThat(owed.quantity()).isEqualByComparingTo("-2");
              assertThat(owed.settledShortQuantity()).isEqualByComparingTo("-2");
              assertThat(owed.shortOpenProfitLoss()).isEqualByComparingTo("-20");
              assertThat(owed.instrument().putCall()).isEqualTo("PUT");
              assertThat(owed.instrument().underlyingSymbol()).isEqualTo("ABC");
            });
    assertThat(account.toString()).doesNotContain("12345678");
  }

  /** The names of the description's table. */
  @ParameterizedTest
  @CsvSource({
    "margin initial, accountValue accruedInterest availableFundsNonMarginableTrade bondValue"
        + " buyingPower cashAvailableForTrading cashBalance cashReceipts dayTradingBuyingPower"
        + " dayTradingBuyingPowerCall dayTradingEquityCall equity equityPercentage"
        + " liquidationValue longMarginValue longOptionMarketValue longStockValue maintenanceCall"
        + " maintenanceRequirement margin marginBalance marginEquity moneyMarketFund"
        + " mutualFundValue pendingDeposits regTCall shortBalance shortMarginValue"
        + " shortOptionMarketValue shortStockValue totalCash unsettledCash",
    "margin current, accruedInterest cashBalance cashReceipts longOptionMarketValue"
        + " liquidationValue longMarketValue moneyMarketFund savings shortMarketValue"
        + " pendingDeposits mutualFundValue bondValue shortOptionMarketValue availableFunds"
        + " availableFundsNonMarginableTrade buyingPower buyingPowerNonMarginableTrade"
        + " dayTradingBuyingPower equity equityPercentage longMarginValue maintenanceCall"
        + " maintenanceRequirement marginBalance regTCall shortBalance shortMarginValue sma",
    "margin projected, availableFunds availableFundsNonMarginableTrade buyingPower"
        + " dayTradingBuyingPower dayTradingBuyingPowerCall maintenanceCall regTCall"
        + " stockBuyingPower",
    "cash initial, accountValue accruedInterest bondValue cashAvailableForTrading"
        + " cashAvailableForWithdrawal cashBalance cashDebitCallValue cashReceipts"
        + " liquidationValue longOptionMarketValue longStockValue moneyMarketFund mutualFundValue"
        + " pendingDeposits shortOptionMarketValue shortStockValue unsettledCash",
    "cash current, accruedInterest cashBalance cashReceipts longOptionMarketValue"
        + " liquidationValue longMarketValue moneyMarketFund savings shortMarketValue"
        + " pendingDeposits mutualFundValue bondValue shortOptionMarketValue"
        + " cashAvailableForTrading cashAvailableForWithdrawal cashCall"
        + " longNonMarginableMarketValue totalCash cashDebitCallValue unsettledCash",
    "cash projected, cashAvailableForTrading cashAvailableForWithdrawal"
  })
  void knowsEveryBalance(String block, String names) {
    String[] fields = names.split(" ", -1);
    String json =
        Arrays.stream(fields)
            .map(field -> "\"%s\":%d.25".formatted(field, field.length()))
            .collect(Collectors.joining(","));
    Balances balances = read(json, "", "").initial();
    assertThat(balances.amounts()).as(block).hasSameSizeAs(fields);
    balances
        .amounts()
        .forEach(
            (balance, amount) ->
                assertThat(amount).isEqualByComparingTo(balance.field().length() + ".25"));
    assertThat(balances.other()).isEmpty();
    assertThat(unknowns.counts()).isEmpty();
  }

  @Test
  void keepsAndCountsABalanceThatIsNew() {
    Balances balances = read("", "\"cryptoValue\":1.5,\"note\":\"none\"", "").current();
    assertThat(balances.other()).containsOnlyKeys("cryptoValue");
    assertThat(unknowns.counts()).isEqualTo(Map.of("field balance.cryptoValue", 1L));
  }

  @Test
  void readsAPreferenceInFull() {
    UserPreference preference =
        AccountJson.preference(
            Json.parse(
                """
                {"accounts":[{"accountNumber":"12345678","primaryAccount":true,
                   "type":"BROKERAGE","nickName":"x","displayAcctId":"...678",
                   "autoPositionEffect":false,"accountColor":"Green",
                   "lotSelectionMethod":"FIFO"}],
                 "streamerInfo":[{"streamerSocketUrl":"wss://streamer-api.schwab.com/ws",
                   "schwabClientCustomerId":"opaque","schwabClientCorrelId":"uuid",
                   "schwabClientChannel":"N9","schwabClientFunctionId":"APIAPP"}],
                 "offers":[{"level2Permissions":true,"mktDataPermission":"NP"}]}\
                """));
    assertThat(preference.accounts())
        .containsExactly(
            new UserPreference.Account(
                "12345678", true, "BROKERAGE", "x", "...678", false, "Green", "FIFO"));
    assertThat(preference.streamer().orElseThrow().correlId()).isEqualTo("uuid");
    assertThat(preference.offers()).containsExactly(new UserPreference.Offer(true, "NP"));
  }
}
