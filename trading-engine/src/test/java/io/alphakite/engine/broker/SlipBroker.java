package io.alphakite.engine.broker;

import io.alphakite.model.market.Price;
import io.alphakite.model.order.OrderTerms;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An adapter of a broker unlike Schwab: it takes an id of ours with each order and finds the order
 * by it, its own ids are text, it replaces nothing, and its fills have no ids but their order.
 */
final class SlipBroker implements Broker {

  static final Price ASK = Price.of("167.41");
  private static final long PER_ORDER_MAX = 1000;

  /** Nothing came back. */
  private static final class Lost extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** The other side: what the broker itself knows. */
  private static final class Slip {
    private final String id;
    private final OrderTerms terms;
    private final Instant written = Instant.now();
    private final List<Long> fills = new ArrayList<>();
    private String word = "live";

    private Slip(String id, OrderTerms terms) {
      this.id = id;
      this.terms = terms;
    }

    private long filled() {
      return fills.stream().mapToLong(Long::longValue).sum();
    }
  }

  private final Map<String, Slip> byOurId = new LinkedHashMap<>();
  private int sent;
  private boolean away;
  private boolean losesAnswer;

  synchronized void away(boolean gone) {
    away = gone;
  }

  synchronized void loseNextAnswer() {
    losesAnswer = true;
  }

  @Override
  public synchronized SubmitOutcome submit(OrderTerms terms, BooleanSupplier gate) {
    if (!gate.getAsBoolean()) {
      return new SubmitOutcome.NotSent("the gate closed");
    }
    if (terms.quantity() > PER_ORDER_MAX) {
      return new SubmitOutcome.Refused("no more than " + PER_ORDER_MAX + " an order");
    }
    String ours = "kite-" + ++sent;
    try {
      return new SubmitOutcome.Accepted(write(ours, terms));
    } catch (Lost lost) {
      // Not found by our id now is no proof that it will not be.
      return Optional.ofNullable(away ? null : byOurId.get(ours))
          .<SubmitOutcome>map(slip -> new SubmitOutcome.Accepted(slip.id))
          .orElseGet(() -> new SubmitOutcome.Unconfirmed("no answer"));
    }
  }

  private String write(String ours, OrderTerms terms) throws Lost {
    if (away) {
      throw new Lost();
    }
    Slip slip = new Slip(String.format(Locale.ROOT, "S%05d-X", byOurId.size() + 1), terms);
    byOurId.put(ours, slip);
    if (losesAnswer) {
      losesAnswer = false;
      throw new Lost();
    }
    return slip.id;
  }

  @Override
  public synchronized SubmitOutcome replace(
      String brokerOrderId, OrderTerms terms, BooleanSupplier gate) {
    return gate.getAsBoolean()
        ? new SubmitOutcome.Refused("this broker replaces no orders: cancel it and place another")
        : new SubmitOutcome.NotSent("the gate closed");
  }

  @Override
  public synchronized CancelOutcome cancel(String brokerOrderId) {
    if (away) {
      return new CancelOutcome.Unconfirmed("no answer");
    }
    Slip slip = find(brokerOrderId);
    if (slip == null || !slip.word.equals("live")) {
      return new CancelOutcome.Refused("it is " + (slip == null ? "nobody's" : slip.word));
    }
    slip.word = "pulled";
    return new CancelOutcome.Requested();
  }

  @Override
  public synchronized Optional<OrderReport> order(String brokerOrderId) {
    reach();
    return Optional.ofNullable(find(brokerOrderId)).map(this::report);
  }

  @Override
  public synchronized List<OrderReport> orders(Instant from, Instant to) {
    reach();
    return byOurId.values().stream()
        .filter(slip -> !slip.written.isBefore(from) && !slip.written.isAfter(to))
        .map(this::report)
        .toList();
  }

  @Override
  public synchronized AccountReport account() {
    reach();
    long held =
        byOurId.values().stream()
            .mapToLong(slip -> slip.terms.side().isBuy() ? slip.filled() : -slip.filled())
            .sum();
    BigDecimal cash =
        BigDecimal.valueOf(100_000).subtract(ASK.toBigDecimal().multiply(BigDecimal.valueOf(held)));
    return new AccountReport(
        cash, cash, List.of(new AccountReport.Holding("SPY", held, ASK.toBigDecimal())));
  }

  private void reach() {
    if (away) {
      throw new BrokerUnavailableException("no answer", null);
    }
  }

  private @Nullable Slip find(String id) {
    return byOurId.values().stream().filter(slip -> slip.id.equals(id)).findFirst().orElse(null);
  }

  private OrderReport report(Slip slip) {
    trade(slip);
    List<Execution> executions = new ArrayList<>();
    for (long quantity : slip.fills) {
      executions.add(
          new Execution(
              "fill " + (executions.size() + 1),
              quantity,
              ASK.toBigDecimal(),
              BigDecimal.ZERO,
              slip.written));
    }
    OrderReport.Status status =
        switch (slip.word) {
          case "done" -> OrderReport.Status.FILLED;
          case "pulled" -> OrderReport.Status.CANCELED;
          default -> OrderReport.Status.OPEN;
        };
    return new OrderReport(
        slip.id, status, null, Fingerprint.of(slip.terms), slip.terms, slip.written, executions);
  }

  /** Whoever looks sees a little more filled. */
  private static void trade(Slip slip) {
    Price limit = slip.terms.limitPrice();
    if (slip.word.equals("live") && (limit == null || limit.compareTo(ASK) >= 0)) {
      slip.fills.add(Math.min(4, slip.terms.quantity() - slip.filled()));
      slip.word = slip.filled() == slip.terms.quantity() ? "done" : "live";
    }
  }
}
