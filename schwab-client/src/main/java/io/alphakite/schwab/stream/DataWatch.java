package io.alphakite.schwab.stream;

import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges one connection's liveness on its data: says when a service falls silent that should not,
 * and when data comes again. Belongs to the stream's own thread.
 */
final class DataWatch {

  private final Connection connection;
  private final Subscriptions subscriptions;
  private final Expectations expectations;
  private final EventQueue queue;
  private final Counters counters;
  private final InstantSource clock;
  private final Map<StreamService, Long> staleSince = new EnumMap<>(StreamService.class);

  DataWatch(
      Connection connection,
      Subscriptions subscriptions,
      Expectations expectations,
      EventQueue queue,
      Counters counters,
      InstantSource clock) {
    this.connection = connection;
    this.subscriptions = subscriptions;
    this.expectations = expectations;
    this.queue = queue;
    this.counters = counters;
    this.clock = clock;
  }

  /** Why the connection should be given up; null while there is no reason. */
  @Nullable String check(long now) {
    tellFresh();
    for (Map.Entry<StreamService, Expectations.Expected> entry :
        expectations.current().entrySet()) {
      StreamService service = entry.getKey();
      if (!subscriptions.isConfirmed(service)) {
        continue;
      }
      DataExpectation limits = entry.getValue().limits();
      long silence = silence(service, entry.getValue().sinceNanos(), now);
      if (silence >= limits.staleAfter().toNanos() && !staleSince.containsKey(service)) {
        staleSince.put(service, now);
        counters.staleSpells.increment();
        queue.put(
            new StreamEvent.Stale(
                connection.generation, service, Duration.ofNanos(silence), clock.instant()));
      }
      if (silence >= limits.reconnectAfter().toNanos()) {
        return "no data of %s for %d s".formatted(service, limits.reconnectAfter().toSeconds());
      }
    }
    return null;
  }

  /** Our own slowness is not the streamer's silence, nor is what nobody could have sent yet. */
  private long silence(StreamService service, long expectedSince, long now) {
    long silence = Math.min(now - expectedSince, now - subscriptions.confirmedNanos(service));
    if (connection.hadData(service)) {
      silence = Math.min(silence, now - connection.lastDataNanos(service));
    }
    return connection.unheldNanosSince(now - silence, now);
  }

  private void tellFresh() {
    staleSince
        .entrySet()
        .removeIf(
            stale -> {
              StreamService service = stale.getKey();
              boolean fresh =
                  connection.hadData(service)
                      && connection.lastDataNanos(service) - stale.getValue() > 0;
              if (fresh) {
                queue.put(new StreamEvent.Fresh(connection.generation, service, clock.instant()));
              }
              return fresh;
            });
  }
}
