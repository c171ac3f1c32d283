package io.alphakite.gateway.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.alphakite.gateway.alert.AlertView;
import io.alphakite.gateway.market.MarketViews.OptionView;
import io.alphakite.gateway.market.MarketViews.SignalView;
import io.alphakite.gateway.trade.TradeViews.PortfolioView;
import io.alphakite.gateway.trade.TradeViews.PositionView;
import io.alphakite.gateway.trade.TradeViews.TradeView;
import io.alphakite.gateway.unresolved.UnresolvedViews.UnresolvedView;
import io.alphakite.gateway.web.Decimal;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server's messages as JSON texts. */
@Component
class StreamMessages {
  private final JsonMapper json;

  StreamMessages(JsonMapper json) {
    this.json = json;
  }

  String price(long seq, boolean snapshot, Tick tick) {
    return write(
        new PriceMessage(
            "price",
            seq,
            mark(snapshot),
            tick.ticker(),
            tick.timestamp(),
            tick.price(),
            tick.volume(),
            tick.sma9(),
            tick.vwap(),
            tick.bid(),
            tick.ask()));
  }

  String signal(long seq, boolean snapshot, SignalView signal) {
    return write(
        new SignalMessage(
            "signal",
            seq,
            mark(snapshot),
            signal.ticker(),
            signal.timestamp(),
            signal.direction(),
            signal.price(),
            signal.sma9(),
            signal.vwap(),
            signal.action()));
  }

  String trade(long seq, boolean snapshot, TradeView trade) {
    return write(new TradeMessage("trade", seq, mark(snapshot), trade));
  }

  String position(long seq, boolean snapshot, PositionView position) {
    return write(new PositionMessage("position", seq, mark(snapshot), position));
  }

  String portfolio(long seq, boolean snapshot, PortfolioView portfolio) {
    return write(
        new PortfolioMessage(
            "portfolio",
            seq,
            mark(snapshot),
            portfolio.cash(),
            portfolio.equity(),
            portfolio.buyingPower(),
            portfolio.unrealizedPnl(),
            portfolio.realizedPnl(),
            portfolio.positions()));
  }

  String option(long seq, boolean snapshot, OptionView option) {
    return write(
        new OptionMessage(
            "option",
            seq,
            mark(snapshot),
            option.ticker(),
            option.optionSymbol(),
            option.optionType(),
            option.strikePrice(),
            option.expirationDate(),
            option.timestamp(),
            option.lastPrice(),
            option.bid(),
            option.ask(),
            option.volume(),
            option.openInterest(),
            option.impliedVolatility(),
            option.delta(),
            option.gamma(),
            option.theta(),
            option.vega()));
  }

  String alert(long seq, Instant timestamp, String severity, String code, String message) {
    return write(new AlertMessage("alert", seq, timestamp, severity, code, message));
  }

  /** An alarm that was raised, told anew or cleared, or, in a snapshot, lasts. */
  String alarm(long seq, boolean snapshot, AlertView alert) {
    return write(
        new AlarmMessage(
            "alert",
            seq,
            mark(snapshot),
            alert.clearedAt() == null ? alert.at() : alert.clearedAt(),
            alert.severity(),
            alert.code(),
            alert.message(),
            alert.hint(),
            alert.id(),
            alert.service(),
            alert.ticker(),
            alert.at(),
            alert.clearedAt()));
  }

  /** All orders of unknown fate, as they stand. */
  String unresolved(long seq, boolean snapshot, List<UnresolvedView> items) {
    return write(new UnresolvedMessage("unresolved", seq, mark(snapshot), items));
  }

  String authenticated(List<String> scopes, @Nullable JsonNode requestId) {
    return write(new Authenticated("authenticated", scopes, requestId));
  }

  String subscribed(
      List<String> channels, List<String> tickers, String epoch, @Nullable JsonNode requestId) {
    return write(new Subscribed("subscribed", channels, tickers, epoch, requestId));
  }

  String resumed(
      List<String> channels,
      List<String> tickers,
      String epoch,
      boolean snapshot,
      List<String> snapshotChannels,
      @Nullable JsonNode requestId) {
    return write(
        new Resumed("resumed", channels, tickers, epoch, snapshot, snapshotChannels, requestId));
  }

  String heartbeat(long lagMillis, long dropped) {
    return write(new Heartbeat("heartbeat", lagMillis, dropped));
  }

  String pong(@Nullable JsonNode requestId) {
    return write(new Pong("pong", requestId));
  }

  String error(String code, String message, @Nullable JsonNode requestId) {
    return write(new StreamError("error", code, message, requestId));
  }

  private String write(Object message) {
    return json.writeValueAsString(message);
  }

  private static @Nullable Boolean mark(boolean snapshot) {
    return snapshot ? true : null;
  }

  /**
   * A ticker's newest second and quote.
   *
   * @param volume the second's so far
   */
  record Tick(
      String ticker,
      Instant timestamp,
      BigDecimal price,
      long volume,
      @Nullable BigDecimal sma9,
      @Nullable BigDecimal vwap,
      @Nullable BigDecimal bid,
      @Nullable BigDecimal ask) {}

  private record PriceMessage(
      String type,
      long seq,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean snapshot,
      String ticker,
      Instant timestamp,
      BigDecimal price,
      long volume,
      @Nullable BigDecimal sma9,
      @Nullable BigDecimal vwap,
      @Nullable BigDecimal bid,
      @Nullable BigDecimal ask) {}

  private record SignalMessage(
      String type,
      long seq,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean snapshot,
      String ticker,
      Instant timestamp,
      String direction,
      BigDecimal price,
      BigDecimal sma9,
      BigDecimal vwap,
      String action) {}

  private record TradeMessage(
      String type,
      long seq,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean snapshot,
      TradeView trade) {}

  private record PositionMessage(
      String type,
      long seq,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean snapshot,
      PositionView position) {}

  private record PortfolioMessage(
      String type,
      long seq,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean snapshot,
      @Nullable Decimal cash,
      @Nullable Decimal equity,
      @Nullable Decimal buyingPower,
      Decimal unrealizedPnl,
      Decimal realizedPnl,
      List<PositionView> positions) {}

  private record OptionMessage(
      String type,
      long seq,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean snapshot,
      String ticker,
      String optionSymbol,
      String optionType,
      BigDecimal strikePrice,
      LocalDate expirationDate,
      Instant timestamp,
      @Nullable BigDecimal lastPrice,
      @Nullable BigDecimal bid,
      @Nullable BigDecimal ask,
      @Nullable Long volume,
      @Nullable Long openInterest,
      @Nullable BigDecimal impliedVolatility,
      @Nullable BigDecimal delta,
      @Nullable BigDecimal gamma,
      @Nullable BigDecimal theta,
      @Nullable BigDecimal vega) {}

  private record AlertMessage(
      String type, long seq, Instant timestamp, String severity, String code, String message) {}

  private record AlarmMessage(
      String type,
      long seq,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean snapshot,
      Instant timestamp,
      String severity,
      String code,
      String message,
      @Nullable String hint,
      long id,
      String service,
      @Nullable String ticker,
      Instant raisedAt,
      @Nullable Instant clearedAt) {}

  private record UnresolvedMessage(
      String type,
      long seq,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean snapshot,
      List<UnresolvedView> items) {}

  private record Authenticated(
      String type,
      List<String> scopes,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode requestId) {}

  private record Subscribed(
      String type,
      List<String> channels,
      List<String> tickers,
      String epoch,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode requestId) {}

  private record Resumed(
      String type,
      List<String> channels,
      List<String> tickers,
      String epoch,
      boolean snapshot,
      List<String> snapshotChannels,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode requestId) {}

  private record Heartbeat(String type, long lagMs, long dropped) {}

  private record Pong(
      String type, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode requestId) {}

  private record StreamError(
      String type,
      String code,
      String message,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonNode requestId) {}
}
