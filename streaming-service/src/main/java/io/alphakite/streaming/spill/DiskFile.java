package io.alphakite.streaming.spill;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file on disk. Not a channel: an interrupted thread would close that under the writer's hands.
 */
final class DiskFile implements SegmentFiles.Output {
  private final RandomAccessFile file;

  DiskFile(Path path) throws IOException {
    if (Files.exists(path)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    file = new RandomAccessFile(path.toFile(), "rw");
  }

  @Override
  public void write(byte[] bytes) throws IOException {
    file.write(bytes);
  }

  @Override
  public void truncate(long length) throws IOException {
    file.setLength(length);
    file.seek(length);
  }

  @Override
  public void force() throws IOException {
    file.getFD().sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
