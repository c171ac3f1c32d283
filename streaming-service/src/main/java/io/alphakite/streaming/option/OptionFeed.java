package io.alphakite.streaming.option;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.LevelOneEquity;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.stream.StreamEvent.OptionUpdate;
import io.alphakite.schwab.stream.StreamEvent.SubscriptionRefused;
import io.alphakite.schwab.stream.StreamService;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the intake's thread and the {@link OptionFollower}'s meet: the one tells prices and takes
 * option messages, the other says which contracts are wanted.
 */
public final class OptionFeed {
  private final InstantSource wallClock;
  private final boolean wallMarket;
  private final OptionRows rows;
  private final Map<Ticker, Price> prices = new ConcurrentHashMap<>();
  private final Set<OptionSymbol> refused = ConcurrentHashMap.newKeySet();
  private volatile Map<OptionSymbol, Ticker> wanted = Map.of();
  private volatile Instant newestEvent = Instant.EPOCH;
  // The intake's alone.
  private Map<OptionSymbol, Ticker> retained = Map.of();

  /**
   * Nothing is wanted yet.
   *
   * @param hours outside which there are no rows
   * @param wallMarket whether the wall clock is the market's clock; else the newest equity event is
   */
  public OptionFeed(
      MarketCalendar calendar, TradingHours hours, InstantSource wallClock, boolean wallMarket) {
    this.rows = new OptionRows(calendar, hours);
    this.wallClock = wallClock;
    this.wallMarket = wallMarket;
  }

  /** Takes an underlying's message. The intake's. */
  public void heard(EquityUpdate update) {
    LevelOneEquity image = update.image();
    Price price = image.last();
    if (price != null && price.e4() > 0) {
      Price before = prices.get(update.ticker());
      if (!price.equals(before)) {
        prices.put(update.ticker(), price);
      }
    }
    event(image.tradeTime());
    event(image.quoteTime());
  }

  /** A new connection: what an older one refused may be taken now. The intake's. */
  public void connected() {
    refused.clear();
  }

  /** Takes note of a contract that Schwab does not stream. The intake's. */
  public void refused(SubscriptionRefused refusal) {
    if (refusal.service() == StreamService.LEVELONE_OPTIONS) {
      refused.add(OptionSymbol.parse(refusal.key()));
    }
  }

  /**
   * Takes an option message. The intake's.
   *
   * @return the row that it changed, as it now stands; null when it changed none, or when the
   *     contract is not wanted any more
   */
  public @Nullable OptionRow accept(OptionUpdate update) {
    Map<OptionSymbol, Ticker> now = wanted;
    if (now != retained) {
      retained = now;
      rows.retain(now.keySet());
      refused.retainAll(now.keySet());
    }
    Ticker underlying = now.get(update.symbol());
    return underlying == null
        ? null
        : rows.accept(underlying, update.image(), update.first(), marketNow());
  }

  /** The market's now; {@link Instant#EPOCH} before it is known. */
  Instant marketNow() {
    return wallMarket ? wallClock.instant() : newestEvent;
  }

  /** The newest price of an underlying; null before the first. */
  @Nullable Price price(Ticker ticker) {
    return prices.get(ticker);
  }

  /** Takes messages of these contracts from now on. */
  void want(Map<OptionSymbol, Ticker> contracts) {
    wanted = Map.copyOf(contracts);
  }

  int refusals() {
    return refused.size();
  }

  OptionCounts counts() {
    return rows.counts();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // Only the intake's thread writes.
  private void event(@Nullable Instant time) {
    if (time != null && time.isAfter(newestEvent)) {
      newestEvent = time;
    }
  }
}
