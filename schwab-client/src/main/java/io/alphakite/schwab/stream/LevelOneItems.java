package io.alphakite.schwab.stream;

import io.alphakite.model.market.OptionSymbol;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/** The other level-one services, by their {@link FieldTable}. */
final class LevelOneItems implements Items {

  /** An option's strike and type never change, so an item with both is an image. */
  private static final long OPTION_IMAGE = (1L << 20) | (1L << 21);

  private final StreamService service;
  private final FieldTable table;
  private final FrameDecoder.Context context;
  private final Map<String, Symbol> symbols = new HashMap<>();

  /** A symbol's merge state. */
  private static final class Symbol {
    final @Nullable OptionSymbol option;
    LevelOneFields.@Nullable Merge merged;
    boolean delayed;

    Symbol(@Nullable OptionSymbol option) {
      this.option = option;
    }
  }

  LevelOneItems(StreamService service, FrameDecoder.Context context) {
    this.service = service;
    this.table = FieldTable.of(service);
    this.context = context;
  }

  @Override
  public void read(JsonParser json, Instant at) {
    JsonNode item = json.readValueAsTree();
    String key = FrameDecoder.key(item);
    Symbol symbol = symbol(key);
    if (key == null || symbol == null) {
      context.oddities().badItem(service, "key", item);
      return;
    }
    LevelOneFields.Merge merged = symbol.merged;
    boolean first = merged == null;
    if (isMarked(item) || (first && looksLikeImage(item))) {
      merged = new LevelOneFields.Merge(table.size());
      symbol.merged = merged;
    } else if (merged == null) {
      context.earlyDelta(service, key);
      return;
    }
    long carried = apply(item, merged, symbol);
    context.event(service, key, event(key, symbol, merged.image(), first, carried, at));
  }

  @Override
  public void forgetAll() {
    symbols.values().forEach(symbol -> symbol.merged = null);
  }

  @Override
  public void forget(String key) {
    symbols.remove(key);
  }

  /** The fields of which the item said something readable. */
  private long apply(JsonNode item, LevelOneFields.Merge merged, Symbol symbol) {
    long carried = 0;
    for (Map.Entry<String, JsonNode> member : item.properties()) {
      int field = EquityItem.number(member.getKey());
      JsonNode value = member.getValue();
      if (field < 0 || field >= table.size()) {
        named(member.getKey(), value, symbol);
      } else if (value.isNull()) {
        merged.put(field, null);
        carried |= 1L << field;
      } else {
        Object read = table.read(field, value);
        if (read == null) {
          context.oddities().badValue(service, field, value);
        } else {
          merged.put(field, read);
          carried |= 1L << field;
        }
      }
    }
    return carried;
  }

  private void named(String name, JsonNode value, Symbol symbol) {
    switch (name) {
      case "delayed" -> symbol.delayed = value.isBoolean() && value.booleanValue();
      case "key", "seq", "assetMainType", "assetSubType", "cusip" -> {}
      default -> context.oddities().unknownField(service, name);
    }
  }

  private StreamEvent event(
      String key, Symbol symbol, LevelOneFields image, boolean first, long carried, Instant at) {
    OptionSymbol option = symbol.option;
    return option == null
        ? new StreamEvent.LevelOneUpdate(
            context.generation(), service, key, image, first, carried, at)
        : new StreamEvent.OptionUpdate(
            context.generation(),
            new LevelOneOption(option, image, symbol.delayed),
            first,
            carried,
            at);
  }

  private static boolean isMarked(JsonNode item) {
    return item.has("delayed")
        || item.has("assetMainType")
        || item.has("assetSubType")
        || item.has("cusip");
  }

  /**
   * Whether it will do for a symbol that has none yet. Nothing tells an image of futures or
   * currencies from a delta, but Schwab's first item of a key is one.
   */
  private boolean looksLikeImage(JsonNode item) {
    if (service != StreamService.LEVELONE_OPTIONS) {
      return true;
    }
    long present = 0;
    for (String name : item.propertyNames()) {
      int field = EquityItem.number(name);
      present |= field < 0 || field >= table.size() ? 0 : 1L << field;
    }
    return (present & OPTION_IMAGE) == OPTION_IMAGE;
  }

  private @Nullable Symbol symbol(@Nullable String key) {
    Symbol known = symbols.get(key);
    if (known != null) {
      return known;
    }
    if (key == null || symbols.size() >= FrameDecoder.SYMBOLS_MAX) {
      return null;
    }
    OptionSymbol option = null;
    if (service == StreamService.LEVELONE_OPTIONS) {
      try {
        option = OptionSymbol.parse(key);
      } catch (IllegalArgumentException _) {
        return null;
      }
    }
    Symbol fresh = new Symbol(option);
    symbols.put(key, fresh);
    return fresh;
  }
}
