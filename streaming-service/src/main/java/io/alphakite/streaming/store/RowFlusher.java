package io.alphakite.streaming.store;

import io.alphakite.streaming.spill.Leftovers;
import io.alphakite.streaming.spill.SpillLog;
import io.alphakite.streaming.spill.SpillSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what waits in the {@link RowBuffer}, one flush at a time, on a thread of its own.
 *
 * <p>A flush that fails is tried again, waiting longer each time up to {@value #BACKOFF_MAX_MILLIS}
 * ms. When it has failed for {@code SPILL_AFTER}, or memory is half full, it goes to files instead
 * ({@link BatchSpill}), and so does everything after it until the files are empty again: they are
 * drained in order by {@link SpillDrain}. What the files do not take waits in memory; when that is
 * full the stream is not read.
 *
 * <p>No error ends this thread: it is counted, shown, and the batch is tried again.
 */
public final class RowFlusher implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RowFlusher.class);
  private static final long BACKOFF_MIN_MILLIS = 50;
  private static final long BACKOFF_MAX_MILLIS = 2_000;
  // One append, which is forced to disk, gathers so much: absolute rows, so each is there once.
  // Few rows cost little more when they are forced more often, and a kill loses less.
  private static final Duration SPILL_INTERVAL = Duration.ofSeconds(1);
  private static final Duration SPILL_INTERVAL_OF_FEW = Duration.ofMillis(200);
  private static final int FEW = 100;
  // Of the five seconds that a stop may take, the intake has had its part.
  private static final Duration LAST_FLUSH = Duration.ofMillis(1_500);
  private static final Duration LAST_SPILL = Duration.ofMillis(1_500);
  private static final long REMIND_NANOS = Duration.ofSeconds(30).toNanos();

  private final RowBuffer buffer;
  private final DataSource database;
  private final SpillSettings spillSettings;
  private final RowWriter writer;
  private final Consumer<Duration> flushTimer;
  private final Thread thread;
  private final FlushMeter meter = new FlushMeter();
  private BatchSpill spill;
  private SpillDrain drain;
  // Taken from the buffer and neither in the database nor on disk yet.
  private volatile @Nullable Batch pending;
  // With the newest append.
  private int spilledRows;
  private long wait = BACKOFF_MIN_MILLIS;
  private long remindedAtNanos;
  private boolean reminded;
  private volatile boolean stopping;
  private volatile boolean hurrying;

  /**
   * Not yet started, and without files: what the database does not take waits in memory.
   *
   * @param flushTimer told how long each flush took
   */
  public RowFlusher(
      RowBuffer buffer,
      DataSource database,
      InstantSource wallClock,
      Consumer<Duration> flushTimer) {
    this(buffer, database, wallClock, flushTimer, new SpillSettings(Path.of(""), 0, Duration.ZERO));
  }

  /**
   * Not yet started; {@link #recover} comes first.
   *
   * @param flushTimer told how long each flush took
   */
  public RowFlusher(
      RowBuffer buffer,
      DataSource database,
      InstantSource wallClock,
      Consumer<Duration> flushTimer,
      SpillSettings spillSettings) {
    this.buffer = buffer;
    this.database = database;
    this.spillSettings = spillSettings;
    this.writer = new RowWriter(database, wallClock, buffer);
    this.flushTimer = flushTimer;
    // Until recover() has asked the database for its name nothing may be written for it.
    this.spill =
        spill(new SpillSettings(spillSettings.directory(), 0, Duration.ZERO), new UUID(0, 0));
    this.drain = new SpillDrain(spill, writer, meter);
    this.thread = Thread.ofPlatform().name("row-flusher").daemon(true).unstarted(this::run);
  }

  /**
   * Writes what an earlier process left in files, all of it: what is read from the tables after
   * this is as new as that process was.
   *
   * @return what was found
   * @throws SQLException when the database does not take it; another try goes on from there
   */
  public Leftovers recover() throws SQLException {
    if (spillSettings.maxBytes() == 0) {
      return Leftovers.NONE;
    }
    spill = spill(spillSettings, databaseId());
    drain = new SpillDrain(spill, writer, meter);
    try {
      Leftovers found = spill.open();
      for (UUID segment : spill.segments()) {
        spill.skip(segment, drainedBefore(segment));
      }
      forgetOldSegments(spill.segments());
      spill.provenUntil(newestEvent());
      drain.drainAll();
      if (!found.equals(Leftovers.NONE)) {
        log.atWarn()
            .addKeyValue("event", "spill.recovered")
            .addKeyValue("batches", found.records())
            .addKeyValue("torn_bytes", found.tornBytes())
            .addKeyValue("damaged_bytes", found.damagedBytes())
            .log("Wrote what an earlier run had left in {}", spillSettings.directory());
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException("SPILL_DIR: " + e.getMessage(), e);
    }
  }

  /**
   * Tells of each interval of event time, its end excluded, in which rows were lost that had
   * counted in the indicators: what lay on disk and cannot be read back.
   */
  public void onLoss(BiConsumer<Instant, Instant> told) {
    spill.onLoss((from, to) -> told.accept(from, to.plusSeconds(1)));
  }

  /** Whether something taken from the buffer is not in the database yet. */
  public boolean isBehind() {
    return pending != null || !spill.isEmpty();
  }

  /** Starts flushing. */
  public void start() {
    thread.start();
  }

  /** How it goes. */
  public FlushStatus status() {
    return meter.status();
  }

  /** What waits on disk. */
  public SpillStatus spillStatus() {
    return spill.status(writer.refused(), meter.unexpected());
  }

  /**
   * Writes what waits, to the database or, when that takes longer than a second and a half, to
   * disk, and stops within three seconds. A database that is known to be away is not tried any
   * more. Whoever fills the buffer stops first.
   */
  @Override
  public void close() {
    stopping = true;
    buffer.close();
    try {
      boolean away = spill.enabled() && !meter.failingFor().isZero();
      if (thread.isAlive() && (away || !thread.join(LAST_FLUSH))) {
        hurrying = true;
        writer.abort();
        thread.interrupt();
        thread.join(LAST_SPILL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    drain.close();
    spill.close();
  }

  private void run() {
    // The first flush needs no interval behind it.
    long began = System.nanoTime() - Duration.ofDays(1).toNanos();
    while (!stopping) {
      try {
        if (pending == null) {
          awaitDue(began);
        }
        began = System.nanoTime();
        if (!stopping) {
          flush();
        }
      } catch (InterruptedException e) {
        // Told to hurry.
        break;
      } catch (RuntimeException | Error e) {
        got(e);
      }
    }
    try {
      finish();
    } catch (RuntimeException | Error e) {
      got(e);
    }
  }

  private void awaitDue(long began) throws InterruptedException {
    if (spill.isEmpty()) {
      buffer.awaitDue(began);
    } else {
      buffer.awaitSpillDue(began, spilledRows <= FEW ? SPILL_INTERVAL_OF_FEW : SPILL_INTERVAL);
    }
  }

  /** Brings one cut of the buffer to the database, or to disk; or keeps it for the next time. */
  private void flush() throws InterruptedException {
    Batch held = pending;
    Batch batch = held == null ? buffer.drain() : held;
    if (batch.isEmpty()) {
      return;
    }
    pending = batch;
    if ((spill.isEmpty() && written(batch)) || (isSpillDue() && spilled(batch, false))) {
      pending = null;
      wait = BACKOFF_MIN_MILLIS;
      return;
    }
    Thread.sleep(wait);
    wait = Math.min(wait * 2, BACKOFF_MAX_MILLIS);
  }

  /** At the end: what is left goes to the database once more, or else to disk. */
  private void finish() {
    Batch held = pending;
    // Without the first the second would be a state whose rows are not there.
    if (held == null || finish(held)) {
      Batch left = buffer.drain();
      if (!left.isEmpty()) {
        finish(left);
      }
    }
  }

  /** Whether it is written, or kept on disk. */
  private boolean finish(Batch batch) {
    try {
      while (spill.isEmpty() && !hurrying) {
        if (written(batch)) {
          return true;
        }
        if (spill.enabled()) {
          break;
        }
        Thread.sleep(BACKOFF_MIN_MILLIS);
      }
    } catch (InterruptedException e) {
      log.atDebug().log("No time left");
    }
    // An interrupt, meant for a write to the database, shall not disturb the file.
    Thread.interrupted();
    if (spill.enabled() && spilled(batch, true)) {
      log.atInfo()
          .addKeyValue("event", "store.left_on_disk")
          .addKeyValue("rows", batch.rows().size())
          .log("The database is away: the next start writes what waited");
      return true;
    }
    log.atWarn()
        .addKeyValue("event", "store.stopped")
        .addKeyValue("rows", batch.rows().size())
        .log("Stopped before everything was written; the price history will fill it");
    return false;
  }

  private boolean isSpillDue() {
    return spill.enabled()
        && (!spill.isEmpty()
            || meter.failingFor().compareTo(spillSettings.after()) >= 0
            || buffer.isHalfFull());
  }

  private boolean spilled(Batch batch, boolean last) {
    boolean kept = spill.append(batch, last);
    spilledRows = batch.rows().size();
    if (kept && !last) {
      drain.awaken();
    }
    return kept;
  }

  private boolean written(Batch batch) {
    long start = System.nanoTime();
    try {
      boolean failed = !meter.failingFor().isZero();
      writer.write(batch);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      meter.succeeded(batch.rows().size(), took);
      flushTimer.accept(took);
      if (failed) {
        reminded = false;
        log.atInfo()
            .addKeyValue("event", "store.recovered")
            .addKeyValue("rows", batch.rows().size())
            .log("Rows are written again");
      }
      return true;
    } catch (SQLException | RuntimeException e) {
      meter.failed(e, start);
      long now = System.nanoTime();
      if (!reminded || now - remindedAtNanos > REMIND_NANOS) {
        reminded = true;
        remindedAtNanos = now;
        log.atWarn()
            .addKeyValue("event", "store.flush_failed")
            .addKeyValue("rows", batch.rows().size())
            .log("Cannot write rows, trying again: {}", Refusal.message(e));
      }
      return false;
    }
  }

  /** Gets over an error that nobody foresaw: what was taken from the buffer is still held. */
  private void got(Throwable unexpected) {
    meter.failed(unexpected);
    log.atError()
        .setCause(unexpected)
        .addKeyValue("event", "store.unexpected")
        .log("The writing of rows met an error and goes on");
    try {
      Thread.sleep(BACKOFF_MIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static BatchSpill spill(SpillSettings settings, UUID database) {
    return new BatchSpill(new SpillLog(settings, database), settings.maxBytes());
  }

  private UUID databaseId() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("SELECT id FROM streaming.spill_database");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getObject(1, UUID.class);
    }
  }

  private long drainedBefore(UUID segment) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT batches FROM streaming.spill_segments WHERE segment = ?")) {
      statement.setObject(1, segment);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  private @Nullable Instant newestEvent() throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement("SELECT feed_time()");
        ResultSet row = statement.executeQuery()) {
      OffsetDateTime newest = row.next() ? row.getObject(1, OffsetDateTime.class) : null;
      return newest == null ? null : newest.toInstant();
    }
  }

  /** Of files long gone; a month keeps those that somebody may have moved elsewhere. */
  private void forgetOldSegments(List<UUID> present) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "DELETE FROM streaming.spill_segments"
                    + " WHERE updated_at < now() - interval '30 days' AND NOT segment = ANY (?)")) {
      statement.setArray(1, connection.createArrayOf("uuid", present.toArray()));
      statement.executeUpdate();
    }
  }
}
