package io.alphakite.simulator.market;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The market time that may have been shown already, kept on disk so that it never comes again. One
 * file with one line, replaced as a whole.
 */
final class ReplayPlace {
  private final @Nullable Path file;

  /**
   * @param directory null = not kept
   */
  ReplayPlace(@Nullable Path directory) {
    this.file = directory == null ? null : directory.resolve("market-time");
  }

  /**
   * The place saved last.
   *
   * @throws IllegalStateException when the file is there and unreadable: guessing might show a time
   *     again
   */
  OptionalLong load() {
    if (file == null || !Files.exists(file)) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Instant.parse(Files.readString(file).strip()).toEpochMilli());
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException(
          file + " cannot be read; delete it to start the market anew", e);
    }
  }

  void save(long millis) {
    if (file == null) {
      return;
    }
    try {
      Path next = file.resolveSibling("market-time.next");
      ByteBuffer line =
          ByteBuffer.wrap((Instant.ofEpochMilli(millis) + "\n").getBytes(StandardCharsets.UTF_8));
      try (FileChannel channel =
          FileChannel.open(
              next,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        while (line.hasRemaining()) {
          channel.write(line);
        }
        channel.force(false);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot save the market's place in " + file, e);
    }
  }
}
