package io.alphakite.streaming.spill;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment's whole records in their order, passing over what is damaged between them.
 * Reading the same file again gives the same records, so that a record's number names it.
 */
final class SegmentReader implements Closeable {
  private final RandomAccessFile file;
  private long position;
  private long damaged;

  SegmentReader(Path path) throws IOException {
    file = new RandomAccessFile(path.toFile(), "r");
  }

  /** The header; empty when there is none of this version. */
  Optional<SegmentFormat.Header> header() throws IOException {
    byte[] bytes = new byte[(int) Math.min(SegmentFormat.HEADER_BYTES, file.length())];
    file.seek(0);
    file.readFully(bytes);
    position = SegmentFormat.HEADER_BYTES;
    return SegmentFormat.header(bytes);
  }

  /** Goes to where a record begins. */
  void seek(long to) {
    position = to;
  }

  /** Where the next record begins: the end of the last one read. */
  long position() {
    return position;
  }

  /** Bytes passed over since it was opened, those behind the last whole record not counted. */
  long damaged() {
    return damaged;
  }

  /**
   * The next record's payload; null when there is none before the end.
   *
   * @param end how far the file counts
   */
  byte @Nullable [] next(long end) throws IOException {
    byte[] payload = at(position, end);
    if (payload != null) {
      position += SegmentFormat.FRAME_BYTES + payload.length;
      return payload;
    }
    if (end - position < SegmentFormat.FRAME_BYTES) {
      return null;
    }
    byte[] rest = new byte[Math.toIntExact(end - position)];
    file.seek(position);
    file.readFully(rest);
    int found = SegmentFormat.next(rest, 1);
    if (found < 0) {
      return null;
    }
    damaged += found;
    position += found;
    return next(end);
  }

  private byte @Nullable [] at(long start, long end) throws IOException {
    if (end - start < SegmentFormat.FRAME_BYTES) {
      return null;
    }
    byte[] bytes = new byte[SegmentFormat.FRAME_BYTES];
    file.seek(start);
    file.readFully(bytes);
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    int length = SegmentFormat.payloadLength(frame, end - start);
    if (length < 0) {
      return null;
    }
    byte[] payload = new byte[length];
    file.readFully(payload);
    return SegmentFormat.whole(frame, payload) ? payload : null;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
