package io.alphakite.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.suite.command.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the command says, and that a run has a result; how fast is for a person to judge. */
class BenchTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path home;

  @Test
  void withoutANameItListsWhatThereIs() {
    assertThat(run(false)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("feed ", "orders ", "docs/benchmarks.md");
    assertThat(run(false, "feed", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("--tickers", "--json");
    assertThat(run(false, "orders", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("--orders", "--bursts", "--json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "engine",
        "feed --rounds",
        "feed --rounds 0",
        "feed --tickers 3001",
        "feed -x 1",
        "orders --orders x"
      })
  void whatThereIsNotIsSaidInOneLine(String words) {
    assertThat(run(false, words.split(" "))).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
  }

  @Test
  @Tag("long")
  void bothPipelinesWriteTheSameNumbersAndNothingStaysBehind() {
    int status = run(true, "feed", "--tickers", "20", "--rounds", "2", "--seconds", "1");
    assertThat(status).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
    JsonNode answer = JsonMapper.shared().readTree(out.toString(StandardCharsets.UTF_8));
    assertThat(answer.get("rows_that_differ").longValue()).isZero();
    assertThat(answer.get("results").size()).isEqualTo(4);
    answer
        .get("results")
        .forEach(
            result ->
                assertThat(result.get("ticks_per_second").get("min").doubleValue()).isPositive());
    assertThat(Files.exists(home.resolve("bench/postgres"))).isFalse();
  }

  @Test
  @Tag("long")
  void everyOrderComesToTheBrokerAndIsMeasured() {
    int status = run(true, "orders", "--orders", "10", "--bursts", "2");
    assertThat(status).as(() -> err.toString(StandardCharsets.UTF_8)).isZero();
    JsonNode answer = JsonMapper.shared().readTree(out.toString(StandardCharsets.UTF_8));
    assertThat(answer.get("results").size()).isEqualTo(11);
    answer
        .get("results")
        .forEach(result -> assertThat(result.get("p99_ms").doubleValue()).isPositive());
    assertThat(answer.get("ratio_to_floor").doubleValue()).isPositive();
    assertThat(answer.get("ratio_to_floor_p99").doubleValue()).isPositive();
    assertThat(Files.exists(home.resolve("bench/postgres"))).isFalse();
  }

  private int run(boolean json, String... words) {
    out.reset();
    err.reset();
    return Bench.run(
        List.of(words),
        home,
        new Terminal(new PrintStream(out), new PrintStream(err), json, false));
  }
}
