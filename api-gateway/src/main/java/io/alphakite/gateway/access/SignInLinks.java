package io.alphakite.gateway.access;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * Links that sign one browser in, once. They live in memory: whoever may mint one can mint another
 * after a restart. At most {@value #OPEN_MAX} are open; the oldest gives way.
 */
@Component
public class SignInLinks {
  /** How long a link works. */
  public static final Duration LIFETIME = Duration.ofMinutes(10);

  private static final int OPEN_MAX = 32;

  private final InstantSource clock;
  private final Map<ByteBuffer, Instant> expiries = new LinkedHashMap<>();

  SignInLinks(InstantSource clock) {
    this.clock = clock;
  }

  /** A new link, as a path on the gateway: show it to the person who may sign in. */
  public synchronized URI mint() {
    String token = Secrets.generate();
    while (expiries.size() >= OPEN_MAX) {
      expiries.remove(expiries.keySet().iterator().next());
    }
    expiries.put(ByteBuffer.wrap(Secrets.hash(token)), clock.instant().plus(LIFETIME));
    return URI.create("/signin?token=" + token);
  }

  /** Uses a link up; false when it was used, has expired or never was. */
  synchronized boolean redeem(String token) {
    Instant expiry = expiries.remove(ByteBuffer.wrap(Secrets.hash(token)));
    return expiry != null && clock.instant().isBefore(expiry);
  }
}
