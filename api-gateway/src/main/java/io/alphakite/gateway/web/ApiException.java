package io.alphakite.gateway.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * A request that is refused, with what the caller needs to know: becomes {@code
 * application/problem+json}.
 */
public final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final HttpStatus status;
  private final String code;
  private final @Nullable String hint;

  /**
   * A refusal.
   *
   * @param code stable, for programs: {@code invalid_ticker}
   * @param detail what is wrong with this request, for people
   * @param hint the fix, where one helps
   */
  public ApiException(HttpStatus status, String code, String detail, @Nullable String hint) {
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }

  /** 400: cannot be read as what it should be. */
  public static ApiException malformed(String code, String detail, String hint) {
    return new ApiException(HttpStatus.BAD_REQUEST, code, detail, hint);
  }

  /** 422: well formed, but makes no sense. */
  public static ApiException unprocessable(String code, String detail, @Nullable String hint) {
    return new ApiException(HttpStatus.UNPROCESSABLE_CONTENT, code, detail, hint);
  }

  /** 404. */
  public static ApiException notFound(String code, String detail, @Nullable String hint) {
    return new ApiException(HttpStatus.NOT_FOUND, code, detail, hint);
  }

  /** 409: against the present state. */
  public static ApiException conflict(String code, String detail, @Nullable String hint) {
    return new ApiException(HttpStatus.CONFLICT, code, detail, hint);
  }

  /** The HTTP status. */
  public HttpStatus status() {
    return status;
  }

  /** The problem. */
  public Problem problem() {
    return Problem.of(status, code, String.valueOf(getMessage()), hint);
  }
}
