package io.alphakite.schwab.stream.activity;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.stream.activity.ActivityMessage.Notice;
import io.alphakite.schwab.stream.activity.ActivityMessage.OrderActivity;
import io.alphakite.schwab.stream.activity.ActivityMessage.Subscribed;
import io.alphakite.schwab.stream.activity.ActivityMessage.Unreadable;
import io.alphakite.schwab.stream.activity.OrderEvent.Execution;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Reads the payload of an item: JSON inside a text, {@code {SchwabOrderID, AccountNumber,
 * BaseEvent: {EventType, <one inner object>}}}. The inner object's name cannot be told from the
 * type, so the one member that is not {@code EventType} is taken.
 *
 * <p>It never fails. What it cannot read is null in the message and named in the {@link Reading}.
 */
public final class ActivityReader {

  private static final String SUBSCRIBED = "SUBSCRIBED";
  private static final String MONITOR = "OrderMonitor";
  private static final int DIGEST_BYTES = 16;

  /** US Eastern, without a zone. */
  private static final DateTimeFormatter EASTERN_TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd[ ]['T']HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter();

  private final List<String> unreadable = new ArrayList<>();

  private ActivityReader() {}

  /**
   * A message and what was wrong with it.
   *
   * @param unreadable names of members whose value has a form we do not take; never their values
   */
  public record Reading(ActivityMessage message, List<String> unreadable) {
    public Reading {
      unreadable = List.copyOf(unreadable);
    }
  }

  /** Reads one item's type and payload. */
  public static Reading read(String type, String payload) {
    ActivityReader reader = new ActivityReader();
    ActivityMessage message = reader.message(type, payload);
    return new Reading(message, reader.unreadable);
  }

  private ActivityMessage message(String type, String payload) {
    if (type.equals(SUBSCRIBED)) {
      return new Subscribed();
    }
    JsonNode tree = object(payload);
    if (tree == null) {
      if (type.isBlank()) {
        return new Notice(payload);
      }
      unreadable.add("payload");
      return new Unreadable(type, new ActivityKey("", type, digest(payload)));
    }
    JsonNode base = tree.path("BaseEvent");
    String name = type.isBlank() ? Json.text(base, "EventType", "") : type;
    String orderId = Json.text(tree, "SchwabOrderID", "");
    if (orderId.isEmpty()) {
      unreadable.add("SchwabOrderID");
    }
    OrderEvent event = event(name, base);
    String execution =
        switch (event) {
          case OrderEvent.Executed(Execution e) -> e.executionId();
          case OrderEvent.FillCompleted fill -> fill.execution().executionId();
          default -> "";
        };
    String content = execution.isEmpty() ? digest(payload) : execution;
    return new OrderActivity(name, orderId, event, new ActivityKey(orderId, name, content));
  }

  private static @Nullable JsonNode object(String payload) {
    if (payload.isBlank()) {
      return null;
    }
    try {
      JsonNode tree = Json.parse(payload);
      return tree != null && tree.isObject() ? tree : null;
    } catch (JacksonException _) {
      return null;
    }
  }

  private OrderEvent event(String type, JsonNode base) {
    Map.Entry<String, JsonNode> member = inner(base);
    JsonNode inner = member.getValue();
    return switch (type) {
      case "OrderCreated" -> new OrderEvent.Created();
      case "OrderAccepted" -> new OrderEvent.Accepted();
      case "ExecutionRequested" -> new OrderEvent.Routed(Json.text(inner, "RouteRequestedType"));
      case "ExecutionRequestCreated" -> new OrderEvent.RouteCreated();
      case "ExecutionRequestCompleted" ->
          new OrderEvent.RouteCompleted(
              Json.text(inner, "ResponseType"), Json.text(inner, "RouteStatus"));
      case "ExecutionCreated" -> new OrderEvent.Executed(execution(inner));
      case "OrderFillCompleted" -> fill(inner);
      case "CancelAccepted" -> new OrderEvent.CancelAccepted(replacedBy(inner));
      case "OrderUROutCompleted" ->
          new OrderEvent.Out(Json.text(inner, "OutCancelType"), validations(inner));
      case "ChangeCreated" -> new OrderEvent.ChangeCreated(id(inner, "ParentSchwabOrderID"));
      case "ChangeAccepted" -> new OrderEvent.ChangeAccepted();
      case "OrderExpired" -> new OrderEvent.Expired();
      case "OrderMonitorCreated", "OrderMonitorUpdated", "OrderMonitorCompleted" ->
          new OrderEvent.Monitored(type.substring(MONITOR.length()));
      default -> new OrderEvent.Unknown(member.getKey());
    };
  }

  /** The one member that is not the type; an object if there should be several. */
  private Map.Entry<String, JsonNode> inner(JsonNode base) {
    List<Map.Entry<String, JsonNode>> members =
        base.properties().stream().filter(member -> !member.getKey().equals("EventType")).toList();
    if (members.size() != 1 || !members.getFirst().getValue().isObject()) {
      unreadable.add("BaseEvent");
    }
    return members.stream()
        .filter(member -> member.getValue().isObject())
        .findFirst()
        .orElseGet(() -> Map.entry("", MissingNode.getInstance()));
  }

  private OrderEvent fill(JsonNode inner) {
    JsonNode quantities = inner.path("QuantityInfo");
    JsonNode order = inner.path("OrderInfoForTransactionPosting");
    return new OrderEvent.FillCompleted(
        Json.text(inner, "LegId"),
        Json.text(inner, "LegStatus"),
        Json.text(inner, "LegSubStatus"),
        Json.text(order, "Symbol"),
        Json.text(order, "BuySellCode"),
        Json.text(order, "OrderTypeCode"),
        decimal(order, "Quantity"),
        decimal(order, "LimitPrice"),
        decimal(quantities, "CumulativeQuantity"),
        decimal(quantities, "LeavesQuantity"),
        decimal(quantities, "AveragePrice"),
        execution(inner));
  }

  /** Its members stand in {@code ExecutionInfo} or in the inner object itself. */
  private Execution execution(JsonNode inner) {
    JsonNode info = inner.path("ExecutionInfo").isObject() ? inner.path("ExecutionInfo") : inner;
    String id = Json.text(info, "ExecutionId", "");
    if (id.isEmpty()) {
      id = Json.text(inner.path("QuantityInfo"), "ExecutionID", "");
    }
    return new Execution(
        id,
        Json.text(info, "VenueExecutionID"),
        Json.text(info, "ExecutionSequenceNumber"),
        Json.text(info, "ExecutionTransType"),
        decimal(info, "ExecutionQuantity"),
        decimal(info, "ExecutionPrice"),
        decimal(info, "PrincipalAmmount"),
        time(info, "ExecutionTimeStamp"),
        Json.text(info, "RouteName"),
        Json.text(info, "ClientOrderID"));
  }

  private static @Nullable String replacedBy(JsonNode inner) {
    String id = id(inner, "ChangedNewSchwabOrderId");
    if (id != null) {
      return id;
    }
    for (JsonNode leg : inner.path("LegCancelRequestInfoList").values()) {
      id = id(leg, "ChangedNewSchwabOrderId");
      if (id != null) {
        return id;
      }
    }
    return null;
  }

  private static @Nullable String id(JsonNode object, String field) {
    String id = Json.text(object, field);
    return id == null || id.isBlank() || id.equals("0") ? null : id;
  }

  private static List<OrderEvent.Validation> validations(JsonNode inner) {
    JsonNode details = inner.path("ValidationDetail");
    List<OrderEvent.Validation> validations = new ArrayList<>();
    for (JsonNode detail : details.isObject() ? List.of(details) : details.values()) {
      if (detail.isObject()) {
        validations.add(
            new OrderEvent.Validation(
                Json.text(detail, "NgOMSRuleName"), Json.text(detail, "NgOMSRuleDescription")));
      }
    }
    return validations;
  }

  private @Nullable BigDecimal decimal(JsonNode object, String field) {
    try {
      return PackedDecimal.unpack(object.get(field));
    } catch (IllegalArgumentException _) {
      unreadable.add(field);
      return null;
    }
  }

  private @Nullable Instant time(JsonNode object, String field) {
    JsonNode stamp = object.get(field);
    if (stamp == null || stamp.isNull()) {
      return null;
    }
    String text = Json.text(stamp, "DateTimeString");
    try {
      LocalDateTime eastern = LocalDateTime.parse(text == null ? "" : text, EASTERN_TIME);
      return MarketCalendar.nyse().at(eastern.toLocalDate(), eastern.toLocalTime());
    } catch (DateTimeParseException _) {
      unreadable.add(field);
      return null;
    }
  }

  private static String digest(String payload) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(payload.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(hash, DIGEST_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
