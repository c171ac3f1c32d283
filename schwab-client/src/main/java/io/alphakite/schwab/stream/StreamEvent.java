package io.alphakite.schwab.stream;

import io.alphakite.model.market.Ticker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the streamer has to say, in the order of arrival. A generation is one connection: its events
 * stand between its {@link Connected} and its {@link Disconnected}.
 */
public sealed interface StreamEvent {

  /** Logged in; subscriptions follow. Nothing known from an older generation holds any more. */
  record Connected(long generation, Instant at) implements StreamEvent {}

  /**
   * The connection is gone; another will be tried. A generation that never logged in ends so too.
   */
  record Disconnected(long generation, String reason, Instant at) implements StreamEvent {}

  /** No further connection will be tried until {@link SchwabStream#start} is called again. */
  record Stopped(Cause cause, String reason, Instant at) implements StreamEvent {

    /** Why it gave up. */
    public enum Cause {
      /**
       * Another login of the same user took the connection over, twice in a short time (code 12).
       */
      TAKEN_OVER,
      /** Schwab denied the login again and again although each token was fresh (code 3). */
      LOGIN_DENIED
    }
  }

  /**
   * One content item of LEVELONE_EQUITIES; none is left out or merged with another.
   *
   * @param image the symbol as it stands after this item
   * @param first whether this item is the full image that starts the symbol on this connection
   * @param carried the field numbers present in this very item, as bits (bit 8 = field 8)
   * @param serverTime the frame's time of sending
   */
  record EquityUpdate(
      long generation,
      Ticker ticker,
      LevelOneEquity image,
      boolean first,
      long carried,
      Instant serverTime)
      implements StreamEvent {

    /** Whether this item carried the field (an explicit null included). */
    public boolean carries(int field) {
      return (carried & (1L << field)) != 0;
    }
  }

  /**
   * One item of ACCT_ACTIVITY: a wake-up, not the truth. Items may be repeated, replayed or
   * missing.
   *
   * @param seq restarts with each subscription
   * @param account plain account number, empty in notices; never log it
   * @param messageType for instance {@code OrderFillCompleted}; empty for notices
   * @param payload JSON as text, plain text, or empty
   */
  record AccountActivity(
      long generation,
      @Nullable Long seq,
      String account,
      String messageType,
      String payload,
      Instant serverTime)
      implements StreamEvent {
    @Override
    public String toString() {
      return "AccountActivity[generation=%d, seq=%s, messageType=%s, serverTime=%s]"
          .formatted(generation, seq, messageType, serverTime);
    }
  }

  /** The streamer's sign of life, about every ten seconds, with its own time. */
  record Heartbeat(long generation, Instant at) implements StreamEvent {}

  /**
   * The streamer did not confirm this symbol.
   *
   * @param ticker null when it is account activity that was refused
   * @param code the streamer's response code; 19 is its symbol limit
   */
  record SubscriptionRefused(long generation, @Nullable Ticker ticker, int code, String message)
      implements StreamEvent {}
}
