package io.alphakite.simulator.web;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingSession;
import io.alphakite.simulator.market.Market;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Market hours by the NYSE calendar for equities and options. Bonds, futures and currencies are not
 * simulated: they are always closed.
 */
@RestController
public final class MarketHoursController {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  private static final Set<String> MARKETS = Set.of("equity", "option", "bond", "future", "forex");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);
  private static final LocalTime PRE_MARKET = LocalTime.of(7, 0);

  private final Market market;

  public MarketHoursController(Market market) {
    this.market = market;
  }

  @GetMapping("/marketdata/v1/markets")
  ResponseEntity<Object> hours(
      @RequestParam(defaultValue = "") String markets,
      @RequestParam(required = false) @Nullable String date) {
    Map<String, Object> body = new LinkedHashMap<>();
    for (String name : markets.split(",", -1)) {
      if (!MARKETS.contains(name.strip())) {
        return ApiErrors.marketData(400, "Bad Request", "markets must be of " + MARKETS, "markets");
      }
      Optional<LocalDate> day = day(date);
      if (day.isEmpty()) {
        return ApiErrors.marketData(
            400, "Bad Request", "date must be from today to a year ahead", "date");
      }
      body.put(name.strip(), hours(name.strip(), day.get()));
    }
    return ApiErrors.json(200, body);
  }

  @GetMapping("/marketdata/v1/markets/{id}")
  ResponseEntity<Object> one(
      @PathVariable String id, @RequestParam(required = false) @Nullable String date) {
    return hours(id, date);
  }

  private Optional<LocalDate> day(@Nullable String text) {
    LocalDate today = CALENDAR.dateOf(market.now());
    if (text == null) {
      return Optional.of(today);
    }
    try {
      LocalDate day = LocalDate.parse(text);
      return day.isBefore(today) || day.isAfter(today.plusYears(1))
          ? Optional.empty()
          : Optional.of(day);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Map<String, Object> hours(String name, LocalDate date) {
    Optional<TradingSession> session = CALENDAR.session(date);
    if (session.isEmpty() || !(name.equals("equity") || name.equals("option"))) {
      return Map.of(name, product(date, name, name, name, false));
    }
    TradingSession open = session.get();
    if (name.equals("option")) {
      Map<String, Object> equityOption = product(date, "option", "EQO", "equity option", true);
      equityOption.put("sessionHours", Map.of("regularMarket", span(open.open(), open.close())));
      Map<String, Object> indexOption = product(date, "option", "IND", "index option", true);
      indexOption.put(
          "sessionHours",
          Map.of("regularMarket", span(open.open(), open.close().plusSeconds(15 * 60))));
      Map<String, Object> both = new LinkedHashMap<>();
      both.put("EQO", equityOption);
      both.put("IND", indexOption);
      return both;
    }
    Map<String, Object> spans = new LinkedHashMap<>();
    spans.put("preMarket", span(CALENDAR.at(date, PRE_MARKET), open.open()));
    spans.put("regularMarket", span(open.open(), open.close()));
    spans.put("postMarket", span(open.close(), open.postMarketClose()));
    Map<String, Object> equity = product(date, "equity", "EQ", "equity", true);
    equity.put("sessionHours", spans);
    return Map.of("EQ", equity);
  }

  private static Map<String, Object> product(
      LocalDate date, String name, String product, String productName, boolean open) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("date", date.toString());
    view.put("marketType", name.toUpperCase(Locale.ROOT));
    view.put("product", product);
    view.put("productName", productName);
    view.put("isOpen", open);
    return view;
  }

  private static List<Map<String, Object>> span(Instant start, Instant end) {
    Map<String, Object> span = new LinkedHashMap<>();
    span.put("start", text(start));
    span.put("end", text(end));
    return List.of(span);
  }

  private static String text(Instant time) {
    LocalDateTime local = LocalDateTime.of(CALENDAR.dateOf(time), CALENDAR.timeOf(time));
    long offset = local.toEpochSecond(ZoneOffset.UTC) - time.getEpochSecond();
    return TIME.format(OffsetDateTime.of(local, ZoneOffset.ofTotalSeconds((int) offset)));
  }
}
