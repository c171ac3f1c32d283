package io.alphakite.streaming.store;

import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerState;
import io.alphakite.streaming.option.OptionRow;
import java.util.List;
import java.util.Map;

/**
 * One consistent cut of what waited: the states are those right after these rows. Writing it twice
 * leaves the same rows, account events aside.
 *
 * @param rows each ticker and second once
 * @param quotes each ticker once
 * @param options each contract and second once
 * @param states of every ticker that took a message since the last cut
 * @param gaps entries of the gap ledger, and what changes in rows written before
 */
record Batch(
    List<SecondRow> rows,
    List<QuoteRow> quotes,
    List<OptionRow> options,
    Map<Ticker, TickerState> states,
    List<AccountEvent> accountEvents,
    GapWork gaps) {

  boolean isEmpty() {
    return rows.isEmpty()
        && quotes.isEmpty()
        && options.isEmpty()
        && states.isEmpty()
        && accountEvents.isEmpty()
        && gaps.isEmpty();
  }
}
