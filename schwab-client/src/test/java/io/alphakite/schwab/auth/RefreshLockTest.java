package io.alphakite.schwab.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.db.AdvisoryLock;
import io.alphakite.db.DatabaseRole;
import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.http.ClockSkew;
import io.alphakite.schwab.http.HttpClients;
import io.alphakite.schwab.http.MonotonicClock;
import io.alphakite.schwab.http.OneShot;
import io.alphakite.schwab.http.RateBudget;
import io.alphakite.schwab.http.SimulatorMark;
import io.alphakite.testing.TestDatabase;
import java.io.Closeable;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two services on two machines: one token file, locks on it that do not reach the other machine,
 * and a PostgreSQL that both are connected to.
 */
@Timeout(120)
class RefreshLockTest {

  private static final String TOKEN = "POST /v1/oauth/token";
  private static final Instant NOW = Instant.parse("2026-01-05T14:30:00Z");

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static TestDatabase database;

  private final FakeSchwab schwab = new FakeSchwab();
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final Path directory;
  private final Path file;

  RefreshLockTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = FakeSchwab.tokenFile(directory, "access-0@", Instant.EPOCH);
  }

  @BeforeAll
  static void createDatabase() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void dropDatabase() {
    database.close();
  }

  @AfterEach
  void close() {
    schwab.close();
  }

  private static AdvisoryLock lock(DatabaseRole role) {
    return new AdvisoryLock(database.url(role)::connect, AdvisoryLock.SCHWAB_TOKENS);
  }

  private OAuthTokens machine(String name, RefreshLock processes) {
    return OAuthTokens.of(
            URI.create(schwab.url()),
            schwab.config(file).credentials(),
            TokenFile.locked(file, directory.resolve(name + ".lock"), null),
            processes,
            new OneShot(
                HttpClients.once(
                    new SimulatorMark(),
                    new ClockSkew(now::get, System::nanoTime),
                    Duration.ofSeconds(20)),
                new RateBudget(
                    RateBudget.Settings.SIMULATOR, MonotonicClock.SYSTEM, new Random(1))),
            now::get,
            new Random(1))
        .open();
  }

  /** What Schwab may do: a new refresh token each time and the old one dead, or the same again. */
  private void rotate(boolean rotating) {
    AtomicReference<String> alive = new AtomicReference<>(FakeSchwab.REFRESH);
    AtomicInteger count = new AtomicInteger();
    schwab.on(
        TOKEN,
        request -> {
          String given =
              URLDecoder.decode(
                  FakeSchwab.body(request).replaceAll(".*refresh_token=", ""),
                  StandardCharsets.UTF_8);
          int n = count.incrementAndGet();
          String next = rotating ? "refresh-" + n + "@" : given;
          // Two at once would be the failure this test looks for: the second finds its token dead.
          return alive.getAndUpdate(held -> held.equals(given) ? next : held).equals(given)
              ? FakeSchwab.json(200, FakeSchwab.grant("access-" + n + "@", next))
              : FakeSchwab.json(400, OAuthTokensTest.DEAD_REFRESH);
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refreshesOnceForTwoServicesOnTwoMachines(boolean rotating) throws Exception {
    rotate(rotating);
    List<OAuthTokens> services =
        List.of(
            machine("a", lock(DatabaseRole.STREAMER)::acquire),
            machine("b", lock(DatabaseRole.ENGINE)::acquire));
    for (int round = 1; round <= 5; round++) {
      List<Future<String>> answers = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 8; i++) {
          OAuthTokens tokens = services.get(i % 2);
          answers.add(threads.submit(tokens::accessToken));
        }
      }
      for (Future<String> answer : answers) {
        assertThat(answer.get()).isEqualTo("access-" + round + "@");
      }
      assertThat(schwab.count(TOKEN)).isEqualTo(round);
      now.set(now.get().plus(Duration.ofMinutes(30)));
    }
    assertThat(services).allSatisfy(tokens -> assertThat(tokens.status().problem()).isNull());
  }

  @Test
  void waitsWhileAnotherProcessRefreshesAndTakesOverWhatItWrote() throws Exception {
    OAuthTokens waiting = machine("a", lock(DatabaseRole.STREAMER)::acquire);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> answer;
      try (Closeable _ = lock(DatabaseRole.ENGINE).acquire(Duration.ofSeconds(5))) {
        answer = threads.submit(waiting::accessToken);
        awaitAWaiter();
        FakeSchwab.tokenFile(directory, "access-other@", NOW.plusSeconds(1_800));
      }
      assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("access-other@");
    }
    assertThat(schwab.count(TOKEN)).isZero();
  }

  private static void awaitAWaiter() throws SQLException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    try (Connection connection = database.superuser().connect();
        Statement statement = connection.createStatement()) {
      while (System.nanoTime() < end) {
        try (ResultSet row =
            statement.executeQuery(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")) {
          if (row.next() && row.getInt(1) == 1) {
            return;
          }
        }
        LockSupport.parkNanos(5_000_000);
      }
    }
    throw new AssertionError("nobody waits for the lock");
  }

  @Test
  void goesOnWithTheFilesLockWhenTheDatabaseIsAway() {
    OAuthTokens tokens =
        machine(
            "a",
            _ -> {
              throw new SQLException("the connection attempt failed", "08001");
            });
    assertThat(tokens.accessToken()).isEqualTo("access-1@");
    assertThat(tokens.status().state()).isEqualTo(TokenStatus.State.READY);
  }

  @Test
  void asksNobodyWhenAnotherProcessKeepsTheLock() {
    OAuthTokens tokens =
        machine(
            "a",
            _ -> {
              throw new TimeoutException();
            });
    assertThatThrownBy(tokens::accessToken).hasMessageContaining("another process is at it");
    assertThat(tokens.status().state()).isEqualTo(TokenStatus.State.REFRESH_FAILING);
    assertThat(schwab.count(TOKEN)).isZero();
  }

  @Test
  void isGivenBackByAHolderWhoseConnectionBroke() throws Exception {
    Closeable held = lock(DatabaseRole.ENGINE).acquire(Duration.ofSeconds(5));
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_locks"
            + " WHERE locktype = 'advisory' AND granted");
    lock(DatabaseRole.STREAMER).acquire(Duration.ofSeconds(30)).close();
    held.close();
  }

  @Test
  void endsItsPatience() throws Exception {
    AdvisoryLock lock = lock(DatabaseRole.ENGINE);
    try (Closeable _ = lock.acquire(Duration.ofSeconds(5))) {
      assertThatThrownBy(() -> lock.acquire(Duration.ofMillis(20)))
          .isInstanceOf(TimeoutException.class);
    }
    lock.acquire(Duration.ofSeconds(5)).close();
  }

  @Test
  void otherNamesAreOtherLocks() throws Exception {
    AdvisoryLock.Connections engine = database.url(DatabaseRole.ENGINE)::connect;
    try (Closeable _ = new AdvisoryLock(engine, "one").acquire(Duration.ofSeconds(5));
        Closeable other = new AdvisoryLock(engine, "two").acquire(Duration.ofSeconds(5))) {
      assertThat(other).isNotNull();
    }
  }
}
