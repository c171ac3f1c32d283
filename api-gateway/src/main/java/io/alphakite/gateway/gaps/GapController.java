package io.alphakite.gateway.gaps;

import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.Page;
import io.alphakite.gateway.web.Problems;
import io.alphakite.gateway.web.QueryValues;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The gap ledger over HTTP. */
@RestController
class GapController {
  private static final Set<String> STATES = Set.of("open", "repaired", "unavailable");

  private final GapRows rows;

  GapController(GapRows rows) {
    this.rows = rows;
  }

  @GetMapping("/v1/gaps")
  Page<GapView> gaps(
      @RequestParam(required = false) @Nullable String ticker,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor) {
    if (state != null && !STATES.contains(state)) {
      throw ApiException.malformed(
          "invalid_state",
          "state=" + Problems.printable(state) + " is not one.",
          "States are open, repaired and unavailable.");
    }
    return rows.page(
        ticker == null ? null : QueryValues.ticker(ticker),
        state,
        QueryValues.time("from", from),
        QueryValues.time("to", to),
        QueryValues.limit(limit),
        cursor);
  }
}
