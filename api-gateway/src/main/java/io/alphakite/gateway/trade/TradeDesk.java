package io.alphakite.gateway.trade;

import io.alphakite.gateway.access.CallerNames;
import io.alphakite.gateway.access.Principal;
import io.alphakite.gateway.trade.TradeViews.BracketView;
import io.alphakite.gateway.trade.TradeViews.TradeView;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.Decimal;
import io.alphakite.gateway.web.FirstAnswers;
import io.alphakite.model.market.Price;
import io.alphakite.model.order.Bracket;
import io.alphakite.model.order.OrderType;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.time.MarketClock;
import io.alphakite.platform.version.ServiceVersions;
import io.alphakite.platform.web.RequestIdFilter;
import java.math.BigDecimal;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Where trades are asked for: writes the request, tells the engine, and nothing more. The trade,
 * the answer to its Idempotency-Key and the notifications are one transaction.
 */
@Service
class TradeDesk {
  private static final Logger log = LoggerFactory.getLogger(TradeDesk.class);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final MarketClock clock;
  private final FirstAnswers answers;
  private final CallerNames names;
  private final TradeBook book;
  private final ServiceVersions versions;

  TradeDesk(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      MarketClock clock,
      FirstAnswers answers,
      CallerNames names,
      TradeBook book,
      ServiceVersions versions) {
    this.book = book;
    this.versions = versions;
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    this.answers = answers;
    this.names = names;
  }

  /** Asks for a trade; with a key, at most once. */
  TradeView ask(TradeRequest request, Principal principal, @Nullable String key) {
    Instant marketTime = clock.now();
    return answers.once(
        principal.id(),
        key,
        request.canonical(),
        TradeView.class,
        () -> {
          TradeView trade = insert(request, marketTime, names.of(principal));
          return new FirstAnswers.Done<>(trade.id(), trade);
        });
  }

  /** Asks for a change of a working order; with a key, at most once. */
  TradeView askChange(UUID id, ChangeRequest request, Principal principal, @Nullable String key) {
    return answers.once(
        principal.id(),
        key,
        request.canonical(id.toString()),
        TradeView.class,
        () -> new FirstAnswers.Done<>(id, insertChange(id, request)));
  }

  private record Standing(String status, OrderType type, long filled, boolean bracket) {}

  private TradeView insertChange(UUID id, ChangeRequest request) {
    Standing trade =
        jdbc.sql(
                """
                SELECT status, order_type, filled_quantity,
                       parent_id IS NOT NULL OR num_nonnulls(take_profit, stop_loss) > 0 AS bracket
                FROM trades WHERE id = :id FOR UPDATE
                """)
            .param("id", id)
            .query(
                (row, number) ->
                    new Standing(
                        row.getString("status"),
                        OrderType.fromWire(row.getString("order_type")),
                        row.getLong("filled_quantity"),
                        row.getBoolean("bracket")))
            .optional()
            .orElseThrow(TradeDesk::notFound);
    if (trade.bracket()) {
      throw ApiException.conflict(
          "bracket_not_changed",
          "Neither an entry with exits nor an exit can be changed.",
          "Cancel it and place another order.");
    }
    if (!trade.status().equals("working") && !trade.status().equals("partially_filled")) {
      throw ApiException.conflict(
          "trade_not_working",
          "The trade is " + trade.status() + ": only an order that works can be changed.",
          trade.status().equals("pending") || trade.status().equals("submitting")
              ? "Try again when it is working."
              : null);
    }
    request.requireFitting(trade.type(), trade.filled());
    boolean underWay =
        jdbc.sql(
                "SELECT EXISTS (SELECT 1 FROM trade_changes WHERE trade_id = :id AND status NOT IN"
                    + " ('done', 'rejected'))")
            .param("id", id)
            .query(Boolean.class)
            .single();
    if (underWay) {
      throw ApiException.conflict(
          "change_under_way",
          "Another change of the trade is not settled yet.",
          "Look at the trade's change and ask again when it is done or rejected.");
    }
    jdbc.sql(
            """
            INSERT INTO trade_changes (id, trade_id, limit_price, stop_price, quantity, request_id)
            VALUES (:id, :trade, :limit, :stop, :quantity, :requestId)
            """)
        .param("id", UUID.randomUUID())
        .param("trade", id)
        .param("limit", dollars(request.limitPrice()))
        .param("stop", dollars(request.stopPrice()))
        .param("quantity", request.quantity())
        .param("requestId", RequestIdFilter.current())
        .update();
    tell(id);
    log.atInfo()
        .addKeyValue("event", "trade.change_requested")
        .addKeyValue("trade_id", id)
        .log("Change asked for");
    return book.find(id).orElseThrow(TradeDesk::notFound);
  }

  static ApiException notFound() {
    return ApiException.notFound("trade_not_found", "There is no such trade.", null);
  }

  /**
   * Asks for a cancel; once more changes nothing.
   *
   * @return false when there is no such trade
   */
  boolean askCancel(UUID id) {
    return Boolean.TRUE.equals(
        transaction.execute(
            status -> {
              Optional<String> found =
                  jdbc.sql("SELECT status FROM trades WHERE id = :id FOR UPDATE")
                      .param("id", id)
                      .query(String.class)
                      .optional();
              if (found.isEmpty()) {
                return false;
              }
              switch (found.get()) {
                case "canceled" -> {
                  return true;
                }
                case "filled", "rejected", "expired" ->
                    throw ApiException.conflict(
                        "trade_finished",
                        "The trade is " + found.get() + ": there is nothing left to cancel.",
                        null);
                default -> {
                  jdbc.sql(
                          """
                          UPDATE trades SET cancel_requested_at = coalesce(cancel_requested_at, now()), version = version + 1
                          WHERE id = :id
                          """)
                      .param("id", id)
                      .update();
                  tell(id);
                  log.atInfo()
                      .addKeyValue("event", "trade.cancel_requested")
                      .addKeyValue("trade_id", id)
                      .log("Cancel asked for");
                  return true;
                }
              }
            }));
  }

  private record Lack(@Nullable String says, @Nullable String accepted) {}

  /**
   * A person accepts what an entry lacks of its exits; once more changes nothing.
   *
   * @param shown what it said when the person looked: no other lack is accepted
   */
  TradeView acceptUnprotected(UUID id, String shown, Principal principal) {
    transaction.executeWithoutResult(
        status -> {
          Lack lack =
              jdbc.sql(
                      "SELECT unprotected, unprotected_accepted FROM trades WHERE id = :id FOR UPDATE")
                  .param("id", id)
                  .query(
                      (row, number) ->
                          new Lack(
                              row.getString("unprotected"), row.getString("unprotected_accepted")))
                  .optional()
                  .orElseThrow(TradeDesk::notFound);
          if (!shown.equals(lack.says())) {
            throw ApiException.conflict(
                "unprotected_changed",
                lack.says() == null
                    ? "The trade lacks nothing of its exits now."
                    : "It says " + lack.says() + " now.",
                lack.says() == null ? null : "Look again, and accept that if it is meant so.");
          }
          if (!shown.equals(lack.accepted())) {
            String by = names.of(principal);
            jdbc.sql(
                    """
                    UPDATE trades SET unprotected_accepted = unprotected, unprotected_accepted_by = :by,
                        unprotected_accepted_at = now(), updated_at = now(), version = version + 1
                    WHERE id = :id
                    """)
                .param("by", by)
                .param("id", id)
                .update();
            Notifications.send(jdbc, Channel.TRADES, id.toString());
            log.atInfo()
                .addKeyValue("event", "trade.unprotected_accepted")
                .addKeyValue("trade_id", id)
                .addKeyValue("by", by)
                .log("Accepted as unprotected: {}", shown);
          }
        });
    return book.find(id).orElseThrow(TradeDesk::notFound);
  }

  private TradeView insert(TradeRequest request, Instant marketTime, String askedBy) {
    UUID id = UUID.randomUUID();
    String requestId = RequestIdFilter.current();
    Instant market = marketTime.equals(Instant.EPOCH) ? null : marketTime;
    String optionSymbol = request.optionSymbol() == null ? null : request.optionSymbol().format();
    BigDecimal limit = dollars(request.limitPrice());
    BigDecimal stop = dollars(request.stopPrice());
    Bracket bracket = request.bracket();
    if (bracket != null && !versions.engineTakesBrackets()) {
      throw ApiException.conflict(
          "engine_without_brackets",
          "The trading engine that ran last would send the entry without its exits.",
          "Update the trading engine, or place the order without a bracket.");
    }
    BigDecimal takeProfit = bracket == null ? null : dollars(bracket.takeProfit());
    BigDecimal stopLoss = bracket == null ? null : dollars(bracket.stopLoss());
    BigDecimal stopLimit = bracket == null ? null : dollars(bracket.stopLimit());
    Instant createdAt =
        jdbc.sql(
                """
                INSERT INTO trades (id, account_id, ticker, asset_type, option_symbol, side, quantity, order_type,
                                    limit_price, stop_price, time_in_force, source, request_id, market_time, asked_by,
                                    take_profit, stop_loss, stop_loss_limit)
                VALUES (:id, (SELECT account_id FROM trading_controls), :ticker, :assetType, :optionSymbol, :side,
                        :quantity, :orderType, :limit, :stop, :timeInForce, 'manual', :requestId, :marketTime, :askedBy,
                        :takeProfit, :stopLoss, :stopLimit)
                RETURNING created_at
                """)
            .param("id", id)
            .param("ticker", request.ticker().symbol())
            .param("assetType", request.assetType().wire())
            .param("optionSymbol", optionSymbol)
            .param("side", request.side().wire())
            .param("quantity", request.quantity())
            .param("orderType", request.orderType().wire())
            .param("limit", limit)
            .param("stop", stop)
            .param("timeInForce", request.timeInForce().wire())
            .param("requestId", requestId)
            .param("marketTime", market == null ? null : Timestamp.from(market))
            .param("askedBy", askedBy)
            .param("takeProfit", takeProfit)
            .param("stopLoss", stopLoss)
            .param("stopLimit", stopLimit)
            .query((row, number) -> row.getTimestamp(1).toInstant())
            .single();
    tell(id);
    log.atInfo()
        .addKeyValue("event", "trade.requested")
        .addKeyValue("trade_id", id)
        .addKeyValue("ticker", request.ticker())
        .addKeyValue("side", request.side().wire())
        .addKeyValue("quantity", request.quantity())
        .addKeyValue("order_type", request.orderType().wire())
        .log("Trade asked for");
    return new TradeView(
        id,
        request.ticker().symbol(),
        request.assetType().wire(),
        optionSymbol,
        request.side().wire(),
        Decimal.quantity(request.quantity()),
        request.orderType().wire(),
        Decimal.moneyOrNull(limit),
        Decimal.moneyOrNull(stop),
        request.timeInForce().wire(),
        "pending",
        Decimal.quantity(0),
        null,
        null,
        null,
        "manual",
        null,
        requestId,
        createdAt,
        createdAt,
        market,
        null,
        null,
        BracketView.of(takeProfit, stopLoss, stopLimit),
        null,
        null,
        null,
        null);
  }

  private void tell(UUID id) {
    Notifications.send(jdbc, Channel.TRADE_REQUESTS, id.toString());
    Notifications.send(jdbc, Channel.TRADES, id.toString());
  }

  private static @Nullable BigDecimal dollars(@Nullable Price price) {
    return price == null ? null : price.toBigDecimal();
  }
}
