package io.alphakite.simulator.web;

import io.alphakite.simulator.auth.Tokens;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.settings.SimulatorSettings;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Before everything else: marks every answer as the simulator's, keeps out pages of other origins
 * and other hosts' names (the API too, unless it is bound to more than this machine and so may go
 * by any name), lets the faults of any call have their say, and asks the API's callers for a token.
 */
public final class FrontFilter extends OncePerRequestFilter {
  private static final String CORRELATION = "Schwab-Client-CorrelId";

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Tokens tokens;
  private final HttpFaults faults;
  private final Set<String> hosts = new TreeSet<>(LOOPBACK);
  private final boolean loopback;

  public FrontFilter(Tokens tokens, SimulatorSettings settings, FaultDials faults, Market market) {
    this.tokens = tokens;
    this.faults = new HttpFaults(faults, market, settings.continuous());
    hosts.addAll(settings.allowedHosts());
    hosts.add(settings.bindAddress());
    loopback = LOOPBACK.contains(settings.bindAddress()) || settings.bindAddress().equals("::1");
  }

  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    response.setHeader("Kite-Simulator", "1");
    String path = request.getRequestURI();
    boolean control = path.equals("/") || path.startsWith("/control");
    boolean named = hosts.contains(request.getServerName());
    if ((!named && (loopback || control)) || isForeign(request)) {
      plain(response, 403, MediaType.TEXT_PLAIN_VALUE, "This host or origin is not allowed.\n");
      return;
    }
    boolean api = path.startsWith("/trader/") || path.startsWith("/marketdata/");
    if (!api && !path.startsWith("/v1/")) {
      if (path.equals("/ws") && refusesStreamer(response)) {
        return;
      }
      chain.doFilter(request, response);
      return;
    }
    if (api) {
      String given = request.getHeader(CORRELATION);
      response.setHeader(CORRELATION, isPlain(given) ? given : UUID.randomUUID().toString());
      response.setHeader("Schwab-Resource-Version", "1");
    }
    String query = request.getQueryString();
    String call = request.getMethod() + " " + path;
    String subject = query == null ? call : call + "?" + query;
    faults.date(response, subject);
    if (faults.answersInstead(request, response, subject)) {
      return;
    }
    if (api && (!hasToken(request, call) || faults.refuses(subject, path))) {
      plain(response, 401, MediaType.APPLICATION_JSON_VALUE, ApiErrors.unauthorized());
      return;
    }
    faults.handle(request, response, chain, subject);
  }

  private boolean hasToken(HttpServletRequest request, String call) {
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    return authorization != null
        && authorization.startsWith("Bearer ")
        && tokens.isValid(authorization.substring(7), call);
  }

  private boolean refusesStreamer(HttpServletResponse response) throws IOException {
    int status = faults.refusesStreamer();
    if (status == 0) {
      return false;
    }
    plain(response, status, MediaType.TEXT_PLAIN_VALUE, "No connection is taken now.\n");
    return true;
  }

  private static boolean isPlain(@Nullable String id) {
    return id != null && id.matches("[A-Za-z0-9._-]{1,64}");
  }

  /** A browser says where a page came from; clients that are no browsers say nothing. */
  private static boolean isForeign(HttpServletRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null) {
      return false;
    }
    try {
      String authority = URI.create(origin).getAuthority();
      return authority == null || !authority.equals(request.getHeader(HttpHeaders.HOST));
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static void plain(HttpServletResponse response, int status, String type, String body)
      throws IOException {
    response.setStatus(status);
    response.setContentType(type);
    response.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
  }
}
