package io.alphakite.engine.halt;

import io.alphakite.engine.halt.HaltBooks.Change;
import io.alphakite.engine.halt.HaltBooks.Standing;
import io.alphakite.engine.halt.HaltFile.Look;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the halt file and the database of one mind. Either one halts:
 *
 * <ul>
 *   <li>A file that is new here halts the database too, and what works is canceled as by a kill.
 *   <li>A halt in the database alone is written into the file, so that it outlives the database.
 *   <li>What a person has ended in the database, file included, is taken away; a file that came
 *       later stays.
 *   <li>A file that a person took away leaves the database as it is, and comes back while that says
 *       halted.
 * </ul>
 *
 * <p>Of several engines on one database, each with a file of its own, the one that has the account
 * does this. While none has it, one that has a file may halt, and no more.
 *
 * <p>Each order asks the file itself; nothing waits for this. Not thread-safe: one thread works.
 */
public final class HaltWatch {

  /** Stands for a file that cannot be looked for. No person can end it but by mending that. */
  public static final String UNREADABLE = "unreadable";

  /** Who halted, where the database did: its files let a kill's closing orders pass. */
  public static final String KILL_SWITCH = "the kill switch";

  private static final String KILLED = "kill switch";

  private static final Logger log = LoggerFactory.getLogger(HaltWatch.class);
  private static final Change NONE = new Change.None();

  private final HaltFile file;
  private final HaltBooks books;
  private final InstantSource clock;

  /** A watch. */
  public HaltWatch(HaltFile file, HaltBooks books, InstantSource clock) {
    this.file = file;
    this.books = books;
    this.clock = clock;
  }

  /**
   * Looks once, and brings both to one state.
   *
   * @param holder null while this engine has no account
   */
  public void round(HaltBooks.@Nullable Holder holder) {
    if (plan(file.look(), books.standing(holder)) != Plan.REST) {
      books.settle(holder, standing -> act(file.look(), standing));
    }
  }

  /** What is to be done. */
  enum Plan {
    /** Nothing. */
    REST,
    /** A kill is to be written into the file. */
    WRITE,
    /** The file is to be taken away. */
    REMOVE,
    /** The database is to halt, and the orders are to be canceled. */
    HALT,
    /** The database is to show the halt; nothing has to be canceled for it. */
    SHOW,
    /** The database is to show no file any more. */
    FORGET
  }

  static Plan plan(Look look, Standing known) {
    Plan wanted = wanted(look, known);
    return switch (known.part()) {
      case TRADER -> wanted;
      case OTHER -> Plan.REST;
      case ALONE ->
          wanted == Plan.FORGET
                  || (known.halted() && known.shown() != null && wanted != Plan.REMOVE)
              ? Plan.REST
              : wanted;
    };
  }

  private static Plan wanted(Look look, Standing known) {
    return switch (look) {
      case Look.Clear() -> {
        if (known.shown() != null) {
          yield Plan.FORGET;
        }
        yield known.halted() ? Plan.WRITE : Plan.REST;
      }
      case Look.Halted(Halt halt) -> {
        if (halt.id().equals(known.cleared())) {
          yield Plan.REMOVE;
        }
        boolean shown = halt.id().equals(known.shown());
        if (shown && known.halted()) {
          yield Plan.REST;
        }
        yield shown || halt.command() != null ? Plan.SHOW : Plan.HALT;
      }
      case Look.Unreadable _ ->
          known.halted() && UNREADABLE.equals(known.shown()) ? Plan.REST : Plan.SHOW;
    };
  }

  private Change act(Look look, Standing known) {
    return switch (plan(look, known)) {
      case REST -> NONE;
      case WRITE -> write(known);
      case REMOVE -> remove(look);
      case HALT -> new Change.Halted(told(look), true);
      case SHOW -> new Change.Halted(told(look), false);
      case FORGET -> new Change.Gone();
    };
  }

  private Change write(Standing known) {
    String reason = known.reason() == null || known.reason().equals(KILLED) ? "" : known.reason();
    try {
      String problem = file.write(clock.instant(), KILL_SWITCH, reason, known.kill());
      if (problem != null) {
        log.atError()
            .addKeyValue("event", "halt.file_incomplete")
            .log("The halt file halts, but was not written whole: {}", problem);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the halt cannot be written into " + file, e);
    }
    return new Change.Halted(told(file.look()), false);
  }

  private Halt told(Look look) {
    Halt halt =
        look instanceof Look.Halted(Halt there)
            ? there
            : new Halt(
                UNREADABLE,
                clock.instant(),
                "the trading engine",
                look instanceof Look.Unreadable(String why) ? why : "the halt file is gone again",
                null);
    log.atWarn().addKeyValue("event", "halt.file_seen").log("The halt file: {}", halt.told());
    return halt;
  }

  private Change remove(Look look) {
    try {
      if (!(look instanceof Look.Halted(Halt halt)) || !file.clear(halt.id())) {
        return NONE;
      }
    } catch (IOException e) {
      log.atError()
          .addKeyValue("event", "halt.file_stays")
          .setCause(e)
          .log("The halt file {} cannot be taken away: trading stays halted", file);
      return new Change.Halted(told(look), false);
    }
    log.atInfo().addKeyValue("event", "halt.file_cleared").log("The halt file is gone");
    return new Change.Gone();
  }
}
