package io.alphakite.gateway.tickers;

import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.Items;
import io.alphakite.gateway.web.Problems;
import io.alphakite.gateway.web.QueryValues;
import io.alphakite.model.market.Ticker;
import io.alphakite.platform.tickers.TickerBook;
import io.alphakite.platform.tickers.TickerBook.Outcome;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tickers over HTTP. Changing them takes {@code admin}: what is streamed may be traded, unless
 * {@code RISK_ALLOWED_TICKERS} says otherwise.
 */
@RestController
class TickerController {
  private static final Logger log = LoggerFactory.getLogger(TickerController.class);

  private final TickerBook book;

  TickerController(TickerBook book) {
    this.book = book;
  }

  @GetMapping("/v1/tickers")
  Items<TickerView> list() {
    return new Items<>(book.list().stream().map(entry -> TickerView.of(entry, null)).toList());
  }

  @GetMapping("/v1/tickers/{ticker}")
  TickerView one(@PathVariable String ticker) {
    return view(QueryValues.ticker(ticker), null);
  }

  @PutMapping("/v1/tickers/{ticker}")
  ResponseEntity<TickerView> add(@PathVariable String ticker) {
    Ticker wanted = QueryValues.ticker(ticker);
    Outcome outcome = book.add(wanted);
    if (outcome == Outcome.TOO_MANY) {
      throw ApiException.conflict(
          "too_many_tickers",
          "As many tickers are wanted as STREAM_TICKERS_MAX allows.",
          "Remove one first.");
    }
    return changed(outcome, wanted, "ticker.added", null);
  }

  @DeleteMapping("/v1/tickers/{ticker}")
  ResponseEntity<TickerView> remove(
      @PathVariable String ticker, @RequestParam(required = false) @Nullable String force) {
    Ticker unwanted = QueryValues.ticker(ticker);
    boolean forced = flag(force);
    boolean inUse = book.inUse(unwanted);
    return switch (book.remove(unwanted, forced)) {
      case IN_USE ->
          throw ApiException.conflict(
              "ticker_in_use",
              "There is a position or an open order in " + unwanted + ".",
              "Close it first. force=true removes it all the same: it is then streamed until both"
                  + " are gone.");
      case UNKNOWN -> throw notFound(unwanted);
      case DONE, UNCHANGED, TOO_MANY ->
          changed(
              Outcome.DONE, unwanted, "ticker.removed", inUse ? TickerBook.IN_USE_WARNING : null);
    };
  }

  private ResponseEntity<TickerView> changed(
      Outcome outcome, Ticker ticker, String event, @Nullable String warning) {
    log.atInfo()
        .addKeyValue("event", event)
        .addKeyValue("ticker", ticker)
        .addKeyValue("outcome", outcome)
        .log("A ticker was asked for or taken away");
    return ResponseEntity.accepted().body(view(ticker, warning));
  }

  private TickerView view(Ticker ticker, @Nullable String warning) {
    return book.find(ticker)
        .map(entry -> TickerView.of(entry, warning))
        .orElseThrow(() -> notFound(ticker));
  }

  private static boolean flag(@Nullable String text) {
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.equals("true")) {
      return true;
    }
    throw ApiException.malformed(
        "invalid_force",
        "force=" + Problems.printable(text) + " is not true or false.",
        "Leave it out.");
  }

  private static ApiException notFound(Ticker ticker) {
    return ApiException.notFound(
        "ticker_not_found", ticker + " was never streamed.", "PUT adds it.");
  }
}
