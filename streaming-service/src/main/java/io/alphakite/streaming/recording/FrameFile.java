package io.alphakite.streaming.recording;

import io.alphakite.schwab.stream.RecordedFrame;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The form of a recording: gzip around, for each frame, a line {@code receivedMillis generation
 * bytes}, the frame's bytes as they came (UTF-8), and a line feed. A file that was cut off is read
 * up to its last whole frame.
 */
final class FrameFile {
  private static final int BUFFER = 1 << 15;
  private static final int HEAD_MAX = 64;
  private static final int FRAME_MAX = 32 << 20;

  private FrameFile() {}

  /** Writes one. */
  static final class Writer implements AutoCloseable {
    private final Counting file;
    private final OutputStream out;

    Writer(Path path) throws IOException {
      this.file = new Counting(Files.newOutputStream(path));
      // Flushed, a file that a killed process left behind can be read up to there.
      this.out = new GZIPOutputStream(file, BUFFER, true);
    }

    void write(RecordedFrame frame) throws IOException {
      byte[] text = frame.text().getBytes(StandardCharsets.UTF_8);
      String head =
          frame.receivedAt().toEpochMilli() + " " + frame.generation() + " " + text.length + "\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(text);
      out.write('\n');
    }

    void flush() throws IOException {
      out.flush();
    }

    /** On disk so far; what is not flushed yet is not counted. */
    long bytes() {
      return file.bytes;
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  /** Reads one. */
  static final class Reader implements AutoCloseable {
    private final InputStream in;

    Reader(Path path) throws IOException {
      InputStream raw = new BufferedInputStream(Files.newInputStream(path), BUFFER);
      try {
        this.in = new BufferedInputStream(new GZIPInputStream(raw, BUFFER), BUFFER);
      } catch (EOFException e) {
        raw.close();
        throw e;
      }
    }

    /** Null at the end, and where the file was cut off. */
    @Nullable RecordedFrame next() throws IOException {
      try {
        String head = head();
        if (head == null) {
          return null;
        }
        String[] parts = head.split(" ", -1);
        int length = Integer.parseInt(parts[2]);
        if (length < 0 || length > FRAME_MAX) {
          throw new IOException("a frame of " + length + " bytes");
        }
        byte[] text = in.readNBytes(length);
        if (text.length < length || in.read() != '\n') {
          return null;
        }
        return new RecordedFrame(
            Long.parseLong(parts[1]),
            Instant.ofEpochMilli(Long.parseLong(parts[0])),
            new String(text, StandardCharsets.UTF_8));
      } catch (EOFException | ZipException _) {
        return null;
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new IOException("no recording of frames", e);
      }
    }

    private @Nullable String head() throws IOException {
      StringBuilder head = new StringBuilder(HEAD_MAX);
      int next = in.read();
      while (next >= 0 && next != '\n') {
        if (head.length() == HEAD_MAX) {
          throw new IOException("no recording of frames");
        }
        head.append((char) next);
        next = in.read();
      }
      return next < 0 ? null : head.toString();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private static final class Counting extends OutputStream {
    private final OutputStream out;
    private long bytes;

    Counting(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      bytes++;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      out.write(from, offset, length);
      bytes += length;
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
