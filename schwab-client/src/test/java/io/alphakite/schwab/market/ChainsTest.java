package io.alphakite.schwab.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.market.OptionContract.ExerciseType;
import io.alphakite.schwab.market.OptionContract.ExpirationType;
import io.alphakite.schwab.market.OptionContract.PutCall;
import io.alphakite.schwab.market.OptionContract.SettlementType;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Month;
import java.util.List;
import java.util.Map;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Option chains in the shapes of the reference, sections 3.2 and 3.3. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChainsTest {

  private static final String CHAINS = "GET /marketdata/v1/chains";
  private static final String EXPIRATIONS = "GET /marketdata/v1/expirationchain";

  private static final String CONTRACT =
      """
      {"putCall":"CALL","symbol":"ABC   260320C00050000","description":"ABC 03/20/2026 50.00 C",
       "exchangeName":"OPR","bid":2.1,"ask":2.2,"last":2.15,"mark":2.15,"bidSize":65,"askSize":65,
       "bidAskSize":"65X65","lastSize":1,"highPrice":2.3,"lowPrice":2.0,"openPrice":0.0,
       "closePrice":2.05,"totalVolume":120,"tradeTimeInLong":1767622600000,
       "quoteTimeInLong":1767623400000,"netChange":0.1,"volatility":31.2,"delta":0.52,
       "gamma":0.04,"theta":-0.02,"vega":0.09,"rho":0.05,"openInterest":900,"timeValue":2.14,
       "theoreticalOptionValue":2.15,"theoreticalVolatility":29.0,
       "optionDeliverablesList":[{"symbol":"ABC","assetType":"EQUITY","deliverableUnits":100.0}],
       "strikePrice":50.0,"expirationDate":"2026-03-20T20:00:00.000+00:00",
       "daysToExpiration":74,"expirationType":"S","lastTradingDay":1774051200000,
       "multiplier":100.0,"settlementType":"P","deliverableNote":"100 ABC","percentChange":4.8,
       "markChange":0.1,"markPercentChange":4.8,"intrinsicValue":0.015,"extrinsicValue":2.135,
       "optionRoot":"ABC","exerciseType":"A","high52Week":6.0,"low52Week":1.0,"breakEven":52.15,
       "ssid":1,"inTheMoney":true,"mini":false,"nonStandard":false,"pennyPilot":true}""";

  private final FakeSchwab schwab = new FakeSchwab();
  private SchwabApi api;
  private MarketData market;

  @BeforeAll
  void connect(@TempDir Path directory) {
    api = schwab.api(directory);
    market = api.marketData();
  }

  @AfterAll
  void close() {
    schwab.close();
  }

  private OptionChain chain(String body) {
    schwab.on(CHAINS, 200, body);
    return market.chain(ChainRequest.of("ABC"));
  }

  private HttpUrl asked(ChainRequest request) {
    schwab.on(CHAINS, 200, "{}");
    market.chain(request);
    return schwab.requests(CHAINS).getLast().getUrl();
  }

  private static BigDecimal decimal(String text) {
    return new BigDecimal(text);
  }

  @Test
  void readsAContractWithAllItsFields() {
    OptionChain chain =
        chain(
            """
            {"symbol":"ABC","status":"SUCCESS","strategy":"SINGLE","interval":0.0,
             "isDelayed":false,"isIndex":false,"interestRate":4.2,"underlyingPrice":50.015,
             "volatility":29.0,"daysToExpiration":0.0,"dividendYield":0.0,"numberOfContracts":2,
             "assetMainType":"EQUITY","assetSubType":"COE","isChainTruncated":false,
             "underlying":null,
             "callExpDateMap":{"2026-03-20:74":{"50.0":[%s]}},"putExpDateMap":{}}"""
                .formatted(CONTRACT));
    assertThat(chain.calls())
        .containsExactly(
            new OptionContract(
                "ABC   260320C00050000",
                new Coded<>("CALL", PutCall.CALL),
                LocalDate.parse("2026-03-20"),
                74,
                decimal("50.0"),
                "ABC 03/20/2026 50.00 C",
                "OPR",
                decimal("2.1"),
                decimal("2.2"),
                decimal("2.15"),
                decimal("2.15"),
                65L,
                65L,
                1L,
                "65X65",
                decimal("0.0"),
                decimal("2.3"),
                decimal("2.0"),
                decimal("2.05"),
                decimal("0.1"),
                decimal("4.8"),
                decimal("0.1"),
                decimal("4.8"),
                decimal("6.0"),
                decimal("1.0"),
                120L,
                900L,
                Instant.ofEpochMilli(1767622600000L),
                Instant.ofEpochMilli(1767623400000L),
                new Greeks(
                    decimal("31.2"),
                    decimal("0.52"),
                    decimal("0.04"),
                    decimal("-0.02"),
                    decimal("0.09"),
                    decimal("0.05"),
                    decimal("2.15"),
                    decimal("29.0")),
                decimal("2.14"),
                decimal("0.015"),
                decimal("2.135"),
                decimal("52.15"),
                decimal("100.0"),
                Instant.parse("2026-03-20T20:00:00Z"),
                LocalDate.parse("2026-03-20"),
                new Coded<>("S", ExpirationType.STANDARD),
                new Coded<>("P", SettlementType.AFTERNOON),
                new Coded<>("A", ExerciseType.AMERICAN),
                "ABC",
                List.of(new OptionContract.Deliverable("ABC", "EQUITY", decimal("100.0"))),
                "100 ABC",
                1L,
                true,
                false,
                false,
                true));
    assertThat(chain.puts()).isEmpty();
    assertThat(chain.status()).isEqualTo(new Coded<>("SUCCESS", OptionChain.Status.SUCCESS));
    assertThat(chain.delayed()).isFalse();
    assertThat(chain.truncated()).isFalse();
    assertThat(chain.underlyingPrice()).isEqualByComparingTo("50.015");
    assertThat(api.unknowns().keySet()).noneMatch(name -> name.startsWith("field chain."));
  }

  @Test
  void readsSentinelsAsNothing() {
    OptionContract contract =
        chain(
                """
                {"putExpDateMap":{"2026-01-05:0":{"6900.0":[
                  {"putCall":"PUT","symbol":"SPXW  260105P06900000","volatility":-999.0,
                   "delta":"NaN","gamma":-999,"theta":"-999.0","vega":-999.0,"rho":-999.00,
                   "theoreticalOptionValue":-1,"theoreticalVolatility":"NaN","ssid":-1,
                   "quoteTimeInLong":0,"tradeTimeInLong":0,"bid":"NaN","netChange":-0.05,
                   "intrinsicValue":-999.0}]}}}""")
            .puts()
            .getFirst();
    assertThat(contract.greeks())
        .isEqualTo(new Greeks(null, null, null, null, null, null, null, null));
    assertThat(contract.ssid()).isNull();
    assertThat(contract.quoteTime()).isNull();
    assertThat(contract.tradeTime()).isNull();
    assertThat(contract.bid()).isNull();
    assertThat(contract.intrinsicValue()).as("a value like another").isEqualByComparingTo("-999");
    assertThat(contract.daysToExpiration()).isZero();
    assertThat(contract.strike()).isEqualByComparingTo("6900");
  }

  @Test
  void keepsSeveralContractsOfOneStrike() {
    assertThat(
            chain(
                    """
                    {"callExpDateMap":{"2026-03-20:74":{"6900.0":[
                      {"symbol":"SPX   260320C06900000","settlementType":"A"},
                      {"symbol":"SPXW  260320C06900000","settlementType":"P"}],
                      "6905.0":[{"symbol":"SPXW  260320C06905000"}]}},
                     "putExpDateMap":{"2026-03-20:74":{"6900.0":[
                      {"symbol":"SPX   260320P06900000"}]}}}""")
                .calls())
        .extracting(OptionContract::symbol)
        .containsExactly("SPX   260320C06900000", "SPXW  260320C06900000", "SPXW  260320C06905000");
  }

  @Test
  void leavesOutWhatCannotBeAContract() {
    OptionChain chain =
        chain(
            """
            {"callExpDateMap":{"soon":{"50.0":[{"symbol":"A"}]},
              "2026-03-20:74":{"x":[{"symbol":"B"}],"50.0":[{},7,{"symbol":"C"}]}}}""");
    assertThat(chain.calls()).extracting(OptionContract::symbol).containsExactly("C");
    assertThat(api.unknowns()).containsKey("unreadable chain.callExpDateMap");
  }

  @Test
  void readsTheUnderlyingAskedFor() {
    OptionChain.Underlying underlying =
        chain(
                """
                {"status":"SUCCESS","underlying":{"ask":50.02,"askSize":300,"bid":50.01,
                  "bidSize":200,"change":0.5,"close":49.5,"delayed":true,"description":"ABC CORP",
                  "exchangeName":"NASDAQ","fiftyTwoWeekHigh":60,"fiftyTwoWeekLow":40,
                  "highPrice":50.4,"last":50.015,"lowPrice":49.4,"mark":50.015,"markChange":0.5,
                  "markPercentChange":1.04,"openPrice":49.6,"percentChange":1.04,
                  "quoteTime":1767623400123,"symbol":"ABC","totalVolume":345678,
                  "tradeTime":1767623399990}}""")
            .underlying();
    assertThat(underlying).isNotNull();
    assertThat(underlying.bid()).isEqualByComparingTo("50.01");
    assertThat(underlying.high52Week()).isEqualByComparingTo("60");
    assertThat(underlying.delayed()).isTrue();
  }

  @Test
  void hasAnEmptyChainWhereThereIsNone() {
    assertThat(chain("{\"symbol\":\"ABC\",\"status\":\"FAILED\"}").isEmpty()).isTrue();
    assertThat(
            chain("{\"status\":\"SUCCESS\",\"callExpDateMap\":{},\"putExpDateMap\":{}}").isEmpty())
        .isTrue();
  }

  @Test
  void saysToAskForLessWhenTheGatewayWillNotCarryIt() {
    schwab.on(
        CHAINS,
        502,
        "{\"fault\":{\"faultstring\":\"Body buffer overflow\",\"detail\":{\"errorcode\":"
            + "\"protocol.http.TooBigBody\"}}}");
    long before = schwab.count(CHAINS);
    assertThatThrownBy(() -> market.chain(ChainRequest.of("$SPX")))
        .isInstanceOfSatisfying(
            SchwabException.class,
            e -> assertThat(e.kind()).isEqualTo(SchwabException.Kind.ANSWER_TOO_BIG))
        .hasMessageContaining("ask for less")
        .hasMessageContaining("strikeCount");
    assertThat(schwab.count(CHAINS) - before).as("asking again would not help").isEqualTo(1);
  }

  @Test
  void asksWithEverythingThatWasSaid() {
    HttpUrl url =
        asked(
            ChainRequest.of("$SPX")
                .contractType(ChainRequest.ContractType.PUT)
                .strikeCount(20)
                .withUnderlying()
                .strategy(ChainRequest.Strategy.VERTICAL)
                .interval(decimal("2.50"))
                .strike(decimal("6900"))
                .range(ChainRequest.Range.NTM)
                .expirations(LocalDate.parse("2026-01-05"), LocalDate.parse("2026-02-05"))
                .expirationMonth(Month.SEPTEMBER)
                .optionType(ChainRequest.OptionType.S)
                .entitlement(ChainRequest.Entitlement.NP));
    Map<String, String> expected =
        Map.ofEntries(
            Map.entry("symbol", "$SPX"),
            Map.entry("contractType", "PUT"),
            Map.entry("strikeCount", "20"),
            Map.entry("includeUnderlyingQuote", "true"),
            Map.entry("strategy", "VERTICAL"),
            Map.entry("interval", "2.50"),
            Map.entry("strike", "6900"),
            Map.entry("range", "NTM"),
            Map.entry("fromDate", "2026-01-05"),
            Map.entry("toDate", "2026-02-05"),
            Map.entry("expMonth", "SEP"),
            Map.entry("optionType", "S"),
            Map.entry("entitlement", "NP"));
    assertThat(url.queryParameterNames()).isEqualTo(expected.keySet());
    expected.forEach((name, value) -> assertThat(url.queryParameter(name)).isEqualTo(value));
  }

  @Test
  void isAnalyticalOnceSomethingIsAssumed() {
    HttpUrl url =
        asked(
            ChainRequest.of("ABC")
                .assumingVolatility(decimal("30"))
                .assumingUnderlyingPrice(decimal("51.5"))
                .assumingInterestRate(decimal("4.2"))
                .assumingDaysToExpiration(7));
    assertThat(url.queryParameter("strategy")).isEqualTo("ANALYTICAL");
    assertThat(url.queryParameter("volatility")).isEqualTo("30");
    assertThat(url.queryParameter("underlyingPrice")).isEqualTo("51.5");
    assertThat(url.queryParameter("interestRate")).isEqualTo("4.2");
    assertThat(url.queryParameter("daysToExpiration")).isEqualTo("7");
  }

  @Test
  void refusesRequestsThatMakeNoSense() {
    ChainRequest request = ChainRequest.of("ABC");
    assertThatThrownBy(() -> request.strikeCount(0)).hasMessageContaining("strikeCount 0");
    assertThatThrownBy(() -> request.strike(decimal("-1"))).hasMessageContaining("strike -1");
    assertThatThrownBy(
            () -> request.expirations(LocalDate.parse("2026-02-05"), LocalDate.parse("2026-01-05")))
        .hasMessageContaining("2026-02-05 is after");
    assertThatThrownBy(
            () ->
                request.strategy(ChainRequest.Strategy.VERTICAL).assumingVolatility(decimal("30")))
        .hasMessageContaining("ANALYTICAL alone");
    assertThatThrownBy(
            () ->
                request.assumingVolatility(decimal("30")).strategy(ChainRequest.Strategy.CALENDAR))
        .hasMessageContaining("ANALYTICAL alone");
    assertThatThrownBy(() -> ChainRequest.of("A,B")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsExpirationsInEitherSpelling() {
    schwab.on(
        EXPIRATIONS,
        200,
        """
        {"expirationList":[{"expirationDate":"2026-03-20","daysToExpiration":74,
           "expirationType":"S","settlementType":"P","optionRoots":"ABC","standard":true},
          {"expiration":"2026-03-27","daysToExpiration":"81","expirationType":"X"},
          {"daysToExpiration":3}],"status":"SUCCESS"}""");
    assertThat(market.expirations("ABC"))
        .containsExactly(
            new Expiration(
                LocalDate.parse("2026-03-20"),
                74L,
                new Coded<>("S", ExpirationType.STANDARD),
                new Coded<>("P", SettlementType.AFTERNOON),
                "ABC",
                true),
            new Expiration(
                LocalDate.parse("2026-03-27"),
                81L,
                new Coded<ExpirationType>("X", null),
                null,
                null,
                null));
    assertThat(schwab.requests(EXPIRATIONS).getLast().getUrl().queryParameter("symbol"))
        .isEqualTo("ABC");
    schwab.on(EXPIRATIONS, 200, "{\"expirationList\":[]}");
    assertThat(market.expirations("ABC")).isEmpty();
  }
}
