package io.alphakite.gateway.access;

import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.Items;
import io.alphakite.gateway.web.JsonBody;
import io.alphakite.gateway.web.Problems;
import io.alphakite.gateway.web.QueryValues;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Keys for programs. A key is shown when it is made and never again. */
@RestController
class KeyController {
  /** What keys begin with, so that scanners for leaked secrets know them. */
  static final String PREFIX = "kite_";

  private static final Logger log = LoggerFactory.getLogger(KeyController.class);
  private static final int KEYS_MAX = 1_000;
  private static final int NAME_MAX = 100;
  private static final Set<String> FIELDS = Set.of("name", "scopes", "expires_at");

  private final ApiKeys keys;
  private final InstantSource clock;

  KeyController(ApiKeys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  @GetMapping("/v1/keys")
  Items<KeyView> list() {
    return new Items<>(keys.findAllByOrderByCreatedAtAsc().stream().map(KeyView::of).toList());
  }

  @PostMapping("/v1/keys")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content =
          @Content(
              mediaType = "application/json",
              schema = @Schema(implementation = KeyRequest.class)))
  @Transactional
  public ResponseEntity<NewKey> create(HttpServletRequest request) {
    JsonBody body = JsonBody.required(request, FIELDS);
    String name = body.requiredText("name").strip();
    if (name.isEmpty() || name.length() > NAME_MAX || !name.matches("\\P{Cntrl}+")) {
      throw ApiException.unprocessable(
          "invalid_name", "name is not 1 to " + NAME_MAX + " printable characters.", null);
    }
    List<Scope> scopes = scopes(body);
    Instant expiresAt = QueryValues.time("expires_at", body.text("expires_at"));
    Instant now = clock.instant();
    if (expiresAt != null && !expiresAt.isAfter(now)) {
      throw ApiException.unprocessable("invalid_expiry", "expires_at has passed.", null);
    }
    if (keys.count() >= KEYS_MAX) {
      throw ApiException.conflict("too_many_keys", "There are " + KEYS_MAX + " keys.", null);
    }
    String secret = PREFIX + Secrets.generate();
    ApiKey key =
        keys.save(
            new ApiKey(UUID.randomUUID(), name, Secrets.hash(secret), scopes, now, expiresAt));
    log.atInfo()
        .addKeyValue("event", "key.created")
        .addKeyValue("key_id", key.id())
        .addKeyValue("scopes", scopes)
        .log("API key made");
    return ResponseEntity.created(URI.create("/v1/keys/" + key.id()))
        .body(new NewKey(key.id(), name, scopes, secret, now, expiresAt));
  }

  @DeleteMapping("/v1/keys/{id}")
  @Transactional
  public ResponseEntity<Void> revoke(@PathVariable String id) {
    ApiKey key =
        parse(id)
            .flatMap(keys::findById)
            .orElseThrow(
                () -> ApiException.notFound("key_not_found", "There is no such key.", null));
    key.revoke(clock.instant());
    keys.save(key);
    log.atInfo()
        .addKeyValue("event", "key.revoked")
        .addKeyValue("key_id", key.id())
        .log("API key revoked");
    return ResponseEntity.noContent().build();
  }

  private static java.util.Optional<UUID> parse(String id) {
    try {
      return java.util.Optional.of(UUID.fromString(id));
    } catch (IllegalArgumentException e) {
      return java.util.Optional.empty();
    }
  }

  private static List<Scope> scopes(JsonBody body) {
    List<Scope> scopes = new ArrayList<>();
    for (String name : body.texts("scopes", Scope.values().length)) {
      try {
        Scope scope = Scope.fromWire(name);
        if (!scopes.contains(scope)) {
          scopes.add(scope);
        }
      } catch (IllegalArgumentException e) {
        throw ApiException.unprocessable(
            "invalid_scope",
            "\"" + Problems.printable(name) + "\" is not a scope.",
            "Scopes are read, trade and admin.");
      }
    }
    if (scopes.isEmpty()) {
      throw JsonBody.missing("scopes");
    }
    return scopes;
  }

  /** What a new key is asked for with. */
  @SuppressWarnings("UnusedVariable") // read by the documentation alone
  private record KeyRequest(String name, List<Scope> scopes, @Nullable Instant expiresAt) {}

  /** A key, without its secret. */
  record KeyView(
      UUID id,
      String name,
      List<Scope> scopes,
      Instant createdAt,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt) {
    static KeyView of(ApiKey key) {
      return new KeyView(
          key.id(), key.name(), key.scopes(), key.createdAt(), key.expiresAt(), key.revokedAt());
    }
  }

  /**
   * A key that was just made.
   *
   * @param key the secret, shown this once
   */
  record NewKey(
      UUID id,
      String name,
      List<Scope> scopes,
      String key,
      Instant createdAt,
      @Nullable Instant expiresAt) {}
}
