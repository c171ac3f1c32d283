package io.alphakite.simulator.web;

import io.alphakite.simulator.auth.Tokens;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
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

/** Three-legged OAuth; the person always agrees, so the authorize page redirects at once. */
@RestController
public final class OAuthController {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  private final Tokens tokens;
  private final SimulatorSettings settings;

  public OAuthController(Tokens tokens, SimulatorSettings settings) {
    this.tokens = tokens;
    this.settings = settings;
  }

  @GetMapping("/v1/oauth/authorize")
  ResponseEntity<String> authorize(
      @RequestParam(name = "client_id", defaultValue = "") String clientId,
      @RequestParam(name = "redirect_uri", defaultValue = "") String redirectUri,
      @RequestParam(name = "state", required = false) @Nullable String state) {
    String key = settings.appKey();
    String callback = settings.callbackUrl();
    if (clientId.isEmpty()
        || (key != null && !key.equals(clientId))
        || !allowed(redirectUri)
        || (callback != null && !callback.equals(redirectUri))) {
      return ResponseEntity.badRequest()
          .contentType(MediaType.TEXT_HTML)
          .body(
              "<html><body><h1>Whitelabel Error Page</h1>"
                  + "<p>Unknown client or redirect URI.</p></body></html>");
    }
    String target =
        redirectUri
            + (redirectUri.endsWith("/") ? "?code=" : "/?code=")
            + URLEncoder.encode(tokens.code(redirectUri), StandardCharsets.UTF_8)
            + "&session="
            + UUID.randomUUID()
            + (state == null ? "" : "&state=" + URLEncoder.encode(state, StandardCharsets.UTF_8));
    return ResponseEntity.status(HttpStatus.FOUND).header(HttpHeaders.LOCATION, target).build();
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
    if (!isOurClient(authorization)) {
      return error(401, "invalid_client", "Client authentication failed");
    }
    return switch (form.getOrDefault("grant_type", "")) {
      case "refresh_token" -> {
        Optional<Tokens.Grant> grant = tokens.refresh(form.getOrDefault("refresh_token", ""));
        yield grant.isPresent()
            ? ResponseEntity.ok(body(grant.get()))
            : error(
                400,
                "unsupported_token_type",
                "400 Bad Request: \"{\"error_description\":\"Exception while authenticating refresh"
                    + " token\",\"error\":\"refresh_token_authentication_error\"}\"");
      }
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
