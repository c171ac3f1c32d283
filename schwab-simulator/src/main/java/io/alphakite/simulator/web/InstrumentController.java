package io.alphakite.simulator.web;

import io.alphakite.simulator.market.Fundamentals;
import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Search among the replayed tickers and $SPX. */
@RestController
public final class InstrumentController {
  private static final Set<String> PROJECTIONS =
      Set.of("symbol-search", "symbol-regex", "desc-search", "desc-regex", "search", "fundamental");
  private static final int LONGEST = 100;

  private final Market market;

  public InstrumentController(Market market) {
    this.market = market;
  }

  @GetMapping("/marketdata/v1/instruments")
  ResponseEntity<Object> search(
      @RequestParam(defaultValue = "") String symbol,
      @RequestParam(defaultValue = "") String projection) {
    try {
      if (symbol.isBlank() || symbol.length() > LONGEST) {
        throw new BadParameter("symbol", "symbol must have 1 to " + LONGEST + " characters");
      }
      if (!PROJECTIONS.contains(projection)) {
        throw new BadParameter("projection", "projection must be one of " + PROJECTIONS);
      }
      return answer(wanted(symbol.strip(), projection), projection.equals("fundamental"));
    } catch (BadParameter e) {
      return e.answer();
    }
  }

  @GetMapping("/marketdata/v1/instruments/{cusip}")
  ResponseEntity<Object> byCusip(@PathVariable String cusip) {
    return answer(listing -> listing.cusip().equals(cusip), false);
  }

  private static Predicate<Listing> wanted(String text, String projection) throws BadParameter {
    String upper = text.toUpperCase(Locale.ROOT);
    return switch (projection) {
      case "symbol-regex" -> {
        Pattern pattern = pattern(text);
        yield listing -> pattern.matcher(listing.symbol()).matches();
      }
      case "desc-regex" -> {
        Pattern pattern = pattern(text);
        yield listing -> pattern.matcher(listing.description()).matches();
      }
      case "desc-search" -> listing -> listing.description().contains(upper);
      case "search" ->
          listing -> listing.symbol().contains(upper) || listing.description().contains(upper);
      default -> {
        List<String> symbols = List.of(upper.split(",", -1));
        yield listing -> symbols.contains(listing.symbol());
      }
    };
  }

  private static Pattern pattern(String text) throws BadParameter {
    try {
      return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
    } catch (PatternSyntaxException e) {
      throw new BadParameter("symbol", "symbol is no regular expression");
    }
  }

  private ResponseEntity<Object> answer(Predicate<Listing> wanted, boolean fundamental) {
    // Tickers and their listings never change: the caller's expression is tried without the lock.
    List<TickerState> found =
        market.tickers().stream().filter(t -> wanted.test(t.image().listing())).toList();
    boolean index = market.ticker("SPY").isPresent() && wanted.test(Listing.SPX);
    List<Map<String, Object>> instruments = new ArrayList<>();
    market.lock().lock();
    try {
      for (TickerState ticker : found) {
        Listing listing = ticker.image().listing();
        Map<String, Object> view = new LinkedHashMap<>();
        if (fundamental) {
          view.put("fundamental", fundamental(ticker.image()));
        }
        instruments.add(instrument(view, listing, listing.isFund() ? "ETF" : "EQUITY"));
      }
    } finally {
      market.lock().unlock();
    }
    if (index) {
      instruments.add(instrument(new LinkedHashMap<>(), Listing.SPX, "INDEX"));
    }
    return ApiErrors.json(200, Map.of("instruments", instruments));
  }

  private static Map<String, Object> instrument(
      Map<String, Object> view, Listing listing, String assetType) {
    view.put("cusip", listing.cusip());
    view.put("symbol", listing.symbol());
    view.put("description", listing.description());
    view.put("exchange", listing.exchangeName());
    view.put("assetType", assetType);
    return view;
  }

  /** Invented, and only some of the many numbers there are. */
  private Map<String, Object> fundamental(LevelOne image) {
    Fundamentals of = Fundamentals.of(image.listing().symbol());
    long last = image.get(LevelOne.LAST);
    LocalDate today = market.sessionDate();
    BigDecimal volume = Amounts.quantity(of.averageVolume());
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("symbol", image.listing().symbol());
    view.put("high52", Amounts.dollars(image.get(LevelOne.YEAR_HIGH)));
    view.put("low52", Amounts.dollars(image.get(LevelOne.YEAR_LOW)));
    view.put("dividendAmount", Amounts.dollars(of.dividendE4()));
    view.put("dividendYield", QuoteViews.ratio(100 * of.dividendE4(), last));
    if (of.dividendE4() > 0) {
      view.put("dividendDate", day(Fundamentals.exDate(today)));
    }
    view.put("peRatio", QuoteViews.ratio(last, of.earningsE4()));
    for (String none :
        List.of(
            "pegRatio",
            "pbRatio",
            "prRatio",
            "pcfRatio",
            "grossMarginTTM",
            "netProfitMarginTTM",
            "operatingMarginTTM",
            "returnOnEquity",
            "returnOnAssets",
            "quickRatio",
            "currentRatio",
            "totalDebtToEquity")) {
      view.put(none, Amounts.quantity(0));
    }
    view.put("eps", Amounts.dollars(of.earningsE4()));
    view.put("epsTTM", Amounts.dollars(of.earningsE4()));
    view.put("sharesOutstanding", Amounts.quantity(of.shares()));
    view.put(
        "marketCap",
        last == LevelOne.NONE
            ? Amounts.quantity(0)
            : Amounts.plain(
                BigDecimal.valueOf(last, 4)
                    .multiply(BigDecimal.valueOf(of.shares()))
                    .setScale(0, RoundingMode.HALF_UP)));
    view.put("beta", Amounts.quantity(1));
    view.put("vol1DayAvg", volume);
    view.put("vol10DayAvg", volume);
    view.put("vol3MonthAvg", volume);
    view.put("avg10DaysVolume", of.averageVolume());
    view.put("avg1DayVolume", of.averageVolume());
    view.put("avg3MonthVolume", of.averageVolume());
    if (of.dividendE4() > 0) {
      view.put("dividendPayAmount", Amounts.dollars(of.dividendE4() / 4));
      view.put("dividendPayDate", day(Fundamentals.payDate(today)));
      view.put("nextDividendPayDate", day(Fundamentals.nextPayDate(today)));
      view.put("nextDividendDate", day(Fundamentals.nextExDate(today)));
      view.put("dividendFreq", 4);
    }
    view.put("fundLeverageFactor", Amounts.quantity(0));
    return view;
  }

  private static String day(java.time.Instant midnight) {
    return midnight.toString().substring(0, 10) + " 00:00:00.0";
  }
}
