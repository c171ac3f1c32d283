package io.alphakite.gateway.trade;

import io.alphakite.gateway.web.ApiException;
import io.alphakite.gateway.web.JsonBody;
import io.alphakite.gateway.web.Problems;
import io.alphakite.gateway.web.QueryValues;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.AssetType;
import io.alphakite.model.order.Bracket;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An order that makes sense in itself. Whether it is wise is for the engine's risk limits to say.
 *
 * @param quantity whole shares or contracts, 1 to {@value #QUANTITY_MAX}
 * @param limitPrice present exactly where the order type has one; so is the stop price
 * @param bracket the exits that an entry brings with it; null for none
 */
record TradeRequest(
    Ticker ticker,
    AssetType assetType,
    @Nullable OptionSymbol optionSymbol,
    Side side,
    long quantity,
    OrderType orderType,
    @Nullable Price limitPrice,
    @Nullable Price stopPrice,
    TimeInForce timeInForce,
    @Nullable Bracket bracket) {
  static final long QUANTITY_MAX = 999_999_999;

  /** The fields a request may have. */
  static final Set<String> FIELDS =
      Set.of(
          "ticker",
          "asset_type",
          "option_symbol",
          "side",
          "quantity",
          "order_type",
          "limit_price",
          "stop_price",
          "time_in_force",
          "bracket");

  private static final Set<String> BRACKET_FIELDS =
      Set.of("take_profit", "stop_loss", "stop_limit");

  private static final Pattern PUNCTUATION = Pattern.compile("[^A-Z0-9]");
  // NUMERIC(12,4).
  private static final BigDecimal PRICE_LIMIT = new BigDecimal("100000000");
  private static final int PRICE_DECIMALS = 4;

  /**
   * Reads a request.
   *
   * @throws ApiException 400 for what has the wrong form, 422 for what makes no sense
   */
  static TradeRequest of(JsonBody body) {
    Ticker ticker = QueryValues.ticker(body.requiredText("ticker"));
    AssetType assetType =
        word(body, "asset_type", AssetType.EQUITY, AssetType::fromWire, AssetType.values());
    Side side = word(body, "side", null, Side::fromWire, Side.values());
    OrderType orderType = word(body, "order_type", null, OrderType::fromWire, OrderType.values());
    TimeInForce timeInForce =
        word(body, "time_in_force", TimeInForce.DAY, TimeInForce::fromWire, TimeInForce.values());
    OptionSymbol optionSymbol = optionSymbol(body.text("option_symbol"), assetType, ticker);
    if (side.assetType() != assetType) {
      throw ApiException.unprocessable(
          "side_mismatch",
          side.wire() + " is not possible with asset_type " + assetType.wire() + ".",
          "Possible are "
              + Arrays.stream(Side.values())
                  .filter(possible -> possible.assetType() == assetType)
                  .map(Side::wire)
                  .collect(Collectors.joining(", "))
              + ".");
    }
    Price limitPrice = price(body, "limit_price", orderType.hasLimit(), orderType);
    Price stopPrice = price(body, "stop_price", orderType.hasStop(), orderType);
    return new TradeRequest(
        ticker,
        assetType,
        optionSymbol,
        side,
        quantity(body.decimal("quantity")),
        orderType,
        limitPrice,
        stopPrice,
        timeInForce,
        bracket(body, side, limitPrice, stopPrice));
  }

  private static @Nullable Bracket bracket(
      JsonBody body, Side side, @Nullable Price limit, @Nullable Price stop) {
    JsonBody given = body.object("bracket", BRACKET_FIELDS);
    if (given == null) {
      return null;
    }
    try {
      Bracket bracket =
          new Bracket(
              price(given, "take_profit"), price(given, "stop_loss"), price(given, "stop_limit"));
      bracket.requireFitting(side, limit, stop);
      return bracket;
    } catch (IllegalArgumentException e) {
      String said = String.valueOf(e.getMessage());
      throw ApiException.unprocessable(
          "invalid_bracket",
          Character.toUpperCase(said.charAt(0)) + said.substring(1) + ".",
          "Of a long position take_profit is above and stop_loss below the entry; of a short one the"
              + " other way round.");
    }
  }

  /** The same for every way to write the same order. */
  String canonical() {
    return bracket == null
        ? canonicalEntry()
        : String.join(
            "|",
            canonicalEntry(),
            String.valueOf(bracket.takeProfit()),
            String.valueOf(bracket.stopLoss()),
            String.valueOf(bracket.stopLimit()));
  }

  private String canonicalEntry() {
    return String.join(
        "|",
        ticker.symbol(),
        assetType.wire(),
        String.valueOf(optionSymbol),
        side.wire(),
        Long.toString(quantity),
        orderType.wire(),
        String.valueOf(limitPrice),
        String.valueOf(stopPrice),
        timeInForce.wire());
  }

  private static <T> T word(
      JsonBody body, String name, @Nullable T otherwise, Function<String, T> reader, T[] known) {
    String word = body.text(name);
    if (word == null) {
      if (otherwise == null) {
        throw JsonBody.missing(name);
      }
      return otherwise;
    }
    try {
      return reader.apply(word);
    } catch (IllegalArgumentException e) {
      throw ApiException.unprocessable(
          "invalid_" + name,
          name + " \"" + Problems.printable(word) + "\" is not known.",
          "Known are "
              + Arrays.stream(known)
                  .map(value -> value.toString().toLowerCase(java.util.Locale.ROOT))
                  .collect(Collectors.joining(", "))
              + ".");
    }
  }

  private static @Nullable OptionSymbol optionSymbol(
      @Nullable String text, AssetType assetType, Ticker ticker) {
    if (assetType == AssetType.EQUITY) {
      if (text != null) {
        throw ApiException.unprocessable(
            "unexpected_option_symbol",
            "option_symbol belongs to asset_type option.",
            "Send \"asset_type\":\"option\", or no option_symbol.");
      }
      return null;
    }
    if (text == null) {
      throw JsonBody.missing("option_symbol");
    }
    OptionSymbol symbol;
    try {
      symbol = OptionSymbol.parse(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.unprocessable(
          "invalid_option_symbol",
          "\"" + Problems.printable(text) + "\" is not an option symbol.",
          "21 characters: root padded to 6, yymmdd, C or P, strike in thousandths to 8 digits.");
    }
    if (!underlies(ticker, symbol.root())) {
      throw ApiException.unprocessable(
          "underlying_mismatch",
          "\"" + Problems.printable(text) + "\" is not an option on " + ticker + ".",
          "Send the option's own underlying as ticker.");
    }
    return symbol;
  }

  /**
   * Whether options with this root are on this underlying: its own symbol without punctuation, with
   * a digit behind it after a corporate action, or, for an index, any of its series ($SPX: SPXW).
   */
  private static boolean underlies(Ticker ticker, String root) {
    String plain = PUNCTUATION.matcher(ticker.symbol()).replaceAll("");
    if (!root.startsWith(plain)) {
      return false;
    }
    String rest = root.substring(plain.length());
    return ticker.symbol().startsWith("$") || rest.chars().allMatch(Character::isDigit);
  }

  static long quantity(@Nullable BigDecimal given) {
    if (given == null) {
      throw JsonBody.missing("quantity");
    }
    if (given.signum() <= 0
        || given.stripTrailingZeros().scale() > 0
        || given.compareTo(BigDecimal.valueOf(QUANTITY_MAX)) > 0) {
      throw ApiException.unprocessable(
          "invalid_quantity",
          "quantity is not a whole number from 1 to " + QUANTITY_MAX + ".",
          null);
    }
    return given.longValueExact();
  }

  private static @Nullable Price price(
      JsonBody body, String name, boolean needed, OrderType orderType) {
    BigDecimal given = body.decimal(name);
    if (given == null) {
      if (needed) {
        throw ApiException.unprocessable(
            "missing_" + name, "A " + orderType.wire() + " order needs a " + name + ".", null);
      }
      return null;
    }
    if (!needed) {
      throw unexpected(name, orderType);
    }
    return price(given, name);
  }

  /** A price that may be left out. */
  static @Nullable Price price(JsonBody body, String name) {
    BigDecimal given = body.decimal(name);
    return given == null ? null : price(given, name);
  }

  static ApiException unexpected(String name, OrderType orderType) {
    return ApiException.unprocessable(
        "unexpected_" + name, "A " + orderType.wire() + " order has no " + name + ".", null);
  }

  private static Price price(BigDecimal given, String name) {
    if (given.signum() <= 0
        || given.compareTo(PRICE_LIMIT) >= 0
        || given.stripTrailingZeros().scale() > PRICE_DECIMALS) {
      throw ApiException.unprocessable(
          "invalid_" + name,
          name + " is not above 0, below " + PRICE_LIMIT + ", with at most 4 decimals.",
          null);
    }
    return Price.of(given);
  }
}
