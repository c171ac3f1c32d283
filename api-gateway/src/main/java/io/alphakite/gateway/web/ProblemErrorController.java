package io.alphakite.gateway.web;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the container could not do: the same problems, nothing about the inside. */
@RestController
class ProblemErrorController implements ErrorController {

  @RequestMapping("${server.error.path:${error.path:/error}}")
  ResponseEntity<Problem> error(HttpServletRequest request) {
    HttpStatus status = status(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE));
    String path = String.valueOf(request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI));
    Problem problem =
        switch (status) {
          case NOT_FOUND -> Problems.noSuchPath(path);
          case METHOD_NOT_ALLOWED -> Problems.methodNotAllowed(request.getMethod(), path);
          default -> unreadable(status);
        };
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }

  private static Problem unreadable(HttpStatus status) {
    return status.is5xxServerError()
        ? Problem.of(status, "internal_error", "The gateway could not answer this request.", null)
        : Problem.of(status, "bad_request", "The request cannot be read.", null);
  }

  private static HttpStatus status(@Nullable Object code) {
    HttpStatus status = code instanceof Integer number ? HttpStatus.resolve(number) : null;
    return status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status;
  }
}
