package io.alphakite.streaming.store;

import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.TickerState;
import io.alphakite.streaming.spill.Chunk;
import io.alphakite.streaming.spill.SpillLog;
import io.alphakite.streaming.spill.SpillSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks into the files that a process writes or has left, at a copy of them. */
public final class SpillContents {
  private SpillContents() {}

  /** The newest state of a ticker in these files; null when they have none. */
  public static @Nullable TickerState newest(Path directory, UUID database, Ticker ticker)
      throws IOException {
    if (!Files.isDirectory(directory)) {
      return null;
    }
    Path copy = Files.createTempDirectory(directory.getParent(), "spill-copy");
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".seg")).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    TickerState newest = null;
    try (SpillLog log = new SpillLog(new SpillSettings(copy, 1 << 30, Duration.ZERO), database)) {
      log.open();
      for (Chunk chunk = log.peek(1); chunk != null; chunk = log.peek(1)) {
        TickerState state = BatchCodec.decode(chunk.payloads().getFirst()).states().get(ticker);
        newest = state == null ? newest : state;
        log.take(chunk);
      }
    }
    return newest;
  }
}
