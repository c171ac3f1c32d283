package io.alphakite.simulator.market.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alphakite.model.market.OptionType;
import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.option.OptionContract.ExpirationCycle;
import io.alphakite.simulator.recording.Recordings;
import io.alphakite.simulator.settings.SimulatorSettings;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The option market on the recorded sessions. */
@Timeout(60)
class OptionMarketTest {
  private static Market market(String... settings) {
    Map<String, String> variables = new HashMap<>(Map.of("SIMULATOR_WAIT_FOR_SUBSCRIBER", "false"));
    for (int i = 0; i < settings.length; i += 2) {
      variables.put(settings[i], settings[i + 1]);
    }
    return new Market(SimulatorSettings.of(variables), Recordings.bundled());
  }

  private static List<OptionQuote> chain(OptionMarket options, String ticker) {
    List<OptionQuote> quotes = new ArrayList<>();
    for (LocalDate expiration : options.expirations(ticker).keySet()) {
      for (OptionType type : OptionType.values()) {
        for (OptionContract contract : options.chain(ticker, expiration, type)) {
          quotes.add(options.quote(contract).orElseThrow());
        }
      }
    }
    return quotes;
  }

  @Test
  void listsWeeksMonthsAndQuarters() {
    try (Market market = market()) {
      OptionMarket options = new OptionMarket(market);
      Map<LocalDate, ExpirationCycle> shares = options.expirations("IBM");
      assertThat(shares)
          .containsEntry(LocalDate.of(2013, 10, 11), ExpirationCycle.WEEKLY)
          .containsEntry(LocalDate.of(2013, 10, 18), ExpirationCycle.STANDARD)
          .containsEntry(LocalDate.of(2013, 11, 29), ExpirationCycle.WEEKLY)
          .containsEntry(LocalDate.of(2014, 1, 17), ExpirationCycle.STANDARD)
          .doesNotContainKey(LocalDate.of(2013, 10, 8));
      assertThat(options.expirations("SPY"))
          .containsEntry(LocalDate.of(2013, 10, 7), ExpirationCycle.WEEKLY)
          .containsEntry(LocalDate.of(2013, 12, 31), ExpirationCycle.QUARTERLY);
      assertThat(options.chain("IBM", LocalDate.of(2013, 10, 18), OptionType.CALL)).hasSize(41);
      assertThat(options.hasOptions("NOPE")).isFalse();
      for (String symbol :
          List.of(
              "SPY",
              "SPY   131008C00168000 ",
              "SPY   131012C00168000",
              "SPY   131011C00168100",
              "NOPE  131011C00168000",
              "SPY   131011C01680000")) {
        assertThat(options.find(symbol)).as(symbol).isEmpty();
      }
      assertThat(options.find("SPY   131011C00168000").orElseThrow().description())
          .isEqualTo("SPY 10/11/2013 168.00 C");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"09:29:50", "09:30:01", "10:15:00"})
  void quotesWithoutArbitrageOnTheIncrements(String time) {
    try (Market market = market("SIMULATOR_DAY_START", time)) {
      OptionMarket options = new OptionMarket(market);
      for (String ticker : List.of("SPY", "IBM", "BAC")) {
        List<OptionQuote> chain = chain(options, ticker);
        assertThat(chain.size()).isBetween(400, 2_500);
        int valued = 0;
        OptionQuote before = chain.getFirst();
        for (OptionQuote quote : chain) {
          String name = ticker + " " + quote.contract() + quote;
          OptionContract contract = quote.contract();
          if (quote.quoted()) {
            assertThat(quote.bidE4()).as(name).isLessThan(quote.askE4());
            assertThat(contract.increment().isLegal(quote.bidE4())).as(name).isTrue();
            assertThat(contract.increment().isLegal(quote.askE4())).as(name).isTrue();
            assertThat(quote.askE4()).as(name).isGreaterThanOrEqualTo(quote.intrinsicE4());
            assertThat(quote.bidSize() > 0).as(name).isEqualTo(quote.bidE4() > 0);
            assertThat(quote.lowE4()).as(name).isLessThanOrEqualTo(quote.highE4());
          } else {
            assertThat(quote.greeks()).as(name).isNull();
          }
          if (quote.greeks() != null) {
            valued++;
            assertThat(quote.greeks().delta() * (contract.isCall() ? 1 : -1))
                .as(name)
                .isBetween(0.0, 1.0);
          }
          // Along the strikes calls get cheaper and puts dearer.
          OptionContract last = before.contract();
          if (last.type() == contract.type()
              && last.expiration().equals(contract.expiration())
              && last.strikeE4() < contract.strikeE4()
              && before.quoted()
              && quote.quoted()) {
            int sign = contract.isCall() ? 1 : -1;
            assertThat(sign * (before.bidE4() - quote.bidE4())).as(name).isNotNegative();
            assertThat(sign * (before.askE4() - quote.askE4())).as(name).isNotNegative();
          }
          before = quote;
        }
        assertThat(valued).isGreaterThan(chain.size() / 3);
      }
    }
  }

  @Test
  void standsAtTheCloseBeforeUntilTheOpen() {
    try (Market early = market("SIMULATOR_DAY_START", "09:29:50")) {
      OptionMarket options = new OptionMarket(early);
      OptionQuote quote = options.quote("SPY   131011C00168000").orElseThrow();
      assertThat(quote.quoteTime()).isEqualTo(LocalDateTimes.closeOf(2013, 10, 4));
      assertThat(quote.underlyingE4())
          .isEqualTo(early.ticker("SPY").orElseThrow().image().get(LevelOne.PREVIOUS_CLOSE));
      assertThat(quote.volume()).isZero();
      assertThat(quote.lastE4()).isEqualTo(quote.previousCloseE4());
      assertThat(quote.daysToExpiration()).isEqualTo(4);
    }
  }

  @Test
  void expiringOptionsEndAtWhatExerciseBrings() {
    try (Market close = market("SIMULATOR_DAY_START", "16:00:05")) {
      OptionMarket options = new OptionMarket(close);
      for (OptionQuote quote : chain(options, "SPY")) {
        if (quote.daysToExpiration() == 0 && quote.quoted()) {
          assertThat(quote.theoretical()).isCloseTo(quote.intrinsicE4() / 1e4, within(1e-9));
          assertThat(quote.greeks()).isNull();
        }
      }
    }
  }

  /** What listeners hear and see until a time, run at a speed. */
  private static List<String> history(int speed, String start, LocalTime end) throws Exception {
    try (Market market =
        market("SIMULATOR_DAY_START", start, "KITE_REPLAY_SPEED", Integer.toString(speed))) {
      OptionMarket options = new OptionMarket(market);
      long until = LocalDateTimes.eastern(2013, 10, 7, end);
      List<String> heard = new ArrayList<>();
      CountDownLatch done = new CountDownLatch(1);
      OptionContract at = options.find("SPY   131018C00168000").orElseThrow();
      OptionContract out = options.find("IBM   131018P00170000").orElseThrow();
      options.listen(
          (underlying, millis) -> {
            if (millis > until) {
              done.countDown();
            } else {
              heard.add(
                  underlying
                      + millis
                      + options.quote(at).orElseThrow()
                      + options.quote(out).orElseThrow());
            }
          });
      market.start();
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      market.lock().lock();
      try {
        return List.copyOf(heard);
      } finally {
        market.lock().unlock();
      }
    }
  }

  @Test
  void theSameReplayQuotesTheSame() throws Exception {
    List<String> slow = history(300, "09:29:55", LocalTime.of(9, 31, 0));
    List<String> fast = history(1000, "09:29:55", LocalTime.of(9, 31, 0));
    assertThat(slow).hasSizeGreaterThan(60).isEqualTo(fast);
  }

  @Test
  void aLaterStartFindsTheDaysTradesAsTheyWere() {
    try (Market morning = market("SIMULATOR_DAY_START", "09:50:00");
        Market evening = market("SIMULATOR_DAY_START", "10:45:00")) {
      OptionQuote then = new OptionMarket(morning).quote("SPY   131018C00168000").orElseThrow();
      OptionQuote later = new OptionMarket(evening).quote("SPY   131018C00168000").orElseThrow();
      assertThat(then.volume()).isPositive();
      assertThat(later.volume()).isGreaterThan(then.volume());
      assertThat(later.openE4()).isEqualTo(then.openE4());
      assertThat(later.highE4()).isGreaterThanOrEqualTo(then.highE4());
      assertThat(later.lowE4()).isLessThanOrEqualTo(then.lowE4());
      assertThat(later.openInterest()).isEqualTo(then.openInterest());
      assertThat(later.previousCloseE4()).isEqualTo(then.previousCloseE4());
    }
  }
}
