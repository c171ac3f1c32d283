package io.alphakite.engine.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.order.TradeStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OrderStateTest {

  @ParameterizedTest
  @CsvSource({
    "NEW, PENDING, PENDING",
    "APPROVED, PENDING, PENDING",
    "SENDING, SUBMITTING, SUBMITTING",
    "ACKED, SUBMITTING, SUBMITTING",
    "UNKNOWN, UNKNOWN, UNKNOWN",
    "UNRESOLVED, UNKNOWN, UNKNOWN",
    "DENIED, REJECTED, REJECTED",
    "REFUSED, REJECTED, REJECTED",
    "NOT_SENT, REJECTED, REJECTED",
    "NOT_PLACED, REJECTED, REJECTED",
    "EXPIRED_UNSENT, EXPIRED, CANCELED",
    "WORKING, WORKING, CANCEL_PENDING",
    "PARTIAL, PARTIALLY_FILLED, CANCEL_PENDING",
    "FILLED, FILLED, FILLED",
    "CANCELED, CANCELED, CANCELED",
    "REJECTED, REJECTED, REJECTED",
    "EXPIRED, EXPIRED, EXPIRED",
  })
  void isCalledByTheContractsNames(OrderState state, TradeStatus plain, TradeStatus canceling) {
    assertThat(state.tradeStatus(false)).isEqualTo(plain);
    assertThat(state.tradeStatus(true)).isEqualTo(canceling);
  }

  @ParameterizedTest
  @EnumSource(OrderState.class)
  void whatIsOpenIsNotOverForTheOutside(OrderState state) {
    assertThat(state.tradeStatus(false).isOpen()).isEqualTo(state.isOpen());
  }

  @Test
  void onlyAnApprovedOrderIsSent() {
    for (OrderState state : OrderState.values()) {
      assertThat(state.next().contains(OrderState.SENDING))
          .as("%s", state)
          .isEqualTo(state == OrderState.APPROVED);
    }
  }

  @Test
  void unknownIsLeftByEvidenceAlone() {
    assertThat(OrderState.UNKNOWN.next())
        .containsExactlyInAnyOrder(OrderState.ACKED, OrderState.UNRESOLVED, OrderState.REFUSED);
    assertThat(OrderState.UNRESOLVED.next())
        .containsExactlyInAnyOrder(OrderState.ACKED, OrderState.NOT_PLACED);
  }
}
