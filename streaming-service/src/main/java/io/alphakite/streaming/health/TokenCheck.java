package io.alphakite.streaming.health;

import io.alphakite.platform.health.CheckResult;
import io.alphakite.platform.health.HealthCheck;
import io.alphakite.platform.health.Status;
import io.alphakite.schwab.auth.AccessTokens;
import io.alphakite.schwab.auth.TokenStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** Whether Schwab lets us in, and for how long still. */
public final class TokenCheck implements HealthCheck {
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
    Instant now = wallClock.instant();
    Map<String, Object> details = new LinkedHashMap<>();
    token.note(now).ifPresent(note -> details.put("note", note));
    if (token.loginEndsAt() != null) {
      details.put("login_ends_at", token.loginEndsAt());
    }
    Status status =
        switch (token.outlook(now)) {
          case GOOD -> Status.UP;
          case WORRYING -> Status.DEGRADED;
          case OVER -> Status.DOWN;
        };
    return new CheckResult(status, details);
  }
}
