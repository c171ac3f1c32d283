package io.alphakite.simulator.web;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.market.option.OptionQuote;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Quotes of the market data API, from the same images as the stream's. */
@RestController
public final class QuoteController {
  private static final int MAX_SYMBOLS = 500;

  private final Market market;
  private final OptionMarket options;
  private final FaultDials faults;

  public QuoteController(Market market, OptionMarket options, FaultDials faults) {
    this.market = market;
    this.options = options;
    this.faults = faults;
  }

  @GetMapping("/marketdata/v1/quotes")
  ResponseEntity<Object> quotes(
      @RequestParam(defaultValue = "") String symbols,
      @RequestParam(defaultValue = "all") String fields,
      @RequestParam(defaultValue = "false") String indicative) {
    try {
      Set<String> keys = split(symbols);
      if (keys.isEmpty()) {
        throw new BadParameter("symbols", "at least 1 symbol is required");
      }
      if (keys.size() > MAX_SYMBOLS) {
        throw new BadParameter(
            "symbols", "search combination should not exceed " + MAX_SYMBOLS + ".");
      }
      // No fund's indicative value is recorded: the symbols it would add are left out.
      BadParameter.flag("indicative", indicative);
      Set<String> blocks = blocks(fields);
      Map<String, Object> body = new LinkedHashMap<>();
      List<String> invalid = new ArrayList<>();
      market.lock().lock();
      try {
        for (String key : keys) {
          Optional<Object> view = view(key, blocks);
          if (view.isPresent() && faults.strike(Dial.QUOTE_SYMBOL_INVALID, key).isEmpty()) {
            body.put(key, view.get());
          } else {
            invalid.add(key);
          }
        }
      } finally {
        market.lock().unlock();
      }
      if (!invalid.isEmpty()) {
        body.put("errors", Map.of("invalidSymbols", invalid));
      }
      return ApiErrors.json(200, body);
    } catch (BadParameter e) {
      return e.answer();
    }
  }

  @GetMapping("/marketdata/v1/{symbol}/quotes")
  ResponseEntity<Object> quote(
      @PathVariable String symbol, @RequestParam(defaultValue = "all") String fields) {
    market.lock().lock();
    try {
      Optional<Object> view = view(symbol, blocks(fields));
      return view.isPresent()
          ? ApiErrors.json(200, Map.of(symbol, view.get()))
          : ApiErrors.marketData(404, "Not Found", "No result found for symbol", "symbol");
    } catch (BadParameter e) {
      return e.answer();
    } finally {
      market.lock().unlock();
    }
  }

  private static Set<String> blocks(String fields) throws BadParameter {
    Set<String> asked = split(fields);
    if (asked.isEmpty() || asked.contains("all")) {
      return QuoteViews.BLOCKS;
    }
    if (!QuoteViews.BLOCKS.containsAll(asked)) {
      throw new BadParameter("fields", "fields must be of " + QuoteViews.BLOCKS + " or all");
    }
    return asked;
  }

  private static Set<String> split(String list) {
    Set<String> parts = new LinkedHashSet<>();
    for (String part : list.split(",", -1)) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }

  private Optional<Object> view(String symbol, Set<String> asked) {
    Set<String> blocks =
        faults
            .strike(Dial.QUOTE_BLOCKS_MISSING, symbol)
            .map(
                strike -> {
                  Set<String> left = new HashSet<>(asked);
                  left.removeAll(split(strike.text("blocks")));
                  return left;
                })
            .orElse(new HashSet<>(asked));
    boolean delayed = faults.strike(Dial.QUOTE_DELAYED, symbol).isPresent();
    return plainView(symbol, blocks, delayed)
        .map(
            view -> {
              if (faults.strike(Dial.UNKNOWN_FIELDS, symbol).isPresent()) {
                view.put("unheardOf", QuoteViews.unknownMember());
              }
              return faults.strike(Dial.NUMBERS_CHANGE_TYPE, symbol).isPresent()
                  ? QuoteViews.flippedNumbers(view)
                  : view;
            });
  }

  private Optional<Map<String, Object>> plainView(
      String symbol, Set<String> blocks, boolean delayed) {
    Optional<TickerState> ticker =
        market.ticker(symbol.equals(Listing.SPX.symbol()) ? "SPY" : symbol);
    if (ticker.isPresent()) {
      return Optional.of(
          symbol.equals(Listing.SPX.symbol())
              ? QuoteViews.spx(ticker.get(), blocks, delayed)
              : QuoteViews.equity(ticker.get(), blocks, market.sessionDate(), delayed));
    }
    return options
        .quote(symbol)
        .filter(OptionQuote::quoted)
        .map(option -> QuoteViews.option(option, blocks, delayed));
  }
}
