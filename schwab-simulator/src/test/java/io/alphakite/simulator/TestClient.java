package io.alphakite.simulator;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Schwab client as the reference describes one, on the JDK's own HTTP and WebSocket. */
final class TestClient implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();

  /** What clients call the end of a socket without a close frame. */
  private static final int CUT = 1006;

  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI base;
  private final String token;
  private final LinkedBlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
  private final ArrayDeque<JsonNode> items = new ArrayDeque<>();
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
    post(id, service, command, parameters);
    return answer(id);
  }

  /** Sends a command and does not wait for its answer. */
  void post(String id, String service, String command, String parameters) {
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
  }

  /** The answer to a command that was sent; what came before it stays to be read. */
  JsonNode answer(String id) {
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

  /** A command with keys and fields. */
  JsonNode command(String service, String command, String keys, String fields) {
    return request(service, command, "{\"keys\":\"" + keys + "\",\"fields\":\"" + fields + "\"}");
  }

  /** The next item of a service, those of others are passed over; in order within its frame. */
  JsonNode item(String service) {
    while (true) {
      JsonNode item = items.poll();
      if (item == null) {
        next().path("data").forEach(this::unpack);
      } else if (item.path("service").asString().equals(service)) {
        return item.path("item");
      }
    }
  }

  private void unpack(JsonNode data) {
    for (JsonNode item : data.path("content")) {
      items.add(
          JSON.createObjectNode()
              .put("service", data.path("service").asString())
              .set("item", item));
    }
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

  /** A frame that has come already, in order; null when all have been read. */
  @Nullable JsonNode pollNow() {
    return poll(Duration.ZERO);
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
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return closed.get(1, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        if (System.nanoTime() >= end) {
          throw new AssertionError("not closed", e);
        }
        probe();
      } catch (InterruptedException | ExecutionException e) {
        throw new AssertionError("not closed", e);
      }
    }
  }

  /**
   * Finds a cut socket that the listener was not told of: the JDK's client (seen in 25) loses the
   * end of the stream when it comes while the listener is at work on a frame.
   */
  private void probe() {
    try {
      socket().sendPing(ByteBuffer.allocate(0)).join();
    } catch (CompletionException e) {
      closed.complete(CUT);
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
        frames.add(parsed(text.toString()));
        text.setLength(0);
      }
      if (reading) {
        from.request(1);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      frames.add(JSON.createObjectNode().put("garbled", "binary"));
      from.request(1);
      return null;
    }

    /** A frame, or what cannot be read as the member "garbled" of one. */
    private static JsonNode parsed(String frame) {
      try {
        return JSON.readTree(frame);
      } catch (JacksonException e) {
        return JSON.createObjectNode().put("garbled", frame);
      }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closed.complete(CUT);
    }
  }
}
