package io.alphakite.schwab.stream;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A decoder of one connection, and all it said. */
final class Decoding implements FrameDecoder.Sink {

  static final Instant NOW = Instant.parse("2026-01-05T14:30:00Z");

  final List<StreamEvent> events = new ArrayList<>();
  final List<String> said = new ArrayList<>();
  final Counters counters = new Counters();
  final Quarantine quarantine = new Quarantine();
  final FrameDecoder decoder;

  Decoding() {
    this(ChartLayout.OBSERVED);
  }

  Decoding(ChartLayout layout) {
    decoder = new FrameDecoder(7, InstantSource.fixed(NOW), counters, quarantine, layout, this);
  }

  /** Content items of one service as one frame. */
  static String frame(StreamService service, String... items) {
    return """
        {"data":[{"service":"%s","timestamp":1767623400500,"command":"SUBS","content":[%s]}]}"""
        .formatted(service, String.join(",", items));
  }

  boolean decode(StreamService service, String... items) {
    return decoder.decode(frame(service, items));
  }

  <T extends StreamEvent> T last(Class<T> type) {
    return type.cast(events.getLast());
  }

  @Override
  public void data(StreamService service, StreamEvent event) {
    events.add(event);
  }

  @Override
  public void heartbeat(StreamEvent.Heartbeat heartbeat) {
    events.add(heartbeat);
  }

  @Override
  public void damaged(StreamEvent.Damaged event) {
    events.add(event);
  }

  @Override
  public void interrupted(StreamEvent.Damaged event) {
    said.add("interrupted");
    events.add(event);
  }

  @Override
  public void answer(String requestId, int code, String message) {
    said.add("answer " + requestId + " " + code + " " + message);
  }

  @Override
  public void notice(int code, String message) {
    said.add("notice " + code + " " + message);
  }
}
