package io.alphakite.streaming.option;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.OptionType;
import io.alphakite.model.market.Price;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is at the money, and for how long it stays so. */
class ListedStrikesTest {
  private static final LocalDate FRIDAY = LocalDate.of(2013, 10, 11);

  @ParameterizedTest
  @CsvSource({
    "167.40, 167",
    "167.50, 167", // of two as near the lower
    "167.51, 168",
    "167.00, 167",
    "10, 165",
    "900, 170",
  })
  void nearestStrikeIsAtTheMoney(String price, String strike) {
    assertThat(strikes(165, 166, 167, 168, 169, 170).atTheMoney(Price.of(price)))
        .isEqualTo(Price.of(strike));
  }

  @ParameterizedTest
  @CsvSource({
    "167, 167.75, 167", // three quarters of the way: still
    "167, 167.76, 168",
    "168, 167.25, 168",
    "168, 167.24, 167",
    "167, 169.60, 170", // a jump
    "167, 150, 165",
    "166.5, 168.40, 168", // no longer listed
    "170, 180, 170",
    "165, 100, 165",
  })
  void strikeStaysUntilThePriceIsNearTheNext(String before, String price, String after) {
    assertThat(strikes(165, 166, 167, 168, 169, 170).atTheMoney(Price.of(price), Price.of(before)))
        .isEqualTo(Price.of(after));
  }

  @Test
  void priceAroundTheMiddleOfTwoStrikesChangesNothing() {
    ListedStrikes strikes = strikes(165, 166, 167, 168, 169, 170);
    Price middle = strikes.atTheMoney(Price.of("167.49"));
    for (String price : List.of("167.51", "167.49", "167.60", "167.26", "167.74", "167.30")) {
      middle = strikes.atTheMoney(Price.of(price), middle);
      assertThat(middle).isEqualTo(Price.of("167"));
    }
  }

  @Test
  void strikeAtTheMoneyIsAlwaysOneOfTheTwoAroundThePrice() {
    Random random = new Random(7);
    ListedStrikes strikes = strikes(90, 91, 92, 95, 100, 105, 110, 112, 113);
    TreeSet<Long> listed = new TreeSet<>(List.of(90L, 91L, 92L, 95L, 100L, 105L, 110L, 112L, 113L));
    long price = 1_000_000;
    Price middle = strikes.atTheMoney(new Price(price));
    for (int step = 0; step < 20_000; step++) {
      price = Math.clamp(price + random.nextInt(-12_000, 12_001), 900_000L, 1_130_000L);
      middle = strikes.atTheMoney(new Price(price), middle);
      assertThat(middle.e4() / 10_000)
          .as("step %d at %d", step, price)
          .isIn(listed.floor(price / 10_000), listed.ceiling((price + 9_999) / 10_000));
    }
  }

  @Test
  void givesCallsAndPutsByTheirDistance() {
    ListedStrikes strikes = strikes(165, 166, 167, 168, 169);
    Price middle = Price.of("167");
    assertThat(strikes.at(middle, 0)).map(ListedStrikesTest::text).containsExactly("C167", "P167");
    assertThat(strikes.at(middle, 2))
        .map(ListedStrikesTest::text)
        .containsExactly("C165", "P165", "C169", "P169");
    assertThat(strikes.at(Price.of("169"), 1))
        .map(ListedStrikesTest::text)
        .containsExactly("C168", "P168");
    assertThat(strikes.reaches(middle, 2)).isTrue();
    assertThat(strikes.reaches(middle, 3)).isFalse();
    assertThat(strikes.reaches(Price.of("169"), 1)).isFalse();
  }

  @Test
  void ofTwoContractsThatDifferInTheRootAloneTheFirstCounts() {
    OptionSymbol weekly = new OptionSymbol("SPXW", FRIDAY, OptionType.CALL, Price.of("1650"));
    OptionSymbol monthly = new OptionSymbol("SPX", FRIDAY, OptionType.CALL, Price.of("1650"));
    assertThat(new ListedStrikes(List.of(weekly, monthly)).at(Price.of("1650"), 0))
        .containsExactly(weekly);
  }

  static ListedStrikes strikes(int... dollars) {
    return strikes("SPY", FRIDAY, dollars);
  }

  static ListedStrikes strikes(String root, LocalDate expiration, int... dollars) {
    List<OptionSymbol> contracts = new ArrayList<>();
    for (int strike : dollars) {
      for (OptionType type : OptionType.values()) {
        contracts.add(new OptionSymbol(root, expiration, type, new Price(strike * 10_000L)));
      }
    }
    return new ListedStrikes(contracts);
  }

  /** A contract in short: {@code C167}. */
  static String text(OptionSymbol contract) {
    return contract.type().name().substring(0, 1) + contract.strike().e4() / 10_000;
  }
}
