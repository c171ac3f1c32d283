package io.alphakite.gateway.stream;

import io.alphakite.gateway.alert.AlertView;
import io.alphakite.gateway.alert.Alerts;
import io.alphakite.gateway.market.MarketData;
import io.alphakite.gateway.market.MarketViews.OptionView;
import io.alphakite.gateway.stream.StreamMessages.Tick;
import io.alphakite.gateway.trade.Account;
import io.alphakite.gateway.trade.Controls;
import io.alphakite.gateway.trade.TradeBook;
import io.alphakite.gateway.trade.TradeViews.ControlsView;
import io.alphakite.gateway.trade.TradeViews.PortfolioView;
import io.alphakite.gateway.trade.TradeViews.PositionView;
import io.alphakite.gateway.trade.TradeViews.TradeView;
import io.alphakite.gateway.unresolved.UnresolvedOrders;
import io.alphakite.gateway.unresolved.UnresolvedViews.UnresolvedView;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Watches the database and publishes what changed: woken by notifications, and once a second in any
 * case (with thousands of tickers some seconds), so that a lost notification costs no more. One
 * thread reads everything; what piles up while it reads is taken together the next time.
 */
@Component
class MarketFeed implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(MarketFeed.class);
  private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long OPTIONS_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  // Looking at all of thousands of tickers takes at most so small a part of the time.
  private static final int POLL_SHARE = 10;
  private static final Duration COMMIT_LAG = Duration.ofSeconds(5);
  private static final int BATCH_MAX = 1_000;
  private static final int REMEMBERED_TRADES_MAX = 5_000;
  private static final int DIRTY_TRADES_MAX = 10_000;

  private final Hub hub;
  private final StreamMessages messages;
  private final PriceRows prices;
  private final MarketData market;
  private final TradeBook trades;
  private final Account account;
  private final Controls controls;
  private final Alerts alerts;
  private final UnresolvedOrders unresolved;
  private final Notifications notifications;
  private final InstantSource wall;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<AutoCloseable> listening = new ArrayList<>();
  private Dirty dirty = new Dirty();
  private volatile boolean running;
  private @Nullable Thread thread;

  private final Map<String, Tick> lastTicks = new HashMap<>();
  private final Map<String, PositionView> lastPositions = new HashMap<>();
  private final Map<String, Map<String, OptionView>> lastOptions = new HashMap<>();
  private final Set<String> dirtyOptions = new HashSet<>();
  private long optionsAt = System.nanoTime();
  private final Map<Long, AlertView> lastAlerts = new HashMap<>();
  private final Map<UUID, TradeView> lastTrades =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, TradeView> eldest) {
          return size() > REMEMBERED_TRADES_MAX;
        }
      };
  private @Nullable PortfolioView lastPortfolio;
  private List<UnresolvedView> lastUnresolved = List.of();
  private @Nullable ControlsView lastControls;
  private Instant tradesSeen = Instant.EPOCH;
  private long lastSignal;
  private boolean primed;
  private long pricesDueNanos = System.nanoTime();

  MarketFeed(
      Hub hub,
      StreamMessages messages,
      PriceRows prices,
      MarketData market,
      TradeBook trades,
      Account account,
      Controls controls,
      Alerts alerts,
      UnresolvedOrders unresolved,
      Notifications notifications,
      InstantSource wall) {
    this.hub = hub;
    this.messages = messages;
    this.prices = prices;
    this.market = market;
    this.trades = trades;
    this.account = account;
    this.controls = controls;
    this.alerts = alerts;
    this.unresolved = unresolved;
    this.notifications = notifications;
    this.wall = wall;
  }

  @Override
  public void start() {
    running = true;
    listening.add(
        notifications.listen(
            Channel.MARKET_DATA,
            payload -> mark(now -> now.tickers.addAll(Arrays.asList(payload.split(","))))));
    listening.add(notifications.listen(Channel.TRADES, payload -> mark(now -> now.trade(payload))));
    listening.add(
        notifications.listen(Channel.SIGNALS, payload -> mark(now -> now.signals = true)));
    listening.add(
        notifications.listen(Channel.POSITIONS, payload -> mark(now -> now.positions = true)));
    listening.add(
        notifications.listen(Channel.CONTROLS, payload -> mark(now -> now.controls = true)));
    listening.add(notifications.listen(Channel.ALERTS, payload -> mark(now -> now.alerts = true)));
    thread = Thread.ofPlatform().name("api-gateway-feed").daemon(true).start(this::run);
  }

  @Override
  public void stop() {
    running = false;
    for (AutoCloseable listener : listening) {
      try {
        listener.close();
      } catch (Exception e) {
        throw new IllegalStateException("closing a listener does not fail", e);
      }
    }
    listening.clear();
    Thread feed = thread;
    if (feed != null) {
      feed.interrupt();
      try {
        feed.join(TimeUnit.SECONDS.toMillis(2));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void mark(java.util.function.Consumer<Dirty> change) {
    lock.lock();
    try {
      change.accept(dirty);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    boolean complained = false;
    long pollAt = System.nanoTime();
    while (running) {
      try {
        Dirty work = take(pollAt);
        boolean poll = System.nanoTime() - pollAt >= 0;
        if (poll) {
          pollAt = System.nanoTime() + POLL_NANOS;
        }
        publish(work, poll);
        complained = false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (DataAccessException | TransactionException e) {
        // The next poll reads everything again: nothing is lost but time.
        if (running && !complained) {
          complained = true;
          log.atWarn()
              .addKeyValue("event", "stream.feed_waits")
              .log("The stream waits for the database: {}", e.getClass().getSimpleName());
        }
        pollAt = System.nanoTime() + POLL_NANOS;
      } catch (RuntimeException e) {
        log.atError().setCause(e).addKeyValue("event", "stream.feed_failed").log("The feed failed");
        pollAt = System.nanoTime() + POLL_NANOS;
      }
    }
  }

  /** Waits until something is marked or it is time to poll. */
  private Dirty take(long pollAt) throws InterruptedException {
    lock.lock();
    try {
      while (dirty.empty()) {
        long left = pollAt - System.nanoTime();
        if (left <= 0) {
          break;
        }
        long _ = changed.awaitNanos(left);
      }
      Dirty work = dirty;
      dirty = new Dirty();
      return work;
    } finally {
      lock.unlock();
    }
  }

  private void publish(Dirty work, boolean poll) {
    if (!primed) {
      prime();
    }
    Collection<String> tickers = work.tickers;
    if (tickers.contains("") || (poll && System.nanoTime() - pricesDueNanos >= 0)) {
      long start = System.nanoTime();
      tickers = prices.streamed();
      prices(tickers);
      long now = System.nanoTime();
      pricesDueNanos = now + (now - start) * POLL_SHARE;
    } else {
      prices(tickers);
    }
    if (poll || work.signals) {
      signals();
    }
    if (poll || !work.trades.isEmpty()) {
      trades(work.trades, poll || work.allTrades);
      unresolved();
    }
    if (poll || work.positions) {
      positions();
    }
    if (poll || work.controls) {
      controls();
    }
    if (poll || work.alerts) {
      alarms();
    }
    if (poll) {
      portfolio();
    }
    options(tickers, poll);
    hub.wake();
  }

  /** What is there before anybody listens is no news. */
  private void prime() {
    lastSignal = market.newestSignalId();
    Instant now = wall.instant();
    for (TradeView trade : trades.changedSince(now.minus(COMMIT_LAG), BATCH_MAX)) {
      lastTrades.put(trade.id(), trade);
    }
    tradesSeen = now;
    for (PositionView position : account.positionsEverOpened()) {
      lastPositions.put(key(position), position);
    }
    lastControls = controls.read();
    primed = true;
  }

  private void prices(Collection<String> tickers) {
    for (Tick tick : prices.newest(tickers)) {
      if (!tick.equals(lastTicks.put(tick.ticker(), tick))) {
        hub.publish(StreamChannel.PRICES, tick.ticker(), seq -> messages.price(seq, false, tick));
      }
    }
  }

  private void signals() {
    List<MarketData.NumberedSignal> found;
    do {
      found = market.signalsAfter(lastSignal, BATCH_MAX);
      for (MarketData.NumberedSignal signal : found) {
        lastSignal = signal.id();
        hub.publish(
            StreamChannel.SIGNALS,
            signal.signal().ticker(),
            seq -> messages.signal(seq, false, signal.signal()));
      }
    } while (found.size() == BATCH_MAX);
  }

  private void trades(Set<UUID> ids, boolean recent) {
    List<TradeView> found = new ArrayList<>(ids.isEmpty() ? List.of() : trades.find(ids));
    if (recent) {
      List<TradeView> since =
          trades.changedSince(tradesSeen.minus(COMMIT_LAG), REMEMBERED_TRADES_MAX);
      found.addAll(since);
      if (!since.isEmpty() && since.getLast().updatedAt().isAfter(tradesSeen)) {
        tradesSeen = since.getLast().updatedAt();
      }
    }
    for (TradeView trade : found) {
      if (!trade.equals(lastTrades.put(trade.id(), trade))) {
        hub.publish(StreamChannel.TRADES, null, seq -> messages.trade(seq, false, trade));
      }
    }
  }

  private void unresolved() {
    if (!hub.wanted(StreamChannel.UNRESOLVED)) {
      return;
    }
    List<UnresolvedView> now = unresolved.list();
    boolean same = now.size() == lastUnresolved.size();
    for (int i = 0; same && i < now.size(); i++) {
      same = lastUnresolved.get(i).saysWhat(now.get(i));
    }
    if (!same) {
      lastUnresolved = now;
      hub.publish(StreamChannel.UNRESOLVED, null, seq -> messages.unresolved(seq, false, now));
    }
  }

  private void positions() {
    for (PositionView position : account.positionsEverOpened()) {
      PositionView before = lastPositions.put(key(position), position);
      // A new price alone is no news of the position: the portfolio tells it.
      if (before == null || !holding(before).equals(holding(position))) {
        hub.publish(StreamChannel.POSITIONS, null, seq -> messages.position(seq, false, position));
      }
    }
  }

  private void portfolio() {
    if (!hub.wanted(StreamChannel.PORTFOLIO)) {
      return;
    }
    PortfolioView portfolio = account.portfolio();
    if (!portfolio.equals(lastPortfolio)) {
      lastPortfolio = portfolio;
      hub.publish(StreamChannel.PORTFOLIO, null, seq -> messages.portfolio(seq, false, portfolio));
    }
  }

  /** Of each contract the newest alone, four times a second at most. */
  private void options(Collection<String> tickers, boolean now) {
    dirtyOptions.addAll(tickers);
    if (!hub.wanted(StreamChannel.OPTIONS)) {
      dirtyOptions.clear();
      return;
    }
    if (!now && System.nanoTime() - optionsAt < OPTIONS_EVERY_NANOS) {
      return;
    }
    optionsAt = System.nanoTime();
    for (String ticker : dirtyOptions) {
      Map<String, OptionView> before = lastOptions.getOrDefault(ticker, Map.of());
      Map<String, OptionView> after = new HashMap<>();
      for (OptionView option : market.optionsNow(ticker)) {
        after.put(option.optionSymbol(), option);
        if (!option.equals(before.get(option.optionSymbol()))) {
          hub.publish(StreamChannel.OPTIONS, ticker, seq -> messages.option(seq, false, option));
        }
      }
      lastOptions.put(ticker, after);
    }
    dirtyOptions.clear();
  }

  private void controls() {
    ControlsView now = controls.read();
    ControlsView before = lastControls;
    lastControls = now;
    if (before == null) {
      return;
    }
    if (!before.state().equals(now.state())) {
      String reason = now.stateReason() == null ? "" : ": " + now.stateReason();
      alert(
          now.state().equals("active") ? "info" : "warning",
          "trading_" + now.state(),
          "Trading is " + now.state().replace('_', ' ') + reason + ".");
    }
    if (before.armed() != now.armed()) {
      alert(
          "info",
          now.armed() ? "trading_armed" : "trading_disarmed",
          now.armed() ? "Trading is armed." : "Trading is disarmed.");
    }
  }

  /**
   * What is new, told anew or over among the services' alarms. Those that were there before this
   * gateway are told too: whoever knows them already is told nothing new.
   */
  private void alarms() {
    Map<Long, AlertView> open = new LinkedHashMap<>();
    alerts.open().forEach(alert -> open.put(alert.id(), alert));
    List<Long> over = new ArrayList<>(lastAlerts.keySet());
    over.removeAll(open.keySet());
    for (AlertView alert : alerts.find(over)) {
      publish(alert);
    }
    open.forEach(
        (id, alert) -> {
          if (!alert.equals(lastAlerts.get(id))) {
            publish(alert);
          }
        });
    lastAlerts.clear();
    lastAlerts.putAll(open);
  }

  private void publish(AlertView alert) {
    hub.publish(StreamChannel.ALERTS, null, seq -> messages.alarm(seq, false, alert));
  }

  private void alert(String severity, String code, String message) {
    Instant now = wall.instant();
    hub.publish(
        StreamChannel.ALERTS, null, seq -> messages.alert(seq, now, severity, code, message));
  }

  private static String key(PositionView position) {
    return position.ticker() + "|" + position.optionSymbol();
  }

  private static List<@Nullable Object> holding(PositionView position) {
    return Arrays.asList(
        position.quantity(), position.averagePrice(), position.costBasis(), position.realizedPnl());
  }

  /** What notifications have named since the last look. */
  private static final class Dirty {
    private final Set<String> tickers = new HashSet<>();
    private final Set<UUID> trades = new HashSet<>();
    private boolean allTrades;
    private boolean signals;
    private boolean positions;
    private boolean controls;
    private boolean alerts;

    boolean empty() {
      return tickers.isEmpty()
          && trades.isEmpty()
          && !allTrades
          && !signals
          && !positions
          && !controls
          && !alerts;
    }

    void trade(String payload) {
      try {
        if (!payload.isEmpty() && trades.size() < DIRTY_TRADES_MAX) {
          trades.add(UUID.fromString(payload));
          return;
        }
      } catch (IllegalArgumentException e) {
        log.atWarn()
            .addKeyValue("event", "stream.bad_notification")
            .log("A notification on trades names no trade");
      }
      allTrades = true;
    }
  }
}
