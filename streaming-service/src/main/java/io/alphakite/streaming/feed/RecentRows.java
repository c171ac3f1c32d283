package io.alphakite.streaming.feed;

import io.alphakite.model.indicator.SessionVwap;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The newest rows of one ticker, in time order, so that a late tick finds the row it belongs to.
 *
 * <p>Holds {@link #CAPACITY} rows; a new one takes the place of the oldest. A tick older than all
 * of them, when that many are held, has lost its row: its volume goes to the oldest row held, so
 * that a day's rows still add up to the day's volume, and its price nowhere.
 */
final class RecentRows {

  /** Rows held: about a minute of a busy ticker, much longer of a quiet one. */
  static final int CAPACITY = 64;

  private final Ticker ticker;
  private final @Nullable SecondRow[] rows = new @Nullable SecondRow[CAPACITY];
  // The trade time of each row's last tick.
  private final long[] lastMillis = new long[CAPACITY];
  private int size;

  RecentRows(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Puts back a stored row; they must come oldest first. */
  void restore(SecondRow row, long lastTickMillis) {
    insert(size, row, lastTickMillis);
  }

  /** Whether a tick of this second would be late. */
  boolean late(long second) {
    return size > 0 && second < row(size - 1).second();
  }

  /** Whether the row of this second may exist without being held. */
  boolean beyond(long second) {
    return size == CAPACITY && second < row(0).second();
  }

  /** Adds a tick to its second's row and gives that row as it now stands. */
  SecondRow add(
      long millis,
      Price price,
      long growth,
      OptionalLong sma9,
      SessionVwap vwap,
      @Nullable ExactSums sums) {
    long second = Math.floorDiv(millis, 1_000L);
    if (beyond(second)) {
      SecondRow oldest = row(0);
      return replace(0, oldest.withVolume(Math.addExact(oldest.volume(), growth)), lastMillis[0]);
    }
    int index = indexOf(second);
    if (index == size || row(index).second() != second) {
      SecondRow row =
          new SecondRow(
              ticker,
              second,
              price,
              growth,
              sma9,
              vwap.valueE4(),
              SecondRow.Source.STREAM,
              sums,
              vwap.volume(),
              vwap.restE4());
      insert(index, row, millis);
      return row;
    }
    SecondRow row = row(index);
    boolean last = millis >= lastMillis[index];
    // The newest row's values always are the present ones: a tick that came out of order within it
    // belongs to the sums its last tick saw.
    boolean revalue = last || index == size - 1;
    return replace(
        index,
        new SecondRow(
            ticker,
            second,
            last ? price : row.price(),
            Math.addExact(row.volume(), growth),
            revalue ? sma9 : row.sma9E4(),
            revalue ? vwap.valueE4() : row.vwapE4(),
            row.source(),
            revalue ? sums : row.sums(),
            revalue ? vwap.volume() : row.vwapVolume(),
            revalue ? vwap.restE4() : row.vwapRest()),
        last ? millis : lastMillis[index]);
  }

  /**
   * Puts a candle's row into its place; one older than all rows held is not held, when that many
   * are.
   */
  void addCandle(SecondRow row) {
    int index = indexOf(row.second());
    if (index > 0 || size < CAPACITY) {
      insert(index, row, row.second() * 1_000L);
    }
  }

  /** Restates the rows held. */
  void restate(Restatement restatement) {
    for (int i = 0; i < size; i++) {
      rows[i] = restatement.apply(row(i));
    }
  }

  /** Where the second's row is, or would go. */
  private int indexOf(long second) {
    int index = size;
    while (index > 0 && row(index - 1).second() >= second) {
      index--;
    }
    return index;
  }

  private void insert(int index, SecondRow row, long millis) {
    int at = index;
    if (size == CAPACITY) {
      // The oldest goes; at is at least 1, or the second would be beyond.
      at--;
      System.arraycopy(rows, 1, rows, 0, at);
      System.arraycopy(lastMillis, 1, lastMillis, 0, at);
    } else {
      System.arraycopy(rows, at, rows, at + 1, size - at);
      System.arraycopy(lastMillis, at, lastMillis, at + 1, size - at);
      size++;
    }
    rows[at] = row;
    lastMillis[at] = millis;
  }

  private SecondRow replace(int index, SecondRow row, long millis) {
    rows[index] = row;
    lastMillis[index] = millis;
    return row;
  }

  private SecondRow row(int index) {
    SecondRow row = rows[index];
    if (row == null) {
      throw new IllegalStateException("No row " + index + " of " + size);
    }
    return row;
  }
}
