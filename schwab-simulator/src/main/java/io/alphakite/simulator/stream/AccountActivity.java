package io.alphakite.simulator.stream;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * ACCT_ACTIVITY: the account's events as items of the user's connection, and what may happen to
 * them on the way. Guarded by the market's lock.
 */
final class AccountActivity {
  /** Events kept for a replay; older ones are forgotten. */
  private static final int REPLAYED = 200;

  /** Delayed events at most; more are sent at once. */
  private static final int DELAYED = 1_000;

  /** An event held back to be overtaken is let go after this. */
  private static final long HELD_NANOS = 3_000_000_000L;

  private static final Event SUBSCRIBED = new Event("", "SUBSCRIBED", "");

  private final FaultDials dials;
  private final InstantSource wall;
  private final ArrayDeque<Event> past = new ArrayDeque<>();
  private final List<Delayed> delayed = new ArrayList<>();

  /** Waits for the next event to overtake it. */
  private @Nullable Delayed held;

  private record Event(String account, String type, String payload) {}

  private record Delayed(Event event, long dueNanos) {}

  /** What one connection has subscribed. */
  static final class Subscription {
    private final String key;
    private final Fields fields;
    private final boolean silent;
    private long sequence;

    private Subscription(String key, Fields fields, boolean silent) {
      this.key = key;
      this.fields = fields;
      this.silent = silent;
    }
  }

  AccountActivity(FaultDials dials, InstantSource wall) {
    this.dials = dials;
    this.wall = wall;
  }

  /** Subscribes a connection, tells it so, and begins its sequence anew. */
  void subscribe(StreamConnection connection, String key, Fields fields) {
    boolean silent = dials.strike(Dial.ACTIVITY_SILENT, SUBSCRIBED.type).isPresent();
    connection.account = new Subscription(key, fields, silent);
    item(connection, SUBSCRIBED);
    if (!silent && dials.strike(Dial.ACTIVITY_REPLAYED, SUBSCRIBED.type).isPresent()) {
      past.forEach(event -> item(connection, event));
    }
  }

  /**
   * An event of the account.
   *
   * @param user the connection that is logged in
   * @param payload JSON text
   */
  void happened(@Nullable StreamConnection user, String account, String type, String payload) {
    Event event = new Event(account, type, payload);
    if (past.size() == REPLAYED) {
      past.removeFirst();
    }
    past.addLast(event);
    if (dials.strike(Dial.ACTIVITY_DROPPED, type).isPresent()) {
      return;
    }
    Optional<Strike> late = dials.strike(Dial.ACTIVITY_DELAYED, type);
    if (late.isPresent() && delayed.size() < DELAYED) {
      delayed.add(new Delayed(event, System.nanoTime() + late.get().delay().toNanos()));
      return;
    }
    if (held == null && dials.strike(Dial.ACTIVITY_REORDERED, type).isPresent()) {
      held = new Delayed(event, System.nanoTime() + HELD_NANOS);
      return;
    }
    tell(user, event);
    release(user);
  }

  private void release(@Nullable StreamConnection user) {
    Delayed overtaken = held;
    held = null;
    if (overtaken != null) {
      tell(user, overtaken.event);
    }
  }

  /** Sends what was delayed until now. */
  void due(@Nullable StreamConnection user) {
    if (delayed.isEmpty() && held == null) {
      return;
    }
    long now = System.nanoTime();
    List<Delayed> due = delayed.stream().filter(each -> now - each.dueNanos >= 0).toList();
    delayed.removeAll(due);
    due.forEach(each -> tell(user, each.event));
    if (held != null && now - held.dueNanos >= 0) {
      release(user);
    }
  }

  private void tell(@Nullable StreamConnection user, Event event) {
    if (user == null || user.account == null || user.account.silent) {
      return;
    }
    String type = event.type;
    if (dials.strike(Dial.ACTIVITY_SUBSCRIBED_AGAIN, type).isPresent()) {
      item(user, SUBSCRIBED);
    }
    if (dials.strike(Dial.ACTIVITY_PLAIN_NOTICE, type).isPresent()) {
      item(user, new Event(event.account, "", "This feature is not supported for your account."));
    }
    if (dials.strike(Dial.ACTIVITY_UNKNOWN_TYPE, type).isPresent()) {
      item(user, unknown(event));
    }
    boolean garbled = dials.strike(Dial.ACTIVITY_GARBLED, type).isPresent();
    int half = event.payload.length() / 2;
    Event sent = garbled ? new Event(event.account, type, event.payload.substring(0, half)) : event;
    item(user, sent);
    if (dials.strike(Dial.ACTIVITY_DUPLICATED, type).isPresent()) {
      item(user, sent);
    }
  }

  /** A type that no list has, about the same order. */
  private static Event unknown(Event event) {
    String order = event.payload.replaceFirst("(?s)\"BaseEvent\".*", "");
    String payload =
        order.startsWith("{\"SchwabOrderID\"")
            ? order
                + "\"BaseEvent\":{\"EventType\":\"OrderSomethingNew\","
                + "\"OrderSomethingNewEvent\":{\"Reason\":\"New\"}}}"
            : "{}";
    return new Event(event.account, "OrderSomethingNew", payload);
  }

  private void item(StreamConnection connection, Event event) {
    Subscription subscription = connection.account;
    if (subscription == null) {
      return;
    }
    connection.flush();
    StringBuilder frame = new StringBuilder(512 + event.payload.length());
    frame
        .append("{\"data\":[{\"service\":\"ACCT_ACTIVITY\",\"timestamp\":")
        .append(wall.millis())
        .append(",\"command\":\"SUBS\",\"content\":[{\"seq\":")
        .append(subscription.sequence++)
        .append(",\"key\":");
    Json.text(frame, subscription.key);
    field(frame, subscription.fields, 1, event.account);
    field(frame, subscription.fields, 2, event.type);
    field(frame, subscription.fields, 3, event.payload);
    connection.data(frame.append("}]}]}").toString(), Service.ACCT_ACTIVITY);
  }

  private static void field(StringBuilder to, Fields fields, int field, String value) {
    if (fields.has(field)) {
      to.append(",\"").append(field).append("\":");
      Json.text(to, value);
    }
  }
}
