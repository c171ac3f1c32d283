package io.alphakite.schwab.stream;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/** CHART_EQUITY and CHART_FUTURES. Bars keep nothing: late and repeated ones pass as they are. */
final class BarItems implements Items {

  /** 07:00 to 20:00 ET. */
  private static final long MINUTE_MAX = 779;

  private final StreamService service;
  private final FrameDecoder.Context context;
  private final Places places;

  /**
   * Where a layout has its fields.
   *
   * @param minute null when there is none
   */
  private record Places(
      @Nullable String minute,
      String open,
      String high,
      String low,
      String close,
      String volume,
      String start) {

    static Places of(StreamService service, ChartLayout layout) {
      if (service == StreamService.CHART_FUTURES) {
        return new Places(null, "2", "3", "4", "5", "6", "1");
      }
      return switch (layout) {
        case OBSERVED -> new Places("1", "2", "3", "4", "5", "6", "7");
        case DOCUMENTED -> new Places("6", "1", "2", "3", "4", "5", "7");
      };
    }
  }

  BarItems(StreamService service, ChartLayout layout, FrameDecoder.Context context) {
    this.service = service;
    this.context = context;
    this.places = Places.of(service, layout);
  }

  @Override
  public void read(JsonParser json, Instant at) {
    JsonNode item = json.readValueAsTree();
    StreamEvent.BarUpdate bar = bar(item, at);
    if (bar == null) {
      context.oddities().badItem(service, "bar", item);
    } else {
      context.event(service, bar.key(), bar);
    }
  }

  /** Null when it is no bar in this layout: a price in the minute's place, a low above the open. */
  private StreamEvent.@Nullable BarUpdate bar(JsonNode item, Instant at) {
    String key = FrameDecoder.key(item);
    BigDecimal open = Decimals.exact(item.get(places.open()));
    BigDecimal high = Decimals.exact(item.get(places.high()));
    BigDecimal low = Decimals.exact(item.get(places.low()));
    BigDecimal close = Decimals.exact(item.get(places.close()));
    BigDecimal volume = Decimals.exact(item.get(places.volume()));
    Long start = Decimals.whole(item.get(places.start()));
    if (key == null
        || open == null
        || high == null
        || low == null
        || close == null
        || volume == null
        || start == null) {
      return null;
    }
    Integer minute = null;
    if (places.minute() != null) {
      minute = minute(Decimals.exact(item.get(places.minute())));
      if (minute == null || low.signum() <= 0) {
        return null;
      }
    }
    if (start <= 0
        || volume.signum() < 0
        || low.compareTo(open.min(close)) > 0
        || high.compareTo(open.max(close)) < 0) {
      return null;
    }
    return new StreamEvent.BarUpdate(
        context.generation(),
        service,
        key,
        Decimals.whole(item.get("seq")),
        minute,
        open,
        high,
        low,
        close,
        volume,
        Instant.ofEpochMilli(start),
        at);
  }

  private static @Nullable Integer minute(@Nullable BigDecimal value) {
    if (value == null
        || value.signum() < 0
        || value.compareTo(BigDecimal.valueOf(MINUTE_MAX)) > 0
        || value.stripTrailingZeros().scale() > 0) {
      return null;
    }
    return value.intValueExact();
  }
}
