package io.alphakite.streaming.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One item of account activity, ready to be written.
 *
 * @param id given on receipt; the table takes each id once, however often it is written
 * @param receivedAt wall clock
 * @param sequence the streamer's own counter, restarting with each subscription
 * @param messageType for instance {@code OrderFillCompleted}; empty for notices
 * @param payload with account numbers cut to their last four
 */
public record AccountEvent(
    UUID id,
    Instant receivedAt,
    @Nullable Long sequence,
    String messageType,
    @Nullable String brokerOrderId,
    String payload) {

  /** One just received. */
  public AccountEvent(
      Instant receivedAt,
      @Nullable Long sequence,
      String messageType,
      @Nullable String brokerOrderId,
      String payload) {
    this(UUID.randomUUID(), receivedAt, sequence, messageType, brokerOrderId, payload);
  }
}
