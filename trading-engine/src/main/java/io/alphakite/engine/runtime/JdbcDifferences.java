package io.alphakite.engine.runtime;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Differences as they stand in the database. */
@Repository
class JdbcDifferences implements Differences {

  private final JdbcClient jdbc;

  JdbcDifferences(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public boolean add(String accountId, String symbol, long ours, long theirs, Instant since) {
    return jdbc.sql(
                """
                INSERT INTO engine.position_differences AS told (account_id, symbol, ours, theirs, since)
                VALUES (:account, :symbol, :ours, :theirs, :since)
                ON CONFLICT (account_id, symbol) DO UPDATE SET ours = excluded.ours, theirs = excluded.theirs
                WHERE (told.ours, told.theirs) <> (excluded.ours, excluded.theirs)
                """)
            .param("account", accountId)
            .param("symbol", symbol)
            .param("ours", ours)
            .param("theirs", theirs)
            .param("since", since.atOffset(ZoneOffset.UTC))
            .update()
        > 0;
  }

  @Override
  public void keepOnly(String accountId, Collection<String> symbols) {
    jdbc.sql(
            """
            DELETE FROM engine.position_differences
            WHERE account_id = :account AND NOT (symbol = ANY(:symbols))
            """)
        .param("account", accountId)
        .param("symbols", symbols.toArray(String[]::new))
        .update();
  }
}
