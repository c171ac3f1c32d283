package io.alphakite.simulator.web;

import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import java.util.ArrayList;
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
  private static final Set<String> BLOCKS =
      Set.of("quote", "fundamental", "extended", "reference", "regular");

  private final Market market;

  public QuoteController(Market market) {
    this.market = market;
  }

  @GetMapping("/marketdata/v1/quotes")
  ResponseEntity<Object> quotes(
      @RequestParam(defaultValue = "") String symbols,
      @RequestParam(defaultValue = "all") String fields) {
    Set<String> keys = split(symbols);
    if (keys.isEmpty()) {
      return bad("at least 1 symbol is required", "symbols");
    }
    if (keys.size() > MAX_SYMBOLS) {
      return bad("search combination should not exceed " + MAX_SYMBOLS + ".", "symbols");
    }
    Optional<Set<String>> blocks = blocks(fields);
    if (blocks.isEmpty()) {
      return bad("fields must be of " + BLOCKS + " or all", "fields");
    }
    Map<String, Object> body = new LinkedHashMap<>();
    List<String> invalid = new ArrayList<>();
    market.lock().lock();
    try {
      for (String key : keys) {
        market
            .ticker(key)
            .ifPresentOrElse(
                ticker -> body.put(key, view(ticker, blocks.get())), () -> invalid.add(key));
      }
    } finally {
      market.lock().unlock();
    }
    if (!invalid.isEmpty()) {
      body.put("errors", Map.of("invalidSymbols", invalid));
    }
    return ApiErrors.json(200, body);
  }

  @GetMapping("/marketdata/v1/{symbol}/quotes")
  ResponseEntity<Object> quote(
      @PathVariable String symbol, @RequestParam(defaultValue = "all") String fields) {
    Optional<Set<String>> blocks = blocks(fields);
    if (blocks.isEmpty()) {
      return bad("fields must be of " + BLOCKS + " or all", "fields");
    }
    market.lock().lock();
    try {
      Optional<TickerState> ticker = market.ticker(symbol);
      return ticker.isPresent()
          ? ApiErrors.json(200, Map.of(symbol, view(ticker.get(), blocks.get())))
          : ApiErrors.marketData(404, "Not Found", "No result found for symbol", "symbol");
    } finally {
      market.lock().unlock();
    }
  }

  private static ResponseEntity<Object> bad(String detail, String parameter) {
    return ApiErrors.marketData(400, "Bad Request", detail, parameter);
  }

  private static Optional<Set<String>> blocks(String fields) {
    Set<String> asked = split(fields);
    if (asked.isEmpty() || asked.contains("all")) {
      return Optional.of(BLOCKS);
    }
    return BLOCKS.containsAll(asked) ? Optional.of(asked) : Optional.empty();
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

  private static Map<String, Object> view(TickerState ticker, Set<String> blocks) {
    LevelOne image = ticker.image();
    Listing listing = image.listing();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("assetMainType", "EQUITY");
    view.put("assetSubType", listing.subType());
    view.put("quoteType", "NBBO");
    view.put("realtime", true);
    view.put("ssid", listing.instrumentId());
    view.put("symbol", listing.symbol());
    if (blocks.contains("quote")) {
      view.put("quote", quote(image));
    }
    if (blocks.contains("reference")) {
      Map<String, Object> reference = new LinkedHashMap<>();
      reference.put("cusip", listing.cusip());
      reference.put("description", listing.description());
      reference.put("exchange", Character.toString(listing.exchange()));
      reference.put("exchangeName", listing.exchangeName());
      reference.put("isHardToBorrow", false);
      reference.put("isShortable", true);
      reference.put("htbQuantity", 0);
      reference.put("htbRate", Amounts.quantity(0));
      view.put("reference", reference);
    }
    if (blocks.contains("regular") && image.get(LevelOne.REGULAR_LAST) != LevelOne.NONE) {
      Map<String, Object> regular = new LinkedHashMap<>();
      price(regular, "regularMarketLastPrice", image, LevelOne.REGULAR_LAST);
      count(regular, "regularMarketLastSize", image, LevelOne.REGULAR_LAST_SIZE);
      price(regular, "regularMarketNetChange", image, LevelOne.REGULAR_NET_CHANGE);
      percent(regular, "regularMarketPercentChange", image, LevelOne.REGULAR_PERCENT);
      count(regular, "regularMarketTradeTime", image, LevelOne.REGULAR_TRADE_TIME);
      view.put("regular", regular);
    }
    return view;
  }

  private static Map<String, Object> quote(LevelOne image) {
    Map<String, Object> quote = new LinkedHashMap<>();
    price(quote, "askPrice", image, LevelOne.ASK);
    count(quote, "askSize", image, LevelOne.ASK_SIZE);
    count(quote, "askTime", image, LevelOne.ASK_TIME);
    price(quote, "bidPrice", image, LevelOne.BID);
    count(quote, "bidSize", image, LevelOne.BID_SIZE);
    count(quote, "bidTime", image, LevelOne.BID_TIME);
    price(quote, "closePrice", image, LevelOne.PREVIOUS_CLOSE);
    price(quote, "highPrice", image, LevelOne.HIGH);
    price(quote, "lastPrice", image, LevelOne.LAST);
    count(quote, "lastSize", image, LevelOne.LAST_SIZE);
    price(quote, "lowPrice", image, LevelOne.LOW);
    price(quote, "mark", image, LevelOne.MARK);
    price(quote, "markChange", image, LevelOne.MARK_CHANGE);
    percent(quote, "markPercentChange", image, LevelOne.MARK_PERCENT);
    price(quote, "netChange", image, LevelOne.NET_CHANGE);
    percent(quote, "netPercentChange", image, LevelOne.NET_PERCENT);
    price(quote, "openPrice", image, LevelOne.OPEN);
    count(quote, "quoteTime", image, LevelOne.QUOTE_TIME);
    quote.put("securityStatus", "Normal");
    count(quote, "totalVolume", image, LevelOne.TOTAL_VOLUME);
    count(quote, "tradeTime", image, LevelOne.TRADE_TIME);
    return quote;
  }

  private static void price(Map<String, Object> to, String name, LevelOne image, int field) {
    if (image.get(field) != LevelOne.NONE) {
      to.put(name, Amounts.dollars(image.get(field)));
    }
  }

  private static void count(Map<String, Object> to, String name, LevelOne image, int field) {
    if (image.get(field) != LevelOne.NONE) {
      to.put(name, Amounts.count(image.get(field)));
    }
  }

  private static void percent(Map<String, Object> to, String name, LevelOne image, int field) {
    if (image.get(field) != LevelOne.NONE) {
      to.put(name, Amounts.percent(image.get(field)));
    }
  }
}
