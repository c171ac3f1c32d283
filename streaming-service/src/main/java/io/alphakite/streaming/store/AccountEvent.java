package io.alphakite.streaming.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One item of account activity, ready to be written.
 *
 * @param receivedAt wall clock
 * @param sequence the streamer's own counter, restarting with each subscription
 * @param messageType for instance {@code OrderFillCompleted}; empty for notices
 * @param payload with account numbers cut to their last four
 */
public record AccountEvent(
    Instant receivedAt,
    @Nullable Long sequence,
    String messageType,
    @Nullable String brokerOrderId,
    String payload) {}
