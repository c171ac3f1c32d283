package io.alphakite.gateway.trade;

import io.alphakite.gateway.web.Decimal;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What trades and what follows from them look like from outside: money and quantities are strings.
 */
public final class TradeViews {
  private TradeViews() {}

  /**
   * An order that a person, a strategy or another program asked for.
   *
   * @param status one of {@code pending, submitting, unknown, working, partially_filled, filled,
   *     cancel_pending, canceled, rejected, expired}
   * @param source {@code manual}, {@code auto} or {@code external}
   * @param requestId the X-Request-Id that asked for it
   * @param marketTime the market's time when it was asked for
   * @param change the newest change that was asked for; null when there is none
   * @param bracket the exits that the order brings with it; null for none
   * @param parentId of an exit the trade of its entry
   * @param role of an exit {@code take_profit} or {@code stop_loss}
   * @param unprotected what the open position lacks of its exits, in words; null while it lacks
   *     nothing
   * @param unprotectedAcceptedBy the key or browser that accepted what {@code unprotected} says;
   *     null while nobody has
   */
  public record TradeView(
      UUID id,
      String ticker,
      String assetType,
      @Nullable String optionSymbol,
      String side,
      Decimal quantity,
      String orderType,
      @Nullable Decimal limitPrice,
      @Nullable Decimal stopPrice,
      String timeInForce,
      String status,
      Decimal filledQuantity,
      @Nullable Decimal averageFillPrice,
      @Nullable String brokerOrderId,
      @Nullable String rejectReason,
      String source,
      @Nullable Long signalId,
      @Nullable String requestId,
      Instant createdAt,
      Instant updatedAt,
      @Nullable Instant marketTime,
      @Nullable Instant cancelRequestedAt,
      @Nullable ChangeView change,
      @Nullable BracketView bracket,
      @Nullable UUID parentId,
      @Nullable String role,
      @Nullable String unprotected,
      @Nullable String unprotectedAcceptedBy) {

    static TradeView of(Trade trade, @Nullable ChangeView change) {
      return new TradeView(
          trade.id,
          trade.ticker,
          trade.assetType,
          trade.optionSymbol,
          trade.side,
          Decimal.quantity(trade.quantity),
          trade.orderType,
          Decimal.moneyOrNull(trade.limitPrice),
          Decimal.moneyOrNull(trade.stopPrice),
          trade.timeInForce,
          trade.status,
          Decimal.quantity(trade.filledQuantity),
          Decimal.moneyOrNull(trade.averageFillPrice),
          trade.brokerOrderId,
          trade.rejectReason,
          trade.source,
          trade.signalId,
          trade.requestId,
          trade.createdAt,
          trade.updatedAt,
          trade.marketTime,
          trade.cancelRequestedAt,
          change,
          BracketView.of(trade.takeProfit, trade.stopLoss, trade.stopLossLimit),
          trade.parentId,
          trade.role,
          trade.unprotected,
          // Of another lack than this nobody has said a word.
          trade.unprotected != null && trade.unprotected.equals(trade.unprotectedAccepted)
              ? trade.unprotectedAcceptedBy
              : null);
    }
  }

  /**
   * The exits that an order brings with it; each the broker shows is a trade of its own as well.
   *
   * @param takeProfit limit at which the profit is taken
   * @param stopLoss stop at which the loss is taken
   * @param stopLimit makes the stop a stop-limit
   */
  public record BracketView(
      @Nullable Decimal takeProfit, @Nullable Decimal stopLoss, @Nullable Decimal stopLimit) {

    static @Nullable BracketView of(
        @Nullable BigDecimal takeProfit,
        @Nullable BigDecimal stopLoss,
        @Nullable BigDecimal stopLimit) {
      return takeProfit == null && stopLoss == null
          ? null
          : new BracketView(
              Decimal.moneyOrNull(takeProfit),
              Decimal.moneyOrNull(stopLoss),
              Decimal.moneyOrNull(stopLimit));
    }
  }

  /**
   * A change of a working order: other prices or another quantity; null leaves each.
   *
   * @param status {@code pending}, {@code submitting}, {@code unknown}, {@code done} or {@code
   *     rejected}
   * @param reason why it was rejected, or is unknown
   * @param quantity of the whole trade, what is filled already included
   */
  public record ChangeView(
      String status,
      @Nullable String reason,
      @Nullable Decimal limitPrice,
      @Nullable Decimal stopPrice,
      @Nullable Decimal quantity,
      Instant createdAt) {}

  /**
   * What is held of one instrument, from FIFO lots.
   *
   * @param quantity signed: short positions are negative
   * @param marketPrice the newest; null where none is known, and so what follows from it
   * @param realizedPnl since the position was first opened
   */
  public record PositionView(
      String ticker,
      String assetType,
      @Nullable String optionSymbol,
      Decimal quantity,
      @Nullable Decimal averagePrice,
      @Nullable Decimal marketPrice,
      @Nullable Decimal marketValue,
      Decimal costBasis,
      @Nullable Decimal unrealizedPnl,
      Decimal realizedPnl) {}

  /**
   * The account.
   *
   * @param cash null until the engine has heard of it; equity too
   */
  public record PortfolioView(
      @Nullable Decimal cash,
      @Nullable Decimal equity,
      @Nullable Decimal buyingPower,
      Decimal unrealizedPnl,
      Decimal realizedPnl,
      List<PositionView> positions) {}

  /**
   * One market date of the account. Its result is realized, less fees, and unrealized less carried.
   *
   * @param unrealizedPnl on what is held at the date's end, or now
   * @param carriedPnl what of it there was before the date began
   */
  public record DailyPnlView(
      LocalDate date,
      Decimal realizedPnl,
      Decimal unrealizedPnl,
      Decimal carriedPnl,
      Decimal fees,
      long trades,
      long winningTrades,
      long losingTrades) {}

  /** Who halted, when (wall time) and why. */
  public record HaltView(String by, Instant at, @Nullable String reason) {}

  /**
   * What may be traded, and how.
   *
   * @param mode {@code paper} or {@code live}, as TRADING_MODE says
   * @param broker the adapter: {@code schwab}, {@code simulator}, {@code paper}
   * @param armed in live mode nothing that adds risk is sent before
   * @param state {@code active}, {@code reduce_only} or {@code halted}
   * @param halt the halt file on the engine's machine, which stops every order; null when there is
   *     none
   * @param haltVersion another after each halt; with it a PATCH ends no other than the one shown
   * @param confirmRequired whether arming takes the last four of the account
   * @param limits the risk limits in force, by setting
   */
  public record ControlsView(
      String mode,
      String broker,
      boolean armed,
      boolean autoTrading,
      Decimal autoTradingQuantity,
      String state,
      @Nullable String stateReason,
      @Nullable HaltView halt,
      String haltVersion,
      boolean confirmRequired,
      Map<String, Object> limits,
      @Nullable Instant brokerProvenAt,
      @Nullable Instant engineSeenAt,
      Instant updatedAt) {
    public ControlsView {
      limits = Map.copyOf(limits);
    }
  }
}
