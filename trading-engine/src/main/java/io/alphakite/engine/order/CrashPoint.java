package io.alphakite.engine.order;

/**
 * The places at which a process may stop and must be able to go on, by the names of the fault
 * matrix. The simulation stops it at each of them.
 */
public enum CrashPoint {
  /** Before an intent is written. */
  C01,
  /** An intent is written and not committed. */
  C02,
  /** An intent is committed and the answer to that is lost. */
  C03,
  /** Committed, before the checks. */
  C04,
  /** Approved, before the claim. */
  C05,
  /** The claim is written and not committed. */
  C06,
  /** The claim is committed and the answer to that is lost. */
  C07,
  /** Claimed, before the first byte. */
  C08,
  /** The request is partly written. On the wire: a simulated broker's point. */
  C09,
  /** The request is written and the broker has not accepted it. On the wire. */
  C10,
  /** The broker accepted it and the answer is lost. On the wire. */
  C11,
  /** The answer is cut short, without an id or with a wrong one. On the wire. */
  C12,
  /** The id is in memory, the binding not committed. */
  C13,
  /** The binding is committed and the answer to that is lost. */
  C14,
  /** Bound, before anybody acts on it. */
  C15,
  /** A fill is seen of an order that is not bound yet. */
  C16,
  /** Between two reports of one listing. */
  C17,
  /** Found by its content, its lane just released. */
  C18,
  /** Between the claim and the gate. */
  C19,
  /** A cancel is sent and not confirmed. */
  C20,
  /** The old order is replaced and the new one unknown. */
  C21,
  /** Between the cancels of the kill switch. */
  C22,
  /** While tokens are refreshed or saved: a point of the Schwab client. */
  C23,
  /** While everything is rebuilt after a start. */
  C24
}
