package io.alphakite.platform.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLineEncoderTest {
  @Test
  void writesOneJsonObjectWithTheStandardFields() {
    LoggingEvent event =
        new LoggingEvent(
            "",
            new LoggerContext().getLogger("io.alphakite.streaming.feed.TickerFeed"),
            Level.WARN,
            "say \"hi\"\n",
            null,
            null);
    event.setMDCPropertyMap(Map.of("request_id", "r-1"));
    event.setKeyValuePairs(
        List.of(new KeyValuePair("event", "feed.stale"), new KeyValuePair("ticker", "SPY")));
    assertThat(LogLineEncoder.jsonLine(event))
        .contains(
            "\"level\":\"WARN\"", "\"service\":\"streaming-service\"", "\"event\":\"feed.stale\"")
        .contains(
            "\"request_id\":\"r-1\"", "\"ticker\":\"SPY\"", "\"message\":\"say \\\"hi\\\"\\n\"")
        .startsWith("{\"timestamp\":\"")
        .doesNotContain("\n");
  }

  @Test
  void writesFieldsBehindTheTextForPeople() {
    LoggingEvent event =
        new LoggingEvent(
            "",
            new LoggerContext().getLogger("io.alphakite.engine.Desk"),
            Level.INFO,
            "Order filled",
            null,
            null);
    event.setKeyValuePairs(
        List.of(new KeyValuePair("event", "order.filled"), new KeyValuePair("ticker", "SPY")));
    assertThat(LogLineEncoder.textLine(event))
        .endsWith(" trading-engine: Order filled  ticker=SPY");
  }
}
