package io.alphakite.engine.runtime;

import io.alphakite.engine.control.Controls;
import io.alphakite.engine.control.ControlsBoard;
import io.alphakite.engine.control.TradingMode;
import io.alphakite.engine.control.TradingState;
import io.alphakite.engine.halt.HaltFile;
import io.alphakite.engine.order.EngineClock;
import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.health.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a person asks the engine first. */
@Configuration(proxyBeanMethods = false)
class EngineHealth {

  private static final Duration STARTING = Duration.ofSeconds(60);
  private static final Duration LISTED = Duration.ofSeconds(30);
  private static final Duration LOOKED = Duration.ofSeconds(10);

  @Bean
  HealthCheck brokerCheck(Engine engine, EngineClock clock) {
    return check("broker", () -> broker(engine, clock.wall()));
  }

  @Bean
  HealthCheck freshnessCheck(SignalLoop signals) {
    return check(
        "freshness",
        () -> {
          Duration since = signals.sinceSuccess();
          Map<String, Object> details = new LinkedHashMap<>();
          details.put("signals_looked_ms_ago", since.toMillis());
          return new CheckResult(since.compareTo(LOOKED) > 0 ? Status.DOWN : Status.UP, details);
        });
  }

  @Bean
  HealthCheck tradingCheck(ControlsBoard board, HaltFile halt) {
    return check("trading", () -> trading(board.controls(), halt.halted()));
  }

  private static CheckResult broker(Engine engine, Instant now) {
    EngineRun run = engine.run().orElse(null);
    if (run == null) {
      String note = engine.waitingFor();
      return engine.age().compareTo(STARTING) > 0
          ? CheckResult.down(note)
          : CheckResult.degraded(note);
    }
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("broker", run.link().name());
    details.put("open_orders", run.lastPoll().open());
    details.put("unknown_orders", run.lastPoll().doubtful());
    Instant listed = run.listedAt();
    if (listed != null) {
      details.put("orders_listed_at", listed.toString());
    }
    String trouble = run.trouble();
    if (trouble != null) {
      details.put("note", trouble);
    }
    boolean current = listed != null && Duration.between(listed, now).compareTo(LISTED) <= 0;
    boolean clear = run.lastPoll().doubtful() == 0 && trouble == null;
    return new CheckResult(current ? (clear ? Status.UP : Status.DEGRADED) : Status.DOWN, details);
  }

  private static CheckResult trading(Controls controls, @Nullable String halted) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("mode", controls.mode().wire());
    details.put("armed", controls.armed());
    details.put("auto_trading", controls.autoTrading());
    details.put("state", controls.state().wire());
    if (halted != null) {
      details.put("halt_file", halted);
    }
    if (controls.stateReason() != null) {
      details.put("note", controls.stateReason());
    } else if (controls.mode() == TradingMode.LIVE && !controls.armed()) {
      details.put("note", "live trading is not armed: nothing that adds risk is sent");
    }
    return new CheckResult(
        halted == null && controls.state() == TradingState.ACTIVE ? Status.UP : Status.DEGRADED,
        details);
  }

  private interface Look {
    CheckResult look();
  }

  private static HealthCheck check(String name, Look look) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public CheckResult check() {
        return look.look();
      }
    };
  }
}
