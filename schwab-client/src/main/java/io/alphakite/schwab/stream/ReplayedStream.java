package io.alphakite.schwab.stream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream of frames that came once: they go through the same decoder and the same queue as those
 * of a socket, as fast as they are pulled. Where the generation changes the connection was lost
 * then, and is lost now. After the last frame the stream stays connected and silent. Whatever was
 * recorded comes, whatever is subscribed.
 */
public final class ReplayedStream implements SchwabStream {
  private static final Logger log = LoggerFactory.getLogger(ReplayedStream.class);

  /** What is replayed. */
  public interface Recording {

    /** The frames to replay, in their order; asked once. */
    Iterator<RecordedFrame> frames();

    /** What came before them on that connection, its images above all. */
    Iterator<RecordedFrame> before(long generation);
  }

  private final Recording recording;
  private final StreamSettings settings;
  private final InstantSource clock;
  private final Counters counters = new Counters();
  private final Quarantine quarantine = new Quarantine();
  private final Wanted wanted = new Wanted();
  private final EventQueue queue;
  private volatile long lastFrameNanos = -1;

  /** Guarded by this. */
  private @Nullable Thread thread;

  private volatile boolean closed;

  /**
   * A replay that is not started yet.
   *
   * @param recording asked at the start
   */
  public ReplayedStream(Recording recording, StreamSettings settings, InstantSource clock) {
    this.recording = recording;
    this.settings = settings;
    this.clock = clock;
    this.queue = new EventQueue(settings.queueCapacity(), counters);
  }

  @Override
  public synchronized void start() {
    if (thread == null) {
      thread = Thread.ofPlatform().daemon().name("replayed-stream").start(this::run);
    }
  }

  private void run() {
    Instant last = clock.instant();
    long generation = -1;
    FrameDecoder decoder = null;
    try {
      Iterator<RecordedFrame> recorded = recording.frames();
      while (!closed && recorded.hasNext()) {
        RecordedFrame frame = recorded.next();
        if (decoder == null || frame.generation() != generation) {
          if (decoder != null) {
            queue.put(new StreamEvent.Disconnected(generation, "it was lost then", last));
          }
          generation = frame.generation();
          counters.connections.increment();
          queue.put(new StreamEvent.Connected(generation, frame.receivedAt()));
          Deliveries sink = new Deliveries();
          boolean first = decoder == null;
          decoder =
              new FrameDecoder(
                  generation, clock, counters, quarantine, settings.chartLayout(), sink);
          if (first) {
            rebuild(decoder, sink, recording.before(generation));
          }
        }
        last = frame.receivedAt();
        lastFrameNanos = System.nanoTime();
        boolean _ = decoder.decode(frame.text());
      }
      log.atInfo()
          .addKeyValue("event", "replay.over")
          .log("All {} recorded frames were replayed", counters.frames.sum());
    } catch (RuntimeException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("event", "replay.failed")
          .log("The recording cannot be read on");
      queue.put(
          new StreamEvent.Disconnected(
              Math.max(0, generation), String.valueOf(e.getMessage()), last));
    }
  }

  /** The images as they stood when the recording begins, as if they came with its connection. */
  private void rebuild(FrameDecoder decoder, Deliveries sink, Iterator<RecordedFrame> before) {
    sink.newest = new LinkedHashMap<>();
    while (!closed && before.hasNext()) {
      boolean _ = decoder.decode(before.next().text());
    }
    Map<String, StreamEvent> images = sink.newest;
    sink.newest = null;
    images.values().forEach(queue::put);
  }

  private final class Deliveries implements FrameDecoder.Sink {
    /** Of level one, by key, while what came before is looked at; null while events go on. */
    private @Nullable Map<String, StreamEvent> newest;

    @Override
    public void data(StreamService service, StreamEvent event) {
      Map<String, StreamEvent> before = newest;
      if (before == null) {
        boolean _ = queue.put(event);
        return;
      }
      switch (event) {
        case StreamEvent.EquityUpdate e ->
            before.put(
                e.ticker().symbol(),
                new StreamEvent.EquityUpdate(
                    e.generation(), e.ticker(), e.image(), true, e.carried(), e.serverTime()));
        case StreamEvent.OptionUpdate o ->
            before.put(
                o.symbol().toString(),
                new StreamEvent.OptionUpdate(
                    o.generation(), o.image(), true, o.carried(), o.serverTime()));
        default -> {
          // What the rest said then is over.
        }
      }
    }

    @Override
    public void heartbeat(StreamEvent.Heartbeat heartbeat) {
      if (newest == null) {
        boolean _ = queue.put(heartbeat);
      }
    }

    @Override
    public void damaged(StreamEvent.Damaged event) {
      if (newest == null) {
        boolean _ = queue.put(event);
      }
    }

    @Override
    public void interrupted(StreamEvent.Damaged event) {
      damaged(event);
    }

    @Override
    public void answer(String requestId, int code, String message) {
      // To commands of that time.
    }

    @Override
    public void notice(int code, String message) {
      // The end that it announced shows in the next generation.
    }
  }

  @Override
  public void subscribe(StreamService service, Collection<String> keys) {
    wanted.add(service, keys);
  }

  @Override
  public void unsubscribe(StreamService service, Collection<String> keys) {
    wanted.remove(service, keys);
  }

  @Override
  public void replace(StreamService service, Collection<String> keys) {
    wanted.replace(service, keys);
  }

  @Override
  public void resubscribe(StreamService service, Collection<String> keys) {
    // What was recorded does not come otherwise.
  }

  @Override
  public void reconnect(String reason) {
    // As above.
  }

  @Override
  public void view(StreamService service, Collection<Integer> fields) {
    wanted.view(service, fields);
  }

  @Override
  public Set<String> wanted(StreamService service) {
    return wanted.keys(service);
  }

  @Override
  public void expectData(StreamService service, DataExpectation expectation) {
    // A recording is as silent as it is.
  }

  @Override
  public void expectNoData(StreamService service) {
    // As above.
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
    long last = lastFrameNanos;
    return counters.snapshot(queue.size(), last < 0 ? -1 : System.nanoTime() - last);
  }

  @Override
  public List<Quarantined> quarantined() {
    return quarantine.contents();
  }

  @Override
  public Optional<Duration> clockSkew() {
    return Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
    queue.close();
  }
}
