package io.alphakite.suite.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.platform.settings.Settings;
import io.alphakite.suite.command.CommandRun;
import io.alphakite.testing.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class RecordCommandTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path directory;

  @Test
  void tellsTheServiceAndAPerson() {
    try (TestDatabase database = TestDatabase.create()) {
      Settings settings =
          Settings.of(
              Map.of(
                  "DATABASE_URL", database.jdbcUrl(),
                  "KITE_STREAMER_DB_PASSWORD", "kite_streamer",
                  "RECORD_DIR", directory.toString()));
      CommandRun unheard = run(settings, "status");
      assertThat(unheard.status()).isEqualTo(1);
      assertThat(unheard.json().path("service_heard").asBoolean()).isFalse();

      assertThat(run(settings, "on").json().path("wanted").asBoolean()).isTrue();
      database.execute(
          "UPDATE streaming.recording SET active = wanted, frames = 7, directory = '/recordings',"
              + " reported_at = now()");
      CommandRun heard = run(settings, "status");
      assertThat(heard.status()).isZero();
      assertThat(heard.json().path("active").asBoolean()).isTrue();
      assertThat(heard.json().path("frames").asInt()).isEqualTo(7);
      assertThat(run(settings, "off").json().path("wanted").asBoolean(true)).isFalse();
    }
  }

  @Test
  void listsTheDaysThatAreThere() throws Exception {
    Path day = Files.createDirectories(directory.resolve("2026-03-09"));
    Files.write(day.resolve("frames-1.gz"), new byte[2_048]);
    Files.writeString(
        day.resolve("frames-1.json"), "{\"frames\":12,\"missed\":3,\"complete\":false}");
    CommandRun list = run(Settings.of(Map.of("RECORD_DIR", directory.toString())), "list");
    JsonNode found = list.json().path("days").path(0);
    assertThat(found.path("date").asString()).isEqualTo("2026-03-09");
    assertThat(found.path("frames").asInt()).isEqualTo(12);
    assertThat(found.path("complete").asBoolean(true)).isFalse();
    assertThat(run(Settings.of(Map.of()), "rewind").status()).isEqualTo(2);
  }

  private static CommandRun run(Settings settings, String verb) {
    return CommandRun.of(
        true,
        terminal ->
            new RecordCommand(settings, InstantSource.system(), terminal)
                .run(List.of(verb, "--json")));
  }
}
