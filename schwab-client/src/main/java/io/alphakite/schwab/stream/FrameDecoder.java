package io.alphakite.schwab.stream;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.ErrorBody;
import io.alphakite.schwab.http.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns the frames of one connection into events and answers. Holds that connection's merge state,
 * so a new connection starts from nothing. What it does not know it counts, samples and skips; it
 * never fails.
 *
 * <p>Belongs to the reading thread, except for {@link #seen} and {@link #forget}.
 */
final class FrameDecoder {

  /** Where the decoded things go, in the order of the frame. */
  interface Sink {

    /** Data of a service. */
    void data(StreamService service, StreamEvent event);

    void heartbeat(StreamEvent.Heartbeat heartbeat);

    /** The answer to a command of ours. */
    void answer(String requestId, int code, String message);

    /** Data of level one may have been lost: new images are needed. */
    void damaged(StreamEvent.Damaged event);

    /**
     * Nothing came of a symbol since it was taken away, to be added anew: its image is on its way.
     */
    void interrupted(StreamEvent.Damaged event);

    /** Something the streamer says by itself, such as code 30 before it closes. */
    void notice(int code, String message);
  }

  /** More symbols than Schwab streams on one connection; beyond it new keys are not remembered. */
  static final int SYMBOLS_MAX = 10_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(Json.LIMITS).build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private static final Map<String, StreamService> SERVICES =
      Stream.of(StreamService.values()).collect(Collectors.toMap(Enum::name, Function.identity()));

  /**
   * After a damage nothing is told until the new image. Where frames are unreadable again and again
   * that would leave nothing: then changes go on, though one may be missing. So many, and one more
   * for so many frames.
   */
  private static final int WITHHELD_FREE = 5;

  private static final int FRAMES_PER_WITHHELD = 200;

  private static final int MESSAGE_MAX = 500;
  private static final int KEY_LENGTH_MAX = 64;

  private final long generation;
  private final InstantSource clock;
  private final Counters counters;
  private final Oddities oddities;
  private final Sink sink;
  private final Map<StreamService, Items> items = new EnumMap<>(StreamService.class);
  private final Map<StreamService, Set<String>> seen = new EnumMap<>(StreamService.class);
  private final Map<StreamService, Set<String>> imageless = new EnumMap<>(StreamService.class);
  private final Queue<Forgotten> toForget = new ConcurrentLinkedQueue<>();

  private long frames;
  private long withheld;

  private record Forgotten(StreamService service, Collection<String> keys, Set<String> again) {}

  FrameDecoder(
      long generation,
      InstantSource clock,
      Counters counters,
      Quarantine quarantine,
      ChartLayout layout,
      Sink sink) {
    this.generation = generation;
    this.clock = clock;
    this.counters = counters;
    this.oddities = new Oddities(counters, quarantine);
    this.sink = sink;
    Context context = new Context();
    for (StreamService service : StreamService.values()) {
      seen.put(service, ConcurrentHashMap.newKeySet());
      imageless.put(service, ConcurrentHashMap.newKeySet());
      items.put(service, items(service, layout, context));
    }
  }

  private static Items items(StreamService service, ChartLayout layout, Context context) {
    return switch (service) {
      case LEVELONE_EQUITIES -> new EquityItems(context);
      case LEVELONE_OPTIONS, LEVELONE_FUTURES, LEVELONE_FUTURES_OPTIONS, LEVELONE_FOREX ->
          new LevelOneItems(service, context);
      case CHART_EQUITY, CHART_FUTURES -> new BarItems(service, layout, context);
      case NYSE_BOOK, NASDAQ_BOOK, OPTIONS_BOOK -> new BookItems(service, context);
      case SCREENER_EQUITY, SCREENER_OPTION -> new ScreenerItems(service, context);
      case ACCT_ACTIVITY -> new ActivityItems(context);
    };
  }

  /** What the items of all services share. */
  final class Context {

    long generation() {
      return generation;
    }

    Counters counters() {
      return counters;
    }

    Oddities oddities() {
      return oddities;
    }

    /** A change came of a key whose image has not: nothing can be made of it. */
    void earlyDelta(StreamService service, String key) {
      counters.earlyDeltas.increment();
      Set<String> keys = imagelessOf(service);
      if (keys.size() < SYMBOLS_MAX) {
        keys.add(key);
      }
    }

    /**
     * An item came after a newer one of its key.
     *
     * @param from the trade time from which on it is in doubt; null when it is not known
     * @return whether nothing more is told of the key until its new image
     */
    boolean damaged(StreamService service, Ticker ticker, @Nullable Instant from) {
      boolean held = mayWithhold();
      if (held) {
        imagelessOf(service).add(ticker.symbol());
      }
      sink.damaged(new StreamEvent.Damaged(generation, ticker, from, held));
      return held;
    }

    void event(StreamService service, String key, StreamEvent event) {
      Set<String> known = seenOf(service);
      if (known.size() < SYMBOLS_MAX) {
        known.add(key);
      }
      imagelessOf(service).remove(key);
      counters.items.increment();
      sink.data(service, event);
    }
  }

  /** The keys that changed though their image has not come, or was lost; any thread may ask. */
  Set<String> imageless(StreamService service) {
    return Set.copyOf(imagelessOf(service));
  }

  /** Whether the key had data on this connection; any thread may ask. */
  boolean seen(StreamService service, String key) {
    return seenOf(service).contains(key);
  }

  /**
   * Forgets keys that were unsubscribed, before the next frame; any thread may say so.
   *
   * @param again those among them that are subscribed anew
   */
  void forget(StreamService service, Collection<String> keys, Set<String> again) {
    toForget.add(new Forgotten(service, keys, again));
  }

  private void interrupted(StreamService service, String key, Items of) {
    if (service == StreamService.LEVELONE_EQUITIES && seen(service, key)) {
      sink.interrupted(
          new StreamEvent.Damaged(generation, Ticker.of(key), of.tradeTime(key), true));
    }
  }

  private Set<String> seenOf(StreamService service) {
    return of(service, seen);
  }

  private Set<String> imagelessOf(StreamService service) {
    return of(service, imageless);
  }

  private static Set<String> of(StreamService service, Map<StreamService, Set<String>> all) {
    Set<String> keys = all.get(service);
    if (keys == null) {
      throw new IllegalStateException("every service has its keys");
    }
    return keys;
  }

  private boolean mayWithhold() {
    boolean may = withheld < WITHHELD_FREE + frames / FRAMES_PER_WITHHELD;
    if (may) {
      withheld++;
    }
    return may;
  }

  /** A frame was lost: what is merged may lack a change. */
  void damaged() {
    boolean held = mayWithhold();
    if (held) {
      items.values().forEach(Items::forgetAll);
    }
    sink.damaged(new StreamEvent.Damaged(generation, null, null, held));
  }

  /**
   * Decodes one text frame.
   *
   * @return false when the frame is garbled; what stood before the damage has been decoded, and the
   *     damage is told
   */
  boolean decode(String frame) {
    boolean whole = read(frame);
    if (!whole) {
      damaged();
    }
    return whole;
  }

  private boolean read(String frame) {
    frames++;
    counters.frames.increment();
    forgetWhatIsDue();
    try (JsonParser json = MAPPER.createParser(frame)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        oddities.garbledFrame("no object", frame, 0);
        return false;
      }
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        JsonToken value = json.nextToken();
        switch (name) {
          case "data" -> each(value, json, this::data);
          case "response" -> each(value, json, this::response);
          case "notify" -> each(value, json, this::notice);
          default -> {
            oddities.unknownMember(name);
            json.skipChildren();
          }
        }
      }
      if (json.nextToken() != null) {
        oddities.garbledFrame("more than one", frame, 0);
        return false;
      }
      return true;
    } catch (JacksonException e) {
      TokenStreamLocation place = e.getLocation();
      oddities.garbledFrame(
          e.getClass().getSimpleName(), frame, place == null ? 0 : place.getCharOffset());
      return false;
    } catch (NumberFormatException _) {
      // Jackson's answer to an exponent beyond an int.
      oddities.garbledFrame("number", frame, 0);
      return false;
    }
  }

  private void forgetWhatIsDue() {
    for (Forgotten due = toForget.poll(); due != null; due = toForget.poll()) {
      Items of = items.get(due.service());
      if (of != null) {
        for (String key : due.again()) {
          interrupted(due.service(), key, of);
        }
        due.keys().forEach(of::forget);
      }
      seenOf(due.service()).removeAll(due.keys());
    }
  }

  private interface Reader {
    void read(JsonParser json);
  }

  /** Calls the reader at each object of an array; skips everything else. */
  private static void each(@Nullable JsonToken at, JsonParser json, Reader reader) {
    if (at != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY && token != null;
        token = json.nextToken()) {
      if (token == JsonToken.START_OBJECT) {
        reader.read(json);
      } else {
        json.skipChildren();
      }
    }
  }

  private void data(JsonParser json) {
    String service = null;
    Instant at = null;
    JsonNode early = null;
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      JsonToken value = json.nextToken();
      switch (name) {
        case "service" -> {
          service = value == JsonToken.VALUE_STRING ? json.getString() : null;
          json.skipChildren();
        }
        case "timestamp" -> {
          at = millis(value, json);
          json.skipChildren();
        }
        case "content" -> {
          if (service != null && at != null) {
            content(service, at, value, json);
          } else {
            // JSON promises no order: keep it until the rest is known.
            early = json.readValueAsTree();
          }
        }
        default -> json.skipChildren();
      }
    }
    if (early != null) {
      try (JsonParser later = MAPPER.treeAsTokens(early)) {
        content(
            service == null ? "" : service,
            at == null ? clock.instant() : at,
            later.nextToken(),
            later);
      }
    }
  }

  private static @Nullable Instant millis(JsonToken value, JsonParser json) {
    if (!value.isNumeric() && value != JsonToken.VALUE_STRING) {
      return null;
    }
    long e4 =
        Decimals.e4(json.getStringCharacters(), json.getStringOffset(), json.getStringLength());
    return e4 == Decimals.UNREADABLE ? null : Instant.ofEpochMilli(e4 / 10_000);
  }

  private void content(String service, Instant at, @Nullable JsonToken value, JsonParser json) {
    StreamService known = SERVICES.get(service);
    Items of = known == null ? null : items.get(known);
    if (of == null) {
      oddities.unknownService(service);
      json.skipChildren();
    } else {
      each(value, json, item -> of.read(item, at));
    }
  }

  private void response(JsonParser json) {
    JsonNode response = json.readValueAsTree();
    JsonNode content = response.path("content");
    sink.answer(Json.text(response, "requestid", ""), code(content), message(content));
  }

  private void notice(JsonParser json) {
    JsonNode notice = json.readValueAsTree();
    Instant heartbeat = time(notice.get("heartbeat"));
    if (heartbeat != null) {
      sink.heartbeat(new StreamEvent.Heartbeat(generation, heartbeat));
      return;
    }
    JsonNode content = notice.path("content");
    if (code(content) == NO_CODE) {
      oddities.unknownNotice(notice);
    } else {
      sink.notice(code(content), message(content));
    }
  }

  private static final int NO_CODE = -1;

  private static int code(JsonNode content) {
    Long code = Decimals.whole(content.get("code"));
    return code == null ? NO_CODE : Math.toIntExact(Math.clamp(code, NO_CODE, 9_999L));
  }

  /** Schwab's words, cut: they go into logs and reports. */
  private static String message(JsonNode content) {
    String message = ErrorBody.blanked(Json.text(content, "msg", ""));
    return message.length() <= MESSAGE_MAX ? message : message.substring(0, MESSAGE_MAX);
  }

  /** An item's key; field 0 where the key is missing. Null when it has neither. */
  static @Nullable String key(JsonNode item) {
    JsonNode key = item.has("key") ? item.get("key") : item.get("0");
    if (key == null || !key.isString()) {
      return null;
    }
    String text = key.stringValue();
    return text.isBlank() || text.length() > KEY_LENGTH_MAX ? null : text;
  }

  /** Epoch milliseconds; null for 0, which Schwab writes for a time that is not there. */
  static @Nullable Instant time(@Nullable JsonNode value) {
    Long millis = Decimals.whole(value);
    return millis == null || millis == 0 ? null : Instant.ofEpochMilli(millis);
  }
}
