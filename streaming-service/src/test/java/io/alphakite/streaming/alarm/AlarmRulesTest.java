package io.alphakite.streaming.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Ticker;
import io.alphakite.platform.alert.Alarm;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.streaming.retention.PartitionTrouble;
import io.alphakite.streaming.watch.FeedReport;
import io.alphakite.streaming.watch.FeedState;
import io.alphakite.streaming.watch.TickerSilence;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which causes raise an alarm, and from when on. */
class AlarmRulesTest {
  private static final Instant NOW = Instant.parse("2026-03-17T14:00:00Z");
  private static final Ticker SPY = new Ticker("SPY");

  private final AlarmRules rules = new AlarmRules(AlarmSettings.DEFAULT);
  private FeedState state = FeedState.FLOWING;
  private boolean expected = true;
  private Duration silence = Duration.ZERO;
  private Duration staleFor = Duration.ZERO;
  private boolean stuck;
  private TokenStatus.State token = TokenStatus.State.READY;
  private @Nullable Instant loginEndsAt = NOW.plus(Duration.ofDays(5));
  private @Nullable Duration skew = Duration.ZERO;
  private int errors;
  private Map<Ticker, String> refused = Map.of();
  private Set<PartitionTrouble> partitions = Set.of();
  private Map<Ticker, FeedReport.Silent> tickers = Map.of();

  @Test
  void nothingIsWrong() {
    errors = 3;
    tickers = Map.of(SPY, new FeedReport.Silent(TickerSilence.QUIET, NOW, false, NOW, 1));
    assertThat(codes()).isEmpty();
  }

  @Test
  void r27_staleFeedRaisesOneAlarmAfterHalfAMinute() {
    state = FeedState.MUTE_FEED;
    staleFor = Duration.ofSeconds(30);
    assertThat(codes()).isEmpty();
    staleFor = Duration.ofSeconds(31);
    List<Alarm> first = alarms();
    assertThat(codes()).containsExactly("feed_stale");
    // Its words stay, so that it is told once.
    staleFor = Duration.ofSeconds(90);
    silence = Duration.ofSeconds(95);
    assertThat(alarms()).isEqualTo(first);
    silence = Duration.ofMinutes(15);
    assertThat(codes()).containsExactly("feed_stale", "no_data");
    expected = false;
    staleFor = Duration.ZERO;
    assertThat(codes()).isEmpty();
  }

  @Test
  void r29_takenOverIsItsOwnAlarm() {
    state = FeedState.TAKEN_OVER;
    staleFor = Duration.ofMinutes(1);
    assertThat(codes()).containsExactly("feed_taken_over");
  }

  @ParameterizedTest
  @CsvSource({"2000, false", "2001, true", "-2000, false", "-2001, true", "-3600000, true"})
  void r36_clockIsOffByMoreThanTwoSeconds(long millis, boolean alarm) {
    skew = Duration.ofMillis(millis);
    assertThat(codes().contains("clock_skew")).isEqualTo(alarm);
    assertThat(rules.skewed(skew)).isEqualTo(alarm);
  }

  @Test
  void unknownSkewIsNoAlarm() {
    skew = null;
    assertThat(codes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"2881, ''", "2880, login_ends_48h", "1440, login_ends_24h", "360, login_ends_6h"})
  void loginThatEndsIsToldInSteps(long minutes, String code) {
    loginEndsAt = NOW.plus(Duration.ofMinutes(minutes));
    assertThat(codes()).isEqualTo(code.isEmpty() ? List.of() : List.of(code));
    loginEndsAt = NOW.plus(Duration.ofMinutes(60));
    assertThat(codes()).containsExactly("login_ends_1h");
    token = TokenStatus.State.LOGIN_REQUIRED;
    assertThat(codes()).containsExactly("login_required");
  }

  @Test
  void errorsSymbolsHaltsAndAStuckIntakeAreTold() {
    errors = 4;
    stuck = true;
    refused = Map.of(SPY, "19 symbol limit");
    tickers = Map.of(SPY, new FeedReport.Silent(TickerSilence.HALTED, NOW, true, NOW, 1));
    assertThat(codes())
        .containsExactly("intake_stuck", "errors", "symbol_refused", "ticker_halted");
  }

  @Test
  void partitionTroubleIsOneAlarm() {
    partitions = Set.of(PartitionTrouble.JOB_FAILS, PartitionTrouble.ROWS_WAIT);
    assertThat(codes()).containsExactly("partitions");
    assertThat(alarms().getFirst().message())
        .contains("rows wait in a default partition, the job that makes them fails");
  }

  @Test
  void manyRefusedSymbolsAreOneAlarm() {
    Map<Ticker, String> many = new HashMap<>();
    for (char letter = 'A'; letter <= 'Z'; letter++) {
      many.put(new Ticker("T" + letter), "19 symbol limit");
    }
    refused = many;
    assertThat(codes()).containsExactly("symbols_refused");
  }

  private List<String> codes() {
    return alarms().stream().map(Alarm::code).toList();
  }

  private List<Alarm> alarms() {
    FeedReport report =
        new FeedReport(
            state, NOW, expected, expected, silence, silence, 1, true, tickers, NOW, null);
    return rules.of(
        new Observed(
            report,
            staleFor,
            stuck,
            new TokenStatus(token, NOW, loginEndsAt, null),
            skew,
            errors,
            refused,
            partitions,
            NOW));
  }
}
