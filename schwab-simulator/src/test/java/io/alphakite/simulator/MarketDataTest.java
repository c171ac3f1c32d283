package io.alphakite.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import java.math.BigDecimal;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Market data over HTTP, on one market that stands at 10:00:30; shapes as the API's description has
 * them.
 */
@Timeout(60)
class MarketDataTest {
  private static final String V1 = "/marketdata/v1/";
  private static SimulatorServer server;
  private static TestClient client;

  @BeforeAll
  static void start() {
    server = Servers.start("SIMULATOR_DAY_START", "10:00:30");
    client = new TestClient(server);
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @AfterEach
  void noFaults() {
    server.faults().clear();
  }

  private static JsonNode get(String path) {
    return client.get(V1 + path);
  }

  /** Names in their order, each with what kind of value it has. */
  private static String shape(JsonNode object) {
    List<String> parts = new ArrayList<>();
    object
        .properties()
        .forEach(
            e -> {
              JsonNode value = e.getValue();
              String kind =
                  value.isObject()
                      ? "{}"
                      : value.isArray()
                          ? "[]"
                          : value.isString()
                              ? "text"
                              : value.isBoolean()
                                  ? "bool"
                                  : value.isNull()
                                      ? "null"
                                      : value.isIntegralNumber() ? "int" : "double";
              parts.add(e.getKey() + ":" + kind);
            });
    return String.join(" ", parts);
  }

  private static void isRefused(String path, int status, String parameter) {
    HttpResponse<String> answer = client.send("GET", V1 + path, null);
    assertThat(answer.statusCode()).as(path).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/json");
    JsonNode error = TestClient.JSON.readTree(answer.body()).path("errors").path(0);
    assertThat(shape(error)).as(path).startsWith("id:text status:text title:text detail:text");
    assertThat(error.path("status").asString()).isEqualTo(Integer.toString(status));
    if (!parameter.isEmpty()) {
      assertThat(error.path("source").path("parameter").asString()).as(path).isEqualTo(parameter);
    }
  }

  @Test
  void aShareHasAllBlocksInTheirForm() {
    JsonNode ibm = get("quotes?symbols=IBM").path("IBM");
    assertThat(shape(ibm))
        .isEqualTo(
            "assetMainType:text assetSubType:text quoteType:text realtime:bool ssid:int symbol:text"
                + " extended:{} fundamental:{} quote:{} reference:{} regular:{}");
    assertThat(ibm.path("assetSubType").asString()).isEqualTo("COE");
    assertThat(ibm.path("quoteType").asString()).isEqualTo("NBBO");
    assertThat(shape(ibm.path("extended")))
        .isEqualTo(
            "askPrice:double askSize:int bidPrice:double bidSize:int lastPrice:double lastSize:int"
                + " mark:double quoteTime:int totalVolume:int tradeTime:int");
    assertThat(shape(ibm.path("fundamental")))
        .isEqualTo(
            "avg10DaysVolume:double avg1YearVolume:double declarationDate:text divAmount:double"
                + " divExDate:text divFreq:int divPayAmount:double divPayDate:text divYield:double"
                + " eps:double fundLeverageFactor:double lastEarningsDate:text nextDivExDate:text"
                + " nextDivPayDate:text peRatio:double");
    assertThat(ibm.path("fundamental").path("divExDate").asString())
        .isEqualTo("2013-09-10T04:00:00Z");
    assertThat(ibm.path("fundamental").path("nextDivExDate").asString())
        .isEqualTo("2013-12-10T05:00:00Z");
    assertThat(shape(ibm.path("quote")))
        .isEqualTo(
            "52WeekHigh:double 52WeekLow:double askMICId:text askPrice:double askSize:int"
                + " askTime:int bidMICId:text bidPrice:double bidSize:int bidTime:int"
                + " closePrice:double highPrice:double lastMICId:text lastPrice:double lastSize:int"
                + " lowPrice:double mark:double markChange:double markPercentChange:double"
                + " netChange:double netPercentChange:double openPrice:double"
                + " postMarketChange:double postMarketPercentChange:double quoteTime:int"
                + " securityStatus:text totalVolume:int tradeTime:int");
    assertThat(shape(ibm.path("reference")))
        .isEqualTo(
            "cusip:text description:text exchange:text exchangeName:text isHardToBorrow:bool"
                + " isShortable:bool htbQuantity:int htbRate:double");
    assertThat(shape(ibm.path("regular")))
        .isEqualTo(
            "regularMarketLastPrice:double regularMarketLastSize:int"
                + " regularMarketNetChange:double regularMarketPercentChange:double"
                + " regularMarketTradeTime:int");
    JsonNode quote = ibm.path("quote");
    assertThat(quote.path("netChange").decimalValue())
        .isEqualByComparingTo(
            quote
                .path("lastPrice")
                .decimalValue()
                .subtract(quote.path("closePrice").decimalValue()));
    assertThat(quote.path("52WeekHigh").decimalValue())
        .isGreaterThanOrEqualTo(quote.path("highPrice").decimalValue());
  }

  @Test
  void anIndexHasNeitherBidNorFundamentals() {
    JsonNode both = get("quotes?symbols=%24SPX,SPY");
    JsonNode index = both.path("$SPX");
    assertThat(shape(index))
        .isEqualTo("assetMainType:text realtime:bool ssid:int symbol:text quote:{} reference:{}");
    assertThat(shape(index.path("quote")))
        .isEqualTo(
            "52WeekHigh:double 52WeekLow:double closePrice:double highPrice:double lastPrice:double"
                + " lowPrice:double netChange:double netPercentChange:double openPrice:double"
                + " securityStatus:text totalVolume:int tradeTime:int");
    assertThat(index.path("quote").path("lastPrice").decimalValue())
        .isEqualByComparingTo(
            both.path("SPY")
                .path("quote")
                .path("lastPrice")
                .decimalValue()
                .multiply(BigDecimal.TEN));
    assertThat(
            get("pricehistory?symbol=%24SPX&startDate=1381152600000&endDate=1381152600000")
                .path("candles")
                .path(0)
                .path("volume")
                .asLong(-1))
        .isZero();
  }

  @Test
  void unknownSymbolsStandBesideTheGoodOnesAndAlone() {
    assertThat(get("quotes?symbols=NOPE,SPY,ALSO&fields=quote").path("errors").toString())
        .isEqualTo("{\"invalidSymbols\":[\"NOPE\",\"ALSO\"]}");
    assertThat(shape(get("quotes?symbols=NOPE"))).isEqualTo("errors:{}");
    isRefused("NOPE/quotes", 404, "");
    isRefused("quotes", 400, "symbols");
    isRefused("quotes?symbols=SPY&fields=quote,x", 400, "fields");
    isRefused("quotes?symbols=SPY&indicative=perhaps", 400, "indicative");
    String many = IntStream.range(0, 501).mapToObj(i -> "S" + i).collect(Collectors.joining(","));
    isRefused("quotes?symbols=" + many, 400, "symbols");
    assertThat(shape(get("quotes?symbols=" + many.substring(0, many.lastIndexOf(',')))))
        .isEqualTo("errors:{}");
  }

  private static final String CONTRACT =
      "putCall:text symbol:text description:text exchangeName:text bid:double ask:double"
          + " last:double mark:double bidSize:int askSize:int bidAskSize:text lastSize:int"
          + " highPrice:double lowPrice:double openPrice:double closePrice:double totalVolume:int"
          + " tradeTimeInLong:int quoteTimeInLong:int netChange:double volatility:double"
          + " delta:double gamma:double theta:double vega:double rho:double openInterest:int"
          + " timeValue:double theoreticalOptionValue:double theoreticalVolatility:double"
          + " optionDeliverablesList:[] strikePrice:double expirationDate:text"
          + " daysToExpiration:int expirationType:text lastTradingDay:int multiplier:double"
          + " settlementType:text deliverableNote:text percentChange:double markChange:double"
          + " markPercentChange:double intrinsicValue:double extrinsicValue:double"
          + " optionRoot:text exerciseType:text high52Week:double low52Week:double"
          + " breakEven:double ssid:int inTheMoney:bool mini:bool nonStandard:bool"
          + " pennyPilot:bool";

  @Test
  void aChainHasItsTwoMaps() {
    JsonNode chain =
        get(
            "chains?symbol=SPY&strikeCount=2&fromDate=2013-10-11&toDate=2013-10-18&includeUnderlyingQuote=true");
    assertThat(shape(chain))
        .isEqualTo(
            "symbol:text status:text strategy:text interval:double isDelayed:bool isIndex:bool"
                + " interestRate:double underlyingPrice:double volatility:double"
                + " daysToExpiration:double dividendYield:double numberOfContracts:int"
                + " assetMainType:text assetSubType:text isChainTruncated:bool underlying:{}"
                + " callExpDateMap:{} putExpDateMap:{}");
    assertThat(shape(chain.path("underlying")))
        .isEqualTo(
            "ask:double askSize:int bid:double bidSize:int change:double close:double delayed:bool"
                + " description:text exchangeName:text fiftyTwoWeekHigh:double"
                + " fiftyTwoWeekLow:double highPrice:double last:double lowPrice:double"
                + " mark:double markChange:double markPercentChange:double openPrice:double"
                + " percentChange:double quoteTime:int symbol:text totalVolume:int tradeTime:int");
    JsonNode calls = chain.path("callExpDateMap");
    assertThat(calls.propertyNames())
        .containsExactly(
            "2013-10-11:4",
            "2013-10-14:7",
            "2013-10-15:8",
            "2013-10-16:9",
            "2013-10-17:10",
            "2013-10-18:11");
    BigDecimal spot = chain.path("underlyingPrice").decimalValue();
    int contracts = 0;
    for (String map : List.of("callExpDateMap", "putExpDateMap")) {
      for (JsonNode strikes : chain.path(map)) {
        assertThat(strikes.size()).isEqualTo(4);
        int above = 0;
        for (Map.Entry<String, JsonNode> at : strikes.properties()) {
          contracts++;
          JsonNode contract = at.getValue().path(0);
          assertThat(shape(contract)).isEqualTo(CONTRACT);
          BigDecimal strike = new BigDecimal(at.getKey());
          assertThat(at.getKey()).endsWith(".0");
          assertThat(contract.path("strikePrice").decimalValue()).isEqualByComparingTo(strike);
          above += strike.compareTo(spot) > 0 ? 1 : 0;
        }
        assertThat(above).isEqualTo(2);
      }
    }
    assertThat(chain.path("numberOfContracts").asInt()).isEqualTo(contracts);
    JsonNode put = chain.path("putExpDateMap").path("2013-10-18:11").path(0);
    JsonNode call = calls.path("2013-10-18:11").properties().iterator().next().getValue().path(0);
    assertThat(call.path("expirationDate").asString()).isEqualTo("2013-10-18T20:00:00.000+00:00");
    assertThat(call.path("expirationType").asString()).isEqualTo("S");
    assertThat(call.path("symbol").asString()).matches("SPY   131018C00\\d{6}").hasSize(21);
    assertThat(Instant.ofEpochMilli(call.path("lastTradingDay").asLong()))
        .isEqualTo("2013-10-19T00:00:00Z");
    assertThat(call.path("optionDeliverablesList").toString())
        .isEqualTo("[{\"symbol\":\"SPY\",\"assetType\":\"EQUITY\",\"deliverableUnits\":100.0}]");
    assertThat(put.isMissingNode()).isTrue();
    assertThat(call.path("bidAskSize").asString())
        .isEqualTo(call.path("bidSize").asInt() + "X" + call.path("askSize").asInt());
    assertThat(call.path("delta").asDouble()).isBetween(0.5, 0.9);
    assertThat(call.path("theta").asDouble()).isNegative();
    assertThat(call.path("breakEven").decimalValue())
        .isEqualByComparingTo(
            call.path("strikePrice").decimalValue().add(call.path("mark").decimalValue()));
  }

  private static NavigableSet<BigDecimal> strikes(String parameters) {
    NavigableSet<BigDecimal> strikes = new TreeSet<>();
    for (JsonNode map :
        List.of(
            get("chains?symbol=SPY&toDate=2013-10-11&fromDate=2013-10-11&" + parameters)
                .path("callExpDateMap"))) {
      for (JsonNode at : map) {
        at.propertyNames().forEach(strike -> strikes.add(new BigDecimal(strike)));
      }
    }
    return strikes;
  }

  @Test
  void rangesSelectStrikes() {
    NavigableSet<BigDecimal> all = strikes("");
    BigDecimal spot = get("chains?symbol=SPY&strikeCount=1").path("underlyingPrice").decimalValue();
    assertThat(all).hasSize(41);
    assertThat(strikes("range=ITM")).isEqualTo(all.headSet(spot));
    assertThat(strikes("range=SBK")).isEqualTo(all.headSet(spot));
    assertThat(strikes("range=OTM")).isEqualTo(all.tailSet(spot));
    assertThat(strikes("range=SAK")).isEqualTo(all.tailSet(spot, false));
    assertThat(strikes("range=NTM")).isEqualTo(strikes("range=SNK")).hasSizeBetween(10, 20);
    assertThat(strikes("range=ALL")).isEqualTo(all);
    assertThat(strikes("strike=165")).containsExactly(new BigDecimal("165.0"));
    assertThat(strikes("strike=165.25")).isEmpty();
    assertThat(strikes("optionType=NS")).isEmpty();
    assertThat(strikes("expMonth=DEC")).isEmpty();
    assertThat(strikes("expMonth=OCT")).isEqualTo(all);
    assertThat(strikes("contractType=PUT")).isEmpty();
  }

  @Test
  void anAnalyticalChainAnswersTheCallersAssumptions() {
    String at =
        "chains?symbol=SPY&contractType=CALL&strike=170&fromDate=2013-10-18&toDate=2013-10-18";
    JsonNode chain =
        get(
            at
                + "&strategy=ANALYTICAL&volatility=20&underlyingPrice=170&interestRate=5&daysToExpiration=365");
    assertThat(chain.path("strategy").asString()).isEqualTo("ANALYTICAL");
    assertThat(chain.path("volatility").asDouble()).isEqualTo(20);
    assertThat(chain.path("daysToExpiration").asDouble()).isEqualTo(365);
    JsonNode call = chain.path("callExpDateMap").path("2013-10-18:11").path("170.0").path(0);
    // Black-Scholes-Merton with a dividend yield of 1.8 %: 170 (e^-qT N(0.26) - e^-rT N(0.06)).
    assertThat(call.path("theoreticalOptionValue").asDouble()).isBetween(15.8, 16.1);
    assertThat(call.path("volatility").asDouble()).isEqualTo(20);
    JsonNode asItIs = get(at + "&volatility=20");
    assertThat(asItIs.path("volatility").asDouble()).as("SINGLE ignores them").isEqualTo(29);
  }

  @ParameterizedTest
  @ValueSource(strings = {"VERTICAL", "CALENDAR", "STRADDLE", "ROLL", "COVERED"})
  void spreadsAnswerWithoutContracts(String strategy) {
    JsonNode chain = get("chains?symbol=SPY&interval=1&strategy=" + strategy);
    assertThat(chain.path("status").asString()).isEqualTo("FAILED");
    assertThat(chain.path("strategy").asString()).isEqualTo(strategy);
    assertThat(chain.path("numberOfContracts").asInt(-1)).isZero();
    assertThat(chain.path("callExpDateMap").isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', symbol",
    "symbol=SPY&contractType=BOTH, contractType",
    "symbol=SPY&strikeCount=x, strikeCount",
    "symbol=SPY&strikeCount=-1, strikeCount",
    "symbol=SPY&strategy=CONDORS, strategy",
    "symbol=SPY&range=NEAR, range",
    "symbol=SPY&fromDate=10/11/2013, fromDate",
    "symbol=SPY&fromDate=2013-10-18&toDate=2013-10-11, toDate",
    "symbol=SPY&expMonth=OKT, expMonth",
    "symbol=SPY&optionType=X, optionType",
    "symbol=SPY&includeUnderlyingQuote=1, includeUnderlyingQuote",
    "symbol=SPY&strike=a, strike",
    "symbol=SPY&entitlement=XX, entitlement"
  })
  void illegalChainParametersAreNamed(String query, String parameter) {
    isRefused("chains?" + query, 400, parameter);
  }

  @Test
  void anUnknownUnderlyingHasNoChainAndNoExpirations() {
    assertThat(get("chains?symbol=NOPE").path("status").asString()).isEqualTo("FAILED");
    assertThat(get("expirationchain?symbol=NOPE").path("expirationList").isEmpty()).isTrue();
    isRefused("expirationchain", 400, "symbol");
  }

  @Test
  void expirationsHaveTheWiresNames() {
    JsonNode answer = get("expirationchain?symbol=IBM");
    assertThat(answer.path("status").asString()).isEqualTo("SUCCESS");
    JsonNode first = answer.path("expirationList").path(0);
    assertThat(first.toString())
        .isEqualTo(
            "{\"expirationDate\":\"2013-10-11\",\"daysToExpiration\":4,\"expirationType\":\"W\","
                + "\"settlementType\":\"P\",\"optionRoots\":\"IBM\",\"standard\":true}");
    assertThat(answer.path("expirationList").path(1).path("expirationType").asString())
        .isEqualTo("S");
  }

  @Test
  void anOptionsQuoteAgreesWithItsChain() {
    String symbol = "SPY   131018C00168000";
    JsonNode byPath = get(symbol.replace(" ", "%20") + "/quotes").path(symbol);
    JsonNode byList = get("quotes?symbols=" + symbol.replace(" ", "%20")).path(symbol);
    assertThat(byPath).isEqualTo(byList);
    assertThat(shape(byPath))
        .isEqualTo("assetMainType:text realtime:bool ssid:int symbol:text quote:{} reference:{}");
    assertThat(shape(byPath.path("quote")))
        .isEqualTo(
            "52WeekHigh:double 52WeekLow:double askPrice:double askSize:int bidPrice:double"
                + " bidSize:int closePrice:double delta:double gamma:double highPrice:double"
                + " indAskPrice:double indBidPrice:double indQuoteTime:int impliedYield:double"
                + " lastPrice:double lastSize:int lowPrice:double mark:double markChange:double"
                + " markPercentChange:double moneyIntrinsicValue:double netChange:double"
                + " netPercentChange:double openInterest:int openPrice:double quoteTime:int"
                + " rho:double securityStatus:text theoreticalOptionValue:double theta:double"
                + " timeValue:double totalVolume:int tradeTime:int underlyingPrice:double"
                + " vega:double volatility:double");
    assertThat(shape(byPath.path("reference")))
        .isEqualTo(
            "contractType:text cusip:text daysToExpiration:int deliverables:text description:text"
                + " exchange:text exchangeName:text exerciseType:text expirationDay:int"
                + " expirationMonth:int expirationType:text expirationYear:int isPennyPilot:bool"
                + " lastTradingDay:int multiplier:double settlementType:text strikePrice:double"
                + " underlying:text underlyingAssetType:text");
    JsonNode contract =
        get("chains?symbol=SPY&contractType=CALL&strike=168&fromDate=2013-10-18&toDate=2013-10-18")
            .path("callExpDateMap")
            .path("2013-10-18:11")
            .path("168.0")
            .path(0);
    JsonNode quote = byPath.path("quote");
    for (String[] pair :
        new String[][] {
          {"bid", "bidPrice"},
          {"ask", "askPrice"},
          {"last", "lastPrice"},
          {"mark", "mark"},
          {"openInterest", "openInterest"},
          {"totalVolume", "totalVolume"},
          {"intrinsicValue", "moneyIntrinsicValue"},
          {"closePrice", "closePrice"}
        }) {
      assertThat(contract.path(pair[0]).decimalValue())
          .as(pair[0])
          .isEqualByComparingTo(quote.path(pair[1]).decimalValue());
    }
  }

  @Test
  void contractsWithoutAMarketHaveSentinelsAndNoQuote() {
    JsonNode chain = get("chains?symbol=SPY&toDate=2013-10-11");
    List<String> unquoted = new ArrayList<>();
    List<String> noBid = new ArrayList<>();
    for (String map : List.of("callExpDateMap", "putExpDateMap")) {
      for (JsonNode strikes : chain.path(map)) {
        for (JsonNode at : strikes) {
          JsonNode contract = at.path(0);
          if (contract.path("quoteTimeInLong").asLong() == 0) {
            unquoted.add(contract.path("symbol").asString());
            assertThat(contract.path("theoreticalOptionValue").decimalValue())
                .isEqualByComparingTo("-1");
            assertThat(contract.path("ssid").asInt()).isEqualTo(-1);
          } else if (contract.path("bid").asDouble() == 0) {
            noBid.add(contract.path("symbol").asString());
          } else {
            assertThat(contract.path("delta").asDouble()).isBetween(-1.0, 1.0);
            continue;
          }
          for (String greek : List.of("volatility", "delta", "gamma", "theta", "vega", "rho")) {
            assertThat(contract.path(greek).toString()).isEqualTo("-999.0");
          }
        }
      }
    }
    assertThat(unquoted).isNotEmpty();
    assertThat(noBid).isNotEmpty();
    JsonNode quotes =
        get("quotes?symbols=" + (unquoted.getFirst() + "," + noBid.getFirst()).replace(" ", "%20"));
    assertThat(quotes.path("errors").path("invalidSymbols").path(0).asString())
        .isEqualTo(unquoted.getFirst());
    assertThat(quotes.path(noBid.getFirst()).path("quote").path("delta").asDouble())
        .isEqualTo(-999);
  }

  @Test
  void pricehistoryGivesThePreviousCloseAndDays() {
    JsonNode today =
        get(
            "pricehistory?symbol=IBM&periodType=month&frequencyType=daily&needPreviousClose=true"
                + "&startDate=1381104000000&endDate=1381190000000");
    assertThat(shape(today))
        .isEqualTo("candles:[] symbol:text empty:bool previousClose:double previousCloseDate:int");
    assertThat(shape(today.path("candles").path(0)))
        .isEqualTo("open:double high:double low:double close:double volume:int datetime:int");
    assertThat(Instant.ofEpochMilli(today.path("candles").path(0).path("datetime").asLong()))
        .as("midnight in Chicago")
        .isEqualTo("2013-10-07T05:00:00Z");
    assertThat(Instant.ofEpochMilli(today.path("previousCloseDate").asLong()))
        .isEqualTo("2013-10-04T05:00:00Z");
    assertThat(today.path("previousClose").decimalValue())
        .isEqualByComparingTo(
            get("IBM/quotes").path("IBM").path("quote").path("closePrice").decimalValue());
    JsonNode early = get("pricehistory?symbol=IBM&needPreviousClose=true&period=1");
    assertThat(early.path("empty").asBoolean()).as("by default until the day before").isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "day, '', '', '', true",
    "day, 10, minute, 30, true",
    "day, 6, minute, 1, false",
    "day, 1, daily, 1, false",
    "day, 1, minute, 2, false",
    "month, 6, weekly, 1, true",
    "month, 4, daily, 1, false",
    "month, 1, monthly, 1, false",
    "month, 1, minute, 1, false",
    "month, 1, daily, 5, false",
    "year, 20, monthly, 1, true",
    "year, 15, daily, 1, true",
    "year, 4, daily, 1, false",
    "ytd, 1, weekly, 1, true",
    "ytd, 2, daily, 1, false",
    "ytd, 1, monthly, 1, false",
    "week, 1, daily, 1, false"
  })
  void pricehistoryHasItsTableOfCombinations(
      String periodType, String period, String type, String frequency, boolean legal) {
    String query =
        "pricehistory?symbol=SPY&periodType="
            + periodType
            + (period.isEmpty() ? "" : "&period=" + period)
            + (type.isEmpty() ? "" : "&frequencyType=" + type)
            + (frequency.isEmpty() ? "" : "&frequency=" + frequency);
    if (legal) {
      assertThat(get(query).path("symbol").asString()).isEqualTo("SPY");
    } else {
      isRefused(query, 400, "");
    }
  }

  @Test
  void moversAreTheReplayedTickers() {
    JsonNode movers = get("movers/%24SPX?sort=VOLUME&frequency=0").path("screeners");
    assertThat(movers.size()).isEqualTo(2);
    assertThat(shape(movers.path(0)))
        .isEqualTo(
            "description:text volume:int lastPrice:double netChange:double marketShare:double"
                + " totalVolume:int trades:int netPercentChange:double symbol:text");
    assertThat(movers.path(0).path("symbol").asString()).isEqualTo("BAC");
    assertThat(Math.abs(movers.path(0).path("netPercentChange").asDouble())).isLessThan(0.2);
    for (JsonNode mover :
        get("movers/EQUITY_ALL?sort=PERCENT_CHANGE_DOWN&frequency=5").path("screeners")) {
      assertThat(mover.path("netChange").asDouble()).isNegative();
    }
    JsonNode calls = get("movers/OPTION_CALL?sort=TRADES").path("screeners");
    assertThat(calls.size()).isEqualTo(10);
    assertThat(calls.path(0).path("symbol").asString()).matches(".{6}\\d{6}C\\d{8}");
    isRefused("movers/%24SPX?sort=PRICE", 400, "sort");
    isRefused("movers/%24SPX?frequency=2", 400, "frequency");
    isRefused("movers/NOPE", 404, "");
  }

  @ParameterizedTest
  @CsvSource({
    "'symbol=SPY,IBM&projection=symbol-search', 'IBM,SPY'",
    "symbol=B.*&projection=symbol-regex, BAC",
    "symbol=america&projection=desc-search, BAC",
    "symbol=.*CORP&projection=desc-regex, BAC",
    "symbol=SP&projection=search, 'SPY,$SPX'",
    "symbol=IBM&projection=fundamental, IBM",
    "symbol=NOPE&projection=symbol-search, ''"
  })
  void instrumentsAreFound(String query, String expected) {
    List<String> found = new ArrayList<>();
    for (JsonNode instrument : get("instruments?" + query).path("instruments")) {
      assertThat(shape(instrument))
          .isEqualTo(
              (query.endsWith("fundamental") ? "fundamental:{} " : "")
                  + "cusip:text symbol:text description:text exchange:text assetType:text");
      found.add(instrument.path("symbol").asString());
    }
    assertThat(found)
        .isEqualTo(expected.isEmpty() ? List.of() : Arrays.asList(expected.split(",")));
  }

  @Test
  void anInstrumentIsFoundByItsCusip() {
    String cusip = get("BAC/quotes").path("BAC").path("reference").path("cusip").asString();
    assertThat(get("instruments/" + cusip).path("instruments").path(0).path("symbol").asString())
        .isEqualTo("BAC");
    isRefused("instruments?symbol=SPY", 400, "projection");
    isRefused("instruments?symbol=SPY&projection=x", 400, "projection");
    isRefused("instruments?projection=search", 400, "symbol");
    isRefused("instruments?symbol=%28&projection=symbol-regex", 400, "symbol");
  }

  @Test
  void optionMarketsHaveTwoProducts() {
    JsonNode option = get("markets?markets=option,bond").path("option");
    assertThat(option.propertyNames()).containsExactly("EQO", "IND");
    assertThat(shape(option.path("EQO")))
        .isEqualTo(
            "date:text marketType:text product:text productName:text isOpen:bool sessionHours:{}");
    assertThat(
            option
                .path("IND")
                .path("sessionHours")
                .path("regularMarket")
                .path(0)
                .path("end")
                .asString())
        .isEqualTo("2013-10-07T16:15:00-04:00");
    isRefused("markets", 400, "markets");
    isRefused("markets?markets=equity&date=2013-10-06", 400, "date");
    isRefused("markets?markets=equity&date=2014-10-08", 400, "date");
    isRefused("markets/stocks", 400, "markets");
  }

  @Test
  void answersAreTracedVersionedAndCompressedWhenOffered() throws Exception {
    HttpResponse<String> plain = client.send("GET", V1 + "chains?symbol=IBM", null);
    assertThat(plain.headers().firstValue("Schwab-Client-CorrelId")).isPresent();
    assertThat(plain.headers().firstValue("Schwab-Resource-Version")).hasValue("1");
    assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
    HttpResponse<String> compressed =
        client.exchange(
            HttpRequest.newBuilder(server.baseUrl().resolve(V1 + "chains?symbol=IBM"))
                .header("Authorization", "Bearer " + server.login().accessToken())
                .header("Accept-Encoding", "gzip")
                .build());
    assertThat(compressed.headers().firstValue("Content-Encoding")).hasValue("gzip");
  }

  @Test
  void faultsStrikeMarketData() {
    server.faults().set(Dial.QUOTE_SYMBOL_INVALID, FaultRule.times(1).on("IBM"));
    assertThat(
            get("quotes?symbols=SPY,IBM").path("errors").path("invalidSymbols").path(0).asString())
        .isEqualTo("IBM");
    assertThat(get("quotes?symbols=SPY,IBM").has("errors")).isFalse();

    server
        .faults()
        .set(Dial.QUOTE_BLOCKS_MISSING, FaultRule.ALWAYS.with("blocks", "regular,extended"));
    server.faults().set(Dial.QUOTE_DELAYED, FaultRule.ALWAYS);
    server.faults().set(Dial.UNKNOWN_FIELDS, FaultRule.ALWAYS);
    server.faults().set(Dial.NUMBERS_CHANGE_TYPE, FaultRule.ALWAYS);
    assertThat(shape(get("SPY/quotes").path("SPY")))
        .isEqualTo(
            "assetMainType:text assetSubType:text quoteType:text realtime:bool ssid:double"
                + " symbol:text fundamental:{} quote:{} reference:{} unheardOf:{}");
    server.faults().clear();

    server.faults().set(Dial.GREEKS_MISSING, FaultRule.ALWAYS);
    assertThat(
            get("chains?symbol=IBM&strikeCount=1&contractType=CALL&toDate=2013-10-11")
                .path("callExpDateMap")
                .path("2013-10-11:4")
                .properties()
                .iterator()
                .next()
                .getValue()
                .path(0)
                .path("delta")
                .asDouble())
        .isEqualTo(-999);
    server.faults().set(Dial.CHAIN_TRUNCATED, FaultRule.times(1));
    assertThat(get("chains?symbol=IBM").path("isChainTruncated").asBoolean()).isTrue();
    server.faults().set(Dial.CHAIN_FAILED, FaultRule.times(1));
    assertThat(get("chains?symbol=IBM").path("status").asString()).isEqualTo("FAILED");

    String history = "pricehistory?symbol=SPY&startDate=1381153500000&endDate=1381153800000";
    assertThat(get(history).path("candles").size()).isEqualTo(6);
    server.faults().set(Dial.HISTORY_WHOLE_DAY, FaultRule.times(1));
    assertThat(get(history).path("candles").size()).isEqualTo(31);
    server.faults().set(Dial.HISTORY_LAGS, FaultRule.times(1).with("candles", 4));
    assertThat(get(history).path("candles").size()).isEqualTo(2);
    server.faults().set(Dial.HISTORY_EMPTY, FaultRule.times(1));
    assertThat(get(history).toString())
        .isEqualTo("{\"candles\":[],\"symbol\":\"SPY\",\"empty\":true}");
    server.faults().set(Dial.MOVERS_NONSENSE, FaultRule.times(1));
    assertThat(get("movers/NYSE").path("screeners").path(0).path("netPercentChange").asDouble())
        .isEqualTo(1);
  }
}
