package io.alphakite.schwab.http;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Optional;
import java.util.function.LongSupplier;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * How far Schwab's clock is ahead of ours, from the {@code Date} headers of its answers: the median
 * of the last 31, so that a single odd one says nothing. Good to about a second, since the header
 * has whole seconds. A wall clock that is set shows at once: answers are compared with our
 * monotonic clock, and that with the wall clock when somebody asks. The monotonic clock stands
 * still while the machine is suspended: when two answers in a row agree that the others are old,
 * the others are forgotten. Safe for use by many threads.
 */
public final class ClockSkew implements Interceptor {

  private static final int SAMPLES_MAX = 31;
  private static final int SAMPLES_MIN = 3;

  /** An answer that took longer than this says too little about the time at which it was made. */
  private static final Duration ROUND_TRIP_MAX = Duration.ofSeconds(4);

  /** Answers are of one time of ours as long as they lie no further apart. */
  private static final Duration SAME = Duration.ofSeconds(6);

  /** Whatever lies beyond counts as this much. */
  private static final Duration SKEW_MAX = Duration.ofDays(2);

  /** Whole seconds are cut off, not rounded: on average half a second is missing. */
  private static final Duration CUT_OFF = Duration.ofMillis(500);

  private final InstantSource wallClock;
  private final LongSupplier nanoTime;
  // What their clock would have shown when ours stood at zero nanoseconds.
  private final ArrayDeque<Instant> zeros = new ArrayDeque<>();

  /** Knows nothing yet. */
  public ClockSkew(InstantSource wallClock, LongSupplier nanoTime) {
    this.wallClock = wallClock;
    this.nanoTime = nanoTime;
  }

  /**
   * Schwab's time minus ours, at most two days either way; empty until three answers have been
   * seen.
   */
  public synchronized Optional<Duration> estimate() {
    if (zeros.size() < SAMPLES_MIN) {
      return Optional.empty();
    }
    Instant theirs = median(zeros).plusNanos(nanoTime.getAsLong());
    long skew = Duration.between(wallClock.instant(), theirs).toMillis();
    return Optional.of(
        Duration.ofMillis(Math.clamp(skew, -SKEW_MAX.toMillis(), SKEW_MAX.toMillis())));
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    long before = nanoTime.getAsLong();
    Response response = chain.proceed(chain.request());
    see(response.header("Date"), before, nanoTime.getAsLong());
    return response;
  }

  /** Takes one answer into account, asked for and there at these nanoseconds. */
  void see(@Nullable String date, long asked, long answered) {
    Instant theirs = httpDate(date);
    long roundTrip = answered - asked;
    if (theirs == null || roundTrip < 0 || roundTrip > ROUND_TRIP_MAX.toNanos()) {
      return;
    }
    synchronized (this) {
      add(theirs.plus(CUT_OFF).minusNanos(asked + roundTrip / 2));
    }
  }

  private void add(Instant zero) {
    Instant before = zeros.pollLast();
    if (before != null) {
      if (!zeros.isEmpty() && same(before, zero)) {
        Instant older = median(zeros);
        if (!same(older, before) && !same(older, zero)) {
          zeros.clear();
        }
      }
      zeros.addLast(before);
    }
    zeros.addLast(zero);
    if (zeros.size() > SAMPLES_MAX) {
      zeros.removeFirst();
    }
  }

  private static boolean same(Instant one, Instant other) {
    return Duration.between(one, other).abs().compareTo(SAME) <= 0;
  }

  private static Instant median(Collection<Instant> zeros) {
    return zeros.stream().sorted().toList().get(zeros.size() / 2);
  }

  /** A date as HTTP writes it; null when it is none. */
  static @Nullable Instant httpDate(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException _) {
      return null;
    }
  }
}
