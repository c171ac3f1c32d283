package io.alphakite.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.simulator.settings.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A caller's own CSV as the market, over HTTP. */
@Timeout(60)
class CsvMarketTest {
  private static final String BARS =
      """
      timestamp,open,high,low,close,volume
      2019-02-14 09:30:00,50.00,50.20,49.90,50.10,1003
      2019-02-14 09:31:00,50.10,50.10,50.10,50.10,7
      2019-02-14 15:59:00,50.5000001,51.00,50.40,50.75,200
      2019-02-15 09:30:00,51.00,51.50,50.90,51.40,400
      """;

  private static SimulatorServer start(Path csv, String... more) {
    String[] settings = new String[more.length + 4];
    settings[0] = "SIMULATOR_CSV";
    settings[1] = csv.toString();
    settings[2] = "SIMULATOR_WAIT_FOR_SUBSCRIBER";
    settings[3] = "false";
    System.arraycopy(more, 0, settings, 4, more.length);
    return Servers.start(settings);
  }

  @Test
  void aTickersOwnBarsAreTheMarketOnTheirOwnDates(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("ZYX.csv"), BARS);
    try (SimulatorServer later =
            start(
                directory,
                "SIMULATOR_DAY_START",
                "15:59:59",
                "SIMULATOR_WAIT_FOR_SUBSCRIBER",
                "true");
        TestClient client = new TestClient(later)) {
      assertThat(later.replay().session()).isEqualTo("2019-02-14");
      assertThat(later.replay().recordedTickers()).containsExactly("ZYX");
      assertThat(client.get("/marketdata/v1/quotes?symbols=ZYX,SPY").path("errors").toString())
          .isEqualTo("{\"invalidSymbols\":[\"SPY\"]}");
      JsonNode candles =
          client
              .get(
                  "/marketdata/v1/pricehistory?symbol=ZYX&frequency=1"
                      + "&startDate=1550120400000&endDate=1550206799000")
              .path("candles");
      assertThat(candles.toString())
          .isEqualTo(
              "[{\"open\":50.0,\"high\":50.2,\"low\":49.9,\"close\":50.1,\"volume\":1003,\"datetime\":1550154600000},"
                  + "{\"open\":50.1,\"high\":50.1,\"low\":50.1,\"close\":50.1,\"volume\":7,\"datetime\":1550154660000},"
                  + "{\"open\":50.5,\"high\":51.0,\"low\":50.4,\"close\":50.75,\"volume\":200,\"datetime\":1550177940000}]");
    }
  }

  @Test
  void theDayBeforeGivesThePreviousCloseAndTheLastDayIsTheEnd(@TempDir Path directory)
      throws Exception {
    Files.writeString(directory.resolve("ZYX.csv"), BARS);
    try (SimulatorServer server =
            start(
                directory,
                "SIMULATOR_START_SESSION",
                "2019-02-15",
                "SIMULATOR_DAY_START",
                "15:59:59",
                "KITE_REPLAY_SPEED",
                "1000");
        TestClient client = new TestClient(server)) {
      JsonNode quote = client.get("/marketdata/v1/ZYX/quotes").path("ZYX").path("quote");
      assertThat(quote.path("closePrice").decimalValue()).isEqualByComparingTo("50.75");
      assertThat(quote.path("lastPrice").decimalValue()).isEqualByComparingTo("51.4");
      assertThat(quote.path("bidPrice").decimalValue()).isEqualByComparingTo("51.39");
      assertThat(quote.path("totalVolume").asLong()).isEqualTo(400);
      assertThat(
              client
                  .get(
                      "/marketdata/v1/pricehistory?symbol=ZYX&periodType=month&frequencyType=daily"
                          + "&startDate=1550120400000&endDate=1550206799000")
                  .path("candles")
                  .toString())
          .as("the day before the replay began")
          .isEqualTo(
              "[{\"open\":50.0,\"high\":51.0,\"low\":49.9,\"close\":50.75,\"volume\":1210,"
                  + "\"datetime\":1550124000000}]");
      while (!client.get("/control/replay").path("stopped").asBoolean()) {
        Thread.onSpinWait();
      }
      assertThat(server.replay().session()).isEqualTo("2019-02-15");
      assertThat(client.get("/control/replay").path("stopped").asBoolean()).isTrue();
    }
  }

  @Test
  void ticksKeepTheirOrderAndQuotes(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("any-name.csv");
    Files.writeString(
        file,
        """
        ticker,timestamp,price,size,bid,ask,bid_size,ask_size
        AAA,2019-02-14T14:30:00.100Z,10.01,100,10.00,10.02,300,400
        BBB,1550154600200,0.5123,5,,,,
        AAA,2019-02-14T09:30:00.300-05:00,,,10.01,10.03,100,200
        AAA,2019-02-14T14:30:01Z,10.03,50,10.05,10.04,1,1
        AAA,2019-02-15T02:00:00Z,99,1,,,,
        """);
    try (SimulatorServer server =
            start(
                file, "SIMULATOR_DAY_START", "10:00:00", "SIMULATOR_WAIT_FOR_SUBSCRIBER", "true");
        TestClient client = new TestClient(server)) {
      JsonNode quotes = client.get("/marketdata/v1/quotes?symbols=AAA,BBB&fields=quote");
      JsonNode a = quotes.path("AAA").path("quote");
      assertThat(a.path("lastPrice").decimalValue()).isEqualByComparingTo("10.03");
      assertThat(a.path("bidPrice").decimalValue()).isEqualByComparingTo("10.01");
      assertThat(a.path("askSize").asLong()).isEqualTo(200);
      assertThat(a.path("totalVolume").asLong()).isEqualTo(150);
      assertThat(a.path("tradeTime").asLong()).isEqualTo(1_550_154_601_000L);
      JsonNode b = quotes.path("BBB").path("quote");
      assertThat(b.path("lastPrice").decimalValue()).isEqualByComparingTo("0.5123");
      assertThat(b.path("bidPrice").decimalValue()).isEqualByComparingTo("0.5122");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "timestamp,price | | line 1: the header must name timestamp,price,size",
        "timestamp,price,size,colour | | line 1: unknown column 'colour'",
        "timestamp,price,size | 2019-02-14 09:30:00,abc,1 | line 2: price 'abc' is no price",
        "timestamp,price,size | 2019-02-14 09:30:00,10,1.5 | line 2: size '1.5' is no whole number",
        "timestamp,price,size | 2019-02-14 09:30:00,10 | line 2: 2 cells where the header has 3",
        "timestamp,price,size | yesterday,10,1 | line 2: timestamp 'yesterday' cannot be read",
        "timestamp,price,size | 2019-02-16 09:30:00,10,1 | 2019-02-16 is no NYSE session",
        "ticker,timestamp,price,size | spy,2019-02-14 09:30:00,10,1 | 'spy' is no ticker",
        "timestamp,open,high,low,close,volume | 2019-02-14 09:30:00,5,4,3,4,1 | line 2: low must",
        "timestamp,open,high,low,close,volume | 2019-02-14 09:30:10,5,5,5,5,1 | start of its minute",
        "timestamp,price,size | 2019-02-14 03:00:00,10,1 | holds no rows within",
      })
  void whatCannotBeUsedIsNamedByItsLine(
      String header, String row, String expected, @TempDir Path directory) throws Exception {
    Path file = directory.resolve("ZYX.csv");
    Files.writeString(file, header + "\n" + (row == null ? "" : row) + "\n");
    assertThatThrownBy(() -> start(file))
        .isInstanceOfSatisfying(
            SettingsException.class,
            e -> assertThat(String.join("\n", e.problems())).contains("SIMULATOR_CSV", expected));
  }

  @Test
  void allProblemsComeAtOnceButNotForEver(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("ZYX.csv");
    Files.writeString(
        file,
        "timestamp,price,size\n"
            + "2019-02-14 09:30:02,10,1\n2019-02-14 09:30:01,10,1\n"
            + "x,1,1\n".repeat(100));
    assertThatThrownBy(() -> start(file))
        .isInstanceOfSatisfying(
            SettingsException.class,
            e -> {
              List<String> problems = e.problems();
              assertThat(problems).hasSize(20);
              assertThat(problems.getFirst())
                  .isEqualTo(
                      "SIMULATOR_CSV: ZYX.csv line 3: comes after a later row of ZYX; sort each"
                          + " ticker by time");
            });
  }
}
