package io.alphakite.gateway.replay;

import io.alphakite.gateway.replay.SimulatorReplay.Replay;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.JsonBody;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import java.math.BigDecimal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.RestController;

/** The replay's speed over HTTP; 404 where the broker is real. */
@RestController
class ReplayController {
  private static final BigDecimal SLOWEST = BigDecimal.ONE;
  private static final BigDecimal FASTEST = BigDecimal.valueOf(1000);
  // The simulator's answer may be given back whole: market_time is known and left alone.
  private static final Set<String> FIELDS = Set.of("speed", "paused", "market_time");

  private final SimulatorReplay simulator;

  ReplayController(SimulatorReplay simulator) {
    this.simulator = simulator;
  }

  @GetMapping("/v1/replay")
  Replay replay() {
    return simulator.read();
  }

  @PatchMapping("/v1/replay")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(implementation = ReplayDocument.class)))
  Replay change(HttpServletRequest request) {
    JsonBody body = JsonBody.required(request, FIELDS);
    BigDecimal speed = body.decimal("speed");
    if (speed != null && (speed.compareTo(SLOWEST) < 0 || speed.compareTo(FASTEST) > 0)) {
      throw ApiException.unprocessable(
          "invalid_speed", "speed is not a number from 1 to 1000.", null);
    }
    return simulator.change(speed, body.flag("paused"));
  }

  @Schema(name = "ReplayChange")
  @SuppressWarnings("UnusedVariable") // read by the documentation alone
  private record ReplayDocument(
      @Schema(minimum = "1", maximum = "1000") @Nullable BigDecimal speed,
      @Nullable Boolean paused) {}
}
