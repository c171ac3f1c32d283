package io.alphakite.schwab.stream;

import io.alphakite.model.market.Ticker;
import io.alphakite.schwab.http.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Turns the frames of one connection into events and answers. Holds that connection's merge state,
 * so a new connection starts from nothing. What it does not know it counts and skips; it never
 * fails.
 *
 * <p>Read as a stream of tokens: this is the hot path. Belongs to the reading thread, except for
 * {@link #imaged}.
 */
final class FrameDecoder {

  /** Where the decoded things go, in the order of the frame. */
  interface Sink {

    void event(StreamEvent event);

    /** The answer to a command of ours. */
    void answer(String requestId, int code, String message);

    /** Something the streamer says by itself, such as code 30 before it closes. */
    void notice(int code, String message);
  }

  /** More symbols than Schwab streams on one connection; beyond it new keys are not remembered. */
  private static final int SYMBOLS_MAX = 10_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(Json.LIMITS).build()).build();

  private final long generation;
  private final InstantSource clock;
  private final Counters counters;
  private final Sink sink;
  private final EquityItem item;
  private final Map<String, Symbol> symbols = new HashMap<>();
  private final Set<Ticker> imaged = ConcurrentHashMap.newKeySet();

  /** A symbol's merge state; no builder before its first image. */
  private static final class Symbol {
    final Ticker ticker;
    LevelOneEquity.@Nullable Builder merged;

    Symbol(Ticker ticker) {
      this.ticker = ticker;
    }
  }

  FrameDecoder(long generation, InstantSource clock, Counters counters, Sink sink) {
    this.generation = generation;
    this.clock = clock;
    this.counters = counters;
    this.sink = sink;
    this.item = new EquityItem(counters);
  }

  /** Whether the symbol had its image on this connection; any thread may ask. */
  boolean imaged(Ticker ticker) {
    return imaged.contains(ticker);
  }

  /**
   * Decodes one text frame.
   *
   * @return false when the frame is garbled; what stood before the damage has been decoded
   */
  boolean decode(String frame) {
    counters.frames.increment();
    try (JsonParser json = MAPPER.createParser(frame)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return garbled();
      }
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        JsonToken value = json.nextToken();
        switch (name) {
          case "data" -> each(value, json, this::data);
          case "response" -> each(value, json, this::response);
          case "notify" -> each(value, json, this::notice);
          default -> {
            counters.unknownServices.increment();
            json.skipChildren();
          }
        }
      }
      return json.nextToken() == null || garbled();
    } catch (JacksonException _) {
      return garbled();
    }
  }

  private boolean garbled() {
    counters.garbledFrames.increment();
    return false;
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
    switch (service) {
      case "LEVELONE_EQUITIES" -> each(value, json, items -> equity(at, items));
      case "ACCT_ACTIVITY" -> each(value, json, items -> activity(at, items));
      default -> {
        counters.unknownServices.increment();
        json.skipChildren();
      }
    }
  }

  private void equity(Instant at, JsonParser json) {
    item.read(json);
    Symbol symbol = symbol(item.key());
    if (symbol == null) {
      counters.badValues.increment();
      return;
    }
    LevelOneEquity.Builder merged = symbol.merged;
    boolean first = false;
    if (item.isMarkedImage() || (merged == null && item.looksLikeImage())) {
      first = merged == null;
      merged = LevelOneEquity.of(symbol.ticker);
      symbol.merged = merged;
      imaged.add(symbol.ticker);
    } else if (merged == null) {
      counters.earlyDeltas.increment();
      return;
    }
    item.applyTo(merged);
    counters.items.increment();
    sink.event(
        new StreamEvent.EquityUpdate(
            generation, symbol.ticker, merged.build(), first, item.carried(), at));
  }

  private @Nullable Symbol symbol(@Nullable String key) {
    if (key == null) {
      return null;
    }
    Symbol known = symbols.get(key);
    if (known == null && symbols.size() < SYMBOLS_MAX) {
      try {
        known = new Symbol(Ticker.of(key));
      } catch (IllegalArgumentException _) {
        return null;
      }
      symbols.put(key, known);
    }
    return known;
  }

  private void activity(Instant at, JsonParser json) {
    Long seq = null;
    String account = "";
    String type = "";
    String payload = "";
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      JsonToken value = json.nextToken();
      String text = "";
      if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
        text = json.getString();
      } else if (value.isStructStart()) {
        text = Json.write(json.<JsonNode>readValueAsTree());
      }
      switch (name) {
        case "seq" -> seq = whole(text);
        case "1" -> account = text;
        case "2" -> type = text;
        case "3" -> payload = text;
        default -> {}
      }
    }
    counters.items.increment();
    sink.event(new StreamEvent.AccountActivity(generation, seq, account, type, payload, at));
  }

  private void response(JsonParser json) {
    JsonNode response = json.readValueAsTree();
    JsonNode content = response.path("content");
    Long code = Json.whole(content, "code");
    sink.answer(
        Json.text(response, "requestid", ""),
        code == null ? -1 : Math.toIntExact(Math.clamp(code, -1L, 9_999L)),
        Json.text(content, "msg", ""));
  }

  private void notice(JsonParser json) {
    JsonNode notice = json.readValueAsTree();
    Instant heartbeat = Json.epochMillis(notice, "heartbeat");
    if (heartbeat != null) {
      sink.event(new StreamEvent.Heartbeat(generation, heartbeat));
      return;
    }
    JsonNode content = notice.path("content");
    Long code = Json.whole(content, "code");
    if (code == null) {
      counters.unknownServices.increment();
    } else {
      sink.notice(Math.toIntExact(Math.clamp(code, -1L, 9_999L)), Json.text(content, "msg", ""));
    }
  }

  private static @Nullable Long whole(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
