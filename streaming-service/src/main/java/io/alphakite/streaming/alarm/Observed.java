package io.alphakite.streaming.alarm;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.streaming.retention.PartitionTrouble;
import io.alphakite.streaming.watch.FeedReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What alarms are raised upon, all of one moment.
 *
 * @param staleFor how long the feed has been dead or mute while the market was open; zero when it
 *     is not
 * @param stuck whether nobody takes from the stream: nothing can be said of the feed
 * @param clockSkew how far Schwab's clock is ahead of ours; null when not known or not looked at
 * @param errorsLately errors logged in the last five minutes
 * @param refused symbols that Schwab does not stream, and why
 * @param partitions what is wrong with the tables' partitions
 * @param wallNow now
 */
public record Observed(
    FeedReport feed,
    Duration staleFor,
    boolean stuck,
    TokenStatus token,
    @Nullable Duration clockSkew,
    int errorsLately,
    Map<Ticker, String> refused,
    Set<PartitionTrouble> partitions,
    Instant wallNow) {}
