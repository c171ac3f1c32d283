package io.alphakite.engine.broker.paper;

import io.alphakite.engine.broker.AccountReport;
import io.alphakite.engine.broker.Broker;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.broker.CancelOutcome;
import io.alphakite.engine.broker.Execution;
import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.engine.broker.SubmitOutcome;
import io.alphakite.engine.broker.paper.PaperMatching.Outcome;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.calendar.TradingSession;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Quote;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A broker whose market is the {@code quotes} table. Its orders survive a restart, as a real
 * broker's would; it starts with {@value #STARTING_CASH} dollars and charges nothing.
 */
public final class PaperBroker implements Broker {

  /** The one account. */
  public static final String ACCOUNT = "paper";

  private static final int STARTING_CASH = 100_000;

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final MarketCalendar calendar;
  private final InstantSource wall;
  private final InstantSource market;

  public PaperBroker(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      MarketCalendar calendar,
      InstantSource wall,
      InstantSource market) {
    this.jdbc = jdbc;
    this.transactions = new TransactionTemplate(transactions);
    this.calendar = calendar;
    this.wall = wall;
    this.market = market;
  }

  /** Opens the account if there is none yet. */
  public void open() {
    jdbc.sql(
            "INSERT INTO engine.paper_accounts (account_id, cash) VALUES (:account, :cash)"
                + " ON CONFLICT DO NOTHING")
        .param("account", ACCOUNT)
        .param("cash", BigDecimal.valueOf(STARTING_CASH))
        .update();
  }

  @Override
  public SubmitOutcome submit(OrderTerms terms, BooleanSupplier gate) {
    if (terms.bracket() != null) {
      return new SubmitOutcome.Refused("the paper broker takes no brackets");
    }
    if (!gate.getAsBoolean()) {
      return new SubmitOutcome.NotSent("the gate closed");
    }
    try {
      long id = insert(terms);
      match();
      return new SubmitOutcome.Accepted(Long.toString(id));
    } catch (DataAccessException | TransactionException e) {
      return new SubmitOutcome.Unconfirmed("the database failed: " + e.getMessage());
    }
  }

  @Override
  public SubmitOutcome replace(String brokerOrderId, OrderTerms terms, BooleanSupplier gate) {
    if (!gate.getAsBoolean()) {
      return new SubmitOutcome.NotSent("the gate closed");
    }
    try {
      Optional<Long> id =
          transactions.execute(
              status -> {
                int rows =
                    jdbc.sql(
                            "UPDATE engine.paper_orders SET status = 'REPLACED'"
                                + " WHERE id = :id AND account_id = :account AND status = 'OPEN'")
                        .param("id", Long.parseLong(brokerOrderId))
                        .param("account", ACCOUNT)
                        .update();
                return rows == 1 ? Optional.of(insert(terms)) : Optional.empty();
              });
      if (id == null || id.isEmpty()) {
        return new SubmitOutcome.Refused("the order is done");
      }
      match();
      return new SubmitOutcome.Accepted(Long.toString(id.get()));
    } catch (DataAccessException | TransactionException e) {
      return new SubmitOutcome.Unconfirmed("the database failed: " + e.getMessage());
    }
  }

  private long insert(OrderTerms terms) {
    return jdbc.sql(
            """
            INSERT INTO engine.paper_orders (account_id, ticker, option_symbol, side, quantity, order_type,
                limit_price, stop_price, time_in_force, entered_at, expires_at)
            VALUES (:account, :ticker, :option, :side, :quantity, :type, :limit, :stop, :tif, :entered, :expires)
            RETURNING id
            """)
        .param("account", ACCOUNT)
        .param("ticker", terms.ticker().symbol())
        .param("option", terms.option() == null ? null : terms.symbol())
        .param("side", terms.side().wire())
        .param("quantity", terms.quantity())
        .param("type", terms.type().wire())
        .param("limit", dollars(terms.limitPrice()))
        .param("stop", dollars(terms.stopPrice()))
        .param("tif", terms.timeInForce().wire())
        .param("entered", sql(wall.instant()))
        .param("expires", terms.timeInForce() == TimeInForce.DAY ? sql(dayEnd()) : null)
        .query(Long.class)
        .single();
  }

  private Instant dayEnd() {
    Instant now = market.instant();
    LocalDate date = calendar.dateOf(now);
    return calendar
        .session(date)
        .filter(session -> now.isBefore(session.close()))
        .map(TradingSession::close)
        .orElseGet(() -> calendar.nextSession(date).close());
  }

  @Override
  public CancelOutcome cancel(String brokerOrderId) {
    try {
      int rows =
          jdbc.sql(
                  "UPDATE engine.paper_orders SET status = 'CANCELED' WHERE id = :id AND status = 'OPEN'")
              .param("id", Long.parseLong(brokerOrderId))
              .update();
      return rows == 1
          ? new CancelOutcome.Requested()
          : new CancelOutcome.Refused("the order is done");
    } catch (DataAccessException e) {
      return new CancelOutcome.Unconfirmed("the database failed: " + e.getMessage());
    }
  }

  @Override
  public Optional<OrderReport> order(String brokerOrderId) {
    JdbcClient.StatementSpec query =
        jdbc.sql("SELECT * FROM engine.paper_orders WHERE id = :id AND account_id = :account")
            .param("account", ACCOUNT)
            .param("id", Long.parseLong(brokerOrderId));
    return asking(() -> reports(query)).stream().findFirst();
  }

  @Override
  public List<OrderReport> orders(Instant from, Instant to) {
    JdbcClient.StatementSpec query =
        jdbc.sql(
                """
                SELECT * FROM engine.paper_orders
                WHERE account_id = :account AND entered_at BETWEEN :from AND :to ORDER BY id
                """)
            .param("account", ACCOUNT)
            .param("from", sql(from))
            .param("to", sql(to));
    return asking(() -> reports(query));
  }

  private static <T> T asking(Supplier<T> call) {
    try {
      return call.get();
    } catch (DataAccessException | TransactionException e) {
      throw new BrokerUnavailableException("the database failed: " + e.getMessage(), e);
    }
  }

  private record Row(PaperOrder order, OrderReport.Status status, Instant enteredAt) {}

  private List<OrderReport> reports(JdbcClient.StatementSpec query) {
    List<Row> rows =
        query
            .query(
                (row, number) ->
                    new Row(
                        order(row, number),
                        OrderReport.Status.valueOf(row.getString("status")),
                        Objects.requireNonNull(instant(row, "entered_at"))))
            .list();
    Map<Long, List<Identified>> executions =
        executions(rows.stream().map(row -> row.order().id()).toArray(Long[]::new));
    return rows.stream()
        .map(
            row ->
                new OrderReport(
                    Long.toString(row.order().id()),
                    row.status(),
                    null,
                    Fingerprint.of(row.order().terms()),
                    row.order().terms(),
                    row.enteredAt(),
                    executions.getOrDefault(row.order().id(), List.of()).stream()
                        .map(Identified::execution)
                        .toList()))
        .toList();
  }

  private record Identified(long order, Execution execution) {}

  private Map<Long, List<Identified>> executions(Long[] orders) {
    return jdbc
        .sql("SELECT * FROM engine.paper_executions WHERE order_id = ANY(:orders) ORDER BY id")
        .param("orders", orders)
        .query(
            (row, number) ->
                new Identified(
                    row.getLong("order_id"),
                    new Execution(
                        row.getString("id"),
                        row.getLong("quantity"),
                        row.getBigDecimal("price"),
                        BigDecimal.ZERO,
                        Objects.requireNonNull(instant(row, "executed_at")))))
        .list()
        .stream()
        .collect(Collectors.groupingBy(Identified::order));
  }

  @Override
  public AccountReport account() {
    return asking(this::readAccount);
  }

  private AccountReport readAccount() {
    BigDecimal cash =
        jdbc.sql("SELECT cash FROM engine.paper_accounts WHERE account_id = :account")
            .param("account", ACCOUNT)
            .query(BigDecimal.class)
            .single();
    List<AccountReport.Holding> holdings =
        jdbc.sql(
                """
                SELECT coalesce(option_symbol, ticker) AS symbol,
                       sum(CASE WHEN side LIKE 'buy%' THEN filled ELSE -filled END) AS quantity
                FROM engine.paper_orders WHERE account_id = :account AND filled > 0
                GROUP BY 1 HAVING sum(CASE WHEN side LIKE 'buy%' THEN filled ELSE -filled END) <> 0
                """)
            .param("account", ACCOUNT)
            .query(
                (row, number) ->
                    new AccountReport.Holding(
                        row.getString("symbol"), row.getLong("quantity"), null))
            .list();
    return new AccountReport(cash, cash, holdings);
  }

  /** Looks at every open order against the newest quotes; whether anything came of it. */
  public boolean match() {
    Boolean any =
        transactions.execute(
            status -> {
              List<PaperOrder> open =
                  jdbc.sql(
                          """
                          SELECT * FROM engine.paper_orders WHERE account_id = :account AND status = 'OPEN'
                          ORDER BY id FOR UPDATE
                          """)
                      .param("account", ACCOUNT)
                      .query(PaperBroker::order)
                      .list();
              if (open.isEmpty()) {
                return false;
              }
              Instant now = market.instant();
              boolean hours = calendar.isOpen(now, TradingHours.REGULAR);
              boolean changed = false;
              for (PaperOrder order : open) {
                changed |= apply(order, quote(order.terms()), now, hours);
              }
              return changed;
            });
    return Boolean.TRUE.equals(any);
  }

  private boolean apply(PaperOrder order, @Nullable Quote quote, Instant now, boolean hours) {
    switch (PaperMatching.match(order, quote, now, hours)) {
      case Outcome.Rests() -> {
        return false;
      }
      case Outcome.Triggers() ->
          jdbc.sql("UPDATE engine.paper_orders SET triggered = true WHERE id = :id")
              .param("id", order.id())
              .update();
      case Outcome.Expires() ->
          jdbc.sql("UPDATE engine.paper_orders SET status = 'EXPIRED' WHERE id = :id")
              .param("id", order.id())
              .update();
      case Outcome.Fills(long quantity, Price price) ->
          fill(order, quantity, price, Objects.requireNonNull(quote).quoteTime());
    }
    return true;
  }

  private void fill(PaperOrder order, long quantity, Price price, @Nullable Instant quoteTime) {
    jdbc.sql(
            """
            UPDATE engine.paper_orders SET filled = filled + :quantity, triggered = true,
                last_quote_time = :quoteTime,
                status = CASE WHEN filled + :quantity = quantity THEN 'FILLED' ELSE status END
            WHERE id = :id
            """)
        .param("quantity", quantity)
        .param("quoteTime", sql(quoteTime))
        .param("id", order.id())
        .update();
    jdbc.sql(
            """
            INSERT INTO engine.paper_executions (order_id, quantity, price, executed_at)
            VALUES (:order, :quantity, :price, :at)
            """)
        .param("order", order.id())
        .param("quantity", quantity)
        .param("price", price.toBigDecimal())
        .param("at", sql(wall.instant()))
        .update();
    long signed = order.terms().side().isBuy() ? quantity : -quantity;
    jdbc.sql("UPDATE engine.paper_accounts SET cash = cash - :cost WHERE account_id = :account")
        .param(
            "cost",
            price
                .toBigDecimal()
                .multiply(
                    BigDecimal.valueOf(Math.multiplyExact(signed, order.terms().multiplier()))))
        .param("account", ACCOUNT)
        .update();
  }

  private @Nullable Quote quote(OrderTerms terms) {
    if (terms.option() != null) {
      return optionQuote(terms);
    }
    return jdbc.sql("SELECT * FROM quotes WHERE ticker = :ticker")
        .param("ticker", terms.ticker().symbol())
        .query(
            (row, number) ->
                new Quote(
                    terms.ticker(),
                    price(row, "bid"),
                    price(row, "ask"),
                    row.getObject("bid_size", Long.class),
                    row.getObject("ask_size", Long.class),
                    price(row, "last"),
                    instant(row, "quote_time"),
                    instant(row, "trade_time")))
        .optional()
        .orElse(null);
  }

  private @Nullable Quote optionQuote(OrderTerms terms) {
    return jdbc.sql(
            """
            SELECT bid, ask, last_price, timestamp FROM option_prices
            WHERE ticker = :ticker AND option_symbol = :option ORDER BY timestamp DESC LIMIT 1
            """)
        .param("ticker", terms.ticker().symbol())
        .param("option", terms.symbol())
        .query(
            (row, number) ->
                new Quote(
                    terms.ticker(),
                    price(row, "bid"),
                    price(row, "ask"),
                    null,
                    null,
                    price(row, "last_price"),
                    instant(row, "timestamp"),
                    instant(row, "timestamp")))
        .optional()
        .orElse(null);
  }

  private static PaperOrder order(ResultSet row, int number) throws SQLException {
    String option = row.getString("option_symbol");
    return new PaperOrder(
        row.getLong("id"),
        new OrderTerms(
            Ticker.of(row.getString("ticker")),
            option == null ? null : OptionSymbol.parse(option),
            Side.fromWire(row.getString("side")),
            row.getLong("quantity"),
            OrderType.fromWire(row.getString("order_type")),
            price(row, "limit_price"),
            price(row, "stop_price"),
            TimeInForce.fromWire(row.getString("time_in_force"))),
        row.getLong("filled"),
        row.getBoolean("triggered"),
        instant(row, "expires_at"),
        instant(row, "last_quote_time"));
  }

  private static @Nullable Price price(ResultSet row, String column) throws SQLException {
    BigDecimal value = row.getBigDecimal(column);
    return value == null ? null : Price.of(value);
  }

  private static @Nullable BigDecimal dollars(@Nullable Price price) {
    return price == null ? null : price.toBigDecimal();
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static @Nullable OffsetDateTime sql(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }
}
