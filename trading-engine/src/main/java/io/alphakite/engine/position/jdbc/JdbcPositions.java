package io.alphakite.engine.position.jdbc;

import io.alphakite.engine.position.DayResult;
import io.alphakite.engine.position.Lot;
import io.alphakite.engine.position.Position;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Lots, positions and daily profit in PostgreSQL. Nothing is kept in memory. */
@Repository
class JdbcPositions implements PositionKeeper {

  private static final int CONTRACT = 100;
  private static final int SYMBOL_LENGTH = 21;

  private final JdbcClient jdbc;

  JdbcPositions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public BigDecimal book(Booking booking) {
    OrderTerms terms = booking.terms();
    String account = booking.accountId();
    String ticker = terms.ticker().symbol();
    Position before = position(account, terms.symbol(), terms.multiplier());
    Position.Change change = before.fill(booking.signed(), booking.price());
    // The date begins with what was held before this fill.
    DayResult today = day(account, booking.date(), ticker);
    saveLots(account, terms.symbol(), before.lots(), change.after().lots());
    savePosition(account, ticker, optionOf(terms), change.after(), change.realized());

    TradeSoFar so = soFar(booking.tradeId(), booking.date());
    saveDay(
        account,
        booking.date(),
        ticker,
        today.filled(change.realized(), booking.fees(), so.realized(), so.fills() == 0));
    Notifications.send(jdbc, Channel.POSITIONS, ticker);
    return change.realized();
  }

  private record TradeSoFar(BigDecimal realized, long fills) {}

  private TradeSoFar soFar(UUID trade, LocalDate date) {
    return jdbc.sql(
            "SELECT coalesce(sum(realized_pnl), 0) AS realized, count(*) AS fills FROM fills"
                + " WHERE trade_id = :trade AND market_date = :date")
        .param("trade", trade)
        .param("date", date)
        .query((row, number) -> new TradeSoFar(row.getBigDecimal("realized"), row.getLong("fills")))
        .single();
  }

  @Override
  public List<Held> held(String accountId) {
    return jdbc.sql(
            "SELECT ticker, option_symbol, quantity FROM positions"
                + " WHERE account_id = :account AND quantity <> 0 ORDER BY ticker, option_symbol")
        .param("account", accountId)
        .query(
            (row, number) ->
                new Held(
                    Ticker.of(row.getString("ticker")),
                    row.getString("option_symbol").isEmpty()
                        ? row.getString("ticker")
                        : row.getString("option_symbol"),
                    row.getLong("quantity")))
        .list();
  }

  @Override
  public void adopt(
      String accountId,
      String symbol,
      long quantity,
      @Nullable BigDecimal averagePrice,
      Instant now) {
    boolean option = symbol.length() == SYMBOL_LENGTH;
    String ticker = option ? OptionSymbol.parse(symbol).root() : Ticker.of(symbol).symbol();
    BigDecimal price =
        averagePrice == null ? lastPrice(ticker).orElse(BigDecimal.ZERO) : averagePrice;
    int multiplier = option ? CONTRACT : 1;
    Position adopted =
        quantity == 0
            ? Position.flat(multiplier)
            : new Position(List.of(new Lot(quantity, price)), multiplier);
    List<Lot> before = position(accountId, symbol, multiplier).lots();
    saveLots(accountId, symbol, before, adopted.lots());
    savePosition(accountId, ticker, option ? symbol : "", adopted, BigDecimal.ZERO);
    Notifications.send(jdbc, Channel.POSITIONS, ticker);
  }

  private Optional<BigDecimal> lastPrice(String ticker) {
    return jdbc.sql("SELECT last FROM quotes WHERE ticker = :ticker AND last IS NOT NULL")
        .param("ticker", ticker)
        .query(BigDecimal.class)
        .optional();
  }

  @Override
  public BigDecimal mark(String accountId, LocalDate date) {
    Map<String, BigDecimal> unrealized = unrealized(accountId);
    List<String> begun = dayTickers(accountId, date);
    for (String ticker : begun) {
      unrealized.putIfAbsent(ticker, BigDecimal.ZERO);
    }
    unrealized.forEach(
        (ticker, value) -> {
          DayResult before = day(accountId, date, ticker);
          if (!begun.contains(ticker) || before.unrealized().compareTo(value) != 0) {
            saveDay(accountId, date, ticker, before.marked(value));
          }
        });
    return dayPnl(accountId, date);
  }

  private List<String> dayTickers(String accountId, LocalDate date) {
    return jdbc.sql("SELECT ticker FROM daily_pnl WHERE account_id = :account AND date = :date")
        .param("account", accountId)
        .param("date", date)
        .query(String.class)
        .list();
  }

  /** What is unrealized per ticker; an instrument without a price counts as worth its cost. */
  private Map<String, BigDecimal> unrealized(String accountId) {
    Map<String, BigDecimal> sums = new HashMap<>();
    jdbc.sql(
            """
            SELECT p.ticker,
                   CASE WHEN p.option_symbol = '' THEN p.quantity * q.last
                        ELSE p.quantity * 100 * (SELECT o.last_price FROM option_prices o
                             WHERE o.ticker = p.ticker AND o.option_symbol = p.option_symbol
                             ORDER BY o.timestamp DESC LIMIT 1) END - p.cost_basis AS gain
            FROM positions p LEFT JOIN quotes q ON q.ticker = p.ticker
            WHERE p.account_id = :account AND p.quantity <> 0
            """)
        .param("account", accountId)
        .query(
            (row, number) -> {
              BigDecimal gain = row.getBigDecimal("gain");
              return sums.merge(
                  row.getString("ticker"), gain == null ? BigDecimal.ZERO : gain, BigDecimal::add);
            })
        .list();
    return sums;
  }

  private BigDecimal dayPnl(String accountId, LocalDate date) {
    return jdbc.sql(
            """
            SELECT coalesce(sum(realized_pnl - fees + unrealized_pnl - carried_pnl), 0)
            FROM daily_pnl WHERE account_id = :account AND date = :date
            """)
        .param("account", accountId)
        .param("date", date)
        .query(BigDecimal.class)
        .single();
  }

  private Position position(String account, String symbol, int multiplier) {
    return new Position(
        jdbc.sql(
                "SELECT quantity, price FROM engine.lots"
                    + " WHERE account_id = :account AND symbol = :symbol ORDER BY number")
            .param("account", account)
            .param("symbol", symbol)
            .query((row, number) -> new Lot(row.getLong("quantity"), row.getBigDecimal("price")))
            .list(),
        multiplier);
  }

  /** Writes what changed: most fills leave most lots as they are. */
  private void saveLots(String account, String symbol, List<Lot> before, List<Lot> after) {
    if (after.size() < before.size()) {
      jdbc.sql(
              "DELETE FROM engine.lots"
                  + " WHERE account_id = :account AND symbol = :symbol AND number >= :size")
          .param("account", account)
          .param("symbol", symbol)
          .param("size", after.size())
          .update();
    }
    int[] changed =
        IntStream.range(0, after.size())
            .filter(i -> i >= before.size() || !after.get(i).equals(before.get(i)))
            .toArray();
    if (changed.length == 0) {
      return;
    }
    jdbc.sql(
            """
            INSERT INTO engine.lots (account_id, symbol, number, quantity, price)
            SELECT :account, :symbol, lot.* FROM unnest(cast(:numbers AS integer[]),
                cast(:quantities AS bigint[]), cast(:prices AS numeric[])) lot
            ON CONFLICT (account_id, symbol, number) DO UPDATE SET
                quantity = excluded.quantity, price = excluded.price
            """)
        .param("account", account)
        .param("symbol", symbol)
        .param("numbers", texts(changed, Integer::toString))
        .param("quantities", texts(changed, i -> Long.toString(after.get(i).quantity())))
        .param("prices", texts(changed, i -> after.get(i).price().toPlainString()))
        .update();
  }

  private static String[] texts(int[] numbers, IntFunction<String> text) {
    return IntStream.of(numbers).mapToObj(text).toArray(String[]::new);
  }

  private void savePosition(
      String account, String ticker, String option, Position position, BigDecimal realized) {
    jdbc.sql(
            """
            INSERT INTO positions (account_id, ticker, asset_type, option_symbol, quantity, average_price,
                cost_basis, realized_pnl)
            VALUES (:account, :ticker, :asset, :option, :quantity, :average, :cost, :realized)
            ON CONFLICT (account_id, ticker, option_symbol) DO UPDATE SET
                quantity = excluded.quantity, average_price = excluded.average_price,
                cost_basis = excluded.cost_basis, realized_pnl = positions.realized_pnl + excluded.realized_pnl,
                updated_at = clock_timestamp()
            """)
        .param("account", account)
        .param("ticker", ticker)
        .param("asset", option.isEmpty() ? "equity" : "option")
        .param("option", option)
        .param("quantity", position.quantity())
        .param("average", position.averagePrice().orElse(null))
        .param("cost", position.costBasis())
        .param("realized", realized)
        .update();
  }

  /** The date's result so far; a date that begins carries what was unrealized before it. */
  private DayResult day(String account, LocalDate date, String ticker) {
    return jdbc.sql(
            """
            SELECT * FROM daily_pnl WHERE account_id = :account AND date = :date AND ticker = :ticker
            """)
        .param("account", account)
        .param("date", date)
        .param("ticker", ticker)
        .query(
            (row, number) ->
                new DayResult(
                    row.getBigDecimal("realized_pnl"),
                    row.getBigDecimal("unrealized_pnl"),
                    row.getBigDecimal("carried_pnl"),
                    row.getBigDecimal("fees"),
                    row.getInt("trades"),
                    row.getInt("winning_trades"),
                    row.getInt("losing_trades"),
                    row.getBigDecimal("peak_pnl"),
                    row.getBigDecimal("max_drawdown")))
        .optional()
        .orElseGet(() -> DayResult.start(carried(account, date, ticker)));
  }

  private BigDecimal carried(String account, LocalDate date, String ticker) {
    return jdbc.sql(
            """
            SELECT unrealized_pnl FROM daily_pnl
            WHERE account_id = :account AND ticker = :ticker AND date < :date ORDER BY date DESC LIMIT 1
            """)
        .param("account", account)
        .param("ticker", ticker)
        .param("date", date)
        .query(BigDecimal.class)
        .optional()
        // Without a day before, what is held was taken over: what it gained by then is not ours.
        .orElseGet(() -> unrealized(account).getOrDefault(ticker, BigDecimal.ZERO));
  }

  private void saveDay(String account, LocalDate date, String ticker, DayResult day) {
    jdbc.sql(
            """
            INSERT INTO daily_pnl (account_id, date, ticker, realized_pnl, unrealized_pnl, carried_pnl, fees,
                trades, winning_trades, losing_trades, peak_pnl, max_drawdown)
            VALUES (:account, :date, :ticker, :realized, :unrealized, :carried, :fees,
                :trades, :winning, :losing, :peak, :drawdown)
            ON CONFLICT (account_id, date, ticker) DO UPDATE SET
                realized_pnl = excluded.realized_pnl, unrealized_pnl = excluded.unrealized_pnl,
                fees = excluded.fees, trades = excluded.trades, winning_trades = excluded.winning_trades,
                losing_trades = excluded.losing_trades, peak_pnl = excluded.peak_pnl,
                max_drawdown = excluded.max_drawdown
            """)
        .param("account", account)
        .param("date", date)
        .param("ticker", ticker)
        .param("realized", day.realized())
        .param("unrealized", day.unrealized())
        .param("carried", day.carried())
        .param("fees", day.fees())
        .param("trades", day.trades())
        .param("winning", day.winning())
        .param("losing", day.losing())
        .param("peak", day.peak())
        .param("drawdown", day.maxDrawdown())
        .update();
  }

  private static String optionOf(OrderTerms terms) {
    return terms.option() == null ? "" : terms.symbol();
  }
}
