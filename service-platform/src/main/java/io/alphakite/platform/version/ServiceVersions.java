package io.alphakite.platform.version;

import io.alphakite.platform.database.SchemaCheck;
import io.alphakite.platform.database.SchemaVersion;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table {@code service_versions}. */
public final class ServiceVersions {

  /**
   * The version of what the services tell one another in tables and notifications. It goes up when
   * one of them would misread another that is older or newer.
   */
  public static final int CONTRACT = 2;

  /** The oldest contract that this build understands and whose services understand it. */
  public static final int CONTRACT_OLDEST = 2;

  /** The first contract in which a trade may have exits: an older engine sends it without them. */
  public static final int CONTRACT_OF_BRACKETS = 2;

  private final JdbcClient jdbc;

  public ServiceVersions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Says that this service runs, and what it is made for. */
  public void report(String service) {
    jdbc.sql(
            """
            INSERT INTO service_versions (service, build, schema_version, contract, contract_oldest, reported_at)
            VALUES (:service, :build, :schema, :contract, :oldest, now())
            ON CONFLICT (service) DO UPDATE SET build = excluded.build, schema_version = excluded.schema_version,
                contract = excluded.contract, contract_oldest = excluded.contract_oldest,
                reported_at = excluded.reported_at
            """)
        .param("service", service)
        .param("build", BuildVersion.get())
        .param("schema", SchemaVersion.known())
        .param("contract", CONTRACT)
        .param("oldest", CONTRACT_OLDEST)
        .update();
  }

  /** Says that this service runs no more: what it was made for need not fit to what runs. */
  public void stopped(String service) {
    jdbc.sql(
            """
            UPDATE service_versions SET reported_at = now() - make_interval(secs => :seconds)
            WHERE service = :service
            """)
        .param("service", service)
        .param("seconds", ServiceVersion.FRESH_SECONDS + 1)
        .update();
  }

  /** What each service said last, by name. */
  public List<ServiceVersion> all() {
    return jdbc.sql(
            """
            SELECT service, build, schema_version, contract, contract_oldest,
                   greatest(0, extract(epoch FROM now() - reported_at))::bigint AS seconds_ago
            FROM service_versions ORDER BY service
            """)
        .query(
            (row, number) ->
                new ServiceVersion(
                    row.getString("service"),
                    row.getString("build"),
                    row.getInt("schema_version"),
                    row.getInt("contract"),
                    row.getInt("contract_oldest"),
                    row.getLong("seconds_ago")))
        .list();
  }

  /** Whether the engine said last that it sends a trade with its exits. */
  public boolean engineTakesBrackets() {
    return all().stream()
        .anyMatch(
            each ->
                each.service().equals("trading-engine") && each.contract() >= CONTRACT_OF_BRACKETS);
  }

  /** Whether all fits. */
  public Agreement agreement() {
    int applied = jdbc.sql(SchemaCheck.APPLIED).query(Integer.class).single();
    int from = jdbc.sql("SELECT serves_from FROM schema_support").query(Integer.class).single();
    return Agreement.of(all(), applied, from);
  }
}
