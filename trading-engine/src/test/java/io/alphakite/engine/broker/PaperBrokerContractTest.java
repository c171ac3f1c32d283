package io.alphakite.engine.broker;

import com.zaxxer.hikari.HikariDataSource;
import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.engine.broker.paper.PaperBroker;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.Side;
import io.alphakite.testing.FaultyConnection;
import io.alphakite.testing.TestDatabase;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** The broker whose market is the table of quotes. */
class PaperBrokerContractTest extends BrokerContract {

  private static final Instant NOON = Instant.parse("2013-10-08T16:00:00Z");

  private final TestDatabase database = TestDatabase.create();
  private final FaultyConnection way;
  private final HikariDataSource connections = new HikariDataSource();
  private final PaperBroker broker;

  PaperBrokerContractTest() {
    DatabaseUrl url = database.url(DatabaseRole.ENGINE);
    way = FaultyConnection.before(url.jdbcUrl());
    connections.setJdbcUrl(way.through(url.jdbcUrl()));
    connections.setUsername(url.user());
    connections.setPassword(url.password());
    connections.setMaximumPoolSize(1);
    connections.setConnectionTimeout(250);
    // Each statement goes over with its text, by which its answer is lost.
    connections.addDataSourceProperty("prepareThreshold", "0");
    broker =
        new PaperBroker(
            JdbcClient.create(connections),
            new JdbcTransactionManager(connections),
            MarketCalendar.nyse(),
            InstantSource.system(),
            () -> NOON);
    broker.open();
    database.execute(
        """
        INSERT INTO tickers (ticker, streamed) VALUES ('SPY', true);
        INSERT INTO quotes (ticker, bid, bid_size, ask, ask_size, last, quote_time, received_at)
        VALUES ('SPY', 167.39, 500, 167.41, 500, 167.40, '2013-10-08T16:00:00Z', now());
        """);
  }

  @AfterAll
  void drop() {
    connections.close();
    way.close();
    database.close();
  }

  @Override
  protected Broker broker() {
    return broker;
  }

  @Override
  protected Set<Trait> traits() {
    return Set.of(Trait.REPLACES);
  }

  @Override
  protected Price tooLow() {
    return Price.of("120.00");
  }

  @Override
  protected OrderTerms refused() {
    return OrderTerms.market(Ticker.of("SPY"), Side.BUY, 1);
  }

  @Override
  protected void loseNextAnswer() {
    way.loseAnswerTo("INSERT INTO engine.paper_orders");
  }

  @Override
  protected void cut() {
    way.cut();
  }

  @Override
  protected void mend() {
    way.mend();
  }
}
