package io.alphakite.simulator.web;

import io.alphakite.simulator.broker.Account;
import io.alphakite.simulator.stream.StreamerHub;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** Accounts and user preferences of the trader API. */
@RestController
public final class TraderController {
  @GetMapping("/trader/v1/userPreference")
  Map<String, Object> userPreference(@RequestHeader("Host") String host) {
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
    streamer.put("streamerSocketUrl", "ws://" + host + "/ws");
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
}
