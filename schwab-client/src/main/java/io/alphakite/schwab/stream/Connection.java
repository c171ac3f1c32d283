package io.alphakite.schwab.stream;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.trader.UserPreference.StreamerInfo;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket to the streamer and what is known on it: one generation. Its callbacks run on OkHttp's
 * reading thread, which stands still in {@link EventQueue#put} while the consumer is behind; then
 * no frame is taken from the socket, and no clock of this connection may run out.
 */
final class Connection extends WebSocketListener {

  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  /** What the reading thread tells the stream's own thread. */
  sealed interface Signal {
    /** The socket stands. */
    record Opened() implements Signal {}

    /** A command's answer. */
    record Answered(String requestId, int code, String message) implements Signal {}

    /** The streamer says something by itself. */
    record Noticed(int code, String message) implements Signal {}

    /**
     * What was merged may lack a change.
     *
     * @param ticker of this equity alone; null for everything
     */
    record Damaged(@Nullable Ticker ticker) implements Signal {}

    /** There is something new to look at: subscriptions, or the end. */
    record Nudge() implements Signal {}
  }

  /** Signals are few: answers to our own commands and notices. A flood of notices is cut here. */
  private static final int SIGNALS_MAX = 1_024;

  private static final int NORMAL_CLOSURE = 1_000;

  final long generation;
  final StreamerInfo info;

  private final FrameDecoder decoder;
  private final EventQueue queue;
  private final Counters counters;
  private final Oddities oddities;
  private final HeartbeatSkew skew;
  private final SizeLimit sizeLimit;
  private final FrameTap tap;
  private final BlockingQueue<Signal> signals = new ArrayBlockingQueue<>(SIGNALS_MAX);
  private final ReentrantLock reading = new ReentrantLock();
  private @Nullable WebSocket socket;
  private boolean retired;
  private volatile boolean busy;
  private volatile long lastFrameNanos = System.nanoTime();
  private volatile long lastHeldNanos = System.nanoTime();
  private final Map<StreamService, Arrival> arrivals = arrivals();
  private volatile @Nullable String ended;
  private volatile @Nullable String givenUp;

  Connection(
      long generation,
      StreamerInfo info,
      StreamSettings settings,
      EventQueue queue,
      Counters counters,
      Quarantine quarantine,
      HeartbeatSkew skew,
      InstantSource clock,
      FrameTap tap) {
    this.generation = generation;
    this.info = info;
    this.queue = queue;
    this.counters = counters;
    this.oddities = new Oddities(counters, quarantine);
    this.skew = skew;
    this.tap = tap;
    this.sizeLimit = new SizeLimit(settings.messageBytesMax());
    this.decoder =
        new FrameDecoder(
            generation, clock, counters, quarantine, settings.chartLayout(), new Deliveries());
  }

  void open(OkHttpClient client) {
    Request request = new Request.Builder().url(info.socketUrl().toString()).build();
    socket = sizeLimit.on(client).newWebSocket(request, this);
  }

  @Nullable Signal awaitSignal(long millis) throws InterruptedException {
    return signals.poll(millis, TimeUnit.MILLISECONDS);
  }

  /** Whether everything that was said has been heard. */
  boolean isHeard() {
    return signals.isEmpty();
  }

  void nudge() {
    signal(new Signal.Nudge());
  }

  /** Asks the stream's own thread to end this connection. */
  void giveUp(String reason) {
    givenUp = reason;
    nudge();
  }

  /** Why our own side wants no more of it; null while it does. */
  @Nullable String givenUp() {
    return givenUp;
  }

  /** False when the socket no longer takes anything. */
  boolean send(String frame) {
    WebSocket now = socket;
    return now != null && now.send(frame);
  }

  /** Why the socket ended; null while it has not. */
  @Nullable String ended() {
    return ended;
  }

  /**
   * How long nothing came, in nanoseconds; 0 while the consumer holds the reading thread back,
   * since that silence is our own.
   */
  long silentNanos(long now) {
    return busy ? 0 : Math.max(0, now - lastFrameNanos);
  }

  /**
   * For how long nothing of what was due at the given moment can have been delayed by our own
   * consumer, in nanoseconds: answers queue behind the data that the reader could not deliver.
   */
  long unheldNanosSince(long start, long now) {
    return busy ? 0 : Math.min(now - start, now - lastHeldNanos);
  }

  long lastFrameNanos() {
    return lastFrameNanos;
  }

  /** For how long after the given moment data came. */
  long dataNanosSince(long start) {
    long longest = 0;
    for (StreamService service : StreamService.values()) {
      if (hadData(service)) {
        longest = Math.max(longest, lastDataNanos(service) - start);
      }
    }
    return longest;
  }

  boolean hadData(StreamService service) {
    return of(service).any;
  }

  /** When the service's newest item came; of no meaning before the first. */
  long lastDataNanos(StreamService service) {
    return of(service).nanos;
  }

  private Arrival of(StreamService service) {
    return Objects.requireNonNull(arrivals.get(service));
  }

  private static Map<StreamService, Arrival> arrivals() {
    Map<StreamService, Arrival> arrivals = new EnumMap<>(StreamService.class);
    for (StreamService service : StreamService.values()) {
      arrivals.put(service, new Arrival());
    }
    return arrivals;
  }

  /** When a service's newest item came. Written by the reading thread alone. */
  private static final class Arrival {
    volatile long nanos;
    volatile boolean any;

    void now() {
      nanos = System.nanoTime();
      any = true;
    }
  }

  boolean seen(StreamService service, String key) {
    return decoder.seen(service, key);
  }

  /** Keys that changed though their image has not come. */
  Set<String> imageless(StreamService service) {
    return decoder.imageless(service);
  }

  void forget(StreamService service, Collection<String> keys, Set<String> again) {
    decoder.forget(service, keys, again);
  }

  /** Closes politely; what still comes is ignored from now on. */
  void close() {
    WebSocket now = socket;
    if (now != null) {
      now.close(NORMAL_CLOSURE, null);
    }
  }

  /**
   * Ends this generation: cuts the socket, lets the frame that is being read be delivered to its
   * end, and ignores every later callback. After this no event of this generation can appear.
   */
  void retire() {
    WebSocket now = socket;
    if (now != null) {
      now.cancel();
    }
    reading.lock();
    try {
      retired = true;
    } finally {
      reading.unlock();
    }
  }

  @Override
  public void onOpen(WebSocket webSocket, Response response) {
    lastFrameNanos = System.nanoTime();
    signal(new Signal.Opened());
  }

  @Override
  public void onMessage(WebSocket webSocket, String text) {
    reading.lock();
    try {
      if (retired) {
        return;
      }
      busy = true;
      sizeLimit.messageRead();
      tap.frame(generation, text);
      decode(text);
    } finally {
      lastFrameNanos = System.nanoTime();
      busy = false;
      reading.unlock();
    }
  }

  /** An error of ours in one frame must not end the connection. */
  private void decode(String text) {
    try {
      boolean _ = decoder.decode(text);
    } catch (RuntimeException e) {
      oddities.garbledFrame(e.getClass().getSimpleName(), text, 0);
      log.atError()
          .setCause(e)
          .addKeyValue("event", "stream.frame_failed")
          .log("A frame was skipped, at least in part");
      decoder.damaged();
    }
  }

  /** Schwab sends text frames only; the same JSON in a binary one is no reason to lose it. */
  @Override
  public void onMessage(WebSocket webSocket, ByteString bytes) {
    onMessage(webSocket, bytes.utf8());
  }

  @Override
  public void onClosing(WebSocket webSocket, int code, String reason) {
    webSocket.close(NORMAL_CLOSURE, null);
    end("closed by the streamer with " + code);
  }

  @Override
  public void onFailure(WebSocket webSocket, Throwable t, @Nullable Response response) {
    if (sizeLimit.isExceeded()) {
      counters.oversizedFrames.increment();
      end("a message beyond the size limit");
      return;
    }
    end(
        response == null || response.code() == 101
            ? "connection lost (" + t.getClass().getSimpleName() + ")"
            : "socket refused with " + response.code());
  }

  private void end(String reason) {
    if (ended == null) {
      ended = reason;
    }
    signal(new Signal.Nudge());
  }

  /**
   * Beyond the limit a signal is lost; answers time out then, and the end is kept in its own field.
   */
  private void signal(Signal signal) {
    boolean _ = signals.offer(signal);
  }

  private final class Deliveries implements FrameDecoder.Sink {

    @Override
    public void data(StreamService service, StreamEvent event) {
      put(event);
      // Only now, so that what is told of fresh data stands behind it.
      of(service).now();
    }

    @Override
    public void heartbeat(StreamEvent.Heartbeat heartbeat) {
      skew.heartbeat(heartbeat.at());
      put(heartbeat);
    }

    @Override
    public void damaged(StreamEvent.Damaged event) {
      put(event);
      signal(new Signal.Damaged(event.ticker()));
    }

    @Override
    public void interrupted(StreamEvent.Damaged event) {
      put(event);
    }

    private void put(StreamEvent event) {
      if (queue.put(event)) {
        lastHeldNanos = System.nanoTime();
      }
    }

    @Override
    public void answer(String requestId, int code, String message) {
      signal(new Signal.Answered(requestId, code, message));
    }

    @Override
    public void notice(int code, String message) {
      signal(new Signal.Noticed(code, message));
    }
  }
}
