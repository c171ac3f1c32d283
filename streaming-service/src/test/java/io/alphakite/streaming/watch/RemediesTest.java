package io.alphakite.streaming.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is tried against silent tickers, and how often at most; time is made here. */
class RemediesTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final Ticker QQQ = new Ticker("QQQ");
  private static final Instant NOW = Instant.parse("2026-03-17T15:00:00Z");

  private final Remedies remedies =
      new Remedies(new WatchSettings(Duration.ofSeconds(4), Duration.ofSeconds(10)));
  private final Map<Ticker, FeedReport.Silent> silent = new HashMap<>();
  private boolean regular = true;
  private long second;
  private long images = 1;

  private final List<Long> asked = new ArrayList<>();
  private final List<Long> reconnects = new ArrayList<>();
  private final List<String> incomplete = new ArrayList<>();

  @Test
  void silentTickerIsSubscribedAnewAtOnceAndThenEverMoreRarely() {
    falls(SPY, TickerSilence.SILENT);
    pass(Duration.ofMinutes(59));
    assertThat(asked).containsExactly(0L, 6L, 18L, 42L, 90L, 186L);
    assertThat(reconnects).isEmpty();
    assertThat(incomplete).containsExactly("SPY " + NOW);
    // Of an hour ago; a ticker is never given up for good.
    pass(Duration.ofMinutes(2));
    assertThat(asked).hasSize(7);
  }

  @Test
  void severalLiquidTickersThatStaySilentAreANewConnectionAFewTimesAnHour() {
    falls(SPY, TickerSilence.SILENT);
    falls(QQQ, TickerSilence.SILENT);
    pass(Duration.ofSeconds(20));
    assertThat(reconnects).first().isEqualTo(6L);
    pass(Duration.ofMinutes(59));
    assertThat(reconnects).hasSize(Remedies.RECONNECTS_MAX);
  }

  @Test
  void comingAndGoingSpendsTheSameBudget() {
    for (int i = 0; i < 100; i++) {
      falls(SPY, TickerSilence.SILENT);
      pass(Duration.ofSeconds(5));
      silent.clear();
      pass(Duration.ofSeconds(5));
    }
    assertThat(asked).hasSize(Remedies.ASKED_MAX);
  }

  @Test
  void haltedAndQuietTickersAndEveningsAreLeftAlone() {
    falls(SPY, TickerSilence.HALTED);
    falls(QQQ, TickerSilence.QUIET);
    pass(Duration.ofMinutes(5));
    assertThat(incomplete).isEmpty();
    regular = false;
    falls(SPY, TickerSilence.SILENT);
    pass(Duration.ofMinutes(5));
    assertThat(incomplete).hasSize(1);
    assertThat(asked).isEmpty();
    assertThat(reconnects).isEmpty();
  }

  @Test
  void imageWithNewsAndNothingMoreIsAnotherGap() {
    falls(SPY, TickerSilence.SILENT);
    pass(Duration.ofSeconds(2));
    silent.put(SPY, silent(TickerSilence.SILENT, NOW.plusSeconds(30)));
    pass(Duration.ofSeconds(2));
    assertThat(incomplete).containsExactly("SPY " + NOW, "SPY " + NOW.plusSeconds(30));
  }

  @Test
  void imageWithoutNewsAndNothingMoreIsAnotherGapToo() {
    falls(SPY, TickerSilence.SILENT);
    pass(Duration.ofMinutes(1));
    assertThat(incomplete).containsExactly("SPY " + NOW);
    images++;
    falls(SPY, TickerSilence.SILENT);
    pass(Duration.ofSeconds(1));
    assertThat(incomplete).containsExactly("SPY " + NOW, "SPY " + NOW);
    // The image may have been held: told again, once a pause of six seconds.
    pass(Duration.ofSeconds(12));
    assertThat(incomplete).hasSize(4);
    silent.clear();
    pass(Duration.ofMinutes(1));
    assertThat(incomplete).hasSize(4);
  }

  private void falls(Ticker ticker, TickerSilence kind) {
    silent.put(ticker, silent(kind, NOW));
  }

  private FeedReport.Silent silent(TickerSilence kind, Instant newest) {
    return new FeedReport.Silent(kind, NOW, true, newest, images);
  }

  private void pass(Duration duration) {
    for (long i = 0; i < duration.toSeconds(); i++) {
      FeedReport report =
          new FeedReport(
              FeedState.FLOWING,
              NOW,
              true,
              regular,
              Duration.ZERO,
              Duration.ZERO,
              2,
              true,
              Map.copyOf(silent),
              NOW,
              null);
      Remedies.Step step = remedies.step(report, Duration.ofSeconds(second).toNanos());
      step.incomplete().forEach((ticker, from) -> incomplete.add(ticker.symbol() + " " + from));
      if (!step.again().equals(Set.of())) {
        asked.add(second);
      }
      if (step.reconnect()) {
        reconnects.add(second);
      }
      second++;
    }
  }
}
