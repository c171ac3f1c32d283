package io.alphakite.platform.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.event.KeyValuePair;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;

/**
 * Log lines as one JSON object each ({@code timestamp, level, service, event, request_id, ticker}
 * where they apply), or as text when a person watches on a terminal. {@code
 * KITE_LOG_FORMAT=json|text} decides when set.
 */
public final class LogLineEncoder extends EncoderBase<ILoggingEvent> {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int STACK_LINES_MAX = 40;
  private static final int CAUSES_MAX = 5;

  /** Several services may share a process; the logger's package tells whose line it is. */
  private static final Map<String, String> SERVICES =
      Map.of(
          "io.alphakite.streaming", "streaming-service",
          // It alone opens a stream.
          "io.alphakite.schwab.stream", "streaming-service",
          "io.alphakite.engine", "trading-engine",
          "io.alphakite.gateway", "api-gateway",
          "io.alphakite.simulator", "schwab-simulator");

  private final boolean text = asText(System.getenv("KITE_LOG_FORMAT"));

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return ((text ? textLine(event) : jsonLine(event)) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static String jsonLine(ILoggingEvent event) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("timestamp", Instant.ofEpochMilli(event.getTimeStamp()).toString());
    fields.put("level", event.getLevel().toString());
    fields.put("service", service(event.getLoggerName()));
    fields.putAll(event.getMDCPropertyMap());
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      pairs.forEach(pair -> fields.put(pair.key, String.valueOf(pair.value)));
    }
    fields.put("message", event.getFormattedMessage());
    fields.put("logger", event.getLoggerName());
    fields.put("thread", event.getThreadName());
    if (event.getThrowableProxy() != null) {
      fields.put("exception", stack(event.getThrowableProxy()));
    }
    StringWriter line = new StringWriter();
    try (JsonGenerator json =
        JSON.createGenerator(tools.jackson.core.ObjectWriteContext.empty(), line)) {
      json.writeStartObject();
      fields.forEach(json::writeStringProperty);
      json.writeEndObject();
    }
    return line.toString();
  }

  static String textLine(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(160);
    line.append(
        Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS).toString(),
        11,
        23);
    line.append(event.getLevel().isGreaterOrEqual(Level.WARN) ? " " + event.getLevel() : "");
    line.append(' ')
        .append(service(event.getLoggerName()))
        .append(": ")
        .append(event.getFormattedMessage());
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        if (!pair.key.equals("event")) {
          line.append("  ").append(pair.key).append('=').append(pair.value);
        }
      }
    }
    if (event.getThrowableProxy() != null) {
      line.append('\n').append(stack(event.getThrowableProxy()));
    }
    return line.toString();
  }

  private static String service(String logger) {
    for (Map.Entry<String, String> service : SERVICES.entrySet()) {
      if (logger.startsWith(service.getKey())) {
        return service.getValue();
      }
    }
    return System.getProperty("kite.service", "alpha-kite");
  }

  private static String stack(IThrowableProxy thrown) {
    StringBuilder trace = new StringBuilder();
    IThrowableProxy next = thrown;
    for (int causes = 0; next != null && causes < CAUSES_MAX; causes++, next = next.getCause()) {
      trace
          .append(causes == 0 ? "" : "caused by ")
          .append(next.getClassName())
          .append(": ")
          .append(next.getMessage());
      StackTraceElementProxy[] elements = next.getStackTraceElementProxyArray();
      for (int i = 0; i < elements.length && i < STACK_LINES_MAX; i++) {
        trace.append("\n\t").append(elements[i].getSTEAsString());
      }
      trace.append('\n');
    }
    return trace.toString().stripTrailing();
  }

  private static boolean asText(@org.jspecify.annotations.Nullable String wanted) {
    if (wanted != null && !wanted.isBlank()) {
      return wanted.strip().equals("text");
    }
    @SuppressWarnings(
        "SystemConsoleNull") // null still happens under some launchers; isTerminal decides
    java.io.Console console = System.console();
    return console != null && console.isTerminal();
  }
}
