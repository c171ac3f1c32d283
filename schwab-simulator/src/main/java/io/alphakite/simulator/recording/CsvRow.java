package io.alphakite.simulator.recording;

import io.alphakite.model.calendar.MarketCalendar;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A row of a caller's CSV, read in place: one row after another in the same object. Prices are
 * ten-thousandths of a dollar, rounded half-up; 0 = the row has none.
 */
final class CsvRow {
  private static final MarketCalendar CALENDAR = MarketCalendar.nyse();
  private static final int FIRST_MILLIS = 4 * 3_600_000;
  private static final int LAST_MILLIS = 20 * 3_600_000;
  private static final BigDecimal HIGHEST = BigDecimal.valueOf(10_000_000);
  private static final long LARGEST = 100_000_000_000L;
  private static final List<String> TICK = List.of("timestamp", "price", "size");
  private static final List<String> BAR =
      List.of("timestamp", "open", "high", "low", "close", "volume");
  private static final Set<String> KNOWN =
      Set.of(
          "ticker",
          "timestamp",
          "price",
          "size",
          "bid",
          "ask",
          "bid_size",
          "ask_size",
          "open",
          "high",
          "low",
          "close",
          "volume");

  /** Columns that an export of the streaming service has besides; nothing is made of them. */
  private static final Set<String> EXPORTED = Set.of("source", "created_at", "complete");

  private final Map<String, Integer> columns;
  private final String fileTicker;
  private final boolean bars;
  private String[] cells = {};
  private String ticker = "";
  private LocalDate date = LocalDate.EPOCH;
  private int millisOfDay;
  private long priceE4;
  private long size;
  private long bidE4;
  private long askE4;
  private long bidSize;
  private long askSize;
  private long openE4;
  private long highE4;
  private long lowE4;
  private long closeE4;

  /** What is wrong with a row, for people, and how to mend it. */
  static final class BadRow extends Exception {
    BadRow(String message) {
      super(message);
    }
  }

  private CsvRow(Map<String, Integer> columns, String fileTicker, boolean bars) {
    this.columns = columns;
    this.fileTicker = fileTicker;
    this.bars = bars;
  }

  /**
   * Reads the header.
   *
   * @param file its name up to the first dot is the ticker where no column is
   */
  static CsvRow of(String header, String file) throws BadRow {
    Map<String, Integer> columns = new HashMap<>();
    String[] names = header.replace("\uFEFF", "").toLowerCase(Locale.ROOT).split(",", -1);
    for (int i = 0; i < names.length; i++) {
      String name = plain(names[i]);
      if (!KNOWN.contains(name) && !EXPORTED.contains(name)) {
        throw new BadRow(
            "unknown column '"
                + name
                + "'; columns are "
                + String.join(",", KNOWN.stream().sorted().toList()));
      }
      if (columns.put(name, i) != null) {
        throw new BadRow("column '" + name + "' twice");
      }
    }
    boolean bars = columns.keySet().containsAll(BAR);
    if (!bars && !columns.keySet().containsAll(TICK)) {
      throw new BadRow(
          "the header must name "
              + String.join(",", TICK)
              + " (trades) or "
              + String.join(",", BAR)
              + " (minute bars)");
    }
    return new CsvRow(columns, file.replaceFirst("\\..*", ""), bars);
  }

  /** Takes the next row. */
  void read(String line) throws BadRow {
    cells = line.split(",", -1);
    if (cells.length != columns.size()) {
      throw new BadRow(cells.length + " cells where the header has " + columns.size());
    }
    ticker = columns.containsKey("ticker") ? cell("ticker") : fileTicker;
    if (!ticker.matches("[A-Z][A-Z0-9./]{0,11}")) {
      throw new BadRow("'" + ticker + "' is no ticker; write capitals like SPY");
    }
    when(cell("timestamp"));
    if (bars) {
      readBar();
    } else {
      readTick();
    }
  }

  private void readBar() throws BadRow {
    openE4 = price("open");
    highE4 = price("high");
    lowE4 = price("low");
    closeE4 = price("close");
    size = whole("volume");
    if (openE4 == 0 || closeE4 == 0 || highE4 == 0 || lowE4 == 0) {
      throw new BadRow("a bar needs open, high, low and close above 0");
    }
    if (lowE4 > Math.min(openE4, closeE4) || highE4 < Math.max(openE4, closeE4)) {
      throw new BadRow("low must be the lowest and high the highest of the bar's prices");
    }
    if (millisOfDay % 60_000 != 0) {
      throw new BadRow("a bar's timestamp is the start of its minute, not " + cell("timestamp"));
    }
  }

  private void readTick() throws BadRow {
    priceE4 = price("price");
    size = whole("size");
    bidE4 = price("bid");
    askE4 = price("ask");
    bidSize = whole("bid_size");
    askSize = whole("ask_size");
    if (priceE4 == 0 && bidE4 == 0 && askE4 == 0) {
      throw new BadRow("neither a price nor a bid nor an ask");
    }
    if (priceE4 > 0 && size == 0 && !isExport()) {
      throw new BadRow("a price needs a size above 0; leave the price empty in a row of quotes");
    }
  }

  private String cell(String column) {
    Integer at = columns.get(column);
    return at == null ? "" : plain(cells[at]);
  }

  private static String plain(String cell) {
    String text = cell.strip();
    return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1).strip()
        : text;
  }

  private long price(String column) throws BadRow {
    String text = cell(column);
    if (text.isEmpty()) {
      return 0;
    }
    try {
      BigDecimal dollars = new BigDecimal(text);
      if (dollars.signum() >= 0 && dollars.compareTo(HIGHEST) < 0) {
        return dollars.setScale(4, RoundingMode.HALF_UP).movePointRight(4).longValueExact();
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Told below.
    }
    throw new BadRow(column + " '" + text + "' is no price; write dollars like 167.41");
  }

  private long whole(String column) throws BadRow {
    String text = cell(column);
    if (text.isEmpty()) {
      return 0;
    }
    try {
      long number = new BigDecimal(text).longValueExact();
      if (number >= 0 && number < LARGEST) {
        return number;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Told below.
    }
    throw new BadRow(column + " '" + text + "' is no whole number of shares");
  }

  /** Epoch seconds or milliseconds, a time with its offset, or a New York time without one. */
  private void when(String text) throws BadRow {
    try {
      String iso = text.replace(' ', 'T');
      Instant instant;
      if (text.matches("\\d{9,14}")) {
        long number = Long.parseLong(text);
        instant = text.length() > 11 ? Instant.ofEpochMilli(number) : Instant.ofEpochSecond(number);
      } else if (iso.matches(".*T.*(Z|[+-][0-9:]+)")) {
        instant = OffsetDateTime.parse(iso).toInstant();
      } else {
        LocalDateTime local = LocalDateTime.parse(iso);
        instant = CALENDAR.at(local.toLocalDate(), local.toLocalTime());
      }
      date = CALENDAR.dateOf(instant);
      LocalTime time = CALENDAR.timeOf(instant);
      millisOfDay = (int) (time.toNanoOfDay() / 1_000_000);
    } catch (DateTimeParseException e) {
      throw new BadRow(
          "timestamp '"
              + text
              + "' cannot be read; write 2025-05-30T13:30:00Z, 2025-05-30 09:30:00 (New York)"
              + " or epoch milliseconds");
    }
  }

  /** A second of an export in which the price moved and no volume came: no print. */
  boolean isWithoutSale() {
    return !bars && isExport() && size == 0 && bidE4 == 0 && askE4 == 0;
  }

  private boolean isExport() {
    return columns.containsKey("source");
  }

  boolean isBar() {
    return bars;
  }

  String ticker() {
    return ticker;
  }

  LocalDate date() {
    return date;
  }

  int millisOfDay() {
    return millisOfDay;
  }

  boolean withinHours() {
    return millisOfDay >= FIRST_MILLIS && millisOfDay < LAST_MILLIS;
  }

  long priceE4() {
    return priceE4;
  }

  /** Shares of the trade, or of the bar. */
  long size() {
    return size;
  }

  long bidE4() {
    return bidE4;
  }

  long askE4() {
    return askE4;
  }

  long bidSize() {
    return bidSize;
  }

  long askSize() {
    return askSize;
  }

  long openE4() {
    return openE4;
  }

  long highE4() {
    return highE4;
  }

  long lowE4() {
    return lowE4;
  }

  long closeE4() {
    return closeE4;
  }
}
