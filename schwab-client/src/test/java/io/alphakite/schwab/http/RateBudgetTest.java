package io.alphakite.schwab.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alphakite.schwab.http.RateBudget.Settings;
import io.alphakite.schwab.http.RateBudget.Write;
import io.alphakite.schwab.http.SchwabException.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateBudgetTest {

  private static final Duration PATIENT = Duration.ofMinutes(10);
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final ManualClock clock = new ManualClock();

  private RateBudget budget(int requests, int orders, Duration waitMax) {
    return new RateBudget(
        new Settings(requests, orders, waitMax, Duration.ofSeconds(1), Duration.ofHours(1)),
        clock,
        new Random(3));
  }

  private Duration waiting(RateBudget budget) {
    long began = clock.nanos();
    budget.read("quotes", PATIENT);
    return Duration.ofNanos(clock.nanos() - began);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 40, 80, 120, 6_000})
  void admitsNoMoreThanItsLimitInAnyMinute(int limit) {
    long seed = 41L + limit;
    Random random = new Random(seed);
    RateBudget budget = budget(limit, 60_000, PATIENT);
    ArrayDeque<Long> admitted = new ArrayDeque<>();
    for (int i = 0; i < 5 * limit + 20; i++) {
      if (random.nextInt(4) == 0) {
        clock.pass(Duration.ofNanos(random.nextLong(2 * MINUTE / limit)));
      }
      budget.read("quotes", PATIENT);
      long now = clock.nanos();
      admitted.addLast(now);
      while (now - admitted.getFirst() >= MINUTE) {
        admitted.removeFirst();
      }
      assertThat(admitted).as("seed %d", seed).hasSizeLessThanOrEqualTo(limit);
    }
  }

  @Test
  void neverLetsOrdersAndCancelsWait() {
    RateBudget budget = budget(120, 120, PATIENT);
    for (int i = 0; i < 200; i++) {
      budget.read("quotes", PATIENT);
    }
    long before = clock.nanos();
    for (int i = 0; i < 90; i++) {
      assertThat(budget.write(Write.PLACE, "a")).isEmpty();
    }
    for (int i = 0; i < 30; i++) {
      assertThat(budget.write(Write.CANCEL, "a")).isEmpty();
    }
    assertThat(clock.nanos()).isEqualTo(before);
    assertThat(budget.usage().places()).isEqualTo(90);
    assertThat(budget.usage().cancels()).isEqualTo(30);
  }

  @Test
  void keepsAQuarterOfTheBucketForOrders() {
    RateBudget budget = budget(120, 120, PATIENT);
    int atOnce = 0;
    while (waiting(budget).isZero()) {
      atOnce++;
    }
    assertThat(atOnce).isEqualTo(23);
    assertThat(budget.usage().reserved()).isEqualTo(7);
  }

  @Test
  void letsReadsMakeUpForOrders() {
    RateBudget budget = budget(120, 120, PATIENT);
    for (int i = 0; i < 60; i++) {
      budget.write(Write.PLACE, "a");
    }
    // 30 below the bottom, 7 kept for orders, one to take: 38 tokens at 90 a minute.
    assertThat(waiting(budget).toMillis()).isCloseTo(38 * 60_000L / 90, within(2L));
  }

  @Test
  void refusesAtOnceAReadWhoseTurnWouldComeTooLate() {
    RateBudget budget = budget(60, 120, Duration.ofSeconds(3));
    for (int i = 0; i < 12; i++) {
      budget.read("quotes", PATIENT);
    }
    for (int i = 0; i < 40; i++) {
      budget.write(Write.PLACE, "a");
    }
    long before = clock.nanos();
    assertThatThrownBy(() -> budget.read("quotes", PATIENT))
        .isInstanceOfSatisfying(
            SchwabException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BUDGET_SPENT))
        .hasMessageContaining("quotes: not asked")
        .hasMessageContaining("60 requests a minute");
    assertThat(clock.nanos()).isEqualTo(before);
    assertThat(budget.usage().refusedReads()).isEqualTo(1);
  }

  @Test
  void waitsNoLongerThanTheCallerCan() {
    RateBudget budget = budget(1, 120, PATIENT);
    budget.read("quotes", PATIENT);
    assertThatThrownBy(() -> budget.read("quotes", Duration.ofSeconds(5)))
        .isInstanceOf(SchwabException.class);
  }

  @Test
  void r44_leavesThirtyOfTheOrderLimitToCancels() {
    RateBudget budget = budget(120, 120, PATIENT);
    for (int i = 0; i < 90; i++) {
      assertThat(budget.write(Write.PLACE, "a")).isEmpty();
    }
    assertThat(budget.write(Write.PLACE, "a"))
        .hasValueSatisfying(text -> assertThat(text).contains("90 order writes"));
    for (int i = 0; i < 30; i++) {
      assertThat(budget.write(Write.CANCEL, "a")).isEmpty();
    }
    assertThat(budget.write(Write.PLACE, "b")).as("another account").isEmpty();
    clock.pass(Duration.ofMinutes(1));
    assertThat(budget.write(Write.PLACE, "a")).as("a minute later").isEmpty();
    assertThat(budget.usage().refusedWrites()).isEqualTo(1);
    assertThat(budget.usage().ordersInLastMinute()).isEqualTo(1);
  }

  @Test
  void r44_leavesHalfOfASmallOrderLimitToCancels() {
    RateBudget budget = budget(120, 20, PATIENT);
    for (int i = 0; i < 10; i++) {
      assertThat(budget.write(Write.PLACE, "a")).isEmpty();
    }
    assertThat(budget.write(Write.PLACE, "a")).isPresent();
    assertThat(budget.write(Write.CANCEL, "a")).isEmpty();
  }

  @Test
  void cancelsEvenWhereOrdersAreNotAllowed() {
    RateBudget budget = budget(120, 0, PATIENT);
    assertThat(budget.write(Write.PLACE, "a")).isPresent();
    for (int i = 0; i < 30; i++) {
      assertThat(budget.write(Write.CANCEL, "a")).isEmpty();
    }
    assertThat(budget.write(Write.CANCEL, "a")).as("a loop gone wild").isPresent();
  }

  @Test
  void holdsReadsBackForAsLongAsRetryAfterSays() {
    RateBudget budget = budget(120, 120, PATIENT);
    budget.throttled(Duration.ofSeconds(7));
    assertThat(budget.usage().pausedFor()).isEqualTo(Duration.ofSeconds(7));
    assertThat(budget.write(Write.PLACE, "a")).as("orders go on").isEmpty();
    assertThat(waiting(budget)).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(9));
    assertThat(waiting(budget)).as("not all at once").isPositive();
    assertThat(budget.usage().throttled()).isEqualTo(1);
  }

  @Test
  void backsOffFurtherEachTimeWhenNotTold() {
    RateBudget budget = budget(120, 120, PATIENT);
    for (int n = 0; n < 20; n++) {
      long before = clock.nanos();
      budget.throttled(null);
      Duration pause = budget.usage().pausedFor();
      long most = 500 + Math.min(60_000, 1_000L << Math.min(n, 10));
      assertThat(pause).isBetween(Duration.ofMillis(500), Duration.ofMillis(most));
      clock.pass(pause);
      assertThat(clock.nanos()).isGreaterThan(before);
    }
    budget.answered();
    budget.throttled(null);
    assertThat(budget.usage().pausedFor()).isLessThanOrEqualTo(Duration.ofMillis(1_500));
  }

  @Test
  void refusesReadsWhileALongPauseLasts() {
    RateBudget budget = budget(120, 120, Duration.ofSeconds(20));
    budget.throttled(Duration.ofMinutes(5));
    assertThatThrownBy(() -> budget.read("quotes", PATIENT)).hasMessageContaining("429");
    clock.pass(Duration.ofMinutes(5));
    budget.read("quotes", PATIENT);
  }

  @Test
  void stopsWaitingWhenInterrupted() {
    RateBudget budget = budget(1, 120, PATIENT);
    budget.read("quotes", PATIENT);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> budget.read("quotes", PATIENT))
        .isInstanceOfSatisfying(
            SchwabException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void keepsItsMemoryBounded() {
    RateBudget budget = budget(6_000, 60_000, PATIENT);
    for (int i = 0; i < 10_000; i++) {
      budget.write(Write.CANCEL, "account " + i);
    }
    assertThat(budget.usage().ordersInLastMinute()).as("shared by the rest").isEqualTo(9_968);
  }
}
