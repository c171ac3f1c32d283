package io.alphakite.schwab.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.trader.AccountFields;
import io.alphakite.schwab.trader.AccountHash;
import io.alphakite.schwab.trader.AccountSnapshot;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.schwab.trader.BrokerOrderStatus;
import io.alphakite.schwab.trader.CancelResult;
import io.alphakite.schwab.trader.LinkBasis;
import io.alphakite.schwab.trader.OrderDuration.Immediate;
import io.alphakite.schwab.trader.OrderDuration.Resting;
import io.alphakite.schwab.trader.OrderLeg;
import io.alphakite.schwab.trader.OrderPreview;
import io.alphakite.schwab.trader.OrderQuery;
import io.alphakite.schwab.trader.OrderRequest;
import io.alphakite.schwab.trader.OrderSession;
import io.alphakite.schwab.trader.Orders;
import io.alphakite.schwab.trader.PlaceResult;
import io.alphakite.schwab.trader.PreviewResult;
import io.alphakite.schwab.trader.Trader;
import io.alphakite.schwab.trader.Trail;
import io.alphakite.schwab.trader.Transaction;
import io.alphakite.schwab.trader.TransactionQuery;
import io.alphakite.simulator.SimulatorServer;
import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultRule;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every trader call against a simulator that was written from the same description by other hands.
 * Its market stands still, since nobody subscribes.
 */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrdersAgainstSimulatorTest {

  private static final Ticker SPY = Ticker.of("SPY");
  private static final OptionSymbol CALL_168 = OptionSymbol.parse("SPY   131018C00168000");
  private static final OptionSymbol CALL_170 = OptionSymbol.parse("SPY   131018C00170000");
  private static final long AWAITED_NANOS = Duration.ofSeconds(30).toNanos();

  private final SimulatorServer simulator =
      SimulatorServer.start(
          SimulatorSettings.of(
              Map.of(
                  "SIMULATOR_PORT", "0",
                  "SIMULATOR_DAY_START", "10:00:00",
                  "SIMULATOR_CASH", "1000000",
                  "SCHWAB_APP_KEY", "key",
                  "SCHWAB_APP_SECRET", "secret",
                  "SCHWAB_CALLBACK_URL", "https://127.0.0.1:8182")));
  private final SchwabApi api;
  private final Trader trader;
  private AccountHash account = new AccountHash("unknown");

  OrdersAgainstSimulatorTest(@TempDir Path directory) {
    api =
        SchwabApi.connect(
            SchwabConfig.of(
                simulator.baseUrl().toString(),
                "key",
                "secret",
                "https://127.0.0.1:8182",
                directory.resolve("token.json"),
                null),
            InstantSource.system());
    trader = api.trader();
  }

  @BeforeAll
  void login() {
    api.login().withoutPerson();
    account = trader.accountNumbers().getFirst().hash();
  }

  @AfterEach
  void faultsOff() {
    simulator.faults().clear();
  }

  @AfterAll
  void close() {
    simulator.close();
  }

  private static Price price(String dollars) {
    return Price.of(dollars);
  }

  /** A machine that pauses before the first byte has sent nothing, and may begin again. */
  private static PlaceResult sent(Supplier<PlaceResult> sending) {
    long end = System.nanoTime() + AWAITED_NANOS;
    PlaceResult result;
    do {
      result = sending.get();
    } while (result instanceof PlaceResult.NotSent && System.nanoTime() < end);
    return result;
  }

  private long placed(OrderRequest order) {
    PlaceResult result = sent(() -> trader.place(account, order));
    assertThat(result).isInstanceOf(PlaceResult.Accepted.class);
    return ((PlaceResult.Accepted) result).orderId();
  }

  private BrokerOrder await(long id, Predicate<BrokerOrder> which) {
    long end = System.nanoTime() + AWAITED_NANOS;
    Optional<BrokerOrder> order;
    do {
      order = trader.order(account, id);
      if (order.filter(which).isPresent()) {
        return order.get();
      }
      LockSupport.parkNanos(20_000_000);
    } while (System.nanoTime() < end);
    throw new AssertionError("still " + order);
  }

  private BrokerOrder await(long id, BrokerOrderStatus status) {
    return await(id, order -> order.status() == status);
  }

  static Stream<Arguments> orders() {
    OrderLeg buy = Orders.buy(SPY, 3);
    OrderLeg sell = Orders.sell(SPY, 3);
    OrderLeg call = Orders.buyToOpen(CALL_168, 2);
    return Stream.of(
        Arguments.of("market", buy.market()),
        Arguments.of("limit", buy.limit(price("100.01")).goodTillCancel()),
        Arguments.of("limit for the week", buy.limit(price("100")).lasting(Resting.END_OF_WEEK)),
        Arguments.of("at once", buy.limit(price("100")).lasting(Immediate.FILL_OR_KILL)),
        Arguments.of("early", buy.limit(price("100")).in(OrderSession.AM)),
        Arguments.of("all day", buy.limit(price("100")).in(OrderSession.SEAMLESS)),
        Arguments.of("short sale", Orders.sellShort(SPY, 3).limit(price("199"))),
        Arguments.of("stop", sell.stop(price("100"))),
        Arguments.of("stop-limit", sell.stopLimit(price("100"), price("99.50"))),
        Arguments.of("trail", sell.trailingStop(LinkBasis.BID, Trail.dollars(price("1.25")))),
        Arguments.of(
            "trail in percent",
            sell.trailingStop(LinkBasis.LAST, Trail.percent(new BigDecimal("2.5")))),
        Arguments.of("option", call.market()),
        Arguments.of("option at a limit", call.limit(price("0.05"))),
        Arguments.of(
            "vertical", Orders.openVertical(CALL_168, CALL_170, 1).netDebit(price("0.10"))),
        Arguments.of(
            "vertical for a credit",
            Orders.openVertical(CALL_170, CALL_168, 1).netCredit(price("1.95"))),
        Arguments.of(
            "one cancels other",
            Orders.oneCancelsOther(buy.limit(price("100")), buy.limit(price("101")))),
        Arguments.of(
            "first triggers", Orders.firstTriggers(buy.limit(price("100")), sell.market())),
        Arguments.of(
            "bracket",
            Orders.bracket(buy.limit(price("100")))
                .takeProfit(price("199"), Resting.GOOD_TILL_CANCEL)
                .stopLoss(price("90"), price("89.50"))),
        Arguments.of(
            "bracket of options",
            Orders.bracket(call.limit(price("0.05")))
                .takeProfit(price("9"))
                .trailingStopLoss(LinkBasis.MARK, Trail.percent(BigDecimal.TEN))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("orders")
  void comesBackAsItWasSent(String name, OrderRequest order) {
    long id = placed(order);
    assertThat(await(id, _ -> true).request()).as(name).contains(order);
    trader.cancel(account, id);
    BrokerOrder ended = await(id, shown -> shown.status().isTerminal());
    assertThat(ended.request()).as("%s when it is over", name).contains(order);
    assertThat(api.unknowns()).isEmpty();
  }

  @Test
  void fillsABracketsEntryAndLetsItsExitsCancelEachOther() {
    long id =
        placed(
            Orders.bracket(Orders.buy(SPY, 4).market())
                .takeProfit(price("199"))
                .stopLoss(price("100")));
    BrokerOrder entry = await(id, BrokerOrderStatus.FILLED);
    assertThat(entry.fillsComplete()).isTrue();
    BrokerOrder wrapper = entry.children().getFirst();
    assertThat(wrapper.strategyType()).isEqualTo("OCO");
    assertThat(wrapper.legs()).isEmpty();
    long profit =
        wrapper.children().stream()
            .filter(child -> child.orderType().equals("LIMIT"))
            .findFirst()
            .orElseThrow()
            .id();
    await(profit, BrokerOrderStatus.WORKING);
    assertThat(trader.cancel(account, profit)).isEqualTo(new CancelResult.Requested());
    BrokerOrder over =
        await(
            id,
            order ->
                order.children().getFirst().children().stream()
                    .allMatch(child -> child.status() == BrokerOrderStatus.CANCELED));
    assertThat(over.status()).isEqualTo(BrokerOrderStatus.FILLED);
    assertThat(over.tree().filter(order -> !order.fills().isEmpty())).hasSize(1);
  }

  @Test
  void putsAnOrderInAnothersPlace() {
    long old = placed(Orders.buy(SPY, 1).limit(price("100")));
    await(old, BrokerOrderStatus.WORKING);
    OrderRequest changed = Orders.buy(SPY, 2).limit(price("101"));
    PlaceResult result = sent(() -> trader.replace(account, old, changed));
    assertThat(result).isInstanceOf(PlaceResult.Accepted.class);
    long next = ((PlaceResult.Accepted) result).orderId();
    assertThat(next).isNotEqualTo(old);
    await(old, BrokerOrderStatus.REPLACED);
    assertThat(await(next, BrokerOrderStatus.WORKING).request()).contains(changed);
    assertThat(sent(() -> trader.replace(account, old, changed)))
        .isInstanceOf(PlaceResult.Refused.class);
    trader.cancel(account, next);
    BrokerOrder canceled = await(next, BrokerOrderStatus.CANCELED);
    assertThat(canceled.fills()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Dial.class,
      names = {"LOCATION_MISSING", "LOCATION_OF_ANOTHER_ORDER"})
  void doesNotMistakeAnotherOrderForItsOwn(Dial dial) {
    OrderRequest resting = Orders.buy(SPY, 1).limit(price("100.01"));
    long other = placed(resting);
    OrderRequest order = Orders.buy(SPY, dial.name().length()).limit(price("101.07"));
    Instant before = InstantSource.system().instant();
    simulator.faults().set(dial, FaultRule.times(1));
    Optional<OrderRequest> answered =
        switch (sent(() -> trader.place(account, order))) {
          case PlaceResult.Accepted(long id) -> await(id, _ -> true).request();
          case PlaceResult.Unidentified _ -> Optional.empty();
          case PlaceResult.Refused refused -> throw new AssertionError(refused);
          case PlaceResult.Throttled throttled -> throw new AssertionError(throttled);
          case PlaceResult.NotSent notSent -> throw new AssertionError(notSent);
          case PlaceResult.Unconfirmed unconfirmed -> throw new AssertionError(unconfirmed);
        };
    assertThat(answered).as("no id, or another order's").isNotEqualTo(Optional.of(order));
    List<BrokerOrder> found =
        trader.orders(account, before.minusSeconds(5), before.plusSeconds(600)).stream()
            .filter(listed -> listed.request().equals(Optional.of(order)))
            .toList();
    assertThat(found).as("the order, found by its content").hasSize(1);
    trader.cancel(account, other);
    trader.cancel(account, found.getFirst().id());
  }

  @Test
  void previewsWithoutEffect() {
    Instant before = InstantSource.system().instant();
    Function<OrderRequest, OrderPreview> preview =
        order -> {
          PreviewResult result = trader.preview(account, order);
          assertThat(result).isInstanceOf(PreviewResult.Previewed.class);
          return ((PreviewResult.Previewed) result).preview();
        };
    OrderRequest order = Orders.buy(SPY, 13).limit(price("113.13"));
    OrderPreview good = preview.apply(order);
    assertThat(good.wouldBeRejected()).isFalse();
    assertThat(good.orderValue()).isNotNull();
    assertThat(good.legs()).singleElement().satisfies(leg -> assertThat(leg.ask()).isPositive());
    OrderPreview bad = preview.apply(Orders.buy(SPY, 900_000).market());
    assertThat(bad.wouldBeRejected()).isTrue();
    assertThat(bad.rejects()).isNotEmpty();
    assertThat(trader.orders(account, before.minusSeconds(5), before.plusSeconds(600)))
        .noneMatch(listed -> listed.request().equals(Optional.of(order)));
  }

  @Test
  void listsByStatusAndOverAllAccounts() {
    Instant before = InstantSource.system().instant();
    long id = placed(Orders.buy(SPY, 1).limit(price("100")));
    await(id, BrokerOrderStatus.WORKING);
    OrderQuery query = OrderQuery.entered(before.minusSeconds(5), before.plusSeconds(600));
    assertThat(trader.orders(account, query.in(BrokerOrderStatus.WORKING)))
        .allMatch(order -> order.status() == BrokerOrderStatus.WORKING)
        .anyMatch(order -> order.id() == id);
    assertThat(trader.orders(query)).anyMatch(order -> order.id() == id);
    assertThat(trader.orders(account, query.in(BrokerOrderStatus.REJECTED)))
        .noneMatch(order -> order.id() == id);
    trader.cancel(account, id);
  }

  @Test
  void seesAFillInPositionsAndTransactions() {
    Instant before = InstantSource.system().instant();
    long id = placed(Orders.buyToOpen(CALL_168, 1).market());
    BrokerOrder filled = await(id, BrokerOrderStatus.FILLED);
    AccountSnapshot snapshot = trader.account(account);
    assertThat(snapshot.positions())
        .anySatisfy(
            position -> {
              assertThat(position.symbol()).isEqualTo(CALL_168.format());
              assertThat(position.instrument().assetType()).isEqualTo("OPTION");
            });
    assertThat(trader.account(account, AccountFields.BALANCES).positions()).isEmpty();
    assertThat(trader.accounts(AccountFields.BALANCES_AND_POSITIONS))
        .singleElement()
        .satisfies(all -> assertThat(all.positions()).hasSameSizeAs(snapshot.positions()));
    assertThat(snapshot.cash()).isNotNull();
    Instant from = before.minus(Duration.ofDays(1));
    Instant to = before.plus(Duration.ofDays(1));
    Transaction trade =
        trader.transactions(account, TransactionQuery.trades(from, to)).stream()
            .filter(transaction -> Long.valueOf(id).equals(transaction.orderId()))
            .findFirst()
            .orElseThrow();
    assertThat(trade.netAmount()).isNegative();
    assertThat(trade.items())
        .anySatisfy(
            item ->
                assertThat(item.price())
                    .isEqualByComparingTo(filled.averageFillPrice().orElseThrow()));
    assertThat(trader.transaction(account, trade.id())).contains(trade);
  }
}
