package io.alphakite.schwab.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.schwab.market.EquityQuote;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.stream.StreamEvent.AccountActivity;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.trader.AccountHash;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.schwab.trader.BrokerOrderStatus;
import io.alphakite.schwab.trader.CancelResult;
import io.alphakite.schwab.trader.Orders;
import io.alphakite.schwab.trader.PlaceResult;
import io.alphakite.schwab.trader.Trader;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client and the simulator, two readings of one reference, over real sockets. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgainstSimulatorTest {

  private static final Ticker SPY = Ticker.of("SPY");
  private static final Ticker IBM = Ticker.of("IBM");

  private final SimulatorServer simulator =
      SimulatorServer.start(
          SimulatorSettings.of(
              Map.of(
                  "SIMULATOR_PORT", "0",
                  "KITE_REPLAY_SPEED", "60",
                  "SCHWAB_APP_KEY", "key",
                  "SCHWAB_APP_SECRET", "secret",
                  "SCHWAB_CALLBACK_URL", "https://127.0.0.1:8182")));
  private final SchwabApi api;
  private final SchwabStream stream;

  AgainstSimulatorTest(@TempDir Path directory) {
    api =
        SchwabApi.connect(
            SchwabConfig.of(
                simulator.baseUrl().toString(),
                "key",
                "secret",
                "https://127.0.0.1:8182",
                directory.resolve("token.json"),
                null),
            InstantSource.system());
    stream = api.stream();
  }

  @BeforeAll
  void login() {
    api.login().withoutPerson();
    stream.subscribeEquities(List.of(SPY, IBM));
    stream.subscribeAccountActivity();
    stream.start();
  }

  @AfterAll
  void close() {
    stream.close();
    simulator.close();
  }

  private <T extends StreamEvent> T await(Class<T> type, Predicate<T> which)
      throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < end) {
      StreamEvent event = stream.next(Duration.ofSeconds(1));
      if (type.isInstance(event) && which.test(type.cast(event))) {
        return type.cast(event);
      }
    }
    throw new AssertionError("no such " + type.getSimpleName() + "; " + stream.stats());
  }

  private static BrokerOrder settled(Trader trader, AccountHash account, long id) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < end) {
      BrokerOrder order = trader.order(account, id).orElseThrow();
      if (order.status().isTerminal()) {
        return order;
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new AssertionError("order " + id + " is not done");
  }

  @Test
  void logsInStreamsReadsHistoryAndTrades() throws InterruptedException {
    assertThat(api.tokens().status().state()).isEqualTo(TokenStatus.State.READY);
    assertThat(api.simulator()).isTrue();

    Set<Ticker> imaged = new HashSet<>();
    await(
        EquityUpdate.class,
        update -> {
          if (update.first()) {
            imaged.add(update.ticker());
          }
          return imaged.size() == 2;
        });
    EquityUpdate trade = await(EquityUpdate.class, update -> !update.first() && update.carries(8));
    assertThat(trade.image().last()).isNotNull();
    assertThat(trade.image().totalVolume()).isPositive();
    assertThat(trade.image().tradeTime()).isNotNull();

    Trader trader = api.trader();
    AccountHash account = trader.accountNumbers().getFirst().hash();
    BrokerOrder bought = buysAndSeesTheFill(trader, account);
    placesAndCancels(trader, account);
    assertThat(trader.account(account).positions())
        .anySatisfy(
            position -> {
              assertThat(position.symbol()).isEqualTo("SPY");
              assertThat(position.quantity()).isEqualByComparingTo(bought.filledQuantity());
            });

    EquityQuote quote = api.marketData().quotes(List.of(SPY, Ticker.of("NOPE"))).get(SPY);
    assertThat(quote).isNotNull();
    assertThat(quote.last()).isNotNull();

    Instant marketNow = simulator.marketTime();
    List<Bar> bars =
        api.marketData().minuteBars(SPY, marketNow.minus(Duration.ofHours(1)), marketNow, false);
    assertThat(bars).isSortedAccordingTo((a, b) -> a.start().compareTo(b.start()));
    assertThat(stream.stats().garbledFrames()).isZero();
    assertThat(stream.stats().badValues()).isZero();
    assertThat(stream.stats().unknownServices()).isZero();
    assertThat(stream.stats().earlyDeltas()).isZero();
  }

  private BrokerOrder buysAndSeesTheFill(Trader trader, AccountHash account)
      throws InterruptedException {
    PlaceResult placed = trader.place(account, Orders.buy(SPY, 10).market());
    assertThat(placed).isInstanceOf(PlaceResult.Accepted.class);
    long id = ((PlaceResult.Accepted) placed).orderId();
    await(AccountActivity.class, activity -> activity.payload().contains(Long.toString(id)));
    BrokerOrder order = settled(trader, account, id);
    assertThat(order.status()).isEqualTo(BrokerOrderStatus.FILLED);
    assertThat(order.filledQuantity()).isEqualByComparingTo("10");
    assertThat(order.fillsComplete()).isTrue();
    assertThat(order.averageFillPrice()).isPresent();
    return order;
  }

  private static void placesAndCancels(Trader trader, AccountHash account) {
    Instant before = InstantSource.system().instant();
    PlaceResult placed = trader.place(account, Orders.buy(IBM, 5).limit(Price.of("1.00")));
    assertThat(placed).isInstanceOf(PlaceResult.Accepted.class);
    long id = ((PlaceResult.Accepted) placed).orderId();
    assertThat(trader.orders(account, before.minusSeconds(5), before.plusSeconds(60)))
        .extracting(BrokerOrder::id)
        .contains(id);
    assertThat(trader.cancel(account, id)).isEqualTo(new CancelResult.Requested());
    BrokerOrder order = settled(trader, account, id);
    assertThat(order.status()).isEqualTo(BrokerOrderStatus.CANCELED);
    assertThat(order.fills()).isEmpty();
    assertThat(trader.cancel(account, id)).isInstanceOf(CancelResult.Refused.class);
  }
}
