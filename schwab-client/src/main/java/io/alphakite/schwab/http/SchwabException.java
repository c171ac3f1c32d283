package io.alphakite.schwab.http;

import java.time.Duration;
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
        case EDGE_REFUSED, THROTTLED, SERVER_ERROR, UNREACHABLE, TIMEOUT, UNREADABLE -> true;
        case LOGIN_REQUIRED,
            UNAUTHORIZED,
            FORBIDDEN,
            BAD_REQUEST,
            NOT_FOUND,
            INTERRUPTED,
            TOKEN_FILE ->
            false;
      };
    }
  }

  private final Kind kind;
  private final int status;
  private final @Nullable String correlationId;
  private final @Nullable Duration retryAfter;

  public SchwabException(Kind kind, String message) {
    this(kind, message, 0, null, null, null);
  }

  public SchwabException(Kind kind, String message, @Nullable Throwable cause) {
    this(kind, message, 0, null, null, cause);
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
    super(message, cause);
    this.kind = kind;
    this.status = status;
    this.correlationId = correlationId;
    this.retryAfter = retryAfter;
  }

  public Kind kind() {
    return kind;
  }

  /** The HTTP status, 0 when there was no answer. */
  public int status() {
    return status;
  }

  public Optional<String> correlationId() {
    return Optional.ofNullable(correlationId);
  }

  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
