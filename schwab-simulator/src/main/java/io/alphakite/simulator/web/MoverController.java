package io.alphakite.simulator.web;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.OptionType;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MinuteBars;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.option.OptionContract;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.market.option.OptionQuote;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The day's movers among the replayed tickers, or among their options. */
@RestController
public final class MoverController {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  private static final Set<String> INDEXES =
      Set.of(
          "$DJI",
          "$COMPX",
          "$SPX",
          "NYSE",
          "NASDAQ",
          "OTCBB",
          "INDEX_ALL",
          "EQUITY_ALL",
          "OPTION_ALL",
          "OPTION_PUT",
          "OPTION_CALL");
  private static final Set<String> SORTS =
      Set.of("VOLUME", "TRADES", "PERCENT_CHANGE_UP", "PERCENT_CHANGE_DOWN");
  private static final Set<Integer> FREQUENCIES = Set.of(0, 1, 5, 10, 30, 60);

  /** What the Dow holds of what may be replayed. */
  private static final Set<String> DOW = Set.of("IBM", "BAC");

  private static final int MOST = 10;
  private static final int OPTION_EXPIRATIONS = 3;

  private final Market market;
  private final OptionMarket options;
  private final FaultDials faults;

  public MoverController(Market market, OptionMarket options, FaultDials faults) {
    this.market = market;
    this.options = options;
    this.faults = faults;
  }

  /** One candidate. */
  private record Mover(
      String symbol,
      String description,
      long lastE4,
      long changeE4,
      long closeE4,
      long volume,
      long trades) {
    double fraction() {
      return closeE4 == 0 ? 0 : (double) changeE4 / closeE4;
    }
  }

  @GetMapping("/marketdata/v1/movers/{id}")
  ResponseEntity<Object> movers(
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String sort,
      @RequestParam(required = false) @Nullable String frequency) {
    try {
      if (!INDEXES.contains(id)) {
        return ApiErrors.marketData(404, "Not Found", "no movers for " + id, "symbol_id");
      }
      String by = BadParameter.choice("sort", sort, "VOLUME", SORTS);
      int minutes = BadParameter.number("frequency", frequency, 0);
      if (!FREQUENCIES.contains(minutes)) {
        throw new BadParameter("frequency", "frequency must be one of 0, 1, 5, 10, 30, 60");
      }
      market.lock().lock();
      try {
        List<Mover> candidates = id.startsWith("OPTION") ? options(id) : shares(id, minutes);
        // As it is seen off hours.
        boolean nonsense =
            !CALENDAR.isOpen(market.now(), TradingHours.REGULAR)
                || faults.strike(Dial.MOVERS_NONSENSE, id).isPresent();
        long total = candidates.stream().mapToLong(Mover::volume).sum();
        return ApiErrors.json(
            200,
            Map.of(
                "screeners",
                sorted(candidates, by).stream().map(m -> view(m, total, nonsense)).toList()));
      } finally {
        market.lock().unlock();
      }
    } catch (BadParameter e) {
      return e.answer();
    }
  }

  private List<Mover> shares(String id, int minutes) {
    List<Mover> movers = new ArrayList<>();
    for (TickerState ticker : market.tickers()) {
      LevelOne image = ticker.image();
      if (!isIn(id, image.listing()) || image.get(LevelOne.LAST) == LevelOne.NONE) {
        continue;
      }
      movers.add(
          new Mover(
              ticker.symbol(),
              image.listing().description(),
              image.get(LevelOne.LAST),
              Amounts.count(image.get(LevelOne.NET_CHANGE)),
              Amounts.count(image.get(LevelOne.PREVIOUS_CLOSE)),
              minutes == 0
                  ? Amounts.count(image.get(LevelOne.TOTAL_VOLUME))
                  : newest(ticker, minutes),
              ticker.trades()));
    }
    return movers;
  }

  private static boolean isIn(String id, Listing listing) {
    return switch (id) {
      case "$DJI" -> DOW.contains(listing.symbol());
      case "$SPX" -> !listing.isFund();
      case "$COMPX", "NASDAQ" -> listing.exchange() == 'Q';
      case "NYSE" -> listing.exchange() == 'N' || listing.exchange() == 'P';
      case "OTCBB" -> false;
      default -> true;
    };
  }

  /** Volume of the newest minutes, the developing one included. */
  private long newest(TickerState ticker, int minutes) {
    MinuteBars bars = ticker.today();
    int now = CALENDAR.timeOf(market.now()).toSecondOfDay() / 60 - MinuteBars.FIRST_MINUTE;
    long volume = 0;
    for (int i = Math.max(0, now - minutes + 1); i <= Math.min(now, bars.size() - 1); i++) {
      volume += bars.volume(i);
    }
    return volume;
  }

  private List<Mover> options(String id) {
    List<Mover> movers = new ArrayList<>();
    for (TickerState ticker : market.tickers()) {
      List<LocalDate> near =
          options.expirations(ticker.symbol()).keySet().stream().limit(OPTION_EXPIRATIONS).toList();
      for (LocalDate expiration : near) {
        for (OptionType type : OptionType.values()) {
          if (!id.equals("OPTION_ALL") && !id.endsWith(type.name())) {
            continue;
          }
          for (OptionContract contract : options.chain(ticker.symbol(), expiration, type)) {
            options
                .quote(contract)
                .filter(quote -> quote.volume() > 0)
                .ifPresent(quote -> movers.add(mover(quote)));
          }
        }
      }
    }
    return movers;
  }

  private static Mover mover(OptionQuote quote) {
    return new Mover(
        quote.contract().key(),
        quote.contract().description(),
        quote.lastE4(),
        quote.netChangeE4(),
        quote.previousCloseE4(),
        quote.volume(),
        quote.trades());
  }

  private static List<Mover> sorted(List<Mover> movers, String by) {
    Comparator<Mover> order =
        switch (by) {
          case "TRADES" -> Comparator.comparingLong(Mover::trades).reversed();
          case "PERCENT_CHANGE_UP" -> Comparator.comparingDouble(Mover::fraction).reversed();
          case "PERCENT_CHANGE_DOWN" -> Comparator.comparingDouble(Mover::fraction);
          default -> Comparator.comparingLong(Mover::volume).reversed();
        };
    return movers.stream()
        .filter(m -> !by.equals("PERCENT_CHANGE_UP") || m.fraction() > 0)
        .filter(m -> !by.equals("PERCENT_CHANGE_DOWN") || m.fraction() < 0)
        .sorted(order.thenComparing(Mover::symbol))
        .limit(MOST)
        .toList();
  }

  private static Map<String, Object> view(Mover mover, long total, boolean nonsense) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("description", mover.description());
    view.put("volume", mover.volume());
    view.put("lastPrice", Amounts.dollars(mover.lastE4()));
    view.put("netChange", Amounts.dollars(nonsense ? mover.lastE4() : mover.changeE4()));
    view.put("marketShare", share(mover.volume(), total));
    view.put("totalVolume", total);
    view.put("trades", mover.trades());
    view.put(
        "netPercentChange",
        nonsense ? Amounts.quantity(1) : QuoteViews.rounded(mover.fraction(), 4));
    view.put("symbol", mover.symbol());
    return view;
  }

  private static BigDecimal share(long volume, long total) {
    return total == 0
        ? Amounts.quantity(0)
        : Amounts.plain(
            BigDecimal.valueOf(100 * volume)
                .divide(BigDecimal.valueOf(total), 2, RoundingMode.HALF_UP));
  }
}
