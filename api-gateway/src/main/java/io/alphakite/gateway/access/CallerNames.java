package io.alphakite.gateway.access;

import java.util.UUID;
import org.springframework.stereotype.Component;

/** What people are called where something they did is kept. */
@Component
public class CallerNames {
  private final ApiKeys keys;

  CallerNames(ApiKeys keys) {
    this.keys = keys;
  }

  /** The name of the key, or which browser; no secret. */
  public String of(Principal principal) {
    return switch (principal.kind()) {
      case BOOTSTRAP -> "the admin key";
      case KEY ->
          keys.findById(UUID.fromString(principal.id()))
              .map(key -> "key " + key.name())
              .orElseGet(() -> "key " + principal.id());
      // Its id says "browser" already.
      case BROWSER -> principal.id();
    };
  }
}
