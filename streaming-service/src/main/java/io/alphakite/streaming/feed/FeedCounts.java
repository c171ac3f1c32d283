package io.alphakite.streaming.feed;

/**
 * What one ticker's feed has met since it was made.
 *
 * @param ticks messages in which the last price or the day's volume changed, within hours
 * @param outsideHours such messages outside hours
 * @param stale messages older than what was known, ignored
 * @param corrections times the day's volume was corrected downwards
 * @param late ticks of a second before the newest row's
 * @param lateBeyondWindow late ticks so old that their second's row is no longer held
 * @param unusable messages with an impossible price, volume or time, ignored
 * @param candles candles that filled a gap
 */
public record FeedCounts(
    long ticks,
    long outsideHours,
    long stale,
    long corrections,
    long late,
    long lateBeyondWindow,
    long unusable,
    long candles) {

  /** Both together. */
  public FeedCounts plus(FeedCounts other) {
    return new FeedCounts(
        ticks + other.ticks,
        outsideHours + other.outsideHours,
        stale + other.stale,
        corrections + other.corrections,
        late + other.late,
        lateBeyondWindow + other.lateBeyondWindow,
        unusable + other.unusable,
        candles + other.candles);
  }
}
