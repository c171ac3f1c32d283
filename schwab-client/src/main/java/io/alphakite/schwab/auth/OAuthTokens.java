package io.alphakite.schwab.auth;

import io.alphakite.schwab.http.OneShot;
import io.alphakite.schwab.http.RetryPolicy;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.http.SchwabException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access tokens from the token file, refreshed before they end and when Schwab refuses one.
 *
 * <p>One thread of one process refreshes at a time: first {@link RefreshLock} for all processes of
 * a database, within it {@link TokenFile#exclusively} for all of a machine. Whoever finds the
 * present token good for a while still does not wait for a refresh under way. What came back is on
 * the disk before it is used, since the old refresh token may be dead by then; room for it is taken
 * before Schwab is asked, and should the writing fail all the same, it lives on in memory and is
 * written as soon as that works. The file is read again whenever it changed and once more before a
 * refresh token is given up, so a login (or refresh) by another process is picked up without a
 * restart. After a refusal of the refresh token no call is made until the file holds another one.
 * Safe for use by many threads.
 */
public final class OAuthTokens implements AccessTokens {

  private static final Logger log = LoggerFactory.getLogger(OAuthTokens.class);

  /** An access token is not used in its last minute. */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  /** A token refused this soon after its issue says more about the app than about the token. */
  private static final Duration REFRESH_SPACING = Duration.ofSeconds(5);

  private static final Duration BACKOFF_BASE = Duration.ofSeconds(1);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(30);

  /** How often an app is tried that Schwab refused. */
  private static final Duration APP_RETRY = Duration.ofMinutes(5);

  /** How often tokens are tried to be written that could not be. */
  private static final Duration SAVE_SPACING = Duration.ofSeconds(1);

  /** Another process has at most one call under way. */
  private static final Duration LOCK_PATIENCE = Duration.ofSeconds(30);

  private static final String ENDED = " ended after its seven days";

  private final TokenFile file;
  private final TokenEndpoint endpoint;
  private final RefreshLock processes;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * Held by the thread that refreshes. Taken before the file's lock, and that one before the
   * monitor of {@link #state}, within which nothing waits.
   */
  private final ReentrantLock refreshing = new ReentrantLock();

  private final Object state = new Object();

  // All guarded by the state's monitor.
  private TokenFile.@Nullable Stamp stamp;
  private @Nullable Tokens tokens;
  private @Nullable Unsaved unsaved;
  private @Nullable Secret rejectedAccess;
  private @Nullable Secret deadRefresh;
  private @Nullable SchwabException lastFailure;
  private int failures;
  private long retryNanos;
  private @Nullable Long refreshedNanos;

  /**
   * Tokens that could not be written.
   *
   * @param spent the refresh token they replace, which the file still holds
   */
  private record Unsaved(Tokens tokens, Secret spent, SchwabException failure, long retryNanos) {

    Unsaved later() {
      return new Unsaved(tokens, spent, failure, System.nanoTime() + SAVE_SPACING.toNanos());
    }
  }

  OAuthTokens(
      TokenFile file,
      TokenEndpoint endpoint,
      RefreshLock processes,
      InstantSource clock,
      RandomGenerator random) {
    this.file = file;
    this.endpoint = endpoint;
    this.processes = processes;
    this.clock = clock;
    this.random = random;
    this.retryNanos = System.nanoTime();
  }

  /** Tokens of this app and file; reads nothing yet. */
  public static OAuthTokens of(
      URI base,
      SchwabCredentials credentials,
      TokenFile file,
      RefreshLock processes,
      OneShot http,
      InstantSource clock,
      RandomGenerator random) {
    TokenEndpoint endpoint = new TokenEndpoint(base, credentials, http, clock);
    return new OAuthTokens(file, endpoint, processes, clock, random);
  }

  /**
   * Reads the token file if there is one; makes no call.
   *
   * @return this
   * @throws SchwabException {@code TOKEN_FILE} when the file cannot be used
   */
  public OAuthTokens open() {
    reloadIfChanged();
    return this;
  }

  @Override
  public String accessToken() {
    Tokens seen = newest();
    if (usable(seen, MARGIN)) {
      return reveal(seen);
    }
    if (!usable(seen, Duration.ZERO)) {
      refreshing.lock();
    } else if (!refreshing.tryLock()) {
      return reveal(seen);
    }
    try {
      return refreshed();
    } finally {
      refreshing.unlock();
    }
  }

  @Override
  public void invalidate(String rejected) {
    synchronized (state) {
      Long last = refreshedNanos;
      boolean fresh = last != null && System.nanoTime() - last < REFRESH_SPACING.toNanos();
      if (!fresh) {
        rejectedAccess = Secret.of(rejected);
      }
    }
  }

  @Override
  public TokenStatus status() {
    try {
      reloadIfChanged();
    } catch (SchwabException e) {
      return new TokenStatus(
          TokenStatus.State.LOGIN_REQUIRED, null, null, String.valueOf(e.getMessage()));
    }
    synchronized (state) {
      Tokens now = tokens;
      if (now == null) {
        return new TokenStatus(
            TokenStatus.State.MISSING, null, null, "not logged in: no token file " + file);
      }
      SchwabException failure = lastFailure;
      Unsaved kept = unsaved;
      if (failure != null) {
        boolean person = failure.kind() == Kind.LOGIN_REQUIRED;
        return status(
            person ? TokenStatus.State.LOGIN_REQUIRED : TokenStatus.State.REFRESH_FAILING,
            now,
            failure.getMessage());
      }
      if (ended(now) && !usable(now, Duration.ZERO)) {
        return status(TokenStatus.State.LOGIN_REQUIRED, now, "the login" + ENDED);
      }
      if (kept != null) {
        return status(
            TokenStatus.State.UNSAVED,
            now,
            kept.failure().getMessage()
                + ": the newest tokens are in memory alone, and a restart would need a new login");
      }
      return status(TokenStatus.State.READY, now, null);
    }
  }

  private static TokenStatus status(TokenStatus.State state, Tokens now, @Nullable String problem) {
    return new TokenStatus(state, now.expiresAt(), now.loginEndsAt(), problem);
  }

  /**
   * Asks for a login's tokens and takes them over, alone among all who use the file.
   *
   * @throws SchwabException {@code LOGIN_REQUIRED} when Schwab refuses, {@code TOKEN_FILE} when
   *     they could not be saved (tried before the asking, which spends the code), else a transient
   *     kind
   */
  Tokens login(Supplier<Grant> exchange) {
    return file.exclusively(
        () -> {
          try (TokenFile.Draft draft = file.draft()) {
            return switch (exchange.get()) {
              case Grant.Given(Tokens login) -> {
                yield adopt(login, draft.commit(login));
              }
              case Grant.Refused refused -> throw refused.failure();
              case Grant.Failed failed -> throw failed.failure();
            };
          }
        });
  }

  /** Runs with {@link #refreshing} held. */
  private String refreshed() {
    Tokens seen = newest();
    if (usable(seen, MARGIN)) {
      return reveal(seen);
    }
    if (waits(seen)) {
      return lastResort(seen);
    }
    try (Closeable _ = aloneAmongProcesses()) {
      return reveal(file.exclusively(this::refreshExclusively));
    } catch (SchwabException e) {
      failed(e);
      return lastResort(newest());
    } catch (IOException e) {
      throw new IllegalStateException("giving back a lock fails silently", e);
    }
  }

  private Closeable aloneAmongProcesses() {
    try {
      return processes.acquire(LOCK_PATIENCE);
    } catch (TimeoutException e) {
      throw new SchwabException(
          Kind.TIMEOUT, "token refresh: another process is at it for too long", e);
    } catch (SQLException e) {
      log.atWarn()
          .addKeyValue("event", "schwab.refresh_lock_unavailable")
          .addKeyValue("sql_state", e.getSQLState())
          .log("The database cannot be asked for the refresh lock; the token file's lock remains");
      return () -> {};
    }
  }

  /** Runs with all locks held. */
  private Tokens refreshExclusively() {
    // Another thread or process may have been here while this one waited.
    Tokens now = reload();
    if (usable(now, MARGIN)) {
      return now;
    }
    try (TokenFile.Draft draft = file.draft()) {
      Grant grant = endpoint.refresh(now);
      if (grant instanceof Grant.Refused(Grant.Refusal refusal, _)
          && refusal == Grant.Refusal.TOKEN) {
        // A login writes without these locks when it comes from elsewhere: look once more.
        Tokens newer = reload();
        if (newer.refresh().equals(now.refresh())) {
          synchronized (state) {
            deadRefresh = now.refresh();
          }
        } else if (usable(newer, MARGIN)) {
          return newer;
        } else {
          now = newer;
          grant = endpoint.refresh(newer);
        }
      }
      return switch (grant) {
        case Grant.Given(Tokens fresh) -> save(draft, now, fresh);
        case Grant.Refused refused -> throw refused.failure();
        case Grant.Failed failed -> throw failed.failure();
      };
    }
  }

  /** Writes what came back, unless a person's login has taken the file's place meanwhile. */
  private Tokens save(TokenFile.Draft draft, Tokens old, Tokens fresh) {
    Secret expected;
    synchronized (state) {
      expected = unsaved == null ? old.refresh() : unsaved.spent();
    }
    Tokens there = readQuietly();
    if (there != null && !there.refresh().equals(expected) && usable(there, MARGIN)) {
      return adopt(there, null);
    }
    try {
      return adopt(fresh, draft.commit(fresh));
    } catch (SchwabException e) {
      log.atError()
          .addKeyValue("event", "schwab.tokens_unsaved")
          .log("The refreshed tokens cannot be written; they live on in memory until they can");
      synchronized (state) {
        adopt(fresh, null);
        unsaved = new Unsaved(fresh, expected, e, System.nanoTime() + SAVE_SPACING.toNanos());
      }
      return fresh;
    }
  }

  private @Nullable Tokens readQuietly() {
    try {
      return file.read().orElse(null);
    } catch (SchwabException _) {
      // Damaged or gone: what came back repairs it.
      return null;
    }
  }

  /**
   * Takes over what is in the file, or shall be.
   *
   * @param written null makes the file be read again
   */
  private Tokens adopt(Tokens fresh, TokenFile.@Nullable Stamp written) {
    synchronized (state) {
      stamp = written;
      tokens = fresh;
      unsaved = null;
      rejectedAccess = null;
      refreshedNanos = System.nanoTime();
      isWell();
    }
    return fresh;
  }

  /** Once more for tokens that could not be written, unless the file holds others by now. */
  private void saveAgain() {
    Unsaved kept;
    synchronized (state) {
      kept = unsaved;
      if (kept == null || System.nanoTime() - kept.retryNanos() < 0) {
        return;
      }
      unsaved = kept.later();
    }
    try {
      file.exclusively(
          () -> {
            Tokens there = file.read().orElse(null);
            if (there == null || there.refresh().equals(kept.spent())) {
              file.write(kept.tokens());
            }
            return kept;
          });
    } catch (SchwabException _) {
      // Told at the first time and shown in the status until it works.
    }
  }

  private void failed(SchwabException e) {
    boolean toldBefore;
    synchronized (state) {
      toldBefore = lastFailure != null && lastFailure.kind() == e.kind();
      lastFailure = e;
      Duration pause =
          e.kind() == Kind.LOGIN_REQUIRED
              ? APP_RETRY
              : RetryPolicy.fullJitter(failures++, BACKOFF_BASE, BACKOFF_MAX, random)
                  .plus(e.retryAfter().orElse(Duration.ZERO));
      retryNanos = System.nanoTime() + pause.toNanos();
    }
    if (e.kind() != Kind.LOGIN_REQUIRED) {
      log.atWarn()
          .addKeyValue("event", "schwab.refresh_failed")
          .addKeyValue("kind", e.kind())
          .addKeyValue("status", e.status())
          .log("Token refresh failed; trying again");
    } else if (!toldBefore) {
      log.atError()
          .addKeyValue("event", "schwab.login_required")
          .log("A person is needed for the Schwab login: {}", e.getMessage());
    }
  }

  private boolean waits(Tokens seen) {
    synchronized (state) {
      return seen.refresh().equals(deadRefresh) || System.nanoTime() - retryNanos < 0;
    }
  }

  /** An access token may outlive a refresh that fails: use it to its very end. */
  private String lastResort(Tokens seen) {
    if (usable(seen, Duration.ZERO)) {
      return reveal(seen);
    }
    SchwabException failure;
    synchronized (state) {
      failure = lastFailure;
    }
    if (failure == null) {
      throw new SchwabException(Kind.UNREACHABLE, "token refresh waits");
    }
    throw new SchwabException(
        failure.kind(),
        failure.getMessage() + (ended(seen) ? "; the login" + ENDED : ""),
        failure.status(),
        failure.correlationId().orElse(null),
        null,
        failure);
  }

  private Tokens newest() {
    saveAgain();
    reloadIfChanged();
    return required();
  }

  private Tokens required() {
    synchronized (state) {
      if (tokens == null) {
        throw new SchwabException(
            Kind.LOGIN_REQUIRED, "not logged in to Schwab: no token file " + file);
      }
      return tokens;
    }
  }

  private void reloadIfChanged() {
    TokenFile.Stamp now = file.stamp();
    boolean changed;
    synchronized (state) {
      changed = !Objects.equals(now, stamp);
    }
    if (changed) {
      read(now);
    }
  }

  private Tokens reload() {
    read(file.stamp());
    return required();
  }

  /**
   * Reads the file.
   *
   * @param before taken before the reading: a change during it shows as another stamp next time
   */
  private void read(TokenFile.@Nullable Stamp before) {
    Tokens now = file.read().orElse(null);
    synchronized (state) {
      stamp = before;
      Unsaved kept = unsaved;
      if (kept != null && (now == null || now.refresh().equals(kept.spent()))) {
        return;
      }
      unsaved = null;
      boolean changed = now != null && !now.equals(tokens);
      tokens = now;
      if (changed) {
        // Somebody else refreshed or logged in.
        isWell();
      }
    }
  }

  /** Within the state's monitor. */
  private void isWell() {
    lastFailure = null;
    failures = 0;
    retryNanos = System.nanoTime();
    if (tokens != null && !tokens.refresh().equals(deadRefresh)) {
      deadRefresh = null;
    }
  }

  private boolean ended(Tokens now) {
    Instant end = now.loginEndsAt();
    return end != null && !clock.instant().isBefore(end);
  }

  private boolean usable(Tokens now, Duration margin) {
    Secret rejected;
    synchronized (state) {
      rejected = rejectedAccess;
    }
    return now.access() != null
        && clock.instant().isBefore(now.expiresAt().minus(margin))
        && !now.access().equals(rejected);
  }

  private static String reveal(Tokens now) {
    Secret access = now.access();
    if (access == null) {
      throw new IllegalStateException("asked of tokens that are usable");
    }
    return access.reveal();
  }
}
