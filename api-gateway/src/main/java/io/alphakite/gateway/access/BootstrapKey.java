package io.alphakite.gateway.access;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The first key with every scope: {@code KITE_ADMIN_KEY}, or one that is made and shown once. */
@Component
public class BootstrapKey {
  private static final String NAME = "bootstrap";

  private final boolean configured;
  private final ApiKeys keys;
  private final InstantSource clock;

  BootstrapKey(AccessSettings settings, ApiKeys keys, InstantSource clock) {
    this.configured = settings.adminKey().isPresent();
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * Makes the key when {@code KITE_ADMIN_KEY} is not set and none was made before, and returns it
   * this one time: only its hash is stored. Show it to a person on a terminal and nowhere else.
   */
  @Transactional
  public Optional<String> reveal() {
    if (configured || keys.existsByNameAndRevokedAtIsNull(NAME)) {
      return Optional.empty();
    }
    String key = KeyController.PREFIX + Secrets.generate();
    keys.save(
        new ApiKey(
            UUID.randomUUID(),
            NAME,
            Secrets.hash(key),
            List.of(Scope.ADMIN),
            clock.instant(),
            null));
    return Optional.of(key);
  }
}
