package io.alphakite.simulator.broker;

import io.alphakite.simulator.broker.OrderTicket.Strategy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The account's orders: all that are kept, and which of them are open; every change is written down
 * first. Used under the market's lock.
 */
final class OrderBook {
  private static final int OPEN_MAX = 1000;
  private static final int EXECUTION_STEP = 2;

  private final Ledger ledger;
  private final Disguise disguise;
  private final InstantSource wall;
  private final TreeMap<Long, Order> open = new TreeMap<>();
  private long lastId;
  private long lastExecutionId;

  OrderBook(Ledger ledger, Disguise disguise, InstantSource wall) {
    this.ledger = ledger;
    this.disguise = disguise;
    this.wall = wall;
    // From the clock, so that ids do not come again where nothing is kept.
    lastId = wall.millis();
    lastExecutionId = wall.millis() / 1000 * 100;
    for (Order order : ledger.orders().values()) {
      lastId = Math.max(lastId, order.id());
      for (Order.Execution execution : order.executions()) {
        lastExecutionId = Math.max(lastExecutionId, execution.id());
      }
      if (!order.status().isTerminal()) {
        open.put(order.id(), order);
      }
    }
  }

  /** Whether no more orders are taken. */
  boolean isFull() {
    return open.size() >= OPEN_MAX;
  }

  boolean hasOpen() {
    return !open.isEmpty();
  }

  boolean isOpen(long id) {
    return open.containsKey(id);
  }

  /** Null when there is none, or it has ended. */
  @Nullable Order open(long id) {
    return open.get(id);
  }

  Collection<Order> open() {
    return open.values();
  }

  /** As they are now, for steps that end orders while they go through them. */
  List<Long> openIds() {
    return List.copyOf(open.keySet());
  }

  /** All that are kept, by id. */
  NavigableMap<Long, Order> all() {
    return ledger.orders();
  }

  @Nullable Order get(long id) {
    return ledger.orders().get(id);
  }

  @Nullable Order parent(Order order) {
    return order.parent() == null ? null : get(order.parent());
  }

  Account account() {
    return ledger.account();
  }

  /** The first leg's symbol, of the order or of the first that it holds. */
  String subject(Order order) {
    if (!order.wrapper()) {
      return order.ticket().symbol();
    }
    Order first = get(order.children().getFirst());
    return first == null ? "" : subject(first);
  }

  long nextExecution() {
    // The number between belongs to the fill's transaction.
    lastExecutionId += EXECUTION_STEP;
    return lastExecutionId;
  }

  /** Makes orders of a request and keeps them, all or none; gives the one on top. */
  Order receive(
      OrderRequest request, @Nullable Long parent, @Nullable Long replaces, OrderStatus status) {
    lastId = Math.max(lastId, wall.millis() - 1);
    List<Order> received = new ArrayList<>();
    Order top = receive(request, parent, replaces, status, received);
    ledger.save(received);
    received.forEach(this::keep);
    return top;
  }

  private Order receive(
      OrderRequest request,
      @Nullable Long parent,
      @Nullable Long replaces,
      OrderStatus status,
      List<Order> into) {
    long id = ++lastId;
    OrderStatus below =
        request.strategy() == Strategy.OCO ? status : OrderStatus.AWAITING_PARENT_ORDER;
    List<Long> children = new ArrayList<>();
    for (OrderRequest child : request.children()) {
      children.add(receive(child, id, null, below, into).id());
    }
    Order order = Order.received(id, request, status, wall.instant(), parent, replaces, children);
    into.add(order);
    return order;
  }

  void save(Order order) {
    ledger.save(order);
    keep(order);
  }

  /** A fill, and the account after it, at once. */
  void save(Order filled, Account after) {
    ledger.save(filled, after);
    keep(filled);
  }

  private void keep(Order order) {
    disguise.changed(order);
    if (order.status().isTerminal()) {
      open.remove(order.id());
    } else {
      open.put(order.id(), order);
    }
  }
}
