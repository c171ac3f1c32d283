package io.alphakite.gateway.trace;

import io.alphakite.gateway.trace.TraceViews.CauseView;
import io.alphakite.gateway.trace.TraceViews.EventView;
import io.alphakite.gateway.trace.TraceViews.FillView;
import io.alphakite.gateway.trace.TraceViews.MomentView;
import io.alphakite.gateway.trace.TraceViews.TraceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells a trace for a person to read: who, what, when and why. */
final class Timeline {
  private static final String APPROVED = "order.approved";
  private static final String DENIED = "order.denied";

  private Timeline() {}

  /** With its timeline. */
  static TraceView complete(TraceView trace, String order) {
    List<MomentView> moments = new ArrayList<>();
    CauseView signal = trace.signal();
    if (signal != null) {
      moments.add(signal(signal));
    }
    moments.add(
        new MomentView(
            trace.createdAt(),
            trace.marketTime(),
            "request",
            switch (trace.source()) {
              case "auto" -> "The strategy asks: " + order;
              case "external" -> "Placed elsewhere: " + order;
              default ->
                  (trace.askedBy() == null ? "A person" : trace.askedBy()) + " asks: " + order;
            },
            trace.requestId() == null ? List.of() : List.of("request " + trace.requestId())));
    trace.events().forEach(event -> moments.add(event(event)));
    if (trace.eventsLeftOut() > 0) {
      int place = moments.size() - Traces.EVENTS_EACH_END;
      EventView before = trace.events().get(Traces.EVENTS_EACH_END - 1);
      moments.add(place, leftOut(before, trace.eventsLeftOut()));
    }
    trace.fills().forEach(fill -> moments.add(fill(fill)));
    moments.sort((a, b) -> a.at().compareTo(b.at()));
    return new TraceView(
        trace.version(),
        trace.tradeId(),
        trace.takenAt(),
        trace.ticker(),
        trace.status(),
        trace.source(),
        trace.askedBy(),
        trace.requestId(),
        trace.createdAt(),
        trace.marketTime(),
        trace.rejectReason(),
        trace.signal(),
        trace.orders(),
        trace.events(),
        trace.eventsLeftOut(),
        trace.fills(),
        trace.journal(),
        moments);
  }

  private static MomentView signal(CauseView signal) {
    List<String> details = new ArrayList<>();
    details.add(
        "price %s, SMA9 %s, VWAP %s".formatted(signal.price(), signal.sma9(), signal.vwap()));
    if (signal.before() != null) {
      details.add(
          "before, at %s: price %s, SMA9 %s, VWAP %s"
              .formatted(
                  signal.before().timestamp(),
                  signal.before().price(),
                  signal.before().sma9(),
                  signal.before().vwap()));
    }
    return new MomentView(
        signal.foundAt(),
        signal.timestamp(),
        "signal",
        "SMA9 crosses VWAP " + signal.direction() + ": " + signal.action(),
        details);
  }

  private static MomentView leftOut(EventView before, long count) {
    return new MomentView(
        before.at(), null, "order", count + " further events are left out here", List.of());
  }

  private static MomentView event(EventView event) {
    String what = event.event().substring(event.event().indexOf('.') + 1).replace('_', ' ');
    String says = "Order " + what + (event.detail() == null ? "" : ": " + event.detail());
    Map<String, Object> facts = event.facts() == null ? Map.of() : event.facts();
    List<String> details = new ArrayList<>();
    String kind = "order";
    if (event.event().equals(APPROVED) || event.event().equals(DENIED)) {
      kind = "risk";
      checks(facts, details);
    } else if (facts.containsKey("answer")) {
      kind = "broker";
      details.add("asked: " + words(facts.get("request")));
      details.add(
          "answered after %s ms: %s"
              .formatted(facts.get("latency_ms"), words(facts.get("answer"))));
    } else if (facts.containsKey("person")) {
      kind = "person";
      details.add(facts.get("person") + ": " + facts.get("evidence"));
    } else if (!facts.isEmpty()) {
      kind = "broker";
      facts.forEach((name, value) -> details.add(name.replace('_', ' ') + ": " + words(value)));
    }
    return new MomentView(event.at(), null, kind, says, details);
  }

  private static void checks(Map<String, Object> facts, List<String> details) {
    if (facts.get("checks") instanceof List<?> checks) {
      for (Object each : checks) {
        if (each instanceof Map<?, ?> check) {
          details.add(
              "%s %s: %s%s"
                  .formatted(
                      check.get("rule"),
                      String.valueOf(check.get("result")).replace('_', ' '),
                      check.get("figure"),
                      limit(check.get("limit"))));
        }
      }
    }
  }

  private static String words(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(
              each ->
                  String.valueOf(each.getKey()).replace('_', ' ') + " " + words(each.getValue()))
          .collect(Collectors.joining(", "));
    }
    return String.valueOf(value);
  }

  private static String limit(@Nullable Object limit) {
    return limit == null ? "" : ", limit " + limit;
  }

  private static MomentView fill(FillView fill) {
    return new MomentView(
        fill.executedAt(),
        fill.marketTime(),
        "fill",
        "Filled %s at %s".formatted(fill.quantity().text(), fill.price().text()),
        List.of("execution " + fill.executionId() + " of order " + fill.brokerOrderId()));
  }
}
