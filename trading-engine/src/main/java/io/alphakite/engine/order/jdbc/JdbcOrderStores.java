package io.alphakite.engine.order.jdbc;

import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.order.OrderStores;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.time.MarketClockSettings;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.PlatformTransactionManager;

/** Opens books in PostgreSQL. */
@Repository
class JdbcOrderStores implements OrderStores {

  private final JdbcClient jdbc;
  private final NamedParameterJdbcOperations operations;
  private final DataSource dataSource;
  private final PlatformTransactionManager transactions;
  private final PositionKeeper positions;
  private final MarketCalendar calendar;
  private final boolean feedClock;

  JdbcOrderStores(
      JdbcClient jdbc,
      DataSource dataSource,
      PlatformTransactionManager transactions,
      PositionKeeper positions,
      MarketCalendar calendar,
      Settings settings) {
    this.jdbc = jdbc;
    this.operations = new NamedParameterJdbcTemplate(dataSource);
    this.dataSource = dataSource;
    this.transactions = transactions;
    this.positions = positions;
    this.calendar = calendar;
    this.feedClock = MarketClockSettings.from(settings) == MarketClockSettings.FEED;
  }

  @Override
  public OrderStore open(String accountId, long epoch, String settingsHash, String build) {
    JdbcLedger.Run run = new JdbcLedger.Run(accountId, epoch, settingsHash, build);
    return new JdbcOrderStore(
        jdbc,
        dataSource,
        transactions,
        () -> new JdbcLedger(operations, positions, calendar, feedClock, run),
        accountId,
        epoch);
  }
}
