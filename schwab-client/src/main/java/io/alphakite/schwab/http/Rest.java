package io.alphakite.schwab.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Schwab's REST reads. Passing failures are repeated by {@link RetryPolicy}; a 401 gets one new
 * token. Safe for use by many threads.
 */
public final class Rest {

  private static final Logger log = LoggerFactory.getLogger(Rest.class);

  private final HttpUrl base;
  private final OkHttpClient client;
  private final Bearer bearer;
  private final RetryPolicy retries;
  private final RandomGenerator random;

  public Rest(
      URI base, OkHttpClient client, Bearer bearer, RetryPolicy retries, RandomGenerator random) {
    this.base = HttpUrl.get(base.toString());
    this.client = client;
    this.bearer = bearer;
    this.retries = retries;
    this.random = random;
  }

  /**
   * GETs a path below the base URL.
   *
   * @param what names the call in errors and logs, without any value
   * @param path segments divided by slashes, without a leading one
   * @throws SchwabException when no attempt gave a JSON answer
   */
  public JsonNode get(String what, String path, Map<String, String> query) {
    boolean renewed = false;
    for (int failures = 0; ; ) {
      String token = bearer.accessToken();
      SchwabException failure;
      try {
        return once(what, path, query, token);
      } catch (SchwabException e) {
        failure = e;
      }
      if (failure.kind() == SchwabException.Kind.UNAUTHORIZED && !renewed) {
        renewed = true;
        bearer.invalidate(token);
        continue;
      }
      Duration asked = failure.retryAfter().orElse(Duration.ZERO);
      if (!failure.kind().isTransient()
          || ++failures >= retries.attempts()
          || asked.compareTo(retries.retryAfterMax()) > 0) {
        throw failure;
      }
      log.atDebug()
          .addKeyValue("event", "schwab.read_repeated")
          .addKeyValue("call", what)
          .addKeyValue("kind", failure.kind())
          .log("Repeating a read");
      sleep(asked.plus(retries.pause(failures - 1, random)), failure);
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

  private JsonNode once(String what, String path, Map<String, String> query, String token) {
    Answer answer;
    try (Response response =
        HttpClients.execute(client.newCall(request(path, query, token).get().build()))) {
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
      throw answer.failure(what);
    }
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

  private static void sleep(Duration pause, SchwabException cause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new SchwabException(SchwabException.Kind.INTERRUPTED, "interrupted", cause);
    }
  }
}
