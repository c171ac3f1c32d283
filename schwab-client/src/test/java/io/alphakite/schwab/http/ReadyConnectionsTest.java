package io.alphakite.schwab.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.schwab.http.AwkwardServer.Plan;
import io.alphakite.schwab.http.OneShot.Fate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
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
  private final ManualClock clock = new ManualClock();
  private final AtomicReference<Instant> wall =
      new AtomicReference<>(Instant.parse("2013-10-07T13:29:00Z"));
  private final InstantSource wallClock = wall::get;
  private final ClockSkew skew = new ClockSkew(wallClock, clock::nanos);
  private final AtomicInteger openedForOne = new AtomicInteger();
  private final OneShot once =
      new OneShot(
          trusting(HttpClients.once(mark, skew, PATIENCE))
              .newBuilder()
              .eventListener(
                  new EventListener() {
                    @Override
                    public void connectStart(Call call, InetSocketAddress to, Proxy proxy) {
                      openedForOne.incrementAndGet();
                    }
                  })
              .build(),
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
    once.keepReady(
        trusting(HttpClients.ready(mark, skew, PATIENCE)),
        URI.create(server.url()),
        limit,
        wallClock,
        clock);
  }

  /** Until they stand, and have stood for long enough to be replaced without a pause. */
  private void keepReady(AwkwardServer server) {
    keepReady(server, PATIENCE);
    awaitReady(server, ReadyConnections.KEPT);
    clock.pass(ReadyConnections.WORTH);
  }

  /**
   * The kernel takes connections that the server has not seen yet; one that ended by itself on a
   * busy machine was replaced, and is one more.
   */
  private void awaitReady(AwkwardServer server, int connections) {
    await(() -> once.ready() == ReadyConnections.KEPT && server.connections() >= connections);
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

  /** The first connections are dead and do not show it; later ones are well. */
  private static AwkwardServer deadAfterSuspend() throws IOException {
    return new AwkwardServer(
        null, number -> number < ReadyConnections.KEPT ? Plan.SILENT : Plan.GOOD);
  }

  @ParameterizedTest
  @CsvSource({"PT1H, PT0S", "PT-1H, PT0S", "PT0S, PT20S"})
  void oneThatMayHaveDiedInSilenceIsNotUsed(Duration byWall, Duration byClock) throws IOException {
    try (AwkwardServer server = deadAfterSuspend()) {
      keepReady(server);
      wall.updateAndGet(now -> now.plus(byWall));
      clock.pass(byClock);
      assertThat(once.send(order(server))).isInstanceOf(Fate.Answered.class);
      assertThat(server.begun()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"PT1H, PT0S", "PT0S, PT20S"})
  void oneThatGrowsTooOldAtTheGateIsNotUsed(Duration byWall, Duration byClock) throws IOException {
    try (AwkwardServer server = deadAfterSuspend()) {
      keepReady(server);
      BooleanSupplier gate =
          () -> {
            wall.updateAndGet(now -> now.plus(byWall));
            clock.pass(byClock);
            return true;
          };
      assertThat(once.send(order(server), gate)).isInstanceOf(Fate.Answered.class);
      assertThat(server.begun()).isEqualTo(1);
    }
  }

  /** OkHttp looks after connections that are in use each keep-alive time, so that must not be 0. */
  @Test
  void aWaitingConnectionCostsNoProcessorTime() throws IOException {
    Logger tasks = Logger.getLogger("okhttp3.internal.concurrent.TaskRunner");
    Queue<String> looks = new ConcurrentLinkedQueue<>();
    Handler collecting =
        new StreamHandler() {
          @Override
          public void publish(LogRecord logged) {
            if (logged.getMessage().contains("run again after")) {
              looks.add(logged.getMessage());
            }
          }
        };
    collecting.setLevel(Level.ALL);
    tasks.setLevel(Level.FINE);
    tasks.addHandler(collecting);
    try (AwkwardServer server = server(false, Plan.GOOD)) {
      keepReady(server);
      await(() -> !looks.isEmpty());
      assertThat(looks).allMatch(look -> look.contains(" s "), "again in seconds");
    } finally {
      tasks.removeHandler(collecting);
      tasks.setLevel(null);
    }
  }

  @Test
  void allAreReplacedWhenAnotherCallFails() throws IOException {
    try (AwkwardServer server = deadAfterSuspend();
        AwkwardServer dead = server(false, new Plan(0, true, false))) {
      keepReady(server);
      assertThat(once.send(order(dead))).isNotInstanceOf(Fate.Answered.class);
      awaitReady(server, 2 * ReadyConnections.KEPT);
      assertThat(once.send(order(server))).isInstanceOf(Fate.Answered.class);
      assertThat(server.begun()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void goesOnWhateverAGateDoes(boolean interrupts) throws IOException {
    try (AwkwardServer server = server(false, Plan.GOOD)) {
      keepReady(server);
      BooleanSupplier gate =
          () -> {
            if (interrupts) {
              Thread.currentThread().interrupt();
              return false;
            }
            throw new StackOverflowError("thrown by the test's gate");
          };
      for (int i = 1; i <= ReadyConnections.KEPT + 1; i++) {
        assertThat(once.send(order(server), gate)).isNotInstanceOf(Fate.Answered.class);
        await(() -> once.ready() == ReadyConnections.KEPT);
        clock.pass(ReadyConnections.WORTH);
      }
      assertThat(server.begun()).isZero();
    }
  }

  @Test
  void anInterruptOnTheFirstGivesTheOrderToNoSecond() throws IOException {
    try (AwkwardServer server = server(false, Plan.GOOD)) {
      keepReady(server);
      Thread sender = Thread.currentThread();
      AtomicInteger asked = new AtomicInteger();
      Fate fate =
          once.send(
              order(server),
              () -> {
                asked.incrementAndGet();
                sender.interrupt();
                throw new IllegalStateException("sent nothing");
              });
      assertThat(Thread.interrupted()).isTrue();
      assertThat(fate).isInstanceOf(Fate.NeverSent.class);
      assertThat(asked).hasValue(1);
      assertThat(server.begun()).isZero();
    }
  }

  @Test
  void allOfThemTogetherHaveTheTimeOfOne() throws IOException {
    try (AwkwardServer server = server(false, Plan.GOOD)) {
      Duration limit = Duration.ofSeconds(3);
      keepReady(server, limit);
      awaitReady(server, ReadyConnections.KEPT);
      AtomicInteger asked = new AtomicInteger();
      Fate fate =
          once.send(
              order(server),
              () -> {
                asked.incrementAndGet();
                clock.pass(limit);
                throw new IllegalStateException("sent nothing");
              });
      assertThat(fate).isEqualTo(new Fate.NeverSent("no time left"));
      assertThat(asked).hasValue(1);
      assertThat(server.begun()).isZero();
    }
  }

  @Test
  void noTwoAreReplacedAtTheSameMoment() {
    Random random = new Random(3);
    long step = ReadyConnections.AGE_MAX.toNanos() / 2;
    for (int i = 0; i < 1_000; i++) {
      long[] ends = new long[ReadyConnections.KEPT];
      for (int place = 0; place < ends.length; place++) {
        long begun = random.nextLong(-1L << 60, 1L << 60);
        Duration lifetime = ReadyConnections.lifetime(place, begun);
        assertThat(lifetime)
            .isBetween(ReadyConnections.AGE_MAX.dividedBy(2), ReadyConnections.AGE_MAX);
        ends[place] = Math.floorMod(begun + lifetime.toNanos(), step);
      }
      assertThat(ends).containsExactly(0, step / 2);
    }
  }

  @Test
  void isGivenUpWhereASocksProxyIsInTheWay() throws IOException {
    try (SocksServer proxy = new SocksServer()) {
      ReadyConnections ready =
          new ReadyConnections(
              HttpClients.ready(mark, skew, PATIENCE).newBuilder().proxy(proxy.proxy()).build(),
              HttpUrl.get("http://127.0.0.1:9"),
              PATIENCE,
              wallClock,
              clock);
      await(() -> ready.kept() == 0);
      assertThat(proxy.connections()).isEqualTo(ReadyConnections.KEPT);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ordersGoOutOnConnectionsThatStoodBefore(boolean encrypted) throws IOException {
    try (AwkwardServer server = server(encrypted, Plan.GOOD)) {
      keepReady(server);
      for (int i = 1; i <= 5; i++) {
        assertThat(once.send(order(server))).isInstanceOf(Fate.Answered.class);
        assertThat(server.whole()).isEqualTo(i);
        assertThat(server.begun()).as("each on one of its own").isEqualTo(i);
        awaitReady(server, i + ReadyConnections.KEPT);
      }
      assertThat(openedForOne).as("none for an order alone").hasValue(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void oneThatEndsWhileItWaitsIsReplacedBeforeAnOrderComes(boolean encrypted, boolean reset)
      throws IOException {
    try (AwkwardServer server = server(encrypted, Plan.GOOD)) {
      keepReady(server);
      server.hangUp(reset);
      awaitReady(server, 2 * ReadyConnections.KEPT);
      assertThat(once.send(order(server))).isInstanceOf(Fate.Answered.class);
      assertThat(server.begun()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false"})
  void oneThatEndsAtTheGateIsNotUsed(boolean encrypted, boolean reset) throws IOException {
    endAtTheGate(encrypted, reset);
  }

  // Now and then it takes until the client's own time-out.
  @Test
  @Tag("long")
  void oneThatIsResetAtTheGateIsNotUsedEither() throws IOException {
    endAtTheGate(true, true);
  }

  private void endAtTheGate(boolean encrypted, boolean reset) throws IOException {
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
    try (AwkwardServer server = server(encrypted, Plan.SILENT)) {
      keepReady(server, Duration.ofMillis(700));
      awaitReady(server, ReadyConnections.KEPT);
      // On a slow machine it may be over before the first byte was written.
      assertThat(once.send(order(server))).isInstanceOfAny(Fate.Lost.class, Fate.NeverSent.class);
      assertThat(server.begun()).isLessThanOrEqualTo(1);
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
      for (int i = 1; i <= 3; i++) {
        assertThat(once.send(order(server))).isInstanceOf(Fate.Answered.class);
        awaitReady(server, i + ReadyConnections.KEPT);
        // Longer than an answer may take that is counted.
        clock.pass(ReadyConnections.WORTH);
      }
      // By the second answer, which is the median and two steps old; the header has whole seconds.
      Instant theirs = Objects.requireNonNull(ClockSkew.httpDate(AwkwardServer.DATE));
      Duration since = ReadyConnections.WORTH.multipliedBy(2);
      assertThat(skew.estimate())
          .hasValue(Duration.between(wall.get(), theirs).plus(since).plusMillis(500));
    }
  }
}
