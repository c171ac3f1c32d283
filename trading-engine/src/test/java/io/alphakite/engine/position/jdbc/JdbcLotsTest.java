package io.alphakite.engine.position.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.PostgresBooks;
import io.alphakite.engine.position.Lot;
import io.alphakite.engine.position.Position;
import io.alphakite.engine.position.PositionKeeper.Booking;
import io.alphakite.model.market.Ticker;
import io.alphakite.model.order.OrderTerms;
import io.alphakite.model.order.OrderType;
import io.alphakite.model.order.Side;
import io.alphakite.model.order.TimeInForce;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lots that are written are those of the position, whatever fills. */
class JdbcLotsTest {

  private static final PostgresBooks BOOKS = new PostgresBooks();
  private static final long SEED = 20260101;
  private static final LocalDate DATE = LocalDate.of(2013, 10, 8);

  private final JdbcPositions positions = new JdbcPositions(BOOKS.jdbc());

  @BeforeEach
  void clear() {
    BOOKS.clear();
  }

  @AfterAll
  static void close() {
    BOOKS.close();
  }

  @Test
  void lotsAreThePositionsAfterEachFill() {
    Random random = new Random(SEED);
    Position expected = Position.flat(1);
    for (int i = 0; i < 60; i++) {
      // Grows to many lots, closes some of them or all, and turns round.
      long signed = random.nextInt(6) == 0 ? -random.nextLong(1, 40) : random.nextLong(1, 9);
      BigDecimal price = BigDecimal.valueOf(random.nextLong(10_000, 20_000), 2);
      positions.book(booking(signed, price));
      expected = expected.fill(signed, price).after();
      assertThat(written())
          .as("seed %s, fill %s: %s at %s", SEED, i, signed, price)
          .usingRecursiveComparison()
          .withComparatorForType(BigDecimal::compareTo, BigDecimal.class)
          .isEqualTo(expected.lots());
    }
  }

  @Test
  void aFillOnManyLotsTakesNoMoreStatementsThanOnOne() {
    positions.book(booking(1, BigDecimal.TEN));
    BOOKS.statements().take();
    positions.book(booking(1, BigDecimal.ONE));
    int onOne = BOOKS.statements().take().size();
    for (int i = 0; i < 40; i++) {
      positions.book(booking(1, BigDecimal.valueOf(i + 1)));
    }
    BOOKS.statements().take();
    positions.book(booking(1, BigDecimal.TWO));
    assertThat(BOOKS.statements().take()).hasSize(onOne);
    positions.book(booking(-41, BigDecimal.TWO));
    assertThat(BOOKS.statements().take()).hasSizeLessThanOrEqualTo(onOne + 1);
  }

  private static List<Lot> written() {
    return BOOKS
        .jdbc()
        .sql("SELECT quantity, price FROM engine.lots ORDER BY number")
        .query((row, number) -> new Lot(row.getLong("quantity"), row.getBigDecimal("price")))
        .list();
  }

  private static Booking booking(long signed, BigDecimal price) {
    OrderTerms terms =
        new OrderTerms(
            Ticker.of("SPY"),
            null,
            signed > 0 ? Side.BUY : Side.SELL,
            Math.abs(signed),
            OrderType.MARKET,
            null,
            null,
            TimeInForce.DAY);
    return new Booking(
        PostgresBooks.ACCOUNT, new UUID(0, 1), terms, signed, price, BigDecimal.ZERO, DATE);
  }
}
