package io.alphakite.schwab.http;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections that are opened before an order needs them, TCP and TLS, and that nothing was ever
 * sent on. Each carries one request and is closed, so none is stale in the sense in which a kept
 * one is: no client can be tempted to send twice. One that the server closes meanwhile is noticed,
 * thrown away and replaced; between the last look at it and the first byte nothing else happens.
 *
 * <p>Safe for use by many threads. Each connection has a daemon thread, which waits and then sends.
 */
final class ReadyConnections implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ReadyConnections.class);

  /** So many stand ready; further orders at the same moment open their own. */
  static final int KEPT = 2;

  /**
   * A connection that died in silence, as after a suspend or a change of network, looks as if it
   * stood: none is used that is older.
   */
  static final Duration AGE_MAX = Duration.ofSeconds(20);

  /** One that stood this long was worth opening: the next is opened without a pause. */
  static final Duration WORTH = Duration.ofSeconds(5);

  private static final Duration PAUSE_MAX = Duration.ofSeconds(60);

  private final OkHttpClient client;
  private final HttpUrl base;
  private final Duration limit;
  private final InstantSource wall;
  private final MonotonicClock clock;
  private final List<Slot> slots;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Begins to open them.
   *
   * @param client from {@link HttpClients#ready}
   * @param base where to
   * @param limit from handing a request over to the end of its answer
   * @param wall tells their age together with the clock, which a suspended machine holds up
   */
  ReadyConnections(
      OkHttpClient client, HttpUrl base, Duration limit, InstantSource wall, MonotonicClock clock) {
    this.client = client;
    this.base = base;
    this.limit = limit;
    this.wall = wall;
    this.clock = clock;
    this.slots = IntStream.range(0, KEPT).mapToObj(Slot::new).toList();
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
    long begun = clock.nanos();
    Duration left = limit;
    for (Slot slot : slots) {
      if (!ours || Thread.currentThread().isInterrupted()) {
        return Optional.empty();
      }
      ReadyConnection.Errand errand = new ReadyConnection.Errand(request, gate);
      Duration now = left;
      Optional<OneShot.Fate> fate =
          slot.take(errand).flatMap(connection -> connection.await(errand, now));
      if (fate.isPresent()) {
        return fate;
      }
      left = limit.minusNanos(clock.nanos() - begun);
      if (!left.isPositive()) {
        return Optional.of(new OneShot.Fate.NeverSent("no time left"));
      }
    }
    return Optional.empty();
  }

  /** Replaces those that nobody uses: what made another call fail may have ended them too. */
  void retire() {
    slots.forEach(Slot::retire);
  }

  /** How many are still kept up; fewer than {@link #KEPT} when this way cannot have them. */
  int kept() {
    return (int) slots.stream().filter(Slot::runs).count();
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

  /**
   * How long a connection may stand that stands from now on: between half of {@link #AGE_MAX} and
   * all of it, to a moment at which no connection of another place is replaced, so that they never
   * end together however they began.
   */
  static Duration lifetime(int place, long nanos) {
    long turn = AGE_MAX.toNanos() / 2;
    return AGE_MAX.minusNanos(Math.floorMod(nanos - turn * place / KEPT, turn));
  }

  /** The place of one connection: when it is used or over, the next is opened. */
  private final class Slot {

    private final int place;
    private final Thread thread =
        Thread.ofPlatform().daemon().name("schwab-ready").unstarted(this::run);
    private volatile @Nullable ReadyConnection connection;

    Slot(int place) {
      this.place = place;
    }

    void start() {
      thread.start();
    }

    boolean runs() {
      return thread.isAlive();
    }

    private void run() {
      int failures = 0;
      while (!over(pause(failures))) {
        long begun = clock.nanos();
        ReadyConnection next = new ReadyConnection(client, base, this::lifetime);
        connection = next;
        if (over(Duration.ZERO)) {
          return;
        }
        boolean used = live(next);
        if (next.impossible()) {
          log.warn("a SOCKS proxy is in the way: each order opens a connection of its own");
          return;
        }
        boolean worth = used || clock.nanos() - begun >= WORTH.toNanos();
        failures = worth ? 0 : failures + 1;
      }
    }

    private Lifetime lifetime() {
      return new Lifetime(wall, clock, ReadyConnections.lifetime(place, clock.nanos()));
    }

    /** An order's gate runs in it and may throw what it likes, or interrupt this thread. */
    private boolean live(ReadyConnection next) {
      try {
        return next.live();
      } catch (Error e) {
        log.error("a connection that was ready for orders failed; the next is opened", e);
        return false;
      } finally {
        Thread.interrupted();
      }
    }

    private boolean over(Duration wait) {
      try {
        return closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        // Nobody's business but an old gate's.
        return closed.getCount() == 0;
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

    void retire() {
      ReadyConnection now = connection;
      if (now != null && now.standing()) {
        now.end();
      }
    }

    void end() {
      ReadyConnection now = connection;
      if (now != null) {
        now.end();
      }
    }
  }
}
