package io.alphakite.schwab.http;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Optional;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * How far Schwab's clock is ahead of ours, from the {@code Date} headers of its answers: the median
 * of the last 31, so that a single odd one says nothing. Good to about a second, since the header
 * has whole seconds. Safe for use by many threads.
 */
public final class ClockSkew implements Interceptor {

  private static final int SAMPLES_MAX = 31;
  private static final int SAMPLES_MIN = 3;

  /** An answer that took longer than this says too little about the time at which it was made. */
  private static final Duration ROUND_TRIP_MAX = Duration.ofSeconds(4);

  /** Whatever lies beyond counts as this much. */
  private static final Duration SKEW_MAX = Duration.ofDays(2);

  /** Whole seconds are cut off, not rounded: on average half a second is missing. */
  private static final Duration CUT_OFF = Duration.ofMillis(500);

  private final InstantSource wallClock;
  private final ArrayDeque<Long> skewsMillis = new ArrayDeque<>();

  public ClockSkew(InstantSource wallClock) {
    this.wallClock = wallClock;
  }

  /**
   * Schwab's time minus ours, at most two days either way; empty until three answers have been
   * seen.
   */
  public synchronized Optional<Duration> estimate() {
    if (skewsMillis.size() < SAMPLES_MIN) {
      return Optional.empty();
    }
    long[] sorted = skewsMillis.stream().mapToLong(Long::longValue).sorted().toArray();
    return Optional.of(Duration.ofMillis(sorted[sorted.length / 2]));
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Instant before = wallClock.instant();
    Response response = chain.proceed(chain.request());
    see(response.header("Date"), before, wallClock.instant());
    return response;
  }

  /** Takes one answer into account. */
  void see(@Nullable String date, Instant asked, Instant answered) {
    Instant theirs = httpDate(date);
    Duration roundTrip = Duration.between(asked, answered);
    if (theirs == null || roundTrip.isNegative() || roundTrip.compareTo(ROUND_TRIP_MAX) > 0) {
      return;
    }
    Instant ours = asked.plus(roundTrip.dividedBy(2));
    long skew = Duration.between(ours, theirs.plus(CUT_OFF)).toMillis();
    long bounded = Math.clamp(skew, -SKEW_MAX.toMillis(), SKEW_MAX.toMillis());
    synchronized (this) {
      skewsMillis.addLast(bounded);
      if (skewsMillis.size() > SAMPLES_MAX) {
        skewsMillis.removeFirst();
      }
    }
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
