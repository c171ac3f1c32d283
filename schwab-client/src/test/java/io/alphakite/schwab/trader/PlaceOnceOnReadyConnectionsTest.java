package io.alphakite.schwab.trader;

import static io.alphakite.schwab.FakeSchwab.HASH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.SchwabMetrics;
import io.alphakite.schwab.http.SchwabException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same where the connections were opened before the orders came. */
class PlaceOnceOnReadyConnectionsTest extends PlaceOnceContract {

  private static final int KEPT = 2;

  // Filled by the superclass's constructor, before any initializer here.
  private @Nullable List<SchwabApi> opened;

  PlaceOnceOnReadyConnectionsTest(@TempDir Path directory) {
    super(directory);
  }

  @Override
  SchwabApi api(SchwabConfig config, Duration limit) {
    SchwabApi ready = FakeSchwab.api(config, limit);
    opened = opened == null ? new CopyOnWriteArrayList<>() : opened;
    opened.add(ready);
    ready.expectOrders();
    await(() -> ready.readyForOrders() == KEPT);
    return ready;
  }

  @AfterEach
  void openNoMore() {
    if (opened != null) {
      opened.forEach(SchwabApi::close);
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private int connectionOfTheOrder() {
    schwab.on(ORDERS, _ -> created("/accounts/" + HASH + "/orders/5"));
    assertThat(trader.place(ACCOUNT, ORDER)).isEqualTo(new PlaceResult.Accepted(5));
    return schwab.requests(ORDERS).getFirst().getConnectionIndex();
  }

  @Test
  void usesOneThatStoodBefore() {
    assertThat(connectionOfTheOrder()).isLessThan(KEPT);
  }

  @Test
  void usesNoneThatStoodWhenAReadFailed() {
    schwab.on(
        "GET /trader/v1/accounts/accountNumbers",
        _ -> new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build());
    assertThatThrownBy(trader::accountNumbers).isInstanceOf(SchwabException.class);
    assertThat(connectionOfTheOrder()).isGreaterThanOrEqualTo(KEPT);
  }

  @Test
  void metricsShowHowManyStand() {
    SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    new SchwabMetrics(() -> Optional.of(api)).bindTo(metrics);
    await(() -> metrics.get("kite.schwab.ready.connections").gauge().value() == KEPT);
  }
}
