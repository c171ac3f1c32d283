package io.alphakite.simulator.stream;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MarketListener;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.simulator.settings.StreamSettings;
import io.alphakite.simulator.stream.StreamConnection.Silence;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
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
  private static final long FOREVER = Duration.ofDays(365).toNanos();

  /** Subjects by which faults know what is asked for. */
  private static final String TIMER = "TIMER";

  private static final String HEART = "HEARTBEAT";

  /** What the connection that is one too many is told. */
  static final String TOO_MANY = "Maximum number of connections reached: 1 per user";

  private final Market market;
  private final OptionMarket options;
  private final SimulatorSettings settings;
  private final InstantSource wall;
  private final Predicate<String> validToken;
  private final FaultDials dials;
  private final AccountActivity activity;
  private final Commands commands;
  private final long conflateMillis;
  private final Set<StreamConnection> connections = ConcurrentHashMap.newKeySet();
  private final Thread timer = Thread.ofVirtual().name("streamer-timer").unstarted(this::time);
  private volatile @Nullable StreamConnection user;
  private long nextBatch;
  private long nextSecond;
  private @Nullable LocalDate date;
  private long logins;

  /**
   * @param validToken whether an access token is good now
   */
  public StreamerHub(
      Market market,
      OptionMarket options,
      SimulatorSettings settings,
      InstantSource wall,
      Predicate<String> validToken,
      String customerId,
      FaultDials dials) {
    this.market = market;
    this.options = options;
    this.settings = settings;
    this.wall = wall;
    this.validToken = validToken;
    this.dials = dials;
    this.activity = new AccountActivity(dials, wall);
    this.commands = new Commands(this, market, settings.stream(), wall, customerId, dials);
    this.conflateMillis = settings.conflate().toMillis();
    market.listen(this);
    options.listen(this::optionsMoved);
    market.backpressure(this::awaitRoom);
    timer.start();
  }

  StreamConnection opened(WebSocketSession session) {
    StreamConnection connection =
        new StreamConnection(session, market, options, settings.stream(), dials, wall);
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

  /**
   * What the status page shows.
   *
   * @param levelOne the keys subscribed now, of all services
   * @param keysSubscribed how many keys SUBS and ADD have brought on this connection
   * @param keysUnsubscribed how many keys UNSUBS has taken on this connection
   */
  public record Status(
      int connections,
      boolean loggedIn,
      List<String> levelOne,
      long keysSubscribed,
      long keysUnsubscribed,
      boolean account) {}

  public Status status() {
    market.lock().lock();
    try {
      StreamConnection current = user;
      long[] changes = current == null ? new long[2] : current.changes();
      return new Status(
          connections.size(),
          current != null,
          current == null ? List.of() : List.copyOf(current.keys()),
          changes[0],
          changes[1],
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

  private void optionsMoved(String underlying, long millis) {
    StreamConnection current = user;
    if (current != null) {
      current.optionsMoved(underlying, millis);
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
    if (millis >= nextSecond) {
      nextSecond = (millis / 1000 + 1) * 1000;
      LocalDate today = market.tradingDate();
      boolean turned = date != null && !today.equals(date);
      date = today;
      if (current != null) {
        second(current, turned);
      }
    }
    StreamConnection left = user;
    if (left != null) {
      left.timeIs(millis);
    }
  }

  /**
   * What may happen to the user's connection at each market second.
   *
   * @param turned whether a new day has begun
   */
  private void second(StreamConnection connection, boolean turned) {
    if (turned) {
      dials
          .strike(Dial.NIGHTLY_RESET, market.tradingDate().toString())
          .ifPresent(strike -> end(connection, strike.text("form")));
    }
    dials
        .strike(Dial.STREAM_KICKED, TIMER)
        .ifPresent(
            strike ->
                kick(
                    connection,
                    switch (strike.text("form")) {
                      case "code_12" -> StreamSettings.Kick.NOTICE;
                      case "code_30" -> StreamSettings.Kick.STOP;
                      default -> StreamSettings.Kick.BARE;
                    }));
    dials
        .strike(Dial.STREAM_STOPPED, TIMER)
        .ifPresent(_ -> kick(connection, StreamSettings.Kick.STOP));
    dials
        .strike(Dial.STREAM_DROPPED, TIMER)
        .ifPresent(strike -> end(connection, strike.text("form")));
    dials
        .strike(Dial.STREAM_SILENT, TIMER)
        .ifPresent(
            strike -> {
              long nanos = strike.delay().isZero() ? FOREVER : strike.delay().toNanos();
              connection.silent(
                  strike.flag("heartbeats") ? Silence.DATA : Silence.ALL,
                  System.nanoTime() + nanos);
            });
  }

  /** Ends a connection with a close code; 1006 is none, the socket is just cut. */
  private void end(StreamConnection connection, String code) {
    if (user == connection) {
      user = null;
    }
    if (code.equals("1006")) {
      connection.cut();
    } else {
      String reason = code.equals("1011") ? "keepalive ping timeout" : "";
      connection.finish(new CloseStatus(Integer.parseInt(code), reason));
    }
  }

  /**
   * Sends an account event to the user if it has subscribed. Under the market's lock.
   *
   * @param payload JSON text, or empty
   */
  public void accountActivity(String account, String messageType, String payload) {
    activity.happened(user, account, messageType, payload);
  }

  private void time() {
    long nextHeartbeat = System.nanoTime() + HEARTBEAT.toNanos();
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(TIMER_MILLIS);
        boolean beats = System.nanoTime() - nextHeartbeat >= 0;
        nextHeartbeat += beats ? HEARTBEAT.toNanos() : 0;
        look(beats);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void heartbeat() {
    for (StreamConnection connection : connections) {
      if (!connection.loggedIn || dials.strike(Dial.HEARTBEAT_MISSING, HEART).isPresent()) {
        continue;
      }
      long skew =
          dials.strike(Dial.CLOCK_SKEW, HEART).map(strike -> strike.number("skew_ms")).orElse(0L);
      locked(() -> connection.heartbeat(wall.millis() + skew));
    }
  }

  /** One round of the timer; what goes wrong in it is told, and the next one comes. */
  private void look(boolean beats) {
    try {
      look();
      if (beats) {
        heartbeat();
      }
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("event", "stream.timer.failed")
          .setCause(e)
          .log("The streamer's timer failed; it goes on");
    }
  }

  private void look() {
    long now = System.nanoTime();
    locked(
        () -> {
          activity.due(user);
          for (StreamConnection connection : connections) {
            connection.clock(now);
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
    activity.subscribe(connection, key, fields);
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
