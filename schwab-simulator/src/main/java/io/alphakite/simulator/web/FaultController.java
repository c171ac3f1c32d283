package io.alphakite.simulator.web;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.simulator.fault.FaultRuleJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The fault dials, for people, pages and tests; not part of Schwab's API. */
@RestController
public final class FaultController {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final FaultDials faults;

  public FaultController(FaultDials faults) {
    this.faults = faults;
  }

  @GetMapping("/control/faults")
  Map<String, Object> all() {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("seed", faults.seed());
    body.put("dials", faults.states().stream().map(FaultRuleJson::view).toList());
    return body;
  }

  @GetMapping("/control/faults/{dial}")
  ResponseEntity<Object> one(@PathVariable String dial) {
    return Dial.of(dial)
        .map(known -> ApiErrors.json(200, FaultRuleJson.view(faults.state(known))))
        .orElseGet(() -> unknown(dial));
  }

  /** The newest strikes of all dials, oldest first. */
  @GetMapping("/control/history")
  List<Map<String, Object>> history() {
    return faults.history().stream().map(FaultRuleJson::view).toList();
  }

  /** Sets a dial; what the body leaves out has its default. */
  @PutMapping("/control/faults/{dial}")
  ResponseEntity<Object> set(
      @PathVariable String dial, @RequestBody(required = false) @Nullable String body) {
    return set(dial, body, false);
  }

  /** Sets a dial; what the body leaves out stays as it is. */
  @PatchMapping("/control/faults/{dial}")
  ResponseEntity<Object> change(
      @PathVariable String dial, @RequestBody(required = false) @Nullable String body) {
    return set(dial, body, true);
  }

  private ResponseEntity<Object> set(String name, @Nullable String body, boolean keep) {
    Optional<Dial> dial = Dial.of(name);
    if (dial.isEmpty()) {
      return unknown(name);
    }
    FaultRule standing = keep ? faults.state(dial.get()).rule() : null;
    try {
      faults.set(
          dial.get(),
          FaultRuleJson.read(
              dial.get(), json(body), standing == null ? FaultRule.ALWAYS : standing));
    } catch (IllegalArgumentException e) {
      return ApiErrors.trader(400, String.valueOf(e.getMessage()));
    }
    return one(name);
  }

  @DeleteMapping("/control/faults/{dial}")
  ResponseEntity<Object> clear(@PathVariable String dial) {
    Optional<Dial> known = Dial.of(dial);
    if (known.isEmpty()) {
      return unknown(dial);
    }
    faults.clear(known.get());
    return one(dial);
  }

  @DeleteMapping("/control/faults")
  Map<String, Object> clear() {
    faults.clear();
    return all();
  }

  /** {@code {"seed": 7}}: chance begins anew. */
  @PatchMapping("/control/faults")
  ResponseEntity<Object> seed(@RequestBody(required = false) @Nullable String body) {
    try {
      JsonNode seed = json(body).path("seed");
      if (!seed.isIntegralNumber() || !seed.canConvertToInt() || seed.intValue() < 0) {
        return ApiErrors.trader(400, "Expected {\"seed\": a whole number from 0}.");
      }
      faults.seed(seed.intValue());
    } catch (IllegalArgumentException e) {
      return ApiErrors.trader(400, String.valueOf(e.getMessage()));
    }
    return ApiErrors.json(200, all());
  }

  private static JsonNode json(@Nullable String body) {
    try {
      return JSON.readTree(body == null || body.isBlank() ? "{}" : body);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("The body is not JSON.", e);
    }
  }

  private static ResponseEntity<Object> unknown(String name) {
    return ApiErrors.trader(
        404,
        "There is no dial '"
            + name
            + "'; did you mean "
            + String.join(", ", Dial.near(name))
            + "? GET /control/faults lists all.");
  }
}
