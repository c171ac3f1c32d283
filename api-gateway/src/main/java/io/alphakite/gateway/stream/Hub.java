package io.alphakite.gateway.stream;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Between the one feed and the many clients: each message is encoded once into its channel's log,
 * and the clients' writers are woken. Publishing never waits for a client.
 */
@Component
class Hub {
  private final String epoch = UUID.randomUUID().toString();
  private final Map<StreamChannel, ChannelLog> logs = new EnumMap<>(StreamChannel.class);
  private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();

  Hub() {
    for (StreamChannel channel : StreamChannel.values()) {
      logs.put(channel, new ChannelLog(channel.window()));
    }
  }

  /** Names this run of the gateway: numbers are comparable within one epoch only. */
  String epoch() {
    return epoch;
  }

  ChannelLog log(StreamChannel channel) {
    return java.util.Objects.requireNonNull(logs.get(channel));
  }

  /** Appends to a channel; {@link #wake} tells the clients. */
  void publish(StreamChannel channel, @Nullable String ticker, LongFunction<String> encode) {
    log(channel).append(ticker, encode);
  }

  /** Lets every client's writer look at what is new. */
  void wake() {
    for (Subscriber subscriber : subscribers) {
      subscriber.wake();
    }
  }

  void add(Subscriber subscriber) {
    subscribers.add(subscriber);
  }

  void remove(Subscriber subscriber) {
    subscribers.remove(subscriber);
  }

  /** Whether anybody listens to a channel. */
  boolean wanted(StreamChannel channel) {
    for (Subscriber subscriber : subscribers) {
      if (subscriber.follows(channel)) {
        return true;
      }
    }
    return false;
  }

  /** How many clients are connected. */
  int size() {
    return subscribers.size();
  }

  Set<Subscriber> subscribers() {
    return Set.copyOf(subscribers);
  }
}
