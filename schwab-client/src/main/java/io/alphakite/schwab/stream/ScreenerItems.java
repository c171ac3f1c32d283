package io.alphakite.schwab.stream;

import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.stream.StreamEvent.ScreenerItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/** The screeners: whole lists. */
final class ScreenerItems implements Items {

  private final StreamService service;
  private final FrameDecoder.Context context;

  ScreenerItems(StreamService service, FrameDecoder.Context context) {
    this.service = service;
    this.context = context;
  }

  @Override
  public void read(JsonParser json, Instant at) {
    JsonNode item = json.readValueAsTree();
    String key = FrameDecoder.key(item);
    JsonNode list = item.path("4");
    if (key == null || !list.isArray()) {
      context.oddities().badItem(service, "list", item);
      return;
    }
    List<ScreenerItem> items = new ArrayList<>();
    for (JsonNode line : list.values()) {
      String symbol = Json.text(line, "symbol");
      if (symbol == null) {
        context.oddities().badValue(service, "line", line);
      } else {
        items.add(
            new ScreenerItem(
                symbol,
                Json.text(line, "description"),
                Decimals.exact(line.get("lastPrice")),
                Decimals.exact(line.get("netChange")),
                Decimals.exact(line.get("netPercentChange")),
                Decimals.exact(line.get("marketShare")),
                Decimals.whole(line.get("totalVolume")),
                Decimals.whole(line.get("volume")),
                Decimals.whole(line.get("trades"))));
      }
    }
    context.event(
        service,
        key,
        new StreamEvent.ScreenerUpdate(
            context.generation(),
            service,
            key,
            FrameDecoder.time(item.get("1")),
            Json.text(item, "2"),
            Decimals.whole(item.get("3")),
            items,
            at));
  }
}
