package io.alphakite.schwab.market;

import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.http.Fields;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Unknowns;
import io.alphakite.schwab.market.SymbolQuote.AssetMainType;
import io.alphakite.schwab.market.SymbolQuote.BidAsk;
import io.alphakite.schwab.market.SymbolQuote.Head;
import io.alphakite.schwab.market.SymbolQuote.Trading;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads one symbol's block of {@code GET /quotes}. */
final class QuoteReader {

  private final Unknowns unknowns;

  QuoteReader(Unknowns unknowns) {
    this.unknowns = unknowns;
  }

  SymbolQuote read(String symbol, JsonNode block) {
    Coded<AssetMainType> type = mainType(block);
    AssetMainType known = type == null ? null : type.value();
    if (known == null) {
      return other(head(new Fields(block, "quote", unknowns), symbol), block);
    }
    return switch (known) {
      case EQUITY -> equity(symbol, block);
      case INDEX -> index(symbol, block);
      case OPTION -> option(symbol, block);
      case FUTURE -> future(symbol, block);
      case MUTUAL_FUND -> mutualFund(symbol, block);
      case FOREX -> forex(symbol, block);
      case FUTURE_OPTION, BOND -> other(head(new Fields(block, "quote", unknowns), symbol), block);
    };
  }

  private static @Nullable Coded<AssetMainType> mainType(JsonNode block) {
    String text = Json.text(block, "assetMainType");
    return text == null ? null : Coded.of(AssetMainType.class, text);
  }

  private static Head head(Fields f, String symbol) {
    // The key of the map is what was asked for; "symbol" in it says the same.
    f.ignore("symbol");
    return new Head(
        symbol,
        f.coded("assetMainType", AssetMainType.class),
        f.coded("assetSubType", SymbolQuote.AssetSubType.class),
        f.coded("quoteType", SymbolQuote.QuoteType.class),
        f.flag("realtime"),
        known(f.whole("ssid")));
  }

  private SymbolQuote equity(String symbol, JsonNode block) {
    Fields f = new Fields(block, "quote.equity", unknowns);
    Head head = head(f, symbol);
    Fields quote = f.block("quote", "quote.equity.quote");
    Fields extended = f.block("extended", "quote.equity.extended");
    Fields regular = f.block("regular", "quote.equity.regular");
    Fields reference = f.block("reference", "quote.equity.reference");
    SymbolQuote.Equity read =
        new SymbolQuote.Equity(
            head,
            quote == null ? null : bidAsk(quote),
            quote == null ? null : trading(quote, "netPercentChange"),
            quote == null ? null : quote.decimal("postMarketChange"),
            quote == null ? null : quote.decimal("postMarketPercentChange"),
            extended == null ? null : extended(extended),
            regular == null ? null : regular(regular),
            fundamental(f.block("fundamental", "quote.equity.fundamental")),
            reference == null ? null : equityReference(reference));
    done(f, quote);
    return read;
  }

  private SymbolQuote index(String symbol, JsonNode block) {
    Fields f = new Fields(block, "quote.index", unknowns);
    Head head = head(f, symbol);
    Fields quote = f.block("quote", "quote.index.quote");
    Fields reference = f.block("reference", "quote.index.reference");
    SymbolQuote.Index read =
        new SymbolQuote.Index(
            head,
            quote == null ? null : trading(quote, "netPercentChange"),
            text(reference, "description"),
            text(reference, "exchange"),
            text(reference, "exchangeName"));
    done(f, quote, reference);
    return read;
  }

  private SymbolQuote option(String symbol, JsonNode block) {
    Fields f = new Fields(block, "quote.option", unknowns);
    Head head = head(f, symbol);
    Fields quote = f.block("quote", "quote.option.quote");
    Fields reference = f.block("reference", "quote.option.reference");
    SymbolQuote.Option read =
        new SymbolQuote.Option(
            head,
            quote == null ? null : bidAsk(quote),
            quote == null ? null : trading(quote, "netPercentChange"),
            quote == null
                ? new Greeks(null, null, null, null, null, null, null, null)
                : ChainReader.greeks(quote),
            quote == null
                ? null
                : new SymbolQuote.OptionValues(
                    quote.whole("openInterest"),
                    quote.decimal("moneyIntrinsicValue"),
                    quote.decimal("timeValue"),
                    quote.decimal("underlyingPrice"),
                    quote.decimalUnlessNone("impliedYield"),
                    quote.decimal("indBidPrice"),
                    quote.decimal("indAskPrice"),
                    quote.moment("indQuoteTime")),
            reference == null ? null : optionReference(reference));
    done(f, quote, reference);
    return read;
  }

  private static SymbolQuote.OptionReference optionReference(Fields r) {
    return new SymbolQuote.OptionReference(
        r.coded("contractType", OptionContract.PutCall.class),
        date(r.whole("expirationYear"), r.whole("expirationMonth"), r.whole("expirationDay")),
        r.whole("daysToExpiration"),
        r.coded("expirationType", OptionContract.ExpirationType.class),
        r.coded("exerciseType", OptionContract.ExerciseType.class),
        r.coded("settlementType", OptionContract.SettlementType.class),
        r.decimal("strikePrice"),
        r.decimal("multiplier"),
        r.text("underlying"),
        r.text("underlyingAssetType"),
        r.text("deliverables"),
        r.date("lastTradingDay"),
        r.flag("isPennyPilot"),
        r.text("description"),
        r.text("exchange"),
        r.text("exchangeName"),
        r.text("cusip"));
  }

  private SymbolQuote future(String symbol, JsonNode block) {
    Fields f = new Fields(block, "quote.future", unknowns);
    Head head = head(f, symbol);
    Fields quote = f.block("quote", "quote.future.quote");
    Fields r = f.block("reference", "quote.future.reference");
    SymbolQuote.Future read =
        new SymbolQuote.Future(
            head,
            quote == null ? null : bidAsk(quote),
            quote == null ? null : trading(quote, "futurePercentChange"),
            quote == null ? null : quote.whole("openInterest"),
            quote == null ? null : quote.flag("quotedInSession"),
            quote == null ? null : quote.moment("settleTime"),
            quote == null ? null : quote.decimal("tick"),
            quote == null ? null : quote.decimal("tickAmount"),
            r == null
                ? null
                : new SymbolQuote.FutureReference(
                    r.text("futureActiveSymbol"),
                    r.date("futureExpirationDate"),
                    r.flag("futureIsActive"),
                    r.decimal("futureMultiplier"),
                    r.text("futurePriceFormat"),
                    r.decimal("futureSettlementPrice"),
                    r.text("futureTradingHours"),
                    r.text("product"),
                    r.text("description"),
                    r.text("exchange"),
                    r.text("exchangeName")));
    done(f, quote, r);
    return read;
  }

  private SymbolQuote mutualFund(String symbol, JsonNode block) {
    Fields f = new Fields(block, "quote.fund", unknowns);
    Head head = head(f, symbol);
    Fields quote = f.block("quote", "quote.fund.quote");
    Fields reference = f.block("reference", "quote.fund.reference");
    SymbolQuote.MutualFund read =
        new SymbolQuote.MutualFund(
            head,
            quote == null ? null : trading(quote, "netPercentChange"),
            quote == null ? null : quote.decimal("nAV"),
            fundamental(f.block("fundamental", "quote.fund.fundamental")),
            text(reference, "cusip"),
            text(reference, "description"),
            text(reference, "exchange"),
            text(reference, "exchangeName"));
    done(f, quote, reference);
    return read;
  }

  private SymbolQuote forex(String symbol, JsonNode block) {
    Fields f = new Fields(block, "quote.forex", unknowns);
    Head head = head(f, symbol);
    Fields quote = f.block("quote", "quote.forex.quote");
    Fields reference = f.block("reference", "quote.forex.reference");
    SymbolQuote.Forex read =
        new SymbolQuote.Forex(
            head,
            quote == null ? null : bidAsk(quote),
            quote == null ? null : trading(quote, "netPercentChange"),
            quote == null ? null : quote.decimal("tick"),
            quote == null ? null : quote.decimal("tickAmount"),
            reference == null ? null : reference.flag("isTradable"),
            text(reference, "marketMaker"),
            text(reference, "product"),
            text(reference, "tradingHours"),
            text(reference, "description"),
            text(reference, "exchange"),
            text(reference, "exchangeName"));
    done(f, quote, reference);
    return read;
  }

  private static SymbolQuote other(Head head, JsonNode block) {
    Map<String, Map<String, String>> blocks = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> part : block.properties()) {
      if (!part.getValue().isObject()) {
        continue;
      }
      Map<String, String> fields = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : part.getValue().properties()) {
        JsonNode value = field.getValue();
        if (value.isString() || value.isNumber() || value.isBoolean()) {
          fields.put(field.getKey(), value.asString());
        }
      }
      blocks.put(part.getKey(), Map.copyOf(fields));
    }
    return new SymbolQuote.Other(head, blocks);
  }

  private static BidAsk bidAsk(Fields q) {
    return new BidAsk(
        q.decimal("bidPrice"),
        q.whole("bidSize"),
        q.moment("bidTime"),
        q.text("bidMICId"),
        q.decimal("askPrice"),
        q.whole("askSize"),
        q.moment("askTime"),
        q.text("askMICId"),
        q.decimal("mark"),
        q.decimal("markChange"),
        q.decimal("markPercentChange"),
        q.moment("quoteTime"));
  }

  private static Trading trading(Fields q, String percentChange) {
    return new Trading(
        q.decimal("lastPrice"),
        q.whole("lastSize"),
        q.text("lastMICId"),
        q.decimal("openPrice"),
        q.decimal("highPrice"),
        q.decimal("lowPrice"),
        q.decimal("closePrice"),
        q.decimal("netChange"),
        q.decimal(percentChange),
        q.whole("totalVolume"),
        q.moment("tradeTime"),
        q.decimal("52WeekHigh"),
        q.decimal("52WeekLow"),
        q.coded("securityStatus", SymbolQuote.SecurityStatus.class));
  }

  private static SymbolQuote.Extended extended(Fields e) {
    SymbolQuote.Extended read =
        new SymbolQuote.Extended(
            e.decimal("bidPrice"),
            e.whole("bidSize"),
            e.decimal("askPrice"),
            e.whole("askSize"),
            e.decimal("lastPrice"),
            e.whole("lastSize"),
            e.decimal("mark"),
            e.whole("totalVolume"),
            e.moment("quoteTime"),
            e.moment("tradeTime"));
    e.done();
    return read;
  }

  private static SymbolQuote.Regular regular(Fields r) {
    SymbolQuote.Regular read =
        new SymbolQuote.Regular(
            r.decimal("regularMarketLastPrice"),
            r.whole("regularMarketLastSize"),
            r.decimal("regularMarketNetChange"),
            r.decimal("regularMarketPercentChange"),
            r.moment("regularMarketTradeTime"));
    r.done();
    return read;
  }

  private static SymbolQuote.@Nullable Fundamental fundamental(@Nullable Fields f) {
    if (f == null) {
      return null;
    }
    SymbolQuote.Fundamental read =
        new SymbolQuote.Fundamental(
            f.decimal("avg10DaysVolume"),
            f.decimal("avg1YearVolume"),
            f.decimal("eps"),
            f.decimal("peRatio"),
            f.decimal("divAmount"),
            f.decimal("divYield"),
            f.whole("divFreq"),
            f.decimal("divPayAmount"),
            f.date("declarationDate"),
            f.date("divExDate"),
            f.date("divPayDate"),
            f.date("nextDivExDate"),
            f.date("nextDivPayDate"),
            f.date("lastEarningsDate"),
            f.decimal("fundLeverageFactor"));
    f.done();
    return read;
  }

  private static SymbolQuote.EquityReference equityReference(Fields r) {
    SymbolQuote.EquityReference read =
        new SymbolQuote.EquityReference(
            r.text("cusip"),
            r.text("description"),
            r.text("exchange"),
            r.text("exchangeName"),
            r.flag("isHardToBorrow"),
            r.flag("isShortable"),
            r.whole("htbQuantity"),
            r.decimal("htbRate"));
    r.done();
    return read;
  }

  private static @Nullable LocalDate date(
      @Nullable Long year, @Nullable Long month, @Nullable Long day) {
    if (year == null || month == null || day == null) {
      return null;
    }
    try {
      return LocalDate.of(Math.toIntExact(year), Math.toIntExact(month), Math.toIntExact(day));
    } catch (DateTimeException | ArithmeticException _) {
      return null;
    }
  }

  /** Schwab writes -1 where it has no number of the security. */
  static @Nullable Long known(@Nullable Long ssid) {
    return ssid == null || ssid < 0 ? null : ssid;
  }

  private static @Nullable String text(@Nullable Fields fields, String name) {
    return fields == null ? null : fields.text(name);
  }

  private static void done(@Nullable Fields... read) {
    for (Fields fields : read) {
      if (fields != null) {
        fields.done();
      }
    }
  }
}
