package io.alphakite.suite.chaos;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a server on an address that stays, passes bytes on, can cut every connection, and
 * keeps what came from the clients.
 */
final class TcpRelay implements AutoCloseable {
  private final int port;
  private final boolean keeping;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<ByteArrayOutputStream> sent = new CopyOnWriteArrayList<>();
  private volatile ServerSocket listener;
  private volatile int target;

  /**
   * Listens on a free port of loopback.
   *
   * @param keeping whether what clients send is kept, to be looked at
   */
  TcpRelay(boolean keeping) {
    this.keeping = keeping;
    listener = listen(0);
    port = listener.getLocalPort();
  }

  private ServerSocket listen(int wanted) {
    try {
      ServerSocket opened = new ServerSocket();
      opened.setReuseAddress(true);
      opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted), 100);
      Thread.ofVirtual().start(() -> accept(opened));
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  /** Where new connections go from now on. */
  void to(int port) {
    target = port;
  }

  /** Ends every connection there is. */
  void cut() {
    open.forEach(TcpRelay::quietly);
  }

  /** Ends every connection, and refuses new ones until told otherwise. */
  void refuse(boolean now) throws IOException {
    if (now) {
      listener.close();
      cut();
    } else {
      listener = listen(port);
    }
  }

  /** What each client connection sent so far. */
  List<byte[]> sent() {
    return sent.stream()
        .map(
            bytes -> {
              synchronized (bytes) {
                return bytes.toByteArray();
              }
            })
        .toList();
  }

  private void accept(ServerSocket from) {
    while (!from.isClosed()) {
      try {
        Socket client = from.accept();
        Thread.ofVirtual().start(() -> relay(client));
      } catch (IOException _) {
        // Closed, or one connection that was gone already.
      }
    }
  }

  private void relay(Socket client) {
    open.add(client);
    try (client;
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      open.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      ByteArrayOutputStream record = keeping ? new ByteArrayOutputStream() : null;
      if (record != null) {
        sent.add(record);
      }
      Thread back = Thread.ofVirtual().start(() -> copy(server, client, null));
      copy(client, server, record);
      back.join();
      open.remove(server);
    } catch (IOException _) {
      // The server is away: so is this connection.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private static void copy(Socket from, Socket to, @Nullable ByteArrayOutputStream record) {
    byte[] buffer = new byte[16 * 1024];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read;
      while ((read = in.read(buffer)) >= 0) {
        if (record != null) {
          synchronized (record) {
            record.write(buffer, 0, read);
          }
        }
        out.write(buffer, 0, read);
      }
    } catch (IOException _) {
      // Cut: both ends are closed.
    }
  }

  private static void quietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It is gone.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
