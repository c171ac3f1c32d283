package io.alphakite.streaming.spill;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** The few things a segment asks of a file system, so that a test can let each of them fail. */
interface SegmentFiles {

  /** The real file system. */
  SegmentFiles DISK = DiskFile::new;

  /** Makes a new, empty file. */
  Output create(Path path) throws IOException;

  /** A file being written. */
  interface Output extends Closeable {
    /** Appends all of these bytes, or fails after some of them. */
    void write(byte[] bytes) throws IOException;

    /** Cuts the file to this length and goes on writing there. */
    void truncate(long length) throws IOException;

    /** Returns when what was written would survive a power failure. */
    void force() throws IOException;
  }
}
