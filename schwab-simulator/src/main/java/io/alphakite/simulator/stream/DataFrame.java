package io.alphakite.simulator.stream;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The data frame under construction: one block per run of items of a service, in the order in which
 * they came. Gives it away when it is full or told to, and begins the next. Not thread-safe.
 */
final class DataFrame {
  /** Items at most: some 18 KB of changes. */
  static final int LIMIT = 200;

  private final Consumer<String> out;
  private final StringBuilder text = new StringBuilder(32_768);
  private @Nullable Service block;
  private int items;
  private int itemStart;
  private @Nullable Service blockBefore;

  /**
   * @param out takes each finished frame
   */
  DataFrame(Consumer<String> out) {
    this.out = out;
  }

  /**
   * Begins an item, and a block where the service changes; to be ended with {@link #end()} or
   * {@link #cancel()}.
   *
   * @param millis time stamp of the block, if this begins one
   */
  StringBuilder begin(Service service, long millis) {
    itemStart = text.length();
    blockBefore = block;
    if (block == service) {
      return text.append(',');
    }
    text.append(block == null ? "{\"data\":[" : "]},");
    text.append("{\"service\":\"")
        .append(service.name())
        .append("\",\"timestamp\":")
        .append(millis)
        .append(",\"command\":\"SUBS\",\"content\":[");
    block = service;
    return text;
  }

  void end() {
    items++;
    if (items >= LIMIT) {
      flush();
    }
  }

  /** Forgets the item that was begun. */
  void cancel() {
    text.setLength(itemStart);
    block = blockBefore;
  }

  /** Gives the frame away, if it holds anything. */
  void flush() {
    if (items > 0) {
      String frame = text.append("]}]}").toString();
      text.setLength(0);
      block = null;
      items = 0;
      out.accept(frame);
    }
  }
}
