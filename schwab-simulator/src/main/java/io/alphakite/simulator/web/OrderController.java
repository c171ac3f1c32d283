package io.alphakite.simulator.web;

import io.alphakite.simulator.broker.Account;
import io.alphakite.simulator.broker.OrderDesk;
import io.alphakite.simulator.broker.OrderStatus;
import io.alphakite.simulator.broker.OrderTree;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.settings.AccountRules;
import io.alphakite.simulator.settings.SimulatorSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Orders of the trader API. */
@RestController
public final class OrderController {
  private static final int MAX_RESULTS = 3000;

  /** How far back the list over all accounts may begin. */
  private static final Duration ALL_ACCOUNTS = Duration.ofDays(60);

  private final OrderDesk desk;
  private final OrderViews views;
  private final NumberForms numbers;
  private final OrderThrottle throttle;
  private final AccountRules rules;

  public OrderController(
      OrderDesk desk, Market market, FaultDials faults, SimulatorSettings settings) {
    this.desk = desk;
    this.views = new OrderViews(market);
    this.numbers = new NumberForms(faults);
    this.rules = settings.account();
    this.throttle = new OrderThrottle(InstantSource.system(), rules.ordersPerMinute());
  }

  @PostMapping("/trader/v1/accounts/{hash}/orders")
  ResponseEntity<Object> place(
      @PathVariable String hash,
      HttpServletRequest request,
      @RequestBody(required = false) @Nullable String body) {
    return writing(hash, () -> answer(base(request), desk.place(body == null ? "" : body)));
  }

  @PutMapping("/trader/v1/accounts/{hash}/orders/{id}")
  ResponseEntity<Object> replace(
      @PathVariable String hash,
      @PathVariable String id,
      HttpServletRequest request,
      @RequestBody(required = false) @Nullable String body) {
    return writing(
        hash, () -> answer(base(request), desk.replace(number(id), body == null ? "" : body)));
  }

  @DeleteMapping("/trader/v1/accounts/{hash}/orders/{id}")
  ResponseEntity<Object> cancel(@PathVariable String hash, @PathVariable String id) {
    return writing(
        hash,
        () ->
            desk.cancel(number(id)) instanceof OrderDesk.Answer.Refused refused
                ? ApiErrors.trader(refused.status(), refused.message())
                : ResponseEntity.ok().build());
  }

  @PostMapping("/trader/v1/accounts/{hash}/previewOrder")
  ResponseEntity<Object> preview(
      @PathVariable String hash, @RequestBody(required = false) @Nullable String body) {
    return isOurs(hash) ? answer("", desk.preview(body == null ? "" : body)) : unknownAccount();
  }

  /** Order writes are for the account's own and within the rate; reads are not counted. */
  private ResponseEntity<Object> writing(String hash, Supplier<ResponseEntity<Object>> write) {
    if (!isOurs(hash)) {
      return unknownAccount();
    }
    Optional<Duration> wait = throttle.held();
    if (wait.isEmpty()) {
      return write.get();
    }
    ResponseEntity.BodyBuilder held = ResponseEntity.status(429);
    if (rules.retryAfter()) {
      held.header(HttpHeaders.RETRY_AFTER, Long.toString(wait.get().toSeconds() + 1));
    }
    return held.build();
  }

  /** The address by which the client came. */
  private static String base(HttpServletRequest request) {
    return (request.isSecure() ? "https://" : "http://") + request.getHeader(HttpHeaders.HOST);
  }

  private ResponseEntity<Object> answer(String base, OrderDesk.Answer answer) {
    return switch (answer) {
      case OrderDesk.Answer.Taken taken -> {
        ResponseEntity.BodyBuilder created = ResponseEntity.status(201);
        if (taken.told() != null) {
          created.header(
              HttpHeaders.LOCATION,
              base + "/trader/v1/accounts/" + Account.HASH + "/orders/" + taken.told());
        }
        yield created.build();
      }
      case OrderDesk.Answer.Previewed previewed ->
          ApiErrors.json(200, numbers.written(views.view(previewed.preview()), "PREVIEW"));
      case OrderDesk.Answer.Refused refused ->
          ApiErrors.trader(refused.status(), refused.message());
    };
  }

  @GetMapping("/trader/v1/accounts/{hash}/orders/{id}")
  ResponseEntity<Object> order(@PathVariable String hash, @PathVariable String id) {
    if (!isOurs(hash)) {
      return unknownAccount();
    }
    Optional<OrderTree> order = desk.order(number(id));
    return order.isPresent()
        ? ApiErrors.json(200, numbers.written(views.view(order.get()), "ORDER"))
        : ApiErrors.trader(404, "Order not found");
  }

  @GetMapping("/trader/v1/accounts/{hash}/orders")
  ResponseEntity<Object> list(
      @PathVariable String hash,
      @RequestParam(name = "fromEnteredTime", defaultValue = "") String from,
      @RequestParam(name = "toEnteredTime", defaultValue = "") String to,
      @RequestParam(name = "maxResults", defaultValue = "3000") String maxResults,
      @RequestParam(name = "status", required = false) @Nullable String status) {
    return isOurs(hash) ? listed(from, to, maxResults, status, rules.listDays()) : unknownAccount();
  }

  @GetMapping("/trader/v1/orders")
  ResponseEntity<Object> list(
      @RequestParam(name = "fromEnteredTime", defaultValue = "") String from,
      @RequestParam(name = "toEnteredTime", defaultValue = "") String to,
      @RequestParam(name = "maxResults", defaultValue = "3000") String maxResults,
      @RequestParam(name = "status", required = false) @Nullable String status) {
    return listed(from, to, maxResults, status, null);
  }

  /**
   * @param days how long the span may be; null: it is limited by how far back it begins
   */
  private ResponseEntity<Object> listed(
      String from, String to, String maxResults, @Nullable String status, @Nullable Integer days) {
    QueryWindow window;
    try {
      window = QueryWindow.of("fromEnteredTime", from, "toEnteredTime", to);
      if (days == null && window.from().isBefore(desk.now().minus(ALL_ACCOUNTS))) {
        throw new QueryWindow.Refused("fromEnteredTime", from);
      }
      if (days != null
          && Duration.between(window.from(), window.to()).compareTo(Duration.ofDays(days)) > 0) {
        throw new QueryWindow.Refused("toEnteredTime", to);
      }
      if (status != null
          && Arrays.stream(OrderStatus.values()).noneMatch(s -> s.name().equals(status))) {
        throw new QueryWindow.Refused("status", status);
      }
    } catch (QueryWindow.Refused e) {
      return e.answer();
    }
    int limit;
    try {
      limit = Math.min(MAX_RESULTS, Integer.parseInt(maxResults));
    } catch (NumberFormatException e) {
      limit = 0;
    }
    if (limit < 1) {
      return new QueryWindow.Refused("maxResults", maxResults).answer();
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (OrderTree tree : desk.listed()) {
      if (rows.size() < limit
          && window.contains(tree.order().entered())
          && (status == null || tree.status().equals(status))) {
        rows.add(views.view(tree));
      }
    }
    return ApiErrors.json(200, numbers.written(rows, "ORDERS"));
  }

  static boolean isOurs(String hash) {
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
}
