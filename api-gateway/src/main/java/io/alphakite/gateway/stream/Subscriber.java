package io.alphakite.gateway.stream;

import io.alphakite.gateway.access.Principal;
import io.alphakite.gateway.stream.ChannelLog.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * One client. Its writer, a virtual thread of its own, pulls from the hub's logs at the client's
 * pace, so a slow client holds nothing but a place in each log:
 *
 * <ul>
 *   <li>Prices: whenever the writer is free it takes the newest of each ticker; what was overtaken
 *       meanwhile is dropped and counted.
 *   <li>Every other channel: each message in order. When the log has forgotten what comes next, the
 *       client is closed with 1008, rather than left to believe that it has seen everything.
 *   <li>Answers and snapshots: a queue of at most {@value #REPLIES_MAX}; beyond it, 1008.
 * </ul>
 */
final class Subscriber {
  static final int REPLIES_MAX = 10_000;

  private static final Logger log = LoggerFactory.getLogger(Subscriber.class);
  private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final CloseStatus TOO_SLOW =
      new CloseStatus(CloseStatus.POLICY_VIOLATION.getCode(), "too slow");

  private final CountDownLatch over = new CountDownLatch(1);
  private final WebSocketSession session;
  private final Hub hub;
  private final StreamMessages messages;
  private final BooleanSupplier mayStay;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Deque<String> replies = new ArrayDeque<>();
  private final Map<StreamChannel, Subscription> subscriptions = new EnumMap<>(StreamChannel.class);
  private volatile @Nullable Principal principal;
  private @Nullable CloseStatus closing;
  private boolean woken;
  private long heartbeatAt = System.nanoTime() + HEARTBEAT_NANOS;
  private long lagNanos;
  private long dropped;

  /**
   * A client that has just connected.
   *
   * @param mayStay asked at each heartbeat; false closes the connection
   */
  Subscriber(
      WebSocketSession session,
      Hub hub,
      StreamMessages messages,
      @Nullable Principal principal,
      java.util.function.Predicate<Subscriber> mayStay) {
    this.session = session;
    this.hub = hub;
    this.messages = messages;
    this.principal = principal;
    this.mayStay = () -> mayStay.test(this);
  }

  /** Starts the writer. */
  void start() {
    Thread.ofVirtual().name("stream-" + session.getId()).start(this::write);
  }

  @Nullable Principal principal() {
    return principal;
  }

  void principal(Principal proven) {
    principal = proven;
  }

  void wake() {
    lock.lock();
    try {
      woken = true;
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Queues answers; they go before anything newer. */
  void reply(Collection<String> answers) {
    lock.lock();
    try {
      if (replies.size() + answers.size() > REPLIES_MAX) {
        closing = TOO_SLOW;
      } else {
        replies.addAll(answers);
      }
      woken = true;
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the connection after what is being written. */
  void close(CloseStatus status) {
    lock.lock();
    try {
      if (closing == null) {
        closing = status;
      }
      woken = true;
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Makes several changes without a message of the channels in between. */
  void atomically(Runnable changes) {
    lock.lock();
    try {
      changes.run();
    } finally {
      lock.unlock();
    }
  }

  boolean follows(StreamChannel channel) {
    lock.lock();
    try {
      return subscriptions.containsKey(channel);
    } finally {
      lock.unlock();
    }
  }

  /** The filter of a channel, or null when it is not followed. */
  @Nullable TickerFilter filter(StreamChannel channel) {
    lock.lock();
    try {
      Subscription subscription = subscriptions.get(channel);
      return subscription == null ? null : subscription.filter;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Follows a channel behind this number, or goes on with another filter; the answers go first.
   *
   * @param replay whether every price behind that number is wanted, as long as the log has it
   */
  void follow(StreamChannel channel, TickerFilter filter, long afterSeq, boolean replay) {
    lock.lock();
    try {
      Subscription subscription = new Subscription(filter, afterSeq + 1);
      subscription.replaying = replay;
      if (channel == StreamChannel.PRICES) {
        subscription.counts.putAll(hub.log(channel).counts());
      }
      subscriptions.put(channel, subscription);
    } finally {
      lock.unlock();
    }
  }

  /** Changes the tickers of a channel that is followed. */
  void narrow(StreamChannel channel, TickerFilter filter) {
    lock.lock();
    try {
      Subscription subscription = subscriptions.get(channel);
      if (subscription != null) {
        TickerFilter before = subscription.filter;
        subscription.filter = filter;
        if (channel == StreamChannel.PRICES) {
          // What was not followed until now was not dropped.
          hub.log(channel)
              .counts()
              .forEach(
                  (ticker, count) -> {
                    if (!before.passes(ticker) && filter.passes(ticker)) {
                      subscription.counts.put(ticker, count);
                    }
                  });
        }
      }
    } finally {
      lock.unlock();
    }
  }

  void leave(StreamChannel channel) {
    lock.lock();
    try {
      subscriptions.remove(channel);
    } finally {
      lock.unlock();
    }
  }

  /** The channels followed, by name. */
  List<String> channels() {
    lock.lock();
    try {
      return subscriptions.keySet().stream().map(StreamChannel::wire).toList();
    } finally {
      lock.unlock();
    }
  }

  /** The tickers followed on any channel; "all" stands for those known so far. */
  List<String> tickers() {
    lock.lock();
    try {
      Set<String> tickers = new TreeSet<>();
      subscriptions.forEach(
          (channel, subscription) -> {
            if (channel.perTicker()) {
              tickers.addAll(
                  subscription.filter.all()
                      ? List.of(hub.log(StreamChannel.PRICES).tickers())
                      : subscription.filter.chosen());
            }
          });
      return List.copyOf(tickers);
    } finally {
      lock.unlock();
    }
  }

  private void write() {
    hub.add(this);
    try {
      while (true) {
        String next = next();
        if (next == null) {
          break;
        }
        session.sendMessage(new TextMessage(next));
      }
      session.close(closeStatus());
    } catch (IOException | IllegalStateException e) {
      // The client is gone, or was never able to read: there is nobody to tell.
      log.atDebug().addKeyValue("event", "stream.lost").log("Stream client lost");
      quietly(CloseStatus.SESSION_NOT_RELIABLE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      quietly(CloseStatus.GOING_AWAY);
    } catch (RuntimeException e) {
      log.atError().setCause(e).addKeyValue("event", "stream.failed").log("A stream writer failed");
      quietly(CloseStatus.SERVER_ERROR);
    } finally {
      hub.remove(this);
      over.countDown();
    }
  }

  /** Waits until the last word was sent, no longer than that. */
  void awaitOver(Duration limit) throws InterruptedException {
    boolean _ = over.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  private CloseStatus closeStatus() {
    lock.lock();
    try {
      CloseStatus status = closing == null ? CloseStatus.NORMAL : closing;
      if (status.equals(TOO_SLOW)) {
        log.atWarn().addKeyValue("event", "stream.too_slow").log("A stream client was too slow");
      }
      return status;
    } finally {
      lock.unlock();
    }
  }

  private void quietly(CloseStatus status) {
    try {
      session.close(status);
    } catch (IOException | IllegalStateException e) {
      log.atDebug().addKeyValue("event", "stream.lost").log("Stream client already gone");
    }
  }

  /** The next message to send, waiting for one; null to close. */
  private @Nullable String next() throws InterruptedException {
    while (true) {
      boolean due;
      lock.lock();
      try {
        if (closing != null || !session.isOpen()) {
          return null;
        }
        due = System.nanoTime() - heartbeatAt >= 0;
        if (!due) {
          woken = false;
          String pending = pending();
          if (pending != null || closing != null) {
            return pending;
          }
          if (!woken) {
            long left = heartbeatAt - System.nanoTime();
            long _ = news.awaitNanos(Math.max(1, left));
          }
        }
      } finally {
        lock.unlock();
      }
      if (due) {
        // Asks the database: never under the lock.
        if (!mayStay.getAsBoolean()) {
          close(new CloseStatus(CloseStatus.POLICY_VIOLATION.getCode(), "no longer allowed"));
          return null;
        }
        return heartbeat();
      }
    }
  }

  private String heartbeat() {
    lock.lock();
    try {
      heartbeatAt = System.nanoTime() + HEARTBEAT_NANOS;
      String beat = messages.heartbeat(TimeUnit.NANOSECONDS.toMillis(lagNanos), dropped);
      lagNanos = 0;
      return beat;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable String pending() {
    String reply = replies.poll();
    if (reply != null) {
      return reply;
    }
    Message message = null;
    for (Map.Entry<StreamChannel, Subscription> entry : subscriptions.entrySet()) {
      if (message == null && closing == null && entry.getKey() != StreamChannel.PRICES) {
        message = nextInOrder(hub.log(entry.getKey()), entry.getValue());
      }
    }
    // Prices last: they can be overtaken, the others cannot.
    Subscription prices = subscriptions.get(StreamChannel.PRICES);
    if (message == null && closing == null && prices != null) {
      message = nextPrice(prices);
    }
    if (message == null) {
      return null;
    }
    lagNanos = Math.max(lagNanos, System.nanoTime() - message.publishedNanos());
    return message.json();
  }

  private @Nullable Message nextInOrder(ChannelLog channel, Subscription subscription) {
    long head = channel.head();
    while (subscription.next <= head) {
      Message message = channel.get(subscription.next);
      if (message == null) {
        closing = TOO_SLOW;
        return null;
      }
      subscription.next++;
      if (subscription.filter.passes(message.ticker())) {
        return message;
      }
    }
    return null;
  }

  private @Nullable Message nextPrice(Subscription subscription) {
    ChannelLog prices = hub.log(StreamChannel.PRICES);
    while (subscription.replaying) {
      Message message = prices.get(subscription.next);
      if (message == null) {
        // Caught up, or overtaken: from here on the newest is enough.
        subscription.replaying = false;
      } else {
        subscription.next++;
        if (subscription.filter.passes(message.ticker())) {
          return counted(subscription, message, false);
        }
      }
    }
    Message batched = subscription.batch.poll();
    if (batched == null && prices.head() >= subscription.next) {
      // Taken together and sent in the order of their numbers: nothing older can follow.
      for (Message message : prices.newestAfter(subscription.next - 1)) {
        subscription.next = message.seq() + 1;
        if (subscription.filter.passes(message.ticker())) {
          subscription.batch.add(message);
        }
      }
      batched = subscription.batch.poll();
    }
    return batched == null ? null : counted(subscription, batched, true);
  }

  private Message counted(Subscription subscription, Message message, boolean conflating) {
    Long before = subscription.counts.put(String.valueOf(message.ticker()), message.count());
    if (conflating) {
      dropped += Math.max(0, message.count() - (before == null ? 0 : before) - 1);
    }
    return message;
  }

  /** A place in a channel. */
  private static final class Subscription {
    private final Deque<Message> batch = new ArrayDeque<>();
    private final Map<String, Long> counts = new HashMap<>();
    private TickerFilter filter;
    private long next;
    private boolean replaying;

    Subscription(TickerFilter filter, long next) {
      this.filter = filter;
      this.next = next;
    }
  }
}
