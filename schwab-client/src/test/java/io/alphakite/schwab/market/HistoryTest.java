package io.alphakite.schwab.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.market.HistoryRequest.FrequencyType;
import io.alphakite.schwab.market.HistoryRequest.PeriodType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Price history by the rules of the reference, section 3.4. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HistoryTest {

  private static final String HISTORY = "GET /marketdata/v1/pricehistory";
  private static final Ticker ABC = Ticker.of("ABC");

  private final FakeSchwab schwab = new FakeSchwab();
  private MarketData market;

  @BeforeAll
  void connect(@TempDir Path directory) {
    market = schwab.api(directory).marketData();
  }

  @AfterAll
  void close() {
    schwab.close();
  }

  private static String candles(Stream<Instant> starts) {
    return starts
        .map(
            start ->
                """
                {"open":50.0,"high":50.1,"low":49.9,"close":50.05,"volume":1200,"datetime":%d}"""
                    .formatted(start.toEpochMilli()))
        .collect(
            Collectors.joining(",", "{\"candles\":[", "],\"symbol\":\"ABC\",\"empty\":false}"));
  }

  @Test
  void readsCandlesAndTheCloseBefore() {
    schwab.on(
        HISTORY,
        200,
        """
        {"candles":[{"open":50,"high":"50.1","low":49.9,"close":50.05,"volume":1200.0,
           "datetime":1767623400000}],"symbol":"ABC","empty":false,"previousClose":49.5,
         "previousCloseDate":1767333600000}""");
    Candles candles =
        market.candles(
            HistoryRequest.last("ABC", PeriodType.DAY, 5, FrequencyType.MINUTE, 30)
                .withPreviousClose());
    assertThat(candles)
        .isEqualTo(
            new Candles(
                "ABC",
                List.of(
                    new Bar(
                        Instant.ofEpochMilli(1767623400000L),
                        Price.of("50"),
                        Price.of("50.1"),
                        Price.of("49.9"),
                        Price.of("50.05"),
                        1_200)),
                Price.of("49.5"),
                LocalDate.parse("2026-01-02"),
                0));
    HttpUrl url = schwab.requests(HISTORY).getLast().getUrl();
    assertThat(url.encodedQuery())
        .isEqualTo(
            "symbol=ABC&periodType=day&period=5&frequencyType=minute&frequency=30"
                + "&needExtendedHoursData=false&needPreviousClose=true");
  }

  @Test
  void countsCandlesThatCannotBeRead() {
    schwab.on(HISTORY, 200, "{\"candles\":[{\"datetime\":1767623400000,\"open\":1}]}");
    assertThat(
            market
                .candles(HistoryRequest.last("ABC", PeriodType.YTD, 1, FrequencyType.DAILY, 1))
                .unreadable())
        .isEqualTo(1);
  }

  /** They carry 00:00 US Central: 06:00Z in winter, 05:00Z in summer. */
  @Test
  void givesDailyCandlesTheirDateAndOnlyThoseAskedFor() {
    schwab.on(
        HISTORY,
        200,
        candles(
            Stream.of(
                    "2026-03-05T06:00:00Z",
                    "2026-03-06T06:00:00Z",
                    "2026-03-09T05:00:00Z",
                    "2026-03-10T05:00:00Z",
                    "2026-03-11T05:00:00Z")
                .map(Instant::parse)));
    Candles candles =
        market.candles(
            HistoryRequest.candles(
                "ABC",
                FrequencyType.DAILY,
                Instant.parse("2026-03-06T14:30:00Z"),
                Instant.parse("2026-03-11T04:00:00Z")));
    assertThat(candles.bars())
        .extracting(Candles::date)
        .containsExactly(
            LocalDate.parse("2026-03-06"),
            LocalDate.parse("2026-03-09"),
            LocalDate.parse("2026-03-10"));
  }

  @Test
  void asksForALongTimeInLegalPieces() {
    Instant from = Instant.parse("2026-01-05T14:30:00Z");
    Instant to = from.plus(Duration.ofDays(25));
    // As Schwab may do: more than was asked.
    schwab.on(
        HISTORY,
        request -> {
          Instant start =
              Instant.ofEpochMilli(Long.parseLong(parameter(request.getUrl(), "startDate")));
          return FakeSchwab.json(
              200,
              candles(
                  Stream.of(
                      start.minusSeconds(60),
                      start,
                      start.plus(Duration.ofDays(10)),
                      start.plus(Duration.ofDays(30)))));
        });
    long before = schwab.count(HISTORY);
    assertThat(market.minuteBars(ABC, from, to, false))
        .extracting(Bar::start)
        .containsExactly(from, from.plus(Duration.ofDays(10)), from.plus(Duration.ofDays(20)));
    assertThat(schwab.count(HISTORY) - before).isEqualTo(3);
    assertThat(parameter(schwab.requests(HISTORY).getLast().getUrl(), "endDate"))
        .isEqualTo(Long.toString(to.toEpochMilli()));
  }

  private static String parameter(HttpUrl url, String name) {
    String value = url.queryParameter(name);
    return value == null ? "" : value;
  }

  @Test
  void refusesMoreMinutesThanThereAre() {
    Instant from = Instant.parse("2026-01-05T14:30:00Z");
    long before = schwab.count(HISTORY);
    assertThatThrownBy(() -> market.minuteBars(ABC, from, from.plus(Duration.ofDays(61)), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 60");
    assertThat(schwab.count(HISTORY)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "DAY, 1, MINUTE, 1",
    "DAY, 10, MINUTE, 30",
    "DAY, , MINUTE, 15",
    "MONTH, 6, DAILY, 1",
    "MONTH, 2, WEEKLY, 1",
    "YEAR, 20, MONTHLY, 1",
    "YEAR, 15, DAILY, 1",
    "YTD, 1, WEEKLY, 1"
  })
  void takesWhatGoesTogether(
      PeriodType type, Integer period, FrequencyType frequencyType, int frequency) {
    HistoryRequest request =
        new HistoryRequest("ABC", type, period, frequencyType, frequency, null, null, false, false);
    assertThat(request.query()).containsEntry("frequency", Integer.toString(frequency));
  }

  @ParameterizedTest
  @CsvSource({
    "DAY, 6, MINUTE, 1, period 6 with periodType day",
    "DAY, 1, DAILY, 1, frequencyType daily with periodType day",
    "MONTH, 1, MINUTE, 1, frequencyType minute with periodType month",
    "MONTH, 1, MONTHLY, 1, frequencyType monthly with periodType month",
    "MONTH, 4, DAILY, 1, period 4 with periodType month",
    "YEAR, 4, DAILY, 1, period 4 with periodType year",
    "YEAR, 1, DAILY, 5, frequency 5 with frequencyType daily",
    "YTD, 2, DAILY, 1, period 2 with periodType ytd",
    "YTD, 1, MONTHLY, 1, frequencyType monthly with periodType ytd",
    "DAY, 1, MINUTE, 2, frequency 2 with frequencyType minute"
  })
  void refusesWhatDoesNotAndSaysWhatWould(
      PeriodType type, Integer period, FrequencyType frequencyType, int frequency, String message) {
    assertThatThrownBy(
            () ->
                new HistoryRequest(
                    "ABC", type, period, frequencyType, frequency, null, null, false, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("one of [");
  }

  @Test
  void refusesAnEndBeforeItsStart() {
    Instant now = Instant.parse("2026-01-05T14:30:00Z");
    assertThatThrownBy(() -> HistoryRequest.minutes("ABC", 1, now, now, false))
        .hasMessageContaining("is not before endDate");
  }
}
