package io.alphakite.engine.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.PostgresBooks;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Changes are taken in while others hold rows of their trades. */
@Timeout(120)
class ChangeLocksTest {

  @Test
  void changeOfATradeThatTheKillSwitchHoldsIsLeftForTheNextRound() throws SQLException {
    try (PostgresBooks books = new PostgresBooks();
        Connection kill = books.connect();
        Statement statement = kill.createStatement()) {
      OrderStore store = books.open(1);
      List<UUID> trades = List.of(new UUID(0, 1), new UUID(0, 2));
      for (UUID trade : trades) {
        books.execute(
            """
            INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, limit_price, status, source)
            VALUES ('%1$s', 'sim', 'SPY', 'buy', 1, 'limit', 100, 'working', 'manual');
            INSERT INTO trade_changes (id, trade_id, limit_price) VALUES ('%1$s', '%1$s', 101);
            """
                .formatted(trade));
      }
      kill.setAutoCommit(false);
      statement.execute("SET lock_timeout = '20s'");
      statement.execute(
          "UPDATE trades SET cancel_requested_at = now() WHERE id = '%s'"
              .formatted(trades.getLast()));
      assertThat(taken(store)).containsExactly(trades.getFirst());
      kill.commit();
      assertThat(taken(store)).isEqualTo(trades);
    }
  }

  private static List<UUID> taken(OrderStore store) {
    return store.write(
        ledger -> ledger.newChanges(8).stream().map(OrderChange::tradeId).sorted().toList());
  }
}
