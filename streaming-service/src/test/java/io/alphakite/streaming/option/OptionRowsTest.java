package io.alphakite.streaming.option;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.calendar.TradingHours;
import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.LevelOneFields;
import io.alphakite.schwab.stream.LevelOneOption;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What messages of one contract make of rows. */
class OptionRowsTest {
  private static final Ticker SPX = new Ticker("$SPX");
  private static final OptionSymbol CALL = OptionSymbol.parse("SPXW  241015C05820000");
  private static final int BID = 2;
  private static final int ASK = 3;
  private static final int LAST = 4;
  private static final int VOLUME = 8;
  private static final int OPEN_INTEREST = 9;
  private static final int VOLATILITY = 10;
  private static final int DELTA = 28;
  private static final int GAMMA = 29;
  private static final int THETA = 30;
  private static final int VEGA = 31;
  private static final int QUOTE_TIME = 38;
  private static final int TRADE_TIME = 39;

  private final OptionRows rows = new OptionRows(MarketCalendar.nyse(), TradingHours.REGULAR);
  private final Map<Integer, @Nullable Object> sent = new HashMap<>();
  private Instant now = Instant.parse("2024-10-15T15:15:57Z");

  @Test
  void rowHasWhatSchwabSaysAtTheSecondOfTheNewestQuoteOrTrade() {
    // The first contract of Schwab's answer of 2024-10-15.
    quoteOf20241015();
    assertThat(row())
        .isEqualTo(
            new OptionRow(
                SPX,
                CALL,
                1_729_005_356,
                Price.of("25.5"),
                Price.of("25.3"),
                Price.of("27.2"),
                835L,
                445L,
                new BigDecimal("15.237000"),
                new BigDecimal("0.832000"),
                new BigDecimal("0.010000"),
                new BigDecimal("-2.492000"),
                new BigDecimal("0.414000")));
    number(TRADE_TIME, "1729005357001");
    assertThat(Objects.requireNonNull(row()).second()).isEqualTo(1_729_005_357);
  }

  @Test
  void absentNullZeroAndMarkedAreDifferentThings() {
    number(QUOTE_TIME, "1729005356539");
    number(BID, "0");
    sent.put(ASK, null);
    number(VOLUME, "0");
    number(VOLATILITY, "-999");
    number(DELTA, "-999.0");
    number(GAMMA, "0");
    OptionRow row = Objects.requireNonNull(row());
    assertThat(row.bid()).isEqualTo(Price.of("0"));
    assertThat(row.ask()).isNull();
    assertThat(row.last()).isNull();
    assertThat(row.volume()).isZero();
    assertThat(row.openInterest()).isNull();
    assertThat(row.impliedVolatility()).isNull();
    assertThat(row.delta()).isNull();
    assertThat(row.gamma()).isEqualByComparingTo("0");
    assertThat(row.theta()).isNull();
    assertThat(rows.counts().rejected()).as("none of these is absurd").isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "2, -0.01", // bid
    "3, 100000000", // ask beyond the table
    "4, -1", // last
    "8, -5", // volume
    "9, 99999999999999", // open interest
    "10, -15", // volatility
    "10, 100001",
    "28, 1.01", // delta
    "28, -1.5",
    "29, -0.1", // gamma
    "30, -100001", // theta
    "31, -0.2", // vega
  })
  void valueThatCannotBeIsUnknownAndCounted(int field, String value) {
    quoteOf20241015();
    OptionRow sane = Objects.requireNonNull(row());
    number(field, value);
    OptionRow row = Objects.requireNonNull(row());
    assertThat(row).isNotEqualTo(sane);
    assertThat(row.toString()).contains("null");
    assertThat(rows.counts().rejected()).isEqualTo(1);
    assertThat(rows.counts().rows()).isEqualTo(2);
  }

  @Test
  void crossedQuoteHasNoSides() {
    quoteOf20241015();
    number(BID, "27.3");
    OptionRow row = Objects.requireNonNull(row());
    assertThat(row.bid()).isNull();
    assertThat(row.ask()).isNull();
    assertThat(row.last()).isEqualTo(Price.of("25.5"));
    assertThat(rows.counts().crossed()).isEqualTo(1);
    number(ASK, "0");
    assertThat(Objects.requireNonNull(row()).bid()).as("nobody offers").isEqualTo(Price.of("27.3"));
  }

  @Test
  void messageThatChangesNothingMakesNoRow() {
    quoteOf20241015();
    assertThat(row()).isNotNull();
    number(17, "12");
    assertThat(row()).isNull();
    number(BID, "25.30");
    assertThat(row()).isNull();
    assertThat(rows.counts().rows()).isEqualTo(1);
  }

  @Test
  void olderMessageIsLeftOut() {
    quoteOf20241015();
    assertThat(row()).isNotNull();
    number(QUOTE_TIME, "1729005354000");
    number(TRADE_TIME, "1729005354000");
    number(BID, "1");
    assertThat(row()).isNull();
    assertThat(rows.counts().late()).isEqualTo(1);
    // What is forgotten begins anew.
    rows.retain(Set.of());
    assertThat(row()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "2024-10-15T13:29:59.999Z, false",
    "2024-10-15T13:30:00Z, true",
    "2024-10-15T19:59:59.999Z, true",
    "2024-10-15T20:00:00Z, false",
    "2024-10-14T19:59:59Z, false", // of the session before
    "2024-12-24T17:00:00Z, false", // far ahead
    "1970-01-02T00:00:00Z, false",
  })
  void rowsAreOfThisSessionsHours(Instant quoted, boolean row) {
    now = Instant.parse("2024-10-15T19:00:00Z");
    number(QUOTE_TIME, Long.toString(quoted.toEpochMilli()));
    assertThat(row() != null).isEqualTo(row);
  }

  @Test
  void lastSessionIsShownWhereThereIsNoneToday() {
    now = Instant.parse("2024-10-19T16:00:00Z"); // a Saturday
    number(QUOTE_TIME, Long.toString(Instant.parse("2024-10-18T19:59:59Z").toEpochMilli()));
    assertThat(row()).isNotNull();
  }

  @Test
  void contractThatNobodyEverQuotedMakesNoRow() {
    number(BID, "0");
    number(QUOTE_TIME, "0");
    assertThat(row()).isNull();
    assertThat(rows.counts().untimed()).isEqualTo(1);
  }

  private void quoteOf20241015() {
    number(BID, "25.3");
    number(ASK, "27.2");
    number(LAST, "25.5");
    number(VOLUME, "835");
    number(OPEN_INTEREST, "445");
    number(VOLATILITY, "15.237");
    number(DELTA, "0.832");
    number(GAMMA, "0.01");
    number(THETA, "-2.492");
    number(VEGA, "0.414");
    number(QUOTE_TIME, "1729005356539");
    number(TRADE_TIME, "1729005339933");
  }

  private void number(int field, String value) {
    sent.put(field, new BigDecimal(value));
  }

  private @Nullable OptionRow row() {
    return rows.accept(SPX, new LevelOneOption(CALL, LevelOneFields.of(sent), false), false, now);
  }
}
