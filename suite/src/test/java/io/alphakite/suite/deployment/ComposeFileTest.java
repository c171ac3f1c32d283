package io.alphakite.suite.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** What docker-compose.yml promises, read as YAML; no engine is needed. */
class ComposeFileTest {
  /** Whose settings a container has to be given. */
  private static final Map<String, List<String>> MODULES =
      Map.of(
          "streaming-service", List.of("streaming-service", "service-platform"),
          "trading-engine", List.of("trading-engine", "service-platform"),
          "api-gateway", List.of("api-gateway", "service-platform"),
          "schwab-simulator", List.of("schwab-simulator"));

  private final Map<String, Object> file =
      new Yaml().load(ProjectSettings.read(ProjectSettings.root().resolve("docker-compose.yml")));
  private final Map<String, Object> networks = asMap(file.get("networks"));
  private final Map<String, Map<String, Object>> services = services(file);

  @Test
  void givesEveryServiceTheSettingsItReadsAndNoOthers() {
    assumeTrue(ProjectSettings.complete(), "a service is not there yet");
    Map<String, Set<String>> expected = new TreeMap<>();
    Map<String, Set<String>> given = new TreeMap<>();
    MODULES.forEach(
        (service, modules) -> {
          expected.put(service, ProjectSettings.usedBy(modules));
          given.put(service, new TreeSet<>(mapping(service, "environment").keySet()));
        });

    assertThat(given).isEqualTo(expected);
  }

  @Test
  void letsEachServiceConnectAsItsOwnRole() {
    assertThat(mapping("streaming-service", "environment"))
        .containsEntry("DATABASE_USER", "kite_streamer")
        .containsEntry("DATABASE_PASSWORD", "${KITE_STREAMER_DB_PASSWORD:-}");
    assertThat(mapping("trading-engine", "environment"))
        .containsEntry("DATABASE_USER", "kite_engine")
        .containsEntry("DATABASE_PASSWORD", "${KITE_ENGINE_DB_PASSWORD:-}");
    assertThat(mapping("api-gateway", "environment"))
        .containsEntry("DATABASE_USER", "kite_gateway")
        .containsEntry("DATABASE_PASSWORD", "${KITE_GATEWAY_DB_PASSWORD:-}");
  }

  @Test
  void startsServicesAfterTheMigration() {
    for (String service : List.of("streaming-service", "trading-engine", "api-gateway")) {
      assertThat(mapping(service, "depends_on"))
          .as(service)
          .containsEntry("postgres", Map.of("condition", "service_healthy"))
          .containsEntry("migrate", Map.of("condition", "service_completed_successfully"));
    }
  }

  @Test
  void takesFromEveryContainerWhatItDoesNotNeed() {
    services.forEach(
        (name, service) -> {
          assertThat(service)
              .as(name)
              .containsEntry("read_only", true)
              .containsEntry("cap_drop", List.of("ALL"))
              .containsEntry("security_opt", List.of("no-new-privileges:true"))
              .containsKeys("user", "mem_limit", "cpus", "pids_limit", "tmpfs", "logging")
              .containsKeys("restart", "healthcheck")
              .doesNotContainKeys("privileged", "network_mode", "cap_add");
          assertThat(String.valueOf(service.get("user"))).as(name).doesNotContain("root");
          assertThat(String.valueOf(service.get("volumes"))).as(name).doesNotContain("docker.sock");
        });
  }

  @Test
  void publishesTheGatewayAloneAndOnLoopback() {
    List<String> published = new ArrayList<>();
    services.forEach(
        (name, service) -> {
          if (service.containsKey("ports")) {
            published.add(name + " " + service.get("ports"));
          }
        });

    assertThat(published)
        .containsExactly(
            "api-gateway [${KITE_PUBLISH_ADDRESS:-127.0.0.1}:${GATEWAY_PORT:-8080}:8080]");
  }

  @Test
  void keepsTheGatewayAwayFromTheBroker() {
    assertThat(services.get("api-gateway"))
        .containsEntry("networks", List.of("database", "front", "replay"));
    assertThat(services.get("postgres")).containsEntry("networks", List.of("database"));
    assertThat(networks.get("database")).isEqualTo(Map.of("internal", true));
    assertThat(networks.get("replay")).isEqualTo(Map.of("internal", true));
    assertThat(services.get("schwab-simulator"))
        .containsEntry("networks", List.of("broker", "replay"));
  }

  @Test
  void startsTheSimulatorInTheDemonstrationAlone() {
    Set<String> demonstration = new TreeSet<>();
    services.forEach(
        (name, service) -> {
          if (service.containsKey("profiles") && !name.equals("kite")) {
            assertThat(service).as(name).containsEntry("profiles", List.of("demo"));
            demonstration.add(name);
          }
        });

    assertThat(demonstration).containsExactly("schwab-simulator", "simulator-login");
  }

  @Test
  void haltsWithTheEnginesFileAndWaitsForNothing() {
    assertThat(services.get("kite"))
        .containsEntry("profiles", List.of("commands"))
        .containsEntry("volumes", List.of("kite-data:/var/lib/kite"))
        .containsEntry("networks", List.of("database", "broker"))
        .doesNotContainKeys("depends_on", "ports");
    assertThat(mapping("kite", "environment"))
        .containsEntry("HALT_FILE", mapping("trading-engine", "environment").get("HALT_FILE"))
        .containsEntry("SCHWAB_ACCOUNT", "${SCHWAB_ACCOUNT:-}")
        .containsEntry("DATABASE_USER", "kite_gateway");
  }

  @Test
  void packsJarsThatTheBuildContextHolds() {
    String ignored = ProjectSettings.read(ProjectSettings.root().resolve(".dockerignore"));
    Set<String> packed = new TreeSet<>();
    services.forEach(
        (name, service) -> {
          if (service.containsKey("build")) {
            packed.add("!" + asMap(asMap(service.get("build")).get("args")).get("JAR"));
          }
        });

    assertThat(packed).hasSize(5);
    assertThat(ignored.lines()).containsAll(packed);
  }

  @Test
  void isAcceptedByDockerCompose() throws Exception {
    Optional<Path> program =
        Stream.of(System.getenv("PATH").split(":", -1))
            .map(folder -> Path.of(folder, "docker-compose"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(program.isPresent(), "docker-compose is not installed");

    for (String arguments : List.of("", "--profile demo", "--env-file deploy/demo.env")) {
      List<String> command = new ArrayList<>(List.of(program.orElseThrow().toString()));
      Stream.of(arguments.split(" ", -1)).filter(word -> !word.isEmpty()).forEach(command::add);
      command.addAll(List.of("config", "--services"));
      Process process =
          new ProcessBuilder(command)
              .directory(ProjectSettings.root().toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);

      assertThat(process.waitFor()).as(said).isZero();
      // Compose 1 lists the services of every profile.
      assertThat(said.lines())
          .contains("postgres", "migrate", "streaming-service", "trading-engine", "api-gateway");
    }
  }

  private Map<String, Object> mapping(String service, String key) {
    Map<String, Object> found = services.get(service);
    assertThat(found).as(service).isNotNull();
    return asMap(found.get(key));
  }

  private static Map<String, Map<String, Object>> services(Map<String, Object> file) {
    Map<String, Map<String, Object>> services = new TreeMap<>();
    asMap(file.get("services")).forEach((name, service) -> services.put(name, asMap(service)));
    return services;
  }

  @SuppressWarnings("unchecked") // the keys of a compose file are texts
  private static Map<String, Object> asMap(@Nullable Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return (Map<String, Object>) Objects.requireNonNull(value);
  }
}
