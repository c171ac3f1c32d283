package io.alphakite.simulator.market.option;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.OptionType;
import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MarketListener;
import io.alphakite.simulator.market.MinuteBars;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.option.OptionContract.ExpirationCycle;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The options of the replayed tickers. A quote is a function of the contract, the underlying's
 * price and market time and of nothing else, so the same replay always quotes the same, and nothing
 * is kept for a contract but a bounded cache.
 *
 * <p>How to use it, everything under {@link Market#lock()}:
 *
 * <ul>
 *   <li>{@link #find} turns the 21 characters into a listed {@link OptionContract}; keep that and
 *       ask {@link #quote(OptionContract)} as often as wanted. It does not change until the next
 *       {@link Listener} call about its underlying.
 *   <li>{@link #listen} before {@link Market#start()}: {@link Listener#moved} comes at most once a
 *       market second and underlying, when its options have new quotes, in regular hours and at the
 *       start of each session. Then send what changed, or try the orders again at bid and ask.
 *   <li>{@link #quote} is empty once the contract has expired, that is on dates after its last.
 *       {@link OptionContract#expires()} is the moment; {@link OptionContract#intrinsicE4} its
 *       worth then.
 * </ul>
 *
 * <p>Options trade in regular hours only. Before the open their quotes are those of the close
 * before; after the close the last ones stand.
 */
public final class OptionMarket implements MarketListener {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  private static final long SECOND = 1000;
  private static final double YEAR_MILLIS = 365 * 86_400_000.0;

  /** Contracts whose trades of the day are remembered; the others' are worked out again. */
  private static final int CACHED = 8192;

  /** One option in so many that lie three deviations from the money has no market maker. */
  private static final int UNQUOTED = 8;

  private static final int UNQUOTED_DEVIATIONS = 3;
  private static final double LEAST_SPREAD = 0.008;
  private static final double WIDEST_SPREAD = 0.40;

  /** The model's interest rate, as chains show it. */
  public static final double RATE_PERCENT = OptionModel.RATE * 100;

  /** What every chain shows as its theoretical volatility. */
  public static final double CHAIN_VOLATILITY_PERCENT = 29;

  private final Market market;
  private final TreeMap<String, Underlying> underlyings = new TreeMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Map<OptionSymbol, OptionDay> days =
      new LinkedHashMap<>(256, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<OptionSymbol, OptionDay> eldest) {
          return size() > CACHED;
        }
      };

  private boolean moved;
  private long secondUnderWay;

  /** Hears when options have new quotes. */
  @FunctionalInterface
  public interface Listener {
    /**
     * The quotes of all options on this ticker may have changed. Under the market's lock; must not
     * block.
     *
     * @param underlying the ticker
     * @param millis market time as of which they are
     */
    void moved(String underlying, long millis);
  }

  /** From what an underlying's options are priced. */
  private static final class Underlying {
    private final TickerState ticker;
    private final OptionModel model;
    private SortedMap<LocalDate, ExpirationCycle> expirations = new TreeMap<>();
    private LocalDate session;

    /** Before this session; 0 = the ticker has no price yet. */
    private long referenceE4;

    private long previousClose;
    private long open;
    private long spotE4;
    private long time;
    private boolean dirty;

    Underlying(TickerState ticker, LocalDate session) {
      this.ticker = ticker;
      this.model = OptionModel.of(ticker.image().listing());
      this.session = session;
    }
  }

  /** Listens to the market; to be made before {@link Market#start()}. */
  public OptionMarket(Market market) {
    this.market = market;
    market.lock().lock();
    try {
      sessionStarted();
    } finally {
      market.lock().unlock();
    }
    market.listen(this);
  }

  /** Before {@link Market#start()} only. */
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /**
   * Whether a ticker has listed options now: it is replayed, and its price is known. Under the
   * lock.
   */
  public boolean hasOptions(String underlying) {
    Underlying on = underlyings.get(underlying);
    return on != null && on.referenceE4 > 0;
  }

  /**
   * Price of the underlying from which its options are quoted now, in ten-thousandths; 0 without
   * options. Under the lock.
   */
  public long underlyingE4(String underlying) {
    Underlying on = underlyings.get(underlying);
    return on == null ? 0 : on.spotE4;
  }

  /** Expirations listed now, in order; empty without options. Under the lock. */
  public SortedMap<LocalDate, ExpirationCycle> expirations(String underlying) {
    Underlying on = underlyings.get(underlying);
    return on == null || on.referenceE4 == 0 ? new TreeMap<>() : new TreeMap<>(on.expirations);
  }

  /**
   * The chain of one expiration as listed today, by strike; empty when there is none. Under the
   * lock.
   */
  public List<OptionContract> chain(String underlying, LocalDate expiration, OptionType type) {
    Underlying on = underlyings.get(underlying);
    if (on == null || on.referenceE4 == 0) {
      return List.of();
    }
    ExpirationCycle cycle = on.expirations.get(expiration);
    if (cycle == null) {
      return List.of();
    }
    List<OptionContract> contracts = new ArrayList<>();
    for (long strike :
        Listings.strikesE4(on.ticker.image().listing(), expiration, on.session, on.referenceE4)) {
      contracts.add(
          Listings.contract(on.ticker.image().listing(), expiration, cycle, type, strike));
    }
    return contracts;
  }

  /**
   * The listed contract of 21 characters; empty when they are no option symbol or it is not listed
   * now. Under the lock.
   */
  public Optional<OptionContract> find(String symbol) {
    OptionSymbol parsed;
    try {
      parsed = OptionSymbol.parse(symbol);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    Underlying on = underlyings.get(parsed.root());
    return on == null || on.referenceE4 == 0 || !on.expirations.containsKey(parsed.expiration())
        ? Optional.empty()
        : Listings.find(on.ticker.image().listing(), parsed, on.session, on.referenceE4);
  }

  /** The quote of 21 characters; empty as {@link #find} is. Under the lock. */
  public Optional<OptionQuote> quote(String symbol) {
    return find(symbol).flatMap(this::quote);
  }

  /** A contract's quote now; empty once it has expired. Under the lock. */
  public Optional<OptionQuote> quote(OptionContract contract) {
    Underlying on = underlyings.get(contract.underlying().symbol());
    return on == null || contract.expiration().isBefore(on.session)
        ? Optional.empty()
        : Optional.of(quote(on, contract));
  }

  /**
   * What the model makes of a contract under circumstances of the caller's choice (Schwab's
   * strategy ANALYTICAL).
   *
   * @param spot dollars
   * @param volatility as a fraction
   * @param rate as a fraction
   * @param days to expiration
   */
  public static BlackScholes.Valuation analyse(
      OptionContract contract, double spot, double volatility, double rate, double days) {
    return BlackScholes.value(
        contract.type(),
        spot,
        contract.strikeE4() / 1e4,
        days / 365,
        volatility,
        rate,
        OptionModel.of(contract.underlying()).dividendYield());
  }

  @Override
  public void changed(TickerState ticker, boolean quote) {
    Underlying on = underlyings.get(ticker.symbol());
    if (on == null || on.dirty) {
      return;
    }
    long now = market.nowMillis();
    if (isOpen(now)) {
      on.dirty = true;
      if (!moved) {
        moved = true;
        secondUnderWay = now / SECOND;
      }
    }
  }

  @Override
  public void timeIs(long millis) {
    if (!moved || millis / SECOND <= secondUnderWay) {
      return;
    }
    // As of the end of the second in which it moved, whenever that is noticed.
    moved = false;
    long at = (secondUnderWay + 1) * SECOND;
    for (Underlying on : underlyings.values()) {
      if (on.dirty) {
        on.dirty = false;
        take(on, at);
      }
    }
  }

  @Override
  public void sessionStarted() {
    moved = false;
    LocalDate session = market.sessionDate();
    long now = market.nowMillis();
    for (TickerState ticker : market.tickers()) {
      if (Listings.mayHaveOptions(ticker.symbol())) {
        Underlying on =
            underlyings.computeIfAbsent(ticker.symbol(), _ -> new Underlying(ticker, session));
        begin(on, session, now);
      }
    }
  }

  private void begin(Underlying on, LocalDate session, long now) {
    on.session = session;
    on.dirty = false;
    on.expirations = Listings.expirations(on.ticker.image().listing(), session);
    on.referenceE4 = reference(on.ticker, session);
    on.previousClose = CALENDAR.previousSession(session).close().toEpochMilli();
    on.spotE4 = on.referenceE4;
    on.time = on.previousClose;
    on.open = CALENDAR.session(session).orElseThrow().open().toEpochMilli();
    if (session.equals(on.ticker.date()) && now >= on.open) {
      take(on, now / SECOND * SECOND);
    } else if (on.referenceE4 > 0) {
      tell(on);
    }
  }

  /** The close before, which decides the strikes of the day; a first price where none is known. */
  private static long reference(TickerState ticker, LocalDate session) {
    LevelOne image = ticker.image();
    if (!session.equals(ticker.date())) {
      return Math.max(0, image.get(LevelOne.LAST));
    }
    if (image.get(LevelOne.PREVIOUS_CLOSE) > 0) {
      return image.get(LevelOne.PREVIOUS_CLOSE);
    }
    MinuteBars bars = ticker.today();
    for (int i = 0; i < bars.size(); i++) {
      if (bars.has(i)) {
        return bars.open(i);
      }
    }
    return 0;
  }

  private void take(Underlying on, long at) {
    if (on.referenceE4 == 0) {
      on.referenceE4 = reference(on.ticker, on.session);
    }
    long spot = spot(on.ticker);
    if (spot > 0 && on.referenceE4 > 0) {
      on.spotE4 = spot;
      on.time = at;
      tell(on);
    }
  }

  private void tell(Underlying on) {
    for (Listener listener : listeners) {
      listener.moved(on.ticker.symbol(), on.time);
    }
  }

  private static long spot(TickerState ticker) {
    LevelOne image = ticker.image();
    long bid = image.get(LevelOne.BID);
    long ask = image.get(LevelOne.ASK);
    return ticker.quoted() && bid > 0 && ask >= bid
        ? (bid + ask) / 2
        : Math.max(0, image.get(LevelOne.LAST));
  }

  private static boolean isOpen(long millis) {
    return CALENDAR.isOpen(Instant.ofEpochMilli(millis), TradingHours.REGULAR);
  }

  private OptionQuote quote(Underlying on, OptionContract contract) {
    int daysLeft = (int) ChronoUnit.DAYS.between(on.session, contract.expiration());
    if (isUnquoted(on, contract)) {
      return new OptionQuote(
          contract, daysLeft, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, on.spotE4, null, null,
          null);
    }
    OptionDay day = day(on, contract);
    double years = years(contract, on.time);
    double strike = contract.strikeE4() / 1e4;
    Sides now = sides(on, contract, on.spotE4, on.time);
    boolean valued = now.bidE4 > 0 && years > 0;
    long minute = on.time / 60_000;
    return new OptionQuote(
        contract,
        daysLeft,
        on.time,
        now.bidE4,
        now.askE4,
        now.bidE4 == 0 ? 0 : size(contract, now.bidE4, minute),
        size(contract, now.askE4, -minute),
        day.trades() ? day.lastE4() : day.previousCloseE4(),
        day.lastSize(),
        day.trades() ? day.tradeTime() : on.previousClose,
        day.openE4(),
        day.highE4(),
        day.lowE4(),
        day.previousCloseE4(),
        day.volume(),
        day.count(),
        openInterest(on, contract),
        on.spotE4,
        valued ? Double.valueOf(100 * on.model.smile(on.spotE4 / 1e4, strike, years)) : null,
        valued ? now.value : null,
        now.price);
  }

  /** Bid and ask at a price of the underlying. */
  private record Sides(long bidE4, long askE4, double price, BlackScholes.Valuation value) {}

  private static Sides sides(Underlying on, OptionContract contract, long spotE4, long millis) {
    double spot = spotE4 / 1e4;
    double strike = contract.strikeE4() / 1e4;
    BlackScholes.Valuation value =
        on.model.value(contract.type(), spot, strike, years(contract, millis));
    // It may be exercised at any time, so nobody sells it below what that brings.
    double price = Math.max(value.price(), contract.intrinsicE4(spotE4) / 1e4);
    double half = Math.min(LEAST_SPREAD + 0.01 * price, WIDEST_SPREAD);
    long bid = contract.increment().floorE4(price - half);
    long ask = contract.increment().ceilingE4(price + half);
    return new Sides(bid, ask, price, value);
  }

  private static double years(OptionContract contract, long millis) {
    return Math.max(0, contract.expires().toEpochMilli() - millis) / YEAR_MILLIS;
  }

  private OptionDay day(Underlying on, OptionContract contract) {
    OptionDay known = days.get(contract.symbol());
    if (known == null || !known.session().equals(on.session)) {
      Sides close = sides(on, contract, on.referenceE4, on.previousClose);
      known =
          new OptionDay(
              on.session, Math.round(close.price * 100) * 100, activity(on, contract), seed(on));
      days.put(contract.symbol(), known);
    }
    if (on.session.equals(on.ticker.date())) {
      known.upTo(
          contract.symbol(),
          on.open,
          on.time,
          on.ticker.today(),
          (spot, at) -> {
            Sides then = sides(on, contract, spot, at);
            return new long[] {then.bidE4, then.askE4};
          });
    }
    return known;
  }

  private static long seed(Underlying on) {
    return on.session.toEpochDay();
  }

  /** How lively trading in it is, 0 to 1: most at the money. */
  private static double activity(Underlying on, OptionContract contract) {
    double x = deviations(on, contract);
    return Math.exp(-x * x / 4);
  }

  private static double deviations(Underlying on, OptionContract contract) {
    return on.model.deviations(
        on.referenceE4 / 1e4, contract.strikeE4() / 1e4, years(contract, on.previousClose));
  }

  private static boolean isUnquoted(Underlying on, OptionContract contract) {
    return Math.abs(deviations(on, contract)) > UNQUOTED_DEVIATIONS
        && OptionDay.random(contract.symbol(), 1, UNQUOTED) == 0;
  }

  private static long openInterest(Underlying on, OptionContract contract) {
    long most = 1 + (long) (20_000 * activity(on, contract));
    return OptionDay.random(contract.symbol(), 2, most);
  }

  private static long size(OptionContract contract, long priceE4, long minute) {
    return 1 + OptionDay.random(contract.symbol(), minute * 1_000_003 + priceE4, 120);
  }
}
