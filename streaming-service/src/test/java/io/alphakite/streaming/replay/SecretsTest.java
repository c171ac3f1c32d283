package io.alphakite.streaming.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.testing.SecretSearch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service as a process of its own with everything at TRACE, Spring, its server, the database
 * driver and OkHttp included: no secret in its log, its health, its metrics, its error pages, or
 * any table.
 */
@Timeout(240)
class SecretsTest {

  private static final String APP_KEY = "canaryAppKey7d1aB3dE5fG7hJ9kL1mN";
  private static final String APP_SECRET = "canarySecret9c2x";
  private static final Pattern PORT = Pattern.compile("started on port (\\d+)");

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path directory;

  @Test
  @Tag("long")
  void r65_showsNoSecretAtTrace() throws Exception {
    Map<String, String> app = Map.of("SCHWAB_APP_KEY", APP_KEY, "SCHWAB_APP_SECRET", APP_SECRET);
    Map<String, String> simulated = new LinkedHashMap<>(app);
    simulated.put("KITE_REPLAY_SPEED", "60");
    Map<String, String> shown = new LinkedHashMap<>();
    Map<String, String> secrets = new LinkedHashMap<>(app);
    Path log = directory.resolve("service.log");
    try (ReplayRig rig = new ReplayRig(directory, simulated)) {
      Map<String, String> settings = new LinkedHashMap<>(app);
      settings.put("JDK_JAVA_OPTIONS", tracing());
      rig.startProcess(settings);
      secrets.putAll(tokens(directory.resolve("schwab-token.json")));
      rig.awaitRows(5);
      secrets.put("account", rig.buy());
      rig.awaitAccountEvent("OrderFillCompleted");
      URI base = URI.create("http://127.0.0.1:" + port(log));
      for (String path :
          List.of(
              "/health",
              "/actuator/prometheus",
              "/actuator/health/readiness",
              "/actuator/env",
              "/actuator/configprops",
              "/nowhere?token=x")) {
        shown.put(path, get(base.resolve(path)));
      }
      shown.put("tables", tables(rig));
    }
    shown.put("log", text(log));
    assertThat(shown.get("log"))
        .as("everybody was heard")
        .contains("org.springframework", "okhttp3", "org.postgresql", "io.alphakite.schwab");
    assertThat(shown.get("/actuator/prometheus")).contains("kite_schwab_calls_total");
    SecretSearch search = new SecretSearch(secrets);
    List<String> leaks = new ArrayList<>();
    shown.forEach((where, text) -> leaks.addAll(search.in(where, text)));
    assertThat(leaks).isEmpty();
  }

  /** Options of the virtual machine that let everybody say everything. */
  private String tracing() throws IOException {
    Path logback =
        Files.writeString(
            directory.resolve("trace.xml"),
            """
            <configuration>
              <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender">
                <encoder class="io.alphakite.platform.logging.LogLineEncoder"/>
              </appender>
              <root level="TRACE"><appender-ref ref="CONSOLE"/></root>
            </configuration>
            """);
    Path jdk =
        Files.writeString(
            directory.resolve("trace.properties"),
            """
            .level=ALL
            handlers=java.util.logging.ConsoleHandler
            java.util.logging.ConsoleHandler.level=ALL
            # The JDK's own, which we neither write nor read.
            sun.level=INFO
            jdk.level=INFO
            """);
    return "-Dlogback.configurationFile=%s -Djava.util.logging.config.file=%s"
        .formatted(logback, jdk);
  }

  private static String port(Path log) {
    Matcher started =
        await().atMost(Duration.ofMinutes(1)).until(() -> PORT.matcher(text(log)), Matcher::find);
    return started.group(1);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> tokens(Path file) throws IOException {
    JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
    return Map.of(
        "access token", json.path("access_token").asString(),
        "refresh token", json.path("refresh_token").asString());
  }

  /** All rows of all tables as text. */
  private static String tables(ReplayRig rig) throws SQLException {
    StringBuilder text = new StringBuilder();
    for (String table :
        rig.sql(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
                + " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")) {
      rig.sql("SELECT t::text FROM " + table + " t LIMIT 10000")
          .forEach(row -> text.append(table).append(' ').append(row).append('\n'));
    }
    return text.toString();
  }

  private static String get(URI uri) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      return answer.headers().map() + answer.body();
    }
  }
}
