package io.alphakite.gateway.market;

import io.alphakite.gateway.web.Problem;
import io.alphakite.gateway.web.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets one list of prices or bars be read and written at a time: each may hold tens of thousands of
 * rows, and several at once would fill the heap that the trading runs in. Who waits longer than ten
 * seconds is told to come again.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
class LargeReads extends OncePerRequestFilter {
  private static final long WAIT_SECONDS = 10;

  private final Semaphore turn = new Semaphore(1, true);
  private final ProblemWriter problems;

  LargeReads(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    String path = request.getRequestURI();
    return !path.startsWith("/v1/equities/")
        || !(path.endsWith("/prices") || path.endsWith("/bars"));
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!taken()) {
      response.setHeader(HttpHeaders.RETRY_AFTER, "2");
      problems.write(
          response,
          Problem.of(
              HttpStatus.SERVICE_UNAVAILABLE,
              "too_many_reads",
              "Other lists of prices or bars are still being read.",
              "Ask for one at a time, or for fewer rows by limit."));
      return;
    }
    try {
      chain.doFilter(request, response);
    } finally {
      turn.release();
    }
  }

  private boolean taken() {
    try {
      return turn.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
