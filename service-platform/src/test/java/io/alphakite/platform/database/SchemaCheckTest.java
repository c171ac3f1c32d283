package io.alphakite.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.Migrations;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.testing.TestDatabase;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against a migrated PostgreSQL, as each service's role. */
class SchemaCheckTest {

  private final TestDatabase database = TestDatabase.create();

  @AfterEach
  void drop() {
    database.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAMER", "ENGINE", "GATEWAY"})
  void r49_takesTheSchemaOfItsOwnBuild(DatabaseRole role) throws SQLException {
    SchemaCheck.require(database.url(role));
  }

  @Test
  void knowsTheNewestMigration() throws SQLException {
    assertThat(Migrations.apply(database.administrator(), Map.of()).version())
        .isEqualTo(Integer.toString(SchemaVersion.known()));
  }

  @Test
  void r49_refusesAnOlderSchema() {
    int known = SchemaVersion.known() + 1;
    assertThatThrownBy(() -> SchemaCheck.require(database.url(DatabaseRole.ENGINE), known))
        .isInstanceOf(SettingsException.class)
        .hasMessage(
            "the database has schema version %d, this build needs %d: run ./kite migrate"
                .formatted(known - 1, known));
  }

  @Test
  void r49_takesANewerSchemaAsLongAsThatServesIt() throws SQLException {
    int known = SchemaVersion.known() - 1;
    database.execute("UPDATE schema_support SET serves_from = " + known);
    SchemaCheck.require(database.url(DatabaseRole.ENGINE), known);

    database.execute("UPDATE schema_support SET serves_from = " + (known + 1));
    assertThatThrownBy(() -> SchemaCheck.require(database.url(DatabaseRole.ENGINE), known))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(
            "serves builds from %d on, and this build knows %d: update it"
                .formatted(known + 1, known));
  }
}
