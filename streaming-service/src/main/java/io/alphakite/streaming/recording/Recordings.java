package io.alphakite.streaming.recording;

import io.alphakite.schwab.stream.RecordedFrame;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The recordings in a directory: a folder for each Eastern date, files in the order of time. */
public final class Recordings {

  /**
   * A recorded day.
   *
   * @param frames as far as its files say
   * @param complete false when frames were missed, a file was cut off, or one is being written
   */
  public record Day(LocalDate date, long frames, long bytes, long missed, boolean complete) {}

  /** No connection of Schwab's is older than its login. */
  private static final int PRELUDE_DAYS_MAX = 7;

  static final String FILE = ".gz";
  static final String PART = ".gz.part";
  static final String MANIFEST = ".json";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path directory;

  /** Looks there; the directory need not exist. */
  public Recordings(Path directory) {
    this.directory = directory;
  }

  /** The folder of a day. */
  public Path folder(LocalDate date) {
    return directory.resolve(date.toString());
  }

  /** What is there, oldest first. */
  public List<Day> days() throws IOException {
    List<Day> days = new ArrayList<>();
    for (Path folder : folders()) {
      LocalDate date = LocalDate.parse(String.valueOf(folder.getFileName()));
      long frames = 0;
      long bytes = 0;
      long missed = 0;
      boolean complete = true;
      for (Path file : files(folder)) {
        bytes += Files.size(file);
        JsonNode manifest = manifest(file);
        complete &= manifest != null && manifest.path("complete").asBoolean(false);
        frames += manifest == null ? 0 : manifest.path("frames").asLong(0);
        missed += manifest == null ? 0 : manifest.path("missed").asLong(0);
      }
      days.add(new Day(date, frames, bytes, missed, complete));
    }
    return days;
  }

  /** The bytes of all files. */
  long bytes() throws IOException {
    long bytes = 0;
    for (Path folder : folders()) {
      for (Path file : files(folder)) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /** Deletes the oldest finished files until so much is left at most; tells how many. */
  int trim(long bytesMax) throws IOException {
    long bytes = bytes();
    int deleted = 0;
    for (Path folder : folders()) {
      for (Path file : files(folder)) {
        if (bytes <= bytesMax) {
          return deleted;
        }
        if (file.toString().endsWith(FILE)) {
          bytes -= Files.size(file);
          Files.delete(file);
          Files.deleteIfExists(manifestOf(file));
          deleted++;
        }
      }
      try (Stream<Path> left = Files.list(folder)) {
        if (left.findAny().isEmpty()) {
          Files.delete(folder);
        }
      }
    }
    return deleted;
  }

  /** Files that a killed process was writing end where they were cut off. */
  void adopt() throws IOException {
    for (Path folder : folders()) {
      for (Path file : files(folder)) {
        String name = file.toString();
        if (name.endsWith(PART)) {
          Files.move(file, Path.of(name.substring(0, name.length() - PART.length()) + FILE));
        }
      }
    }
  }

  /** The frames of a folder in the order in which they came. */
  public static Iterator<RecordedFrame> frames(Path folder) throws IOException {
    Deque<Path> files = new ArrayDeque<>(files(folder));
    if (files.isEmpty()) {
      throw new IOException("no recording in " + folder);
    }
    return new Frames(files);
  }

  /**
   * What came before, on the connection that a folder's day begins on: the days before it that the
   * connection was up, oldest first. Its images are there.
   */
  public static Iterator<RecordedFrame> prelude(Path folder, long generation) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    LocalDate date = LocalDate.parse(String.valueOf(folder.getFileName()));
    Deque<Path> files = new ArrayDeque<>();
    if (parent != null) {
      Recordings all = new Recordings(parent);
      for (Path earlier : all.folders()) {
        LocalDate day = LocalDate.parse(String.valueOf(earlier.getFileName()));
        if (day.isBefore(date) && !day.isBefore(date.minusDays(PRELUDE_DAYS_MAX))) {
          files.addAll(files(earlier));
        }
      }
    }
    Iterator<RecordedFrame> before = new Frames(files);
    return new Iterator<>() {
      private @Nullable RecordedFrame next = find();

      private @Nullable RecordedFrame find() {
        while (before.hasNext()) {
          RecordedFrame frame = before.next();
          if (frame.generation() == generation) {
            return frame;
          }
        }
        return null;
      }

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public RecordedFrame next() {
        RecordedFrame frame = next;
        if (frame == null) {
          throw new NoSuchElementException();
        }
        next = find();
        return frame;
      }
    };
  }

  static Path manifestOf(Path file) {
    String name = file.toString();
    return Path.of(name.substring(0, name.length() - FILE.length()) + MANIFEST);
  }

  private static @Nullable JsonNode manifest(Path file) throws IOException {
    Path manifest = manifestOf(file);
    if (!file.toString().endsWith(FILE) || !Files.exists(manifest)) {
      return null;
    }
    try {
      return JSON.readTree(Files.readString(manifest));
    } catch (JacksonException _) {
      return null;
    }
  }

  private List<Path> folders() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(directory)) {
      return folders
          .filter(Files::isDirectory)
          .filter(path -> String.valueOf(path.getFileName()).matches("[0-9]{4}-[0-9]{2}-[0-9]{2}"))
          .sorted()
          .toList();
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(FILE) || file.toString().endsWith(PART))
          .sorted()
          .toList();
    }
  }

  private static final class Frames implements Iterator<RecordedFrame> {
    private final Deque<Path> files;
    private FrameFile.@Nullable Reader reader;
    private @Nullable RecordedFrame next;

    Frames(Deque<Path> files) throws IOException {
      this.files = files;
      advance();
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public RecordedFrame next() {
      RecordedFrame frame = next;
      if (frame == null) {
        throw new NoSuchElementException();
      }
      try {
        advance();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return frame;
    }

    private void advance() throws IOException {
      next = reader == null ? null : reader.next();
      while (next == null) {
        if (reader != null) {
          reader.close();
          reader = null;
        }
        Path file = files.poll();
        if (file == null) {
          return;
        }
        try {
          reader = new FrameFile.Reader(file);
          next = reader.next();
        } catch (EOFException _) {
          // Begun and never written to.
        }
      }
    }
  }
}
