package io.alphakite.schwab.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.schwab.http.AwkwardServer.Plan;
import io.alphakite.schwab.http.OneShot.Fate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the server does to a connection that waits, and whenever: an order reaches it at most
 * once, and is told as never sent only when not a byte of it came.
 */
class ReadyConnectionsTest {

  private static final String BODY = "{\"orderType\":\"MARKET\"}";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private static Path directory;

  @SuppressWarnings("NullAway.Init") // set before all
  private static SSLContext tls;

  @SuppressWarnings("NullAway.Init") // set before all
  private static X509TrustManager trust;

  private final SimulatorMark mark = new SimulatorMark();
  private final ClockSkew skew = new ClockSkew(InstantSource.system(), System::nanoTime);
  private final OneShot once =
      new OneShot(
          trusting(HttpClients.once(mark, skew, PATIENCE)),
          new RateBudget(RateBudget.Settings.SIMULATOR, MonotonicClock.SYSTEM, new Random(1)));

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path file = directory.resolve("key.p12");
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "server",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=awkward",
                    "-ext",
                    "SAN=ip:127.0.0.1",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    file.toString(),
                    "-storepass",
                    "password"))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, "password".toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "password".toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", store.getCertificate("server"));
    TrustManagerFactory trusts =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusts.init(trusted);
    trust = (X509TrustManager) trusts.getTrustManagers()[0];
    tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), trusts.getTrustManagers(), null);
  }

  private static OkHttpClient trusting(OkHttpClient client) {
    return client.newBuilder().sslSocketFactory(tls.getSocketFactory(), trust).build();
  }

  @AfterEach
  void close() {
    once.keepNoneReady();
  }

  private void keepReady(AwkwardServer server, Duration limit) {
    once.keepReady(trusting(HttpClients.ready(mark, skew, limit)), URI.create(server.url()), limit);
  }

  private void keepReady(AwkwardServer server) {
    keepReady(server, PATIENCE);
    await(() -> once.ready() == ReadyConnections.KEPT);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static Request order(AwkwardServer server) {
    return new Request.Builder()
        .url(server.url() + "/trader/v1/accounts/A1/orders")
        .post(OneShot.body(BODY, MediaType.get("application/json")))
        .build();
  }

  private static AwkwardServer server(boolean encrypted, Plan plan) throws IOException {
    return new AwkwardServer(encrypted ? tls : null, _ -> plan);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ordersGoOutOnConnectionsThatStoodBefore(boolean encrypted) throws IOException {
    try (AwkwardServer server = server(encrypted, Plan.GOOD)) {
      keepReady(server);
      for (int i = 1; i <= 5; i++) {
        int before = server.connections();
        assertThat(once.send(order(server))).isInstanceOf(Fate.Answered.class);
        assertThat(server.whole()).isEqualTo(i);
        assertThat(server.begun()).as("each on one of its own").isEqualTo(i);
        assertThat(before).as("opened before it").isGreaterThanOrEqualTo(i);
        await(() -> once.ready() == ReadyConnections.KEPT);
      }
      assertThat(server.connections()).as("used ones and ready ones").isEqualTo(7);
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void oneThatEndsWhileItWaitsIsReplacedBeforeAnOrderComes(boolean encrypted, boolean reset)
      throws IOException {
    try (AwkwardServer server = server(encrypted, Plan.GOOD)) {
      keepReady(server);
      server.hangUp(reset);
      await(() -> once.ready() == ReadyConnections.KEPT && server.connections() == 4);
      assertThat(once.send(order(server))).isInstanceOf(Fate.Answered.class);
      assertThat(server.begun()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void oneThatEndsAtTheGateIsNotUsed(boolean encrypted, boolean reset) throws IOException {
    try (AwkwardServer server = server(encrypted, Plan.GOOD)) {
      keepReady(server);
      AtomicBoolean first = new AtomicBoolean(true);
      BooleanSupplier gate =
          () -> {
            if (first.getAndSet(false)) {
              server.hangUp(reset);
              // Until it has come to the other one, which waits as this one did.
              await(() -> once.ready() == 0 || server.connections() > 2);
            }
            return true;
          };
      assertThat(once.send(order(server), gate)).isInstanceOf(Fate.Answered.class);
      assertThat(server.begun()).isEqualTo(1);
      assertThat(server.whole()).isEqualTo(1);
    }
  }

  @Test
  void aClosedGateLetsNothingThrough() throws IOException {
    try (AwkwardServer server = server(false, Plan.GOOD)) {
      keepReady(server);
      AtomicInteger asked = new AtomicInteger();
      Fate fate =
          once.send(
              order(server),
              () -> {
                asked.incrementAndGet();
                return false;
              });
      assertThat(fate).isEqualTo(new Fate.NeverSent("no longer wanted"));
      assertThat(asked).as("nobody tried to get round it").hasValue(1);
      assertThat(server.begun()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isLostWhenNoAnswerComesInTime(boolean encrypted) throws IOException {
    try (AwkwardServer server = server(encrypted, new Plan(AwkwardServer.NEVER, false, false))) {
      keepReady(server, Duration.ofMillis(700));
      await(() -> once.ready() > 0);
      assertThat(once.send(order(server))).isInstanceOf(Fate.Lost.class);
      assertThat(server.begun()).isEqualTo(1);
    }
  }

  @Test
  void anInterruptedThreadSendsNothing() throws IOException {
    try (AwkwardServer server = server(false, Plan.GOOD)) {
      keepReady(server);
      Thread.currentThread().interrupt();
      assertThat(once.send(order(server))).isInstanceOf(Fate.NeverSent.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(server.begun()).isZero();
    }
  }

  /** Every length at which a request can be cut, in silence or by a reset. */
  @ParameterizedTest
  @CsvSource({"false, 1", "true, 2"})
  void howeverFarARequestComesItIsSentOnce(boolean encrypted, long seed) throws IOException {
    Random random = new Random(seed);
    for (int round = 0; round < 25; round++) {
      Plan plan = new Plan(random.nextInt(300), random.nextBoolean(), random.nextBoolean());
      try (AwkwardServer server = server(encrypted, plan)) {
        keepReady(server, PATIENCE);
        if (plan.bytes() > 0 && random.nextInt(4) > 0) {
          await(() -> once.ready() > 0);
        }
        Fate fate = once.send(order(server));
        String story = "seed " + seed + " round " + round + " " + plan + " " + fate;
        assertThat(server.begun()).as(story).isLessThanOrEqualTo(1);
        switch (fate) {
          case Fate.NeverSent(String _) -> assertThat(server.begun()).as(story).isZero();
          case Fate.Answered(Answer _) -> assertThat(server.whole()).as(story).isEqualTo(1);
          case Fate.Lost(String _) -> {}
        }
      } finally {
        once.keepNoneReady();
      }
    }
  }

  @Test
  void aServerThatTakesNoConnectionsIsAskedEverMoreRarely() {
    assertThat(List.of(0, 1, 2, 3, 6, 7, 8, 1_000))
        .extracting(ReadyConnections::pause)
        .extracting(Duration::toSeconds)
        .containsExactly(0L, 1L, 2L, 4L, 32L, 60L, 60L, 60L);
  }

  @Test
  void theClockIsComparedFromTheRequestOn() throws IOException {
    try (AwkwardServer server = server(false, Plan.GOOD)) {
      keepReady(server);
      assertThat(HttpClients.ready(mark, skew, PATIENCE).interceptors()).doesNotContain(skew);
      assertThat(HttpClients.ready(mark, skew, PATIENCE).networkInterceptors()).contains(skew);
    }
  }
}
