package io.alphakite.schwab.auth;

import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.SchwabException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The file that keeps the tokens: mode 600, replaced as a whole, encrypted when there is a key.
 *
 * <p>Plain form: {@code {"access_token","refresh_token","expires_at","token_type"}} and, when
 * known, {@code "login_at"}. With a key the same text is sealed in an envelope ({@link
 * TokenCipher}); a plain file is then taken as an import and rewritten at once. Safe for use by
 * many threads.
 */
public final class TokenFile {

  private static final int SIZE_MAX = 64 << 10;

  /** More than any token file takes. */
  private static final int DRAFT_BYTES = 8 << 10;

  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOCK_PAUSE = Duration.ofMillis(10);
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  /**
   * A file lock belongs to the process, so threads of one process need a lock of their own as well.
   */
  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final Path path;
  private final Path lockPath;
  private final @Nullable TokenCipher cipher;

  private TokenFile(Path path, Path lockPath, @Nullable TokenCipher cipher) {
    this.path = path.toAbsolutePath().normalize();
    this.lockPath = lockPath.toAbsolutePath().normalize();
    this.cipher = cipher;
  }

  /**
   * Names the file; reads nothing yet.
   *
   * @param key the base64 of 32 bytes; null keeps the file plain
   * @throws IllegalArgumentException with one line when the key is none
   */
  public static TokenFile at(Path path, @Nullable Secret key) {
    return locked(path, path.resolveSibling(path.getFileName() + ".lock"), key);
  }

  /** As {@link #at}, with the lock elsewhere: a file system on which locks do not reach others. */
  static TokenFile locked(Path path, Path lockPath, @Nullable Secret key) {
    return new TokenFile(path, lockPath, key == null ? null : TokenCipher.of(key));
  }

  /** When and what the file was, so that a change by another process shows. */
  record Stamp(FileTime modified, long size, @Nullable Object inode) {

    private static Stamp of(Path file) throws IOException {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
    }
  }

  /** Null when there is no file. */
  @Nullable Stamp stamp() {
    try {
      return Stamp.of(path);
    } catch (IOException _) {
      return null;
    }
  }

  /**
   * Reads the file; empty when there is none.
   *
   * @throws SchwabException {@code TOKEN_FILE} when it cannot be used, saying what a person should
   *     do
   */
  Optional<Tokens> read() {
    if (stamp() == null) {
      return Optional.empty();
    }
    JsonNode json = json(text());
    if (!TokenCipher.isEnvelope(json)) {
      return Optional.of(cipher == null ? tokens(json) : imported());
    }
    if (cipher == null) {
      throw unusable("is encrypted: set SCHWAB_TOKEN_KEY", null);
    }
    return Optional.of(tokens(json(open(cipher, json))));
  }

  /**
   * Replaces the file; when this returns, the new text is on the disk.
   *
   * @throws SchwabException {@code TOKEN_FILE} when that fails; the old file is then untouched
   */
  void write(Tokens tokens) {
    try (Draft draft = draft()) {
      draft.commit(tokens);
    }
  }

  /**
   * Takes room on the disk for the next text, so that a full one shows before a refresh token is
   * spent and not when its successor has to be saved.
   *
   * @throws SchwabException {@code TOKEN_FILE} when there is none
   */
  Draft draft() {
    Path directory = directory();
    Path temporary = directory.resolve("." + path.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectories(directory, attributes(directory, "rwx------"));
      FileChannel out =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              attributes(directory, "rw-------"));
      Draft draft = new Draft(temporary, out);
      try {
        draft.put(new byte[DRAFT_BYTES]);
        return draft;
      } catch (IOException e) {
        draft.close();
        throw e;
      }
    } catch (IOException e) {
      throw unusable("cannot be written (" + reason(e) + ")", e);
    }
  }

  /** The file's next text, not yet in its place. */
  final class Draft implements AutoCloseable {

    private final Path temporary;
    private final FileChannel channel;

    private Draft(Path temporary, FileChannel channel) {
      this.temporary = temporary;
      this.channel = channel;
    }

    /**
     * Writes the tokens and puts the draft in the file's place.
     *
     * @return the file's stamp as of this writing
     * @throws SchwabException {@code TOKEN_FILE} when that fails; the old file is then untouched
     */
    Stamp commit(Tokens tokens) {
      String plain = Json.write(members(tokens));
      String text = cipher == null ? plain : cipher.seal(plain);
      try {
        put(text.getBytes(StandardCharsets.UTF_8));
        Stamp stamp = Stamp.of(temporary);
        Files.move(
            temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel entry = FileChannel.open(directory(), StandardOpenOption.READ)) {
          entry.force(true);
        }
        return stamp;
      } catch (IOException e) {
        throw unusable("cannot be written (" + reason(e) + ")", e);
      }
    }

    private void put(byte[] bytes) throws IOException {
      channel.position(0);
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.truncate(bytes.length);
      channel.force(true);
    }

    /** Removes what did not become the file. */
    @Override
    public void close() {
      try {
        channel.close();
        Files.deleteIfExists(temporary);
      } catch (IOException _) {
        // It holds what the real file holds, with the same mode; the next login does not need it.
      }
    }
  }

  /**
   * Runs alone among all threads and processes of this machine that use this file.
   *
   * @throws SchwabException {@code TIMEOUT} when another kept it for too long, {@code TOKEN_FILE}
   *     when it cannot be locked at all
   */
  <T> T exclusively(Supplier<T> work) {
    ReentrantLock lock = LOCKS.computeIfAbsent(lockPath, _ -> new ReentrantLock());
    lock.lock();
    try {
      if (lock.getHoldCount() > 1) {
        return work.get();
      }
      Files.createDirectories(directory(), attributes(directory(), "rwx------"));
      try (FileChannel channel =
              FileChannel.open(
                  lockPath,
                  Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                  attributes(directory(), "rw-------"));
          FileLock _ = locked(channel)) {
        return work.get();
      }
    } catch (IOException e) {
      throw unusable("cannot be locked (" + reason(e) + ")", e);
    } finally {
      lock.unlock();
    }
  }

  /** Asked for again and again: the blocking form waits for ever on a process that was stopped. */
  private FileLock locked(FileChannel channel) throws IOException {
    long end = System.nanoTime() + LOCK_PATIENCE.toNanos();
    while (true) {
      FileLock lock = tried(channel);
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - end > 0) {
        throw new SchwabException(
            SchwabException.Kind.TIMEOUT,
            "token file " + path + " is locked by another process for too long");
      }
      LockSupport.parkNanos(LOCK_PAUSE.toNanos());
    }
  }

  private static @Nullable FileLock tried(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      // This process holds it under another name of the same file, as through a symbolic link.
      return null;
    }
  }

  /** Encrypts a plain file, unless another process was quicker, perhaps with newer tokens. */
  private Tokens imported() {
    return exclusively(
        () -> {
          JsonNode json = json(text());
          if (cipher != null && TokenCipher.isEnvelope(json)) {
            return tokens(json(open(cipher, json)));
          }
          Tokens tokens = tokens(json);
          write(tokens);
          return tokens;
        });
  }

  @Override
  public String toString() {
    return path.toString();
  }

  private Path directory() {
    Path parent = path.getParent();
    return parent == null ? Path.of("/") : parent;
  }

  private void refuseWideMode() throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    Set<PosixFilePermission> mode = view.readAttributes().permissions();
    if (!OWNER_ONLY.containsAll(mode)) {
      throw unusable(
          "is open to others (%s); type: chmod 600 %s"
              .formatted(PosixFilePermissions.toString(mode), path),
          null);
    }
  }

  private static FileAttribute<?>[] attributes(Path place, String mode) {
    return place.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  private String text() {
    try {
      refuseWideMode();
      if (Files.size(path) > SIZE_MAX) {
        throw unusable("is too long to be a token file", null);
      }
      return Files.readString(path);
    } catch (IOException e) {
      throw unusable("cannot be read (" + reason(e) + ")", e);
    }
  }

  private JsonNode json(String text) {
    try {
      JsonNode json = Json.parse(text);
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException _) {
      // Its message would quote the file.
    }
    throw unusable("is damaged: it is no JSON object; log in again", null);
  }

  private String open(TokenCipher cipher, JsonNode envelope) {
    try {
      return cipher.open(envelope);
    } catch (IllegalArgumentException e) {
      throw unusable(String.valueOf(e.getMessage()), null);
    }
  }

  private Tokens tokens(JsonNode json) {
    String access = Json.text(json, "access_token", "");
    String refresh = Json.text(json, "refresh_token", "");
    if (refresh.isBlank()) {
      throw unusable("holds no refresh_token; log in again", null);
    }
    Instant expiresAt = moment(json, "expires_at");
    return new Tokens(
        access.isBlank() ? null : Secret.of(access),
        Secret.of(refresh),
        expiresAt == null ? Instant.EPOCH : expiresAt,
        Json.text(json, "token_type", "Bearer"),
        moment(json, "login_at"));
  }

  /** RFC 3339, or epoch seconds as a number or text. */
  private @Nullable Instant moment(JsonNode json, String field) {
    String text = Json.text(json, field);
    if (text == null) {
      return null;
    }
    try {
      Long seconds = Json.whole(json, field);
      return seconds == null
          ? OffsetDateTime.parse(text).toInstant()
          : Instant.ofEpochSecond(seconds);
    } catch (DateTimeException _) {
      throw unusable("has a " + field + " that is no RFC 3339 time and no epoch seconds", null);
    }
  }

  private static Map<String, Object> members(Tokens tokens) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (tokens.access() != null) {
      members.put("access_token", tokens.access().reveal());
    }
    members.put("refresh_token", tokens.refresh().reveal());
    members.put("expires_at", tokens.expiresAt().toString());
    members.put("token_type", tokens.tokenType());
    if (tokens.loginAt() != null) {
      members.put("login_at", tokens.loginAt().toString());
    }
    return members;
  }

  private SchwabException unusable(String why, @Nullable Throwable cause) {
    return new SchwabException(
        SchwabException.Kind.TOKEN_FILE, "token file " + path + " " + why, cause);
  }

  /** The operating system's word for it, such as "No space left on device". */
  private static String reason(IOException e) {
    String words = e instanceof FileSystemException named ? named.getReason() : e.getMessage();
    return words == null ? e.getClass().getSimpleName() : words;
  }
}
