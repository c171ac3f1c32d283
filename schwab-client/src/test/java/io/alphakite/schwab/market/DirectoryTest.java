package io.alphakite.schwab.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alphakite.schwab.FakeSchwab;
import io.alphakite.schwab.SchwabApi;
import io.alphakite.schwab.http.Coded;
import io.alphakite.schwab.market.Instrument.AssetType;
import io.alphakite.schwab.market.Instrument.Projection;
import io.alphakite.schwab.market.MarketHours.Market;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Movers, hours and instruments in the shapes of the reference, sections 3.5 to 3.7. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DirectoryTest {

  private static final String MARKETS = "GET /marketdata/v1/markets";
  private static final String INSTRUMENTS = "GET /marketdata/v1/instruments";

  private final FakeSchwab schwab = new FakeSchwab();
  private SchwabApi api;
  private MarketData market;

  @BeforeAll
  void connect(@TempDir Path directory) {
    api = schwab.api(directory);
    market = api.marketData();
  }

  @AfterAll
  void close() {
    schwab.close();
  }

  @Test
  void readsMovers() {
    schwab.on(
        "GET /marketdata/v1/movers/$SPX",
        200,
        """
        {"screeners":[{"description":"ABC CORP","volume":90000000,"lastPrice":50.01,
           "netChange":0.51,"marketShare":3.2,"totalVolume":2800000000,"trades":400000,
           "netPercentChange":0.0103,"symbol":"ABC"},
          {"symbol":"OFF","lastPrice":12.5,"netChange":12.50,"netPercentChange":1.0},
          {"description":"nobody"}]}""");
    List<Mover> movers =
        market.movers(
            Mover.Among.SPX, Mover.Sort.PERCENT_CHANGE_UP, Mover.Frequency.THIRTY_MINUTES);
    assertThat(movers)
        .containsExactly(
            new Mover(
                "ABC",
                "ABC CORP",
                new BigDecimal("50.01"),
                new BigDecimal("0.51"),
                new BigDecimal("0.0103"),
                new BigDecimal("3.2"),
                90_000_000L,
                2_800_000_000L,
                400_000L),
            new Mover("OFF", null, new BigDecimal("12.5"), null, null, null, null, null, null));
    assertThat(schwab.requests("GET /marketdata/v1/movers/$SPX").getLast().getUrl().query())
        .contains("sort=PERCENT_CHANGE_UP")
        .contains("frequency=30");
  }

  @Test
  void readsHoursOfAnOpenDate() {
    schwab.on(
        MARKETS,
        200,
        """
        {"equity":{"EQ":{"date":"2026-01-05","marketType":"EQUITY","product":"EQ",
           "productName":"equity","isOpen":true,"sessionHours":{
             "preMarket":[{"start":"2026-01-05T07:00:00-05:00","end":"2026-01-05T09:30:00-05:00"}],
             "regularMarket":[{"start":"2026-01-05T09:30:00-05:00",
               "end":"2026-01-05T16:00:00-05:00"}],
             "postMarket":[{"start":"2026-01-05T16:00:00-05:00",
               "end":"2026-01-05T20:00:00-05:00"}]}}},
         "option":{"EQO":{"isOpen":true},"IND":{"isOpen":"true","sessionHours":{
             "regularMarket":[{"start":"2026-01-05T14:30:00Z","end":"2026-01-05T16:15:00-0500"},
               {"start":"later"}]}}},
         "metaverse":{"M":{"isOpen":false}}}""");
    List<MarketHours> hours =
        market.marketHours(EnumSet.of(Market.OPTION, Market.EQUITY), LocalDate.parse("2026-01-05"));
    assertThat(hours).extracting(MarketHours::product).containsExactly("EQ", "EQO", "IND", "M");
    MarketHours shares = hours.getFirst();
    assertThat(shares.market()).isEqualTo(new Coded<>("equity", Market.EQUITY));
    assertThat(shares.open()).isTrue();
    assertThat(shares.date()).isEqualTo("2026-01-05");
    assertThat(shares.regular())
        .containsExactly(
            new MarketHours.Span(
                Instant.parse("2026-01-05T14:30:00Z"), Instant.parse("2026-01-05T21:00:00Z")));
    assertThat(shares.preMarket()).hasSize(1);
    assertThat(shares.postMarket()).hasSize(1);
    assertThat(hours.get(2).regular())
        .containsExactly(
            new MarketHours.Span(
                Instant.parse("2026-01-05T14:30:00Z"), Instant.parse("2026-01-05T21:15:00Z")));
    assertThat(api.unknowns()).containsKey("word markets=metaverse");
    assertThat(schwab.requests(MARKETS).getLast().getUrl().queryParameter("markets"))
        .isEqualTo("equity,option");
    assertThat(schwab.requests(MARKETS).getLast().getUrl().queryParameter("date"))
        .isEqualTo("2026-01-05");
  }

  @Test
  void readsHoursOfAClosedDate() {
    schwab.on(
        "GET /marketdata/v1/markets/equity",
        200,
        "{\"equity\":{\"equity\":{\"date\":\"2026-01-04\",\"isOpen\":false}}}");
    assertThat(market.marketHours(Market.EQUITY, null))
        .singleElement()
        .satisfies(
            closed -> {
              assertThat(closed.open()).isFalse();
              assertThat(closed.regular()).isEmpty();
              assertThat(closed.product()).isEqualTo("equity");
            });
    assertThatThrownBy(() -> market.marketHours(Set.of(), null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsInstrumentsWithTheirFigures() {
    schwab.on(
        INSTRUMENTS,
        200,
        """
        {"instruments":[{"cusip":"000000000","symbol":"ABC","description":"ABC CORP",
           "exchange":"NASDAQ","assetType":"ETF","fundamental":{"symbol":"ABC","high52":60.5,
             "peRatio":20,"dividendDate":"2026-02-05 00:00:00.0","beta":1.02,"odd":[1]}}]}""");
    List<Instrument> found = market.instruments("ABC", Projection.FUNDAMENTAL);
    assertThat(found)
        .containsExactly(
            new Instrument(
                "000000000",
                "ABC",
                "ABC CORP",
                "NASDAQ",
                new Coded<>("ETF", AssetType.ETF),
                Map.of(
                    "high52",
                    new BigDecimal("60.5"),
                    "peRatio",
                    new BigDecimal("20"),
                    "beta",
                    new BigDecimal("1.02")),
                Map.of("symbol", "ABC", "dividendDate", "2026-02-05 00:00:00.0")));
    assertThat(found.getFirst().fundamental("peRatio")).contains(new BigDecimal("20"));
    assertThat(schwab.requests(INSTRUMENTS).getLast().getUrl().queryParameter("projection"))
        .isEqualTo("fundamental");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"instruments\":[]}", "[]", "{\"instruments\":[{}]}"})
  void findsNothing(String body) {
    schwab.on(INSTRUMENTS, 200, body);
    assertThat(market.instruments("no such company", Projection.DESC_SEARCH)).isEmpty();
    assertThat(schwab.requests(INSTRUMENTS).getLast().getTarget())
        .contains("symbol=no%20such%20company")
        .contains("projection=desc-search");
  }

  @Test
  void sendsARegularExpressionAsItIs() {
    schwab.on(INSTRUMENTS, 200, "{}");
    market.instruments("AB.*&x=1+", Projection.SYMBOL_REGEX);
    assertThat(schwab.requests(INSTRUMENTS).getLast().getUrl().queryParameter("symbol"))
        .isEqualTo("AB.*&x=1+");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"instruments\":[{\"symbol\":\"ABC\"}]}",
        "{\"symbol\":\"ABC\"}",
        "[{\"symbol\":\"ABC\"}]"
      })
  void findsByCusip(String body) {
    schwab.on("GET /marketdata/v1/instruments/000000000", 200, body);
    assertThat(market.instrument("000000000"))
        .hasValueSatisfying(found -> assertThat(found.symbol()).isEqualTo("ABC"));
    assertThat(market.instrument("000000001")).isEmpty();
    assertThatThrownBy(() -> market.instrument("../accounts"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
