package io.alphakite.simulator.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultDialsTest {
  private final AtomicLong market = new AtomicLong(1_381_152_600_000L);
  private final FaultDials dials = new FaultDials(7, market::get);

  private List<Boolean> strikes(Dial dial, int occasions) {
    return IntStream.range(0, occasions)
        .mapToObj(i -> dials.strike(dial, "GET /" + i).isPresent())
        .toList();
  }

  private static FaultRule probability(double probability) {
    return new FaultRule(probability, 0, 0, null, null, null, Map.of());
  }

  @Test
  void isOffUntilItIsSetAndAfterItIsCleared() {
    assertThat(strikes(Dial.ANSWER_LOST, 3)).containsOnly(false);
    dials.set(Dial.ANSWER_LOST, FaultRule.ALWAYS);
    assertThat(strikes(Dial.ANSWER_LOST, 3)).containsOnly(true);
    assertThat(strikes(Dial.CONNECTION_RESET, 3)).containsOnly(false);
    dials.clear();
    assertThat(strikes(Dial.ANSWER_LOST, 3)).containsOnly(false);
  }

  @Test
  void countsSkipsAndLooksAtTheSubject() {
    dials.set(Dial.ANSWER_LOST, FaultRule.times(2).after(1).on("^POST /trader/.*orders$"));
    List<String> hit = new ArrayList<>();
    for (String subject :
        List.of(
            "POST /trader/a/orders",
            "GET /x",
            "POST /trader/b/orders",
            "POST /v1/oauth/token",
            "POST /trader/c/orders",
            "POST /trader/d/orders")) {
      dials.strike(Dial.ANSWER_LOST, subject).ifPresent(strike -> hit.add(strike.subject()));
    }
    assertThat(hit).containsExactly("POST /trader/b/orders", "POST /trader/c/orders");
    FaultDials.State state = dials.state(Dial.ANSWER_LOST);
    assertThat(state.spent()).isTrue();
    assertThat(state.strikes()).isEqualTo(2);
    assertThat(state.occasions()).isEqualTo(3);
    assertThat(dials.history()).extracting(FaultDials.Hit::subject).isEqualTo(hit);
  }

  @Test
  void strikesOnlyWithinItsMarketTime() {
    Instant begin = Instant.ofEpochMilli(market.get() + 1_000);
    dials.set(
        Dial.ANSWER_LOST, new FaultRule(1, 0, 0, null, begin, begin.plusSeconds(1), Map.of()));
    assertThat(strikes(Dial.ANSWER_LOST, 1)).containsExactly(false);
    market.addAndGet(1_000);
    assertThat(strikes(Dial.ANSWER_LOST, 1)).containsExactly(true);
    market.addAndGet(1_000);
    assertThat(strikes(Dial.ANSWER_LOST, 1)).containsExactly(false);
  }

  @Test
  void chanceFollowsFromTheSeedAlone() {
    dials.set(Dial.ANSWER_LOST, probability(0.3));
    List<Boolean> first = strikes(Dial.ANSWER_LOST, 200);
    dials.set(Dial.ANSWER_LOST, probability(0.3));
    assertThat(strikes(Dial.ANSWER_LOST, 200)).isEqualTo(first);
    dials.set(Dial.CONNECTION_RESET, probability(0.3));
    assertThat(strikes(Dial.CONNECTION_RESET, 200)).as("another dial").isNotEqualTo(first);
    dials.seed(8);
    assertThat(strikes(Dial.ANSWER_LOST, 200)).as("another seed").isNotEqualTo(first);
    dials.seed(7);
    assertThat(strikes(Dial.ANSWER_LOST, 200)).as("the seed again").isEqualTo(first);
    assertThat(first.stream().filter(hit -> hit).count()).isBetween(35L, 85L);
  }

  @Test
  void chancesAreAsOftenAsTheyShouldBeAndRollsDiffer() {
    dials.set(Dial.FRAME_GARBLED, probability(0.1));
    Set<Long> rolls = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      dials.strike(Dial.FRAME_GARBLED, "s").ifPresent(strike -> rolls.add(strike.roll()));
    }
    assertThat(rolls).hasSizeBetween(850, 1150);
    assertThat(dials.history()).hasSize(FaultDials.HISTORY);
  }

  @Test
  void parametersHaveDefaultsAndAreChecked() {
    dials.set(Dial.SERVER_ERROR_AFTER, FaultRule.ALWAYS.with("status", 500));
    Strike strike = dials.strike(Dial.SERVER_ERROR_AFTER, "POST /").orElseThrow();
    assertThat(strike.number("status")).isEqualTo(500);
    assertThat(strike.text("body")).isEqualTo("message");
    assertThatThrownBy(() -> strike.text("delay_ms")).hasMessageContaining("retry_after");
    assertThatThrownBy(
            () -> dials.set(Dial.SERVER_ERROR_AFTER, FaultRule.ALWAYS.with("status", 200)))
        .hasMessageContaining("status must be a whole number from 500 to 599, not '200'");
  }

  @ParameterizedTest
  @EnumSource(Dial.class)
  void everyDialSaysWhatItIsAndItsDefaultsAreValues(Dial dial) {
    assertThat(Dial.of(dial.label())).contains(dial);
    assertThat(dial.description()).isNotBlank();
    assertThat(dial.source()).isNotBlank();
    for (Parameter parameter : dial.parameters()) {
      assertThat(parameter.check().accepts(parameter.absent())).as(parameter.name()).isTrue();
      assertThat(parameter.name()).isNotIn(FaultRuleJson.NAMES);
    }
  }

  @Test
  void namesThoseNearAnUnknownName() {
    assertThat(Dial.near("lost-answer")).contains("answer-lost");
    assertThat(Dial.near("location_mising").getFirst()).isEqualTo("location-missing");
  }
}
