package io.alphakite.engine.torture;

/** Mistakes that can be planted, to show that the checks see them. Nothing outside tests can. */
enum Bug {
  /** An order without an answer is posted again. */
  BLIND_RETRY,
  /** No answer is taken for a refusal. */
  TIMEOUT_MEANS_REJECTED,
  /** Two orders of unknown fate may share a lane. */
  NO_LANE_LOCK,
  /** An order of the broker's may get two owners. */
  BIND_WITHOUT_UNIQUENESS,
  /** After a restart what was being sent is sent again. */
  RESTART_RESENDS_SENDING,
  /** A heartbeat makes a quote look fresh. */
  PONG_COUNTS_AS_DATA,
  /** A fill told twice is booked twice. */
  FILL_APPLIED_TWICE,
  /** A halt does not survive a restart. */
  HALT_ONLY_IN_MEMORY,
  /** An engine whose time is over goes on writing. */
  EPOCH_UNCHECKED,
  /** Market time is read in another zone. */
  NAIVE_TIME_ZONE,
  /** Missing quotes are made up from their neighbours. */
  GAP_HIDDEN_BY_INTERPOLATION,
  /** One listing without the order is taken for proof. */
  ABSENCE_AFTER_ONE_LISTING,
  /** An order counts as canceled once a cancel was asked for. */
  CANCEL_ASSUMED_DONE,
  /** The last look before the first byte is left out. */
  GATE_LEFT_OPEN,
  /** The order of an answer's id is not read back. */
  ID_NOT_VERIFIED,
  /** While an order is being changed only the new one is counted. */
  ONE_LEG_RESERVED,
  /** A change without an answer is taken for done: the old order is over. */
  CHANGE_ASSUMED_DONE,
  /** An exit is bound to the entry that asked for an equal one, wherever it hangs. */
  EXIT_BOUND_BY_CONTENT,
  /** An exit that the broker never made is not missed. */
  MISSING_EXIT_UNNOTICED,
  /** An order counts as over once it is called so, though not all that it filled is listed. */
  ENDED_BEFORE_ITS_FILLS,
  /** A kill's closing orders are kept from what exits that it has waited for were to close. */
  MISSING_EXITS_STOP_A_KILL,
  /** That working orders close more than is held is not said. */
  OVERSELLING_UNNOTICED
}
