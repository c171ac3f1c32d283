package io.alphakite.gateway.trade;

import io.alphakite.gateway.trade.TradeViews.DailyPnlView;
import io.alphakite.gateway.trade.TradeViews.PortfolioView;
import io.alphakite.gateway.trade.TradeViews.PositionView;
import io.alphakite.gateway.web.Decimal;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** What the account that is traded in holds and has earned, at current prices. */
@Service
public class Account {
  private static final BigDecimal SHARES_PER_CONTRACT = BigDecimal.valueOf(100);
  private static final int MONEY_DECIMALS = 8;
  private static final int DAYS_MAX = 10_000;

  private final JdbcClient jdbc;

  Account(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The open positions. */
  public List<PositionView> positions() {
    return holdings().stream().filter(Holding::open).map(Holding::view).toList();
  }

  /** Every position ever opened, flat ones included. */
  public List<PositionView> positionsEverOpened() {
    return holdings().stream().map(Holding::view).toList();
  }

  /** Cash and positions. */
  public PortfolioView portfolio() {
    Cash cash =
        jdbc.sql("SELECT cash, buying_power FROM trading_controls")
            .query(
                (row, number) ->
                    new Cash(row.getBigDecimal("cash"), row.getBigDecimal("buying_power")))
            .single();
    List<Holding> holdings = holdings();
    BigDecimal value = BigDecimal.ZERO;
    BigDecimal unrealized = BigDecimal.ZERO;
    BigDecimal realized = BigDecimal.ZERO;
    for (Holding holding : holdings) {
      // Without a price of the market the position counts at its cost.
      BigDecimal marketValue = holding.marketValue();
      value = value.add(marketValue == null ? holding.costBasis() : marketValue);
      BigDecimal gain = holding.unrealized();
      unrealized = unrealized.add(gain == null ? BigDecimal.ZERO : gain);
      realized = realized.add(holding.realizedPnl());
    }
    return new PortfolioView(
        Decimal.moneyOrNull(cash.cash()),
        cash.cash() == null ? null : Decimal.money(cash.cash().add(value)),
        Decimal.moneyOrNull(cash.buyingPower()),
        Decimal.money(unrealized),
        Decimal.money(realized),
        holdings.stream().filter(Holding::open).map(Holding::view).toList());
  }

  /** By market date, oldest first; ends null for none. */
  List<DailyPnlView> daily(@Nullable LocalDate from, @Nullable LocalDate to) {
    return jdbc.sql(
            """
            SELECT date, sum(realized_pnl) AS realized, sum(unrealized_pnl) AS unrealized,
                   sum(carried_pnl) AS carried, sum(fees) AS fees,
                   sum(trades) AS trades, sum(winning_trades) AS winning, sum(losing_trades) AS losing
            FROM daily_pnl
            WHERE account_id = (SELECT account_id FROM trading_controls)
              AND (:from::date IS NULL OR date >= :from::date) AND (:to::date IS NULL OR date < :to::date)
            GROUP BY date
            ORDER BY date
            LIMIT :count
            """)
        .param("from", from == null ? null : from.toString())
        .param("to", to == null ? null : to.toString())
        .param("count", DAYS_MAX)
        .query(
            (row, number) ->
                new DailyPnlView(
                    row.getObject("date", LocalDate.class),
                    Decimal.money(row.getBigDecimal("realized")),
                    Decimal.money(row.getBigDecimal("unrealized")),
                    Decimal.money(row.getBigDecimal("carried")),
                    Decimal.money(row.getBigDecimal("fees")),
                    row.getLong("trades"),
                    row.getLong("winning"),
                    row.getLong("losing")))
        .list();
  }

  private List<Holding> holdings() {
    return jdbc.sql(
            """
            SELECT p.ticker, p.asset_type, nullif(p.option_symbol, '') AS option_symbol, p.quantity, p.average_price,
                   p.cost_basis, p.realized_pnl,
                   CASE WHEN p.asset_type = 'option' THEN o.price ELSE coalesce(q.last, e.price) END AS market_price
            FROM positions p
            LEFT JOIN quotes q ON p.asset_type = 'equity' AND q.ticker = p.ticker
            LEFT JOIN LATERAL (
                SELECT price FROM equity_data WHERE p.asset_type = 'equity' AND q.last IS NULL AND ticker = p.ticker
                ORDER BY timestamp DESC LIMIT 1) e ON true
            LEFT JOIN LATERAL (
                SELECT coalesce((bid + ask) / 2, last_price) AS price FROM option_quotes
                WHERE p.asset_type = 'option' AND ticker = p.ticker AND option_symbol = p.option_symbol
                ORDER BY timestamp DESC LIMIT 1) o ON true
            WHERE p.account_id = (SELECT account_id FROM trading_controls)
            ORDER BY p.ticker, p.option_symbol
            """)
        .query((row, number) -> holding(row))
        .list();
  }

  private static Holding holding(ResultSet row) throws SQLException {
    return new Holding(
        row.getString("ticker"),
        row.getString("asset_type"),
        row.getString("option_symbol"),
        row.getLong("quantity"),
        row.getBigDecimal("average_price"),
        row.getBigDecimal("market_price"),
        row.getBigDecimal("cost_basis"),
        row.getBigDecimal("realized_pnl"));
  }

  private record Cash(@Nullable BigDecimal cash, @Nullable BigDecimal buyingPower) {}

  /** A position with the market's price of it; the cost is signed as the quantity is. */
  private record Holding(
      String ticker,
      String assetType,
      @Nullable String optionSymbol,
      long quantity,
      @Nullable BigDecimal averagePrice,
      @Nullable BigDecimal marketPrice,
      BigDecimal costBasis,
      BigDecimal realizedPnl) {

    boolean open() {
      return quantity != 0;
    }

    @Nullable BigDecimal marketValue() {
      return marketPrice == null ? null : worth(marketPrice);
    }

    @Nullable BigDecimal unrealized() {
      if (quantity == 0) {
        return BigDecimal.ZERO;
      }
      BigDecimal value = marketValue();
      return value == null ? null : value.subtract(costBasis);
    }

    PositionView view() {
      return new PositionView(
          ticker,
          assetType,
          optionSymbol,
          Decimal.quantity(quantity),
          Decimal.moneyOrNull(averagePrice),
          Decimal.moneyOrNull(marketPrice),
          Decimal.moneyOrNull(rounded(marketValue())),
          Decimal.money(costBasis),
          Decimal.moneyOrNull(rounded(unrealized())),
          Decimal.money(realizedPnl));
    }

    private BigDecimal worth(BigDecimal price) {
      BigDecimal value = price.multiply(BigDecimal.valueOf(quantity));
      return Objects.equals(assetType, "option") ? value.multiply(SHARES_PER_CONTRACT) : value;
    }

    // A mid price divides by two and may add a digit.
    private static @Nullable BigDecimal rounded(@Nullable BigDecimal amount) {
      return amount == null || amount.scale() <= MONEY_DECIMALS
          ? amount
          : amount.setScale(MONEY_DECIMALS, RoundingMode.HALF_UP);
    }
  }
}
