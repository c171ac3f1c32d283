package io.alphakite.schwab.stream;

import static io.alphakite.schwab.stream.StreamService.CHART_EQUITY;
import static io.alphakite.schwab.stream.StreamService.CHART_FUTURES;
import static io.alphakite.schwab.stream.StreamService.LEVELONE_EQUITIES;
import static io.alphakite.schwab.stream.StreamService.LEVELONE_FOREX;
import static io.alphakite.schwab.stream.StreamService.LEVELONE_FUTURES;
import static io.alphakite.schwab.stream.StreamService.LEVELONE_OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.schwab.stream.StreamEvent.BarUpdate;
import io.alphakite.schwab.stream.StreamEvent.BookLevel;
import io.alphakite.schwab.stream.StreamEvent.BookMaker;
import io.alphakite.schwab.stream.StreamEvent.BookUpdate;
import io.alphakite.schwab.stream.StreamEvent.EquityUpdate;
import io.alphakite.schwab.stream.StreamEvent.LevelOneUpdate;
import io.alphakite.schwab.stream.StreamEvent.OptionUpdate;
import io.alphakite.schwab.stream.StreamEvent.ScreenerItem;
import io.alphakite.schwab.stream.StreamEvent.ScreenerUpdate;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each service's items as the reference shows them, and as values. */
class ServicesTest {

  private static final String OPTION = "ABC   260320C00050000";
  private static final String OPTION_IMAGE =
      """
      {"key":"ABC   260320C00050000","delayed":false,"assetMainType":"OPTION","cusip":"0",
       "1":"ABC 03/20/2026 50.00 C","2":2.1,"3":2.2,"4":2.15,"5":2.3,"6":2,"7":2.05,"8":120,
       "9":900,"10":31.2,"11":0.015,"12":2026,"13":100,"14":2,"15":0,"16":65,"17":66,"18":1,
       "19":0.1,"20":50,"21":"C","22":"ABC","23":3,"24":"100 ABC","25":2.135,"26":20,"27":74,
       "28":0.52,"29":0.04,"30":-0.02,"31":0.09,"32":0.05,"33":"Normal","34":2.15,"35":50.015,
       "36":"S","37":2.15,"38":1767623400000,"39":1767622600000,"40":"O","41":"OPR",
       "42":1774051200000,"43":"P","44":4.8,"45":0.1,"46":4.8,"47":0,"48":true,"49":"ABC",
       "50":6,"51":1,"52":0,"53":0,"54":0,"55":"A"}""";

  private final Decoding decoding = new Decoding();

  @Test
  void readsEveryFieldOfAnOption() {
    decoding.decode(LEVELONE_OPTIONS, OPTION_IMAGE);
    OptionUpdate update = decoding.last(OptionUpdate.class);
    assertThat(update.first()).isTrue();
    assertThat(update.symbol()).isEqualTo(OptionSymbol.parse(OPTION));
    LevelOneOption image = update.image();
    assertThat(image.bid()).isEqualByComparingTo("2.1");
    assertThat(image.ask()).isEqualByComparingTo("2.2");
    assertThat(image.last()).isEqualByComparingTo("2.15");
    assertThat(image.totalVolume()).isEqualTo(120);
    assertThat(image.openInterest()).isEqualTo(900);
    assertThat(image.volatility()).isEqualByComparingTo("31.2");
    assertThat(image.expiration()).isEqualTo(LocalDate.of(2026, 3, 20));
    assertThat(image.bidSize()).isEqualTo(65);
    assertThat(image.askSize()).isEqualTo(66);
    assertThat(image.strike()).isEqualByComparingTo("50");
    assertThat(image.delta()).isEqualByComparingTo("0.52");
    assertThat(image.gamma()).isEqualByComparingTo("0.04");
    assertThat(image.theta()).isEqualByComparingTo("-0.02");
    assertThat(image.vega()).isEqualByComparingTo("0.09");
    assertThat(image.rho()).isEqualByComparingTo("0.05");
    assertThat(image.underlying()).isEqualTo("ABC");
    assertThat(image.underlyingPrice()).isEqualByComparingTo("50.015");
    assertThat(image.quoteTime()).isEqualTo(Instant.ofEpochMilli(1767623400000L));
    assertThat(image.tradeTime()).isEqualTo(Instant.ofEpochMilli(1767622600000L));
    assertThat(image.fields().flag(48)).isTrue();
    assertThat(decoding.counters.badValues.sum() + decoding.counters.unknownFields.sum()).isZero();
    assertThat(Long.bitCount(image.fields().sent())).isEqualTo(55);
  }

  @Test
  void knowsMinus999AsNone() {
    decoding.decode(
        LEVELONE_OPTIONS,
        """
        {"key":"ABC   260320C00050000","delayed":false,"10":-999.0,"28":-999,"29":"-999.0",
         "30":-999.00,"31":-998.9,"32":0,"33":"Unknown","38":0}""");
    LevelOneOption image = decoding.last(OptionUpdate.class).image();
    assertThat(image.volatility()).isNull();
    assertThat(image.delta()).isNull();
    assertThat(image.gamma()).isNull();
    assertThat(image.theta()).isNull();
    assertThat(image.vega()).isEqualByComparingTo("-998.9");
    assertThat(image.rho()).as("zero is zero").isEqualByComparingTo("0");
    assertThat(image.quoteTime()).as("zero is no time").isNull();
    assertThat(image.fields().decimal(28)).as("as sent").isEqualByComparingTo("-999");
  }

  @Test
  void tellsAbsentNullAndZeroApart() {
    decoding.decode(LEVELONE_OPTIONS, OPTION_IMAGE);
    decoding.decode(LEVELONE_OPTIONS, "{\"key\":\"%s\",\"2\":null,\"3\":0}".formatted(OPTION));
    OptionUpdate update = decoding.last(OptionUpdate.class);
    LevelOneFields fields = update.image().fields();
    assertThat(fields.state(2)).isEqualTo(FieldState.NULL);
    assertThat(fields.state(3)).isEqualTo(FieldState.VALUE);
    assertThat(fields.state(0)).isEqualTo(FieldState.ABSENT);
    assertThat(update.image().ask()).isEqualByComparingTo("0");
    assertThat(update.image().last()).as("not carried, so as it was").isEqualByComparingTo("2.15");
    assertThat(update.carries(2)).isTrue();
    assertThat(update.carries(4)).isFalse();
    assertThat(update.first()).isFalse();
  }

  @Test
  void tellsThemApartForEquitiesToo() {
    decoding.decode(
        LEVELONE_EQUITIES, "{\"key\":\"ABC\",\"delayed\":false,\"1\":0,\"2\":null,\"33\":1.5}");
    LevelOneEquity image = decoding.last(EquityUpdate.class).image();
    assertThat(image.state(1)).isEqualTo(FieldState.VALUE);
    assertThat(image.state(2)).isEqualTo(FieldState.NULL);
    assertThat(image.state(3)).isEqualTo(FieldState.ABSENT);
    assertThat(image.state(33)).isEqualTo(FieldState.VALUE);
    assertThat(image.others().decimal(33)).isEqualByComparingTo("1.5");
    assertThat(image.state(-1)).isEqualTo(FieldState.ABSENT);
    assertThat(image.state(64)).isEqualTo(FieldState.ABSENT);
  }

  @Test
  void keepsAnOptionsDeltaFromInventingAnImage() {
    decoding.decode(LEVELONE_OPTIONS, "{\"key\":\"%s\",\"2\":2.1}".formatted(OPTION));
    assertThat(decoding.events).isEmpty();
    assertThat(decoding.counters.earlyDeltas.sum()).isEqualTo(1);
  }

  @Test
  void startsAKeyAnewThatWasForgotten() {
    decoding.decode(LEVELONE_OPTIONS, OPTION_IMAGE);
    decoding.decoder.forget(LEVELONE_OPTIONS, List.of(OPTION), Set.of());
    decoding.decode(LEVELONE_OPTIONS, "{\"key\":\"%s\",\"2\":9}".formatted(OPTION));
    assertThat(decoding.events).as("a late delta of the old subscription").hasSize(1);
    assertThat(decoding.decoder.seen(LEVELONE_OPTIONS, OPTION)).isFalse();
    decoding.decode(LEVELONE_OPTIONS, OPTION_IMAGE);
    assertThat(decoding.last(OptionUpdate.class).first()).isTrue();
  }

  @Test
  void leavesOutWhatIsNoOption() {
    decoding.decode(LEVELONE_OPTIONS, "{\"key\":\"NOPE\",\"delayed\":false,\"2\":1}", OPTION_IMAGE);
    assertThat(decoding.events).hasSize(1);
    assertThat(decoding.counters.badItems.sum()).isEqualTo(1);
  }

  @Test
  void readsFuturesByNumber() {
    decoding.decode(
        LEVELONE_FUTURES,
        "{\"key\":\"/ESZ26\",\"1\":5000.25,\"2\":5000.5,\"6\":\"X\",\"30\":true,\"35\":1}");
    decoding.decode(LEVELONE_FUTURES, "{\"key\":\"/ESZ26\",\"1\":\"x\",\"3\":-37.63}");
    LevelOneUpdate update = decoding.last(LevelOneUpdate.class);
    assertThat(update.service()).isEqualTo(LEVELONE_FUTURES);
    assertThat(update.key()).isEqualTo("/ESZ26");
    assertThat(update.image().decimal(1)).as("kept").isEqualByComparingTo("5000.25");
    assertThat(update.image().decimal(3)).as("below zero").isEqualByComparingTo("-37.63");
    assertThat(update.image().flag(30)).isTrue();
    assertThat(decoding.counters.badValues.sum()).isEqualTo(1);
  }

  @Test
  void readsCurrenciesAsTheyCome() {
    decoding.decode(LEVELONE_FOREX, "{\"key\":\"EUR/USD\",\"1\":1.08765,\"5\":\"t\",\"9\":[1]}");
    LevelOneUpdate update = decoding.last(LevelOneUpdate.class);
    assertThat(update.first()).isTrue();
    assertThat(update.image().decimal(1)).isEqualByComparingTo("1.08765");
    assertThat(update.image().text(5)).isEqualTo("t");
    assertThat(update.image().state(9)).isEqualTo(FieldState.ABSENT);
  }

  private static final String BAR =
      """
      {"seq":12,"key":"ABC","1":150,"2":50.0,"3":50.1,"4":49.95,"5":50.05,"6":18250.5,
       "7":1767623400000,"8":20458}""";

  @Test
  void readsBarsAsTheyReallyCome() {
    decoding.decode(CHART_EQUITY, BAR);
    assertThat(decoding.events)
        .containsExactly(
            new BarUpdate(
                7,
                CHART_EQUITY,
                "ABC",
                12L,
                150,
                new BigDecimal("50.0"),
                new BigDecimal("50.1"),
                new BigDecimal("49.95"),
                new BigDecimal("50.05"),
                new BigDecimal("18250.5"),
                Instant.parse("2026-01-05T14:30:00Z"),
                Instant.ofEpochMilli(1767623400500L)));
  }

  @Test
  void readsBarsAsTheGuideSaysWhenTold() {
    Decoding documented = new Decoding(ChartLayout.DOCUMENTED);
    documented.decode(
        CHART_EQUITY,
        """
        {"seq":12,"key":"ABC","1":50.0,"2":50.1,"3":49.95,"4":50.05,"5":18250,"6":150,
         "7":1767623400000,"8":20458}""",
        BAR);
    assertThat(documented.events).as("the second is in the other layout").hasSize(1);
    BarUpdate bar = documented.last(BarUpdate.class);
    assertThat(bar.minute()).isEqualTo(150);
    assertThat(bar.open()).isEqualByComparingTo("50.0");
    assertThat(bar.high()).isEqualByComparingTo("50.1");
    assertThat(bar.close()).isEqualByComparingTo("50.05");
    assertThat(bar.volume()).isEqualByComparingTo("18250");
    assertThat(documented.counters.badItems.sum()).isEqualTo(1);
  }

  @Test
  void letsLateAndCorrectedBarsPass() {
    decoding.decode(CHART_EQUITY, BAR, BAR.replace("18250.5", "18300"), BAR.replace("234", "134"));
    assertThat(decoding.events).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"1\":150.5",
        "\"1\":780",
        "\"1\":-1",
        "\"4\":50.06",
        "\"3\":50.04",
        "\"6\":-1",
        "\"7\":0",
        "\"2\":null",
        "\"2\":\"x\"",
        "\"4\":-1",
        "\"key\":7"
      })
  void quarantinesWhatIsNoBar(String damage) {
    decoding.decode(CHART_EQUITY, BAR.replace("}", "," + damage + "}"));
    assertThat(decoding.events).isEmpty();
    assertThat(decoding.quarantine.contents())
        .extracting(Quarantined::reason)
        .containsExactly(Quarantined.Reason.BAD_ITEM);
  }

  @Test
  void readsBarsOfFutures() {
    decoding.decode(
        CHART_FUTURES,
        "{\"seq\":1,\"key\":\"/CLZ26\",\"1\":1767623400000,\"2\":-1,\"3\":2,\"4\":-3,\"5\":1,\"6\":9}");
    BarUpdate bar = decoding.last(BarUpdate.class);
    assertThat(bar.minute()).isNull();
    assertThat(bar.low()).isEqualByComparingTo("-3");
    assertThat(bar.start()).isEqualTo(Instant.ofEpochMilli(1767623400000L));
  }

  @ParameterizedTest
  @EnumSource(names = {"NYSE_BOOK", "NASDAQ_BOOK", "OPTIONS_BOOK"})
  void readsBooks(StreamService service) {
    decoding.decode(
        service,
        """
        {"key":"ABC","1":1767623400000,
         "2":[{"0":50.01,"1":300,"2":1,"3":[{"0":"NSDQ","1":300,"2":49900000}]}],"3":[]}""");
    assertThat(decoding.events)
        .containsExactly(
            new BookUpdate(
                7,
                service,
                "ABC",
                Instant.ofEpochMilli(1767623400000L),
                List.of(
                    new BookLevel(
                        new BigDecimal("50.01"),
                        300,
                        1L,
                        List.of(new BookMaker("NSDQ", 300L, Duration.ofSeconds(49_900))))),
                List.of(),
                Instant.ofEpochMilli(1767623400500L)));
  }

  @Test
  void leavesABookWithAHoleOut() {
    decoding.decode(StreamService.NYSE_BOOK, "{\"key\":\"ABC\",\"2\":[{\"0\":50.01}],\"3\":[]}");
    assertThat(decoding.events).isEmpty();
    assertThat(decoding.counters.badItems.sum()).isEqualTo(1);
  }

  @Test
  void readsScreeners() {
    decoding.decode(
        StreamService.SCREENER_EQUITY,
        """
        {"key":"$SPX_VOLUME_0","1":1767623400000,"2":"VOLUME","3":0,"4":[
          {"symbol":"ABC","description":"ABC CORP","lastPrice":50.01,"netChange":0.51,
           "netPercentChange":0.0103,"marketShare":3.2,"totalVolume":2800000000,
           "volume":90000000,"trades":400000},{"description":"no symbol"}]}""");
    ScreenerUpdate update = decoding.last(ScreenerUpdate.class);
    assertThat(update.key()).isEqualTo("$SPX_VOLUME_0");
    assertThat(update.sort()).isEqualTo("VOLUME");
    assertThat(update.frequency()).isZero();
    assertThat(update.items())
        .containsExactly(
            new ScreenerItem(
                "ABC",
                "ABC CORP",
                new BigDecimal("50.01"),
                new BigDecimal("0.51"),
                new BigDecimal("0.0103"),
                new BigDecimal("3.2"),
                2_800_000_000L,
                90_000_000L,
                400_000L));
    assertThat(decoding.counters.badValues.sum()).isEqualTo(1);
  }

  @Test
  void keepsMaskedSamplesOfWhatItDoesNotKnow() {
    decoding.quarantine.hide("a-secret-word");
    decoding.decoder.decode(
        "{\"data\":[{\"service\":\"NEW_ONE\",\"timestamp\":1,\"content\":[1]}]}");
    decoding.decoder.decode("{\"weather\":{\"account\":\"12345678\"}}");
    decoding.decoder.decode(
        "{\"notify\":[{\"hash\":\"%s\",\"for\":\"a-secret-word\",\"account\":12345678}]}"
            .formatted("0123456789abcdef".repeat(4)));
    for (int i = 0; i < 3; i++) {
      decoding.decoder.decode("{\"data\":[{\"account\":\"12345678\" a-secret-word");
    }
    assertThat(decoding.quarantine.contents())
        .extracting(Quarantined::reason)
        .containsExactly(
            Quarantined.Reason.UNKNOWN_SERVICE,
            Quarantined.Reason.UNKNOWN_MEMBER,
            Quarantined.Reason.UNKNOWN_NOTICE,
            Quarantined.Reason.GARBLED_FRAME);
    assertThat(decoding.quarantine.contents().getLast().count()).isEqualTo(3);
    assertThat(decoding.quarantine.contents().toString())
        .contains("NEW_ONE", "weather", "account")
        .doesNotContain("12345678", "a-secret-word", "0123456789abcdef");
  }

  @Test
  void boundsWhatItKeeps() {
    for (int i = 0; i < 1_000; i++) {
      decoding.decoder.decode("{\"odd %d\":\"%s\"}".formatted(i, "x ".repeat(10_000)));
      decoding.decoder.decode("garbled " + "y ".repeat(10_000));
    }
    List<Quarantined> contents = decoding.quarantine.contents();
    assertThat(contents).hasSizeLessThanOrEqualTo(70);
    assertThat(contents).allMatch(odd -> odd.sample().length() <= Quarantined.SAMPLE_MAX);
    assertThat(contents.stream().mapToLong(Quarantined::count).sum()).isEqualTo(2_000);
  }

  @Test
  void ordersFieldLists() {
    assertThat(LEVELONE_EQUITIES.fieldList(new TreeSet<>(List.of(35, 3, 8)))).isEqualTo("0,3,8,35");
    assertThat(LEVELONE_OPTIONS.fieldList(LEVELONE_OPTIONS.defaultFields()))
        .startsWith("0,1,2,3,")
        .endsWith(",54,55");
    assertThatThrownBy(() -> CHART_EQUITY.fieldList(new TreeSet<>(List.of(9))))
        .hasMessage("CHART_EQUITY has fields 0 to 8, not 9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "abc", "A,B", " ABC", "ABC\n", "ABCÄ"})
  void refusesWhatIsNoKey(String key) {
    assertThatThrownBy(() -> LEVELONE_EQUITIES.checkedKey(key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("LEVELONE_EQUITIES");
  }
}
