package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.Venue;
import java.util.HashMap;
import java.util.Map;

/**
 * NYSE_BOOK and NASDAQ_BOOK: the recorded best bid and offer as a book of one level and one market
 * maker a side, whole each time, at most once a market second. Shares are in the book of their
 * listing; funds are in both, as one capture shows.
 */
final class BookFeed extends Feed {
  private static final long INTERVAL = 1_000;

  private final Market market;
  private final Map<String, Top> tops = new HashMap<>();
  private long due = NEVER;

  /** What was sent last of one ticker. */
  private static final class Top {
    private final TickerState ticker;
    private long bidTime = LevelOne.NONE;
    private long askTime = LevelOne.NONE;

    Top(TickerState ticker) {
      this.ticker = ticker;
    }

    private boolean changed() {
      return bidTime != ticker.image().get(LevelOne.BID_TIME)
          || askTime != ticker.image().get(LevelOne.ASK_TIME);
    }
  }

  BookFeed(Service service, Market market) {
    super(service);
    this.market = market;
  }

  private boolean holds(Listing listing) {
    return listing.isFund() || (listing.exchange() == 'Q') == (service() == Service.NASDAQ_BOOK);
  }

  @Override
  void added(String key, long now) {
    market
        .ticker(key)
        .filter(ticker -> holds(ticker.image().listing()))
        .ifPresent(ticker -> tops.put(key, new Top(ticker)));
    due = tops.isEmpty() ? NEVER : Math.min(due, next(now));
  }

  @Override
  void removed(String key) {
    tops.remove(key);
    due = tops.isEmpty() ? NEVER : due;
  }

  private static long next(long now) {
    return (Math.floorDiv(now, INTERVAL) + 1) * INTERVAL;
  }

  @Override
  void image(String key, DataFrame frame, long now) {
    Top top = tops.get(key);
    if (top != null) {
      snapshot(key, top, frame, now);
    }
  }

  @Override
  long due() {
    return due;
  }

  @Override
  void run(DataFrame frame, long now) {
    for (String key : keys()) {
      Top top = tops.get(key);
      if (top != null && top.changed()) {
        snapshot(key, top, frame, due);
      }
    }
    due = next(now);
  }

  private void snapshot(String key, Top top, DataFrame frame, long now) {
    LevelOne image = top.ticker.image();
    top.bidTime = image.get(LevelOne.BID_TIME);
    top.askTime = image.get(LevelOne.ASK_TIME);
    Book.write(
        frame.begin(service(), now),
        key,
        fields(key),
        now,
        level(image, LevelOne.BID, LevelOne.BID_SIZE, LevelOne.BID_ID, top.bidTime),
        level(image, LevelOne.ASK, LevelOne.ASK_SIZE, LevelOne.ASK_ID, top.askTime));
    frame.end(key);
  }

  private static Book.Level level(LevelOne image, int price, int size, int venue, long time) {
    return new Book.Level(
        image.get(price), image.get(size), Venue.maker((char) image.get(venue)), time);
  }
}
