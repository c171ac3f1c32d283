package io.alphakite.engine.torture;

import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.order.OrderIntent;

/** Whether two orders say the same, exits that are missing left out. */
final class Fingerprints {

  private Fingerprints() {}

  static boolean equal(OrderIntent intent, Fingerprint other) {
    return Fingerprint.of(intent.terms()).alone().equals(other.alone());
  }
}
