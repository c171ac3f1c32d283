package io.alphakite.engine.halt;

import io.alphakite.engine.control.HaltFlag;
import io.alphakite.platform.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The file whose being there halts trading, whatever is in it: an empty one that {@code touch} made
 * does. Its lines {@code at:}, {@code by:} and {@code reason:} tell a person who halted and why. A
 * folder that cannot be looked into halts too. Safe for use by many threads and processes.
 */
public final class HaltFile implements HaltFlag {

  private static final int READ_MAX = 4_096;
  private static final int TEXT_MAX = 200;
  private static final String FIRST_LINE =
      "Alpha Kite is halted: no order is sent while this file is here. ./kite resume ends it.";

  private final Path path;

  public HaltFile(Path path) {
    this.path = path.toAbsolutePath().normalize();
  }

  /** {@code HALT_FILE}, else {@code halt} under {@code KITE_HOME}: for all that look for it. */
  public static HaltFile of(Settings settings) {
    return new HaltFile(
        settings
            .text("HALT_FILE")
            .map(Path::of)
            .orElseGet(() -> Path.of(settings.text("KITE_HOME", ".kite"), "halt")));
  }

  /** What is there. */
  public sealed interface Look {

    /** Nothing halts. */
    record Clear() implements Look {}

    /** The file is there. */
    record Halted(Halt halt) implements Look {}

    /** Nobody can tell, and so it halts. */
    record Unreadable(String why) implements Look {}
  }

  /** Makes the folder when it is not there: from then on its absence halts. */
  public void prepare() throws IOException {
    Path folder = folder();
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, mode(folder, "rwx------"));
    }
  }

  /** Looks now. */
  public Look look() {
    try {
      BasicFileAttributes found =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return new Look.Halted(halt(found.lastModifiedTime().toInstant()));
    } catch (NoSuchFileException e) {
      return Files.isDirectory(folder())
          ? new Look.Clear()
          : new Look.Unreadable("the folder of the halt file " + path + " is not there");
    } catch (IOException e) {
      return new Look.Unreadable("the halt file " + path + " cannot be looked for: " + e);
    }
  }

  /** Why trading is halted; null when it is not. */
  public @Nullable String halted() {
    return halted(false);
  }

  @Override
  public @Nullable String halted(boolean flattening) {
    return switch (look()) {
      case Look.Clear() -> null;
      case Look.Halted(Halt halt) -> flattening && halt.command() != null ? null : halt.told();
      case Look.Unreadable(String why) -> why;
    };
  }

  /**
   * Puts a halt there: an empty file first, since that halts on a full disk too, then one that
   * tells, in its place or in an older one's. A kill command's leaves one that is there as it is.
   *
   * @param command the kill command it belongs to; null when it belongs to none
   * @return why the halt, which holds, tells nothing or may not outlive a power cut; null when it
   *     is whole and on the disk
   * @throws IOException when there is no file
   */
  public @Nullable String write(Instant at, String by, String reason, @Nullable Long command)
      throws IOException {
    prepare();
    FileTime made = null;
    try {
      Files.createFile(path, mode(folder(), "rw-------"));
      made = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS);
    } catch (FileAlreadyExistsException e) {
      if (command != null) {
        return null;
      }
    }
    try {
      tell(made, at, by, reason, command);
      return null;
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void tell(
      @Nullable FileTime made, Instant at, String by, String reason, @Nullable Long command)
      throws IOException {
    StringBuilder text = new StringBuilder(FIRST_LINE).append('\n');
    text.append("at: ").append(at.truncatedTo(ChronoUnit.SECONDS)).append('\n');
    text.append("by: ").append(oneLine(by)).append('\n');
    text.append("reason: ").append(oneLine(reason)).append('\n');
    if (command != null) {
      text.append("command: ").append(command).append('\n');
    }
    Path temporary = path.resolveSibling("." + path.getFileName() + "-" + UUID.randomUUID());
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              mode(folder(), "rw-------"))) {
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      if (made != null) {
        // One halt, by its time.
        Files.setLastModifiedTime(temporary, made);
      }
      Files.move(
          temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    sync();
  }

  /** Takes that halt away; a newer one stays. Whether there is none now. */
  public boolean clear(String id) throws IOException {
    if (look() instanceof Look.Halted(Halt halt) && halt.id().equals(id)) {
      Files.deleteIfExists(path);
      sync();
    }
    return look() instanceof Look.Clear;
  }

  private void sync() throws IOException {
    try (FileChannel entry = FileChannel.open(folder(), StandardOpenOption.READ)) {
      entry.force(true);
    }
  }

  private Halt halt(Instant changed) {
    Map<String, String> lines = lines();
    return new Halt(
        changed.toString(),
        changed.truncatedTo(ChronoUnit.SECONDS),
        lines.getOrDefault("by", "somebody"),
        lines.getOrDefault("reason", ""),
        command(lines.get("command")));
  }

  /** What the file says; nothing when it cannot be read. */
  private Map<String, String> lines() {
    Map<String, String> lines = new HashMap<>();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate(READ_MAX);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // Until it is full or the file is over.
      }
      String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
      text.lines()
          .forEach(
              line -> {
                int colon = line.indexOf(": ");
                if (colon > 0 && colon + 2 < line.length()) {
                  lines.put(line.substring(0, colon), oneLine(line.substring(colon + 2)));
                }
              });
    } catch (IOException e) {
      // It is there, and that alone halts.
    }
    return lines;
  }

  private static @Nullable Long command(@Nullable String text) {
    return text != null && text.matches("[0-9]{1,18}") ? Long.valueOf(text) : null;
  }

  private static String oneLine(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > TEXT_MAX ? line.substring(0, TEXT_MAX) : line;
  }

  private Path folder() {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }

  private static FileAttribute<?>[] mode(Path place, String mode) {
    return place.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
