package io.alphakite.simulator.web;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import io.alphakite.simulator.market.Market;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * The faults of any call: what comes instead of the call, and what becomes of its answer. Dials are
 * asked in one fixed order, each at most once a call.
 */
final class HttpFaults {
  /**
   * Request attribute with a {@link Runnable} that cuts the connection; put there by the server.
   */
  static final String CUT = HttpFaults.class.getName() + ".cut";

  private static final LocalTime WEEKEND_END = LocalTime.of(18, 0);

  private final FaultDials faults;
  private final Market market;
  private final boolean continuous;

  /**
   * @param continuous whether the market's clock is the simulator's own
   */
  HttpFaults(FaultDials faults, Market market, boolean continuous) {
    this.faults = faults;
    this.market = market;
    this.continuous = continuous;
  }

  /** Tells the simulator's time in the Date header, or a wrong one if a dial says so. */
  void date(HttpServletResponse response, String subject) {
    long skew =
        faults.strike(Dial.CLOCK_SKEW, subject).map(strike -> strike.number("skew_ms")).orElse(0L);
    if (skew != 0 || continuous) {
      Instant time = (continuous ? market.now() : Instant.now()).plusMillis(skew);
      response.setHeader(
          HttpHeaders.DATE,
          DateTimeFormatter.RFC_1123_DATE_TIME.format(
              ZonedDateTime.ofInstant(time, ZoneOffset.UTC)));
    }
  }

  /** The status with which a streamer connection is refused; 0 = it is not. */
  int refusesStreamer() {
    if (isWeekendOutage("CONNECT")) {
      return 503;
    }
    return faults
        .strike(Dial.STREAM_CONNECT_REFUSED, "CONNECT")
        .map(strike -> (int) strike.number("status"))
        .orElse(0);
  }

  /** Whether the streamer and the API are away for the weekend. */
  private boolean isWeekendOutage(String subject) {
    return faults.isSet(Dial.WEEKEND_OUTAGE)
        && isWeekend(market.now())
        && faults.strike(Dial.WEEKEND_OUTAGE, subject).isPresent();
  }

  private static boolean isWeekend(Instant time) {
    MarketCalendar calendar = MarketCalendar.nyse();
    DayOfWeek day = calendar.dateOf(time).getDayOfWeek();
    return day == DayOfWeek.SATURDAY
        || (day == DayOfWeek.SUNDAY && calendar.timeOf(time).isBefore(WEEKEND_END));
  }

  /**
   * Answers instead of the handler if a dial says so.
   *
   * @return whether it did
   */
  boolean answersInstead(HttpServletRequest request, HttpServletResponse response, String subject)
      throws IOException {
    if (faults.strike(Dial.CONNECTION_RESET, subject).isPresent()) {
      cut(request);
      return true;
    }
    if (isWeekendOutage(subject)) {
      answer(response, 503, "html");
      return true;
    }
    if (faults.strike(Dial.EDGE_ACCESS_DENIED, subject).isPresent()) {
      answer(response, 403, "edge");
      return true;
    }
    Optional<Strike> strike = faults.strike(Dial.TOO_MANY_REQUESTS, subject);
    if (strike.isPresent()) {
      retryAfter(response, strike.get());
      answer(response, 429, strike.get().text("body"));
      return true;
    }
    strike = faults.strike(Dial.SERVER_ERROR_BEFORE, subject);
    if (strike.isPresent()) {
      error(response, strike.get());
      return true;
    }
    strike = faults.strike(Dial.ANSWER_EMPTY, subject);
    if (strike.isPresent()) {
      answer(response, (int) strike.get().number("status"), "empty");
      return true;
    }
    if (faults.strike(Dial.GATEWAY_BODY_TOO_BIG, subject).isPresent()) {
      answer(response, 502, "fault");
      return true;
    }
    return false;
  }

  /** Whether a call with a good token is refused all the same. */
  boolean refuses(String subject, String path) {
    return faults.strike(Dial.UNAUTHORIZED, subject).isPresent()
        || faults
            .strike(Dial.PRODUCT_MISSING, subject)
            .filter(strike -> path.startsWith("/" + strike.text("product") + "/"))
            .isPresent();
  }

  /** Lets the handler run and does to its answer what the dials say. */
  void handle(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain, String subject)
      throws ServletException, IOException {
    Optional<Strike> slowRequest = faults.strike(Dial.REQUEST_SLOW, subject);
    if (slowRequest.isPresent()) {
      pause(slowRequest.get().delay());
    }
    Optional<Strike> slow = faults.strike(Dial.ANSWER_SLOW, subject);
    Optional<Strike> error = faults.strike(Dial.SERVER_ERROR_AFTER, subject);
    Optional<Strike> lost = faults.strike(Dial.ANSWER_LOST, subject);
    Optional<Strike> cutShort = faults.strike(Dial.ANSWER_CUT_SHORT, subject);
    if (slow.isEmpty() && error.isEmpty() && lost.isEmpty() && cutShort.isEmpty()) {
      chain.doFilter(request, response);
      return;
    }
    HeldResponse held = new HeldResponse(response);
    chain.doFilter(request, held);
    if (slow.isPresent()) {
      pause(slow.get().delay());
    }
    if (lost.isPresent()) {
      cut(request);
    } else if (error.isPresent()) {
      held.forget();
      error(response, error.get());
    } else if (cutShort.isPresent()) {
      held.release((int) cutShort.get().number("bytes"));
      cut(request);
    } else {
      held.release();
    }
  }

  private static void error(HttpServletResponse response, Strike strike) throws IOException {
    retryAfter(response, strike);
    answer(response, (int) strike.number("status"), strike.text("body"));
  }

  private static void retryAfter(HttpServletResponse response, Strike strike) {
    if (strike.number("retry_after") >= 0) {
      response.setHeader(HttpHeaders.RETRY_AFTER, strike.text("retry_after"));
    }
  }

  private static void pause(Duration delay) throws IOException {
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while an answer was held back");
    }
  }

  private static void cut(HttpServletRequest request) throws IOException {
    if (!(request.getAttribute(CUT) instanceof Runnable cut)) {
      throw new IOException("the server cannot cut this connection");
    }
    cut.run();
  }

  /** The error bodies that the reference knows. */
  private static void answer(HttpServletResponse response, int status, String form)
      throws IOException {
    String type = MediaType.APPLICATION_JSON_VALUE;
    String body;
    switch (form) {
      case "message" -> body = "{\"message\":\"Simulated answer " + status + "\"}";
      case "errors" ->
          body =
              "{\"errors\":[{\"id\":\""
                  + UUID.randomUUID()
                  + "\",\"status\":"
                  + status
                  + ",\"title\":\"Simulated answer\",\"detail\":\"Simulated answer\"}]}";
      case "fault" ->
          body =
              "{\"fault\":{\"faultstring\":\"Body buffer overflow\",\"detail\":{\"errorcode\":"
                  + "\"protocol.http.TooBigBody\"}}}";
      case "edge", "html" -> {
        type = MediaType.TEXT_HTML_VALUE;
        response.setHeader("Server", "AkamaiGHost");
        String title = form.equals("edge") ? "Access Denied" : "Service Unavailable";
        body =
            "<HTML><HEAD>\n<TITLE>"
                + title
                + "</TITLE>\n</HEAD><BODY>\n<H1>"
                + title
                + "</H1>\nReference&#32;&#35;"
                + UUID.randomUUID()
                + "\n</BODY>\n</HTML>\n";
      }
      default -> {
        response.setStatus(status);
        response.setContentLength(0);
        return;
      }
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    response.setContentType(type);
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
