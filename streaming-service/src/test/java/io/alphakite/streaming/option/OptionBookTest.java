package io.alphakite.streaming.option;

import static io.alphakite.streaming.option.ListedStrikesTest.strikes;
import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which contracts are wanted, and when a chain is asked for, by a clock made here. */
class OptionBookTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final Ticker IBM = new Ticker("IBM");
  private static final LocalDate TUESDAY = LocalDate.of(2013, 10, 8);
  private static final LocalDate WEDNESDAY = LocalDate.of(2013, 10, 9);
  private static final LocalDate FRIDAY = LocalDate.of(2013, 10, 11);

  private final Map<Ticker, Price> prices = new HashMap<>();
  private Instant now = Instant.parse("2013-10-08T13:30:00Z");
  private long nanos;

  @Test
  void asksForAChainOnceThereIsAPriceAndWantsWhatIsAroundIt() {
    OptionBook book = book(new OptionSettings(true, 2, 1), 100);
    assertThat(book.due(now, nanos)).isEmpty();
    price(book, SPY, "167.40");
    assertThat(book.due(now, nanos)).contains(SPY);
    book.fetched(SPY, chain("SPY", 160, 175, TUESDAY, WEDNESDAY), now, nanos);
    assertThat(book.due(now, nanos)).isEmpty();
    assertThat(wanted(book))
        .isEqualTo("C165 C166 C167 C168 C169 P165 P166 P167 P168 P169 of 2013-10-08");
  }

  @Test
  void followsThePriceStrikeByStrike() {
    OptionBook book = book(new OptionSettings(true, 1, 1), 100);
    price(book, SPY, "167.40");
    book.fetched(SPY, chain("SPY", 160, 175, TUESDAY), now, nanos);
    assertThat(price(book, SPY, "167.74")).isFalse();
    assertThat(price(book, SPY, "167.80")).isTrue();
    assertThat(wanted(book)).isEqualTo("C167 C168 C169 P167 P168 P169 of 2013-10-08");
    assertThat(price(book, SPY, "167.50")).as("it does not flap").isFalse();
    assertThat(price(book, SPY, "167.20")).isTrue();
    assertThat(wanted(book)).isEqualTo("C166 C167 C168 P166 P167 P168 of 2013-10-08");
    assertThat(book.due(now, nanos)).isEmpty();
  }

  @Test
  void asksAgainWhereTheKnownStrikesEndAndOnceOnlyWhereTheChainItselfEnds() {
    OptionBook book = book(new OptionSettings(true, 2, 1), 100);
    price(book, SPY, "167");
    book.fetched(SPY, chain("SPY", 160, 170, TUESDAY), now, nanos);
    price(book, SPY, "168");
    assertThat(book.due(now, nanos)).isEmpty();
    price(book, SPY, "169");
    assertThat(book.due(now, nanos)).contains(SPY);
    book.fetched(SPY, chain("SPY", 160, 170, TUESDAY), now, nanos);
    assertThat(book.due(now, nanos)).as("the chain itself ends there").isEmpty();
    price(book, SPY, "170");
    assertThat(book.due(now, nanos)).contains(SPY);
    book.fetched(SPY, chain("SPY", 162, 178, TUESDAY), now, nanos);
    assertThat(book.due(now, nanos)).isEmpty();
    assertThat(wanted(book)).startsWith("C168 C169 C170 C171 C172");
    // A jump over all of them.
    price(book, SPY, "190");
    assertThat(book.due(now, nanos)).contains(SPY);
    book.fetched(SPY, chain("SPY", 180, 200, TUESDAY), now, nanos);
    assertThat(wanted(book)).startsWith("C188 C189 C190 C191 C192");
  }

  @ParameterizedTest
  @CsvSource({
    // full sessions, summer and winter time
    "2013-10-08, 2013-10-08T20:14:59Z, 2013-10-08T20:15:00Z",
    "2013-11-05, 2013-11-05T21:14:59Z, 2013-11-05T21:15:00Z",
    // an early close
    "2015-12-24, 2015-12-24T18:14:59Z, 2015-12-24T18:15:00Z",
  })
  void contractsGoAQuarterOfAnHourAfterTheCloseOfTheirLastDay(
      LocalDate expiration, Instant last, Instant over) {
    OptionBook book = book(new OptionSettings(true, 0, 1), 100);
    now = last.minusSeconds(3_600);
    price(book, SPY, "167");
    LocalDate next = expiration.plusDays(4);
    book.fetched(SPY, chain("SPY", 160, 170, expiration), now, nanos);
    now = last;
    assertThat(advance(book)).isFalse();
    assertThat(wanted(book)).isEqualTo("C167 P167 of " + expiration);
    assertThat(book.due(now, nanos)).isEmpty();
    now = over;
    assertThat(advance(book)).isTrue();
    assertThat(wanted(book)).isEmpty();
    assertThat(book.due(now, nanos)).contains(SPY);
    book.fetched(SPY, chain("SPY", 160, 170, expiration, next), now, nanos);
    assertThat(wanted(book)).isEqualTo("C167 P167 of " + next);
  }

  @Test
  void asksForTheChainAgainEachMorning() {
    OptionBook book = book(new OptionSettings(true, 0, 2), 100);
    price(book, SPY, "167");
    book.fetched(SPY, chain("SPY", 160, 170, WEDNESDAY, FRIDAY), now, nanos);
    now = Instant.parse("2013-10-09T12:59:59Z");
    advance(book);
    assertThat(book.due(now, nanos)).isEmpty();
    now = Instant.parse("2013-10-09T13:00:00Z");
    assertThat(book.due(now, nanos)).contains(SPY);
    book.fetched(SPY, chain("SPY", 160, 170, WEDNESDAY, FRIDAY), now, nanos);
    assertThat(book.due(now, nanos)).isEmpty();
    // No session.
    now = Instant.parse("2013-10-12T16:00:00Z");
    advance(book);
    book.fetched(SPY, chain("SPY", 160, 170, FRIDAY, LocalDate.of(2013, 10, 18)), now, nanos);
    now = Instant.parse("2013-10-13T16:00:00Z");
    advance(book);
    assertThat(book.due(now, nanos)).isEmpty();
    assertThat(wanted(book)).isEqualTo("C167 P167 of 2013-10-18");
  }

  @Test
  void missingChainIsToldAndTriedAgainLessAndLessOften() {
    OptionBook book = book(new OptionSettings(true, 2, 1), 100);
    price(book, SPY, "167");
    Instant since = now;
    book.fetched(SPY, Map.of(), now, nanos);
    assertThat(book.due(now, nanos)).isEmpty();
    nanos += TimeUnit.SECONDS.toNanos(1);
    assertThat(book.due(now, nanos)).contains(SPY);
    now = now.plusSeconds(60);
    book.failed(SPY, "UNREACHABLE", now, nanos);
    nanos += TimeUnit.MILLISECONDS.toNanos(1_999);
    assertThat(book.due(now, nanos)).isEmpty();
    nanos += TimeUnit.MILLISECONDS.toNanos(1);
    assertThat(book.due(now, nanos)).contains(SPY);
    assertThat(book.missing()).isEqualTo(Map.of(SPY, new MissingChain(since, "UNREACHABLE")));
    for (int i = 0; i < 100; i++) {
      book.failed(SPY, "UNREACHABLE", now, nanos);
    }
    nanos += TimeUnit.MINUTES.toNanos(15);
    assertThat(book.due(now, nanos)).contains(SPY);
    book.fetched(SPY, chain("SPY", 160, 170, TUESDAY), now, nanos);
    assertThat(book.missing()).isEmpty();
    assertThat(book.wanted()).hasSize(10);
  }

  @Test
  void knownChainIsFollowedWhileANewOneIsMissing() {
    OptionBook book = book(new OptionSettings(true, 0, 1), 100);
    price(book, SPY, "167");
    book.fetched(SPY, chain("SPY", 160, 170, FRIDAY), now, nanos);
    now = Instant.parse("2013-10-09T13:30:00Z");
    advance(book);
    book.failed(SPY, "UNREACHABLE", now, nanos);
    price(book, SPY, "169");
    assertThat(wanted(book)).isEqualTo("C169 P169 of 2013-10-11");
    assertThat(book.missing()).containsOnlyKeys(SPY);
  }

  @Test
  void everybodyHasItsTurn() {
    OptionBook book = book(new OptionSettings(true, 1, 1), 100);
    price(book, IBM, "180");
    price(book, SPY, "167");
    assertThat(book.due(now, nanos)).contains(IBM);
    book.failed(IBM, "UNREACHABLE", now, nanos);
    nanos += TimeUnit.MINUTES.toNanos(1);
    assertThat(book.due(now, nanos)).contains(SPY);
    book.failed(SPY, "UNREACHABLE", now, nanos);
    nanos += TimeUnit.MINUTES.toNanos(1);
    assertThat(book.due(now, nanos)).contains(IBM);
  }

  @Test
  void atTheLimitAllKeepTheMoneyBeforeAnyGetsMore() {
    OptionBook book = book(new OptionSettings(true, 2, 1), 14);
    price(book, IBM, "180");
    price(book, SPY, "167");
    book.fetched(IBM, chain("IBM", 170, 190, FRIDAY), now, nanos);
    book.fetched(SPY, chain("SPY", 160, 175, TUESDAY), now, nanos);
    Map<String, List<String>> byRoot =
        book.wanted().keySet().stream()
            .collect(
                Collectors.groupingBy(
                    contract -> contract.root(),
                    TreeMap::new,
                    Collectors.mapping(ListedStrikesTest::text, Collectors.toList())));
    assertThat(byRoot)
        .containsEntry("IBM", List.of("C180", "P180", "C179", "P179", "C181", "P181"))
        .containsEntry("SPY", List.of("C167", "P167", "C166", "P166", "C168", "P168"));
    assertThat(book.beyondLimit()).isEqualTo(8);
  }

  @Test
  void contractsOfATickerThatIsNotStreamedAnyMoreGo() {
    OptionBook book = book(new OptionSettings(true, 0, 1), 100);
    price(book, IBM, "180");
    price(book, SPY, "167");
    book.fetched(IBM, chain("IBM", 170, 190, FRIDAY), now, nanos);
    book.fetched(SPY, chain("SPY", 160, 175, TUESDAY), now, nanos);
    assertThat(book.advance(List.of(SPY), now, prices::get)).isTrue();
    assertThat(wanted(book)).isEqualTo("C167 P167 of 2013-10-08");
  }

  private OptionBook book(OptionSettings settings, int symbolsMax) {
    return new OptionBook(MarketCalendar.nyse(), settings, symbolsMax);
  }

  private boolean price(OptionBook book, Ticker ticker, String price) {
    prices.put(ticker, Price.of(price));
    return advance(book);
  }

  private boolean advance(OptionBook book) {
    return book.advance(prices.keySet(), now, prices::get);
  }

  private static Map<LocalDate, ListedStrikes> chain(
      String root, int from, int to, LocalDate... expirations) {
    Map<LocalDate, ListedStrikes> chain = new HashMap<>();
    for (LocalDate expiration : expirations) {
      chain.put(expiration, strikes(root, expiration, IntStream.rangeClosed(from, to).toArray()));
    }
    return chain;
  }

  private static String wanted(OptionBook book) {
    if (book.wanted().isEmpty()) {
      return "";
    }
    return book.wanted().keySet().stream()
            .map(ListedStrikesTest::text)
            .sorted()
            .collect(Collectors.joining(" "))
        + " of "
        + book.wanted().keySet().stream()
            .map(contract -> contract.expiration().toString())
            .distinct()
            .sorted()
            .collect(Collectors.joining(" "));
  }
}
