package io.alphakite.simulator.broker;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order as the broker holds it. Immutable; times are wall-clock, the day is the market's.
 *
 * @param accepted it passed the broker's checks
 * @param triggered it may trade: it is no stop, or its stop price was met
 * @param day session date after which a DAY order expires; null until the next session begins, or
 *     for good-till-cancel
 */
public record Order(
    long id,
    OrderTicket ticket,
    OrderStatus status,
    boolean accepted,
    boolean triggered,
    long filled,
    Instant entered,
    @Nullable Instant closed,
    @Nullable String description,
    @Nullable LocalDate day,
    List<Execution> executions) {

  /**
   * A fill, or the cancelled rest.
   *
   * @param price dollars; 0 for a cancelled rest
   * @param remaining shares open after it
   */
  public record Execution(
      long id, boolean fill, long quantity, BigDecimal price, long remaining, Instant time) {}

  public Order {
    executions = List.copyOf(executions);
  }

  public long remaining() {
    return status.isTerminal() ? 0 : open();
  }

  /** Shares not filled, also of a closed order. */
  long open() {
    return ticket.quantity() - filled;
  }

  Order as(OrderStatus next) {
    return new Order(
        id,
        ticket,
        next,
        accepted,
        triggered,
        filled,
        entered,
        closed,
        description,
        day,
        executions);
  }

  Order accept(OrderStatus next, @Nullable LocalDate expires) {
    return new Order(
        id,
        ticket,
        next,
        true,
        !ticket.type().hasStop(),
        filled,
        entered,
        closed,
        description,
        expires,
        executions);
  }

  Order expiresAfter(LocalDate date) {
    return new Order(
        id,
        ticket,
        status,
        accepted,
        triggered,
        filled,
        entered,
        closed,
        description,
        date,
        executions);
  }

  Order trigger() {
    return new Order(
        id,
        ticket,
        status == OrderStatus.AWAITING_STOP_CONDITION ? OrderStatus.WORKING : status,
        accepted,
        true,
        filled,
        entered,
        closed,
        description,
        day,
        executions);
  }

  Order fill(long executionId, long quantity, BigDecimal price, Instant time) {
    long done = filled + quantity;
    boolean whole = done == ticket.quantity();
    return new Order(
        id,
        ticket,
        whole ? OrderStatus.FILLED : status,
        accepted,
        triggered,
        done,
        entered,
        whole ? time : null,
        description,
        day,
        with(new Execution(executionId, true, quantity, price, ticket.quantity() - done, time)));
  }

  /** Ends it with its rest unfilled; the rest shows as an execution when there is an id for it. */
  Order close(OrderStatus end, Instant time, @Nullable String why, long executionId) {
    return new Order(
        id,
        ticket,
        end,
        accepted,
        triggered,
        filled,
        entered,
        time,
        why,
        day,
        executionId == 0
            ? executions
            : with(new Execution(executionId, false, open(), BigDecimal.ZERO, 0, time)));
  }

  private List<Execution> with(Execution execution) {
    List<Execution> all = new ArrayList<>(executions);
    all.add(execution);
    return all;
  }
}
