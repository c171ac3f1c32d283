package io.alphakite.benchmarks.feed;

import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerFeed;
import java.util.HashMap;
import java.util.Map;

/** The numbers alone, on one thread: no socket, no JSON, no database. */
final class FeedAlone implements Contestant {
  private final Map<Ticker, TickerFeed> feeds = new HashMap<>();

  FeedAlone(TickTape tape) {
    tape.tickers().forEach(ticker -> feeds.put(ticker, new TickerFeed(ticker, KitePipeline.RULES)));
  }

  @Override
  public String name() {
    return "TickerFeed alone, in memory";
  }

  @Override
  public long run(TickTape.Stretch stretch) {
    long start = System.nanoTime();
    int rows = 0;
    for (TickTape.Tick tick : stretch.ticks()) {
      TickerFeed feed = feeds.get(tick.ticker());
      SecondRow row =
          feed == null ? null : feed.accept(tick.price(), tick.totalVolume(), tick.tradeTime());
      rows += row == null ? 0 : 1;
    }
    long took = System.nanoTime() - start;
    if (rows != stretch.ticks().size()) {
      throw new IllegalStateException(rows + " rows of " + stretch.ticks().size() + " ticks");
    }
    return took;
  }

  @Override
  public void close() {}
}
