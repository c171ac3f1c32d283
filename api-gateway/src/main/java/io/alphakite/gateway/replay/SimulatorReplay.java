package io.alphakite.gateway.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.alphakite.gateway.web.ApiException;
import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The simulator's own control, at {@code SCHWAB_BASE_URL/control/replay}. There is one only where
 * that URL is plain HTTP to this machine or a private network; the real broker has none and is
 * never asked.
 */
@Component
class SimulatorReplay {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final String SIMULATOR_HEADER = "Kite-Simulator";

  private final @Nullable URI control;
  private final JsonMapper json;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  SimulatorReplay(Settings settings, JsonMapper json) {
    this.control = settings.text("SCHWAB_BASE_URL").flatMap(SimulatorReplay::control).orElse(null);
    this.json = json;
  }

  /** How the replay runs. */
  Replay read() {
    return call(request().GET());
  }

  /** Changes the speed or the pause; null leaves it as it is. */
  Replay change(@Nullable BigDecimal speed, @Nullable Boolean paused) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (speed != null) {
      body.put("speed", speed);
    }
    if (paused != null) {
      body.put("paused", paused);
    }
    return call(
        request()
            .header("Content-Type", "application/json")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body))));
  }

  private HttpRequest.Builder request() {
    if (control == null) {
      throw noReplay();
    }
    return HttpRequest.newBuilder(control).timeout(PATIENCE);
  }

  private Replay call(HttpRequest.Builder request) {
    HttpResponse<String> answer;
    try {
      answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw unreachable("The simulator does not answer.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("Interrupted while asking the simulator.");
    }
    if (answer.headers().firstValue(SIMULATOR_HEADER).isEmpty()
        || answer.statusCode() == HttpStatus.NOT_FOUND.value()) {
      throw noReplay();
    }
    if (answer.statusCode() != HttpStatus.OK.value()) {
      throw ApiException.unprocessable(
          "replay_refused", "The simulator refuses this.", "speed is from 1 to 1000.");
    }
    try {
      JsonNode body = json.readTree(answer.body());
      return new Replay(
          body.path("speed").decimalValue(),
          body.path("paused").asBoolean(false),
          text(body, "market_time"),
          text(body, "session"),
          text(body, "recorded_date"));
    } catch (JacksonException e) {
      throw unreachable("The simulator's answer cannot be read.");
    }
  }

  private static @Nullable String text(JsonNode body, String name) {
    return body.path(name).isString() ? body.path(name).stringValue() : null;
  }

  private static Optional<URI> control(String baseUrl) {
    try {
      URI base = URI.create(baseUrl);
      if (!"http".equals(base.getScheme()) || base.getHost() == null) {
        return Optional.empty();
      }
      return Optional.of(URI.create(baseUrl.replaceAll("/+$", "") + "/control/replay"))
          .filter(_ -> isPrivate(base.getHost()));
    } catch (IllegalArgumentException e) {
      throw new SettingsException("SCHWAB_BASE_URL is not a URL such as https://api.schwabapi.com");
    }
  }

  /**
   * A name without dots is the compose network's; anything else has to be an address of this
   * machine's.
   */
  private static boolean isPrivate(String host) {
    if (!host.contains(".") && !host.contains(":")) {
      return true;
    }
    try {
      InetAddress[] addresses = InetAddress.getAllByName(host);
      for (InetAddress address : addresses) {
        if (!address.isLoopbackAddress() && !address.isSiteLocalAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static ApiException noReplay() {
    return ApiException.notFound(
        "no_replay", "There is no replay: the broker is no simulator.", null);
  }

  private static ApiException unreachable(String detail) {
    return new ApiException(HttpStatus.BAD_GATEWAY, "simulator_unreachable", detail, "Try again.");
  }

  /**
   * A replay of recorded sessions.
   *
   * @param speed market time per wall time
   * @param session the date it is presented on
   * @param recordedDate the date it was recorded on
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Replay(
      BigDecimal speed,
      boolean paused,
      @Nullable String marketTime,
      @Nullable String session,
      @Nullable String recordedDate) {}
}
