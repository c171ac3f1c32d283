package io.alphakite.streaming.intake;

import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.FeedCounts;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the stream goes, as of a moment ago.
 *
 * @param connected whether it is logged in
 * @param problem why not, or why it gave up; null when connected
 * @param gaveUp whether nothing is tried any more until the service is started again
 * @param counts of all tickers together
 * @param newestTicks the trade time of each ticker's newest message
 * @param refused symbols that Schwab does not stream, and why
 * @param broken messages that met an error of ours, skipped
 * @param passedOver events of kinds that this service makes nothing of
 */
public record IntakeStatus(
    boolean connected,
    @Nullable String problem,
    boolean gaveUp,
    FeedCounts counts,
    Map<Ticker, Instant> newestTicks,
    Map<Ticker, String> refused,
    long broken,
    long passedOver) {

  static final IntakeStatus STARTING =
      new IntakeStatus(
          false,
          "not yet connected",
          false,
          new FeedCounts(0, 0, 0, 0, 0, 0, 0, 0),
          Map.of(),
          Map.of(),
          0,
          0);
}
