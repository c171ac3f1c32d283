package io.alphakite.streaming.store;

import io.alphakite.streaming.spill.Chunk;
import io.alphakite.streaming.spill.Leftovers;
import io.alphakite.streaming.spill.SpillFullException;
import io.alphakite.streaming.spill.SpillLog;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches in a {@link SpillLog}, in the order in which they were taken from the buffer.
 *
 * <p>When room gets short quotes go first: each is replaced by the next one anyway. They are left
 * out from three quarters of the cap on, and when the disk does not take a batch with them. Rows,
 * states and account events are never left out: at the cap they stay in memory, and when that is
 * full the stream is not read any more.
 */
final class BatchSpill {
  private static final Logger log = LoggerFactory.getLogger(BatchSpill.class);
  // Compressed; ten to twenty thousand rows.
  private static final int CHUNK_BYTES = 256_000;

  private final SpillLog files;
  private final long maxBytes;
  private final AtomicLong spilled = new AtomicLong();
  private final AtomicLong drained = new AtomicLong();
  private final AtomicLong droppedQuotes = new AtomicLong();
  private final AtomicLong undecodable = new AtomicLong();
  private volatile @Nullable String problem;
  // Up to where everything is written, in event time.
  private @Nullable Instant provenUntil;
  private @Nullable BiConsumer<Instant, Instant> listener;
  private final List<Lost> lost = new ArrayList<>();

  BatchSpill(SpillLog files, long maxBytes) {
    this.files = files;
    this.maxBytes = maxBytes;
  }

  boolean enabled() {
    return files.enabled();
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  Leftovers open() throws IOException {
    return files.open();
  }

  List<UUID> segments() {
    return files.segments();
  }

  void skip(UUID segment, long batches) throws IOException {
    files.skip(segment, batches);
  }

  /**
   * Puts a batch behind all others. By one thread.
   *
   * @param last whether this is the last chance to keep it: the cap is not asked then
   * @return whether it is kept; if not, nothing of it is
   */
  boolean append(Batch batch, boolean last) {
    try {
      byte[] bytes = BatchCodec.encode(batch);
      if (!last && files.isTight(bytes.length)) {
        appendWithoutQuotes(batch, last);
      } else {
        try {
          files.append(bytes, last);
        } catch (IOException e) {
          if (batch.quotes().isEmpty()) {
            throw e;
          }
          appendWithoutQuotes(batch, last);
        }
      }
      spilled.incrementAndGet();
      problem = null;
      return true;
    } catch (IOException e) {
      if (problem == null) {
        log.atError()
            .addKeyValue("event", e instanceof SpillFullException ? "spill.full" : "spill.failed")
            .log("Rows wait in memory, and then in the stream: {}", e.getMessage());
      }
      problem = Refusal.message(e);
      return false;
    }
  }

  /** The oldest batches as one; null when there are none. */
  @Nullable Part peek() throws IOException {
    Chunk chunk = files.peek(CHUNK_BYTES);
    if (chunk == null) {
      return null;
    }
    List<Batch> batches = new ArrayList<>();
    boolean afterDamage = chunk.afterDamage();
    int count = 0;
    for (byte[] payload : chunk.payloads()) {
      count++;
      try {
        Batch batch = BatchCodec.decode(payload);
        if (batch.restates() && count > 1) {
          // What it changes is written before it.
          chunk = chunk.first(count - 1);
          break;
        }
        batches.add(batch);
      } catch (IllegalArgumentException e) {
        afterDamage = true;
        undecodable.addAndGet(payload.length);
        log.atError()
            .addKeyValue("event", "spill.unknown")
            .log(
                "A batch of {} bytes cannot be read and is left out: {}",
                payload.length,
                e.getMessage());
      }
    }
    Batch merged = batches.isEmpty() ? Batch.NOTHING : Batch.merged(batches);
    return new Part(chunk, merged, afterDamage);
  }

  /** Lets go of what the database has now. */
  void take(Part part) {
    files.take(part.chunk());
    Instant newest = part.batch().newestTrade();
    if (part.afterDamage() && newest != null) {
      lost(provenUntil == null ? newest : provenUntil, newest);
    }
    if (newest != null) {
      provenUntil = newest;
    }
    drained.addAndGet(part.chunk().payloads().size());
  }

  /** Says up to where the tables were complete before anything is drained. */
  void provenUntil(@Nullable Instant newest) {
    provenUntil = newest;
  }

  /** Tells of each interval of event time in which rows were lost, those until now included. */
  synchronized void onLoss(BiConsumer<Instant, Instant> told) {
    listener = told;
    lost.forEach(each -> told.accept(each.from, each.to));
    lost.clear();
  }

  private synchronized void lost(Instant from, Instant to) {
    BiConsumer<Instant, Instant> told = listener;
    log.atError()
        .addKeyValue("event", "spill.lost")
        .addKeyValue("from", from)
        .addKeyValue("to", to)
        .log("Rows that waited on disk cannot be read back");
    if (told != null) {
      told.accept(from, to);
    } else {
      lost.add(new Lost(from, to));
    }
  }

  private record Lost(Instant from, Instant to) {}

  void close() {
    files.close();
  }

  SpillStatus status(long refused, long unexpected) {
    return new SpillStatus(
        files.bytes(),
        maxBytes,
        files.segmentCount(),
        spilled.get(),
        drained.get(),
        droppedQuotes.get(),
        files.tornBytes(),
        files.damagedBytes() + undecodable.get(),
        refused,
        unexpected,
        problem);
  }

  /**
   * What is drained at once.
   *
   * @param afterDamage whether something was lost before or among these
   */
  record Part(Chunk chunk, Batch batch, boolean afterDamage) {
    SpillProgress progress() {
      return new SpillProgress(chunk.segment(), chunk.to());
    }
  }

  private void appendWithoutQuotes(Batch batch, boolean last) throws IOException {
    files.append(BatchCodec.encode(batch.withoutQuotes()), last);
    droppedQuotes.addAndGet(batch.quotes().size());
  }
}
