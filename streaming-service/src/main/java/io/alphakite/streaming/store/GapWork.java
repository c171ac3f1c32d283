package io.alphakite.streaming.store;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.Restatement;
import io.alphakite.streaming.gap.GapEntry;
import java.util.List;
import java.util.UUID;

/**
 * What a {@link Batch} does to the gap ledger and to rows written before. Restatements are
 * relative: each is carried out only while its entry is still open in the database, in the
 * transaction that closes it, so writing a batch twice changes nothing.
 *
 * @param entries each once, as they stand
 */
record GapWork(List<GapEntry> entries, List<Restatement> restatements, List<LostRows> lostRows) {

  static final GapWork NONE = new GapWork(List.of(), List.of(), List.of());

  boolean isEmpty() {
    return entries.isEmpty() && restatements.isEmpty() && lostRows.isEmpty();
  }

  /** Candles that take the place of rows that were lost. */
  record LostRows(Ticker ticker, UUID gap, List<Bar> candles) {}
}
