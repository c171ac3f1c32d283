package io.alphakite.streaming.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.Price;
import io.alphakite.model.market.Quote;
import io.alphakite.model.market.Ticker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TickerQuoteTest {
  private static final Ticker SPY = new Ticker("SPY");
  private static final Instant TIME = Instant.parse("2013-10-08T14:00:00Z");

  private final TickerQuote quote = new TickerQuote(SPY);

  @Test
  void takesSidesAndTradeByTheirOwnTimes() {
    quote.accept(message("100.00", "100.02", "100.01", TIME.plusSeconds(5), TIME));
    // An older quote with a newer trade.
    Quote now = quote.accept(message("99.00", "99.02", "100.02", TIME, TIME.plusSeconds(1)));
    assertThat(now)
        .isEqualTo(message("100.00", "100.02", "100.02", TIME.plusSeconds(5), TIME.plusSeconds(1)));
  }

  @Test
  void sideThatNobodyQuotesIsNull() {
    Quote now = quote.accept(message("0.00", "100.02", "100.01", TIME, TIME));
    assertThat(now).isNotNull();
    assertThat(now.bid()).isNull();
    assertThat(now.bidSize()).isNull();
    assertThat(now.askSize()).isEqualTo(200);
  }

  @Test
  void nothingChangedIsNothingToWrite() {
    quote.accept(message("100.00", "100.02", "100.01", TIME, TIME));
    assertThat(quote.accept(message("100.00", "100.02", "100.01", TIME, TIME))).isNull();
  }

  @Test
  void priceThatTheDatabaseCannotHoldIsNone() {
    Quote now = quote.accept(message("100000000.00", "-1.00", "100.01", TIME, null));
    assertThat(now).isNotNull();
    assertThat(now.bid()).isNull();
    assertThat(now.ask()).isNull();
  }

  private static Quote message(
      String bid, String ask, String last, Instant quoteTime, @Nullable Instant tradeTime) {
    return new Quote(
        SPY, Price.of(bid), Price.of(ask), 100L, 200L, Price.of(last), quoteTime, tradeTime);
  }
}
