package io.alphakite.simulator.broker;

import io.alphakite.simulator.fault.Dial;
import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.fault.Strike;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the request to the end: what an order goes through at the broker, and what that means for
 * those that hang on it and beside it. Used under the market's lock.
 */
final class OrderLife implements Matching.Sequel {
  private static final Logger log = LoggerFactory.getLogger(OrderLife.class);

  /** Wall time between the 201 and acceptance, and between a cancel and its end. */
  static final Duration ANSWER = Duration.ofMillis(20);

  private final OrderBook book;
  private final OrderChecks checks;
  private final DeskHours hours;
  private final AccountEvents events;
  private final FaultDials faults;
  private final Disguise disguise;
  private final Delays delays;
  private final InstantSource wall;
  private final Matching matching;

  /** Orders that fill before what was asked of them is done, because a fault says so. */
  private final Set<Long> fillsFirst = new HashSet<>();

  OrderLife(
      OrderBook book,
      OrderChecks checks,
      Prices prices,
      DeskHours hours,
      AccountEvents events,
      FaultDials faults,
      Disguise disguise,
      Delays delays,
      InstantSource wall) {
    this.book = book;
    this.checks = checks;
    this.hours = hours;
    this.events = events;
    this.faults = faults;
    this.disguise = disguise;
    this.delays = delays;
    this.wall = wall;
    this.matching = new Matching(book, prices, hours, events, faults, disguise, wall, this);
  }

  Matching matching() {
    return matching;
  }

  /** Whether the fault of a fill during a replacement strikes this order; then it fills first. */
  void maybeFillFirst(Order order) {
    if (faults.strike(Dial.FILL_DURING_REPLACE, book.subject(order)).isPresent()) {
      fillsFirst.add(order.id());
    }
  }

  /** Takes up what was under way with it at the last stop; false when nothing was. */
  boolean takeUp(Order order) {
    if (order.status().cancelling()) {
      cancelled(order.id());
    } else if (order.status() == OrderStatus.PENDING_REPLACE) {
      Optional<Order> next =
          book.open().stream()
              .filter(other -> Long.valueOf(order.id()).equals(other.replaces()))
              .findFirst();
      if (next.isPresent()) {
        replaced(order.id(), next.get().id());
      } else {
        book.save(order.as(order.activeStatus()));
      }
    } else if (order.status() == OrderStatus.AWAITING_PARENT_ORDER) {
      Order parent = book.parent(order);
      if (parent == null || (parent.status().isTerminal() && !isReleased(parent))) {
        takeOut(order, OrderStatus.CANCELED);
      } else if (isReleased(parent)) {
        acknowledge(order.id());
      }
    } else if (!order.accepted()) {
      acknowledge(order.id());
    } else {
      return false;
    }
    return true;
  }

  /** Whether the orders that hang on this one may go to work. */
  private static boolean isReleased(Order parent) {
    return parent.wrapper()
        ? parent.accepted() && !parent.status().isTerminal()
        : parent.status() == OrderStatus.FILLED;
  }

  void created(Order order) {
    if (!order.wrapper()) {
      events.created(order);
    }
    for (long child : order.children()) {
      Order below = book.open(child);
      if (below != null) {
        created(below);
      }
    }
  }

  /** The broker's checks: an order received is rejected, or accepted and sent to the market. */
  void acknowledge(long id) {
    Order order = book.open(id);
    if (order == null || order.accepted() || order.status().cancelling()) {
      return;
    }
    if (order.wrapper()) {
      book.save(order.accept(OrderStatus.WORKING, null, null));
      order.children().forEach(this::acknowledge);
      return;
    }
    String subject = book.subject(order);
    Optional<Strike> rejected = faults.strike(Dial.ORDER_REJECTED_LATER, subject);
    if (rejected.isPresent()) {
      delays.later(rejected.get().delay(), () -> rejectByFault(id, rejected.get()));
      return;
    }
    List<Finding> findings = findings(order, null);
    if (findings.stream().anyMatch(Finding::rejects)) {
      reject(order, findings);
      return;
    }
    Optional<Strike> review = faults.strike(Dial.ORDER_MANUAL_REVIEW, subject);
    Optional<Strike> silence = faults.strike(Dial.ORDER_PENDING_ACKNOWLEDGEMENT, subject);
    if (review.isPresent()) {
      book.save(order.as(OrderStatus.AWAITING_MANUAL_REVIEW));
      delays.later(review.get().delay(), () -> accept(id, findings));
    } else if (silence.isPresent()) {
      book.save(order.as(OrderStatus.PENDING_ACKNOWLEDGEMENT));
      delays.later(silence.get().delay(), () -> accept(id, findings));
    } else {
      accept(id, findings);
    }
  }

  private List<Finding> findings(Order order, @Nullable Long replaces) {
    Order parent = book.parent(order);
    Predicate<Order> competes =
        other ->
            other.id() != order.id()
                && !Long.valueOf(other.id()).equals(replaces)
                && (parent == null
                    || !parent.wrapper()
                    || !Long.valueOf(parent.id()).equals(other.parent()));
    return checks.findings(order.ticket(), book.account(), book.open(), competes);
  }

  private void rejectByFault(long id, Strike strike) {
    Order order = book.open(id);
    if (order != null && order.filled() == 0) {
      reject(order, List.of(new Finding("Order_Sys_0000", strike.text("reason"), true)));
    }
  }

  private void reject(Order order, List<Finding> findings) {
    String text = OrderChecks.text(findings).orElse("");
    Order rejected = order.close(OrderStatus.REJECTED, wall.instant(), text, 0, 0);
    book.save(rejected);
    events.out(rejected, "SystemReject", findings);
    log.atInfo()
        .addKeyValue("event", "order.rejected")
        .addKeyValue("order_id", order.id())
        .addKeyValue("ticker", order.ticket().symbol())
        .log("Order rejected: {}", text);
    ended(rejected);
  }

  private void accept(long id, List<Finding> warnings) {
    Order order = book.open(id);
    if (order == null || order.accepted() || order.status().cancelling()) {
      return;
    }
    boolean trades = hours.trades(order.ticket().session());
    Order accepted =
        order.accept(
            trades ? order.activeStatus() : OrderStatus.PENDING_ACTIVATION,
            hours.lastDay(order.ticket()),
            OrderChecks.text(warnings).orElse(null));
    book.save(accepted);
    if (order.replaces() == null) {
      events.accepted(accepted);
    } else {
      events.changeAccepted(accepted);
    }
    String subject = book.subject(order);
    faults
        .strike(Dial.ORDER_STATUS_UNKNOWN, subject)
        .ifPresent(strike -> disguise.showStatus(id, strike));
    faults
        .strike(Dial.PARTIAL_FILLS, subject)
        .ifPresent(
            strike ->
                matching.fillInPieces(
                    id, Math.max(1, order.ticket().quantity() / strike.number("pieces"))));
    faults
        .strike(Dial.ORDER_REJECTED_AFTER_WORKING, subject)
        .ifPresent(strike -> delays.later(strike.delay(), () -> rejectByFault(id, strike)));
    faults
        .strike(Dial.ORDER_CANCELED_BY_FIRM, subject)
        .ifPresent(strike -> delays.later(strike.delay(), () -> cancelledByFirm(id)));
    if (trades) {
      events.toMarket(accepted);
      matching.work(accepted);
    }
  }

  void replaced(long id, long replacement) {
    Order next = book.open(replacement);
    if (next == null) {
      return;
    }
    Order old = book.open(id);
    if (old != null && fillsFirst.remove(id)) {
      matching.fillWhole(old);
      old = book.open(id);
    }
    if (old == null) {
      // It was done before it could be replaced: two orders must not come of one.
      reject(
          next,
          List.of(
              new Finding("Order_Sys_0005", "The order to be replaced is no longer open.", true)));
      return;
    }
    boolean waits = next.status() == OrderStatus.AWAITING_PARENT_ORDER;
    if (!waits && !next.wrapper() && !next.status().cancelling()) {
      List<Finding> findings = findings(next, id);
      if (findings.stream().anyMatch(Finding::rejects)) {
        resume(old);
        reject(next, findings);
        return;
      }
    }
    Order out =
        old.close(
            OrderStatus.REPLACED,
            wall.instant(),
            null,
            old.accepted() ? book.nextExecution() : 0,
            restShown(old));
    book.save(out);
    events.out(out, "ClientCancel", List.of());
    ended(out);
    if (!waits) {
      acknowledge(replacement);
    }
  }

  /** A replacement came to nothing: the order goes on. */
  void resume(Order old) {
    if (old.status() == OrderStatus.PENDING_REPLACE) {
      book.save(
          old.as(
              hours.trades(old.ticket().session())
                  ? old.activeStatus()
                  : OrderStatus.PENDING_ACTIVATION));
    }
  }

  long restShown(Order order) {
    return faults.strike(Dial.CANCELED_REMAINING_FULL, book.subject(order)).isPresent()
        ? order.open()
        : 0;
  }

  /** A client wants it out; a little later it is. */
  void askOut(Order order) {
    String subject = book.subject(order);
    Optional<Strike> slow = faults.strike(Dial.CANCEL_SLOW, subject);
    book.save(
        order.as(
            slow.map(strike -> OrderStatus.valueOf(strike.text("status")))
                .orElse(OrderStatus.PENDING_CANCEL)));
    if (order.wrapper()) {
      for (long child : order.children()) {
        Order below = book.open(child);
        if (below != null && !below.status().cancelling()) {
          askOut(below);
        }
      }
      return;
    }
    if (faults.strike(Dial.FILL_BEFORE_CANCEL, subject).isPresent()) {
      fillsFirst.add(order.id());
    }
    events.cancelAccepted(order, null);
    if (order.accepted()) {
      events.routed(order, "Cancel");
    }
    delays.later(slow.map(Strike::delay).orElse(ANSWER), () -> cancelled(order.id()));
  }

  void cancelled(long id) {
    Order order = book.open(id);
    if (order == null) {
      return;
    }
    if (fillsFirst.remove(id) && order.accepted() && matching.fillWhole(order)) {
      return;
    }
    takeOut(order, OrderStatus.CANCELED);
  }

  private void cancelledByFirm(long id) {
    Order order = book.open(id);
    if (order != null) {
      Order marked = order.byTheFirm("CANCELED_BY_FIRM");
      book.save(marked);
      takeOut(marked, OrderStatus.CANCELED);
    }
  }

  /** Ends an open order with its rest unfilled, and those that hang on it. */
  private void takeOut(Order order, OrderStatus end) {
    if (order.wrapper()) {
      closeWrapper(order, end);
      return;
    }
    if (order.accepted()) {
      events.routeCompleted(order);
      events.venueOut(order);
    }
    Order out =
        order.close(
            end,
            wall.instant(),
            null,
            order.accepted() ? book.nextExecution() : 0,
            order.accepted() ? restShown(order) : 0);
    book.save(out);
    events.out(out, "ClientCancel", List.of());
    ended(out);
  }

  private void closeWrapper(Order wrapper, OrderStatus end) {
    Order done = wrapper.close(end, wall.instant(), null, 0, 0);
    book.save(done);
    for (long child : done.children()) {
      Order below = book.open(child);
      if (below != null) {
        takeOut(below, end == OrderStatus.REJECTED ? end : OrderStatus.CANCELED);
      }
    }
    ended(done);
  }

  /** What the end of an order means for those that hang on it and beside it. */
  private void ended(Order order) {
    matching.forget(order.id());
    fillsFirst.remove(order.id());
    if (!order.wrapper()) {
      for (long child : order.children()) {
        Order below = book.open(child);
        if (below == null) {
          continue;
        }
        if (order.status() == OrderStatus.FILLED) {
          delays.later(ANSWER, () -> acknowledge(child));
        } else {
          takeOut(
              below,
              order.status() == OrderStatus.REJECTED ? OrderStatus.REJECTED : OrderStatus.CANCELED);
        }
      }
    }
    Order parent = book.parent(order);
    if (parent == null || !parent.wrapper() || parent.status().isTerminal()) {
      return;
    }
    if (order.status() == OrderStatus.CANCELED || order.status() == OrderStatus.REJECTED) {
      cancelBeside(order);
    }
    endWrapper(parent.id());
  }

  /** A wrapper ends with the last of those it holds. */
  private void endWrapper(long id) {
    Order wrapper = book.open(id);
    if (wrapper == null || wrapper.children().stream().anyMatch(book::isOpen)) {
      return;
    }
    Set<OrderStatus> ends = new HashSet<>();
    for (long child : wrapper.children()) {
      Order below = book.get(child);
      if (below != null) {
        ends.add(below.status());
      }
    }
    OrderStatus end =
        ends.contains(OrderStatus.FILLED)
            ? OrderStatus.FILLED
            : ends.contains(OrderStatus.REJECTED)
                ? OrderStatus.REJECTED
                : ends.contains(OrderStatus.EXPIRED) && !ends.contains(OrderStatus.CANCELED)
                    ? OrderStatus.EXPIRED
                    : OrderStatus.CANCELED;
    closeWrapper(wrapper, end);
  }

  /** Takes out the others of a one-cancels-other. */
  private void cancelBeside(Order order) {
    Order parent = book.parent(order);
    if (parent == null || !parent.wrapper()) {
      return;
    }
    for (long beside : parent.children()) {
      Order other = book.open(beside);
      if (other != null
          && beside != order.id()
          // What has traded stays when another is cancelled because of it.
          && (other.filled() == 0 || order.filled() > 0)) {
        boolean both =
            order.filled() > 0
                && other.accepted()
                && !other.wrapper()
                && faults.strike(Dial.OCO_BOTH_FILL, book.subject(other)).isPresent();
        if (!both || !matching.fillWhole(other)) {
          takeOut(other, OrderStatus.CANCELED);
        }
      }
    }
  }

  /** Its last day is over. */
  void expired(Order order) {
    Order expired = order.close(OrderStatus.EXPIRED, wall.instant(), null, 0, 0);
    book.save(expired);
    events.expired(expired);
    ended(expired);
  }

  @Override
  public void filled(Order order) {
    cancelBeside(order);
    if (order.status().isTerminal()) {
      ended(order);
    }
  }

  @Override
  public void unfilled(Order order) {
    Order out =
        order.close(
            OrderStatus.CANCELED, wall.instant(), null, book.nextExecution(), restShown(order));
    book.save(out);
    events.out(out, "ClientCancel", List.of());
    ended(out);
  }
}
