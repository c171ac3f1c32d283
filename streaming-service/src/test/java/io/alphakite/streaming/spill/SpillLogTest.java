package io.alphakite.streaming.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the files keep when a process, a disk or a byte of them fails. */
@Timeout(120)
class SpillLogTest {
  private static final UUID DATABASE = UUID.fromString("5a1e0000-0000-4000-8000-000000000001");
  private static final UUID OTHER = UUID.fromString("5a1e0000-0000-4000-8000-000000000002");

  /** A disk that need not survive a power failure. */
  private static final SegmentFiles UNFORCED = path -> new Unforced(SegmentFiles.DISK.create(path));

  private final Path directory;

  SpillLogTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void recordsComeOutInTheirOrderAndTheirFilesGo() throws IOException {
    // Segments of an eighth of the cap: some dozens of them.
    try (SpillLog log = log(80_000)) {
      List<String> written = new ArrayList<>();
      List<String> read = new ArrayList<>();
      Random random = new Random(4);
      for (int i = 0; i < 600; i++) {
        String text = i + " " + "x".repeat(random.nextInt(200));
        log.append(bytes(text), false);
        written.add(text);
        if (random.nextInt(3) == 0) {
          take(log, read, 400);
        }
      }
      while (take(log, read, 400)) {
        // until none is left
      }
      assertThat(read).isEqualTo(written);
      assertThat(log.isEmpty()).isTrue();
      assertThat(log.bytes()).isZero();
    }
    assertThat(segmentFiles(directory)).isEmpty();
  }

  @Test
  void nextProcessReadsWhatWasNotTaken() throws IOException {
    UUID segment;
    try (SpillLog log = log(80_000)) {
      append(log, "one", "two", "three");
      Chunk first = log.peek(1);
      assertThat(first).isNotNull();
      log.take(first);
      segment = first.segment();
    }
    try (SpillLog log = log(80_000)) {
      assertThat(log.open()).isEqualTo(new Leftovers(3, 0, 0, 0));
      // What was taken is known elsewhere.
      log.skip(segment, 1);
      append(log, "four");
      assertThat(readAll(log)).containsExactly("two", "three", "four");
    }
  }

  @Test
  void filesOfAnotherDatabaseAreLeftAlone() throws IOException {
    try (SpillLog log = log(80_000)) {
      append(log, "ours");
    }
    try (SpillLog log = new SpillLog(settings(directory, 80_000), OTHER)) {
      assertThat(log.open().otherDatabaseBytes()).isPositive();
      append(log, "theirs");
      assertThat(readAll(log)).containsExactly("theirs");
    }
    try (SpillLog log = log(80_000)) {
      log.open();
      assertThat(readAll(log)).containsExactly("ours");
    }
  }

  @Test
  void directoryBelongsToOneAtATime() throws IOException {
    try (SpillLog one = log(80_000)) {
      append(one, "mine");
      try (SpillLog other = log(80_000)) {
        assertThat(other.open()).isEqualTo(Leftovers.NONE);
        assertThatThrownBy(() -> append(other, "also mine"))
            .hasMessageContaining("belongs to another running process");
      }
      assertThat(readAll(one)).containsExactly("mine");
    }
  }

  @Test
  void capIsKeptAndEasesAsRecordsAreTaken() throws IOException {
    try (SpillLog log = log(10_000)) {
      int count = 0;
      while (!log.isTight(100)) {
        log.append(new byte[100], false);
        count++;
      }
      assertThat(log.bytes()).isBetween(7_000L, 7_700L);
      while (fits(log)) {
        count++;
      }
      assertThat(log.bytes()).isBetween(9_800L, 10_000L);
      // The last chance of all is above the cap.
      log.append(new byte[100], true);
      List<String> read = new ArrayList<>();
      take(log, read, 2_000);
      take(log, read, 2_000);
      assertThat(fits(log)).isTrue();
      assertThat(readAll(log)).hasSize(count + 2 - read.size());
    }
  }

  @Test
  void r26_fileCutAtEveryByteKeepsItsValidPrefix() throws IOException {
    List<String> texts = List.of("first", "", "the third", "4", "last of all");
    byte[] whole = file(texts);
    List<Integer> ends = ends(texts);
    for (int length = 0; length <= whole.length; length++) {
      Path torn = Files.createDirectory(directory.resolve("cut-" + length));
      Files.write(torn.resolve("0000000000000000007.seg"), java.util.Arrays.copyOf(whole, length));
      int cut = length;
      int kept = (int) ends.stream().filter(end -> end <= cut).count();
      long valid = kept == 0 ? SegmentFormat.HEADER_BYTES : ends.get(kept - 1);
      long lost = length < SegmentFormat.HEADER_BYTES ? length : length - valid;
      List<String> expected = new ArrayList<>(texts.subList(0, kept));
      try (SpillLog log = log(torn, 80_000)) {
        assertThat(log.open()).as("cut at " + length).isEqualTo(new Leftovers(kept, lost, 0, 0));
        append(log, "new");
        expected.add("new");
        assertThat(readAll(log)).as("cut at " + length).isEqualTo(expected);
      }
      assertThat(segmentFiles(torn)).isEmpty();
    }
  }

  @Test
  void r26_everyDamagedByteLosesItsOwnRecordAlone() throws IOException {
    List<String> texts = List.of("first", "the second", "3", "last of all");
    byte[] whole = file(texts);
    List<Integer> ends = ends(texts);
    for (int at = 0; at < whole.length; at++) {
      Path damaged = Files.createDirectory(directory.resolve("byte-" + at));
      byte[] bytes = whole.clone();
      bytes[at] ^= 0x20;
      Files.write(damaged.resolve("0000000000000000001.seg"), bytes);
      List<String> expected = new ArrayList<>();
      if (at >= SegmentFormat.HEADER_BYTES) {
        expected.addAll(texts);
        int place = at;
        expected.remove((int) ends.stream().filter(end -> end <= place).count());
      }
      try (SpillLog log = log(damaged, 80_000)) {
        Leftovers found = log.open();
        assertThat(found.incomplete()).as("byte " + at).isTrue();
        assertThat(readAll(log)).as("byte " + at).isEqualTo(expected);
      }
    }
  }

  @Test
  void r25_diskThatFailsAtAnyStepLosesNothingThatWasKept() throws IOException {
    long seed = System.nanoTime();
    System.out.println("Seed of the failing disk: " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 25; round++) {
      Path disk = Files.createDirectory(directory.resolve("disk-" + round));
      FailingDisk files = new FailingDisk(random);
      List<String> kept = new ArrayList<>();
      List<String> read = new ArrayList<>();
      try (SpillLog log = new SpillLog(settings(disk, 4_000), files, DATABASE)) {
        for (int i = 0; i < 60; i++) {
          String text = round + "." + i + "x".repeat(random.nextInt(40));
          try {
            log.append(bytes(text), false);
            kept.add(text);
          } catch (IOException e) {
            // Not kept, and nothing else is harmed.
          }
          if (random.nextInt(4) == 0) {
            take(log, read, 100);
          }
        }
      }
      files.works = true;
      try (SpillLog log = new SpillLog(settings(disk, 4_000), DATABASE)) {
        Leftovers found = log.open();
        assertThat(found.damagedBytes()).isZero();
        // One that was said not to be kept may be there, where it could not be cut off again; and
        // the taken ones of a file not yet done are: the database knows of them.
        List<String> left = readAll(log).stream().filter(kept::contains).toList();
        assertThat(left.size()).isGreaterThanOrEqualTo(kept.size() - read.size());
        assertThat(left).isEqualTo(kept.subList(kept.size() - left.size(), kept.size()));
      }
    }
  }

  @Test
  void r25_realFullDiskTakesWhatFitsAndGoesOnWhenThereIsRoom() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("tiny"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()),
        "a tiny file system cannot be mounted here");
    try (SpillLog log = new SpillLog(settings(disk, 80_000_000), DATABASE)) {
      int count = 0;
      byte[] record = new byte[10_000];
      IOException full = null;
      while (full == null && count < 100) {
        try {
          log.append(record, false);
          count++;
        } catch (IOException e) {
          full = e;
        }
      }
      assertThat(full).hasMessageContaining("No space left");
      assertThat(count).isBetween(15, 26);
      List<String> read = new ArrayList<>();
      while (take(log, read, 50_000)) {
        // until all that fitted is taken
      }
      assertThat(read).hasSize(count);
      log.append(record, false);
      assertThat(readAll(log)).hasSize(1);
    } finally {
      run("umount", disk.toString());
    }
  }

  private SpillLog log(long maxBytes) {
    return log(directory, maxBytes);
  }

  private static SpillLog log(Path directory, long maxBytes) {
    return new SpillLog(settings(directory, maxBytes), UNFORCED, DATABASE);
  }

  private static SpillSettings settings(Path directory, long maxBytes) {
    return new SpillSettings(directory, maxBytes, Duration.ZERO);
  }

  private static boolean fits(SpillLog log) throws IOException {
    try {
      log.append(new byte[100], false);
      return true;
    } catch (SpillFullException e) {
      return false;
    }
  }

  private static void append(SpillLog log, String... texts) throws IOException {
    for (String text : texts) {
      log.append(bytes(text), false);
    }
  }

  private static boolean take(SpillLog log, List<String> into, int bytesMax) throws IOException {
    Chunk chunk = log.peek(bytesMax);
    if (chunk == null) {
      return false;
    }
    chunk.payloads().forEach(payload -> into.add(new String(payload, StandardCharsets.UTF_8)));
    log.take(chunk);
    return true;
  }

  private static List<String> readAll(SpillLog log) throws IOException {
    List<String> read = new ArrayList<>();
    while (take(log, read, 10)) {
      // until none is left
    }
    return read;
  }

  /** The bytes of one segment with these records. */
  private byte[] file(List<String> texts) throws IOException {
    Path source = Files.createDirectory(directory.resolve("source"));
    try (SpillLog log = log(source, 80_000)) {
      append(log, texts.toArray(String[]::new));
    }
    return Files.readAllBytes(segmentFiles(source).getFirst());
  }

  /** Where each record ends in such a file. */
  private static List<Integer> ends(List<String> texts) {
    List<Integer> ends = new ArrayList<>();
    int end = SegmentFormat.HEADER_BYTES;
    for (String text : texts) {
      end += SegmentFormat.FRAME_BYTES + bytes(text).length;
      ends.add(end);
    }
    return ends;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<Path> segmentFiles(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(path -> path.toString().endsWith(".seg")).toList();
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static class Unforced implements SegmentFiles.Output {
    private final SegmentFiles.Output real;

    Unforced(SegmentFiles.Output real) {
      this.real = real;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      real.write(bytes);
    }

    @Override
    public void truncate(long length) throws IOException {
      real.truncate(length);
    }

    @Override
    public void force() throws IOException {
      // Not in a test that makes thousands of files.
    }

    @Override
    public void close() throws IOException {
      real.close();
    }
  }

  /** Writes in part, refuses to cut, to force or to make files, each one time in six. */
  private static final class FailingDisk implements SegmentFiles {
    private final Random random;
    private boolean works;

    FailingDisk(Random random) {
      this.random = random;
    }

    @Override
    public Output create(Path path) throws IOException {
      fail();
      return new Unforced(DISK.create(path)) {
        @Override
        public void write(byte[] bytes) throws IOException {
          if (!works && random.nextInt(6) == 0) {
            super.write(java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
            throw new IOException("No space left on device");
          }
          super.write(bytes);
        }

        @Override
        public void truncate(long length) throws IOException {
          fail();
          super.truncate(length);
        }

        @Override
        public void force() throws IOException {
          fail();
        }
      };
    }

    private void fail() throws IOException {
      if (!works && random.nextInt(6) == 0) {
        throw new IOException("Input/output error");
      }
    }
  }
}
