package io.alphakite.engine.broker.schwab;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.broker.OrderReport;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.schwab.trader.BrokerOrder.Activity;
import io.alphakite.schwab.trader.BrokerOrder.ActivityLeg;
import io.alphakite.schwab.trader.BrokerOrder.Leg;
import io.alphakite.schwab.trader.BrokerOrderStatus;
import io.alphakite.schwab.trader.Instrument;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Schwab's orders as reports. */
class SchwabOrdersTest {

  private static final Instant ENTERED = Instant.parse("2013-10-08T15:00:00Z");
  private static final Instant CLOSED = Instant.parse("2013-10-08T15:01:00Z");

  @ParameterizedTest
  @EnumSource(
      value = BrokerOrderStatus.class,
      names = {"CANCELED", "EXPIRED", "REPLACED", "FILLED"})
  void r12_orderThatIsOverIsIncompleteUntilItsExecutionsAddUp(BrokerOrderStatus status) {
    OrderReport lacks = SchwabOrders.report(order(status, 4, CLOSED, 1));
    assertThat(lacks.status().name()).isEqualTo(status.name());
    assertThat(lacks.incompleteSince()).isEqualTo(CLOSED);
    assertThat(SchwabOrders.report(order(status, 4, CLOSED, 1, 3)).incompleteSince()).isNull();
    assertThat(SchwabOrders.report(order(status, 0, CLOSED)).incompleteSince()).isNull();
  }

  @Test
  void r12_endWithoutATimeCountsFromWhenItWasEntered() {
    assertThat(SchwabOrders.report(order(BrokerOrderStatus.CANCELED, 4, null, 1)).incompleteSince())
        .isEqualTo(ENTERED);
  }

  @ParameterizedTest
  @EnumSource(
      value = BrokerOrderStatus.class,
      names = {"WORKING", "PENDING_CANCEL", "PENDING_REPLACE", "UNKNOWN"})
  void openOrderIsNeverIncomplete(BrokerOrderStatus status) {
    assertThat(SchwabOrders.report(order(status, 4, null, 1)).incompleteSince()).isNull();
  }

  private static BrokerOrder order(
      BrokerOrderStatus status, long filled, @Nullable Instant closed, long... listed) {
    BigDecimal quantity = BigDecimal.TEN;
    Instrument spy = new Instrument("EQUITY", "SPY", null, null, null, null, null, null);
    return new BrokerOrder(
        1001,
        null,
        status,
        status.name(),
        null,
        "SINGLE",
        "NONE",
        "LIMIT",
        "NORMAL",
        "DAY",
        quantity,
        BigDecimal.valueOf(filled),
        quantity.subtract(BigDecimal.valueOf(filled)),
        new BigDecimal("168.00"),
        null,
        null,
        ENTERED,
        null,
        null,
        closed,
        false,
        false,
        null,
        List.of(new Leg(1, "SELL", "CLOSING", "EQUITY", quantity, spy)),
        LongStream.of(listed).mapToObj(SchwabOrdersTest::fill).toList(),
        List.of(),
        List.of(),
        Map.of());
  }

  private static Activity fill(long quantity) {
    BigDecimal units = BigDecimal.valueOf(quantity);
    return new Activity(
        quantity,
        "EXECUTION",
        "FILL",
        units,
        null,
        List.of(new ActivityLeg(1, units, new BigDecimal("168.00"), ENTERED, null)));
  }
}
