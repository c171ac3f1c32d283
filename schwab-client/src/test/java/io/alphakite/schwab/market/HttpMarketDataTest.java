package io.alphakite.schwab.market;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.FakeSchwab;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpMarketDataTest {

  private static final String HISTORY = "GET /marketdata/v1/pricehistory";
  private static final String QUOTES = "GET /marketdata/v1/quotes";
  private static final Ticker ABC = Ticker.of("ABC");
  private static final Instant OPEN = Instant.parse("2026-01-05T14:30:00Z");

  private final FakeSchwab schwab = new FakeSchwab();
  private final MarketData market;

  HttpMarketDataTest(@TempDir Path directory) {
    market = schwab.api(directory).marketData();
  }

  @AfterEach
  void close() {
    schwab.close();
  }

  private static String candle(int minute, String close, String volume) {
    return """
        {"open":50,"high":60.1,"low":49.9,"close":%s,"volume":%s,"datetime":%d}"""
        .formatted(close, volume, OPEN.plusSeconds(minute * 60L).toEpochMilli());
  }

  @Test
  void readsCandlesInOrderAndOnlyThoseAskedFor() {
    schwab.on(
        HISTORY,
        200,
        """
        {"candles":[%s,%s,%s,%s,%s,%s],"symbol":"ABC","empty":false,"previousClose":49.5}"""
            .formatted(
                candle(-1, "50", "1"),
                candle(2, "50.05", "1200"),
                candle(0, "\"50.123456\"", "1200.0"),
                candle(1, "null", "5"),
                candle(3, "50", "1"),
                candle(1, "1e999999999", "1")));
    assertThat(market.minuteBars(ABC, OPEN, OPEN.plusSeconds(180), true))
        .containsExactly(
            new Bar(
                OPEN,
                Price.of("50"),
                Price.of("60.1"),
                Price.of("49.9"),
                Price.of("50.1235"),
                1_200),
            new Bar(
                OPEN.plusSeconds(120),
                Price.of("50"),
                Price.of("60.1"),
                Price.of("49.9"),
                Price.of("50.05"),
                1_200));
    HttpUrl url = schwab.requests(HISTORY).getFirst().getUrl();
    assertThat(url.queryParameter("symbol")).isEqualTo("ABC");
    assertThat(url.queryParameter("periodType")).isEqualTo("day");
    assertThat(url.queryParameter("frequencyType")).isEqualTo("minute");
    assertThat(url.queryParameter("frequency")).isEqualTo("1");
    assertThat(url.queryParameter("startDate")).isEqualTo("1767623400000");
    assertThat(url.queryParameter("needExtendedHoursData")).isEqualTo("true");
  }

  @Test
  void hasNoBarsWhereThereAreNone() {
    schwab.on(HISTORY, 200, "{\"candles\":[],\"symbol\":\"ABC\",\"empty\":true}");
    assertThat(market.minuteBars(ABC, OPEN, OPEN.plusSeconds(60), false)).isEmpty();
    assertThat(market.minuteBars(ABC, OPEN, OPEN, false)).isEmpty();
    assertThat(schwab.count(HISTORY)).isEqualTo(1);
  }

  @Test
  void readsQuotesBesideUnknownSymbols() {
    schwab.on(
        QUOTES,
        200,
        """
        {"ABC":{"assetMainType":"EQUITY","quoteType":"NBBO","realtime":true,"symbol":"ABC",
           "quote":{"askPrice":50.02,"askSize":3,"bidPrice":50.01,"bidSize":2,"closePrice":49.5,
             "lastPrice":50.015,"lastSize":100,"quoteTime":1767623400123,
             "securityStatus":"Normal","totalVolume":345678.0,"tradeTime":1767623399990}},
         "$SPX":{"assetMainType":"INDEX","quote":{"lastPrice":5000}},
         "BRK/B":{"assetMainType":"EQUITY"},
         "errors":{"invalidSymbols":["NOPE"]}}""");
    Ticker spx = Ticker.of("$SPX");
    Ticker brk = Ticker.of("BRK/B");
    Map<Ticker, EquityQuote> quotes = market.quotes(List.of(ABC, spx, brk, Ticker.of("NOPE")));
    assertThat(quotes).containsOnlyKeys(ABC, spx, brk);
    assertThat(quotes.get(ABC))
        .isEqualTo(
            new EquityQuote(
                ABC,
                Price.of("50.01"),
                Price.of("50.02"),
                Price.of("50.015"),
                2L,
                3L,
                100L,
                345_678L,
                Price.of("49.5"),
                Instant.ofEpochMilli(1767623400123L),
                Instant.ofEpochMilli(1767623399990L),
                true,
                "Normal"));
    assertThat(schwab.requests(QUOTES).getFirst().getUrl().queryParameter("symbols"))
        .isEqualTo("ABC,$SPX,BRK/B,NOPE");
  }

  @Test
  void asksForNoMoreThanFiveHundredAtOnce() {
    schwab.on(QUOTES, 200, "{}");
    market.quotes(IntStream.range(0, 1_001).mapToObj(i -> Ticker.of("T" + i)).toList());
    assertThat(schwab.count(QUOTES)).isEqualTo(3);
  }
}
