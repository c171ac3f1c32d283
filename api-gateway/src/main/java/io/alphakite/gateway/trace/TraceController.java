package io.alphakite.gateway.trace;

import io.alphakite.gateway.trace.TraceViews.TraceView;
import io.alphakite.gateway.web.ApiException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Why a trade is as it is, over HTTP. */
@RestController
class TraceController {
  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final Traces traces;

  TraceController(Traces traces) {
    this.traces = traces;
  }

  @GetMapping("/v1/trades/{id}/trace")
  ResponseEntity<TraceView> trace(
      @PathVariable String id, @RequestParam(required = false) @Nullable String download) {
    if (!ID.matcher(id).matches()) {
      throw notFound();
    }
    TraceView trace = traces.find(UUID.fromString(id)).orElseThrow(TraceController::notFound);
    ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
    if (download != null) {
      answer.header(
          HttpHeaders.CONTENT_DISPOSITION,
          "attachment; filename=\"trade-" + trace.tradeId() + ".json\"");
    }
    return answer.body(trace);
  }

  private static ApiException notFound() {
    return ApiException.notFound("trade_not_found", "There is no such trade.", null);
  }
}
