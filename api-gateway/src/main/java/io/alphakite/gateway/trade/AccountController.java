package io.alphakite.gateway.trade;

import io.alphakite.gateway.access.Caller;
import io.alphakite.gateway.trade.TradeViews.ControlsView;
import io.alphakite.gateway.trade.TradeViews.DailyPnlView;
import io.alphakite.gateway.trade.TradeViews.PortfolioView;
import io.alphakite.gateway.trade.TradeViews.PositionView;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.Items;
import io.alphakite.gateway.web.JsonBody;
import io.alphakite.gateway.web.Problems;
import io.alphakite.gateway.web.QueryValues;
import io.alphakite.model.calendar.MarketCalendar;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Positions, profit and loss, and the trading controls over HTTP. */
@RestController
class AccountController {
  private static final Set<String> MODES = Set.of("paper", "live");
  private static final Set<String> STATES = Set.of("active", "reduce_only", "halted");
  private static final Set<String> CONTROL_FIELDS =
      Set.of("mode", "armed", "auto_trading", "state", "confirm", "halt_version");

  private final Account account;
  private final Controls controls;
  private final MarketCalendar calendar;

  AccountController(Account account, Controls controls, MarketCalendar calendar) {
    this.account = account;
    this.controls = controls;
    this.calendar = calendar;
  }

  @GetMapping("/v1/positions")
  Items<PositionView> positions() {
    return new Items<>(account.positions());
  }

  @GetMapping("/v1/portfolio")
  PortfolioView portfolio() {
    return account.portfolio();
  }

  @GetMapping("/v1/pnl/daily")
  Items<DailyPnlView> daily(
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to) {
    LocalDate first = from == null ? null : firstDate(from);
    LocalDate end = to == null ? null : endDate(to);
    if (first != null && end != null && end.isBefore(first)) {
      throw ApiException.malformed("invalid_range", "to is before from.", "Swap them.");
    }
    return new Items<>(account.daily(first, end));
  }

  @GetMapping("/v1/trading/controls")
  ControlsView controls() {
    return controls.read();
  }

  @PatchMapping("/v1/trading/controls")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(implementation = ControlsDocument.class)))
  ControlsView change(HttpServletRequest request) {
    JsonBody body = JsonBody.required(request, CONTROL_FIELDS);
    Controls.Change change =
        new Controls.Change(
            word(body, "mode", MODES),
            body.flag("armed"),
            body.flag("auto_trading"),
            word(body, "state", STATES),
            body.text("confirm"),
            body.text("halt_version"));
    controls.change(change, Caller.required(request).id());
    return controls.read();
  }

  @PostMapping("/v1/trading/kill")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(implementation = KillDocument.class)))
  ResponseEntity<ControlsView> kill(HttpServletRequest request) {
    // Without a body it is the plain switch: nobody should have to look up a format to stop.
    JsonBody body = JsonBody.optional(request, Set.of("flatten"));
    controls.kill(Boolean.TRUE.equals(body.flag("flatten")), Caller.required(request).id());
    return ResponseEntity.accepted().body(controls.read());
  }

  /** A date counts when any of it lies at or behind the time. */
  private LocalDate firstDate(String text) {
    if (QueryValues.isDate(text)) {
      return java.util.Objects.requireNonNull(QueryValues.date("from", text));
    }
    return calendar.dateOf(java.util.Objects.requireNonNull(QueryValues.time("from", text)));
  }

  /** The first date that begins at or after the time. */
  private LocalDate endDate(String text) {
    if (QueryValues.isDate(text)) {
      return java.util.Objects.requireNonNull(QueryValues.date("to", text));
    }
    Instant time = java.util.Objects.requireNonNull(QueryValues.time("to", text));
    LocalDate date = calendar.dateOf(time);
    return calendar.at(date, LocalTime.MIDNIGHT).isBefore(time) ? date.plusDays(1) : date;
  }

  private static @Nullable String word(JsonBody body, String name, Set<String> known) {
    String word = body.text(name);
    if (word != null && !known.contains(word)) {
      throw ApiException.unprocessable(
          "invalid_" + name,
          name + " \"" + Problems.printable(word) + "\" is not known.",
          "Known are " + String.join(", ", known.stream().sorted().toList()) + ".");
    }
    return word;
  }

  @Schema(name = "ControlsChange")
  @SuppressWarnings("UnusedVariable") // read by the documentation alone
  private record ControlsDocument(
      @Schema(allowableValues = {"paper", "live"}) @Nullable String mode,
      @Nullable Boolean armed,
      @Nullable Boolean autoTrading,
      @Schema(allowableValues = {"active", "reduce_only", "halted"}) @Nullable String state,
      @Schema(description = "The last four of the account, to arm against a real broker.")
          @Nullable String confirm,
      @Schema(description = "The halt_version that was shown: a newer halt is not ended then.")
          @Nullable String haltVersion) {}

  @Schema(name = "Kill")
  @SuppressWarnings("UnusedVariable") // read by the documentation alone
  private record KillDocument(
      @Schema(description = "Also close what is held.", defaultValue = "false") boolean flatten) {}
}
