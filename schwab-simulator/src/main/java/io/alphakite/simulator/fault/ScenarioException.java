package io.alphakite.simulator.fault;

import java.util.List;

/** A scenario cannot be used; each problem names its line. */
public final class ScenarioException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  public ScenarioException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  public ScenarioException(String problem) {
    this(List.of(problem));
  }

  /** One line each. */
  public List<String> problems() {
    return problems;
  }
}
