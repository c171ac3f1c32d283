package io.alphakite.simulator.stream;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.settings.StreamSettings;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Carries out what a client sends, one request after the other, and answers each. Under the
 * market's lock.
 */
final class Commands {
  /** Characters of a key at most; longer ones are no symbols. */
  private static final int KEY_LENGTH = 64;

  /** The subject by which faults know a login. */
  private static final String LOGIN = "LOGIN";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final StreamerHub hub;
  private final Market market;
  private final StreamSettings settings;
  private final InstantSource wall;
  private final String customerId;
  private final FaultDials dials;

  Commands(
      StreamerHub hub,
      Market market,
      StreamSettings settings,
      InstantSource wall,
      String customerId,
      FaultDials dials) {
    this.hub = hub;
    this.market = market;
    this.settings = settings;
    this.wall = wall;
    this.customerId = customerId;
    this.dials = dials;
  }

  /** One request's head; what is missing is empty. */
  private record Request(String service, String command, String id, String correlId) {
    /** By which faults know it. */
    String subject() {
      return service + " " + command;
    }

    static Request of(JsonNode request) {
      return new Request(
          Commands.text(request, "service"),
          Commands.text(request, "command"),
          Commands.text(request, "requestid"),
          Commands.text(request, "SchwabClientCorrelId"));
    }
  }

  /** A frame from a client: one request, or several to be carried out in order. */
  void received(StreamConnection connection, String text) {
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JacksonException e) {
      badFormat(connection, new Request("ADMIN", "", "0", ""));
      return;
    }
    boolean busy = System.nanoTime() - connection.busyUntil < 0;
    JsonNode requests = root.path("requests");
    if (requests.isArray()) {
      requests.forEach(request -> request(connection, request, busy));
    } else {
      request(connection, root, busy);
    }
  }

  /**
   * @param busy whether an earlier command has not been answered yet
   */
  private void request(StreamConnection connection, JsonNode body, boolean busy) {
    Request request = Request.of(body);
    if (request.service.isEmpty() || request.command.isEmpty()) {
      badFormat(connection, request);
      return;
    }
    JsonNode parameters = body.path("parameters");
    String customer = text(body, "SchwabClientCustomerId");
    if (request.service.equals("ADMIN") && request.command.equals("LOGIN")) {
      login(connection, request, customer, text(parameters, "Authorization"));
      return;
    }
    if (!connection.loggedIn
        || !customer.equals(customerId)
        || dials.strike(Dial.STREAM_NOT_FOUND, request.subject()).isPresent()) {
      answer(
          connection, request, ResponseCode.STREAM_CONN_NOT_FOUND, "Stream connection not found");
      return;
    }
    connection.flush();
    if (request.service.equals("ADMIN")) {
      if (request.command.equals("LOGOUT")) {
        answer(connection, request, ResponseCode.SUCCESS, "SUCCESS");
        hub.drop(connection);
      } else {
        badFormat(connection, request);
      }
      return;
    }
    Service service = Service.named(request.service).orElse(null);
    if (service == null || dials.strike(Dial.STREAM_SERVICE_DOWN, request.subject()).isPresent()) {
      answer(
          connection,
          request,
          ResponseCode.SERVICE_NOT_AVAILABLE,
          "Service not available or down.");
      return;
    }
    Optional<Strike> failure = dials.strike(Dial.STREAM_COMMAND_FAILED, request.subject());
    if (busy || failure.isPresent()) {
      failed(connection, request, failure.map(strike -> (int) strike.number("code")).orElse(0));
      return;
    }
    dials
        .strike(Dial.STREAM_COMMAND_SLOW, request.subject())
        .ifPresent(
            strike -> {
              connection.pause(strike.delay());
              connection.busyUntil = System.nanoTime() + strike.delay().toNanos();
            });
    if (service == Service.ACCT_ACTIVITY) {
      account(connection, request, parameters);
    } else {
      market(connection, request, service, parameters);
      connection.subscribed();
    }
  }

  private void login(StreamConnection connection, Request request, String customer, String token) {
    connection.correlId = request.correlId;
    if (dials.strike(Dial.STREAM_LOGIN_UNANSWERED, LOGIN).isPresent()) {
      return;
    }
    if (!customer.equals(customerId)
        || !hub.validToken(token)
        || dials.strike(Dial.STREAM_LOGIN_DENIED, LOGIN).isPresent()) {
      answer(
          connection,
          request,
          ResponseCode.LOGIN_DENIED,
          "Login Denied.: token is invalid or has expired.");
      hub.drop(connection);
      return;
    }
    StreamConnection older = hub.user();
    if (older != null && older != connection) {
      if (settings.kick() == StreamSettings.Kick.REFUSE) {
        answer(connection, request, ResponseCode.CLOSE_CONNECTION, StreamerHub.TOO_MANY);
        hub.drop(connection);
        return;
      }
      hub.kick(older, settings.kick());
    }
    connection.token = token;
    String server = "server=simulator-" + hub.loggedIn(connection) + ";status=NP";
    answer(connection, request, ResponseCode.SUCCESS, server);
  }

  private void market(
      StreamConnection connection, Request request, Service service, JsonNode parameters) {
    Set<String> keys = keys(text(parameters, "keys"));
    String list = text(parameters, "fields");
    Fields fields = Fields.of(list, service.fields(), disorder(request, list, service));
    boolean complete =
        switch (request.command) {
          case "SUBS", "ADD" -> !keys.isEmpty() && !fields.isEmpty();
          case "UNSUBS" -> !keys.isEmpty();
          case "VIEW" -> !fields.isEmpty();
          default -> false;
        };
    if (!complete) {
      badFormat(connection, request);
      return;
    }
    Feed feed = connection.feed(service);
    switch (request.command) {
      case "SUBS" -> {
        feed.clear();
        subscribe(connection, request, feed, keys, fields, ResponseCode.SUCCEEDED_COMMAND_SUBS);
      }
      case "ADD" ->
          subscribe(connection, request, feed, keys, fields, ResponseCode.SUCCEEDED_COMMAND_ADD);
      case "UNSUBS" -> {
        keys.forEach(feed::unsubscribe);
        succeeded(connection, request, ResponseCode.SUCCEEDED_COMMAND_UNSUBS);
      }
      default -> {
        feed.view(fields);
        succeeded(connection, request, ResponseCode.SUCCEEDED_COMMAND_VIEW);
      }
    }
  }

  private Fields.Disorder disorder(Request request, String list, Service service) {
    if (!Fields.isUnordered(list, service.fields())) {
      return Fields.Disorder.SORTED;
    }
    return dials
        .strike(Dial.FIELDS_UNORDERED, request.subject())
        .map(
            strike ->
                strike.text("form").equals("wrong")
                    ? Fields.Disorder.WRONG
                    : Fields.Disorder.MISSING)
        .orElse(Fields.Disorder.SORTED);
  }

  private void subscribe(
      StreamConnection connection,
      Request request,
      Feed feed,
      Set<String> keys,
      Fields fields,
      ResponseCode success) {
    int usual = feed.service().isChart() ? settings.chartSymbolLimit() : settings.symbolLimit();
    int limit =
        dials
            .strike(Dial.STREAM_SYMBOL_LIMIT, request.subject())
            .map(strike -> (int) strike.number("limit"))
            .orElse(usual);
    long now = market.nowMillis();
    List<String> taken = taken(feed, keys, Math.min(limit, settings.commandSymbolLimit()), limit);
    taken.forEach(key -> feed.subscribe(key, fields, now));
    if (taken.size() < keys.size()) {
      String message =
          "Symbol limit of "
              + limit
              + " reached; "
              + (keys.size() - taken.size())
              + " symbols discarded";
      answer(connection, request, ResponseCode.REACHED_SYMBOL_LIMIT, message);
    } else {
      succeeded(connection, request, success);
    }
    connection.images(feed, taken, now);
    if (feed.service() == Service.LEVELONE_EQUITIES) {
      market.subscriberArrived();
    }
  }

  /** The keys for which there is room, first come first served; those there already need none. */
  private static List<String> taken(Feed feed, Set<String> keys, int most, int limit) {
    int room = limit - feed.keys().size();
    List<String> taken = new ArrayList<>();
    for (String key : keys) {
      boolean known = feed.keys().contains(key);
      if (taken.size() < most && (known || room > 0)) {
        taken.add(key);
        room -= known ? 0 : 1;
      }
    }
    return taken;
  }

  private void account(StreamConnection connection, Request request, JsonNode parameters) {
    String key = text(parameters, "keys");
    switch (request.command) {
      case "SUBS" -> {
        if (key.isEmpty() || key.length() > KEY_LENGTH) {
          badFormat(connection, request);
          return;
        }
        String list = text(parameters, "fields");
        Fields fields =
            Fields.of(
                list.isBlank() ? "0,1,2,3" : list,
                Service.ACCT_ACTIVITY.fields(),
                Fields.Disorder.SORTED);
        succeeded(connection, request, ResponseCode.SUCCEEDED_COMMAND_SUBS);
        hub.accountSubscribed(connection, key, fields);
      }
      case "UNSUBS" -> {
        connection.account = null;
        succeeded(connection, request, ResponseCode.SUCCEEDED_COMMAND_UNSUBS);
      }
      case "ADD" -> answer(connection, request, ResponseCode.FAILED_COMMAND_ADD, "Failed ADD");
      default -> badFormat(connection, request);
    }
  }

  /**
   * Refuses a command.
   *
   * @param code 0 = the one that the command has for this
   */
  private void failed(StreamConnection connection, Request request, int code) {
    ResponseCode own =
        switch (request.command) {
          case "SUBS" -> ResponseCode.FAILED_COMMAND_SUBS;
          case "UNSUBS" -> ResponseCode.FAILED_COMMAND_UNSUBS;
          case "ADD" -> ResponseCode.FAILED_COMMAND_ADD;
          case "VIEW" -> ResponseCode.FAILED_COMMAND_VIEW;
          default -> ResponseCode.BAD_COMMAND_FORMAT;
        };
    answer(
        connection, request, code == 0 ? own.number() : code, request.command + " command failed");
  }

  private void badFormat(StreamConnection connection, Request request) {
    answer(connection, request, ResponseCode.BAD_COMMAND_FORMAT, "Bad command formatting");
  }

  private void succeeded(StreamConnection connection, Request request, ResponseCode named) {
    if (dials.strike(Dial.STREAM_COMMAND_UNANSWERED, request.subject()).isPresent()) {
      return;
    }
    boolean byName =
        settings.namedSuccess()
            || dials.strike(Dial.STREAM_COMMAND_SUCCEEDED_26, request.subject()).isPresent();
    answer(
        connection,
        request,
        byName ? named : ResponseCode.SUCCESS,
        request.command + " command succeeded");
  }

  private void answer(
      StreamConnection connection, Request request, ResponseCode code, String message) {
    answer(connection, request, code.number(), message);
  }

  private void answer(StreamConnection connection, Request request, int code, String message) {
    StringBuilder frame = new StringBuilder(256);
    frame.append("{\"response\":[{\"service\":");
    Json.text(frame, request.service);
    frame.append(",\"command\":");
    Json.text(frame, request.command);
    frame.append(",\"requestid\":");
    Json.text(frame, request.id);
    frame.append(",\"SchwabClientCorrelId\":");
    Json.text(frame, request.correlId.isEmpty() ? connection.correlId : request.correlId);
    frame.append(",\"timestamp\":").append(wall.millis());
    frame.append(",\"content\":{\"code\":").append(code).append(",\"msg\":");
    Json.text(frame, message);
    connection.send(frame.append("}}]}").toString());
  }

  private static Set<String> keys(String list) {
    Set<String> keys = new LinkedHashSet<>();
    for (String key : list.split(",", -1)) {
      String stripped = key.strip();
      if (!stripped.isEmpty() && stripped.length() <= KEY_LENGTH) {
        keys.add(stripped);
      }
    }
    return keys;
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }
}
