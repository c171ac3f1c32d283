package io.alphakite.engine.halt.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.engine.halt.HaltBooks.Holder;
import io.alphakite.engine.halt.HaltBooks.Part;
import io.alphakite.engine.halt.HaltFile;
import io.alphakite.engine.halt.HaltWatch;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Two engines with a halt file each, on one real database. */
class JdbcHaltBooksTest {

  private static final Instant AT = Instant.parse("2026-01-05T15:00:00Z");
  private static final Holder TRADER = new Holder("paper", 2);

  private final TestDatabase database = TestDatabase.create();
  private final SingleConnectionDataSource connection = connect();
  private final JdbcClient jdbc = JdbcClient.create(connection);
  private final JdbcHaltBooks books = new JdbcHaltBooks(jdbc);
  private final HaltFile traders;
  private final HaltFile others;

  JdbcHaltBooksTest(@TempDir Path folder) throws IOException {
    traders = new HaltFile(folder.resolve("one/halt"));
    others = new HaltFile(folder.resolve("two/halt"));
    Files.createDirectories(folder.resolve("one"));
    Files.createDirectories(folder.resolve("two"));
    database.execute("INSERT INTO engine.accounts (account_id, epoch) VALUES ('paper', 2)");
  }

  @AfterEach
  void stop() {
    connection.destroy();
    database.close();
  }

  @Test
  void r43_tellsWhoMayWrite() {
    assertThat(part(TRADER)).isEqualTo(Part.TRADER);
    assertThat(part(new Holder("paper", 1))).isEqualTo(Part.OTHER);
    assertThat(part(null)).isEqualTo(Part.ALONE);
    database.execute("UPDATE trading_controls SET engine_seen_at = now()");
    assertThat(part(null)).isEqualTo(Part.OTHER);
    database.execute("UPDATE trading_controls SET engine_seen_at = now() - interval '1 minute'");
    assertThat(part(null)).isEqualTo(Part.ALONE);
  }

  @Test
  void r43_twoEnginesWithDifferentFilesDoNotFight() throws IOException {
    database.execute("UPDATE trading_controls SET engine_seen_at = now() + interval '1 hour'");
    others.write(AT, "Ann", "", null);
    rounds(TRADER);
    assertThat(one("SELECT state FROM trading_controls")).isEqualTo("active");
    assertThat(others.halted()).contains("Ann");

    traders.write(AT, "Bob", "", null);
    rounds(TRADER);
    assertThat(one("SELECT state || ' ' || halt_by FROM trading_controls")).isEqualTo("halted Bob");
    assertThat(one("SELECT count(*) FROM trading_commands")).isEqualTo("1");
  }

  @Test
  void r43_whileNobodyTradesOneFileIsEnough() throws IOException {
    others.write(AT, "Ann", "", null);
    traders.write(AT, "Bob", "", null);
    rounds(null);
    assertThat(one("SELECT state FROM trading_controls")).isEqualTo("halted");
    assertThat(one("SELECT count(*) FROM trading_commands")).isEqualTo("1");
  }

  @Test
  void r43_writesAnyHaltOfTheDatabaseIntoTheFile() {
    database.execute(
        "UPDATE trading_controls SET state = 'halted', state_reason = 'set by a person',"
            + " engine_seen_at = now() + interval '1 hour'");
    rounds(TRADER);
    assertThat(traders.halted()).contains("the kill switch").contains("set by a person");
    assertThat(traders.halted(true)).isNull();
    assertThat(one("SELECT count(*) FROM trading_commands")).isEqualTo("0");
    assertThat(one("SELECT state_reason FROM trading_controls")).isEqualTo("set by a person");
  }

  private void rounds(@Nullable Holder holder) {
    HaltWatch one = new HaltWatch(traders, books, InstantSource.fixed(AT));
    HaltWatch two = new HaltWatch(others, books, InstantSource.fixed(AT));
    for (int i = 0; i < 4; i++) {
      two.round(null);
      one.round(holder);
    }
  }

  private Part part(@Nullable Holder holder) {
    return books.standing(holder).part();
  }

  private String one(String sql) {
    return jdbc.sql(sql).query(String.class).single();
  }

  private SingleConnectionDataSource connect() {
    DatabaseUrl url = database.url(DatabaseRole.ENGINE);
    return new SingleConnectionDataSource(
        url.jdbcUrl(),
        Objects.requireNonNull(url.user()),
        Objects.requireNonNull(url.password()),
        true);
  }
}
