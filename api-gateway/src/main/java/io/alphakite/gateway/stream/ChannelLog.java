package io.alphakite.gateway.stream;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The newest messages of one channel, numbered from 1 without gaps, and the newest of each ticker.
 * Beyond its capacity the oldest are forgotten. Thread-safe.
 */
final class ChannelLog {
  private final Message[] ring;
  private final Map<String, Message> newest = new HashMap<>();
  private final Map<String, Long> counts = new HashMap<>();
  private long head;

  ChannelLog(int capacity) {
    this.ring = new Message[capacity];
  }

  /**
   * Appends the message that {@code encode} makes of its number.
   *
   * @param ticker whose it is; null for a message of no ticker
   */
  synchronized void append(@Nullable String ticker, LongFunction<String> encode) {
    long seq = head + 1;
    long count = ticker == null ? 0 : counts.merge(ticker, 1L, Long::sum);
    Message message = new Message(seq, ticker, count, encode.apply(seq), System.nanoTime());
    ring[(int) (seq % ring.length)] = message;
    head = seq;
    if (ticker != null) {
      newest.put(ticker, message);
    }
  }

  /** The newest number; 0 before the first message. */
  synchronized long head() {
    return head;
  }

  /** The oldest number still known; one more than the newest when there is none. */
  synchronized long oldest() {
    return Math.max(1, head - ring.length + 1);
  }

  /** The message with this number, or null when it is forgotten or yet to come. */
  synchronized @Nullable Message get(long seq) {
    if (seq < 1 || seq > head || seq <= head - ring.length) {
      return null;
    }
    return ring[(int) (seq % ring.length)];
  }

  /** The newest message of each ticker that has one newer than this number, oldest first. */
  synchronized Message[] newestAfter(long seq) {
    return newest.values().stream()
        .filter(message -> message.seq() > seq)
        .sorted(java.util.Comparator.comparingLong(Message::seq))
        .toArray(Message[]::new);
  }

  /** How many messages each ticker has had. */
  synchronized Map<String, Long> counts() {
    return Map.copyOf(counts);
  }

  /** The tickers that ever had a message, in order. */
  synchronized String[] tickers() {
    String[] tickers = newest.keySet().toArray(String[]::new);
    Arrays.sort(tickers);
    return tickers;
  }

  /**
   * A message, encoded once for everybody.
   *
   * @param count how many its ticker has had, this one included
   */
  record Message(long seq, @Nullable String ticker, long count, String json, long publishedNanos) {}
}
