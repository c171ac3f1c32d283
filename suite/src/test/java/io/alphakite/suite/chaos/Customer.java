package io.alphakite.suite.chaos;

import io.alphakite.suite.chaos.Stack.Answer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who asks for trades over REST and asks again, with the same key, until there is an
 * answer. No two orders say the same, so that each request at the broker has one owner.
 */
final class Customer {
  private static final long PAUSE_MS = 500;
  private static final int CANCEL_AFTER = 10;

  /** What one ticker is asked at: above the market to buy, below it to sell, far below to rest. */
  private record Prices(String ticker, int buy, int sell, int rest, int steps) {}

  // Of the recorded 2013-10-08, in cents.
  private static final List<Prices> PRICES =
      List.of(
          new Prices("SPY", 17_100, 16_200, 15_200, 500),
          new Prices("IBM", 18_700, 17_900, 16_800, 500),
          new Prices("BAC", 1_420, 1_340, 1_240, 50));

  private final Stack stack;
  private final Thread thread;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Map<String, String> ids = new ConcurrentHashMap<>();
  private final Deque<String> resting = new ArrayDeque<>();
  private volatile @Nullable Throwable failure;

  Customer(Stack stack) {
    this.stack = stack;
    thread = Thread.ofPlatform().daemon().name("customer").start(this::work);
  }

  /** How many trades were answered for. */
  int asked() {
    return ids.size();
  }

  /** Each key that was used, and the id of the trade that the API said it is. */
  Map<String, String> trades() {
    return Map.copyOf(ids);
  }

  /** Stops asking; fails when an answer was not the one to expect. */
  void stop() throws InterruptedException {
    stopping.set(true);
    thread.join();
    Throwable failed = failure;
    if (failed != null) {
      throw new AssertionError("a request was answered wrongly", failed);
    }
  }

  private void work() {
    try {
      for (int i = 0; !stopping.get(); i++) {
        trade(i);
        if (resting.size() > CANCEL_AFTER) {
          untilAnswered("DELETE", "/v1/trades/" + resting.remove(), null, null);
        }
        Thread.sleep(PAUSE_MS);
      }
      while (!resting.isEmpty()) {
        untilAnswered("DELETE", "/v1/trades/" + resting.remove(), null, null);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      failure = e;
    }
  }

  private void trade(int i) throws InterruptedException {
    Prices prices = PRICES.get(i % PRICES.size());
    int number = i / PRICES.size();
    // Two bought, one sold, one left to rest.
    int kind = number % 4;
    int cents = number % prices.steps();
    int price =
        switch (kind) {
          case 0, 1 -> prices.buy() + cents;
          case 2 -> prices.sell() - cents;
          default -> prices.rest() - cents;
        };
    String key = "chaos-" + i;
    String body =
        """
        {"ticker":"%s","side":"%s","quantity":%d,"order_type":"limit","limit_price":"%d.%02d"}"""
            .formatted(
                prices.ticker(),
                kind == 2 ? "sell" : "buy",
                1 + number / prices.steps(),
                price / 100,
                price % 100);
    Answer answer = untilAnswered("POST", "/v1/trades", body, key);
    if (answer.status() != 202) {
      throw new AssertionError(body + " was answered with " + answer);
    }
    String id = answer.body().path("id").asString();
    ids.put(key, id);
    if (kind == 3) {
      resting.add(id);
    }
  }

  /** Asks until there is an answer, as whoever lost the first one must. */
  private Answer untilAnswered(
      String method, String path, @Nullable String body, @Nullable String key)
      throws InterruptedException {
    long end = System.nanoTime() + 180_000_000_000L;
    while (System.nanoTime() < end) {
      Answer answer = stack.ask(method, path, body, key);
      // The first request with this key is still under way; a cancel says so of what is over.
      boolean underWay = answer != null && answer.status() == 409 && key != null;
      if (answer != null && answer.status() != 429 && !underWay) {
        return answer;
      }
      Thread.sleep(100);
    }
    throw new AssertionError(method + " " + path + " was not answered for three minutes");
  }
}
