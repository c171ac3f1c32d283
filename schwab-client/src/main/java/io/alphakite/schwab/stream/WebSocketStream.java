package io.alphakite.schwab.stream;

import io.alphakite.schwab.http.Bearer;
import io.alphakite.schwab.http.HttpClients;
import io.alphakite.schwab.http.RetryPolicy;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.stream.Conversation.End;
import io.alphakite.schwab.stream.StreamEvent.Stopped;
import io.alphakite.schwab.trader.UserPreference;
import io.alphakite.schwab.trader.UserPreference.StreamerInfo;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
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

  private static final int KICKS_MAX = 2;
  private static final int DENIALS_MAX = 3;
  private static final int CUTS_TOLD = 3;
  private static final Duration KICK_MEMORY = Duration.ofMinutes(10);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  private final Supplier<UserPreference> preferences;
  private final Bearer bearer;
  private final StreamSettings settings;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final FrameTap tap;
  private final OkHttpClient client;
  private final Counters counters = new Counters();
  private final EventQueue queue;
  private final Conversation.Shared shared;
  private final CountDownLatch closing = new CountDownLatch(1);

  private final Quarantine quarantine = new Quarantine();
  private final HeartbeatSkew skew;
  private final Wanted wanted = new Wanted();
  private final Expectations expectations = new Expectations();

  /** Guarded by this. */
  private @Nullable Thread thread;

  private volatile @Nullable Connection current;

  // Of the stream's own thread.
  private long generation;
  private int failures;
  private int denials;
  private int kicks;
  private int cuts;
  private long lastKickNanos;

  /**
   * A stream that is not started yet.
   *
   * @param preferences asked before every connection
   * @param tap sees each frame before it is decoded
   */
  public WebSocketStream(
      Supplier<UserPreference> preferences,
      Bearer bearer,
      StreamSettings settings,
      InstantSource clock,
      RandomGenerator random,
      FrameTap tap) {
    this.tap = tap;
    this.preferences = preferences;
    this.bearer = bearer;
    this.settings = settings;
    this.clock = clock;
    this.skew = new HeartbeatSkew(clock, System::nanoTime);
    this.random = random;
    this.client = HttpClients.sockets(settings.answerLimit());
    this.queue = new EventQueue(settings.queueCapacity(), counters);
    this.shared =
        new Conversation.Shared(
            settings, wanted, expectations, queue, counters, quarantine, clock, this::isClosing);
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
  public void subscribe(StreamService service, Collection<String> keys) {
    wanted.add(service, keys);
    nudge();
  }

  @Override
  public void unsubscribe(StreamService service, Collection<String> keys) {
    wanted.remove(service, keys);
    nudge();
  }

  @Override
  public void replace(StreamService service, Collection<String> keys) {
    wanted.replace(service, keys);
    nudge();
  }

  @Override
  public void resubscribe(StreamService service, Collection<String> keys) {
    wanted.again(service, keys);
    nudge();
  }

  @Override
  public void reconnect(String reason) {
    Connection connection = current;
    if (connection != null) {
      connection.giveUp(reason);
    }
  }

  @Override
  public void view(StreamService service, Collection<Integer> fields) {
    wanted.view(service, fields);
    nudge();
  }

  @Override
  public Set<String> wanted(StreamService service) {
    return wanted.keys(service);
  }

  @Override
  public void expectData(StreamService service, DataExpectation expectation) {
    expectations.expect(service, expectation);
  }

  @Override
  public void expectNoData(StreamService service) {
    expectations.expectNone(service);
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
  public List<Quarantined> quarantined() {
    return quarantine.contents();
  }

  @Override
  public Optional<Duration> clockSkew() {
    return skew.estimate();
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
    cuts = 0;
    Stopped stopped = null;
    try {
      while (stopped == null && !isClosing()) {
        stopped = connectionOrReason();
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

  /** An error of ours ends a connection, never the trying. */
  private @Nullable Stopped connectionOrReason() throws InterruptedException {
    try {
      return connection();
    } catch (RuntimeException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("event", "stream.connection_failed")
          .log("A streamer connection met an error of ours");
      disconnected("an error of ours: " + e.getClass().getSimpleName());
      return null;
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
    quarantine.hide(token);
    quarantine.hide(info.customerId());
    quarantine.hide(info.correlId());
    Connection connection =
        new Connection(generation, info, settings, queue, counters, quarantine, skew, clock, tap);
    current = connection;
    Conversation conversation = new Conversation(connection, token, shared);
    End end;
    try {
      connection.open(client);
      end = conversation.untilEnd();
    } finally {
      connection.retire();
    }
    if (end.code() == Conversation.LOGIN_DENIED) {
      bearer.invalidate(token);
    }
    if (conversation.isLoggedIn()) {
      denials = 0;
      cuts = end.byStreamer() ? cuts + 1 : 0;
      long stable = connection.dataNanosSince(conversation.loginNanos());
      if (stable >= settings.stableAfter().toNanos()) {
        failures = 0;
        cuts = 0;
      }
      if (cuts == CUTS_TOLD) {
        // A kicked session may see code 30 or a bare close as well, but so does a bad line: the
        // growing pauses are the answer to both, and a person may know better.
        log.atWarn()
            .addKeyValue("event", "stream.cut_repeatedly")
            .log(
                "The streamer cut {} sessions soon after their login: is another program of this"
                    + " user streaming?",
                cuts);
      }
    }
    disconnected(end.reason());
    return verdict(end);
  }

  private @Nullable Stopped verdict(End end) {
    switch (end.code()) {
      case Conversation.LOGIN_DENIED -> {
        if (++denials >= DENIALS_MAX) {
          return stopped(Stopped.Cause.LOGIN_DENIED, "login denied " + denials + " times in a row");
        }
      }
      case Conversation.CLOSE_CONNECTION -> {
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
}
