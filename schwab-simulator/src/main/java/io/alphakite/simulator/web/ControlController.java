package io.alphakite.simulator.web;

import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.SessionSchedule;
import io.alphakite.simulator.stream.StreamerHub;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Controls of the replay; not part of Schwab's API. */
@RestController
public final class ControlController {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Market market;
  private final StreamerHub hub;

  public ControlController(Market market, StreamerHub hub) {
    this.market = market;
    this.hub = hub;
  }

  @GetMapping("/control/replay")
  Map<String, Object> replay() {
    Market.Status status = market.status();
    StreamerHub.Status stream = hub.status();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("speed", number(status.speed()));
    body.put("paused", status.paused());
    body.put("waiting_for_subscriber", status.waitingForSubscriber());
    body.put("stopped", status.stopped());
    body.put("market_time", status.marketTime().toString());
    body.put("market_time_eastern", SessionSchedule.easternText(status.marketTime()));
    body.put("session", status.session().toString());
    body.put("session_number", status.sessionNumber());
    body.put("recorded_date", status.recordedDate().toString());
    body.put("tickers", status.recordedTickers());
    body.put("connections", stream.connections());
    body.put("logged_in", stream.loggedIn());
    body.put("subscribed", stream.levelOne());
    body.put("account_activity", stream.account());
    body.put("keys_subscribed", stream.keysSubscribed());
    body.put("keys_unsubscribed", stream.keysUnsubscribed());
    return body;
  }

  private static Number number(double speed) {
    return speed == Math.rint(speed) ? (Number) (long) speed : (Number) speed;
  }

  @PatchMapping(path = "/control/replay", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Object> change(@RequestBody String body) {
    JsonNode request;
    try {
      request = JSON.readTree(body);
    } catch (JacksonException e) {
      return ApiErrors.trader(400, "The body is not JSON.");
    }
    JsonNode speed = request.path("speed");
    JsonNode paused = request.path("paused");
    if (!request.isObject()
        || (!speed.isMissingNode() && !speed.isNumber())
        || (!paused.isMissingNode() && !paused.isBoolean())) {
      return ApiErrors.trader(400, "Expected {\"speed\": 1 to 1000, \"paused\": true or false}.");
    }
    if (speed.isNumber()) {
      try {
        market.speed(speed.doubleValue());
      } catch (IllegalArgumentException e) {
        return ApiErrors.trader(400, e.getMessage() + ".");
      }
    }
    if (paused.isBoolean()) {
      market.paused(paused.booleanValue());
    }
    return ApiErrors.json(200, replay());
  }
}
