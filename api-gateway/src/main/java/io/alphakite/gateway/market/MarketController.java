package io.alphakite.gateway.market;

import io.alphakite.gateway.market.MarketViews.BarView;
import io.alphakite.gateway.market.MarketViews.OptionView;
import io.alphakite.gateway.market.MarketViews.PricePoint;
import io.alphakite.gateway.market.MarketViews.QuoteView;
import io.alphakite.gateway.market.MarketViews.SignalView;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.Items;
import io.alphakite.gateway.web.Page;
import io.alphakite.gateway.web.Problems;
import io.alphakite.gateway.web.QueryValues;
import io.alphakite.model.market.BarInterval;
import io.alphakite.model.market.Ticker;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Market data over HTTP. */
@RestController
class MarketController {
  private final MarketData market;

  MarketController(MarketData market) {
    this.market = market;
  }

  @GetMapping("/v1/equities/{ticker}/prices")
  Page<PricePoint> prices(
      @PathVariable String ticker,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return market.prices(
        QueryValues.ticker(ticker),
        QueryValues.time("from", from),
        QueryValues.time("to", to),
        QueryValues.limit(limit),
        cursor);
  }

  @GetMapping("/v1/equities/{ticker}/bars")
  Page<BarView> bars(
      @PathVariable String ticker,
      @RequestParam(required = false) @Nullable String interval,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return market.bars(
        QueryValues.ticker(ticker),
        interval(interval),
        QueryValues.time("from", from),
        QueryValues.time("to", to),
        QueryValues.limit(limit, MarketData.BARS_MAX, MarketData.BARS_MAX),
        cursor);
  }

  @GetMapping("/v1/equities/{ticker}/quote")
  QuoteView quote(@PathVariable String ticker) {
    Ticker wanted = QueryValues.ticker(ticker);
    return market
        .quote(wanted)
        .orElseThrow(
            () ->
                ApiException.notFound(
                    "no_data",
                    "There is no data of " + wanted + ".",
                    "GET /v1/tickers says what is streamed."));
  }

  @GetMapping("/v1/options/{ticker}/chain")
  Items<OptionView> chain(
      @PathVariable String ticker, @RequestParam(required = false) @Nullable String expiration) {
    return new Items<>(
        market.chain(QueryValues.ticker(ticker), QueryValues.date("expiration", expiration)));
  }

  @GetMapping("/v1/signals")
  Page<SignalView> signals(
      @RequestParam(required = false) @Nullable String ticker,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor) {
    return market.signals(
        ticker == null ? null : QueryValues.ticker(ticker),
        QueryValues.time("from", from),
        QueryValues.time("to", to),
        QueryValues.limit(limit),
        cursor);
  }

  private static BarInterval interval(@Nullable String text) {
    if (text == null) {
      return BarInterval.M1;
    }
    try {
      return BarInterval.parse(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.malformed(
          "invalid_interval",
          "interval=" + Problems.printable(text) + " is not one.",
          "Intervals are 1s, 5s, 1m, 5m, 15m, 1h and 1d.");
    }
  }
}
