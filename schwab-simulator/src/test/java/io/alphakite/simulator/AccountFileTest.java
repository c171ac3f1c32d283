package io.alphakite.simulator;

import static io.alphakite.simulator.OrderTest.ORDERS;
import static io.alphakite.simulator.OrderTest.awaitStatus;
import static io.alphakite.simulator.OrderTest.limit;
import static io.alphakite.simulator.OrderTest.market;
import static io.alphakite.simulator.OrderTest.order;
import static io.alphakite.simulator.OrderTest.place;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The account file over restarts and over its forms, and the kinds of account. */
@Timeout(180)
class AccountFileTest {
  /** As the first form had it: one order of one leg to a line. */
  private static final List<String> FIRST_FORM =
      List.of(
          "{\"order\":null,\"account\":{\"cash\":98318.50,\"positions\":"
              + "{\"SPY\":{\"quantity\":10,\"average\":168.15}}}}",
          "{\"order\":{\"id\":1700000000001,\"ticket\":{\"symbol\":\"SPY\",\"assetType\":\"EQUITY\","
              + "\"instruction\":\"BUY\",\"quantity\":10,\"type\":\"MARKET\",\"session\":\"NORMAL\","
              + "\"duration\":\"DAY\",\"price\":null,\"stopPrice\":null},\"status\":\"FILLED\","
              + "\"accepted\":true,\"triggered\":true,\"filled\":10,"
              + "\"entered\":\"2026-01-05T14:31:07.123Z\",\"closed\":\"2026-01-05T14:31:08Z\","
              + "\"description\":null,\"day\":\"2013-10-07\",\"executions\":[{\"id\":170000000001,"
              + "\"fill\":true,\"quantity\":10,\"price\":168.15,\"remaining\":0,"
              + "\"time\":\"2026-01-05T14:31:08Z\"}]},\"account\":null}",
          "{\"order\":{\"id\":1700000000002,\"ticket\":{\"symbol\":\"SPY\",\"assetType\":\"EQUITY\","
              + "\"instruction\":\"SELL\",\"quantity\":10,\"type\":\"STOP\",\"session\":\"NORMAL\","
              + "\"duration\":\"GOOD_TILL_CANCEL\",\"price\":null,\"stopPrice\":100.00},"
              + "\"status\":\"AWAITING_STOP_CONDITION\",\"accepted\":true,\"triggered\":false,"
              + "\"filled\":0,\"entered\":\"2026-01-05T14:31:09Z\",\"closed\":null,"
              + "\"description\":null,\"day\":null,\"executions\":[]},\"account\":null}");

  @Test
  void goesOnWithAFileOfTheFirstFormAndWithCompoundOrders(@TempDir Path state) throws Exception {
    Files.write(state.resolve("account.jsonl"), FIRST_FORM);
    String[] settings = {
      "SIMULATOR_DAY_START", "10:00:00", "SIMULATOR_STATE_DIR", state.toString()
    };
    String parent;
    try (SimulatorServer server = Servers.start(settings);
        TestClient client = new TestClient(server)) {
      JsonNode filled = client.get(ORDERS + "/1700000000001");
      assertThat(filled.path("status").asString()).isEqualTo("FILLED");
      assertThat(
              filled
                  .path("orderActivityCollection")
                  .path(0)
                  .path("executionLegs")
                  .path(0)
                  .path("price")
                  .decimalValue())
          .isEqualByComparingTo("168.15");
      assertThat(OrderTest.cash(client)).isEqualByComparingTo("98318.50");
      assertThat(OrderTest.account(client).path("positions").path(0).path("longQuantity").asLong())
          .isEqualTo(10);
      JsonNode stop = awaitStatus(client, ORDERS + "/1700000000002", "AWAITING_STOP_CONDITION");
      assertThat(stop.path("stopPrice").decimalValue()).isEqualByComparingTo("100");
      String child = limit("SELL", 1, "SPY", "199.00");
      parent =
          place(
              client,
              limit("BUY", 1, "SPY", "100.00")
                  .replace("SINGLE", "TRIGGER")
                  .replace("DAY", "GOOD_TILL_CANCEL")
                  .replaceFirst("}$", ",\"childOrderStrategies\":[" + child + "]}"));
      awaitStatus(client, parent, "WORKING");
    }
    try (SimulatorServer server = Servers.start(settings);
        TestClient client = new TestClient(server)) {
      JsonNode again = awaitStatus(client, parent, "WORKING");
      JsonNode child = again.path("childOrderStrategies").path(0);
      assertThat(child.path("status").asString()).isEqualTo("AWAITING_PARENT_ORDER");
      client.send("DELETE", parent, null);
      awaitStatus(client, parent, "CANCELED");
      awaitStatus(client, ORDERS + "/" + child.path("orderId").asLong(), "CANCELED");
    }
  }

  @Test
  void refusesAFileThatItCannotRead(@TempDir Path state) throws Exception {
    Files.write(state.resolve("account.jsonl"), List.of("{\"orders\":[{\"id\":1}]}", "{}", "x"));
    assertThatThrownBy(() -> Servers.start("SIMULATOR_STATE_DIR", state.toString()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("account.jsonl is damaged");
  }

  @Test
  void aCashAccountSellsNothingShortAndOrderWritesAreCounted() {
    try (SimulatorServer server =
            Servers.start(
                "SIMULATOR_DAY_START",
                "10:00:00",
                "SIMULATOR_ACCOUNT_TYPE",
                "CASH",
                "SIMULATOR_OPTION_LEVEL",
                "-1",
                "SIMULATOR_ORDERS_PER_MINUTE",
                "3",
                "SIMULATOR_RETRY_AFTER",
                "true");
        TestClient client = new TestClient(server)) {
      JsonNode account = OrderTest.account(client);
      assertThat(account.path("type").asString()).isEqualTo("CASH");
      assertThat(account.path("currentBalances").path("cashAvailableForWithdrawal").decimalValue())
          .isEqualByComparingTo("100000");
      assertThat(account.path("currentBalances").has("buyingPower")).isFalse();
      JsonNode shorted =
          awaitStatus(client, place(client, market("SELL_SHORT", 1, "SPY")), "REJECTED");
      assertThat(shorted.path("statusDescription").asString()).contains("not permitted");
      String call =
          order("BUY_TO_OPEN", 1, "SPY   131018C00168000", "\"orderType\":\"MARKET\"")
              .replace("EQUITY", "OPTION");
      JsonNode denied = awaitStatus(client, place(client, call), "REJECTED");
      assertThat(denied.path("statusDescription").asString()).contains("option approval level");
      String resting = place(client, limit("BUY", 1, "SPY", "100.00"));
      HttpResponse<String> held = client.send("DELETE", resting, null);
      assertThat(held.statusCode()).isEqualTo(429);
      assertThat(Integer.parseInt(held.headers().firstValue("Retry-After").orElseThrow()))
          .isBetween(1, 61);
      awaitStatus(client, resting, "WORKING");
    }
  }
}
