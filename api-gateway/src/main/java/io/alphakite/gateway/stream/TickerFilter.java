package io.alphakite.gateway.stream;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tickers a client wants of a channel.
 *
 * @param all every ticker, also those yet to come
 * @param chosen where not all
 */
record TickerFilter(boolean all, Set<String> chosen) {
  static final TickerFilter ALL = new TickerFilter(true, Set.of());

  TickerFilter {
    chosen = Set.copyOf(chosen);
  }

  /** Exactly these; all when there are none to choose. */
  static TickerFilter of(Collection<String> tickers) {
    return tickers.isEmpty() ? ALL : new TickerFilter(false, Set.copyOf(tickers));
  }

  boolean passes(@Nullable String ticker) {
    return all || ticker == null || chosen.contains(ticker);
  }

  boolean empty() {
    return !all && chosen.isEmpty();
  }

  TickerFilter plus(Collection<String> tickers) {
    if (all || tickers.isEmpty()) {
      return this;
    }
    Set<String> more = new TreeSet<>(chosen);
    more.addAll(tickers);
    return new TickerFilter(false, more);
  }

  /** Without these; {@code known} is what "all" stands for. */
  TickerFilter minus(Collection<String> tickers, Collection<String> known) {
    Set<String> fewer = new TreeSet<>(all ? known : chosen);
    fewer.removeAll(tickers);
    return new TickerFilter(false, fewer);
  }
}
