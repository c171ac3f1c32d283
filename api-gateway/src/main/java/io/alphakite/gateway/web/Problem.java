package io.alphakite.gateway.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.alphakite.platform.web.RequestIdFilter;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/**
 * An error as RFC 9457 writes it, with a stable {@code code} for programs and a {@code hint} for
 * people.
 *
 * @param type always {@code about:blank}: {@code code} tells problems apart
 * @param title the status in words
 * @param requestId as in the header {@code X-Request-Id} and the logs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    String type,
    String title,
    int status,
    String detail,
    String code,
    @Nullable String hint,
    @Nullable String requestId) {

  /** A problem of the request this thread works on. */
  public static Problem of(HttpStatus status, String code, String detail, @Nullable String hint) {
    return new Problem(
        "about:blank",
        status.getReasonPhrase(),
        status.value(),
        detail,
        code,
        hint,
        RequestIdFilter.current());
  }
}
