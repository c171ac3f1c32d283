package io.alphakite.schwab.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A server on loopback, with TLS or without, that ends each connection when it was told to, and
 * counts on how many a request began and on how many one came whole.
 */
final class AwkwardServer implements AutoCloseable {

  static final int NEVER = Integer.MAX_VALUE;
  static final String DATE = "Mon, 07 Oct 2013 13:30:00 GMT";

  /**
   * What becomes of a connection.
   *
   * @param bytes of a request that are read before it ends, or all of it; {@link #NEVER} leaves the
   *     end to the client
   * @param answers whether a whole request is answered
   */
  record Plan(int bytes, boolean reset, boolean answers) {
    static final Plan GOOD = new Plan(NEVER, false, true);

    /** Takes everything and says nothing, as a way that has died. */
    static final Plan SILENT = new Plan(NEVER, false, false);
  }

  private final ServerSocket server;
  private final IntFunction<Plan> plans;
  private final String scheme;
  private final Map<Socket, Thread> open = new ConcurrentHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger whole = new AtomicInteger();

  /**
   * Starts it.
   *
   * @param tls null for plain text
   * @param plans by the number of the connection, from 0
   */
  AwkwardServer(@Nullable SSLContext tls, IntFunction<Plan> plans) throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    this.server =
        tls == null
            ? new ServerSocket(0, 50, here)
            : tls.getServerSocketFactory().createServerSocket(0, 50, here);
    this.scheme = tls == null ? "http" : "https";
    this.plans = plans;
    Thread.ofPlatform().daemon().name("awkward-server").start(this::accept);
  }

  String url() {
    return scheme + "://127.0.0.1:" + server.getLocalPort();
  }

  /** Connections that were accepted and that {@link #hangUp} knows. */
  int connections() {
    return connections.get();
  }

  /** Connections on which a byte of a request came. */
  int begun() {
    return begun.get();
  }

  /** Requests that came whole. */
  int whole() {
    return whole.get();
  }

  /** Ends all connections that are open now; they have ended when it returns. */
  void hangUp(boolean reset) {
    Map.copyOf(open)
        .forEach(
            (socket, reader) -> {
              end(socket, reset);
              try {
                // A socket that somebody reads is closed for good when that one has left.
                reader.join();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Plan plan = plans.apply(connections.get());
        Thread reader = Thread.ofVirtual().unstarted(() -> serve(socket, plan));
        open.put(socket, reader);
        reader.start();
        connections.incrementAndGet();
      } catch (IOException e) {
        // The client went away, or the test is over.
      }
    }
  }

  private void serve(Socket socket, Plan plan) {
    try {
      StringBuilder request = new StringBuilder();
      InputStream in = socket.getInputStream();
      for (int i = 0; i < plan.bytes(); i++) {
        int read = in.read();
        if (read < 0) {
          break;
        }
        if (i == 0) {
          begun.incrementAndGet();
        }
        request.append((char) read);
        if (isWhole(request)) {
          whole.incrementAndGet();
          request.setLength(0);
          if (plan.answers()) {
            socket
                .getOutputStream()
                .write(
                    ("HTTP/1.1 201 Created\r\nDate: " + DATE + "\r\nContent-Length: 0\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
          } else if (plan.bytes() != NEVER) {
            break;
          }
        }
      }
    } catch (IOException e) {
      // Ended by one of us.
    } finally {
      end(socket, plan.reset());
    }
  }

  private static boolean isWhole(StringBuilder request) {
    int head = request.indexOf("\r\n\r\n");
    if (head < 0) {
      return false;
    }
    String headers = request.substring(0, head).toLowerCase(Locale.ROOT);
    int length =
        headers
            .lines()
            .filter(line -> line.startsWith("content-length:"))
            .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
            .findFirst()
            .orElse(0);
    return request.length() == head + 4 + length;
  }

  private void end(Socket socket, boolean reset) {
    open.remove(socket);
    try (socket) {
      if (reset) {
        socket.setSoLinger(true, 0);
      }
    } catch (SocketException e) {
      // It is closed.
    } catch (IOException e) {
      // The other end was faster.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    hangUp(false);
  }
}
