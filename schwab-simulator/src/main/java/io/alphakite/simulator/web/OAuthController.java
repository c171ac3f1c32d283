package io.alphakite.simulator.web;

import io.alphakite.simulator.auth.Tokens;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/**
 * Three-legged OAuth. The person always agrees and the authorize page redirects at once, or it is a
 * form with two buttons.
 */
@RestController
public final class OAuthController {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  /** JSON text within a text, as captured. */
  private static final String NESTED =
      "400 Bad Request: \"{\\\"error_description\\\":\\\"Exception while authenticating refresh"
          + " token\\\",\\\"error\\\":\\\"refresh_token_authentication_error\\\"}\"";

  private final Tokens tokens;
  private final SimulatorSettings settings;
  private final FaultDials faults;

  public OAuthController(Tokens tokens, SimulatorSettings settings, FaultDials faults) {
    this.tokens = tokens;
    this.settings = settings;
    this.faults = faults;
  }

  @GetMapping("/v1/oauth/authorize")
  ResponseEntity<String> authorize(
      @RequestParam(name = "client_id", defaultValue = "") String clientId,
      @RequestParam(name = "redirect_uri", defaultValue = "") String redirectUri,
      @RequestParam(name = "state", required = false) @Nullable String state) {
    Optional<Strike> notReady = faults.strike(Dial.APP_NOT_READY, "authorize");
    if (notReady.isPresent()) {
      return page((int) notReady.get().number("status"), whitelabel("This app is not ready."));
    }
    if (!known(clientId, redirectUri)) {
      return page(400, whitelabel("Unknown client or redirect URI."));
    }
    if (settings.loginForm()) {
      return page(200, form(clientId, redirectUri, state));
    }
    return redirect(redirectUri, state, true);
  }

  /** What the person chose on the form. */
  @PostMapping(path = "/v1/oauth/authorize", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
  ResponseEntity<String> authorized(@RequestParam Map<String, String> form) {
    String redirectUri = form.getOrDefault("redirect_uri", "");
    if (!known(form.getOrDefault("client_id", ""), redirectUri)) {
      return page(400, whitelabel("Unknown client or redirect URI."));
    }
    return redirect(redirectUri, form.get("state"), "allow".equals(form.get("answer")));
  }

  private ResponseEntity<String> redirect(
      String redirectUri, @Nullable String state, boolean agreed) {
    boolean allowed = agreed && faults.strike(Dial.LOGIN_DENIED, "authorize").isEmpty();
    String result = allowed ? "code=" + encoded(tokens.code(redirectUri)) : "error=access_denied";
    String target =
        redirectUri
            + (redirectUri.endsWith("/") ? "?" : "/?")
            + result
            + "&session="
            + UUID.randomUUID()
            + (state == null ? "" : "&state=" + encoded(state));
    return ResponseEntity.status(HttpStatus.FOUND).header(HttpHeaders.LOCATION, target).build();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private boolean known(String clientId, String redirectUri) {
    String key = settings.appKey();
    String callbacks = settings.callbackUrl();
    return !clientId.isEmpty()
        && (key == null || key.equals(clientId))
        && allowed(redirectUri)
        && (callbacks == null
            || Arrays.stream(callbacks.split(",", -1))
                .anyMatch(callback -> callback.strip().equals(redirectUri)));
  }

  private static ResponseEntity<String> page(int status, String html) {
    return ResponseEntity.status(status)
        .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
        .body(html);
  }

  private static String whitelabel(String message) {
    return "<html><body><h1>Whitelabel Error Page</h1><p>" + message + "</p></body></html>";
  }

  private static String form(String clientId, String redirectUri, @Nullable String state) {
    return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Simulated login</title>
        <style>
          :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
          body { max-width: 26rem; margin: 12vh auto; padding: 0 1rem; }
          button { font: inherit; padding: .6rem 1.4rem; margin-right: .6rem; }
        </style></head>
        <body><h1>Simulated login</h1>
        <p>An app asks for access to the simulated account. No password is needed here.</p>
        <form method="post" action="/v1/oauth/authorize">
        <input type="hidden" name="client_id" value="%s">
        <input type="hidden" name="redirect_uri" value="%s">%s
        <button name="answer" value="allow" autofocus>Allow</button>
        <button name="answer" value="deny">Deny</button>
        </form></body></html>
        """
        .formatted(
            HtmlUtils.htmlEscape(clientId),
            HtmlUtils.htmlEscape(redirectUri),
            state == null
                ? ""
                : "<input type=\"hidden\" name=\"state\" value=\""
                    + HtmlUtils.htmlEscape(state)
                    + "\">");
  }

  /** Schwab takes https only; plain http to this machine is allowed here for convenience. */
  private static boolean allowed(String redirectUri) {
    try {
      URI uri = URI.create(redirectUri);
      return uri.getHost() != null
          && ("https".equals(uri.getScheme())
              || ("http".equals(uri.getScheme()) && LOOPBACK.contains(uri.getHost())));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @PostMapping(
      path = "/v1/oauth/token",
      consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Map<String, Object>> token(
      @RequestHeader(name = HttpHeaders.AUTHORIZATION, defaultValue = "") String authorization,
      @RequestParam Map<String, String> form) {
    String grantType = form.getOrDefault("grant_type", "");
    if (!isOurClient(authorization) || faults.strike(Dial.CLIENT_REFUSED, grantType).isPresent()) {
      return error(401, "invalid_client", "Client authentication failed");
    }
    return switch (grantType) {
      case "refresh_token" ->
          switch (tokens.refresh(form.getOrDefault("refresh_token", ""))) {
            case Tokens.Refresh.Granted(Tokens.Grant grant) -> ResponseEntity.ok(body(grant));
            case Tokens.Refresh.Refused(Tokens.RefusalForm refusal) -> refused(refusal);
          };
      case "authorization_code" -> {
        Optional<Tokens.Grant> grant =
            tokens.exchange(form.getOrDefault("code", ""), form.getOrDefault("redirect_uri", ""));
        yield grant.isPresent()
            ? ResponseEntity.ok(body(grant.get()))
            : error(400, "invalid_request", "Bad authorization code or redirect URI");
      }
      default -> error(400, "unsupported_grant_type", "Unsupported grant type");
    };
  }

  private static ResponseEntity<Map<String, Object>> refused(Tokens.RefusalForm form) {
    return switch (form) {
      case NESTED -> error(400, "unsupported_token_type", NESTED);
      case INVALID_CLIENT -> error(401, "invalid_client", "Client authentication failed");
      case INVALID_GRANT -> error(400, "invalid_grant", "The refresh token is invalid or expired");
    };
  }

  private boolean isOurClient(String authorization) {
    if (!authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
      return false;
    }
    try {
      byte[] given = Base64.getDecoder().decode(authorization.substring(6).strip());
      if (settings.appKey() == null) {
        return given.length > 1;
      }
      String secret = settings.appSecret();
      String expected = settings.appKey() + ":" + (secret == null ? "" : secret);
      if (secret == null) {
        String client = new String(given, StandardCharsets.UTF_8);
        return client.startsWith(expected);
      }
      return MessageDigest.isEqual(given, expected.getBytes(StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Map<String, Object> body(Tokens.Grant grant) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("expires_in", Tokens.ACCESS_LIFE.toSeconds());
    body.put("token_type", "Bearer");
    body.put("scope", "api");
    body.put("refresh_token", grant.refreshToken());
    body.put("access_token", grant.accessToken());
    body.put("id_token", "header.payload.signature");
    return body;
  }

  private static ResponseEntity<Map<String, Object>> error(
      int status, String error, String description) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("error", error);
    body.put("error_description", description);
    return ResponseEntity.status(status).body(body);
  }
}
