package io.alphakite.engine.order.jdbc;

import io.alphakite.engine.order.OrderIntent;
import io.alphakite.model.order.OrderTerms;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Tells an order's life in the log, one line for each thing that was committed. */
final class OrderStory {

  private static final Logger log = LoggerFactory.getLogger("io.alphakite.engine.order");
  // Steps that follow within milliseconds, or repeat: for whoever looks closer.
  private static final Set<String> SMALL =
      Set.of("order.new", "order.approved", "order.acked", "order.looked", "order.verified");

  void tell(String event, OrderIntent intent, Optional<String> requestId) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            write(event, intent, requestId);
          }
        });
  }

  private static void write(String event, OrderIntent intent, Optional<String> requestId) {
    OrderTerms terms = intent.terms();
    LoggingEventBuilder line =
        log.atLevel(SMALL.contains(event) ? Level.DEBUG : Level.INFO)
            .addKeyValue("event", event)
            .addKeyValue("ticker", terms.ticker())
            .addKeyValue("trade_id", intent.tradeId())
            .addKeyValue("side", terms.side().wire())
            .addKeyValue("quantity", terms.quantity())
            .addKeyValue("filled", intent.filled());
    if (requestId.isPresent()) {
      line = line.addKeyValue("request_id", requestId.get());
    }
    if (intent.brokerOrderId() != null) {
      line = line.addKeyValue("broker_order_id", intent.brokerOrderId());
    }
    String what = "Order " + event.substring(event.indexOf('.') + 1).replace('_', ' ');
    line.log(intent.detail() == null ? what : what + ": " + intent.detail());
  }
}
