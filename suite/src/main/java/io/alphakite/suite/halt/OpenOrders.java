package io.alphakite.suite.halt;

import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.trader.AccountNumber;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.schwab.trader.CancelResult;
import io.alphakite.schwab.trader.Trader;
import io.alphakite.suite.command.CommandException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The orders of one account at the broker. */
final class OpenOrders {

  /** As far back as the engine looks, and as Schwab is known to answer. */
  private static final Duration LISTED = Duration.ofDays(59);

  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final Trader trader;
  private final AccountNumber account;
  private final String where;
  private final InstantSource clock;

  private OpenOrders(SchwabApi broker, AccountNumber account, InstantSource clock) {
    this.trader = broker.trader();
    this.account = account;
    this.where =
        (broker.simulator() ? "the simulator" : "Schwab") + ", account ..." + account.lastFour();
    this.clock = clock;
  }

  /**
   * The account of {@code SCHWAB_ACCOUNT}, else the login's first, as the engine takes it.
   *
   * @throws CommandException with one line when the broker gives no answer
   */
  static OpenOrders at(SchwabApi broker, @Nullable String wanted, InstantSource clock) {
    AccountNumber account =
        asking(() -> broker.trader().accountNumbers()).stream()
            .filter(each -> wanted == null || each.number().equals(wanted))
            .findFirst()
            .orElseThrow(
                () ->
                    new CommandException(
                        wanted == null
                            ? "the login has no account"
                            : "SCHWAB_ACCOUNT is not one of the login's accounts"));
    return new OpenOrders(broker, account, clock);
  }

  /** Which broker and account, for a person. */
  String where() {
    return where;
  }

  /**
   * All that is not over, oldest first, by the broker's id.
   *
   * @throws CommandException when the broker gives no complete answer
   */
  Map<Long, BrokerOrder> open() {
    List<BrokerOrder> listed =
        asking(
            () ->
                trader.orders(
                    account.hash(),
                    clock.instant().minus(LISTED),
                    clock.instant().plus(CLOCKS_DIFFER)));
    return listed.stream()
        .flatMap(OpenOrders::flat)
        .filter(order -> !order.status().isTerminal())
        .collect(
            Collectors.toMap(
                BrokerOrder::id, order -> order, (one, other) -> one, LinkedHashMap::new));
  }

  /** What became of an order that is not open any more, as far as the broker tells. */
  String ended(long id) {
    try {
      return trader
          .order(account.hash(), id)
          .map(order -> order.statusText().toLowerCase(java.util.Locale.ROOT))
          .orElse("gone");
    } catch (SchwabException e) {
      return "over";
    }
  }

  /** Asks for a cancel once; what the broker says to it. */
  String cancel(long id) {
    return switch (trader.cancel(account.hash(), id)) {
      case CancelResult.Requested() -> "cancel asked for";
      case CancelResult.Refused refused -> "not canceled: " + refused.message();
      case CancelResult.Unauthorized unauthorized -> "token refused: " + unauthorized.message();
      case CancelResult.Throttled _ -> "the broker takes no more requests for now";
      case CancelResult.NotSent notSent -> "not sent: " + notSent.reason();
      case CancelResult.Unconfirmed unconfirmed -> "no answer: " + unconfirmed.reason();
    };
  }

  /** An order in words. */
  static String told(BrokerOrder order) {
    String legs =
        order.legs().stream()
            .map(leg -> leg.instruction() + " " + plain(leg.quantity()) + " " + leg.symbol())
            .collect(Collectors.joining(", "));
    return Stream.of(
            legs,
            order.orderType(),
            Optional.ofNullable(order.price()).map(OpenOrders::plain).orElse(""),
            Optional.ofNullable(order.stopPrice()).map(price -> "stop " + plain(price)).orElse(""),
            order.duration(),
            order.statusText())
        .filter(word -> !word.isEmpty())
        .collect(Collectors.joining(" "));
  }

  private static String plain(BigDecimal number) {
    return number.stripTrailingZeros().toPlainString();
  }

  /** With the children of a bracket; the wrapper of an OCO has nothing in it that could fill. */
  private static Stream<BrokerOrder> flat(BrokerOrder order) {
    Stream<BrokerOrder> children = order.children().stream().flatMap(OpenOrders::flat);
    return order.legs().isEmpty() ? children : Stream.concat(Stream.of(order), children);
  }

  private interface Call<T> {
    T call();
  }

  private static <T> T asking(Call<T> call) {
    try {
      return call.call();
    } catch (SchwabException e) {
      throw new CommandException(CommandException.firstLine(e), e);
    }
  }
}
