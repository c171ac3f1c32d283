package io.alphakite.schwab.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;

/** The ways of talking to Schwab, each with what it must not do switched off. */
public final class HttpClients {

  private HttpClients() {}

  /** For reads: connections are kept, redirects are not followed (Schwab's API has none). */
  public static OkHttpClient reads(SimulatorMark mark, ClockSkew skew, Duration callTimeout) {
    return base(mark, skew, callTimeout).build();
  }

  /**
   * For what must reach Schwab at most once (orders, token refresh): every call has a connection of
   * its own, so that no stale pooled one invites a silent second sending; no retry, no redirect,
   * HTTP/1.1. Bodies must be one-shot as well, since OkHttp otherwise answers a 503 with {@code
   * Retry-After: 0} by sending again.
   */
  public static OkHttpClient once(SimulatorMark mark, ClockSkew skew, Duration callTimeout) {
    return base(mark, skew, callTimeout)
        .retryOnConnectionFailure(false)
        .protocols(List.of(Protocol.HTTP_1_1))
        // None is kept. The time is how often OkHttp looks after those that are in use.
        .connectionPool(new ConnectionPool(0, 1, TimeUnit.MINUTES))
        .build();
  }

  /**
   * For {@link ReadyConnections}: as {@link #once}, but a call lasts for as long as it waits, and
   * the clock is compared from the request on.
   */
  public static OkHttpClient ready(SimulatorMark mark, ClockSkew skew, Duration timeout) {
    OkHttpClient.Builder ready =
        once(mark, skew, timeout)
            .newBuilder()
            .callTimeout(Duration.ZERO)
            .addNetworkInterceptor(skew);
    ready.interceptors().remove(skew);
    return ready.build();
  }

  /** The same client, which tells somebody when a call fails without an answer. */
  public static OkHttpClient telling(OkHttpClient client, Runnable failed) {
    OkHttpClient.Builder telling = client.newBuilder();
    telling
        .interceptors()
        .addFirst(
            chain -> {
              try {
                return chain.proceed(chain.request());
              } catch (IOException e) {
                failed.run();
                throw e;
              }
            });
    return telling.build();
  }

  /**
   * For the streamer. No pings of our own: while the consumer holds the reader back a pong could
   * not be seen, and the connection would be given up for our own slowness.
   */
  public static OkHttpClient sockets(Duration connectTimeout) {
    return new OkHttpClient.Builder()
        .dispatcher(daemons())
        .connectTimeout(connectTimeout)
        .readTimeout(Duration.ZERO)
        .pingInterval(Duration.ZERO)
        .retryOnConnectionFailure(false)
        .followRedirects(false)
        .followSslRedirects(false)
        .protocols(List.of(Protocol.HTTP_1_1))
        .build();
  }

  /**
   * Executes the call. OkHttp lets an InterruptedException out of its race for a connection
   * although no signature says so; here it becomes what it is elsewhere, with the interrupt flag
   * set.
   */
  static Response execute(Call call) throws IOException {
    try {
      return call.execute();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private static OkHttpClient.Builder base(
      SimulatorMark mark, ClockSkew skew, Duration callTimeout) {
    return new OkHttpClient.Builder()
        .dispatcher(daemons())
        .addInterceptor(mark)
        .addInterceptor(skew)
        .callTimeout(callTimeout)
        .connectTimeout(callTimeout)
        .readTimeout(callTimeout)
        .writeTimeout(callTimeout)
        .followRedirects(false)
        .followSslRedirects(false);
  }

  /** OkHttp's own threads would keep the process alive for a minute after its last call. */
  private static Dispatcher daemons() {
    return new Dispatcher(
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("schwab-http-", 0).factory()));
  }
}
