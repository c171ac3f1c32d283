package io.alphakite.simulator.broker;

import io.alphakite.simulator.broker.OrderTicket.Strategy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order as it was asked for, with the orders that hang on it.
 *
 * @param terms null for the wrapper of a one-cancels-other
 */
record OrderRequest(Strategy strategy, @Nullable OrderTicket terms, List<OrderRequest> children) {
  OrderRequest {
    children = List.copyOf(children);
  }
}
