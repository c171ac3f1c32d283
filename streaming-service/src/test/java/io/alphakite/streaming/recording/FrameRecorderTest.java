package io.alphakite.streaming.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.alphakite.platform.settings.Settings;
import io.alphakite.schwab.stream.RecordedFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameRecorderTest {
  private static final Instant NOON = Instant.parse("2026-03-09T16:00:00Z");
  private static final LocalDate DAY = LocalDate.of(2026, 3, 9);

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path directory;

  private final AtomicReference<@Nullable Boolean> wanted = new AtomicReference<>();
  private final AtomicReference<FrameRecorder.@Nullable Status> told = new AtomicReference<>();

  @Test
  void givesBackWhatCameByteForByteInItsOrder() throws IOException {
    List<String> frames = new ArrayList<>();
    try (FrameRecorder recorder = recorder(true)) {
      recorder.start();
      for (int i = 0; i < 500; i++) {
        String frame =
            data(NOON.plusSeconds(i), "{\"key\":\"SPY\",\"3\":1.00,\"x\":\"é\\n " + i + "\"}");
        frames.add(frame);
        recorder.frame(1, frame);
      }
      // The next Eastern date has a folder of its own.
      recorder.frame(2, data(NOON.plus(Duration.ofDays(1)), "{\"key\":\"SPY\"}"));
    }
    List<RecordedFrame> read = read(DAY);
    assertThat(read.stream().map(RecordedFrame::text)).isEqualTo(frames);
    assertThat(read.stream().map(RecordedFrame::receivedAt)).containsOnly(NOON);
    assertThat(read.stream().map(RecordedFrame::generation).distinct()).hasSize(1);
    assertThat(read(DAY.plusDays(1)).getFirst().generation())
        .isEqualTo(read.getFirst().generation() + 1);
    assertThat(new Recordings(directory).days())
        .extracting(Recordings.Day::frames, Recordings.Day::complete)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(500L, true),
            org.assertj.core.groups.Tuple.tuple(1L, true));
  }

  @Test
  void writesNothingOfAccountsOrLogins() throws IOException {
    String quote =
        "{\"service\":\"LEVELONE_EQUITIES\",\"timestamp\":1773072000000,\"content\":[{\"key\":\"SPY\",\"1\":1.10}]}";
    String account =
        "{\"service\":\"ACCT_ACTIVITY\",\"timestamp\":1773072000000,\"content\":[{\"1\":\"12345678\"}]}";
    assertThat(MarketDataFrames.of("{\"data\":[" + quote + "]}"))
        .isEqualTo("{\"data\":[" + quote + "]}");
    assertThat(MarketDataFrames.of("{\"data\":[" + account + "," + quote + "]}"))
        .isEqualTo("{\"data\":[" + quote + "]}");
    assertThat(MarketDataFrames.of("{\"data\":[" + account + "]}")).isEmpty();
    assertThat(MarketDataFrames.of("{\"response\":[{\"command\":\"LOGIN\",\"content\":{}}]}"))
        .isEmpty();
    assertThat(MarketDataFrames.of("{\"notify\":[{\"heartbeat\":\"1773072000000\"}]}"))
        .isEqualTo("{\"notify\":[{\"heartbeat\":\"1773072000000\"}]}");
    assertThat(MarketDataFrames.of("{\"data\":[ACCT_ACTIVITY 12345678")).isEmpty();
  }

  @Test
  void missesAndSaysSoWhenTheWriterCannotKeepUp() throws IOException {
    FrameRecorder recorder = recorder(true);
    // Nobody writes yet: the queue takes so many and never blocks.
    String frame = data(NOON, "{\"key\":\"SPY\",\"x\":\"" + "x".repeat(1 << 16) + "\"}");
    for (int i = 0; i < 100; i++) {
      recorder.frame(1, frame);
    }
    recorder.start();
    recorder.close();

    Recordings.Day day = new Recordings(directory).days().getFirst();
    assertThat(day.frames() + day.missed()).isEqualTo(100);
    assertThat(day.missed()).isPositive();
    assertThat(day.complete()).isFalse();
  }

  @Test
  void readsAFileThatWasCutOffUpToItsLastWholeFrame() throws IOException {
    try (FrameRecorder recorder = recorder(true)) {
      recorder.start();
      for (int i = 0; i < 2_000; i++) {
        recorder.frame(1, data(NOON.plusSeconds(i), "{\"key\":\"SPY\",\"8\":" + i * 7919L + "}"));
      }
    }
    Path file;
    try (Stream<Path> files = Files.list(directory.resolve(DAY.toString()))) {
      file = files.filter(path -> path.toString().endsWith(".gz")).findFirst().orElseThrow();
    }
    byte[] whole = Files.readAllBytes(file);
    Files.delete(Recordings.manifestOf(file));
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    List<RecordedFrame> read = read(DAY);
    assertThat(read).hasSizeBetween(1, 1_999);
    assertThat(read.getLast().text()).endsWith("]}]}");
    assertThat(new Recordings(directory).days().getFirst().complete()).isFalse();
  }

  @Test
  void deletesTheOldestBeyondItsCap() throws IOException {
    for (int day = 1; day <= 3; day++) {
      Path folder = Files.createDirectories(directory.resolve("2026-03-0" + day));
      Files.write(folder.resolve("frames-1.gz"), new byte[1_000]);
      Files.writeString(folder.resolve("frames-1.json"), "{}");
    }
    assertThat(new Recordings(directory).trim(2_000)).isEqualTo(1);
    assertThat(new Recordings(directory).days())
        .extracting(Recordings.Day::date)
        .containsExactly(LocalDate.of(2026, 3, 2), LocalDate.of(2026, 3, 3));
  }

  @Test
  void aPersonTurnsItOnAndItSaysThatTheBeginningIsMissing() throws IOException {
    try (FrameRecorder recorder = recorder(false)) {
      recorder.start();
      recorder.frame(1, data(NOON, "{\"key\":\"SPY\"}"));
      wanted.set(true);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                FrameRecorder.Status status = told.get();
                return status != null && status.active();
              });
      recorder.frame(1, data(NOON, "{\"key\":\"SPY\"}"));
    }
    Recordings.Day day = new Recordings(directory).days().getFirst();
    assertThat(day.frames()).isEqualTo(1);
    assertThat(day.complete()).isFalse();
  }

  private FrameRecorder recorder(boolean on) {
    return new FrameRecorder(
        RecordSettings.from(
            Settings.of(
                Map.of("RECORD_FRAMES", String.valueOf(on), "RECORD_DIR", directory.toString()))),
        new FrameRecorder.Control() {
          @Override
          public @Nullable Boolean wanted() {
            return wanted.get();
          }

          @Override
          public void report(FrameRecorder.Status status) {
            told.set(status);
          }
        },
        () -> NOON);
  }

  private List<RecordedFrame> read(LocalDate date) throws IOException {
    List<RecordedFrame> frames = new ArrayList<>();
    Recordings.frames(directory.resolve(date.toString())).forEachRemaining(frames::add);
    return frames;
  }

  private static String data(Instant time, String content) {
    return "{\"data\":[{\"service\":\"LEVELONE_EQUITIES\",\"timestamp\":"
        + time.toEpochMilli()
        + ",\"command\":\"SUBS\",\"content\":["
        + content
        + "]}]}";
  }
}
