package io.alphakite.engine.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.torture.Scenario.Outcome;
import io.alphakite.engine.torture.Scenario.Plan;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A check that finds nothing may be blind: here is what each of them sees. */
class PlantedBugsTest {

  private static final int SEEDS = 1000;
  private static final int ENOUGH = 3;
  private static final StringBuilder TABLE = new StringBuilder();

  @AfterAll
  static void print() {
    System.out.print(TABLE);
  }

  @ParameterizedTest
  @EnumSource(Bug.class)
  void isCaughtWithinAThousandSeeds(Bug bug) {
    caught(bug, ENOUGH);
  }

  @ParameterizedTest
  @EnumSource(Bug.class)
  @Tag("long")
  void isCaughtSoOften(Bug bug) {
    caught(bug, SEEDS);
  }

  private static void caught(Bug bug, int enough) {
    Torture.quiet();
    Map<String, Integer> by = new TreeMap<>();
    int seeds = 0;
    int caught = 0;
    int changed = 0;
    while (seeds < SEEDS && caught < enough) {
      Outcome outcome = Scenario.run(Plan.of(seeds), EnumSet.of(bug), false);
      if (outcome.rule() != null) {
        caught++;
        by.merge(outcome.rule(), 1, Integer::sum);
      }
      changed += outcome.hash() == Scenario.run(Plan.of(seeds)).hash() ? 0 : 1;
      seeds++;
    }
    TABLE.append(
        "%-28s changed %4d, caught in %4d of %4d seeds by %s%n"
            .formatted(bug, changed, caught, seeds, by));
    assertThat(changed).isPositive();
    assertThat(caught).isPositive();
  }
}
