package io.alphakite.streaming.spill;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in segment files, first in first out, at most as many bytes as the settings say.
 *
 * <p>{@link #append} returns when the record would survive a power failure. An append that fails
 * leaves the files as they were: what was half written is cut off, or lies behind the length that
 * counts. A segment is deleted when all its records are taken. One thread appends and one takes;
 * they may be different ones.
 *
 * <p>The directory belongs to one process at a time, by a lock that ends with it.
 */
public final class SpillLog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SpillLog.class);
  private static final String SUFFIX = ".seg";
  private static final String UNREADABLE = ".unreadable";
  private static final long SEGMENT_BYTES = 8_000_000;
  // A disk that cannot be read so often in a row is not asked for this file any more.
  private static final int READ_FAILURES_MAX = 10;

  private final SpillSettings settings;
  private final SegmentFiles files;
  private final UUID database;
  private final long segmentBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Segment> segments = new ArrayDeque<>();
  private SegmentFiles.@Nullable Output output;
  private @Nullable FileChannel ownership;
  private long nextOrdinal;
  private long bytes;
  private long damagedBytes;
  private long tornBytes;
  private int readFailures;
  private boolean damageBeforeNext;

  /**
   * Opens nothing yet.
   *
   * @param database whose rows these are; files of others are left alone
   */
  public SpillLog(SpillSettings settings, UUID database) {
    this(settings, SegmentFiles.DISK, database);
  }

  SpillLog(SpillSettings settings, SegmentFiles files, UUID database) {
    this.settings = settings;
    this.files = files;
    this.database = database;
    this.segmentBytes = Math.max(1, Math.min(SEGMENT_BYTES, settings.maxBytes() / 8));
  }

  /**
   * Finds what an earlier process left: whole records are kept, torn ends are cut off.
   *
   * @throws IOException when the directory cannot be read
   */
  public Leftovers open() throws IOException {
    lock.lock();
    try {
      if (!Files.isDirectory(settings.directory()) || names(SUFFIX).isEmpty()) {
        return Leftovers.NONE;
      }
      if (!own()) {
        log.atWarn()
            .addKeyValue("event", "spill.in_use")
            .log(
                "{} belongs to another running process; its files are left alone",
                settings.directory());
        return Leftovers.NONE;
      }
      Leftovers found = Leftovers.NONE;
      for (Path path : names(SUFFIX)) {
        found = sum(found, read(path));
      }
      damagedBytes += found.damagedBytes();
      tornBytes += found.tornBytes();
      return found;
    } finally {
      lock.unlock();
    }
  }

  /** Whether files are used at all. */
  public boolean enabled() {
    return settings.maxBytes() > 0;
  }

  /** Whether every record was taken. */
  public boolean isEmpty() {
    lock.lock();
    try {
      return segments.stream().allMatch(Segment::isTaken);
    } finally {
      lock.unlock();
    }
  }

  /** Whether so many bytes more would leave less than a quarter of the room free. */
  public boolean isTight(long more) {
    lock.lock();
    try {
      return bytes + more > settings.maxBytes() / 4 * 3;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes in files now. */
  public long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /** Files now. */
  public int segmentCount() {
    lock.lock();
    try {
      return segments.size();
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that could not be read back, since the start. */
  public long damagedBytes() {
    lock.lock();
    try {
      return damagedBytes;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of records that were not written whole when an earlier process died. */
  public long tornBytes() {
    lock.lock();
    try {
      return tornBytes;
    } finally {
      lock.unlock();
    }
  }

  /** The segments that hold records, oldest first. */
  public List<UUID> segments() {
    lock.lock();
    try {
      return segments.stream().map(segment -> segment.id).toList();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Appends one record.
   *
   * @param last whether this is the last chance to keep it: the cap is not asked then
   * @throws SpillFullException when the cap is reached
   * @throws IOException when it is not written; the files are as before
   */
  public void append(byte[] payload, boolean last) throws IOException {
    lock.lock();
    try {
      byte[] record = SegmentFormat.record(payload);
      if (payload.length > SegmentFormat.PAYLOAD_MAX) {
        throw new IOException("a record of " + payload.length + " bytes");
      }
      if (!last && bytes + record.length + SegmentFormat.HEADER_BYTES > settings.maxBytes()) {
        throw new SpillFullException(settings.maxBytes());
      }
      Segment active = segments.peekLast();
      SegmentFiles.Output out = output;
      if (out == null || active == null || active.length >= segmentBytes) {
        out = roll();
        active = segments.getLast();
      }
      write(out, active, record);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The oldest records not yet taken; null when there are none.
   *
   * @param bytesMax of payloads, though at least one record
   */
  public @Nullable Chunk peek(int bytesMax) throws IOException {
    Segment head;
    long end;
    long left;
    lock.lock();
    try {
      removeTaken();
      head = segments.peekFirst();
      if (head == null || head.isTaken()) {
        return null;
      }
      end = head.length;
      left = head.records - head.taken;
    } finally {
      lock.unlock();
    }
    List<byte[]> payloads = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    long size = 0;
    boolean afterDamage = false;
    try (SegmentReader reader = new SegmentReader(head.path)) {
      reader.seek(head.position);
      while (payloads.size() < left && size < bytesMax) {
        byte[] payload = reader.next(end);
        boolean damage = reader.damaged() > 0;
        // What lies behind damage is a chunk of its own.
        if (payload == null || (damage && !afterDamage && !payloads.isEmpty())) {
          break;
        }
        afterDamage = damage;
        payloads.add(payload);
        ends.add(reader.position());
        size += payload.length;
      }
      readFailures = 0;
    } catch (IOException e) {
      readFailures++;
      if (readFailures < READ_FAILURES_MAX) {
        throw e;
      }
      readFailures = 0;
      setAside(head, e.toString());
      return peek(bytesMax);
    }
    if (payloads.isEmpty()) {
      setAside(head, "its records are damaged");
      return peek(bytesMax);
    }
    boolean lost = afterDamage || damageBeforeNext;
    damageBeforeNext = false;
    return new Chunk(head.id, head.taken, payloads, ends, lost);
  }

  /** Takes the records of this chunk, which was the newest one looked at. */
  public void take(Chunk chunk) {
    lock.lock();
    try {
      Segment head = segments.peekFirst();
      if (head != null && head.id.equals(chunk.segment())) {
        head.taken = chunk.to();
        head.position = chunk.end();
        removeTaken();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Passes over a segment's first records, which were taken before. */
  public void skip(UUID id, long records) throws IOException {
    lock.lock();
    try {
      for (Segment segment : segments) {
        if (segment.id.equals(id)) {
          try (SegmentReader reader = new SegmentReader(segment.path)) {
            reader.seek(segment.position);
            while (segment.taken < Math.min(records, segment.records)
                && reader.next(segment.length) != null) {
              segment.taken++;
            }
            segment.position = reader.position();
          }
        }
      }
      removeTaken();
    } finally {
      lock.unlock();
    }
  }

  /** Lets go of the files; what they hold stays for the next process. */
  @Override
  public void close() {
    lock.lock();
    try {
      removeTaken();
      seal();
      FileChannel owned = ownership;
      ownership = null;
      if (owned != null) {
        owned.close();
      }
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("event", "spill.close_failed").log("Lock not released");
    } finally {
      lock.unlock();
    }
  }

  private void write(SegmentFiles.Output out, Segment active, byte[] record) throws IOException {
    try {
      out.write(record);
      out.force();
      active.length += record.length;
      active.records++;
      bytes += record.length;
    } catch (IOException e) {
      try {
        out.truncate(active.length);
      } catch (IOException cut) {
        e.addSuppressed(cut);
        // What lies behind the length that counts is not read; nothing more goes into this file.
        seal();
      }
      throw e;
    }
  }

  /** Starts a new segment. */
  private SegmentFiles.Output roll() throws IOException {
    seal();
    Files.createDirectories(settings.directory());
    if (!own()) {
      throw new IOException(settings.directory() + " belongs to another running process");
    }
    Path path = settings.directory().resolve("%019d".formatted(nextOrdinal()) + SUFFIX);
    Segment segment = new Segment(path, UUID.randomUUID());
    SegmentFiles.Output created = files.create(path);
    try {
      created.write(SegmentFormat.header(new SegmentFormat.Header(segment.id, database)));
      created.force();
      forceDirectory();
    } catch (IOException e) {
      try (created) {
        Files.deleteIfExists(path);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
    segments.addLast(segment);
    bytes += segment.length;
    output = created;
    return created;
  }

  private void seal() {
    SegmentFiles.Output open = output;
    output = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        log.atWarn().setCause(e).addKeyValue("event", "spill.close_failed").log("File not closed");
      }
    }
  }

  /** Deletes what was taken. */
  private void removeTaken() {
    while (!segments.isEmpty() && segments.getFirst().isTaken()) {
      Segment head = segments.getFirst();
      if (segments.size() == 1) {
        seal();
      }
      segments.removeFirst();
      bytes -= head.length;
      try {
        Files.deleteIfExists(head.path);
      } catch (IOException e) {
        log.atWarn()
            .setCause(e)
            .addKeyValue("event", "spill.delete_failed")
            .log("{} was taken and cannot be deleted", head.path);
      }
    }
  }

  private void setAside(Segment segment, String why) {
    lock.lock();
    try {
      if (segments.size() == 1) {
        seal();
      }
      segments.remove(segment);
      bytes -= segment.length;
      damagedBytes += segment.length - segment.position;
      damageBeforeNext = true;
      setAside(segment.path, why);
    } finally {
      lock.unlock();
    }
  }

  private static void setAside(Path path, String why) {
    log.atError()
        .addKeyValue("event", "spill.unreadable")
        .log("{} cannot be read and is set aside: {}", path, why);
    try {
      Files.move(
          path,
          path.resolveSibling(path.getFileName() + UNREADABLE),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.atWarn().setCause(e).addKeyValue("event", "spill.move_failed").log("Not set aside");
    }
  }

  private Leftovers read(Path path) throws IOException {
    long size = Files.size(path);
    try (SegmentReader reader = new SegmentReader(path)) {
      Optional<SegmentFormat.Header> header = reader.header();
      if (header.isEmpty()) {
        if (size > SegmentFormat.HEADER_BYTES) {
          setAside(path, "its header is damaged or of another version");
          return new Leftovers(0, 0, size, 0);
        }
        // The process died while it made the file.
        Files.delete(path);
        return new Leftovers(0, size, 0, 0);
      }
      if (!header.get().database().equals(database)) {
        log.atWarn()
            .addKeyValue("event", "spill.other_database")
            .log("{} holds rows of another database and is left alone", path);
        return new Leftovers(0, 0, 0, size);
      }
      Segment segment = new Segment(path, header.get().segment());
      while (reader.next(size) != null) {
        segment.records++;
      }
      segment.length = reader.position();
      if (segment.length < size) {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
          file.truncate(segment.length);
          file.force(true);
        }
      }
      segments.addLast(segment);
      bytes += segment.length;
      return new Leftovers(segment.records, size - segment.length, reader.damaged(), 0);
    }
  }

  private static Leftovers sum(Leftovers one, Leftovers other) {
    return new Leftovers(
        one.records() + other.records(),
        one.tornBytes() + other.tornBytes(),
        one.damagedBytes() + other.damagedBytes(),
        one.otherDatabaseBytes() + other.otherDatabaseBytes());
  }

  private List<Path> names(String suffix) throws IOException {
    try (Stream<Path> all = Files.list(settings.directory())) {
      return all.filter(path -> path.getFileName().toString().endsWith(suffix))
          .sorted(Comparator.comparing(path -> path.getFileName().toString()))
          .toList();
    }
  }

  /** A number above those of all files there, read or not. */
  private long nextOrdinal() throws IOException {
    if (nextOrdinal == 0) {
      List<Path> present = names(SUFFIX);
      nextOrdinal = present.isEmpty() ? 1 : ordinal(present.getLast().getFileName().toString()) + 1;
    }
    return nextOrdinal++;
  }

  private static long ordinal(String name) throws IOException {
    try {
      return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
    } catch (NumberFormatException e) {
      throw new FileSystemException(name, null, "not a file of ours");
    }
  }

  private boolean own() throws IOException {
    if (ownership != null) {
      return true;
    }
    FileChannel file =
        FileChannel.open(
            settings.directory().resolve("lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    FileLock mine;
    try {
      mine = file.tryLock();
    } catch (OverlappingFileLockException e) {
      mine = null;
    }
    if (mine == null) {
      file.close();
      return false;
    }
    ownership = file;
    return true;
  }

  private void forceDirectory() {
    try (FileChannel directory = FileChannel.open(settings.directory(), StandardOpenOption.READ)) {
      directory.force(true);
    } catch (IOException e) {
      // Not every system lets a directory be opened; the file itself was forced.
      log.atDebug().setCause(e).log("Directory not forced");
    }
  }
}
