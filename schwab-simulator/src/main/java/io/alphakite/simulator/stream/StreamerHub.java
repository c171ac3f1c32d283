package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MarketListener;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * All streamer connections: takes their requests, and carries the market and account activity to
 * them. One connection per user: a newer login displaces the older.
 */
public final class StreamerHub implements MarketListener, AutoCloseable {
  /** The one user's streamer id, as user preferences tell it. */
  public static final String CUSTOMER_ID = "simulator-customer";

  private static final Logger log = LoggerFactory.getLogger(StreamerHub.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final long TIMER_MILLIS = 250;
  private static final int MAX_KEYS = 3000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Market market;
  private final SimulatorSettings settings;
  private final InstantSource wall;
  private final Predicate<String> validToken;
  private final String customerId;
  private final long conflateMillis;
  private final Set<StreamConnection> connections = ConcurrentHashMap.newKeySet();
  private final Thread timer = Thread.ofVirtual().name("streamer-timer").unstarted(this::time);
  private volatile @Nullable StreamConnection user;
  private long nextBatch;
  private long logins;

  /**
   * @param validToken whether an access token is good now
   */
  public StreamerHub(
      Market market,
      SimulatorSettings settings,
      InstantSource wall,
      Predicate<String> validToken,
      String customerId) {
    this.market = market;
    this.settings = settings;
    this.wall = wall;
    this.validToken = validToken;
    this.customerId = customerId;
    this.conflateMillis = settings.conflate().toMillis();
    market.listen(this);
    market.backpressure(this::awaitRoom);
    timer.start();
  }

  void opened(StreamConnection connection) {
    connections.add(connection);
  }

  void closed(StreamConnection connection) {
    connections.remove(connection);
    connection.closed();
    locked(
        () -> {
          if (user == connection) {
            user = null;
          }
        });
  }

  /** What the status page shows. */
  public record Status(int connections, boolean loggedIn, List<String> levelOne, boolean account) {}

  public Status status() {
    market.lock().lock();
    try {
      StreamConnection current = user;
      return new Status(
          connections.size(),
          current != null,
          current == null ? List.of() : List.copyOf(current.keys()),
          current != null && current.accountKey != null);
    } finally {
      market.lock().unlock();
    }
  }

  private void awaitRoom() throws InterruptedException {
    StreamConnection current = user;
    if (current != null) {
      locked(() -> flush(current));
      current.awaitRoom();
    }
  }

  private void flush(StreamConnection connection) {
    if (conflateMillis == 0) {
      connection.flush(market.nowMillis());
    }
  }

  @Override
  public void changed(TickerState ticker, boolean quote) {
    StreamConnection current = user;
    if (current == null) {
      return;
    }
    if (conflateMillis == 0) {
      current.delta(ticker, market.nowMillis());
    } else {
      current.markDirty(ticker);
    }
  }

  @Override
  public void sessionStarted() {
    StreamConnection current = user;
    if (current != null) {
      for (Subscription subscription : current.levelOne().values()) {
        current.delta(subscription.ticker(), market.nowMillis());
      }
      current.flush(market.nowMillis());
    }
  }

  @Override
  public void timeIs(long millis) {
    if (conflateMillis > 0 && millis >= nextBatch) {
      StreamConnection current = user;
      if (current != null) {
        current.batch(nextBatch == 0 ? millis : Math.min(millis, nextBatch));
      }
      nextBatch = (millis / conflateMillis + 1) * conflateMillis;
    }
  }

  /**
   * Sends an account event to the user if it has subscribed. Under the market's lock.
   *
   * @param payload JSON text, or empty
   */
  public void accountActivity(String account, String messageType, String payload) {
    StreamConnection current = user;
    if (current == null || current.accountKey == null) {
      return;
    }
    current.flush(market.nowMillis());
    StringBuilder frame = new StringBuilder(512);
    frame
        .append("{\"data\":[{\"service\":\"ACCT_ACTIVITY\",\"timestamp\":")
        .append(wall.millis())
        .append(",\"command\":\"SUBS\",\"content\":[{\"seq\":")
        .append(current.accountSequence++)
        .append(",\"key\":");
    Json.text(frame, current.accountKey);
    frame.append(",\"1\":");
    Json.text(frame, account);
    frame.append(",\"2\":");
    Json.text(frame, messageType);
    frame.append(",\"3\":");
    Json.text(frame, payload);
    current.send(frame.append("}]}]}").toString());
  }

  private void time() {
    long nextHeartbeat = System.nanoTime() + HEARTBEAT.toNanos();
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(TIMER_MILLIS);
        endEmpty();
        if (System.nanoTime() - nextHeartbeat >= 0) {
          heartbeat();
          nextHeartbeat += HEARTBEAT.toNanos();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void heartbeat() {
    for (StreamConnection connection : connections) {
      if (connection.loggedIn) {
        connection.send("{\"notify\":[{\"heartbeat\":\"" + wall.millis() + "\"}]}");
      }
    }
  }

  private void endEmpty() {
    long now = System.nanoTime();
    locked(
        () -> {
          for (StreamConnection connection : connections) {
            if (!connection.isEmpty()) {
              connection.emptySince = now;
            } else if (now - connection.emptySince > settings.emptyAfter().toNanos()) {
              notice(connection, 30, "Stop streaming due to empty subscription");
              drop(connection);
            }
          }
        });
  }

  private void notice(StreamConnection connection, int code, String message) {
    StringBuilder frame = new StringBuilder(160);
    frame
        .append("{\"notify\":[{\"service\":\"ADMIN\",\"timestamp\":")
        .append(wall.millis())
        .append(",\"content\":{\"code\":")
        .append(code)
        .append(",\"msg\":");
    Json.text(frame, message);
    connection.send(frame.append("}}]}").toString());
  }

  private void drop(StreamConnection connection) {
    connection.finish(CloseStatus.NORMAL);
    if (user == connection) {
      user = null;
    }
  }

  /** A frame from a client. */
  void received(StreamConnection connection, String text) {
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JacksonException e) {
      locked(() -> answer(connection, "ADMIN", "", "0", 21, "Bad command formatting"));
      return;
    }
    JsonNode requests = root.path("requests");
    if (requests.isArray()) {
      for (JsonNode request : requests) {
        locked(() -> request(connection, request));
      }
    } else {
      locked(() -> request(connection, root));
    }
  }

  private void request(StreamConnection connection, JsonNode request) {
    String service = text(request, "service");
    String command = text(request, "command");
    String id = text(request, "requestid");
    if (service.isEmpty() || command.isEmpty()) {
      answer(connection, service, command, id, 21, "Bad command formatting");
      return;
    }
    if (service.equals("ADMIN") && command.equals("LOGIN")) {
      login(connection, id, request);
      return;
    }
    if (!connection.loggedIn || !text(request, "SchwabClientCustomerId").equals(customerId)) {
      answer(connection, service, command, id, 20, "Stream connection not found");
      return;
    }
    connection.flush(market.nowMillis());
    JsonNode parameters = request.path("parameters");
    switch (service) {
      case "ADMIN" -> {
        if (command.equals("LOGOUT")) {
          answer(connection, service, command, id, 0, "SUCCESS");
          drop(connection);
        } else {
          answer(connection, service, command, id, 21, "Bad command formatting");
        }
      }
      case "LEVELONE_EQUITIES" -> levelOne(connection, command, id, parameters);
      case "ACCT_ACTIVITY" -> account(connection, command, id, parameters);
      default -> answer(connection, service, command, id, 11, "Service not available or down.");
    }
  }

  private void login(StreamConnection connection, String id, JsonNode request) {
    connection.correlId = text(request, "SchwabClientCorrelId");
    String token = text(request.path("parameters"), "Authorization");
    boolean known = text(request, "SchwabClientCustomerId").equals(customerId);
    if (!known || !validToken.test(token)) {
      answer(
          connection, "ADMIN", "LOGIN", id, 3, "Login Denied.: token is invalid or has expired.");
      connection.finish(CloseStatus.NORMAL);
      return;
    }
    StreamConnection older = user;
    if (older != null && older != connection) {
      if (settings.kickNotice()) {
        notice(older, 12, "Maximum number of connections reached: 1 per user");
      }
      drop(older);
    }
    user = connection;
    connection.loggedIn = true;
    logins++;
    answer(connection, "ADMIN", "LOGIN", id, 0, "server=simulator-" + logins + ";status=NP");
    log.atInfo().addKeyValue("event", "stream.login").log("A client logged in to the streamer");
  }

  private void levelOne(
      StreamConnection connection, String command, String id, JsonNode parameters) {
    String service = "LEVELONE_EQUITIES";
    Set<String> keys = keys(text(parameters, "keys"));
    BitSet fields = StreamConnection.fields(text(parameters, "fields"));
    boolean adds = command.equals("SUBS") || command.equals("ADD");
    if ((adds && (keys.isEmpty() || fields.isEmpty()))
        || (command.equals("UNSUBS") && keys.isEmpty())
        || (command.equals("VIEW") && fields.isEmpty())) {
      answer(connection, service, command, id, 21, "Bad command formatting");
      return;
    }
    switch (command) {
      case "SUBS", "ADD" -> {
        if (command.equals("SUBS")) {
          connection.clear();
        }
        int room = MAX_KEYS - connection.keys().size();
        List<String> taken = keys.stream().limit(room).toList();
        for (String key : taken) {
          connection.subscribe(key, market.ticker(key), fields);
        }
        if (taken.size() < keys.size()) {
          String message =
              "Symbol limit of "
                  + MAX_KEYS
                  + " reached; "
                  + (keys.size() - taken.size())
                  + " symbols discarded";
          answer(connection, service, command, id, 19, message);
        } else {
          answer(connection, service, command, id, 0, command + " command succeeded");
        }
        taken.forEach(key -> connection.image(key, market.nowMillis()));
        connection.flush(market.nowMillis());
        market.subscriberArrived();
      }
      case "UNSUBS" -> {
        keys.forEach(connection::unsubscribe);
        answer(connection, service, command, id, 0, "UNSUBS command succeeded");
      }
      case "VIEW" -> {
        connection.levelOne().values().forEach(subscription -> subscription.fields(fields));
        answer(connection, service, command, id, 0, "VIEW command succeeded");
      }
      default -> answer(connection, service, command, id, 21, "Bad command formatting");
    }
  }

  private void account(
      StreamConnection connection, String command, String id, JsonNode parameters) {
    String service = "ACCT_ACTIVITY";
    String key = text(parameters, "keys");
    switch (command) {
      case "SUBS" -> {
        if (key.isEmpty()) {
          answer(connection, service, command, id, 21, "Bad command formatting");
          return;
        }
        connection.accountKey = key;
        connection.accountSequence = 0;
        answer(connection, service, command, id, 0, "SUBS command succeeded");
        accountActivity("", "SUBSCRIBED", "");
      }
      case "UNSUBS" -> {
        connection.accountKey = null;
        answer(connection, service, command, id, 0, "UNSUBS command succeeded");
      }
      case "ADD" -> answer(connection, service, command, id, 24, "Failed ADD");
      default -> answer(connection, service, command, id, 21, "Bad command formatting");
    }
  }

  private void answer(
      StreamConnection connection,
      String service,
      String command,
      String requestId,
      int code,
      String message) {
    StringBuilder frame = new StringBuilder(256);
    frame.append("{\"response\":[{\"service\":");
    Json.text(frame, service);
    frame.append(",\"command\":");
    Json.text(frame, command);
    frame.append(",\"requestid\":");
    Json.text(frame, requestId);
    frame.append(",\"SchwabClientCorrelId\":");
    Json.text(frame, connection.correlId);
    frame.append(",\"timestamp\":").append(wall.millis());
    frame.append(",\"content\":{\"code\":").append(code).append(",\"msg\":");
    Json.text(frame, message);
    connection.send(frame.append("}}]}").toString());
  }

  private static Set<String> keys(String list) {
    Set<String> keys = new LinkedHashSet<>();
    for (String key : list.split(",", -1)) {
      if (!key.isBlank()) {
        keys.add(key.strip());
      }
    }
    return keys;
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }

  private void locked(Runnable action) {
    market.lock().lock();
    try {
      action.run();
    } finally {
      market.lock().unlock();
    }
  }

  @Override
  public void close() {
    timer.interrupt();
    connections.forEach(connection -> connection.finish(CloseStatus.GOING_AWAY));
  }
}
