package io.alphakite.schwab.stream;

import io.alphakite.model.market.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The user's one streamer connection, kept up by itself.
 *
 * <p>Events are pulled from a bounded queue. While it is full the socket is not read, so that TCP
 * slows the sender; that is counted, and nothing is dropped. Safe for use by many threads, though
 * one consumer is the rule: several would share the events between them.
 */
public interface SchwabStream extends AutoCloseable {

  /** Connects and stays connected; after a {@link StreamEvent.Stopped} it starts again. */
  void start();

  /**
   * Adds keys to what a service streams, now and on every later connection. The other keys of the
   * service go on undisturbed. What Schwab does not take is told as {@link
   * StreamEvent.SubscriptionRefused}.
   *
   * @throws IllegalArgumentException naming a key that cannot be one; then none is added
   */
  void subscribe(StreamService service, Collection<String> keys);

  /** Takes keys away; some items of theirs may still come. Unknown keys are ignored. */
  void unsubscribe(StreamService service, Collection<String> keys);

  /**
   * Makes these the keys of a service. Only the difference is sent: keys that stay are not
   * disturbed.
   *
   * @throws IllegalArgumentException naming a key that cannot be one; then nothing is changed
   */
  void replace(StreamService service, Collection<String> keys);

  /**
   * Asks for these keys anew on the standing connection: they are taken away and added again, so
   * that their images come again as first ones. The others go on undisturbed. For a key that went
   * silent; keys that are not wanted are ignored, and a later connection asks for all in any case.
   */
  void resubscribe(StreamService service, Collection<String> keys);

  /**
   * Gives the standing connection up for a new one, with the pause that grows with every connection
   * that ends soon. Nothing happens while there is none.
   *
   * @param reason as {@link StreamEvent.Disconnected} tells it
   */
  void reconnect(String reason);

  /**
   * Makes these the fields of all keys of a service, 0 included in any case. On a standing
   * connection a newly asked field comes with its next change.
   *
   * @throws IllegalArgumentException for a field the service does not have
   */
  void view(StreamService service, Collection<Integer> fields);

  /** The keys that are wanted of a service. */
  Set<String> wanted(StreamService service);

  /** Adds symbols to what is streamed, now and on every later connection. */
  default void subscribeEquities(Collection<Ticker> tickers) {
    subscribe(StreamService.LEVELONE_EQUITIES, tickers.stream().map(Ticker::symbol).toList());
  }

  /** Streams account activity of all linked accounts, now and on every later connection. */
  default void subscribeAccountActivity() {
    subscribe(StreamService.ACCT_ACTIVITY, List.of("alpha-kite"));
  }

  /**
   * Says that a service should bring data from now on, as its market is open: silence then becomes
   * {@link StreamEvent.Stale} and, when it lasts, a new connection. Without this only a connection
   * without any frame is given up.
   */
  void expectData(StreamService service, DataExpectation expectation);

  /** Says that a service may be silent, as its market is closed. So it is at the start. */
  void expectNoData(StreamService service);

  /**
   * Takes the next event, waiting for one.
   *
   * @return null when none came in time or the stream is closed
   */
  @Nullable StreamEvent next(Duration timeout) throws InterruptedException;

  /**
   * Moves what is waiting, at most {@code max} events, without waiting.
   *
   * @return how many
   */
  int drain(Collection<? super StreamEvent> into, int max);

  StreamStats stats();

  /** First samples of what Schwab sent and we could not understand; bounded, nothing secret. */
  List<Quarantined> quarantined();

  /** How far the streamer's clock is ahead of ours, from its heartbeats; empty before the first. */
  Optional<Duration> clockSkew();

  /** Logs out and closes; never throws. Events not pulled by then may still be pulled. */
  @Override
  void close();
}
