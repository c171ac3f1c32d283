package io.alphakite.engine.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.PostgresBooks;
import io.alphakite.engine.order.EngineSupersededException;
import io.alphakite.engine.order.OrderStore;
import io.alphakite.engine.torture.StoreHistory.Step;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.transaction.UnexpectedRollbackException;

/**
 * The simulation's store and the real one are asked the same things in the same order: every
 * answer, every refusal and everything that can be read is alike, or what the simulation shows says
 * nothing about PostgreSQL.
 */
class StoreContractTest {

  private static final PostgresBooks REAL = new PostgresBooks();
  private static final int SEEDS = 8;
  private static final int STEPS = 150;
  // What is read is compared after so many steps, and what is answered after each.
  private static final int LOOK_EVERY = 15;
  private static final Set<String> RULES =
      Set.of(
          "guard",
          "order_intents_pkey",
          "order_intents_trade_id_fkey",
          "order_intents_replaces_fkey",
          "order_intents_trade_attempt_uq",
          "order_intents_account_broker_order_uq",
          "order_intents_lane_uq",
          "order_intents_replaces_uq",
          "order_intents_claimed_before_sent",
          "order_intents_doubtful_was_sent",
          "order_intents_followed_by_id",
          "order_events_intent_id_fkey",
          "trade_changes_rejected_says_why",
          "trades_exit_uq",
          "trades_pkey",
          "trades_account_broker_order_uq",
          "trades_rejected_says_why",
          "trades_unprotected_has_bracket");

  private final Set<String> rulesMet = new TreeSet<>();
  private final Set<String> endings = new TreeSet<>();

  /** How an operation ended: with an answer, or refused for one kind of reason. */
  private record Ending(String how, Object answer) {}

  @BeforeAll
  static void quiet() {
    Torture.quiet();
  }

  @AfterAll
  static void drop() {
    REAL.close();
  }

  @Test
  void storesAnswerAlikeAndEveryRefusalIsMet() {
    for (long seed = 0; seed < SEEDS; seed++) {
      history(seed);
    }
    assertThat(rulesMet).containsAll(RULES);
    assertThat(endings).contains("done", "rule", "superseded", "moved", "missing", "aborted");
  }

  @Test
  @Tag("long")
  void storesAnswerAlikeInAHistoryNobodyHasSeen() {
    long seed = ThreadLocalRandom.current().nextInt(1_000_000);
    System.out.println("store contract: seed " + seed);
    history(seed);
  }

  @Test
  @Tag("long")
  void storesAnswerAlikeInAHundredHistories() {
    for (long seed = 1000; seed < 1100; seed++) {
      history(seed);
    }
  }

  private void history(long seed) {
    REAL.clear();
    StoreHistory history = new StoreHistory(seed, REAL);
    List<String> since = new ArrayList<>();
    for (int number = 1; number <= STEPS; number++) {
      Step step = history.next();
      since.add(step.name());
      String where = "seed " + seed + ", step " + number + ": " + since;
      Ending real = end(history.real(), step);
      Ending memory = end(history.memory(), step);
      endings.add(real.how());
      assertThat(memory).as(where).isEqualTo(real);
      if (number % LOOK_EVERY == 0) {
        alike(where, history.realState(), history.memoryState());
        alike(where, history.realJournal(), history.memoryJournal());
        alike(where, history.real().write(history::look), history.memory().write(history::look));
        since.clear();
      }
    }
  }

  private static void alike(String where, List<?> real, List<?> memory) {
    if (!real.equals(memory)) {
      List<Object> only = new ArrayList<>(real);
      only.removeAll(memory);
      List<Object> added = new ArrayList<>(memory);
      added.removeAll(real);
      assertThat(added)
          .as(where + ": what is in memory alone, and in PostgreSQL alone")
          .isEqualTo(only);
      assertThat(memory).as(where).isEqualTo(real);
    }
  }

  private Ending end(OrderStore store, Step step) {
    try {
      return new Ending("done", step.run(store));
    } catch (EngineSupersededException e) {
      return new Ending("superseded", "");
    } catch (StoreHistory.Planted e) {
      return new Ending("rolled back", "");
    } catch (NoSuchElementException | EmptyResultDataAccessException e) {
      return new Ending("missing", "");
    } catch (MemoryBooks.Refused e) {
      return new Ending(
          String.valueOf(e.getMessage()).startsWith("the transaction is") ? "aborted" : "rule", "");
    } catch (RuntimeException e) {
      return refused(e);
    }
  }

  private Ending refused(RuntimeException thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof PSQLException told) {
        ServerErrorMessage message = told.getServerErrorMessage();
        boolean rule = String.valueOf(told.getSQLState()).startsWith("23");
        if (rule && message != null) {
          rulesMet.add(message.getConstraint() == null ? "guard" : message.getConstraint());
        }
        return new Ending(rule ? "rule" : "aborted", "");
      }
      if (cause instanceof SQLException) {
        throw thrown;
      }
    }
    if (thrown instanceof UnexpectedRollbackException) {
      return new Ending("aborted", "");
    }
    if (thrown instanceof IllegalStateException) {
      return new Ending("moved", "");
    }
    throw thrown;
  }

  @Test
  void bothStoresRefuseToWriteWhereTheyOnlyRead() {
    REAL.clear();
    StoreHistory history = new StoreHistory(0, REAL);
    Step write =
        new Step(
            "write while reading",
            store ->
                store.read(
                    ledger -> {
                      ledger.takenOver(Set.of("1"), Instant.EPOCH);
                      return "written";
                    }));
    assertThat(end(history.real(), write).how()).isEqualTo("aborted");
    assertThat(end(history.memory(), write).how()).isEqualTo("aborted");
  }
}
