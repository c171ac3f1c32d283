package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MarketListener;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.simulator.settings.StreamSettings;
import io.alphakite.simulator.stream.StreamConnection.AccountSubscription;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

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

  /** What the connection that is one too many is told. */
  static final String TOO_MANY = "Maximum number of connections reached: 1 per user";

  private final Market market;
  private final SimulatorSettings settings;
  private final InstantSource wall;
  private final Predicate<String> validToken;
  private final Commands commands;
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
    this.commands = new Commands(this, market, settings.stream(), wall, customerId);
    this.conflateMillis = settings.conflate().toMillis();
    market.listen(this);
    market.backpressure(this::awaitRoom);
    timer.start();
  }

  StreamConnection opened(WebSocketSession session) {
    StreamConnection connection =
        new StreamConnection(session, market, settings.stream(), System.nanoTime());
    connections.add(connection);
    return connection;
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
          current != null && current.account != null);
    } finally {
      market.lock().unlock();
    }
  }

  private void awaitRoom() throws InterruptedException {
    StreamConnection current = user;
    if (current != null) {
      locked(current::flush);
      current.awaitRoom();
    }
  }

  @Override
  public void changed(TickerState ticker, boolean quote) {
    StreamConnection current = user;
    if (current == null) {
      return;
    }
    if (conflateMillis == 0) {
      current.changed(ticker, market.nowMillis());
    } else {
      current.markChanged(ticker);
    }
  }

  @Override
  public void sessionStarted() {
    StreamConnection current = user;
    if (current != null) {
      current.sessionStarted(market.nowMillis());
    }
  }

  @Override
  public void timeIs(long millis) {
    StreamConnection current = user;
    if (conflateMillis > 0 && millis >= nextBatch) {
      if (current != null) {
        current.batch(nextBatch == 0 ? millis : Math.min(millis, nextBatch));
      }
      nextBatch = (millis / conflateMillis + 1) * conflateMillis;
    }
    if (current != null) {
      current.timeIs(millis);
    }
  }

  /**
   * Sends an account event to the user if it has subscribed. Under the market's lock.
   *
   * @param payload JSON text, or empty
   */
  public void accountActivity(String account, String messageType, String payload) {
    StreamConnection current = user;
    AccountSubscription subscription = current == null ? null : current.account;
    if (current == null || subscription == null) {
      return;
    }
    current.flush();
    StringBuilder frame = new StringBuilder(512 + payload.length());
    frame
        .append("{\"data\":[{\"service\":\"ACCT_ACTIVITY\",\"timestamp\":")
        .append(wall.millis())
        .append(",\"command\":\"SUBS\",\"content\":[{\"seq\":")
        .append(subscription.sequence++)
        .append(",\"key\":");
    Json.text(frame, subscription.key);
    field(frame, subscription.fields, 1, account);
    field(frame, subscription.fields, 2, messageType);
    field(frame, subscription.fields, 3, payload);
    current.send(frame.append("}]}]}").toString());
  }

  private static void field(StringBuilder to, Fields fields, int field, String value) {
    if (fields.has(field)) {
      to.append(",\"").append(field).append("\":");
      Json.text(to, value);
    }
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
            if (settings.stream().tokenForSession()
                && connection.loggedIn
                && !validToken.test(connection.token)) {
              drop(connection);
            } else if (!connection.isEmpty()) {
              connection.emptySince = now;
            } else if (now - connection.emptySince > settings.emptyAfter().toNanos()) {
              notice(
                  connection,
                  ResponseCode.STOP_STREAMING,
                  "Stop streaming due to empty subscription");
              drop(connection);
            }
          }
        });
  }

  private void notice(StreamConnection connection, ResponseCode code, String message) {
    StringBuilder frame = new StringBuilder(160);
    frame
        .append("{\"notify\":[{\"service\":\"ADMIN\",\"timestamp\":")
        .append(wall.millis())
        .append(",\"content\":{\"code\":")
        .append(code.number())
        .append(",\"msg\":");
    Json.text(frame, message);
    connection.send(frame.append("}}]}").toString());
  }

  /** Delivers what waits for a connection and closes it. */
  void drop(StreamConnection connection) {
    connection.finish(CloseStatus.NORMAL);
    if (user == connection) {
      user = null;
    }
  }

  /** A frame from a client; returns when there is room for what it will send next. */
  void received(StreamConnection connection, String text) throws InterruptedException {
    locked(() -> commands.received(connection, text));
    connection.awaitRoom();
  }

  boolean validToken(String token) {
    return validToken.test(token);
  }

  /** The connection that is logged in. */
  @Nullable StreamConnection user() {
    return user;
  }

  /** Makes a connection the user's; gives its number. */
  long loggedIn(StreamConnection connection) {
    user = connection;
    connection.loggedIn = true;
    log.atInfo().addKeyValue("event", "stream.login").log("A client logged in to the streamer");
    return ++logins;
  }

  /** Ends a connection for another of the same user. */
  void kick(StreamConnection connection, StreamSettings.Kick form) {
    switch (form) {
      case NOTICE, REFUSE -> notice(connection, ResponseCode.CLOSE_CONNECTION, TOO_MANY);
      case STOP -> notice(connection, ResponseCode.STOP_STREAMING, "Stop streaming");
      case BARE -> {}
    }
    drop(connection);
  }

  void accountSubscribed(StreamConnection connection, String key, Fields fields) {
    connection.account = new StreamConnection.AccountSubscription(key, fields);
    accountActivity("", "SUBSCRIBED", "");
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
