package io.alphakite.gateway.trace;

import io.alphakite.gateway.web.Decimal;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a trade's trace looks like. */
public final class TraceViews {
  private TraceViews() {}

  /**
   * Everything a trade rests on, as of one moment.
   *
   * @param askedBy the key or browser that asked for it; null for the strategy's and for orders
   *     placed elsewhere
   * @param signal the crossover that led to it; null for a person's
   * @param events the trade's first 200 and its last 200, oldest first
   * @param eventsLeftOut how many between these are not told
   * @param journal null where the trade has no account yet
   * @param timeline the same for a person to read, oldest first
   */
  public record TraceView(
      int version,
      UUID tradeId,
      Instant takenAt,
      String ticker,
      String status,
      String source,
      @Nullable String askedBy,
      @Nullable String requestId,
      Instant createdAt,
      @Nullable Instant marketTime,
      @Nullable String rejectReason,
      @Nullable CauseView signal,
      List<OrderView> orders,
      List<EventView> events,
      long eventsLeftOut,
      List<FillView> fills,
      @Nullable JournalView journal,
      List<MomentView> timeline) {
    public TraceView {
      orders = List.copyOf(orders);
      events = List.copyOf(events);
      fills = List.copyOf(fills);
      timeline = List.copyOf(timeline);
    }
  }

  /**
   * A crossover and the second it was seen in.
   *
   * @param timestamp market time
   * @param volume of the second; null where its row is gone
   * @param before the values of the second before, whose relation was the other one
   */
  public record CauseView(
      long id,
      Instant timestamp,
      String direction,
      BigDecimal price,
      BigDecimal sma9,
      BigDecimal vwap,
      String action,
      @Nullable Long volume,
      @Nullable Boolean complete,
      @Nullable BeforeView before,
      Instant foundAt) {}

  /** An earlier second. */
  public record BeforeView(Instant timestamp, BigDecimal price, BigDecimal sma9, BigDecimal vwap) {}

  /**
   * One attempt to place the trade's order.
   *
   * @param settingsHash of build and settings it was made with
   */
  public record OrderView(
      UUID id,
      int attempt,
      String state,
      @Nullable String brokerOrderId,
      String says,
      @Nullable String settingsHash,
      @Nullable String build) {}

  /**
   * One line of the journal.
   *
   * @param facts what it rests on: risk checks with figures, request and answer, listings, people
   * @param hashed what its hash covers, after the bytes of the hash before: {@code hash =
   *     sha256(previous_hash || hashed)}
   */
  public record EventView(
      long id,
      UUID orderId,
      Instant at,
      String event,
      String state,
      Decimal filledQuantity,
      @Nullable String brokerOrderId,
      @Nullable String detail,
      @Nullable Map<String, Object> facts,
      String previousHash,
      String hash,
      String hashed) {}

  /** One fill. */
  public record FillView(
      String executionId,
      String brokerOrderId,
      Decimal quantity,
      Decimal price,
      Decimal fees,
      Decimal realizedPnl,
      Instant executedAt,
      Instant marketTime) {}

  /** Where the account's journal ended when the trace was taken. */
  public record JournalView(long events, String head) {}

  /**
   * One moment.
   *
   * @param at wall time
   * @param marketTime where it is known
   * @param kind {@code signal}, {@code request}, {@code risk}, {@code broker}, {@code order},
   *     {@code person} or {@code fill}
   * @param details further lines
   */
  public record MomentView(
      Instant at, @Nullable Instant marketTime, String kind, String says, List<String> details) {
    public MomentView {
      details = List.copyOf(details);
    }
  }
}
