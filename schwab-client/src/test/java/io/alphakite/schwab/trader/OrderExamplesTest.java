package io.alphakite.schwab.trader;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.trader.OrderDuration.Resting;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of docs/schwab-client.md, as they stand there. */
class OrderExamplesTest {

  private static final Path DOCS = Path.of("..", "docs", "schwab-client.md");
  private static final Path SOURCE =
      Path.of("src/test/java/io/alphakite/schwab/trader/OrderExamplesTest.java");

  @Test
  void sayEachKindOfOrder() {
    Ticker spy = Ticker.of("SPY");
    OptionSymbol call600 = OptionSymbol.parse("SPY   260320C00600000");
    OptionSymbol call605 = OptionSymbol.parse("SPY   260320C00605000");

    OrderRequest market = Orders.buy(spy, 10).market();
    OrderRequest early = Orders.buy(spy, 10).limit(Price.of("598.50")).in(OrderSession.AM);
    OrderRequest stop = Orders.sell(spy, 10).stop(Price.of("580.00")).goodTillCancel();
    OrderRequest trail =
        Orders.sell(spy, 10).trailingStop(LinkBasis.BID, Trail.percent(new BigDecimal("1.5")));
    OrderRequest option = Orders.buyToOpen(call600, 2).limit(Price.of("4.15"));
    OrderRequest vertical = Orders.openVertical(call600, call605, 1).netDebit(Price.of("2.10"));
    OrderRequest exits =
        Orders.oneCancelsOther(
            Orders.sell(spy, 10).limit(Price.of("620.00")),
            Orders.sell(spy, 10).stopLimit(Price.of("580.00"), Price.of("579.50")));
    OrderRequest bracket =
        Orders.bracket(Orders.buy(spy, 10).limit(Price.of("600.00")))
            .takeProfit(Price.of("620.00"), Resting.GOOD_TILL_CANCEL)
            .stopLoss(Price.of("580.00"));

    assertThat(List.of(market, early, stop, trail, option, vertical, exits, bracket))
        .extracting(OrderJson::write)
        .doesNotHaveDuplicates();
  }

  @Test
  void areTheOnesThatTheDocumentShows() throws IOException {
    String source = Files.readString(SOURCE);
    String text = Files.readString(DOCS);
    int start = text.indexOf("\n## Orders\n");
    assertThat(start).as("a section on orders").isNotNegative();
    String[] parts = text.substring(start).split("\n```", -1);
    int lines = 0;
    for (int i = 1; i < parts.length && !parts[i - 1].substring(1).contains("\n## "); i += 2) {
      for (String line : parts[i].lines().skip(1).toList()) {
        if (!line.isBlank() && !line.strip().startsWith("//")) {
          assertThat(source).contains(line.strip());
          lines++;
        }
      }
    }
    assertThat(lines).isGreaterThan(10);
  }
}
