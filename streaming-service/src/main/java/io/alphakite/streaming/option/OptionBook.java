package io.alphakite.streaming.option;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which contracts are wanted of all underlyings together, and whose chain is to be fetched next.
 *
 * <p>At the limit every underlying keeps its contracts at the money before any gets the next
 * strikes, and those of the nearest expiration before those of the next; what is left out is
 * counted.
 *
 * <p>Not thread-safe; plain Java that is given the time.
 */
final class OptionBook {
  private final MarketCalendar calendar;
  private final OptionSettings settings;
  private final int symbolsMax;
  private final Map<Ticker, UnderlyingOptions> underlyings = new TreeMap<>();
  private final SequencedMap<OptionSymbol, Ticker> wanted = new LinkedHashMap<>();
  private int beyondLimit;
  private @Nullable Ticker fetchedLast;

  /**
   * Of no underlying yet.
   *
   * @param symbolsMax so many symbols a connection takes; underlyings count, as the limit may be
   *     meant for all services together
   */
  OptionBook(MarketCalendar calendar, OptionSettings settings, int symbolsMax) {
    this.calendar = calendar;
    this.settings = settings;
    this.symbolsMax = symbolsMax;
  }

  /**
   * Makes these the underlyings, and follows time and prices.
   *
   * @return whether other contracts are wanted now
   */
  boolean advance(
      Collection<Ticker> tickers, Instant marketNow, Function<Ticker, @Nullable Price> prices) {
    boolean changed = underlyings.keySet().retainAll(tickers);
    LocalDate liveFrom = calendar.firstLiveExpiration(marketNow);
    for (Ticker ticker : tickers) {
      UnderlyingOptions underlying =
          underlyings.computeIfAbsent(ticker, _ -> new UnderlyingOptions(ticker, settings));
      changed |= underlying.advance(liveFrom, prices.apply(ticker));
    }
    if (changed) {
      choose();
    }
    return changed;
  }

  /** Whose chain should be fetched now; each has its turn. */
  Optional<Ticker> due(Instant marketNow, long nanos) {
    Ticker first = null;
    for (UnderlyingOptions underlying : underlyings.values()) {
      if (underlying.isDue(calendar, marketNow, nanos)) {
        Ticker ticker = underlying.ticker();
        if (fetchedLast == null || ticker.compareTo(fetchedLast) > 0) {
          return Optional.of(ticker);
        }
        first = first == null ? ticker : first;
      }
    }
    return Optional.ofNullable(first);
  }

  /** Takes an underlying's chain; none at all is a failure. */
  void fetched(Ticker ticker, Map<LocalDate, ListedStrikes> chain, Instant marketNow, long nanos) {
    if (chain.isEmpty()) {
      failed(ticker, "Schwab lists none", marketNow, nanos);
      return;
    }
    fetchedLast = ticker;
    UnderlyingOptions underlying = underlyings.get(ticker);
    if (underlying != null) {
      underlying.fetched(
          chain, calendar.firstLiveExpiration(marketNow), calendar.dateOf(marketNow));
      choose();
    }
  }

  /** Takes note that an underlying's chain was not to be had. */
  void failed(Ticker ticker, String reason, Instant marketNow, long nanos) {
    fetchedLast = ticker;
    UnderlyingOptions underlying = underlyings.get(ticker);
    if (underlying != null) {
      underlying.failed(reason, marketNow, nanos);
    }
  }

  /** The contracts wanted, with their underlyings, the most important first. */
  SequencedMap<OptionSymbol, Ticker> wanted() {
    return wanted;
  }

  /** How many contracts are left out because of the limit. */
  int beyondLimit() {
    return beyondLimit;
  }

  /** The underlyings without a chain, or without a new one. */
  Map<Ticker, MissingChain> missing() {
    Map<Ticker, MissingChain> missing = new TreeMap<>();
    for (UnderlyingOptions underlying : underlyings.values()) {
      MissingChain chain = underlying.missing();
      if (chain != null) {
        missing.put(underlying.ticker(), chain);
      }
    }
    return missing;
  }

  private void choose() {
    wanted.clear();
    beyondLimit = 0;
    int room = Math.max(0, symbolsMax - underlyings.size());
    for (int distance = 0; distance <= settings.strikes(); distance++) {
      for (int nth = 0; nth < settings.expirations(); nth++) {
        for (UnderlyingOptions underlying : underlyings.values()) {
          for (OptionSymbol contract : underlying.contracts(nth, distance)) {
            if (wanted.size() < room) {
              wanted.put(contract, underlying.ticker());
            } else {
              beyondLimit++;
            }
          }
        }
      }
    }
  }
}
