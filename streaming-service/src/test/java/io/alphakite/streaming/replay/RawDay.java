package io.alphakite.streaming.replay;

import io.alphakite.simulator.recording.RecordingReader;
import io.alphakite.simulator.recording.Recordings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A recorded day's rows, worked out from the raw file of prints alone: an oracle that shares no
 * code with the product or the converter, and computes with BigDecimal where they use scaled
 * numbers.
 */
final class RawDay {
  static final ZoneId NEW_YORK = ZoneId.of("America/New_York");
  static final int OPEN_MILLIS = millis("09:30:00");
  static final int CLOSE_MILLIS = millis("16:00:00");
  static final int PRE_MARKET_MILLIS = millis("04:00:00");
  static final int POST_MARKET_MILLIS = millis("20:00:00");

  private static final long OFFICIAL_CLOSE = 0x1000000;
  private static final long AVERAGE_PRICE = 0x100000;

  /** One print of the raw file that counts; {@code moves} when it moves the last price. */
  record Print(int millis, BigDecimal price, long size, boolean moves) {}

  /** One expected row; timestamps are seconds since the epoch. */
  record Row(
      long second,
      BigDecimal price,
      long volume,
      String source,
      @Nullable BigDecimal sma9,
      @Nullable BigDecimal vwap) {
    @Override
    public String toString() {
      return "%d %s %d %s %s %s".formatted(second, price, volume, source, sma9, vwap);
    }
  }

  /** A minute's last price and volume; {@code minute} in milliseconds since midnight. */
  record Minute(int minute, BigDecimal close, long volume) {}

  final long midnight;
  final List<Print> prints;

  private RawDay(LocalDate date, List<Print> prints) {
    this.midnight = date.atStartOfDay(NEW_YORK).toEpochSecond();
    this.prints = prints;
  }

  /** Empty where the raw data is not at hand. */
  static Optional<RawDay> find(String ticker, LocalDate date) {
    Path file =
        shared(
            "ticks-2013/%s_%s_trades.csv.gz".formatted(ticker, date.toString().replace("-", "")));
    return Files.isReadable(file) ? Optional.of(read(file, date)) : Optional.empty();
  }

  /**
   * The same from the recording that ships with the simulator, which {@link OracleTest} compares
   * with the raw file.
   */
  static RawDay recorded(String ticker, LocalDate date) {
    List<Print> prints = new ArrayList<>();
    try (Recordings recordings = Recordings.bundled();
        RecordingReader reader = recordings.open(date, ticker)) {
      while (reader.next()) {
        if (reader.kind() != RecordingReader.Kind.QUOTE) {
          prints.add(
              new Print(
                  reader.millisOfDay(),
                  BigDecimal.valueOf(reader.printPriceE4(), 4),
                  reader.printSize(),
                  reader.kind() == RecordingReader.Kind.PRINT));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new RawDay(date, prints);
  }

  /** A file of the shared data folder beside the project's root. */
  static Path shared(String file) {
    String root = Optional.ofNullable(System.getenv("KITE_PROJECT_ROOT")).orElse("..");
    return Path.of(root).resolve("../shared/data").resolve(file).normalize();
  }

  private static RawDay read(Path file, LocalDate date) {
    List<Print> prints = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      lines.readLine();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] columns = line.split(",", -1);
        long conditions = Long.parseLong(columns[4], 16);
        if ((conditions & OFFICIAL_CLOSE) == 0 && columns[5].equals("0")) {
          prints.add(
              new Print(
                  Integer.parseInt(columns[0]),
                  new BigDecimal(new BigInteger(columns[1]), 4),
                  Long.parseLong(columns[2]),
                  (conditions & AVERAGE_PRICE) == 0));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new RawDay(date, prints);
  }

  /** The regular session's rows when nothing is ever missed. */
  List<Row> rows() {
    Fold fold = new Fold();
    prints.forEach(fold::print);
    return fold.rows();
  }

  /** The extended day's rows from this time on: what was printed before sets the base. */
  List<Row> extendedRows(int startMillis) {
    Fold fold = new Fold(PRE_MARKET_MILLIS, POST_MARKET_MILLIS);
    Print image = null;
    for (Print print : prints) {
      if (print.millis() <= startMillis) {
        image = print;
        continue;
      }
      if (image != null) {
        fold.tick(image.millis(), image.price(), 0);
        image = null;
      }
      fold.print(print);
    }
    return fold.rows();
  }

  /**
   * The contract's rule for an outage: until the volume stored, then from the image on until the
   * end.
   */
  List<Row> rowsAfterOutage(long stored, ReplayRig.Image image, int endMillis) {
    Fold fold = new Fold();
    long volume = 0;
    int i = 0;
    while (volume < stored) {
      Print print = prints.get(i++);
      volume += print.size();
      fold.print(print);
    }
    if (volume != stored) {
      throw new AssertionError("what was stored is no prefix of the day: " + stored);
    }
    int lastMinute = prints.get(i - 1).millis() / 60_000;
    int now = millisOf(image.newest());
    long base = stored;
    for (Minute candle : minutes((lastMinute + 1) * 60_000, now - now % 60_000)) {
      fold.candle(candle);
      base += candle.volume();
    }
    int tradeMillis = millisOf(image.tradeTime());
    Print newest = null;
    while (volume < image.totalVolume()) {
      Print print = prints.get(i++);
      volume += print.size();
      newest = print.moves() || newest == null ? print : newest;
    }
    if (volume != image.totalVolume() || newest == null) {
      throw new AssertionError("the image is no moment of the day: " + image);
    }
    fold.tick(tradeMillis, newest.price(), image.totalVolume() - base);
    for (; i < prints.size() && prints.get(i).millis() <= endMillis; i++) {
      fold.print(prints.get(i));
    }
    return fold.rows();
  }

  /** Each minute's last price and volume, pre- and post-market included. */
  List<Minute> minutes(int fromMillis, int toMillis) {
    Map<Integer, Minute> minutes = new TreeMap<>();
    BigDecimal last = null;
    for (Print print : prints) {
      if (print.moves() || last == null) {
        last = print.price();
      }
      if (print.millis() < fromMillis || print.millis() >= toMillis) {
        continue;
      }
      int minute = print.millis() - print.millis() % 60_000;
      Minute before = minutes.get(minute);
      minutes.put(
          minute, new Minute(minute, last, (before == null ? 0 : before.volume()) + print.size()));
    }
    return List.copyOf(minutes.values());
  }

  /**
   * Each minute of the regular session in one bar, folded from what a feed of level one shows:
   * after each print the last price and the day's volume. In the form of {@link ReplayRig#bars}.
   */
  List<String> bars() {
    Map<Long, List<BigDecimal>> prices = new TreeMap<>();
    Map<Long, Long> volumes = new TreeMap<>();
    BigDecimal last = null;
    for (Print print : prints) {
      boolean moved = print.moves() && (last == null || print.price().compareTo(last) != 0);
      if (print.moves() || last == null) {
        last = print.price();
      }
      boolean within = print.millis() >= OPEN_MILLIS && print.millis() < CLOSE_MILLIS;
      if (within && (moved || print.size() > 0)) {
        long minute = midnight + print.millis() / 60_000 * 60L;
        prices.computeIfAbsent(minute, _ -> new ArrayList<>()).add(last);
        volumes.merge(minute, print.size(), Long::sum);
      }
    }
    List<String> bars = new ArrayList<>();
    prices.forEach(
        (minute, all) ->
            bars.add(
                "%d %s %s %s %s %d"
                    .formatted(
                        minute,
                        all.getFirst(),
                        all.stream().max(BigDecimal::compareTo).orElseThrow(),
                        all.stream().min(BigDecimal::compareTo).orElseThrow(),
                        all.getLast(),
                        volumes.get(minute))));
    return bars;
  }

  /** Names a list of rows, to be compared where the raw data is not at hand. */
  static String digest(List<Row> rows) {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    for (Row row : rows) {
      sha.update((row + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  long volumeUntil(int millis) {
    return prints.stream().filter(print -> print.millis() <= millis).mapToLong(Print::size).sum();
  }

  /** Milliseconds since midnight. */
  int millisOf(Instant time) {
    return (int) (time.toEpochMilli() - midnight * 1_000);
  }

  static int millis(String time) {
    return (int) (LocalTime.parse(time).toNanoOfDay() / 1_000_000);
  }

  /** The contract's numbers, one print after another. */
  final class Fold {
    private final Map<Long, Row> rows = new TreeMap<>();
    private final Deque<BigDecimal> closes = new ArrayDeque<>();
    private int bar = -1;
    private @Nullable BigDecimal last;
    private BigDecimal notional = BigDecimal.ZERO;
    private long sessionVolume;

    private final int fromMillis;
    private final int toMillis;

    /** The regular session. */
    Fold() {
      this(OPEN_MILLIS, CLOSE_MILLIS);
    }

    /** These hours. */
    Fold(int fromMillis, int toMillis) {
      this.fromMillis = fromMillis;
      this.toMillis = toMillis;
    }

    /** The next regular session: the moving average runs on, VWAP starts anew. */
    Fold(Fold before) {
      this();
      closes.addAll(before.closes);
    }

    /** The same, to go on from separately. */
    Fold copy() {
      Fold copy = new Fold(fromMillis, toMillis);
      copy.rows.putAll(rows);
      copy.closes.addAll(closes);
      copy.bar = bar;
      copy.last = last;
      copy.notional = notional;
      copy.sessionVolume = sessionVolume;
      return copy;
    }

    /** Lets go of the rows before this second, which are final. */
    void forgetBefore(long second) {
      rows.keySet().removeIf(each -> each < second);
    }

    /** One print of the uninterrupted stream. */
    void print(Print print) {
      boolean moved = print.moves() && (last == null || print.price().compareTo(last) != 0);
      if (print.moves() || last == null) {
        last = print.price();
      }
      if (print.size() > 0 || moved) {
        tick(print.millis(), last, print.size());
      }
    }

    /** The newest price known; null before the first. */
    @Nullable BigDecimal last() {
      return last;
    }

    /** A message that brings no tick, but the price that the next is compared with. */
    void known(BigDecimal price) {
      last = price;
    }

    /** A tick of this price and growth. */
    void tick(int millis, BigDecimal price, long growth) {
      last = price;
      if (millis < fromMillis || millis >= toMillis) {
        return;
      }
      if (millis >= OPEN_MILLIS && bar < OPEN_MILLIS / 60_000) {
        notional = BigDecimal.ZERO;
        sessionVolume = 0;
      }
      close(millis / 60_000, price);
      notional = notional.add(price.multiply(BigDecimal.valueOf(growth)));
      sessionVolume += growth;
      long second = midnight + millis / 1_000;
      Row before = rows.get(second);
      row(
          second,
          price,
          growth + (before == null ? 0 : before.volume()),
          before == null ? "stream" : before.source());
    }

    /** A finished candle of the price history. */
    void candle(Minute candle) {
      last = candle.close();
      if (candle.minute() < fromMillis || candle.minute() >= toMillis) {
        return;
      }
      close(candle.minute() / 60_000, candle.close());
      notional = notional.add(candle.close().multiply(BigDecimal.valueOf(candle.volume())));
      sessionVolume += candle.volume();
      row(midnight + candle.minute() / 1_000 + 59, candle.close(), candle.volume(), "backfill");
    }

    List<Row> rows() {
      return List.copyOf(rows.values());
    }

    private void close(int minute, BigDecimal price) {
      if (minute == bar) {
        closes.removeLast();
      } else if (closes.size() == 9) {
        closes.removeFirst();
      }
      closes.addLast(price);
      bar = minute;
    }

    private void row(long second, BigDecimal price, long volume, String source) {
      BigDecimal sum = closes.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
      rows.put(
          second,
          new Row(
              second,
              price,
              volume,
              source,
              closes.size() < 9 ? null : sum.divide(BigDecimal.valueOf(9), 4, RoundingMode.HALF_UP),
              sessionVolume == 0
                  ? null
                  : notional.divide(BigDecimal.valueOf(sessionVolume), 4, RoundingMode.HALF_UP)));
    }
  }
}
