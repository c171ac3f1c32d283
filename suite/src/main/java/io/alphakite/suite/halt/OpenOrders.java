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
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The orders of one account at the broker. */
final class OpenOrders {

  /** As far back as the engine looks, and as Schwab is known to answer. */
  private static final Duration LISTED = Duration.ofDays(59);

  /** A clock that is slow must not hide new orders; Schwab lists at most 60 days. */
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(23);

  private final Trader trader;
  private final AccountNumber account;
  private final boolean simulated;
  private final InstantSource clock;

  private OpenOrders(SchwabApi broker, AccountNumber account, InstantSource clock) {
    this.trader = broker.trader();
    this.account = account;
    this.simulated = broker.simulator();
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
    return (simulated ? "the simulator" : "Schwab") + ", account ..." + account();
  }

  /** The last four of the account. */
  String account() {
    return account.lastFour();
  }

  /** Whether the broker's answers say that it is a simulator. */
  boolean simulated() {
    return simulated;
  }

  /**
   * All that is not over, oldest first, by the broker's id.
   *
   * @throws CommandException when the broker gives no complete answer
   */
  Map<Long, BrokerOrder> open() {
    Instant now = clock.instant();
    List<BrokerOrder> listed =
        asking(() -> trader.orders(account.hash(), now.minus(LISTED), now.plus(CLOCKS_DIFFER)));
    // The wrapper of an OCO has nothing in it that could fill.
    return listed.stream()
        .flatMap(BrokerOrder::tree)
        .filter(order -> !order.legs().isEmpty() && !order.status().isTerminal())
        .collect(
            Collectors.toMap(
                BrokerOrder::id, order -> order, (one, other) -> one, LinkedHashMap::new));
  }

  /** What became of an order that is not open any more, as far as the broker tells. */
  String ended(long id) {
    try {
      return trader
          .order(account.hash(), id)
          .map(order -> order.statusText().toLowerCase(Locale.ROOT))
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
