package io.alphakite.simulator.web;

import io.alphakite.simulator.auth.Tokens;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Scenario;
import io.alphakite.simulator.fault.ScenarioRun;
import io.alphakite.simulator.fault.Step;
import io.alphakite.simulator.fault.Step.Action;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MarketListener;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a scenario is played: carries its steps to the parts they concern. Thread-safe. */
public final class ScenarioStage implements MarketListener {
  private static final Logger log = LoggerFactory.getLogger(ScenarioStage.class);

  private final Market market;
  private final FaultDials faults;
  private final Tokens tokens;
  private volatile @Nullable ScenarioRun run;

  /** Before the market starts only. */
  public ScenarioStage(Market market, FaultDials faults, Tokens tokens) {
    this.market = market;
    this.faults = faults;
    this.tokens = tokens;
    market.listen(this);
  }

  /** Begins a scenario now, instead of the one under way; dials stay as they are. */
  public void play(Scenario scenario) {
    market.lock().lock();
    try {
      ScenarioRun next = new ScenarioRun(scenario, market.now(), this::perform);
      run = next;
      next.timeIs(market.nowMillis());
    } finally {
      market.lock().unlock();
    }
  }

  /** Forgets the scenario under way; dials stay as they are. */
  public void stop() {
    run = null;
  }

  public Optional<ScenarioRun.Progress> progress() {
    return Optional.ofNullable(run).map(ScenarioRun::progress);
  }

  private void perform(Step step) {
    switch (step.action()) {
      case Action.Set(var dial, var rule) -> faults.set(dial, rule);
      case Action.Clear(var dial) -> faults.clear(dial);
      case Action.ClearAll() -> faults.clear();
      case Action.Speed(double speed) -> market.speed(Math.min(speed, market.maxSpeed()));
      case Action.Pause() -> market.paused(true);
      case Action.EndRefreshTokens(String form) ->
          tokens.endRefreshTokens(Tokens.RefusalForm.valueOf(form.toUpperCase(Locale.ROOT)));
      case Action.EndAccessTokens() -> tokens.endAccessTokens();
    }
    log.atInfo()
        .addKeyValue("event", "scenario.step")
        .addKeyValue("step", step.text())
        .log("Scenario: {}", step.text());
  }

  @Override
  public void timeIs(long millis) {
    ScenarioRun current = run;
    if (current != null) {
      current.timeIs(millis);
    }
  }
}
