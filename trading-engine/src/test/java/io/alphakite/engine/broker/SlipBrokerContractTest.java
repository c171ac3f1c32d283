package io.alphakite.engine.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.control.HaltFlag;
import io.alphakite.engine.order.CancelDesk;
import io.alphakite.engine.order.CrashPoints;
import io.alphakite.engine.order.EngineClock;
import io.alphakite.engine.order.OrderDesk;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.order.Reconciler;
import io.alphakite.engine.risk.Origin;
import io.alphakite.engine.risk.RiskGate;
import io.alphakite.engine.risk.RiskLimits;
import io.alphakite.engine.torture.MemoryBooks;
import io.alphakite.model.calendar.MarketCalendar;
import io.alphakite.model.market.Price;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TradeStatus;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A third broker, of another style, fits without a change of the core. */
class SlipBrokerContractTest extends BrokerContract {

  private final SlipBroker broker = new SlipBroker();

  @Override
  protected Broker broker() {
    return broker;
  }

  @Override
  protected Set<Trait> traits() {
    return Set.of(Trait.REFUSES, Trait.KNOWS_OUR_IDS);
  }

  @Override
  protected Price tooLow() {
    return Price.of("166.00");
  }

  @Override
  protected OrderTerms refused() {
    return OrderTerms.market(Ticker.of("SPY"), Side.BUY, 1001);
  }

  @Override
  protected void loseNextAnswer() {
    broker.loseNextAnswer();
  }

  @Override
  protected void cut() {
    broker.away(true);
  }

  @Override
  protected void mend() {
    broker.away(false);
  }

  /** Wall time that runs, and a market that stands at noon. */
  private static final class Clock implements EngineClock {

    static final Instant NOON = Instant.parse("2013-10-08T16:00:00Z");

    @Override
    public Instant wall() {
      return Instant.now();
    }

    @Override
    public Instant market() {
      return NOON;
    }

    @Override
    public long nanos() {
      return System.nanoTime();
    }
  }

  @Test
  void engineTradesThere() {
    SlipBroker other = new SlipBroker();
    MemoryBooks books = new MemoryBooks();
    books.quote("SPY", Price.of("167.39"), SlipBroker.ASK, Clock.NOON);
    OrderStore store = books.open(books.nextEpoch());
    Clock clock = new Clock();
    Reconciler reconciler = new Reconciler(store, other, clock, UUID::randomUUID, CrashPoints.NONE);
    OrderDesk desk =
        new OrderDesk(
            store,
            other,
            reconciler,
            () -> {},
            new RiskGate(RiskLimits.defaults()),
            HaltFlag.NONE,
            MarketCalendar.nyse(),
            clock,
            UUID::randomUUID,
            Runnable::run,
            CrashPoints.NONE);
    UUID bought =
        books.ask(
            UUID.randomUUID(),
            Origin.PERSON,
            OrderTerms.market(Ticker.of("SPY"), Side.BUY, 10),
            clock.wall());
    UUID resting = books.ask(UUID.randomUUID(), Origin.PERSON, resting(3), clock.wall());
    reconciler.poll();
    other.loseNextAnswer();
    desk.work();
    reconciler.poll();
    desk.work();
    for (int look = 0; look < 4; look++) {
      reconciler.poll();
    }
    assertThat(books.trade(bought).status()).isEqualTo(TradeStatus.FILLED);
    assertThat(books.trade(bought).filled()).isEqualTo(10);
    assertThat(books.trade(resting).status()).isEqualTo(TradeStatus.WORKING);
    assertThat(books.trade(resting).brokerOrderId()).matches("S\\d{5}-X");
    books.cancel(resting);
    new CancelDesk(store, other, clock, CrashPoints.NONE).work();
    reconciler.poll();
    assertThat(books.trade(resting).status()).isEqualTo(TradeStatus.CANCELED);
    assertThat(books.trades()).hasSize(2);
  }
}
