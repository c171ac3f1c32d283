package io.alphakite.simulator;

import io.alphakite.simulator.settings.SimulatorSettings;
import java.util.HashMap;
import java.util.Map;

/** Simulators for tests, on free ports. */
final class Servers {
  private Servers() {}

  /**
   * @param settings names and values in turn
   */
  static SimulatorServer start(String... settings) {
    Map<String, String> variables = new HashMap<>(Map.of("SIMULATOR_PORT", "0"));
    for (int i = 0; i < settings.length; i += 2) {
      variables.put(settings[i], settings[i + 1]);
    }
    return SimulatorServer.start(SimulatorSettings.of(variables));
  }
}
