package io.alphakite.engine.broker;

import io.alphakite.engine.broker.schwab.SchwabBroker;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.testing.FaultyConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** Schwab's adapter and client against the simulated Schwab, over sockets. */
class SchwabBrokerContractTest extends BrokerContract {

  private final SimulatorServer simulator =
      SimulatorServer.start(
          SimulatorSettings.of(
              Map.of(
                  "SIMULATOR_PORT", "0",
                  "KITE_REPLAY_SPEED", "60",
                  "SIMULATOR_WAIT_FOR_SUBSCRIBER", "false",
                  "SCHWAB_APP_KEY", "key",
                  "SCHWAB_APP_SECRET", "secret",
                  "SCHWAB_CALLBACK_URL", "https://127.0.0.1:8182")));
  private final FaultyConnection way;
  private final SchwabApi schwab;
  private final Broker broker;

  SchwabBrokerContractTest(@TempDir Path directory) {
    URI url = simulator.baseUrl();
    way = new FaultyConnection(url.getHost(), url.getPort());
    schwab =
        SchwabApi.connect(
            SchwabConfig.of(
                way.through("http://simulator/").replaceFirst("/$", ""),
                "key",
                "secret",
                "https://127.0.0.1:8182",
                directory.resolve("token.json"),
                null),
            InstantSource.system());
    schwab.login().withoutPerson();
    broker = new SchwabBroker(schwab.trader(), schwab.trader().accountNumbers().getFirst().hash());
    // As the engine does: orders go out on connections that stand before.
    schwab.expectOrders();
    // Until the session is open, and a little more, so that both sides are quoted.
    Instant quoted = Instant.parse("2013-10-07T13:30:05Z");
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> simulator.marketTime().isAfter(quoted) && schwab.readyForOrders() == 2);
  }

  @AfterAll
  void stop() {
    schwab.close();
    way.close();
    simulator.close();
  }

  @Override
  protected Broker broker() {
    return broker;
  }

  @Override
  protected Set<Trait> traits() {
    return Set.of(Trait.REFUSES, Trait.REPLACES);
  }

  @Override
  protected Price tooLow() {
    return Price.of("120.00");
  }

  @Override
  protected OrderTerms refused() {
    return OrderTerms.equity(
        Ticker.of("SPY"), Side.BUY, 1, OrderType.MARKET, null, null, TimeInForce.GTC);
  }

  @Override
  protected void loseNextAnswer() {
    way.loseAnswerTo("POST /trader/v1/accounts/");
  }

  @Override
  protected void cut() {
    way.cut();
  }

  @Override
  protected void mend() {
    way.mend();
  }
}
