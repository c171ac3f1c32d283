package io.alphakite.schwab.stream;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.trader.UserPreference.StreamerInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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

  /**
   * Level-one equities.
   *
   * @param replace SUBS, which replaces what is streamed; otherwise ADD
   * @param attempt counted from 0
   */
  record Equities(List<Ticker> tickers, boolean replace, int attempt) implements Command {}

  /** Account activity; ADD fails for it, so it is always SUBS. */
  record Activity(int attempt) implements Command {}

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
      case Equities(List<Ticker> tickers, boolean replace, int _) -> {
        request.put("service", "LEVELONE_EQUITIES");
        request.put("command", replace ? "SUBS" : "ADD");
        String keys = tickers.stream().map(Ticker::symbol).collect(Collectors.joining(","));
        request.put("parameters", subscription(keys, EquityItem.FIELDS));
      }
      case Activity(int _) -> {
        request.put("service", "ACCT_ACTIVITY");
        request.put("command", "SUBS");
        request.put("parameters", subscription("alpha-kite", "0,1,2,3"));
      }
      case Logout() -> {
        request.put("service", "ADMIN");
        request.put("command", "LOGOUT");
        request.put("parameters", Map.of());
      }
    }
    return Json.write(Map.of("requests", List.of(request)));
  }

  private static Map<String, Object> subscription(String keys, String fields) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("keys", keys);
    parameters.put("fields", fields);
    return parameters;
  }
}
