package io.alphakite.streaming.gap;

import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.Hole;
import io.alphakite.streaming.feed.Repair;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the ledger as it stands; the newest one holds everything, so writing it twice changes
 * nothing.
 *
 * @param from market time up to which the stream was complete
 * @param to market time from which it is again; null while it is not
 * @param cause a {@link GapCause} in the table's spelling
 * @param openedAt wall clock
 * @param closedAt wall clock; null while open
 * @param attempts times the price history was asked
 * @param candles that were put in
 * @param volume of these, in shares
 * @param before the newest indicators before the candles
 * @param after the newest indicators with them
 * @param note in words
 * @param first the first message after it when its candles did not come; else null
 */
public record GapEntry(
    UUID id,
    Ticker ticker,
    Instant from,
    @Nullable Instant to,
    String cause,
    GapState state,
    Instant openedAt,
    @Nullable Instant closedAt,
    int attempts,
    int candles,
    long volume,
    Repair.Values before,
    Repair.Values after,
    String note,
    Hole.@Nullable First first) {

  private static final Repair.Values NONE =
      new Repair.Values(OptionalLong.empty(), OptionalLong.empty());

  /** One that begins. */
  static GapEntry open(
      UUID id, Ticker ticker, Instant from, String cause, Instant openedAt, String note) {
    return new GapEntry(
        id,
        ticker,
        from,
        null,
        cause,
        GapState.OPEN,
        openedAt,
        null,
        0,
        0,
        0,
        NONE,
        NONE,
        note,
        null);
  }

  GapEntry until(@Nullable Instant end) {
    // The clocks of tickers differ by what is under way.
    Instant to = end != null && end.isBefore(from) ? from : end;
    return new GapEntry(
        id, ticker, from, to, cause, state, openedAt, closedAt, attempts, candles, volume, before,
        after, note, first);
  }

  GapEntry asked(int times, String words) {
    return new GapEntry(
        id, ticker, from, to, cause, state, openedAt, closedAt, times, candles, volume, before,
        after, words, first);
  }

  GapEntry repaired(@Nullable Repair repair, Instant at, String words) {
    return new GapEntry(
        id,
        ticker,
        from,
        to,
        cause,
        GapState.REPAIRED,
        openedAt,
        at,
        attempts,
        repair == null ? candles : repair.candles(),
        repair == null ? volume : repair.volume(),
        repair == null ? before : repair.before(),
        repair == null ? after : repair.after(),
        words,
        first);
  }

  GapEntry unavailable(Instant at, String words) {
    return unavailable(at, words, first);
  }

  /**
   * Its candles do not come.
   *
   * @param message the first after it; null when none has come
   */
  GapEntry unavailable(Instant at, String words, Hole.@Nullable First message) {
    return new GapEntry(
        id,
        ticker,
        from,
        to,
        cause,
        GapState.UNAVAILABLE,
        openedAt,
        at,
        attempts,
        candles,
        volume,
        before,
        after,
        words,
        message);
  }
}
