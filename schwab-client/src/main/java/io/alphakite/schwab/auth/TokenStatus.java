package io.alphakite.schwab.auth;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of the login.
 *
 * @param accessExpiresAt when the access token ends; null when there is none
 * @param loginEndsAt when the refresh token dies, seven days after a person's login; null when that
 *     moment is not known, as with a token file made elsewhere
 * @param problem one line for a person; null when all is well
 */
public record TokenStatus(
    State state,
    @Nullable Instant accessExpiresAt,
    @Nullable Instant loginEndsAt,
    @Nullable String problem) {

  /** A person should be reminded this long before the end: a day with an evening in it. */
  private static final Duration SOON = Duration.ofHours(24);

  /** What can be done with it. */
  public enum State {
    /** Calls can be made. */
    READY,
    /** No token yet: a person has to log in. */
    MISSING,
    /** The refresh token is dead or the app refused: a person is needed. */
    LOGIN_REQUIRED,
    /** The last refresh failed for a passing reason; it goes on trying. */
    REFRESH_FAILING,
    /** Calls can be made, but the newest tokens could not be written: a restart would lose them. */
    UNSAVED
  }

  /** How that looks from a given moment. */
  public enum Outlook {
    /** Nothing to do. */
    GOOD,
    /** Calls can be made, and something should be done before they cannot. */
    WORRYING,
    /** No call can be made until a person did something or, failing refreshes, Schwab is back. */
    OVER
  }

  /** How it looks now. */
  public Outlook outlook(Instant now) {
    return switch (state) {
      case READY -> endsSoon(now) ? Outlook.WORRYING : Outlook.GOOD;
      case UNSAVED -> Outlook.WORRYING;
      case REFRESH_FAILING ->
          accessExpiresAt != null && now.isBefore(accessExpiresAt)
              ? Outlook.WORRYING
              : Outlook.OVER;
      case MISSING, LOGIN_REQUIRED -> Outlook.OVER;
    };
  }

  /** What a person should know or do, in one line; empty when there is nothing to say. */
  public Optional<String> note(Instant now) {
    if (state == State.MISSING || state == State.LOGIN_REQUIRED) {
      return Optional.of("log in to Schwab (./kite auth login): " + problem);
    }
    if (problem != null) {
      return Optional.of(problem);
    }
    if (endsSoon(now)) {
      return Optional.of("log in to Schwab again (./kite auth login) before the login ends");
    }
    if (loginEndsAt == null) {
      return Optional.of(
          "when the login was made is not known (token file made elsewhere):"
              + " it ends seven days after that");
    }
    return Optional.empty();
  }

  private boolean endsSoon(Instant now) {
    return loginEndsAt != null && loginEndsAt.isBefore(now.plus(SOON));
  }
}
