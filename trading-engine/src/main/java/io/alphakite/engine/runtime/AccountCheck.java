package io.alphakite.engine.runtime;

import io.alphakite.engine.broker.AccountReport;
import io.alphakite.engine.broker.BrokerLink;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.order.EngineClock;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.order.Reconciler;
import io.alphakite.engine.position.PositionKeeper;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what we think is held with what the broker says, and takes over its cash.
 *
 * <p>A broker lags its own fills, so that only a difference that lasts counts. It then blocks new
 * risk in that symbol until it is gone; against a simulator, where nobody could explain it, the
 * broker's figure is taken over instead. Not thread-safe.
 */
final class AccountCheck {

  /** How soon to look again while something differs. */
  static final Duration AGAIN = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(AccountCheck.class);
  private static final Duration LASTS = Duration.ofSeconds(15);

  private final BrokerLink link;
  private final OrderStore store;
  private final Reconciler reconciler;
  private final PositionKeeper positions;
  private final Differences differences;
  private final ControlsBoard board;
  private final EngineClock clock;
  private Map<String, Instant> since = new HashMap<>();
  private volatile @Nullable Instant equalAt;

  AccountCheck(
      BrokerLink link,
      OrderStore store,
      Reconciler reconciler,
      PositionKeeper positions,
      Differences differences,
      ControlsBoard board,
      EngineClock clock) {
    this.link = link;
    this.store = store;
    this.reconciler = reconciler;
    this.positions = positions;
    this.differences = differences;
    this.board = board;
    this.clock = clock;
  }

  /** The first look at an account that no engine ever had: whatever is held is taken over. */
  void takeOver() {
    AccountReport report =
        reconciler.takeOver(
            account -> {
              for (AccountReport.Holding holding : account.holdings()) {
                positions.adopt(
                    link.accountId(),
                    holding.symbol(),
                    holding.quantity(),
                    holding.averagePrice(),
                    clock.wall());
              }
            },
            // A simulated broker's figures are taken over again where they differ.
            !link.simulated());
    board.money(report.cash(), report.buyingPower());
    equalAt = clock.wall();
  }

  /** Compares; whether everything is equal. */
  boolean check() {
    AccountReport report = link.broker().account();
    board.money(report.cash(), report.buyingPower());
    boolean equal = store.write(ledger -> compare(report));
    if (equal) {
      equalAt = clock.wall();
    }
    return equal;
  }

  /** When both were last equal; null before. */
  @Nullable Instant equalAt() {
    return equalAt;
  }

  private boolean compare(AccountReport report) {
    Map<String, Long> ours = new TreeMap<>();
    positions.held(link.accountId()).forEach(held -> ours.put(held.symbol(), held.quantity()));
    Map<String, AccountReport.Holding> theirs = new TreeMap<>();
    report.holdings().forEach(holding -> theirs.put(holding.symbol(), holding));
    Map<String, Long> symbols = new TreeMap<>(ours);
    theirs.keySet().forEach(symbol -> symbols.putIfAbsent(symbol, 0L));

    Map<String, Instant> differing = new HashMap<>();
    for (Map.Entry<String, Long> entry : symbols.entrySet()) {
      AccountReport.Holding holding = theirs.get(entry.getKey());
      long quantity = holding == null ? 0 : holding.quantity();
      if (quantity != entry.getValue()) {
        Instant first = since.getOrDefault(entry.getKey(), clock.wall());
        if (!settle(entry.getKey(), entry.getValue(), quantity, holding, first)) {
          differing.put(entry.getKey(), first);
        }
      }
    }
    differences.keepOnly(link.accountId(), differing.keySet());
    since = differing;
    return differing.isEmpty();
  }

  /** What to do about a difference; whether it is gone. */
  private boolean settle(
      String symbol,
      long ours,
      long theirs,
      AccountReport.@Nullable Holding holding,
      Instant first) {
    if (Duration.between(first, clock.wall()).compareTo(LASTS) < 0) {
      return false;
    }
    if (link.simulated()) {
      log.atWarn()
          .addKeyValue("event", "position.adopted")
          .addKeyValue("symbol", symbol)
          .log("The simulated broker holds {}, we had {}: taken over", theirs, ours);
      positions.adopt(
          link.accountId(),
          symbol,
          theirs,
          holding == null ? null : holding.averagePrice(),
          clock.wall());
      return true;
    }
    if (differences.add(link.accountId(), symbol, ours, theirs, first)) {
      log.atError()
          .addKeyValue("event", "position.mismatch")
          .addKeyValue("symbol", symbol)
          .log(
              "The broker holds {}, we have {}: no new risk in it until that is explained",
              theirs,
              ours);
    }
    return false;
  }
}
