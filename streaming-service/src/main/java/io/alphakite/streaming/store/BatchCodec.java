package io.alphakite.streaming.store;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.indicator.SessionVwap;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Quote;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.ExactSums;
import io.alphakite.streaming.feed.MinuteBar;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerState;
import io.alphakite.streaming.option.OptionRow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A {@link Batch} as bytes for the spill, and back.
 *
 * <p>One byte of format version, then compressed: sections, each a kind, a count of bytes and its
 * items. A kind that this build does not know is passed over, so that an older build reads what a
 * newer one left as far as it can; a section that changes gets a new kind.
 */
final class BatchCodec {
  private static final int FORMAT = 1;
  // What a whole buffer takes is a tenth of this: more is no batch of ours.
  private static final int UNPACKED_MAX = 256 << 20;

  // Rows without the VWAP's sums, as builds before V41 wrote them: still read.
  private static final int PLAIN_ROWS = 1;
  private static final int QUOTES = 2;
  private static final int STATES = 3;
  private static final int ACCOUNT_EVENTS = 4;
  private static final int GAPS = 5;
  private static final int OPTIONS = 6;
  private static final int BARS = 7;
  private static final int ROWS = 8;

  private BatchCodec() {}

  static byte[] encode(Batch batch) {
    Packer packer = new Packer();
    section(packer, ROWS, batch.rows(), BatchCodec::row);
    section(packer, BARS, batch.bars(), BatchCodec::bar);
    section(packer, QUOTES, batch.quotes(), BatchCodec::quote);
    section(packer, OPTIONS, batch.options(), BatchCodec::option);
    section(packer, STATES, List.copyOf(batch.states().entrySet()), BatchCodec::state);
    section(packer, ACCOUNT_EVENTS, batch.accountEvents(), BatchCodec::accountEvent);
    section(
        packer, GAPS, batch.gaps().isEmpty() ? List.of() : List.of(batch.gaps()), BatchCodec::gaps);
    return compress(packer.bytes());
  }

  /**
   * Reads what {@link #encode} gave.
   *
   * @throws IllegalArgumentException when these bytes are no batch, or of another format
   */
  static Batch decode(byte[] bytes) {
    Unpacker sections = new Unpacker(uncompress(bytes));
    List<SecondRow> rows = new ArrayList<>();
    List<MinuteBar> bars = new ArrayList<>();
    List<QuoteRow> quotes = new ArrayList<>();
    List<OptionRow> options = new ArrayList<>();
    Map<Ticker, TickerState> states = new LinkedHashMap<>();
    List<AccountEvent> accountEvents = new ArrayList<>();
    GapWork gaps = GapWork.NONE;
    try {
      while (sections.more()) {
        long kind = sections.number();
        Unpacker items = new Unpacker(sections.block());
        if (kind == ROWS) {
          rows.addAll(items(items, BatchCodec::row));
        } else if (kind == PLAIN_ROWS) {
          rows.addAll(items(items, BatchCodec::plainRow));
        } else if (kind == BARS) {
          bars.addAll(items(items, BatchCodec::bar));
        } else if (kind == QUOTES) {
          quotes.addAll(items(items, BatchCodec::quote));
        } else if (kind == OPTIONS) {
          options.addAll(items(items, BatchCodec::option));
        } else if (kind == STATES) {
          items(items, BatchCodec::state)
              .forEach(entry -> states.put(entry.getKey(), entry.getValue()));
        } else if (kind == ACCOUNT_EVENTS) {
          accountEvents.addAll(items(items, BatchCodec::accountEvent));
        } else if (kind == GAPS) {
          gaps = items(items, BatchCodec::gaps).getFirst();
        }
      }
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("not a batch: " + e, e);
    }
    return new Batch(rows, bars, quotes, options, states, accountEvents, gaps);
  }

  private static <T> void section(
      Packer packer, int kind, List<T> items, BiConsumer<Packer, T> writer) {
    if (items.isEmpty()) {
      return;
    }
    Packer section = new Packer();
    section.number(items.size());
    items.forEach(item -> writer.accept(section, item));
    packer.number(kind);
    packer.block(section.bytes());
  }

  private static <T> List<T> items(Unpacker section, Function<Unpacker, T> reader) {
    int count = section.count();
    List<T> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(reader.apply(section));
    }
    return items;
  }

  private static void row(Packer packer, SecondRow row) {
    packer.text(row.ticker().symbol());
    packer.number(row.second());
    packer.number(row.price().e4());
    packer.number(row.volume());
    packer.numberOrNull(boxed(row.sma9E4()));
    packer.numberOrNull(boxed(row.vwapE4()));
    packer.text(row.source().name());
    ExactSums sums = row.sums();
    packer.flag(sums != null);
    if (sums != null) {
      packer.number(sums.gaps().size());
      sums.gaps().forEach(packer::uuid);
      MovingAverage.State average = sums.average();
      packer.flag(average != null);
      if (average != null) {
        average(packer, average);
      }
      vwap(packer, sums.vwap());
    }
    packer.number(row.vwapVolume());
    packer.number(row.vwapRest());
  }

  private static SecondRow row(Unpacker bytes) {
    SecondRow plain = plainRow(bytes);
    return new SecondRow(
        plain.ticker(),
        plain.second(),
        plain.price(),
        plain.volume(),
        plain.sma9E4(),
        plain.vwapE4(),
        plain.source(),
        plain.sums(),
        bytes.number(),
        bytes.number());
  }

  private static SecondRow plainRow(Unpacker bytes) {
    return new SecondRow(
        new Ticker(bytes.text()),
        bytes.number(),
        new Price(bytes.number()),
        bytes.number(),
        optional(bytes.numberOrNull()),
        optional(bytes.numberOrNull()),
        SecondRow.Source.valueOf(bytes.text()),
        bytes.flag() ? sums(bytes) : null);
  }

  private static void bar(Packer packer, MinuteBar row) {
    Bar bar = row.bar();
    long open = bar.open().e4();
    packer.text(row.ticker().symbol());
    packer.number(bar.start().getEpochSecond());
    // Prices as their distance from the open, times as theirs from the start: few bytes.
    packer.number(open);
    packer.number(bar.high().e4() - open);
    packer.number(bar.low().e4() - open);
    packer.number(bar.close().e4() - open);
    packer.number(bar.volume());
    packer.flag(row.source() == MinuteBar.Source.CANDLE);
    packer.flag(row.complete());
    packer.numberOrNull(millisAfter(bar.start(), row.firstTrade()));
    packer.numberOrNull(millisAfter(bar.start(), row.lastTrade()));
  }

  private static MinuteBar bar(Unpacker bytes) {
    Ticker ticker = new Ticker(bytes.text());
    Instant start = Instant.ofEpochSecond(bytes.number());
    long open = bytes.number();
    return new MinuteBar(
        ticker,
        new Bar(
            start,
            new Price(open),
            new Price(open + bytes.number()),
            new Price(open + bytes.number()),
            new Price(open + bytes.number()),
            bytes.number()),
        bytes.flag() ? MinuteBar.Source.CANDLE : MinuteBar.Source.STREAM,
        bytes.flag(),
        after(start, bytes.numberOrNull()),
        after(start, bytes.numberOrNull()));
  }

  private static @Nullable Long millisAfter(Instant start, @Nullable Instant time) {
    return time == null ? null : time.toEpochMilli() - start.toEpochMilli();
  }

  private static @Nullable Instant after(Instant start, @Nullable Long millis) {
    return millis == null ? null : start.plusMillis(millis);
  }

  private static ExactSums sums(Unpacker bytes) {
    List<UUID> gaps = new ArrayList<>();
    for (int i = bytes.count(); i > 0; i--) {
      gaps.add(bytes.uuid());
    }
    return new ExactSums(gaps, bytes.flag() ? average(bytes) : null, vwap(bytes));
  }

  private static void quote(Packer packer, QuoteRow row) {
    Quote quote = row.quote();
    packer.text(quote.ticker().symbol());
    packer.numberOrNull(e4(quote.bid()));
    packer.numberOrNull(e4(quote.ask()));
    packer.numberOrNull(quote.bidSize());
    packer.numberOrNull(quote.askSize());
    packer.numberOrNull(e4(quote.last()));
    packer.timeOrNull(quote.quoteTime());
    packer.timeOrNull(quote.tradeTime());
    packer.time(row.receivedAt());
  }

  private static QuoteRow quote(Unpacker bytes) {
    return new QuoteRow(
        new Quote(
            new Ticker(bytes.text()),
            price(bytes.numberOrNull()),
            price(bytes.numberOrNull()),
            bytes.numberOrNull(),
            bytes.numberOrNull(),
            price(bytes.numberOrNull()),
            bytes.timeOrNull(),
            bytes.timeOrNull()),
        bytes.time());
  }

  private static void option(Packer packer, OptionRow row) {
    packer.text(row.ticker().symbol());
    packer.text(row.contract().format());
    packer.number(row.second());
    packer.numberOrNull(e4(row.last()));
    packer.numberOrNull(e4(row.bid()));
    packer.numberOrNull(e4(row.ask()));
    packer.numberOrNull(row.volume());
    packer.numberOrNull(row.openInterest());
    packer.textOrNull(plain(row.impliedVolatility()));
    packer.textOrNull(plain(row.delta()));
    packer.textOrNull(plain(row.gamma()));
    packer.textOrNull(plain(row.theta()));
    packer.textOrNull(plain(row.vega()));
  }

  private static OptionRow option(Unpacker bytes) {
    return new OptionRow(
        new Ticker(bytes.text()),
        OptionSymbol.parse(bytes.text()),
        bytes.number(),
        price(bytes.numberOrNull()),
        price(bytes.numberOrNull()),
        price(bytes.numberOrNull()),
        bytes.numberOrNull(),
        bytes.numberOrNull(),
        decimal(bytes.textOrNull()),
        decimal(bytes.textOrNull()),
        decimal(bytes.textOrNull()),
        decimal(bytes.textOrNull()),
        decimal(bytes.textOrNull()));
  }

  private static @Nullable String plain(@Nullable BigDecimal value) {
    return value == null ? null : value.toPlainString();
  }

  private static @Nullable BigDecimal decimal(@Nullable String text) {
    return text == null ? null : new BigDecimal(text);
  }

  private static void state(Packer packer, Map.Entry<Ticker, TickerState> entry) {
    TickerState state = entry.getValue();
    packer.text(entry.getKey().symbol());
    packer.numberOrNull(day(state.date()));
    packer.numberOrNull(state.dayVolume());
    packer.flag(state.continuesPrevious());
    packer.timeOrNull(state.newestTrade());
    packer.numberOrNull(e4(state.lastPrice()));
    packer.timeOrNull(state.coveredUntil());
    packer.numberOrNull(day(state.gapDate()));
    packer.number(state.gapVolume());
    average(packer, state.average());
    vwap(packer, state.vwap());
    // Seldom there, and then few.
    packer.textOrNull(Holes.encode(state.holes()));
  }

  private static void average(Packer packer, MovingAverage.State average) {
    packer.number(average.bars().seconds());
    packer.number(average.period());
    packer.number(average.closes().size());
    // Each as the step from the one before: they lie a minute and some cents apart.
    long millis = 0;
    long priceE4 = 0;
    for (MovingAverage.Close close : average.closes()) {
      packer.number(close.time().toEpochMilli() - millis);
      packer.number(close.price().e4() - priceE4);
      millis = close.time().toEpochMilli();
      priceE4 = close.price().e4();
    }
  }

  private static void vwap(Packer packer, SessionVwap.State vwap) {
    packer.timeOrNull(vwap.reset());
    packer.big(vwap.notionalE4());
    packer.number(vwap.volume());
  }

  private static SessionVwap.State vwap(Unpacker bytes) {
    return new SessionVwap.State(bytes.timeOrNull(), bytes.big(), bytes.number());
  }

  private static Map.Entry<Ticker, TickerState> state(Unpacker bytes) {
    return Map.entry(
        new Ticker(bytes.text()),
        new TickerState(
            date(bytes.numberOrNull()),
            bytes.numberOrNull(),
            bytes.flag(),
            bytes.timeOrNull(),
            price(bytes.numberOrNull()),
            bytes.timeOrNull(),
            date(bytes.numberOrNull()),
            bytes.number(),
            average(bytes),
            vwap(bytes),
            Holes.decode(bytes.textOrNull())));
  }

  private static MovingAverage.State average(Unpacker bytes) {
    MovingAverage.Bars bars = new MovingAverage.Bars(Math.toIntExact(bytes.number()));
    int period = Math.toIntExact(bytes.number());
    List<MovingAverage.Close> closes = new ArrayList<>();
    long millis = 0;
    long priceE4 = 0;
    int count = bytes.count();
    for (int i = 0; i < count; i++) {
      millis += bytes.number();
      priceE4 += bytes.number();
      closes.add(new MovingAverage.Close(Instant.ofEpochMilli(millis), new Price(priceE4)));
    }
    return new MovingAverage.State(bars, period, closes);
  }

  private static void accountEvent(Packer packer, AccountEvent event) {
    packer.uuid(event.id());
    packer.time(event.receivedAt());
    packer.numberOrNull(event.sequence());
    packer.text(event.messageType());
    packer.textOrNull(event.brokerOrderId());
    packer.text(event.payload());
  }

  private static AccountEvent accountEvent(Unpacker bytes) {
    return new AccountEvent(
        bytes.uuid(),
        bytes.time(),
        bytes.numberOrNull(),
        bytes.text(),
        bytes.textOrNull(),
        bytes.text());
  }

  /** Seldom there: as text, which keeps all of its parts. */
  private static void gaps(Packer packer, GapWork gaps) {
    packer.text(Json.MAPPER.writeValueAsString(gaps));
  }

  private static GapWork gaps(Unpacker bytes) {
    return Json.MAPPER.readValue(bytes.text(), GapWork.class);
  }

  /** Made when the first gap is met. */
  private static final class Json {
    static final JsonMapper MAPPER = new JsonMapper();
  }

  static byte[] compress(byte[] plain) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(plain.length / 3 + 16);
    bytes.write(FORMAT);
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes, deflater)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    } finally {
      deflater.end();
    }
    return bytes.toByteArray();
  }

  private static byte[] uncompress(byte[] bytes) {
    if (bytes.length == 0 || bytes[0] != FORMAT) {
      throw new IllegalArgumentException("not a batch of format " + FORMAT);
    }
    java.util.zip.Inflater inflater = new java.util.zip.Inflater(true);
    try (InflaterInputStream in =
        new InflaterInputStream(new ByteArrayInputStream(bytes, 1, bytes.length - 1), inflater)) {
      byte[] plain = in.readNBytes(UNPACKED_MAX);
      if (in.read() >= 0) {
        throw new IllegalArgumentException("a batch of more than " + UNPACKED_MAX + " bytes");
      }
      return plain;
    } catch (IOException e) {
      throw new IllegalArgumentException("not a batch: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  private static @Nullable Long e4(@Nullable Price price) {
    return price == null ? null : price.e4();
  }

  private static @Nullable Price price(@Nullable Long e4) {
    return e4 == null ? null : new Price(e4);
  }

  private static @Nullable Long day(@Nullable LocalDate date) {
    return date == null ? null : date.toEpochDay();
  }

  private static @Nullable LocalDate date(@Nullable Long day) {
    return day == null ? null : LocalDate.ofEpochDay(day);
  }

  private static @Nullable Long boxed(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  private static OptionalLong optional(@Nullable Long value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
