package io.alphakite.engine.order;

import java.time.Duration;
import java.time.Instant;

/**
 * When it may be said that an order of unknown fate is not at the broker: 90 s after it was
 * claimed, and after five listings without it, 10 s apart, all taken after the last byte can have
 * left. Said, not acted on: a person decides.
 */
final class AbsenceRule {

  /** The claim's gate of 2 s and the request's own 10 s. */
  static final Duration LAST_BYTE = Duration.ofSeconds(12);

  /** So long a listing may lag behind an order. */
  static final Duration LISTING_LAG = Duration.ofSeconds(90);

  private static final Duration APART = Duration.ofSeconds(10);

  /** So many listings without it. */
  static final int LISTINGS = 5;

  private AbsenceRule() {}

  /** Whether a clean listing taken now may count. */
  static boolean counts(Instant claimedAt, Search search, Instant now) {
    Instant last = search.lastCountedAt();
    return now.isAfter(claimedAt.plus(LAST_BYTE))
        && (last == null || !now.isBefore(last.plus(APART)));
  }

  /** Whether absence is shown. */
  static boolean shown(Instant claimedAt, Search search, Instant now) {
    return search.counted() >= LISTINGS && lagged(claimedAt, now);
  }

  /** Whether every listing asked for now has what was sent by the claim. */
  static boolean lagged(Instant claimedAt, Instant now) {
    return !now.isBefore(claimedAt.plus(LISTING_LAG));
  }

  /** How far it has come, for a person. */
  static String standing(Instant claimedAt, Search search, Instant now) {
    return "%d of %d listings without it, %d of %d s"
        .formatted(
            search.counted(),
            LISTINGS,
            Duration.between(claimedAt, now).toSeconds(),
            LISTING_LAG.toSeconds());
  }
}
