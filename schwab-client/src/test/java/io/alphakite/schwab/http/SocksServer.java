package io.alphakite.schwab.http;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A SOCKS 5 proxy on loopback that says it has connected, and does nothing. */
final class SocksServer implements AutoCloseable {

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final AtomicInteger connections = new AtomicInteger();

  SocksServer() throws IOException {
    Thread.ofPlatform().daemon().name("socks-server").start(this::accept);
  }

  Proxy proxy() {
    return new Proxy(Proxy.Type.SOCKS, server.getLocalSocketAddress());
  }

  int connections() {
    return connections.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // The test is over.
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      in.readByte();
      in.skipNBytes(in.readUnsignedByte());
      socket.getOutputStream().write(new byte[] {5, 0});
      // To an address of version 4.
      in.skipNBytes(10);
      socket.getOutputStream().write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0});
      in.skipNBytes(Long.MAX_VALUE);
    } catch (IOException e) {
      // The client has gone.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
