package io.alphakite.schwab.trader;

import io.alphakite.schwab.http.Endpoint;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Unknowns;
import io.alphakite.schwab.trader.AccountSnapshot.BrokerPosition;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads accounts, instruments and preferences. */
final class AccountJson {

  private AccountJson() {}

  /** Null when it is not an account. */
  static @Nullable AccountSnapshot snapshot(JsonNode json, Unknowns unknowns) {
    JsonNode account = json.path("securitiesAccount");
    if (!account.isObject()) {
      return null;
    }
    List<BrokerPosition> positions = new ArrayList<>();
    for (JsonNode position : account.path("positions").values()) {
      positions.add(position(position));
    }
    return new AccountSnapshot(
        Json.text(account, "accountNumber", ""),
        Json.text(account, "type", ""),
        Json.whole(account, "roundTrips"),
        flag(account, "isDayTrader"),
        flag(account, "isClosingOnlyRestricted"),
        flag(account, "pfcbFlag"),
        balances(account.path("initialBalances"), unknowns),
        balances(account.path("currentBalances"), unknowns),
        balances(account.path("projectedBalances"), unknowns),
        Json.decimal(json.path("aggregatedBalance"), "liquidationValue"),
        positions);
  }

  static Instrument instrument(JsonNode json) {
    return new Instrument(
        Json.text(json, "assetType", ""),
        Json.text(json, "symbol", ""),
        Json.text(json, "cusip"),
        Json.text(json, "description"),
        Json.text(json, "type"),
        Json.text(json, "putCall"),
        Json.text(json, "underlyingSymbol"),
        Json.whole(json, "instrumentId"));
  }

  /**
   * Reads a preference.
   *
   * @throws IllegalArgumentException when the streamer's address is none that may be called
   */
  static UserPreference preference(JsonNode json) {
    // The specification shows an array around it, the wire none.
    JsonNode preference = json.isArray() ? json.path(0) : json;
    List<UserPreference.Account> accounts = new ArrayList<>();
    for (JsonNode account : preference.path("accounts").values()) {
      accounts.add(
          new UserPreference.Account(
              Json.text(account, "accountNumber", ""),
              flag(account, "primaryAccount"),
              Json.text(account, "type"),
              Json.text(account, "nickName"),
              Json.text(account, "displayAcctId"),
              Json.flag(account, "autoPositionEffect"),
              Json.text(account, "accountColor"),
              Json.text(account, "lotSelectionMethod")));
    }
    List<UserPreference.Offer> offers = new ArrayList<>();
    for (JsonNode offer : preference.path("offers").values()) {
      offers.add(
          new UserPreference.Offer(
              Json.flag(offer, "level2Permissions"), Json.text(offer, "mktDataPermission")));
    }
    return new UserPreference(accounts, streamer(preference.path("streamerInfo").path(0)), offers);
  }

  private static Optional<UserPreference.StreamerInfo> streamer(JsonNode info) {
    String url = Json.text(info, "streamerSocketUrl");
    return url == null
        ? Optional.empty()
        : Optional.of(
            new UserPreference.StreamerInfo(
                Endpoint.webSocket("streamerSocketUrl", url),
                Json.text(info, "schwabClientCustomerId", ""),
                Json.text(info, "schwabClientCorrelId", ""),
                Json.text(info, "schwabClientChannel", ""),
                Json.text(info, "schwabClientFunctionId", "")));
  }

  private static Balances balances(JsonNode json, Unknowns unknowns) {
    Map<Balance, BigDecimal> amounts = new EnumMap<>(Balance.class);
    Map<String, BigDecimal> other = new HashMap<>();
    for (String field : json.propertyNames()) {
      BigDecimal amount = Json.decimal(json, field);
      if (amount == null) {
        continue;
      }
      Optional<Balance> balance = Balance.of(field);
      if (balance.isPresent()) {
        amounts.put(balance.get(), amount);
      } else {
        other.put(field, amount);
        unknowns.field("balance", field);
      }
    }
    return new Balances(amounts, Json.flag(json, "isInCall"), other);
  }

  private static BrokerPosition position(JsonNode json) {
    return new BrokerPosition(
        instrument(json.path("instrument")),
        amount(json, "longQuantity"),
        amount(json, "shortQuantity"),
        Json.decimal(json, "averagePrice"),
        Json.decimal(json, "averageLongPrice"),
        Json.decimal(json, "averageShortPrice"),
        Json.decimal(json, "taxLotAverageLongPrice"),
        Json.decimal(json, "taxLotAverageShortPrice"),
        Json.decimal(json, "marketValue"),
        Json.decimal(json, "maintenanceRequirement"),
        Json.decimal(json, "longOpenProfitLoss"),
        Json.decimal(json, "shortOpenProfitLoss"),
        Json.decimal(json, "currentDayProfitLoss"),
        Json.decimal(json, "currentDayProfitLossPercentage"),
        Json.decimal(json, "currentDayCost"),
        Json.decimal(json, "settledLongQuantity"),
        Json.decimal(json, "settledShortQuantity"),
        Json.decimal(json, "previousSessionLongQuantity"),
        Json.decimal(json, "previousSessionShortQuantity"));
  }

  private static BigDecimal amount(JsonNode json, String field) {
    BigDecimal amount = Json.decimal(json, field);
    return amount == null ? BigDecimal.ZERO : amount;
  }

  private static boolean flag(JsonNode json, String field) {
    return Boolean.TRUE.equals(Json.flag(json, field));
  }
}
