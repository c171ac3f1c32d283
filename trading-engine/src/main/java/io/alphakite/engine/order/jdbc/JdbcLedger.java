package io.alphakite.engine.order.jdbc;

import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.order.Circumstances;
import io.alphakite.engine.order.Ledger;
import io.alphakite.engine.order.NewTrade;
import io.alphakite.engine.order.OrderChange;
import io.alphakite.engine.order.OrderIntent;
import io.alphakite.engine.order.OrderState;
import io.alphakite.engine.order.Resolution;
import io.alphakite.engine.order.WatchedBracket;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.engine.risk.Origin;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.order.ExitRole;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The books of one account, in one transaction: the one that is open on this thread. */
final class JdbcLedger implements Ledger {

  /**
   * Which run of which engine writes.
   *
   * @param epoch of this run
   */
  record Run(String accountId, long epoch, String settingsHash, String build) {}

  private final JdbcClient jdbc;
  private final PositionKeeper positions;
  private final MarketCalendar calendar;
  private final JdbcCircumstances circumstances;
  private final JdbcBrackets brackets;
  private final IntentWrites writes;
  private final boolean feedClock;
  private final Run run;

  JdbcLedger(
      NamedParameterJdbcOperations operations,
      PositionKeeper positions,
      MarketCalendar calendar,
      boolean feedClock,
      Run run) {
    this.jdbc = JdbcClient.create(operations);
    this.positions = positions;
    this.calendar = calendar;
    this.circumstances = new JdbcCircumstances(jdbc, calendar, run.accountId());
    this.brackets = new JdbcBrackets(jdbc, run.accountId());
    this.writes = new IntentWrites(operations, run);
    this.feedClock = feedClock;
    this.run = run;
  }

  /** Writes down what waits; at the transaction's end at the latest. */
  void flush() {
    writes.flush();
  }

  /** Whoever reads, or writes something else, comes after all that was written before. */
  private JdbcClient jdbc() {
    writes.flush();
    return jdbc;
  }

  private JdbcBrackets entries() {
    writes.flush();
    return brackets;
  }

  @Override
  public List<NewTrade> newTrades(int limit) {
    return jdbc()
        .sql(
            """
            SELECT t.*, EXISTS (SELECT 1 FROM engine.flatten_trades f WHERE f.trade_id = t.id) AS flatten
            FROM trades t
            WHERE t.status = 'pending' AND t.source <> 'external' AND t.parent_id IS NULL
              AND (t.account_id IS NULL OR t.account_id = :account)
              AND NOT EXISTS (SELECT 1 FROM engine.order_intents i WHERE i.trade_id = t.id)
            ORDER BY t.created_at, t.id
            LIMIT :limit FOR UPDATE OF t SKIP LOCKED
            """)
        .param("account", run.accountId())
        .param("limit", limit)
        .query(this::newTrade)
        .list();
  }

  private NewTrade newTrade(ResultSet row, int number) throws SQLException {
    UUID id = row.getObject("id", UUID.class);
    writes.comesFrom(id, Objects.requireNonNullElse(row.getString("request_id"), ""));
    try {
      Origin origin =
          row.getBoolean("flatten")
              ? Origin.FLATTEN
              : row.getString("source").equals("auto") ? Origin.STRATEGY : Origin.PERSON;
      return new NewTrade.Wanted(
          id, origin, Sql.terms(row), Objects.requireNonNull(Sql.instant(row, "created_at")));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return new NewTrade.Malformed(id, "malformed: " + e.getMessage());
    }
  }

  @Override
  public List<OrderChange> newChanges(int limit) {
    return jdbc()
        .sql(
            """
            SELECT c.* FROM trade_changes c
            CROSS JOIN LATERAL (SELECT FROM trades t WHERE t.id = c.trade_id AND (t.account_id = :account) IS TRUE
                                FOR UPDATE SKIP LOCKED) t
            WHERE c.status = 'pending' AND c.intent_id IS NULL
            ORDER BY c.created_at, c.id
            LIMIT :limit FOR UPDATE OF c SKIP LOCKED
            """)
        .param("account", run.accountId())
        .param("limit", limit)
        .query(
            (row, number) ->
                new OrderChange(
                    row.getObject("id", UUID.class),
                    row.getObject("trade_id", UUID.class),
                    Sql.price(row, "limit_price"),
                    Sql.price(row, "stop_price"),
                    row.getObject("quantity", Long.class),
                    Objects.requireNonNull(Sql.instant(row, "created_at"))))
        .list();
  }

  @Override
  public void takeChange(UUID change, OrderIntent attempt, Instant wallNow, Instant marketNow) {
    insert(attempt, wallNow, marketNow);
    jdbc()
        .sql("UPDATE trade_changes SET intent_id = :intent WHERE id = :id")
        .param("intent", attempt.id())
        .param("id", change)
        .update();
  }

  @Override
  public @Nullable Long quantityWanted(UUID attempt) {
    return jdbc()
        .sql("SELECT quantity FROM trade_changes WHERE intent_id = :id AND quantity IS NOT NULL")
        .param("id", attempt)
        .query(Long.class)
        .optional()
        .orElse(null);
  }

  @Override
  public void refuseChange(UUID change, String reason) {
    UUID trade =
        jdbc()
            .sql(
                """
                UPDATE trade_changes SET status = 'rejected', reason = :reason, updated_at = clock_timestamp()
                WHERE id = :id RETURNING trade_id
                """)
            .param("reason", reason)
            .param("id", change)
            .query(UUID.class)
            .single();
    touch(trade);
  }

  /** What the page shows of the trade has changed beside its row. */
  private void touch(UUID trade) {
    jdbc()
        .sql(
            "UPDATE trades SET updated_at = clock_timestamp(), version = version + 1 WHERE id = :id")
        .param("id", trade)
        .update();
    Notifications.send(jdbc(), Channel.TRADES, trade.toString());
  }

  @Override
  public List<OrderIntent> attempts(UUID tradeId) {
    return jdbc()
        .sql(IntentRows.OF_TRADE)
        .param("account", run.accountId())
        .param("trade", tradeId)
        .query(IntentRows::read)
        .list();
  }

  @Override
  public OrderIntent intent(UUID id) {
    return jdbc()
        .sql(IntentRows.BY_ID)
        .param("account", run.accountId())
        .param("id", id)
        .query(IntentRows::read)
        .single();
  }

  @Override
  public List<OrderIntent> inStates(Collection<OrderState> states) {
    // Named in the text: only then does one plan for all times take the index of open orders.
    String listed =
        states.stream()
            .sorted()
            .map(state -> "'" + state.name() + "'")
            .collect(Collectors.joining(", "));
    return select("i.state IN (" + listed + ") ORDER BY i.created_at, i.id")
        .query(IntentRows::read)
        .list();
  }

  @Override
  public Optional<OrderIntent> owner(String brokerOrderId) {
    return select("i.broker_order_id = :order")
        .param("order", brokerOrderId)
        .query(IntentRows::read)
        .optional();
  }

  @Override
  public List<OrderIntent> cancelsWanted() {
    return select(
            "i.state IN ('ACKED', 'WORKING', 'PARTIAL') AND t.cancel_requested_at IS NOT NULL")
        .query(IntentRows::read)
        .list();
  }

  private JdbcClient.StatementSpec select(String where) {
    return jdbc().sql(IntentRows.SELECT + where).param("account", run.accountId());
  }

  @Override
  public Set<String> known(Collection<String> brokerOrderIds) {
    return new HashSet<>(
        jdbc()
            .sql(
                "SELECT broker_order_id FROM engine.order_intents"
                    + " WHERE account_id = :account AND broker_order_id = ANY(:ids)")
            .param("account", run.accountId())
            .param("ids", brokerOrderIds.toArray(String[]::new))
            .query(String.class)
            .list());
  }

  @Override
  public boolean history(String brokerOrderId) {
    return jdbc()
        .sql(
            "SELECT EXISTS (SELECT 1 FROM engine.history_orders"
                + " WHERE account_id = :account AND broker_order_id = :order)")
        .param("account", run.accountId())
        .param("order", brokerOrderId)
        .query(Boolean.class)
        .single();
  }

  @Override
  public void takenOver(Collection<String> historyOrderIds, Instant wallNow) {
    jdbc()
        .sql(
            """
            INSERT INTO engine.history_orders (account_id, broker_order_id)
            SELECT :account, unnest(:orders) ON CONFLICT DO NOTHING
            """)
        .param("account", run.accountId())
        .param("orders", historyOrderIds.toArray(String[]::new))
        .update();
    jdbc()
        .sql("UPDATE engine.accounts SET taken_over_at = :now WHERE account_id = :account")
        .param("now", Sql.time(wallNow))
        .param("account", run.accountId())
        .update();
  }

  @Override
  public boolean cancelRequested(UUID tradeId) {
    return jdbc()
        .sql("SELECT cancel_requested_at IS NOT NULL FROM trades WHERE id = :id")
        .param("id", tradeId)
        .query(Boolean.class)
        .single();
  }

  @Override
  public Circumstances circumstances(OrderIntent intent, Instant wallNow, Instant marketNow) {
    writes.flushOthers(intent);
    return circumstances.of(intent, wallNow, marketNow);
  }

  @Override
  public void insert(OrderIntent intent, Instant wallNow, Instant marketNow) {
    if (intent.origin() == Origin.EXTERNAL && intent.replaces() == null) {
      insertExternalTrade(intent, marketNow);
    }
    writes.insert(intent, wallNow, marketNow);
  }

  @Override
  public Map<ExitRole, UUID> exits(OrderIntent entry) {
    return entries().exits(entry);
  }

  @Override
  public void insertExit(
      OrderIntent exit, OrderIntent entry, ExitRole role, Instant wallNow, Instant marketNow) {
    entries().insertTrade(exit, entry, role, marketNow);
    insert(exit, wallNow, marketNow);
  }

  @Override
  public long position(OrderTerms terms) {
    return jdbc()
        .sql(
            "SELECT coalesce(sum(quantity), 0) FROM positions"
                + " WHERE account_id = :account AND ticker = :ticker AND option_symbol = :option")
        .param("account", run.accountId())
        .param("ticker", terms.ticker().symbol())
        .param("option", terms.option() == null ? "" : terms.symbol())
        .query(Long.class)
        .single();
  }

  @Override
  public List<WatchedBracket> brackets() {
    return entries().watched(this::attempts);
  }

  @Override
  public void protection(
      UUID entryTrade, @Nullable String unprotected, boolean over, Instant wallNow) {
    entries().protection(entryTrade, unprotected, over, wallNow);
  }

  @Override
  public void requestCancel(UUID tradeId) {
    jdbc()
        .sql(
            """
            UPDATE trades SET cancel_requested_at = clock_timestamp(), version = version + 1
            WHERE id = :id AND cancel_requested_at IS NULL
              AND status NOT IN ('filled', 'canceled', 'rejected', 'expired')
            """)
        .param("id", tradeId)
        .update();
  }

  private void insertExternalTrade(OrderIntent intent, Instant marketNow) {
    OrderTerms terms = intent.terms();
    jdbc()
        .sql(
            """
            INSERT INTO trades (id, account_id, ticker, asset_type, option_symbol, side, quantity, order_type,
                limit_price, stop_price, time_in_force, status, source, broker_order_id, market_time)
            VALUES (:id, :account, :ticker, :asset, :option, :side, :quantity, :type,
                :limit, :stop, :tif, 'working', 'external', :order, :now)
            """)
        .param("id", intent.tradeId())
        .param("account", run.accountId())
        .param("ticker", terms.ticker().symbol())
        .param("asset", terms.assetType().wire())
        .param("option", terms.option() == null ? null : terms.symbol())
        .param("side", terms.side().wire())
        .param("quantity", terms.quantity())
        .param("type", terms.type().wire())
        .param("limit", Sql.dollars(terms.limitPrice()))
        .param("stop", Sql.dollars(terms.stopPrice()))
        .param("tif", terms.timeInForce().wire())
        .param("order", intent.brokerOrderId())
        .param("now", Sql.time(marketNow))
        .update();
  }

  @Override
  public void update(OrderIntent intent, String event, Map<String, Object> facts, Instant wallNow) {
    writes.update(intent, event, facts, wallNow);
  }

  @Override
  public List<Resolution> resolutionsWanted() {
    return jdbc()
        .sql(
            """
            SELECT r.* FROM order_resolutions r JOIN engine.order_intents i ON i.id = r.intent_id
            WHERE r.done_at IS NULL AND i.account_id = :account ORDER BY r.requested_at, r.id
            """)
        .param("account", run.accountId())
        .query(JdbcLedger::resolution)
        .list();
  }

  private static Resolution resolution(ResultSet row, int number) throws SQLException {
    return new Resolution(
        row.getObject("id", UUID.class),
        row.getObject("intent_id", UUID.class),
        row.getString("outcome").equals("placed")
            ? new Resolution.Verdict.Placed(row.getString("broker_order_id"))
            : new Resolution.Verdict.NotPlaced(row.getBoolean("override")),
        row.getString("evidence"),
        row.getString("person"),
        Objects.requireNonNull(Sql.instant(row, "requested_at")));
  }

  @Override
  public void answer(UUID resolutionId, boolean accepted, String text, Instant wallNow) {
    UUID trade =
        jdbc()
            .sql(
                "UPDATE order_resolutions SET done_at = :now, accepted = :accepted, answer = :text"
                    + " WHERE id = :id AND done_at IS NULL RETURNING trade_id")
            .param("now", Sql.time(wallNow))
            .param("accepted", accepted)
            .param("text", text)
            .param("id", resolutionId)
            .query(UUID.class)
            .single();
    Notifications.send(jdbc(), Channel.TRADES, trade.toString());
  }

  @Override
  public boolean fill(OrderIntent intent, Execution execution, Instant marketNow, boolean history) {
    String order = Objects.requireNonNull(intent.brokerOrderId(), "a fill has an order");
    boolean known =
        jdbc()
            .sql(
                "SELECT EXISTS (SELECT 1 FROM fills WHERE account_id = :account"
                    + " AND broker_order_id = :order AND execution_id = :execution)")
            .param("account", run.accountId())
            .param("order", order)
            .param("execution", execution.id())
            .query(Boolean.class)
            .single();
    if (known) {
      return false;
    }
    OrderTerms terms = intent.terms();
    Instant marketTime = feedClock ? marketNow : execution.at();
    LocalDate date = calendar.dateOf(marketTime);
    long signed = terms.side().isBuy() ? execution.quantity() : -execution.quantity();
    BigDecimal realized =
        history
            ? BigDecimal.ZERO
            : positions.book(
                new PositionKeeper.Booking(
                    run.accountId(),
                    intent.tradeId(),
                    terms,
                    signed,
                    execution.price(),
                    execution.fees(),
                    date));
    jdbc()
        .sql(
            """
            WITH again AS (
                UPDATE trades SET bracket_over_at = NULL WHERE id = :trade AND bracket_over_at IS NOT NULL)
            INSERT INTO fills (account_id, trade_id, broker_order_id, execution_id, ticker, option_symbol, side,
                quantity, price, fees, realized_pnl, executed_at, market_time, market_date)
            VALUES (:account, :trade, :order, :execution, :ticker, :option, :side,
                :quantity, :price, :fees, :realized, :at, :marketTime, :date)
            """)
        .param("account", run.accountId())
        .param("trade", intent.tradeId())
        .param("order", order)
        .param("execution", execution.id())
        .param("ticker", terms.ticker().symbol())
        .param("option", terms.option() == null ? null : terms.symbol())
        .param("side", terms.side().wire())
        .param("quantity", execution.quantity())
        .param("price", execution.price())
        .param("fees", execution.fees())
        .param("realized", realized)
        .param("at", Sql.time(execution.at()))
        .param("marketTime", Sql.time(marketTime))
        .param("date", date)
        .update();
    if (!history) {
      pay(terms, signed, execution);
    }
    return true;
  }

  /** Until the broker says anew what there is, what was just spent is not there any more. */
  private void pay(OrderTerms terms, long signed, Execution execution) {
    BigDecimal cost =
        execution
            .price()
            .multiply(BigDecimal.valueOf(Math.multiplyExact(signed, terms.multiplier())))
            .add(execution.fees());
    jdbc()
        .sql(
            """
            UPDATE trading_controls SET cash = cash - :cost, buying_power = buying_power - :cost,
                updated_at = clock_timestamp()
            WHERE account_id = :account
            """)
        .param("cost", cost)
        .param("account", run.accountId())
        .update();
  }

  @Override
  public void reject(UUID tradeId, String reason) {
    jdbc()
        .sql(
            """
            UPDATE trades SET account_id = :account, status = 'rejected', reject_reason = :reason,
                updated_at = clock_timestamp(), version = version + 1
            WHERE id = :id
            """)
        .param("account", run.accountId())
        .param("reason", reason)
        .param("id", tradeId)
        .update();
    Notifications.send(jdbc(), Channel.TRADES, tradeId.toString());
  }

  @Override
  public void reduceOnly(String reason) {
    int rows =
        jdbc()
            .sql(
                """
                UPDATE trading_controls SET state = 'reduce_only', state_reason = :reason,
                    updated_at = clock_timestamp(), version = version + 1
                WHERE state = 'active'
                """)
            .param("reason", reason)
            .update();
    if (rows > 0) {
      Notifications.send(jdbc(), Channel.CONTROLS, "");
    }
  }
}
