package io.alphakite.streaming.recording;

import io.alphakite.platform.settings.Settings;
import io.alphakite.platform.settings.SettingsException;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.market.MinuteBars;
import io.alphakite.schwab.stream.FrameTap;
import io.alphakite.schwab.stream.RecordedFrame;
import io.alphakite.schwab.stream.ReplayedStream;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where frames come from: Schwab's streamer, which may be recorded, or, with {@code REPLAY_FRAMES},
 * the folder of a recorded day. A replay asks nobody for candles: it is what came then and no more.
 */
public final class FrameSource {
  private final @Nullable Path replayed;
  private final FrameTap tap;
  private final InstantSource clock;

  private FrameSource(@Nullable Path replayed, FrameTap tap, InstantSource clock) {
    this.replayed = replayed;
    this.tap = tap;
    this.clock = clock;
  }

  /**
   * As the settings say.
   *
   * @throws SettingsException when {@code REPLAY_FRAMES} is no folder
   */
  public static FrameSource of(Settings settings, FrameTap tap, InstantSource clock) {
    Path folder = settings.text("REPLAY_FRAMES").map(Path::of).orElse(null);
    if (folder != null && !Files.isDirectory(folder)) {
      throw new SettingsException("REPLAY_FRAMES=" + folder + " is not a recorded day's folder");
    }
    return new FrameSource(folder, tap, clock);
  }

  /** The stream, not yet started. */
  public SchwabStream stream(SchwabApi schwab) {
    Path folder = replayed;
    if (folder == null) {
      return schwab.stream(tap);
    }
    return new ReplayedStream(
        new ReplayedStream.Recording() {
          @Override
          public Iterator<RecordedFrame> frames() {
            try {
              return Recordings.frames(folder);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }

          @Override
          public Iterator<RecordedFrame> before(long generation) {
            try {
              return Recordings.prelude(folder, generation);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        },
        StreamSettings.LOOPBACK,
        clock);
  }

  /** The candles of what was missed. */
  public MinuteBars history(SchwabApi schwab) {
    return replayed == null ? schwab.marketData() : (_, _, _, _) -> List.of();
  }
}
