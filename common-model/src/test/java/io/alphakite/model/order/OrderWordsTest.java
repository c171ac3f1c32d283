package io.alphakite.model.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OrderWordsTest {

  @Test
  void writesTheWordsOfTheContract() {
    assertThat(Arrays.stream(Side.values()).map(Side::wire))
        .containsExactly(
            "buy",
            "sell",
            "sell_short",
            "buy_to_cover",
            "buy_to_open",
            "sell_to_close",
            "sell_to_open",
            "buy_to_close");
    assertThat(Arrays.stream(OrderType.values()).map(OrderType::wire))
        .containsExactly("market", "limit", "stop", "stop_limit");
    assertThat(Arrays.stream(TimeInForce.values()).map(TimeInForce::wire))
        .containsExactly("day", "gtc");
    assertThat(Arrays.stream(AssetType.values()).map(AssetType::wire))
        .containsExactly("equity", "option");
    assertThat(Arrays.stream(TradeStatus.values()).map(TradeStatus::wire))
        .containsExactly(
            "pending",
            "submitting",
            "unknown",
            "working",
            "partially_filled",
            "filled",
            "cancel_pending",
            "canceled",
            "rejected",
            "expired");
  }

  @Test
  void readsWhatItWrites() {
    assertThat(Side.values()).allMatch(side -> Side.fromWire(side.wire()) == side);
    assertThat(OrderType.values()).allMatch(type -> OrderType.fromWire(type.wire()) == type);
    assertThat(TimeInForce.values()).allMatch(time -> TimeInForce.fromWire(time.wire()) == time);
    assertThat(AssetType.values()).allMatch(type -> AssetType.fromWire(type.wire()) == type);
    assertThat(TradeStatus.values())
        .allMatch(status -> TradeStatus.fromWire(status.wire()) == status);
  }

  @Test
  void refusesOtherWords() {
    assertThatIllegalArgumentException().isThrownBy(() -> Side.fromWire("BUY"));
    assertThatIllegalArgumentException().isThrownBy(() -> OrderType.fromWire("trailing_stop"));
    assertThatIllegalArgumentException().isThrownBy(() -> TimeInForce.fromWire("ioc"));
    assertThatIllegalArgumentException().isThrownBy(() -> AssetType.fromWire(""));
    assertThatIllegalArgumentException().isThrownBy(() -> TradeStatus.fromWire("cancelled"));
  }

  @Test
  void knowsWhichWayASideGoes() {
    assertThat(Arrays.stream(Side.values()).filter(Side::isBuy))
        .containsExactly(Side.BUY, Side.BUY_TO_COVER, Side.BUY_TO_OPEN, Side.BUY_TO_CLOSE);
    assertThat(Arrays.stream(Side.values()).filter(Side::isOpening))
        .containsExactly(Side.BUY, Side.SELL_SHORT, Side.BUY_TO_OPEN, Side.SELL_TO_OPEN);
    assertThat(Arrays.stream(Side.values()).filter(side -> side.assetType() == AssetType.OPTION))
        .containsExactly(
            Side.BUY_TO_OPEN, Side.SELL_TO_CLOSE, Side.SELL_TO_OPEN, Side.BUY_TO_CLOSE);
  }

  @Test
  void knowsWhichPricesATypeCarries() {
    assertThat(Arrays.stream(OrderType.values()).filter(OrderType::hasLimit))
        .containsExactly(OrderType.LIMIT, OrderType.STOP_LIMIT);
    assertThat(Arrays.stream(OrderType.values()).filter(OrderType::hasStop))
        .containsExactly(OrderType.STOP, OrderType.STOP_LIMIT);
  }

  @Test
  void aTradeOfUnknownFateIsOpen() {
    assertThat(Arrays.stream(TradeStatus.values()).filter(TradeStatus::isTerminal))
        .containsExactly(
            TradeStatus.FILLED, TradeStatus.CANCELED, TradeStatus.REJECTED, TradeStatus.EXPIRED);
    assertThat(TradeStatus.values()).allMatch(status -> status.isOpen() != status.isTerminal());
  }
}
