package io.alphakite.gateway;

import io.alphakite.db.DatabaseRole;
import io.alphakite.db.DatabaseUrl;
import io.alphakite.platform.RunningService;
import io.alphakite.platform.ServiceLauncher;
import io.alphakite.platform.settings.Settings;
import io.alphakite.testing.TestDatabase;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** A running gateway on a free port over a database of its own, and the ways to call it. */
public final class TestGateway implements AutoCloseable {
  public static final String ADMIN_KEY = "an-admin-key-for-tests-only";
  public static final JsonMapper JSON =
      JsonMapper.builder()
          // Trees show numbers as they were written.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  public final TestDatabase database;
  private final Settings settings;
  private RunningService service;

  private TestGateway(TestDatabase database, Settings settings, RunningService service) {
    this.database = database;
    this.settings = settings;
    this.service = service;
  }

  public static TestGateway start() {
    return start(Map.of());
  }

  public static TestGateway start(Map<String, String> more) {
    return start(TestDatabase.create(), more);
  }

  public static TestGateway start(TestDatabase database, Map<String, String> more) {
    DatabaseUrl url = database.url(DatabaseRole.GATEWAY);
    Map<String, String> values = new HashMap<>();
    values.put("DATABASE_URL", url.jdbcUrl());
    values.put("DATABASE_USER", DatabaseRole.GATEWAY.roleName());
    values.put("DATABASE_PASSWORD", DatabaseRole.GATEWAY.roleName());
    values.put("GATEWAY_PORT", "0");
    values.put("MARKET_CLOCK", "feed");
    values.put("KITE_ADMIN_KEY", ADMIN_KEY);
    values.putAll(more);
    Settings settings = Settings.of(values);
    return new TestGateway(
        database, settings, ServiceLauncher.start(ApiGateway.DEFINITION, settings));
  }

  public void restart() {
    service.close();
    service = ServiceLauncher.start(ApiGateway.DEFINITION, settings);
  }

  public int port() {
    return service.port();
  }

  public <T> T bean(Class<T> type) {
    return service.context().getBean(type);
  }

  public <T> T bean(String name, Class<T> type) {
    return service.context().getBean(name, type);
  }

  public URI uri(String path) {
    return URI.create("http://localhost:" + port() + path);
  }

  /** A request without credentials. */
  public HttpRequest.Builder request(String method, String path) {
    return HttpRequest.newBuilder(uri(path))
        .timeout(Duration.ofSeconds(20))
        .method(method, HttpRequest.BodyPublishers.noBody());
  }

  public Answer send(HttpRequest.Builder request) {
    try {
      return new Answer(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** GET without credentials. */
  public Answer get(String path) {
    return send(request("GET", path));
  }

  /** Any method with the admin key. */
  public Answer asAdmin(String method, String path) {
    return send(request(method, path).header("Authorization", "Bearer " + ADMIN_KEY));
  }

  /** A JSON body with the admin key. */
  public Answer asAdmin(String method, String path, String json) {
    return send(json(method, path, json).header("Authorization", "Bearer " + ADMIN_KEY));
  }

  public HttpRequest.Builder json(String method, String path, String json) {
    return request(method, path)
        .header("Content-Type", "application/json")
        .method(method, HttpRequest.BodyPublishers.ofString(json));
  }

  /** A key with these scopes. */
  public String newKey(String... scopes) {
    String list = "\"" + String.join("\",\"", scopes) + "\"";
    return asAdmin("POST", "/v1/keys", "{\"name\":\"test\",\"scopes\":[" + list + "]}")
        .json()
        .get("key")
        .stringValue();
  }

  /** Bytes on a socket, for what an HTTP client would not send; the answer up to its end. */
  public String raw(String request) {
    try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    service.close();
    database.close();
  }

  /** What came back. */
  public record Answer(HttpResponse<String> response) {
    public int status() {
      return response.statusCode();
    }

    public String body() {
      return response.body();
    }

    public JsonNode json() {
      return JSON.readTree(response.body());
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    /** The problem's code; empty when the answer is no problem. */
    public String code() {
      return header("Content-Type").startsWith("application/problem+json")
          ? json().path("code").asString("")
          : "";
    }
  }
}
