package io.alphakite.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.gateway.TestGateway.Answer;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class TradeTest {
  private static final String BUY =
      "{\"ticker\":\"SPY\",\"side\":\"buy\",\"quantity\":10,\"order_type\":\"market\"}";

  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    gateway.database.execute(
        """
        INSERT INTO quotes (ticker, bid, ask, last, quote_time, trade_time, received_at) VALUES
            ('SPY', 167.41, 167.43, 167.42, '2013-10-07 15:00:00Z', '2013-10-07 15:00:00Z', now()),
            ('IBM', 180, 180.02, 180.01, '2013-10-07 15:00:00Z', '2013-10-07 15:00:00Z', now());
        UPDATE trading_controls SET account_id = 'paper', cash = 100000, buying_power = 200000;
        """);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void takesAnOrderAndShowsIt() {
    Answer answer =
        gateway.send(
            gateway
                .json("POST", "/v1/trades", BUY)
                .header("Authorization", "Bearer " + TestGateway.ADMIN_KEY)
                .header("X-Request-Id", "order-1"));

    assertThat(answer.status()).isEqualTo(202);
    JsonNode trade = answer.json();
    String id = trade.get("id").stringValue();
    assertThat(answer.header("Location")).isEqualTo("/v1/trades/" + id);
    assertThat(trade.toString())
        .isEqualTo(
            ("{\"id\":\"%s\",\"ticker\":\"SPY\",\"asset_type\":\"equity\",\"option_symbol\":null,\"side\":\"buy\","
                    + "\"quantity\":\"10\",\"order_type\":\"market\",\"limit_price\":null,\"stop_price\":null,"
                    + "\"time_in_force\":\"day\",\"status\":\"pending\",\"filled_quantity\":\"0\","
                    + "\"average_fill_price\":null,\"broker_order_id\":null,\"reject_reason\":null,"
                    + "\"source\":\"manual\",\"signal_id\":null,\"request_id\":\"order-1\",\"created_at\":%s,"
                    + "\"updated_at\":%s,\"market_time\":\"2013-10-07T15:00:00Z\",\"cancel_requested_at\":null,"
                    + "\"change\":null,\"bracket\":null,\"parent_id\":null,\"role\":null,\"unprotected\":null,"
                    + "\"unprotected_accepted_by\":null}")
                .formatted(id, trade.get("created_at"), trade.get("updated_at")));
    assertThat(gateway.asAdmin("GET", "/v1/trades/" + id).body()).isEqualTo(answer.body());
    assertThat(count("trades WHERE id = '" + id + "' AND account_id = 'paper'")).isOne();
  }

  @Test
  void r18_takesAnEntryWithItsExitsAndShowsThem() {
    String order =
        """
        {"ticker":"SPY","side":"buy","quantity":10,"order_type":"limit","limit_price":"167.1",
         "bracket":{"take_profit":169,"stop_loss":"166.00","stop_limit":"165.5"}}
        """;
    say(gateway, "trading-engine", 1, 1);
    Answer older = gateway.asAdmin("POST", "/v1/trades", order);
    assertThat(older.status()).isEqualTo(409);
    assertThat(older.json().get("code").stringValue()).isEqualTo("engine_without_brackets");
    say(gateway, "trading-engine", 2, 2);
    Answer answer = gateway.asAdmin("POST", "/v1/trades", order);
    assertThat(answer.status()).isEqualTo(202);
    String id = answer.json().get("id").stringValue();
    assertThat(answer.json().get("bracket").toString())
        .isEqualTo(
            "{\"take_profit\":\"169.00\",\"stop_loss\":\"166.00\",\"stop_limit\":\"165.50\"}");
    assertThat(gateway.asAdmin("GET", "/v1/trades/" + id).body()).isEqualTo(answer.body());

    // As the engine: the broker has shown an exit, and then it was gone.
    gateway.database.execute(
        """
        UPDATE trades SET status = 'filled', filled_quantity = 10, broker_order_id = 'b1',
            unprotected = '10 SPY held: stop loss canceled' WHERE id = '%1$s';
        INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, stop_price, status, source,
            broker_order_id, parent_id, parent_order_id, role)
        VALUES (gen_random_uuid(), 'paper', 'SPY', 'sell', 10, 'stop', 166, 'working', 'manual', 'b2',
            '%1$s', 'b1', 'stop_loss');
        INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, status, source, stop_loss, unprotected)
        VALUES (gen_random_uuid(), 'other', 'SPY', 'buy', 10, 'market', 'filled', 'manual', 166, 'another account''s')
        """
            .formatted(id));
    assertThat(gateway.asAdmin("GET", "/v1/trades/" + id).json().get("unprotected").stringValue())
        .isEqualTo("10 SPY held: stop loss canceled");
    assertThat(
            gateway
                .asAdmin("GET", "/v1/system/status")
                .json()
                .get("trading")
                .get("unprotected_trades")
                .longValue())
        .isOne();
    JsonNode exit =
        gateway.asAdmin("GET", "/v1/trades?ticker=SPY&status=working").json().get("items").get(0);
    assertThat(exit.get("parent_id").stringValue()).isEqualTo(id);
    assertThat(exit.get("role").stringValue()).isEqualTo("stop_loss");
    for (String trade : List.of(id, exit.get("id").stringValue())) {
      Answer changed = gateway.asAdmin("PATCH", "/v1/trades/" + trade, "{\"quantity\":3}");
      assertThat(changed.status()).isEqualTo(409);
      assertThat(changed.json().get("code").stringValue()).isEqualTo("bracket_not_changed");
    }
    assertThat(gateway.asAdmin("DELETE", "/v1/trades/" + exit.get("id").stringValue()).status())
        .isEqualTo(202);
    gateway.database.execute(
        "DELETE FROM trades WHERE ticker = 'SPY' AND quantity = 10 AND parent_id = '"
            + id
            + "';"
            + " DELETE FROM trades WHERE account_id = 'other';"
            + " DELETE FROM service_versions WHERE service = 'trading-engine'");
  }

  @Test
  void r18_personAcceptsWhatIsShownToBeUnprotectedAndNoMore() throws Exception {
    String id = gateway.asAdmin("POST", "/v1/trades", BUY).json().get("id").stringValue();
    assertThat(accept(id, "10 SPY held: stop loss canceled", TestGateway.ADMIN_KEY).body())
        .contains("unprotected_changed", "lacks nothing of its exits");
    gateway.database.execute(
        "UPDATE trades SET status = 'filled', filled_quantity = 10, stop_loss = 166,"
            + " unprotected = '10 SPY held: stop loss canceled' WHERE id = '%s'".formatted(id));
    assertThat(unprotectedTrades()).isOne();

    assertThat(accept(id, "10 SPY held: stop loss canceled", gateway.newKey("read")).status())
        .isEqualTo(403);
    Answer stale = accept(id, "4 SPY held: stop loss canceled", TestGateway.ADMIN_KEY);
    assertThat(stale.status()).isEqualTo(409);
    assertThat(stale.body()).contains("unprotected_changed", "10 SPY held: stop loss canceled now");
    assertThat(unprotectedTrades()).isOne();

    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    Answer accepted;
    try (var _ = gateway.bean(Notifications.class).listen(Channel.TRADES, heard::add)) {
      assertThat(poll(heard)).isEmpty();
      accepted = accept(id, "10 SPY held: stop loss canceled", gateway.newKey("trade"));
      assertThat(poll(heard)).isEqualTo(id);
    }
    assertThat(accepted.status()).isEqualTo(200);
    assertThat(accepted.json().get("unprotected").stringValue())
        .isEqualTo("10 SPY held: stop loss canceled");
    assertThat(accepted.json().get("unprotected_accepted_by").stringValue()).startsWith("key ");
    assertThat(unprotectedTrades()).isZero();
    // Another's word changes nothing any more.
    assertThat(accept(id, "10 SPY held: stop loss canceled", TestGateway.ADMIN_KEY).body())
        .isEqualTo(accepted.body());

    // As the engine: some were sold by hand, and the rest is another lack.
    gateway.database.execute(
        "UPDATE trades SET unprotected = '4 SPY held: stop loss canceled' WHERE id = '%s'"
            .formatted(id));
    assertThat(
            gateway
                .asAdmin("GET", "/v1/trades/" + id)
                .json()
                .get("unprotected_accepted_by")
                .isNull())
        .isTrue();
    assertThat(unprotectedTrades()).isOne();
    gateway.database.execute("DELETE FROM trades WHERE id = '" + id + "'");
  }

  private static Answer accept(String id, String shown, String key) {
    return gateway.send(
        gateway
            .json(
                "POST",
                "/v1/trades/" + id + "/unprotected/accept",
                "{\"unprotected\":\"" + shown + "\"}")
            .header("Authorization", "Bearer " + key));
  }

  private static long unprotectedTrades() {
    return gateway
        .asAdmin("GET", "/v1/system/status")
        .json()
        .get("trading")
        .get("unprotected_trades")
        .longValue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          buy         | {}                                          | 422 | invalid_bracket    | a take_profit, a stop_loss or both
          buy         | {"stop_limit":166}                          | 422 | invalid_bracket    | a take_profit, a stop_loss or both
          buy         | {"take_profit":169,"stop_limit":166}        | 422 | invalid_bracket    | stop_limit needs a stop_loss
          buy         | {"take_profit":167.1}                       | 422 | invalid_bracket    | take_profit 167.10 is not above the limit_price 167.10
          buy         | {"stop_loss":168}                           | 422 | invalid_bracket    | stop_loss 168.00 is not below the limit_price 167.10
          buy         | {"take_profit":168,"stop_loss":169}         | 422 | invalid_bracket    | take_profit 168.00 is not above the stop_loss 169.00
          buy         | {"stop_loss":166,"stop_limit":166.5}        | 422 | invalid_bracket    | stop_limit 166.50 is not at or below the stop_loss
          sell_short  | {"take_profit":169,"stop_loss":166}         | 422 | invalid_bracket    | take_profit 169.00 is not below the stop_loss 166.00
          sell        | {"stop_loss":166}                           | 422 | invalid_bracket    | opens a position; sell closes one
          buy         | {"stop_loss":166.00001}                     | 422 | invalid_stop_loss  | at most 4 decimals
          buy         | {"stop_loss":-1}                            | 422 | invalid_stop_loss  | not above 0
          buy         | {"stop_loss":"x"}                           | 400 | wrong_type         | stop_loss is not a number
          buy         | {"trail":1}                                 | 400 | unknown_field      | trail
          buy         | [166]                                       | 400 | wrong_type         | bracket is not an object
          """)
  void refusesExitsThatMakeNoSense(
      String side, String bracket, int status, String code, String says) {
    Answer answer =
        gateway.asAdmin(
            "POST",
            "/v1/trades",
            """
            {"ticker":"SPY","side":"%s","quantity":1,"order_type":"limit","limit_price":167.1,"bracket":%s}
            """
                .formatted(side, bracket));
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.json().get("code").stringValue()).isEqualTo(code);
    assertThat(answer.json().get("detail").stringValue()).contains(says);
  }

  @Test
  void r17_takesAChangeOfAWorkingOrderOnceAndTellsWhyNotOfOthers() throws Exception {
    String id =
        gateway
            .asAdmin(
                "POST",
                "/v1/trades",
                """
                {"ticker":"SPY","side":"buy","quantity":10,"order_type":"limit","limit_price":167.1}
                """)
            .json()
            .get("id")
            .stringValue();
    String path = "/v1/trades/" + id;
    Answer early = gateway.asAdmin("PATCH", path, "{\"limit_price\":\"167.2\"}");
    assertThat(early.status()).isEqualTo(409);
    assertThat(early.json().get("code").stringValue()).isEqualTo("trade_not_working");
    gateway.database.execute(
        "UPDATE trades SET status = 'partially_filled', filled_quantity = 4 WHERE id = '%s'"
            .formatted(id));
    for (String[] wrong :
        new String[][] {
          {"{}", "nothing_to_change"},
          {"{\"stop_price\":1}", "unexpected_stop_price"},
          {"{\"quantity\":4}", "invalid_quantity"},
          {"{\"limit_price\":-1}", "invalid_limit_price"},
        }) {
      Answer refused = gateway.asAdmin("PATCH", path, wrong[0]);
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.json().get("code").stringValue()).isEqualTo(wrong[1]);
    }
    assertThat(
            gateway
                .asAdmin(
                    "PATCH", "/v1/trades/00000000-0000-4000-8000-000000000000", "{\"quantity\":1}")
                .status())
        .isEqualTo(404);

    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try (var _ =
        gateway
            .bean(Notifications.class)
            .listen(Channel.TRADE_REQUESTS, payload -> heard.add(payload))) {
      assertThat(poll(heard)).isEmpty();
      String body = "{\"limit_price\":167.25,\"quantity\":\"12\"}";
      Answer taken = keyed(path, body);
      assertThat(taken.status()).isEqualTo(202);
      assertThat(taken.json().get("change").toString())
          .startsWith(
              "{\"status\":\"pending\",\"reason\":null,\"limit_price\":\"167.25\",\"stop_price\":null,"
                  + "\"quantity\":\"12\"");
      assertThat(taken.json().get("limit_price").stringValue()).isEqualTo("167.10");
      assertThat(keyed(path, body).body()).isEqualTo(taken.body());
      assertThat(keyed(path, "{\"quantity\":13}").status()).isEqualTo(422);
      Answer second = gateway.asAdmin("PATCH", path, "{\"quantity\":13}");
      assertThat(second.status()).isEqualTo(409);
      assertThat(second.json().get("code").stringValue()).isEqualTo("change_under_way");
      assertThat(poll(heard)).isEqualTo(id);
    }
    assertThat(count("trade_changes WHERE trade_id = '" + id + "'")).isOne();
    assertThat(gateway.asAdmin("GET", path).json().get("change").get("status").stringValue())
        .isEqualTo("pending");
  }

  private static Answer keyed(String path, String body) {
    return gateway.send(
        gateway
            .json("PATCH", path, body)
            .header("Authorization", "Bearer " + TestGateway.ADMIN_KEY)
            .header("Idempotency-Key", "change-1"));
  }

  @Test
  void tellsTheEngineAndTheStream() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    Notifications notifications = gateway.bean(Notifications.class);
    try (var _ = notifications.listen(Channel.TRADE_REQUESTS, payload -> heard.add("R" + payload));
        var _ = notifications.listen(Channel.TRADES, payload -> heard.add("T" + payload))) {
      assertThat(poll(heard)).hasSize(1);
      assertThat(poll(heard)).hasSize(1);
      String id = gateway.asAdmin("POST", "/v1/trades", BUY).json().get("id").stringValue();
      assertThat(List.of(poll(heard), poll(heard))).containsExactlyInAnyOrder("R" + id, "T" + id);
    }
  }

  @Test
  void takesNumbersAsNumbersOrStrings() {
    JsonNode trade =
        gateway
            .asAdmin(
                "POST",
                "/v1/trades",
                """
                {"ticker":"SPY","asset_type":"equity","option_symbol":null,"side":"sell_short","quantity":"10.0",
                 "order_type":"stop_limit","limit_price":167.1200,"stop_price":"167.1234","time_in_force":"gtc"}
                """)
            .json();

    assertThat(trade.get("quantity").stringValue()).isEqualTo("10");
    assertThat(trade.get("limit_price").stringValue()).isEqualTo("167.12");
    assertThat(trade.get("stop_price").stringValue()).isEqualTo("167.1234");
    assertThat(trade.get("time_in_force").stringValue()).isEqualTo("gtc");
  }

  @Test
  void takesOptions() {
    JsonNode trade =
        gateway
            .asAdmin(
                "POST",
                "/v1/trades",
                """
                {"ticker":"SPY","asset_type":"option","option_symbol":"SPY   131018C00168000","side":"buy_to_open",
                 "quantity":1,"order_type":"limit","limit_price":1.2}
                """)
            .json();

    assertThat(trade.get("option_symbol").stringValue()).isEqualTo("SPY   131018C00168000");
    assertThat(trade.get("limit_price").stringValue()).isEqualTo("1.20");
  }

  @ParameterizedTest
  @CsvSource({
    "SPY, SPY, 202", "SPY, SPY1, 202", "$SPX, SPXW, 202", "BRK.B, BRKB, 202",
    "SPY, IBM, 422", "SPY, SPYX, 422", "BA, BAC, 422", "BRK.B, BRK, 422",
  })
  void takesOnlyOptionsOnTheTicker(String ticker, String root, int status) {
    Answer answer =
        gateway.asAdmin(
            "POST",
            "/v1/trades",
            """
            {"ticker":"%s","asset_type":"option","option_symbol":"%-6s131018C00168000","side":"buy_to_open",
             "quantity":1,"order_type":"limit","limit_price":1.2}
            """
                .formatted(ticker, root));

    assertThat(answer.status()).isEqualTo(status);
    if (status == 422) {
      assertThat(answer.json().get("code").stringValue()).isEqualTo("underlying_mismatch");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // the field to set | status | code
        "'ticker':'spy'|400|invalid_ticker",
        "'ticker':7|400|wrong_type",
        "'ticker':null|422|missing_field",
        "'side':'BUY'|422|invalid_side",
        "'side':'hold'|422|invalid_side",
        "'side':null|422|missing_field",
        "'side':'buy_to_open'|422|side_mismatch",
        "'asset_type':'future'|422|invalid_asset_type",
        "'asset_type':'option'|422|missing_field",
        "'option_symbol':'SPY   131018C00168000'|422|unexpected_option_symbol",
        "'quantity':0|422|invalid_quantity",
        "'quantity':-1|422|invalid_quantity",
        "'quantity':1.5|422|invalid_quantity",
        "'quantity':'1.5'|422|invalid_quantity",
        "'quantity':1000000000|422|invalid_quantity",
        "'quantity':null|422|missing_field",
        "'quantity':'ten'|400|wrong_type",
        "'quantity':'1e3'|400|wrong_type",
        "'quantity':true|400|wrong_type",
        "'quantity':[1]|400|wrong_type",
        "'quantity':{}|400|wrong_type",
        "'quantity':1e999999999|400|number_out_of_range",
        "'quantity':1e-999999999|400|number_out_of_range",
        "'quantity':NaN|400|malformed_json",
        "'quantity':Infinity|400|malformed_json",
        "'quantity':01|400|malformed_json",
        "'order_type':'iceberg'|422|invalid_order_type",
        "'order_type':'limit'|422|missing_limit_price",
        "'order_type':'stop'|422|missing_stop_price",
        "'order_type':null|422|missing_field",
        "'limit_price':1|422|unexpected_limit_price",
        "'stop_price':1|422|unexpected_stop_price",
        "'order_type':'limit','limit_price':0|422|invalid_limit_price",
        "'order_type':'limit','limit_price':-1|422|invalid_limit_price",
        "'order_type':'limit','limit_price':1.00001|422|invalid_limit_price",
        "'order_type':'limit','limit_price':'1.00001'|422|invalid_limit_price",
        "'order_type':'limit','limit_price':100000000|422|invalid_limit_price",
        "'time_in_force':'ioc'|422|invalid_time_in_force",
        "'colour':'red'|400|unknown_field",
        "'status':'filled'|400|unknown_field",
        "'ticker':'SPY','ticker':'IBM'|400|malformed_json",
      })
  void refusesOrdersThatMakeNoSense(String change, int status, String code) {
    String replaced = change.replace('\'', '"');
    String rest =
        BUY.substring(1, BUY.length() - 1)
            .lines()
            .flatMap(line -> java.util.Arrays.stream(line.split(",")))
            .filter(field -> !replaced.contains(field.substring(0, field.indexOf(':') + 1)))
            .collect(Collectors.joining(","));
    long before = count("trades");

    Answer answer = gateway.asAdmin("POST", "/v1/trades", "{" + rest + "," + replaced + "}");

    assertThat(answer.code()).as(answer.body()).isEqualTo(code);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(count("trades")).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "7", "\"x\"", "[]", "{", "{}x", "{\"a\":1,}", "\u0000"})
  void refusesBodiesThatAreNoObject(String body) {
    assertThat(gateway.asAdmin("POST", "/v1/trades", body).status()).isEqualTo(400);
  }

  @Test
  void answersARepeatedKeyWithTheFirstAnswer() {
    Answer first = post("key-1", BUY);
    Answer again = post("key-1", BUY.replace("10", "\"10\""));
    Answer other = post("key-1", BUY.replace("10", "11"));
    Answer foreign =
        gateway.send(
            gateway
                .json("POST", "/v1/trades", BUY)
                .header("Idempotency-Key", "key-1")
                .header("Authorization", "Bearer " + gateway.newKey("trade")));

    assertThat(first.status()).isEqualTo(202);
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.code()).isEqualTo("idempotency_key_reused");
    assertThat(foreign.json().get("id")).isNotEqualTo(first.json().get("id"));
  }

  @Test
  void makesTwoTradesOfTwoPostsWithoutAKey() {
    assertThat(gateway.asAdmin("POST", "/v1/trades", BUY).json().get("id"))
        .isNotEqualTo(gateway.asAdmin("POST", "/v1/trades", BUY).json().get("id"));
  }

  @Test
  void makesOneTradeOfAHundredAtOnceWithOneKey() throws Exception {
    List<Callable<Answer>> posts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      posts.add(() -> post("parallel", BUY));
    }
    Set<String> answers;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      answers =
          threads.invokeAll(posts).stream()
              .map(done -> done.resultNow().status() + done.resultNow().body())
              .collect(Collectors.toSet());
    }

    assertThat(answers).hasSize(1).first().asString().startsWith("202");
    assertThat(count("idempotency_keys WHERE key = 'parallel'")).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "schl\u00fcssel", "tab\there"})
  void refusesKeysThatCannotBePrinted(String key) {
    String answer =
        gateway.raw(
            "POST /v1/trades HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + TestGateway.ADMIN_KEY
                + "\r\nContent-Type: application/json\r\nIdempotency-Key: "
                + key
                + "\r\nContent-Length: "
                + BUY.length()
                + "\r\nConnection: close\r\n\r\n"
                + BUY);
    assertThat(answer).startsWith("HTTP/1.1 400").contains("invalid_idempotency_key");
  }

  @Test
  void refusesAKeyThatIsTooLong() {
    assertThat(post("x".repeat(255), BUY).status()).isEqualTo(202);
    assertThat(post("x".repeat(256), BUY).code()).isEqualTo("invalid_idempotency_key");
  }

  @Test
  void asksForACancelOnce() {
    String id = gateway.asAdmin("POST", "/v1/trades", BUY).json().get("id").stringValue();

    Answer cancel = gateway.asAdmin("DELETE", "/v1/trades/" + id);
    Answer again = gateway.asAdmin("DELETE", "/v1/trades/" + id);

    assertThat(cancel.status()).isEqualTo(202);
    assertThat(cancel.json().get("cancel_requested_at").isNull()).isFalse();
    assertThat(again.json().get("cancel_requested_at"))
        .isEqualTo(cancel.json().get("cancel_requested_at"));
  }

  @Test
  void cannotCancelWhatIsFinished() {
    String id = gateway.asAdmin("POST", "/v1/trades", BUY).json().get("id").stringValue();
    gateway.database.execute("UPDATE trades SET status = 'filled' WHERE id = '" + id + "'");

    assertThat(gateway.asAdmin("DELETE", "/v1/trades/" + id).code()).isEqualTo("trade_finished");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "x", "00000000-0000-0000-0000-000000000000", "0-0-0-0-0", "%27"})
  void findsNoTradeThatIsNotThere(String id) {
    assertThat(gateway.asAdmin("GET", "/v1/trades/" + id).code()).isEqualTo("trade_not_found");
    assertThat(gateway.asAdmin("DELETE", "/v1/trades/" + id).code()).isEqualTo("trade_not_found");
  }

  @Test
  void listsTradesNewestFirst() {
    try (TestGateway other = TestGateway.start()) {
      other.database.execute(
          """
          INSERT INTO trades (id, ticker, side, quantity, order_type, source, status, reject_reason, created_at)
          SELECT gen_random_uuid(), CASE WHEN n % 2 = 0 THEN 'SPY' ELSE 'IBM' END, 'buy', 1 + n, 'market', 'manual',
                 CASE WHEN n < 3 THEN 'rejected' ELSE 'working' END, CASE WHEN n < 3 THEN 'why' END,
                 timestamptz '2026-01-01 00:00:00Z' + (n / 2) * interval '1 minute'
          FROM generate_series(0, 9) n
          """);
      List<String> quantities = new ArrayList<>();
      String cursor = "";
      do {
        JsonNode page = other.asAdmin("GET", "/v1/trades?limit=3" + cursor).json();
        page.get("items").forEach(trade -> quantities.add(trade.get("quantity").stringValue()));
        JsonNode next = page.get("next_cursor");
        cursor = next.isNull() ? "" : "&cursor=" + next.stringValue();
      } while (!cursor.isEmpty());

      assertThat(quantities).hasSize(10).doesNotHaveDuplicates();
      assertThat(quantities.subList(0, 2)).containsExactlyInAnyOrder("9", "10");
      assertThat(size(other, "/v1/trades?ticker=SPY")).isEqualTo(5);
      assertThat(size(other, "/v1/trades?status=rejected")).isEqualTo(3);
      assertThat(size(other, "/v1/trades?status=rejected,working")).isEqualTo(10);
      assertThat(size(other, "/v1/trades?status=filled")).isZero();
      assertThat(size(other, "/v1/trades?from=2026-01-01T00:01:00Z&to=2026-01-01T00:02:00Z"))
          .isEqualTo(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/trades?status=done, invalid_status",
    "/v1/trades?status=, invalid_status",
    "/v1/trades?ticker=spy, invalid_ticker",
    "/v1/trades?from=x, invalid_time",
    "/v1/trades?limit=0, invalid_limit",
    "/v1/trades?cursor=abc, invalid_cursor",
    "/v1/trades?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z, invalid_range",
    "/v1/pnl/daily?from=x, invalid_time",
    "/v1/pnl/daily?from=2026-02-30, invalid_date",
    "/v1/pnl/daily?from=2026-02-03&to=2026-02-02, invalid_range",
  })
  void refusesWhatItCannotRead(String path, String code) {
    Answer answer = gateway.asAdmin("GET", path);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo(code);
  }

  @Test
  void showsPositionsAtCurrentPrices() {
    try (TestGateway other = TestGateway.start()) {
      other.database.execute(
          """
          UPDATE trading_controls SET account_id = 'a', cash = 1000.5, buying_power = 2001;
          INSERT INTO quotes (ticker, last, trade_time, received_at) VALUES
              ('SPY', 170, '2013-10-07 15:00:00Z', now()), ('IBM', 180.01, '2013-10-07 15:00:00Z', now());
          INSERT INTO positions (account_id, ticker, quantity, average_price, cost_basis, realized_pnl) VALUES
              ('a', 'SPY', 10, 167.425, 1674.25, 5.5), ('a', 'IBM', -2, 181, -362, 0), ('a', 'BAC', 0, NULL, 0, -1.25),
              ('b', 'SPY', 99, 1, 99, 0);
          INSERT INTO daily_pnl (account_id, date, ticker, realized_pnl, unrealized_pnl, carried_pnl, fees, trades,
                                 winning_trades, losing_trades) VALUES
              ('a', '2013-10-07', 'SPY', 5.5, 1, 0.5, 0.01, 2, 1, 0), ('a', '2013-10-07', 'BAC', -1.25, 0, 2, 0, 2, 0, 1),
              ('a', '2013-10-08', 'SPY', 0, 25.75, 1, 0, 1, 0, 0), ('b', '2013-10-08', 'SPY', 7, 7, 7, 7, 7, 7, 7);
          """);

      assertThat(other.asAdmin("GET", "/v1/positions").body())
          .isEqualTo(
              "{\"items\":[{\"ticker\":\"IBM\",\"asset_type\":\"equity\",\"option_symbol\":null,\"quantity\":\"-2\","
                  + "\"average_price\":\"181.00\",\"market_price\":\"180.01\",\"market_value\":\"-360.02\","
                  + "\"cost_basis\":\"-362.00\",\"unrealized_pnl\":\"1.98\",\"realized_pnl\":\"0.00\"},"
                  + "{\"ticker\":\"SPY\",\"asset_type\":\"equity\",\"option_symbol\":null,\"quantity\":\"10\","
                  + "\"average_price\":\"167.425\",\"market_price\":\"170.00\",\"market_value\":\"1700.00\","
                  + "\"cost_basis\":\"1674.25\",\"unrealized_pnl\":\"25.75\",\"realized_pnl\":\"5.50\"}]}");
      JsonNode portfolio = other.asAdmin("GET", "/v1/portfolio").json();
      assertThat(portfolio.get("cash").stringValue()).isEqualTo("1000.50");
      assertThat(portfolio.get("equity").stringValue()).isEqualTo("2340.48");
      assertThat(portfolio.get("buying_power").stringValue()).isEqualTo("2001.00");
      assertThat(portfolio.get("unrealized_pnl").stringValue()).isEqualTo("27.73");
      assertThat(portfolio.get("realized_pnl").stringValue()).isEqualTo("4.25");
      assertThat(portfolio.get("positions").size()).isEqualTo(2);
      assertThat(other.asAdmin("GET", "/v1/pnl/daily").json().get("items").get(0).toString())
          .isEqualTo(
              "{\"date\":\"2013-10-07\",\"realized_pnl\":\"4.25\",\"unrealized_pnl\":\"1.00\","
                  + "\"carried_pnl\":\"2.50\",\"fees\":\"0.01\",\"trades\":4,\"winning_trades\":1,\"losing_trades\":1}");
      assertThat(size(other, "/v1/pnl/daily?from=2013-10-08")).isOne();
      assertThat(size(other, "/v1/pnl/daily?to=2013-10-08")).isOne();
      assertThat(size(other, "/v1/pnl/daily?from=2013-10-07T13:30:00Z&to=2013-10-07T20:00:00Z"))
          .isOne();
    }
  }

  @Test
  void changesTheControls() {
    assertThat(gateway.asAdmin("PATCH", "/v1/trading/controls", "{\"mode\":\"paper\"}").status())
        .isEqualTo(200);
    assertThat(gateway.asAdmin("PATCH", "/v1/trading/controls", "{\"mode\":\"live\"}").code())
        .isEqualTo("mode_is_fixed");
    JsonNode changed =
        gateway
            .asAdmin(
                "PATCH",
                "/v1/trading/controls",
                "{\"armed\":true,\"auto_trading\":true,\"state\":\"reduce_only\"}")
            .json();
    assertThat(changed.get("armed").booleanValue()).isTrue();
    assertThat(changed.get("auto_trading").booleanValue()).isTrue();
    assertThat(changed.get("state").stringValue()).isEqualTo("reduce_only");
    JsonNode back =
        gateway
            .asAdmin(
                "PATCH",
                "/v1/trading/controls",
                "{\"armed\":false,\"auto_trading\":false,\"state\":\"active\"}")
            .json();
    assertThat(back.get("armed").booleanValue()).isFalse();
    assertThat(back.get("state_reason").isNull()).isTrue();
    assertThat(gateway.asAdmin("GET", "/v1/trading/controls").json()).isEqualTo(back);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"mode\":\"demo\"}|422|invalid_mode",
        "{\"state\":\"paused\"}|422|invalid_state",
        "{\"armed\":\"yes\"}|400|wrong_type",
        "{\"armed\":1}|400|wrong_type",
        "{\"broker\":\"schwab\"}|400|unknown_field",
      })
  void refusesControlsThatAreNone(String json, int status, String code) {
    Answer answer = gateway.asAdmin("PATCH", "/v1/trading/controls", json);
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void armsARealBrokerOnlyWithTheAccountsLastFour() {
    try (TestGateway other = TestGateway.start()) {
      other.database.execute("UPDATE trading_controls SET mode = 'live', broker = 'schwab'");
      say(other, "trading-engine", 2, 2);
      say(other, "streaming-service", 2, 2);
      assertThat(arm(other, "")).isEqualTo("account_unknown");
      other.database.execute("UPDATE trading_controls SET account_suffix = '5678'");
      assertThat(arm(other, "")).isEqualTo("confirmation_needed");
      assertThat(arm(other, ",\"confirm\":\"5679\"")).isEqualTo("confirmation_needed");
      assertThat(arm(other, ",\"confirm\":\"5678\"")).isEmpty();
      other.database.execute("UPDATE trading_controls SET broker = 'simulator', armed = false");
      assertThat(arm(other, "")).isEmpty();
    }
  }

  @Test
  void r49_armsNobodyWhileTheServicesDoNotFitTogether() {
    try (TestGateway other = TestGateway.start()) {
      other.database.execute(
          "UPDATE trading_controls SET mode = 'live', broker = 'simulator', account_suffix = '5678'");
      // Nobody else was heard of: enough where no real money can move.
      assertThat(arm(other, "")).isEmpty();
      say(other, "streaming-service", 8, 7);
      Answer refused =
          other.asAdmin("PATCH", "/v1/trading/controls", "{\"armed\":true,\"auto_trading\":true}");
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.code()).isEqualTo("services_incompatible");
      assertThat(refused.json().get("detail").stringValue())
          .contains(
              "api-gateway", "speaks contract 2 and streaming-service (8.0) needs 7 or newer");
      JsonNode status = other.asAdmin("GET", "/v1/system/status").json();
      assertThat(status.get("notes").toString()).contains("update api-gateway");
      assertThat(status.at("/services/streaming-service/versions/contract_version").intValue())
          .isEqualTo(8);
      assertThat(status.at("/services/api-gateway/versions/schema_version").intValue())
          .isGreaterThan(50);
      // Disarming is always possible.
      assertThat(other.asAdmin("PATCH", "/v1/trading/controls", "{\"armed\":false}").status())
          .isEqualTo(200);

      // Against a real broker silence is not enough.
      other.database.execute("UPDATE trading_controls SET broker = 'schwab'");
      say(other, "streaming-service", 2, 2);
      assertThat(arm(other, ",\"confirm\":\"5678\"")).isEqualTo("services_unknown");
      say(other, "trading-engine", 2, 2);
      assertThat(arm(other, ",\"confirm\":\"5678\"")).isEmpty();
      other.database.execute(
          "UPDATE service_versions SET reported_at = now() - interval '2 minutes'"
              + " WHERE service = 'trading-engine'");
      assertThat(arm(other, ",\"confirm\":\"5678\"")).isEqualTo("services_unknown");
    }
  }

  /** As that service. */
  private static void say(TestGateway gateway, String service, int contract, int oldest) {
    gateway.database.execute(
        """
        INSERT INTO service_versions (service, build, schema_version, contract, contract_oldest, reported_at)
        SELECT '%s', '%d.0', max(version::int), %d, %d, now() + interval '1 hour' FROM flyway_schema_history
        ON CONFLICT (service) DO UPDATE SET build = excluded.build, contract = excluded.contract,
            contract_oldest = excluded.contract_oldest, reported_at = excluded.reported_at
        """
            .formatted(service, contract, contract, oldest));
  }

  @Test
  void killsAtOnce() {
    Answer kill = gateway.asAdmin("POST", "/v1/trading/kill", "{\"flatten\":true}");

    assertThat(kill.status()).isEqualTo(202);
    assertThat(kill.json().get("state").stringValue()).isEqualTo("halted");
    assertThat(count("trading_commands WHERE command = 'kill' AND flatten")).isOne();
    assertThat(gateway.asAdmin("POST", "/v1/trading/kill").status()).isEqualTo(202);
    assertThat(gateway.asAdmin("POST", "/v1/trading/kill", "{\"flatten\":\"no\"}").status())
        .isEqualTo(400);
    assertThat(
            gateway
                .asAdmin("PATCH", "/v1/trading/controls", "{\"state\":\"active\"}")
                .json()
                .get("state")
                .stringValue())
        .isEqualTo("active");
  }

  @Test
  void r43_endsTheHaltThatWasShownAndNoOther() {
    try (TestGateway other = TestGateway.start()) {
      other.database.execute(
          "UPDATE trading_controls SET state = 'halted', state_reason = 'kill switch', halt_id = 'first',"
              + " halt_by = 'Ann', halt_at = '2026-01-05T15:00:00Z', halt_reason = 'strange prices'");
      assertThat(other.asAdmin("GET", "/v1/trading/controls").json().get("halt").toString())
          .isEqualTo(
              "{\"by\":\"Ann\",\"at\":\"2026-01-05T15:00:00Z\",\"reason\":\"strange prices\"}");
      JsonNode active =
          other.asAdmin("PATCH", "/v1/trading/controls", "{\"state\":\"active\"}").json();
      assertThat(active.get("state").stringValue()).isEqualTo("active");
      other.database.execute(
          "DO $$ BEGIN ASSERT (SELECT halt_cleared FROM trading_controls) = 'first'; END $$");

      other.database.execute(
          "UPDATE trading_controls SET state = 'halted', halt_id = 'unreadable'");
      assertThat(
              other.asAdmin("PATCH", "/v1/trading/controls", "{\"state\":\"reduce_only\"}").code())
          .isEqualTo("halt_unreadable");
      assertThat(other.asAdmin("PATCH", "/v1/trading/controls", "{\"armed\":false}").status())
          .isEqualTo(200);
    }
  }

  @Test
  void r43_endsNoHaltThatCameSinceTheOneThatWasShown() {
    try (TestGateway other = TestGateway.start()) {
      other.asAdmin("POST", "/v1/trading/kill");
      String shown = haltVersion(other);
      other.asAdmin("POST", "/v1/trading/kill");
      assertThat(resume(other, shown).code()).isEqualTo("halted_again");
      String again = haltVersion(other);
      other.database.execute("UPDATE trading_controls SET halt_id = 'newer', halt_by = 'Ann'");
      assertThat(resume(other, again).code()).isEqualTo("halted_again");
      assertThat(resume(other, haltVersion(other)).status()).isEqualTo(200);
    }
  }

  @Test
  void r43_saysWhenTheHaltFileStays() {
    try (TestGateway other = TestGateway.start()) {
      other.database.execute(
          "UPDATE trading_controls SET state = 'halted', halt_id = 'first', halt_by = 'Ann',"
              + " engine_seen_at = now() + interval '1 hour'");
      assertThat(other.asAdmin("PATCH", "/v1/trading/controls", "{\"state\":\"active\"}").code())
          .isEqualTo("halt_file_stays");
    }
  }

  @Test
  void r43_haltsButRefusesToCloseWhereAPersonsFileStopsThatToo() {
    try (TestGateway other = TestGateway.start()) {
      other.database.execute(
          "UPDATE trading_controls SET halt_id = 'first', halt_by = 'Ann', halt_at = now()");
      assertThat(other.asAdmin("POST", "/v1/trading/kill", "{\"flatten\":true}").code())
          .isEqualTo("closing_halted");
      other.database.execute(
          "DO $$ BEGIN ASSERT (SELECT state FROM trading_controls) = 'halted';"
              + " ASSERT (SELECT count(*) FROM trading_commands WHERE NOT flatten) = 1; END $$");
      assertThat(other.asAdmin("POST", "/v1/trading/kill").status()).isEqualTo(202);
      other.database.execute("UPDATE trading_controls SET halt_by = 'the kill switch'");
      assertThat(other.asAdmin("POST", "/v1/trading/kill", "{\"flatten\":true}").status())
          .isEqualTo(202);
    }
  }

  private static String haltVersion(TestGateway gateway) {
    return gateway.asAdmin("GET", "/v1/trading/controls").json().get("halt_version").stringValue();
  }

  private static Answer resume(TestGateway gateway, String version) {
    return gateway.asAdmin(
        "PATCH",
        "/v1/trading/controls",
        "{\"state\":\"active\",\"halt_version\":\"" + version + "\"}");
  }

  private static String arm(TestGateway gateway, String more) {
    return gateway.asAdmin("PATCH", "/v1/trading/controls", "{\"armed\":true" + more + "}").code();
  }

  private static Answer post(String key, String body) {
    HttpRequest.Builder request =
        gateway
            .json("POST", "/v1/trades", body)
            .header("Authorization", "Bearer " + TestGateway.ADMIN_KEY)
            .header("Idempotency-Key", key);
    return gateway.send(request);
  }

  private static int size(TestGateway gateway, String path) {
    return gateway.asAdmin("GET", path).json().get("items").size();
  }

  private static long count(String what) {
    try (var connection = gateway.database.superuser().connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT count(*) FROM " + what)) {
      row.next();
      return row.getLong(1);
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String poll(BlockingQueue<String> queue) throws InterruptedException {
    String heard = queue.poll(10, TimeUnit.SECONDS);
    return heard == null ? "" : heard;
  }
}
