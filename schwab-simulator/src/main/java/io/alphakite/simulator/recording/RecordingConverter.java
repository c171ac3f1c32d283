package io.alphakite.simulator.recording;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns raw recorded ticks (CSV) into recordings. docs/recordings.md says how to run it, what the
 * input looks like and which rules it applies.
 *
 * <p>Deterministic: the same input gives the same recordings.
 */
public final class RecordingConverter {
  private static final Pattern TRADES = Pattern.compile("([a-z]+)_(\\d{8})_trades\\.csv\\.gz");

  /** Average price: volume, no price. */
  private static final long AVERAGE_PRICE = 0x100000;

  /** Official close: repeats volume that was counted before; neither price nor volume. */
  private static final long OFFICIAL_CLOSE = 0x1000000;

  private static final int CLOSE_MILLIS = 16 * 3_600_000;

  private final Path data;

  RecordingConverter(Path data) {
    this.data = data;
  }

  /** Arguments: the folder with ticks-2013 and its neighbours, and the folder to write to. */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    if (args.length != 2) {
      out.println("usage: RecordingConverter DATA_FOLDER OUTPUT_FOLDER   (see docs/recordings.md)");
      System.exit(2);
    }
    Path target = Files.createDirectories(Path.of(args[1]));
    RecordingConverter converter = new RecordingConverter(Path.of(args[0]));
    List<String> names = new ArrayList<>();
    for (Source source : converter.sources()) {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      RecordingWriter.compress(converter.convert(source), file);
      Files.write(target.resolve(source.fileName()), file.toByteArray());
      names.add(source.fileName());
      out.println(source.fileName() + " " + file.size());
    }
    Files.writeString(target.resolve(Recordings.INDEX), String.join("\n", names) + "\n");
  }

  /** One ticker's day of raw data. */
  record Source(String ticker, LocalDate date, String stem) {
    String fileName() {
      return ticker.toLowerCase(Locale.ROOT) + "-" + date + ".akr.gz";
    }
  }

  /** Every day of ticks in the folder, by date and ticker. */
  List<Source> sources() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("ticks-2013"))) {
      return files
          .map(file -> TRADES.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .map(
              name ->
                  new Source(
                      name.group(1).toUpperCase(Locale.ROOT),
                      LocalDate.parse(name.group(2), DateTimeFormatter.BASIC_ISO_DATE),
                      name.group(1) + "_" + name.group(2)))
          .sorted(Comparator.comparing(Source::date).thenComparing(Source::ticker))
          .toList();
    }
  }

  /** The recording's bytes, not yet compressed. */
  byte[] convert(Source source) throws IOException {
    List<Trade> trades = trades(source);
    List<Quote> quotes = quotes(source);
    long previousClose = previousClose(source);
    BigInteger tick = BigInteger.valueOf(previousClose);
    for (Trade trade : trades) {
      tick = tick.gcd(BigInteger.valueOf(trade.priceE4));
    }
    for (Quote quote : quotes) {
      tick = tick.gcd(BigInteger.valueOf(quote.bidE4)).gcd(BigInteger.valueOf(quote.askE4));
    }
    RecordingWriter writer =
        new RecordingWriter(source.ticker, source.date, previousClose, tick.longValueExact());
    int q = 0;
    for (Trade trade : trades) {
      // Prints of a millisecond go before its quotes: a print meets the quote that stood before it.
      for (; q < quotes.size() && quotes.get(q).millis < trade.millis; q++) {
        quotes.get(q).writeTo(writer);
      }
      writer.print(trade.millis, trade.priceE4, trade.size, trade.venue, trade.movesPrice);
    }
    for (; q < quotes.size(); q++) {
      quotes.get(q).writeTo(writer);
    }
    return writer.finish();
  }

  private record Trade(int millis, long priceE4, long size, char venue, boolean movesPrice) {}

  private record Quote(
      int millis,
      long bidE4,
      long bidSize,
      char bidVenue,
      long askE4,
      long askSize,
      char askVenue) {
    void writeTo(RecordingWriter writer) {
      writer.quote(millis, bidE4, bidSize, bidVenue, askE4, askSize, askVenue);
    }

    boolean crossed() {
      return bidE4 > 0 && askE4 > 0 && bidE4 > askE4;
    }
  }

  private List<Trade> trades(Source source) throws IOException {
    List<Trade> trades = new ArrayList<>();
    try (Csv csv = new Csv(data.resolve("ticks-2013/" + source.stem + "_trades.csv.gz"))) {
      for (String[] row = csv.next(); row != null; row = csv.next()) {
        long conditions = Long.parseLong(row[4], 16);
        if ((conditions & OFFICIAL_CLOSE) == 0) {
          trades.add(
              new Trade(
                  Integer.parseInt(row[0]),
                  Long.parseLong(row[1]),
                  Long.parseLong(row[2]),
                  row[3].charAt(0),
                  (conditions & AVERAGE_PRICE) == 0));
        }
      }
    }
    return trades;
  }

  private List<Quote> quotes(Source source) throws IOException {
    Path ticks = data.resolve("ticks-2013/" + source.stem + "_quotes.csv.gz");
    return Files.exists(ticks) ? tickQuotes(ticks) : secondQuotes(source);
  }

  /**
   * The national best bid and offer from quote rows of one side each.
   *
   * <p>The rows come in pairs, a bid and an ask of the same millisecond, and a pair is the national
   * best already: folded so, the last pair of each second equals the source's own one-second
   * national best in all but 1 of 41 495 regular seconds, prices and sizes. (Taken as tops of book
   * per venue, to be compared across venues, they are crossed almost all day, because a venue that
   * is no longer best sends nothing.) Sizes are therefore those of the venue that is named. Rows
   * the source marks suspicious are left out, and so is a pair whose bid is above its ask: the
   * quote before it stands. A locked pair (bid = ask) is a real state and is kept.
   */
  private static List<Quote> tickQuotes(Path file) throws IOException {
    List<Quote> quotes = new ArrayList<>();
    Quote now = new Quote(0, 0, 0, 'A', 0, 0, 'A');
    boolean awaitsAsk = false;
    try (Csv csv = new Csv(file)) {
      for (String[] row = csv.next(); row != null; row = csv.next()) {
        int millis = Integer.parseInt(row[0]);
        boolean isBid = Long.parseLong(row[2]) > 0;
        if (awaitsAsk && (isBid || millis != now.millis)) {
          add(quotes, now);
        }
        awaitsAsk = false;
        if (!row[7].equals("0")) {
          continue;
        }
        char venue = row[5].charAt(0);
        if (isBid) {
          long price = Long.parseLong(row[1]);
          long size = Long.parseLong(row[2]);
          now = new Quote(millis, price, size, venue, now.askE4, now.askSize, now.askVenue);
          awaitsAsk = true;
        } else {
          long price = Long.parseLong(row[3]);
          long size = Long.parseLong(row[4]);
          now = new Quote(millis, now.bidE4, now.bidSize, now.bidVenue, price, size, venue);
          add(quotes, now);
        }
      }
    }
    if (awaitsAsk) {
      add(quotes, now);
    }
    return quotes;
  }

  /**
   * The national best from one-second bars: each bar's closing values, put at the last millisecond
   * of its second, so that no order ever sees a quote before it existed.
   */
  private List<Quote> secondQuotes(Source source) throws IOException {
    List<Quote> quotes = new ArrayList<>();
    try (Csv csv = new Csv(data.resolve("seconds-2013/" + source.stem + "_quotes_1s.csv.gz"))) {
      for (String[] row = csv.next(); row != null; row = csv.next()) {
        add(
            quotes,
            new Quote(
                Integer.parseInt(row[0]) + 999,
                number(row[4]),
                number(row[5]),
                'P',
                number(row[9]),
                number(row[10]),
                'P'));
      }
    }
    return quotes;
  }

  private static void add(List<Quote> quotes, Quote quote) {
    if (!quote.crossed()) {
      quotes.add(quote);
    }
  }

  private static long number(String text) {
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  /**
   * Close of the last regular minute of the newest earlier session at hand; 0 when there is none.
   */
  private long previousClose(Source source) throws IOException {
    Path folder = data.resolve("minutes-special-days");
    String prefix = source.ticker.toLowerCase(Locale.ROOT) + "_";
    String today = prefix + source.date.format(DateTimeFormatter.BASIC_ISO_DATE);
    Path newest;
    try (Stream<Path> files = Files.list(folder)) {
      newest =
          files
              .filter(file -> file.getFileName().toString().startsWith(prefix))
              .filter(file -> file.getFileName().toString().endsWith("_trades_1m.csv.gz"))
              .filter(file -> file.getFileName().toString().compareTo(today) < 0)
              .max(Comparator.naturalOrder())
              .orElse(null);
    }
    long close = 0;
    if (newest != null) {
      try (Csv csv = new Csv(newest)) {
        for (String[] row = csv.next(); row != null; row = csv.next()) {
          if (Integer.parseInt(row[0]) < CLOSE_MILLIS) {
            close = Long.parseLong(row[4]);
          }
        }
      }
    }
    return close;
  }

  /** Rows of a compressed CSV file without its header line. */
  private static final class Csv implements AutoCloseable {
    private final BufferedReader lines;

    Csv(Path file) throws IOException {
      lines =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(Files.newInputStream(file), 1 << 16),
                  StandardCharsets.UTF_8));
      lines.readLine();
    }

    String @Nullable [] next() throws IOException {
      String line = lines.readLine();
      return line == null ? null : line.split(",", -1);
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }
}
