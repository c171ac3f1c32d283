package io.alphakite.schwab.market;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.http.Fields;
import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.http.Rest;
import io.alphakite.schwab.http.SchwabError;
import io.alphakite.schwab.http.SchwabException;
import io.alphakite.schwab.http.Unknowns;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** {@link MarketData} over HTTP. */
public final class HttpMarketData implements MarketData {

  private static final Logger log = LoggerFactory.getLogger(HttpMarketData.class);

  private static final String BASE = "marketdata/v1/";

  /** The longest period of minutes that Schwab has. */
  private static final Duration PIECE = Duration.ofDays(10);

  /** More than Schwab keeps of one-minute candles (about 48 days). */
  private static final Duration MINUTES_MAX = Duration.ofDays(60);

  private static final int WORDS_MAX = 200;
  private static final int FUNDAMENTALS_MAX = 500;

  private final Rest rest;
  private final Unknowns unknowns;
  private final QuoteReader quoteReader;
  private final ChainReader chainReader;

  public HttpMarketData(Rest rest, Unknowns unknowns) {
    this.rest = rest;
    this.unknowns = unknowns;
    this.quoteReader = new QuoteReader(unknowns);
    this.chainReader = new ChainReader(unknowns);
  }

  @Override
  public List<Bar> minuteBars(Ticker ticker, Instant from, Instant to, boolean extendedHours) {
    if (!from.isBefore(to)) {
      return List.of();
    }
    if (Duration.between(from, to).compareTo(MINUTES_MAX) > 0) {
      throw new IllegalArgumentException(
          "minute candles of %d days: Schwab keeps about 48, ask for at most %d"
              .formatted(Duration.between(from, to).toDays(), MINUTES_MAX.toDays()));
    }
    Map<Instant, Bar> bars = new TreeMap<>();
    int unreadable = 0;
    for (Instant start = from; start.isBefore(to); start = start.plus(PIECE)) {
      Instant end = start.plus(PIECE).isBefore(to) ? start.plus(PIECE) : to;
      Candles piece =
          candles(HistoryRequest.minutes(ticker.symbol(), 1, start, end, extendedHours));
      piece.bars().forEach(bar -> bars.put(bar.start(), bar));
      unreadable += piece.unreadable();
    }
    if (unreadable > 0) {
      log.atWarn()
          .addKeyValue("event", "schwab.candles_unreadable")
          .addKeyValue("ticker", ticker)
          .addKeyValue("count", unreadable)
          .log("Candles left out");
    }
    return List.copyOf(bars.values());
  }

  @Override
  public Candles candles(HistoryRequest request) {
    JsonNode answer = rest.get("price history", BASE + "pricehistory", request.query());
    Fields f = new Fields(answer, "pricehistory", unknowns).ignore("empty");
    Map<Instant, Bar> bars = new TreeMap<>();
    int unreadable = 0;
    for (Fields candle : f.blocks("candles", "pricehistory.candle")) {
      Bar bar = bar(candle);
      if (bar == null) {
        unreadable++;
      } else if (wanted(request, bar)) {
        bars.put(bar.start(), bar);
      }
    }
    Candles candles =
        new Candles(
            f.text("symbol", request.symbol()),
            List.copyOf(bars.values()),
            f.price("previousClose"),
            f.date("previousCloseDate"),
            unreadable);
    f.done();
    return candles;
  }

  /** Schwab may ignore start and end inside a day and send all of it. */
  private static boolean wanted(HistoryRequest request, Bar bar) {
    Instant start = request.start();
    Instant end = request.end();
    if (request.frequencyType() == HistoryRequest.FrequencyType.MINUTE) {
      return (start == null || !bar.start().isBefore(start))
          && (end == null || bar.start().isBefore(end));
    }
    MarketCalendar calendar = MarketCalendar.nyse();
    LocalDate date = Candles.date(bar);
    return (start == null || !date.isBefore(calendar.dateOf(start)))
        && (end == null || !date.isAfter(calendar.dateOf(end.minusNanos(1))));
  }

  @Override
  public Map<Ticker, EquityQuote> quotes(Collection<Ticker> tickers) {
    List<Ticker> wanted = List.copyOf(new LinkedHashSet<>(tickers));
    QuoteRequest request =
        QuoteRequest.of(wanted.stream().map(Ticker::symbol).toList())
            .only(QuoteRequest.Field.QUOTE, QuoteRequest.Field.REFERENCE);
    Map<Ticker, EquityQuote> quotes = new HashMap<>();
    Map<String, JsonNode> blocks = new HashMap<>();
    ask(request, answer -> answer.properties().forEach(e -> blocks.put(e.getKey(), e.getValue())));
    for (Ticker ticker : wanted) {
      JsonNode block = blocks.get(ticker.symbol());
      if (block != null && block.isObject()) {
        quotes.put(ticker, quote(ticker, block));
      }
    }
    return Map.copyOf(quotes);
  }

  @Override
  public SymbolQuote.Quotes quotes(QuoteRequest request) {
    Map<String, SymbolQuote> bySymbol = new LinkedHashMap<>();
    List<String> symbols = new ArrayList<>();
    List<String> cusips = new ArrayList<>();
    List<String> ssids = new ArrayList<>();
    ask(
        request,
        answer -> {
          for (Map.Entry<String, JsonNode> entry : answer.properties()) {
            if (entry.getKey().equals("errors")) {
              Fields errors = new Fields(entry.getValue(), "quotes.errors", unknowns);
              symbols.addAll(errors.texts("invalidSymbols"));
              cusips.addAll(errors.texts("invalidCusips"));
              ssids.addAll(errors.texts("invalidSSIDs"));
              errors.done();
            } else if (entry.getValue().isObject()) {
              bySymbol.put(entry.getKey(), quoteReader.read(entry.getKey(), entry.getValue()));
            } else {
              unknowns.unreadable("quotes", "symbol");
            }
          }
        });
    return new SymbolQuote.Quotes(bySymbol, symbols, cusips, ssids);
  }

  private void ask(QuoteRequest request, Consumer<JsonNode> answers) {
    List<String> symbols = request.symbols();
    for (int from = 0; from < symbols.size(); from += QuoteRequest.SYMBOLS_AT_ONCE) {
      int to = Math.min(from + QuoteRequest.SYMBOLS_AT_ONCE, symbols.size());
      answers.accept(rest.get("quotes", BASE + "quotes", request.query(symbols.subList(from, to))));
    }
  }

  @Override
  public Optional<SymbolQuote> quote(String symbol, Set<QuoteRequest.Field> fields) {
    Symbols.checked(symbol);
    if (!Symbols.fitsPath(symbol)) {
      SymbolQuote.Quotes quotes = quotes(new QuoteRequest(List.of(symbol), fields, false));
      return Optional.ofNullable(quotes.bySymbol().get(symbol));
    }
    Map<String, String> query = new LinkedHashMap<>();
    QuoteRequest.putFields(query, fields);
    return unlessMissing(() -> rest.get("quote", BASE + symbol + "/quotes", query))
        .map(answer -> answer.path(symbol))
        .filter(JsonNode::isObject)
        .map(block -> quoteReader.read(symbol, block));
  }

  @Override
  public OptionChain chain(ChainRequest request) {
    try {
      return chainReader.chain(rest.get("option chain", BASE + "chains", request.query()));
    } catch (SchwabException e) {
      if (e.kind() != SchwabException.Kind.ANSWER_TOO_BIG) {
        throw e;
      }
      SchwabError error = e.error();
      throw new SchwabException(
          new SchwabError(
              error.kind(),
              error.status(),
              error.message() + ": a smaller strikeCount, or expirations in slices",
              error.code(),
              error.title(),
              error.sources(),
              error.correlationId(),
              error.retryAfter()),
          e);
    }
  }

  @Override
  public List<Expiration> expirations(String symbol) {
    return chainReader.expirations(
        rest.get(
            "expiration chain",
            BASE + "expirationchain",
            Map.of("symbol", Symbols.checked(symbol))));
  }

  @Override
  public List<Mover> movers(Mover.Among among, Mover.Sort sort, Mover.Frequency frequency) {
    JsonNode answer =
        rest.get(
            "movers",
            BASE + "movers/" + among.wire(),
            Map.of("sort", sort.name(), "frequency", frequency.wire()));
    Fields f = new Fields(answer, "movers", unknowns);
    List<Mover> movers = new ArrayList<>();
    for (Fields m : f.blocks("screeners", "movers.screener")) {
      String symbol = m.text("symbol");
      if (symbol != null) {
        movers.add(mover(symbol, m));
        m.done();
      }
    }
    f.done();
    return List.copyOf(movers);
  }

  private static Mover mover(String symbol, Fields m) {
    BigDecimal last = m.decimal("lastPrice");
    BigDecimal change = m.decimal("netChange");
    BigDecimal percent = m.decimal("netPercentChange");
    // What rose by its own price had none before: off hours Schwab writes this for everything.
    boolean nonsense =
        last != null
            && change != null
            && last.compareTo(change) == 0
            && percent != null
            && percent.compareTo(BigDecimal.ONE) == 0;
    return new Mover(
        symbol,
        m.text("description"),
        last,
        nonsense ? null : change,
        nonsense ? null : percent,
        m.decimal("marketShare"),
        m.whole("volume"),
        m.whole("totalVolume"),
        m.whole("trades"));
  }

  @Override
  public List<MarketHours> marketHours(Set<MarketHours.Market> markets, @Nullable LocalDate date) {
    if (markets.isEmpty()) {
      throw new IllegalArgumentException("no market to tell the hours of");
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put(
        "markets",
        new TreeSet<>(markets).stream().map(Coded::wire).collect(Collectors.joining(",")));
    return hours(rest.get("market hours", BASE + "markets", withDate(query, date)));
  }

  @Override
  public List<MarketHours> marketHours(MarketHours.Market market, @Nullable LocalDate date) {
    return hours(
        rest.get(
            "market hours",
            BASE + "markets/" + market.wire(),
            withDate(new LinkedHashMap<>(), date)));
  }

  private static Map<String, String> withDate(Map<String, String> query, @Nullable LocalDate date) {
    if (date != null) {
      query.put("date", date.toString());
    }
    return query;
  }

  /** {@code {"equity":{"EQ":{…}}}}, or {@code {"equity":{"equity":{…}}}} when it is closed. */
  private List<MarketHours> hours(JsonNode answer) {
    List<MarketHours> hours = new ArrayList<>();
    for (Map.Entry<String, JsonNode> market : answer.properties()) {
      for (Map.Entry<String, JsonNode> product : market.getValue().properties()) {
        if (product.getValue().isObject()) {
          Fields p = new Fields(product.getValue(), "markets.product", unknowns);
          hours.add(
              hours(Coded.of(MarketHours.Market.class, market.getKey()), product.getKey(), p));
          p.done();
        }
      }
    }
    return List.copyOf(hours);
  }

  private MarketHours hours(Coded<MarketHours.Market> market, String product, Fields p) {
    if (market.value() == null) {
      unknowns.word("markets", market.text());
    }
    // They repeat the names outside.
    p.ignore("marketType", "product");
    Map<String, List<MarketHours.Span>> sessions = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> session : p.entries("sessionHours")) {
      List<MarketHours.Span> spans = new ArrayList<>();
      for (JsonNode span : session.getValue().values()) {
        Instant start = Json.time(span, "start");
        Instant end = Json.time(span, "end");
        if (start != null && end != null) {
          spans.add(new MarketHours.Span(start, end));
        } else {
          unknowns.unreadable("markets.product", "sessionHours");
        }
      }
      sessions.put(session.getKey(), List.copyOf(spans));
    }
    return new MarketHours(
        market,
        product,
        p.text("productName"),
        p.text("category"),
        p.text("exchange"),
        p.date("date"),
        p.isSet("isOpen"),
        sessions);
  }

  @Override
  public List<Instrument> instruments(String words, Instrument.Projection projection) {
    if (words.isBlank() || words.length() > WORDS_MAX) {
      throw new IllegalArgumentException(
          "words to search instruments for: 1 to " + WORDS_MAX + " characters");
    }
    return unlessMissing(
            () ->
                rest.get(
                    "instruments",
                    BASE + "instruments",
                    Map.of("symbol", words, "projection", projection.wire())))
        .map(this::instruments)
        .orElse(List.of());
  }

  @Override
  public Optional<Instrument> instrument(String cusip) {
    if (!cusip.matches("[0-9A-Za-z*@#]{8,9}")) {
      throw new IllegalArgumentException("Not a CUSIP: 9 letters and digits");
    }
    return unlessMissing(() -> rest.get("instrument", BASE + "instruments/" + cusip, Map.of()))
        .flatMap(answer -> instruments(answer).stream().findFirst());
  }

  /** {@code {"instruments":[…]}}; a bare list or a bare instrument is read as well. */
  private List<Instrument> instruments(JsonNode answer) {
    JsonNode list = answer.isArray() ? answer : answer.path("instruments");
    List<JsonNode> found =
        list.isArray()
            ? List.copyOf(list.values())
            : answer.has("symbol") ? List.of(answer) : List.of();
    List<Instrument> instruments = new ArrayList<>();
    for (JsonNode one : found) {
      Fields i = new Fields(one, "instruments.instrument", unknowns);
      String symbol = i.text("symbol");
      if (symbol == null) {
        unknowns.unreadable("instruments.instrument", "symbol");
        continue;
      }
      Map<String, BigDecimal> numbers = new LinkedHashMap<>();
      Map<String, String> texts = new LinkedHashMap<>();
      i.plain("fundamental", FUNDAMENTALS_MAX, numbers, texts);
      instruments.add(
          new Instrument(
              i.text("cusip"),
              symbol,
              i.text("description"),
              i.text("exchange"),
              i.coded("assetType", Instrument.AssetType.class),
              numbers,
              texts));
      i.done();
    }
    return List.copyOf(instruments);
  }

  /** Empty for a 404. */
  private static Optional<JsonNode> unlessMissing(Supplier<JsonNode> call) {
    try {
      return Optional.of(call.get());
    } catch (SchwabException e) {
      if (e.kind() == SchwabException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  static @Nullable Bar bar(Fields candle) {
    Instant start = candle.moment("datetime");
    Price open = candle.price("open");
    Price high = candle.price("high");
    Price low = candle.price("low");
    Price close = candle.price("close");
    Long volume = candle.whole("volume");
    candle.done();
    if (start == null || open == null || high == null || low == null || close == null) {
      return null;
    }
    try {
      return new Bar(start, open, high, low, close, volume == null ? 0 : volume);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  static EquityQuote quote(Ticker ticker, JsonNode block) {
    JsonNode quote = block.path("quote");
    return new EquityQuote(
        ticker,
        price(quote, "bidPrice"),
        price(quote, "askPrice"),
        price(quote, "lastPrice"),
        Json.whole(quote, "bidSize"),
        Json.whole(quote, "askSize"),
        Json.whole(quote, "lastSize"),
        Json.whole(quote, "totalVolume"),
        price(quote, "closePrice"),
        Json.epochMillis(quote, "quoteTime"),
        Json.epochMillis(quote, "tradeTime"),
        Json.flag(block, "realtime"),
        Json.text(quote, "securityStatus"));
  }

  private static @Nullable Price price(JsonNode object, String field) {
    BigDecimal dollars = Json.decimal(object, field);
    try {
      return dollars == null ? null : Price.rounded(dollars);
    } catch (ArithmeticException _) {
      return null;
    }
  }
}
