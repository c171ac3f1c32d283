package io.alphakite.simulator.web;

import io.alphakite.simulator.broker.Order;
import io.alphakite.simulator.broker.OrderDesk;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A small page for people, and what it shows of the orders. */
@RestController
public final class StatusPageController {
  private static final int SHOWN = 50;

  private final OrderDesk desk;
  private final String page;

  public StatusPageController(OrderDesk desk) {
    this.desk = desk;
    try (InputStream in = StatusPageController.class.getResourceAsStream("/simulator/page.html")) {
      if (in == null) {
        throw new IllegalStateException("simulator/page.html is missing");
      }
      page = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @GetMapping("/")
  ResponseEntity<String> page() {
    return ResponseEntity.ok()
        .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
        .header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
                + " connect-src 'self'; frame-ancestors 'none'")
        .body(page);
  }

  @GetMapping("/control/orders")
  List<Map<String, Object>> orders() {
    return desk.orders().stream().limit(SHOWN).map(StatusPageController::view).toList();
  }

  private static Map<String, Object> view(Order order) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", order.id());
    view.put("entered", order.entered().toString());
    if (order.wrapper()) {
      view.put("instruction", "");
      view.put("quantity", "");
      view.put("symbol", "");
      view.put("type", order.strategy());
    } else {
      view.put("instruction", order.ticket().instruction());
      view.put("quantity", order.ticket().quantity());
      view.put("symbol", order.ticket().symbol());
      view.put("type", order.ticket().type());
    }
    view.put("filled", order.filled());
    view.put("status", order.status());
    view.put("description", order.description());
    return view;
  }
}
