package io.alphakite.schwab.contract;

import io.alphakite.model.market.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers every call and command with the fixtures of the reference. It has a memory for tokens and
 * orders alone: a market order is filled at once, any other one works until it is cancelled.
 */
final class ReferenceServer implements Backend {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String TRADER = "/trader/v1";
  private static final String MARKET_DATA = "/marketdata/v1";
  private static final DateTimeFormatter ORDER_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'+0000'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final MockWebServer server = new MockWebServer();
  private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
  private final Map<String, Boolean> codes = new HashMap<>();
  private final Map<Long, ObjectNode> orders = new TreeMap<>();
  private final String hash =
      Fixtures.json("4.1-accountNumbers").path(0).path("hashValue").asString();
  private long grants;
  private long lastOrder = 1_000_000_000_000L;
  private @Nullable Streamer streamer;

  ReferenceServer() {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer(request);
          }
        });
    try {
      server.start(InetAddress.getLoopbackAddress(), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public URI baseUrl() {
    return URI.create("http://127.0.0.1:" + server.getPort());
  }

  @Override
  public List<Ticker> tickers() {
    return List.of(Ticker.of("ABC"), Ticker.of("DEF"), Ticker.of("GHI"));
  }

  @Override
  public Instant marketTime() {
    return Instant.ofEpochMilli(1_767_623_400_000L).plusSeconds(90);
  }

  @Override
  public synchronized void begin(Fault fault) {
    faults.add(fault);
    Streamer now = streamer;
    if (now == null) {
      return;
    }
    if (fault == Fault.STREAM_STOPPED || fault == Fault.STREAM_KICKED) {
      faults.remove(fault);
      ObjectNode notice = (ObjectNode) Fixtures.json("5.2-code30");
      if (fault == Fault.STREAM_KICKED) {
        ((ObjectNode) notice.path("notify").path(0).path("content"))
            .put("code", 12)
            .put("msg", "Close connection");
      }
      now.send(notice);
      now.close();
    }
  }

  @Override
  public synchronized void end(Fault fault) {
    faults.remove(fault);
  }

  @Override
  public void close() {
    server.close();
  }

  // --- REST

  private synchronized MockResponse answer(RecordedRequest request) {
    String target = request.getTarget();
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    Map<String, String> query = form(mark < 0 ? "" : target.substring(mark + 1));
    if (path.equals("/ws")) {
      return new MockResponse.Builder().webSocketUpgrade(new Streamer()).build();
    }
    if (path.equals("/v1/oauth/authorize")) {
      String code = "C0.code" + codes.size() + "@";
      codes.put(code, true);
      return new MockResponse.Builder()
          .code(302)
          .addHeader(
              "Location",
              query.get("redirect_uri") + "/?code=" + code.replace("@", "%40") + "&session=s-1")
          .build();
    }
    if (path.equals("/v1/oauth/token")) {
      return token(request);
    }
    for (Fault fault : faults) {
      switch (fault) {
        case EDGE_PAGE -> {
          return new MockResponse.Builder()
              .code(403)
              .addHeader("Content-Type", "text/html")
              .body("<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD></HTML>")
              .build();
        }
        case TOO_BIG -> {
          return json(502, Fixtures.json("2.2-gateway-502"));
        }
        case EMPTY -> {
          return new MockResponse.Builder().code(500).build();
        }
        case THROTTLED -> {
          return new MockResponse.Builder().code(429).build();
        }
        case THROTTLED_FOR_A_SECOND -> {
          return new MockResponse.Builder().code(429).addHeader("Retry-After", "1").build();
        }
        case UNAUTHORIZED -> {
          return json(401, Fixtures.json("2.2-unauthorized"));
        }
        default -> {}
      }
    }
    if (!granted("Bearer I0.access.", request.getHeaders().get("Authorization"))) {
      return json(401, Fixtures.json("2.2-unauthorized"));
    }
    return path.startsWith(TRADER)
        ? trader(request, path.substring(TRADER.length()))
        : marketData(path.substring(MARKET_DATA.length()), query);
  }

  private String access() {
    return "I0.access." + grants + "@";
  }

  /** Whether it is one of the tokens given so far. */
  private boolean granted(String prefix, @Nullable String text) {
    for (long grant = 1; grant <= grants; grant++) {
      if ((prefix + grant + "@").equals(text)) {
        return true;
      }
    }
    return false;
  }

  private MockResponse token(RecordedRequest request) {
    String app =
        Base64.getEncoder()
            .encodeToString((APP_KEY + ":" + APP_SECRET).getBytes(StandardCharsets.UTF_8));
    if (!("Basic " + app).equals(request.getHeaders().get("Authorization"))) {
      return json(401, Fixtures.json("1.4-client-refused"));
    }
    Map<String, String> form = form(body(request));
    boolean refresh = "refresh_token".equals(form.get("grant_type"));
    if (refresh && !granted("refresh-", form.get("refresh_token"))) {
      return json(400, Fixtures.json("1.4-refresh-refused"));
    }
    if (!refresh
        && (!CALLBACK.equals(form.get("redirect_uri"))
            || codes.remove(form.getOrDefault("code", "")) == null)) {
      return json(400, Fixtures.json("1.4-code-refused"));
    }
    grants++;
    ObjectNode grant = (ObjectNode) Fixtures.json("1.3-token");
    grant.put("access_token", access()).put("refresh_token", "refresh-" + grants + "@");
    return json(200, grant);
  }

  private static MockResponse marketData(String path, Map<String, String> query) {
    String symbols = query.getOrDefault("symbols", "");
    if (symbols.length() == 21) {
      return json(200, Fixtures.json("3.1-quotes-option"));
    }
    return switch (path) {
      case "/quotes" ->
          "nothing".equals(query.get("fields"))
              ? json(400, Fixtures.json("2.2-marketdata-400"))
              : json(200, Fixtures.json("3.1-quotes"));
      case "/ABC/quotes" ->
          json(200, JSON.createObjectNode().set("ABC", Fixtures.json("3.1-quotes").path("ABC")));
      case "/chains" -> {
        ObjectNode chain = (ObjectNode) Fixtures.json("3.2-chains");
        if ("true".equals(query.get("includeUnderlyingQuote"))) {
          chain.set("underlying", Fixtures.json("3.2-chains-underlying").path("underlying"));
        }
        yield json(200, chain);
      }
      case "/expirationchain" -> json(200, Fixtures.json("3.3-expirationchain"));
      case "/pricehistory" -> json(200, Fixtures.json("3.4-pricehistory"));
      case "/movers/EQUITY_ALL" -> json(200, Fixtures.json("3.5-movers"));
      case "/markets", "/markets/equity" ->
          json(
              200,
              Fixtures.json(
                  query.containsKey("date")
                      ? "3.6-markets-closed"
                      : query.getOrDefault("markets", "").startsWith("option")
                          ? "3.6-markets-option"
                          : "3.6-markets"));
      case "/instruments" ->
          json(
              200,
              Fixtures.json(
                  "fundamental".equals(query.get("projection"))
                      ? "3.7-instruments-fundamental"
                      : "3.7-instruments"));
      case "/instruments/000000000" -> json(200, Fixtures.json("3.7-instruments"));
      default -> json(404, Fixtures.json("2.2-marketdata-400"));
    };
  }

  private MockResponse trader(RecordedRequest request, String path) {
    String account = "/accounts/" + hash;
    String method = request.getMethod();
    if (path.startsWith(account + "/orders/")) {
      return order(request, Long.parseLong(path.substring(path.lastIndexOf('/') + 1)), account);
    }
    if (path.equals(account + "/orders") && method.equals("POST")) {
      return entered(account, JSON.readTree(body(request)));
    }
    if (path.equals(account + "/orders") || path.equals("/orders")) {
      ArrayNode all = JSON.createArrayNode();
      orders.values().forEach(all::add);
      return json(200, all);
    }
    ArrayNode accounts = JSON.createArrayNode().add(Fixtures.json("4.1-account"));
    JsonNode transactions = Fixtures.json("4.12-transactions");
    if (path.equals(account)) {
      return json(200, accounts.path(0));
    }
    if (path.equals(account + "/previewOrder")) {
      return json(200, Fixtures.json("4.11-preview"));
    }
    if (path.equals(account + "/transactions")) {
      return json(200, transactions);
    }
    if (path.equals(account + "/transactions/100000000002")) {
      return json(200, transactions.path(0));
    }
    return switch (path) {
      case "/accounts/accountNumbers" -> json(200, Fixtures.json("4.1-accountNumbers"));
      case "/accounts" -> json(200, accounts);
      case "/userPreference" -> {
        ObjectNode preference = (ObjectNode) Fixtures.json("4.13-userPreference");
        ((ObjectNode) preference.path("streamerInfo").path(0))
            .put("streamerSocketUrl", "ws://127.0.0.1:" + server.getPort() + "/ws");
        yield json(200, preference);
      }
      default -> json(404, Fixtures.json("2.2-trader"));
    };
  }

  private MockResponse order(RecordedRequest request, long id, String account) {
    ObjectNode order = orders.get(id);
    if (order == null) {
      return json(404, Fixtures.json("2.2-trader"));
    }
    String status = order.path("status").asString();
    return switch (String.valueOf(request.getMethod())) {
      case "DELETE" -> {
        if (!status.equals("WORKING")) {
          yield json(
              400,
              JSON.createObjectNode()
                  .put("message", "Order in state " + status + " cannot be canceled"));
        }
        out(order, "CANCELED");
        yield new MockResponse.Builder().code(200).build();
      }
      case "PUT" -> {
        out(order, "REPLACED");
        yield entered(account, JSON.readTree(body(request)));
      }
      default -> json(200, order);
    };
  }

  /** The rest is cancelled, which comes as an execution without a price. */
  private static void out(ObjectNode order, String status) {
    String now = ORDER_TIME.format(InstantSource.system().instant());
    order.put("status", status).put("cancelable", false).put("closeTime", now);
    order.put("remainingQuantity", 0.0);
    ObjectNode activity =
        (ObjectNode) Fixtures.json("4.7-order").path("orderActivityCollection").path(0);
    activity.put("executionType", "CANCELED").put("quantity", order.path("quantity").asDouble());
    activity.put("orderRemainingQuantity", 0.0);
    ((ObjectNode) activity.path("executionLegs").path(0))
        .put("price", 0.0)
        .put("quantity", order.path("quantity").asDouble())
        .put("time", now);
    order.set("orderActivityCollection", JSON.createArrayNode().add(activity));
  }

  private MockResponse entered(String account, JsonNode body) {
    long id = ++lastOrder;
    String now = ORDER_TIME.format(InstantSource.system().instant());
    JsonNode asked = body.path("orderLegCollection").path(0);
    double quantity = asked.path("quantity").asDouble();
    boolean market = body.path("orderType").asString().equals("MARKET");
    ObjectNode order = (ObjectNode) Fixtures.json("4.7-order");
    order
        .put("orderId", id)
        .put("orderType", body.path("orderType").asString())
        .put("enteredTime", now)
        .put("quantity", quantity)
        .put("filledQuantity", market ? quantity : 0.0)
        .put("remainingQuantity", market ? 0.0 : quantity)
        .put("status", market ? "FILLED" : "WORKING")
        .put("cancelable", !market);
    ObjectNode leg = (ObjectNode) order.path("orderLegCollection").path(0);
    leg.put("instruction", asked.path("instruction").asString()).put("quantity", quantity);
    ((ObjectNode) leg.path("instrument"))
        .put("symbol", asked.path("instrument").path("symbol").asString());
    if (market) {
      order.remove("price");
      order.put("closeTime", now);
      ObjectNode activity = (ObjectNode) order.path("orderActivityCollection").path(0);
      activity.put("quantity", quantity).put("orderRemainingQuantity", 0.0);
      ((ObjectNode) activity.path("executionLegs").path(0))
          .put("quantity", quantity)
          .put("time", now);
      tell(id);
    } else {
      order.remove("orderActivityCollection");
      order.put("price", Double.parseDouble(body.path("price").asString()));
    }
    orders.put(id, order);
    return new MockResponse.Builder()
        .code(201)
        .addHeader("Location", baseUrl() + TRADER + account + "/orders/" + id)
        .build();
  }

  private void tell(long id) {
    Streamer now = streamer;
    if (now == null) {
      return;
    }
    String known = "1000000000001";
    ObjectNode activity =
        (ObjectNode)
            JSON.readTree(Fixtures.text("5.12-activity").replace(known, Long.toString(id)));
    ObjectNode fill = (ObjectNode) activity.path("data").path(0).path("content").path(1).deepCopy();
    fill.put("seq", 2)
        .put("2", "OrderFillCompleted")
        .put("3", Fixtures.json("5.12-fill").toString().replace(known, Long.toString(id)));
    ArrayNode content = (ArrayNode) activity.path("data").path(0).path("content");
    content.remove(0);
    content.add(fill);
    now.send(activity);
  }

  private static MockResponse json(int status, JsonNode body) {
    return new MockResponse.Builder()
        .code(status)
        .addHeader("Content-Type", "application/json")
        .addHeader("Schwab-Client-CorrelId", "0f0e0d0c-0000-0000-0000-000000000001")
        .body(body.toString())
        .build();
  }

  private static String body(RecordedRequest request) {
    okio.ByteString body = request.getBody();
    return body == null ? "" : body.utf8();
  }

  private static Map<String, String> form(String text) {
    Map<String, String> form = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return form;
  }

  // --- The streamer

  private final class Streamer extends WebSocketListener {

    private @Nullable WebSocket socket;

    @Override
    public void onOpen(WebSocket webSocket, Response response) {
      socket = webSocket;
    }

    @Override
    public void onMessage(WebSocket webSocket, String text) {
      synchronized (ReferenceServer.this) {
        for (JsonNode request : JSON.readTree(text).path("requests").values()) {
          command(request);
        }
      }
    }

    @Override
    public void onClosing(WebSocket webSocket, int code, String reason) {
      webSocket.close(1_000, null);
    }

    private void command(JsonNode request) {
      String service = request.path("service").asString();
      String command = request.path("command").asString();
      ObjectNode answer = (ObjectNode) Fixtures.json("5.2-login");
      ObjectNode response = (ObjectNode) answer.path("response").path(0);
      response
          .put("service", service)
          .put("command", command)
          .put("requestid", request.path("requestid").asString());
      ObjectNode content = (ObjectNode) response.path("content");
      if (command.equals("LOGIN")) {
        boolean denied =
            faults.remove(Fault.LOGIN_DENIED)
                || !granted(
                    "I0.access.", request.path("parameters").path("Authorization").asString());
        if (denied) {
          content.put("code", 3).put("msg", "Login denied");
        } else {
          streamer = this;
        }
        send(answer);
        if (denied) {
          close();
        }
        return;
      }
      content.put("msg", command + " command succeeded");
      send(answer);
      if (command.equals("SUBS") || command.equals("ADD")) {
        data(service, request.path("parameters"));
      }
      send(Fixtures.json("5.2-heartbeat"));
    }

    private void data(String service, JsonNode parameters) {
      String fixture =
          switch (service) {
            case "LEVELONE_EQUITIES" -> "5.6-equities";
            case "LEVELONE_OPTIONS" -> "5.7-options";
            case "CHART_EQUITY" -> "5.9-chart";
            case "SCREENER_EQUITY", "SCREENER_OPTION" -> "5.11-screener";
            case "ACCT_ACTIVITY" -> "5.12-activity";
            default -> "5.10-book";
          };
      List<String> fields = List.of(parameters.path("fields").asString("").split(",", -1));
      for (String key : parameters.path("keys").asString("").split(",", -1)) {
        ObjectNode frame = (ObjectNode) Fixtures.json(fixture);
        ObjectNode data = (ObjectNode) frame.path("data").path(0);
        data.put("service", service);
        ArrayNode content = (ArrayNode) data.path("content");
        while (content.size() > 1) {
          content.remove(1);
        }
        ObjectNode item = (ObjectNode) content.path(0);
        item.put("key", key);
        List<String> names = item.properties().stream().map(Map.Entry::getKey).toList();
        for (String name : names) {
          if (name.matches("\\d+") && !fields.contains(name)) {
            item.remove(name);
          }
        }
        send(frame);
        if (service.startsWith("LEVELONE")) {
          ObjectNode delta = JSON.createObjectNode().put("key", key);
          delta.put("8", item.path("8").asLong() + 100);
          content.removeAll();
          content.add(delta);
          send(frame);
        }
      }
    }

    /** To nobody when this side has closed already. */
    void send(JsonNode frame) {
      WebSocket to = socket;
      if (to != null) {
        to.send(frame.toString());
      }
    }

    void close() {
      WebSocket to = socket;
      if (to != null) {
        to.close(1_000, null);
      }
    }
  }
}
