package io.alphakite.schwab.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Connections that are opened before an order needs them, TCP and TLS, and that nothing was ever
 * sent on. Each carries one request and is closed, so none is stale in the sense in which a kept
 * one is: no client can be tempted to send twice. One that the server closes meanwhile is noticed,
 * thrown away and replaced; between the last look at it and the first byte nothing else happens.
 *
 * <p>Safe for use by many threads. Each connection has a daemon thread, which waits and then sends.
 */
final class ReadyConnections implements AutoCloseable {

  /** So many stand ready; further orders at the same moment open their own. */
  static final int KEPT = 2;

  /** An idle connection is replaced before a router on the way may have forgotten it. */
  private static final Duration AGE_MAX = Duration.ofSeconds(50);

  /** One that stood this long was worth opening: the next is opened without a pause. */
  private static final Duration WORTH = Duration.ofSeconds(5);

  private static final Duration PAUSE_MAX = Duration.ofSeconds(60);

  private final OkHttpClient client;
  private final HttpUrl base;
  private final Duration limit;
  private final List<Slot> slots;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Begins to open them.
   *
   * @param client from {@link HttpClients#ready}
   * @param base where to
   * @param limit from handing a request over to the end of its answer
   */
  ReadyConnections(OkHttpClient client, HttpUrl base, Duration limit) {
    this.client = client;
    this.base = base;
    this.limit = limit;
    this.slots = Stream.generate(Slot::new).limit(KEPT).toList();
    slots.forEach(Slot::start);
  }

  /**
   * Sends the request on one of them.
   *
   * @param gate asked when everything else is done, right before the first byte
   * @return empty when none was usable: then not a byte was sent, and the gate may have been asked
   */
  Optional<OneShot.Fate> send(Request request, BooleanSupplier gate) {
    HttpUrl url = request.url();
    boolean ours =
        url.scheme().equals(base.scheme())
            && url.host().equals(base.host())
            && url.port() == base.port();
    if (!ours || Thread.currentThread().isInterrupted()) {
      return Optional.empty();
    }
    for (Slot slot : slots) {
      ReadyConnection.Errand errand = new ReadyConnection.Errand(request, gate);
      Optional<OneShot.Fate> fate =
          slot.take(errand).flatMap(connection -> connection.await(errand, limit));
      if (fate.isPresent()) {
        return fate;
      }
    }
    return Optional.empty();
  }

  /** How many stand ready now. */
  int standing() {
    return (int) slots.stream().filter(Slot::standing).count();
  }

  /** Opens no more, and closes those that nobody uses. */
  @Override
  public void close() {
    closed.countDown();
    slots.forEach(Slot::end);
  }

  /**
   * How long to wait before the next is opened, after so many in a row that came to nothing: 1, 2,
   * 4 … 60 s.
   */
  static Duration pause(int failures) {
    Duration pause = Duration.ofSeconds(failures == 0 ? 0 : 1L << Math.min(failures - 1, 6));
    return pause.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : pause;
  }

  /** The place of one connection: when it is used or over, the next is opened. */
  private final class Slot {

    private volatile @Nullable ReadyConnection connection;

    void start() {
      Thread.ofPlatform().daemon().name("schwab-ready").start(this::run);
    }

    private void run() {
      int failures = 0;
      while (!over(pause(failures))) {
        long begun = System.nanoTime();
        ReadyConnection next = new ReadyConnection(client, base, AGE_MAX);
        connection = next;
        if (over(Duration.ZERO)) {
          return;
        }
        boolean used = next.live();
        boolean worth = used || System.nanoTime() - begun >= WORTH.toNanos();
        failures = worth ? 0 : failures + 1;
      }
    }

    private boolean over(Duration wait) {
      try {
        return closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        return true;
      }
    }

    Optional<ReadyConnection> take(ReadyConnection.Errand errand) {
      ReadyConnection now = connection;
      return now != null && now.take(errand) ? Optional.of(now) : Optional.empty();
    }

    boolean standing() {
      ReadyConnection now = connection;
      return now != null && now.standing();
    }

    void end() {
      ReadyConnection now = connection;
      if (now != null) {
        now.end();
      }
    }
  }
}
