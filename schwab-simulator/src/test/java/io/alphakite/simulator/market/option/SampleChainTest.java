package io.alphakite.simulator.market.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.alphakite.model.market.OptionType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The formula against an actual chain with greeks, read where it is found. Its contracts expire on
 * the same day, and its greeks agree with the time left only when a year has 252 days; over
 * calendar days (0.05 of delta away) they do not. Its price and theta follow a model of their own.
 */
class SampleChainTest {
  private static final Path SAMPLE =
      Path.of(
          System.getenv().getOrDefault("KITE_PROJECT_ROOT", ".."),
          "../shared/data/option-chains/schwab_chain_SPX_0dte_2024-10-15.json");

  @Test
  void agreesWithAChainFromTheWire() throws Exception {
    assumeTrue(Files.exists(SAMPLE), "skipped: the raw data (../shared/data) is not here");
    JsonNode chain = JsonMapper.builder().build().readTree(Files.readString(SAMPLE));
    double spot = chain.path("underlyingPrice").asDouble();
    Duration left =
        Duration.between(
            Instant.parse("2024-10-15T15:15:56Z"), Instant.parse("2024-10-15T20:00:00Z"));
    double years = left.toSeconds() / 86_400.0 / 252;
    int contracts = 0;
    for (String map : new String[] {"callExpDateMap", "putExpDateMap"}) {
      for (JsonNode strikes : chain.path(map)) {
        for (JsonNode at : strikes) {
          JsonNode contract = at.path(0);
          BlackScholes.Valuation value =
              BlackScholes.value(
                  OptionType.valueOf(contract.path("putCall").asString()),
                  spot,
                  contract.path("strikePrice").asDouble(),
                  years,
                  contract.path("volatility").asDouble() / 100,
                  chain.path("interestRate").asDouble() / 100,
                  0);
          String name = contract.path("symbol").asString();
          assertThat(value.delta())
              .as(name)
              .isCloseTo(contract.path("delta").asDouble(), within(0.004));
          assertThat(value.gamma())
              .as(name)
              .isCloseTo(contract.path("gamma").asDouble(), within(0.0006));
          assertThat(value.vega())
              .as(name)
              .isCloseTo(contract.path("vega").asDouble(), within(0.009));
          contracts++;
        }
      }
    }
    assertThat(contracts).isEqualTo(20);
  }
}
