package io.alphakite.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.gateway.TestGateway;
import io.alphakite.gateway.access.SignInLinks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class StreamTest {
  private static final String BUY =
      "{\"ticker\":\"SPY\",\"side\":\"buy\",\"quantity\":10,\"order_type\":\"market\"}";

  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    gateway.database.execute(
        """
        INSERT INTO tickers (ticker, streamed) VALUES ('QQQ', true), ('IBM', true);
        INSERT INTO quotes (ticker, bid, ask, last, quote_time, trade_time, received_at) VALUES
            ('QQQ', 600.11, 600.13, 600.12, '2025-10-08 13:30:00Z', '2025-10-08 13:30:00Z', now());
        INSERT INTO equity_data (ticker, timestamp, price, volume) VALUES
            ('QQQ', '2025-10-08 13:30:00Z', 600.12, 1200), ('IBM', '2025-10-08 13:30:00Z', 280, 100);
        INSERT INTO indicators (ticker, timestamp, sma9, vwap) VALUES
            ('QQQ', '2025-10-08 13:30:00Z', NULL, 600.1);
        UPDATE trading_controls SET account_id = 'paper', cash = 1000;
        """);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void showsTheStateAndThenEveryChange() {
    try (StreamClient client = new StreamClient(gateway)) {
      client.send(
          "{'action':'subscribe','channels':['prices'],'tickers':['QQQ'],'request_id':'1'}");
      JsonNode subscribed = client.next("subscribed");
      JsonNode snapshot = client.next("price");

      assertThat(subscribed.get("channels").toString()).isEqualTo("[\"prices\"]");
      assertThat(subscribed.get("tickers").toString()).isEqualTo("[\"QQQ\"]");
      assertThat(subscribed.get("request_id").stringValue()).isEqualTo("1");
      assertThat(subscribed.get("epoch").stringValue()).isNotBlank();
      assertThat(snapshot.toString())
          .matches(
              "\\{\"type\":\"price\",\"seq\":\\d+,\"snapshot\":true,\"ticker\":\"QQQ\","
                  + "\"timestamp\":\"2025-10-08T13:30:00Z\",\"price\":600.12,\"volume\":1200,\"sma9\":null,"
                  + "\"vwap\":600.10,\"bid\":600.11,\"ask\":600.13\\}");

      gateway.database.execute(
          """
          BEGIN;
          INSERT INTO equity_data (ticker, timestamp, price, volume) VALUES
              ('QQQ', '2025-10-08 13:30:01Z', 600.2, 7), ('IBM', '2025-10-08 13:30:01Z', 281, 7);
          SELECT pg_notify('market_data', 'QQQ,IBM');
          COMMIT;
          """);
      JsonNode change = client.next("price");
      assertThat(change.has("snapshot")).isFalse();
      assertThat(change.get("ticker").stringValue()).isEqualTo("QQQ");
      assertThat(change.get("volume").longValue()).isEqualTo(7);
      assertThat(change.get("seq").longValue()).isGreaterThan(snapshot.get("seq").longValue());
    }
  }

  @Test
  void showsOptionsAndThenTheirChangesAsTheyAreWritten() {
    gateway.database.execute(
        """
        INSERT INTO option_prices (ticker, timestamp, option_type, strike_price, expiration_date, bid, ask,
                                   implied_volatility, option_symbol) VALUES
            ('QQQ', '2025-10-08 13:30:00Z', 'call', 600, '2025-10-08', 1.1, 1.12, 21.5, 'QQQ   251008C00600000'),
            ('QQQ', '2025-10-08 13:30:00Z', 'put', 600, '2025-10-08', 1.05, 1.07, NULL, 'QQQ   251008P00600000');
        """);
    try (StreamClient client = new StreamClient(gateway)) {
      client.send("{'action':'subscribe','channels':['options'],'tickers':['QQQ']}");
      client.next("subscribed");
      JsonNode call = client.next("option");
      assertThat(call.toString())
          .matches(
              "\\{\"type\":\"option\",\"seq\":\\d+,\"snapshot\":true,\"ticker\":\"QQQ\",\"option_symbol\":\"QQQ"
                  + "   251008C00600000\",\"option_type\":\"call\",\"strike_price\":600.00,"
                  + "\"expiration_date\":\"2025-10-08\",\"timestamp\":\"2025-10-08T13:30:00Z\",\"last_price\":null,"
                  + "\"bid\":1.10,\"ask\":1.12,\"volume\":null,\"open_interest\":null,"
                  + "\"implied_volatility\":21.5,\"delta\":null,\"gamma\":null,\"theta\":null,\"vega\":null\\}");
      assertThat(client.next("option").get("option_type").stringValue()).isEqualTo("put");
      gateway.database.execute(
          """
          BEGIN;
          INSERT INTO option_prices (ticker, timestamp, option_type, strike_price, expiration_date, bid, ask,
                                     option_symbol) VALUES
              ('QQQ', '2025-10-08 13:30:01Z', 'put', 600, '2025-10-08', 0, 1.09, 'QQQ   251008P00600000');
          SELECT pg_notify('market_data', 'QQQ');
          COMMIT;
          """);
      JsonNode change = client.next("option");
      while (!change.get("timestamp").stringValue().endsWith("13:30:01Z")) {
        change = client.next("option");
      }
      assertThat(change.has("snapshot")).isFalse();
      assertThat(change.get("option_type").stringValue()).isEqualTo("put");
      assertThat(change.get("bid").decimalValue()).isEqualByComparingTo("0");
    }
  }

  @Test
  void answersWithTheFullSet() {
    try (StreamClient client = StreamClient.asAdmin(gateway)) {
      client.send("{'action':'subscribe','channels':['prices'],'tickers':['QQQ']}");
      client.next("subscribed");
      client.send("{'action':'subscribe','channels':['trades','prices'],'tickers':['IBM']}");
      JsonNode both = client.next("subscribed");
      client.send("{'action':'unsubscribe','channels':['prices'],'tickers':['QQQ']}");
      JsonNode one = client.next("subscribed");
      client.send("{'action':'unsubscribe','channels':['prices']}");
      JsonNode none = client.next("subscribed");

      assertThat(both.get("channels").toString()).isEqualTo("[\"prices\",\"trades\"]");
      assertThat(both.get("tickers").toString()).isEqualTo("[\"IBM\",\"QQQ\"]");
      assertThat(one.get("tickers").toString()).isEqualTo("[\"IBM\"]");
      assertThat(none.get("channels").toString()).isEqualTo("[\"trades\"]");
      assertThat(none.get("tickers").size()).isZero();
    }
  }

  @Test
  void tellsOfAnAlarmOnceAndOfItsEnd() {
    gateway.database.execute(
        """
        INSERT INTO alerts (service, code, severity, message)
        VALUES ('trading-engine', 'first', 'info', 'It was there before.')
        """);
    try (StreamClient client = StreamClient.asAdmin(gateway)) {
      client.send("{'action':'subscribe','channels':['alerts']}");
      JsonNode before = client.next("alert");
      gateway.database.execute(
          """
          BEGIN;
          INSERT INTO alerts (service, code, severity, ticker, message, hint)
          VALUES ('streaming-service', 'ticker_halted', 'warning', 'QQQ', 'Halted.', 'Wait.');
          SELECT pg_notify('alerts', '2');
          COMMIT;
          """);
      JsonNode raised = alarm(client, "ticker_halted", false);
      JsonNode listed = gateway.get("/v1/alerts").json().get("items");
      gateway.database.execute("UPDATE alerts SET cleared_at = now()");
      JsonNode over = alarm(client, "first", true);
      alarm(client, "ticker_halted", true);

      assertThat(before.get("snapshot").booleanValue()).isTrue();
      assertThat(before.get("code").stringValue()).isEqualTo("first");
      assertThat(raised.get("code").stringValue()).isEqualTo("ticker_halted");
      assertThat(raised.get("severity").stringValue()).isEqualTo("warning");
      assertThat(raised.get("ticker").stringValue()).isEqualTo("QQQ");
      assertThat(raised.get("hint").stringValue()).isEqualTo("Wait.");
      assertThat(raised.get("cleared_at").isNull()).isTrue();
      assertThat(listed.size()).isEqualTo(2);
      assertThat(listed.get(0).get("code").stringValue()).isEqualTo("ticker_halted");
      assertThat(over.get("id").longValue()).isEqualTo(before.get("id").longValue());
      assertThat(gateway.get("/v1/alerts").json().get("items").size()).isZero();
      assertThat(gateway.get("/v1/alerts?state=all").json().get("items").size()).isEqualTo(2);
      assertThat(gateway.get("/v1/alerts?state=some").status()).isEqualTo(400);
    }
  }

  private static JsonNode alarm(StreamClient client, String code, boolean cleared) {
    return client
        .until(
            message ->
                message.path("code").asString("").equals(code)
                    && message.get("cleared_at").isNull() != cleared)
        .getLast();
  }

  @Test
  void tellsOfTradesSignalsPositionsAndAlerts() {
    try (StreamClient client = StreamClient.asAdmin(gateway)) {
      client.send(
          "{'action':'subscribe','channels':['trades','signals','positions','portfolio','alerts']}");
      client.next("portfolio");
      String id = gateway.asAdmin("POST", "/v1/trades", BUY).json().get("id").stringValue();
      JsonNode trade = client.next("trade");
      gateway.database.execute(
          """
          BEGIN;
          INSERT INTO trading_signals (ticker, timestamp, direction, price, sma9, vwap, action)
          VALUES ('QQQ', '2025-10-08 14:00:00Z', 'up', 600, 600.5, 600.25, 'none');
          SELECT pg_notify('signals', '1');
          COMMIT;
          """);
      JsonNode signal = client.next("signal");
      gateway.database.execute(
          """
          INSERT INTO positions (account_id, ticker, quantity, average_price, cost_basis, realized_pnl)
          VALUES ('paper', 'QQQ', 10, 600, 6000, 0);
          """);
      JsonNode position = client.next("position");
      JsonNode portfolio = client.next("portfolio");
      gateway.asAdmin("POST", "/v1/trading/kill", "{}");
      JsonNode alert = client.next("alert");
      gateway.asAdmin("PATCH", "/v1/trading/controls", "{\"state\":\"active\"}");

      assertThat(trade.get("trade").get("id").stringValue()).isEqualTo(id);
      assertThat(trade.get("trade").get("quantity").stringValue()).isEqualTo("10");
      assertThat(signal.get("direction").stringValue()).isEqualTo("up");
      assertThat(signal.get("sma9").decimalValue()).isEqualByComparingTo("600.5");
      assertThat(position.get("position").get("quantity").stringValue()).isEqualTo("10");
      assertThat(portfolio.get("positions").size()).isOne();
      assertThat(alert.get("code").stringValue()).isEqualTo("trading_halted");
    }
  }

  @Test
  void authenticatesByMessageHeaderAndCookie() {
    try (StreamClient client = new StreamClient(gateway)) {
      client.send("{'action':'subscribe','channels':['trades'],'request_id':'7'}");
      JsonNode refused = client.next("error");
      assertThat(refused.get("code").stringValue()).isEqualTo("unauthorized");
      assertThat(refused.get("request_id").stringValue()).isEqualTo("7");
      client.send("{'action':'auth','key':'wrong'}");
      assertThat(client.next("error").get("code").stringValue()).isEqualTo("unauthorized");
      client.send("{'action':'auth','key':'" + gateway.newKey("read") + "'}");
      assertThat(client.next("authenticated").toString())
          .isEqualTo("{\"type\":\"authenticated\",\"scopes\":[\"read\"]}");
      client.send("{'action':'subscribe','channels':['trades']}");
      client.next("subscribed");
    }
    String cookie =
        gateway.get(gateway.bean(SignInLinks.class).mint().toString()).header("Set-Cookie");
    try (StreamClient client =
        new StreamClient(
            gateway,
            "Cookie: " + cookie.substring(0, cookie.indexOf(';')),
            "Origin: http://localhost:" + gateway.port())) {
      client.send("{'action':'subscribe','channels':['positions']}");
      client.next("subscribed");
    }
    try (StreamClient client =
        new StreamClient(gateway, "Authorization: Bearer " + gateway.newKey("trade"))) {
      client.send("{'action':'subscribe','channels':['positions']}");
      assertThat(client.next("error").get("code").stringValue()).isEqualTo("missing_scope");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{|bad_json",
        "[]|bad_json",
        "{'action':'ping','action':'ping'}|bad_json",
        "{}|unknown_action",
        "{'action':'dance'}|unknown_action",
        "{'action':7}|wrong_type",
        "{'action':'subscribe'}|missing_field",
        "{'action':'subscribe','channels':['gossip']}|unknown_channel",
        "{'action':'subscribe','channels':['PRICES']}|unknown_channel",
        "{'action':'subscribe','channels':'prices'}|wrong_type",
        "{'action':'subscribe','channels':['prices'],'tickers':['qqq']}|invalid_ticker",
        "{'action':'subscribe','channel':['prices']}|unknown_field",
        "{'action':'resume'}|missing_field",
        "{'action':'resume','epoch':'x'}|wrong_type",
        "{'action':'resume','epoch':'x','from_seq':{'prices':'1'}}|wrong_type",
        "{'action':'resume','epoch':'x','from_seq':{'prices':-1}}|wrong_type",
        "{'action':'resume','epoch':'x','from_seq':{'prices':1.5}}|wrong_type",
        "{'action':'resume','epoch':'x','from_seq':{'gossip':1}}|unknown_channel",
        "{'action':'resume','epoch':'x','from_seq':{'trades':1}}|unauthorized",
        "{'action':'ping','request_id':{}}|wrong_type",
      })
  void saysWhatIsWrongAndStays(String message, String code) {
    try (StreamClient client = new StreamClient(gateway)) {
      client.send(message);
      JsonNode error = client.next("error");
      assertThat(error.get("code").stringValue()).isEqualTo(code);
      assertThat(error.get("message").stringValue()).isNotBlank();
      client.send("{'action':'ping','request_id':'p'}");
      assertThat(client.next("pong").get("request_id").stringValue()).isEqualTo("p");
    }
  }

  @Test
  void closesOnMessagesThatAreTooLarge() {
    try (StreamClient client = new StreamClient(gateway)) {
      client.send("{'action':'" + "x".repeat(70_000) + "'}");
      assertThat(client.closeCode()).isEqualTo(1009);
    }
  }

  @Test
  void resumesWithEveryMessageMissed() {
    Hub hub = gateway.bean(Hub.class);
    long before = hub.log(StreamChannel.TRADES).head();
    for (int i = 0; i < 50; i++) {
      hub.publish(StreamChannel.TRADES, null, seq -> "{\"type\":\"trade\",\"seq\":" + seq + "}");
    }
    try (StreamClient client = StreamClient.asAdmin(gateway)) {
      client.send(
          "{'action':'resume','epoch':'"
              + hub.epoch()
              + "','from_seq':{'trades':"
              + (before + 10)
              + "},'request_id':'2'}");
      JsonNode resumed = client.next("resumed");
      List<JsonNode> missed = client.until(message -> message.path("seq").asLong(0) == before + 50);

      assertThat(resumed.get("snapshot").booleanValue()).isFalse();
      assertThat(resumed.get("channels").toString()).isEqualTo("[\"trades\"]");
      assertThat(missed.stream().map(message -> message.get("seq").longValue()))
          .containsExactlyElementsOf(
              java.util.stream.LongStream.rangeClosed(before + 11, before + 50).boxed().toList());
    }
  }

  @Test
  void resumesPricesOneByOneAndThenConflates() {
    Hub hub = gateway.bean(Hub.class);
    long before = hub.log(StreamChannel.PRICES).head();
    for (int i = 0; i < 20; i++) {
      hub.publish(StreamChannel.PRICES, "ZZZ", seq -> "{\"type\":\"price\",\"seq\":" + seq + "}");
    }
    try (StreamClient client = new StreamClient(gateway)) {
      client.send(
          "{'action':'resume','epoch':'"
              + hub.epoch()
              + "','tickers':['ZZZ'],'from_seq':{'prices':"
              + before
              + "}}");
      client.next("resumed");
      List<JsonNode> missed = client.until(message -> message.path("seq").asLong(0) >= before + 20);
      assertThat(missed.size()).isGreaterThanOrEqualTo(20);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"another-epoch", "same-but-ahead"})
  void givesASnapshotWhereItCannotResume(String epoch) {
    String named = epoch.startsWith("same") ? gateway.bean(Hub.class).epoch() : epoch;
    try (StreamClient client = new StreamClient(gateway)) {
      client.send(
          "{'action':'resume','epoch':'"
              + named
              + "','from_seq':{'prices':999999999},'tickers':['QQQ']}");
      JsonNode resumed = client.next("resumed");
      assertThat(resumed.get("snapshot").booleanValue()).isTrue();
      assertThat(resumed.get("snapshot_channels").toString()).isEqualTo("[\"prices\"]");
      assertThat(client.next("price").get("snapshot").booleanValue()).isTrue();
    }
  }

  @Test
  void givesASlowClientTheNewestPricesAndEveryTrade() {
    try (TestGateway other = TestGateway.start();
        StreamClient slow = StreamClient.asAdmin(other)) {
      Hub hub = other.bean(Hub.class);
      slow.send("{'action':'subscribe','channels':['prices','trades']}");
      slow.next("subscribed");
      String filler = "x".repeat(1_000);
      for (int i = 1; i <= 3_000; i++) {
        for (String ticker : List.of("AAA", "BBB")) {
          hub.publish(
              StreamChannel.PRICES,
              ticker,
              seq ->
                  "{\"type\":\"price\",\"seq\":%d,\"ticker\":\"%s\",\"filler\":\"%s\"}"
                      .formatted(seq, ticker, filler));
        }
        if (i % 3 == 0) {
          hub.publish(
              StreamChannel.TRADES,
              null,
              seq -> "{\"type\":\"trade\",\"seq\":%d,\"filler\":\"%s\"}".formatted(seq, filler));
        }
        hub.wake();
      }
      List<JsonNode> received =
          slow.until(
              message ->
                  message.get("type").stringValue().equals("price")
                      && message.get("seq").longValue() == 6_000);

      List<Long> trades = seqs(received, "trade");
      assertThat(trades)
          .isEqualTo(java.util.stream.LongStream.rangeClosed(1, 1_000).boxed().toList());
      List<Long> prices = seqs(received, "price");
      assertThat(prices).isSorted().doesNotHaveDuplicates().contains(5_999L, 6_000L);
      assertThat(prices.size()).isLessThan(3_000);
      assertThat(slow.next("heartbeat").get("dropped").longValue())
          .isEqualTo(6_000L - prices.size());
    }
  }

  @Test
  void closesAClientThatCannotKeepUpEvenWithTrades() {
    try (TestGateway other = TestGateway.start();
        StreamClient slow = StreamClient.asAdmin(other)) {
      Hub hub = other.bean(Hub.class);
      slow.send("{'action':'subscribe','channels':['trades']}");
      slow.next("subscribed");
      String filler = "x".repeat(1_000);
      for (int i = 0; i < 3 * StreamChannel.TRADES.window(); i++) {
        hub.publish(
            StreamChannel.TRADES,
            null,
            seq -> "{\"type\":\"trade\",\"seq\":%d,\"filler\":\"%s\"}".formatted(seq, filler));
        hub.wake();
      }
      assertThat(slow.closeCode()).isEqualTo(1008);
    }
  }

  @Test
  void turnsAwayForeignPagesAndNames() {
    try (StreamClient client = new StreamClient(gateway, "Origin: http://evil.example")) {
      assertThat(client.handshake()).startsWith("HTTP/1.1 403");
    }
    try (StreamClient client = new StreamClient(gateway, "Host: evil.example")) {
      assertThat(client.handshake()).startsWith("HTTP/1.1 403");
    }
    try (StreamClient client = new StreamClient(gateway, "Authorization: Bearer wrong")) {
      assertThat(client.handshake()).startsWith("HTTP/1.1 401");
    }
    assertThat(gateway.get("/v1/stream").status()).isEqualTo(426);
  }

  @Test
  void beatsAndClosesWhenTheKeyIsRevoked() {
    try (TestGateway closed = TestGateway.start(Map.of("KITE_PUBLIC_READ", "false"))) {
      TestGateway.Answer made =
          closed.asAdmin("POST", "/v1/keys", "{\"name\":\"x\",\"scopes\":[\"read\"]}");
      String key = made.json().get("key").stringValue();
      try (StreamClient kept = StreamClient.asAdmin(closed);
          StreamClient revoked = new StreamClient(closed, "Authorization: Bearer " + key);
          StreamClient anonymous = new StreamClient(closed)) {
        anonymous.send("{'action':'subscribe','channels':['prices']}");
        assertThat(anonymous.next("error").get("code").stringValue()).isEqualTo("unauthorized");
        closed.asAdmin("DELETE", made.header("Location"));

        JsonNode beat = kept.next("heartbeat");
        assertThat(beat.get("dropped").longValue()).isZero();
        assertThat(beat.get("lag_ms").isIntegralNumber()).isTrue();
        assertThat(revoked.closeCode()).isEqualTo(1008);
        assertThat(anonymous.closeCode()).isEqualTo(1008);
      }
    }
  }

  @Test
  void saysGoodByeWhenItStops() {
    TestGateway other = TestGateway.start();
    try (StreamClient client = new StreamClient(other)) {
      client.send("{'action':'ping'}");
      client.next("pong");
      other.close();
      assertThat(client.closeCode()).isEqualTo(1001);
    }
  }

  private static List<Long> seqs(List<JsonNode> messages, String type) {
    List<Long> seqs = new ArrayList<>();
    for (JsonNode message : messages) {
      if (message.get("type").stringValue().equals(type)) {
        seqs.add(message.get("seq").longValue());
      }
    }
    return seqs;
  }
}
