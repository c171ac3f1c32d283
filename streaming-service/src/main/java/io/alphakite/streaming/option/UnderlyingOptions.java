package io.alphakite.streaming.option;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The known chain of one underlying, what is at the money of it, and whether it is to be fetched
 * anew: when there is none, when an expiration is over, on the morning of each session, and when
 * the price comes to the end of the known strikes.
 *
 * <p>Not thread-safe; plain Java that is given the time.
 */
final class UnderlyingOptions {
  /** By then the day's new strikes and expirations are listed. */
  private static final LocalTime MORNING = LocalTime.of(9, 0);

  private static final Duration RETRY_FIRST = Duration.ofSeconds(1);
  private static final Duration RETRY_LAST = Duration.ofMinutes(15);
  private static final int DOUBLINGS_MAX = 10;

  private final Ticker ticker;
  private final OptionSettings settings;
  private final NavigableMap<LocalDate, ListedStrikes> listed = new TreeMap<>();
  private final Map<LocalDate, Price> atTheMoney = new HashMap<>();
  private final Map<LocalDate, Price> askedAt = new HashMap<>();
  private @Nullable Price price;
  private @Nullable LocalDate askedOn;
  private boolean rolled = true;
  private int failures;
  private long retryAtNanos;
  private @Nullable MissingChain missing;

  UnderlyingOptions(Ticker ticker, OptionSettings settings) {
    this.ticker = ticker;
    this.settings = settings;
  }

  Ticker ticker() {
    return ticker;
  }

  /** Why there is no chain, or no new one; null when all is well. */
  @Nullable MissingChain missing() {
    return missing;
  }

  /** The price of the newest advance; null before the first. */
  @Nullable Price price() {
    return price;
  }

  /**
   * Follows time and price.
   *
   * @param liveFrom the first expiration that is not over
   * @return whether other contracts are wanted now
   */
  boolean advance(LocalDate liveFrom, @Nullable Price now) {
    NavigableMap<LocalDate, ListedStrikes> over = listed.headMap(liveFrom, false);
    boolean changed = !over.isEmpty();
    if (changed) {
      atTheMoney.keySet().removeAll(over.keySet());
      askedAt.keySet().removeAll(over.keySet());
      over.clear();
      rolled = true;
    }
    if (now == null || now.equals(price)) {
      return changed;
    }
    price = now;
    for (Map.Entry<LocalDate, ListedStrikes> entry : listed.entrySet()) {
      Price before = atTheMoney.get(entry.getKey());
      Price after = atTheMoney(entry.getValue(), now, before);
      if (!after.equals(before)) {
        atTheMoney.put(entry.getKey(), after);
        changed = true;
      }
    }
    return changed;
  }

  /** Whether the chain should be fetched now. */
  boolean isDue(MarketCalendar calendar, Instant marketNow, long nanos) {
    if (price == null || (failures > 0 && nanos - retryAtNanos < 0)) {
      return false;
    }
    return rolled || failures > 0 || isNewMorning(calendar, marketNow) || isAtTheEnd();
  }

  private boolean isNewMorning(MarketCalendar calendar, Instant marketNow) {
    LocalDate today = calendar.dateOf(marketNow);
    return !today.equals(askedOn)
        && calendar.isSession(today)
        && !calendar.timeOf(marketNow).isBefore(MORNING);
  }

  /** Where the chain itself ends, asking again at the same strike would bring nothing new. */
  private boolean isAtTheEnd() {
    for (Map.Entry<LocalDate, ListedStrikes> entry : listed.entrySet()) {
      Price middle = atTheMoney.get(entry.getKey());
      if (middle != null
          && !entry.getValue().reaches(middle, settings.strikes())
          && !middle.equals(askedAt.get(entry.getKey()))) {
        return true;
      }
    }
    return false;
  }

  /** Takes a chain in place of what was known; an expiration that is over is left out. */
  void fetched(Map<LocalDate, ListedStrikes> chain, LocalDate liveFrom, LocalDate today) {
    NavigableMap<LocalDate, ListedStrikes> live = new TreeMap<>(chain).tailMap(liveFrom, true);
    listed.clear();
    askedAt.clear();
    live.forEach(
        (expiration, strikes) -> {
          if (listed.size() < settings.expirations() && !strikes.isEmpty()) {
            listed.put(expiration, strikes);
          }
        });
    atTheMoney.keySet().retainAll(listed.keySet());
    Price now = price;
    if (now != null) {
      listed.forEach(
          (expiration, strikes) -> {
            Price middle = atTheMoney(strikes, now, atTheMoney.get(expiration));
            atTheMoney.put(expiration, middle);
            askedAt.put(expiration, middle);
          });
    }
    askedOn = today;
    rolled = false;
    failures = 0;
    missing = null;
  }

  /** Takes note that there was no chain to be had; what was known stays, and it is tried again. */
  void failed(String reason, Instant marketNow, long nanos) {
    Duration wait = RETRY_FIRST.multipliedBy(1L << Math.min(failures, DOUBLINGS_MAX));
    retryAtNanos = nanos + (wait.compareTo(RETRY_LAST) < 0 ? wait : RETRY_LAST).toNanos();
    failures++;
    MissingChain before = missing;
    missing = new MissingChain(before == null ? marketNow : before.since(), reason);
  }

  /** The contracts so many strikes from the money of the n-th nearest expiration. */
  List<OptionSymbol> contracts(int nth, int distance) {
    List<LocalDate> expirations = new ArrayList<>(listed.keySet());
    if (nth >= expirations.size()) {
      return List.of();
    }
    LocalDate expiration = expirations.get(nth);
    ListedStrikes strikes = listed.get(expiration);
    Price middle = atTheMoney.get(expiration);
    return strikes == null || middle == null ? List.of() : strikes.at(middle, distance);
  }

  private static Price atTheMoney(ListedStrikes strikes, Price now, @Nullable Price before) {
    return before == null ? strikes.atTheMoney(now) : strikes.atTheMoney(now, before);
  }
}
