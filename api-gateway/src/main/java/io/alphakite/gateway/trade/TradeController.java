package io.alphakite.gateway.trade;

import io.alphakite.gateway.access.Caller;
import io.alphakite.gateway.trade.TradeViews.TradeView;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.FirstAnswers;
import io.alphakite.gateway.web.JsonBody;
import io.alphakite.gateway.web.KeptByKey;
import io.alphakite.gateway.web.Page;
import io.alphakite.gateway.web.Problems;
import io.alphakite.gateway.web.QueryValues;
import io.alphakite.model.order.TradeStatus;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Trades over HTTP. */
@RestController
class TradeController {
  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final TradeDesk desk;
  private final TradeBook book;

  TradeController(TradeDesk desk, TradeBook book) {
    this.desk = desk;
    this.book = book;
  }

  @PostMapping("/v1/trades")
  @KeptByKey
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(implementation = TradeDocument.class)))
  ResponseEntity<TradeView> ask(HttpServletRequest request) {
    String key = FirstAnswers.key(request);
    TradeRequest wanted = TradeRequest.of(JsonBody.required(request, TradeRequest.FIELDS));
    TradeView trade = desk.ask(wanted, Caller.required(request), key);
    return ResponseEntity.accepted().location(URI.create("/v1/trades/" + trade.id())).body(trade);
  }

  @GetMapping("/v1/trades")
  Page<TradeView> list(
      @RequestParam(required = false) @Nullable List<String> status,
      @RequestParam(required = false) @Nullable String ticker,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor) {
    Instant start = QueryValues.time("from", from);
    Instant end = QueryValues.time("to", to);
    if (start != null && end != null) {
      QueryValues.requireOrder(start, end);
    }
    return book.list(
        statuses(status),
        ticker == null ? null : QueryValues.ticker(ticker).symbol(),
        start,
        end,
        QueryValues.limit(limit),
        cursor);
  }

  @GetMapping("/v1/trades/{id}")
  TradeView trade(@PathVariable String id) {
    return book.find(parse(id)).orElseThrow(TradeController::notFound);
  }

  @PatchMapping("/v1/trades/{id}")
  @KeptByKey
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(implementation = ChangeDocument.class)))
  ResponseEntity<TradeView> change(@PathVariable String id, HttpServletRequest request) {
    UUID trade = parse(id);
    String key = FirstAnswers.key(request);
    ChangeRequest wanted = ChangeRequest.of(JsonBody.required(request, ChangeRequest.FIELDS));
    return ResponseEntity.accepted()
        .body(desk.askChange(trade, wanted, Caller.required(request), key));
  }

  @DeleteMapping("/v1/trades/{id}")
  ResponseEntity<TradeView> cancel(@PathVariable String id) {
    UUID trade = parse(id);
    if (!desk.askCancel(trade)) {
      throw notFound();
    }
    return ResponseEntity.accepted().body(trade(id));
  }

  @PostMapping("/v1/trades/{id}/unprotected/accept")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(implementation = AcceptDocument.class)))
  TradeView acceptUnprotected(@PathVariable String id, HttpServletRequest request) {
    UUID trade = parse(id);
    String shown = JsonBody.required(request, Set.of("unprotected")).requiredText("unprotected");
    return desk.acceptUnprotected(trade, shown, Caller.required(request));
  }

  private static Set<String> statuses(@Nullable List<String> given) {
    Set<String> statuses = new LinkedHashSet<>();
    if (given != null) {
      if (given.isEmpty()) {
        throw invalidStatus("");
      }
      for (String status : given) {
        try {
          statuses.add(TradeStatus.fromWire(status).wire());
        } catch (IllegalArgumentException e) {
          throw invalidStatus(status);
        }
      }
    }
    return statuses;
  }

  private static ApiException invalidStatus(String status) {
    return ApiException.malformed(
        "invalid_status",
        "status=" + Problems.printable(status) + " is not one.",
        "Statuses are pending, submitting, unknown, working, partially_filled, filled, cancel_pending,"
            + " canceled, rejected and expired.");
  }

  private static UUID parse(String id) {
    if (!ID.matcher(id).matches()) {
      throw notFound();
    }
    return UUID.fromString(id);
  }

  private static ApiException notFound() {
    return TradeDesk.notFound();
  }

  /** The body of a change, for the documentation; {@link ChangeRequest} reads it. */
  @Schema(name = "ChangeRequest")
  @SuppressWarnings("UnusedVariable")
  private record ChangeDocument(
      @Schema(
              types = {"string", "number", "null"},
              example = "167.45")
          String limitPrice,
      @Schema(types = {"string", "number", "null"}) String stopPrice,
      @Schema(
              types = {"string", "number", "null"},
              description = "Of the whole trade, what is filled already included.")
          String quantity) {}

  /** What a person accepts, for the documentation. */
  @Schema(name = "AcceptUnprotected")
  @SuppressWarnings("UnusedVariable")
  private record AcceptDocument(
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              example = "10 SPY held: stop loss canceled",
              description = "What the trade's unprotected said: no other lack is accepted.")
          String unprotected) {}

  /** The body of a request, for the documentation; {@link TradeRequest} reads it. */
  @Schema(name = "TradeRequest")
  @SuppressWarnings("UnusedVariable")
  private record TradeDocument(
      @Schema(example = "SPY", requiredMode = Schema.RequiredMode.REQUIRED) String ticker,
      @Schema(
              allowableValues = {"equity", "option"},
              defaultValue = "equity")
          String assetType,
      @Schema(nullable = true, description = "21 characters, for asset_type option.")
          String optionSymbol,
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              allowableValues = {
                "buy",
                "sell",
                "sell_short",
                "buy_to_cover",
                "buy_to_open",
                "sell_to_close",
                "sell_to_open",
                "buy_to_close"
              })
          String side,
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              types = {"string", "number"},
              example = "10")
          String quantity,
      @Schema(
              requiredMode = Schema.RequiredMode.REQUIRED,
              allowableValues = {"market", "limit", "stop", "stop_limit"})
          String orderType,
      @Schema(
              types = {"string", "number", "null"},
              example = "167.41")
          String limitPrice,
      @Schema(types = {"string", "number", "null"}) String stopPrice,
      @Schema(
              allowableValues = {"day", "gtc"},
              defaultValue = "day")
          String timeInForce,
      @Schema(
              nullable = true,
              description =
                  "Exits that an entry brings with it, as one order at the broker; they stand until"
                      + " canceled. At least take_profit or stop_loss.")
          BracketDocument bracket) {}

  /** The exits within a request, for the documentation. */
  @Schema(name = "BracketRequest")
  @SuppressWarnings("UnusedVariable")
  private record BracketDocument(
      @Schema(
              types = {"string", "number", "null"},
              example = "169.00",
              description = "Limit at which the profit is taken.")
          String takeProfit,
      @Schema(
              types = {"string", "number", "null"},
              example = "166.00",
              description = "Stop at which the loss is taken.")
          String stopLoss,
      @Schema(
              types = {"string", "number", "null"},
              description = "Makes the stop a stop-limit.")
          String stopLimit) {}
}
