package io.alphakite.engine.order;

import io.alphakite.engine.risk.Origin;
import io.alphakite.model.order.ExitRole;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An entry's order that has filled, at least partly, or has left exits behind, and its exits. A
 * trade mostly has one.
 *
 * @param entry the order that brought the exits with it
 * @param asked the exits that were asked for
 * @param exits the order that stands for each exit the broker has shown
 * @param closed units that the exits have closed
 * @param position signed quantity held of the instrument
 * @param unprotected what was last found missing for the trade; null when nothing was
 */
public record WatchedBracket(
    OrderIntent entry,
    List<ExitRole> asked,
    Map<ExitRole, OrderIntent> exits,
    long closed,
    long position,
    @Nullable String unprotected) {

  /** After the entry was sent: an exit that a listing has not shown by then is not there. */
  public static final Duration SHOWN_BY = Duration.ofSeconds(75);

  /**
   * For how long after the entry was sent what it has opened is kept from an order of that origin
   * while an exit is not listed. A kill asks for its closing orders when it has waited for exits.
   */
  public static Duration reserved(Origin closing) {
    return closing == Origin.FLATTEN ? Duration.ZERO : SHOWN_BY;
  }

  public WatchedBracket {
    asked = List.copyOf(asked);
    exits = Map.copyOf(exits);
  }

  /**
   * The same.
   *
   * @param exits the orders of each exit's trade
   */
  public static WatchedBracket of(
      OrderIntent entry,
      List<ExitRole> asked,
      Map<ExitRole, List<OrderIntent>> exits,
      long position,
      @Nullable String unprotected) {
    Map<ExitRole, OrderIntent> standing = new EnumMap<>(ExitRole.class);
    exits.forEach((role, orders) -> standing.put(role, ChangePlan.standing(orders)));
    long closed =
        exits.values().stream().flatMap(List::stream).mapToLong(OrderIntent::filled).sum();
    return new WatchedBracket(entry, asked, standing, closed, position, unprotected);
  }

  /** Whether something has filled, or it is over and an exit is at the broker nevertheless. */
  public boolean isWatched() {
    return entry.filled() > 0
        || (!entry.state().isOpen()
            && exits.values().stream().anyMatch(exit -> exit.state().isAtBroker()));
  }

  UUID trade() {
    return entry.tradeId();
  }

  /** What is held by the entry and not closed by its exits; 0 where nothing is held any more. */
  long open() {
    return Math.max(0, Math.min(entry.filled() - closed, held()));
  }

  /**
   * How much of what is open the exit does not close; nothing while it waits with its entry to
   * fill.
   */
  long lacks(ExitRole role) {
    OrderIntent exit = exits.get(role);
    boolean waits = exit != null && exit.state().isOpen() && entry.state().isOpen();
    return waits ? 0 : Math.max(0, open() - (exit == null ? 0 : exit.leaves()));
  }

  /** Whether the exits do not work yet, since the entry has still to fill. */
  boolean waits() {
    return entry.state().isOpen() && closed == 0;
  }

  private long held() {
    return entry.terms().side().isBuy() ? position : -position;
  }

  /**
   * What the exits may close: of several only the largest, and nothing the entry has not filled.
   */
  long closing() {
    long most = exits.values().stream().mapToLong(OrderIntent::leaves).max().orElse(0);
    return Math.max(0, most - entry.leaves());
  }

  /** Exits that would open a position in the other direction: nothing of the instrument is held. */
  List<OrderIntent> idle() {
    return held() > 0 || entry.state().isOpen()
        ? List.of()
        : exits.values().stream().filter(exit -> exit.state().isAtBroker()).toList();
  }

  /** Whether the broker may have an exit that it has not shown yet. */
  boolean hides(Instant now) {
    Instant sent = entry.claimedAt();
    return exits.size() < asked.size() && sent != null && now.isBefore(sent.plus(SHOWN_BY));
  }

  /** Whether the broker may still fill the entry or an exit. */
  boolean works() {
    return entry.state().isOpen()
        || exits.values().stream().anyMatch(exit -> exit.state().isOpen());
  }
}
