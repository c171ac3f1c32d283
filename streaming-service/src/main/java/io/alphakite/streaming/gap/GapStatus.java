package io.alphakite.streaming.gap;

import io.alphakite.model.market.Ticker;
import java.util.Map;
import java.util.Set;

/**
 * How the ledger stands.
 *
 * @param open tickers with an open gap
 * @param openGaps open entries
 * @param opened entries opened since the start, by cause
 * @param closed entries closed since the start, by state
 */
public record GapStatus(
    Set<Ticker> open, int openGaps, Map<GapCause, Long> opened, Map<GapState, Long> closed) {

  static final GapStatus NONE = new GapStatus(Set.of(), 0, Map.of(), Map.of());
}
