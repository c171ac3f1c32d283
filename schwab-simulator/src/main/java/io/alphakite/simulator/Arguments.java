package io.alphakite.simulator;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the program was called with: options are another way to say an environment variable.
 *
 * @param variables the environment with the options' values over it
 * @param json whether a listing is wanted as JSON
 */
record Arguments(Map<String, String> variables, Show show, boolean json) {
  private static final Map<String, String> VALUES =
      Map.of(
          "--day", "SIMULATOR_START_SESSION",
          "--speed", "KITE_REPLAY_SPEED",
          "--port", "SIMULATOR_PORT",
          "--scenario", "SIMULATOR_SCENARIO",
          "--seed", "SIMULATOR_SEED",
          "--csv", "SIMULATOR_CSV",
          "--state", "SIMULATOR_STATE_DIR");

  /** What is shown instead of starting. */
  enum Show {
    NOTHING,
    HELP,
    SCENARIOS,
    DIALS
  }

  /**
   * @throws IllegalArgumentException naming the argument that cannot be used
   */
  static Arguments parse(List<String> arguments, Map<String, String> environment) {
    Map<String, String> variables = new HashMap<>(environment);
    Show show = Show.NOTHING;
    boolean json = false;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      String option = equals < 0 ? argument : argument.substring(0, equals);
      String variable = VALUES.get(option);
      if (variable != null) {
        if (equals < 0 && i + 1 == arguments.size()) {
          throw new IllegalArgumentException(option + " needs a value");
        }
        variables.put(variable, equals < 0 ? arguments.get(++i) : argument.substring(equals + 1));
        continue;
      }
      switch (argument) {
        case "--help", "-h" -> show = Show.HELP;
        case "--scenarios" -> show = Show.SCENARIOS;
        case "--dials" -> show = Show.DIALS;
        case "--json" -> json = true;
        case "--tls" -> variables.put("SIMULATOR_TLS", "true");
        default -> throw new IllegalArgumentException("unknown argument " + argument);
      }
    }
    return new Arguments(Map.copyOf(variables), show, json);
  }
}
