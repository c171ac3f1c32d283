package io.alphakite.schwab.stream;

import io.alphakite.model.market.Ticker;
import java.time.Duration;
import java.util.Collection;
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

  /** Adds symbols to what is streamed, now and on every later connection. */
  void subscribeEquities(Collection<Ticker> tickers);

  /** Streams account activity of all linked accounts, now and on every later connection. */
  void subscribeAccountActivity();

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

  /** Logs out and closes; never throws. Events not pulled by then may still be pulled. */
  @Override
  void close();
}
