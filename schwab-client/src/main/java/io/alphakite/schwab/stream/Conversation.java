package io.alphakite.schwab.stream;

import io.alphakite.schwab.stream.Command.Subscription;
import io.alphakite.schwab.stream.Command.Verb;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said on one connection: the login, then commands one at a time, each after the answer to
 * the one before, until the connection is of no use any more. Belongs to the stream's own thread.
 */
final class Conversation {

  /** Schwab's response codes. */
  static final int LOGIN_DENIED = 3;

  static final int CLOSE_CONNECTION = 12;
  static final int STOP_STREAMING = 30;

  private static final Logger log = LoggerFactory.getLogger(Conversation.class);

  private static final Set<Integer> SUCCESS = Set.of(0, 26, 27, 28, 29);
  private static final int SYMBOL_LIMIT = 19;

  /** After these the connection is of no use. */
  private static final Set<Integer> FATAL =
      Set.of(LOGIN_DENIED, 9, CLOSE_CONNECTION, 20, STOP_STREAMING);

  /** Usually commands that met on the way; they succeed when repeated. */
  private static final Set<Integer> REPEATABLE = Set.of(22, 23, 24, 25);

  private static final int ATTEMPTS_MAX = 4;

  /**
   * A refusal is tried again after the limit of images, then ever more rarely, up to this often.
   */
  private static final int ASK_AGAIN_MAX = 60;

  private static final Duration FAREWELL_LIMIT = Duration.ofSeconds(1);
  private static final long TICK_MILLIS = 250;

  private final Connection connection;
  private final String token;
  private final StreamSettings settings;
  private final EventQueue queue;
  private final Counters counters;
  private final Oddities oddities;
  private final InstantSource clock;
  private final BooleanSupplier closing;
  private final Subscriptions subscriptions;
  private final DataWatch dataWatch;
  private final Deque<Command> waiting = new ArrayDeque<>();
  private final List<Doubt> doubts = new ArrayList<>();
  private final long startNanos = System.nanoTime();
  private boolean loggedIn;
  private long loginNanos;
  private long requestId;
  private @Nullable Command asked;
  private long askedNanos;
  private long repairNanos;
  private boolean repairDue;

  /** Equities that may lack a change, and whose images are to be asked for. */
  private final Set<String> damaged = new HashSet<>();

  /** What was told as refused, so that asking again says it no second time. */
  private final Set<String> told = new HashSet<>();

  private boolean imagesMissing;
  private long imagesMissingNanos;
  private long refusedNanos;
  private long askAgainNanos;

  /**
   * Why a connection ended.
   *
   * @param code the streamer's code; 0 when it gave none
   * @param byStreamer whether it was the streamer's doing
   */
  record End(int code, boolean byStreamer, String reason) {

    private static End of(int code, String message) {
      return new End(code, true, "code " + code + ": " + message);
    }

    private static End ours(String reason) {
      return new End(0, false, reason);
    }
  }

  /** Keys of a partly refused command; after a while those without data count as refused. */
  private record Doubt(
      Subscription command, long sinceNanos, long patienceNanos, int code, String message) {}

  /** What all connections of a stream share. */
  record Shared(
      StreamSettings settings,
      Wanted wanted,
      Expectations expectations,
      EventQueue queue,
      Counters counters,
      Quarantine quarantine,
      InstantSource clock,
      BooleanSupplier closing) {}

  Conversation(Connection connection, String token, Shared shared) {
    this.connection = connection;
    this.token = token;
    this.settings = shared.settings();
    this.queue = shared.queue();
    this.counters = shared.counters();
    this.oddities = new Oddities(counters, shared.quarantine());
    this.clock = shared.clock();
    this.closing = shared.closing();
    this.repairNanos = startNanos - settings.imageLimit().toNanos();
    this.askAgainNanos = settings.imageLimit().toNanos();
    this.subscriptions = new Subscriptions(shared.wanted(), settings.keysPerCommand());
    this.dataWatch =
        new DataWatch(connection, subscriptions, shared.expectations(), queue, counters, clock);
  }

  boolean isLoggedIn() {
    return loggedIn;
  }

  /** When the login was answered; of no meaning before. */
  long loginNanos() {
    return loginNanos;
  }

  End untilEnd() throws InterruptedException {
    while (true) {
      Connection.Signal signal = connection.awaitSignal(TICK_MILLIS);
      End end = signal == null ? null : on(signal);
      if (end == null) {
        end = overdue();
      }
      if (end != null) {
        return end;
      }
      if (closing.getAsBoolean()) {
        if (loggedIn) {
          boolean _ = send(new Command.Logout());
        }
        connection.close();
        awaitFarewell();
        return End.ours("closed");
      }
      if (loggedIn) {
        reportDoubts();
        wantMore();
        String silence = dataWatch.check(System.nanoTime());
        if (silence != null) {
          return End.ours(silence);
        }
      }
      if (!sendNext()) {
        return End.ours("the socket takes nothing more");
      }
    }
  }

  /** A moment for the farewell to reach the streamer, which counts one connection per user. */
  private void awaitFarewell() throws InterruptedException {
    long since = System.nanoTime();
    while (connection.ended() == null && System.nanoTime() - since < FAREWELL_LIMIT.toNanos()) {
      connection.awaitSignal(TICK_MILLIS);
    }
  }

  private @Nullable End on(Connection.Signal signal) {
    return switch (signal) {
      case Connection.Signal.Opened() -> {
        waiting.add(new Command.Login(token, connection.info));
        yield null;
      }
      case Connection.Signal.Answered(String id, int code, String message) ->
          answered(id, code, message);
      case Connection.Signal.Noticed(int code, String message) -> {
        log.atInfo()
            .addKeyValue("event", "stream.notice")
            .addKeyValue("code", code)
            .log("Streamer says: {}", message);
        yield FATAL.contains(code) ? End.of(code, message) : null;
      }
      case Connection.Signal.Damaged(var ticker) -> {
        if (ticker == null) {
          repairDue = true;
        } else {
          damaged.add(ticker.symbol());
        }
        yield null;
      }
      case Connection.Signal.Nudge() -> null;
    };
  }

  private @Nullable End answered(String id, int code, String message) {
    Command command = asked;
    if (command == null || !id.equals(Long.toString(requestId))) {
      // An answer to nothing we wait for, unless it says that the connection is at its end.
      oddities.unknownAnswer(code, message);
      return FATAL.contains(code) ? End.of(code, message) : null;
    }
    asked = null;
    if (SUCCESS.contains(code)) {
      succeeded(command);
      return null;
    }
    if (FATAL.contains(code) || command instanceof Command.Login) {
      return End.of(code, message);
    }
    if (command instanceof Subscription subscription) {
      refused(subscription, code, message);
    }
    return null;
  }

  private void succeeded(Command command) {
    switch (command) {
      case Command.Login _ -> {
        loggedIn = true;
        loginNanos = System.nanoTime();
        counters.connections.increment();
        log.atInfo()
            .addKeyValue("event", "stream.connected")
            .addKeyValue("generation", connection.generation)
            .log("Streamer connected");
        queue.put(new StreamEvent.Connected(connection.generation, clock.instant()));
      }
      case Subscription subscription -> {
        subscriptions.confirmed(subscription, System.nanoTime());
        askAgainNanos = settings.imageLimit().toNanos();
        if (subscription.verb() == Verb.UNSUBS) {
          StreamService service = subscription.service();
          Set<String> again = new HashSet<>(subscription.keys());
          again.removeIf(key -> !subscriptions.wants(service, key));
          connection.forget(service, subscription.keys(), again);
        }
      }
      case Command.Logout _ -> {}
    }
  }

  private void refused(Subscription command, int code, String message) {
    if (REPEATABLE.contains(code) && command.attempt() + 1 < ATTEMPTS_MAX) {
      waiting.addFirst(command.again());
      return;
    }
    switch (command.verb()) {
      case SUBS, ADD -> {
        boolean partly = code == SYMBOL_LIMIT;
        if (partly) {
          subscriptions.confirmed(command, System.nanoTime());
        }
        // With code 19 the rest is streamed, but Schwab does not say which: an image tells.
        long patience = partly ? settings.imageLimit().toNanos() : 0;
        doubts.add(new Doubt(command, System.nanoTime(), patience, code, message));
      }
      case UNSUBS, VIEW -> {
        subscriptions.refused(command);
        refusedNanos = System.nanoTime();
        log.atWarn()
            .addKeyValue("event", "stream.command_refused")
            .addKeyValue("service", command.service())
            .addKeyValue("code", code)
            .log("{} was refused: {}", command.verb(), message);
      }
    }
  }

  private void reportDoubts() {
    long now = System.nanoTime();
    for (Doubt doubt : List.copyOf(doubts)) {
      if (connection.unheldNanosSince(doubt.sinceNanos(), now) < doubt.patienceNanos()) {
        continue;
      }
      doubts.remove(doubt);
      StreamService service = doubt.command().service();
      List<String> missing =
          doubt.command().keys().stream()
              .filter(key -> subscriptions.wants(service, key))
              .filter(key -> doubt.code() != SYMBOL_LIMIT || !connection.seen(service, key))
              .toList();
      missing.forEach(key -> subscriptions.refused(service, key));
      refusedNanos = now;
      report(
          service,
          missing.stream().filter(key -> told.add(service + " " + key)).toList(),
          doubt.code(),
          doubt.message());
    }
  }

  private void report(StreamService service, List<String> keys, int code, String message) {
    if (keys.isEmpty()) {
      return;
    }
    log.atWarn()
        .addKeyValue("event", "stream.subscription_refused")
        .addKeyValue("service", service)
        .addKeyValue("keys", keys.size())
        .addKeyValue("code", code)
        .log("Not streamed: {}", message);
    for (String key : keys) {
      queue.put(
          new StreamEvent.SubscriptionRefused(connection.generation, service, key, code, message));
    }
  }

  /** Silence, or a command without an answer. Neither counts while our own consumer is behind. */
  private @Nullable End overdue() {
    String ended = connection.ended();
    if (ended != null) {
      // What it said before its end may tell why.
      return connection.isHeard() ? new End(0, true, ended) : null;
    }
    String givenUp = connection.givenUp();
    if (givenUp != null) {
      return End.ours(givenUp);
    }
    long now = System.nanoTime();
    if (connection.silentNanos(now) > settings.silenceLimit().toNanos()) {
      return End.ours("no frame for " + settings.silenceLimit().toSeconds() + " s");
    }
    long limit = settings.answerLimit().toNanos();
    if (asked == null && !loggedIn && now - startNanos > limit) {
      return End.ours("the socket did not open in time");
    }
    if (asked != null && connection.unheldNanosSince(askedNanos, now) > limit) {
      return End.ours("no answer to a command in time");
    }
    return null;
  }

  /** Commands are made when those before are done, so that quick changes of mind become one. */
  private void wantMore() {
    if (asked != null || !waiting.isEmpty()) {
      return;
    }
    boolean due = repairDue || !damaged.isEmpty();
    if (due && System.nanoTime() - repairNanos >= settings.imageLimit().toNanos()) {
      // A lost change would stay lost until the field changes again: ask for new images.
      repairNanos = System.nanoTime();
      if (repairDue) {
        subscriptions.repair();
      } else {
        subscriptions.repair(StreamService.LEVELONE_EQUITIES, damaged);
      }
      repairDue = false;
      damaged.clear();
    }
    askForMissingImages();
    if (subscriptions.isUnsettled() && System.nanoTime() - refusedNanos >= askAgainNanos) {
      subscriptions.askAgain();
      askAgainNanos = Math.min(2 * askAgainNanos, ASK_AGAIN_MAX * settings.imageLimit().toNanos());
    }
    List<Subscriptions.TooMany> tooMany = new ArrayList<>();
    waiting.addAll(subscriptions.due(tooMany));
    for (Subscriptions.TooMany beyond : tooMany) {
      report(
          beyond.service(),
          beyond.keys(),
          SYMBOL_LIMIT,
          "beyond the %d keys of %s".formatted(beyond.service().keysMax(), beyond.service()));
    }
  }

  /** An image that was lost on the way does not come by itself, and no change makes up for it. */
  private void askForMissingImages() {
    Map<StreamService, Set<String>> imageless = new EnumMap<>(StreamService.class);
    for (StreamService service : StreamService.values()) {
      Set<String> keys = new HashSet<>(connection.imageless(service));
      keys.removeIf(key -> !subscriptions.wants(service, key));
      if (!keys.isEmpty()) {
        imageless.put(service, keys);
      }
    }
    long now = System.nanoTime();
    if (imageless.isEmpty() || !imagesMissing) {
      imagesMissing = !imageless.isEmpty();
      imagesMissingNanos = now;
    } else if (connection.unheldNanosSince(imagesMissingNanos, now)
        >= settings.imageLimit().toNanos()) {
      imagesMissing = false;
      imageless.forEach(
          (service, keys) -> {
            log.atWarn()
                .addKeyValue("event", "stream.images_missing")
                .addKeyValue("service", service)
                .addKeyValue("keys", keys.size())
                .log("Changes came without an image; asking for it again");
            subscriptions.repair(service, keys);
          });
    }
  }

  /** False when the socket is gone. */
  private boolean sendNext() {
    if (asked != null || waiting.isEmpty()) {
      return true;
    }
    Command next = waiting.removeFirst();
    asked = next;
    askedNanos = System.nanoTime();
    // While the streamer says why it ends, the socket takes nothing more.
    return send(next) || !connection.isHeard();
  }

  private boolean send(Command command) {
    requestId++;
    return connection.send(command.frame(requestId, connection.info));
  }
}
