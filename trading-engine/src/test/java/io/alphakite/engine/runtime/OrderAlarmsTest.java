package io.alphakite.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.order.Deadline;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import io.alphakite.engine.risk.Origin;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.Side;
import io.alphakite.platform.alert.Alarm;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OrderAlarmsTest {

  private static final Instant CLAIMED = Instant.parse("2013-10-08T15:00:00Z");

  @Test
  void unknownOrderIsAWarningAfterTenSecondsAndCriticalAfterThirty() {
    List<OrderIntent> unknown = List.of(order("SPY", 10, OrderState.UNKNOWN));
    assertThat(OrderAlarms.of(unknown, CLAIMED.plusSeconds(9))).isEmpty();
    assertThat(OrderAlarms.of(unknown, CLAIMED.plusSeconds(10)))
        .extracting(OrderAlarmsTest::shown)
        .containsExactly("order_unknown WARNING SPY");
    assertThat(OrderAlarms.of(unknown, CLAIMED.plusSeconds(30)))
        .extracting(OrderAlarmsTest::shown)
        .containsExactly("order_unknown CRITICAL SPY");
    assertThat(OrderAlarms.of(unknown, CLAIMED.plusSeconds(30)).getFirst().message())
        .startsWith("sell 10 SPY: not known for over 30 s");
  }

  @Test
  void orderThatWaitsForAPersonIsCriticalAtOnceAndThreeOfThemOnceMore() {
    List<OrderIntent> three =
        List.of(
            order("SPY", 10, OrderState.UNRESOLVED),
            order("SPY", 4, OrderState.UNRESOLVED),
            order("IBM", 5, OrderState.UNRESOLVED));
    assertThat(OrderAlarms.of(three.subList(0, 2), CLAIMED))
        .extracting(OrderAlarmsTest::shown)
        .containsExactly("order_unresolved CRITICAL SPY");
    assertThat(OrderAlarms.of(three, CLAIMED))
        .extracting(OrderAlarmsTest::shown)
        .containsExactly(
            "orders_unresolved CRITICAL null",
            "order_unresolved CRITICAL IBM",
            "order_unresolved CRITICAL SPY");
  }

  private static String shown(Alarm alarm) {
    return alarm.code() + " " + alarm.severity() + " " + alarm.ticker();
  }

  private static OrderIntent order(String ticker, long quantity, OrderState state) {
    UUID id = UUID.nameUUIDFromBytes((ticker + quantity).getBytes(StandardCharsets.UTF_8));
    OrderIntent sent =
        OrderIntent.first(
                id,
                id,
                Origin.PERSON,
                OrderTerms.market(Ticker.of(ticker), Side.SELL, quantity),
                CLAIMED,
                new Deadline(null, null))
            .approved(true, Set.of())
            .claimed(false, CLAIMED)
            .to(OrderState.UNKNOWN, "timeout");
    return sent.to(state, "timeout");
  }
}
