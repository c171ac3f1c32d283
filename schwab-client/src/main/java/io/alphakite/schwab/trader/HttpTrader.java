package io.alphakite.schwab.trader;

import io.alphakite.schwab.http.Answer;
import io.alphakite.schwab.http.Bearer;
import io.alphakite.schwab.http.ErrorBody;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.OneShot;
import io.alphakite.schwab.http.OneShot.Fate;
import io.alphakite.schwab.http.Rest;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.http.Unknowns;
import java.time.Duration;
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
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** {@link Trader} over HTTP: reads through {@link Rest}, orders through {@link OneShot}. */
public final class HttpTrader implements Trader {

  private static final Logger log = LoggerFactory.getLogger(HttpTrader.class);
  private static final String BASE = "trader/v1/";
  private static final Duration FIRST_BYTE_LIMIT = Duration.ofSeconds(2);
  private static final MediaType JSON = MediaType.get("application/json");

  /** Exactly three millisecond digits and a literal Z; anything else is a 400. */
  private static final DateTimeFormatter QUERY_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static final Pattern LOCATION =
      Pattern.compile(".*/accounts/([^/]+)/orders/(\\d{1,18})/?");

  private final Rest rest;
  private final OneShot once;
  private final Bearer bearer;
  private final Unknowns unknowns;

  public HttpTrader(Rest rest, OneShot once, Bearer bearer, Unknowns unknowns) {
    this.rest = rest;
    this.once = once;
    this.bearer = bearer;
    this.unknowns = unknowns;
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
    try {
      return AccountJson.preference(answer);
    } catch (IllegalArgumentException e) {
      throw unreadable("user preference: " + e.getMessage());
    }
  }

  @Override
  public AccountSnapshot account(AccountHash account, AccountFields fields) {
    return snapshot(rest.get("account", path(account, ""), query(fields)));
  }

  @Override
  public List<AccountSnapshot> accounts(AccountFields fields) {
    return list("accounts", rest.get("accounts", BASE + "accounts", query(fields))).stream()
        .map(this::snapshot)
        .toList();
  }

  private static Map<String, String> query(AccountFields fields) {
    return switch (fields) {
      case BALANCES -> Map.of();
      case BALANCES_AND_POSITIONS -> Map.of("fields", "positions");
    };
  }

  private AccountSnapshot snapshot(JsonNode json) {
    AccountSnapshot snapshot = AccountJson.snapshot(json, unknowns);
    if (snapshot == null) {
      throw unreadable("account: an answer without securitiesAccount");
    }
    return snapshot;
  }

  @Override
  public PreviewResult preview(AccountHash account, OrderRequest order) {
    String token;
    try {
      token = bearer.accessToken();
    } catch (SchwabException e) {
      return new PreviewResult.Failed("no access token: " + e.getMessage());
    }
    Request request =
        rest.request(path(account, "/previewOrder"), Map.of(), token)
            .post(OneShot.body(OrderJson.write(order), JSON))
            .build();
    return switch (once.send(request)) {
      case Fate.NeverSent(String reason) -> new PreviewResult.Failed("not sent: " + reason);
      case Fate.Lost(String reason) -> new PreviewResult.Failed("no answer: " + reason);
      case Fate.Answered(Answer answer) -> {
        renewAfter(answer, token);
        yield previewed(answer);
      }
    };
  }

  @Override
  public PlaceResult place(AccountHash account, OrderRequest order, BooleanSupplier gate) {
    RequestBody body = OneShot.body(OrderJson.write(order), JSON);
    return send(account, path(account, "/orders"), request -> request.post(body), 0, gate);
  }

  @Override
  public PlaceResult replace(
      AccountHash account, long orderId, OrderRequest order, BooleanSupplier gate) {
    RequestBody body = OneShot.body(OrderJson.write(order), JSON);
    return send(
        account, path(account, "/orders/" + orderId), request -> request.put(body), orderId, gate);
  }

  /**
   * Sends an order once.
   *
   * @param replaced the id that the new order cannot have
   */
  private PlaceResult send(
      AccountHash account,
      String path,
      UnaryOperator<Request.Builder> method,
      long replaced,
      BooleanSupplier gate) {
    long start = System.nanoTime();
    String token;
    try {
      token = bearer.accessToken();
    } catch (SchwabException e) {
      return new PlaceResult.NotSent("no access token: " + e.getMessage());
    }
    Request request = method.apply(rest.request(path, Map.of(), token)).build();
    // A price checked longer ago than this is another price.
    BooleanSupplier soon =
        () -> System.nanoTime() - start <= FIRST_BYTE_LIMIT.toNanos() && gate.getAsBoolean();
    return switch (once.send(request, soon)) {
      case Fate.NeverSent(String reason) -> new PlaceResult.NotSent(reason);
      case Fate.Lost(String reason) -> new PlaceResult.Unconfirmed("no answer: " + reason);
      case Fate.Answered(Answer answer) -> {
        // Schwab's support asks for the id.
        log.atInfo()
            .addKeyValue("event", "schwab.order_answered")
            .addKeyValue("status", answer.status())
            .addKeyValue("correlation", answer.headers().get("Schwab-Client-CorrelId"))
            .log("Schwab answered an order");
        renewAfter(answer, token);
        yield placed(account, answer, replaced);
      }
    };
  }

  private void renewAfter(Answer answer, String token) {
    if (answer.status() == 401) {
      bearer.invalidate(token);
    }
  }

  @Override
  public Optional<BrokerOrder> order(AccountHash account, long orderId) {
    return known("order", path(account, "/orders/" + orderId)).map(this::order);
  }

  private BrokerOrder order(JsonNode json) {
    BrokerOrder order = OrderJson.read(json, unknowns);
    if (order == null) {
      throw unreadable("order: an answer without orderId");
    }
    return order;
  }

  @Override
  public List<BrokerOrder> orders(AccountHash account, OrderQuery query) {
    return orders(path(account, "/orders"), query);
  }

  @Override
  public List<BrokerOrder> orders(OrderQuery query) {
    if (Duration.between(query.from(), query.to()).compareTo(OrderQuery.SPAN_MAX_ALL_ACCOUNTS)
        > 0) {
      throw new IllegalArgumentException(
          "orders of all accounts are listed for at most 60 days: %s to %s"
              .formatted(query.from(), query.to()));
    }
    return orders(BASE + "orders", query);
  }

  private List<BrokerOrder> orders(String path, OrderQuery asked) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("fromEnteredTime", QUERY_TIME.format(asked.from()));
    query.put("toEnteredTime", QUERY_TIME.format(asked.to()));
    query.put("maxResults", Integer.toString(asked.maxResults()));
    if (asked.status() != null) {
      query.put("status", asked.status().name());
    }
    List<JsonNode> answer = list("orders", rest.get("orders", path, query));
    if (answer.size() >= OrderQuery.RESULTS_MAX) {
      throw unreadable("orders: the listing is cut off, ask for a shorter time");
    }
    Map<Long, BrokerOrder> orders = new LinkedHashMap<>();
    for (JsonNode element : answer) {
      BrokerOrder order = order(element);
      orders.put(order.id(), order);
    }
    // A child may stand in the list by itself as well as under its parent.
    Set<Long> nested =
        orders.values().stream()
            .flatMap(order -> order.tree().skip(1))
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
  public List<Transaction> transactions(AccountHash account, TransactionQuery asked) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("startDate", QUERY_TIME.format(asked.from()));
    query.put("endDate", QUERY_TIME.format(asked.to()));
    query.put(
        "types",
        asked.types().stream()
            .sorted()
            .map(TransactionType::name)
            .collect(Collectors.joining(",")));
    if (asked.symbol() != null) {
      query.put("symbol", asked.symbol());
    }
    List<JsonNode> answer =
        list("transactions", rest.get("transactions", path(account, "/transactions"), query));
    if (answer.size() >= TransactionQuery.ROWS_MAX) {
      throw unreadable("transactions: the listing is cut off, ask for a shorter time");
    }
    return answer.stream().map(this::transaction).toList();
  }

  @Override
  public Optional<Transaction> transaction(AccountHash account, long transactionId) {
    return known("transaction", path(account, "/transactions/" + transactionId))
        .map(answer -> transaction(answer.isArray() ? answer.path(0) : answer));
  }

  private Transaction transaction(JsonNode json) {
    Transaction transaction = TransactionJson.read(json, unknowns);
    if (transaction == null) {
      throw unreadable("transaction: an answer without activityId");
    }
    return transaction;
  }

  private static String path(AccountHash account, String below) {
    return BASE + "accounts/" + account.value() + below;
  }

  /** The answer; empty when Schwab knows no such thing. */
  private Optional<JsonNode> known(String what, String path) {
    try {
      return Optional.of(rest.get(what, path, Map.of()));
    } catch (SchwabException e) {
      if (e.kind() == SchwabException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static List<JsonNode> list(String what, JsonNode answer) {
    if (!answer.isArray()) {
      throw unreadable(what + ": the answer is no list");
    }
    return List.copyOf(answer.values());
  }

  @Override
  public CancelResult cancel(AccountHash account, long orderId) {
    String token;
    try {
      token = bearer.accessToken();
    } catch (SchwabException e) {
      return new CancelResult.NotSent("no access token: " + e.getMessage());
    }
    Request request =
        rest.request(path(account, "/orders/" + orderId), Map.of(), token).delete().build();
    return switch (once.send(request)) {
      case Fate.NeverSent(String reason) -> new CancelResult.NotSent(reason);
      case Fate.Lost(String reason) -> new CancelResult.Unconfirmed("no answer: " + reason);
      case Fate.Answered(Answer answer) -> {
        renewAfter(answer, token);
        yield canceled(answer);
      }
    };
  }

  private static PlaceResult placed(AccountHash account, Answer answer, long replaced) {
    return switch (answer.status()) {
      case 201 -> {
        Optional<Long> id =
            orderId(account, answer.headers().get("Location")).filter(found -> found != replaced);
        yield id.isPresent()
            ? new PlaceResult.Accepted(id.get())
            : new PlaceResult.Unidentified("201 without a usable order id");
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

  private PreviewResult previewed(Answer answer) {
    ErrorBody error = answer.error();
    return switch (answer.status()) {
      case 200, 201 -> {
        try {
          JsonNode json = Json.parse(answer.body() == null ? "" : answer.body());
          yield json.path("orderStrategy").isObject()
              ? new PreviewResult.Previewed(PreviewJson.read(json, unknowns))
              : new PreviewResult.Failed("an answer without orderStrategy");
        } catch (JacksonException _) {
          // Its message would quote the body.
          yield new PreviewResult.Failed("the answer is no JSON");
        }
      }
      case 429 -> new PreviewResult.Throttled(answer.retryAfter().orElse(null));
      case 400, 401, 403, 404, 422 ->
          error.origin() == ErrorBody.Origin.EDGE
              ? new PreviewResult.Failed(answer.status() + " with " + error.message())
              : new PreviewResult.Refused(answer.status(), error.message());
      default -> new PreviewResult.Failed("status " + answer.status());
    };
  }

  private static CancelResult canceled(Answer answer) {
    if (answer.isSuccess()) {
      return new CancelResult.Requested();
    }
    ErrorBody error = answer.error();
    return switch (answer.status()) {
      case 401 -> new CancelResult.Unauthorized(error.message());
      case 429 -> new CancelResult.Throttled(answer.retryAfter().orElse(null));
      case 400, 403, 404, 422 ->
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

  private static SchwabException unreadable(String message) {
    return new SchwabException(SchwabException.Kind.UNREADABLE, message);
  }
}
