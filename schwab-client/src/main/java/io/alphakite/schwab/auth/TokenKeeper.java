package io.alphakite.schwab.auth;

import io.alphakite.schwab.http.SchwabException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a login in use while nothing else does: a service whose connection stands for hours would
 * otherwise find out that its refresh token died when it needs one. Looks every half minute and
 * refreshes when due, and reminds of the login's end 48, 24, 6 and 1 hour before it in the log. One
 * thread of its own, which ends with {@link #close}.
 */
public final class TokenKeeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TokenKeeper.class);
  private static final Duration PAUSE = Duration.ofSeconds(30);

  /** The nearest first. */
  private static final List<Duration> REMINDERS =
      List.of(Duration.ofHours(1), Duration.ofHours(6), Duration.ofHours(24), Duration.ofHours(48));

  private final AccessTokens tokens;
  private final InstantSource clock;
  private final Thread thread;

  // Of the looking thread alone.
  private @Nullable Instant reminded;
  private @Nullable Duration reminder;

  private TokenKeeper(AccessTokens tokens, InstantSource clock) {
    this.tokens = tokens;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("schwab-token-keeper").unstarted(this::run);
  }

  /** Looks until it is closed. */
  public static TokenKeeper start(AccessTokens tokens, InstantSource clock) {
    TokenKeeper keeper = new TokenKeeper(tokens, clock);
    keeper.thread.start();
    return keeper;
  }

  /** One that looks when told. */
  static TokenKeeper idle(AccessTokens tokens, InstantSource clock) {
    return new TokenKeeper(tokens, clock);
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        lookAgain();
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  /** Nothing ends the looking but the close. */
  private void lookAgain() {
    try {
      look();
    } catch (RuntimeException e) {
      log.atError()
          .setCause(e)
          .addKeyValue("event", "schwab.token_look_failed")
          .log("Looking after the Schwab login failed; looking again");
    }
  }

  void look() {
    try {
      tokens.accessToken();
    } catch (SchwabException _) {
      // The tokens themselves log it and show it in their status.
    }
    remind(tokens.status().loginEndsAt());
  }

  private void remind(@Nullable Instant end) {
    if (end == null) {
      return;
    }
    Duration left = Duration.between(clock.instant(), end);
    Optional<Duration> due =
        REMINDERS.stream().filter(before -> left.compareTo(before) <= 0).findFirst();
    boolean told = end.equals(reminded) && due.equals(Optional.ofNullable(reminder));
    if (due.isEmpty() || told || left.isNegative()) {
      return;
    }
    reminded = end;
    reminder = due.get();
    log.atWarn()
        .addKeyValue("event", "schwab.login_ends")
        .addKeyValue("login_ends_at", end)
        .log(
            "The Schwab login ends in less than {} h: log in again (./kite auth login)",
            due.get().toHours());
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
