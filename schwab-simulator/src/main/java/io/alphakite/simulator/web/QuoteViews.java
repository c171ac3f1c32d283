package io.alphakite.simulator.web;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.simulator.market.Fundamentals;
import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.Venue;
import io.alphakite.simulator.market.option.BlackScholes;
import io.alphakite.simulator.market.option.OptionContract;
import io.alphakite.simulator.market.option.OptionQuote;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Quotes in Schwab's blocks. Under the market's lock. */
final class QuoteViews {
  static final Set<String> BLOCKS =
      Set.of("quote", "fundamental", "extended", "reference", "regular");

  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();

  /** $SPX is shown at so many times the price of SPY. */
  static final int SPX_TIMES = 10;

  private QuoteViews() {}

  /** A share or fund. */
  static Map<String, Object> equity(
      TickerState ticker, Set<String> blocks, LocalDate today, boolean delayed) {
    LevelOne image = ticker.image();
    Listing listing = image.listing();
    Map<String, Object> view =
        head("EQUITY", listing.subType(), listing.instrumentId(), listing.symbol(), delayed);
    if (blocks.contains("extended")) {
      view.put("extended", extended(image));
    }
    if (blocks.contains("fundamental")) {
      view.put("fundamental", fundamental(image, today));
    }
    if (blocks.contains("quote")) {
      view.put("quote", quote(image));
    }
    if (blocks.contains("reference")) {
      Map<String, Object> reference = new LinkedHashMap<>();
      reference.put("cusip", listing.cusip());
      reference.put("description", listing.description());
      reference.put("exchange", Character.toString(listing.exchange()));
      reference.put("exchangeName", listing.exchangeName());
      reference.put("isHardToBorrow", false);
      reference.put("isShortable", true);
      reference.put("htbQuantity", 0);
      reference.put("htbRate", Amounts.quantity(0));
      view.put("reference", reference);
    }
    if (blocks.contains("regular") && image.get(LevelOne.REGULAR_LAST) != LevelOne.NONE) {
      Map<String, Object> regular = new LinkedHashMap<>();
      price(regular, "regularMarketLastPrice", image, LevelOne.REGULAR_LAST);
      count(regular, "regularMarketLastSize", image, LevelOne.REGULAR_LAST_SIZE);
      price(regular, "regularMarketNetChange", image, LevelOne.REGULAR_NET_CHANGE);
      percent(regular, "regularMarketPercentChange", image, LevelOne.REGULAR_PERCENT);
      count(regular, "regularMarketTradeTime", image, LevelOne.REGULAR_TRADE_TIME);
      view.put("regular", regular);
    }
    return view;
  }

  private static Map<String, Object> head(
      String mainType, String subType, long id, String symbol, boolean delayed) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("assetMainType", mainType);
    if (!subType.isEmpty()) {
      view.put("assetSubType", subType);
    }
    if (!mainType.equals("INDEX") && !mainType.equals("OPTION")) {
      view.put("quoteType", delayed ? "NFL" : "NBBO");
    }
    view.put("realtime", !delayed);
    view.put("ssid", id);
    view.put("symbol", symbol);
    return view;
  }

  private static Map<String, Object> extended(LevelOne image) {
    Map<String, Object> extended = new LinkedHashMap<>();
    extended.put("askPrice", Amounts.quantity(0));
    extended.put("askSize", 0);
    extended.put("bidPrice", Amounts.quantity(0));
    extended.put("bidSize", 0);
    extended.put("lastPrice", Amounts.dollars(image.extendedLast()));
    extended.put("lastSize", Amounts.count(image.extendedSize()));
    extended.put("mark", Amounts.quantity(0));
    extended.put("quoteTime", 0);
    extended.put("totalVolume", 0);
    extended.put("tradeTime", Amounts.count(image.extendedTime()));
    return extended;
  }

  private static Map<String, Object> fundamental(LevelOne image, LocalDate today) {
    Fundamentals of = Fundamentals.of(image.listing().symbol());
    long last = image.get(LevelOne.LAST);
    boolean pays = of.dividendE4() > 0;
    Map<String, Object> fundamental = new LinkedHashMap<>();
    fundamental.put("avg10DaysVolume", Amounts.quantity(of.averageVolume()));
    fundamental.put("avg1YearVolume", Amounts.quantity(of.averageVolume()));
    if (pays) {
      fundamental.put("declarationDate", Fundamentals.declarationDate(today).toString());
    }
    fundamental.put("divAmount", Amounts.dollars(of.dividendE4()));
    if (pays) {
      fundamental.put("divExDate", Fundamentals.exDate(today).toString());
    }
    fundamental.put("divFreq", pays ? 4 : 0);
    fundamental.put("divPayAmount", Amounts.dollars(of.dividendE4() / 4));
    if (pays) {
      fundamental.put("divPayDate", Fundamentals.payDate(today).toString());
    }
    fundamental.put("divYield", ratio(100 * of.dividendE4(), last));
    fundamental.put("eps", Amounts.dollars(of.earningsE4()));
    fundamental.put("fundLeverageFactor", Amounts.quantity(0));
    if (of.earningsE4() > 0) {
      fundamental.put("lastEarningsDate", Fundamentals.earningsDate(today).toString());
    }
    if (pays) {
      fundamental.put("nextDivExDate", Fundamentals.nextExDate(today).toString());
      fundamental.put("nextDivPayDate", Fundamentals.nextPayDate(today).toString());
    }
    fundamental.put("peRatio", ratio(last, of.earningsE4()));
    return fundamental;
  }

  /** Rounded to five decimals; 0 when either is unknown. */
  static BigDecimal ratio(long numerator, long denominator) {
    return numerator == LevelOne.NONE || denominator <= 0
        ? Amounts.quantity(0)
        : Amounts.plain(
            BigDecimal.valueOf(numerator)
                .divide(BigDecimal.valueOf(denominator), 5, RoundingMode.HALF_UP));
  }

  private static Map<String, Object> quote(LevelOne image) {
    Map<String, Object> quote = new LinkedHashMap<>();
    price(quote, "52WeekHigh", image, LevelOne.YEAR_HIGH);
    price(quote, "52WeekLow", image, LevelOne.YEAR_LOW);
    mic(quote, "askMICId", image, LevelOne.ASK_ID);
    price(quote, "askPrice", image, LevelOne.ASK);
    count(quote, "askSize", image, LevelOne.ASK_SIZE);
    count(quote, "askTime", image, LevelOne.ASK_TIME);
    mic(quote, "bidMICId", image, LevelOne.BID_ID);
    price(quote, "bidPrice", image, LevelOne.BID);
    count(quote, "bidSize", image, LevelOne.BID_SIZE);
    count(quote, "bidTime", image, LevelOne.BID_TIME);
    price(quote, "closePrice", image, LevelOne.PREVIOUS_CLOSE);
    price(quote, "highPrice", image, LevelOne.HIGH);
    mic(quote, "lastMICId", image, LevelOne.LAST_ID);
    price(quote, "lastPrice", image, LevelOne.LAST);
    count(quote, "lastSize", image, LevelOne.LAST_SIZE);
    price(quote, "lowPrice", image, LevelOne.LOW);
    price(quote, "mark", image, LevelOne.MARK);
    price(quote, "markChange", image, LevelOne.MARK_CHANGE);
    percent(quote, "markPercentChange", image, LevelOne.MARK_PERCENT);
    price(quote, "netChange", image, LevelOne.NET_CHANGE);
    percent(quote, "netPercentChange", image, LevelOne.NET_PERCENT);
    price(quote, "openPrice", image, LevelOne.OPEN);
    price(quote, "postMarketChange", image, LevelOne.POST_MARKET_CHANGE);
    percent(quote, "postMarketPercentChange", image, LevelOne.POST_MARKET_PERCENT);
    count(quote, "quoteTime", image, LevelOne.QUOTE_TIME);
    quote.put("securityStatus", "Normal");
    count(quote, "totalVolume", image, LevelOne.TOTAL_VOLUME);
    count(quote, "tradeTime", image, LevelOne.TRADE_TIME);
    return quote;
  }

  /** $SPX, derived from SPY: no bid, no ask, no volume. */
  static Map<String, Object> spx(TickerState spy, Set<String> blocks, boolean delayed) {
    LevelOne image = spy.image();
    Listing listing = Listing.SPX;
    Map<String, Object> view = head("INDEX", "", listing.instrumentId(), listing.symbol(), delayed);
    if (blocks.contains("quote")) {
      Map<String, Object> quote = new LinkedHashMap<>();
      index(quote, "52WeekHigh", image, LevelOne.YEAR_HIGH);
      index(quote, "52WeekLow", image, LevelOne.YEAR_LOW);
      index(quote, "closePrice", image, LevelOne.PREVIOUS_CLOSE);
      index(quote, "highPrice", image, LevelOne.HIGH);
      index(quote, "lastPrice", image, LevelOne.LAST);
      index(quote, "lowPrice", image, LevelOne.LOW);
      index(quote, "netChange", image, LevelOne.NET_CHANGE);
      percent(quote, "netPercentChange", image, LevelOne.NET_PERCENT);
      index(quote, "openPrice", image, LevelOne.OPEN);
      quote.put("securityStatus", "Unknown");
      quote.put("totalVolume", 0);
      count(quote, "tradeTime", image, LevelOne.TRADE_TIME);
      view.put("quote", quote);
    }
    if (blocks.contains("reference")) {
      Map<String, Object> reference = new LinkedHashMap<>();
      reference.put("description", listing.description());
      reference.put("exchange", Character.toString(listing.exchange()));
      reference.put("exchangeName", listing.exchangeName());
      view.put("reference", reference);
    }
    return view;
  }

  private static void index(Map<String, Object> to, String name, LevelOne image, int field) {
    if (image.get(field) != LevelOne.NONE) {
      to.put(name, Amounts.dollars(image.get(field) * SPX_TIMES));
    }
  }

  /** An option that is quoted. */
  static Map<String, Object> option(OptionQuote option, Set<String> blocks, boolean delayed) {
    OptionContract contract = option.contract();
    Map<String, Object> view = head("OPTION", "", optionId(contract), contract.key(), delayed);
    if (blocks.contains("quote")) {
      view.put("quote", optionQuote(option));
    }
    if (blocks.contains("reference")) {
      view.put("reference", optionReference(option));
    }
    return view;
  }

  static long optionId(OptionContract contract) {
    return 1L + (contract.symbol().hashCode() & 0xFFFFFF);
  }

  private static Map<String, Object> optionQuote(OptionQuote option) {
    Map<String, Object> quote = new LinkedHashMap<>();
    quote.put("52WeekHigh", Amounts.dollars(yearHighE4(option)));
    quote.put("52WeekLow", Amounts.dollars(yearLowE4(option)));
    quote.put("askPrice", Amounts.dollars(option.askE4()));
    quote.put("askSize", option.askSize());
    quote.put("bidPrice", Amounts.dollars(option.bidE4()));
    quote.put("bidSize", option.bidSize());
    quote.put("closePrice", Amounts.dollars(option.previousCloseE4()));
    BlackScholes.Valuation greeks = option.greeks();
    quote.put("delta", greek(greeks == null ? null : greeks.delta()));
    quote.put("gamma", greek(greeks == null ? null : greeks.gamma()));
    quote.put("highPrice", Amounts.dollars(option.highE4()));
    quote.put("indAskPrice", Amounts.quantity(0));
    quote.put("indBidPrice", Amounts.quantity(0));
    quote.put("indQuoteTime", 0);
    quote.put("impliedYield", Amounts.quantity(0));
    quote.put("lastPrice", Amounts.dollars(option.lastE4()));
    quote.put("lastSize", option.lastSize());
    quote.put("lowPrice", Amounts.dollars(option.lowE4()));
    quote.put("mark", Amounts.dollars(option.markE4()));
    quote.put("markChange", Amounts.dollars(option.markChangeE4()));
    quote.put("markPercentChange", percentOf(option.markChangeE4(), option.previousCloseE4()));
    quote.put("moneyIntrinsicValue", Amounts.dollars(option.moneyIntrinsicE4()));
    quote.put("netChange", Amounts.dollars(option.netChangeE4()));
    quote.put("netPercentChange", percentOf(option.netChangeE4(), option.previousCloseE4()));
    quote.put("openInterest", option.openInterest());
    quote.put("openPrice", Amounts.dollars(option.openE4()));
    quote.put("quoteTime", option.quoteTime());
    quote.put("rho", greek(greeks == null ? null : greeks.rho()));
    quote.put("securityStatus", "Normal");
    quote.put("theoreticalOptionValue", theoretical(option, 8));
    quote.put("theta", greek(greeks == null ? null : greeks.theta()));
    quote.put("timeValue", Amounts.dollars(option.timeValueE4()));
    quote.put("totalVolume", option.volume());
    quote.put("tradeTime", option.tradeTime());
    quote.put("underlyingPrice", Amounts.dollars(option.underlyingE4()));
    quote.put("vega", greek(greeks == null ? null : greeks.vega()));
    quote.put("volatility", greek(option.volatilityPercent()));
    return quote;
  }

  private static Map<String, Object> optionReference(OptionQuote option) {
    OptionContract contract = option.contract();
    Map<String, Object> reference = new LinkedHashMap<>();
    reference.put("contractType", contract.isCall() ? "C" : "P");
    reference.put("cusip", OptionContract.cusip(contract.symbol()));
    reference.put("daysToExpiration", option.daysToExpiration());
    reference.put("deliverables", "100 " + contract.underlying().symbol());
    reference.put("description", contract.description());
    reference.put("exchange", "o");
    reference.put("exchangeName", "OPR");
    reference.put("exerciseType", "A");
    reference.put("expirationDay", contract.expiration().getDayOfMonth());
    reference.put("expirationMonth", contract.expiration().getMonthValue());
    reference.put("expirationType", Character.toString(contract.cycle().letter()));
    reference.put("expirationYear", contract.expiration().getYear());
    reference.put("isPennyPilot", contract.pennyPilot());
    reference.put("lastTradingDay", lastTradingDay(contract.expiration()));
    reference.put("multiplier", Amounts.quantity(OptionContract.MULTIPLIER));
    reference.put("settlementType", "P");
    reference.put("strikePrice", Amounts.dollars(contract.strikeE4()));
    reference.put("underlying", contract.underlying().symbol());
    reference.put("underlyingAssetType", "EQUITY");
    return reference;
  }

  /** Schwab's trading day ends at 20:00 New York. */
  static long lastTradingDay(LocalDate expiration) {
    return CALENDAR.at(expiration, LocalTime.of(20, 0)).toEpochMilli();
  }

  /** The year's range as far as it is known: today's and the close before. */
  static long yearHighE4(OptionQuote option) {
    return Math.max(option.highE4(), option.previousCloseE4());
  }

  static long yearLowE4(OptionQuote option) {
    return option.lowE4() == 0
        ? option.previousCloseE4()
        : Math.min(option.lowE4(), option.previousCloseE4());
  }

  static BigDecimal percentOf(long changeE4, long closeE4) {
    return closeE4 == 0 ? Amounts.quantity(0) : rounded(100.0 * changeE4 / closeE4, 2);
  }

  /** To eight decimals, -999.0 when there is none. */
  static BigDecimal greek(@org.jspecify.annotations.Nullable Double value) {
    return value == null ? Amounts.quantity(-999) : rounded(value, 8);
  }

  static BigDecimal theoretical(OptionQuote option, int decimals) {
    Double value = option.theoretical();
    return value == null ? Amounts.quantity(-1) : rounded(value, decimals);
  }

  static BigDecimal rounded(double value, int decimals) {
    return Amounts.plain(BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP));
  }

  /** The {@code underlying} of a chain. */
  static Map<String, Object> underlying(TickerState ticker) {
    LevelOne image = ticker.image();
    Map<String, Object> view = new LinkedHashMap<>();
    price(view, "ask", image, LevelOne.ASK);
    count(view, "askSize", image, LevelOne.ASK_SIZE);
    price(view, "bid", image, LevelOne.BID);
    count(view, "bidSize", image, LevelOne.BID_SIZE);
    price(view, "change", image, LevelOne.NET_CHANGE);
    price(view, "close", image, LevelOne.PREVIOUS_CLOSE);
    view.put("delayed", false);
    view.put("description", image.listing().description());
    view.put("exchangeName", exchangeCode(image.listing()));
    price(view, "fiftyTwoWeekHigh", image, LevelOne.YEAR_HIGH);
    price(view, "fiftyTwoWeekLow", image, LevelOne.YEAR_LOW);
    price(view, "highPrice", image, LevelOne.HIGH);
    price(view, "last", image, LevelOne.LAST);
    price(view, "lowPrice", image, LevelOne.LOW);
    price(view, "mark", image, LevelOne.MARK);
    price(view, "markChange", image, LevelOne.MARK_CHANGE);
    percent(view, "markPercentChange", image, LevelOne.MARK_PERCENT);
    price(view, "openPrice", image, LevelOne.OPEN);
    percent(view, "percentChange", image, LevelOne.NET_PERCENT);
    count(view, "quoteTime", image, LevelOne.QUOTE_TIME);
    view.put("symbol", image.listing().symbol());
    count(view, "totalVolume", image, LevelOne.TOTAL_VOLUME);
    count(view, "tradeTime", image, LevelOne.TRADE_TIME);
    return view;
  }

  private static String exchangeCode(Listing listing) {
    return switch (listing.exchange()) {
      case 'Q' -> "NAS";
      case 'P' -> "PSE";
      default -> "NYS";
    };
  }

  private static void mic(Map<String, Object> to, String name, LevelOne image, int field) {
    if (image.get(field) != LevelOne.NONE) {
      to.put(name, Venue.mic((char) image.get(field)));
    }
  }

  private static void price(Map<String, Object> to, String name, LevelOne image, int field) {
    if (image.get(field) != LevelOne.NONE) {
      to.put(name, Amounts.dollars(image.get(field)));
    }
  }

  private static void count(Map<String, Object> to, String name, LevelOne image, int field) {
    if (image.get(field) != LevelOne.NONE) {
      to.put(name, Amounts.count(image.get(field)));
    }
  }

  private static void percent(Map<String, Object> to, String name, LevelOne image, int field) {
    if (image.get(field) != LevelOne.NONE) {
      to.put(name, Amounts.percent(image.get(field)));
    }
  }

  /** A moment as the chain writes it: {@code 2026-03-20T20:00:00.000+00:00}. */
  static String chainTime(Instant time) {
    return time.toString().replaceFirst("(\\.\\d+)?Z$", ".000+00:00");
  }

  /** Members that nobody documented. */
  static Map<String, Object> unknownMember() {
    return Map.of("unheardOf", List.of(1, "2", Map.of("deep", true)));
  }

  /** The same with each whole double as an int and each int as a double. */
  static Object flippedNumbers(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<Object, Object> flipped = new LinkedHashMap<>();
        map.forEach((key, inner) -> flipped.put(key, flippedNumbers(inner)));
        yield flipped;
      }
      case BigDecimal decimal when decimal.stripTrailingZeros().scale() <= 0 ->
          decimal.toBigIntegerExact();
      case Long whole -> BigDecimal.valueOf(whole).setScale(1, RoundingMode.UNNECESSARY);
      case Integer whole -> BigDecimal.valueOf(whole).setScale(1, RoundingMode.UNNECESSARY);
      default -> value;
    };
  }
}
