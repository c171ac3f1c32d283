package io.alphakite.platform.health;

import java.util.Map;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whether the database answers. */
final class DatabaseCheck implements HealthCheck {
  private final JdbcClient jdbc;

  DatabaseCheck(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public String name() {
    return "database";
  }

  @Override
  public CheckResult check() {
    long start = System.nanoTime();
    try {
      jdbc.sql("SELECT 1").query(Integer.class).single();
    } catch (DataAccessException e) {
      return CheckResult.down("the database does not answer");
    }
    return CheckResult.up(Map.of("latency_ms", (System.nanoTime() - start) / 1_000_000));
  }
}
