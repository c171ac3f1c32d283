package io.alphakite.model.indicator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alphakite.model.ProjectFiles;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.Price;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SessionVwapTest {

  private static final MarketCalendar NYSE = MarketCalendar.nyse();
  private static final Instant NINE_THIRTY = Instant.parse("2013-10-07T13:30:00Z");

  @Test
  void weighsPricesByVolume() {
    SessionVwap vwap = new SessionVwap(NYSE, TradingHours.REGULAR);
    vwap.add(NINE_THIRTY, Price.of("10"), 100);
    assertThat(vwap.valueE4()).hasValue(100_000);
    vwap.add(NINE_THIRTY.plusSeconds(1), Price.of("11"), 300);
    assertThat(vwap.valueE4()).hasValue(107_500);
    // (1000 + 3300 + 0.0001 * 200) / 600 = 7.16670
    vwap.add(NINE_THIRTY.plusSeconds(2), Price.of("0.0001"), 200);
    assertThat(vwap.valueE4()).hasValue(71_667);
  }

  @Test
  void roundsHalvesUp() {
    SessionVwap vwap = new SessionVwap(NYSE, TradingHours.REGULAR);
    vwap.add(NINE_THIRTY, new Price(10_000), 1);
    vwap.add(NINE_THIRTY, new Price(10_001), 1);
    assertThat(vwap.valueE4()).hasValue(10_001);
    vwap.add(NINE_THIRTY, new Price(10_000), 1);
    assertThat(vwap.valueE4()).hasValue(10_000);
  }

  @Test
  void isEmptyBeforeTheFirstVolume() {
    SessionVwap vwap = new SessionVwap(NYSE, TradingHours.REGULAR);
    assertThat(vwap.valueE4()).isEmpty();
    vwap.add(NINE_THIRTY, Price.of("10"), 0);
    assertThat(vwap.valueE4()).isEmpty();
  }

  @Test
  void ticksWithoutGrowthDoNotMoveIt() {
    SessionVwap vwap = new SessionVwap(NYSE, TradingHours.REGULAR);
    vwap.add(NINE_THIRTY, Price.of("10"), 5);
    vwap.add(NINE_THIRTY.plusSeconds(1), Price.of("99"), 0);

    assertThat(vwap.valueE4()).hasValue(100_000);
  }

  @Test
  void startsAnewWithEachSession() {
    SessionVwap vwap = new SessionVwap(NYSE, TradingHours.REGULAR);
    vwap.add(NINE_THIRTY, Price.of("10"), 5);
    Instant nextDay = Instant.parse("2013-10-08T13:30:00Z");

    vwap.add(nextDay, Price.of("20"), 0);
    assertThat(vwap.valueE4()).isEmpty();
    vwap.add(nextDay, Price.of("20"), 5);
    assertThat(vwap.valueE4()).hasValue(200_000);
  }

  @Test
  void startsAnewAtFourToo_whenHoursAreExtended() {
    SessionVwap vwap = new SessionVwap(NYSE, TradingHours.EXTENDED);
    vwap.add(Instant.parse("2013-10-04T23:59:59Z"), Price.of("5"), 5);
    vwap.add(Instant.parse("2013-10-07T08:00:00Z"), Price.of("10"), 5);
    assertThat(vwap.valueE4()).hasValue(100_000);
    vwap.add(NINE_THIRTY.minusMillis(1), Price.of("12"), 5);
    assertThat(vwap.valueE4()).hasValue(110_000);
    vwap.add(NINE_THIRTY, Price.of("20"), 5);
    assertThat(vwap.valueE4()).hasValue(200_000);
    vwap.add(Instant.parse("2013-10-07T20:00:00Z"), Price.of("30"), 5);
    assertThat(vwap.valueE4()).hasValue(250_000);
  }

  @Test
  void lateTicksOfTheSessionCountAndEarlierOnesDoNot() {
    SessionVwap vwap = new SessionVwap(NYSE, TradingHours.EXTENDED);
    vwap.add(NINE_THIRTY.plusSeconds(5), Price.of("10"), 5);
    vwap.add(NINE_THIRTY, Price.of("20"), 5);
    vwap.add(NINE_THIRTY.minusMillis(1), Price.of("99"), 5);

    assertThat(vwap.valueE4()).hasValue(150_000);
  }

  /**
   * Outside oracle: 391 bars whose VWAP of (high + low + close) / 3 was worked out in a
   * spreadsheet.
   *
   * <p>A third has no exact decimal, so we take the sum of the three as the price and look for
   * three times the spreadsheet's average: then nothing is rounded on the way in, our own rounding
   * is at most half a ten-thousandth of that, and the unrounded sums agree as far as the
   * spreadsheet's doubles reach.
   */
  @Test
  void agreesWithASpreadsheet() {
    List<String> lines =
        ProjectFiles.recordedLines("indicator-reference/spy_2020-12-15_1m_vwap.csv.gz");
    SessionVwap vwap = new SessionVwap(NYSE, TradingHours.EXTENDED);
    for (String line : lines) {
      List<String> cells = List.of(line.split(",", -1));
      LocalDateTime start = LocalDateTime.parse(cells.get(0));
      Price sum =
          new Price(price(cells.get(2)).e4() + price(cells.get(3)).e4() + price(cells.get(4)).e4());
      vwap.add(
          NYSE.at(start.toLocalDate(), start.toLocalTime()), sum, Long.parseLong(cells.get(5)));

      SessionVwap.State state = vwap.state();
      double expected = Double.parseDouble(cells.get(8));
      double unrounded =
          new BigDecimal(state.notionalE4(), 4)
              .divide(BigDecimal.valueOf(3 * state.volume()), MathContext.DECIMAL64)
              .doubleValue();
      assertThat(state.volume()).isEqualTo(Long.parseLong(cells.get(7)));
      assertThat(unrounded).as(line).isCloseTo(expected, within(1e-9));
      assertThat(vwap.valueE4().orElseThrow() / 1e4 / 3)
          .as(line)
          .isCloseTo(expected, within(0.000_05 / 3 + 1e-9));
    }
    assertThat(lines).hasSize(391);
  }

  @Test
  void streamingEqualsBatchAndSurvivesRestoring() {
    for (long seed = 1; seed <= 60; seed++) {
      Random random = new Random(seed);
      // Every third seed trades so much, at such prices, that the sum leaves 64 bits behind.
      int growthBits = seed % 3 == 0 ? 48 : 12;
      int priceBits = seed % 3 == 0 ? 50 : 23;
      SessionVwap vwap = new SessionVwap(NYSE, TradingHours.REGULAR);
      BigDecimal notional = BigDecimal.ZERO;
      BigDecimal volume = BigDecimal.ZERO;
      for (int i = 0; i < 300; i++) {
        Instant time = NINE_THIRTY.plusMillis(random.nextInt(23_400_000));
        Price price = new Price(random.nextLong() >>> (64 - priceBits));
        long growth = random.nextInt(4) == 0 ? 0 : random.nextLong() >>> (64 - growthBits);
        vwap.add(time, price, growth);
        notional = notional.add(price.toBigDecimal().multiply(BigDecimal.valueOf(growth)));
        volume = volume.add(BigDecimal.valueOf(growth));
        if (random.nextInt(20) == 0) {
          vwap = SessionVwap.restore(NYSE, TradingHours.REGULAR, vwap.state());
        }
        assertThat(vwap.state().notionalE4())
            .as("seed %d, step %d", seed, i)
            .isEqualTo(notional.unscaledValue());
        if (volume.signum() > 0) {
          assertThat(vwap.valueE4())
              .as("seed %d, step %d", seed, i)
              .hasValue(Price.of(notional.divide(volume, 4, RoundingMode.HALF_UP)).e4());
        }
      }
      if (seed % 3 == 0) {
        assertThat(vwap.state().notionalE4().bitLength()).as("seed %d", seed).isGreaterThan(64);
      }
    }
  }

  @Test
  void negativePricesKeepTheirSignInBothHalves() {
    SessionVwap vwap = new SessionVwap(NYSE, TradingHours.REGULAR);
    vwap.add(NINE_THIRTY, new Price(-(1L << 40)), 1L << 40);
    vwap.add(NINE_THIRTY, new Price(1L << 40), (1L << 40) - 1);
    SessionVwap again = SessionVwap.restore(NYSE, TradingHours.REGULAR, vwap.state());

    assertThat(vwap.state().notionalE4()).isEqualTo(BigInteger.valueOf(-(1L << 40)));
    assertThat(again.state()).isEqualTo(vwap.state());
  }

  @Test
  void aRestoredOneStartsAnewAtTheSameMoment() {
    SessionVwap before = new SessionVwap(NYSE, TradingHours.EXTENDED);
    before.add(NINE_THIRTY.minusSeconds(60), Price.of("10"), 5);
    SessionVwap vwap = SessionVwap.restore(NYSE, TradingHours.EXTENDED, before.state());

    vwap.add(NINE_THIRTY.minusMillis(1), Price.of("20"), 5);
    assertThat(vwap.valueE4()).hasValue(150_000);
    vwap.add(NINE_THIRTY, Price.of("30"), 5);
    assertThat(vwap.valueE4()).hasValue(300_000);
    assertThat(SessionVwap.restore(NYSE, TradingHours.REGULAR, SessionVwap.State.empty()).valueE4())
        .isEmpty();
  }

  @Test
  void refusesWhatCannotBe() {
    SessionVwap vwap = new SessionVwap(NYSE, TradingHours.REGULAR);
    assertThatIllegalArgumentException().isThrownBy(() -> vwap.add(NINE_THIRTY, Price.of("1"), -1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SessionVwap.State(NINE_THIRTY, BigInteger.ONE, 0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SessionVwap.State(null, BigInteger.ONE, 1));
  }

  @Test
  void aVolumeTooLargeToCountChangesNothing() {
    SessionVwap vwap = new SessionVwap(NYSE, TradingHours.REGULAR);
    vwap.add(NINE_THIRTY, Price.of("1"), Long.MAX_VALUE);
    SessionVwap.State before = vwap.state();

    assertThatThrownBy(() -> vwap.add(NINE_THIRTY, Price.of("1"), 1))
        .isInstanceOf(ArithmeticException.class);
    assertThat(vwap.state()).isEqualTo(before);
    assertThat(vwap.valueE4()).hasValue(10_000);
  }

  private static Price price(String dollars) {
    return Price.rounded(new BigDecimal(dollars));
  }
}
