package io.alphakite.simulator.broker;

import io.alphakite.simulator.fault.Strike;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What clients are shown otherwise than it is, for a while, because a fault says so. Kept in memory
 * only. Guarded by the market's lock.
 */
final class Disguise {
  private static final int ORDERS = 1000;

  private final InstantSource wall;
  private final Map<Long, Instant> hidden = newest();
  private final Map<Long, OddStatus> odd = newest();
  private final Map<Long, Lag> lagging = newest();
  private @Nullable OldAccount balances;
  private @Nullable OldAccount positions;

  private record OddStatus(String text, Instant until) {}

  private record OldAccount(Account account, Instant until) {}

  private record Version(Order order, Instant since) {}

  /** An order whose listing lags: its states of late, oldest first. */
  private record Lag(Duration by, List<Version> versions) {}

  Disguise(InstantSource wall) {
    this.wall = wall;
  }

  /** Holds the newest orders only. */
  private static <V> Map<Long, V> newest() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Long, V> eldest) {
        return size() > ORDERS;
      }
    };
  }

  private Instant until(Strike strike) {
    return wall.instant().plus(strike.delay());
  }

  /** The order is not found by its id yet. */
  void hide(long id, Strike strike) {
    hidden.put(id, until(strike));
  }

  boolean isHidden(long id) {
    Instant until = hidden.get(id);
    if (until != null && !wall.instant().isBefore(until)) {
      hidden.remove(id);
      return false;
    }
    return until != null;
  }

  /** The order shows a status that nobody knows. */
  void showStatus(long id, Strike strike) {
    odd.put(id, new OddStatus(strike.text("status"), until(strike)));
  }

  String status(Order order) {
    OddStatus shown = odd.get(order.id());
    if (shown != null && !wall.instant().isBefore(shown.until)) {
      odd.remove(order.id());
      shown = null;
    }
    return shown == null ? order.status().name() : shown.text;
  }

  /** Lists show the order as it was so long ago, from now on. */
  void lag(Order order, Strike strike) {
    Lag lag = new Lag(strike.delay(), new ArrayList<>());
    lag.versions.add(new Version(order, wall.instant()));
    lagging.put(order.id(), lag);
  }

  /** The order has changed. */
  void changed(Order order) {
    Lag lag = lagging.get(order.id());
    if (lag != null) {
      lag.versions.add(new Version(order, wall.instant()));
      forget(lag);
    }
  }

  /** Drops what is too old to be shown again, all but one. */
  private void forget(Lag lag) {
    Instant shown = wall.instant().minus(lag.by);
    while (lag.versions.size() > 1 && !lag.versions.get(1).since.isAfter(shown)) {
      lag.versions.removeFirst();
    }
  }

  /** The order as lists show it; empty when they do not have it yet. */
  Optional<Order> listed(Order order) {
    Lag lag = lagging.get(order.id());
    if (lag == null) {
      return Optional.of(order);
    }
    forget(lag);
    Version first = lag.versions.getFirst();
    if (first.since.isAfter(wall.instant().minus(lag.by))) {
      return Optional.empty();
    }
    if (lag.versions.size() == 1 && first.order.status().isTerminal()) {
      lagging.remove(order.id());
    }
    return Optional.of(first.order);
  }

  /** Balances do not show what comes after this account yet. */
  void holdBalances(Account before, Strike strike) {
    balances = new OldAccount(current(balances).orElse(before), until(strike));
  }

  /** Positions do not show what comes after this account yet. */
  void holdPositions(Account before, Strike strike) {
    positions = new OldAccount(current(positions).orElse(before), until(strike));
  }

  Account balances(Account now) {
    return current(balances).orElse(now);
  }

  Account positions(Account now) {
    return current(positions).orElse(now);
  }

  private Optional<Account> current(@Nullable OldAccount old) {
    return old != null && wall.instant().isBefore(old.until)
        ? Optional.of(old.account)
        : Optional.empty();
  }
}
