package io.alphakite.simulator.stream;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.OptionType;
import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Listing;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.MinuteBars;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.option.OptionContract;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.market.option.OptionQuote;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SCREENER_EQUITY and SCREENER_OPTION: the ten most active or most moved of the replayed tickers or
 * of their options, whole at each subscription and every ten market seconds (options: thirty) in
 * which it changed. A key is PREFIX_SORT_FREQUENCY; what is none is silent.
 */
final class ScreenerFeed extends Feed {
  private static final long SHARES_INTERVAL = 10_000;

  /** Longer: hundreds of options are valued each time. */
  private static final long OPTIONS_INTERVAL = 30_000;

  private static final int MOST = 10;
  private static final int EXPIRATIONS = 2;

  private static final Pattern KEY =
      Pattern.compile(
          "(\\$COMPX|\\$DJI|\\$SPX(?:\\.X)?|INDEX_ALL|NYSE|NASDAQ|OTCBB|EQUITY_ALL"
              + "|OPTION_PUT|OPTION_CALL|OPTION_ALL)"
              + "_(VOLUME|TRADES|PERCENT_CHANGE_UP|PERCENT_CHANGE_DOWN|AVERAGE_PERCENT_VOLUME)"
              + "_(0|1|5|10|30|60)");

  /** What the Dow holds of what may be replayed. */
  private static final Set<String> DOW = Set.of("IBM", "BAC");

  private final Market market;
  private final OptionMarket options;
  private final Map<String, Screen> screens = new HashMap<>();
  private long due = NEVER;

  /** One list that was asked for, and its items as sent last. */
  private static final class Screen {
    private final String prefix;
    private final String sort;
    private final int minutes;
    private String sent = "";

    Screen(Matcher key) {
      prefix = key.group(1);
      sort = key.group(2);
      minutes = Integer.parseInt(key.group(3));
    }
  }

  /** One candidate. */
  private record Candidate(
      String symbol,
      String description,
      long lastE4,
      long changeE4,
      long closeE4,
      long volume,
      long dayVolume,
      long trades) {
    double fraction() {
      return closeE4 <= 0 ? 0 : (double) changeE4 / closeE4;
    }
  }

  ScreenerFeed(Service service, Market market, OptionMarket options) {
    super(service);
    this.market = market;
    this.options = options;
  }

  @Override
  void added(String key, long now) {
    Matcher parts = KEY.matcher(key);
    if (parts.matches()
        && parts.group(1).startsWith("OPTION_") == (service() == Service.SCREENER_OPTION)) {
      screens.put(key, new Screen(parts));
      due = Math.min(due, next(now));
    }
  }

  @Override
  void removed(String key) {
    screens.remove(key);
    due = screens.isEmpty() ? NEVER : due;
  }

  private long next(long now) {
    long interval = service() == Service.SCREENER_OPTION ? OPTIONS_INTERVAL : SHARES_INTERVAL;
    return (Math.floorDiv(now, interval) + 1) * interval;
  }

  @Override
  void image(String key, DataFrame frame, long now) {
    Optional.ofNullable(screens.get(key))
        .ifPresent(screen -> send(key, screen, items(screen, now), frame, now));
  }

  @Override
  long due() {
    return due;
  }

  @Override
  void run(DataFrame frame, long now) {
    long at = due;
    due = next(now);
    for (String key : keys()) {
      Screen screen = screens.get(key);
      if (screen != null) {
        String items = items(screen, at);
        if (!items.equals(screen.sent)) {
          send(key, screen, items, frame, at);
        }
      }
    }
  }

  private void send(String key, Screen screen, String items, DataFrame frame, long now) {
    screen.sent = items;
    Fields fields = fields(key);
    StringBuilder to = frame.begin(service(), now).append("{\"key\":");
    Json.text(to, key);
    for (int field = fields.next(1); field >= 0; field = fields.next(field + 1)) {
      to.append(",\"").append(fields.label(field)).append("\":");
      switch (field) {
        case 1 -> to.append(now);
        case 2 -> Json.text(to, screen.sort);
        case 3 -> to.append(screen.minutes);
        default -> to.append(items);
      }
    }
    to.append('}');
    frame.end(key);
  }

  private String items(Screen screen, long now) {
    List<Candidate> candidates =
        service() == Service.SCREENER_OPTION ? options(screen.prefix) : shares(screen, now);
    long total = candidates.stream().mapToLong(Candidate::dayVolume).sum();
    StringBuilder to = new StringBuilder("[");
    for (Candidate each : sorted(candidates, screen.sort)) {
      to.append(to.length() == 1 ? "{" : ",{").append("\"symbol\":");
      Json.text(to, each.symbol);
      to.append(",\"description\":");
      Json.text(to, each.description);
      Json.e4(to.append(",\"lastPrice\":"), each.lastE4);
      Json.e4(to.append(",\"netChange\":"), each.changeE4);
      Json.e6(to.append(",\"netPercentChange\":"), Math.round(each.fraction() * 1e6));
      Json.e4(
          to.append(",\"marketShare\":"),
          total == 0 ? 0 : Math.round(1e6 * each.dayVolume / total));
      to.append(",\"totalVolume\":").append(total);
      to.append(",\"volume\":").append(each.volume);
      to.append(",\"trades\":").append(each.trades).append('}');
    }
    return to.append(']').toString();
  }

  private static List<Candidate> sorted(List<Candidate> candidates, String by) {
    Comparator<Candidate> order =
        switch (by) {
          case "TRADES" -> Comparator.comparingLong(Candidate::trades).reversed();
          case "PERCENT_CHANGE_UP" -> Comparator.comparingDouble(Candidate::fraction).reversed();
          case "PERCENT_CHANGE_DOWN" -> Comparator.comparingDouble(Candidate::fraction);
          default -> Comparator.comparingLong(Candidate::volume).reversed();
        };
    return candidates.stream()
        .filter(each -> !by.equals("PERCENT_CHANGE_UP") || each.changeE4 > 0)
        .filter(each -> !by.equals("PERCENT_CHANGE_DOWN") || each.changeE4 < 0)
        .sorted(order.thenComparing(Candidate::symbol))
        .limit(MOST)
        .toList();
  }

  private List<Candidate> shares(Screen screen, long now) {
    List<Candidate> candidates = new ArrayList<>();
    for (TickerState ticker : market.tickers()) {
      LevelOne image = ticker.image();
      if (isIn(screen.prefix, image.listing()) && image.get(LevelOne.LAST) != LevelOne.NONE) {
        long day = Math.max(0, image.get(LevelOne.TOTAL_VOLUME));
        candidates.add(
            new Candidate(
                ticker.symbol(),
                image.listing().description(),
                image.get(LevelOne.LAST),
                zeroIfNone(image.get(LevelOne.NET_CHANGE)),
                zeroIfNone(image.get(LevelOne.PREVIOUS_CLOSE)),
                screen.minutes == 0 ? day : newest(ticker, screen.minutes, now),
                day,
                ticker.trades()));
      }
    }
    return candidates;
  }

  private static long zeroIfNone(long value) {
    return value == LevelOne.NONE ? 0 : value;
  }

  private static boolean isIn(String prefix, Listing listing) {
    return switch (prefix) {
      case "$DJI" -> DOW.contains(listing.symbol());
      case "$SPX", "$SPX.X" -> !listing.isFund();
      case "$COMPX", "NASDAQ" -> listing.exchange() == 'Q';
      case "NYSE" -> listing.exchange() == 'N' || listing.exchange() == 'P';
      case "OTCBB" -> false;
      default -> true;
    };
  }

  /** Volume of the newest minutes, the developing one included. */
  private static long newest(TickerState ticker, int minutes, long now) {
    MinuteBars bars = ticker.today();
    int minute =
        MarketCalendar.nyse().timeOf(Instant.ofEpochMilli(now)).toSecondOfDay() / 60
            - MinuteBars.FIRST_MINUTE;
    long volume = 0;
    for (int i = Math.max(0, minute - minutes + 1); i <= Math.min(minute, bars.size() - 1); i++) {
      volume += bars.volume(i);
    }
    return volume;
  }

  /** Those of the nearest expirations that traded today. */
  private List<Candidate> options(String prefix) {
    List<Candidate> candidates = new ArrayList<>();
    for (TickerState ticker : market.tickers()) {
      List<LocalDate> near =
          options.expirations(ticker.symbol()).keySet().stream().limit(EXPIRATIONS).toList();
      for (LocalDate expiration : near) {
        for (OptionType type : OptionType.values()) {
          if (prefix.equals("OPTION_ALL") || prefix.endsWith(type.name())) {
            for (OptionContract contract : options.chain(ticker.symbol(), expiration, type)) {
              options
                  .quote(contract)
                  .filter(quote -> quote.volume() > 0)
                  .ifPresent(quote -> candidates.add(candidate(quote)));
            }
          }
        }
      }
    }
    return candidates;
  }

  private static Candidate candidate(OptionQuote quote) {
    return new Candidate(
        quote.contract().key(),
        quote.contract().description(),
        quote.lastE4(),
        quote.netChangeE4(),
        quote.previousCloseE4(),
        quote.volume(),
        quote.volume(),
        quote.trades());
  }
}
