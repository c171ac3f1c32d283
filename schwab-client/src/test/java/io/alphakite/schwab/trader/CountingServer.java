package io.alphakite.schwab.trader;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server of bare sockets on loopback that counts connections and requests and treats each as it
 * was told: what no HTTP server would do.
 */
final class CountingServer implements AutoCloseable {

  /** What it does to a connection. */
  enum Manner {
    /** Resets it before it reads anything. */
    RESET_AT_ONCE,
    /** Reads the whole request, then resets. */
    RESET_AFTER_REQUEST,
    /** Reads the whole request, then closes without a word. */
    CLOSE_AFTER_REQUEST,
    /** Answers 201 with keep-alive, then closes in silence. */
    CLOSE_AFTER_ANSWER
  }

  private final ServerSocket server;
  private final Manner manner;
  private final String answer;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();

  CountingServer(Manner manner, String location) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.manner = manner;
    this.answer =
        "HTTP/1.1 201 Created\r\nLocation: "
            + location
            + "\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n";
    Thread.ofPlatform().daemon().name("counting-server").start(this::serve);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  /** Requests read to their end. */
  int requests() {
    return requests.get();
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> treatAndClose(socket));
      } catch (IOException _) {
        // The test is over.
      }
    }
  }

  private void treatAndClose(Socket socket) {
    try (socket) {
      treat(socket);
    } catch (IOException _) {
      // The client went away.
    }
  }

  private void treat(Socket socket) throws IOException {
    if (manner == Manner.RESET_AT_ONCE) {
      socket.setSoLinger(true, 0);
      return;
    }
    InputStream in = new BufferedInputStream(socket.getInputStream());
    int length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String header = line.toLowerCase(Locale.ROOT);
      if (header.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      }
    }
    in.skipNBytes(length);
    requests.incrementAndGet();
    switch (manner) {
      case RESET_AFTER_REQUEST -> socket.setSoLinger(true, 0);
      case CLOSE_AFTER_ANSWER -> {
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
      }
      case CLOSE_AFTER_REQUEST, RESET_AT_ONCE -> {}
    }
  }

  /**
   * Throws where the client closes without a request, as it does with a connection it kept ready.
   */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      if (c == '\n') {
        return line.toString();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    throw new EOFException();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
