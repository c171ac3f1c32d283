package io.alphakite.gateway.trade;

import io.alphakite.gateway.trade.TradeViews.TradeView;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.Decimal;
import io.alphakite.model.market.Price;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.time.MarketClock;
import io.alphakite.platform.web.RequestIdFilter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where trades are asked for: writes the request, tells the engine, and nothing more.
 *
 * <p>An Idempotency-Key belongs to its principal. Its lock, the trade, the answer and the
 * notifications are one transaction: of many requests with one key at the same time one makes the
 * trade and the others wait for its answer.
 */
@Service
class TradeDesk {
  private static final Logger log = LoggerFactory.getLogger(TradeDesk.class);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final MarketClock clock;
  private final JsonMapper json;

  TradeDesk(JdbcClient jdbc, TransactionTemplate transaction, MarketClock clock, JsonMapper json) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.clock = clock;
    this.json = json;
  }

  /** Asks for a trade; with a key, at most once. */
  TradeView ask(TradeRequest request, String principal, @Nullable String key) {
    Instant marketTime = clock.now();
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              if (key == null) {
                return insert(request, marketTime);
              }
              return once(request, marketTime, principal, key);
            }));
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

  private TradeView once(TradeRequest request, Instant marketTime, String principal, String key) {
    byte[] hash = sha256(request.canonical());
    jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        .param("name", "idempotency\n" + principal + "\n" + key)
        .query((row, number) -> 0)
        .list();
    Optional<FirstAnswer> first =
        jdbc.sql(
                "SELECT encode(request_hash, 'hex') AS hash, response FROM idempotency_keys WHERE principal = :principal AND key = :key")
            .param("principal", principal)
            .param("key", key)
            .query(
                (row, number) -> new FirstAnswer(row.getString("hash"), row.getString("response")))
            .optional();
    if (first.isPresent()) {
      if (!first.get().requestHash().equals(HexFormat.of().formatHex(hash))) {
        throw ApiException.unprocessable(
            "idempotency_key_reused",
            "This Idempotency-Key was used for another order.",
            "Use a new key for every order; repeat a key only with the same body.");
      }
      return json.readValue(first.get().response(), TradeView.class);
    }
    TradeView trade = insert(request, marketTime);
    jdbc.sql(
            """
            INSERT INTO idempotency_keys (principal, key, request_hash, trade_id, response)
            VALUES (:principal, :key, :hash, :trade, :response::jsonb)
            """)
        .param("principal", principal)
        .param("key", key)
        .param("hash", hash)
        .param("trade", trade.id())
        .param("response", json.writeValueAsString(trade))
        .update();
    return trade;
  }

  private TradeView insert(TradeRequest request, Instant marketTime) {
    UUID id = UUID.randomUUID();
    String requestId = RequestIdFilter.current();
    Instant market = marketTime.equals(Instant.EPOCH) ? null : marketTime;
    String optionSymbol = request.optionSymbol() == null ? null : request.optionSymbol().format();
    BigDecimal limit = dollars(request.limitPrice());
    BigDecimal stop = dollars(request.stopPrice());
    Instant createdAt =
        jdbc.sql(
                """
                INSERT INTO trades (id, account_id, ticker, asset_type, option_symbol, side, quantity, order_type,
                                    limit_price, stop_price, time_in_force, source, request_id, market_time)
                VALUES (:id, (SELECT account_id FROM trading_controls), :ticker, :assetType, :optionSymbol, :side,
                        :quantity, :orderType, :limit, :stop, :timeInForce, 'manual', :requestId, :marketTime)
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
        null);
  }

  private void tell(UUID id) {
    Notifications.send(jdbc, Channel.TRADE_REQUESTS, id.toString());
    Notifications.send(jdbc, Channel.TRADES, id.toString());
  }

  private static @Nullable BigDecimal dollars(@Nullable Price price) {
    return price == null ? null : price.toBigDecimal();
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private record FirstAnswer(String requestHash, String response) {}
}
