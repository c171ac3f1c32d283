package io.alphakite.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class MarketDataTest {
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    gateway.database.execute(
        """
        INSERT INTO equity_data (ticker, timestamp, price, volume, source)
        SELECT 'SPY', timestamptz '2013-10-07 13:30:00Z' + n * interval '1 second',
               168 + (n % 60) * 0.01, 100 + n, CASE WHEN n < 60 THEN 'backfill' ELSE 'stream' END
        FROM generate_series(0, 599) n;
        INSERT INTO indicators (ticker, timestamp, sma9, vwap)
        SELECT ticker, timestamp, CASE WHEN timestamp < '2013-10-07 13:38:00Z' THEN NULL ELSE 168.1234 END, 168.5
        FROM equity_data;
        INSERT INTO equity_data (ticker, timestamp, price, volume) VALUES
            ('SPY', '2013-10-08 13:30:00Z', 167.4200, 1000),
            ('SPY', '2013-10-08 13:30:07Z', 167.0950, 10),
            ('SPY', '2013-10-08 13:31:00Z', 600, 20);
        INSERT INTO quotes (ticker, bid, ask, bid_size, ask_size, last, quote_time, trade_time, received_at) VALUES
            ('SPY', 167.41, 167.4301, 300, 100, 167.42, '2013-10-08 13:31:00.250Z', '2013-10-08 13:31:00.100Z', now());
        INSERT INTO trading_signals (ticker, timestamp, direction, price, sma9, vwap, action) VALUES
            ('SPY', '2013-10-07 14:00:00Z', 'up', 168, 168.01, 168.0001, 'buy'),
            ('SPY', '2013-10-07 15:00:00Z', 'down', 167, 167.01, 167.5, 'sell'),
            ('IBM', '2013-10-07 15:00:00Z', 'up', 180, 180.1, 180.05, 'none');
        INSERT INTO option_prices (ticker, timestamp, option_type, strike_price, expiration_date, last_price, bid,
                                   delta, option_symbol) VALUES
            ('SPY', '2013-10-07 14:00:00Z', 'call', 168, '2013-10-18', 1.2, 1.1, 0.512300, 'SPY   131018C00168000'),
            ('SPY', '2013-10-07 14:00:01Z', 'call', 168, '2013-10-18', 1.3, null, 0.5, 'SPY   131018C00168000'),
            ('SPY', '2013-10-07 14:00:01Z', 'put', 168, '2013-11-15', 2, 1.95, -0.5, 'SPY   131115P00168000'),
            ('SPY', '2013-10-07 19:59:59Z', 'put', 168, '2013-10-07', 0.01, 0, -0.1, 'SPY   131007P00168000'),
            ('BAC', '2013-09-27 19:59:59Z', 'put', 14, '2013-09-27', 0.01, 0, -0.1, 'BAC   130927P00014000'),
            ('BAC', '2013-10-04 19:59:59Z', 'put', 14, '2013-10-04', 0.01, 0, -0.1, 'BAC   131004P00014000');
        INSERT INTO data_gaps (id, ticker, starts_at, ends_at, cause, state, opened_at, closed_at, attempts, candles,
                               volume, vwap_before, vwap_after, note) VALUES
            ('00000000-0000-0000-0000-000000000001', 'SPY', '2013-10-07 14:00:00Z', '2013-10-07 14:10:00Z',
             'disconnect', 'repaired', '2013-10-07 14:00:00Z', '2013-10-07 14:11:00Z', 2, 9, 900, 100, 100.5, 'filled'),
            ('00000000-0000-0000-0000-000000000002', 'IBM', '2013-10-08 13:30:00Z', NULL,
             'mute', 'open', '2013-10-08 13:30:00Z', NULL, 0, 0, 0, NULL, NULL, 'not yet over');
        INSERT INTO indicators (ticker, timestamp, vwap, complete) VALUES ('SPY', '2013-10-08 13:30:07Z', 167.2, false);
        -- Bars are kept since 13:32 of the 7th; the candle of 13:36 has volume that no row has.
        INSERT INTO equity_data (ticker, timestamp, price, volume)
        SELECT 'KO', '2013-10-07 13:30:00Z'::timestamptz + second * interval '20 s', 38 + second * 0.01, 10
        FROM generate_series(0, 17) AS second;
        INSERT INTO equity_data (ticker, timestamp, price, volume) VALUES ('KO', '2013-10-08 13:30:10Z', 39.5, 7);
        INSERT INTO equity_bars (ticker, timestamp, open, high, low, close, volume, source, complete) VALUES
            ('KO', '2013-10-07 13:32:00Z', 38.06, 38.50, 38.01, 38.08, 31, 'stream', true),
            ('KO', '2013-10-07 13:33:00Z', 38.09, 38.11, 38.09, 38.11, 30, 'stream', false),
            ('KO', '2013-10-07 13:34:00Z', 38.12, 38.14, 37.90, 38.14, 30, 'stream', true),
            ('KO', '2013-10-07 13:35:00Z', 38.15, 38.17, 38.15, 38.17, 30, 'stream', true),
            ('KO', '2013-10-08 13:30:00Z', 39.40, 39.60, 39.30, 39.50, 9, 'candle', true);
        """);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void gapsAreListedNewestFirstAndByWhatTheyOverlap() {
    JsonNode all = gateway.get("/v1/gaps").json().get("items");
    assertThat(all.size()).isEqualTo(2);
    assertThat(all.get(0).get("ticker").asString()).isEqualTo("IBM");
    assertThat(all.get(0).get("to").isNull()).isTrue();
    JsonNode repaired = all.get(1);
    assertThat(repaired.get("from").asString()).isEqualTo("2013-10-07T14:00:00Z");
    assertThat(repaired.get("vwap_after").decimalValue()).isEqualByComparingTo("100.5");
    assertThat(repaired.get("candles").asInt()).isEqualTo(9);

    assertThat(gateway.get("/v1/gaps?ticker=SPY&from=2013-10-07T14:10:00Z").json().get("items"))
        .isEmpty();
    assertThat(gateway.get("/v1/gaps?to=2013-10-07T14:00:00Z").json().get("items")).isEmpty();
    assertThat(gateway.get("/v1/gaps?state=open").json().get("items").size()).isEqualTo(1);
    JsonNode page = gateway.get("/v1/gaps?limit=1").json();
    assertThat(
            gateway
                .get("/v1/gaps?limit=1&cursor=" + page.get("next_cursor").asString())
                .json()
                .get("items")
                .get(0)
                .get("ticker")
                .asString())
        .isEqualTo("SPY");
    assertThat(gateway.get("/v1/gaps?state=shut").status()).isEqualTo(400);
  }

  @Test
  void secondWhoseIndicatorsLackMinutesSaysSo() {
    JsonNode items = gateway.get("/v1/equities/SPY/prices").json().get("items");
    assertThat(items.get(0).get("complete").asBoolean()).isTrue();
    assertThat(items.get(1).get("complete").asBoolean()).isFalse();
  }

  @Test
  void showsTheCurrentSessionUnlessAskedForAnother() {
    JsonNode answer = gateway.get("/v1/equities/SPY/prices").json();

    assertThat(answer.get("items").size()).isEqualTo(3);
    assertThat(answer.get("items").get(0).toString())
        .isEqualTo(
            "{\"timestamp\":\"2013-10-08T13:30:00Z\",\"price\":167.42,\"volume\":1000,\"sma9\":null,"
                + "\"vwap\":null,\"source\":\"stream\",\"complete\":true}");
    assertThat(answer.get("next_cursor").isNull()).isTrue();
  }

  @Test
  void writesPricesWithTheirExactDecimals() {
    String body = gateway.get("/v1/equities/SPY/prices").body();

    assertThat(body).contains("\"price\":167.095,").contains("\"price\":600.00,");
  }

  @Test
  void pagesThroughADayWithoutGapOrRepetition() {
    List<String> times = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page =
          gateway
              .get(
                  "/v1/equities/SPY/prices?from=2013-10-07T13:30:00Z&to=2013-10-07T13:40:00Z&limit=170"
                      + cursor)
              .json();
      page.get("items").forEach(item -> times.add(item.get("timestamp").stringValue()));
      JsonNode next = page.get("next_cursor");
      cursor = next.isNull() ? "" : "&cursor=" + next.stringValue();
    } while (!cursor.isEmpty());

    assertThat(times).hasSize(600).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void keepsTheSessionOfTheFirstPageWhenOnlyTheCursorIsRepeated() {
    JsonNode first = gateway.get("/v1/equities/SPY/prices?limit=2").json();
    JsonNode second =
        gateway
            .get("/v1/equities/SPY/prices?limit=2&cursor=" + first.get("next_cursor").stringValue())
            .json();

    assertThat(second.get("items").size()).isEqualTo(1);
    assertThat(second.get("items").get(0).get("timestamp").stringValue())
        .isEqualTo("2013-10-08T13:31:00Z");
  }

  @Test
  void includesFromAndExcludesTo() {
    JsonNode items =
        gateway
            .get("/v1/equities/SPY/prices?from=2013-10-07T09:30:10-04:00&to=2013-10-07T13:30:12Z")
            .json()
            .get("items");

    assertThat(items.size()).isEqualTo(2);
    assertThat(items.get(0).get("timestamp").stringValue()).isEqualTo("2013-10-07T13:30:10Z");
    assertThat(items.get(0).get("source").stringValue()).isEqualTo("backfill");
    assertThat(items.get(0).get("vwap").decimalValue()).isEqualByComparingTo("168.5");
  }

  @Test
  void answersATickerWithoutDataByAnEmptyListAndNoQuote() {
    assertThat(gateway.get("/v1/equities/ZZZ/prices").json().get("items").size()).isZero();
    assertThat(gateway.get("/v1/equities/ZZZ/bars?interval=1m").json().get("items").size())
        .isZero();
    TestGateway.Answer quote = gateway.get("/v1/equities/ZZZ/quote");
    assertThat(quote.status()).isEqualTo(404);
    assertThat(quote.code()).isEqualTo("no_data");
  }

  @Test
  void makesBarsOfTheSecondsInThem() {
    JsonNode bars =
        gateway
            .get(
                "/v1/equities/SPY/bars?interval=1m&from=2013-10-07T13:31:00Z&to=2013-10-07T13:33:00Z")
            .json()
            .get("items");

    assertThat(bars.size()).isEqualTo(2);
    // Seconds 60 to 119: prices 168.00 to 168.59, volumes 160 to 219.
    assertThat(bars.get(0).toString())
        .isEqualTo(
            "{\"timestamp\":\"2013-10-07T13:31:00Z\",\"open\":168.00,\"high\":168.59,\"low\":168.00,"
                + "\"close\":168.59,\"volume\":11370}");
  }

  @Test
  void takesBarsOfMinutesAsTheyAreKeptAndMakesTheOthersOfSeconds() {
    String range =
        "/v1/equities/KO/bars?from=2013-10-07T13:00:00Z&to=2013-10-07T14:00:00Z&interval=";
    assertThat(ohlcv(range + "1m"))
        .containsExactly(
            "13:30 38.00 38.02 38.00 38.02 30",
            "13:31 38.03 38.05 38.03 38.05 30",
            "13:32 38.06 38.50 38.01 38.08 31",
            "13:33 38.09 38.11 38.09 38.11 30",
            "13:34 38.12 38.14 37.90 38.14 30",
            "13:35 38.15 38.17 38.15 38.17 30");
    assertThat(ohlcv(range + "5m"))
        .containsExactly("13:30 38.00 38.50 37.90 38.14 151", "13:35 38.15 38.17 38.15 38.17 30");
    assertThat(ohlcv(range + "1h")).containsExactly("13:00 38.00 38.50 37.90 38.17 181");
    assertThat(ohlcv(range + "5s")).hasSize(18);
    assertThat(ohlcv("/v1/equities/KO/bars?from=2013-10-07T00:00:00Z&interval=1d"))
        .containsExactly("04:00 38.00 38.50 37.90 38.17 181", "04:00 39.40 39.60 39.30 39.50 9");
  }

  private static List<String> ohlcv(String path) {
    List<String> bars = new ArrayList<>();
    for (JsonNode bar : gateway.get(path).json().get("items")) {
      bars.add(
          bar.get("timestamp").stringValue().substring(11, 16)
              + " "
              + String.join(
                  " ",
                  List.of("open", "high", "low", "close", "volume").stream()
                      .map(name -> bar.get(name).toString())
                      .toList()));
    }
    return bars;
  }

  @ParameterizedTest
  @CsvSource({"1s,600", "5s,120", "1m,10", "5m,2", "15m,1", "1h,1", "1d,1"})
  void countsTheBarsOfTenMinutes(String interval, int expected) {
    JsonNode bars =
        gateway
            .get(
                "/v1/equities/SPY/bars?from=2013-10-07T13:00:00Z&to=2013-10-07T14:00:00Z&interval="
                    + interval)
            .json()
            .get("items");

    assertThat(bars.size()).isEqualTo(expected);
  }

  @Test
  void makesDailyBarsByEasternDate() {
    JsonNode bars =
        gateway
            .get("/v1/equities/SPY/bars?interval=1d&from=2013-10-01T00:00:00Z")
            .json()
            .get("items");

    assertThat(bars.size()).isEqualTo(2);
    assertThat(bars.get(0).get("timestamp").stringValue()).isEqualTo("2013-10-07T04:00:00Z");
    assertThat(bars.get(1).toString())
        .isEqualTo(
            "{\"timestamp\":\"2013-10-08T04:00:00Z\",\"open\":167.42,\"high\":600.00,\"low\":167.095,"
                + "\"close\":600.00,\"volume\":1030}");
  }

  @Test
  void pagesThroughBars() {
    String range = "/v1/equities/SPY/bars?interval=1m&from=2013-10-07T13:30:00Z&limit=7";
    JsonNode first = gateway.get(range).json();
    JsonNode second =
        gateway.get(range + "&cursor=" + first.get("next_cursor").stringValue()).json();

    assertThat(first.get("items").get(6).get("timestamp").stringValue())
        .isEqualTo("2013-10-07T13:36:00Z");
    assertThat(second.get("items").get(0).get("timestamp").stringValue())
        .isEqualTo("2013-10-07T13:37:00Z");
    assertThat(second.get("items").size()).isEqualTo(5);
  }

  @Test
  void quotesTheNewestOfEverything() {
    assertThat(gateway.get("/v1/equities/SPY/quote").body())
        .isEqualTo(
            "{\"ticker\":\"SPY\",\"price\":167.42,\"bid\":167.41,\"ask\":167.4301,\"bid_size\":300,"
                + "\"ask_size\":100,\"sma9\":null,\"vwap\":null,\"quote_time\":\"2013-10-08T13:31:00.250Z\","
                + "\"trade_time\":\"2013-10-08T13:31:00.100Z\"}");
  }

  @Test
  void listsSignalsOldestFirst() {
    JsonNode all = gateway.get("/v1/signals").json().get("items");
    assertThat(all.size()).isEqualTo(3);
    assertThat(all.get(0).toString())
        .isEqualTo(
            "{\"ticker\":\"SPY\",\"timestamp\":\"2013-10-07T14:00:00Z\",\"direction\":\"up\",\"price\":168.00,"
                + "\"sma9\":168.01,\"vwap\":168.0001,\"action\":\"buy\"}");
    assertThat(
            gateway
                .get("/v1/signals?ticker=SPY&from=2013-10-07T14:00:01Z")
                .json()
                .get("items")
                .size())
        .isEqualTo(1);
    JsonNode page = gateway.get("/v1/signals?from=2013-10-07T00:00:00Z&limit=1").json();
    JsonNode rest =
        gateway
            .get(
                "/v1/signals?from=2013-10-07T00:00:00Z&cursor="
                    + page.get("next_cursor").stringValue())
            .json();
    assertThat(rest.get("items").size()).isEqualTo(2);
  }

  @Test
  void contractsThatAreOverAreShownWhenAskedForOrWhenThereAreNoOthers() {
    // The market's now is Tuesday 2013-10-08, 13:31.
    assertThat(symbols("/v1/options/SPY/chain")).doesNotContain("SPY   131007P00168000");
    assertThat(symbols("/v1/options/SPY/chain?expiration=2013-10-07"))
        .containsExactly("SPY   131007P00168000");
    assertThat(symbols("/v1/options/BAC/chain")).containsExactly("BAC   131004P00014000");
    assertThat(symbols("/v1/options/BAC/chain?expiration=2013-09-27"))
        .containsExactly("BAC   130927P00014000");
    assertThat(symbols("/v1/options/IBM/chain")).isEmpty();
  }

  private static List<String> symbols(String path) {
    List<String> symbols = new ArrayList<>();
    for (JsonNode item : gateway.get(path).json().get("items")) {
      symbols.add(item.get("option_symbol").stringValue());
    }
    return symbols;
  }

  @Test
  void showsTheLatestRowOfEachOptionContract() {
    JsonNode chain = gateway.get("/v1/options/SPY/chain").json().get("items");
    assertThat(chain.size()).isEqualTo(2);
    assertThat(chain.get(0).get("last_price").decimalValue()).isEqualByComparingTo("1.3");
    assertThat(chain.get(0).get("bid").isNull()).isTrue();
    assertThat(
            gateway
                .get("/v1/options/SPY/chain?expiration=2013-11-15")
                .json()
                .get("items")
                .get(0)
                .get("option_symbol")
                .stringValue())
        .isEqualTo("SPY   131115P00168000");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/equities/spy/quote, invalid_ticker",
    "/v1/equities/SP%20Y/prices, invalid_ticker",
    "/v1/equities/SPY%27--/bars, invalid_ticker",
    "/v1/equities/AAAAAAAAAAAAAAAAAAAAA/prices, invalid_ticker",
    "/v1/equities/SPY/prices?from=yesterday, invalid_time",
    "/v1/equities/SPY/prices?from=2013-10-07, invalid_time",
    "/v1/equities/SPY/prices?from=2013-13-07T00:00:00Z, invalid_time",
    "/v1/equities/SPY/prices?from=2013-10-07T13:30:00, invalid_time",
    "/v1/equities/SPY/prices?from=0000-01-01T00:00:00Z, invalid_time",
    "/v1/equities/SPY/prices?to=, invalid_time",
    "/v1/equities/SPY/prices?limit=0, invalid_limit",
    "/v1/equities/SPY/prices?limit=10001, invalid_limit",
    "/v1/equities/SPY/prices?limit=ten, invalid_limit",
    "/v1/equities/SPY/prices?limit=-1, invalid_limit",
    "/v1/equities/SPY/prices?limit=1.5, invalid_limit",
    "/v1/equities/SPY/prices?limit=99999999999999999999, invalid_limit",
    "/v1/equities/SPY/prices?cursor=nonsense, invalid_cursor",
    "/v1/equities/SPY/prices?cursor=%00, invalid_cursor",
    "/v1/equities/SPY/prices?from=2013-10-08T00:00:00Z&to=2013-10-07T00:00:00Z, invalid_range",
    "/v1/equities/SPY/bars?interval=2m, invalid_interval",
    "/v1/equities/SPY/bars?interval=1M, invalid_interval",
    "/v1/options/SPY/chain?expiration=soon, invalid_date",
    "/v1/options/SPY/chain?expiration=2013-02-30, invalid_date",
    "/v1/options/S_Y/chain, invalid_ticker",
    "/v1/signals?ticker=sp, invalid_ticker",
    "/v1/signals?from=1, invalid_time",
    "/v1/signals?limit=, invalid_limit",
  })
  void refusesWhatItCannotRead(String path, String code) {
    TestGateway.Answer answer = gateway.get(path);

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.json().get("hint").stringValue()).isNotBlank();
    assertThat(answer.json().get("request_id").stringValue())
        .isEqualTo(answer.header("X-Request-Id"));
  }

  @Test
  void toleratesUnknownQueryParametersAndTimesFromAllYears() {
    assertThat(gateway.get("/v1/equities/SPY/prices?colour=red").status()).isEqualTo(200);
    assertThat(
            gateway
                .get("/v1/equities/SPY/prices?from=0002-01-01T00:00:00Z&to=9999-12-31T23:59:59Z")
                .json()
                .get("items")
                .size())
        .isEqualTo(603);
    assertThat(
            gateway
                .get("/v1/equities/SPY/prices?to=1900-01-01T00:00:00Z")
                .json()
                .get("items")
                .size())
        .isZero();
  }
}
