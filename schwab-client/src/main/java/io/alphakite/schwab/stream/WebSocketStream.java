package io.alphakite.schwab.stream;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.Bearer;
import io.alphakite.schwab.http.HttpClients;
import io.alphakite.schwab.http.RetryPolicy;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.stream.StreamEvent.Stopped;
import io.alphakite.schwab.trader.UserPreference;
import io.alphakite.schwab.trader.UserPreference.StreamerInfo;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link SchwabStream} over a WebSocket.
 *
 * <p>One thread of its own makes connections one after another and speaks on them: it sends
 * commands one at a time, watches for silence, and decides what an end means. OkHttp's reading
 * thread decodes and fills the queue. The two meet in {@link Connection}.
 *
 * <p>What ends a connection: silence, no answer to a command, codes 3, 9, 12, 20 and 30, a close.
 * What ends the trying: code 12 twice within ten minutes, since two programs of one user would cut
 * each other off for ever, and a login denied three times in a row although each time with a new
 * token.
 */
public final class WebSocketStream implements SchwabStream {

  private static final Logger log = LoggerFactory.getLogger(WebSocketStream.class);

  private static final Set<Integer> SUCCESS = Set.of(0, 26, 27, 28, 29);
  private static final int LOGIN_DENIED = 3;
  private static final int CLOSE_CONNECTION = 12;
  private static final int SYMBOL_LIMIT = 19;

  /** After these the connection is of no use. */
  private static final Set<Integer> FATAL = Set.of(LOGIN_DENIED, 9, CLOSE_CONNECTION, 20, 30);

  /** Usually commands that met on the way; they succeed when repeated. */
  private static final Set<Integer> REPEATABLE = Set.of(22, 23, 24, 25);

  private static final int ATTEMPTS_MAX = 4;
  private static final int KICKS_MAX = 2;
  private static final int DENIALS_MAX = 3;
  private static final Duration KICK_MEMORY = Duration.ofMinutes(10);
  private static final Duration REPAIR_SPACING = Duration.ofSeconds(10);
  private static final Duration FAREWELL_LIMIT = Duration.ofSeconds(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
  private static final long TICK_MILLIS = 250;

  private final Supplier<UserPreference> preferences;
  private final Bearer bearer;
  private final StreamSettings settings;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final OkHttpClient client;
  private final Counters counters = new Counters();
  private final EventQueue queue;
  private final CountDownLatch closing = new CountDownLatch(1);

  // Guarded by this.
  private final Set<Ticker> wantedEquities = new LinkedHashSet<>();
  private boolean wantedActivity;
  private @Nullable Thread thread;
  private volatile @Nullable Connection current;

  // Of the stream's own thread.
  private long generation;
  private int failures;
  private int denials;
  private int kicks;
  private long lastKickNanos;

  /**
   * A stream that is not started yet.
   *
   * @param preferences asked before every connection
   */
  public WebSocketStream(
      Supplier<UserPreference> preferences,
      Bearer bearer,
      StreamSettings settings,
      InstantSource clock,
      RandomGenerator random) {
    this.preferences = preferences;
    this.bearer = bearer;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.client = HttpClients.sockets(settings.answerLimit());
    this.queue = new EventQueue(settings.queueCapacity(), counters);
  }

  @Override
  public synchronized void start() {
    if (closing.getCount() == 0) {
      throw new IllegalStateException("the stream is closed");
    }
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("schwab-stream").start(this::run);
    }
  }

  @Override
  public synchronized void subscribeEquities(Collection<Ticker> tickers) {
    wantedEquities.addAll(tickers);
    nudge();
  }

  @Override
  public synchronized void subscribeAccountActivity() {
    wantedActivity = true;
    nudge();
  }

  @Override
  public @Nullable StreamEvent next(Duration timeout) throws InterruptedException {
    return queue.next(timeout);
  }

  @Override
  public int drain(Collection<? super StreamEvent> into, int max) {
    return queue.drain(into, max);
  }

  @Override
  public StreamStats stats() {
    Connection connection = current;
    long age = connection == null ? -1 : System.nanoTime() - connection.lastFrameNanos();
    return counters.snapshot(queue.size(), age);
  }

  @Override
  public void close() {
    Thread running;
    synchronized (this) {
      closing.countDown();
      running = thread;
      nudge();
    }
    try {
      // The queue stays open for a moment: whoever still pulls gets what was being delivered.
      if (running != null && !running.join(CLOSE_LIMIT)) {
        queue.close();
        running.interrupt();
        Connection connection = current;
        if (connection != null) {
          connection.retire();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      queue.close();
    }
  }

  private void nudge() {
    Connection connection = current;
    if (connection != null) {
      connection.nudge();
    }
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void run() {
    failures = 0;
    denials = 0;
    kicks = 0;
    Stopped stopped = null;
    try {
      while (stopped == null && !isClosing()) {
        stopped = connection();
        if (stopped == null) {
          Duration pause =
              RetryPolicy.fullJitter(
                  failures++, settings.backoffBase(), settings.backoffMax(), random);
          boolean _ = closing.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        thread = null;
      }
      if (stopped != null) {
        log.atError()
            .addKeyValue("event", "stream.stopped")
            .addKeyValue("cause", stopped.cause())
            .log("The streamer connection is given up: {}", stopped.reason());
        queue.put(stopped);
      }
    }
  }

  /** One connection from its preparation to its end. */
  private @Nullable Stopped connection() throws InterruptedException {
    generation++;
    StreamerInfo info;
    String token;
    try {
      Optional<StreamerInfo> streamer = preferences.get().streamer();
      if (streamer.isEmpty()) {
        disconnected("Schwab lists no streamer for this user");
        return null;
      }
      info = streamer.get();
      token = bearer.accessToken();
    } catch (SchwabException e) {
      disconnected(e.kind() + ": " + e.getMessage());
      return null;
    }
    Connection connection = new Connection(generation, info, queue, counters, clock);
    current = connection;
    Conversation conversation = new Conversation(connection, token);
    End end;
    try {
      connection.open(client);
      end = conversation.untilEnd();
    } finally {
      connection.retire();
    }
    if (conversation.loggedIn
        && connection.dataNanosSince(conversation.loginNanos) >= settings.stableAfter().toNanos()) {
      failures = 0;
    }
    disconnected(end.reason());
    return verdict(end);
  }

  private @Nullable Stopped verdict(End end) {
    switch (end.code()) {
      case LOGIN_DENIED -> {
        if (++denials >= DENIALS_MAX) {
          return stopped(Stopped.Cause.LOGIN_DENIED, "login denied " + denials + " times in a row");
        }
      }
      case CLOSE_CONNECTION -> {
        counters.kicks.increment();
        long now = System.nanoTime();
        kicks = kicks > 0 && now - lastKickNanos < KICK_MEMORY.toNanos() ? kicks + 1 : 1;
        lastKickNanos = now;
        if (kicks >= KICKS_MAX) {
          return stopped(
              Stopped.Cause.TAKEN_OVER,
              "another login of the same user took the connection over, twice");
        }
      }
      default -> {}
    }
    return null;
  }

  private Stopped stopped(Stopped.Cause cause, String reason) {
    return new Stopped(cause, reason, clock.instant());
  }

  private void disconnected(String reason) {
    if (!isClosing()) {
      log.atWarn()
          .addKeyValue("event", "stream.disconnected")
          .addKeyValue("generation", generation)
          .log("Streamer connection ended: {}", reason);
    }
    queue.put(new StreamEvent.Disconnected(generation, reason, clock.instant()));
  }

  /**
   * Why a connection ended.
   *
   * @param code the streamer's code; 0 when it gave none
   */
  private record End(int code, String reason) {}

  /** What is said on one connection. Belongs to the stream's own thread. */
  private final class Conversation {

    private final Connection connection;
    private final String token;
    private final Deque<Command> waiting = new ArrayDeque<>();
    private final Set<Ticker> requested = new LinkedHashSet<>();
    private final List<Doubt> doubts = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private boolean activityRequested;
    private boolean loggedIn;
    private long loginNanos;
    private long requestId;
    private @Nullable Command asked;
    private long askedNanos;
    private long repairNanos = System.nanoTime() - REPAIR_SPACING.toNanos();
    private boolean repairDue;

    /**
     * Symbols of a partly refused command; after a while those without an image count as refused.
     */
    private record Doubt(
        List<Ticker> tickers, long sinceNanos, long patienceNanos, int code, String message) {}

    Conversation(Connection connection, String token) {
      this.connection = connection;
      this.token = token;
    }

    End untilEnd() throws InterruptedException {
      while (true) {
        Connection.Signal signal = connection.awaitSignal(TICK_MILLIS);
        End end = signal == null ? null : on(signal);
        if (end == null) {
          end = overdue();
        }
        if (end != null) {
          return end;
        }
        if (isClosing()) {
          if (loggedIn) {
            boolean _ = send(new Command.Logout());
          }
          connection.close();
          awaitFarewell();
          return new End(0, "closed");
        }
        if (loggedIn) {
          reportDoubts();
          wantMore();
        }
        if (!sendNext()) {
          return new End(0, "the socket takes nothing more");
        }
      }
    }

    /** A moment for the farewell to reach the streamer, which counts one connection per user. */
    private void awaitFarewell() throws InterruptedException {
      long since = System.nanoTime();
      while (connection.ended() == null && System.nanoTime() - since < FAREWELL_LIMIT.toNanos()) {
        connection.awaitSignal(TICK_MILLIS);
      }
    }

    private @Nullable End on(Connection.Signal signal) {
      return switch (signal) {
        case Connection.Signal.Opened() -> {
          waiting.add(new Command.Login(token, connection.info));
          yield null;
        }
        case Connection.Signal.Answered(String id, int code, String message) ->
            answered(id, code, message);
        case Connection.Signal.Noticed(int code, String message) -> {
          log.atInfo()
              .addKeyValue("event", "stream.notice")
              .addKeyValue("code", code)
              .log("Streamer says: {}", message);
          yield FATAL.contains(code) ? new End(code, "code " + code + ": " + message) : null;
        }
        case Connection.Signal.Garbled() -> {
          repairDue = true;
          yield null;
        }
        case Connection.Signal.Nudge() -> null;
      };
    }

    private @Nullable End answered(String id, int code, String message) {
      Command command = asked;
      if (command == null || !id.equals(Long.toString(requestId))) {
        // An answer to nothing we wait for, unless it says that the connection is at its end.
        return FATAL.contains(code) ? new End(code, "code " + code + ": " + message) : null;
      }
      asked = null;
      if (SUCCESS.contains(code)) {
        if (command instanceof Command.Login) {
          loggedIn = true;
          loginNanos = System.nanoTime();
          denials = 0;
          counters.connections.increment();
          log.atInfo()
              .addKeyValue("event", "stream.connected")
              .addKeyValue("generation", connection.generation)
              .log("Streamer connected");
          queue.put(new StreamEvent.Connected(connection.generation, clock.instant()));
        }
        return null;
      }
      if (code == LOGIN_DENIED) {
        bearer.invalidate(token);
      }
      if (FATAL.contains(code) || command instanceof Command.Login) {
        return new End(code, "code " + code + ": " + message);
      }
      refused(command, code, message);
      return null;
    }

    private void refused(Command command, int code, String message) {
      switch (command) {
        case Command.Equities(List<Ticker> tickers, boolean replace, int attempt) -> {
          if (REPEATABLE.contains(code) && attempt + 1 < ATTEMPTS_MAX) {
            waiting.addFirst(new Command.Equities(tickers, replace, attempt + 1));
          } else {
            // With code 19 the rest is streamed, but Schwab does not say which: an image tells.
            long patience = code == SYMBOL_LIMIT ? settings.imageLimit().toNanos() : 0;
            doubts.add(new Doubt(tickers, System.nanoTime(), patience, code, message));
          }
        }
        case Command.Activity(int attempt) -> {
          if (REPEATABLE.contains(code) && attempt + 1 < ATTEMPTS_MAX) {
            waiting.addFirst(new Command.Activity(attempt + 1));
          } else {
            queue.put(
                new StreamEvent.SubscriptionRefused(connection.generation, null, code, message));
          }
        }
        case Command.Login _, Command.Logout _ -> {}
      }
    }

    private void reportDoubts() {
      long now = System.nanoTime();
      for (Doubt doubt : List.copyOf(doubts)) {
        if (connection.unheldNanosSince(doubt.sinceNanos(), now) < doubt.patienceNanos()) {
          continue;
        }
        doubts.remove(doubt);
        for (Ticker ticker : doubt.tickers()) {
          if (!connection.imaged(ticker)) {
            log.atWarn()
                .addKeyValue("event", "stream.subscription_refused")
                .addKeyValue("ticker", ticker)
                .addKeyValue("code", doubt.code())
                .log("Not streamed: {}", doubt.message());
            queue.put(
                new StreamEvent.SubscriptionRefused(
                    connection.generation, ticker, doubt.code(), doubt.message()));
          }
        }
      }
    }

    /** Silence, or a command without an answer. Neither counts while our own consumer is behind. */
    private @Nullable End overdue() {
      String ended = connection.ended();
      if (ended != null) {
        return new End(0, ended);
      }
      long now = System.nanoTime();
      if (connection.silentNanos(now) > settings.silenceLimit().toNanos()) {
        return new End(0, "no frame for " + settings.silenceLimit().toSeconds() + " s");
      }
      long limit = settings.answerLimit().toNanos();
      if (asked == null && !loggedIn && now - startNanos > limit) {
        return new End(0, "the socket did not open in time");
      }
      if (asked != null && connection.unheldNanosSince(askedNanos, now) > limit) {
        return new End(0, "no answer to a command in time");
      }
      return null;
    }

    private void wantMore() {
      synchronized (WebSocketStream.this) {
        if (wantedActivity && !activityRequested) {
          activityRequested = true;
          waiting.add(new Command.Activity(0));
        }
        if (repairDue && System.nanoTime() - repairNanos >= REPAIR_SPACING.toNanos()) {
          // A lost change would stay lost until the field changes again: ask for new images.
          repairDue = false;
          repairNanos = System.nanoTime();
          requested.clear();
        }
        List<Ticker> missing = new ArrayList<>(wantedEquities);
        missing.removeAll(requested);
        int size = settings.keysPerCommand();
        for (int from = 0; from < missing.size(); from += size) {
          List<Ticker> part = missing.subList(from, Math.min(from + size, missing.size()));
          waiting.add(new Command.Equities(List.copyOf(part), requested.isEmpty(), 0));
          requested.addAll(part);
        }
      }
    }

    /** False when the socket is gone. */
    private boolean sendNext() {
      if (asked != null || waiting.isEmpty()) {
        return true;
      }
      Command next = waiting.removeFirst();
      asked = next;
      askedNanos = System.nanoTime();
      return send(next);
    }

    private boolean send(Command command) {
      requestId++;
      return connection.send(command.frame(requestId, connection.info));
    }
  }
}
