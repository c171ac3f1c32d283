package io.alphakite.db;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import javax.net.SocketFactory;

/**
 * Sockets on which a look whether more has come takes no time. The driver hands a notification on
 * only after it has looked for a further one, by a read that waits a millisecond: as long as all
 * else on a notification's way.
 */
public final class PromptSocketFactory extends SocketFactory {

  /** The limit of the driver's look; it has no other that is as short. */
  private static final int LOOK_MILLIS = 1;

  /** Called by the driver, by name. */
  public PromptSocketFactory() {}

  @Override
  public Socket createSocket() {
    return new PromptSocket();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw onlyUnconnected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    throw onlyUnconnected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw onlyUnconnected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    throw onlyUnconnected();
  }

  /** The driver connects by itself, with its own limit. */
  private static IOException onlyUnconnected() {
    return new IOException("only sockets that are not connected yet");
  }

  private static final class PromptSocket extends Socket {
    private volatile boolean looking;

    @Override
    public void setSoTimeout(int millis) throws SocketException {
      super.setSoTimeout(millis);
      looking = millis == LOOK_MILLIS;
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read() throws IOException {
          look();
          return super.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
          look();
          return super.read(into, offset, length);
        }

        private void look() throws IOException {
          if (looking && available() == 0) {
            throw new SocketTimeoutException("nothing has come");
          }
        }
      };
    }
  }
}
