package io.alphakite.schwab.stream;

import io.alphakite.schwab.stream.Command.Subscription;
import io.alphakite.schwab.stream.Command.Verb;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was asked for on one connection, and so which commands bring it to what is wanted. Belongs
 * to the stream's own thread.
 */
final class Subscriptions {

  private static final long NEVER = -1;

  private final Wanted wanted;
  private final int keysPerCommand;
  private final Map<StreamService, Asked> asked = new EnumMap<>(StreamService.class);
  private long seenVersion = NEVER;
  private boolean unsettled;

  /** One service's state on this connection. */
  private static final class Asked {
    final Set<String> keys = new LinkedHashSet<>();

    /** Among the keys: those that Schwab did not take. */
    final Set<String> refused = new HashSet<>();

    /** Wanted, but never asked for, being too many. */
    final Set<String> tooMany = new LinkedHashSet<>();

    String fields = "";
    boolean confirmed;
    long confirmedNanos;
  }

  Subscriptions(Wanted wanted, int keysPerCommand) {
    this.wanted = wanted;
    this.keysPerCommand = keysPerCommand;
    for (StreamService service : StreamService.values()) {
      asked.put(service, new Asked());
    }
  }

  /** Keys that are wanted beyond what a service takes, and were not told before. */
  record TooMany(StreamService service, List<String> keys) {}

  /**
   * The commands that are due, in order; they count as asked from now on.
   *
   * @param tooMany gets what cannot be asked for
   */
  List<Subscription> due(Collection<? super TooMany> tooMany) {
    long version = wanted.version();
    if (version == seenVersion) {
      return List.of();
    }
    seenVersion = version;
    List<Subscription> commands = new ArrayList<>();
    // Account activity first: it must not wait for thousands of symbols.
    due(StreamService.ACCT_ACTIVITY, commands, tooMany);
    for (StreamService service : StreamService.values()) {
      if (service != StreamService.ACCT_ACTIVITY) {
        due(service, commands, tooMany);
      }
    }
    return commands;
  }

  private void due(
      StreamService service, List<Subscription> commands, Collection<? super TooMany> tooMany) {
    Asked state = of(service);
    Set<String> all = wanted.keys(service);
    List<String> target = all.stream().limit(service.keysMax()).toList();
    List<String> beyond = all.stream().skip(service.keysMax()).toList();
    List<String> untold = new ArrayList<>(beyond);
    untold.removeAll(state.tooMany);
    state.tooMany.clear();
    state.tooMany.addAll(beyond);
    if (!untold.isEmpty()) {
      tooMany.add(new TooMany(service, untold));
    }
    String fields = wanted.fields(service);

    Set<String> extra = new LinkedHashSet<>(state.keys);
    target.forEach(extra::remove);
    for (String key : wanted.takeAgain(service)) {
      // Taken away and added again; what is beyond the limit or refused has its own way back.
      if (state.keys.contains(key) && !state.refused.contains(key)) {
        extra.add(key);
      }
    }
    state.keys.removeAll(extra);
    // What Schwab never took need not be taken away.
    extra.removeAll(state.refused);
    state.refused.retainAll(state.keys);
    state.confirmed &= !state.keys.isEmpty();
    for (List<String> part : parts(extra)) {
      commands.add(new Subscription(service, Verb.UNSUBS, part, fields, 0));
    }

    if (!state.keys.isEmpty() && !state.fields.equals(fields)) {
      List<String> first = parts(state.keys).getFirst();
      commands.add(new Subscription(service, Verb.VIEW, first, fields, 0));
    }
    state.fields = fields;

    List<String> missing = new ArrayList<>(target);
    missing.removeAll(state.keys);
    for (List<String> part : parts(missing)) {
      boolean replaces = state.keys.isEmpty() || service == StreamService.ACCT_ACTIVITY;
      commands.add(new Subscription(service, replaces ? Verb.SUBS : Verb.ADD, part, fields, 0));
      state.keys.addAll(part);
    }
  }

  private List<List<String>> parts(Collection<String> keys) {
    List<String> all = List.copyOf(keys);
    List<List<String>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += keysPerCommand) {
      parts.add(all.subList(from, Math.min(from + keysPerCommand, all.size())));
    }
    return parts;
  }

  /** Schwab took the command. */
  void confirmed(Subscription command, long nowNanos) {
    Asked state = of(command.service());
    switch (command.verb()) {
      case SUBS, ADD -> {
        // Further keys are no reason to wait longer for those that should bring data.
        if (!state.confirmed) {
          state.confirmed = true;
          state.confirmedNanos = nowNanos;
        }
      }
      case UNSUBS -> {
        // There may be room now for what was refused.
        if (!state.refused.isEmpty()) {
          state.keys.removeAll(state.refused);
          state.refused.clear();
          seenVersion = NEVER;
        }
      }
      case VIEW -> {}
    }
  }

  /** Schwab did not take the key; it is asked for again by {@link #askAgain}. */
  void refused(StreamService service, String key) {
    if (of(service).keys.contains(key)) {
      of(service).refused.add(key);
      unsettled = true;
    }
  }

  /** Schwab did not take a change of keys that it streams; it is due again as refused keys are. */
  void refused(Subscription command) {
    Asked state = of(command.service());
    switch (command.verb()) {
      case UNSUBS -> state.keys.addAll(command.keys());
      case VIEW -> state.fields = "";
      case SUBS, ADD -> {}
    }
    unsettled = true;
  }

  /** Whether something was refused and not asked for again since. */
  boolean isUnsettled() {
    return unsettled;
  }

  /** Makes everything due again that was refused: what stood in its way may have passed. */
  void askAgain() {
    for (Asked state : asked.values()) {
      state.keys.removeAll(state.refused);
      state.refused.clear();
    }
    unsettled = false;
    seenVersion = NEVER;
  }

  boolean wants(StreamService service, String key) {
    return of(service).keys.contains(key);
  }

  /** Asks anew for everything whose state may lack a change. */
  void repair() {
    for (StreamService service : StreamService.values()) {
      if (service.isRepairedByImages()) {
        of(service).keys.clear();
        of(service).refused.clear();
      }
    }
    seenVersion = NEVER;
  }

  /** Asks anew for these keys, so that their images come again. */
  void repair(StreamService service, Set<String> keys) {
    of(service).keys.removeAll(keys);
    of(service).refused.removeAll(keys);
    seenVersion = NEVER;
  }

  /** Whether Schwab has confirmed that it streams something of the service. */
  boolean isConfirmed(StreamService service) {
    Asked state = of(service);
    return state.confirmed && !state.keys.isEmpty();
  }

  long confirmedNanos(StreamService service) {
    return of(service).confirmedNanos;
  }

  private Asked of(StreamService service) {
    return asked.computeIfAbsent(service, _ -> new Asked());
  }
}
