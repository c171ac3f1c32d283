package io.alphakite.schwab.market;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Rest;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** {@link MarketData} over HTTP. */
public final class HttpMarketData implements MarketData {

  private static final Logger log = LoggerFactory.getLogger(HttpMarketData.class);

  /** Schwab refuses a longer list. */
  private static final int SYMBOLS_MAX = 500;

  private final Rest rest;

  public HttpMarketData(Rest rest) {
    this.rest = rest;
  }

  @Override
  public List<Bar> minuteBars(Ticker ticker, Instant from, Instant to, boolean extendedHours) {
    if (!from.isBefore(to)) {
      return List.of();
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put("symbol", ticker.symbol());
    query.put("periodType", "day");
    query.put("frequencyType", "minute");
    query.put("frequency", "1");
    query.put("startDate", Long.toString(from.toEpochMilli()));
    query.put("endDate", Long.toString(to.toEpochMilli()));
    query.put("needExtendedHoursData", Boolean.toString(extendedHours));
    query.put("needPreviousClose", "false");
    JsonNode answer = rest.get("price history", "marketdata/v1/pricehistory", query);
    Map<Instant, Bar> bars = new TreeMap<>();
    int unreadable = 0;
    for (JsonNode candle : answer.path("candles").values()) {
      Bar bar = bar(candle);
      if (bar == null) {
        unreadable++;
      } else if (!bar.start().isBefore(from) && bar.start().isBefore(to)) {
        // Schwab may ignore start and end inside a day and send all of it.
        bars.put(bar.start(), bar);
      }
    }
    if (unreadable > 0) {
      log.atWarn()
          .addKeyValue("event", "schwab.candles_unreadable")
          .addKeyValue("ticker", ticker)
          .addKeyValue("count", unreadable)
          .log("Candles left out");
    }
    return List.copyOf(bars.values());
  }

  @Override
  public Map<Ticker, EquityQuote> quotes(Collection<Ticker> tickers) {
    List<Ticker> wanted = List.copyOf(new LinkedHashSet<>(tickers));
    Map<Ticker, EquityQuote> quotes = new HashMap<>();
    for (int from = 0; from < wanted.size(); from += SYMBOLS_MAX) {
      List<Ticker> part = wanted.subList(from, Math.min(from + SYMBOLS_MAX, wanted.size()));
      String symbols = part.stream().map(Ticker::symbol).collect(Collectors.joining(","));
      JsonNode answer =
          rest.get(
              "quotes",
              "marketdata/v1/quotes",
              Map.of("symbols", symbols, "fields", "quote,reference"));
      for (Ticker ticker : part) {
        JsonNode block = answer.path(ticker.symbol());
        if (block.isObject()) {
          quotes.put(ticker, quote(ticker, block));
        }
      }
    }
    return Map.copyOf(quotes);
  }

  private static @Nullable Bar bar(JsonNode candle) {
    Instant start = Json.epochMillis(candle, "datetime");
    Price open = price(candle, "open");
    Price high = price(candle, "high");
    Price low = price(candle, "low");
    Price close = price(candle, "close");
    Long volume = Json.whole(candle, "volume");
    if (start == null || open == null || high == null || low == null || close == null) {
      return null;
    }
    try {
      return new Bar(start, open, high, low, close, volume == null ? 0 : volume);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  private static EquityQuote quote(Ticker ticker, JsonNode block) {
    JsonNode quote = block.path("quote");
    return new EquityQuote(
        ticker,
        price(quote, "bidPrice"),
        price(quote, "askPrice"),
        price(quote, "lastPrice"),
        Json.whole(quote, "bidSize"),
        Json.whole(quote, "askSize"),
        Json.whole(quote, "lastSize"),
        Json.whole(quote, "totalVolume"),
        price(quote, "closePrice"),
        Json.epochMillis(quote, "quoteTime"),
        Json.epochMillis(quote, "tradeTime"),
        Json.flag(block, "realtime"),
        Json.text(quote, "securityStatus"));
  }

  private static @Nullable Price price(JsonNode object, String field) {
    BigDecimal dollars = Json.decimal(object, field);
    try {
      return dollars == null ? null : Price.rounded(dollars);
    } catch (ArithmeticException _) {
      return null;
    }
  }
}
