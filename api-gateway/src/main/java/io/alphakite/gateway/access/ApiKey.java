package io.alphakite.gateway.access;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A key as stored: its hash, never itself. */
@Entity
@Table(name = "api_keys")
class ApiKey {
  @Id private UUID id;
  private String name;
  private byte[] keyHash;
  private String[] scopes;
  private Instant createdAt;
  private @Nullable Instant expiresAt;
  private @Nullable Instant revokedAt;

  /** For Hibernate, which fills the fields. */
  @SuppressWarnings("NullAway.Init")
  protected ApiKey() {}

  ApiKey(
      UUID id,
      String name,
      byte[] keyHash,
      List<Scope> scopes,
      Instant createdAt,
      @Nullable Instant expiresAt) {
    this.id = id;
    this.name = name;
    this.keyHash = keyHash.clone();
    this.scopes = scopes.stream().map(Scope::wire).toArray(String[]::new);
    this.createdAt = createdAt;
    this.expiresAt = expiresAt;
  }

  UUID id() {
    return id;
  }

  String name() {
    return name;
  }

  byte[] keyHash() {
    return keyHash.clone();
  }

  List<Scope> scopes() {
    return java.util.Arrays.stream(scopes).map(Scope::fromWire).toList();
  }

  Instant createdAt() {
    return createdAt;
  }

  @Nullable Instant expiresAt() {
    return expiresAt;
  }

  @Nullable Instant revokedAt() {
    return revokedAt;
  }

  void revoke(Instant now) {
    if (revokedAt == null) {
      revokedAt = now;
    }
  }

  boolean validAt(Instant now) {
    return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
  }
}
