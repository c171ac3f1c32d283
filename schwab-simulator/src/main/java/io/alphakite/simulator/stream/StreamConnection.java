package io.alphakite.simulator.stream;

import io.alphakite.simulator.market.LevelOne;
import io.alphakite.simulator.market.TickerState;
import java.io.IOException;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * One client's WebSocket: its subscriptions (guarded by the market's lock) and its outbox, which a
 * thread of its own writes to the socket, blocking as long as the client does not read.
 */
final class StreamConnection {
  private static final Logger log = LoggerFactory.getLogger(StreamConnection.class);

  /** Updates per frame at most: some 18 KB. */
  private static final int FRAME_UPDATES = 200;

  private final WebSocketSession session;
  private final Outbox outbox = new Outbox();
  private final Map<String, Subscription> levelOne = new LinkedHashMap<>();

  /** Every key asked for, those without a recording included. */
  private final Set<String> keys = new LinkedHashSet<>();

  private final StringBuilder frame = new StringBuilder(32_768);
  private int updates;
  private volatile CloseStatus closeStatus = CloseStatus.NORMAL;

  /** Set once the login has been answered; guarded by the market's lock like all below. */
  boolean loggedIn;

  String correlId = "";

  /** The client's own key of its account activity subscription. */
  @Nullable String accountKey;

  long accountSequence;

  /** Wall nanoseconds since when nothing has been subscribed. */
  long emptySince;

  StreamConnection(WebSocketSession session, long nanos) {
    this.session = session;
    this.emptySince = nanos;
    Thread.ofVirtual().name("streamer-out").start(this::write);
  }

  String id() {
    return session.getId();
  }

  boolean isEmpty() {
    return keys.isEmpty() && accountKey == null;
  }

  Map<String, Subscription> levelOne() {
    return levelOne;
  }

  Set<String> keys() {
    return keys;
  }

  void subscribe(String key, Optional<TickerState> ticker, BitSet fields) {
    keys.add(key);
    ticker.ifPresent(state -> levelOne.put(key, new Subscription(state, fields)));
  }

  void unsubscribe(String key) {
    keys.remove(key);
    levelOne.remove(key);
  }

  void clear() {
    keys.clear();
    levelOne.clear();
  }

  /** Puts the image of a key into the frame under construction. */
  void image(String symbol, long marketMillis) {
    Subscription subscription = levelOne.get(symbol);
    if (subscription != null) {
      begin(marketMillis);
      subscription.image(frame);
      ended(marketMillis);
    }
  }

  /** Puts what changed of a ticker into the frame under construction. */
  void delta(TickerState ticker, long marketMillis) {
    Subscription subscription = levelOne.get(ticker.symbol());
    if (subscription != null) {
      delta(subscription, marketMillis);
    }
  }

  void markDirty(TickerState ticker) {
    Subscription subscription = levelOne.get(ticker.symbol());
    if (subscription != null) {
      subscription.dirty = true;
    }
  }

  /** Everything that changed since the last batch. */
  void batch(long marketMillis) {
    for (Subscription subscription : levelOne.values()) {
      if (subscription.dirty) {
        delta(subscription, marketMillis);
      }
    }
    flush(marketMillis);
  }

  private void delta(Subscription subscription, long marketMillis) {
    int before = frame.length();
    boolean firstOfFrame = updates == 0;
    begin(marketMillis);
    if (subscription.delta(frame)) {
      ended(marketMillis);
    } else {
      frame.setLength(firstOfFrame ? 0 : before);
    }
  }

  private void begin(long marketMillis) {
    if (updates == 0) {
      frame
          .append("{\"data\":[{\"service\":\"LEVELONE_EQUITIES\",\"timestamp\":")
          .append(marketMillis)
          .append(",\"command\":\"SUBS\",\"content\":[");
    } else {
      frame.append(',');
    }
  }

  private void ended(long marketMillis) {
    updates++;
    if (updates >= FRAME_UPDATES) {
      flush(marketMillis);
    }
  }

  /** Sends the frame under construction, if it holds anything. */
  void flush(long marketMillis) {
    if (updates > 0) {
      send(frame.append("]}]}").toString());
      frame.setLength(0);
      updates = 0;
    }
  }

  /** In order with everything sent before; never blocks. */
  void send(String text) {
    if (!outbox.add(text)) {
      log.atWarn()
          .addKeyValue("event", "stream.overflow")
          .log("A client that reads nothing is cut off");
      abort(CloseStatus.SESSION_NOT_RELIABLE);
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

  /** The socket is gone. */
  void closed() {
    outbox.close();
  }

  private void write() {
    try {
      for (String text = outbox.take(); text != null; text = outbox.take()) {
        session.sendMessage(new TextMessage(text));
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
      session.close(closeStatus);
    } catch (IOException e) {
      log.atDebug().addKeyValue("event", "stream.close").setCause(e).log("Closing failed");
    }
  }

  /** Field numbers of a request's comma list; out-of-range ones are ignored, 0 is the key. */
  static BitSet fields(String list) {
    BitSet fields = new BitSet();
    for (String part : list.split(",", -1)) {
      String number = part.strip();
      if (!number.isEmpty()
          && number.length() <= 3
          && number.chars().allMatch(Character::isDigit)) {
        int field = Integer.parseInt(number);
        if (field < LevelOne.FIELDS) {
          fields.set(field);
        }
      }
    }
    return fields;
  }
}
