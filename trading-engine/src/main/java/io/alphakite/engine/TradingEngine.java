package io.alphakite.engine;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.ServiceDefinition;
import io.alphakite.platform.ServiceLauncher;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * The service that trades: crossovers to signals, trades to orders under risk control, fills to
 * positions and profit.
 *
 * <p>The way of an order: {@code trades} row, {@link io.alphakite.engine.order.OrderDesk} (written
 * down, checked by {@link io.alphakite.engine.risk.RiskGate}, sent once through {@link
 * io.alphakite.engine.broker.Broker}), followed by {@link io.alphakite.engine.order.Reconciler},
 * booked by {@link io.alphakite.engine.position.PositionKeeper}.
 */
@SpringBootApplication
public class TradingEngine {

  /** For whoever starts it. */
  public static final ServiceDefinition DEFINITION =
      new ServiceDefinition(
          "trading-engine", TradingEngine.class, "ENGINE_PORT", 8082, DatabaseRole.ENGINE);

  /** Runs the service until the process is stopped. */
  public static void main(String... arguments) {
    ServiceLauncher.main(DEFINITION, arguments);
  }
}
