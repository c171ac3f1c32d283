package io.alphakite.schwab.http;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a call gave no usable answer, as a value: Schwab's five error bodies, an empty one, an HTML
 * page, and the failures without any answer, all in one form.
 *
 * @param kind what a caller can decide on
 * @param status the HTTP status, 0 when there was no answer
 * @param message one line for a person; no token, secret or account number
 * @param code what the body gives for machines, such as the gateway's {@code errorcode} or the
 *     token end point's {@code error}; null when it has none
 * @param title of the first of market data's {@code errors}; null when there is none
 * @param sources what is wrong with the request according to {@code errors[].source}, such as
 *     {@code parameter fields}, {@code header Authorization}, {@code pointer /symbols}
 * @param correlationId {@code Schwab-Client-CorrelId} of the answer, which Schwab's support asks
 *     for; the {@code id} of the error when there is no such header; null when neither is there
 * @param retryAfter what {@code Retry-After} asked for; null when it did not
 */
public record SchwabError(
    SchwabException.Kind kind,
    int status,
    String message,
    @Nullable String code,
    @Nullable String title,
    List<String> sources,
    @Nullable String correlationId,
    @Nullable Duration retryAfter) {

  public SchwabError {
    sources = List.copyOf(sources);
  }

  /** A failure without an answer. */
  static SchwabError unanswered(SchwabException.Kind kind, String message) {
    return new SchwabError(kind, 0, message, null, null, List.of(), null, null);
  }
}
