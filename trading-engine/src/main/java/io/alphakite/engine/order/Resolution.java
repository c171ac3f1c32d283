package io.alphakite.engine.order;

import java.time.Instant;
import java.util.UUID;

/**
 * What a person decided about an order of unknown fate.
 *
 * @param intentId the attempt it is about
 * @param evidence on what they rest it, in their words
 * @param person who, and by which key
 * @param requestedAt wall time
 */
public record Resolution(
    UUID id, UUID intentId, Verdict verdict, String evidence, String person, Instant requestedAt) {

  /** Whether the broker has the order. */
  public sealed interface Verdict {

    /** It has it, under this id. */
    record Placed(String brokerOrderId) implements Verdict {}

    /**
     * It never arrived.
     *
     * @param override also where absence is not shown
     */
    record NotPlaced(boolean override) implements Verdict {}
  }
}
