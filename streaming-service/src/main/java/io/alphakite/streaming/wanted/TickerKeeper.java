package io.alphakite.streaming.wanted;

import io.alphakite.model.market.Ticker;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.streaming.feed.TickerFeed;
import io.alphakite.streaming.intake.Roster;
import io.alphakite.streaming.intake.StreamIntake;
import io.alphakite.streaming.store.FeedStore;
import io.alphakite.streaming.store.TickerTable;
import io.alphakite.streaming.store.TickerTable.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the stream to what the table of tickers wants, and says there how each ticker stands: woken
 * by a notification, and once a second in any case.
 *
 * <p>Tickers of {@code STREAM_TICKERS} and those that people added are streamed, those that people
 * removed are not, unless a position or an open order is in them: then they are streamed until it
 * is gone. Beyond {@code STREAM_TICKERS_MAX} the latest wishes are refused.
 */
public final class TickerKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TickerKeeper.class);
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration JOIN = Duration.ofSeconds(1);
  // So many feeds are read at once: each brings up to 64 rows.
  private static final int LOADED_AT_ONCE = 250;

  /** A ticker without data for this long is told to be perhaps none. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private static final String SILENT =
      "subscribed, but nothing has come; does Schwab know this symbol?";

  private static final String HELD = "streamed until no position and no open order is left in it";

  private final TickerTable table;
  private final FeedStore store;
  private final StreamIntake intake;
  private final Notifications notifications;
  private final Predicate<Ticker> unwritten;
  private final List<Ticker> setting;
  private final int tickersMax;
  private final Semaphore woken = new Semaphore(0);
  private final Thread thread;

  private final Map<Ticker, TickerFeed> feeds = new HashMap<>();
  private final Departures departures = new Departures();
  private final Map<String, Standing> reported = new HashMap<>();
  private Map<String, Standing> refusedHere = Map.of();
  private Set<Ticker> held = Set.of();
  private @Nullable AutoCloseable listening;
  private boolean complained;
  private volatile boolean closing;

  /**
   * Not yet started.
   *
   * @param setting {@code STREAM_TICKERS}
   * @param tickersMax {@code STREAM_TICKERS_MAX}
   * @param unwritten whether something of a ticker may still wait to be written
   */
  public TickerKeeper(
      TickerTable table,
      FeedStore store,
      StreamIntake intake,
      Notifications notifications,
      Predicate<Ticker> unwritten,
      List<Ticker> setting,
      int tickersMax) {
    this.table = table;
    this.store = store;
    this.intake = intake;
    this.notifications = notifications;
    this.unwritten = unwritten;
    this.setting = List.copyOf(setting);
    this.tickersMax = tickersMax;
    this.thread = Thread.ofPlatform().name("ticker-keeper").daemon(true).unstarted(this::run);
  }

  /** Hands all that is wanted to the intake, which starts after this, and watches from then on. */
  public void start() {
    table.setting(setting);
    follow();
    table.reportOthersRemoved(feeds.keySet());
    report();
    listening = notifications.listen(Channel.TICKERS, _ -> woken.release());
    thread.start();
  }

  @Override
  public void close() {
    closing = true;
    woken.release();
    try {
      AutoCloseable listener = listening;
      if (listener != null) {
        listener.close();
      }
      if (thread.isAlive() && !thread.join(JOIN)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("closing a listener does not fail", e);
    }
  }

  private void run() {
    while (!closing) {
      try {
        boolean _ = woken.tryAcquire(EVERY.toMillis(), TimeUnit.MILLISECONDS);
        woken.drainPermits();
        if (!closing) {
          follow();
          report();
          complained = false;
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        // The stream goes on as it is; the next look finds what was missed.
        if (!complained) {
          complained = true;
          log.atWarn()
              .setCause(e)
              .addKeyValue("event", "tickers.not_read")
              .log("Cannot look which tickers are wanted, trying again");
        }
      }
    }
  }

  /** Reads what is wanted and changes the stream accordingly. */
  private void follow() {
    Map<String, Standing> refused = new TreeMap<>();
    Set<Ticker> wanted = wanted(refused);
    Set<Ticker> removed = new LinkedHashSet<>(feeds.keySet());
    removed.removeAll(wanted);
    List<Ticker> added = new ArrayList<>(wanted);
    added.removeAll(feeds.keySet());
    long now = System.nanoTime();
    for (Ticker ticker : removed) {
      TickerFeed gone = feeds.remove(ticker);
      if (gone != null) {
        departures.put(gone, now);
      }
    }
    refusedHere = refused;
    if (!removed.isEmpty()) {
      intake.change(Map.of(), removed);
    }
    for (int from = 0; from < added.size(); from += LOADED_AT_ONCE) {
      Map<Ticker, TickerFeed> ready =
          ready(added.subList(from, Math.min(from + LOADED_AT_ONCE, added.size())));
      feeds.putAll(ready);
      intake.change(ready, Set.of());
    }
    departures.sweep(unwritten, now);
    if (!added.isEmpty() || !removed.isEmpty()) {
      log.atInfo()
          .addKeyValue("event", "tickers.changed")
          .addKeyValue("added", shown(added))
          .addKeyValue("removed", shown(removed))
          .log("{} tickers are wanted", feeds.size());
    }
  }

  private Set<Ticker> wanted(Map<String, Standing> refused) {
    Set<Ticker> wanted = new LinkedHashSet<>();
    Set<Ticker> heldNow = new HashSet<>();
    for (TickerTable.Wish wish : table.wanted()) {
      String symbol = wish.symbol();
      try {
        Ticker ticker = new Ticker(symbol);
        if (wanted.size() < tickersMax) {
          wanted.add(ticker);
          if (wish.held()) {
            heldNow.add(ticker);
          }
        } else {
          refused.put(symbol, refusal("beyond STREAM_TICKERS_MAX=" + tickersMax));
        }
      } catch (IllegalArgumentException e) {
        refused.put(symbol, refusal("not a ticker"));
      }
    }
    held = heldNow;
    return wanted;
  }

  /** Feeds that go on where the stored rows end. */
  private Map<Ticker, TickerFeed> ready(Collection<Ticker> tickers) {
    List<Ticker> stored = tickers.stream().filter(ticker -> !departures.has(ticker)).toList();
    Map<Ticker, TickerFeed> ready = new LinkedHashMap<>();
    if (!stored.isEmpty()) {
      ready.putAll(store.load(stored));
    }
    for (Ticker ticker : tickers) {
      TickerFeed back = departures.takeBack(ticker);
      if (back != null) {
        ready.put(ticker, back);
      }
    }
    return ready;
  }

  /** Writes how the tickers stand, where that has changed. */
  private void report() {
    Map<String, Standing> now = new HashMap<>(refusedHere);
    Map<Ticker, Roster.Standing> roster = intake.roster().standings();
    for (Ticker ticker : feeds.keySet()) {
      Standing standing = standing(roster.get(ticker));
      boolean told = standing.reason() == null && held.contains(ticker);
      now.put(
          ticker.symbol(),
          told ? new Standing(standing.streamed(), standing.status(), HELD) : standing);
    }
    Map<String, Standing> changed = new HashMap<>();
    now.forEach(
        (symbol, standing) -> {
          if (!standing.equals(reported.get(symbol))) {
            changed.put(symbol, standing);
          }
        });
    for (String symbol : reported.keySet()) {
      if (!now.containsKey(symbol)) {
        changed.put(symbol, new Standing(false, "removed", null));
      }
    }
    if (!changed.isEmpty()) {
      table.report(changed);
      reported.clear();
      reported.putAll(now);
    }
  }

  private static Standing standing(Roster.@Nullable Standing standing) {
    if (standing == null) {
      return new Standing(true, "waiting", null);
    }
    return switch (standing.status()) {
      case STREAMING -> new Standing(true, "streaming", null);
      case REFUSED -> refusal(standing.reason());
      case WAITING -> {
        boolean silent = System.nanoTime() - standing.sinceNanos() > SILENCE.toNanos();
        String reason = standing.reason();
        yield new Standing(true, "waiting", reason == null && silent ? SILENT : reason);
      }
    };
  }

  private static Standing refusal(@Nullable String reason) {
    return new Standing(false, "refused", reason);
  }

  private static String shown(Collection<Ticker> tickers) {
    int most = 20;
    return tickers.size() <= most
        ? tickers.toString()
        : tickers.stream().limit(most).toList() + " and " + (tickers.size() - most) + " more";
  }
}
