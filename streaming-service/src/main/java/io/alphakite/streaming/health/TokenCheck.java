package io.alphakite.streaming.health;

import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.health.Status;
import io.alphakite.schwab.auth.AccessTokens;
import io.alphakite.schwab.auth.TokenStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** Whether Schwab lets us in, and for how long still. */
public final class TokenCheck implements HealthCheck {
  private static final Duration LOGIN_SOON = Duration.ofHours(24);

  private final AccessTokens tokens;
  private final InstantSource wallClock;

  /** Looks at these tokens; makes no call. */
  public TokenCheck(AccessTokens tokens, InstantSource wallClock) {
    this.tokens = tokens;
    this.wallClock = wallClock;
  }

  @Override
  public String name() {
    return "token";
  }

  @Override
  public CheckResult check() {
    TokenStatus token = tokens.status();
    Map<String, Object> details = new LinkedHashMap<>();
    Status status =
        switch (token.state()) {
          case READY -> Status.UP;
          case MISSING, LOGIN_REQUIRED -> Status.DOWN;
          case REFRESH_FAILING -> Status.DEGRADED;
        };
    Instant loginEnds = token.loginEndsAt();
    if (status == Status.DOWN) {
      details.put("note", "log in to Schwab: " + problem(token));
    } else if (status == Status.DEGRADED) {
      details.put("note", problem(token));
    } else if (loginEnds != null && loginEnds.isBefore(wallClock.instant().plus(LOGIN_SOON))) {
      status = Status.DEGRADED;
      details.put("note", "log in to Schwab again before the login ends");
    }
    if (loginEnds != null) {
      details.put("login_ends_at", loginEnds);
    }
    return new CheckResult(status, details);
  }

  private static String problem(TokenStatus token) {
    String problem = token.problem();
    return problem == null ? "no usable token" : problem;
  }
}
