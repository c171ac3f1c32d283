package io.alphakite.simulator.fault;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.simulator.fault.Step.When;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A scenario on its way: does each step when the market's clock reaches its time. Thread-safe. */
public final class ScenarioRun {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();

  private final Scenario scenario;
  private final Consumer<Step> stage;
  private final List<Instant> due;
  private volatile long nextMillis;
  private int done;

  /** How far it has come. */
  public record Progress(Scenario scenario, List<Instant> due, int done) {
    public Progress {
      due = List.copyOf(due);
    }

    /** When the next step is due; null when all are done. */
    public @Nullable Instant next() {
      return done < due.size() ? due.get(done) : null;
    }
  }

  /**
   * @param start the market's time at which it begins
   * @param stage does what a step says
   */
  public ScenarioRun(Scenario scenario, Instant start, Consumer<Step> stage) {
    this.scenario = scenario;
    this.stage = stage;
    this.due = due(scenario, start);
    this.nextMillis = due.getFirst().toEpochMilli();
  }

  private static List<Instant> due(Scenario scenario, Instant start) {
    List<Instant> times = new ArrayList<>();
    Instant before = start;
    for (Step step : scenario.steps()) {
      Instant time = time(step.when(), start, before);
      // One that would lie before the step before it happens together with it.
      before = time.isBefore(before) ? before : time;
      times.add(before);
    }
    return List.copyOf(times);
  }

  private static Instant time(When when, Instant start, Instant before) {
    return switch (when) {
      case When.Now() -> before;
      case When.After(var duration) -> before.plus(duration);
      case When.At(Instant time) -> time;
      case When.NextTime(LocalTime time) -> {
        LocalDate date = CALENDAR.dateOf(before);
        Instant today = CALENDAR.at(date, time);
        yield today.isBefore(before) ? CALENDAR.at(date.plusDays(1), time) : today;
      }
      case When.OnDay(int day, LocalTime time) ->
          CALENDAR.at(CALENDAR.dateOf(start).plusDays(day - 1L), time);
    };
  }

  /** The market's clock shows this now; does what is due. */
  public void timeIs(long marketMillis) {
    if (marketMillis < nextMillis) {
      return;
    }
    synchronized (this) {
      while (marketMillis >= nextMillis) {
        Step step = scenario.steps().get(done);
        done++;
        nextMillis = done < due.size() ? due.get(done).toEpochMilli() : Long.MAX_VALUE;
        stage.accept(step);
      }
    }
  }

  public synchronized Progress progress() {
    return new Progress(scenario, due, done);
  }
}
