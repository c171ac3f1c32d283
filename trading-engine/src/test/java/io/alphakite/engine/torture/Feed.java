package io.alphakite.engine.torture;

import io.alphakite.model.market.Price;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Quotes that come each second, except while they do not. */
final class Feed {

  static final Price BID = Price.of("99.99");
  static final Price ASK = Price.of("100.01");

  private record Gap(Instant from, Instant to) {}

  private final List<Gap> gaps = new ArrayList<>();

  void gap(Instant from, Duration length) {
    gaps.add(new Gap(from, from.plus(length)));
  }

  /** When the newest quote that really came was told. */
  Instant newest(Instant now) {
    for (Gap gap : gaps) {
      if (!now.isBefore(gap.from()) && now.isBefore(gap.to())) {
        return gap.from();
      }
    }
    return now;
  }

  /** The same with quotes made up in every gap that is about to end. */
  Instant interpolated(Instant now) {
    for (Gap gap : gaps) {
      if (!now.isBefore(gap.to().minusSeconds(15)) && now.isBefore(gap.to())) {
        return now;
      }
    }
    return newest(now);
  }
}
