package io.alphakite.streaming.store;

import io.alphakite.streaming.feed.Hole;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** A ticker's holes as one column holds them. */
final class Holes {
  private static final TypeReference<List<Hole>> TYPE = new TypeReference<>() {};

  private Holes() {}

  /** Null when there are none. */
  static @Nullable String encode(List<Hole> holes) {
    return holes.isEmpty() ? null : Mapper.JSON.writerFor(TYPE).writeValueAsString(holes);
  }

  static List<Hole> decode(@Nullable String json) {
    return json == null ? List.of() : Mapper.JSON.readValue(json, TYPE);
  }

  /** Made when the first hole is met. */
  private static final class Mapper {
    static final JsonMapper JSON = new JsonMapper();
  }
}
