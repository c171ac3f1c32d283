package io.alphakite.schwab.stream;

import io.alphakite.model.market.OptionSymbol;
import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.stream.activity.ActivityMessage;
import io.alphakite.schwab.stream.activity.ActivityReader;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
   * One content item of LEVELONE_OPTIONS; none is left out or merged with another.
   *
   * @param image the contract as it stands after this item
   * @param first whether this item is the full image that starts the contract on this connection
   * @param carried the field numbers present in this very item, as bits (bit 8 = field 8)
   * @param serverTime the frame's time of sending
   */
  record OptionUpdate(
      long generation, LevelOneOption image, boolean first, long carried, Instant serverTime)
      implements StreamEvent {

    public OptionSymbol symbol() {
      return image.symbol();
    }

    /** Whether this item carried the field (an explicit null included). */
    public boolean carries(int field) {
      return (carried & (1L << field)) != 0;
    }
  }

  /**
   * One content item of LEVELONE_FUTURES, LEVELONE_FUTURES_OPTIONS or LEVELONE_FOREX; none is left
   * out or merged with another.
   *
   * @param image what is known of the key after this item, by field number
   * @param first whether this item starts the key on this connection; Schwab's first is the image
   * @param carried the field numbers present in this very item, as bits (bit 8 = field 8)
   * @param serverTime the frame's time of sending
   */
  record LevelOneUpdate(
      long generation,
      StreamService service,
      String key,
      LevelOneFields image,
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
   * A one-minute bar of CHART_EQUITY or CHART_FUTURES, as it comes: at the subscription the last
   * one published, however old; then each some seconds after its minute; and again when Schwab
   * corrected it, so the newest one of a key and start counts. A minute without trades has none.
   *
   * @param seq counts the messages of this key; null when absent
   * @param minute since 07:00 ET, which is 09:30 at 150; null for futures
   * @param volume may have a fraction
   * @param start of the minute
   * @param serverTime the frame's time of sending
   */
  record BarUpdate(
      long generation,
      StreamService service,
      String key,
      @Nullable Long seq,
      @Nullable Integer minute,
      BigDecimal open,
      BigDecimal high,
      BigDecimal low,
      BigDecimal close,
      BigDecimal volume,
      Instant start,
      Instant serverTime)
      implements StreamEvent {}

  /**
   * An order book as a whole, of NYSE_BOOK, NASDAQ_BOOK or OPTIONS_BOOK.
   *
   * @param time of the snapshot; null when absent
   * @param bids best first, as Schwab sent them
   * @param asks best first, as Schwab sent them
   * @param serverTime the frame's time of sending
   */
  record BookUpdate(
      long generation,
      StreamService service,
      String key,
      @Nullable Instant time,
      List<BookLevel> bids,
      List<BookLevel> asks,
      Instant serverTime)
      implements StreamEvent {
    public BookUpdate {
      bids = List.copyOf(bids);
      asks = List.copyOf(asks);
    }
  }

  /**
   * One price of a book.
   *
   * @param size of all its makers together
   * @param makerCount as Schwab counts them; null when absent
   */
  record BookLevel(BigDecimal price, long size, @Nullable Long makerCount, List<BookMaker> makers) {
    public BookLevel {
      makers = List.copyOf(makers);
    }
  }

  /**
   * A market maker or exchange in a book.
   *
   * @param id in upper or lower case
   * @param sinceMidnight when it quoted, since midnight; null when absent
   */
  record BookMaker(String id, @Nullable Long size, @Nullable Duration sinceMidnight) {}

  /**
   * A list of the day's most moved or traded, of SCREENER_EQUITY or SCREENER_OPTION, as a whole.
   *
   * @param key for instance {@code $SPX_VOLUME_0}
   * @param time of the list; null when absent
   * @param sort as sent
   * @param frequency in minutes, 0 for the whole day; null when absent
   * @param serverTime the frame's time of sending
   */
  record ScreenerUpdate(
      long generation,
      StreamService service,
      String key,
      @Nullable Instant time,
      @Nullable String sort,
      @Nullable Long frequency,
      List<ScreenerItem> items,
      Instant serverTime)
      implements StreamEvent {
    public ScreenerUpdate {
      items = List.copyOf(items);
    }
  }

  /** One line of a screener; null is what it does not carry. */
  record ScreenerItem(
      String symbol,
      @Nullable String description,
      @Nullable BigDecimal lastPrice,
      @Nullable BigDecimal netChange,
      @Nullable BigDecimal netPercentChange,
      @Nullable BigDecimal marketShare,
      @Nullable Long totalVolume,
      @Nullable Long volume,
      @Nullable Long trades) {}

  /**
   * One item of ACCT_ACTIVITY: a wake-up, not the truth. Items may be repeated, replayed or
   * missing.
   *
   * @param seq restarts with each subscription
   * @param account plain account number, empty in notices; never log it
   * @param messageType for instance {@code OrderFillCompleted}; empty for notices
   * @param payload JSON as text, plain text, or empty
   * @param message what the two say
   */
  record AccountActivity(
      long generation,
      @Nullable Long seq,
      String account,
      String messageType,
      String payload,
      ActivityMessage message,
      Instant serverTime)
      implements StreamEvent {

    /** Reads the payload. */
    public AccountActivity(
        long generation,
        @Nullable Long seq,
        String account,
        String messageType,
        String payload,
        Instant serverTime) {
      this(
          generation,
          seq,
          account,
          messageType,
          payload,
          ActivityReader.read(messageType, payload).message(),
          serverTime);
    }

    @Override
    public String toString() {
      return "AccountActivity[generation=%d, seq=%s, messageType=%s, serverTime=%s]"
          .formatted(generation, seq, messageType, serverTime);
    }
  }

  /** The streamer's sign of life, about every ten seconds, with its own time. */
  record Heartbeat(long generation, Instant at) implements StreamEvent {}

  /**
   * The streamer did not confirm this key, or it was not asked for, being beyond {@link
   * StreamService#keysMax}.
   *
   * @param code the streamer's response code; 19 is the symbol limit
   */
  record SubscriptionRefused(
      long generation, StreamService service, String key, int code, String message)
      implements StreamEvent {

    /** An equity that is not streamed. */
    public SubscriptionRefused(long generation, Ticker ticker, int code, String message) {
      this(generation, StreamService.LEVELONE_EQUITIES, ticker.symbol(), code, message);
    }

    /** The equity that is not streamed; null when it is something else. */
    public @Nullable Ticker ticker() {
      return service == StreamService.LEVELONE_EQUITIES ? Ticker.of(key) : null;
    }
  }

  /**
   * What level one brought is not proven complete: a frame could not be read, an item came after
   * one that is newer, or a symbol was subscribed anew. The connection stands, and new images are
   * asked for.
   *
   * @param ticker whose; null for all
   * @param from the trade time from which on it is in doubt; null when it is not known
   * @param withheld whether nothing comes until the new image, which is marked as first; otherwise
   *     changes go on, of which one may have been missed
   */
  record Damaged(long generation, @Nullable Ticker ticker, @Nullable Instant from, boolean withheld)
      implements StreamEvent {}

  /**
   * A service that should bring data brings none, though the connection stands and may even send
   * heartbeats: what is known of its symbols is old. See {@link SchwabStream#expectData}.
   *
   * @param silence for how long
   */
  record Stale(long generation, StreamService service, Duration silence, Instant at)
      implements StreamEvent {}

  /** Data of a service came again after {@link Stale}, on the same connection. */
  record Fresh(long generation, StreamService service, Instant at) implements StreamEvent {}
}
