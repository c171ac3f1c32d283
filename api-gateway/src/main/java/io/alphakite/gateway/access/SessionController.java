package io.alphakite.gateway.access;

import io.alphakite.gateway.web.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Signing a browser in and out. */
@RestController
class SessionController {
  private static final Logger log = LoggerFactory.getLogger(SessionController.class);

  private final SignInLinks links;
  private final BrowserSessions sessions;
  private final AccessSettings settings;
  private final InstantSource clock;

  SessionController(
      SignInLinks links, BrowserSessions sessions, AccessSettings settings, InstantSource clock) {
    this.links = links;
    this.sessions = sessions;
    this.settings = settings;
    this.clock = clock;
  }

  /** Exchanges a one-time link for a cookie and shows the page. */
  @GetMapping("/signin")
  ResponseEntity<Void> signIn(
      @RequestParam(required = false) @Nullable String token, HttpServletRequest request) {
    if (request.getMethod().equals("HEAD")) {
      // Link previews look before the person does; the link is for the person.
      return ResponseEntity.noContent().build();
    }
    if (token == null || !links.redeem(token)) {
      throw new ApiException(
          HttpStatus.UNAUTHORIZED,
          "invalid_sign_in_link",
          "This sign-in link was used before, has expired or never was one.",
          "Get a new one: restart ./kite up, or POST /v1/sign-in-links with an admin key.");
    }
    log.atInfo().addKeyValue("event", "browser.signed_in").log("A browser signed in");
    return ResponseEntity.status(HttpStatus.SEE_OTHER)
        .location(URI.create("/"))
        .header(
            HttpHeaders.SET_COOKIE,
            cookie(sessions.open(), BrowserSessions.LIFETIME, request).toString())
        .build();
  }

  /** Who the caller is. */
  @GetMapping("/v1/session")
  SessionView session(HttpServletRequest request) {
    return Caller.of(request)
        .map(
            caller ->
                new SessionView(
                    true, caller.scopeNames(), caller.expiresAt(), settings.publicRead()))
        .orElseGet(() -> new SessionView(false, List.of(), null, settings.publicRead()));
  }

  /** Signs the browser out. */
  @DeleteMapping("/v1/session")
  ResponseEntity<Void> signOut(HttpServletRequest request) {
    String token = Authenticator.cookie(request);
    if (token != null) {
      sessions.close(token);
    }
    return ResponseEntity.noContent()
        .header(HttpHeaders.SET_COOKIE, cookie("", Duration.ZERO, request).toString())
        .build();
  }

  /** A new one-time link, for another browser. */
  @PostMapping("/v1/sign-in-links")
  ResponseEntity<SignInLink> link() {
    Instant expiresAt = clock.instant().plus(SignInLinks.LIFETIME);
    URI path = links.mint();
    return ResponseEntity.status(HttpStatus.CREATED)
        .body(new SignInLink(path.toString(), expiresAt));
  }

  private ResponseCookie cookie(String value, Duration lifetime, HttpServletRequest request) {
    return ResponseCookie.from(Authenticator.COOKIE, value)
        .path("/")
        .httpOnly(true)
        .sameSite("Strict")
        .secure(settings.secure() || request.isSecure())
        .maxAge(lifetime)
        .build();
  }

  /**
   * Who the caller is.
   *
   * @param publicRead whether market data needs no sign-in
   */
  record SessionView(
      boolean signedIn, List<String> scopes, @Nullable Instant expiresAt, boolean publicRead) {}

  /**
   * A one-time link.
   *
   * @param path on this gateway
   */
  record SignInLink(String path, Instant expiresAt) {}
}
