package io.alphakite.engine.broker.schwab;

import io.alphakite.engine.broker.AccountReport;
import io.alphakite.engine.broker.Broker;
import io.alphakite.engine.broker.BrokerUnavailableException;
import io.alphakite.engine.broker.CancelOutcome;
import io.alphakite.engine.broker.OrderReport;
import io.alphakite.engine.broker.SubmitOutcome;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.trader.AccountHash;
import io.alphakite.schwab.trader.AccountSnapshot;
import io.alphakite.schwab.trader.CancelResult;
import io.alphakite.schwab.trader.OrderRequest;
import io.alphakite.schwab.trader.PlaceResult;
import io.alphakite.schwab.trader.Trader;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One account at Schwab. */
public final class SchwabBroker implements Broker {

  private final Trader trader;
  private final AccountHash account;

  public SchwabBroker(Trader trader, AccountHash account) {
    this.trader = trader;
    this.account = account;
  }

  @Override
  public SubmitOutcome submit(OrderTerms terms, BooleanSupplier gate) {
    return send(terms, request -> trader.place(account, request, gate));
  }

  @Override
  public SubmitOutcome replace(String brokerOrderId, OrderTerms terms, BooleanSupplier gate) {
    return send(
        terms, request -> trader.replace(account, Long.parseLong(brokerOrderId), request, gate));
  }

  private static SubmitOutcome send(OrderTerms terms, Function<OrderRequest, PlaceResult> sending) {
    OrderRequest request;
    try {
      request = SchwabOrders.request(terms);
    } catch (IllegalArgumentException e) {
      return new SubmitOutcome.Refused(String.valueOf(e.getMessage()));
    }
    return switch (sending.apply(request)) {
      case PlaceResult.Accepted accepted ->
          new SubmitOutcome.Accepted(Long.toString(accepted.orderId()));
      case PlaceResult.Unidentified unidentified ->
          new SubmitOutcome.Unconfirmed(unidentified.reason());
      case PlaceResult.Refused refused ->
          new SubmitOutcome.Refused(refused.message() + " (" + refused.status() + ")");
      case PlaceResult.Throttled throttled -> new SubmitOutcome.Throttled(throttled.retryAfter());
      case PlaceResult.NotSent notSent -> new SubmitOutcome.NotSent(notSent.reason());
      case PlaceResult.Unconfirmed unconfirmed ->
          new SubmitOutcome.Unconfirmed(unconfirmed.reason());
    };
  }

  @Override
  public String body(OrderTerms terms) {
    try {
      return SchwabOrders.request(terms).json();
    } catch (IllegalArgumentException e) {
      return Broker.super.body(terms);
    }
  }

  @Override
  public CancelOutcome cancel(String brokerOrderId) {
    return switch (trader.cancel(account, Long.parseLong(brokerOrderId))) {
      case CancelResult.Requested() -> new CancelOutcome.Requested();
      case CancelResult.Refused refused -> new CancelOutcome.Refused(refused.message());
      case CancelResult.Throttled throttled ->
          new CancelOutcome.Unconfirmed("the broker takes no more requests for now");
      // The client has dropped that token: asked again, it brings a new one.
      case CancelResult.Unauthorized unauthorized ->
          new CancelOutcome.Unconfirmed("the token was refused: " + unauthorized.message());
      case CancelResult.NotSent notSent ->
          new CancelOutcome.Unconfirmed("not sent: " + notSent.reason());
      case CancelResult.Unconfirmed unconfirmed ->
          new CancelOutcome.Unconfirmed(unconfirmed.reason());
    };
  }

  @Override
  public Optional<OrderReport> order(String brokerOrderId) {
    return asking(() -> trader.order(account, Long.parseLong(brokerOrderId)))
        .map(SchwabOrders::report);
  }

  @Override
  public List<OrderReport> orders(Instant from, Instant to) {
    Map<String, OrderReport> each = new LinkedHashMap<>();
    asking(() -> trader.orders(account, from, to)).stream()
        .flatMap(SchwabOrders::reports)
        .forEach(report -> each.merge(report.id(), report, SchwabBroker::inItsTree));
    return List.copyOf(each.values());
  }

  /** An order that hangs on another may be listed by itself as well. */
  private static OrderReport inItsTree(OrderReport one, OrderReport other) {
    return one.parent() == null ? other : one;
  }

  @Override
  public AccountReport account() {
    AccountSnapshot snapshot = asking(() -> trader.account(account));
    return new AccountReport(
        snapshot.cash(),
        snapshot.buyingPower() == null ? snapshot.cash() : snapshot.buyingPower(),
        snapshot.positions().stream()
            .map(SchwabBroker::holding)
            .filter(Objects::nonNull)
            .map(Objects::requireNonNull)
            .toList());
  }

  /** What we could trade; null for cash funds, bonds and fractions. */
  private static AccountReport.@Nullable Holding holding(AccountSnapshot.BrokerPosition position) {
    boolean ours =
        switch (position.assetType()) {
          case "EQUITY", "COLLECTIVE_INVESTMENT", "OPTION" -> true;
          default -> false;
        };
    BigDecimal quantity = position.quantity();
    if (!ours || quantity.signum() == 0 || quantity.stripTrailingZeros().scale() > 0) {
      return null;
    }
    return new AccountReport.Holding(
        position.symbol(), quantity.longValueExact(), position.averagePrice());
  }

  private static <T> T asking(Supplier<T> call) {
    try {
      return call.get();
    } catch (SchwabException e) {
      throw new BrokerUnavailableException(String.valueOf(e.getMessage()), e);
    }
  }
}
