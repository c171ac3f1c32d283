package io.alphakite.simulator.broker;

import io.alphakite.simulator.broker.OrderTicket.Strategy;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An order as the broker holds it. Immutable; times are wall-clock, the day is the market's.
 *
 * @param terms null for the wrapper of a one-cancels-other, which trades nothing itself
 * @param accepted it passed the broker's checks
 * @param triggered it may trade: it is no stop, or its stop price was met
 * @param filled shares, contracts or spreads
 * @param description what Schwab says about it: reasons and warnings
 * @param day session date after which it expires; null until the next session begins, or for
 *     good-till-cancel
 * @param firmAction what the firm did of its own accord, in Schwab's word
 * @param stop where a trailing stop stands; null before it follows
 * @param parent the order it hangs on
 * @param replaces the order it was to replace
 * @param children ids of the orders that hang on it
 */
public record Order(
    long id,
    Strategy strategy,
    @Nullable OrderTicket terms,
    OrderStatus status,
    boolean accepted,
    boolean triggered,
    long filled,
    Instant entered,
    @Nullable Instant closed,
    @Nullable String description,
    @Nullable String firmAction,
    @Nullable LocalDate day,
    @Nullable BigDecimal stop,
    @Nullable Long parent,
    @Nullable Long replaces,
    List<Long> children,
    List<Execution> executions) {

  /**
   * A fill, or the cancelled rest.
   *
   * @param price dollars, of a spread the net price; 0 for a cancelled rest
   * @param remaining shares open after it
   * @param legPrices the price of each leg of a spread; else empty
   */
  public record Execution(
      long id,
      boolean fill,
      long quantity,
      BigDecimal price,
      long remaining,
      Instant time,
      List<BigDecimal> legPrices) {
    public Execution {
      legPrices = List.copyOf(legPrices);
    }
  }

  public Order {
    children = List.copyOf(children);
    executions = List.copyOf(executions);
  }

  /** An order just received. */
  static Order received(
      long id,
      OrderRequest request,
      OrderStatus status,
      Instant entered,
      @Nullable Long parent,
      @Nullable Long replaces,
      List<Long> children) {
    return new Order(
        id,
        request.strategy(),
        request.terms(),
        status,
        false,
        false,
        0,
        entered,
        null,
        null,
        null,
        null,
        null,
        parent,
        replaces,
        children,
        List.of());
  }

  /** Whether it only holds other orders together. */
  public boolean wrapper() {
    return terms == null;
  }

  /**
   * The terms of an order that trades.
   *
   * @throws IllegalStateException for a wrapper
   */
  public OrderTicket ticket() {
    if (terms == null) {
      throw new IllegalStateException("order " + id + " is a wrapper");
    }
    return terms;
  }

  /** Whether this is an order that trades something and names a symbol. */
  boolean concerns(String symbol) {
    return terms != null && terms.concerns(symbol);
  }

  public long remaining() {
    return status.isTerminal() ? 0 : open();
  }

  /** Shares not filled, also of a closed order. */
  long open() {
    return terms == null ? 0 : terms.quantity() - filled;
  }

  /** The parts that change, for a copy. */
  private static final class Draft {
    private OrderStatus status;
    private boolean accepted;
    private boolean triggered;
    private long filled;
    private @Nullable Instant closed;
    private @Nullable String description;
    private @Nullable String firmAction;
    private @Nullable LocalDate day;
    private @Nullable BigDecimal stop;
    private List<Long> children;
    private List<Execution> executions;

    Draft(Order order) {
      status = order.status;
      accepted = order.accepted;
      triggered = order.triggered;
      filled = order.filled;
      closed = order.closed;
      description = order.description;
      firmAction = order.firmAction;
      day = order.day;
      stop = order.stop;
      children = order.children;
      executions = order.executions;
    }
  }

  private Order with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return new Order(
        id,
        strategy,
        terms,
        draft.status,
        draft.accepted,
        draft.triggered,
        draft.filled,
        entered,
        draft.closed,
        draft.description,
        draft.firmAction,
        draft.day,
        draft.stop,
        parent,
        replaces,
        draft.children,
        draft.executions);
  }

  /**
   * What it is once the market has it: under watch for a price, queued for the close, or at work.
   */
  OrderStatus activeStatus() {
    OrderTicket.Type type = ticket().type();
    if (type.onClose()) {
      return OrderStatus.QUEUED;
    }
    return type.waits() && !triggered() ? OrderStatus.AWAITING_STOP_CONDITION : OrderStatus.WORKING;
  }

  Order as(OrderStatus next) {
    return with(draft -> draft.status = next);
  }

  Order accept(OrderStatus next, @Nullable LocalDate expires, @Nullable String warning) {
    return with(
        draft -> {
          draft.status = next;
          draft.accepted = true;
          draft.triggered = terms != null && !terms.type().waits();
          draft.day = expires;
          draft.description = warning;
        });
  }

  Order byTheFirm(String action) {
    return with(draft -> draft.firmAction = action);
  }

  Order expiresAfter(LocalDate date) {
    return with(draft -> draft.day = date);
  }

  Order trigger() {
    return with(
        draft -> {
          draft.triggered = true;
          if (status == OrderStatus.AWAITING_STOP_CONDITION) {
            draft.status = OrderStatus.WORKING;
          }
        });
  }

  /** A trailing stop moved. */
  Order trails(BigDecimal price) {
    return with(draft -> draft.stop = price);
  }

  Order adopts(long child) {
    return with(
        draft -> {
          draft.children = new ArrayList<>(children);
          draft.children.add(child);
        });
  }

  Order fill(
      long executionId, long quantity, BigDecimal price, List<BigDecimal> legPrices, Instant time) {
    long done = filled + quantity;
    long left = ticket().quantity() - done;
    return with(
        draft -> {
          draft.filled = done;
          if (left == 0) {
            draft.status = OrderStatus.FILLED;
            draft.closed = time;
          }
          draft.executions =
              and(new Execution(executionId, true, quantity, price, left, time, legPrices));
        });
  }

  /**
   * Ends it with its rest unfilled.
   *
   * @param executionId the rest shows as an execution of this id; 0 = it does not show
   * @param remaining what that execution says is still open
   */
  Order close(
      OrderStatus end, Instant time, @Nullable String why, long executionId, long remaining) {
    return with(
        draft -> {
          draft.status = end;
          draft.closed = time;
          if (why != null) {
            draft.description = why;
          }
          if (executionId != 0) {
            draft.executions =
                and(
                    new Execution(
                        executionId, false, open(), BigDecimal.ZERO, remaining, time, List.of()));
          }
        });
  }

  private List<Execution> and(Execution execution) {
    List<Execution> all = new ArrayList<>(executions);
    all.add(execution);
    return all;
  }
}
