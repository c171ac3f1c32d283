package io.alphakite.engine.runtime;

import io.alphakite.engine.broker.BrokerConnector;
import io.alphakite.engine.broker.BrokerLink;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.control.TradingSettings;
import io.alphakite.engine.halt.HaltBooks;
import io.alphakite.engine.order.EngineSupersededException;
import io.alphakite.engine.order.OrderStores;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps a run going: asks the broker who it is, takes the account's lease, reconciles, trades, and
 * begins again when the account was lost or the broker was not there.
 */
final class Engine implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Engine.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration RETRY_MAX = Duration.ofSeconds(10);
  private static final Duration LEASE_LOOK = Duration.ofSeconds(1);

  private final BrokerConnector connector;
  private final AccountLease.ConnectionSource leases;
  private final OrderStores stores;
  private final EngineRun.Parts parts;
  private final TradingSettings trading;
  private final String hash;
  private final String limits;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final long startedNanos = System.nanoTime();
  private @Nullable Thread thread;
  private volatile @Nullable EngineRun run;
  private volatile HaltBooks.@Nullable Holder holder;
  private volatile String waitingFor = "the broker";

  Engine(
      BrokerConnector connector,
      AccountLease.ConnectionSource leases,
      OrderStores stores,
      EngineRun.Parts parts,
      TradingSettings trading,
      String hash,
      String limits) {
    this.connector = connector;
    this.leases = leases;
    this.stores = stores;
    this.parts = parts;
    this.trading = trading;
    this.hash = hash;
    this.limits = limits;
  }

  @Override
  public void start() {
    thread = Thread.ofVirtual().name("engine").start(this::keepRunning);
  }

  @Override
  public void stop() {
    closed.countDown();
    Thread running = thread;
    if (running != null) {
      try {
        running.join(Duration.ofSeconds(20));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean isRunning() {
    Thread running = thread;
    return running != null && running.isAlive();
  }

  /** The run that trades now; empty while there is none. */
  Optional<EngineRun> run() {
    return Optional.ofNullable(run);
  }

  /** The account that this engine has; empty while it has none. */
  Optional<HaltBooks.Holder> holder() {
    return Optional.ofNullable(holder);
  }

  /** What keeps a run from beginning. */
  String waitingFor() {
    return waitingFor;
  }

  /** How long this engine has been up. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  private void keepRunning() {
    Duration retry = RETRY;
    while (!over(Duration.ZERO)) {
      try {
        parts.board().begin(trading);
        runOnce();
        retry = RETRY;
      } catch (BrokerUnavailableException e) {
        waitFor("the broker does not answer: " + e.getMessage());
      } catch (EngineSupersededException e) {
        waitFor("another engine took the account over");
      } catch (SQLException | RuntimeException e) {
        waitFor("the engine cannot start: " + e.getMessage());
        log.atError()
            .addKeyValue("event", "engine.start_failed")
            .setCause(e)
            .log("The engine could not begin to trade and tries again");
      }
      if (over(retry)) {
        return;
      }
      Duration twice = retry.multipliedBy(2);
      retry = twice.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : twice;
    }
  }

  private void waitFor(String what) {
    if (!what.equals(waitingFor)) {
      log.atWarn().addKeyValue("event", "engine.waiting").log("Not trading: {}", what);
    }
    waitingFor = what;
  }

  private void runOnce() throws SQLException {
    BrokerLink link = connector.connect();
    Optional<AccountLease> lease = AccountLease.take(leases, link.accountId());
    if (lease.isEmpty()) {
      waitFor("another engine trades this account");
      return;
    }
    try (AccountLease held = lease.get()) {
      trade(link, held);
    }
  }

  private void trade(BrokerLink link, AccountLease lease) {
    ControlsBoard.Taken taken =
        parts
            .board()
            .takeOver(
                new ControlsBoard.TakeOver(
                    link.name(),
                    link.accountId(),
                    link.accountSuffix(),
                    link.simulated(),
                    trading,
                    hash,
                    limits));
    holder = new HaltBooks.Holder(link.accountId(), taken.epoch());
    CountDownLatch lost = new CountDownLatch(1);
    try (EngineRun running =
        new EngineRun(
            link,
            stores.open(link.accountId(), taken.epoch(), hash, BuildAndSettings.build()),
            parts,
            lost::countDown)) {
      running.reconcile(taken.first(), taken.lastSeen());
      running.start();
      run = running;
      watch(lease, lost);
    } finally {
      holder = null;
      run = null;
    }
  }

  private void watch(AccountLease lease, CountDownLatch lost) {
    while (!over(LEASE_LOOK)) {
      if (lost.getCount() == 0 || !lease.held()) {
        waitFor("the account was lost to another engine or with the database connection");
        return;
      }
    }
  }

  private boolean over(Duration wait) {
    try {
      return closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
