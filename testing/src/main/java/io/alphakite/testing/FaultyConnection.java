package io.alphakite.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a program and a TCP server, and lets the way there fail: cut, hung, or with one
 * answer lost.
 */
public final class FaultyConnection implements AutoCloseable {
  private static final int BUFFER = 16_384;

  private final ServerSocket listening;
  private final String host;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable String> losing = new AtomicReference<>();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile boolean cut;
  private volatile boolean hung;
  private volatile boolean closed;

  /** Passes everything on to this server. */
  public FaultyConnection(String host, int port) {
    this.host = host;
    this.port = port;
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("faulty-connection").start(this::accept);
  }

  /** In front of the server of this address: {@code jdbc:postgresql://host:port/name}. */
  public static FaultyConnection before(String jdbcUrl) {
    String address = jdbcUrl.replaceFirst("^jdbc:postgresql://", "").replaceFirst("/.*$", "");
    int colon = address.lastIndexOf(':');
    return new FaultyConnection(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  /** The same address through this. */
  public String through(String jdbcUrl) {
    return jdbcUrl.replaceFirst(
        "//[^/]+/",
        "//" + listening.getInetAddress().getHostAddress() + ":" + listening.getLocalPort() + "/");
  }

  /** Ends all connections and refuses new ones, until {@link #mend}. */
  public void cut() {
    cut = true;
    closeAll();
  }

  /** Passes nothing on and ends nothing, until {@link #mend}: a network that swallows all. */
  public void hang() {
    hung = true;
  }

  /** Whether nothing passes now. */
  public boolean isAway() {
    return cut || hung;
  }

  /** All is well again; connections that hung are ended. */
  public void mend() {
    cut = false;
    if (hung) {
      hung = false;
      closeAll();
    }
  }

  /**
   * The next request with these ASCII characters arrives; its answer does not, and its connection
   * ends.
   */
  public void loseAnswerTo(String request) {
    losing.set(request);
  }

  /** How many answers were lost. */
  public int lost() {
    return lost.get();
  }

  @Override
  public void close() {
    closed = true;
    closeQuietly(listening);
    closeAll();
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = listening.accept();
        if (cut) {
          closeQuietly(client);
          continue;
        }
        Socket server = new Socket(host, port);
        open.add(client);
        open.add(server);
        Pair pair = new Pair(client, server);
        Thread.ofVirtual().start(() -> pair.pass(client, server, true));
        Thread.ofVirtual().start(() -> pair.pass(server, client, false));
      } catch (IOException e) {
        // Closed, or the server is not there: the next one may do better.
      }
    }
  }

  private void closeAll() {
    open.forEach(FaultyConnection::closeQuietly);
    open.clear();
  }

  private static void closeQuietly(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }

  /** One client's connection. */
  private final class Pair {
    private final Socket client;
    private final Socket server;
    private volatile boolean losesAnswer;

    Pair(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void pass(Socket from, Socket to, boolean request) {
      byte[] bytes = new byte[BUFFER];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int count = in.read(bytes); count > 0; count = in.read(bytes)) {
          if (hung) {
            continue;
          }
          String wanted = losing.get();
          if (request
              && wanted != null
              && new String(bytes, 0, count, StandardCharsets.ISO_8859_1).contains(wanted)
              && losing.compareAndSet(wanted, null)) {
            losesAnswer = true;
          }
          if (!request && losesAnswer) {
            lost.incrementAndGet();
            break;
          }
          out.write(bytes, 0, count);
        }
      } catch (IOException e) {
        // Ended by one side or by us.
      }
      closeQuietly(client);
      closeQuietly(server);
      open.remove(client);
      open.remove(server);
    }
  }
}
