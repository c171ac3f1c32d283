package io.alphakite.simulator.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScenarioTest {
  /** Monday 2013-10-07 09:29:50 in New York. */
  private static final Instant START = Instant.parse("2013-10-07T13:29:50Z");

  static List<String> shipped() {
    return Scenario.shipped();
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void theShippedOnesCanBePlayed(String name) {
    Scenario scenario = Scenario.load(name);
    assertThat(scenario.name()).isEqualTo(name);
    assertThat(scenario.description()).isNotBlank();
    List<Step> played = new ArrayList<>();
    ScenarioRun run = new ScenarioRun(scenario, START, played::add);
    run.timeIs(START.plusSeconds(30 * 86_400).toEpochMilli());
    assertThat(played).isEqualTo(scenario.steps());
    assertThat(run.progress().next()).isNull();
  }

  @Test
  void stepsHappenAtTheirMarketTimes() {
    Scenario scenario =
        Scenario.parse(
            "s",
            """
            {"steps": [
              {"do": "set", "dial": "nightly-reset"},
              {"at": "09:30", "do": "speed", "speed": 10},
              {"after": "90s", "do": "clear", "dial": "nightly-reset"},
              {"at": "09:00", "do": "clear"},
              {"day": 29, "at": "09:00", "do": "pause"},
              {"at": "2013-11-04 09:00:00", "do": "pause"}
            ]}
            """);
    List<Step> played = new ArrayList<>();
    ScenarioRun run = new ScenarioRun(scenario, START, played::add);
    assertThat(run.progress().due())
        .containsExactly(
            START,
            Instant.parse("2013-10-07T13:30:00Z"),
            Instant.parse("2013-10-07T13:31:30Z"),
            Instant.parse("2013-10-08T13:00:00Z"),
            // After the clocks went back on 2013-11-03.
            Instant.parse("2013-11-04T14:00:00Z"),
            Instant.parse("2013-11-04T14:00:00Z"));
    run.timeIs(START.toEpochMilli());
    assertThat(played).hasSize(1);
    run.timeIs(Instant.parse("2013-10-07T13:31:29.999Z").toEpochMilli());
    assertThat(played).hasSize(2);
    run.timeIs(Instant.parse("2013-10-07T13:31:30Z").toEpochMilli());
    assertThat(played).hasSize(3);
    assertThat(run.progress().next()).isEqualTo(Instant.parse("2013-10-08T13:00:00Z"));
  }

  @Test
  void namesEveryProblemWithItsLine() {
    assertThatThrownBy(
            () ->
                Scenario.parse(
                    "my.json",
                    """
                    {"name": "x", "colour": 1, "steps": [
                      {"after": "soon", "do": "clear"},
                      {"at": "25:00", "do": "clear"},
                      {"do": "set", "dial": "anwser-lost"},
                      {"do": "set", "dial": "answer-lost", "probability": 2},
                      {"do": "set", "dial": "server-error-after", "status": 200},
                      {"do": "set", "dial": "answer-lost", "delay": 2},
                      {"do": "fly"},
                      {"do": "speed", "speed": 0},
                      {"at": "09:30", "after": "1s", "do": "clear"},
                      {"day": 0, "at": "09:30", "do": "clear"},
                      {"do": "pause", "dial": "answer-lost"},
                      7
                    ]}
                    """))
        .isInstanceOfSatisfying(
            ScenarioException.class,
            e -> {
              assertThat(e.problems()).hasSize(13);
              assertThat(e.problems().get(0)).startsWith("my.json line 1: there is no 'colour'");
              assertThat(e.problems().get(1)).startsWith("my.json line 2: after must be a number");
              assertThat(e.problems().get(2)).startsWith("my.json line 3: at must be a New York");
              assertThat(e.problems().get(3))
                  .startsWith("my.json line 4: there is no dial 'anwser-lost'")
                  .contains("answer-lost");
              assertThat(e.problems().get(4)).startsWith("my.json line 5: probability must be");
              assertThat(e.problems().get(5)).startsWith("my.json line 6: status must be");
              assertThat(e.problems().get(6)).contains("line 7", "no parameter 'delay'");
              assertThat(e.problems().get(7)).contains("line 8", "do must be one of", "'fly'");
              assertThat(e.problems().get(8)).contains("line 9", "speed must be");
              assertThat(e.problems().get(9)).contains("line 10", "not both");
              assertThat(e.problems().get(10)).contains("line 11", "day must be");
              assertThat(e.problems().get(11)).contains("line 12", "'dial' means nothing here");
              assertThat(e.problems().get(12)).contains("line 13", "expected an object");
            });
  }

  @Test
  void saysWhereTheJsonBreaks(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("broken.json");
    Files.writeString(file, "{\"steps\": [\n  {\"do\": \"clear\"},\n  {\"do\" \"clear\"}\n]}");
    assertThatThrownBy(() -> Scenario.load(file.toString()))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("broken.json line 3");
    assertThatThrownBy(() -> Scenario.load("no-such"))
        .isInstanceOf(ScenarioException.class)
        .hasMessageContaining("there is no scenario 'no-such'")
        .hasMessageContaining("bad-open");
    assertThatThrownBy(() -> Scenario.parse("s", "{\"steps\": []}"))
        .hasMessageContaining("there are no steps");
  }
}
