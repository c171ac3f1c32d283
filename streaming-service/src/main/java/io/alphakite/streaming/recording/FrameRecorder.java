package io.alphakite.streaming.recording;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.schwab.stream.FrameTap;
import io.alphakite.schwab.stream.RecordedFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Records the market-data frames of the stream: compressed, in files of about 64 MB, a folder for
 * each Eastern date, at most so many bytes in all. The reading thread only leaves each frame in a
 * bounded queue; when that is full the frame is missed, counted, and its file is marked incomplete.
 * Account activity and answers to commands are never written.
 */
public final class FrameRecorder implements FrameTap, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FrameRecorder.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern TIME = Pattern.compile("\"timestamp\":([0-9]{13})[,}]");

  private static final int FRAMES_WAITING_MAX = 16_384;
  private static final long CHARS_WAITING_MAX = 4L << 20;
  private static final long FILE_BYTES_MAX = 64L << 20;
  private static final long GENERATIONS_A_SECOND = 100;
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final Duration CONTROL_EVERY = Duration.ofSeconds(2);
  private static final Duration RETRY = Duration.ofMinutes(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

  /**
   * How it stands.
   *
   * @param problem why nothing is written although it should be
   */
  public record Status(
      boolean active, long frames, long bytes, long missed, @Nullable String problem) {}

  /** Who decides, and hears. */
  public interface Control {

    /** Whether a person wants it; null when nobody said so. */
    @Nullable Boolean wanted();

    void report(Status status);
  }

  private final RecordSettings settings;
  private final Control control;
  private final InstantSource clock;
  private final Recordings recordings;
  private final BlockingQueue<RecordedFrame> waiting = new ArrayBlockingQueue<>(FRAMES_WAITING_MAX);
  private final AtomicLong charsWaiting = new AtomicLong();
  private final AtomicLong missed = new AtomicLong();
  private final Thread thread;
  private volatile boolean active;
  private volatile boolean closing;

  /** A connection whose beginning, with the images, was not recorded; -1 when none is known. */
  private volatile long begunUnseen = -1;

  /** Makes the numbers of connections differ between runs. */
  private final long firstGeneration;

  // Of the writing thread.
  private @Nullable Segment segment;
  private long frames;
  private long bytes;
  private long missedWritten;
  private @Nullable String problem;
  private long retryNanos;

  /** A recorder that has not begun. */
  public FrameRecorder(RecordSettings settings, Control control, InstantSource clock) {
    this.settings = settings;
    this.control = control;
    this.clock = clock;
    this.recordings = new Recordings(settings.directory());
    this.active = settings.record();
    this.firstGeneration = clock.instant().getEpochSecond() * GENERATIONS_A_SECOND;
    this.thread = Thread.ofPlatform().daemon().name("frame-recorder").unstarted(this::run);
  }

  /** Begins. Frames that come before wait. */
  public void start() {
    thread.start();
  }

  @Override
  public void frame(long generation, String text) {
    if (!active) {
      begunUnseen = firstGeneration + generation;
      return;
    }
    RecordedFrame frame = new RecordedFrame(firstGeneration + generation, clock.instant(), text);
    if (charsWaiting.get() > CHARS_WAITING_MAX || !waiting.offer(frame)) {
      missed.incrementAndGet();
    } else {
      charsWaiting.addAndGet(text.length());
    }
  }

  /** Writes what waits and ends the file. */
  @Override
  public void close() {
    closing = true;
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        thread.interrupt();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long lookedNanos = System.nanoTime() - CONTROL_EVERY.toNanos();
    long flushedNanos = System.nanoTime();
    try {
      recordings.adopt();
    } catch (IOException e) {
      failed(e);
    }
    try {
      while (!closing || !waiting.isEmpty()) {
        long now = System.nanoTime();
        if (!closing && now - lookedNanos >= CONTROL_EVERY.toNanos()) {
          lookedNanos = now;
          look();
        }
        if (now - flushedNanos >= LOOK_EVERY.toNanos()) {
          flushedNanos = now;
          flush();
        }
        RecordedFrame frame =
            waiting.poll(closing ? 0 : LOOK_EVERY.toMillis() / 4, TimeUnit.MILLISECONDS);
        if (frame != null) {
          charsWaiting.addAndGet(-frame.text().length());
          take(frame);
        } else if (!active) {
          end();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      end();
      report(false);
    }
  }

  /** Asks whether it is wanted, and tells how it stands. */
  private void look() {
    try {
      Boolean wanted = control.wanted();
      active = wanted == null ? settings.record() : wanted;
    } catch (RuntimeException e) {
      log.atDebug().setCause(e).log("Nobody says whether to record; it goes on as before");
    }
    report(active);
  }

  private void report(boolean now) {
    try {
      control.report(new Status(now, frames, bytes, missed.get(), problem));
    } catch (RuntimeException e) {
      log.atDebug().setCause(e).log("Nobody hears how the recording stands");
    }
  }

  private void take(RecordedFrame received) {
    if (retryNanos != 0 && System.nanoTime() - retryNanos < 0) {
      missed.incrementAndGet();
      return;
    }
    String text = MarketDataFrames.of(received.text());
    if (text.isEmpty()) {
      return;
    }
    RecordedFrame frame = new RecordedFrame(received.generation(), received.receivedAt(), text);
    try {
      LocalDate date = date(frame);
      Segment open = segment;
      if (open == null || !open.date.equals(date) || open.writer.bytes() > FILE_BYTES_MAX) {
        end();
        open = begin(date);
      }
      open.writer.write(frame);
      open.frames++;
      open.complete &= frame.generation() != begunUnseen;
      frames++;
      problem = null;
      retryNanos = 0;
    } catch (IOException e) {
      missed.incrementAndGet();
      failed(e);
      end();
    }
  }

  /** The Eastern date of the frame's own time; of its arrival when it has none. */
  private LocalDate date(RecordedFrame frame) {
    Matcher time = TIME.matcher(frame.text());
    Segment open = segment;
    if (time.find()) {
      return MarketCalendar.nyse().dateOf(Instant.ofEpochMilli(Long.parseLong(time.group(1))));
    }
    return open != null ? open.date : MarketCalendar.nyse().dateOf(frame.receivedAt());
  }

  private Segment begin(LocalDate date) throws IOException {
    int deleted = recordings.trim(settings.bytesMax());
    if (deleted > 0) {
      log.atWarn()
          .addKeyValue("event", "recording.trimmed")
          .log("{} of the oldest recording files deleted: RECORD_MAX_BYTES", deleted);
    }
    Path folder = Files.createDirectories(recordings.folder(date));
    Path file = null;
    // Names in the order of time; two files may begin in one millisecond.
    for (long millis = clock.instant().toEpochMilli(); file == null; millis++) {
      String name = "frames-%015d".formatted(millis);
      if (!Files.exists(folder.resolve(name + Recordings.FILE))
          && !Files.exists(folder.resolve(name + Recordings.PART))) {
        file = folder.resolve(name);
      }
    }
    Segment begun = new Segment(date, file, new FrameFile.Writer(Path.of(file + Recordings.PART)));
    segment = begun;
    return begun;
  }

  private void flush() {
    Segment open = segment;
    if (open != null) {
      try {
        open.writer.flush();
      } catch (IOException e) {
        failed(e);
        end();
      }
    }
  }

  /** Ends the file, if one is open, and says beside it what is in it. */
  private void end() {
    Segment ended = segment;
    if (ended == null) {
      return;
    }
    segment = null;
    try {
      ended.writer.close();
      bytes += ended.writer.bytes();
      long missedNow = missed.get();
      Path file = Path.of(ended.file + Recordings.FILE);
      Files.writeString(
          Recordings.manifestOf(file),
          JSON.writeValueAsString(
                  JSON.createObjectNode()
                      .put("date", ended.date.toString())
                      .put("frames", ended.frames)
                      .put("missed", missedNow - missedWritten)
                      .put("complete", ended.complete && missedNow == missedWritten))
              + "\n");
      missedWritten = missedNow;
      Files.move(Path.of(ended.file + Recordings.PART), file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException e) {
    if (problem == null) {
      log.atError()
          .setCause(e)
          .addKeyValue("event", "recording.failed")
          .log("Frames cannot be recorded in {}", settings.directory());
    }
    problem = "cannot write to " + settings.directory() + ": " + e.getMessage();
    retryNanos = System.nanoTime() + RETRY.toNanos();
  }

  /** A file being written, without its ending. */
  private static final class Segment {
    private final LocalDate date;
    private final Path file;
    private final FrameFile.Writer writer;
    private long frames;
    private boolean complete = true;

    Segment(LocalDate date, Path file, FrameFile.Writer writer) {
      this.date = date;
      this.file = file;
      this.writer = writer;
    }
  }
}
