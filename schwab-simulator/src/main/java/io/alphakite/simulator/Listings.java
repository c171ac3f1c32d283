package io.alphakite.simulator;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.FaultRuleJson;
import io.alphakite.simulator.fault.Scenario;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What the program can tell without running. */
final class Listings {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Listings() {}

  static String scenarios(boolean json) {
    List<Scenario> shipped = Scenario.shipped().stream().map(Scenario::load).toList();
    if (json) {
      return JSON.writeValueAsString(
              shipped.stream()
                  .map(
                      scenario -> {
                        Map<String, Object> view = new LinkedHashMap<>();
                        view.put("name", scenario.name());
                        view.put("description", scenario.description());
                        return view;
                      })
                  .toList())
          + "\n";
    }
    StringBuilder text = new StringBuilder();
    for (Scenario scenario : shipped) {
      text.append("%-14s %s%n".formatted(scenario.name(), scenario.description()));
    }
    return text.toString();
  }

  static String dials(boolean json) {
    if (json) {
      return JSON.writeValueAsString(
              new FaultDials(0, () -> 0).states().stream().map(FaultRuleJson::view).toList())
          + "\n";
    }
    StringBuilder text = new StringBuilder();
    for (Dial dial : Dial.values()) {
      text.append(
          "%-30s %s%n%-30s source: %s [%s]%n"
              .formatted(
                  dial.label(), dial.description(), "", dial.source(), dial.evidence().tag()));
      dial.parameters()
          .forEach(
              parameter ->
                  text.append(
                      "%-30s %s=%s  %s%n"
                          .formatted(
                              "", parameter.name(), parameter.absent(), parameter.description())));
    }
    return text.toString();
  }
}
