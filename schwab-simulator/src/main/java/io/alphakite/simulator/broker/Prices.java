package io.alphakite.simulator.broker;

import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.market.option.OptionQuote;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the market shows of a symbol now. Use under the market's lock. */
final class Prices {
  private static final int SCALE = 4;

  private final Market market;
  private final OptionMarket options;

  Prices(Market market, OptionMarket options) {
    this.market = market;
    this.options = options;
  }

  /**
   * A quote in ten-thousandths of a dollar, {@link LevelOne#NONE} where there is nothing.
   *
   * @param date the session it is of; null when it never traded
   * @param quoted whether both sides have been quoted in that session
   */
  record Quote(
      long bidE4,
      long bidSize,
      long askE4,
      long askSize,
      long lastE4,
      long previousCloseE4,
      @Nullable LocalDate date,
      boolean quoted) {

    /** What one who buys (or sells) would pay (or get): the other side, else the last price. */
    @Nullable BigDecimal opposite(boolean buys) {
      BigDecimal side = price(buys ? askE4 : bidE4);
      return side == null ? price(lastE4) : side;
    }

    @Nullable BigDecimal bid() {
      return price(bidE4);
    }

    @Nullable BigDecimal ask() {
      return price(askE4);
    }

    @Nullable BigDecimal last() {
      return price(lastE4);
    }

    @Nullable BigDecimal previousClose() {
      return price(previousCloseE4);
    }

    /** The last price within the quote. */
    @Nullable BigDecimal mark() {
      BigDecimal last = last();
      BigDecimal bid = bid();
      BigDecimal ask = ask();
      if (bid == null || ask == null) {
        return last;
      }
      if (last != null && last.compareTo(bid) >= 0 && last.compareTo(ask) <= 0) {
        return last;
      }
      return bid.add(ask).divide(BigDecimal.TWO);
    }

    private static @Nullable BigDecimal price(long e4) {
      return e4 == LevelOne.NONE || e4 <= 0 ? null : BigDecimal.valueOf(e4, SCALE);
    }
  }

  Optional<Quote> quote(String symbol) {
    return Options.of(symbol).isPresent()
        ? options.quote(symbol).map(this::of)
        : market.ticker(symbol).map(Prices::of);
  }

  /** Options are quoted on the days of their underlying. */
  private Quote of(OptionQuote option) {
    LocalDate date =
        market.ticker(option.contract().underlying().symbol()).map(TickerState::date).orElse(null);
    return new Quote(
        option.bidE4(),
        option.bidSize(),
        option.askE4(),
        option.askSize(),
        option.lastE4(),
        option.previousCloseE4(),
        date,
        option.quoted());
  }

  /** Whether an option may be ordered at a price; true for what is not listed. */
  boolean isOnIncrement(String symbol, BigDecimal price) {
    long e4 = price.movePointRight(SCALE).longValueExact();
    return options.find(symbol).map(contract -> contract.increment().isLegal(e4)).orElse(true);
  }

  static Quote of(TickerState ticker) {
    LevelOne image = ticker.image();
    return new Quote(
        image.get(LevelOne.BID),
        image.get(LevelOne.BID_SIZE),
        image.get(LevelOne.ASK),
        image.get(LevelOne.ASK_SIZE),
        image.get(LevelOne.LAST),
        image.get(LevelOne.PREVIOUS_CLOSE),
        ticker.date(),
        ticker.quoted());
  }
}
