package io.alphakite.model.indicator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.Price;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AllocationTest {

  private static final Instant NINE_THIRTY = Instant.parse("2013-10-07T13:30:00Z");
  private static final int TICKS = 20_000;

  /** Ticks, with a new bar every tenth of them and the session's limits asked each time. */
  @Test
  void ticksAllocateNothing() {
    MovingAverage average = new MovingAverage(MovingAverage.Bars.ofSeconds(1), 9);
    SessionVwap vwap = new SessionVwap(MarketCalendar.nyse(), TradingHours.REGULAR);
    Instant[] times = new Instant[TICKS];
    Price[] prices = new Price[TICKS];
    for (int i = 0; i < TICKS; i++) {
      times[i] = NINE_THIRTY.plusMillis(100L * i);
      prices[i] = new Price(1_674_100 + i % 7);
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    // The first tick looks up the calendar and loads classes.
    average.add(times[0], prices[0]);
    vwap.add(times[0], prices[0], 100);
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 1; i < TICKS; i++) {
      average.add(times[i], prices[i]);
      vwap.add(times[i], prices[i], 100);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated).as("bytes for %d ticks", TICKS).isLessThan(TICKS / 10);
  }
}
