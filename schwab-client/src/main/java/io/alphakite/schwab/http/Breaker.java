package io.alphakite.schwab.http;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Spares a service that is down, and us the waiting for it: opens when half of the last 20 reads
 * (of at least 10) gave a 5xx, no answer or none in time, refuses for five seconds, then lets three
 * through to see. A 4xx is an answer and opens nothing. Orders do not pass here.
 */
final class Breaker {

  private static final int WINDOW = 20;
  private static final int CALLS_MIN = 10;
  private static final int CALLS_HALF_OPEN = 3;
  private static final float FAILURE_PERCENT = 50;
  private static final Duration OPEN = Duration.ofSeconds(5);

  private final CircuitBreaker breaker;
  private final MonotonicClock clock;

  Breaker(String name, MonotonicClock clock) {
    this.clock = clock;
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindow(
                    WINDOW,
                    CALLS_MIN,
                    SlidingWindowType.COUNT_BASED,
                    CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                .failureRateThreshold(FAILURE_PERCENT)
                .permittedNumberOfCallsInHalfOpenState(CALLS_HALF_OPEN)
                .waitDurationInOpenState(OPEN)
                .clock(new ElapsedTime(clock))
                .currentTimestampFunction(_ -> clock.nanos(), TimeUnit.NANOSECONDS)
                .build());
  }

  CircuitState state() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> CircuitState.OPEN;
      case HALF_OPEN -> CircuitState.HALF_OPEN;
      case CLOSED, DISABLED, METRICS_ONLY -> CircuitState.CLOSED;
    };
  }

  /**
   * Calls, unless it is open.
   *
   * @throws SchwabException {@code CIRCUIT_OPEN}, or what the call throws
   */
  <T> T call(String what, Supplier<T> call) {
    if (!breaker.tryAcquirePermission()) {
      throw new SchwabException(
          SchwabException.Kind.CIRCUIT_OPEN,
          what + ": not asked, the last calls failed; tried again in a few seconds");
    }
    long began = clock.nanos();
    try {
      T result = call.get();
      breaker.onSuccess(clock.nanos() - began, TimeUnit.NANOSECONDS);
      return result;
    } catch (SchwabException e) {
      switch (e.kind()) {
        case SERVER_ERROR, GATEWAY, UNREACHABLE, TIMEOUT ->
            breaker.onError(clock.nanos() - began, TimeUnit.NANOSECONDS, e);
        case LOGIN_REQUIRED, TOKEN_FILE, BUDGET_SPENT, CIRCUIT_OPEN, INTERRUPTED ->
            breaker.releasePermission();
        case UNAUTHORIZED,
            FORBIDDEN,
            EDGE_REFUSED,
            BAD_REQUEST,
            NOT_FOUND,
            THROTTLED,
            ANSWER_TOO_BIG,
            UNREADABLE ->
            breaker.onSuccess(clock.nanos() - began, TimeUnit.NANOSECONDS);
      }
      throw e;
    } catch (RuntimeException e) {
      breaker.releasePermission();
      throw e;
    }
  }

  /** The monotonic clock in the form that Resilience4j measures its waiting with. */
  private static final class ElapsedTime extends Clock {

    private final MonotonicClock clock;

    ElapsedTime(MonotonicClock clock) {
      this.clock = clock;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH.plusNanos(clock.nanos());
    }
  }
}
