package io.alphakite.streaming.watch;

import io.alphakite.schwab.stream.DataExpectation;
import io.alphakite.schwab.stream.Quarantined;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.stream.StreamService;
import io.alphakite.schwab.stream.StreamStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stream with the watch beside it: what is pulled passes by the watch, and a feed that it finds
 * dead or mute is given up for a new connection.
 */
public final class WatchedStream implements SchwabStream {

  private final SchwabStream stream;
  private final FeedWatch watch;
  private final DataExpectation patience;
  private volatile boolean keysChanged;

  /** The watch is driven by whoever pulls from here. */
  public WatchedStream(SchwabStream stream, FeedWatch watch, WatchSettings settings) {
    this.stream = stream;
    this.watch = watch;
    Duration left = settings.reconnectAfter().minus(settings.staleAfter());
    Duration limit = left.isPositive() ? left : Duration.ofMillis(1);
    this.patience = new DataExpectation(limit, limit);
  }

  @Override
  public @Nullable StreamEvent next(Duration timeout) throws InterruptedException {
    StreamEvent event = stream.next(timeout);
    if (event != null) {
      watch.saw(event);
    }
    look();
    return event;
  }

  @Override
  public int drain(Collection<? super StreamEvent> into, int max) {
    List<StreamEvent> drained = new ArrayList<>();
    int count = stream.drain(drained, max);
    for (StreamEvent event : drained) {
      watch.saw(event);
    }
    into.addAll(drained);
    look();
    return count;
  }

  private void look() {
    if (keysChanged) {
      keysChanged = false;
      watch.keep(stream.wanted(StreamService.LEVELONE_EQUITIES));
    }
    watch.look();
    switch (watch.report().state()) {
      case MUTE_FEED, DEAD_SOCKET -> stream.expectData(StreamService.LEVELONE_EQUITIES, patience);
      default -> stream.expectNoData(StreamService.LEVELONE_EQUITIES);
    }
  }

  @Override
  public void start() {
    stream.start();
  }

  @Override
  public void subscribe(StreamService service, Collection<String> keys) {
    stream.subscribe(service, keys);
  }

  @Override
  public void unsubscribe(StreamService service, Collection<String> keys) {
    stream.unsubscribe(service, keys);
    keysChanged = true;
  }

  @Override
  public void replace(StreamService service, Collection<String> keys) {
    stream.replace(service, keys);
    keysChanged = true;
  }

  @Override
  public void view(StreamService service, Collection<Integer> fields) {
    stream.view(service, fields);
  }

  @Override
  public Set<String> wanted(StreamService service) {
    return stream.wanted(service);
  }

  /** The watch's own matter: it knows the hours and what is liquid. */
  @Override
  public void expectData(StreamService service, DataExpectation expectation) {
    if (service != StreamService.LEVELONE_EQUITIES) {
      stream.expectData(service, expectation);
    }
  }

  @Override
  public void expectNoData(StreamService service) {
    if (service != StreamService.LEVELONE_EQUITIES) {
      stream.expectNoData(service);
    }
  }

  @Override
  public StreamStats stats() {
    return stream.stats();
  }

  @Override
  public List<Quarantined> quarantined() {
    return stream.quarantined();
  }

  @Override
  public Optional<Duration> clockSkew() {
    return stream.clockSkew();
  }

  @Override
  public void close() {
    stream.close();
  }
}
