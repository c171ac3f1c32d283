package io.alphakite.suite.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The shell scripts of deploy/, run as they are against stand-ins for what they talk to. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class DeployScriptsTest {
  private static final Path ROOT = ProjectSettings.root();

  private record Result(int exit, String output) {}

  private final Path folder;
  private final HttpServer server;

  DeployScriptsTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stopListening() {
    server.stop(0);
  }

  @Test
  void healthCheckPassesWhenTheServiceIsReady() throws Exception {
    server.createContext(
        "/actuator/health/readiness", exchange -> answer(exchange, 200, "{\"status\":\"UP\"}"));

    assertThat(ready()).isEqualTo(new Result(0, ""));
  }

  @Test
  void healthCheckFailsWhileTheServiceIsNotReady() throws Exception {
    server.createContext(
        "/actuator/health/readiness", exchange -> answer(exchange, 503, "{\"status\":\"DOWN\"}"));

    Result result = ready();

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.output()).startsWith("not ready: ").contains(" 503");
  }

  @Test
  void healthCheckFailsWhenNothingListens() throws Exception {
    server.stop(0);

    Result result = ready();

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.output()).contains("nothing listens");
  }

  @Test
  void demonstrationLogsInAtTheSimulator() throws Exception {
    Path tokens = folder.resolve("tokens.json");
    serveLogin(true);

    Result result = run(simulatorLogin(tokens), "deploy/images/simulator-login");

    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(tokens)
        .content()
        .contains("\"access_token\":\"access@\"", "\"refresh_token\":\"refresh@\"");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tokens)))
        .isEqualTo("rw-------");
  }

  @Test
  void demonstrationLogsInNowhereElse() throws Exception {
    Path tokens = folder.resolve("tokens.json");
    serveLogin(false);

    Result result = run(simulatorLogin(tokens), "deploy/images/simulator-login");

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.output()).contains("is no simulator");
    assertThat(tokens).doesNotExist();
  }

  @Test
  void newSettingsHavePasswordsOfTheirOwnAndAreNeverOverwritten() throws Exception {
    Path file = folder.resolve("settings");

    Result first = run(Map.of(), "deploy/new-env", file.toString());
    String written = Files.readString(file);
    Result second = run(Map.of(), "deploy/new-env", file.toString());

    assertThat(first.exit()).as(first.output()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    List<String> secrets =
        written
            .lines()
            .filter(line -> line.matches("[A-Z_]+=.+"))
            .map(DeployScriptsTest::value)
            .toList();
    assertThat(secrets).hasSize(7).doesNotHaveDuplicates().allMatch(secret -> secret.length() > 40);
    String key =
        written
            .lines()
            .filter(line -> line.startsWith("SCHWAB_TOKEN_KEY="))
            .findFirst()
            .orElseThrow();
    assertThat(Base64.getDecoder().decode(value(key))).hasSize(32);
    assertThat(second.exit()).isEqualTo(1);
    assertThat(file).hasContent(written);
  }

  @Test
  void deploymentToTheCloudMakesItsMachineOnce() throws Exception {
    Map<String, String> environment = checkout("LIGHTSAIL_SSH_FROM=203.0.113.0/24\n");

    Result first = run(environment, folder.resolve("deploy/lightsail/deploy.sh").toString());
    Result second = run(environment, folder.resolve("deploy/lightsail/deploy.sh").toString());

    assertThat(first.exit()).as(first.output()).isZero();
    assertThat(second.exit()).as(second.output()).isZero();
    List<String> calls = Files.readAllLines(folder.resolve("calls"));
    assertThat(calls.stream().filter(call -> call.contains("create-instances"))).hasSize(1);
    assertThat(calls.stream().filter(call -> call.startsWith("rsync ")))
        .hasSize(2)
        .allMatch(call -> call.endsWith(" ubuntu@198.51.100.7:/opt/alpha-kite/"));
    assertThat(calls.stream().filter(call -> call.contains("put-instance-public-ports")))
        .allMatch(call -> call.endsWith("fromPort=22,toPort=22,protocol=tcp,cidrs=203.0.113.0/24"));
  }

  @Test
  void deploymentCopiesJustWhatTheMachineNeeds() throws Exception {
    Map<String, String> environment = checkout("DEPLOY_HOST=kite@198.51.100.8\n");

    Result result = run(environment, folder.resolve("deploy/lightsail/deploy.sh").toString());

    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(Files.readAllLines(folder.resolve("copied")))
        .containsExactly(
            "./.dockerignore",
            "./.env",
            "./Dockerfile",
            "./api-gateway/target/api-gateway.jar",
            "./deploy/images/jvm.options",
            "./deploy/images/ready",
            "./deploy/images/simulator-login",
            "./deploy/postgres/init.sh",
            "./docker-compose.yml",
            "./streaming-service/target/streaming-service.jar",
            "./suite/target/suite.jar",
            "./trading-engine/target/trading-engine.jar");
    assertThat(Files.readString(folder.resolve("calls"))).doesNotContain("aws ");
  }

  @Test
  void dryRunContactsNobody() throws Exception {
    Map<String, String> environment = checkout("LIGHTSAIL_SSH_FROM=203.0.113.0/24\n");

    Result result =
        run(environment, folder.resolve("deploy/lightsail/deploy.sh").toString(), "--dry-run");

    assertThat(result.exit()).as(result.output()).isZero();
    // Packing happens here; nothing that reaches out is called.
    assertThat(Files.readAllLines(folder.resolve("calls")))
        .allMatch(call -> call.startsWith("zip "));
    assertThat(result.output()).contains("+ lightsail create-instances", "+ ssh ", "+ rsync ");
    String settings = Files.readString(folder.resolve(".env"));
    assertThat(
            settings
                .lines()
                .filter(line -> line.matches("[A-Z_]+=.+"))
                .map(DeployScriptsTest::value))
        .noneMatch(secret -> result.output().contains(secret));
  }

  @Test
  void deploymentRefusesASettingThatNobodyReads() throws Exception {
    Map<String, String> environment = checkout("DEPLOY_HOST=kite@198.51.100.8\n");
    Files.writeString(
        folder.resolve(".env"),
        Files.readString(folder.resolve(".env")) + "RISK_MAX_ORDER_QTY=5\n");

    Result result = run(environment, folder.resolve("deploy/lightsail/deploy.sh").toString());

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.output()).contains("there is no setting RISK_MAX_ORDER_QTY");
    assertThat(folder.resolve("calls")).doesNotExist();
  }

  @Test
  void deploymentRefusesSettingsThatOthersMayRead() throws Exception {
    Map<String, String> environment = checkout("DEPLOY_HOST=kite@198.51.100.8\n");
    Files.setPosixFilePermissions(
        folder.resolve(".env"), PosixFilePermissions.fromString("rw-r--r--"));

    Result result = run(environment, folder.resolve("deploy/lightsail/deploy.sh").toString());

    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.output()).contains("chmod 600");
  }

  @Test
  void everyScriptExplainsItself() throws Exception {
    for (String script :
        List.of("deploy/new-env", "deploy/compose-smoke", "deploy/lightsail/deploy.sh")) {
      Result result = run(Map.of(), script, "--help");
      assertThat(result.exit()).as(script).isZero();
      assertThat(result.output()).as(script).startsWith(script);
      assertThat(run(Map.of(), script, "--nonsense").exit()).as(script).isEqualTo(1);
    }
  }

  @Test
  void shellcheckFindsNothing() throws Exception {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":", -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "shellcheck"))),
        "shellcheck is not installed");

    Result result =
        run(
            Map.of(),
            "shellcheck",
            "kite",
            ".ci/run",
            "deploy/new-env",
            "deploy/compose-smoke",
            "deploy/images/ready",
            "deploy/images/simulator-login",
            "deploy/postgres/init.sh",
            "deploy/lightsail/deploy.sh");

    assertThat(result.output()).isEmpty();
  }

  private Result ready() throws IOException, InterruptedException {
    return run(Map.of(), "deploy/images/ready", Integer.toString(server.getAddress().getPort()));
  }

  private void serveLogin(boolean simulator) {
    server.createContext(
        "/v1/oauth/authorize",
        exchange -> {
          if (simulator) {
            exchange.getResponseHeaders().add("Kite-Simulator", "1");
          }
          assertThat(exchange.getRequestURI().getRawQuery())
              .isEqualTo("client_id=app%2Fkey&redirect_uri=https%3A%2F%2F127.0.0.1");
          exchange
              .getResponseHeaders()
              .add("Location", "https://127.0.0.1/?code=C0.abc%40&session=1");
          answer(exchange, 302, "");
        });
    server.createContext(
        "/v1/oauth/token",
        exchange -> {
          String form = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          String login =
              "Basic " + Base64.getEncoder().encodeToString("app/key:app secret".getBytes(UTF_8));
          boolean good =
              form.equals(
                      "grant_type=authorization_code&code=C0.abc%40&redirect_uri=https%3A%2F%2F127.0.0.1")
                  && login.equals(exchange.getRequestHeaders().getFirst("Authorization"));
          answer(
              exchange,
              good ? 200 : 400,
              "{\"expires_in\":1800,\"refresh_token\":\"refresh@\",\"access_token\":\"access@\"}");
        });
  }

  private Map<String, String> simulatorLogin(Path tokens) {
    return Map.of(
        "SCHWAB_BASE_URL", "http://127.0.0.1:" + server.getAddress().getPort(),
        "SCHWAB_APP_KEY", "app/key",
        "SCHWAB_APP_SECRET", "app secret",
        "SCHWAB_CALLBACK_URL", "https://127.0.0.1",
        "SCHWAB_TOKEN_FILE", tokens.toString());
  }

  /** A built project in {@link #folder}, with programs on its PATH that only note their calls. */
  private Map<String, String> checkout(String target) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve("deploy"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        copy(ROOT.relativize(file));
      }
    }
    for (String file :
        List.of("env.template", "docker-compose.yml", "Dockerfile", ".dockerignore")) {
      copy(Path.of(file));
    }
    for (String module : List.of("suite", "streaming-service", "trading-engine", "api-gateway")) {
      write(folder.resolve(module + "/target/" + module + ".jar"), "a jar", "rw-------");
    }
    write(folder.resolve("deploy/lightsail/.env"), target, "rw-------");
    write(
        folder.resolve(".env"),
        """
        POSTGRES_PASSWORD=secret-1-superuser
        DATABASE_PASSWORD=secret-2-owner
        KITE_STREAMER_DB_PASSWORD=secret-3-streamer
        KITE_ENGINE_DB_PASSWORD=secret-4-engine
        KITE_GATEWAY_DB_PASSWORD=secret-5-gateway
        KITE_ADMIN_KEY=secret-6-admin-key
        SCHWAB_APP_KEY=secret-7-app
        SCHWAB_APP_SECRET=secret-8-app
        SCHWAB_CALLBACK_URL=https://127.0.0.1
        """,
        "rw-------");
    Path programs = folder.resolve("programs");
    String note =
        "#!/usr/bin/env bash\necho \"${0##*/} $*\" >> '" + folder.resolve("calls") + "'\n";
    write(programs.resolve("ssh"), note, "rwx------");
    write(programs.resolve("zip"), note, "rwx------");
    write(
        programs.resolve("rsync"),
        note
            + "cd \"${@: -2:1}\" && find . -type f | LC_ALL=C sort > '"
            + folder.resolve("copied")
            + "'\n",
        "rwx------");
    write(
        programs.resolve("aws"),
        note
            + """
              made=%s
              case "$*" in
                *create-instances*) touch "$made" ;;
                *get-instance*)
                  [[ -e $made ]] || { echo "An error occurred (NotFoundException)"; exit 254; }
                  case "$*" in
                    *publicIpAddress*) printf 'ubuntu\\t198.51.100.7\\n' ;;
                    *) echo running ;;
                  esac ;;
              esac
              """
                .formatted(folder.resolve("made")),
        "rwx------");
    return Map.of("PATH", programs + ":" + System.getenv("PATH"));
  }

  private void copy(Path file) throws IOException {
    Path target = folder.resolve(file);
    Files.createDirectories(target.getParent());
    Files.copy(ROOT.resolve(file), target, StandardCopyOption.COPY_ATTRIBUTES);
  }

  private static void write(Path file, String text, String mode) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static String value(String line) {
    return line.substring(line.indexOf('=') + 1);
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private Result run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    Map<String, String> given = new HashMap<>(environment);
    given.putIfAbsent("PATH", System.getenv("PATH"));
    builder.environment().clear();
    builder.environment().putAll(given);
    Process process = builder.start();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(String.join(" ", command) + " goes on for ever");
    }
    return new Result(process.exitValue(), Files.readString(output).strip());
  }
}
