package io.alphakite.schwab.market;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.fuzz.Mutator;
import io.alphakite.schwab.http.Fields;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Unknowns;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Quotes, chains and candles in the reference's shapes, damaged: nothing fails, and a number that
 * comes out is the one that went in, read a second time by a tree of its own.
 */
class MarketBodyFuzzTest {

  private static final Logger log = LoggerFactory.getLogger(MarketBodyFuzzTest.class);

  private static final String QUOTE =
      """
      {"assetMainType":"EQUITY","assetSubType":"COE","quoteType":"NBBO","realtime":true,
       "ssid":123456789,"symbol":"ABC","extended":{"askPrice":0,"lastPrice":50.1,"lastSize":1,
         "quoteTime":0,"tradeTime":1767571200000},
       "fundamental":{"avg10DaysVolume":1000000,"declarationDate":"2026-01-05T05:00:00Z",
         "divFreq":4,"eps":2.5},
       "quote":{"52WeekHigh":60.0,"askPrice":50.02,"askSize":3,"bidPrice":50.01,"bidSize":2,
         "closePrice":49.5,"lastPrice":50.015,"lastSize":100,"mark":50.015,
         "quoteTime":1767623400123,"securityStatus":"Normal","totalVolume":345678,
         "tradeTime":1767623399990},
       "reference":{"cusip":"0","isHardToBorrow":false,"htbQuantity":0},
       "regular":{"regularMarketLastPrice":50.015,"regularMarketTradeTime":1767623399990}}""";

  private static final String CHAIN =
      """
      {"symbol":"ABC","status":"SUCCESS","strategy":"SINGLE","interval":0.0,"isDelayed":false,
       "interestRate":4.2,"underlyingPrice":50.015,"volatility":29.0,"numberOfContracts":2,
       "underlying":null,"callExpDateMap":{"2026-03-20:74":{"50.0":[{"putCall":"CALL",
         "symbol":"ABC   260320C00050000","bid":2.1,"ask":2.2,"last":2.15,"mark":2.15,
         "bidSize":65,"askSize":65,"totalVolume":120,"tradeTimeInLong":1767622600000,
         "quoteTimeInLong":1767623400000,"volatility":31.2,"delta":0.52,"gamma":-999.0,
         "openInterest":900,"strikePrice":50.0,"expirationDate":"2026-03-20T20:00:00.000+00:00",
         "daysToExpiration":74,"lastTradingDay":1774051200000,"multiplier":100.0,
         "inTheMoney":true}]}},"putExpDateMap":{}}""";

  private static final String CANDLE =
      """
      {"open":50.0,"high":50.1,"low":49.9,"close":50.05,"volume":1200,
       "datetime":1767623400000}""";

  private final long seed = Long.getLong("fuzz.seed", new Random().nextLong());
  private final Mutator mutator = new Mutator(seed);
  private final Unknowns unknowns = new Unknowns();
  private final QuoteReader quotes = new QuoteReader(unknowns);
  private final ChainReader chains = new ChainReader(unknowns);

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
        body = mutator.reshape(QUOTE);
        checkQuote(Mutator.tree(body).path("quote"), quotes.read("ABC", Json.parse(body)));
        checkTicker(
            Mutator.tree(body).path("quote"),
            HttpMarketData.quote(Ticker.of("ABC"), Json.parse(body)));
        body = mutator.reshape(CHAIN);
        checkChain(Mutator.tree(body), chains.chain(Json.parse(body)));
        body = mutator.reshape(CANDLE);
        checkBar(
            Mutator.tree(body),
            HttpMarketData.bar(new Fields(Json.parse(body), "candle", unknowns)));
      }
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ", round " + count + ": " + body, e);
    }
    log.atInfo()
        .addKeyValue("event", "fuzz.done")
        .addKeyValue("seed", seed)
        .log("Read {} rounds of damaged bodies", count);
  }

  private static void checkQuote(JsonNode sent, SymbolQuote quote) {
    assertThat(quote.toString()).isNotEmpty();
    if (quote instanceof SymbolQuote.Equity equity) {
      SymbolQuote.BidAsk sides = equity.bidAsk();
      SymbolQuote.Trading trading = equity.trading();
      if (sides != null) {
        same(sent, "bidPrice", sides.bidPrice());
        same(sent, "askPrice", sides.askPrice());
      }
      if (trading != null) {
        same(sent, "lastPrice", trading.lastPrice());
        same(sent, "closePrice", trading.closePrice());
      }
    }
  }

  private static void checkTicker(JsonNode sent, EquityQuote quote) {
    rounded(sent, "bidPrice", quote.bid());
    rounded(sent, "askPrice", quote.ask());
    rounded(sent, "lastPrice", quote.last());
  }

  private static void checkBar(JsonNode sent, @Nullable Bar bar) {
    if (bar != null) {
      rounded(sent, "open", bar.open());
      rounded(sent, "high", bar.high());
      rounded(sent, "low", bar.low());
      rounded(sent, "close", bar.close());
    }
  }

  private static void checkChain(JsonNode sent, OptionChain chain) {
    List<JsonNode> contracts = new ArrayList<>();
    for (String map : List.of("callExpDateMap", "putExpDateMap")) {
      for (Map.Entry<String, JsonNode> expiration : sent.path(map).properties()) {
        for (Map.Entry<String, JsonNode> strike : expiration.getValue().properties()) {
          JsonNode listed = strike.getValue();
          contracts.addAll(listed.isArray() ? listed.values() : List.of(listed));
        }
      }
    }
    List<OptionContract> read = new ArrayList<>(chain.calls());
    read.addAll(chain.puts());
    for (OptionContract contract : read) {
      assertThat(contracts)
          .as("a contract like %s", contract)
          .anyMatch(
              node ->
                  matches(node, "bid", contract.bid())
                      && matches(node, "ask", contract.ask())
                      && matches(node, "last", contract.last())
                      && (contract.greeks().delta() == null
                          || matches(node, "delta", contract.greeks().delta())));
    }
  }

  private static boolean matches(JsonNode object, String field, @Nullable BigDecimal value) {
    BigDecimal expected = number(object.get(field));
    return expected == null ? value == null : value != null && value.compareTo(expected) == 0;
  }

  /** What is readable comes out as it is, what is not as nothing. */
  private static void same(JsonNode object, String field, @Nullable BigDecimal value) {
    assertThat(matches(object, field, value)).as("%s of %s: %s", field, object, value).isTrue();
  }

  private static void rounded(JsonNode object, String field, @Nullable Price value) {
    if (value != null) {
      BigDecimal expected = number(object.get(field));
      assertThat(expected).as("%s of %s: %s", field, object, value).isNotNull();
      if (expected != null) {
        assertThat(value.toBigDecimal())
            .isEqualByComparingTo(expected.setScale(4, RoundingMode.HALF_UP));
      }
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
