package io.alphakite.streaming.spill;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How a segment file is laid out; integers big-endian.
 *
 * <pre>
 * header  "AKSPILL" | version (1) | segment id (16) | database id (16) | CRC32C of all before (4)
 * record  marker (4) | length (4) | CRC32C of length and payload (4) | payload
 * </pre>
 *
 * <p>The marker is for finding the next whole record behind a damaged one.
 */
final class SegmentFormat {
  static final int HEADER_BYTES = 44;
  static final int FRAME_BYTES = 12;

  /** Of one payload. Longer ones are not written, and a longer length read is damage. */
  static final int PAYLOAD_MAX = 64 << 20;

  private static final byte[] MAGIC = {'A', 'K', 'S', 'P', 'I', 'L', 'L', 1};
  private static final int MARKER = 0xA1FE5E9C;

  private SegmentFormat() {}

  /** What a file's first bytes say. */
  record Header(UUID segment, UUID database) {}

  static byte[] header(Header header) {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES);
    bytes.put(MAGIC);
    put(bytes, header.segment());
    put(bytes, header.database());
    bytes.putInt(crc(bytes.array(), 0, bytes.position()));
    return bytes.array();
  }

  /** Empty when these are no whole header of this version. */
  static Optional<Header> header(byte[] file) {
    if (file.length < HEADER_BYTES) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.wrap(file);
    byte[] magic = new byte[MAGIC.length];
    bytes.get(magic);
    Header header = new Header(uuid(bytes), uuid(bytes));
    boolean whole = bytes.getInt() == crc(file, 0, HEADER_BYTES - 4);
    return whole && java.util.Arrays.equals(magic, MAGIC) ? Optional.of(header) : Optional.empty();
  }

  static byte[] record(byte[] payload) {
    ByteBuffer bytes = ByteBuffer.allocate(FRAME_BYTES + payload.length);
    bytes.putInt(MARKER);
    bytes.putInt(payload.length);
    bytes.putInt(crc(payload));
    bytes.put(payload);
    return bytes.array();
  }

  /**
   * The length of the payload whose frame begins here; -1 when none does.
   *
   * @param left bytes of the file from here on
   */
  static int payloadLength(ByteBuffer frame, long left) {
    if (frame.getInt(0) != MARKER) {
      return -1;
    }
    int length = frame.getInt(4);
    return length >= 0 && length <= PAYLOAD_MAX && length <= left - FRAME_BYTES ? length : -1;
  }

  /** Whether the payload is the one that the frame was made for. */
  static boolean whole(ByteBuffer frame, byte[] payload) {
    return frame.getInt(8) == crc(payload);
  }

  /** Where the next whole record begins at or after a position; -1 when there is none. */
  static int next(byte[] file, int from) {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    for (int at = from; at <= file.length - FRAME_BYTES; at++) {
      if (bytes.getInt(at) == MARKER && at(file, at) != null) {
        return at;
      }
    }
    return -1;
  }

  private static byte @Nullable [] at(byte[] file, int at) {
    ByteBuffer frame = ByteBuffer.wrap(file, at, FRAME_BYTES).slice();
    int length = payloadLength(frame, (long) file.length - at);
    if (length < 0) {
      return null;
    }
    byte[] payload =
        java.util.Arrays.copyOfRange(file, at + FRAME_BYTES, at + FRAME_BYTES + length);
    return whole(frame, payload) ? payload : null;
  }

  private static int crc(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, payload.length));
    crc.update(payload);
    return (int) crc.getValue();
  }

  private static int crc(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }

  private static void put(ByteBuffer bytes, UUID id) {
    bytes.putLong(id.getMostSignificantBits());
    bytes.putLong(id.getLeastSignificantBits());
  }

  private static UUID uuid(ByteBuffer bytes) {
    return new UUID(bytes.getLong(), bytes.getLong());
  }
}
