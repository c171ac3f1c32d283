package io.alphakite.simulator.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What one connection has subscribed of one service. Guarded by the market's lock.
 *
 * <p>This one takes keys and has nothing to say of any; services with data extend it.
 */
class Feed {
  /** A time that never comes. */
  static final long NEVER = Long.MAX_VALUE;

  private final Service service;
  private final Map<String, Fields> keys = new LinkedHashMap<>();
  private long subscribed;
  private long unsubscribed;

  Feed(Service service) {
    this.service = service;
  }

  final Service service() {
    return service;
  }

  /** Everything asked for, in order, that of which there is no data included. */
  final Set<String> keys() {
    return keys.keySet();
  }

  /** The fields asked for with a key that is subscribed. */
  final Fields fields(String key) {
    Fields fields = keys.get(key);
    if (fields == null) {
      throw new IllegalArgumentException(key + " is not subscribed");
    }
    return fields;
  }

  /** How many keys SUBS and ADD have brought, those that were there already included. */
  final long subscribed() {
    return subscribed;
  }

  /** How many keys UNSUBS has taken. */
  final long unsubscribed() {
    return unsubscribed;
  }

  final void subscribe(String key, Fields fields, long now) {
    subscribed++;
    keys.put(key, fields);
    added(key, now);
  }

  final void unsubscribe(String key) {
    if (keys.remove(key) != null) {
      unsubscribed++;
    }
    removed(key);
  }

  final void clear() {
    keys.keySet().forEach(this::removed);
    keys.clear();
  }

  /** The fields of all keys from now on. */
  final void view(Fields fields) {
    keys.replaceAll((_, _) -> fields);
    viewed(fields);
  }

  void added(String key, long now) {}

  void removed(String key) {}

  void viewed(Fields fields) {}

  /** Puts the first item of a key into a frame, if there is something to say. */
  void image(String key, DataFrame frame, long now) {}

  /** The market time at which {@link #run} wants to be called; {@link #NEVER} for never. */
  long due() {
    return NEVER;
  }

  /** Says what is due. */
  void run(DataFrame frame, long now) {}
}
