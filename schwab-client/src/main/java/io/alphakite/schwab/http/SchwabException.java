package io.alphakite.schwab.http;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call to Schwab that gave no usable answer.
 *
 * <p>The five error bodies of Schwab's services are read into this one type. The message never
 * holds a token, a secret or an account number; it may hold Schwab's own words.
 */
public final class SchwabException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What kind of failure it was, so that a caller can decide without reading words. */
  public enum Kind {
    /** A person has to log in again (or for the first time): no retry will help. */
    LOGIN_REQUIRED,
    /** 401 although the token was fresh: expired, or a product missing on the app. */
    UNAUTHORIZED,
    /** 403 with Schwab's own body. */
    FORBIDDEN,
    /** 403 (or another refusal) by an HTML page of the network's edge: not an answer of Schwab. */
    EDGE_REFUSED,
    /** 400, 422 and other 4xx: the request itself is wrong. */
    BAD_REQUEST,
    /** 404. */
    NOT_FOUND,
    /** 429. */
    THROTTLED,
    /** 5xx. */
    SERVER_ERROR,
    /** 5xx of the API gateway: the service behind it gave nothing. */
    GATEWAY,
    /** The gateway would not carry an answer of this size: ask for less at a time. */
    ANSWER_TOO_BIG,
    /** Not asked: the rate budget has no room for this read in good time. */
    BUDGET_SPENT,
    /** Not asked: so many calls have just failed that the next are spared. */
    CIRCUIT_OPEN,
    /** No answer: connection refused, reset, or a name that does not resolve. */
    UNREACHABLE,
    /** No answer in time. */
    TIMEOUT,
    /** An answer that cannot be read as what it should be, a redirect included. */
    UNREADABLE,
    /** The calling thread was interrupted; its interrupt flag is set again. */
    INTERRUPTED,
    /** The token file cannot be used as it stands; a person has to put it right. */
    TOKEN_FILE;

    /** Whether the same call may well succeed later without anybody's doing. */
    public boolean isTransient() {
      return switch (this) {
        case EDGE_REFUSED,
            THROTTLED,
            SERVER_ERROR,
            GATEWAY,
            BUDGET_SPENT,
            CIRCUIT_OPEN,
            UNREACHABLE,
            TIMEOUT,
            UNREADABLE ->
            true;
        case LOGIN_REQUIRED,
            UNAUTHORIZED,
            FORBIDDEN,
            BAD_REQUEST,
            NOT_FOUND,
            ANSWER_TOO_BIG,
            INTERRUPTED,
            TOKEN_FILE ->
            false;
      };
    }
  }

  private final SchwabError error;

  public SchwabException(Kind kind, String message) {
    this(SchwabError.unanswered(kind, message), null);
  }

  public SchwabException(Kind kind, String message, @Nullable Throwable cause) {
    this(SchwabError.unanswered(kind, message), cause);
  }

  /**
   * @param status the HTTP status, 0 when there was no answer
   * @param correlationId Schwab's {@code Schwab-Client-CorrelId}, which its support asks for
   * @param retryAfter what {@code Retry-After} asked for
   */
  public SchwabException(
      Kind kind,
      String message,
      int status,
      @Nullable String correlationId,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    this(
        new SchwabError(kind, status, message, null, null, List.of(), correlationId, retryAfter),
        cause);
  }

  public SchwabException(SchwabError error, @Nullable Throwable cause) {
    super(error.message(), cause);
    this.error = error;
  }

  /** All that is known about the failure, as a value. */
  public SchwabError error() {
    return error;
  }

  public Kind kind() {
    return error.kind();
  }

  /** The HTTP status, 0 when there was no answer. */
  public int status() {
    return error.status();
  }

  public Optional<String> correlationId() {
    return Optional.ofNullable(error.correlationId());
  }

  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(error.retryAfter());
  }
}
