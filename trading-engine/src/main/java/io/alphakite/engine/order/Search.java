package io.alphakite.engine.order;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the search for an order of unknown fate has come, or for the order that replaced one of
 * ours. Wall time.
 *
 * @param looks listings looked at
 * @param nextAt when to look again; null when there is nothing to search
 * @param counted listings that may count towards showing that the order does not exist
 * @param lastCountedAt when the last of those was taken; of a replaced order, when that was seen
 * @param throttled whether the broker's only answer was "too many requests"
 * @param holdUntil until when the broker asked not to be sent anything in this lane
 */
public record Search(
    int looks,
    @Nullable Instant nextAt,
    int counted,
    @Nullable Instant lastCountedAt,
    boolean throttled,
    @Nullable Instant holdUntil) {

  /** Nothing to search. */
  public static final Search NONE = new Search(0, null, 0, null, false, null);

  private static final List<Duration> FIRST_LOOKS =
      List.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(4),
          Duration.ofSeconds(8));
  private static final Duration LATER_LOOKS = Duration.ofSeconds(15);
  private static final Duration HOLD = Duration.ofSeconds(20);

  /** A search that begins now. */
  public static Search begin(Instant now) {
    return new Search(0, now.plus(FIRST_LOOKS.getFirst()), 0, null, false, null);
  }

  /** A search for a throttled order: one listing decides. */
  public static Search throttled(Instant now, Instant holdUntil) {
    return new Search(0, now.plus(FIRST_LOOKS.getFirst()), 0, null, true, holdUntil);
  }

  /** A search for the order that replaced this one; its lane is held back meanwhile. */
  public static Search replacement(Instant now) {
    return begin(now).seen(now).holding(now);
  }

  private Search seen(Instant now) {
    return new Search(looks, nextAt, counted, now, throttled, holdUntil);
  }

  /** Nothing more is sent in the lane for a while, longer than it takes to look again. */
  public Search holding(Instant now) {
    return new Search(looks, nextAt, counted, lastCountedAt, throttled, now.plus(HOLD));
  }

  /** The same, written anew only when half of it is over. */
  public Search heldOn(Instant now) {
    return holdUntil != null && holdUntil.isAfter(now.plus(HOLD.dividedBy(2)))
        ? this
        : holding(now);
  }

  /** Whether it is time to look. */
  public boolean due(Instant now) {
    return nextAt != null && !now.isBefore(nextAt);
  }

  /**
   * After a look that found nothing.
   *
   * @param counts whether the listing was complete and late enough to count
   */
  public Search looked(Instant now, boolean counts) {
    int done = looks + 1;
    Duration wait = done < FIRST_LOOKS.size() ? FIRST_LOOKS.get(done) : LATER_LOOKS;
    return new Search(
        done,
        now.plus(wait),
        counts ? counted + 1 : counted,
        counts ? now : lastCountedAt,
        throttled,
        holdUntil);
  }

  /** Over, but the lane is still held back where the broker asked for it. */
  public Search ended() {
    return new Search(looks, null, counted, lastCountedAt, throttled, holdUntil);
  }
}
