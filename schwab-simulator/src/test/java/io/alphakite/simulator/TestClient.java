package io.alphakite.simulator;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Schwab client as the reference describes one, on the JDK's own HTTP and WebSocket. */
final class TestClient implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI base;
  private final String token;
  private final LinkedBlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
  private final ArrayDeque<JsonNode> skipped = new ArrayDeque<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private @Nullable WebSocket socket;
  private volatile boolean reading = true;
  private int requests;

  TestClient(SimulatorServer server) {
    this(server.baseUrl(), server.login().accessToken());
  }

  TestClient(URI base, String token) {
    this.base = base;
    this.token = token;
  }

  HttpResponse<String> send(String method, String path, @Nullable String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .header("Authorization", "Bearer " + token)
            .header("Accept", "application/json");
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
    return exchange(request.build());
  }

  HttpResponse<String> exchange(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (Exception e) {
      throw new AssertionError(request.uri().toString(), e);
    }
  }

  JsonNode get(String path) {
    HttpResponse<String> answer = send("GET", path, null);
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /** Connects, without a login. */
  TestClient connect() {
    JsonNode streamer = get("/trader/v1/userPreference").path("streamerInfo").path(0);
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create(streamer.path("streamerSocketUrl").asString()), new Listener())
            .join();
    return this;
  }

  TestClient login() {
    connect();
    JsonNode answer = loginAnswer(token);
    if (answer.path("content").path("code").asInt() != 0) {
      throw new AssertionError("login refused: " + answer);
    }
    return this;
  }

  JsonNode loginAnswer(String accessToken) {
    return request(
        "ADMIN",
        "LOGIN",
        "{\"Authorization\":\""
            + accessToken
            + "\",\"SchwabClientChannel\":\"N9\",\"SchwabClientFunctionId\":\"APIAPP\"}");
  }

  /** Sends a command and gives its answer; what came before it stays to be read. */
  JsonNode request(String service, String command, String parameters) {
    String id = Integer.toString(++requests);
    sendText(
        "{\"requests\":[{\"service\":\""
            + service
            + "\",\"command\":\""
            + command
            + "\",\"requestid\":\""
            + id
            + "\",\"SchwabClientCustomerId\":\"simulator-customer\",\"SchwabClientCorrelId\":\"c\","
            + "\"parameters\":"
            + parameters
            + "}]}");
    ArrayDeque<JsonNode> before = new ArrayDeque<>();
    while (true) {
      JsonNode frame = next();
      for (JsonNode response : frame.path("response")) {
        if (response.path("requestid").asString().equals(id)) {
          skipped.addAll(before);
          return response;
        }
      }
      before.add(frame);
    }
  }

  JsonNode subscribe(String keys, String fields) {
    return request(
        "LEVELONE_EQUITIES", "SUBS", "{\"keys\":\"" + keys + "\",\"fields\":\"" + fields + "\"}");
  }

  void sendText(String text) {
    socket().sendText(text, true).join();
  }

  private WebSocket socket() {
    if (socket == null) {
      throw new IllegalStateException("not connected");
    }
    return socket;
  }

  /** The next frame, in order. */
  JsonNode next() {
    JsonNode frame = poll(PATIENCE);
    if (frame == null) {
      throw new AssertionError("no frame within " + PATIENCE);
    }
    return frame;
  }

  @Nullable JsonNode poll(Duration patience) {
    if (!skipped.isEmpty()) {
      return skipped.poll();
    }
    try {
      return frames.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The next frame that fits, others are passed over. */
  JsonNode await(Predicate<JsonNode> wanted) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      JsonNode frame = next();
      if (wanted.test(frame)) {
        return frame;
      }
    }
    throw new AssertionError("the frame waited for did not come");
  }

  /** Stops or goes on reading the socket. */
  void reading(boolean read) {
    reading = read;
    if (read) {
      socket().request(1);
    }
  }

  /** Close code, once the server has closed. */
  int awaitClose() {
    try {
      return closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("not closed", e);
    }
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.abort();
    }
    http.close();
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        frames.add(JSON.readTree(text.toString()));
        text.setLength(0);
      }
      if (reading) {
        from.request(1);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closed.completeExceptionally(error);
    }
  }
}
