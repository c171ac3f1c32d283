package io.alphakite.engine.torture;

import io.alphakite.engine.broker.Fingerprint;
import io.alphakite.engine.order.OrderIntent;

/** Whether two orders say the same. */
final class Fingerprints {

  private Fingerprints() {}

  static boolean equal(OrderIntent intent, Fingerprint other) {
    return Fingerprint.of(intent.terms()).equals(other);
  }
}
