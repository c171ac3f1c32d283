package io.alphakite.model.indicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.alphakite.model.ProjectFiles;
import io.alphakite.model.indicator.MovingAverage.Bars;
import io.alphakite.model.market.Price;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MovingAverageTest {

  private static final Instant NINE_THIRTY = Instant.parse("2013-10-07T13:30:00Z");
  private static final Bars MINUTES = Bars.ofSeconds(60);

  @Test
  void isTheMeanOfEightClosesAndTheLatestPrice() {
    MovingAverage average = new MovingAverage(MINUTES, 9);
    for (int minute = 0; minute < 8; minute++) {
      average.add(at(minute, 1), Price.of("99"));
      average.add(at(minute, 59), Price.of(Integer.toString(100 + minute)));
      assertThat(average.valueE4()).isEmpty();
    }

    // 100 + ... + 107 = 828
    average.add(at(8, 0), Price.of("108"));
    assertThat(average.valueE4()).hasValue(1_040_000);
    average.add(at(8, 30), Price.of("117"));
    assertThat(average.valueE4()).hasValue(1_050_000);
    // (828 - 100 + 117 + 110) / 9 = 106.1111...
    average.add(at(9, 0), Price.of("110"));
    assertThat(average.valueE4()).hasValue(1_061_111);
  }

  @Test
  void roundsHalvesUp() {
    MovingAverage average = new MovingAverage(MINUTES, 2);
    average.add(at(0, 0), new Price(10_000));
    average.add(at(1, 0), new Price(10_001));

    assertThat(average.valueE4()).hasValue(10_001);
  }

  @Test
  void minutesWithoutATickAreNoBars() {
    MovingAverage average = new MovingAverage(MINUTES, 2);
    average.add(at(0, 0), Price.of("1"));
    average.add(at(3 * 24 * 60, 0), Price.of("2"));

    assertThat(average.valueE4()).hasValue(15_000);
  }

  @Test
  void ticksOfOneMillisecondCountInTheOrderTheyCome() {
    MovingAverage average = new MovingAverage(MINUTES, 1);
    average.add(at(0, 5), Price.of("1"));
    average.add(at(0, 5), Price.of("2"));

    assertThat(average.valueE4()).hasValue(20_000);
  }

  @Test
  void lateTicksDoNotMoveIt() {
    MovingAverage average = new MovingAverage(MINUTES, 2);
    average.add(at(0, 50), Price.of("1"));
    average.add(at(1, 10), Price.of("2"));
    MovingAverage.State before = average.state();

    average.add(at(0, 55), Price.of("50"));
    average.add(at(1, 9), Price.of("60"));
    average.add(at(1, 10).minusMillis(1), Price.of("70"));

    assertThat(average.state()).isEqualTo(before);
    assertThat(average.valueE4()).hasValue(15_000);
  }

  @Test
  void barsStartOnWholeMultiplesOfTheirLength() {
    MovingAverage average = new MovingAverage(Bars.ofSeconds(300), 2);
    average.add(at(4, 59), Price.of("1"));
    average.add(at(5, 0), Price.of("2"));
    average.add(at(9, 59), Price.of("3"));

    assertThat(average.valueE4()).hasValue(20_000);
  }

  @Test
  void withTicksEveryTickIsABar() {
    MovingAverage average = new MovingAverage(Bars.ticks(), 3);
    average.add(at(0, 1), Price.of("1"));
    average.add(at(0, 1), Price.of("2"));
    assertThat(average.valueE4()).isEmpty();
    average.add(at(0, 1), Price.of("3"));
    assertThat(average.valueE4()).hasValue(20_000);
    average.add(at(0, 2), Price.of("7"));
    assertThat(average.valueE4()).hasValue(40_000);
  }

  @Test
  void aCandleIsAFinishedBar() {
    MovingAverage average = new MovingAverage(MINUTES, 3);
    average.addBar(at(0, 0), Price.of("1"));
    average.addBar(at(1, 59), Price.of("2"));
    average.add(at(2, 0), Price.of("6"));

    assertThat(average.valueE4()).hasValue(30_000);
  }

  @Test
  void aCandleThatComesLateFindsItsPlace() {
    MovingAverage average = new MovingAverage(MINUTES, 3);
    average.add(at(0, 5), Price.of("1"));
    average.add(at(1, 5), Price.of("2"));
    average.add(at(4, 5), Price.of("3"));

    average.addBar(at(3, 0), Price.of("10"));
    assertThat(average.valueE4()).hasValue(50_000);
    average.addBar(at(2, 0), Price.of("20"));
    assertThat(average.valueE4()).hasValue(110_000);
    average.addBar(at(0, 0), Price.of("99"));
    assertThat(average.valueE4()).hasValue(110_000);
  }

  @Test
  void fiveCandlesMakeABarOfFiveMinutes() {
    MovingAverage average = new MovingAverage(Bars.ofSeconds(300), 2);
    average.add(at(1, 0), Price.of("1"));
    average.add(at(5, 0), Price.of("3"));
    average.addBar(at(3, 0), Price.of("9"));
    average.addBar(at(4, 0), Price.of("5"));
    average.addBar(at(2, 0), Price.of("7"));

    assertThat(average.valueE4()).hasValue(40_000);
  }

  /** Outside oracle: 502 daily closes with the 20-day mean worked out in a spreadsheet. */
  @Test
  void agreesWithASpreadsheet() {
    List<String> lines =
        ProjectFiles.recordedLines("indicator-reference/spy_daily_2017_2018_sma20.csv.gz");
    MovingAverage average = new MovingAverage(Bars.ofSeconds(86_400), 20);
    int compared = 0;
    for (String line : lines) {
      List<String> cells = List.of(line.split(",", -1));
      Instant noon = LocalDate.parse(cells.get(0)).atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC);
      average.add(noon, Price.rounded(new BigDecimal(cells.get(4))));
      if (cells.get(6).isEmpty()) {
        assertThat(average.valueE4()).isEmpty();
      } else {
        // The closes have cents, so the mean of 20 has at most four decimals: no rounding at all.
        assertThat(average.valueE4())
            .as(line)
            .hasValue(Price.rounded(new BigDecimal(cells.get(6))).e4());
        compared++;
      }
    }
    assertThat(lines).hasSize(502);
    assertThat(compared).isEqualTo(483);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 60, 300})
  void streamingEqualsBatchAndSurvivesRestoring(int barSeconds) {
    for (long seed = 1; seed <= 40; seed++) {
      Random random = new Random(seed);
      Bars bars = barSeconds == 0 ? Bars.ticks() : Bars.ofSeconds(barSeconds);
      MovingAverage average = new MovingAverage(bars, 9);
      Batch batch = new Batch(barSeconds);
      long millis = NINE_THIRTY.toEpochMilli();
      for (int i = 0; i < 500; i++) {
        millis += random.nextInt(10) == 0 ? random.nextInt(200_000) : random.nextInt(3_000);
        long late = random.nextInt(5) == 0 ? random.nextInt(400_000) : 0;
        Price price = new Price(1_600_000 + random.nextInt(20_000));
        Instant time = Instant.ofEpochMilli(millis - late);
        // In tick mode late candles have no batch counterpart: a tick has no minute to belong to.
        if (barSeconds > 0 && random.nextInt(20) == 0) {
          average.addBar(time, price);
          batch.addCandle(time, price);
        } else {
          average.add(time, price);
          batch.add(time, price);
        }
        if (random.nextInt(50) == 0) {
          average = MovingAverage.restore(average.state());
        }
        assertThat(average.valueE4()).as("seed %d, step %d", seed, i).isEqualTo(batch.meanOfNine());
      }
    }
  }

  @Test
  void aStateIsNotMovedByLaterTicks() {
    MovingAverage average = new MovingAverage(MINUTES, 2);
    average.add(at(0, 0), Price.of("1"));
    MovingAverage.State state = average.state();
    average.add(at(1, 0), Price.of("2"));

    assertThat(state.closes()).containsExactly(new MovingAverage.Close(at(0, 0), Price.of("1")));
    assertThat(MovingAverage.restore(MovingAverage.State.empty(MINUTES, 2)).valueE4()).isEmpty();
  }

  @Test
  void refusesImpossibleStates() {
    MovingAverage.Close early = new MovingAverage.Close(at(0, 0), Price.of("1"));
    MovingAverage.Close sameBar = new MovingAverage.Close(at(0, 1), Price.of("1"));
    MovingAverage.Close later = new MovingAverage.Close(at(1, 0), Price.of("1"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MovingAverage.State(MINUTES, 2, List.of(early, sameBar)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MovingAverage.State(MINUTES, 2, List.of(later, early)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MovingAverage.State(MINUTES, 1, List.of(early, later)));
    assertThatIllegalArgumentException().isThrownBy(() -> new MovingAverage(MINUTES, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1s", "1m", "5m", "tick"})
  void readsTheLabelOfItsBars(String label) {
    assertThat(Bars.parse(label).label()).isEqualTo(label);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2m", "1M", "ticks", "0s"})
  void refusesOtherBars(String label) {
    assertThatIllegalArgumentException().isThrownBy(() -> Bars.parse(label));
  }

  private static Instant at(int minute, int second) {
    return NINE_THIRTY.plusSeconds(60L * minute + second);
  }

  /** The definition, taken literally: all bars there ever were, and the mean of the last nine. */
  private static final class Batch {
    private final int barSeconds;
    private final Map<Long, Price> closes = new TreeMap<>();
    private final Map<Long, Instant> closedAt = new TreeMap<>();
    private Instant newest = Instant.MIN;

    Batch(int barSeconds) {
      this.barSeconds = barSeconds;
    }

    void add(Instant time, Price price) {
      if (!time.isBefore(newest)) {
        put(time, price);
      }
    }

    void addCandle(Instant time, Price price) {
      put(Instant.ofEpochSecond(time.getEpochSecond() / 60 * 60 + 59), price);
    }

    private void put(Instant time, Price price) {
      long bar = barSeconds == 0 ? closes.size() : Math.floorDiv(time.getEpochSecond(), barSeconds);
      if (!time.isBefore(closedAt.getOrDefault(bar, Instant.MIN))) {
        closes.put(bar, price);
        closedAt.put(bar, time);
      }
      if (time.isAfter(newest)) {
        newest = time;
      }
    }

    OptionalLong meanOfNine() {
      List<Price> all = new ArrayList<>(closes.values());
      if (all.size() < 9) {
        return OptionalLong.empty();
      }
      BigDecimal sum =
          all.subList(all.size() - 9, all.size()).stream()
              .map(Price::toBigDecimal)
              .reduce(BigDecimal.ZERO, BigDecimal::add);
      return OptionalLong.of(
          Price.of(sum.divide(BigDecimal.valueOf(9), 4, RoundingMode.HALF_UP)).e4());
    }
  }
}
