package io.alphakite.engine.broker;

import io.alphakite.model.order.OrderTerms;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One account at one broker. Calls block; safe for use by many threads. Times are the broker's own,
 * wall clock.
 */
public interface Broker {

  /**
   * Sends the order, its exits with it, once. Never throws for an outcome and never repeats, not
   * even silently.
   *
   * @param gate asked at the last moment before the first byte of the order leaves; when it says
   *     no, nothing is sent and the outcome is {@link SubmitOutcome.NotSent}
   */
  SubmitOutcome submit(OrderTerms terms, BooleanSupplier gate);

  /**
   * Puts an order in another's place, sent once as {@link #submit} sends. Accepted, the old one is
   * over or may still fill until it is; not sent or refused, it stands as it was.
   *
   * @param brokerOrderId of the order that is to go
   * @param terms all that the new order says; its quantity is beside what the old one filled
   */
  SubmitOutcome replace(String brokerOrderId, OrderTerms terms, BooleanSupplier gate);

  /** What {@link #submit} and {@link #replace} send for these terms, for a person to read. */
  default String body(OrderTerms terms) {
    return Fingerprint.of(terms).text();
  }

  /** Asks for a cancel, which may be repeated. Never throws for an outcome. */
  CancelOutcome cancel(String brokerOrderId);

  /**
   * The order as it is now; empty when the broker does not know it, which may last a moment after
   * it was sent.
   *
   * @throws BrokerUnavailableException when there is no answer to be had
   */
  Optional<OrderReport> order(String brokerOrderId);

  /**
   * All orders entered in [from, to], parents before what hangs on them: complete, or an exception.
   *
   * @throws BrokerUnavailableException when there is no complete answer to be had
   */
  List<OrderReport> orders(Instant from, Instant to);

  /**
   * Cash and holdings; a broker may lag fills here.
   *
   * @throws BrokerUnavailableException when there is no answer to be had
   */
  AccountReport account();
}
