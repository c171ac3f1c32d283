package io.alphakite.simulator.stream;

import io.alphakite.model.calendar.MarketCalendar;
import java.time.Instant;
import java.time.LocalTime;

/** Writes a book of one level a side, as one market maker quotes it. */
final class Book {
  private Book() {}

  /**
   * One side.
   *
   * @param priceE4 0 or less = nobody quotes
   * @param maker as books call it, in upper case or lower
   * @param time when it was quoted, epoch milliseconds
   */
  record Level(long priceE4, long size, String maker, long time) {}

  /** Appends an item with the fields asked for. */
  static void write(StringBuilder to, String key, Fields fields, long now, Level bid, Level ask) {
    to.append("{\"key\":");
    Json.text(to, key);
    if (fields.has(1)) {
      to.append(",\"").append(fields.label(1)).append("\":").append(now);
    }
    if (fields.has(2)) {
      side(to.append(",\"").append(fields.label(2)).append("\":"), bid);
    }
    if (fields.has(3)) {
      side(to.append(",\"").append(fields.label(3)).append("\":"), ask);
    }
    to.append('}');
  }

  private static void side(StringBuilder to, Level level) {
    if (level.priceE4 <= 0) {
      to.append("[]");
      return;
    }
    to.append("[{\"0\":");
    Json.e4(to, level.priceE4);
    to.append(",\"1\":").append(level.size).append(",\"2\":1,\"3\":[{\"0\":");
    Json.text(to, level.maker);
    to.append(",\"1\":").append(level.size);
    to.append(",\"2\":").append(millisOfDay(level.time)).append("}]}]");
  }

  /** Milliseconds since New York midnight: makers' times are not epoch milliseconds. */
  private static long millisOfDay(long millis) {
    if (millis <= 0) {
      return 0;
    }
    Instant time = Instant.ofEpochMilli(millis);
    MarketCalendar calendar = MarketCalendar.nyse();
    return millis - calendar.at(calendar.dateOf(time), LocalTime.MIDNIGHT).toEpochMilli();
  }
}
