package io.alphakite.simulator.stream;

import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The data frame under construction: one block per run of items of a service, in the order in which
 * they came. Gives it away when it is full or told to, and begins the next. Not thread-safe.
 */
final class DataFrame {
  /** Items at most: some 18 KB of changes. */
  static final int LIMIT = 200;

  private final StringBuilder text = new StringBuilder(32_768);
  private final BiConsumer<String, Service> out;
  private final ItemFaults itemFaults;
  private final FrameFaults frameFaults;
  private @Nullable Service block;
  private int items;
  private int start;
  private int bodyStart;
  private @Nullable Service blockBefore;

  /**
   * @param out takes each finished frame and the service of its last block
   */
  DataFrame(BiConsumer<String, Service> out, ItemFaults itemFaults, FrameFaults frameFaults) {
    this.out = out;
    this.itemFaults = itemFaults;
    this.frameFaults = frameFaults;
  }

  /**
   * Begins an item, and a block where the service changes; to be ended with {@link #end} or {@link
   * #cancel}.
   *
   * @param millis time stamp of the block, if this begins one
   */
  StringBuilder begin(Service service, long millis) {
    start = text.length();
    blockBefore = block;
    if (block == service) {
      text.append(',');
    } else {
      text.append(block == null ? "{\"data\":[" : "]},");
      text.append("{\"service\":\"")
          .append(service.name())
          .append("\",\"timestamp\":")
          .append(millis)
          .append(",\"command\":\"SUBS\",\"content\":[");
      block = service;
    }
    bodyStart = text.length();
    return text;
  }

  /** The item is complete. */
  void end(String key) {
    if (itemFaults.armed()) {
      strike(key);
    } else {
      items++;
    }
    if (items >= LIMIT || frameFaults.armed()) {
      flush();
    }
  }

  private void strike(String key) {
    List<String> instead = itemFaults.of(text.substring(bodyStart), block + " " + key);
    if (instead.isEmpty()) {
      cancel();
      return;
    }
    text.setLength(bodyStart);
    text.append(String.join(",", instead));
    items += instead.size();
  }

  /** Forgets the item that was begun. */
  void cancel() {
    text.setLength(start);
    block = blockBefore;
  }

  /** Gives the frame away, if it holds anything. */
  void flush() {
    Service service = block;
    if (items > 0 && service != null) {
      String frame = text.append("]}]}").toString();
      text.setLength(0);
      block = null;
      items = 0;
      out.accept(frame, service);
    }
  }
}
