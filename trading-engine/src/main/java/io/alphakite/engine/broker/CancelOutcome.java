package io.alphakite.engine.broker;

/** What became of a request to cancel. Whether the order is canceled, only its own state tells. */
public sealed interface CancelOutcome {

  /** The broker took the request; fills are still possible. */
  record Requested() implements CancelOutcome {}

  /** The broker will not, for instance because the order is done. */
  record Refused(String reason) implements CancelOutcome {}

  /** No usable answer; to be asked again. */
  record Unconfirmed(String reason) implements CancelOutcome {}
}
