package io.alphakite.schwab.http;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.Headers;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP answer, read.
 *
 * @param body null when the status came but the body could not be read to its end, or was too long:
 *     32 MiB for a success, 256 KiB for an error
 * @param receivedAt by this machine's clock
 */
public record Answer(int status, Headers headers, @Nullable String body, Instant receivedAt) {

  private static final long BODY_BYTES_MAX = 32L << 20;
  private static final long ERROR_BYTES_MAX = 256L << 10;
  private static final long RETRY_AFTER_SECONDS_MAX = 3_600;

  /** The gateway has a limit of its own for the size of an answer. */
  private static final Pattern TOO_BIG =
      Pattern.compile("(?i)too\\s?big\\s?body|body\\s?too\\s?big|body buffer overflow");

  /** Reads the answer; a body that breaks off or is too long becomes null. */
  static Answer of(Response response) {
    String body;
    try {
      BufferedSource source = response.body().source();
      long most = response.isSuccessful() ? BODY_BYTES_MAX : ERROR_BYTES_MAX;
      body = source.request(most + 1) ? null : source.readUtf8();
    } catch (IOException _) {
      body = null;
    }
    return new Answer(
        response.code(),
        response.headers(),
        body,
        Instant.ofEpochMilli(response.receivedResponseAtMillis()));
  }

  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** What the body says when the answer is an error. */
  public ErrorBody error() {
    return ErrorBody.read(headers.get("Content-Type"), body);
  }

  /**
   * What {@code Retry-After} asks for, in seconds or as a date, from zero to an hour. A date counts
   * from the answer's own {@code Date}, so that a clock which is wrong does not matter.
   */
  public Optional<Duration> retryAfter() {
    String value = headers.get("Retry-After");
    if (value == null) {
      return Optional.empty();
    }
    if (value.matches("\\d{1,9}")) {
      return Optional.of(
          Duration.ofSeconds(Math.min(Long.parseLong(value), RETRY_AFTER_SECONDS_MAX)));
    }
    Instant until = ClockSkew.httpDate(value);
    if (until == null) {
      return Optional.empty();
    }
    Instant date = ClockSkew.httpDate(headers.get("Date"));
    long seconds = Duration.between(date == null ? receivedAt : date, until).toSeconds();
    return Optional.of(Duration.ofSeconds(Math.clamp(seconds, 0, RETRY_AFTER_SECONDS_MAX)));
  }

  /**
   * This answer as the failure it is to a caller that needs a success.
   *
   * @param what names the call, without any value
   */
  public SchwabError failed(String what) {
    ErrorBody error = error();
    SchwabException.Kind kind = kind(error);
    String hint = kind == SchwabException.Kind.ANSWER_TOO_BIG ? "; ask for less at a time" : "";
    String correlation = headers.get("Schwab-Client-CorrelId");
    return new SchwabError(
        kind,
        status,
        "%s: %d %s%s".formatted(what, status, error.message(), hint),
        error.code(),
        error.title(),
        error.sources(),
        correlation == null ? error.id() : correlation,
        retryAfter().orElse(null));
  }

  /** As {@link #failed}, to be thrown. */
  public SchwabException failure(String what) {
    return new SchwabException(failed(what), null);
  }

  private SchwabException.Kind kind(ErrorBody error) {
    if (status >= 300 && status < 400) {
      return SchwabException.Kind.UNREADABLE;
    }
    if (status >= 500) {
      if (error.origin() != ErrorBody.Origin.GATEWAY) {
        return SchwabException.Kind.SERVER_ERROR;
      }
      return TOO_BIG.matcher(error.message()).find()
          ? SchwabException.Kind.ANSWER_TOO_BIG
          : SchwabException.Kind.GATEWAY;
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
