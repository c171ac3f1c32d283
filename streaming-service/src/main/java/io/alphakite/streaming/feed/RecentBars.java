package io.alphakite.streaming.feed;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest minutes of one ticker as bars, and which of them changed since they were last taken.
 *
 * <p>Holds {@link #CAPACITY} minutes, so that a late tick finds its own. Of one older than all of
 * them the volume goes to the oldest bar held, so that a day's bars still add up to the day's
 * volume, and the price nowhere. A candle stays as it is whatever comes.
 */
final class RecentBars {
  /** Minutes with a tick. */
  static final int CAPACITY = 8;

  private static final long MINUTE_MILLIS = 60_000;

  private final Ticker ticker;
  private final List<Held> held = new ArrayList<>(2);
  // Changed and not held any more, or never held.
  private List<MinuteBar> left = new ArrayList<>(0);

  RecentBars(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Puts back a stored bar; they must come oldest first. */
  void restore(MinuteBar bar) {
    held.add(new Held(bar));
    trim();
  }

  /** Adds a tick to its minute. */
  void tick(long millis, long priceE4, long growth) {
    long minute = Math.floorDiv(millis, MINUTE_MILLIS);
    int index = indexOf(minute);
    if (index == 0 && held.size() == CAPACITY && held.getFirst().minute != minute) {
      held.getFirst().grow(growth);
    } else if (index < held.size() && held.get(index).minute == minute) {
      held.get(index).add(millis, priceE4, growth);
    } else {
      held.add(index, new Held(minute, millis, priceE4, growth));
      trim();
    }
  }

  /** Puts a candle in the place of its minute. */
  void candle(Bar candle) {
    MinuteBar bar = MinuteBar.ofCandle(ticker, candle);
    if (bar == null) {
      return;
    }
    Held put = new Held(bar);
    put.changed = true;
    int index = indexOf(put.minute);
    if (index < held.size() && held.get(index).minute == put.minute) {
      held.set(index, put);
    } else if (index == 0 && held.size() == CAPACITY) {
      left.add(bar);
    } else {
      held.add(index, put);
      trim();
    }
  }

  /** Part of the minute of this moment was not streamed. */
  void incomplete(long millis) {
    long minute = Math.floorDiv(millis, MINUTE_MILLIS);
    for (Held bar : held) {
      if (bar.minute == minute && !bar.candle && bar.complete) {
        bar.complete = false;
        bar.changed = true;
      }
    }
  }

  /** Takes out of the first message's minute what late candles cover of it. */
  void restate(Restatement restatement) {
    long minute = Math.floorDiv(restatement.first().time().toEpochMilli(), MINUTE_MILLIS);
    for (Held bar : held) {
      if (bar.minute == minute) {
        bar.grow(-Math.min(bar.volume, restatement.covered()));
      }
    }
  }

  /** Those that changed since {@link #taken}. */
  List<MinuteBar> changed() {
    List<MinuteBar> changed = new ArrayList<>(left);
    for (Held bar : held) {
      if (bar.changed) {
        changed.add(bar.row(ticker));
      }
    }
    return changed;
  }

  /** What {@link #changed} gave is taken. */
  void taken() {
    if (!left.isEmpty()) {
      left = new ArrayList<>(0);
    }
    held.forEach(bar -> bar.changed = false);
  }

  private void trim() {
    if (held.size() > CAPACITY) {
      Held oldest = held.removeFirst();
      if (oldest.changed) {
        left.add(oldest.row(ticker));
      }
    }
  }

  /** Where the minute's bar is, or would go. */
  private int indexOf(long minute) {
    int index = held.size();
    while (index > 0 && held.get(index - 1).minute >= minute) {
      index--;
    }
    return index;
  }

  /** One minute; times are of the trades that gave open and close. */
  private static final class Held {
    private final long minute;
    private long openE4;
    private long highE4;
    private long lowE4;
    private long closeE4;
    private long volume;
    private long firstMillis;
    private long lastMillis;
    private final boolean candle;
    private boolean complete;
    private boolean changed;

    Held(long minute, long millis, long priceE4, long growth) {
      this.minute = minute;
      this.openE4 = priceE4;
      this.highE4 = priceE4;
      this.lowE4 = priceE4;
      this.closeE4 = priceE4;
      this.volume = growth;
      this.firstMillis = millis;
      this.lastMillis = millis;
      this.candle = false;
      this.complete = true;
      this.changed = true;
    }

    Held(MinuteBar bar) {
      Bar values = bar.bar();
      this.minute = Math.floorDiv(values.start().toEpochMilli(), MINUTE_MILLIS);
      this.openE4 = values.open().e4();
      this.highE4 = values.high().e4();
      this.lowE4 = values.low().e4();
      this.closeE4 = values.close().e4();
      this.volume = values.volume();
      this.firstMillis = millis(bar.firstTrade(), minute * MINUTE_MILLIS);
      this.lastMillis = millis(bar.lastTrade(), (minute + 1) * MINUTE_MILLIS - 1);
      this.candle = bar.source() == MinuteBar.Source.CANDLE;
      this.complete = bar.complete();
    }

    void add(long millis, long priceE4, long growth) {
      if (candle) {
        return;
      }
      if (millis < firstMillis) {
        firstMillis = millis;
        openE4 = priceE4;
      }
      if (millis >= lastMillis) {
        lastMillis = millis;
        closeE4 = priceE4;
      }
      highE4 = Math.max(highE4, priceE4);
      lowE4 = Math.min(lowE4, priceE4);
      grow(growth);
    }

    void grow(long growth) {
      if (!candle) {
        volume = Math.addExact(volume, growth);
        changed = true;
      }
    }

    MinuteBar row(Ticker ticker) {
      return new MinuteBar(
          ticker,
          new Bar(
              Instant.ofEpochMilli(minute * MINUTE_MILLIS),
              new Price(openE4),
              new Price(highE4),
              new Price(lowE4),
              new Price(closeE4),
              volume),
          candle ? MinuteBar.Source.CANDLE : MinuteBar.Source.STREAM,
          complete,
          candle ? null : Instant.ofEpochMilli(firstMillis),
          candle ? null : Instant.ofEpochMilli(lastMillis));
    }

    private static long millis(@Nullable Instant time, long otherwise) {
      return time == null ? otherwise : time.toEpochMilli();
    }
  }
}
