package io.alphakite.schwab;

import io.alphakite.schwab.http.RetryPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/**
 * An HTTP server on loopback that answers what a test tells it, by method and path; anything else
 * is a 404 of the trader's form. Refreshes give {@code access-1@}, {@code access-2@} and so on.
 */
public final class FakeSchwab implements AutoCloseable {

  public static final String APP_KEY = "canaryAppKey7d1aB3dE5fG7hJ9kL1mN";
  public static final String APP_SECRET = "canary-app-secret-9c2";
  public static final String REFRESH = "canary-refresh-4e3@";
  public static final String HASH =
      "A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3D4E5F60718293A4B5C6D7E8F90";

  private final MockWebServer server = new MockWebServer();
  private final Map<String, Function<RecordedRequest, MockResponse>> routes =
      new ConcurrentHashMap<>();
  private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger refreshes = new AtomicInteger();

  public FakeSchwab() {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            requests.add(request);
            Function<RecordedRequest, MockResponse> route =
                routes.get(request.getMethod() + " " + path(request));
            return route == null
                ? json(404, "{\"message\":\"Resource not found\"}")
                : route.apply(request);
          }
        });
    on(
        "POST /v1/oauth/token",
        _ -> json(200, grant("access-" + refreshes.incrementAndGet() + "@", REFRESH)));
    try {
      server.start(InetAddress.getLoopbackAddress(), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static String grant(String access, String refresh) {
    return """
    {"expires_in":1800,"token_type":"Bearer","scope":"api","refresh_token":"%s",
     "access_token":"%s","id_token":"header.payload.signature"}\
    """
        .formatted(refresh, access);
  }

  /** Answers this method and path, such as {@code GET /trader/v1/userPreference}. */
  public FakeSchwab on(String methodAndPath, Function<RecordedRequest, MockResponse> answer) {
    routes.put(methodAndPath, answer);
    return this;
  }

  public FakeSchwab on(String methodAndPath, int status, String body) {
    return on(methodAndPath, _ -> json(status, body));
  }

  public static MockResponse json(int status, String body) {
    return answer(status, body).addHeader("Content-Type", "application/json").build();
  }

  public static MockResponse.Builder answer(int status, String body) {
    return new MockResponse.Builder()
        .code(status)
        .body(body)
        .addHeader("Schwab-Client-CorrelId", "0f0e0d0c-0000-0000-0000-000000000001");
  }

  public int port() {
    return server.getPort();
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /** How often this method and path was asked. */
  public long count(String methodAndPath) {
    return requests(methodAndPath).size();
  }

  public List<RecordedRequest> requests(String methodAndPath) {
    return requests.stream()
        .filter(request -> (request.getMethod() + " " + path(request)).equals(methodAndPath))
        .toList();
  }

  public static String body(RecordedRequest request) {
    okio.ByteString body = request.getBody();
    return body == null ? "" : body.utf8();
  }

  public SchwabConfig config(Path tokenFile) {
    return SchwabConfig.of(url(), APP_KEY, APP_SECRET, "https://127.0.0.1:8182", tokenFile, null);
  }

  /**
   * Connected, with a valid token in a file, a short order limit and hardly any pause between
   * reads.
   */
  public SchwabApi api(Path directory) {
    Path file =
        tokenFile(directory, "access-0@", InstantSource.system().instant().plusSeconds(1_000));
    return api(config(file));
  }

  /** As {@link #api(Path)}, with an order limit that a pause of the machine does not reach. */
  public SchwabApi patientApi(Path directory) {
    Path file =
        tokenFile(directory, "access-0@", InstantSource.system().instant().plusSeconds(1_000));
    return api(config(file), Duration.ofSeconds(30));
  }

  /** As {@link #api(Path)}, wherever the configuration leads. */
  public static SchwabApi api(SchwabConfig config) {
    return api(config, Duration.ofMillis(700));
  }

  /** As {@link #api(SchwabConfig)}, with this order limit. */
  public static SchwabApi api(SchwabConfig config, Duration orderLimit) {
    return SchwabApi.connect(
        config,
        InstantSource.system(),
        orderLimit,
        new RetryPolicy(3, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(2)));
  }

  /** Writes a plain token file of mode 600. */
  public static Path tokenFile(Path directory, String access, Instant expiresAt) {
    Path file = directory.resolve("token.json");
    try {
      Files.writeString(
          file,
          """
          {"access_token":"%s","refresh_token":"%s","expires_at":"%s","token_type":"Bearer"}\
          """
              .formatted(access, REFRESH, expiresAt));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  private static String path(RecordedRequest request) {
    String target = request.getTarget();
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  @Override
  public void close() {
    server.close();
  }
}
