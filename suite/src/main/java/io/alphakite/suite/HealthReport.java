package io.alphakite.suite;

import io.alphakite.platform.settings.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Asks each running service for its {@code /health} and says it in words. */
final class HealthReport {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Settings settings;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  HealthReport(Settings settings) {
    this.settings = settings;
  }

  /** Prints what the services say; 0 only when every one of them is UP. */
  int print(boolean json, PrintStream out) {
    Map<String, Integer> services = new LinkedHashMap<>();
    services.put("streaming-service", settings.integer("STREAMER_PORT", 8081, 1, 65_535));
    services.put("trading-engine", settings.integer("ENGINE_PORT", 8082, 1, 65_535));
    services.put("api-gateway", settings.integer("GATEWAY_PORT", 8080, 1, 65_535));
    ObjectNode all = JSON.createObjectNode();
    boolean well = true;
    for (Map.Entry<String, Integer> service : services.entrySet()) {
      JsonNode answer = ask(service.getKey(), service.getValue());
      all.set(service.getKey(), answer);
      well &= answer.path("status").asString("").equals("UP");
      if (!json) {
        describe(service.getKey(), answer, out);
      }
    }
    if (json) {
      out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all));
    } else {
      out.println(well ? "All is well." : "Not all is well.");
    }
    return well ? 0 : 1;
  }

  private JsonNode ask(String service, int port) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
            .timeout(PATIENCE)
            .build();
    try {
      return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException | JacksonException e) {
      return unreachable(service, port);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unreachable(service, port);
    }
  }

  private static JsonNode unreachable(String service, int port) {
    return JSON.createObjectNode()
        .put("status", "DOWN")
        .put("service", service)
        .put("note", "nothing answers on port " + port + ": is it running? (./kite up)");
  }

  private static void describe(String service, JsonNode answer, PrintStream out) {
    out.printf("%-18s %s%n", service, answer.path("status").asString("unknown"));
    if (answer.has("note")) {
      out.println("    " + answer.path("note").asString());
    }
    for (Map.Entry<String, JsonNode> check : answer.path("checks").properties()) {
      StringBuilder line = new StringBuilder();
      for (Map.Entry<String, JsonNode> detail : check.getValue().properties()) {
        if (!detail.getKey().equals("status")) {
          String value =
              detail.getValue().isString()
                  ? detail.getValue().asString()
                  : detail.getValue().toString();
          line.append(line.isEmpty() ? "" : ", ");
          line.append(detail.getKey().equals("note") ? value : detail.getKey() + " " + value);
        }
      }
      out.printf(
          "    %-12s %-9s %s%n",
          check.getKey(), check.getValue().path("status").asString(""), line);
    }
  }
}
