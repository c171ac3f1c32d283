package io.alphakite.gateway.web;

import io.alphakite.platform.web.RequestIdFilter;
import java.io.IOException;
import java.io.Writer;
import java.util.UUID;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Problems for what never gets as far as the filters, such as an address that is not one. */
final class ProblemReportValve extends ErrorReportValve {
  private final JsonMapper json;

  ProblemReportValve(JsonMapper json) {
    this.json = json;
    setShowReport(false);
    setShowServerInfo(false);
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    HttpStatus status = HttpStatus.resolve(response.getStatus());
    if (status == null
        || !status.isError()
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    String id = response.getHeader(RequestIdFilter.HEADER);
    if (id == null) {
      String given = request.getHeader(RequestIdFilter.HEADER);
      boolean harmless = given != null && given.matches("[A-Za-z0-9._-]{1,64}");
      id = harmless ? given : UUID.randomUUID().toString();
      response.setHeader(RequestIdFilter.HEADER, id);
    }
    Problem problem =
        new Problem(
            "about:blank",
            status.getReasonPhrase(),
            status.value(),
            status.is5xxServerError()
                ? "The gateway could not answer this request."
                : "The request cannot be read.",
            status.is5xxServerError() ? "internal_error" : "bad_request",
            null,
            id);
    try {
      response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
      Writer writer = response.getReporter();
      if (writer != null) {
        writer.write(json.writeValueAsString(problem));
        response.finishResponse();
      }
    } catch (IOException e) {
      // Whoever sent it is gone; nobody is there to tell.
      container.getLogger().debug("problem not sent", e);
    }
  }
}
