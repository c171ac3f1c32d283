package io.alphakite.gateway.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Turns whatever a request ends in into a problem; what is unexpected is logged and not told. */
@RestControllerAdvice
class ProblemAdvice {
  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);
  private static final String RETRY_AFTER_SECONDS = "2";

  @ExceptionHandler
  ResponseEntity<Problem> refused(ApiException refusal) {
    return answer(refusal.problem(), null);
  }

  /** A percent sign without two digits behind it, or bytes that are no text. */
  @ExceptionHandler
  ResponseEntity<Problem> unreadableQuery(InvalidParameterException unreadable) {
    return answer(
        Problem.of(
            HttpStatus.BAD_REQUEST,
            "invalid_query",
            "The query cannot be decoded.",
            "Percent-encode it as UTF-8."),
        null);
  }

  @ExceptionHandler({
    DataAccessResourceFailureException.class,
    TransientDataAccessException.class,
    CannotCreateTransactionException.class
  })
  ResponseEntity<Problem> databaseAway(Exception failure, HttpServletRequest request) {
    log.atWarn()
        .addKeyValue("event", "gateway.database_unavailable")
        .addKeyValue("path", request.getRequestURI())
        .log("The database did not answer: {}", failure.getClass().getSimpleName());
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    return answer(
        Problem.of(
            HttpStatus.SERVICE_UNAVAILABLE,
            "database_unavailable",
            "The database does not answer.",
            "Try again; with an Idempotency-Key a trade is not asked for twice."),
        headers);
  }

  /** The caller went away in the middle of the answer: nobody is there to tell. */
  @ExceptionHandler
  void gone(AsyncRequestNotUsableException gone) {}

  @ExceptionHandler
  ResponseEntity<Problem> unexpected(Exception failure, HttpServletRequest request) {
    if (failure instanceof ErrorResponse known) {
      HttpStatus status =
          Objects.requireNonNullElse(
              HttpStatus.resolve(known.getStatusCode().value()), HttpStatus.INTERNAL_SERVER_ERROR);
      if (!status.is5xxServerError()) {
        return answer(known(failure, status, request), known.getHeaders());
      }
    }
    log.atError()
        .setCause(failure)
        .addKeyValue("event", "gateway.request_failed")
        .addKeyValue("path", request.getRequestURI())
        .log("A request failed");
    String code = failure instanceof DataAccessException ? "database_error" : "internal_error";
    return answer(
        Problem.of(
            HttpStatus.INTERNAL_SERVER_ERROR,
            code,
            "The gateway could not answer this request.",
            "The request id finds the reason in the gateway's log."),
        null);
  }

  private static Problem known(Exception failure, HttpStatus status, HttpServletRequest request) {
    return switch (failure) {
      case NoResourceFoundException _ -> Problems.noSuchPath(request.getRequestURI());
      case HttpRequestMethodNotSupportedException _ ->
          Problems.methodNotAllowed(request.getMethod(), request.getRequestURI());
      case HttpMediaTypeNotAcceptableException _ ->
          Problem.of(
              status,
              "not_acceptable",
              "The answer is JSON, which the Accept header excludes.",
              "Accept application/json.");
      case HttpMediaTypeException _ -> Problems.unsupportedMediaType();
      default -> Problem.of(status, "bad_request", "The request cannot be read.", null);
    };
  }

  private static ResponseEntity<Problem> answer(Problem problem, @Nullable HttpHeaders headers) {
    return ResponseEntity.status(problem.status())
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }
}
