package io.alphakite.gateway.alert;

import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.Items;
import io.alphakite.gateway.web.QueryValues;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Alarms over HTTP. */
@RestController
class AlertController {
  private static final int LIMIT_DEFAULT = 100;
  private static final int LIMIT_MAX = 1_000;

  private final Alerts alerts;

  AlertController(Alerts alerts) {
    this.alerts = alerts;
  }

  @GetMapping("/v1/alerts")
  Items<AlertView> alerts(
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String limit) {
    int most = QueryValues.limit(limit, LIMIT_DEFAULT, LIMIT_MAX);
    return switch (state == null ? "open" : state) {
      case "open" -> new Items<>(alerts.open().stream().limit(most).toList());
      case "all" -> new Items<>(alerts.newest(most));
      default ->
          throw ApiException.malformed(
              "invalid_state", "state is open or all, not '" + state + "'.", "Leave it out.");
    };
  }
}
