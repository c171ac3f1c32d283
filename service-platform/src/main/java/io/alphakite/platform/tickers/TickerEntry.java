package io.alphakite.platform.tickers;

import io.alphakite.model.market.Ticker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One ticker of the table: what is wanted, and how it stands as the streaming service last said.
 *
 * @param streamed whether it is streamed now
 * @param source whose word counts
 * @param inSetting whether {@code STREAM_TICKERS} named it at the last start
 * @param reason why it is refused or still waits; null when there is nothing to say
 * @param since when it was asked for, or taken away
 */
public record TickerEntry(
    Ticker ticker,
    boolean wanted,
    boolean streamed,
    Status status,
    Source source,
    boolean inSetting,
    @Nullable String reason,
    Instant since) {

  /** How a ticker stands. */
  public enum Status {
    /** Wanted; nothing has come on this connection yet. */
    WAITING,
    /** Wanted, and its data comes. */
    STREAMING,
    /** Wanted, and not streamed; the reason says why. */
    REFUSED,
    /** No longer wanted, and not yet gone; with a reason while something is held in it. */
    LEAVING,
    /** Not wanted. */
    REMOVED
  }

  /** Whose word counts. */
  public enum Source {
    /** {@code STREAM_TICKERS}. */
    SETTING,
    /** Somebody added or removed it while it ran. */
    PERSON
  }
}
