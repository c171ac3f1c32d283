package io.alphakite.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.gateway.TestGateway.Answer;
import io.alphakite.gateway.stream.StreamClient;
import java.net.http.HttpRequest;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What waits for a person, as the gateway shows it and lets it be decided. */
@Timeout(120)
class UnresolvedTest {
  private static final String LOST = "10000000-0000-0000-0000-000000000001";
  private static final String EXIT = "10000000-0000-0000-0000-000000000002";
  private static final String NOT_PLACED =
      "{\"outcome\":\"not_placed\",\"evidence\":\"Schwab's page shows none\"}";

  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /** A sale that nobody knows of, of what is held, and the exit that waits for it. */
  @BeforeEach
  void lose() {
    gateway.database.execute(
        """
        TRUNCATE order_resolutions, engine.order_events, engine.order_intents, idempotency_keys, trades, positions,
            engine.position_differences, engine.accounts CASCADE;
        UPDATE trading_controls SET account_id = 'schwab:5678';
        INSERT INTO engine.accounts (account_id, epoch) VALUES ('schwab:5678', 1);
        INSERT INTO positions (account_id, ticker, quantity, average_price, cost_basis, realized_pnl)
        VALUES ('schwab:5678', 'SPY', 100, 160, 16000, 0);
        INSERT INTO trades (id, account_id, ticker, side, quantity, order_type, limit_price, status, source)
        VALUES ('%1$s', 'schwab:5678', 'SPY', 'sell', 10, 'limit', 167.5, 'unknown', 'manual'),
               ('%2$s', 'schwab:5678', 'SPY', 'sell', 90, 'market', NULL, 'pending', 'manual');
        INSERT INTO engine.order_intents (id, trade_id, account_id, attempt, origin, lane, fingerprint, state, epoch,
            created_at)
        SELECT id, id, 'schwab:5678', 1, 'PERSON', 'SPY sell', 'f', 'NEW', 1, now() FROM trades;
        UPDATE engine.order_intents SET state = 'APPROVED' WHERE id = '%1$s';
        UPDATE engine.order_intents SET state = 'SENDING', send_attempts = 1, claimed_at = now() - interval '100 seconds'
        WHERE id = '%1$s';
        UPDATE engine.order_intents SET state = 'UNKNOWN', looks = 4, counted_listings = 1,
            next_look_at = now() + interval '9 seconds', detail = 'timeout' WHERE id = '%1$s';
        """
            .formatted(LOST, EXIT));
    look("order.looked", "UNKNOWN", false, "[]");
  }

  private static void look(String event, String state, boolean shown, String candidates) {
    gateway.database.execute(
        """
        INSERT INTO engine.order_events (account_id, intent_id, trade_id, at, event, state, filled, facts, previous_hash,
            hash)
        VALUES ('schwab:5678', '%1$s', '%1$s', now(), '%2$s', '%3$s', 0, jsonb_build_object('listed', 7, 'complete', true,
            'candidates', '%5$s'::jsonb, 'needed_listings', 5, 'absence_shown', %4$s,
            'decidable_at', to_char(now() - interval '10 seconds', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), '', '')
        """
            .formatted(LOST, event, state, shown, candidates));
  }

  private static JsonNode only() {
    JsonNode items = gateway.asAdmin("GET", "/v1/unresolved").json().get("items");
    assertThat(items.size()).isOne();
    return items.get(0);
  }

  @Test
  void showsWhatWaitsWhyAndWhichExitsItBlocks() {
    JsonNode item = only();
    assertThat(item.get("id").stringValue()).isEqualTo(LOST);
    assertThat(item.get("quantity").stringValue()).isEqualTo("10");
    assertThat(item.get("limit_price").stringValue()).isEqualTo("167.50");
    assertThat(item.get("state").stringValue()).isEqualTo("searching");
    assertThat(item.get("reason").stringValue()).isEqualTo("searching");
    assertThat(item.get("waited_seconds").asLong()).isBetween(100L, 400L);
    assertThat(item.get("doing").stringValue())
        .startsWith("It is searched for in the broker's listing: 1 of 5 listings without it")
        .contains("looked at again at");
    assertThat(item.get("evidence").get("searches").get(0).get("listed").asInt()).isEqualTo(7);
    JsonNode blocks = item.get("blocks");
    assertThat(blocks.get("lane").stringValue()).isEqualTo("sell SPY");
    assertThat(blocks.get("exits").get(0).get("says").stringValue())
        .isEqualTo("sell 100 SPY cannot be sent until this is resolved");
    assertThat(blocks.get("waiting").toString()).isEqualTo("[\"" + EXIT + "\"]");
    assertThat(blocks.get("account").asBoolean()).isFalse();
    assertThat(item.get("may").get("not_placed").asBoolean()).isFalse();
    assertThat(item.get("may").get("override").asBoolean()).isTrue();
    assertThat(item.get("resolution").isNull()).isTrue();
  }

  @Test
  void showsTheOrdersThatFitAndADifferenceOfPositions() {
    gateway.database.execute(
        """
        UPDATE engine.order_intents SET state = 'UNRESOLVED', detail = '2 orders fit' WHERE id = '%s';
        INSERT INTO engine.position_differences VALUES ('schwab:5678', 'SPY', 100, 90, now());
        """
            .formatted(LOST));
    look(
        "order.ambiguous",
        "UNRESOLVED",
        false,
        """
        [{"broker_order_id": "71", "status": "open", "says": "LIMIT", "filled_quantity": 0,
          "entered_at": "2013-10-08T15:00:01Z"},
         {"broker_order_id": "72", "status": "filled", "says": "LIMIT", "filled_quantity": 10}]
        """);
    JsonNode item = only();
    assertThat(item.get("state").stringValue()).isEqualTo("unresolved");
    assertThat(item.get("reason").stringValue()).isEqualTo("several_fit");
    assertThat(item.get("evidence").get("candidates").get(0).toString())
        .isEqualTo(
            "{\"broker_order_id\":\"71\",\"status\":\"open\",\"says\":\"LIMIT\",\"entered_at\":"
                + "\"2013-10-08T15:00:01Z\",\"filled_quantity\":\"0\"}");
    assertThat(item.get("evidence").get("position_difference").get("theirs").stringValue())
        .isEqualTo("90");
    assertThat(item.get("may").get("placed").toString()).isEqualTo("[\"71\",\"72\"]");
    assertThat(item.get("may").get("override").asBoolean()).isFalse();
  }

  @Test
  void takesAPersonsWordOnceAndKeepsWhoSaidIt() {
    JsonNode key =
        gateway
            .asAdmin(
                "POST",
                "/v1/keys",
                "{\"name\":\"desk " + UUID.randomUUID() + "\",\"scopes\":[\"trade\",\"read\"]}")
            .json();
    String said =
        "{\"outcome\":\"placed\",\"broker_order_id\":\"71\",\"evidence\":\"it is there\",\"as\":\"Ann\"}";
    Answer first = resolve(LOST, said, key.get("key").stringValue(), "once");
    assertThat(first.status()).isEqualTo(202);
    assertThat(first.json().get("status").stringValue()).isEqualTo("pending");
    assertThat(first.json().get("person").stringValue())
        .isEqualTo("Ann (key " + key.get("name").stringValue() + ")");
    assertThat(resolve(LOST, said, key.get("key").stringValue(), "once").body())
        .isEqualTo(first.body());
    assertThat(resolve(LOST, NOT_PLACED, key.get("key").stringValue(), "once").code())
        .isEqualTo("idempotency_key_reused");
    assertThat(gateway.asAdmin("POST", "/v1/unresolved/" + LOST + "/resolve", NOT_PLACED).code())
        .isEqualTo("resolution_pending");
    assertThat(only().get("resolution").toString()).isEqualTo(first.body());

    gateway.database.execute(
        "UPDATE order_resolutions SET done_at = now(), accepted = false, answer = 'no order 71'");
    JsonNode answered = gateway.asAdmin("GET", first.header("Location")).json();
    assertThat(answered.get("status").stringValue()).isEqualTo("refused");
    assertThat(answered.get("answer").stringValue()).isEqualTo("no order 71");
    assertThat(gateway.asAdmin("POST", "/v1/unresolved/" + LOST + "/resolve", NOT_PLACED).status())
        .isEqualTo(202);
  }

  @Test
  void channelBringsAllOfThemWheneverOneChanges() {
    try (StreamClient client = StreamClient.asAdmin(gateway)) {
      client.send("{'action':'subscribe','channels':['unresolved']}");
      client.until(message -> resolution(message).isNull());
      gateway.asAdmin("POST", "/v1/unresolved/" + LOST + "/resolve", NOT_PLACED);
      client.until(message -> resolution(message).path("status").asString("").equals("pending"));
    }
  }

  /** What a person said of the order that a message tells of. */
  private static JsonNode resolution(JsonNode message) {
    JsonNode item = message.path("items").path(0);
    return item.path("id").asString("").equals(LOST) ? item.path("resolution") : item.path("id");
  }

  private static Answer resolve(String id, String body, String key, String idempotencyKey) {
    HttpRequest.Builder request =
        gateway
            .json("POST", "/v1/unresolved/" + id + "/resolve", body)
            .header("Authorization", "Bearer " + key)
            .header("Idempotency-Key", idempotencyKey);
    return gateway.send(request);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'outcome':'gone','evidence':'x'}                                        | invalid_outcome",
        "{'evidence':'x'}                                                         | invalid_outcome",
        "{'outcome':'placed','evidence':'x'}                             | invalid_broker_order_id",
        "{'outcome':'not_placed','broker_order_id':'7','evidence':'x'}   | invalid_broker_order_id",
        "{'outcome':'placed','broker_order_id':'a b','evidence':'x'}     | invalid_broker_order_id",
        "{'outcome':'placed','broker_order_id':'7','override':true,'evidence':'x'} | invalid_override",
        "{'outcome':'not_placed'}                                                | invalid_evidence",
        "{'outcome':'not_placed','evidence':' '}                                 | invalid_evidence",
        "{'outcome':'not_placed','evidence':'x','as':''}                             | invalid_name",
      })
  void saysWhatMakesNoSense(String body, String code) {
    Answer answer =
        gateway.asAdmin("POST", "/v1/unresolved/" + LOST + "/resolve", body.replace('\'', '"'));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.code()).isEqualTo(code);
  }

  @Test
  void knowsWhatIsNotToBeDecided() {
    assertThat(gateway.asAdmin("POST", "/v1/unresolved/" + EXIT + "/resolve", NOT_PLACED).code())
        .isEqualTo("not_unresolved");
    assertThat(
            gateway
                .asAdmin("POST", "/v1/unresolved/" + UUID.randomUUID() + "/resolve", NOT_PLACED)
                .code())
        .isEqualTo("order_not_found");
    gateway.database.execute("UPDATE trading_controls SET account_id = 'paper'");
    assertThat(gateway.asAdmin("POST", "/v1/unresolved/" + LOST + "/resolve", NOT_PLACED).code())
        .isEqualTo("account_not_traded");
  }
}
