package io.alphakite.schwab.stream;

import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.stream.StreamEvent.BookLevel;
import io.alphakite.schwab.stream.StreamEvent.BookMaker;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/** The order books: whole snapshots. */
final class BookItems implements Items {

  private static final String BIDS = "2";
  private static final String ASKS = "3";

  private final StreamService service;
  private final FrameDecoder.Context context;

  BookItems(StreamService service, FrameDecoder.Context context) {
    this.service = service;
    this.context = context;
  }

  @Override
  public void read(JsonParser json, Instant at) {
    JsonNode item = json.readValueAsTree();
    String key = FrameDecoder.key(item);
    List<BookLevel> bids = levels(item.path(BIDS));
    List<BookLevel> asks = levels(item.path(ASKS));
    if (key == null || bids == null || asks == null) {
      context.oddities().badItem(service, "book", item);
      return;
    }
    context.event(
        service,
        key,
        new StreamEvent.BookUpdate(
            context.generation(), service, key, FrameDecoder.time(item.get("1")), bids, asks, at));
  }

  /** Null when a level has no price or size: a book with a hole in it would be a wrong book. */
  private @Nullable List<BookLevel> levels(JsonNode side) {
    if (!side.isArray()) {
      return side.isMissingNode() || side.isNull() ? List.of() : null;
    }
    List<BookLevel> levels = new ArrayList<>();
    for (JsonNode level : side.values()) {
      BigDecimal price = Decimals.exact(level.get("0"));
      Long size = Decimals.whole(level.get("1"));
      if (price == null || size == null) {
        return null;
      }
      Long makers = Decimals.whole(level.get("2"));
      levels.add(new BookLevel(price, size, makers, makers(level.path("3"))));
    }
    return levels;
  }

  private List<BookMaker> makers(JsonNode list) {
    List<BookMaker> makers = new ArrayList<>();
    for (JsonNode maker : list.isArray() ? list.values() : List.<JsonNode>of()) {
      String id = Json.text(maker, "0");
      if (id == null) {
        context.oddities().badValue(service, "maker", maker);
        continue;
      }
      Long midnight = Decimals.whole(maker.get("2"));
      makers.add(
          new BookMaker(
              id,
              Decimals.whole(maker.get("1")),
              midnight == null ? null : Duration.ofMillis(midnight)));
    }
    return makers;
  }
}
