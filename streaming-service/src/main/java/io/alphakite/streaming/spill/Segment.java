package io.alphakite.streaming.spill;

import java.nio.file.Path;
import java.util.UUID;

/** One file of the queue, as far as it counts. Guarded by the {@link SpillLog}'s lock. */
final class Segment {
  final Path path;
  final UUID id;

  /** How far the file counts; what lies behind was not written whole. */
  long length = SegmentFormat.HEADER_BYTES;

  /** Whole records within that. */
  long records;

  /** How many of them were taken, and where the next one begins. */
  long taken;

  long position = SegmentFormat.HEADER_BYTES;

  Segment(Path path, UUID id) {
    this.path = path;
    this.id = id;
  }

  boolean isTaken() {
    return taken >= records;
  }
}
