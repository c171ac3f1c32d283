package io.alphakite.schwab.stream;

import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** What the caller wants to be streamed, now and on every later connection. Thread-safe. */
final class Wanted {

  private final Map<StreamService, Set<String>> keys = new EnumMap<>(StreamService.class);
  private final Map<StreamService, String> fields = new EnumMap<>(StreamService.class);
  private final Map<StreamService, Set<String>> again = new EnumMap<>(StreamService.class);
  private long version;

  Wanted() {
    for (StreamService service : StreamService.values()) {
      keys.put(service, new LinkedHashSet<>());
      fields.put(service, service.fieldList(service.defaultFields()));
    }
  }

  synchronized void add(StreamService service, Collection<String> more) {
    List<String> checked = checked(service, more);
    of(service).addAll(checked);
    version++;
  }

  synchronized void remove(StreamService service, Collection<String> fewer) {
    fewer.forEach(of(service)::remove);
    version++;
  }

  synchronized void replace(StreamService service, Collection<String> now) {
    List<String> checked = checked(service, now);
    of(service).clear();
    of(service).addAll(checked);
    version++;
  }

  synchronized void again(StreamService service, Collection<String> known) {
    again.computeIfAbsent(service, _ -> new LinkedHashSet<>()).addAll(known);
    version++;
  }

  /** What is to be asked for anew, said once. */
  synchronized Set<String> takeAgain(StreamService service) {
    Set<String> taken = again.remove(service);
    return taken == null ? Set.of() : taken;
  }

  synchronized void view(StreamService service, Collection<Integer> now) {
    SortedSet<Integer> ascending = new TreeSet<>(now);
    fields.put(service, service.fieldList(ascending));
    version++;
  }

  synchronized Set<String> keys(StreamService service) {
    return new LinkedHashSet<>(of(service));
  }

  synchronized String fields(StreamService service) {
    return fields.getOrDefault(service, "0");
  }

  /** Grows with every change. */
  synchronized long version() {
    return version;
  }

  private Set<String> of(StreamService service) {
    return keys.computeIfAbsent(service, _ -> new LinkedHashSet<>());
  }

  private static List<String> checked(StreamService service, Collection<String> keys) {
    return keys.stream().map(service::checkedKey).toList();
  }
}
