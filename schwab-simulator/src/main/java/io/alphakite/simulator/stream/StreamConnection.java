package io.alphakite.simulator.stream;

import io.alphakite.simulator.fault.FaultDials;
import io.alphakite.simulator.market.Market;
import io.alphakite.simulator.market.TickerState;
import io.alphakite.simulator.market.option.OptionMarket;
import io.alphakite.simulator.settings.StreamSettings;
import io.alphakite.simulator.stream.Outbox.Outgoing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * One client's WebSocket: its subscriptions (guarded by the market's lock) and its outbox, which a
 * thread of its own writes to the socket, blocking as long as the client does not read.
 */
final class StreamConnection {
  private static final Logger log = LoggerFactory.getLogger(StreamConnection.class);

  private final WebSocketSession session;
  private final Outbox outbox = new Outbox();
  private final FrameFaults faults;
  private final DataFrame frame;
  private final InstantSource wall;
  private final Map<Service, Feed> feeds = new EnumMap<>(Service.class);
  private final EquityFeed equities;
  private final ChartFeed charts;
  private final OptionFeed options;
  private final OptionFeed optionBooks;
  private long due = Feed.NEVER;
  private volatile Silence silence = Silence.NONE;
  private volatile long silentUntil;
  private volatile CloseStatus closeStatus = CloseStatus.NORMAL;
  private volatile boolean cut;

  /** Set once the login has been answered; guarded by the market's lock like all below. */
  boolean loggedIn;

  /** The access token of the login. */
  String token = "";

  String correlId = "";

  /** The account activity subscribed to. */
  AccountActivity.@Nullable Subscription account;

  /** Wall nanoseconds since when nothing has been subscribed. */
  long emptySince = System.nanoTime();

  /** Wall nanoseconds until which a slow command is under way. */
  long busyUntil = emptySince;

  StreamConnection(
      WebSocketSession session,
      Market market,
      OptionMarket options,
      StreamSettings settings,
      FaultDials dials,
      InstantSource wall) {
    this.session = session;
    this.wall = wall;
    this.faults = new FrameFaults(dials, this::add);
    this.frame = new DataFrame(this::data, new ItemFaults(dials), faults);
    this.equities = new EquityFeed(market, settings.sizesInLots(), dials);
    this.options = new OptionFeed(Service.LEVELONE_OPTIONS, options, dials);
    this.optionBooks = new OptionFeed(Service.OPTIONS_BOOK, options, dials);
    this.charts = new ChartFeed(market, settings.documentedChart(), dials);
    for (Service service : Service.values()) {
      feeds.put(
          service,
          switch (service) {
            case LEVELONE_EQUITIES -> equities;
            case CHART_EQUITY -> charts;
            case NYSE_BOOK, NASDAQ_BOOK -> new BookFeed(service, market);
            case LEVELONE_OPTIONS -> this.options;
            case OPTIONS_BOOK -> optionBooks;
            case SCREENER_EQUITY, SCREENER_OPTION -> new ScreenerFeed(service, market, options);
            case LEVELONE_FUTURES,
                LEVELONE_FUTURES_OPTIONS,
                LEVELONE_FOREX,
                CHART_FUTURES,
                ACCT_ACTIVITY ->
                new Feed(service);
          });
    }
    Thread.ofVirtual().name("streamer-out").start(this::write);
  }

  boolean isEmpty() {
    return account == null && feeds.values().stream().allMatch(feed -> feed.keys().isEmpty());
  }

  Feed feed(Service service) {
    Feed feed = feeds.get(service);
    if (feed == null) {
      throw new IllegalStateException("no feed of " + service);
    }
    return feed;
  }

  /** How many keys all SUBS and ADD have brought, and all UNSUBS have taken. */
  long[] changes() {
    return new long[] {
      feeds.values().stream().mapToLong(Feed::subscribed).sum(),
      feeds.values().stream().mapToLong(Feed::unsubscribed).sum()
    };
  }

  /** Every key of every service once, level one of shares first. */
  Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>();
    feeds.values().forEach(feed -> keys.addAll(feed.keys()));
    return keys;
  }

  /** To be called after subscriptions have changed. */
  void subscribed() {
    due = Feed.NEVER;
    for (Feed feed : feeds.values()) {
      due = Math.min(due, feed.due());
    }
  }

  /** Puts the first items of keys into frames and sends them. */
  void images(Feed feed, Iterable<String> keys, long now) {
    keys.forEach(key -> feed.image(key, frame, now));
    frame.flush();
  }

  /** Puts what changed of a ticker into the frame under construction. */
  void changed(TickerState ticker, long now) {
    equities.delta(ticker, frame, now);
  }

  void markChanged(TickerState ticker) {
    equities.mark(ticker);
  }

  /** An underlying's options have new quotes. */
  void optionsMoved(String underlying, long now) {
    options.moved(underlying, frame, now);
    optionBooks.moved(underlying, frame, now);
  }

  /** Everything that changed since the last batch. */
  void batch(long now) {
    equities.batch(frame, now);
    frame.flush();
  }

  void sessionStarted(long now) {
    charts.sessionStarted(frame, now);
    equities.all(frame, now);
    frame.flush();
    subscribed();
  }

  /** Says what the market's time has made due. */
  void timeIs(long now) {
    if (now >= due) {
      due = Feed.NEVER;
      for (Feed feed : feeds.values()) {
        if (feed.due() <= now) {
          feed.run(frame, now);
        }
        due = Math.min(due, feed.due());
      }
    }
  }

  /** Sends the frame under construction, if it holds anything. */
  void flush() {
    frame.flush();
  }

  /** Sends an answer or a notice, in order with everything sent before; never blocks. */
  void send(String text) {
    if (silence != Silence.ALL) {
      add(new Outgoing.Text(text));
    }
  }

  /** Sends a data frame of a service, or what faults make of it. */
  void data(String text, Service service) {
    if (silence == Silence.NONE) {
      faults.send(text, service.name(), wall.millis());
    }
  }

  /** Sends a heartbeat and what was held back for a next frame that has not come. */
  void heartbeat(long wallMillis) {
    send("{\"notify\":[{\"heartbeat\":\"" + wallMillis + "\"}]}");
    faults.release();
  }

  /** What comes next is sent so much later. */
  void pause(Duration time) {
    add(new Outgoing.Pause(time));
  }

  private void add(Outgoing outgoing) {
    if (!outbox.add(outgoing)) {
      log.atWarn()
          .addKeyValue("event", "stream.overflow")
          .log("A client that reads nothing is cut off");
      abort(CloseStatus.SESSION_NOT_RELIABLE);
    }
  }

  /** What a connection keeps to itself. */
  enum Silence {
    NONE,
    /** Heartbeats and answers go on. */
    DATA,
    ALL
  }

  /**
   * Nothing of a kind is sent from now on; what would have been is lost.
   *
   * @param untilNanos wall nanoseconds
   */
  void silent(Silence kind, long untilNanos) {
    silence = kind;
    silentUntil = untilNanos;
  }

  /** Ends a silence whose time has passed. */
  void clock(long nanos) {
    if (silence != Silence.NONE && nanos - silentUntil >= 0) {
      silence = Silence.NONE;
    }
  }

  void awaitRoom() throws InterruptedException {
    outbox.awaitRoom();
  }

  /** Delivers what waits, then closes. */
  void finish(CloseStatus status) {
    closeStatus = status;
    outbox.end();
  }

  /** Closes at once; what waits is lost. */
  void abort(CloseStatus status) {
    closeStatus = status;
    outbox.close();
    Thread.ofVirtual().start(this::closeSession);
  }

  /** Cuts the socket without a close frame; what waits is lost. */
  void cut() {
    cut = true;
    outbox.close();
    Thread.ofVirtual().start(this::closeSession);
  }

  /** The socket is gone. */
  void closed() {
    outbox.close();
  }

  private void write() {
    try {
      for (Outgoing next = outbox.take(); next != null; next = outbox.take()) {
        switch (next) {
          case Outgoing.Text(String text) -> session.sendMessage(new TextMessage(text));
          case Outgoing.Binary(String text) ->
              session.sendMessage(new BinaryMessage(text.getBytes(StandardCharsets.UTF_8)));
          case Outgoing.Pause(var time) -> outbox.pause(time);
        }
      }
    } catch (IOException | IllegalStateException e) {
      log.atDebug().addKeyValue("event", "stream.broken").setCause(e).log("Client went away");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      outbox.close();
      closeSession();
    }
  }

  private void closeSession() {
    try {
      if (cut) {
        AbruptEnd.of(session);
      }
      session.close(closeStatus);
    } catch (IOException e) {
      log.atDebug().addKeyValue("event", "stream.close").setCause(e).log("Closing failed");
    }
  }
}
