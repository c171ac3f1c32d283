package io.alphakite.schwab.auth;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a login gives, as kept in the token file.
 *
 * @param access null when only the refresh token is known
 * @param expiresAt when the access token ends (Schwab: 30 minutes after its issue)
 * @param loginAt when a person logged in; null when the file does not say
 */
record Tokens(
    @Nullable Secret access,
    Secret refresh,
    Instant expiresAt,
    String tokenType,
    @Nullable Instant loginAt) {

  /** Schwab's limit for a refresh token, counted from the login; refreshing does not move it. */
  static final Duration LOGIN_LIFE = Duration.ofDays(7);

  @Nullable Instant loginEndsAt() {
    return loginAt == null ? null : loginAt.plus(LOGIN_LIFE);
  }
}
