package io.alphakite.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.db.DatabaseRole;
import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import io.alphakite.platform.probe.ProbeService;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.time.MarketClock;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A service started for real: what it offers, and what it says when it cannot start. */
class ServiceLauncherTest {
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static TestDatabase database;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static RunningService service;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
    service =
        ServiceLauncher.start(ProbeService.DEFINITION, settings(Map.of("MARKET_CLOCK", "feed")));
  }

  @AfterAll
  static void stop() {
    service.close();
    database.close();
  }

  @Test
  void healthNamesEveryCheck() throws Exception {
    HttpResponse<String> health = get("/health");
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body())
        .contains("\"service\":\"probe-service\"")
        .contains("\"database\":{\"status\":\"UP\"")
        .contains("\"feed\":{\"status\":\"UP\"}")
        .contains("\"disk\":{\"status\":")
        .contains("\"errors\":{\"status\":");
  }

  @Test
  void healthIsAsBadAsItsWorstCheck() throws Exception {
    ProbeService.FEED.set(CheckResult.down("no data for 40 s"));
    try {
      HttpResponse<String> health = get("/health");
      assertThat(health.statusCode()).isEqualTo(503);
      assertThat(health.body()).startsWith("{\"status\":\"DOWN\"").contains("no data for 40 s");
    } finally {
      ProbeService.FEED.set(CheckResult.up());
    }
  }

  @Test
  void answersProbesAndMetrics() throws Exception {
    assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
    assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
    assertThat(get("/actuator/prometheus").body()).contains("jvm_memory_used_bytes");
    assertThat(get("/actuator/env").statusCode()).isEqualTo(404);
  }

  @Test
  void keepsHarmlessRequestIdAndReplacesOthers() throws Exception {
    assertThat(get("/health", "X-Request-Id", "abc-1.2_3").headers().firstValue("X-Request-Id"))
        .contains("abc-1.2_3");
    assertThat(
            get("/health", "X-Request-Id", "a b")
                .headers()
                .firstValue("X-Request-Id")
                .orElseThrow())
        .isNotEqualTo("a b")
        .hasSize(36);
    assertThat(get("/nowhere").headers().firstValue("X-Request-Id")).isPresent();
  }

  @Test
  void feedClockIsTheNewestCommittedEvent() {
    MarketClock clock = service.context().getBean(MarketClock.class);
    database.execute(
        "INSERT INTO quotes (ticker, quote_time, trade_time, received_at) "
            + "VALUES ('CLK', '2013-10-07T13:30:01Z', '2013-10-07T13:30:02.5Z', now())");
    assertThat(await(clock::now, Instant.parse("2013-10-07T13:30:02.500Z")))
        .isEqualTo(Instant.parse("2013-10-07T13:30:02.500Z"));
  }

  @Test
  void notificationsArriveAtCommitAndListenersAreWokenOnce() throws Exception {
    Notifications notifications = service.context().getBean(Notifications.class);
    var received = new LinkedBlockingQueue<String>();
    try (AutoCloseable _ = notifications.listen(Channel.SIGNALS, received::add)) {
      assertThat(received.poll(10, TimeUnit.SECONDS)).isEmpty();
      Notifications.send(service.context().getBean(JdbcClient.class), Channel.SIGNALS, "42");
      assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("42");
    }
  }

  @Test
  void listenersAreWokenAfterTheConnectionWasLost() throws Exception {
    Notifications notifications = service.context().getBean(Notifications.class);
    var received = new LinkedBlockingQueue<String>();
    try (AutoCloseable _ = notifications.listen(Channel.CONTROLS, received::add)) {
      assertThat(received.poll(10, TimeUnit.SECONDS)).isEmpty();
      database.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
              + "WHERE usename = 'kite_gateway' AND datname = current_database()"
              // The pool's connections bear the service's name.
              + " AND application_name <> 'probe-service'");
      assertThat(received.poll(10, TimeUnit.SECONDS)).isEmpty();
      Notifications.send(service.context().getBean(JdbcClient.class), Channel.CONTROLS, "again");
      assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("again");
    }
  }

  @Test
  void refusesToStartWithoutDatabase() {
    assertThatThrownBy(() -> ServiceLauncher.start(ProbeService.DEFINITION, Settings.of(Map.of())))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("DATABASE_URL is not set");
  }

  @Test
  void refusesWrongDatabaseUrl() {
    assertThatThrownBy(() -> start(Map.of("DATABASE_URL", "mysql://localhost/kite")))
        .hasMessageStartingWith("DATABASE_URL must look like jdbc:postgresql://")
        .hasMessageNotContaining("\n");
  }

  @Test
  void refusesUnreachableDatabase() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    assertThatThrownBy(
            () -> start(Map.of("DATABASE_URL", "jdbc:postgresql://localhost:" + free + "/kite")))
        .hasMessageStartingWith("cannot reach the database of DATABASE_URL")
        .hasMessageNotContaining("\n");
  }

  @Test
  void refusesDatabaseThatDoesNotExist() {
    assertThatThrownBy(() -> start(Map.of("DATABASE_URL", database.jdbcUrl() + "_none")))
        .hasMessageStartingWith("DATABASE_URL names a database that does not exist");
  }

  @Test
  void refusesUnmigratedDatabase() {
    assertThatThrownBy(
            () ->
                start(
                    Map.of("DATABASE_URL", database.jdbcUrl().replaceAll("/[^/]*$", "/postgres"))))
        .hasMessageContaining("run ./kite migrate");
  }

  @Test
  void refusesPortInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> start(Map.of("PROBE_PORT", Integer.toString(taken.getLocalPort()))))
          .hasMessage(
              "PROBE_PORT="
                  + taken.getLocalPort()
                  + " is in use by another program: stop it or choose another port");
    }
  }

  @Test
  void refusesBadPortAndBadClock() {
    assertThatThrownBy(() -> start(Map.of("PROBE_PORT", "http")))
        .hasMessage("PROBE_PORT=http is not a whole number from 0 to 65535");
    assertThatThrownBy(() -> start(Map.of("MARKET_CLOCK", "sundial")))
        .hasMessage("MARKET_CLOCK=sundial is not wall or feed");
  }

  private static RunningService start(Map<String, String> others) {
    return ServiceLauncher.start(ProbeService.DEFINITION, settings(others));
  }

  private static Settings settings(Map<String, String> others) {
    Map<String, String> values = new HashMap<>();
    values.put("DATABASE_URL", database.jdbcUrl());
    values.put("DATABASE_USER", DatabaseRole.GATEWAY.roleName());
    values.put("DATABASE_PASSWORD", DatabaseRole.GATEWAY.roleName());
    values.putAll(others);
    return Settings.of(values);
  }

  private static <T> T await(java.util.function.Supplier<T> supplier, T wanted) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    T value = supplier.get();
    while (!value.equals(wanted) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
      value = supplier.get();
    }
    return value;
  }

  private HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.port() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
