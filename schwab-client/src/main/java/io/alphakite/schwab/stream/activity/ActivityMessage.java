package io.alphakite.schwab.stream.activity;

/**
 * What one item of account activity says. It is a wake-up, not the truth: items may be missing,
 * repeated, late or new in kind, and only Schwab's listing tells how an order stands.
 */
public sealed interface ActivityMessage {

  /** The subscription's own note; more than one may come. */
  record Subscribed() implements ActivityMessage {}

  /** Plain words of Schwab, for instance that a feature is not supported. */
  record Notice(String text) implements ActivityMessage {
    @Override
    public String toString() {
      return "Notice[%d characters]".formatted(text.length());
    }
  }

  /**
   * Something happened to an order.
   *
   * @param type the message type as sent, for instance {@code OrderFillCompleted}
   * @param orderId Schwab's order id, the one of the REST calls; empty when the item has none
   * @param event what happened, as far as it can be read
   * @param key the same for an item that comes again
   */
  record OrderActivity(String type, String orderId, OrderEvent event, ActivityKey key)
      implements ActivityMessage {
    @Override
    public String toString() {
      return "OrderActivity[type=%s, event=%s]".formatted(type, event.getClass().getSimpleName());
    }
  }

  /**
   * A type with a payload that is no JSON object: still a reason to read the orders.
   *
   * @param type as sent
   */
  record Unreadable(String type, ActivityKey key) implements ActivityMessage {}
}
