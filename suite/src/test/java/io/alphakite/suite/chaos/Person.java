package io.alphakite.suite.chaos;

import io.alphakite.suite.chaos.Stack.Answer;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Whoever looks at the orders of unknown fate, and says that one is absent once that is shown. */
final class Person {
  private static final long LOOKS_EVERY_MS = 1_000;

  private final Stack stack;
  private final Thread thread;
  private final Set<String> decided = new HashSet<>();
  private volatile boolean stopping;

  Person(Stack stack) {
    this.stack = stack;
    thread = Thread.ofPlatform().daemon().name("person").start(this::work);
  }

  /** How many orders were decided on. */
  int decided() {
    synchronized (decided) {
      return decided.size();
    }
  }

  private void work() {
    try {
      while (!stopping) {
        Answer waiting = stack.ask("GET", "/v1/unresolved", null, null);
        if (waiting != null && waiting.status() == 200) {
          for (JsonNode order : waiting.body().path("items")) {
            if (order.path("may").path("not_placed").asBoolean()) {
              decide(order.path("id").asString());
            }
          }
        }
        Thread.sleep(LOOKS_EVERY_MS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void decide(String id) throws InterruptedException {
    Answer answer =
        stack.ask(
            "POST",
            "/v1/unresolved/" + id + "/resolve",
            "{\"outcome\":\"not_placed\",\"evidence\":\"it is not on the broker's page\"}",
            "person-" + id);
    if (answer != null && answer.status() == 202) {
      synchronized (decided) {
        decided.add(id);
      }
    }
  }

  /** Looks no more. */
  void stop() throws InterruptedException {
    stopping = true;
    thread.join();
  }
}
