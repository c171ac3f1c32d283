package io.alphakite.streaming.store;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.MinuteBar;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerState;
import io.alphakite.streaming.gap.GapEntry;
import io.alphakite.streaming.option.OptionRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One consistent cut of what waited: the states are those right after these rows. Writing it twice
 * changes nothing.
 *
 * @param rows each ticker and second once
 * @param bars each ticker and minute once
 * @param quotes each ticker once
 * @param options each contract and second once
 * @param states of every ticker that took a message since the last cut
 * @param gaps entries of the gap ledger, and what changes in rows written before
 */
record Batch(
    List<SecondRow> rows,
    List<MinuteBar> bars,
    List<QuoteRow> quotes,
    List<OptionRow> options,
    Map<Ticker, TickerState> states,
    List<AccountEvent> accountEvents,
    GapWork gaps) {

  /** Without anything. */
  static final Batch NOTHING =
      new Batch(List.of(), List.of(), List.of(), List.of(), Map.of(), List.of(), GapWork.NONE);

  boolean isEmpty() {
    return rows.isEmpty()
        && bars.isEmpty()
        && quotes.isEmpty()
        && options.isEmpty()
        && states.isEmpty()
        && accountEvents.isEmpty()
        && gaps.isEmpty();
  }

  /** The same without quotes. */
  Batch withoutQuotes() {
    return new Batch(rows, bars, List.of(), options, states, accountEvents, gaps);
  }

  /** The newest trade time that its states know; null when they know none. */
  @Nullable Instant newestTrade() {
    Instant newest = null;
    for (TickerState state : states.values()) {
      Instant trade = state.newestTrade();
      if (trade != null && (newest == null || trade.isAfter(newest))) {
        newest = trade;
      }
    }
    return newest;
  }

  /** Whether it changes rows written before it, so that it must be written after them. */
  boolean restates() {
    return !gaps.restatements().isEmpty() || !gaps.lostRows().isEmpty();
  }

  /**
   * What writing these one after the other leaves: the newest of each row, quote, state and gap.
   * None but the first may restate.
   */
  static Batch merged(List<Batch> inOrder) {
    if (inOrder.size() == 1) {
      return inOrder.getFirst();
    }
    Map<RowKey, SecondRow> rows = new LinkedHashMap<>();
    Map<RowKey, MinuteBar> bars = new LinkedHashMap<>();
    Map<Ticker, QuoteRow> quotes = new LinkedHashMap<>();
    Map<OptionKey, OptionRow> options = new LinkedHashMap<>();
    Map<Ticker, TickerState> states = new LinkedHashMap<>();
    List<AccountEvent> accountEvents = new ArrayList<>();
    Map<UUID, GapEntry> entries = new LinkedHashMap<>();
    for (Batch batch : inOrder) {
      batch.rows.forEach(row -> rows.put(new RowKey(row.ticker(), row.second()), row));
      for (MinuteBar bar : batch.bars) {
        bars.compute(
            new RowKey(bar.ticker(), bar.bar().start().getEpochSecond()),
            (_, before) -> bar.over(before));
      }
      batch.quotes.forEach(quote -> quotes.put(quote.quote().ticker(), quote));
      batch.options.forEach(row -> options.put(new OptionKey(row.contract(), row.second()), row));
      states.putAll(batch.states);
      accountEvents.addAll(batch.accountEvents);
      batch.gaps.entries().forEach(entry -> entries.put(entry.id(), entry));
    }
    GapWork first = inOrder.getFirst().gaps;
    return new Batch(
        List.copyOf(rows.values()),
        List.copyOf(bars.values()),
        List.copyOf(quotes.values()),
        List.copyOf(options.values()),
        states,
        accountEvents,
        new GapWork(List.copyOf(entries.values()), first.restatements(), first.lostRows()));
  }

  private record RowKey(Ticker ticker, long second) {}

  private record OptionKey(OptionSymbol contract, long second) {}
}
