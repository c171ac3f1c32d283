package io.alphakite.schwab.stream;

import io.alphakite.schwab.http.Json;
import io.alphakite.schwab.stream.activity.ActivityReader;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/** ACCT_ACTIVITY. Every item is delivered, whatever is in it: each is a reason to look. */
final class ActivityItems implements Items {

  private static final StreamService SERVICE = StreamService.ACCT_ACTIVITY;

  private final FrameDecoder.Context context;

  ActivityItems(FrameDecoder.Context context) {
    this.context = context;
  }

  @Override
  public void read(JsonParser json, Instant at) {
    JsonNode item = json.readValueAsTree();
    String key = FrameDecoder.key(item);
    String type = text(item.get("2"));
    String payload = text(item.get("3"));
    ActivityReader.Reading reading = ActivityReader.read(type, payload);
    for (String member : reading.unreadable()) {
      // The payload has account numbers in it: its words are not sampled.
      context.oddities().badValue(SERVICE, type + " " + member, "");
    }
    context.event(
        SERVICE,
        key == null ? "" : key,
        new StreamEvent.AccountActivity(
            context.generation(),
            Decimals.whole(item.get("seq")),
            text(item.get("1")),
            type,
            payload,
            reading.message(),
            at));
  }

  private static String text(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return "";
    }
    return value.isValueNode() ? value.asString() : Json.write(value);
  }
}
