package io.alphakite.streaming.recording;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What of a frame may be written down. */
final class MarketDataFrames {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(tools.jackson.databind.DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();
  private static final String ACCOUNT = "ACCT_ACTIVITY";

  private MarketDataFrames() {}

  /**
   * The frame as it came when there is nothing but market data and heartbeats in it; otherwise what
   * is left of it without account activity and answers to commands; empty when nothing is.
   */
  static String of(String frame) {
    boolean plain = frame.startsWith("{\"data\":[") || frame.startsWith("{\"notify\":[");
    if (plain && !frame.contains(ACCOUNT) && !frame.contains("\"response\"")) {
      return frame;
    }
    try {
      JsonNode whole = JSON.readTree(frame);
      ObjectNode left = JSON.createObjectNode();
      ArrayNode data = JSON.createArrayNode();
      for (JsonNode block : whole.path("data")) {
        String service = block.path("service").asString("");
        if (!service.isEmpty() && !service.equals(ACCOUNT)) {
          data.add(block);
        }
      }
      if (!data.isEmpty()) {
        left.set("data", data);
      }
      return left.isEmpty() ? "" : JSON.writeValueAsString(left);
    } catch (JacksonException _) {
      // What cannot be read cannot be vouched for.
      return "";
    }
  }
}
