package io.alphakite.schwab.contract;

import io.alphakite.model.market.Ticker;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The running simulator. */
final class SimulatorBackend implements Backend {

  private final SimulatorServer simulator =
      SimulatorServer.start(
          SimulatorSettings.of(
              Map.of(
                  "SIMULATOR_PORT", "0",
                  "KITE_REPLAY_SPEED", "60",
                  "SIMULATOR_WAIT_FOR_SUBSCRIBER", "false",
                  "SIMULATOR_DAY_START", "09:45:00",
                  "SCHWAB_APP_KEY", APP_KEY,
                  "SCHWAB_APP_SECRET", APP_SECRET,
                  "SCHWAB_CALLBACK_URL", CALLBACK)));

  @Override
  public URI baseUrl() {
    return simulator.baseUrl();
  }

  @Override
  public List<Ticker> tickers() {
    return List.of(Ticker.of("IBM"), Ticker.of("SPY"), Ticker.of("BAC"));
  }

  @Override
  public Instant marketTime() {
    return simulator.marketTime();
  }

  @Override
  public void begin(Fault fault) {
    switch (fault) {
      case THROTTLED_FOR_A_SECOND ->
          simulator.faults().set(dial(fault), FaultRule.ALWAYS.with("retry_after", 1));
      case EDGE_PAGE, TOO_BIG, EMPTY, UNAUTHORIZED, THROTTLED ->
          simulator.faults().set(dial(fault), FaultRule.ALWAYS);
      case LOGIN_DENIED, STREAM_STOPPED, STREAM_KICKED ->
          simulator.faults().set(dial(fault), FaultRule.times(1));
    }
  }

  @Override
  public void end(Fault fault) {
    simulator.faults().clear(dial(fault));
  }

  private static Dial dial(Fault fault) {
    return switch (fault) {
      case EDGE_PAGE -> Dial.EDGE_ACCESS_DENIED;
      case TOO_BIG -> Dial.GATEWAY_BODY_TOO_BIG;
      case EMPTY -> Dial.ANSWER_EMPTY;
      case UNAUTHORIZED -> Dial.UNAUTHORIZED;
      case THROTTLED, THROTTLED_FOR_A_SECOND -> Dial.TOO_MANY_REQUESTS;
      case LOGIN_DENIED -> Dial.STREAM_LOGIN_DENIED;
      case STREAM_STOPPED -> Dial.STREAM_STOPPED;
      case STREAM_KICKED -> Dial.STREAM_KICKED;
    };
  }

  @Override
  public void close() {
    simulator.close();
  }
}
