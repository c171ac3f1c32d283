package io.alphakite.streaming.option;

/**
 * What option messages have met since the start.
 *
 * @param images contracts' first messages: one for each subscription that came to life
 * @param rows rows made or changed
 * @param rejected values that cannot be: taken as unknown
 * @param crossed quotes whose bid is above their ask: both sides taken as unknown
 * @param untimed messages without any quote or trade, or of an impossible time
 * @param outsideHours messages whose quote and trade lie outside the hours or before the session
 * @param late messages older than the contract's newest row
 */
public record OptionCounts(
    long images,
    long rows,
    long rejected,
    long crossed,
    long untimed,
    long outsideHours,
    long late) {

  static final OptionCounts NONE = new OptionCounts(0, 0, 0, 0, 0, 0, 0);
}
