package io.alphakite.schwab.stream;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.SocketFactory;
import okhttp3.OkHttpClient;

/**
 * Gives one connection up whose message does not end: OkHttp itself collects a message of any size.
 * The bytes are counted on the socket since the last whole message, so the limit is met within some
 * kilobytes. Compression is not offered, since behind it a few bytes could be any number.
 */
final class SizeLimit extends SocketFactory {

  private final long bytesMax;
  private final AtomicLong sinceMessage = new AtomicLong();
  private volatile boolean exceeded;

  SizeLimit(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** The same client with this limit on its next connection. */
  OkHttpClient on(OkHttpClient client) {
    return client
        .newBuilder()
        .socketFactory(this)
        .addInterceptor(
            chain ->
                chain.proceed(
                    chain.request().newBuilder().removeHeader("Sec-WebSocket-Extensions").build()))
        .build();
  }

  /** A message came to its end. */
  void messageRead() {
    sinceMessage.set(0);
  }

  boolean isExceeded() {
    return exceeded;
  }

  @Override
  public Socket createSocket() {
    return new LimitedSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    throw new IOException("only from any local address");
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    throw new IOException("only from any local address");
  }

  private Socket connected(InetSocketAddress address) throws IOException {
    Socket socket = createSocket();
    socket.connect(address);
    return socket;
  }

  private final class LimitedSocket extends Socket {
    @Override
    public InputStream getInputStream() throws IOException {
      return new LimitedInput(super.getInputStream());
    }
  }

  private final class LimitedInput extends FilterInputStream {

    LimitedInput(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      count(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      count(Math.max(count, 0));
      return count;
    }

    private void count(int bytes) throws IOException {
      if (sinceMessage.addAndGet(bytes) > bytesMax) {
        exceeded = true;
        throw new IOException("a message of more than " + bytesMax + " bytes");
      }
    }
  }
}
