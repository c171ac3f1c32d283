package io.alphakite.schwab.trader;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Schwab's rules for the body of an order, written down once more and from its description alone:
 * it knows JSON and nothing of the types that make orders.
 */
final class OrderRuleBook {

  private static final Set<String> SESSIONS = Set.of("NORMAL", "AM", "PM", "SEAMLESS");
  private static final Set<String> RESTING =
      Set.of("DAY", "GOOD_TILL_CANCEL", "END_OF_WEEK", "END_OF_MONTH", "NEXT_END_OF_MONTH");
  private static final Set<String> IMMEDIATE = Set.of("FILL_OR_KILL", "IMMEDIATE_OR_CANCEL");
  private static final Set<String> BASES =
      Set.of("MANUAL", "BASE", "TRIGGER", "LAST", "BID", "ASK", "ASK_BID", "MARK", "AVERAGE");
  private static final Set<String> EQUITY = Set.of("BUY", "SELL", "SELL_SHORT", "BUY_TO_COVER");
  private static final Set<String> OPTION =
      Set.of("BUY_TO_OPEN", "BUY_TO_CLOSE", "SELL_TO_OPEN", "SELL_TO_CLOSE");
  private static final Set<String> KEYS =
      Set.of(
          "orderType",
          "session",
          "duration",
          "orderStrategyType",
          "complexOrderStrategyType",
          "price",
          "stopPrice",
          "stopPriceLinkBasis",
          "stopPriceLinkType",
          "stopPriceOffset",
          "orderLegCollection",
          "childOrderStrategies");
  private static final Pattern SYMBOL =
      Pattern.compile("([A-Z][A-Z0-9]{0,5}) *(\\d{6})([CP])(\\d{8})");

  private final List<String> broken = new ArrayList<>();

  private OrderRuleBook() {}

  /** The rules that the body breaks. */
  static List<String> brokenBy(JsonNode body) {
    OrderRuleBook book = new OrderRuleBook();
    book.order(body);
    return book.broken;
  }

  private void rule(boolean holds, String name) {
    if (!holds) {
      broken.add(name);
    }
  }

  private void order(JsonNode body) {
    switch (body.path("orderStrategyType").asString("")) {
      case "SINGLE" -> single(body);
      case "OCO" -> pair(body);
      case "TRIGGER" -> {
        JsonNode children = body.path("childOrderStrategies");
        rule(children.size() == 1, "a trigger has one child");
        children
            .values()
            .forEach(
                child -> {
                  boolean oco = child.path("orderStrategyType").asString("").equals("OCO");
                  if (oco) {
                    pair(child);
                  } else {
                    single(child);
                  }
                });
        terms(body);
      }
      default -> rule(false, "strategy type");
    }
  }

  private void pair(JsonNode body) {
    rule(
        Set.copyOf(body.propertyNames())
            .equals(Set.of("orderStrategyType", "childOrderStrategies")),
        "an OCO wrapper has only a strategy type and children");
    JsonNode children = body.path("childOrderStrategies");
    rule(children.size() == 2, "an OCO has two children");
    children.values().forEach(this::single);
  }

  private void single(JsonNode body) {
    rule(body.path("orderStrategyType").asString("").equals("SINGLE"), "a child is single");
    rule(!body.has("childOrderStrategies"), "a single order has no children");
    terms(body);
  }

  private void terms(JsonNode body) {
    String type = body.path("orderType").asString("");
    String session = body.path("session").asString("");
    String duration = body.path("duration").asString("");
    JsonNode legs = body.path("orderLegCollection");
    boolean spread = Set.of("NET_DEBIT", "NET_CREDIT").contains(type);
    rule(KEYS.containsAll(body.propertyNames()), "no key that only Schwab sets");
    rule(
        spread || Set.of("MARKET", "LIMIT", "STOP", "STOP_LIMIT", "TRAILING_STOP").contains(type),
        "order type");
    rule(SESSIONS.contains(session), "session");
    rule(session.equals("NORMAL") || type.equals("LIMIT"), "other sessions take limits alone");
    rule(RESTING.contains(duration) || IMMEDIATE.contains(duration), "duration");
    rule(
        !IMMEDIATE.contains(duration) || type.equals("LIMIT") || spread,
        "only a limit is filled at once or not at all");
    rule(!type.equals("MARKET") || duration.equals("DAY"), "a market order is for the day");
    boolean option = legs.path(0).at("/instrument/assetType").asString("").equals("OPTION");
    rule(!option || session.equals("NORMAL"), "options are for the regular session");
    boolean limited = type.equals("LIMIT") || type.equals("STOP_LIMIT") || spread;
    boolean stopped = type.equals("STOP") || type.equals("STOP_LIMIT");
    price(body, "price", limited, option);
    price(body, "stopPrice", stopped, option);
    trail(body, type.equals("TRAILING_STOP"));
    rule(legs.size() == (spread ? 2 : 1), "number of legs");
    legs.values().forEach(this::leg);
    String complex = body.path("complexOrderStrategyType").asString("NONE");
    rule(complex.equals(spread ? "VERTICAL" : "NONE"), "complex strategy type");
    if (spread && legs.size() == 2) {
      vertical(legs.get(0), legs.get(1), type.equals("NET_DEBIT"));
    }
  }

  private void price(JsonNode body, String field, boolean needed, boolean option) {
    rule(body.has(field) == needed, field + " where it belongs");
    if (!body.has(field)) {
      return;
    }
    String text = body.path(field).asString("");
    boolean plain = text.matches("\\d{1,9}\\.\\d{2,4}");
    rule(plain, field + " is a plain decimal");
    if (plain) {
      BigDecimal price = new BigDecimal(text);
      int decimals = price.stripTrailingZeros().scale();
      rule(price.signum() > 0, field + " is above 0");
      rule(
          decimals <= 2 || (!option && price.compareTo(BigDecimal.ONE) < 0),
          field + " has two decimals, a share's below a dollar four");
    }
  }

  private void trail(JsonNode body, boolean needed) {
    for (String field : List.of("stopPriceLinkBasis", "stopPriceLinkType", "stopPriceOffset")) {
      rule(body.has(field) == needed, field + " where it belongs");
    }
    if (needed) {
      rule(BASES.contains(body.path("stopPriceLinkBasis").asString("")), "link basis");
      rule(
          Set.of("VALUE", "PERCENT").contains(body.path("stopPriceLinkType").asString("")),
          "link type");
      JsonNode offset = body.path("stopPriceOffset");
      rule(offset.isNumber() && offset.decimalValue().signum() > 0, "offset");
    }
  }

  private void leg(JsonNode leg) {
    rule(
        Set.copyOf(leg.propertyNames()).equals(Set.of("instruction", "quantity", "instrument")),
        "a leg's keys");
    JsonNode quantity = leg.path("quantity");
    rule(quantity.isIntegralNumber() && quantity.asLong() > 0, "whole quantities above 0");
    JsonNode instrument = leg.path("instrument");
    rule(
        Set.copyOf(instrument.propertyNames()).equals(Set.of("symbol", "assetType")),
        "an instrument's keys");
    String symbol = instrument.path("symbol").asString("");
    String instruction = leg.path("instruction").asString("");
    switch (instrument.path("assetType").asString("")) {
      case "EQUITY" -> {
        rule(EQUITY.contains(instruction), "a share's instruction");
        rule(symbol.matches("[A-Z][A-Z0-9./-]{0,15}"), "a share's symbol");
      }
      case "OPTION" -> {
        rule(OPTION.contains(instruction), "an option's instruction");
        rule(symbol.length() == 21 && SYMBOL.matcher(symbol).matches(), "an option's symbol");
      }
      default -> rule(false, "only shares and options can be ordered");
    }
  }

  private void vertical(JsonNode one, JsonNode two, boolean debit) {
    boolean firstBuys = one.path("instruction").asString("").startsWith("BUY");
    JsonNode bought = firstBuys ? one : two;
    JsonNode sold = firstBuys ? two : one;
    String buying = bought.path("instruction").asString("");
    String selling = sold.path("instruction").asString("");
    rule(
        Set.of("BUY_TO_OPEN SELL_TO_OPEN", "BUY_TO_CLOSE SELL_TO_CLOSE")
            .contains(buying + " " + selling),
        "one bought, one sold, to one effect");
    rule(one.path("quantity").equals(two.path("quantity")), "equal quantities");
    Matcher long_ = SYMBOL.matcher(bought.at("/instrument/symbol").asString(""));
    Matcher short_ = SYMBOL.matcher(sold.at("/instrument/symbol").asString(""));
    if (!long_.matches() || !short_.matches()) {
      rule(false, "two options");
      return;
    }
    rule(long_.group(1).equals(short_.group(1)), "one class");
    rule(long_.group(2).equals(short_.group(2)), "one expiration");
    rule(long_.group(3).equals(short_.group(3)), "one type");
    int strikes = long_.group(4).compareTo(short_.group(4));
    rule(strikes != 0, "two strikes");
    rule(
        debit == (long_.group(3).equals("C") ? strikes < 0 : strikes > 0),
        "the dearer option is bought for a debit");
  }
}
