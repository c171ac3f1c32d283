package io.alphakite.schwab.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Schwab's REST reads. Each waits for its turn in the {@link RateBudget}; passing failures are
 * repeated by {@link RetryPolicy} within its total time; a 401 gets one new token and one
 * repetition; market data and trader have a circuit breaker each. Safe for use by many threads.
 */
public final class Rest {

  private static final Logger log = LoggerFactory.getLogger(Rest.class);

  private final HttpUrl base;
  private final OkHttpClient client;
  private final Bearer bearer;
  private final RetryPolicy retries;
  private final RateBudget budget;
  private final MonotonicClock clock;
  private final RandomGenerator random;
  private final Map<String, Breaker> breakers = new ConcurrentHashMap<>();

  /**
   * @param client from {@link HttpClients#reads}
   * @param budget shared with whatever else this process asks of Schwab
   */
  public Rest(
      URI base,
      OkHttpClient client,
      Bearer bearer,
      RetryPolicy retries,
      RateBudget budget,
      MonotonicClock clock,
      RandomGenerator random) {
    this.base = HttpUrl.get(base.toString());
    this.client = client;
    this.bearer = bearer;
    this.retries = retries;
    this.budget = budget;
    this.clock = clock;
    this.random = random;
  }

  /**
   * GETs a path below the base URL.
   *
   * @param what names the call in errors and logs, without any value
   * @param path segments divided by slashes, without a leading one; a blank in one becomes {@code
   *     %20}
   * @param query values are encoded, a blank as {@code %20}
   * @throws SchwabException when no attempt gave a JSON answer; the failures of earlier attempts
   *     are suppressed in it
   */
  public JsonNode get(String what, String path, Map<String, String> query) {
    long began = clock.nanos();
    boolean renewed = false;
    List<SchwabException> failures = new ArrayList<>();
    while (true) {
      String token = bearer.accessToken();
      SchwabException failure;
      try {
        return attempt(what, path, query, token, left(began));
      } catch (SchwabException e) {
        failure = e;
      }
      switch (failure.kind()) {
        case UNAUTHORIZED -> {
          if (!renewed) {
            renewed = true;
            bearer.invalidate(token);
            continue;
          }
        }
        case BUDGET_SPENT, CIRCUIT_OPEN -> {
          // Why the earlier attempts failed says more than that there is none left.
          throw failures.isEmpty() ? failure : with(List.of(failure), failures.getLast());
        }
        default -> {}
      }
      Duration asked = failure.retryAfter().orElse(Duration.ZERO);
      Duration pause = asked.plus(retries.pause(failures.size(), random));
      failures.add(failure);
      if (!failure.kind().isTransient()
          || failures.size() >= retries.attempts()
          || asked.compareTo(retries.retryAfterMax()) > 0
          || pause.compareTo(left(began)) >= 0) {
        throw with(failures.subList(0, failures.size() - 1), failure);
      }
      log.atDebug()
          .addKeyValue("event", "schwab.read_repeated")
          .addKeyValue("call", what)
          .addKeyValue("kind", failure.kind())
          .log("Repeating a read");
      sleep(pause, failure);
    }
  }

  /** The request for a path below the base URL, with the headers each call carries. */
  public Request.Builder request(String path, Map<String, String> query, String token) {
    HttpUrl.Builder url = base.newBuilder().addPathSegments(path);
    query.forEach(url::addQueryParameter);
    return new Request.Builder()
        .url(url.build())
        .header("Authorization", "Bearer " + token)
        .header("Accept", "application/json");
  }

  /**
   * Whether reads are let through, by service: {@code marketdata}, {@code trader}; those not asked
   * yet are absent.
   */
  public Map<String, CircuitState> circuits() {
    Map<String, CircuitState> states = new TreeMap<>();
    breakers.forEach((name, breaker) -> states.put(name, breaker.state()));
    return states;
  }

  private Duration left(long began) {
    return retries.total().minusNanos(clock.nanos() - began);
  }

  private JsonNode attempt(
      String what, String path, Map<String, String> query, String token, Duration left) {
    int slash = path.indexOf('/');
    String service = slash < 0 ? path : path.substring(0, slash);
    return breakers
        .computeIfAbsent(service, name -> new Breaker(name, clock))
        .call(
            what,
            () -> {
              long began = clock.nanos();
              budget.read(what, left);
              return once(what, path, query, token, left.minusNanos(clock.nanos() - began));
            });
  }

  private JsonNode once(
      String what, String path, Map<String, String> query, String token, Duration left) {
    Answer answer;
    Call call = client.newCall(request(path, query, token).get().build());
    long limit = Math.min(client.callTimeoutMillis(), Math.max(1, left.toMillis()));
    call.timeout().timeout(limit, TimeUnit.MILLISECONDS);
    try (Response response = HttpClients.execute(call)) {
      answer = Answer.of(response);
    } catch (InterruptedIOException e) {
      throw Thread.currentThread().isInterrupted()
          ? new SchwabException(SchwabException.Kind.INTERRUPTED, what + ": interrupted", e)
          : new SchwabException(SchwabException.Kind.TIMEOUT, what + ": no answer in time", e);
    } catch (IOException e) {
      throw new SchwabException(
          SchwabException.Kind.UNREACHABLE,
          what + ": no answer (" + e.getClass().getSimpleName() + ")",
          e);
    }
    if (!answer.isSuccess()) {
      SchwabException failure = answer.failure(what);
      if (failure.kind() == SchwabException.Kind.THROTTLED) {
        budget.throttled(failure.error().retryAfter());
      } else {
        budget.answered();
      }
      throw failure;
    }
    budget.answered();
    String body = answer.body();
    if (body == null) {
      throw new SchwabException(
          SchwabException.Kind.UNREADABLE, what + ": the answer broke off or is too long");
    }
    try {
      return Json.parse(body);
    } catch (JacksonException _) {
      // Its message would quote the body.
      throw new SchwabException(SchwabException.Kind.UNREADABLE, what + ": the answer is no JSON");
    }
  }

  private static SchwabException with(List<SchwabException> earlier, SchwabException last) {
    earlier.forEach(last::addSuppressed);
    return last;
  }

  private void sleep(Duration pause, SchwabException cause) {
    try {
      clock.sleep(pause);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new SchwabException(SchwabException.Kind.INTERRUPTED, "interrupted", cause);
    }
  }
}
