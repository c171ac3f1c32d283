package io.alphakite.schwab.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.model.market.Bar;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.SchwabConfig;
import io.alphakite.schwab.auth.OAuthLogin;
import io.alphakite.schwab.auth.TokenStatus;
import io.alphakite.schwab.contract.Backend.Fault;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.market.Candles;
import io.alphakite.schwab.market.ChainRequest;
import io.alphakite.schwab.market.EquityQuote;
import io.alphakite.schwab.market.Expiration;
import io.alphakite.schwab.market.HistoryRequest;
import io.alphakite.schwab.market.Instrument;
import io.alphakite.schwab.market.MarketData;
import io.alphakite.schwab.market.MarketHours;
import io.alphakite.schwab.market.Mover;
import io.alphakite.schwab.market.OptionChain;
import io.alphakite.schwab.market.OptionContract;
import io.alphakite.schwab.market.QuoteRequest;
import io.alphakite.schwab.market.SymbolQuote;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.stream.StreamEvent.AccountActivity;
import io.alphakite.schwab.stream.StreamEvent.BarUpdate;
import io.alphakite.schwab.stream.StreamEvent.BookUpdate;
import io.alphakite.schwab.stream.StreamEvent.Connected;
import io.alphakite.schwab.stream.StreamEvent.Disconnected;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.stream.StreamEvent.Heartbeat;
import io.alphakite.schwab.stream.StreamEvent.OptionUpdate;
import io.alphakite.schwab.stream.StreamEvent.ScreenerUpdate;
import io.alphakite.schwab.stream.StreamService;
import io.alphakite.schwab.stream.StreamStats;
import io.alphakite.schwab.stream.activity.ActivityMessage.OrderActivity;
import io.alphakite.schwab.stream.activity.ActivityMessage.Subscribed;
import io.alphakite.schwab.stream.activity.OrderEvent;
import io.alphakite.schwab.trader.AccountFields;
import io.alphakite.schwab.trader.AccountHash;
import io.alphakite.schwab.trader.AccountSnapshot;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.schwab.trader.BrokerOrderStatus;
import io.alphakite.schwab.trader.CancelResult;
import io.alphakite.schwab.trader.OrderPreview;
import io.alphakite.schwab.trader.OrderQuery;
import io.alphakite.schwab.trader.OrderRequest;
import io.alphakite.schwab.trader.Orders;
import io.alphakite.schwab.trader.PlaceResult;
import io.alphakite.schwab.trader.PreviewResult;
import io.alphakite.schwab.trader.Trader;
import io.alphakite.schwab.trader.Transaction;
import io.alphakite.schwab.trader.TransactionQuery;
import io.alphakite.schwab.trader.UserPreference;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.data.Percentage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the client makes of every call and message, whoever answers. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class ClientContract {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String LIST = "EQUITY_ALL_VOLUME_0";
  private static final String OPTION_LIST = "OPTION_ALL_VOLUME_0";

  private final Backend backend;
  private final Path directory;
  private final SchwabApi api;
  private final MarketData market;
  private final Trader trader;
  private final SchwabStream stream;
  private final Ticker ticker;
  private final List<StreamEvent> events = new ArrayList<>();

  ClientContract(Backend backend, Path directory) {
    this.backend = backend;
    this.directory = directory;
    this.api = SchwabApi.connect(config("token.json", Backend.APP_SECRET), InstantSource.system());
    this.market = api.marketData();
    this.trader = api.trader();
    this.stream = api.stream();
    this.ticker = backend.tickers().getFirst();
  }

  @BeforeAll
  void connect() {
    login(api);
    stream.view(StreamService.LEVELONE_EQUITIES, IntStream.rangeClosed(0, 51).boxed().toList());
    stream.subscribe(StreamService.LEVELONE_EQUITIES, List.of(ticker.symbol()));
    stream.subscribe(StreamService.LEVELONE_OPTIONS, List.of(option()));
    stream.subscribe(StreamService.CHART_EQUITY, List.of(ticker.symbol()));
    stream.subscribe(StreamService.NYSE_BOOK, List.of(ticker.symbol()));
    stream.subscribe(StreamService.OPTIONS_BOOK, List.of(option()));
    stream.subscribe(StreamService.SCREENER_EQUITY, List.of(LIST));
    stream.subscribe(StreamService.SCREENER_OPTION, List.of(OPTION_LIST));
    stream.subscribeAccountActivity();
    stream.start();
    await(AccountActivity.class, activity -> activity.message() instanceof Subscribed);
  }

  @AfterAll
  void close() {
    stream.close();
    backend.close();
  }

  private SchwabConfig config(String tokenFile, String secret) {
    return SchwabConfig.of(
        backend.baseUrl().toString(),
        Backend.APP_KEY,
        secret,
        Backend.CALLBACK,
        directory.resolve(tokenFile),
        null);
  }

  // --- OAuth

  /** A person's login: opens the page, pastes where the browser ends. */
  private static String code(SchwabApi who) {
    URI page = who.login().authorizeUrl("state-1");
    try (HttpClient browser = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          browser.send(
              HttpRequest.newBuilder(page).timeout(LIMIT).build(),
              HttpResponse.BodyHandlers.ofString());
      return OAuthLogin.codeFrom(answer.headers().firstValue("Location").orElseThrow(), "state-1");
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static Instant login(SchwabApi who) {
    return who.login().exchange(code(who));
  }

  @Test
  void aLoginLastsSevenDaysAndItsCodeWorksOnce() {
    SchwabApi other =
        SchwabApi.connect(config("login.json", Backend.APP_SECRET), InstantSource.system());
    assertThat(other.tokens().status().state()).isEqualTo(TokenStatus.State.MISSING);
    String code = code(other);
    assertThat(code).endsWith("@");
    Instant before = InstantSource.system().instant();
    assertThat(other.login().exchange(code))
        .isBetween(before.plus(Duration.ofDays(7)), before.plus(Duration.ofDays(7)).plus(LIMIT));
    assertThat(other.tokens().status().state()).isEqualTo(TokenStatus.State.READY);
    assertThat(other.tokens().status().accessExpiresAt())
        .isBetween(before.plusSeconds(1_700), before.plusSeconds(1_800).plus(LIMIT));
    refused(() -> other.login().exchange(code), "Schwab refuses the code");
  }

  @Test
  void aTokenIsRefreshedWhenItEnds() {
    AtomicReference<Instant> now = new AtomicReference<>(InstantSource.system().instant());
    SchwabApi other = SchwabApi.connect(config("refresh.json", Backend.APP_SECRET), now::get);
    Instant end = login(other);
    String first = other.tokens().accessToken();
    now.set(now.get().plus(Duration.ofMinutes(31)));
    assertThat(other.tokens().accessToken()).endsWith("@").isNotEqualTo(first);
    assertThat(other.tokens().status().loginEndsAt()).isEqualTo(end);
    assertThat(other.trader().accountNumbers()).isNotEmpty();
  }

  @Test
  void aStrangeRefreshTokenAndAWrongSecretNeedAPerson() throws IOException {
    Path strange = directory.resolve("strange");
    Files.createDirectories(strange);
    FakeSchwab.tokenFile(strange, "old@", InstantSource.system().instant().minusSeconds(10));
    SchwabApi other =
        SchwabApi.connect(config("strange/token.json", Backend.APP_SECRET), InstantSource.system());
    refused(other.tokens()::accessToken, "Schwab refuses the refresh token");

    SchwabApi wrong = SchwabApi.connect(config("wrong.json", "no-secret"), InstantSource.system());
    refused(() -> login(wrong), "app key or its secret");
  }

  private static void refused(ThrowingCallable call, String words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SchwabException.class,
            e -> assertThat(e.kind()).isEqualTo(SchwabException.Kind.LOGIN_REQUIRED))
        .hasMessageContaining(words);
  }

  // --- Market data

  @Test
  void quotesAList() {
    SymbolQuote.Quotes quotes = market.quotes(QuoteRequest.of(ticker.symbol(), "NOPE"));
    assertThat(quotes.invalidSymbols()).containsExactly("NOPE");
    assertThat(quotes.bySymbol()).containsOnlyKeys(ticker.symbol());
    quoted(quotes.bySymbol().get(ticker.symbol()));
    EquityQuote quote = market.quotes(List.of(ticker)).get(ticker);
    assertThat(quote).isNotNull();
    assertThat(quote.last()).isNotNull();
    assertThat(quote.totalVolume()).isPositive();
    assertThat(quote.realtime()).isTrue();
  }

  @Test
  void quotesOne() {
    quoted(market.quote(ticker.symbol(), Set.of()).orElse(null));
    assertThat(market.quote("NOPE", Set.of())).isEmpty();
  }

  private void quoted(@Nullable SymbolQuote any) {
    assertThat(any).isInstanceOf(SymbolQuote.Equity.class);
    if (any instanceof SymbolQuote.Equity quote) {
      assertThat(quote.head().symbol()).isEqualTo(ticker.symbol());
      assertThat(quote)
          .hasNoNullFieldsOrProperties()
          .extracting(SymbolQuote.Equity::bidAsk, SymbolQuote.Equity::trading)
          .allSatisfy(block -> assertThat(block).hasNoNullFieldsOrProperties());
      assertThat(quote.regular()).hasNoNullFieldsOrProperties();
      assertThat(quote.reference()).hasNoNullFieldsOrProperties();
      assertThat(quote.fundamental()).hasNoNullFieldsOrProperties();
      SymbolQuote.BidAsk sides = Objects.requireNonNull(quote.bidAsk());
      near(sides.bidPrice(), sides.askPrice());
      assertThat(sides.quoteTime()).isBefore(backend.marketTime().plusSeconds(3_600));
      SymbolQuote.Trading trading = Objects.requireNonNull(quote.trading());
      assertThat(trading.lastPrice()).isBetween(trading.lowPrice(), trading.highPrice());
    }
  }

  /** A recorded market may be locked or crossed for a moment. */
  private static void near(@Nullable BigDecimal bid, @Nullable BigDecimal ask) {
    assertThat(bid).isPositive();
    assertThat(ask).isCloseTo(Objects.requireNonNull(bid), Percentage.withPercentage(2));
  }

  private String option() {
    return market
        .chain(
            ChainRequest.of(ticker.symbol())
                .contractType(ChainRequest.ContractType.CALL)
                .strikeCount(2))
        .calls()
        .getFirst()
        .symbol();
  }

  @Test
  void readsAChainAndQuotesOneOfItsOptions() {
    OptionChain chain =
        market.chain(ChainRequest.of(ticker.symbol()).strikeCount(2).withUnderlying());
    assertThat(chain.symbol()).isEqualTo(ticker.symbol());
    assertThat(chain.underlyingPrice()).isPositive();
    assertThat(chain.underlying()).isNotNull().hasNoNullFieldsOrProperties();
    assertThat(chain.numberOfContracts()).isPositive();
    OptionContract call = chain.calls().getFirst();
    assertThat(call).hasNoNullFieldsOrProperties();
    OptionSymbol symbol = OptionSymbol.parse(call.symbol());
    assertThat(symbol.expiration()).isEqualTo(call.expiration());
    assertThat(symbol.strike().toBigDecimal()).isEqualByComparingTo(call.strike());
    assertThat(call.bid()).isLessThan(call.ask());
    assertThat(call.greeks().delta()).isBetween(BigDecimal.ZERO, BigDecimal.ONE);
    assertThat(call.lastTradingDay()).isEqualTo(call.expiration());

    SymbolQuote quote = market.quotes(QuoteRequest.of(call.symbol())).bySymbol().get(call.symbol());
    assertThat(quote).isInstanceOf(SymbolQuote.Option.class);
    if (quote instanceof SymbolQuote.Option option) {
      assertThat(option.reference()).hasNoNullFieldsOrProperties();
      assertThat(option.values()).hasNoNullFieldsOrPropertiesExcept("indicativeQuoteTime");
      assertThat(Objects.requireNonNull(option.reference()).expiration())
          .isEqualTo(call.expiration());
    }
  }

  @Test
  void readsTheExpirations() {
    List<Expiration> expirations = market.expirations(ticker.symbol());
    assertThat(expirations)
        .isNotEmpty()
        .isSortedAccordingTo((a, b) -> a.date().compareTo(b.date()));
    assertThat(expirations.getFirst()).hasNoNullFieldsOrProperties();
    assertThat(expirations.getFirst().daysToExpiration()).isNotNegative();
  }

  @Test
  void readsCandles() {
    await(BarUpdate.class, _ -> true);
    Instant now = backend.marketTime();
    Instant from = now.minus(Duration.ofMinutes(30));
    Candles candles =
        market.candles(
            HistoryRequest.minutes(ticker.symbol(), 1, from, now, false).withPreviousClose());
    assertThat(candles.symbol()).isEqualTo(ticker.symbol());
    assertThat(candles.unreadable()).isZero();
    assertThat(candles.previousClose()).isNotNull();
    assertThat(candles.previousCloseDate()).isBefore(LocalDate.ofInstant(now, ZoneOffset.UTC));
    assertThat(candles.bars())
        .isNotEmpty()
        .allSatisfy(bar -> assertThat(bar.start()).isBetween(from, now));
    List<Bar> bars = market.minuteBars(ticker, from, now, false);
    assertThat(bars).isNotEmpty();
    assertThat(bars.getFirst().start()).isEqualTo(candles.bars().getFirst().start());
  }

  @Test
  void readsDailyCandles() {
    Instant now = backend.marketTime();
    Candles candles =
        market.candles(
            HistoryRequest.candles(
                ticker.symbol(),
                HistoryRequest.FrequencyType.DAILY,
                now.minus(Duration.ofDays(30)),
                now));
    assertThat(candles.symbol()).isEqualTo(ticker.symbol());
    assertThat(candles.unreadable()).isZero();
    LocalDate today = LocalDate.ofInstant(now, ZoneId.of("America/New_York"));
    assertThat(candles.bars())
        .isNotEmpty()
        .allSatisfy(bar -> assertThat(Candles.date(bar)).isBeforeOrEqualTo(today))
        .allSatisfy(bar -> assertThat(bar.high()).isGreaterThanOrEqualTo(bar.low()));
  }

  @Test
  void readsMovers() {
    List<Mover> movers =
        market.movers(Mover.Among.EQUITY_ALL, Mover.Sort.VOLUME, Mover.Frequency.ALL_DAY);
    assertThat(movers)
        .isNotEmpty()
        .allSatisfy(mover -> assertThat(mover).hasNoNullFieldsOrProperties())
        .allSatisfy(
            mover ->
                assertThat(mover.netPercentChange())
                    .isBetween(BigDecimal.ONE.negate(), BigDecimal.ONE));
  }

  @Test
  void readsMarketHours() {
    MarketHours equity = market.marketHours(MarketHours.Market.EQUITY, null).getFirst();
    assertThat(market.marketHours(EnumSet.of(MarketHours.Market.EQUITY), null))
        .containsExactly(equity);
    assertThat(equity.open()).isTrue();
    assertThat(equity.product()).isEqualTo("EQ");
    assertThat(equity.regular().getFirst().start()).isEqualTo(equity.preMarket().getFirst().end());
    assertThat(equity.regular().getFirst().end()).isEqualTo(equity.postMarket().getFirst().start());
    List<MarketHours> options = market.marketHours(EnumSet.of(MarketHours.Market.OPTION), null);
    assertThat(options).extracting(MarketHours::product).containsExactlyInAnyOrder("EQO", "IND");
    LocalDate saturday =
        LocalDate.ofInstant(backend.marketTime(), ZoneOffset.UTC)
            .with(TemporalAdjusters.next(DayOfWeek.SATURDAY));
    MarketHours closed = market.marketHours(MarketHours.Market.EQUITY, saturday).getFirst();
    assertThat(closed.open()).isFalse();
    assertThat(closed.sessions()).isEmpty();
  }

  @Test
  void findsInstruments() {
    Instrument found =
        market.instruments(ticker.symbol(), Instrument.Projection.SYMBOL_SEARCH).getFirst();
    assertThat(found.symbol()).isEqualTo(ticker.symbol());
    assertThat(found).hasNoNullFieldsOrProperties();
    assertThat(market.instrument(Objects.requireNonNull(found.cusip())))
        .hasValueSatisfying(same -> assertThat(same.symbol()).isEqualTo(ticker.symbol()));
    Instrument known =
        market.instruments(ticker.symbol(), Instrument.Projection.FUNDAMENTAL).getFirst();
    assertThat(known.fundamental("high52")).isPresent();
    assertThat(known.fundamental("sharesOutstanding")).isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "EDGE_PAGE, EDGE_REFUSED, 403, ",
    "TOO_BIG, ANSWER_TOO_BIG, 502, ",
    "EMPTY, SERVER_ERROR, 500, ",
    "UNAUTHORIZED, UNAUTHORIZED, 401, ",
    "THROTTLED, THROTTLED, 429, ",
    "THROTTLED_FOR_A_SECOND, THROTTLED, 429, PT1S"
  })
  void failuresAreValues(
      Fault fault, SchwabException.Kind kind, int status, @Nullable Duration retryAfter) {
    SchwabApi other = FakeSchwab.api(config("token.json", Backend.APP_SECRET));
    backend.begin(fault);
    try {
      assertThatThrownBy(() -> other.marketData().expirations(ticker.symbol()))
          .isInstanceOfSatisfying(
              SchwabException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(kind);
                assertThat(e.status()).isEqualTo(status);
                assertThat(e.retryAfter().orElse(null)).isEqualTo(retryAfter);
              });
    } finally {
      backend.end(fault);
    }
  }

  // --- Trader

  private AccountHash account() {
    return trader.accountNumbers().getFirst().hash();
  }

  @Test
  void readsAccountsAndThePreference() {
    String number = trader.accountNumbers().getFirst().number();
    assertThat(number).matches("\\d{8,}");
    placed(Orders.buy(ticker, 10).market());
    AccountSnapshot account = trader.account(account(), AccountFields.BALANCES_AND_POSITIONS);
    assertThat(account.number()).isEqualTo(number);
    assertThat(account.type()).isEqualTo("MARGIN");
    assertThat(account.cash()).isNotNull();
    assertThat(account.equity()).isNotNull();
    assertThat(account.buyingPower()).isNotNull();
    assertThat(account.current().other()).isEmpty();
    assertThat(trader.accounts(AccountFields.BALANCES_AND_POSITIONS))
        .extracting(AccountSnapshot::number)
        .containsExactly(number);

    UserPreference preference = trader.userPreference();
    assertThat(preference.accounts().getFirst()).hasNoNullFieldsOrProperties();
    assertThat(preference.accounts().getFirst().number()).isEqualTo(number);
    assertThat(preference.streamer())
        .hasValueSatisfying(info -> assertThat(info.socketUrl().getScheme()).isIn("ws", "wss"));
    assertThat(preference.offers().getFirst().marketDataPermission()).isIn("NP", "PN", "PP");
  }

  @Test
  void aMarketOrderFillsAndIsTheSameEverywhere() {
    long id = placed(Orders.buy(ticker, 10).market());
    BrokerOrder order = until(id, read -> read.status().isTerminal());
    assertThat(order.status()).isEqualTo(BrokerOrderStatus.FILLED);
    assertThat(order.filledQuantity()).isEqualByComparingTo("10");
    assertThat(order.fillsComplete()).isTrue();
    assertThat(order.averageFillPrice()).hasValueSatisfying(p -> assertThat(p).isPositive());
    assertThat(order.legs().getFirst().symbol()).isEqualTo(ticker.symbol());
    assertThat(order.accountNumber()).isEqualTo(trader.accountNumbers().getFirst().number());
    Instant now = InstantSource.system().instant();
    assertThat(order.enteredTime()).isBetween(now.minus(LIMIT), now.plusSeconds(2));
    assertThat(order.cancelable()).isFalse();

    OrderQuery query = OrderQuery.entered(now.minus(LIMIT), now.plusSeconds(60));
    assertThat(trader.orders(account(), query)).extracting(BrokerOrder::id).contains(id);
    assertThat(trader.orders(query)).extracting(BrokerOrder::id).contains(id);
    assertThat(trader.cancel(account(), id)).isInstanceOf(CancelResult.Refused.class);

    AccountActivity told =
        await(
            AccountActivity.class,
            activity ->
                activity.message() instanceof OrderActivity about
                    && about.orderId().equals(Long.toString(id))
                    && about.event() instanceof OrderEvent.FillCompleted);
    if (told.message() instanceof OrderActivity about
        && about.event() instanceof OrderEvent.FillCompleted fill) {
      assertThat(fill).hasNoNullFieldsOrPropertiesExcept("limitPrice");
      assertThat(fill.cumulativeQuantity()).isEqualByComparingTo("10");
      assertThat(fill.leavesQuantity()).isZero();
      assertThat(fill.averagePrice()).isPositive();
      assertThat(fill.execution().isFill()).isTrue();
      assertThat(fill.execution()).hasNoNullFieldsOrProperties();
    }
    await(
        AccountActivity.class,
        activity ->
            activity.message() instanceof OrderActivity about
                && about.orderId().equals(Long.toString(id))
                && about.event() instanceof OrderEvent.Created);
  }

  @Test
  void aRestingOrderIsReplacedAndCancelled() {
    BigDecimal last =
        Objects.requireNonNull(
                Objects.requireNonNull(market.quotes(List.of(ticker)).get(ticker)).last())
            .toBigDecimal();
    Price low =
        Price.of(
            last.multiply(new BigDecimal("0.90")).setScale(2, RoundingMode.DOWN).toPlainString());
    Price lower =
        Price.of(
            last.multiply(new BigDecimal("0.85")).setScale(2, RoundingMode.DOWN).toPlainString());
    long first = placed(Orders.buy(ticker, 5).limit(low));
    BrokerOrder working = until(first, o -> o.status() == BrokerOrderStatus.WORKING);
    assertThat(working.price()).isEqualByComparingTo(low.toBigDecimal());
    assertThat(working.cancelable()).isTrue();
    assertThat(working.activities()).isEmpty();
    PlaceResult replaced = trader.replace(account(), first, Orders.buy(ticker, 5).limit(lower));
    assertThat(replaced).isInstanceOf(PlaceResult.Accepted.class);
    long second = ((PlaceResult.Accepted) replaced).orderId();
    assertThat(second).isGreaterThan(first);
    assertThat(until(first, o -> o.status().isTerminal()).status())
        .isEqualTo(BrokerOrderStatus.REPLACED);
    until(second, o -> o.status() == BrokerOrderStatus.WORKING);
    assertThat(trader.cancel(account(), second)).isEqualTo(new CancelResult.Requested());
    BrokerOrder order = until(second, o -> o.status().isTerminal());
    assertThat(order.status()).isEqualTo(BrokerOrderStatus.CANCELED);
    assertThat(order.fills()).isEmpty();
    assertThat(order.closeTime()).isNotNull();
    assertThat(order.activities())
        .allSatisfy(activity -> assertThat(activity.executionType()).isEqualTo("CANCELED"));
    assertThat(trader.order(account(), 1)).isEmpty();
  }

  @Test
  void previewsAnOrder() {
    PreviewResult result =
        trader.preview(account(), Orders.buy(ticker, 10).limit(Price.of("50.01")));
    assertThat(result).isInstanceOf(PreviewResult.Previewed.class);
    OrderPreview preview = ((PreviewResult.Previewed) result).preview();
    assertThat(preview.status()).isEqualTo(BrokerOrderStatus.ACCEPTED);
    assertThat(preview).hasNoNullFieldsOrProperties();
    assertThat(preview.legs().getFirst()).hasNoNullFieldsOrProperties();
    assertThat(preview.orderValue()).isEqualByComparingTo("500.10");
  }

  @Test
  void readsTransactions() {
    placed(Orders.buy(ticker, 10).market());
    Instant now = InstantSource.system().instant();
    TransactionQuery query =
        TransactionQuery.trades(now.minus(Duration.ofDays(1)), now.plus(LIMIT));
    long end = System.nanoTime() + LIMIT.toNanos();
    List<Transaction> trades = trader.transactions(account(), query);
    while (trades.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(20_000_000);
      trades = trader.transactions(account(), query);
    }
    Transaction trade = trades.getFirst();
    assertThat(trade).hasNoNullFieldsOrPropertiesExcept("description");
    assertThat(trade.netAmount()).isNegative();
    assertThat(trade.charges()).isNotEmpty();
    assertThat(trader.transaction(account(), trade.id())).contains(trade);
  }

  private long placed(OrderRequest request) {
    PlaceResult result = trader.place(account(), request);
    assertThat(result).isInstanceOf(PlaceResult.Accepted.class);
    return ((PlaceResult.Accepted) result).orderId();
  }

  private BrokerOrder until(long id, Predicate<BrokerOrder> done) {
    long end = System.nanoTime() + LIMIT.toNanos();
    BrokerOrder order;
    do {
      order = trader.order(account(), id).orElseThrow();
      if (done.test(order)) {
        return order;
      }
      LockSupport.parkNanos(20_000_000);
    } while (System.nanoTime() < end);
    throw new AssertionError("order " + id + " stays " + order.statusText());
  }

  // --- Streamer

  @Test
  void streamsEquities() {
    EquityUpdate image = await(EquityUpdate.class, u -> u.ticker().equals(ticker) && u.first());
    for (int field = 1; field <= 51; field++) {
      assertThat(image.carries(field)).as("field %s", field).isTrue();
    }
    near(
        Objects.requireNonNull(image.image().bid()).toBigDecimal(),
        Objects.requireNonNull(image.image().ask()).toBigDecimal());
    assertThat(image.image().quoteTime()).isBefore(backend.marketTime().plusSeconds(3_600));
    assertThat(image.image().delayed()).isFalse();
    EquityUpdate delta =
        await(EquityUpdate.class, u -> u.ticker().equals(ticker) && !u.first() && u.carries(8));
    assertThat(delta.carries(15)).isFalse();
    assertThat(delta.image().totalVolume()).isGreaterThan(image.image().totalVolume());
    assertThat(delta.image().previousClose()).isEqualTo(image.image().previousClose());
  }

  @Test
  void streamsOptions() {
    OptionUpdate image = await(OptionUpdate.class, OptionUpdate::first);
    for (int field = 1; field <= 55; field++) {
      assertThat(image.carries(field)).as("field %s", field).isTrue();
    }
    assertThat(image.image().expiration()).isEqualTo(image.symbol().expiration());
    assertThat(image.image().strike()).isEqualByComparingTo(image.symbol().strike().toBigDecimal());
    assertThat(image.image().bid()).isLessThan(image.image().ask());
    assertThat(image.image().delta()).isBetween(BigDecimal.ZERO, BigDecimal.ONE);
    OptionUpdate delta = await(OptionUpdate.class, update -> !update.first());
    assertThat(delta.carries(20)).isFalse();
    assertThat(delta.image().strike()).isEqualTo(image.image().strike());
  }

  @Test
  void streamsBars() {
    BarUpdate bar = await(BarUpdate.class, _ -> true);
    assertThat(bar).hasNoNullFieldsOrProperties();
    assertThat(bar.key()).isEqualTo(ticker.symbol());
    assertThat(bar.open()).isBetween(bar.low(), bar.high());
    assertThat(bar.close()).isBetween(bar.low(), bar.high());
    assertThat(bar.minute()).isBetween(150, 539);
    assertThat(bar.start().getEpochSecond() % 60).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"NYSE_BOOK", "OPTIONS_BOOK"})
  void streamsBooks(StreamService service) {
    BookUpdate book = await(BookUpdate.class, u -> u.service() == service && !u.bids().isEmpty());
    assertThat(book).hasNoNullFieldsOrProperties();
    assertThat(book.bids().getFirst().size()).isPositive();
    assertThat(book.bids().getFirst().makers().getFirst()).hasNoNullFieldsOrProperties();
  }

  @ParameterizedTest
  @CsvSource({"SCREENER_EQUITY, " + LIST, "SCREENER_OPTION, " + OPTION_LIST})
  void streamsScreeners(StreamService service, String key) {
    ScreenerUpdate screener = await(ScreenerUpdate.class, u -> u.service() == service);
    assertThat(screener).hasNoNullFieldsOrProperties();
    assertThat(screener.key()).isEqualTo(key);
    assertThat(screener.sort()).isEqualTo("VOLUME");
    assertThat(screener.items().getFirst()).hasNoNullFieldsOrProperties();
  }

  @Test
  @Order(Integer.MAX_VALUE - 9)
  void addsTakesAwayAndNarrows() {
    Ticker second = backend.tickers().get(1);
    Ticker third = backend.tickers().get(2);
    stream.subscribeEquities(List.of(second));
    await(EquityUpdate.class, u -> u.ticker().equals(second) && u.first());
    stream.unsubscribe(StreamService.LEVELONE_EQUITIES, List.of(second.symbol()));
    stream.view(StreamService.LEVELONE_EQUITIES, List.of(1, 2, 3, 8));
    stream.subscribeEquities(List.of(third));
    EquityUpdate image = await(EquityUpdate.class, u -> u.ticker().equals(third) && u.first());
    assertThat(image.carries(8)).isTrue();
    assertThat(image.carries(15)).isFalse();
    assertThat(events).noneMatch(StreamEvent.SubscriptionRefused.class::isInstance);
  }

  @Test
  @Order(Integer.MAX_VALUE - 8)
  void heartbeats() {
    Heartbeat beat = await(Heartbeat.class, _ -> true);
    assertThat(beat.at()).isAfter(Instant.parse("2013-01-01T00:00:00Z"));
  }

  @Test
  @Order(Integer.MAX_VALUE - 7)
  void understandsEverything() {
    assertThat(api.unknowns()).isEmpty();
    StreamStats stats = stream.stats();
    assertThat(stats.garbledFrames()).isZero();
    assertThat(stats.unknownServices()).isZero();
    assertThat(stats.unknownFields()).isZero();
    assertThat(stats.badValues()).isZero();
    assertThat(stats.badItems()).isZero();
    assertThat(stats.earlyDeltas()).isZero();
    assertThat(stream.quarantined()).isEmpty();
    assertThat(stats.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @Order(Integer.MAX_VALUE - 6)
  @CsvSource({"STREAM_STOPPED, false", "STREAM_STOPPED, true", "STREAM_KICKED, false"})
  void comesBackAfterTheEnd(Fault fault, boolean denied) {
    long generation = stream.stats().connections();
    events.clear();
    if (denied) {
      backend.begin(Fault.LOGIN_DENIED);
    }
    backend.begin(fault);
    await(Disconnected.class, _ -> true);
    Connected again = await(Connected.class, _ -> true);
    await(
        EquityUpdate.class,
        u -> u.generation() == again.generation() && u.ticker().equals(ticker) && u.first());
    assertThat(stream.stats().connections()).isEqualTo(generation + 1);
    assertThat(events.stream().filter(Disconnected.class::isInstance))
        .hasSizeGreaterThanOrEqualTo(denied ? 2 : 1);
    assertThat(stream.stats().kicks()).isEqualTo(fault == Fault.STREAM_KICKED ? 1 : 0);
  }

  /** The first event, of those that came or of those to come, for which the condition holds. */
  private <T extends StreamEvent> T await(Class<T> type, Predicate<T> which) {
    for (StreamEvent event : events) {
      if (type.isInstance(event) && which.test(type.cast(event))) {
        return type.cast(event);
      }
    }
    long end = System.nanoTime() + LIMIT.toNanos();
    try {
      while (System.nanoTime() < end) {
        StreamEvent event = stream.next(Duration.ofSeconds(1));
        if (event == null) {
          continue;
        }
        events.add(event);
        if (type.isInstance(event) && which.test(type.cast(event))) {
          return type.cast(event);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionError("no such " + type.getSimpleName() + "; " + stream.stats());
  }
}
