package io.alphakite.schwab.trader;

import io.alphakite.schwab.http.Answer;
import io.alphakite.schwab.http.Bearer;
import io.alphakite.schwab.http.Endpoint;
import io.alphakite.schwab.http.ErrorBody;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.OneShot;
import io.alphakite.schwab.http.OneShot.Fate;
import io.alphakite.schwab.http.Rest;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.trader.AccountSnapshot.BrokerPosition;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.MediaType;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@link Trader} over HTTP: reads through {@link Rest}, orders through {@link OneShot}. */
public final class HttpTrader implements Trader {

  private static final String BASE = "trader/v1/";
  private static final Duration FIRST_BYTE_LIMIT = Duration.ofSeconds(2);
  private static final MediaType JSON = MediaType.get("application/json");

  /** Schwab's own limit: a listing of this length may lack something. */
  private static final int ORDERS_MAX = 3_000;

  /** Exactly three millisecond digits and a literal Z; anything else is a 400. */
  private static final DateTimeFormatter QUERY_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static final Pattern LOCATION =
      Pattern.compile(".*/accounts/([^/]+)/orders/(\\d{1,18})/?");

  private final Rest rest;
  private final OneShot once;
  private final Bearer bearer;

  public HttpTrader(Rest rest, OneShot once, Bearer bearer) {
    this.rest = rest;
    this.once = once;
    this.bearer = bearer;
  }

  @Override
  public List<AccountNumber> accountNumbers() {
    JsonNode answer = rest.get("account numbers", BASE + "accounts/accountNumbers", Map.of());
    List<AccountNumber> accounts = new ArrayList<>();
    for (JsonNode account : answer.values()) {
      String number = Json.text(account, "accountNumber");
      String hash = Json.text(account, "hashValue");
      if (number == null || hash == null) {
        throw unreadable("account numbers: an account without number or hash");
      }
      accounts.add(new AccountNumber(number, new AccountHash(hash)));
    }
    return List.copyOf(accounts);
  }

  @Override
  public UserPreference userPreference() {
    JsonNode answer = rest.get("user preference", BASE + "userPreference", Map.of());
    // The specification shows an array around it, the wire none.
    JsonNode preference = answer.isArray() ? answer.path(0) : answer;
    List<UserPreference.Account> accounts = new ArrayList<>();
    for (JsonNode account : preference.path("accounts").values()) {
      accounts.add(
          new UserPreference.Account(
              Json.text(account, "accountNumber", ""),
              Boolean.TRUE.equals(Json.flag(account, "primaryAccount")),
              Json.text(account, "type")));
    }
    return new UserPreference(accounts, streamer(preference.path("streamerInfo").path(0)));
  }

  @Override
  public AccountSnapshot account(AccountHash account) {
    JsonNode answer =
        rest.get("account", BASE + "accounts/" + account.value(), Map.of("fields", "positions"));
    JsonNode securities = answer.path("securitiesAccount");
    if (!securities.isObject()) {
      throw unreadable("account: an answer without securitiesAccount");
    }
    JsonNode balances = securities.path("currentBalances");
    List<BrokerPosition> positions = new ArrayList<>();
    for (JsonNode position : securities.path("positions").values()) {
      positions.add(position(position));
    }
    return new AccountSnapshot(
        Json.text(securities, "type", ""),
        first(balances, "cashBalance", "totalCash"),
        first(balances, "equity", "liquidationValue"),
        first(balances, "buyingPower", "cashAvailableForTrading"),
        positions);
  }

  @Override
  public PlaceResult place(AccountHash account, OrderRequest order, BooleanSupplier gate) {
    long start = System.nanoTime();
    String token;
    try {
      token = bearer.accessToken();
    } catch (SchwabException e) {
      return new PlaceResult.NotSent("no access token: " + e.getMessage());
    }
    Request request =
        rest.request(BASE + "accounts/" + account.value() + "/orders", Map.of(), token)
            .post(OneShot.body(OrderJson.write(order), JSON))
            .build();
    // A price checked longer ago than this is another price.
    BooleanSupplier soon =
        () -> System.nanoTime() - start <= FIRST_BYTE_LIMIT.toNanos() && gate.getAsBoolean();
    return switch (once.send(request, soon)) {
      case Fate.NeverSent(String reason) -> new PlaceResult.NotSent(reason);
      case Fate.Lost(String reason) -> new PlaceResult.Unconfirmed("no answer: " + reason);
      case Fate.Answered(Answer answer) -> {
        if (answer.status() == 401) {
          bearer.invalidate(token);
        }
        yield placed(account, answer);
      }
    };
  }

  @Override
  public Optional<BrokerOrder> order(AccountHash account, long orderId) {
    JsonNode answer;
    try {
      answer =
          rest.get("order", BASE + "accounts/" + account.value() + "/orders/" + orderId, Map.of());
    } catch (SchwabException e) {
      if (e.kind() == SchwabException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
    BrokerOrder order = OrderJson.read(answer);
    if (order == null) {
      throw unreadable("order: an answer without orderId");
    }
    return Optional.of(order);
  }

  @Override
  public List<BrokerOrder> orders(AccountHash account, Instant from, Instant to) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("fromEnteredTime", QUERY_TIME.format(from));
    query.put("toEnteredTime", QUERY_TIME.format(to));
    query.put("maxResults", Integer.toString(ORDERS_MAX));
    JsonNode answer = rest.get("orders", BASE + "accounts/" + account.value() + "/orders", query);
    if (!answer.isArray()) {
      throw unreadable("orders: the answer is no list");
    }
    if (answer.size() >= ORDERS_MAX) {
      throw unreadable("orders: the listing is cut off, ask for a shorter time");
    }
    Map<Long, BrokerOrder> orders = new LinkedHashMap<>();
    for (JsonNode element : answer.values()) {
      BrokerOrder order = OrderJson.read(element);
      if (order == null) {
        throw unreadable("orders: an entry without orderId");
      }
      orders.put(order.id(), order);
    }
    // A child may stand in the list by itself as well as under its parent.
    Set<Long> nested =
        orders.values().stream()
            .flatMap(HttpTrader::descendants)
            .map(BrokerOrder::id)
            .collect(Collectors.toSet());
    return orders.values().stream()
        .filter(order -> !nested.contains(order.id()))
        .sorted(
            Comparator.comparing(
                    BrokerOrder::enteredTime, Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparing(BrokerOrder::id))
        .toList();
  }

  @Override
  public CancelResult cancel(AccountHash account, long orderId) {
    for (boolean renewed = false; ; renewed = true) {
      String token;
      try {
        token = bearer.accessToken();
      } catch (SchwabException e) {
        return new CancelResult.Unconfirmed("not sent, no access token: " + e.getMessage());
      }
      Request request =
          rest.request(BASE + "accounts/" + account.value() + "/orders/" + orderId, Map.of(), token)
              .delete()
              .build();
      switch (once.send(request)) {
        case Fate.NeverSent(String reason) -> {
          return new CancelResult.Unconfirmed("not sent: " + reason);
        }
        case Fate.Lost(String reason) -> {
          return new CancelResult.Unconfirmed("no answer: " + reason);
        }
        case Fate.Answered(Answer answer) -> {
          if (answer.status() != 401 || renewed) {
            return canceled(answer);
          }
          // Asking twice is harmless here, and a person waits for the cancel.
          bearer.invalidate(token);
        }
      }
    }
  }

  private static PlaceResult placed(AccountHash account, Answer answer) {
    return switch (answer.status()) {
      case 201 -> {
        Optional<Long> id = orderId(account, answer.headers().get("Location"));
        yield id.isPresent()
            ? new PlaceResult.Accepted(id.get())
            : new PlaceResult.Unconfirmed("201 without a usable order id");
      }
      case 429 -> new PlaceResult.Throttled(answer.retryAfter().orElse(null));
      case 400, 401, 403, 404, 422 -> {
        ErrorBody error = answer.error();
        yield error.origin() == ErrorBody.Origin.SERVICE
            ? new PlaceResult.Refused(answer.status(), error.message())
            : new PlaceResult.Unconfirmed(answer.status() + " with " + error.message());
      }
      default -> new PlaceResult.Unconfirmed("status " + answer.status());
    };
  }

  private static CancelResult canceled(Answer answer) {
    if (answer.isSuccess()) {
      return new CancelResult.Requested();
    }
    ErrorBody error = answer.error();
    return switch (answer.status()) {
      case 429 -> new CancelResult.Throttled(answer.retryAfter().orElse(null));
      case 400, 401, 403, 404, 422 ->
          error.origin() == ErrorBody.Origin.EDGE
              ? new CancelResult.Unconfirmed(answer.status() + " with " + error.message())
              : new CancelResult.Refused(answer.status(), error.message());
      default -> new CancelResult.Unconfirmed("status " + answer.status());
    };
  }

  private static Optional<Long> orderId(AccountHash account, @Nullable String location) {
    Matcher matcher = LOCATION.matcher(location == null ? "" : location);
    if (!matcher.matches() || !matcher.group(1).equalsIgnoreCase(account.value())) {
      return Optional.empty();
    }
    long id = Long.parseLong(matcher.group(2));
    return id == 0 ? Optional.empty() : Optional.of(id);
  }

  private static Optional<UserPreference.StreamerInfo> streamer(JsonNode info) {
    String url = Json.text(info, "streamerSocketUrl");
    if (url == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new UserPreference.StreamerInfo(
              Endpoint.webSocket("streamerSocketUrl", url),
              Json.text(info, "schwabClientCustomerId", ""),
              Json.text(info, "schwabClientCorrelId", ""),
              Json.text(info, "schwabClientChannel", ""),
              Json.text(info, "schwabClientFunctionId", "")));
    } catch (IllegalArgumentException e) {
      throw unreadable("user preference: " + e.getMessage());
    }
  }

  private static BrokerPosition position(JsonNode position) {
    JsonNode instrument = position.path("instrument");
    BigDecimal held = Json.decimal(position, "longQuantity");
    BigDecimal owed = Json.decimal(position, "shortQuantity");
    return new BrokerPosition(
        Json.text(instrument, "symbol", ""),
        Json.text(instrument, "assetType", ""),
        (held == null ? BigDecimal.ZERO : held).subtract(owed == null ? BigDecimal.ZERO : owed),
        Json.decimal(position, "averagePrice"),
        Json.decimal(position, "marketValue"));
  }

  private static @Nullable BigDecimal first(JsonNode object, String field, String otherwise) {
    BigDecimal value = Json.decimal(object, field);
    return value == null ? Json.decimal(object, otherwise) : value;
  }

  private static Stream<BrokerOrder> descendants(BrokerOrder order) {
    return order.children().stream()
        .flatMap(child -> Stream.concat(Stream.of(child), descendants(child)));
  }

  private static SchwabException unreadable(String message) {
    return new SchwabException(SchwabException.Kind.UNREADABLE, message);
  }
}
