package io.alphakite.schwab.contract;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A streamer connection that keeps every frame as it came, for one test's thread. */
final class RawStreamer implements WebSocket.Listener, AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final BlockingQueue<JsonNode> incoming = new LinkedBlockingQueue<>();
  private final List<JsonNode> seen = new ArrayList<>();
  private final StringBuilder partial = new StringBuilder();
  private final WebSocket socket;
  private final JsonNode info;
  private int requests;

  /**
   * @param info of the user preference's streamerInfo
   */
  RawStreamer(JsonNode info) {
    this.info = info;
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create(info.path("streamerSocketUrl").asString()), this)
            .join();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      incoming.add(JsonMapper.shared().readTree(partial.toString()));
      partial.setLength(0);
    }
    from.request(1);
    return CompletableFuture.completedFuture(null);
  }

  /** Logs in and gives the frame that answers. */
  JsonNode login(String token) {
    return command(
        "ADMIN",
        "LOGIN",
        """
        {"Authorization":"%s","SchwabClientChannel":"%s","SchwabClientFunctionId":"%s"}"""
            .formatted(
                token,
                info.path("schwabClientChannel").asString(),
                info.path("schwabClientFunctionId").asString()));
  }

  JsonNode command(String service, String command, String keys, String fields) {
    return command(service, command, "{\"keys\":\"%s\",\"fields\":\"%s\"}".formatted(keys, fields));
  }

  private JsonNode command(String service, String command, String parameters) {
    String id = Integer.toString(requests++);
    socket
        .sendText(
            """
            {"requests":[{"service":"%s","command":"%s","requestid":"%s",
              "SchwabClientCustomerId":"%s","SchwabClientCorrelId":"%s","parameters":%s}]}"""
                .formatted(
                    service,
                    command,
                    id,
                    info.path("schwabClientCustomerId").asString(),
                    info.path("schwabClientCorrelId").asString(),
                    parameters),
            true)
        .join();
    return frame(
        service + " " + command,
        frame -> id.equals(frame.path("response").path(0).path("requestid").asString("")));
  }

  /** The data item of this service for which the condition holds, in an envelope of its own. */
  JsonNode item(String service, Predicate<JsonNode> which) {
    JsonNode frame = frame(service, candidate -> item(candidate, service, which) != null);
    JsonNode item = item(frame, service, which);
    if (item == null) {
      throw new AssertionError("it was there");
    }
    return item;
  }

  private static @Nullable JsonNode item(
      JsonNode frame, String service, Predicate<JsonNode> which) {
    for (JsonNode data : frame.path("data").values()) {
      if (data.path("service").asString().equals(service)) {
        for (JsonNode item : data.path("content").values()) {
          if (which.test(item)) {
            return item;
          }
        }
      }
    }
    return null;
  }

  /** The first frame, of those that came or of those to come, for which the condition holds. */
  JsonNode frame(String what, Predicate<JsonNode> which) {
    for (JsonNode frame : seen) {
      if (which.test(frame)) {
        return frame;
      }
    }
    long end = System.nanoTime() + LIMIT.toNanos();
    try {
      while (System.nanoTime() < end) {
        JsonNode frame = incoming.poll(1, TimeUnit.SECONDS);
        if (frame != null) {
          seen.add(frame);
          if (which.test(frame)) {
            return frame;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionError("no " + what + " in " + seen.size() + " frames");
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
  }
}
