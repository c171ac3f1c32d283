package io.alphakite.schwab.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import okhttp3.Headers;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP answer, read.
 *
 * @param body null when the status came but the body could not be read to its end
 */
public record Answer(int status, Headers headers, @Nullable String body) {

  private static final long BODY_BYTES_MAX = 32L << 20;
  private static final long RETRY_AFTER_SECONDS_MAX = 3_600;

  /** Reads the answer; a body that breaks off or is too long becomes null. */
  static Answer of(Response response) {
    String body;
    try {
      BufferedSource source = response.body().source();
      body = source.request(BODY_BYTES_MAX + 1) ? null : source.readUtf8();
    } catch (IOException _) {
      body = null;
    }
    return new Answer(response.code(), response.headers(), body);
  }

  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** What the body says when the answer is an error. */
  public ErrorBody error() {
    return ErrorBody.read(headers.get("Content-Type"), body);
  }

  /**
   * Seconds of {@code Retry-After}, at most an hour; the form with a date is not used by Schwab.
   */
  public Optional<Duration> retryAfter() {
    String value = headers.get("Retry-After");
    if (value == null || !value.matches("\\d{1,9}")) {
      return Optional.empty();
    }
    return Optional.of(
        Duration.ofSeconds(Math.min(Long.parseLong(value), RETRY_AFTER_SECONDS_MAX)));
  }

  /** This answer as the exception it means for a caller that needs a success. */
  public SchwabException failure(String what) {
    ErrorBody error = error();
    return new SchwabException(
        kind(error),
        "%s: %d %s".formatted(what, status, error.message()),
        status,
        headers.get("Schwab-Client-CorrelId"),
        retryAfter().orElse(null),
        null);
  }

  private SchwabException.Kind kind(ErrorBody error) {
    if (status >= 300 && status < 400) {
      return SchwabException.Kind.UNREADABLE;
    }
    if (status >= 500) {
      return SchwabException.Kind.SERVER_ERROR;
    }
    return switch (status) {
      case 429 -> SchwabException.Kind.THROTTLED;
      case 408 -> SchwabException.Kind.TIMEOUT;
      default -> {
        if (error.origin() == ErrorBody.Origin.EDGE) {
          yield SchwabException.Kind.EDGE_REFUSED;
        }
        yield switch (status) {
          case 401 -> SchwabException.Kind.UNAUTHORIZED;
          case 403 -> SchwabException.Kind.FORBIDDEN;
          case 404 -> SchwabException.Kind.NOT_FOUND;
          default -> SchwabException.Kind.BAD_REQUEST;
        };
      }
    };
  }
}
