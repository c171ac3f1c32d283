package io.alphakite.simulator.web;

import io.alphakite.simulator.broker.Account;
import io.alphakite.simulator.broker.OrderDesk;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.settings.SimulatorSettings;
import io.alphakite.simulator.stream.StreamerHub;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Accounts and user preferences of the trader API. */
@RestController
public final class TraderController {
  private final AccountViews views;
  private final NumberForms numbers;

  public TraderController(
      OrderDesk desk, Market market, FaultDials faults, SimulatorSettings settings) {
    this.views = new AccountViews(desk, market, settings.account().margin());
    this.numbers = new NumberForms(faults);
  }

  @GetMapping("/trader/v1/userPreference")
  Map<String, Object> userPreference(
      @RequestHeader("Host") String host, HttpServletRequest request) {
    Map<String, Object> account = new LinkedHashMap<>();
    account.put("accountNumber", Account.NUMBER);
    account.put("primaryAccount", true);
    account.put("type", "BROKERAGE");
    account.put("nickName", "Simulated");
    account.put("displayAcctId", "..." + Account.NUMBER.substring(Account.NUMBER.length() - 3));
    account.put("autoPositionEffect", false);
    account.put("accountColor", "Green");
    account.put("lotSelectionMethod", "FIFO");
    Map<String, Object> streamer = new LinkedHashMap<>();
    streamer.put("streamerSocketUrl", (request.isSecure() ? "wss://" : "ws://") + host + "/ws");
    streamer.put("schwabClientCustomerId", StreamerHub.CUSTOMER_ID);
    streamer.put("schwabClientCorrelId", UUID.randomUUID().toString());
    streamer.put("schwabClientChannel", "N9");
    streamer.put("schwabClientFunctionId", "APIAPP");
    Map<String, Object> offer = new LinkedHashMap<>();
    offer.put("level2Permissions", true);
    offer.put("mktDataPermission", "NP");
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("accounts", List.of(account));
    body.put("streamerInfo", List.of(streamer));
    body.put("offers", List.of(offer));
    return body;
  }

  @GetMapping("/trader/v1/accounts/accountNumbers")
  List<Map<String, Object>> accountNumbers() {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("accountNumber", Account.NUMBER);
    row.put("hashValue", Account.HASH);
    return List.of(row);
  }

  @GetMapping("/trader/v1/accounts")
  ResponseEntity<Object> accounts(@RequestParam(name = "fields", defaultValue = "") String fields) {
    return ApiErrors.json(
        200, numbers.written(List.of(views.view(asksForPositions(fields))), "ACCOUNT"));
  }

  @GetMapping("/trader/v1/accounts/{hash}")
  ResponseEntity<Object> account(
      @PathVariable String hash, @RequestParam(name = "fields", defaultValue = "") String fields) {
    return OrderController.isOurs(hash)
        ? ApiErrors.json(200, numbers.written(views.view(asksForPositions(fields)), "ACCOUNT"))
        : OrderController.unknownAccount();
  }

  private static boolean asksForPositions(String fields) {
    return Arrays.asList(fields.split(",", -1)).contains("positions");
  }
}
