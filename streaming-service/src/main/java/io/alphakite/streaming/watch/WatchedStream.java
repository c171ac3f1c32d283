package io.alphakite.streaming.watch;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.DataExpectation;
import io.alphakite.schwab.stream.Quarantined;
import io.alphakite.schwab.stream.SchwabStream;
import io.alphakite.schwab.stream.StreamEvent;
import io.alphakite.schwab.stream.StreamService;
import io.alphakite.schwab.stream.StreamStats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream with the watch beside it: what is pulled passes by the watch, and a feed that it finds
 * dead or mute is given up for a new connection. What is silent while the rest flows is subscribed
 * anew ({@link Remedies}).
 */
public final class WatchedStream implements SchwabStream {

  private static final Logger log = LoggerFactory.getLogger(WatchedStream.class);
  private static final int TICKERS_TOLD = 20;

  private final SchwabStream stream;
  private final FeedWatch watch;
  private final Remedies remedies;
  private final BiConsumer<Ticker, Instant> incomplete;
  private final LongSupplier nanoTime;
  private final AtomicLong resubscribed = new AtomicLong();
  private final AtomicLong reconnected = new AtomicLong();
  private final DataExpectation patience;
  private volatile boolean keysChanged;

  /**
   * The watch is driven by whoever pulls from here.
   *
   * @param incomplete told, before anything is tried, which ticker's stream is not proven complete
   *     from which market time on
   */
  public WatchedStream(
      SchwabStream stream,
      FeedWatch watch,
      WatchSettings settings,
      BiConsumer<Ticker, Instant> incomplete,
      LongSupplier nanoTime) {
    this.stream = stream;
    this.watch = watch;
    this.remedies = new Remedies(settings);
    this.incomplete = incomplete;
    this.nanoTime = nanoTime;
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
      Set<String> wanted = stream.wanted(StreamService.LEVELONE_EQUITIES);
      watch.keep(wanted);
      remedies.keep(wanted);
    }
    boolean judged = watch.look();
    FeedReport report = watch.report();
    switch (report.state()) {
      case MUTE_FEED, DEAD_SOCKET -> stream.expectData(StreamService.LEVELONE_EQUITIES, patience);
      default -> stream.expectNoData(StreamService.LEVELONE_EQUITIES);
    }
    if (judged) {
      remedy(remedies.step(report, nanoTime.getAsLong()));
    }
  }

  private void remedy(Remedies.Step step) {
    step.incomplete().forEach(incomplete);
    if (step.reconnect()) {
      reconnected.incrementAndGet();
      log.atWarn()
          .addKeyValue("event", "feed.partly_mute")
          .log("Several liquid tickers stay silent while others flow: a new connection is made");
      stream.reconnect("several liquid tickers were silent while others flowed");
    } else if (!step.again().isEmpty()) {
      resubscribed.addAndGet(step.again().size());
      log.atWarn()
          .addKeyValue("event", "feed.resubscribed")
          .addKeyValue("tickers", step.again().stream().sorted().limit(TICKERS_TOLD).toList())
          .log("Silent while others flow: subscribed anew");
      stream.resubscribe(
          StreamService.LEVELONE_EQUITIES, step.again().stream().map(Ticker::symbol).toList());
    }
  }

  /** How often a ticker that was silent while others flowed was subscribed anew. */
  public long resubscribed() {
    return resubscribed.get();
  }

  /** How often the connection was given up since several tickers stayed silent. */
  public long reconnected() {
    return reconnected.get();
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
  public void resubscribe(StreamService service, Collection<String> keys) {
    stream.resubscribe(service, keys);
  }

  @Override
  public void reconnect(String reason) {
    stream.reconnect(reason);
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
