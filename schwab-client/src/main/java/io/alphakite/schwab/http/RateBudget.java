package io.alphakite.schwab.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often Schwab may be asked: one budget for all calls of one process, market data and trader
 * together. Safe for use by many threads.
 *
 * <p>A bucket of tokens: its size and what flows into it in a minute are together the limit, so
 * that no minute, wherever it begins, sees more calls than {@link Settings#requestsPerMinute}. A
 * quarter of the bucket is kept for orders. Reads wait their turn, first come first served, and are
 * refused when that would take longer than {@link Settings#readWaitMax}; orders, cancels and token
 * refreshes never wait: they take from the same bucket, below its bottom if need be, and the reads
 * after them make up for it.
 *
 * <p>Writes of orders have a second limit, which Schwab sets for each app and account. 30 of it
 * (half of a smaller one) are left to cancels; a write above the limit is refused here rather than
 * sent.
 *
 * <p>A 429 to a read holds back all reads: for as long as {@code Retry-After} says, else for 1, 2,
 * 4 ... seconds with full jitter. A 429 to an order holds back nothing here: it speaks of the write
 * limit, and whoever sent the order decides (the limits themselves: reference 2.3).
 *
 * <p>Schwab counts per app, this class per process: two processes must be given shares that add up
 * to the app's limit.
 */
public final class RateBudget {

  /**
   * The limits.
   *
   * @param requestsPerMinute of all kinds together, 1 to 60,000; 120 is what Schwab's users found
   *     to be tolerated for one app
   * @param ordersPerMinute POST, PUT and DELETE of orders per account, 0 to 60,000; Schwab allows 0
   *     to 120, as chosen when the app was registered
   * @param readWaitMax the longest a read waits for its turn
   * @param backOffBase the first pause after a 429 without {@code Retry-After}
   * @param backOffMax the longest such pause, and the longest {@code Retry-After} believed
   */
  public record Settings(
      int requestsPerMinute,
      int ordersPerMinute,
      Duration readWaitMax,
      Duration backOffBase,
      Duration backOffMax) {

    /** What one app may ask of Schwab in all, when one process has it to itself. */
    public static final Settings SCHWAB =
        new Settings(120, 120, Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofHours(1));

    /** For a simulator, whose market may run a thousand times as fast. */
    public static final Settings SIMULATOR =
        new Settings(
            6_000, 6_000, Duration.ofSeconds(20), Duration.ofMillis(50), Duration.ofHours(1));

    public Settings {
      if (requestsPerMinute < 1 || requestsPerMinute > 60_000) {
        throw new IllegalArgumentException("requests per minute: 1 to 60000");
      }
      if (ordersPerMinute < 0 || ordersPerMinute > 60_000) {
        throw new IllegalArgumentException("orders per minute: 0 to 60000");
      }
    }

    /** These limits with another share of the requests. */
    public Settings withRequestsPerMinute(int requests) {
      return new Settings(requests, ordersPerMinute, readWaitMax, backOffBase, backOffMax);
    }

    /** These limits with another limit of order writes. */
    public Settings withOrdersPerMinute(int orders) {
      return new Settings(requestsPerMinute, orders, readWaitMax, backOffBase, backOffMax);
    }
  }

  /** What a write does to an order. */
  public enum Write {
    /** POST or PUT: it can add risk. */
    PLACE,
    /** DELETE: it can only take risk away. */
    CANCEL
  }

  /**
   * The budget as it stands.
   *
   * @param available tokens in the bucket; below zero is what waiting reads have spoken for
   * @param reserved tokens that reads leave to orders
   * @param reads admitted since the start
   * @param places admitted since the start
   * @param cancels admitted since the start
   * @param others admitted since the start: token refreshes and the like
   * @param waited reads that had to wait
   * @param waitedFor by all of them together
   * @param refusedReads whose turn would have come too late
   * @param refusedWrites above the limit of order writes
   * @param throttled reads answered with 429
   * @param pausedFor how long reads are still held back by a 429; zero when they are not
   * @param ordersInLastMinute order writes of the busiest account
   */
  public record Usage(
      int requestsPerMinute,
      int ordersPerMinute,
      double available,
      int reserved,
      long reads,
      long places,
      long cancels,
      long others,
      long waited,
      Duration waitedFor,
      long refusedReads,
      long refusedWrites,
      long throttled,
      Duration pausedFor,
      int ordersInLastMinute) {}

  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int CANCEL_RESERVE_MAX = 30;

  /** One login has a handful of accounts; more than these share one window. */
  private static final int ACCOUNTS_MAX = 32;

  private final Settings settings;
  private final MonotonicClock clock;
  private final RandomGenerator random;
  private final int size;
  private final int reserved;
  private final double tokensPerNano;

  private final Map<String, ArrayDeque<Long>> writes = new HashMap<>();
  private double tokens;

  /** Up to here the bucket has been filled; in the future while a 429 holds the reads back. */
  private long filledAt;

  private int throttledInARow;
  private long reads;
  private long places;
  private long cancels;
  private long others;
  private long waited;
  private long waitedNanos;
  private long refusedReads;
  private long refusedWrites;
  private long throttled;

  public RateBudget(Settings settings, MonotonicClock clock, RandomGenerator random) {
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.size = Math.max(1, settings.requestsPerMinute() / 4);
    this.reserved = size / 4;
    this.tokensPerNano =
        (double) Math.max(1, settings.requestsPerMinute() - size) / (double) MINUTE_NANOS;
    this.tokens = size;
    this.filledAt = clock.nanos();
  }

  /**
   * Returns when a read may leave.
   *
   * @param what names the call in the error
   * @param patience the longest to wait, when that is shorter than the settings' own
   * @throws SchwabException {@code BUDGET_SPENT} at once when the turn would come too late, {@code
   *     INTERRUPTED}
   */
  public void read(String what, Duration patience) {
    long most = Math.min(patience.toNanos(), settings.readWaitMax().toNanos());
    long began = clock.nanos();
    long wait = turn(what, most);
    while (wait > 0) {
      try {
        clock.sleep(Duration.ofNanos(wait));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SchwabException(SchwabException.Kind.INTERRUPTED, what + ": interrupted", e);
      }
      // A 429 to another read may have come meanwhile.
      wait = stillPaused(what, most - (clock.nanos() - began));
    }
  }

  /**
   * Admits a write of an order without waiting, or says why it must not be sent.
   *
   * @param account any name of the account, the same each time
   */
  public synchronized Optional<String> write(Write write, String account) {
    long now = clock.nanos();
    ArrayDeque<Long> window = window(account, now);
    int limit = settings.ordersPerMinute();
    int most =
        switch (write) {
          case PLACE -> limit - Math.min(CANCEL_RESERVE_MAX, limit / 2);
          case CANCEL -> Math.max(limit, CANCEL_RESERVE_MAX);
        };
    if (window.size() >= most) {
      refusedWrites++;
      return Optional.of(
          "%d order writes in the last minute, %d is the limit for this one"
              .formatted(window.size(), most));
    }
    window.addLast(now);
    take(now);
    switch (write) {
      case PLACE -> places++;
      case CANCEL -> cancels++;
    }
    return Optional.empty();
  }

  /** Counts a call that never waits and writes no order, such as a token refresh. */
  public synchronized void other() {
    take(clock.nanos());
    others++;
  }

  /** A read was answered with 429: holds all reads back. */
  public synchronized void throttled(@Nullable Duration retryAfter) {
    throttled++;
    Duration pause =
        retryAfter == null
            ? settings
                .backOffBase()
                .dividedBy(2)
                .plus(
                    RetryPolicy.fullJitter(
                        throttledInARow, settings.backOffBase(), Duration.ofMinutes(1), random))
            : retryAfter;
    throttledInARow++;
    long now = clock.nanos();
    fill(now);
    long until = now + Math.min(pause.toNanos(), settings.backOffMax().toNanos());
    if (until - filledAt > 0) {
      filledAt = until;
    }
    // Afterwards one by one, not all at once: reads find the bucket as low as they may take it.
    tokens = Math.min(tokens, reserved);
  }

  /** A read was answered with anything but 429. */
  public synchronized void answered() {
    throttledInARow = 0;
  }

  /** What was used and what is left. */
  public synchronized Usage usage() {
    long now = clock.nanos();
    fill(now);
    int busiest = 0;
    for (ArrayDeque<Long> window : writes.values()) {
      trim(window, now);
      busiest = Math.max(busiest, window.size());
    }
    return new Usage(
        settings.requestsPerMinute(),
        settings.ordersPerMinute(),
        tokens,
        reserved,
        reads,
        places,
        cancels,
        others,
        waited,
        Duration.ofNanos(waitedNanos),
        refusedReads,
        refusedWrites,
        throttled,
        Duration.ofNanos(Math.max(0, filledAt - now)),
        busiest);
  }

  /** Takes a place in the queue and returns the nanoseconds until its turn. */
  private synchronized long turn(String what, long most) {
    long now = clock.nanos();
    fill(now);
    double missing = 1 + reserved - tokens;
    long wait =
        Math.max(0, filledAt - now) + (missing > 0 ? 1 + (long) (missing / tokensPerNano) : 0L);
    check(what, wait, most);
    tokens -= 1;
    reads++;
    if (wait > 0) {
      waited++;
      waitedNanos += wait;
    }
    return wait;
  }

  private synchronized long stillPaused(String what, long most) {
    long wait = Math.max(0, filledAt - clock.nanos());
    check(what, wait, most);
    return wait;
  }

  private void check(String what, long wait, long most) {
    if (wait > most) {
      refusedReads++;
      boolean paused = filledAt - clock.nanos() > 0;
      throw new SchwabException(
          SchwabException.Kind.BUDGET_SPENT,
          "%s: not asked, %s (%d requests a minute); its turn would come in %d s"
              .formatted(
                  what,
                  paused
                      ? "Schwab answered 429 and reads wait"
                      : "too many calls wait before this one",
                  settings.requestsPerMinute(),
                  Math.max(1, Duration.ofNanos(wait).toSeconds())));
    }
  }

  private void take(long now) {
    fill(now);
    tokens -= 1;
  }

  private void fill(long now) {
    long passed = now - filledAt;
    if (passed > 0) {
      tokens = Math.min(size, tokens + passed * tokensPerNano);
      filledAt = now;
    }
  }

  private ArrayDeque<Long> window(String account, long now) {
    String name = writes.containsKey(account) || writes.size() < ACCOUNTS_MAX ? account : "";
    ArrayDeque<Long> window = writes.computeIfAbsent(name, _ -> new ArrayDeque<>());
    trim(window, now);
    return window;
  }

  private static void trim(ArrayDeque<Long> window, long now) {
    while (!window.isEmpty() && now - window.getFirst() >= MINUTE_NANOS) {
      window.removeFirst();
    }
  }
}
