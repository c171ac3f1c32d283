package io.alphakite.simulator.fault;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;

/**
 * A step of a scenario: when, and what.
 *
 * @param line of the file, for messages
 */
public record Step(int line, When when, Action action) {

  /** A moment in market time, counted from the step before (of the first step: the start). */
  public sealed interface When {
    /** At the same moment as the step before. */
    record Now() implements When {}

    record After(Duration duration) implements When {}

    record At(Instant time) implements When {}

    /** The next time that clocks in New York show this. */
    record NextTime(LocalTime time) implements When {}

    /**
     * When clocks in New York show this on the day so many days after the scenario's first.
     *
     * @param day 1 = the day on which the scenario begins
     */
    record OnDay(int day, LocalTime time) implements When {}
  }

  /** What a step does. */
  public sealed interface Action {
    record Set(Dial dial, FaultRule rule) implements Action {}

    record Clear(Dial dial) implements Action {}

    record ClearAll() implements Action {}

    /** Market seconds per wall second. */
    record Speed(double marketPerWall) implements Action {}

    record Pause() implements Action {}

    /** Kills every refresh token there is; access tokens live out their time. */
    record EndRefreshTokens(String form) implements Action {}

    /** Kills every access token there is. */
    record EndAccessTokens() implements Action {}
  }

  /** For people: what it does, not when. */
  public String text() {
    return switch (action) {
      case Action.Set(Dial dial, FaultRule rule) ->
          "set "
              + dial.label()
              + (rule.probability() < 1 ? " at " + rule.probability() : "")
              + (rule.count() == 0
                  ? ""
                  : rule.count() == 1 ? ", once" : ", " + rule.count() + " times")
              + (rule.subject() == null ? "" : ", on " + rule.subject())
              + (rule.with().isEmpty() ? "" : ", " + new java.util.TreeMap<>(rule.with()));
      case Action.Clear(Dial dial) -> "clear " + dial.label();
      case Action.ClearAll() -> "clear every dial";
      case Action.Speed(double speed) -> "speed " + speed;
      case Action.Pause() -> "pause the market";
      case Action.EndRefreshTokens(String form) -> "end every refresh token (" + form + ")";
      case Action.EndAccessTokens() -> "end every access token";
    };
  }

  /** For people: when it happens. */
  public String whenText() {
    return switch (when) {
      case When.Now() -> "then";
      case When.After(Duration duration) ->
          "after " + duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
      case When.At(Instant time) -> "at " + time;
      case When.NextTime(LocalTime time) -> "at " + time;
      case When.OnDay(int day, LocalTime time) -> "on day " + day + " at " + time;
    };
  }
}
