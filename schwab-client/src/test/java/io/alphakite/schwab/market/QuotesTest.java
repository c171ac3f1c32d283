package io.alphakite.schwab.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.market.SymbolQuote.AssetSubType;
import io.alphakite.schwab.market.SymbolQuote.QuoteType;
import io.alphakite.schwab.market.SymbolQuote.SecurityStatus;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Quotes in the shapes of the reference, section 3.1. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuotesTest {

  private static final String QUOTES = "GET /marketdata/v1/quotes";

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

  private SymbolQuote quote(String symbol, String block) {
    schwab.on(QUOTES, 200, "{\"" + symbol + "\":" + block + "}");
    SymbolQuote quote = market.quotes(QuoteRequest.of(symbol)).bySymbol().get(symbol);
    assertThat(quote).isNotNull();
    return quote;
  }

  private static BigDecimal decimal(String text) {
    return new BigDecimal(text);
  }

  @Test
  void readsAShareWithAllItsBlocks() {
    SymbolQuote.Equity quote =
        (SymbolQuote.Equity)
            quote(
                "ABC",
                """
                {"assetMainType":"EQUITY","assetSubType":"COE","quoteType":"NBBO","realtime":true,
                 "ssid":123456789,"symbol":"ABC",
                 "extended":{"askPrice":0,"askSize":0,"bidPrice":0,"bidSize":0,"lastPrice":50.1,
                   "lastSize":1,"mark":0,"quoteTime":0,"totalVolume":0,"tradeTime":1767571200000},
                 "fundamental":{"avg10DaysVolume":1000000,"avg1YearVolume":1200000,
                   "declarationDate":"2026-01-05T05:00:00Z","divAmount":1.0,
                   "divExDate":"2026-02-05T05:00:00Z","divFreq":4,"divPayAmount":0.25,
                   "divPayDate":"2026-02-12T05:00:00Z","divYield":2.0,"eps":2.5,
                   "fundLeverageFactor":0,"lastEarningsDate":"2026-01-28T05:00:00Z",
                   "nextDivExDate":"2026-05-05T04:00:00Z","nextDivPayDate":"2026-05-12T04:00:00Z",
                   "peRatio":20.0},
                 "quote":{"52WeekHigh":60.0,"52WeekLow":40.0,"askMICId":"ARCX","askPrice":50.02,
                   "askSize":3,"askTime":1767623400123,"bidMICId":"XNAS","bidPrice":50.01,
                   "bidSize":2,"bidTime":1767623400100,"closePrice":49.5,"highPrice":50.4,
                   "lastMICId":"XADF","lastPrice":50.015,"lastSize":100,"lowPrice":49.4,
                   "mark":50.015,"markChange":0.515,"markPercentChange":1.04,"netChange":0.515,
                   "netPercentChange":1.04,"openPrice":49.6,"postMarketChange":0,
                   "postMarketPercentChange":0,"quoteTime":1767623400123,
                   "securityStatus":"Normal","totalVolume":345678,"tradeTime":1767623399990},
                 "reference":{"cusip":"000000000","description":"ABC CORP","exchange":"Q",
                   "exchangeName":"NASDAQ","isHardToBorrow":false,"isShortable":true,
                   "htbQuantity":0,"htbRate":0.0},
                 "regular":{"regularMarketLastPrice":50.015,"regularMarketLastSize":100,
                   "regularMarketNetChange":0.515,"regularMarketPercentChange":1.04,
                   "regularMarketTradeTime":1767623399990}}""");
    assertThat(quote.head())
        .isEqualTo(
            new SymbolQuote.Head(
                "ABC",
                Coded.of(SymbolQuote.AssetMainType.class, "EQUITY"),
                Coded.of(AssetSubType.class, "COE"),
                Coded.of(QuoteType.class, "NBBO"),
                true,
                123_456_789L));
    assertThat(quote.bidAsk())
        .isEqualTo(
            new SymbolQuote.BidAsk(
                decimal("50.01"),
                2L,
                Instant.ofEpochMilli(1767623400100L),
                "XNAS",
                decimal("50.02"),
                3L,
                Instant.ofEpochMilli(1767623400123L),
                "ARCX",
                decimal("50.015"),
                decimal("0.515"),
                decimal("1.04"),
                Instant.ofEpochMilli(1767623400123L)));
    assertThat(quote.trading())
        .isEqualTo(
            new SymbolQuote.Trading(
                decimal("50.015"),
                100L,
                "XADF",
                decimal("49.6"),
                decimal("50.4"),
                decimal("49.4"),
                decimal("49.5"),
                decimal("0.515"),
                decimal("1.04"),
                345_678L,
                Instant.ofEpochMilli(1767623399990L),
                decimal("60.0"),
                decimal("40.0"),
                new Coded<>("Normal", SecurityStatus.NORMAL)));
    assertThat(quote.extended())
        .isEqualTo(
            new SymbolQuote.Extended(
                BigDecimal.ZERO,
                0L,
                BigDecimal.ZERO,
                0L,
                decimal("50.1"),
                1L,
                BigDecimal.ZERO,
                0L,
                null,
                Instant.ofEpochMilli(1767571200000L)));
    assertThat(quote.regular())
        .isEqualTo(
            new SymbolQuote.Regular(
                decimal("50.015"),
                100L,
                decimal("0.515"),
                decimal("1.04"),
                Instant.ofEpochMilli(1767623399990L)));
    assertThat(quote.reference())
        .isEqualTo(
            new SymbolQuote.EquityReference(
                "000000000", "ABC CORP", "Q", "NASDAQ", false, true, 0L, decimal("0.0")));
    assertThat(quote.fundamental())
        .isEqualTo(
            new SymbolQuote.Fundamental(
                decimal("1000000"),
                decimal("1200000"),
                decimal("2.5"),
                decimal("20.0"),
                decimal("1.0"),
                decimal("2.0"),
                4L,
                decimal("0.25"),
                LocalDate.parse("2026-01-05"),
                LocalDate.parse("2026-02-05"),
                LocalDate.parse("2026-02-12"),
                LocalDate.parse("2026-05-05"),
                LocalDate.parse("2026-05-12"),
                LocalDate.parse("2026-01-28"),
                BigDecimal.ZERO));
    assertThat(api.unknowns())
        .as("all of it is known")
        .doesNotContainKey("field quote.equity.ssid");
    assertThat(api.unknowns().keySet()).noneMatch(name -> name.contains("quote.equity.quote."));
  }

  @Test
  void readsAnOptionAndItsMissingFigures() {
    SymbolQuote.Option quote =
        (SymbolQuote.Option)
            quote(
                "ABC   260320C00050000",
                """
                {"assetMainType":"OPTION","realtime":"true","ssid":-1,
                 "quote":{"bidPrice":2.1,"askPrice":"2.2","delta":-999.0,"gamma":"NaN",
                   "theta":-0.02,"vega":-999,"rho":0.05,"volatility":31.2,"openInterest":900.0,
                   "moneyIntrinsicValue":0.015,"timeValue":2.14,"theoreticalOptionValue":-1,
                   "underlyingPrice":50.015,"impliedYield":0.0,"indAskPrice":0,"indBidPrice":0,
                   "indQuoteTime":0,"securityStatus":"Halted"},
                 "reference":{"contractType":"C","daysToExpiration":74,"deliverables":"100 ABC",
                   "exerciseType":"A","expirationDay":20,"expirationMonth":3,
                   "expirationYear":2026,"expirationType":"S","isPennyPilot":true,
                   "lastTradingDay":1774051200000,"multiplier":100.0,"settlementType":"P",
                   "strikePrice":50.0,"underlying":"ABC","underlyingAssetType":"EQUITY"}}""");
    assertThat(quote.greeks())
        .isEqualTo(
            new Greeks(
                decimal("31.2"), null, null, decimal("-0.02"), null, decimal("0.05"), null, null));
    assertThat(quote.head().ssid()).isNull();
    assertThat(quote.head().realtime()).isTrue();
    assertThat(quote.values()).isNotNull();
    assertThat(quote.values().openInterest()).isEqualTo(900L);
    assertThat(quote.values().indicativeQuoteTime()).isNull();
    SymbolQuote.OptionReference terms = quote.reference();
    assertThat(terms).isNotNull();
    assertThat(terms.contractType()).isEqualTo(new Coded<>("C", OptionContract.PutCall.CALL));
    assertThat(terms.expiration()).isEqualTo("2026-03-20");
    assertThat(terms.lastTradingDay()).isEqualTo("2026-03-20");
    assertThat(terms.settlementType())
        .isEqualTo(new Coded<>("P", OptionContract.SettlementType.AFTERNOON));
    assertThat(terms.strikePrice()).isEqualByComparingTo("50");
    assertThat(schwab.requests(QUOTES).getLast().getTarget())
        .as("blanks as %20")
        .contains("symbols=ABC%20%20%20260320C00050000");
  }

  @Test
  void readsEachKindInItsOwnForm() {
    assertThat(
            quote(
                "$SPX",
                """
                {"assetMainType":"INDEX","realtime":true,"quote":{"52WeekHigh":7000,
                  "closePrice":6900.5,"lastPrice":6912,"netChange":11.5,"totalVolume":0},
                 "reference":{"description":"S&P 500","exchange":"0","exchangeName":"Index"}}"""))
        .isInstanceOfSatisfying(
            SymbolQuote.Index.class,
            index -> {
              assertThat(index.description()).isEqualTo("S&P 500");
              assertThat(index.trading()).isNotNull();
              assertThat(index.trading().lastPrice()).isEqualByComparingTo("6912");
            });
    assertThat(
            quote(
                "/ESZ26",
                """
                {"assetMainType":"FUTURE","quote":{"bidPrice":6900.25,"futurePercentChange":0.5,
                  "openInterest":2000000,"quotedInSession":true,"settleTime":1767650400000,
                  "tick":0.25,"tickAmount":12.5},
                 "reference":{"futureActiveSymbol":"/ESZ26","futureExpirationDate":1797570000000,
                  "futureIsActive":true,"futureMultiplier":50.0,"futurePriceFormat":"D,D",
                  "futureSettlementPrice":6880.0,"futureTradingHours":"GLBX","product":"/ES"}}"""))
        .isInstanceOfSatisfying(
            SymbolQuote.Future.class,
            future -> {
              assertThat(future.tickAmount()).isEqualByComparingTo("12.5");
              assertThat(future.trading()).isNotNull();
              assertThat(future.trading().netPercentChange()).isEqualByComparingTo("0.5");
              assertThat(future.reference()).isNotNull();
              assertThat(future.reference().expirationDate()).isEqualTo("2026-12-18");
            });
    assertThat(
            quote(
                "ABCDX",
                """
                {"assetMainType":"MUTUAL_FUND","assetSubType":"OEF","quote":{"nAV":12.34,
                  "closePrice":12.3,"netChange":0.04,"securityStatus":"Normal","totalVolume":0}}"""))
        .isInstanceOfSatisfying(
            SymbolQuote.MutualFund.class,
            fund -> assertThat(fund.netAssetValue()).isEqualByComparingTo("12.34"));
    assertThat(
            quote(
                "EUR/USD",
                """
                {"assetMainType":"FOREX","quote":{"bidPrice":1.1,"askPrice":1.1002,"tick":0.0001,
                  "tickAmount":0.0001},"reference":{"isTradable":false,"marketMaker":"M",
                  "product":"EUR","tradingHours":"24"}}"""))
        .isInstanceOfSatisfying(
            SymbolQuote.Forex.class, forex -> assertThat(forex.tradable()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(strings = {"BOND", "FUTURE_OPTION", "PREDICTION"})
  void keepsAKindItDoesNotKnowAsItCame(String kind) {
    SymbolQuote quote =
        quote(
            "XYZ",
            """
            {"assetMainType":"%s","realtime":false,"quote":{"lastPrice":99.5,"coupon":"4.25",
              "callable":true,"deep":{"a":1}},"reference":{"cusip":"000000000"}}"""
                .formatted(kind));
    assertThat(quote)
        .isInstanceOfSatisfying(
            SymbolQuote.Other.class,
            other -> {
              assertThat(other.blocks())
                  .isEqualTo(
                      Map.of(
                          "quote",
                          Map.of("lastPrice", "99.5", "coupon", "4.25", "callable", "true"),
                          "reference",
                          Map.of("cusip", "000000000")));
              assertThat(other.head().assetMainType()).hasToString(kind);
            });
    assertThat(api.unknowns().containsKey("word quote.assetMainType=PREDICTION"))
        .isEqualTo(kind.equals("PREDICTION"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EQUITY", "OPTION", "INDEX", "FUTURE", "MUTUAL_FUND", "FOREX", "BOND"})
  void livesWithoutAnyBlock(String kind) {
    assertThat(quote("ABC", "{\"assetMainType\":\"" + kind + "\"}").head().symbol())
        .isEqualTo("ABC");
    assertThat(quote("ABC", "{\"assetMainType\":\"" + kind + "\",\"quote\":null}")).isNotNull();
    assertThat(quote("ABC", "{\"assetMainType\":\"" + kind + "\",\"quote\":{},\"reference\":7}"))
        .isNotNull();
  }

  @Test
  void livesWithoutAKind() {
    assertThat(quote("ABC", "{}")).isInstanceOf(SymbolQuote.Other.class);
  }

  @Test
  void keepsWordsAndCountsFieldsThatItDoesNotKnow() {
    SymbolQuote.Equity quote =
        (SymbolQuote.Equity)
            quote(
                "ABC",
                """
                {"assetMainType":"EQUITY","quoteType":"SLOW","quote":{"securityStatus":"Napping",
                  "lastPrice":"no number","aura":3,"owner":12345678}}""");
    assertThat(quote.head().quoteType()).isEqualTo(new Coded<QuoteType>("SLOW", null));
    assertThat(quote.trading()).isNotNull();
    assertThat(quote.trading().securityStatus())
        .isEqualTo(new Coded<SecurityStatus>("Napping", null));
    assertThat(quote.trading().lastPrice()).isNull();
    assertThat(api.unknowns())
        .containsKeys(
            "word quote.equity.quoteType=SLOW",
            "word quote.equity.quote.securityStatus=Napping",
            "field quote.equity.quote.aura",
            "unreadable quote.equity.quote.lastPrice");
    assertThat(api.unknowns().toString()).doesNotContain("12345678").doesNotContain("no number");
  }

  @Test
  void readsErrorsBesideGoodSymbols() {
    schwab.on(
        QUOTES,
        200,
        """
        {"ABC":{"assetMainType":"EQUITY"},"errors":{"invalidSymbols":["NOPE","X Y"],
          "invalidCusips":["000000000"],"invalidSSIDs":[17]}}""");
    SymbolQuote.Quotes quotes = market.quotes(QuoteRequest.of("ABC", "NOPE"));
    assertThat(quotes.bySymbol()).containsOnlyKeys("ABC");
    assertThat(quotes.invalidSymbols()).containsExactly("NOPE", "X Y");
    assertThat(quotes.invalidCusips()).containsExactly("000000000");
    assertThat(quotes.invalidSsids()).containsExactly("17");
  }

  @Test
  void asksInPartsForTheBlocksWanted() {
    schwab.on(QUOTES, 200, "{}");
    long before = schwab.count(QUOTES);
    market.quotes(
        new QuoteRequest(
            IntStream.range(0, 1_001).mapToObj(i -> "T" + i).toList(),
            Set.of(QuoteRequest.Field.REFERENCE, QuoteRequest.Field.QUOTE),
            true));
    assertThat(schwab.count(QUOTES) - before).isEqualTo(3);
    var url = schwab.requests(QUOTES).getLast().getUrl();
    assertThat(url.queryParameter("symbols")).isEqualTo("T1000");
    assertThat(url.queryParameter("fields")).isEqualTo("quote,reference");
    assertThat(url.queryParameter("indicative")).isEqualTo("true");
    assertThat(market.quotes(QuoteRequest.of()).bySymbol()).isEmpty();
    assertThat(schwab.count(QUOTES) - before).as("nothing to ask").isEqualTo(3);
  }

  @Test
  void asksForOneByItsPath() {
    schwab.on("GET /marketdata/v1/$SPX/quotes", 200, "{\"$SPX\":{\"assetMainType\":\"INDEX\"}}");
    schwab.on(
        "GET /marketdata/v1/ABC%20%20%20260320C00050000/quotes",
        200, "{\"ABC   260320C00050000\":{\"assetMainType\":\"OPTION\"}}");
    assertThat(market.quote("$SPX", Set.of())).containsInstanceOf(SymbolQuote.Index.class);
    assertThat(market.quote("ABC   260320C00050000", Set.of(QuoteRequest.Field.QUOTE)))
        .containsInstanceOf(SymbolQuote.Option.class);
  }

  @Test
  void asksForOneWithASlashByTheList() {
    schwab.on(QUOTES, 200, "{\"BRK/B\":{\"assetMainType\":\"EQUITY\"}}");
    assertThat(market.quote("BRK/B", Set.of())).containsInstanceOf(SymbolQuote.Equity.class);
    assertThat(schwab.requests(QUOTES).getLast().getTarget()).contains("symbols=BRK%2FB");
  }

  @Test
  void hasNoQuoteOfAnUnknownSymbol() {
    schwab.on("GET /marketdata/v1/NOPE/quotes", 404, "{\"errors\":[{\"title\":\"Not Found\"}]}");
    assertThat(market.quote("NOPE", Set.of())).isEmpty();
    schwab.on(
        "GET /marketdata/v1/NOPE/quotes", 200, "{\"errors\":{\"invalidSymbols\":[\"NOPE\"]}}");
    assertThat(market.quote("NOPE", Set.of())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "A,B",
        "A\n",
        "A?x=1",
        "A#",
        "a-name-of-more-than-forty-characters-altogether"
      })
  void refusesWhatIsNoSymbol(String text) {
    assertThatThrownBy(() -> market.quote(text, Set.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> QuoteRequest.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void asksForDotsByTheListSinceTheyWouldChangeThePath() {
    schwab.on(QUOTES, 200, "{\"errors\":{\"invalidSymbols\":[\"..\"]}}");
    assertThat(market.quote("..", Set.of())).isEmpty();
  }

  /** The same number, however it is written, is the same number. */
  @Test
  void readsANumberInAnySpelling() {
    long seed = 20_260_105;
    Random random = new Random(seed);
    Map<String, BigDecimal> prices = new LinkedHashMap<>();
    Map<String, Long> volumes = new LinkedHashMap<>();
    StringJoiner body = new StringJoiner(",", "{", "}");
    for (int i = 0; i < 500; i++) {
      String symbol = "T" + i;
      BigDecimal price = BigDecimal.valueOf(random.nextLong(10_000_000_000L), random.nextInt(5));
      long volume = random.nextLong(1_000_000_000_000L);
      prices.put(symbol, price);
      volumes.put(symbol, volume);
      body.add(
          "\"%s\":{\"assetMainType\":\"EQUITY\",\"quote\":{\"lastPrice\":%s,\"totalVolume\":%s}}"
              .formatted(
                  symbol, spelled(price, random), spelled(BigDecimal.valueOf(volume), random)));
    }
    schwab.on(QUOTES, 200, body.toString());
    Map<String, SymbolQuote> quotes = market.quotes(QuoteRequest.of(prices.keySet())).bySymbol();
    prices.forEach(
        (symbol, price) -> {
          SymbolQuote.Equity quote = (SymbolQuote.Equity) quotes.get(symbol);
          assertThat(quote).isNotNull();
          assertThat(quote.trading()).isNotNull();
          assertThat(quote.trading().lastPrice())
              .as("seed %d, %s", seed, symbol)
              .isEqualByComparingTo(price);
          assertThat(quote.trading().totalVolume())
              .as("seed %d, %s", seed, symbol)
              .isEqualTo(volumes.get(symbol));
        });
  }

  private static String spelled(BigDecimal number, Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> number.toPlainString();
      case 1 -> "\"" + number.toPlainString() + "\"";
      case 2 -> number.setScale(number.scale() + 1 + random.nextInt(3)).toPlainString();
      case 3 -> number.unscaledValue() + "e-" + number.scale();
      default -> "\" " + number.setScale(number.scale() + 1).toPlainString() + " \"";
    };
  }
}
