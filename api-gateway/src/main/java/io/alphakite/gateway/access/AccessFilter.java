package io.alphakite.gateway.access;

import io.alphakite.gateway.web.Problem;
import io.alphakite.gateway.web.ProblemWriter;
import io.alphakite.gateway.web.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The one door. In this order: a sane path, a Host that is ours, no foreign page, a route that
 * exists, a caller who may. The peer's address plays no part.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class AccessFilter extends OncePerRequestFilter {
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
  // What decodes to another path for one reader than for the next.
  private static final Pattern AMBIGUOUS =
      Pattern.compile("//|;|\\\\|%2f|%5c|%00|%2e|%25|/\\.\\.?(/|$)", Pattern.CASE_INSENSITIVE);
  private static final String CONTENT_SECURITY =
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
          + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private final AccessSettings settings;
  private final Origins origins;
  private final Authenticator authenticator;
  private final ProblemWriter problems;

  AccessFilter(AccessSettings settings, Authenticator authenticator, ProblemWriter problems) {
    this.settings = settings;
    this.origins = new Origins(settings);
    this.authenticator = authenticator;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String path = request.getRequestURI();
    protect(response, path);
    Problem refusal = foreign(request);
    if (refusal != null) {
      problems.write(response, refusal);
      return;
    }
    if (AMBIGUOUS.matcher(path).find()) {
      problems.write(
          response,
          Problem.of(
              HttpStatus.BAD_REQUEST,
              "invalid_path",
              Problems.printable(path) + " can be read in more than one way.",
              "Paths have no \";\", no empty or dotted part and no encoded slash."));
      return;
    }
    List<Routes.Route> routes = Routes.at(PathContainer.parsePath(path));
    if (routes.isEmpty()) {
      problems.write(response, Problems.noSuchPath(path));
      return;
    }
    Routes.Route route = Routes.pick(routes, request.getMethod());
    if (route == null) {
      response.setHeader(HttpHeaders.ALLOW, Routes.allow(routes));
      if (request.getMethod().equals("OPTIONS")) {
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
      } else {
        problems.write(response, Problems.methodNotAllowed(request.getMethod(), path));
      }
      return;
    }
    if (admit(route, request, response)) {
      chain.doFilter(request, response);
    }
  }

  private boolean admit(
      Routes.Route route, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Authenticator.Outcome outcome;
    try {
      outcome = authenticator.authenticate(request);
    } catch (DataAccessException | TransactionException e) {
      problems.write(
          response,
          Problem.of(
              HttpStatus.SERVICE_UNAVAILABLE,
              "database_unavailable",
              "The database does not answer, so nobody can be recognised.",
              "Try again."));
      return false;
    }
    Scope needed = route.need().scope(settings.publicRead());
    switch (outcome) {
      case Authenticator.Outcome.Refused _ -> {
        unauthorized(
            response,
            "invalid_key",
            "The key is unknown, expired or revoked.",
            ", error=\"invalid_token\"");
        return false;
      }
      case Authenticator.Outcome.Anonymous _ -> {
        if (needed != null) {
          unauthorized(response, "unauthorized", "This needs a key or a signed-in browser.", "");
          return false;
        }
      }
      case Authenticator.Outcome.Known(Principal principal) -> {
        if (needed != null && !principal.may(needed)) {
          problems.write(
              response,
              Problem.of(
                  HttpStatus.FORBIDDEN,
                  "missing_scope",
                  "This needs the scope " + needed.wire() + ".",
                  "The key has: " + String.join(", ", principal.scopeNames()) + "."));
          return false;
        }
        if (principal.kind() == Principal.Kind.BROWSER && forged(request)) {
          problems.write(
              response,
              Problem.of(
                  HttpStatus.FORBIDDEN,
                  "foreign_origin",
                  "A browser's session changes something only from the gateway's own page.",
                  "Programs use a key instead of the cookie."));
          return false;
        }
        Caller.put(request, principal);
      }
    }
    return true;
  }

  /** What every answer tells the browser, whoever asks. */
  private static void protect(HttpServletResponse response, String path) {
    response.setHeader("Content-Security-Policy", CONTENT_SECURITY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    response.setHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
    // The names of assets carry a hash of their content; everything else changes under its name.
    response.setHeader(
        HttpHeaders.CACHE_CONTROL,
        path.startsWith("/assets/")
            ? "public, max-age=31536000, immutable"
            : path.startsWith("/v1/") || path.startsWith("/signin") ? "no-store" : "no-cache");
  }

  private @Nullable Problem foreign(HttpServletRequest request) {
    String host = request.getHeader(HttpHeaders.HOST);
    if (!origins.hostAllowed(host)) {
      return Problem.of(
          HttpStatus.FORBIDDEN,
          "foreign_host",
          "This gateway does not answer to that host name.",
          "Use localhost, or name the host in KITE_ALLOWED_HOSTS or KITE_PUBLIC_URL.");
    }
    List<String> given = Collections.list(request.getHeaders(HttpHeaders.ORIGIN));
    boolean foreign = given.size() > 1;
    for (String origin : given) {
      foreign |= !origins.originAllowed(origin, String.valueOf(host));
    }
    // Browsers send no Origin with what a foreign page embeds; they do say where it comes from.
    String site = header(request, "Sec-Fetch-Site");
    boolean embedded = site.equals("cross-site") || site.equals("same-site");
    boolean followedLink =
        SAFE.contains(request.getMethod()) && header(request, "Sec-Fetch-Mode").equals("navigate");
    if (foreign || (embedded && !followedLink)) {
      return Problem.of(
          HttpStatus.FORBIDDEN,
          "foreign_origin",
          "Pages of another origin cannot use this gateway.",
          "Open the gateway's own page.");
    }
    return null;
  }

  /** A change by cookie that does not say that it comes from our own page. */
  private static boolean forged(HttpServletRequest request) {
    return !SAFE.contains(request.getMethod())
        && request.getHeader(HttpHeaders.ORIGIN) == null
        && !header(request, "Sec-Fetch-Site").equals("same-origin");
  }

  private static String header(HttpServletRequest request, String name) {
    String value = request.getHeader(name);
    return value == null ? "" : value.toLowerCase(Locale.ROOT);
  }

  private void unauthorized(
      HttpServletResponse response, String code, String detail, String challenge)
      throws IOException {
    response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"alpha-kite\"" + challenge);
    problems.write(
        response,
        Problem.of(
            HttpStatus.UNAUTHORIZED,
            code,
            detail,
            "Send Authorization: Bearer <key>, or sign the browser in by the link that ./kite up prints."));
  }
}
