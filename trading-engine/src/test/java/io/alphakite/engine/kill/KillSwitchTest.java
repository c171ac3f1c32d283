package io.alphakite.engine.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.alphakite.engine.order.CrashPoints;
import io.alphakite.engine.position.PositionKeeper;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.Side;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a kill asks for and says, beside orders that it does not cancel. */
class KillSwitchTest {

  private static final Instant NOW = Instant.parse("2013-10-08T15:00:00Z");

  private final Books books = new Books();
  private final KillSwitch kills = new KillSwitch(books, "sim", CrashPoints.NONE);

  @Test
  void flattenClosesWhatOrdersPlacedElsewhereLeaveFree() {
    books.held.put("SPY", 20L);
    books.held.put("IBM", -7L);
    books.elsewhere.put("SPY", 10L);
    kills.work(NOW);
    assertThat(books.asked)
        .extracting(OrderTerms::symbol, OrderTerms::side, OrderTerms::quantity)
        .containsExactlyInAnyOrder(
            tuple("SPY", Side.SELL, 10L), tuple("IBM", Side.BUY_TO_COVER, 7L));
    books.held.remove("IBM");
    books.held.put("SPY", 10L);
    kills.work(NOW.plusSeconds(1));
    assertThat(books.asked).hasSize(2);
    kills.work(NOW.plusSeconds(61));
    assertThat(books.outcome)
        .isEqualTo(
            "not flat: 1 position(s) left, 0 order(s) open, orders placed elsewhere close SPY");
  }

  @Test
  void flattenAsksOnceAnOrderPlacedElsewhereIsGone() {
    books.held.put("SPY", 10L);
    books.elsewhere.put("SPY", 10L);
    kills.work(NOW);
    assertThat(books.asked).isEmpty();
    books.elsewhere.clear();
    kills.work(NOW.plusSeconds(1));
    assertThat(books.asked).extracting(OrderTerms::quantity).containsExactly(10L);
    books.held.clear();
    kills.work(NOW.plusSeconds(2));
    assertThat(books.outcome).isEqualTo("1 order(s) canceled, flat");
  }

  /** One command to flatten, and what a test says is held. */
  private static final class Books implements KillBooks {
    final Map<String, Long> held = new TreeMap<>();
    final Map<String, Long> elsewhere = new TreeMap<>();
    final List<OrderTerms> asked = new ArrayList<>();
    @Nullable String outcome;

    @Override
    public List<Command> undone() {
      return outcome == null ? List.of(new Command(1, true)) : List.of();
    }

    @Override
    public int cancelAll(String accountId) {
      return 1;
    }

    @Override
    public void cancelExits(String accountId) {}

    @Override
    public int openOrders(String accountId) {
      return 0;
    }

    @Override
    public List<PositionKeeper.Held> held(String accountId) {
      return held.entrySet().stream()
          .map(
              each ->
                  new PositionKeeper.Held(Ticker.of(each.getKey()), each.getKey(), each.getValue()))
          .toList();
    }

    @Override
    public long elsewhere(String accountId, String symbol, boolean selling) {
      return elsewhere.getOrDefault(symbol, 0L);
    }

    @Override
    public @Nullable Price quoted(Ticker ticker, boolean selling) {
      return null;
    }

    @Override
    public boolean flattening(long command) {
      return !asked.isEmpty();
    }

    @Override
    public void close(long command, List<OrderTerms> orders) {
      asked.addAll(orders);
    }

    @Override
    public void done(long command, String how) {
      outcome = how;
    }
  }
}
