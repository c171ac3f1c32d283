package io.alphakite.streaming.gap;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.Restatement;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerFeed;
import java.util.List;
import java.util.UUID;

/** Where the ledger leaves what is to be written, all of one step in one transaction. */
public interface GapSink {
  /** A row as it now stands. */
  void put(SecondRow row);

  /** An entry as it now stands. */
  void put(GapEntry entry);

  /**
   * Restates this ticker's rows that wait, and has those restated that are stored. What {@link
   * #put} gets afterwards is restated already.
   */
  void restate(Restatement restatement);

  /** Gives each of these candles a row where its minute has no streamed one; no indicators. */
  void replaceLost(Ticker ticker, UUID gap, List<Bar> candles);

  /** This feed's state has changed. */
  void changed(TickerFeed feed);

  /** Whether restatements wait to be written. */
  boolean restating();
}
