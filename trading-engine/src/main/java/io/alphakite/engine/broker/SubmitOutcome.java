package io.alphakite.engine.broker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of the one sending of an order. */
public sealed interface SubmitOutcome {

  /**
   * The broker has it under this id. It may still be rejected, and the id may even belong to
   * another order: read it back.
   */
  record Accepted(String brokerOrderId) implements SubmitOutcome {}

  /** The broker said no; no order exists. */
  record Refused(String reason) implements SubmitOutcome {}

  /** Too many requests. That proves only that this one was throttled. */
  record Throttled(@Nullable Duration retryAfter) implements SubmitOutcome {}

  /** Proven that no byte left; no order exists. */
  record NotSent(String reason) implements SubmitOutcome {}

  /** Everything else: an order may exist. */
  record Unconfirmed(String reason) implements SubmitOutcome {}
}
