package io.alphakite.engine.torture;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.alphakite.engine.torture.Scenario.Outcome;
import io.alphakite.engine.torture.Scenario.Plan;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The engine's guarantees over thousands of histories, each of which one seed decides. */
class SimulationTest {

  private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.alphakite.engine");
  private static Level before;

  @BeforeAll
  static void meantToFail() {
    before = LOG.getLevel();
    Torture.quiet();
  }

  @AfterAll
  static void logAgain() {
    LOG.setLevel(before);
  }

  /**
   * The rows of the fault matrix that these histories hold, beside R01: R02, R03, R04, R06 to R13,
   * R16 to R19, R22, R23, R42 and R47.
   */
  @Test
  void r01_everyCrashPointInEveryModeFiftyTimes() {
    Campaign campaign = new Campaign();
    campaign.runAll(0, Campaign.EVERYDAY, new AtomicLong());
    hold(campaign);
    assertThat(campaign.faultsMissed()).isEmpty();
    assertThat(campaign.crashesMissed()).isEmpty();
    assertThat(campaign.transitionsMissed()).isEmpty();
  }

  @Test
  @Tag("long")
  void r01_everyCrashPointInEveryModeAThousandTimes() {
    Campaign campaign = new Campaign();
    campaign.runAll(1_000_000, 1000 * Campaign.ROUND, new AtomicLong());
    hold(campaign);
  }

  private static void hold(Campaign campaign) {
    assertThat(campaign.failures()).extracting(Outcome::plan, Outcome::violation).isEmpty();
    assertThat(campaign.unsteady()).isEmpty();
    assertThat(campaign.duplicates()).isZero();
    assertThat(campaign.lost()).isZero();
  }

  @Test
  void seedIsItsHistoryAndNothingElse() {
    Outcome one = Scenario.run(Plan.of(72), EnumSet.noneOf(Bug.class), true);
    Outcome again = Scenario.run(Plan.of(72), EnumSet.noneOf(Bug.class), true);
    assertThat(again.trace()).isEqualTo(one.trace());
    assertThat(again.hash()).isEqualTo(one.hash());
    assertThat(Scenario.run(Plan.of(72 + Campaign.ROUND)).hash()).isNotEqualTo(one.hash());
  }

  @Test
  void commandPrintsItsFigures() throws InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    assertThat(Torture.run(stream, "--seeds", "80", "--json")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(
            "\"runs\":82,\"seeds\":80,", "\"duplicates\":0,\"lost\":0,", "\"violation\":null}");
    out.reset();
    assertThat(Torture.run(stream, "--seed", "7")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("trading a", "seed 7 C03 KILL", "every guarantee held");
    assertThat(Torture.run(stream, "--seeds", "x")).isEqualTo(2);
  }
}
