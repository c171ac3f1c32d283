package io.alphakite.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.db.DatabaseRole;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The executable jars as the outside world starts them: a bad setting ends the start with one clear
 * line.
 */
class EntryPointTest {
  private static final Path ROOT = Path.of(System.getenv().getOrDefault("KITE_PROJECT_ROOT", ".."));

  private record Ended(int status, List<String> lines) {}

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static TestDatabase database;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path directory;

  @BeforeAll
  static void create() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void drop() {
    database.close();
  }

  static Stream<Arguments> badSettings() {
    return Stream.of(
        Arguments.of(
            "streaming-service", Map.of("STREAM_TICKERS", "SPY,no such"), "STREAM_TICKERS"),
        Arguments.of("streaming-service", Map.of("DATABASE_URL", ""), "DATABASE_URL"),
        Arguments.of(
            "trading-engine", Map.of("RISK_MAX_ORDER_QUANTITTY", "5"), "RISK_MAX_ORDER_QUANTITTY"),
        Arguments.of("trading-engine", Map.of("TRADING_MODE", "yolo"), "TRADING_MODE=yolo"),
        Arguments.of("api-gateway", Map.of("KITE_ADMIN_KEY", "short"), "KITE_ADMIN_KEY"),
        Arguments.of("schwab-simulator", Map.of("KITE_REPLAY_SPEED", "5000"), "KITE_REPLAY_SPEED"));
  }

  static Stream<Arguments> moreBadSettings() {
    return Stream.of(
        Arguments.of("streaming-service", Map.of("BATCH_INTERVAL", "soon"), "BATCH_INTERVAL=soon"),
        Arguments.of("streaming-service", Map.of("INDICATOR_BAR", "7m"), "INDICATOR_BAR=7m"),
        Arguments.of("streaming-service", Map.of("STREAM_HOURS", "night"), "STREAM_HOURS=night"),
        Arguments.of(
            "streaming-service",
            Map.of("SCHWAB_BASE_URL", "http://example.com"),
            "SCHWAB_BASE_URL"),
        Arguments.of("streaming-service", Map.of("DATABASE_URL", "mysql://x/y"), "DATABASE_URL"),
        Arguments.of(
            "trading-engine", Map.of("RISK_MAX_ORDER_QUANTITY", "-1"), "RISK_MAX_ORDER_QUANTITY"),
        Arguments.of("trading-engine", Map.of("DATABASE_URL", ""), "DATABASE_URL"),
        Arguments.of("api-gateway", Map.of("DATABASE_URL", ""), "DATABASE_URL"),
        Arguments.of("api-gateway", Map.of("GATEWAY_PORT", "http"), "GATEWAY_PORT=http"));
  }

  @ParameterizedTest
  @MethodSource("badSettings")
  void badSettingEndsTheStartWithOneLine(String service, Map<String, String> settings, String named)
      throws Exception {
    Ended ended = run(service, settings);
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.lines()).hasSize(1);
    assertThat(ended.lines().getFirst()).contains(named);
  }

  @ParameterizedTest
  @MethodSource("moreBadSettings")
  @Tag("long")
  void soDoesEveryOtherOne(String service, Map<String, String> settings, String named)
      throws Exception {
    badSettingEndsTheStartWithOneLine(service, settings, named);
  }

  @ParameterizedTest
  @MethodSource("ports")
  void portInUseEndsTheStartWithOneLine(String service, String setting) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ended ended = run(service, Map.of(setting, Integer.toString(taken.getLocalPort())));
      assertThat(ended.status()).isEqualTo(1);
      assertThat(ended.lines()).hasSize(1);
      assertThat(ended.lines().getFirst())
          .contains(setting)
          .contains(Integer.toString(taken.getLocalPort()));
    }
  }

  static Stream<Arguments> ports() {
    return Stream.of(
        Arguments.of("api-gateway", "GATEWAY_PORT"),
        Arguments.of("schwab-simulator", "SIMULATOR_PORT"));
  }

  @Test
  void migrateSaysWhatItDid() throws Exception {
    Ended ended =
        runJava(
            Map.of(
                "DATABASE_URL",
                database.jdbcUrl(),
                "DATABASE_USER",
                "kite_admin",
                "DATABASE_PASSWORD",
                "kite_admin"),
            "-cp",
            System.getProperty("java.class.path"),
            Suite.class.getName(),
            "migrate");
    assertThat(ended.lines())
        .anyMatch(line -> line.startsWith("The schema is up to date at version "));
    assertThat(ended.status()).isZero();
  }

  private Ended run(String service, Map<String, String> settings)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>();
    environment.put("DATABASE_URL", database.jdbcUrl());
    environment.put("DATABASE_USER", DatabaseRole.STREAMER.roleName());
    environment.put("DATABASE_PASSWORD", DatabaseRole.STREAMER.roleName());
    environment.put("SCHWAB_APP_KEY", "key");
    environment.put("SCHWAB_APP_SECRET", "secret");
    environment.put("SCHWAB_CALLBACK_URL", "https://127.0.0.1");
    environment.put("SCHWAB_TOKEN_FILE", directory.resolve("token.json").toString());
    environment.put("STREAMER_PORT", "0");
    environment.put("ENGINE_PORT", "0");
    environment.put("GATEWAY_PORT", "0");
    environment.put("SIMULATOR_PORT", "0");
    environment.putAll(settings);
    Path jar = ROOT.resolve(service + "/target/" + service + ".jar").toAbsolutePath();
    assertThat(jar).exists();
    return runJava(environment, "-jar", jar.toString());
  }

  private Ended runJava(Map<String, String> settings, String... arguments)
      throws IOException, InterruptedException {
    Path output = directory.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(
                    Stream.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC"),
                    Stream.of(arguments))
                .toList());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("(DATABASE|SCHWAB|KITE|STREAM|RISK|BATCH)_.*"));
    builder.environment().putAll(settings);
    Process process =
        builder
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS))
          .as("%s ends", List.of(arguments).getLast())
          .isTrue();
      return new Ended(process.exitValue(), Files.readAllLines(output, StandardCharsets.UTF_8));
    } finally {
      process.destroyForcibly();
    }
  }
}
