package io.alphakite.engine.order;

import io.alphakite.engine.broker.CancelOutcome;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.engine.broker.SubmitOutcome;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was asked of the broker and what it answered, as the journal keeps it for people. */
final class ExchangeFacts {

  private static final int NANOS_TO_MILLIS = 6;
  private static final int MILLIS_SCALE = 3;

  private ExchangeFacts() {}

  /**
   * Of the one sending of an order.
   *
   * @param body of the request
   * @param replaces the broker's order that it was to take the place of; null for a new one
   * @param tookNanos until the answer, or until there was none
   */
  static Map<String, Object> sent(
      String body, @Nullable String replaces, SubmitOutcome outcome, long tookNanos) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("asks", replaces == null ? "place" : "replace " + replaces);
    request.put("body", body);
    Map<String, Object> answer = new LinkedHashMap<>();
    switch (outcome) {
      case SubmitOutcome.Accepted(String id) -> {
        answer.put("outcome", "accepted");
        answer.put("broker_order_id", id);
      }
      case SubmitOutcome.Refused(String reason) -> {
        answer.put("outcome", "refused");
        answer.put("reason", reason);
      }
      case SubmitOutcome.Throttled throttled -> {
        answer.put("outcome", "throttled");
        if (throttled.retryAfter() != null) {
          answer.put("retry_after_seconds", throttled.retryAfter().toSeconds());
        }
      }
      case SubmitOutcome.NotSent(String reason) -> {
        answer.put("outcome", "not_sent");
        answer.put("reason", reason);
      }
      case SubmitOutcome.Unconfirmed(String reason) -> {
        answer.put("outcome", "unconfirmed");
        answer.put("reason", reason);
      }
    }
    return exchange(request, answer, tookNanos);
  }

  /** Of one request to cancel. */
  static Map<String, Object> canceled(String brokerOrderId, CancelOutcome outcome, long tookNanos) {
    Map<String, Object> answer = new LinkedHashMap<>();
    switch (outcome) {
      case CancelOutcome.Requested() -> answer.put("outcome", "accepted");
      case CancelOutcome.Refused(String reason) -> {
        answer.put("outcome", "refused");
        answer.put("reason", reason);
      }
      case CancelOutcome.Unconfirmed(String reason) -> {
        answer.put("outcome", "unconfirmed");
        answer.put("reason", reason);
      }
    }
    return exchange(Map.of("asks", "cancel " + brokerOrderId), answer, tookNanos);
  }

  private static Map<String, Object> exchange(
      Map<String, Object> request, Map<String, Object> answer, long tookNanos) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("request", request);
    facts.put("answer", answer);
    facts.put(
        "latency_ms",
        BigDecimal.valueOf(tookNanos, NANOS_TO_MILLIS)
            .setScale(MILLIS_SCALE, RoundingMode.HALF_UP));
    return facts;
  }

  /** Of an order as the broker showed it. */
  static Map<String, Object> read(OrderReport report) {
    return Map.of("broker_shows", SearchFacts.candidate(report));
  }
}
