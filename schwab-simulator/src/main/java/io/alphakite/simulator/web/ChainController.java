package io.alphakite.simulator.web;

import io.alphakite.model.market.OptionType;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.option.BlackScholes;
import io.alphakite.simulator.market.option.OptionContract;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.market.option.OptionQuote;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Option chains and their expirations. */
@RestController
public final class ChainController {
  private static final Set<String> STRATEGIES =
      Set.of(
          "SINGLE",
          "ANALYTICAL",
          "COVERED",
          "VERTICAL",
          "CALENDAR",
          "STRANGLE",
          "STRADDLE",
          "BUTTERFLY",
          "CONDOR",
          "DIAGONAL",
          "COLLAR",
          "ROLL");
  private static final Set<String> RANGES = Set.of("ITM", "NTM", "OTM", "SAK", "SBK", "SNK", "ALL");
  private static final Set<String> MONTHS =
      Set.of(
          "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
          "ALL");
  private static final int MOST_STRIKES = 1_000;

  /** Near the money is within five percent of the underlying's price. */
  private static final double NEAR = 0.05;

  private final Market market;
  private final OptionMarket options;
  private final FaultDials faults;

  public ChainController(Market market, OptionMarket options, FaultDials faults) {
    this.market = market;
    this.options = options;
    this.faults = faults;
  }

  /** The query of a chain, as it came. */
  record Query(
      @Nullable String symbol,
      @Nullable String contractType,
      @Nullable String strikeCount,
      @Nullable String includeUnderlyingQuote,
      @Nullable String strategy,
      @Nullable String interval,
      @Nullable String strike,
      @Nullable String range,
      @Nullable String fromDate,
      @Nullable String toDate,
      @Nullable String volatility,
      @Nullable String underlyingPrice,
      @Nullable String interestRate,
      @Nullable String daysToExpiration,
      @Nullable String expMonth,
      @Nullable String optionType,
      @Nullable String entitlement) {}

  /** What of a chain is wanted. */
  private record Selection(
      Set<OptionType> types,
      int strikeCount,
      @Nullable BigDecimal strike,
      String range,
      @Nullable LocalDate from,
      @Nullable LocalDate to,
      String month,
      boolean standard) {

    boolean takes(LocalDate expiration) {
      return (from == null || !expiration.isBefore(from))
          && (to == null || !expiration.isAfter(to))
          && (month.equals("ALL")
              || expiration.getMonth().name().startsWith(month.toUpperCase(Locale.ROOT)));
    }

    List<OptionContract> take(List<OptionContract> chain, long spotE4) {
      List<OptionContract> taken = new ArrayList<>();
      long above = chain.stream().filter(c -> c.strikeE4() > spotE4).count();
      int first = chain.size() - (int) above;
      for (int i = 0; i < chain.size(); i++) {
        OptionContract contract = chain.get(i);
        boolean counted = strikeCount == 0 || (i >= first - strikeCount && i < first + strikeCount);
        boolean named =
            strike == null || BigDecimal.valueOf(contract.strikeE4(), 4).compareTo(strike) == 0;
        if (counted && named && ranges(contract, spotE4)) {
          taken.add(contract);
        }
      }
      return taken;
    }

    private boolean ranges(OptionContract contract, long spotE4) {
      long strikeE4 = contract.strikeE4();
      return switch (range) {
        case "ITM" -> contract.intrinsicE4(spotE4) > 0;
        case "OTM" -> contract.intrinsicE4(spotE4) == 0;
        case "NTM", "SNK" -> Math.abs(strikeE4 - spotE4) <= NEAR * spotE4;
        case "SAK" -> strikeE4 > spotE4;
        case "SBK" -> strikeE4 < spotE4;
        default -> true;
      };
    }
  }

  /** What the caller of an ANALYTICAL chain assumes; null = as it is. */
  private record Assumptions(
      @Nullable BigDecimal volatility,
      @Nullable BigDecimal underlyingPrice,
      @Nullable BigDecimal interestRate,
      @Nullable BigDecimal days) {

    double or(@Nullable BigDecimal assumed, double actual) {
      return assumed == null ? actual : assumed.doubleValue();
    }
  }

  @GetMapping("/marketdata/v1/chains")
  ResponseEntity<Object> chain(@ModelAttribute Query query) {
    try {
      String symbol = required(query.symbol());
      String strategy = BadParameter.choice("strategy", query.strategy(), "SINGLE", STRATEGIES);
      Selection selection = selection(query);
      Assumptions assumptions =
          new Assumptions(
              BadParameter.decimal("volatility", query.volatility()),
              positive("underlyingPrice", query.underlyingPrice()),
              BadParameter.decimal("interestRate", query.interestRate()),
              positive("daysToExpiration", query.daysToExpiration()));
      BadParameter.decimal("interval", query.interval());
      BadParameter.choice("entitlement", query.entitlement(), "", Set.of("PN", "NP", "PP"));
      boolean withUnderlying =
          BadParameter.flag(
              "includeUnderlyingQuote",
              query.includeUnderlyingQuote() == null ? "false" : query.includeUnderlyingQuote());
      market.lock().lock();
      try {
        Optional<TickerState> ticker = market.ticker(symbol);
        boolean failed =
            ticker.isEmpty()
                || !options.hasOptions(symbol)
                || faults.strike(Dial.CHAIN_FAILED, symbol).isPresent();
        boolean single = strategy.equals("SINGLE");
        if (failed || !(single || strategy.equals("ANALYTICAL"))) {
          return ApiErrors.json(200, empty(symbol, strategy));
        }
        return ApiErrors.json(
            200,
            body(
                ticker.get(),
                strategy,
                selection,
                single ? new Assumptions(null, null, null, null) : assumptions,
                withUnderlying));
      } finally {
        market.lock().unlock();
      }
    } catch (BadParameter e) {
      return e.answer();
    }
  }

  private static String required(@Nullable String symbol) throws BadParameter {
    if (symbol == null || symbol.isBlank()) {
      throw new BadParameter("symbol", "symbol is required");
    }
    return symbol.strip();
  }

  private static @Nullable BigDecimal positive(String name, @Nullable String text)
      throws BadParameter {
    BigDecimal value = BadParameter.decimal(name, text);
    if (value != null && value.signum() < 0) {
      throw new BadParameter(name, name + " must not be negative");
    }
    return value;
  }

  private static Selection selection(Query query) throws BadParameter {
    String type =
        BadParameter.choice(
            "contractType", query.contractType(), "ALL", Set.of("CALL", "PUT", "ALL"));
    int count = BadParameter.number("strikeCount", query.strikeCount(), 0);
    if (count < 0 || count > MOST_STRIKES) {
      throw new BadParameter("strikeCount", "strikeCount must be from 1 to " + MOST_STRIKES);
    }
    LocalDate from = BadParameter.date("fromDate", query.fromDate());
    LocalDate to = BadParameter.date("toDate", query.toDate());
    if (from != null && to != null && to.isBefore(from)) {
      throw new BadParameter("toDate", "toDate must not be before fromDate");
    }
    String kind =
        BadParameter.choice("optionType", query.optionType(), "ALL", Set.of("S", "NS", "ALL"));
    return new Selection(
        switch (type) {
          case "CALL" -> Set.of(OptionType.CALL);
          case "PUT" -> Set.of(OptionType.PUT);
          default -> Set.of(OptionType.CALL, OptionType.PUT);
        },
        count,
        BadParameter.decimal("strike", query.strike()),
        BadParameter.choice("range", query.range(), "ALL", RANGES),
        from,
        to,
        BadParameter.choice("expMonth", query.expMonth(), "ALL", MONTHS),
        !kind.equals("NS"));
  }

  /** The answer without contracts: an unknown underlying, or a spread. */
  private static Map<String, Object> empty(String symbol, String strategy) {
    Map<String, Object> body = head(symbol, "FAILED", strategy);
    body.put("interestRate", Amounts.quantity(0));
    body.put("underlyingPrice", Amounts.quantity(0));
    body.put("volatility", Amounts.quantity(0));
    body.put("daysToExpiration", Amounts.quantity(0));
    body.put("numberOfContracts", 0);
    body.put("callExpDateMap", Map.of());
    body.put("putExpDateMap", Map.of());
    return body;
  }

  private static Map<String, Object> head(String symbol, String status, String strategy) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("symbol", symbol);
    body.put("status", status);
    body.put("strategy", strategy);
    body.put("interval", Amounts.quantity(0));
    body.put("isDelayed", false);
    body.put("isIndex", false);
    return body;
  }

  private Map<String, Object> body(
      TickerState ticker,
      String strategy,
      Selection selection,
      Assumptions assumptions,
      boolean withUnderlying) {
    Listing listing = ticker.image().listing();
    long spotE4 = options.underlyingE4(listing.symbol());
    Map<String, Object> calls = new LinkedHashMap<>();
    Map<String, Object> puts = new LinkedHashMap<>();
    boolean truncated = faults.strike(Dial.CHAIN_TRUNCATED, listing.symbol()).isPresent();
    int contracts = 0;
    for (LocalDate expiration : options.expirations(listing.symbol()).keySet()) {
      if (!selection.takes(expiration) || !selection.standard()) {
        continue;
      }
      long days = ChronoUnit.DAYS.between(market.sessionDate(), expiration);
      for (OptionType type : selection.types()) {
        List<OptionContract> chain =
            selection.take(options.chain(listing.symbol(), expiration, type), spotE4);
        if (truncated) {
          chain = chain.subList(chain.size() / 4, chain.size() - chain.size() / 4);
        }
        Map<String, Object> strikes = new LinkedHashMap<>();
        for (OptionContract contract : chain) {
          options
              .quote(contract)
              .ifPresent(
                  quote ->
                      strikes.put(
                          Amounts.dollars(contract.strikeE4()).toPlainString(),
                          List.of(view(quote, assumptions))));
        }
        if (!strikes.isEmpty()) {
          (type == OptionType.CALL ? calls : puts).put(expiration + ":" + days, strikes);
          contracts += strikes.size();
        }
      }
    }
    Map<String, Object> body = head(listing.symbol(), "SUCCESS", strategy);
    body.put(
        "interestRate",
        QuoteViews.rounded(
            assumptions.or(assumptions.interestRate(), OptionMarket.RATE_PERCENT), 3));
    body.put(
        "underlyingPrice",
        assumptions.underlyingPrice() == null
            ? Amounts.dollars(spotE4)
            : Amounts.plain(assumptions.underlyingPrice()));
    body.put(
        "volatility",
        QuoteViews.rounded(
            assumptions.or(assumptions.volatility(), OptionMarket.CHAIN_VOLATILITY_PERCENT), 3));
    body.put("daysToExpiration", QuoteViews.rounded(assumptions.or(assumptions.days(), 0), 3));
    body.put("dividendYield", Amounts.quantity(0));
    body.put("numberOfContracts", contracts);
    body.put("assetMainType", "EQUITY");
    body.put("assetSubType", listing.subType());
    body.put("isChainTruncated", truncated);
    body.put("underlying", withUnderlying ? QuoteViews.underlying(ticker) : null);
    body.put("callExpDateMap", calls);
    body.put("putExpDateMap", puts);
    return body;
  }

  private ContractView view(OptionQuote quote, Assumptions assumptions) {
    boolean flipped = faults.strike(Dial.NUMBERS_CHANGE_TYPE, quote.contract().key()).isPresent();
    boolean missing =
        !quote.quoted() || faults.strike(Dial.GREEKS_MISSING, quote.contract().key()).isPresent();
    if (missing) {
      return new ContractView(quote, null, null, null, flipped);
    }
    boolean asItIs =
        assumptions.volatility() == null
            && assumptions.underlyingPrice() == null
            && assumptions.interestRate() == null
            && assumptions.days() == null;
    Double implied = quote.volatilityPercent();
    if (asItIs || (implied == null && assumptions.volatility() == null)) {
      return new ContractView(quote, quote.greeks(), implied, quote.theoretical(), flipped);
    }
    double volatility = assumptions.or(assumptions.volatility(), implied == null ? 0 : implied);
    BlackScholes.Valuation value =
        OptionMarket.analyse(
            quote.contract(),
            assumptions.or(assumptions.underlyingPrice(), quote.underlyingE4() / 1e4),
            volatility / 100,
            assumptions.or(assumptions.interestRate(), OptionMarket.RATE_PERCENT) / 100,
            assumptions.or(assumptions.days(), quote.daysToExpiration()));
    return new ContractView(quote, value, volatility, value.price(), flipped);
  }

  @GetMapping("/marketdata/v1/expirationchain")
  ResponseEntity<Object> expirations(@RequestParam(defaultValue = "") String symbol) {
    try {
      String underlying = required(symbol);
      List<Map<String, Object>> expirations = new ArrayList<>();
      market.lock().lock();
      try {
        LocalDate today = market.sessionDate();
        options
            .expirations(underlying)
            .forEach(
                (date, cycle) -> {
                  Map<String, Object> view = new LinkedHashMap<>();
                  view.put("expirationDate", date.toString());
                  view.put("daysToExpiration", ChronoUnit.DAYS.between(today, date));
                  view.put("expirationType", Character.toString(cycle.letter()));
                  view.put("settlementType", "P");
                  view.put("optionRoots", underlying);
                  view.put("standard", true);
                  expirations.add(view);
                });
      } finally {
        market.lock().unlock();
      }
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("expirationList", expirations);
      body.put("status", expirations.isEmpty() ? "FAILED" : "SUCCESS");
      return ApiErrors.json(200, body);
    } catch (BadParameter e) {
      return e.answer();
    }
  }
}
