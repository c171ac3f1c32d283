package io.alphakite.simulator.web;

import io.alphakite.simulator.broker.Account;
import io.alphakite.simulator.broker.Order;
import io.alphakite.simulator.broker.OrderDesk;
import io.alphakite.simulator.broker.OrderStatus;
import io.alphakite.simulator.broker.OrderTicket;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Orders of the trader API. */
@RestController
public final class OrderController {
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
  private static final Duration MAX_RANGE = Duration.ofDays(366);
  private static final int MAX_RESULTS = 3000;

  private final OrderDesk desk;
  private final Market market;

  public OrderController(OrderDesk desk, Market market) {
    this.desk = desk;
    this.market = market;
  }

  @PostMapping("/trader/v1/accounts/{hash}/orders")
  ResponseEntity<Object> place(
      @PathVariable String hash,
      @RequestHeader("Host") String host,
      @RequestBody(required = false) @Nullable String body) {
    return isOurs(hash) ? created(host, desk.place(body == null ? "" : body)) : unknownAccount();
  }

  @PutMapping("/trader/v1/accounts/{hash}/orders/{id}")
  ResponseEntity<Object> replace(
      @PathVariable String hash,
      @PathVariable String id,
      @RequestHeader("Host") String host,
      @RequestBody(required = false) @Nullable String body) {
    return isOurs(hash)
        ? created(host, desk.replace(number(id), body == null ? "" : body))
        : unknownAccount();
  }

  private static ResponseEntity<Object> created(String host, OrderDesk.Answer answer) {
    return switch (answer) {
      case OrderDesk.Answer.Taken taken ->
          ResponseEntity.status(201)
              .header(
                  HttpHeaders.LOCATION,
                  "http://"
                      + host
                      + "/trader/v1/accounts/"
                      + Account.HASH
                      + "/orders/"
                      + taken.id())
              .build();
      case OrderDesk.Answer.Refused refused ->
          ApiErrors.trader(refused.status(), refused.message());
    };
  }

  @DeleteMapping("/trader/v1/accounts/{hash}/orders/{id}")
  ResponseEntity<Object> cancel(@PathVariable String hash, @PathVariable String id) {
    if (!isOurs(hash)) {
      return unknownAccount();
    }
    return switch (desk.cancel(number(id))) {
      case OrderDesk.Answer.Taken _ -> ResponseEntity.ok().build();
      case OrderDesk.Answer.Refused refused ->
          ApiErrors.trader(refused.status(), refused.message());
    };
  }

  @GetMapping("/trader/v1/accounts/{hash}/orders/{id}")
  ResponseEntity<Object> order(@PathVariable String hash, @PathVariable String id) {
    if (!isOurs(hash)) {
      return unknownAccount();
    }
    Optional<Order> order = desk.order(number(id));
    return order.isPresent()
        ? ApiErrors.json(200, view(order.get()))
        : ApiErrors.trader(404, "Order not found");
  }

  @GetMapping("/trader/v1/accounts/{hash}/orders")
  ResponseEntity<Object> list(
      @PathVariable String hash,
      @RequestParam(name = "fromEnteredTime", defaultValue = "") String from,
      @RequestParam(name = "toEnteredTime", defaultValue = "") String to,
      @RequestParam(name = "maxResults", defaultValue = "3000") String maxResults,
      @RequestParam(name = "status", required = false) @Nullable String status) {
    return isOurs(hash) ? list(from, to, maxResults, status) : unknownAccount();
  }

  @GetMapping("/trader/v1/orders")
  ResponseEntity<Object> list(
      @RequestParam(name = "fromEnteredTime", defaultValue = "") String from,
      @RequestParam(name = "toEnteredTime", defaultValue = "") String to,
      @RequestParam(name = "maxResults", defaultValue = "3000") String maxResults,
      @RequestParam(name = "status", required = false) @Nullable String status) {
    Optional<Instant> begin = time(from);
    Optional<Instant> end = time(to);
    if (begin.isEmpty()) {
      return ApiErrors.trader(400, "The value of fromEnteredTime is not valid: " + shown(from));
    }
    if (end.isEmpty() || Duration.between(begin.get(), end.get()).compareTo(MAX_RANGE) > 0) {
      return ApiErrors.trader(400, "The value of toEnteredTime is not valid: " + shown(to));
    }
    int limit;
    try {
      limit = Math.min(MAX_RESULTS, Integer.parseInt(maxResults));
    } catch (NumberFormatException e) {
      limit = 0;
    }
    if (limit < 1) {
      return ApiErrors.trader(400, "The value of maxResults is not valid: " + shown(maxResults));
    }
    List<Map<String, Object>> views = new ArrayList<>();
    for (Order order : desk.orders()) {
      if (views.size() < limit
          && !order.entered().isBefore(begin.get())
          && !order.entered().isAfter(end.get())
          && (status == null || order.status().name().equals(status))) {
        views.add(view(order));
      }
    }
    return ApiErrors.json(200, views);
  }

  private static Optional<Instant> time(String text) {
    if (!TIME.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static boolean isOurs(String hash) {
    return hash.equals(Account.HASH);
  }

  static ResponseEntity<Object> unknownAccount() {
    return ApiErrors.trader(400, "Invalid account number");
  }

  private static long number(String id) {
    try {
      return Long.parseLong(id);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static String shown(String text) {
    return text.substring(0, Math.min(40, text.length()));
  }

  private Map<String, Object> view(Order order) {
    OrderTicket ticket = order.ticket();
    OrderStatus status = order.status();
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("session", ticket.session());
    view.put("duration", ticket.duration());
    view.put("orderType", ticket.type());
    view.put("complexOrderStrategyType", "NONE");
    view.put("quantity", Amounts.quantity(ticket.quantity()));
    view.put("filledQuantity", Amounts.quantity(order.filled()));
    view.put("remainingQuantity", Amounts.quantity(order.remaining()));
    view.put("requestedDestination", "AUTO");
    view.put("destinationLinkName", "AutoRoute");
    if (ticket.price() != null) {
      view.put("price", Amounts.plain(ticket.price()));
    }
    if (ticket.stopPrice() != null) {
      view.put("stopPrice", Amounts.plain(ticket.stopPrice()));
      view.put("stopType", "LAST");
    }
    Map<String, Object> instrument = instrument(ticket.symbol());
    Map<String, Object> leg = new LinkedHashMap<>();
    leg.put("orderLegType", ticket.assetType());
    leg.put("legId", 1);
    leg.put("instrument", instrument);
    leg.put("instruction", ticket.instruction());
    leg.put(
        "positionEffect",
        Arrays.asList("BUY", "SELL_SHORT", "BUY_TO_OPEN", "SELL_TO_OPEN")
                .contains(ticket.instruction().name())
            ? "OPENING"
            : "CLOSING");
    leg.put("quantity", Amounts.quantity(ticket.quantity()));
    view.put("orderLegCollection", List.of(leg));
    view.put("orderStrategyType", "SINGLE");
    view.put("orderId", order.id());
    boolean cancelable = !status.isTerminal() && status != OrderStatus.PENDING_CANCEL;
    view.put("cancelable", cancelable);
    view.put("editable", false);
    view.put("status", status);
    if (order.description() != null) {
      view.put("statusDescription", order.description());
    }
    view.put("enteredTime", Amounts.time(order.entered()));
    if (order.closed() != null) {
      view.put("closeTime", Amounts.time(order.closed()));
    }
    view.put("tag", "API_TOS:simulator");
    view.put("accountNumber", Long.parseLong(Account.NUMBER));
    if (!order.executions().isEmpty()) {
      view.put(
          "orderActivityCollection",
          order.executions().stream().map(execution -> activity(execution, instrument)).toList());
    }
    return view;
  }

  private static Map<String, Object> activity(
      Order.Execution execution, Map<String, Object> instrument) {
    Map<String, Object> leg = new LinkedHashMap<>();
    leg.put("legId", 1);
    leg.put("quantity", Amounts.quantity(execution.quantity()));
    leg.put("mismarkedQuantity", Amounts.quantity(0));
    leg.put("price", Amounts.plain(execution.price()));
    leg.put("time", Amounts.time(execution.time()));
    leg.put("instrumentId", instrument.getOrDefault("instrumentId", 0));
    Map<String, Object> activity = new LinkedHashMap<>();
    activity.put("activityType", "EXECUTION");
    activity.put("activityId", execution.id());
    activity.put("executionType", execution.fill() ? "FILL" : "CANCELED");
    activity.put("quantity", Amounts.quantity(execution.quantity()));
    activity.put("orderRemainingQuantity", Amounts.quantity(execution.remaining()));
    activity.put("executionLegs", List.of(leg));
    return activity;
  }

  private Map<String, Object> instrument(String symbol) {
    Optional<Listing> listing =
        market.ticker(symbol).map(TickerState::image).map(image -> image.listing());
    return instrument(symbol, listing);
  }

  static Map<String, Object> instrument(String symbol, Optional<Listing> listing) {
    boolean fund = listing.isPresent() && listing.get().isFund();
    Map<String, Object> instrument = new LinkedHashMap<>();
    instrument.put("assetType", fund ? "COLLECTIVE_INVESTMENT" : "EQUITY");
    instrument.put("cusip", listing.map(Listing::cusip).orElse("000000000"));
    instrument.put("symbol", symbol);
    listing.ifPresent(known -> instrument.put("description", known.description()));
    listing.ifPresent(known -> instrument.put("instrumentId", known.instrumentId()));
    if (fund) {
      instrument.put("type", "EXCHANGE_TRADED_FUND");
    }
    return instrument;
  }
}
