package io.alphakite.schwab.stream;

import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.trader.UserPreference.StreamerInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One request to the streamer; they go out one at a time, each after the answer to the one before.
 */
sealed interface Command {

  /** The first command of a connection. Its token has no "Bearer" before it. */
  record Login(String token, StreamerInfo info) implements Command {
    @Override
    public String toString() {
      return "Login";
    }
  }

  /** What a subscription command does. */
  enum Verb {
    /** Replaces all keys of the service. */
    SUBS,
    /** Adds keys. */
    ADD,
    /** Takes keys away. */
    UNSUBS,
    /** Changes the fields of all keys of the service. */
    VIEW
  }

  /**
   * A change of what one service streams.
   *
   * @param fields ascending, with 0
   * @param attempt counted from 0
   */
  record Subscription(
      StreamService service, Verb verb, List<String> keys, String fields, int attempt)
      implements Command {

    Subscription again() {
      return new Subscription(service, verb, keys, fields, attempt + 1);
    }
  }

  /** A farewell; its answer is not awaited. */
  record Logout() implements Command {}

  /** The frame for the wire. */
  default String frame(long requestId, StreamerInfo info) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("requestid", Long.toString(requestId));
    request.put("SchwabClientCustomerId", info.customerId());
    request.put("SchwabClientCorrelId", info.correlId());
    switch (this) {
      case Login(String token, StreamerInfo _) -> {
        request.put("service", "ADMIN");
        request.put("command", "LOGIN");
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("Authorization", token);
        parameters.put("SchwabClientChannel", info.channel());
        parameters.put("SchwabClientFunctionId", info.functionId());
        request.put("parameters", parameters);
      }
      case Subscription(
              StreamService service,
              Verb verb,
              List<String> keys,
              String fields,
              int _) -> {
        request.put("service", service.name());
        request.put("command", verb.name());
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("keys", String.join(",", keys));
        if (verb != Verb.UNSUBS) {
          parameters.put("fields", fields);
        }
        request.put("parameters", parameters);
      }
      case Logout() -> {
        request.put("service", "ADMIN");
        request.put("command", "LOGOUT");
        request.put("parameters", Map.of());
      }
    }
    return Json.write(Map.of("requests", List.of(request)));
  }
}
