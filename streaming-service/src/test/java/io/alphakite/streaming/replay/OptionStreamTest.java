package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.platform.RunningService;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.streaming.option.OptionFollower;
import io.alphakite.streaming.option.OptionStatus;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Options of a market whose prices are made here: which contracts are streamed while the price
 * moves and at the roll, by the simulator's own count, and whether rows are what its chain says.
 */
@Timeout(120)
class OptionStreamTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Map<String, String> OPTIONS =
      Map.of("STREAM_OPTIONS", "true", "BATCH_SIZE", "100", "BATCH_INTERVAL", "0.1");

  @Test
  void followsAMovingPriceAndDisturbsNoContractThatStays(@TempDir Path directory) throws Exception {
    Prices prices = new Prices();
    prices.trade(Instant.parse("2013-10-07T19:59:00Z"), 100.10);
    Instant time = Instant.parse("2013-10-08T13:30:00Z");
    time = prices.move(time, 100.10, 100.10, 90);
    time = prices.move(time, 100.10, 101.00, 60);
    // Around the middle of two strikes: nothing is to change.
    for (int i = 0; i < 10; i++) {
      time = prices.move(time, 100.30, 100.70, 6);
    }
    prices.move(time, 101.00, 104.10, 180);
    try (ReplayRig rig = new ReplayRig(directory, prices.market(directory, "2013-10-08", 1, 10))) {
      // One contract without greeks, and the first chain is missing.
      rig.simulator.faults().set(Dial.GREEKS_MISSING, FaultRule.ALWAYS.on("C00102000"));
      rig.simulator.faults().set(Dial.CHAIN_FAILED, FaultRule.times(1));
      RunningService service = rig.start(OPTIONS);
      rig.awaitMarket(Instant.parse("2013-10-08T13:30:02Z"));
      rig.simulator.paused(true);
      OptionFollower follower = service.context().getBean(OptionFollower.class);
      until(() -> streamed(rig).equals(around("2013-10-08", 98, 102)));
      assertThat(follower.status().missing()).isEmpty();
      assertThat(rig.simulator.faults().state(Dial.CHAIN_FAILED).spent()).isTrue();

      rig.simulator.speed(150);
      rig.simulator.paused(false);
      rig.awaitOver();
      until(() -> streamed(rig).equals(around("2013-10-08", 102, 106)));
      until(() -> rowsAreWritten(rig, follower));

      // Each contract was subscribed once, and taken away once at most.
      JsonNode stream = JSON.readTree(rig.get("/control/replay"));
      Set<String> ever = new TreeSet<>(rig.sql("SELECT DISTINCT option_symbol FROM option_prices"));
      assertThat(ever).isSubsetOf(around("2013-10-08", 98, 106)).hasSizeGreaterThanOrEqualTo(18);
      assertThat(stream.get("keys_subscribed").intValue()).isEqualTo(1 + ever.size());
      assertThat(stream.get("keys_unsubscribed").intValue()).isEqualTo(ever.size() - 10);
      assertThat(follower.status().counts().images()).isEqualTo(ever.size());
      assertThat(follower.status().contracts()).isEqualTo(10);

      // What was wanted all the time has a row after every second in which the share moved.
      for (String type : List.of("call", "put")) {
        assertThat(
                rig.sql(
                    """
                    WITH own AS (SELECT timestamp FROM option_prices WHERE strike_price = 102 AND option_type = '%s')
                    SELECT e.timestamp FROM equity_data e
                    WHERE e.timestamp >= (SELECT min(timestamp) FROM own) AND e.timestamp < (SELECT max(timestamp) FROM own)
                      AND e.timestamp + interval '1 second' NOT IN (SELECT timestamp FROM own)
                    """
                        .formatted(type)))
            .as("seconds without a row of the %s", type)
            .isEmpty();
      }
      assertThat(number(rig, "SELECT count(*) FROM option_prices WHERE strike_price = 102"))
          .isGreaterThan(300);

      // -999 is none; the rest of that contract is there.
      assertThat(
              rig.sql(
                  "SELECT DISTINCT coalesce(delta, gamma, theta, vega, implied_volatility) || '' ||"
                      + " (bid > 0) FROM option_prices WHERE option_symbol LIKE '%C00102000'"))
          .containsOnlyNulls();
      assertThat(
              number(
                  rig,
                  "SELECT count(*) FROM option_prices WHERE option_symbol LIKE '%C00102000' AND bid"
                      + " > 0"))
          .isPositive();
      assertRowsAreWhatTheChainSays(rig, "2013-10-08");

      // A restart brings the same contracts, and the same rows once more.
      List<String> before = rows(rig);
      rig.stop();
      rig.awaitNobody();
      OptionFollower restarted = rig.start(OPTIONS).context().getBean(OptionFollower.class);
      until(() -> streamed(rig).equals(around("2013-10-08", 102, 106)));
      until(() -> restarted.status().counts().images() == 10);
      rig.stop();
      assertThat(rows(rig)).isEqualTo(before);
    }
  }

  @Test
  void rollsAfterAnEarlyCloseAndGoesOnTheNextMorning(@TempDir Path directory) throws Exception {
    Prices prices = new Prices();
    prices.trade(Instant.parse("2015-12-23T20:59:00Z"), 205.10);
    // Until 13:18; options are over at 13:15.
    Instant end = prices.move(Instant.parse("2015-12-24T17:55:00Z"), 205.10, 205.20, 1_380);
    assertThat(end).isEqualTo(Instant.parse("2015-12-24T18:18:00Z"));
    prices.move(Instant.parse("2015-12-28T17:55:00Z"), 207.10, 207.20, 600);
    Map<String, String> market = new TreeMap<>(prices.market(directory, "2015-12-24", 2, 10));
    market.put("SIMULATOR_DAY_START", "12:54:50");
    market.put("SIMULATOR_DAY_END", "13:18:10");
    try (ReplayRig rig = new ReplayRig(directory, market)) {
      OptionFollower follower = rig.start(OPTIONS).context().getBean(OptionFollower.class);
      until(() -> streamed(rig).equals(around("2015-12-24", 203, 207)));
      rig.simulator.speed(300);
      // Between the options' end and the session's the follower needs time for a look.
      rig.awaitMarket(Instant.parse("2015-12-24T18:13:00Z"));
      long before = follower.status().chainRequests();
      rig.simulator.speed(50);
      until(() -> follower.status().chainRequests() > before);
      rig.simulator.speed(500);
      rig.awaitOver();
      until(() -> streamed(rig).equals(around("2015-12-28", 205, 209)));
      until(() -> rowsAreWritten(rig, follower));
      assertThat(
              rig.sql(
                  """
                  SELECT expiration_date || ': ' || (timestamp AT TIME ZONE 'America/New_York')::date
                  FROM option_prices GROUP BY 1 ORDER BY 1
                  """))
          .as("expirations and the days of their rows")
          .containsExactly("2015-12-24: 2015-12-24", "2015-12-28: 2015-12-28");
      assertThat(
              rig.sql(
                  "SELECT DISTINCT option_symbol FROM option_prices WHERE expiration_date ="
                      + " '2015-12-24'"))
          .containsExactlyInAnyOrderElementsOf(around("2015-12-24", 203, 207));
      Instant last =
          Instant.ofEpochSecond(
              number(
                  rig,
                  "SELECT extract(epoch FROM max(timestamp))::bigint FROM option_prices WHERE"
                      + " expiration_date = '2015-12-24'"));
      assertThat(last).isBetween("2015-12-24T17:59:00Z", "2015-12-24T17:59:59Z");
      assertRowsAreWhatTheChainSays(rig, "2015-12-28");
      OptionStatus status = follower.status();
      // At the start, at the roll, in the morning.
      assertThat(status.chainRequests()).isGreaterThanOrEqualTo(3);
      assertThat(status.missing()).isEmpty();
      assertThat(status.counts().rejected() + status.counts().crossed()).isZero();
    }
  }

  /** All rows of the contracts streamed now, against the simulator's answer over HTTP. */
  private static void assertRowsAreWhatTheChainSays(ReplayRig rig, String expiration)
      throws Exception {
    JsonNode chain =
        JSON.readTree(
            rig.get(
                "/marketdata/v1/chains?symbol=SPY&fromDate=%s&toDate=%s"
                    .formatted(expiration, expiration)));
    int compared = 0;
    for (String side : List.of("callExpDateMap", "putExpDateMap")) {
      for (JsonNode strikes : chain.get(side)) {
        for (JsonNode contracts : strikes) {
          JsonNode contract = contracts.get(0);
          if (streamed(rig).contains(contract.get("symbol").stringValue())) {
            assertThat(latest(rig, contract.get("symbol").stringValue()))
                .isEqualTo(expected(contract));
            compared++;
          }
        }
      }
    }
    assertThat(compared).isEqualTo(10);
  }

  private static String latest(ReplayRig rig, String symbol) throws Exception {
    return rig.sql(
            """
            SELECT concat_ws(' ', option_symbol, ticker, option_type, strike_price, expiration_date,
              extract(epoch FROM timestamp)::bigint, bid, ask, last_price, volume, open_interest,
              coalesce(round(implied_volatility, 3)::text, 'none'), coalesce(round(delta, 3)::text, 'none'),
              coalesce(round(gamma, 3)::text, 'none'), coalesce(round(theta, 3)::text, 'none'),
              coalesce(round(vega, 3)::text, 'none'))
            FROM option_quotes WHERE option_symbol = '%s'
            """
                .formatted(symbol))
        .getFirst();
  }

  private static String expected(JsonNode contract) {
    OptionSymbol symbol = OptionSymbol.parse(contract.get("symbol").stringValue());
    long second =
        Math.max(
                contract.get("quoteTimeInLong").longValue(),
                contract.get("tradeTimeInLong").longValue())
            / 1_000;
    return String.join(
        " ",
        symbol.format(),
        "SPY",
        contract.get("putCall").stringValue().toLowerCase(Locale.ROOT),
        decimal(contract, "strikePrice", 4),
        symbol.expiration().toString(),
        Long.toString(second),
        decimal(contract, "bid", 4),
        decimal(contract, "ask", 4),
        decimal(contract, "last", 4),
        contract.get("totalVolume").asString(),
        contract.get("openInterest").asString(),
        decimal(contract, "volatility", 3),
        decimal(contract, "delta", 3),
        decimal(contract, "gamma", 3),
        decimal(contract, "theta", 3),
        decimal(contract, "vega", 3));
  }

  private static String decimal(JsonNode contract, String field, int decimals) {
    BigDecimal value = contract.get(field).decimalValue();
    return value.compareTo(BigDecimal.valueOf(-999)) == 0
        ? "none"
        : value.setScale(decimals, RoundingMode.HALF_UP).toPlainString();
  }

  /** The option keys subscribed now, as the simulator has them. */
  private static Set<String> streamed(ReplayRig rig) {
    Set<String> options = new TreeSet<>();
    for (JsonNode key : JSON.readTree(rig.get("/control/replay")).get("subscribed")) {
      if (key.stringValue().length() == 21) {
        options.add(key.stringValue());
      }
    }
    return options;
  }

  private static Set<String> around(String expiration, int from, int to) {
    Set<String> symbols = new TreeSet<>();
    String date = LocalDate.parse(expiration).toString().replace("-", "").substring(2);
    for (int strike = from; strike <= to; strike++) {
      symbols.add("SPY   %sC%08d".formatted(date, strike * 1_000));
      symbols.add("SPY   %sP%08d".formatted(date, strike * 1_000));
    }
    return symbols;
  }

  /** With the market over: whether all that the service has made of it is in the table. */
  private static boolean rowsAreWritten(ReplayRig rig, OptionFollower follower) throws Exception {
    JsonNode chain = JSON.readTree(rig.get("/marketdata/v1/chains?symbol=SPY&strikeCount=1"));
    long quoted =
        chain
                .get("callExpDateMap")
                .iterator()
                .next()
                .iterator()
                .next()
                .get(0)
                .get("quoteTimeInLong")
                .longValue()
            / 1_000;
    return number(
                rig,
                "SELECT count(*) FROM option_quotes WHERE timestamp >= to_timestamp(%d)"
                    .formatted(quoted))
            == 10
        && follower.status().contracts() == 10;
  }

  private static List<String> rows(ReplayRig rig) throws Exception {
    return rig.sql(
        "SELECT option_prices::text FROM option_prices ORDER BY timestamp, option_symbol");
  }

  private static long number(ReplayRig rig, String query) throws Exception {
    return Long.parseLong(rig.sql(query).getFirst());
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(50)).until(condition);
  }

  /** A market's trades. */
  private static final class Prices {
    private final List<String> lines = new ArrayList<>(List.of("timestamp,ticker,price,size"));

    void trade(Instant time, double price) {
      lines.add(String.format(Locale.ROOT, "%s,SPY,%.2f,100", time, price));
    }

    /** A trade a second; gives the second after the last. */
    Instant move(Instant from, double first, double last, int seconds) {
      for (int i = 0; i < seconds; i++) {
        trade(from.plusSeconds(i), first + (last - first) * i / Math.max(1, seconds - 1));
      }
      return from.plusSeconds(seconds);
    }

    /** The simulator's settings for it. */
    Map<String, String> market(Path directory, String session, int sessions, int speed)
        throws IOException {
      Path csv = Files.write(directory.resolve("prices.csv"), lines);
      return Map.of(
          "SIMULATOR_CSV", csv.toString(),
          "SIMULATOR_START_SESSION", session,
          "SIMULATOR_STOP_AFTER_SESSIONS", Integer.toString(sessions),
          "SIMULATOR_DAY_END", "09:36:40",
          "KITE_REPLAY_SPEED", Integer.toString(speed));
    }
  }
}
