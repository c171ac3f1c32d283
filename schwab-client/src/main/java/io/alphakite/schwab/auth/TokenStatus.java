package io.alphakite.schwab.auth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of the login.
 *
 * @param accessExpiresAt when the access token ends; null when there is none
 * @param loginEndsAt when the refresh token dies, seven days after a person's login; null when that
 *     moment is not known
 * @param problem one line for a person; null when all is well
 */
public record TokenStatus(
    State state,
    @Nullable Instant accessExpiresAt,
    @Nullable Instant loginEndsAt,
    @Nullable String problem) {

  /** What can be done with it. */
  public enum State {
    /** Calls can be made. */
    READY,
    /** No token yet: a person has to log in. */
    MISSING,
    /** The refresh token is dead: a person has to log in again. */
    LOGIN_REQUIRED,
    /** The last refresh failed for a passing reason; it goes on trying. */
    REFRESH_FAILING
  }
}
