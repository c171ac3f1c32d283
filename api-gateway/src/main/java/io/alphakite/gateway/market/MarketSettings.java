package io.alphakite.gateway.market;

import io.alphakite.model.calendar.TradingHours;
import io.alphakite.platform.settings.Settings;

/**
 * What the gateway has to know about the stream.
 *
 * @param hours {@code STREAM_HOURS}: when a session begins
 */
public record MarketSettings(TradingHours hours) {
  static MarketSettings from(Settings settings) {
    return new MarketSettings(
        settings.parsed(
            "STREAM_HOURS", "regular", "regular, extended or always", TradingHours::parse));
  }
}
