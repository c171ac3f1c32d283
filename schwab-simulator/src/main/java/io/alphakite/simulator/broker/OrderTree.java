package io.alphakite.simulator.broker;

import java.util.List;

/**
 * An order as a client is shown it, with the orders that hang on it.
 *
 * @param status the text shown, which a fault may have changed
 */
public record OrderTree(Order order, String status, List<OrderTree> children) {
  public OrderTree {
    children = List.copyOf(children);
  }
}
