package io.alphakite.simulator.settings;

import java.util.List;

/** Settings that cannot be used; one line for each of them. */
public final class SettingsException extends IllegalArgumentException {
  private final List<String> problems;

  /**
   * @param problems at least one
   */
  public SettingsException(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** One line each, naming the setting. */
  public List<String> problems() {
    return problems;
  }
}
