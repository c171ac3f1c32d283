package io.alphakite.streaming.watch;

import io.alphakite.model.market.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is done about tickers that are {@link TickerSilence#SILENT} while others flow: a
 * subscription may be lost, or a part of the streamer may be mute.
 *
 * <p>Each such ticker's stream counts as incomplete from its newest event on. A first image ends
 * that, so with nothing more after one it counts so again, and once a pause from then on, since an
 * image may be held for a while before it counts. In regular hours it is subscribed anew, at once
 * and then after pauses that double, at most {@link #ASKED_MAX} times in any hour. When two liquid
 * tickers or more are as silent after the first pause, a new connection is made, at most {@link
 * #RECONNECTS_MAX} times in any hour with pauses that double: several halts that nobody told of
 * look the same.
 *
 * <p>Belongs to the thread that drives the watch.
 */
final class Remedies {

  static final int ASKED_MAX = 6;
  static final int RECONNECTS_MAX = 3;
  private static final int SEVERAL = 2;

  private final long pauseNanos;
  private final HourlyBudget reconnects = new HourlyBudget(RECONNECTS_MAX);
  private final Map<Ticker, Spell> spells = new HashMap<>();
  // Kept after a spell: a ticker that comes and goes has no more than one that stays away.
  private final Map<Ticker, HourlyBudget> asked = new HashMap<>();
  private long reconnectedAt;
  private boolean everReconnected;

  /** A ticker's silence. */
  private static final class Spell {
    final long since;
    int asked;
    long askNext;
    long images;
    boolean imaged;
    long tellNext;
    @Nullable Instant lostFrom;

    Spell(long now, long images) {
      this.since = now;
      this.askNext = now;
      this.images = images;
    }

    /** Whether the ticker is to be told as incomplete now. */
    boolean tells(Instant newest, long imagesNow, long now, long pauseNanos) {
      imaged |= imagesNow != images;
      if (newest.equals(lostFrom) && imagesNow == images && !(imaged && now - tellNext >= 0)) {
        return false;
      }
      lostFrom = newest;
      images = imagesNow;
      tellNext = now + pauseNanos;
      return true;
    }
  }

  /**
   * What is to be done now.
   *
   * @param incomplete tickers whose stream is not proven complete from these market times on
   * @param again tickers to subscribe anew
   * @param reconnect whether a new connection is wanted
   */
  record Step(Map<Ticker, Instant> incomplete, Set<Ticker> again, boolean reconnect) {}

  Remedies(WatchSettings settings) {
    Duration pause = settings.reconnectAfter().minus(settings.staleAfter());
    this.pauseNanos = Math.max(1, pause.toNanos());
  }

  Step step(FeedReport report, long now) {
    Map<Ticker, Instant> incomplete = new TreeMap<>();
    Set<Ticker> again = new HashSet<>();
    int waitedFor = 0;
    spells.keySet().removeIf(ticker -> !isSilent(report.tickers().get(ticker)));
    for (Map.Entry<Ticker, FeedReport.Silent> entry : report.tickers().entrySet()) {
      FeedReport.Silent silent = entry.getValue();
      if (!isSilent(silent)) {
        continue;
      }
      Ticker ticker = entry.getKey();
      Spell spell = spells.computeIfAbsent(ticker, _ -> new Spell(now, silent.images()));
      Instant newest = silent.newestEvent();
      if (newest != null && spell.tells(newest, silent.images(), now, pauseNanos)) {
        incomplete.put(ticker, newest);
      }
      if (!report.regular()) {
        continue;
      }
      if (now - spell.askNext >= 0 && mayAsk(ticker, now)) {
        again.add(ticker);
        spell.askNext = now + (pauseNanos << Math.min(spell.asked, ASKED_MAX));
        spell.asked++;
      }
      if (silent.canary() && spell.asked > 0 && now - spell.since >= pauseNanos) {
        waitedFor++;
      }
    }
    boolean reconnect = report.regular() && waitedFor >= SEVERAL && mayReconnect(now);
    return new Step(incomplete, reconnect ? Set.of() : again, reconnect);
  }

  /** Forgets tickers that are not streamed any more. */
  void keep(Set<String> symbols) {
    asked.keySet().removeIf(ticker -> !symbols.contains(ticker.symbol()));
  }

  private boolean mayAsk(Ticker ticker, long now) {
    return asked.computeIfAbsent(ticker, _ -> new HourlyBudget(ASKED_MAX)).take(now);
  }

  private boolean mayReconnect(long now) {
    long pause = pauseNanos << reconnects.spent(now);
    if ((everReconnected && now - reconnectedAt < pause) || !reconnects.take(now)) {
      return false;
    }
    everReconnected = true;
    reconnectedAt = now;
    return true;
  }

  private static boolean isSilent(FeedReport.@Nullable Silent silent) {
    return silent != null && silent.kind() == TickerSilence.SILENT;
  }
}
