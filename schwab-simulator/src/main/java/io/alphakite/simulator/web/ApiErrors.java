package io.alphakite.simulator.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** The error bodies of the two APIs. */
final class ApiErrors {
  private ApiErrors() {}

  /** {@code {"errors":[{id, status, title, detail, source}]}} of the market data API. */
  static ResponseEntity<Object> marketData(
      int status, String title, String detail, String parameter) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("id", UUID.randomUUID().toString());
    error.put("status", Integer.toString(status));
    error.put("title", title);
    error.put("detail", detail);
    if (!parameter.isEmpty()) {
      error.put("source", Map.of("parameter", parameter));
    }
    return json(status, Map.of("errors", List.of(error)));
  }

  /** {@code {"message": …}} of the trader API. */
  static ResponseEntity<Object> trader(int status, String message) {
    return json(status, Map.of("message", message));
  }

  static ResponseEntity<Object> json(int status, Object body) {
    return ResponseEntity.status(status).contentType(MediaType.APPLICATION_JSON).body(body);
  }

  /** The body of a 401 of either API. */
  static String unauthorized() {
    return "{\"errors\":[{\"id\":\""
        + UUID.randomUUID()
        + "\",\"status\":401,\"title\":\"Unauthorized\",\"detail\":\"Client not authorized\"}]}";
  }
}
