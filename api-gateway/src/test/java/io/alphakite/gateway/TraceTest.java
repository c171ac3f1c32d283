package io.alphakite.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.gateway.TestGateway.Answer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Why a trade is as it is, as the gateway tells it. */
@Timeout(120)
class TraceTest {
  private static final String AUTO = "20000000-0000-0000-0000-000000000001";

  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    gateway.database.execute(
        """
        INSERT INTO engine.accounts (account_id, epoch) VALUES ('simulator:5678', 1);
        INSERT INTO equity_data (ticker, timestamp, price, volume) VALUES
            ('SPY', '2013-10-07 15:00:00Z', 167.40, 90), ('SPY', '2013-10-07 15:00:01Z', 167.42, 120);
        INSERT INTO indicators (ticker, timestamp, sma9, vwap) VALUES
            ('SPY', '2013-10-07 15:00:00Z', 167.39, 167.40), ('SPY', '2013-10-07 15:00:01Z', 167.41, 167.40);
        INSERT INTO trading_signals (ticker, timestamp, direction, price, sma9, vwap, action, created_at)
        VALUES ('SPY', '2013-10-07 15:00:01Z', 'up', 167.42, 167.41, 167.40, 'buy', now() - interval '2 seconds');
        INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, status, source, signal_id, market_time)
        SELECT '%1$s', 'simulator:5678', 'SPY', 'buy', 1, 'market', 'filled', 'auto', id, '2013-10-07 15:00:03Z'
        FROM trading_signals;
        INSERT INTO engine.order_intents (id, trade_id, account_id, attempt, origin, lane, fingerprint, state, epoch,
            created_at, settings_hash, build)
        VALUES ('%1$s', '%1$s', 'simulator:5678', 1, 'STRATEGY', 'SPY buy', 'SINGLE|MARKET', 'NEW', 1, now(), 'abc', '1');
        INSERT INTO fills (account_id, trade_id, broker_order_id, execution_id, ticker, side, quantity, price, executed_at,
            market_time, market_date)
        VALUES ('simulator:5678', '%1$s', '71', '71-1', 'SPY', 'buy', 1, 167.43, now() + interval '1 second',
            '2013-10-07 15:00:04Z', '2013-10-07');
        """
            .formatted(AUTO));
    event("order.new", "NEW", "NULL");
    event(
        "order.approved",
        "APPROVED",
        "'{\"decision\": \"approved\", \"checks\": [{\"rule\": \"max_order_quantity\", \"result\":"
            + " \"held\", \"figure\": \"1\", \"limit\": \"100\"}]}'");
    event(
        "order.acked",
        "ACKED",
        "'{\"request\": {\"asks\": \"place\", \"body\": \"{}\"}, \"answer\": {\"outcome\":"
            + " \"accepted\", \"broker_order_id\": \"71\"}, \"latency_ms\": 4.125}'");
  }

  private static void event(String event, String state, String facts) {
    gateway.database.execute(
        """
        INSERT INTO engine.order_events (account_id, intent_id, trade_id, at, event, state, filled, facts, previous_hash,
            hash)
        VALUES ('simulator:5678', '%1$s', '%1$s', clock_timestamp(), '%2$s', '%3$s', 0, %4$s, '', '')
        """
            .formatted(AUTO, event, state, facts));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void hasEverythingFromTheTickToTheFill() {
    JsonNode trace = gateway.asAdmin("GET", "/v1/trades/" + AUTO + "/trace").json();
    JsonNode signal = trace.get("signal");
    assertThat(signal.get("sma9").decimalValue()).isEqualByComparingTo("167.41");
    assertThat(signal.get("volume").asLong()).isEqualTo(120);
    assertThat(signal.get("before").get("sma9").decimalValue()).isEqualByComparingTo("167.39");
    assertThat(trace.get("orders").get(0).get("settings_hash").stringValue()).isEqualTo("abc");
    assertThat(trace.get("fills").get(0).get("price").stringValue()).isEqualTo("167.43");
    List<String> told = new ArrayList<>();
    for (JsonNode moment : trace.get("timeline")) {
      told.add(moment.get("kind").stringValue() + ": " + moment.get("says").stringValue());
      moment.get("details").forEach(line -> told.add("  " + line.stringValue()));
    }
    assertThat(told)
        .containsExactly(
            "signal: SMA9 crosses VWAP up: buy",
            "  price 167.4200, SMA9 167.4100, VWAP 167.4000",
            "  before, at 2013-10-07T15:00:00Z: price 167.4000, SMA9 167.3900, VWAP 167.4000",
            "request: The strategy asks: buy 1 SPY market",
            "order: Order new",
            "risk: Order approved",
            "  max_order_quantity held: 1, limit 100",
            "broker: Order acked",
            "  asked: asks place, body {}",
            "  answered after 4.125 ms: outcome accepted, broker order id 71",
            "fill: Filled 1 at 167.43",
            "  execution 71-1 of order 71");
  }

  @Test
  void canBeCheckedByWhoeverHasTheFile() throws Exception {
    Answer answer = gateway.asAdmin("GET", "/v1/trades/" + AUTO + "/trace?download=1");
    assertThat(answer.header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"trade-" + AUTO + ".json\"");
    String before = "";
    for (JsonNode event : answer.json().get("events")) {
      assertThat(event.get("previous_hash").stringValue()).isEqualTo(before);
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(HexFormat.of().parseHex(before));
      digest.update(event.get("hashed").stringValue().getBytes(StandardCharsets.UTF_8));
      before = HexFormat.of().formatHex(digest.digest());
      assertThat(event.get("hash").stringValue()).isEqualTo(before);
    }
    assertThat(answer.json().get("journal").get("head").stringValue()).isEqualTo(before);
    assertThat(gateway.asAdmin("GET", "/v1/trades/" + UUID.randomUUID() + "/trace").code())
        .isEqualTo("trade_not_found");
  }

  @Test
  void ofManyEventsTellsTheFirstAndTheLast() {
    String id = "20000000-0000-0000-0000-000000000002";
    gateway.database.execute(
        """
        INSERT INTO engine.accounts (account_id, epoch) VALUES ('simulator:9999', 1);
        INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, status, source)
        VALUES ('%1$s', 'simulator:9999', 'SPY', 'buy', 1, 'market', 'unknown', 'manual');
        INSERT INTO engine.order_intents (id, trade_id, account_id, attempt, origin, lane, fingerprint, state, epoch,
            created_at)
        VALUES ('%1$s', '%1$s', 'simulator:9999', 1, 'PERSON', 'SPY buy', 'SINGLE|MARKET', 'NEW', 1, now());
        INSERT INTO engine.order_events (account_id, intent_id, trade_id, at, event, state, filled, detail, previous_hash,
            hash)
        SELECT 'simulator:9999', '%1$s', '%1$s', clock_timestamp(), 'order.looked', 'UNRESOLVED', 0, n::text, '', ''
        FROM generate_series(1, 450) n;
        """
            .formatted(id));
    JsonNode trace = gateway.asAdmin("GET", "/v1/trades/" + id + "/trace").json();
    List<Integer> told = new ArrayList<>();
    trace
        .get("events")
        .forEach(event -> told.add(Integer.valueOf(event.get("detail").stringValue())));
    List<Integer> ends =
        IntStream.rangeClosed(1, 450).filter(n -> n <= 200 || n > 250).boxed().toList();
    assertThat(told).isEqualTo(ends);
    assertThat(trace.get("events_left_out").asLong()).isEqualTo(50);
    assertThat(trace.get("journal").get("events").asLong()).isEqualTo(450);
    assertThat(trace.get("journal").get("head"))
        .isEqualTo(trace.get("events").get(399).get("hash"));
    assertThat(trace.get("timeline").get(201).get("says").stringValue())
        .isEqualTo("50 further events are left out here");
  }

  @Test
  void saysWhoAskedAndHasNoSecret() {
    JsonNode key =
        gateway
            .asAdmin("POST", "/v1/keys", "{\"name\":\"notebook\",\"scopes\":[\"trade\",\"read\"]}")
            .json();
    String secret = key.get("key").stringValue();
    Answer made =
        gateway.send(
            gateway
                .json(
                    "POST",
                    "/v1/trades",
                    "{\"ticker\":\"SPY\",\"side\":\"buy\",\"quantity\":1,\"order_type\":\"market\"}")
                .header("Authorization", "Bearer " + secret)
                .header("X-Request-Id", "why-1"));
    String trace = gateway.asAdmin("GET", made.header("Location") + "/trace").body();
    assertThat(trace)
        .contains("\"asked_by\":\"key notebook\"", "key notebook asks: buy 1 SPY market", "why-1")
        .doesNotContain(secret, TestGateway.ADMIN_KEY);
  }
}
