package io.alphakite.schwab;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.auth.OAuthLogin;
import io.alphakite.schwab.http.RetryPolicy;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.market.ChainRequest;
import io.alphakite.schwab.market.HistoryRequest;
import io.alphakite.schwab.market.Instrument;
import io.alphakite.schwab.market.MarketData;
import io.alphakite.schwab.market.MarketHours;
import io.alphakite.schwab.market.Mover;
import io.alphakite.schwab.market.QuoteRequest;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.trader.AccountHash;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.schwab.trader.OrderRequest;
import io.alphakite.schwab.trader.Orders;
import io.alphakite.schwab.trader.TransactionQuery;
import io.alphakite.testing.SecretSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import mockwebserver3.MockResponse;
import mockwebserver3.SocketEffect;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Unique values in every secret place, and answers that repeat them; none of them in any log at
 * TRACE (OkHttp's and the JDK's own logging included), in an error and its causes, in a result, an
 * event or a figure, whichever way it is written.
 */
@Timeout(120)
class SecretsTest {

  private static final Instant NOW = Instant.parse("2026-01-05T14:30:00Z");
  private static final String TOKEN = "POST /v1/oauth/token";

  private static final String ACCESS = "I0.canary-access-1a2b@";
  private static final String ROTATED = "canary-rotated-3c4d@";
  private static final String ID_TOKEN = "canary-id-5e6f.payload.signature";
  private static final String CODE = "C0.canary-code-7a8b@";
  private static final String NUMBER = "87654321";
  private static final String CUSTOMER = "canary-customer-5f6";
  private static final String KEY =
      Base64.getEncoder()
          .encodeToString("canary-token-key-canary-token-ke".getBytes(StandardCharsets.UTF_8));

  private static final Map<String, String> SECRETS =
      Map.ofEntries(
          Map.entry("app key", FakeSchwab.APP_KEY),
          Map.entry("app secret", FakeSchwab.APP_SECRET),
          Map.entry("key and secret", FakeSchwab.APP_KEY + ":" + FakeSchwab.APP_SECRET),
          Map.entry("refresh token", FakeSchwab.REFRESH),
          Map.entry("rotated refresh token", ROTATED),
          Map.entry("access token", ACCESS),
          Map.entry("id token", ID_TOKEN),
          Map.entry("code", CODE),
          Map.entry("account number", NUMBER),
          Map.entry("streamer customer", CUSTOMER),
          Map.entry("token key", KEY));

  private final FakeSchwab schwab = new FakeSchwab();
  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final java.util.logging.Logger jdkRoot = java.util.logging.Logger.getLogger("");
  private final Recorder jdkLogged = new Recorder();
  private final Map<String, String> shown = new LinkedHashMap<>();
  private final Path file;

  SecretsTest(@TempDir Path directory) {
    this.file = directory.resolve("token.json");
  }

  /** OkHttp logs to the JDK's own logging. */
  private static final class Recorder extends Handler {

    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord line) {
      // The test's own server is no part of what is tested.
      if (!String.valueOf(line.getLoggerName()).startsWith("mockwebserver3")) {
        lines.add(line.getLoggerName() + " " + line.getMessage() + " " + trace(line.getThrown()));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void listen() {
    logged.start();
    root.setLevel(Level.TRACE);
    root.addAppender(logged);
    jdkLogged.setLevel(java.util.logging.Level.ALL);
    jdkRoot.setLevel(java.util.logging.Level.ALL);
    jdkRoot.addHandler(jdkLogged);
  }

  @AfterEach
  void close() {
    root.detachAppender(logged);
    root.setLevel(Level.INFO);
    jdkRoot.removeHandler(jdkLogged);
    jdkRoot.setLevel(java.util.logging.Level.INFO);
    schwab.close();
  }

  @Test
  void showsNoSecretAnywhere() throws InterruptedException, IOException {
    schwab.on(TOKEN, 200, grant(FakeSchwab.REFRESH));
    SchwabApi api = connect();
    show("connected", () -> api.tokens() + " " + api.tokens().status());
    pastes();
    show("login", () -> api.login().exchange(CODE).toString());
    show("logged in", () -> api.tokens().status().toString());
    reads(api);
    marketData();
    transactions(api);
    orders(api);
    previews(api);
    stream(connect());
    refreshes(api);
    tokenFiles();
    show(
        "figures",
        () ->
            "%s %s %s %s".formatted(api.budget(), api.circuits(), api.clockSkew(), api.unknowns()));
    SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    new SchwabMetrics(() -> Optional.of(api)).bindTo(metrics);
    assertThat(metrics.get("kite.schwab.calls").tag("kind", "place").functionCounter().count())
        .as("metrics were filled")
        .isPositive();
    assertThat(metrics.get("kite.schwab.unknown").tag("kind", "word").functionCounter().count())
        .isPositive();
    put("metrics", metrics.getMetersAsString());

    for (ILoggingEvent event : List.copyOf(logged.list)) {
      put(
          "log of " + event.getLoggerName(),
          event.getFormattedMessage()
              + " "
              + event.getKeyValuePairs()
              + " "
              + event.getMDCPropertyMap()
              + (event.getThrowableProxy() == null
                  ? ""
                  : ThrowableProxyUtil.asString(event.getThrowableProxy())));
    }
    jdkLogged.lines.forEach(line -> put("JDK log", line));
    assertThat(jdkLogged.lines).as("OkHttp was heard").anyMatch(line -> line.contains("okhttp3"));
    assertThat(logged.list)
        .as("we were heard")
        .anyMatch(event -> event.getLoggerName().startsWith("io.alphakite"));
    assertThat(leaks()).isEmpty();
  }

  /** Each place with the secret it shows and the words around it. */
  private List<String> leaks() {
    SecretSearch search = new SecretSearch(SECRETS);
    List<String> leaks = new ArrayList<>();
    shown.forEach(
        (where, text) -> {
          leaks.addAll(search.in(where, text));
          int at = text.toLowerCase(Locale.ROOT).indexOf("canary");
          if (at >= 0) {
            leaks.add(
                "a part of one in %s: %s"
                    .formatted(
                        where,
                        text.substring(Math.max(0, at - 80), Math.min(text.length(), at + 80))));
          }
        });
    return leaks;
  }

  private SchwabApi connect() {
    return SchwabApi.connect(
        SchwabConfig.of(
            schwab.url(),
            FakeSchwab.APP_KEY,
            FakeSchwab.APP_SECRET,
            "https://127.0.0.1:8182",
            file,
            KEY),
        now::get,
        Duration.ofSeconds(20),
        new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(2)));
  }

  private static String grant(String refresh) {
    return """
    {"expires_in":1800,"token_type":"Bearer","scope":"api","refresh_token":"%s",
     "access_token":"%s","id_token":"%s"}\
    """
        .formatted(refresh, ACCESS, ID_TOKEN);
  }

  private void put(String where, String text) {
    shown.put(where + " #" + shown.size(), text);
  }

  private void show(String where, Supplier<String> call) {
    try {
      put(where, call.get());
    } catch (SchwabException | IllegalArgumentException e) {
      put(where, trace(e));
    }
  }

  private static String trace(@Nullable Throwable thrown) {
    StringWriter trace = new StringWriter();
    if (thrown != null) {
      thrown.printStackTrace(new PrintWriter(trace));
    }
    return trace.toString();
  }

  private void pastes() {
    for (String pasted :
        List.of(
            "https://127.0.0.1/?code=C0.canary-code-7a8b",
            "https://127.0.0.1/?code=C0.canary-code-7a8b%40&state=other",
            "https://127.0.0.1/?code=C0.canary-code-7a8b%4",
            "https://127.0.0.1/?error=canary-code-7a8b&error_description=" + CODE,
            CODE + "&more")) {
      show("pasted", () -> OAuthLogin.codeFrom(pasted, "mine"));
    }
  }

  private void reads(SchwabApi api) {
    AccountHash hash = new AccountHash(FakeSchwab.HASH);
    String numbers = "/trader/v1/accounts/accountNumbers";
    schwab.on(
        "GET " + numbers,
        200,
        "[{\"accountNumber\":\"%s\",\"hashValue\":\"%s\"}]".formatted(NUMBER, FakeSchwab.HASH));
    show("numbers", () -> api.trader().accountNumbers().toString());
    schwab.on(
        "GET /trader/v1/accounts/" + FakeSchwab.HASH,
        200,
        """
        {"securitiesAccount":{"type":"MARGIN","accountNumber":"%s","currentBalances":{"cashBalance":1.5},
         "positions":[]},"aggregatedBalance":{"currentLiquidationValue":1}}\
        """
            .formatted(NUMBER));
    show("account", () -> api.trader().account(hash).toString());
    String order =
        """
        {"session":"NORMAL","duration":"DAY","orderType":"MARKET","quantity":1,"filledQuantity":0,
         "status":"REJECTED","statusDescription":"account %s, token %s",
         "orderId":7,"accountNumber":%s,"enteredTime":"2026-01-05T14:30:00+0000",
         "orderLegCollection":[{"instruction":"BUY","quantity":1,
           "instrument":{"assetType":"EQUITY","symbol":"SPY"}}]}\
        """
            .formatted(NUMBER, ACCESS, NUMBER);
    String orders = "/trader/v1/accounts/" + FakeSchwab.HASH + "/orders";
    schwab.on("GET " + orders, 200, "[" + order + "]");
    schwab.on("GET " + orders + "/7", 200, order);
    show("orders", () -> api.trader().orders(hash, NOW.minusSeconds(60), NOW).toString());
    show(
        "order",
        () -> {
          BrokerOrder read = api.trader().order(hash, 7).orElseThrow();
          return read + " " + read.statusDescription() + " " + read.other() + " " + read.legs();
        });
    schwab.on("DELETE " + orders + "/7", 400, "{\"message\":\"account " + NUMBER + "\"}");
    show("cancel", () -> api.trader().cancel(hash, 7).toString());
    for (String body :
        List.of(
            "{\"message\":\"account %s, token %s\"}".formatted(NUMBER, ACCESS),
            "{\"errors\":[{\"id\":\"1\",\"status\":401,\"title\":\"%s\",\"detail\":\"%s\"}]}"
                .formatted("Unauthorized", "Bearer " + ACCESS),
            "{\"fault\":{\"faultstring\":\"Invalid token %s\",\"detail\":{\"errorcode\":\"x\"}}}"
                .formatted(ACCESS),
            "<html>" + ACCESS + NUMBER + "</html>",
            ACCESS + NUMBER,
            "")) {
      for (int status : List.of(400, 401, 403, 404, 429, 500, 200)) {
        schwab.on("GET " + numbers, status, body);
        show("read " + status, () -> api.trader().accountNumbers().toString());
      }
    }
    schwab.on(
        "GET " + numbers,
        _ -> new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build());
    show("read cut", () -> api.trader().accountNumbers().toString());
  }

  /** Every call of market data, with answers and refusals that repeat what nobody should see. */
  private void marketData() {
    String path = "GET /marketdata/v1/";
    Map<String, Function<MarketData, Object>> calls = new LinkedHashMap<>();
    calls.put("quotes", market -> market.quotes(QuoteRequest.of("SPY")));
    calls.put("SPY/quotes", market -> market.quote("SPY", Set.of()));
    calls.put("chains", market -> market.chain(ChainRequest.of("SPY")));
    calls.put("expirationchain", market -> market.expirations("SPY"));
    calls.put(
        "pricehistory",
        market ->
            market.candles(HistoryRequest.minutes("SPY", 1, NOW.minusSeconds(600), NOW, false)));
    calls.put(
        "movers/NYSE",
        market -> market.movers(Mover.Among.NYSE, Mover.Sort.VOLUME, Mover.Frequency.ALL_DAY));
    calls.put("markets", market -> market.marketHours(Set.of(MarketHours.Market.EQUITY), null));
    calls.put(
        "instruments", market -> market.instruments("SPY", Instrument.Projection.SYMBOL_SEARCH));
    calls.put("instruments/78462F103", market -> market.instrument("78462F103"));
    String echo = "account " + NUMBER + " token " + ACCESS + " key " + FakeSchwab.APP_KEY;
    calls.forEach(
        (name, call) -> {
          for (int status : List.of(200, 400, 502)) {
            for (String body :
                List.of(
                    echo,
                    "{\"errors\":[{\"id\":\"%s\",\"status\":\"400\",\"title\":\"%s\",\"detail\":\"%s\"}]}"
                        .formatted(NUMBER, echo, echo),
                    "{\"%s\":{\"%s\":\"%s\"},\"SPY\":{\"quoteType\":\"%s\",\"symbol\":\"SPY\"}}"
                        .formatted(NUMBER, ACCESS, echo, echo))) {
              schwab.on(path + name, status, body);
              SchwabApi fresh = connect();
              show(
                  name + " " + status,
                  () -> {
                    Object answer = call.apply(fresh.marketData());
                    // What a market says of its symbols is what we are here for.
                    return status == 200 ? fresh.unknowns().toString() : answer.toString();
                  });
            }
          }
        });
  }

  private void transactions(SchwabApi api) {
    AccountHash hash = new AccountHash(FakeSchwab.HASH);
    String path = "/trader/v1/accounts/" + FakeSchwab.HASH + "/transactions";
    String one =
        """
        {"activityId":5,"time":"2026-01-05T14:31:08+0000","accountNumber":"%s","type":"GIFT",
         "user":{"cdDomainID":"%s","login":"%s","userId":%s},"orderId":7,"netAmount":1.5,
         "transferItems":[{"instrument":{"assetType":"EQUITY","symbol":"SPY"},"amount":1.0}]}\
        """
            .formatted(NUMBER, CUSTOMER, CUSTOMER, NUMBER);
    schwab.on("GET " + path, 200, "[" + one + "]");
    schwab.on("GET " + path + "/5", 200, one);
    show(
        "transactions",
        () ->
            api.trader()
                .transactions(hash, TransactionQuery.trades(NOW.minusSeconds(60), NOW))
                .toString());
    show("transaction", () -> api.trader().transaction(hash, 5).toString());
    schwab.on("GET " + path + "/5", 400, "{\"message\":\"account " + NUMBER + "\"}");
    show("transaction refused", () -> api.trader().transaction(hash, 5).toString());
    schwab.on("GET " + path, 200, "[{\"activityId\":\"" + ACCESS + "\"}]");
    show(
        "transactions unreadable",
        () ->
            api.trader()
                .transactions(hash, TransactionQuery.trades(NOW.minusSeconds(60), NOW))
                .toString());
  }

  /** Previews and replacements, and what our own order looks like. */
  private void previews(SchwabApi api) {
    AccountHash hash = new AccountHash(FakeSchwab.HASH);
    String account = "/trader/v1/accounts/" + FakeSchwab.HASH;
    OrderRequest order = Orders.buy(Ticker.of("SPY"), 1).market();
    put("order", order.toString());
    String preview =
        """
        {"orderId":0,"orderStrategy":{"accountNumber":"%s","status":"ACCEPTED","orderLegs":[]},
         "orderValidationResult":{"rejects":[{"validationRuleName":"R","message":"for account %s",
           "activityMessage":"%s"}]}}\
        """
            .formatted(NUMBER, NUMBER, ACCESS);
    for (String body :
        List.of(preview, "{\"message\":\"account %s\"}".formatted(NUMBER), ACCESS, "")) {
      for (int status : List.of(200, 400, 401, 403, 429, 503)) {
        schwab.on("POST " + account + "/previewOrder", status, body);
        show("preview " + status, () -> api.trader().preview(hash, order).toString());
        schwab.on("PUT " + account + "/orders/7", status, body);
        show("replace " + status, () -> api.trader().replace(hash, 7, order).toString());
        schwab.on("DELETE " + account + "/orders/7", status, body);
        show("cancel " + status, () -> api.trader().cancel(hash, 7).toString());
      }
    }
  }

  private void orders(SchwabApi api) {
    String path = "POST /trader/v1/accounts/" + FakeSchwab.HASH + "/orders";
    for (String body :
        List.of(
            "{\"message\":\"account %s not valid\"}".formatted(NUMBER),
            "{\"message\":\"%s\",\"errors\":[\"%s\"]}".formatted(NUMBER, ACCESS),
            ACCESS,
            "")) {
      for (int status : List.of(201, 400, 401, 403, 429, 503)) {
        schwab.on(
            path,
            _ ->
                FakeSchwab.answer(status, body)
                    .addHeader("Location", "/" + ACCESS + "/" + NUMBER)
                    .addHeader("Content-Type", "application/json")
                    .build());
        show(
            "place " + status,
            () ->
                api.trader()
                    .place(
                        new AccountHash(FakeSchwab.HASH), Orders.buy(Ticker.of("SPY"), 1).market())
                    .toString());
      }
    }
  }

  /** A login that is taken and account activity; then one that is refused. */
  private void stream(SchwabApi api) throws InterruptedException {
    schwab.on(
        "GET /trader/v1/userPreference",
        200,
        """
        {"accounts":[{"accountNumber":"%s"}],"streamerInfo":[{
          "streamerSocketUrl":"ws://127.0.0.1:%d/ws","schwabClientCustomerId":"%s",
          "schwabClientCorrelId":"c","schwabClientChannel":"N9","schwabClientFunctionId":"A"}]}\
        """
            .formatted(NUMBER, schwab.port(), CUSTOMER));
    show("preference", () -> api.trader().userPreference().toString());
    Map<String, Class<? extends StreamEvent>> ends =
        Map.of("0", StreamEvent.AccountActivity.class, "3", StreamEvent.Disconnected.class);
    for (Map.Entry<String, Class<? extends StreamEvent>> end : ends.entrySet()) {
      schwab.on(
          "GET /ws",
          _ -> new MockResponse.Builder().webSocketUpgrade(new Streamer(end.getKey())).build());
      try (SchwabStream stream = api.stream()) {
        stream.subscribeAccountActivity();
        stream.start();
        StreamEvent event = stream.next(Duration.ofSeconds(30));
        while (event != null && !end.getValue().isInstance(event)) {
          put("event", event.toString());
          event = stream.next(Duration.ofSeconds(30));
        }
        assertThat(event).as("login answered with %s", end.getKey()).isNotNull();
        put("event", String.valueOf(event));
        put("stream figures", stream.stats().toString());
      }
    }
  }

  /** Repeats what it was told, as a server's error text may. */
  private static final class Streamer extends WebSocketListener {

    private final String loginCode;

    @Override
    public void onClosing(WebSocket socket, int code, String reason) {
      socket.close(1_000, null);
    }

    Streamer(String loginCode) {
      this.loginCode = loginCode;
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
      for (JsonNode request : JsonMapper.shared().readTree(text).path("requests").values()) {
        String service = request.path("service").asString();
        socket.send(
            """
            {"response":[{"service":"%s","command":"%s","requestid":"%s","SchwabClientCorrelId":"c",
              "timestamp":1767623400000,"content":{"code":%s,"msg":"%s %s"}}]}\
            """
                .formatted(
                    service,
                    request.path("command").asString(),
                    request.path("requestid").asString(),
                    service.equals("ADMIN") ? loginCode : "0",
                    ACCESS,
                    NUMBER));
        if (service.equals("ACCT_ACTIVITY")) {
          socket.send("{\"garbled " + ACCESS + NUMBER);
          socket.send("{\"data\":[{\"service\":\"NEW_" + NUMBER + "\",\"content\":[]}]}");
          socket.send(
              """
              {"data":[{"service":"ACCT_ACTIVITY","timestamp":1767623400000,"command":"SUBS",
                "content":[{"seq":1,"key":"Account Activity","1":"%s","2":"OrderCreated",
                  "3":"{\\"SchwabOrderID\\":\\"7\\",\\"AccountNumber\\":\\"%s\\"}"}]}]}\
              """
                  .formatted(NUMBER, NUMBER));
        }
      }
    }
  }

  /** One that works, then each way of failing, with answers that repeat what was sent. */
  private void refreshes(SchwabApi api) {
    schwab.on(TOKEN, 200, grant(ROTATED));
    now.set(now.get().plus(Duration.ofHours(1)));
    show("refresh", api.tokens()::accessToken, ACCESS);
    String echo = ROTATED + " " + FakeSchwab.APP_KEY + ":" + FakeSchwab.APP_SECRET;
    List<MockResponse> answers =
        List.of(
            FakeSchwab.json(200, "{\"access_token\":\"" + ACCESS),
            FakeSchwab.json(200, "{\"id_token\":\"" + ID_TOKEN + "\"}"),
            FakeSchwab.json(403, "<html>" + echo + "</html>"),
            FakeSchwab.json(429, echo),
            FakeSchwab.json(500, "{\"error\":\"" + echo + "\"}"),
            FakeSchwab.json(502, "{\"message\":\"" + echo + "\"}"),
            FakeSchwab.json(400, echo),
            new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build(),
            FakeSchwab.json(401, "{\"error\":\"" + echo + "\"}"),
            FakeSchwab.json(
                401, "{\"error\":\"invalid_client\",\"error_description\":\"%s\"}".formatted(echo)),
            FakeSchwab.json(
                400, "{\"error\":\"invalid_grant\",\"error_description\":\"%s\"}".formatted(echo)),
            FakeSchwab.json(
                400,
                "{\"error\":\"unsupported_token_type\",\"error_description\":"
                    + "\"refresh_token_authentication_error "
                    + echo
                    + "\"}"));
    for (MockResponse answer : answers) {
      schwab.on(TOKEN, _ -> answer);
      // Each time a process of its own, with no pause after the failure before.
      SchwabApi late = connect();
      now.set(now.get().plus(Duration.ofHours(1)));
      show("refresh " + answer.getCode(), () -> late.trader().accountNumbers().toString());
      show("status", () -> late.tokens().status() + " " + late.tokens().status().note(now.get()));
      show("login " + answer.getCode(), () -> late.login().exchange(CODE).toString());
    }
  }

  private void show(String where, Supplier<String> call, String expected) {
    try {
      assertThat(call.get()).as(where).isEqualTo(expected);
    } catch (SchwabException e) {
      throw new AssertionError(where, e);
    }
  }

  private void tokenFiles() throws IOException {
    for (String text :
        List.of(
            "{\"refresh_token\":\"" + ROTATED,
            "{\"access_token\":\"" + ACCESS + "\"}",
            "{\"refresh_token\":\"" + ROTATED + "\",\"expires_at\":\"" + ACCESS + "\"}",
            ROTATED)) {
      Files.writeString(file, text);
      show("token file", () -> connect().tokens().status().toString());
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    show("open token file", () -> connect().tokens().status().toString());
    show(
        "wrong key", () -> SchwabConfig.of(schwab.url(), "k", "s", "", file, KEY + "=").toString());
    show(
        "wrong key",
        () -> {
          try {
            Files.delete(file);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return SchwabApi.connect(
                  SchwabConfig.of(schwab.url(), "k", "s", "", file, "canary"),
                  InstantSource.system())
              .tokens()
              .toString();
        });
  }
}
