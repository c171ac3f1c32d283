package io.alphakite.streaming.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.model.indicator.MovingAverage;
import io.alphakite.model.indicator.SessionVwap;
import io.alphakite.model.market.Bar;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Quote;
import io.alphakite.model.market.Ticker;
import io.alphakite.streaming.feed.ExactSums;
import io.alphakite.streaming.feed.Hole;
import io.alphakite.streaming.feed.MinuteBar;
import io.alphakite.streaming.feed.Repair;
import io.alphakite.streaming.feed.Restatement;
import io.alphakite.streaming.feed.SecondRow;
import io.alphakite.streaming.feed.TickerState;
import io.alphakite.streaming.gap.GapEntry;
import io.alphakite.streaming.gap.GapState;
import io.alphakite.streaming.option.OptionRow;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Batches as bytes and back. */
class BatchCodecTest {
  private static final long OPEN = Instant.parse("2013-10-08T13:30:00Z").getEpochSecond();

  @Test
  void anyBatchComesBackAsItWas() {
    long seed = System.nanoTime();
    System.out.println("Seed of the batches: " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      Batch batch = batch(random);
      assertThat(BatchCodec.decode(BatchCodec.encode(batch))).isEqualTo(batch);
    }
  }

  @Test
  void cutOrChangedBytesAreRefusedInOneWay() {
    Random random = new Random(7);
    byte[] bytes = BatchCodec.encode(batch(random));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> BatchCodec.decode(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    for (int round = 0; round < 2_000; round++) {
      byte[] changed = bytes.clone();
      changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      try {
        BatchCodec.decode(changed);
      } catch (IllegalArgumentException e) {
        // Refused, and nothing else happens.
      }
    }
  }

  @Test
  void whatALaterBuildAddsIsPassedOver() {
    Packer later = new Packer();
    later.number(77);
    later.block(new byte[] {1, 2, 3});
    assertThat(BatchCodec.decode(BatchCodec.compress(later.bytes())).isEmpty()).isTrue();
  }

  @Test
  void mergedBatchesHoldTheNewestOfEach() {
    SecondRow first = row("SPY", 1, 10);
    SecondRow newer = row("SPY", 1, 20);
    SecondRow other = row("SPY", 2, 5);
    MinuteBar candle = bar(MinuteBar.Source.CANDLE, 100);
    MinuteBar folded = bar(MinuteBar.Source.STREAM, 90);
    Batch merged =
        Batch.merged(
            List.of(
                new Batch(
                    List.of(first, other),
                    List.of(candle),
                    List.of(),
                    List.of(),
                    Map.of(),
                    List.of(),
                    GapWork.NONE),
                new Batch(
                    List.of(newer),
                    List.of(folded),
                    List.of(),
                    List.of(),
                    Map.of(),
                    List.of(),
                    GapWork.NONE)));
    assertThat(merged.rows()).containsExactly(newer, other);
    assertThat(merged.bars()).containsExactly(candle);
  }

  // Written by the build before the VWAP's sums and the bars were kept.
  private static final String OLD_BATCH =
      "01635ac6c8c2161c10b961f182a55c2fd69e61bcc1c2c0d802a4798243825c1d7d1940929b40921bd69f613cc1c8f80f28c7b80d480838393a7bbb79faf830323101f5800d60e010febef1c0046600";

  @Test
  void whatAnEarlierBuildLeftIsRead() {
    Batch old = BatchCodec.decode(HexFormat.of().parseHex(OLD_BATCH));
    assertThat(old.rows().getFirst())
        .isEqualTo(
            new SecondRow(
                new Ticker("SPY"),
                1_381_239_000L,
                new Price(1_674_100),
                300,
                OptionalLong.empty(),
                OptionalLong.of(1_674_050),
                SecondRow.Source.STREAM));
    SecondRow incomplete = old.rows().get(1);
    assertThat(incomplete.volume()).isEqualTo(100);
    assertThat(incomplete.vwapVolume()).as("not known then").isZero();
    ExactSums sums = Objects.requireNonNull(incomplete.sums());
    assertThat(sums.gaps()).containsExactly(new UUID(1, 2));
    assertThat(sums.vwap())
        .isEqualTo(
            new SessionVwap.State(
                Instant.parse("2013-10-08T13:30:00Z"), BigInteger.valueOf(335_000_000), 200));
    assertThat(old.bars()).isEmpty();
  }

  private static MinuteBar bar(MinuteBar.Source source, long volume) {
    boolean stream = source == MinuteBar.Source.STREAM;
    return new MinuteBar(
        new Ticker("SPY"),
        new Bar(
            Instant.ofEpochSecond(OPEN),
            new Price(1_000_000),
            new Price(1_000_300),
            new Price(999_900),
            new Price(1_000_100),
            volume),
        source,
        volume % 2 == 0,
        stream ? Instant.ofEpochSecond(OPEN, 1_000_000) : null,
        stream ? Instant.ofEpochSecond(OPEN + 59) : null);
  }

  private static SecondRow row(String ticker, long second, long volume) {
    return new SecondRow(
        new Ticker(ticker),
        second,
        new Price(1_000_000),
        volume,
        OptionalLong.empty(),
        OptionalLong.empty(),
        SecondRow.Source.STREAM);
  }

  private static Batch batch(Random random) {
    List<SecondRow> rows = new ArrayList<>();
    List<MinuteBar> bars = new ArrayList<>();
    List<QuoteRow> quotes = new ArrayList<>();
    Map<Ticker, TickerState> states = new LinkedHashMap<>();
    List<OptionRow> options = new ArrayList<>();
    List<AccountEvent> events = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      Ticker ticker = new Ticker("T" + i);
      for (int second = random.nextInt(5); second > 0; second--) {
        rows.add(
            new SecondRow(
                ticker,
                OPEN + second,
                new Price(1 + random.nextInt(1_000_000_000)),
                random.nextLong(1L << 40),
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextInt()),
                random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextLong()),
                random.nextBoolean() ? SecondRow.Source.STREAM : SecondRow.Source.BACKFILL,
                random.nextInt(3) > 0 ? null : sums(random),
                random.nextLong(1L << 40),
                random.nextInt()));
      }
      bars.add(
          bar(
              random.nextBoolean() ? MinuteBar.Source.STREAM : MinuteBar.Source.CANDLE,
              random.nextLong(1L << 40)));
      quotes.add(
          new QuoteRow(
              new Quote(
                  ticker,
                  price(random),
                  price(random),
                  random.nextBoolean() ? null : random.nextLong(1_000),
                  random.nextBoolean() ? null : random.nextLong(1_000),
                  price(random),
                  time(random),
                  time(random)),
              Instant.ofEpochSecond(OPEN, random.nextInt(1_000_000_000))));
      options.add(
          new OptionRow(
              ticker,
              OptionSymbol.parse("SPY   131011C00167500"),
              OPEN + i,
              price(random),
              price(random),
              price(random),
              random.nextBoolean() ? null : random.nextLong(1_000),
              null,
              new BigDecimal("0.123456"),
              new BigDecimal("-0.500000"),
              null,
              BigDecimal.ZERO,
              random.nextBoolean() ? null : BigDecimal.ONE));
      states.put(ticker, state(random));
      events.add(
          new AccountEvent(
              Instant.ofEpochSecond(OPEN, 5),
              random.nextBoolean() ? null : random.nextLong(),
              "OrderCreated",
              random.nextBoolean() ? null : "1000",
              "{\"text\":\"Ωß " + i + "\"}"));
    }
    return new Batch(rows, bars, quotes, options, states, events, gaps(random));
  }

  private static TickerState state(Random random) {
    boolean traded = random.nextBoolean();
    return new TickerState(
        traded ? LocalDate.of(2013, 10, 8) : null,
        traded ? random.nextLong(1L << 40) : null,
        random.nextBoolean(),
        time(random),
        price(random),
        time(random),
        random.nextBoolean() ? null : LocalDate.of(2013, 10, 7),
        random.nextLong(1L << 40),
        average(random),
        traded
            ? new SessionVwap.State(
                Instant.ofEpochSecond(OPEN), new BigInteger(120, random), 1 + random.nextInt(1_000))
            : SessionVwap.State.empty(),
        random.nextInt(4) > 0 ? List.of() : List.of(hole(random)));
  }

  private static MovingAverage.State average(Random random) {
    List<MovingAverage.Close> closes = new ArrayList<>();
    for (int i = random.nextInt(10); i > 0; i--) {
      closes.addFirst(
          new MovingAverage.Close(
              Instant.ofEpochMilli(OPEN * 1_000 + 60_000L * i + random.nextInt(60_000)),
              new Price(1 + random.nextInt(9_999_999))));
    }
    return new MovingAverage.State(MovingAverage.Bars.ofSeconds(60), 9, closes);
  }

  private static ExactSums sums(Random random) {
    return new ExactSums(
        List.of(new UUID(random.nextLong(), 3), new UUID(4, random.nextLong())),
        average(random),
        SessionVwap.State.empty());
  }

  private static Hole hole(Random random) {
    return new Hole(
        new UUID(random.nextLong(), random.nextLong()),
        Instant.ofEpochSecond(OPEN),
        Instant.ofEpochSecond(OPEN + 60),
        random.nextBoolean(),
        random.nextBoolean(),
        List.of(new UUID(random.nextLong(), 1)),
        average(random),
        SessionVwap.State.empty(),
        random.nextBoolean() ? null : first());
  }

  private static Hole.First first() {
    return new Hole.First(Instant.ofEpochMilli(OPEN * 1_000 + 77), new Price(1_000_000), 12);
  }

  private static GapWork gaps(Random random) {
    if (random.nextInt(3) > 0) {
      return GapWork.NONE;
    }
    UUID gap = new UUID(random.nextLong(), random.nextLong());
    Ticker ticker = new Ticker("BRK.B");
    Price close = new Price(1 + random.nextInt(9_999_999));
    Bar candle = new Bar(Instant.ofEpochSecond(OPEN), close, close, close, close, 100);
    GapEntry entry =
        new GapEntry(
            gap,
            ticker,
            Instant.ofEpochSecond(OPEN),
            random.nextBoolean() ? null : Instant.ofEpochSecond(OPEN + 60),
            "restart",
            GapState.OPEN,
            Instant.ofEpochSecond(OPEN, 123_456_789),
            null,
            1,
            2,
            3,
            new Repair.Values(OptionalLong.of(5), OptionalLong.empty()),
            new Repair.Values(OptionalLong.empty(), OptionalLong.of(7)),
            "Ωß",
            random.nextBoolean() ? null : first());
    return new GapWork(
        List.of(entry),
        List.of(new Restatement(ticker, gap, List.of(candle), first(), 10)),
        List.of(new GapWork.LostRows(ticker, gap, List.of(candle))));
  }

  private static @Nullable Price price(Random random) {
    return random.nextInt(3) == 0 ? null : new Price(1 + random.nextInt(1_000_000_000));
  }

  private static @Nullable Instant time(Random random) {
    return random.nextInt(3) == 0
        ? null
        : Instant.ofEpochMilli(OPEN * 1_000 + random.nextInt(23_400_000));
  }
}
