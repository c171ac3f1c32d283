package io.alphakite.simulator.web;

import io.alphakite.simulator.fault.Scenario;
import io.alphakite.simulator.fault.ScenarioException;
import io.alphakite.simulator.fault.ScenarioRun;
import io.alphakite.simulator.fault.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Scenarios: which there are, which is played and how far it is; not part of Schwab's API. */
@RestController
public final class ScenarioController {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ScenarioStage stage;

  public ScenarioController(ScenarioStage stage) {
    this.stage = stage;
  }

  /** Those that come with the simulator. */
  @GetMapping("/control/scenarios")
  List<Map<String, Object>> shipped() {
    return Scenario.shipped().stream().map(Scenario::load).map(ScenarioController::view).toList();
  }

  private static Map<String, Object> view(Scenario scenario) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("name", scenario.name());
    view.put("description", scenario.description());
    return view;
  }

  /** The one under way; {@code {}} when there is none. */
  @GetMapping("/control/scenario")
  Map<String, Object> progress() {
    return stage.progress().map(ScenarioController::view).orElseGet(Map::of);
  }

  private static Map<String, Object> view(ScenarioRun.Progress progress) {
    Map<String, Object> view = view(progress.scenario());
    Instant next = progress.next();
    view.put("done", progress.done());
    view.put("next", next == null ? null : next.toString());
    List<Map<String, Object>> steps = new ArrayList<>();
    for (int i = 0; i < progress.due().size(); i++) {
      Step step = progress.scenario().steps().get(i);
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("due", progress.due().get(i).toString());
      line.put("when", step.whenText());
      line.put("what", step.text());
      line.put("done", i < progress.done());
      steps.add(line);
    }
    view.put("steps", steps);
    return view;
  }

  /** Begins one: {@code {"name": one that comes with the simulator}}, or a whole scenario. */
  @PutMapping("/control/scenario")
  ResponseEntity<Object> play(@RequestBody(required = false) @Nullable String body) {
    try {
      stage.play(read(body == null ? "" : body));
      return ApiErrors.json(200, progress());
    } catch (ScenarioException e) {
      return ApiErrors.json(
          400, Map.of("message", e.problems().getFirst(), "errors", e.problems()));
    }
  }

  private static Scenario read(String body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JacksonException e) {
      return Scenario.parse("scenario", body);
    }
    if (json.has("steps")) {
      return Scenario.parse("scenario", body);
    }
    String name = json.path("name").asString("");
    if (!Scenario.shipped().contains(name)) {
      throw new ScenarioException(
          "name must be one of " + String.join(", ", Scenario.shipped()) + ", or give the steps");
    }
    return Scenario.load(name);
  }

  /** Ends it; what it set stays set. */
  @DeleteMapping("/control/scenario")
  Map<String, Object> stop() {
    stage.stop();
    return progress();
  }
}
