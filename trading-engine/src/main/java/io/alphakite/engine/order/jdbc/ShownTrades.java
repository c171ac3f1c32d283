package io.alphakite.engine.order.jdbc;

import io.alphakite.engine.order.ChangePlan;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.platform.notification.Channel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Where the orders of a trade stand, on the trade's row. */
final class ShownTrades {

  /** The order on its trade's row; fills of all the trade's attempts count. */
  private static final String SHOW =
      """
      f AS (
          SELECT coalesce(sum(quantity), 0) AS quantity,
                 round(sum(quantity * price) / nullif(sum(quantity), 0), 8) AS average
          FROM fills WHERE trade_id = :trade)
      , shown AS (
          UPDATE trades t SET
              account_id = :account,
              status = CASE WHEN t.cancel_requested_at IS NULL THEN :plain ELSE :canceling END,
              filled_quantity = least(f.quantity, t.quantity), average_fill_price = f.average,
              broker_order_id = :order,
              reject_reason = CASE WHEN :plain IN ('rejected', 'expired', 'canceled', 'unknown') THEN :detail END,
              market_time = coalesce(t.market_time, cast(:marketNow AS timestamptz)),
              updated_at = clock_timestamp(), version = t.version + 1
          FROM f WHERE t.id = :trade STANDING
          RETURNING t.request_id)
      """;

  /** A trade's first order stands for it while it is open, unless others were attempted. */
  static final String UNLESS_OTHERS =
      SHOW.replace(
          "STANDING",
          "AND NOT EXISTS (SELECT 1 FROM engine.order_intents"
              + " WHERE trade_id = :trade AND attempt > 1)");

  static final String TELL =
      "(SELECT count(*) FROM shown) AS shown, pg_notify(:trades, cast(:trade AS text))";

  // A text is as long as it likes, so the driver waits for the answer to what comes before it.
  static final String REQUEST = ", (SELECT request_id FROM shown) AS request";

  private static final String SHOW_ALONE =
      "WITH " + SHOW.replace("STANDING", "") + "SELECT " + TELL + REQUEST;

  private static final String[] NOTHING =
      Arrays.stream(OrderState.values())
          .filter(state -> state.cameToNothing() || state == OrderState.REJECTED)
          .map(OrderState::name)
          .toArray(String[]::new);

  private final JdbcClient jdbc;
  private final String accountId;

  ShownTrades(JdbcClient jdbc, String accountId) {
    this.jdbc = jdbc;
    this.accountId = accountId;
  }

  /** What the row says of this order. */
  Map<String, @Nullable Object> values(OrderIntent intent) {
    Map<String, @Nullable Object> values = new HashMap<>();
    values.put("account", accountId);
    values.put("trade", intent.tradeId());
    values.put("plain", intent.state().tradeStatus(false).wire());
    values.put("canceling", intent.state().tradeStatus(true).wire());
    values.put("order", Sql.text(intent.brokerOrderId()));
    values.put("detail", Sql.text(intent.detail()));
    values.put("trades", Channel.TRADES.sqlName());
    values.put("marketNow", null);
    return values;
  }

  /**
   * Shows on the trade's row where its orders stand.
   *
   * @param marketNow for a row without a market's time of its own; null to leave it without
   * @return the id of the request it came from; null for none
   */
  @Nullable String show(UUID trade, @Nullable Object marketNow) {
    List<OrderIntent> attempts =
        jdbc.sql(IntentRows.OF_TRADE)
            .param("account", accountId)
            .param("trade", trade)
            .query(IntentRows::read)
            .list();
    OrderIntent intent = ChangePlan.standing(attempts);
    if (ChangePlan.changedTerms(attempts)) {
      showTerms(intent);
      showChange(intent);
    }
    return jdbc.sql(SHOW_ALONE)
        .params(values(intent))
        .param("marketNow", marketNow)
        .query((row, number) -> Optional.ofNullable(row.getString("request")))
        .single()
        .orElse(null);
  }

  /** Shows on the change that somebody asked for how far it has come. */
  private void showChange(OrderIntent intent) {
    jdbc.sql(
            """
            UPDATE trade_changes c SET updated_at = clock_timestamp(),
                reason = CASE WHEN i.state = ANY(:nothing) OR i.state IN ('UNKNOWN', 'UNRESOLVED') THEN i.detail END,
                status = CASE WHEN i.state = ANY(:nothing) THEN 'rejected'
                              WHEN i.state IN ('NEW', 'APPROVED') THEN 'pending'
                              WHEN i.state IN ('UNKNOWN', 'UNRESOLVED') THEN 'unknown'
                              WHEN i.verified AND o.state NOT IN ('ACKED', 'WORKING', 'PARTIAL')
                                   -- An old order that filled was not replaced: the new one is about to be rejected.
                                   AND (o.state = 'CANCELED' OR i.filled > 0
                                        OR i.state IN ('FILLED', 'CANCELED', 'EXPIRED')) THEN 'done'
                              ELSE 'submitting' END
            FROM engine.order_intents i JOIN engine.order_intents o ON o.id = i.replaces
            WHERE c.intent_id = i.id AND c.trade_id = :trade AND c.status NOT IN ('done', 'rejected')
            """)
        .param("nothing", NOTHING)
        .param("trade", intent.tradeId())
        .update();
  }

  /** What a trade asks for is what its newest order says, beside what was filled before. */
  private void showTerms(OrderIntent intent) {
    OrderTerms terms = intent.terms();
    jdbc.sql(
            """
            UPDATE trades SET order_type = :type, limit_price = :limit, stop_price = :stop, time_in_force = :tif,
                quantity = :quantity + (SELECT coalesce(sum(filled), 0) FROM engine.order_intents
                                        WHERE trade_id = :trade AND id <> :id)
            WHERE id = :trade
            """)
        .param("type", terms.type().wire())
        .param("limit", Sql.dollars(terms.limitPrice()))
        .param("stop", Sql.dollars(terms.stopPrice()))
        .param("tif", terms.timeInForce().wire())
        .param("quantity", terms.quantity())
        .param("trade", intent.tradeId())
        .param("id", intent.id())
        .update();
  }
}
