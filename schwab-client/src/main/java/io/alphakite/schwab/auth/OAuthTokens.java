package io.alphakite.schwab.auth;

import io.alphakite.schwab.http.OneShot;
import io.alphakite.schwab.http.RetryPolicy;
import io.alphakite.schwab.http.SchwabException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access tokens from the token file, refreshed before they end and when Schwab refuses one.
 *
 * <p>One thread of one process refreshes at a time ({@link TokenFile#exclusively}); what came back
 * is on the disk before it is used, since the old refresh token may be dead by then. The file is
 * read again whenever it changed and once more before a refresh token is given up, so a login (or
 * refresh) by another process is picked up without a restart. After a refusal no call is made until
 * the file holds another refresh token. Safe for use by many threads.
 */
public final class OAuthTokens implements AccessTokens {

  private static final Logger log = LoggerFactory.getLogger(OAuthTokens.class);

  /** An access token is not used in its last minute. */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  /** A token refused this soon after its issue says more about the app than about the token. */
  private static final Duration REFRESH_SPACING = Duration.ofSeconds(5);

  private static final Duration BACKOFF_BASE = Duration.ofSeconds(1);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(30);

  private final TokenFile file;
  private final TokenEndpoint endpoint;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ReentrantLock lock = new ReentrantLock();

  // All guarded by the lock.
  private TokenFile.@Nullable Stamp stamp;
  private @Nullable Tokens tokens;
  private @Nullable Secret rejectedAccess;
  private @Nullable Secret deadRefresh;
  private @Nullable SchwabException lastFailure;
  private int failures;
  private long retryNanos;
  private @Nullable Long refreshedNanos;

  OAuthTokens(TokenFile file, TokenEndpoint endpoint, InstantSource clock, RandomGenerator random) {
    this.file = file;
    this.endpoint = endpoint;
    this.clock = clock;
    this.random = random;
    this.retryNanos = System.nanoTime();
  }

  /**
   * Reads the token file if there is one; makes no call.
   *
   * @throws SchwabException {@code TOKEN_FILE} when the file cannot be used
   */
  public static OAuthTokens open(
      URI base,
      SchwabCredentials credentials,
      TokenFile file,
      OneShot http,
      InstantSource clock,
      RandomGenerator random) {
    OAuthTokens tokens =
        new OAuthTokens(file, new TokenEndpoint(base, credentials, http, clock), clock, random);
    tokens.reload();
    return tokens;
  }

  @Override
  public String accessToken() {
    lock.lock();
    try {
      reloadIfChanged();
      Tokens now = tokens;
      if (now == null) {
        throw new SchwabException(
            SchwabException.Kind.LOGIN_REQUIRED, "not logged in to Schwab: no token file " + file);
      }
      if (now.access() != null && usable(now, MARGIN)) {
        return now.access().reveal();
      }
      return refreshed(now);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void invalidate(String rejected) {
    lock.lock();
    try {
      Long last = refreshedNanos;
      boolean fresh = last != null && System.nanoTime() - last < REFRESH_SPACING.toNanos();
      if (!fresh) {
        rejectedAccess = Secret.of(rejected);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public TokenStatus status() {
    lock.lock();
    try {
      try {
        reloadIfChanged();
      } catch (SchwabException e) {
        return new TokenStatus(
            TokenStatus.State.LOGIN_REQUIRED, null, null, String.valueOf(e.getMessage()));
      }
      Tokens now = tokens;
      if (now == null) {
        return new TokenStatus(
            TokenStatus.State.MISSING, null, null, "not logged in: no token file " + file);
      }
      TokenStatus.State state;
      if (now.refresh().equals(deadRefresh)) {
        state = TokenStatus.State.LOGIN_REQUIRED;
      } else {
        state = lastFailure == null ? TokenStatus.State.READY : TokenStatus.State.REFRESH_FAILING;
      }
      return new TokenStatus(
          state,
          now.expiresAt(),
          now.loginEndsAt(),
          lastFailure == null ? null : lastFailure.getMessage());
    } finally {
      lock.unlock();
    }
  }

  /** Takes over what a login just wrote. */
  void store(Tokens login) {
    lock.lock();
    try {
      file.exclusively(
          () -> {
            keep(login);
            return login;
          });
    } finally {
      lock.unlock();
    }
  }

  private String refreshed(Tokens seen) {
    if (seen.refresh().equals(deadRefresh) || System.nanoTime() - retryNanos < 0) {
      return lastResort(seen);
    }
    try {
      Tokens now = file.exclusively(this::refreshExclusively);
      if (now.access() == null) {
        throw new SchwabException(SchwabException.Kind.UNREADABLE, "no access token");
      }
      return now.access().reveal();
    } catch (SchwabException e) {
      lastFailure = e;
      if (e.kind() == SchwabException.Kind.LOGIN_REQUIRED) {
        log.atError()
            .addKeyValue("event", "schwab.login_required")
            .log("Schwab refuses the refresh token: a person has to log in");
      } else {
        retryNanos =
            System.nanoTime()
                + RetryPolicy.fullJitter(failures++, BACKOFF_BASE, BACKOFF_MAX, random).toNanos();
        log.atWarn()
            .addKeyValue("event", "schwab.refresh_failed")
            .addKeyValue("kind", e.kind())
            .addKeyValue("status", e.status())
            .log("Token refresh failed; trying again");
      }
      return lastResort(seen);
    }
  }

  /** An access token may outlive a refresh that fails: use it to its very end. */
  private String lastResort(Tokens seen) {
    if (seen.access() != null && usable(seen, Duration.ZERO)) {
      return seen.access().reveal();
    }
    SchwabException failure = lastFailure;
    if (failure == null) {
      throw new SchwabException(SchwabException.Kind.UNREACHABLE, "token refresh waits");
    }
    throw new SchwabException(
        failure.kind(),
        String.valueOf(failure.getMessage()),
        failure.status(),
        failure.correlationId().orElse(null),
        null,
        failure);
  }

  private Tokens refreshExclusively() {
    // Another thread or process may have been here while this one waited.
    reload();
    Tokens now = required();
    if (now.access() != null && usable(now, MARGIN)) {
      return now;
    }
    try {
      return keep(endpoint.refresh(now));
    } catch (SchwabException e) {
      if (e.kind() != SchwabException.Kind.LOGIN_REQUIRED) {
        throw e;
      }
      // A login writes without this lock when it comes from elsewhere: look once more.
      reload();
      Tokens newer = required();
      if (newer.refresh().equals(now.refresh())) {
        deadRefresh = now.refresh();
        throw e;
      }
      return newer.access() != null && usable(newer, MARGIN)
          ? newer
          : keep(endpoint.refresh(newer));
    }
  }

  private Tokens keep(Tokens fresh) {
    file.write(fresh);
    stamp = file.stamp();
    tokens = fresh;
    rejectedAccess = null;
    deadRefresh = null;
    lastFailure = null;
    failures = 0;
    retryNanos = System.nanoTime();
    refreshedNanos = System.nanoTime();
    return fresh;
  }

  private Tokens required() {
    Tokens now = tokens;
    if (now == null) {
      throw new SchwabException(
          SchwabException.Kind.LOGIN_REQUIRED, "not logged in to Schwab: no token file " + file);
    }
    return now;
  }

  private void reloadIfChanged() {
    TokenFile.Stamp now = file.stamp();
    if (now == null ? stamp != null : !now.equals(stamp)) {
      reload();
    }
  }

  private void reload() {
    lock.lock();
    try {
      Tokens before = tokens;
      Tokens now = file.read().orElse(null);
      tokens = now;
      // Taken after the reading: it may have rewritten an imported file.
      stamp = file.stamp();
      if (now != null && !now.equals(before)) {
        // Somebody else refreshed or logged in.
        lastFailure = null;
        failures = 0;
        retryNanos = System.nanoTime();
        if (!now.refresh().equals(deadRefresh)) {
          deadRefresh = null;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean usable(Tokens now, Duration margin) {
    Instant end = now.expiresAt().minus(margin);
    return clock.instant().isBefore(end)
        && now.access() != null
        && !now.access().equals(rejectedAccess);
  }
}
