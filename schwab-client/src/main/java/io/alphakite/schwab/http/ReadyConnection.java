package io.alphakite.schwab.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocket;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One connection from its opening to its end. It is a call of OkHttp's that is held up where its
 * connection stands and nothing of a request is written; when an errand comes, the errand's request
 * goes out in place of the one that the call began with, which is never sent.
 */
final class ReadyConnection {

  /** A request that looks for a connection; its fate is empty when not a byte of it was sent. */
  static final class Errand {
    private final Request request;
    private final BooleanSupplier gate;
    private final CompletableFuture<Optional<OneShot.Fate>> fate = new CompletableFuture<>();

    Errand(Request request, BooleanSupplier gate) {
      this.request = request;
      this.gate = gate;
    }
  }

  private static final RequestBody NEVER_SENT =
      OneShot.body("", MediaType.get("application/octet-stream"));
  private static final int TLS_LOOK_MILLIS = 1;

  private final Supplier<Lifetime> lifetimes;
  private final Call call;
  private final List<SocketChannel> channels = new CopyOnWriteArrayList<>();
  private final Object lock = new Object();
  // Guarded by the lock.
  private @Nullable Selector standing;
  private @Nullable Errand errand;
  private boolean ended;
  private boolean begun;
  private boolean impossible;
  private volatile boolean writing;

  /**
   * Prepares it; {@link #live} opens it.
   *
   * @param lifetimes asked when it stands: how long it may
   */
  ReadyConnection(OkHttpClient client, HttpUrl base, Supplier<Lifetime> lifetimes) {
    this.lifetimes = lifetimes;
    OkHttpClient.Builder builder =
        client
            .newBuilder()
            .socketFactory(new Channels(channels))
            .eventListener(
                new EventListener() {
                  @Override
                  public void requestHeadersStart(Call call) {
                    writing = true;
                  }
                });
    // First, so that what looks at answers sees the errand's own.
    builder.networkInterceptors().addFirst(this::hold);
    this.call = builder.build().newCall(new Request.Builder().url(base).post(NEVER_SENT).build());
  }

  /** Opens it, waits for an errand, runs it; whether there was one. Blocks for all of that. */
  boolean live() {
    Optional<OneShot.Fate> fate = Optional.of(new OneShot.Fate.Lost("failed while being sent"));
    try (Response response = HttpClients.execute(call)) {
      fate = Optional.of(new OneShot.Fate.Answered(Answer.of(response)));
    } catch (IOException | RuntimeException e) {
      fate = fate(e);
    } finally {
      Errand ran = finish();
      if (ran != null) {
        ran.fate.complete(fate);
      }
    }
    return begun;
  }

  private Optional<OneShot.Fate> fate(Exception e) {
    if (writing) {
      return Optional.of(new OneShot.Fate.Lost(e.getClass().getSimpleName()));
    }
    return e instanceof OneShot.GateClosedException
        ? Optional.of(OneShot.GateClosedException.FATE)
        : Optional.empty();
  }

  private @Nullable Errand finish() {
    synchronized (lock) {
      standing = null;
      ended = true;
      return errand;
    }
  }

  /** Whether it ended because none can be watched on this way; asked when its life is over. */
  boolean impossible() {
    return impossible;
  }

  boolean standing() {
    synchronized (lock) {
      return standing != null && errand == null && !ended;
    }
  }

  /** Gives it the errand if it stands and has none; {@link #await} tells its fate. */
  boolean take(Errand wanted) {
    synchronized (lock) {
      if (standing == null || errand != null || ended) {
        return false;
      }
      errand = wanted;
      standing.wakeup();
      return true;
    }
  }

  /** Waits for an errand's fate; empty when not a byte of it was sent. */
  Optional<OneShot.Fate> await(Errand taken, Duration limit) {
    boolean interrupted = false;
    try {
      return taken.fate.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (ExecutionException | TimeoutException e) {
      // What is known of its fate is known when the call has ended.
    }
    call.cancel();
    try {
      return taken.fate.join();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Closes it, unless it has an errand. */
  void end() {
    synchronized (lock) {
      ended = true;
      if (errand != null) {
        return;
      }
      if (standing != null) {
        standing.wakeup();
        return;
      }
    }
    call.cancel();
  }

  /** Stands between the connection and the request. */
  private Response hold(Interceptor.Chain chain) throws IOException {
    if (begun) {
      throw new IOException("would be sent again");
    }
    Socket socket = Objects.requireNonNull(chain.connection(), "it stands").socket();
    Request request;
    Lifetime lifetime = lifetimes.get();
    try (Watch watch = new Watch(channel(socket))) {
      Errand mine = wait(watch, socket, lifetime);
      begun = true;
      request = dressed(mine.request, chain.request());
      if (!mine.gate.getAsBoolean()) {
        throw new OneShot.GateClosedException();
      }
      // Looked at last: whatever the server has said or done by now, it has heard nothing.
      if (lifetime.over() || watch.heard(0)) {
        throw new IOException("too old, or closed while it waited");
      }
    }
    return chain.proceed(request);
  }

  /** The connection's own channel; TLS has it wrapped, but keeps its port. */
  private SocketChannel channel(Socket socket) throws IOException {
    return channels.stream()
        .filter(channel -> channel.socket().getLocalPort() == socket.getLocalPort())
        .findFirst()
        .orElseThrow(this::notOurs);
  }

  private IOException notOurs() {
    impossible = true;
    return new IOException("not a socket of ours: OkHttp makes its own behind a SOCKS proxy");
  }

  private Errand wait(Watch watch, Socket socket, Lifetime lifetime) throws IOException {
    synchronized (lock) {
      standing = watch.selector;
    }
    try {
      while (true) {
        synchronized (lock) {
          if (lifetime.over()) {
            throw new IOException("too old");
          }
          if (errand != null) {
            return errand;
          }
          if (ended) {
            throw new IOException("not used");
          }
        }
        if (watch.heard(Math.max(1, lifetime.left().toMillis()))
            && !(socket instanceof SSLSocket && quiet(watch, socket))) {
          throw new IOException("closed by the server");
        }
      }
    } finally {
      synchronized (lock) {
        // From here on nobody can hand an errand over.
        standing = null;
      }
    }
  }

  /** Takes in what TLS itself was told, such as tickets; false when there was anything else. */
  private static boolean quiet(Watch watch, Socket socket) throws IOException {
    watch.stop();
    int timeout = socket.getSoTimeout();
    try {
      socket.setSoTimeout(TLS_LOOK_MILLIS);
      // A byte before any request, or the end of the stream.
      socket.getInputStream().read();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } finally {
      socket.setSoTimeout(timeout);
      watch.begin();
    }
  }

  /** The errand's request with the headers that OkHttp had given the one it stands in for. */
  private static Request dressed(Request request, Request bare) throws IOException {
    Request.Builder dressed = request.newBuilder();
    for (String name : List.of("Host", "Connection", "Accept-Encoding", "User-Agent")) {
      dressed.header(name, Objects.requireNonNull(bare.header(name), name));
    }
    RequestBody body = request.body();
    if (body != null) {
      dressed.header("Content-Length", Long.toString(body.contentLength()));
      if (body.contentType() != null) {
        dressed.header("Content-Type", body.contentType().toString());
      }
    }
    return dressed.build();
  }

  /** Tells whether the other end was heard, without taking in what it said. */
  private static final class Watch implements AutoCloseable {

    private final SocketChannel channel;
    private final Selector selector;

    Watch(SocketChannel channel) throws IOException {
      this.channel = channel;
      this.selector = Selector.open();
      begin();
    }

    void begin() throws IOException {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
    }

    /** Whether there is something to read, or the end; waits for it, 0 for not at all. */
    boolean heard(long millis) throws IOException {
      int heard = millis == 0 ? selector.selectNow() : selector.select(millis);
      selector.selectedKeys().clear();
      return heard > 0;
    }

    /** The socket can be used again. */
    void stop() throws IOException {
      selector.keys().forEach(SelectionKey::cancel);
      selector.selectNow();
      channel.configureBlocking(true);
    }

    @Override
    public void close() throws IOException {
      try (selector) {
        stop();
      }
    }
  }

  /** Makes sockets whose channels are known; OkHttp connects them itself. */
  private static final class Channels extends SocketFactory {

    private final List<SocketChannel> opened;

    Channels(List<SocketChannel> opened) {
      this.opened = opened;
    }

    @Override
    public Socket createSocket() throws IOException {
      SocketChannel channel = SocketChannel.open();
      opened.add(channel);
      return channel.socket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      throw connects();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      throw connects();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      throw connects();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      throw connects();
    }

    private static IOException connects() {
      return new IOException("OkHttp connects its sockets itself");
    }
  }
}
