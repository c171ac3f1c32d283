package io.alphakite.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.alphakite.engine.PostgresBooks;
import io.alphakite.platform.notification.Channel;
import io.alphakite.platform.notification.Notifications;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class LoopTest {

  private static final PostgresBooks BOOKS = new PostgresBooks();

  private final BlockingQueue<Long> asked = new LinkedBlockingQueue<>();
  private final BlockingQueue<Long> rounds = new LinkedBlockingQueue<>();

  @AfterAll
  static void drop() {
    BOOKS.close();
  }

  @Test
  void roundThatCanWaitLeavesTheProcessorsToANewTrade() throws Exception {
    CountDownLatch listening = new CountDownLatch(1);
    try (Notifications notifications = new Notifications(BOOKS::connect, "test");
        AutoCloseable _ =
            notifications.listen(
                Channel.TRADE_REQUESTS,
                payload -> {
                  if (!payload.isEmpty()) {
                    asked.add(System.nanoTime());
                  }
                });
        Loop loop =
            new Loop("test", Duration.ZERO, this::round, failure -> {})
                .givingWayToTrades(notifications);
        AutoCloseable _ =
            notifications.listen(
                Channel.TRADE_REQUESTS,
                payload -> {
                  if (payload.isEmpty()) {
                    listening.countDown();
                  } else {
                    loop.wake();
                  }
                })) {
      loop.start();
      assertThat(rounds.poll(10, TimeUnit.SECONDS)).as("the first round").isNotNull();
      assertThat(listening.await(10, TimeUnit.SECONDS)).as("listening").isTrue();
      BOOKS.execute("NOTIFY trade_requests, 'a trade'");
      Long trade = asked.poll(10, TimeUnit.SECONDS);
      Long round = rounds.poll(10, TimeUnit.SECONDS);
      assertThat(trade).as("the trade was heard").isNotNull();
      assertThat(round).as("a round after it").isNotNull();
      assertThat(Duration.ofNanos(round - trade)).isGreaterThanOrEqualTo(Duration.ofMillis(20));
    }
  }

  private Duration round() {
    rounds.add(System.nanoTime());
    return Duration.ofMinutes(1);
  }
}
