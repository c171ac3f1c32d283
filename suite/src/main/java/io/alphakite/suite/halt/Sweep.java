package io.alphakite.suite.halt;

import io.alphakite.platform.settings.SettingsException;
import io.alphakite.schwab.trader.BrokerOrder;
import io.alphakite.suite.command.CommandException;
import io.alphakite.suite.command.Terminal;
import io.alphakite.suite.halt.HaltCommand.Person;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Cancels what works at the broker after a halt, ours first, and looks on until nothing that was on
 * its way then can turn up any more. One use; not thread-safe.
 *
 * <p>Orders that the account's owner placed elsewhere are never canceled by us, and which those are
 * only the database knows: while it does not answer, nothing is canceled but on {@code --all} or a
 * person's typed yes.
 */
final class Sweep {

  /** So often it looks while it waits: each second of thirty. */
  private static final int LOOKS = 30;

  private static final Duration LOOK_ON = Duration.ofSeconds(5);
  private static final Duration AGAIN = Duration.ofSeconds(5);

  /** Where the orders are. */
  @FunctionalInterface
  interface Connection {

    /**
     * Connects; called again after it failed.
     *
     * @throws CommandException when there is no answer now
     * @throws SettingsException when there will be none
     */
    OpenOrders open();
  }

  /**
   * How long it takes.
   *
   * @param late how long after the halt an order that was on its way may still turn up at the
   *     broker: it is looked for that long, even when nothing works
   * @param over how much longer until what was asked to be canceled is over, and how long a broker
   *     that does not answer is asked
   */
  record Patience(Duration late, Duration over) {}

  /** Whose an order is. */
  private enum Whose {
    OURS,
    ELSEWHERE,
    UNTOLD;

    String word() {
      return switch (this) {
        case OURS -> "ours";
        case ELSEWHERE -> "placed elsewhere";
        case UNTOLD -> "whose cannot be told";
      };
    }
  }

  private record Asked(long againAt, Duration pause) {}

  private final Connection connection;
  private final @Nullable Books books;
  private final boolean all;
  private final Patience patience;
  private final Person person;
  private final Terminal terminal;
  private final ObjectNode answer;
  private final ArrayNode items;

  private final Map<Long, Whose> whose = new TreeMap<>();
  private final Map<Long, Asked> asked = new TreeMap<>();
  private final Set<Long> put = new HashSet<>();
  private final Set<Long> yes = new HashSet<>();
  private final Set<String> said = new HashSet<>();
  private @Nullable OpenOrders orders;
  private Map<Long, BrokerOrder> open = Map.of();
  private boolean known;

  /**
   * A sweep.
   *
   * @param books null when the database does not answer
   * @param all also what was placed elsewhere
   * @param answer is told what became of the orders
   */
  Sweep(
      Connection connection,
      @Nullable Books books,
      boolean all,
      Patience patience,
      Person person,
      Terminal terminal,
      ObjectNode answer) {
    this.connection = connection;
    this.books = books;
    this.all = all;
    this.patience = patience;
    this.person = person;
    this.terminal = terminal;
    this.answer = answer;
    this.items = answer.putArray("orders");
  }

  /** Whether nothing works any more that this may cancel, and that is known. */
  boolean run() {
    long start = System.nanoTime();
    long lateAt = start + patience.late().toNanos();
    long end = lateAt + patience.over().toNanos();
    long unheardAt = start + patience.over().toNanos();
    while (true) {
      long lookedAt = System.nanoTime();
      boolean heard = false;
      try {
        look();
        heard = true;
      } catch (SettingsException e) {
        return unknown(e);
      } catch (CommandException e) {
        if (onPaper()) {
          terminal.say(
              "Paper trading: nothing of ours is at a broker, which cannot be asked either.");
          return true;
        }
        note("kite: " + e.getMessage() + "; asking again");
        if (orders == null && System.nanoTime() >= unheardAt) {
          return unknown(e);
        }
      }
      List<String> doubtful = heard ? doubtful() : List.of();
      boolean done = heard && working().isEmpty() && doubtful.isEmpty();
      if ((done && lookedAt >= lateAt) || System.nanoTime() >= end) {
        return tell(heard, doubtful);
      }
      pause(System.nanoTime() < lateAt ? lateAt : end);
    }
  }

  private boolean unknown(RuntimeException e) {
    terminal.note("kite: whether orders work is not known: " + e.getMessage());
    answer.put("orders_problem", String.valueOf(e.getMessage()));
    return false;
  }

  /** Lists, tells what is new, cancels ours, and then asks about the rest. */
  private void look() {
    OpenOrders at = orders;
    boolean first = at == null;
    if (at == null) {
      at = connection.open();
    }
    open = at.open();
    orders = at;
    if (first) {
      terminal.say(
          open.isEmpty()
              ? "No order is open at " + at.where() + "."
              : count(open.size(), "open order") + " at " + at.where() + ":");
      if (patience.late().compareTo(LOOK_ON) > 0) {
        terminal.say(
            "Looking on for "
                + patience.late().toSeconds()
                + " s: an order that was on its way may still turn up. Ctrl-C ends the looking, not"
                + " the halt.");
      }
    }
    classify();
    tellEnded(at);
    cancel(at);
    ask();
    cancel(at);
  }

  private void classify() {
    List<Long> untold =
        open.keySet().stream()
            .filter(id -> whose.getOrDefault(id, Whose.UNTOLD) == Whose.UNTOLD)
            .toList();
    if (untold.isEmpty()) {
      return;
    }
    Map<String, Boolean> owners = owners();
    known = owners != null;
    boolean paper = onPaper();
    for (long id : untold) {
      Boolean ours = owners == null ? null : owners.get(Long.toString(id));
      Whose now =
          ours != null
              ? (ours ? Whose.OURS : Whose.ELSEWHERE)
              : (known && paper ? Whose.ELSEWHERE : Whose.UNTOLD);
      BrokerOrder order = open.get(id);
      if (now != whose.put(id, now) && order != null) {
        terminal.say("  %d  %s  (%s)".formatted(id, OpenOrders.told(order), now.word()));
      }
    }
  }

  private @Nullable Map<String, Boolean> owners() {
    try {
      return books == null ? null : books.owners();
    } catch (CommandException e) {
      note("kite: the database does not tell whose orders are whose: " + e.getMessage());
      return null;
    }
  }

  /** Whether nothing of ours can be at a broker; false when nobody can tell. */
  private boolean onPaper() {
    try {
      return books != null && books.standing().paper() && !books.atBroker();
    } catch (CommandException e) {
      return false;
    }
  }

  /**
   * What may have reached the broker without anybody's knowing; nothing where no database tells.
   */
  private List<String> doubtful() {
    try {
      return books == null ? List.of() : books.doubtful();
    } catch (CommandException e) {
      return List.of("the database does not answer any more: " + e.getMessage());
    }
  }

  /** The open orders that are to be canceled. */
  private Set<Long> working() {
    Set<Long> working = new TreeSet<>(open.keySet());
    working.removeIf(
        id ->
            !all
                && switch (whose.getOrDefault(id, Whose.UNTOLD)) {
                  case OURS -> false;
                  case ELSEWHERE -> true;
                  case UNTOLD -> !yes.contains(id);
                });
    return working;
  }

  private void tellEnded(OpenOrders at) {
    for (long id : List.copyOf(asked.keySet())) {
      if (!open.containsKey(id)) {
        asked.remove(id);
        String ended = at.ended(id);
        terminal.say("  " + id + "  " + ended);
        items.addObject().put("broker_order_id", Long.toString(id)).put("status", ended);
      }
    }
  }

  /** At once, then ever more rarely: the broker limits how often. */
  private void cancel(OpenOrders at) {
    for (long id : working()) {
      Asked before = asked.get(id);
      if (before == null || System.nanoTime() - before.againAt() >= 0) {
        terminal.say("  " + id + "  " + at.cancel(id));
        Duration pause = before == null ? AGAIN : before.pause().multipliedBy(2);
        asked.put(id, new Asked(System.nanoTime() + pause.toNanos(), pause));
      }
    }
  }

  /** Once for each order that nobody can tell whose it is. */
  private void ask() {
    if (all) {
      return;
    }
    List<Long> untold =
        open.keySet().stream()
            .filter(id -> whose.get(id) == Whose.UNTOLD && !put.contains(id))
            .toList();
    if (untold.isEmpty()) {
      return;
    }
    put.addAll(untold);
    String why =
        known
            ? "The database does not know " + untold.size() + " of these orders"
            : "Without the database nobody can tell which of these are Alpha Kite's";
    String words = person.answer(why + ". Cancel " + untold.size() + " of them too? Type yes: ");
    if (words != null && words.strip().equalsIgnoreCase("yes")) {
      yes.addAll(untold);
    } else {
      terminal.say(
          why
              + ": "
              + untold.size()
              + " left alone. ./kite halt --all cancels every order of the account.");
    }
  }

  private boolean tell(boolean heard, List<String> doubtful) {
    Set<Long> elsewhere = new TreeSet<>(open.keySet());
    elsewhere.removeIf(id -> whose.get(id) != Whose.ELSEWHERE);
    Set<Long> left = new TreeSet<>(open.keySet());
    left.removeAll(elsewhere);
    put("still_working", left);
    put("placed_elsewhere", elsewhere);
    ArrayNode fates = answer.putArray("fate_open");
    doubtful.forEach(fates::add);
    if (!elsewhere.isEmpty()) {
      terminal.say(
          count(elsewhere.size(), "order") + " placed elsewhere left alone: " + names(elsewhere));
    }
    doubtful.forEach(
        order -> terminal.note("kite: nobody knows whether the broker has it: " + order));
    if (!left.isEmpty()) {
      terminal.note("kite: " + count(left.size(), "order") + " still working: " + names(left));
    }
    if (!heard) {
      terminal.note("kite: whether orders work is not known: the broker did not answer last");
      answer.put("orders_problem", "the broker did not answer last");
    }
    boolean well = heard && left.isEmpty() && doubtful.isEmpty();
    if (well) {
      terminal.say(
          "Nothing of ours works any more."
              + (books == null
                  ? " Whether an order's fate is open was not asked: the database does not answer."
                  : ""));
    }
    return well;
  }

  private void put(String name, Set<Long> ids) {
    ArrayNode array = answer.putArray(name);
    ids.forEach(id -> array.add(Long.toString(id)));
  }

  private void note(String line) {
    if (said.add(line)) {
      terminal.note(line);
    }
  }

  private static String names(Collection<Long> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private void pause(long until) {
    Duration look =
        working().isEmpty() && orders != null ? LOOK_ON : patience.over().dividedBy(LOOKS);
    long nanos = Math.clamp(until - System.nanoTime(), 1, look.toNanos());
    try {
      Thread.sleep(Duration.ofNanos(nanos));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException("interrupted: trading is halted, orders may still work", e);
    }
  }
}
